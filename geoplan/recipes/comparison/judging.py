"""The division of the second of a pair, judged by every rule as the first one's own."""

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from geoplan import division
from geoplan.division.communities import street_of
from geoplan.maps.by_hand import Begun
from geoplan.model import Division, Network
from geoplan.recipes.comparison.pairs import Pair
from geoplan.recipes.division.asked import Asked
from geoplan.recipes.division.board import board_of
from geoplan.recipes.division.given import GIVEN, given_record
from geoplan.recipes.division.ground import Laid, laid_out
from geoplan.recipes.division.record import division_record

_SPECK = 0.5  # m²; less than this of a unit elsewhere is of rounding


def judged(pair: Pair, network: Network) -> tuple[Division, Begun | None]:
    """Return the record of a pair's divisions, and what drawing on it goes on from.

    What ``divide`` proposed is judged on the study's own units, where it moves them
    whole, and can be drawn on; anything else on the overlay of both divisions.
    """
    laid = laid_out(pair.before, network=network, level=pair.level)
    drawn = _drawn(pair)
    asked = Asked(level=pair.level)
    if pair.option is not None and pair.level == "grid":
        own = _of_own_units(laid, drawn, asked=asked)
        if own is not None:
            mark = "-".join(one.sha256 for one in pair.others)
            return own, Begun(option=pair.option, mark=f"{mark}-{pair.option}")
    return given_record(laid, drawn, asked=asked), None


def _drawn(pair: Pair) -> GeoDataFrame:
    """Return what was drawn afterwards: grids, or the communities of one street."""
    after = pair.after.layers
    if pair.level == "grid":
        return after.grids
    street = street_of(sorted(set(pair.before.layers.grids["community"])))
    return after.communities[["name", "geometry"]].assign(community=street)


def _of_own_units(laid: Laid, drawn: GeoDataFrame, *, asked: Asked) -> Division | None:
    """Return the record of a division on the study's units; None if it parts one."""
    today = laid.ground.grids
    if not drawn["community"].isin(set(today["community"])).all():
        return None
    board = board_of(laid, asked=asked)
    own = drawn.sort_index()
    at = _holders(board.units.frame.geometry.to_numpy(), own.geometry.to_numpy())
    if (at < 0).any():
        return None
    plan = division.Plan(board=board, grid=own.index.to_numpy(object)[at])
    return division_record(laid, plans=[plan], task=GIVEN, drawn=own)


def _holders(
    units: NDArray[np.object_], areas: NDArray[np.object_]
) -> NDArray[np.int64]:
    """Return the area that each unit lies in but for a speck, -1 for none."""
    unit, area = shapely.STRtree(areas).query(units, predicate="intersects")
    held = shapely.area(shapely.intersection(units[unit], areas[area]))
    whole = held > shapely.area(units[unit]) - _SPECK
    found = np.full(len(units), -1, np.int64)
    found[unit[whole]] = area[whole]
    return found

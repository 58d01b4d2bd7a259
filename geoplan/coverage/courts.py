"""The field within gated compounds: what is as near to a gate as is left to walk.

Whoever is in a gated compound walks straight to its gates, or to a station in the
compound. The field there is thus made of parts of discs: round each gate that a
resident may pass, as wide as what is left to walk when the way from the gate to
the station is walked, and round a station of the compound's own.
"""

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame
from shapely.geometry.base import BaseGeometry

from geoplan import walk
from geoplan.circles.outline import areas
from geoplan.compounds import Compounds
from geoplan.model import Access, Legs
from geoplan.union import united

_QUARTER = 16  # corners of a quarter of a disc
_DISC = ["compound", "x", "y"]  # what tells discs apart


def grounds(compounds: Compounds) -> NDArray[np.object_]:
    """Return what each gated compound holds: itself, without smaller ones in it."""
    whole = compounds.shapes.to_numpy()
    shapes: NDArray[np.object_] = whole.copy()
    area = shapely.area(shapes)
    large, small = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    nested = (area[small] < area[large]) | (
        (area[small] == area[large]) & (small < large)
    )
    nested &= ~shapely.touches(whole[large], whole[small])
    for at in np.unique(large[nested]):
        inner = whole[small[nested & (large == at)]]
        shapes[at] = shapely.difference(shapes[at], united(inner))
    return shapes


def courts(
    way: walk.Graph,
    *,
    compounds: Compounds,
    access: Access,
    stations: Legs,
    places: GeoSeries,
    limit: float,
) -> DataFrame:
    """Return the parts of compounds that a walk within a limit (seconds) begins in.

    Parameters
    ----------
    stations : Legs
        Of the circle's stations.
    places : GeoSeries of points
        Where they are.

    Returns
    -------
    DataFrame
        station, compound (positions), x, y, left_m (the disc), geometry (its part
        in the compound). A row a station and gate, or a station in the compound.
    """
    if not len(compounds.shapes):
        return DataFrame(columns=["station", *_DISC, "left_m", "geometry"])
    doors = walk.reach(way, stations=stations, things=access.doors, limit=limit)
    at = access.gates[doors["thing"]]
    by_gate = {
        "station": doors["station"],
        "compound": compounds.gates["compound"].to_numpy()[doors["thing"]],
        "x": at[:, 0],
        "y": at[:, 1],
        "left_m": (limit - doors["seconds"]) * way.speed,
    }
    held = compounds.holding(places.to_numpy())
    inside = np.flatnonzero(held >= 0)
    own = {
        "station": inside,
        "compound": held[inside],
        "x": places.x.to_numpy()[inside],
        "y": places.y.to_numpy()[inside],
        "left_m": np.full(len(inside), limit * way.speed),
    }
    discs = pd.concat([DataFrame(by_gate), DataFrame(own)], ignore_index=True)
    round_ = shapely.buffer(
        shapely.points(discs["x"], discs["y"]), discs["left_m"], quad_segs=_QUARTER
    )
    ground = grounds(compounds)[discs["compound"].to_numpy(int)]
    discs["geometry"] = shapely.intersection(round_, ground)
    return discs


def with_courts(
    field: BaseGeometry, *, parts: DataFrame, grounds: shapely.STRtree
) -> BaseGeometry:
    """Return a field as it is beyond compounds, and within them as the parts are."""
    near = grounds.geometries[grounds.query(field, predicate="intersects")]
    if not len(near) + len(parts):
        return field
    beyond = shapely.difference(field, united(near))
    return areas(shapely.union(beyond, united(parts["geometry"].to_numpy())))


def widest(parts: DataFrame) -> DataFrame:
    """Return the parts of the widest disc round each place."""
    ranked = parts.sort_values([*_DISC, "left_m"], kind="stable")
    return ranked.drop_duplicates(_DISC, keep="last")

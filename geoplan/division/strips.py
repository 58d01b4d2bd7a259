"""Strips: the pieces of ground that go from one grid to another."""

import numpy as np
import shapely
from geopandas import GeoDataFrame
from pandas import DataFrame

from geoplan.division.neighbours import pieces
from geoplan.division.plans import Plan

_COUNTED = ("households", "people", "buildings", "area_m2")


def strips(plan: Plan) -> GeoDataFrame:
    """Return the ground that goes from one grid to another, a piece a row.

    Returns
    -------
    GeoDataFrame
        number (1 …), from, to, households, people, buildings, area_m2; polygons;
        most households (or what else is counted) first, then largest.
    """
    units = plan.board.units
    frame = units.frame
    go = np.flatnonzero(plan.moved)
    number = _pieces(plan)[go]
    table = DataFrame(
        {"from": plan.today[go], "to": plan.grid[go], "piece": number}
        | {name: frame[name].to_numpy()[go] for name in _COUNTED}
    )
    rows = table.groupby("piece", sort=True)
    told = rows.agg(
        {"from": "first", "to": "first"} | dict.fromkeys(_COUNTED, "sum")
    ).reset_index()
    shapes = frame.geometry.to_numpy()[go]
    areas = [
        shapely.coverage_union_all(shapes[number == piece]) for piece in told["piece"]
    ]
    found = GeoDataFrame(
        told.drop(columns="piece"), geometry=areas, crs=frame.crs
    ).sort_values(
        [units.ground.measure, "area_m2", "from", "to"],
        ascending=[False, False, True, True],
        kind="stable",
        ignore_index=True,
    )
    found.insert(0, "number", np.arange(1, len(found) + 1))
    return found


def _pieces(plan: Plan) -> np.ndarray:
    """Return the number of the piece of each unit: one way to go, one border on."""
    pairs = plan.board.units.borders
    one, other = pairs["one"].to_numpy(), pairs["other"].to_numpy()
    alike = (plan.grid[one] == plan.grid[other]) & (
        plan.today[one] == plan.today[other]
    )
    return pieces(len(plan.grid), one=one[alike], other=other[alike])

"""Small places drawn by hand, and the slow, obvious way to walk them."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geoplan.model import Surroundings, Walker, Ways

METRIC = CRS(4547)
ADULT = Walker(preset="adult", speed=1.2)


def frame(geometries, **columns):
    """Return a layer in a metric CRS, its codes a, b, c … or as given."""
    codes = columns.pop("code", [f"{i:03d}" for i in range(len(geometries))])
    index = pd.Index(codes, name="code", dtype="str")
    return gpd.GeoDataFrame(columns, geometry=list(geometries), crs=METRIC, index=index)


def no_surroundings(*, barriers=()):
    """Return surroundings with nothing but the given barriers in them."""
    empty = frame([], kind=[], name=[])
    walls = frame(barriers, kind=["wall"] * len(barriers), name=[""] * len(barriers))
    return Surroundings(barriers=walls, water=empty, green=empty, rails=empty)


def ways(lines, *, forward=None, backward=None, nodes=None, barriers=(), bridge=None):
    """Return walkable ways; a line is a list of points or a WKT text."""
    shapes = [
        shapely.from_wkt(line) if isinstance(line, str) else shapely.LineString(line)
        for line in lines
    ]
    count = len(shapes)
    table = gpd.GeoDataFrame(
        {
            "way": [f"w{i}" for i in range(count)],
            "kind": "footway",
            "name": "",
            "forward": [True] * count if forward is None else forward,
            "backward": [True] * count if backward is None else backward,
            "access": "",
            "steps": False,
            "bridge": [False] * count if bridge is None else bridge,
            "tunnel": False,
            "nodes": nodes or [None] * count,
        },
        geometry=shapes,
        crs=METRIC,
    )
    return Ways(
        frame=table,
        crossings=frame([], node=[], kind=[], access=[]),
        surroundings=no_surroundings(barriers=barriers),
        findings=(),
    )


def on_edges(table, count):
    """Return Legs from rows (thing, edge, offset_m, leg_m)."""
    from geoplan.model import Legs

    rows = pd.DataFrame(table, columns=["thing", "edge", "offset_m", "leg_m"])
    rows.insert(1, "x", 0.0)
    rows.insert(2, "y", 0.0)
    kinds = {"thing": int, "edge": int, "offset_m": float, "leg_m": float}
    things = pd.DataFrame(
        {"access_m": np.nan, "leg": "", "off_network": ""}, index=range(count)
    )
    return Legs(candidates=rows.astype(kinds), things=things)

"""Small places drawn by hand, and the slow, obvious way to walk them."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geoplan.model import Layers, Legs, Surroundings, Walker, Ways

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
            "hurdles": "",
            "bridge": [False] * count if bridge is None else bridge,
            "tunnel": False,
            "nodes": nodes or [None] * count,
        },
        geometry=shapes,
        crs=METRIC,
    )
    return Ways(
        frame=table,
        crossings=frame([], node=[], kind=[], access=[], hurdles=[]),
        surroundings=no_surroundings(barriers=barriers),
        findings=(),
    )


def on_edges(table, count):
    """Return Legs from rows (thing, edge, offset_m, leg_m)."""
    rows = pd.DataFrame(table, columns=["thing", "edge", "offset_m", "leg_m"])
    rows.insert(1, "x", 0.0)
    rows.insert(2, "y", 0.0)
    kinds = {"thing": int, "edge": int, "offset_m": float, "leg_m": float}
    things = pd.DataFrame(
        {"access_m": np.nan, "leg": "", "off_network": ""}, index=range(count)
    )
    return Legs(candidates=rows.astype(kinds), things=things)


def buildings(shapes, **columns):
    """Return buildings with every column of the layer; what is not given is empty."""
    count = len(shapes)
    blank = {
        "name": [f"{i + 1}号楼" for i in range(count)],
        "levels": [np.nan] * count,
        "height_m": [np.nan] * count,
        "use": [""] * count,
        "residential": [True] * count,
        "compound": [""] * count,
        "grid": [""] * count,
        "households": [np.nan] * count,
        "people": [np.nan] * count,
    }
    return frame(shapes, **{**blank, **columns})


def stations(points, **columns):
    """Return stations with every column of the layer; what is not given is empty."""
    count = len(points)
    texts = ["serves_grid", "serves_community", "belongs_grid", "belongs_community"]
    texts += ["items", "hours"]
    blank = {
        "name": [f"{i + 1}号站" for i in range(count)],
        "tier": ["社区级"] * count,
        **{name: [""] * count for name in texts},
        "area_m2": [np.nan] * count,
        "capacity": [np.nan] * count,
    }
    shapes = [shapely.Point(point) for point in points]
    codes = [f"s{i}" for i in range(count)]
    return frame(shapes, **{"code": codes, **blank, **columns})


def areas(shapes, **columns):
    """Return grids or communities; what is not given is empty."""
    count = len(shapes)
    blank = {
        "name": [f"第{i + 1}网格" for i in range(count)],
        "community": ["K"] * count,
        "kind": [""] * count,
        **{name: [np.nan] * count for name in ("households", "people", "elderly")},
    }
    return frame(shapes, **{**blank, **columns})


def layers(*, grids, buildings, stations, communities=None, entrances=None, land=None):
    """Return the layers of a study; communities are the grids' if not given."""
    if communities is None:
        merged = grids.dissolve("community")[["geometry"]]
        communities = areas(list(merged.geometry), code=list(merged.index))
    if entrances is None:
        entrances = frame([], building=[])
    return Layers(
        grids=grids,
        communities=communities,
        buildings=buildings,
        stations=stations,
        entrances=entrances,
        land=land,
    )

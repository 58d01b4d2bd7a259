"""The ground under the answer: ways, water, green, rails and walls.

A page carries its own base map, made of the study's data, so that it needs no
tiles and shows what the answer was computed on.
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pandas import Series
from shapely.geometry.base import BaseGeometry

from geoplan.maps.encoding import Geometries, Grain, ints, shapes
from geoplan.model import Network, Surroundings

#: Classes of ways, by breadth; a way's class is its place in this order.
WAY_CLASSES = ("foot", "alley", "lane", "collector", "arterial", "expressway")

_WAY_TOLERANCE = 0.7  # m; half a pixel at the closest zoom that shows much
_AREA_TOLERANCE = 1.5  # m
_MARGINS = (600.0, 1500.0)  # m, the least and the most shown around the study
_SCREEN = 2.1  # breadth by height of what is seen, some of it above and below
_BESIDE = 2500.0  # m, the most to the left and right


def window(area: BaseGeometry) -> BaseGeometry:
    """Return the box that the base map fills: the study's area and a margin.

    As wide as a screen that the whole area is seen on, as far as ways are read.
    """
    west, south, east, north = area.bounds
    wide, high = east - west, north - south
    margin = np.clip(max(wide, high) / 2, *_MARGINS)
    beside = max(margin, min((high * _SCREEN - wide) / 2, _BESIDE))
    return shapely.box(west - beside, south - margin, east + beside, north + margin)


def base_layers(
    network: Network,
    surroundings: Surroundings,
    *,
    grain: Grain,
    box: BaseGeometry,
    names: Sequence[str],
) -> dict[str, Any]:
    """Return the base map within a box; ``names`` are those of the ways."""
    barriers = surroundings.barriers
    kinds = _classes()
    fast = _pick(barriers, [k for k, c in kinds.items() if c == _EXPRESSWAY])
    walls = _pick(barriers, _table()["walls"]["kinds"])
    return {
        "ways": _ways(
            pd.concat([network.edges[_WAY], fast[_WAY]], ignore_index=True),
            grain=grain,
            box=box,
            names=names,
        ),
        "water": _areas(surroundings.water, grain=grain, box=box),
        "streams": _lines(surroundings.water, grain=grain, box=box),
        "green": _areas(surroundings.green, grain=grain, box=box),
        "rails": _lines(surroundings.rails, grain=grain, box=box),
        "walls": _lines(walls, grain=grain, box=box),
    }


def way_names(network: Network, surroundings: Surroundings) -> list[str]:
    """Return the names of all ways, sorted, the empty one first."""
    named = [_text(network.edges["name"]), _text(surroundings.barriers["name"])]
    return sorted({"", *pd.concat(named)})


def way_classes(kind: Series) -> Series:
    """Return the class of each way by its kind: one of ``WAY_CLASSES``."""
    number = kind.map(_classes()).fillna(_LANE).astype(int)
    return number.map(dict(enumerate(WAY_CLASSES)))


_WAY = ["kind", "name", "geometry"]
_EXPRESSWAY = WAY_CLASSES.index("expressway")
_LANE = WAY_CLASSES.index("lane")


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    source = files("geoplan") / "maps" / "ways.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def _classes() -> dict[str, int]:
    """Return the class of each kind of way."""
    listed = _table()["class"]
    return {k: WAY_CLASSES.index(name) for name, kinds in listed.items() for k in kinds}


def _text(column: Series) -> Series:
    return column.fillna("").astype(str)


def _pick(frame: GeoDataFrame, kinds: Sequence[str]) -> GeoDataFrame:
    """Return the lines of some kinds; a kind may be written as key=value."""
    kind = _text(frame["kind"]).str.rsplit("=", n=1).str[-1]
    lines = shapely.get_dimensions(frame.geometry.to_numpy()) == 1
    return frame.assign(kind=kind)[kind.isin(kinds) & lines]


def _ways(
    edges: pd.DataFrame, *, grain: Grain, box: BaseGeometry, names: Sequence[str]
) -> dict[str, Any]:
    """Return ways joined where class and name are the same, the least first."""
    geometries = edges["geometry"].to_numpy()
    near = shapely.intersects(geometries, box)
    order = pd.DataFrame(
        {
            "class": edges["kind"].map(_classes()).fillna(_LANE).astype(int),
            "name": pd.Index(names).get_indexer(_text(edges["name"])),
        }
    )[near]
    group = order.groupby(["class", "name"], sort=True).ngroup().to_numpy()
    sorting = np.argsort(group, kind="stable")
    lines = geometries[near][sorting]
    joined = _merged(lines, group=group[sorting])
    kept = order.drop_duplicates().sort_values(["class", "name"])
    parts, part_of = shapely.get_parts(joined, return_index=True)
    if len(parts):  # neighbours follow one another: short steps, small numbers
        along = GeoSeries(parts).hilbert_distance().to_numpy()
        order_of = np.lexsort([along, part_of])
        parts, part_of = parts[order_of], part_of[order_of]
    return {
        **shapes(parts, grain=grain, tolerance=_WAY_TOLERANCE),
        "class": ints(kept["class"].to_numpy()[part_of]),
        "name": ints(kept["name"].to_numpy()[part_of]),
    }


def _merged(lines: Geometries, *, group: np.ndarray[Any, Any]) -> Geometries:
    """Return one merged line a group; groups are numbered and sorted."""
    if not len(lines):
        return lines
    merged: Geometries = shapely.line_merge(
        np.asarray(shapely.multilinestrings(lines, indices=group))
    )
    return merged


def _areas(frame: GeoDataFrame, *, grain: Grain, box: BaseGeometry) -> dict[str, Any]:
    cut = _cut(frame, box=box, dimension=2)
    return shapes(cut, grain=grain, tolerance=_AREA_TOLERANCE)


def _lines(frame: GeoDataFrame, *, grain: Grain, box: BaseGeometry) -> dict[str, Any]:
    cut = _cut(frame, box=box, dimension=1)
    return shapes(cut, grain=grain, tolerance=_WAY_TOLERANCE)


def _cut(frame: GeoDataFrame, *, box: BaseGeometry, dimension: int) -> Geometries:
    """Return the areas (2) or lines (1) of a layer as far as a box reaches."""
    geometries = frame.geometry.to_numpy()
    wanted = shapely.get_dimensions(geometries) == dimension
    cut: Geometries = shapely.clip_by_rect(geometries[wanted], *box.bounds)
    seen: Geometries = cut[~shapely.is_empty(cut)]
    return seen

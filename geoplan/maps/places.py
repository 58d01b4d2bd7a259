"""The things that are counted and found on a page: areas, buildings, stations."""

from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame, Index, Series

from geoplan.maps.encoding import (
    Geometries,
    Grain,
    fronts,
    ints,
    optional,
    shapes,
    strings,
)
from geoplan.model import Coverage, Layers

_NEAR_WAY = 200.0  # m; farther ways do not say where a building is

# How a building stands to one circle.
_ASIDE, _OWN, _OTHER, _OUT = 0, 1, 2, 3


def named(frame: GeoDataFrame, *, grain: Grain) -> dict[str, Any]:
    """Return areas or units by code, with their names."""
    return {
        "code": strings(frame.index),
        "name": strings(frame["name"]),
        "shape": shapes(frame.geometry, grain=grain),
    }


def areas(frame: GeoDataFrame, *, grain: Grain, counted: str) -> dict[str, Any]:
    """Return grids or communities with what is counted in and out of circles."""
    circles = sum(str(c).startswith(f"{counted}_straight_") for c in frame.columns)
    return {
        **named(frame, grain=grain),
        "label": shapes(_middles(frame.geometry.to_numpy()), grain=grain),
        "total": _whole(frame[counted]),
        **{
            how: [
                _whole(frame[f"{counted}_{how}_{number}"])
                for number in range(1, circles + 1)
            ]
            for how in ("any", "own", "straight")
        },
    }


def buildings(
    coverage: Coverage, *, grain: Grain, counted: str, near: NDArray[np.int64]
) -> dict[str, Any]:
    """Return the buildings: ``state`` 0 aside, 1 own, 2 other, 3 out, a circle."""
    frame = coverage.buildings
    lived = _people(frame, counted=counted)
    aside = ~frame["counted"].to_numpy(bool) | ~(lived.to_numpy() > 0)
    stations = coverage.stations.index
    return {
        "code": fronts(strings(frame.index)),
        "name": fronts(strings(frame["name"])),
        "grid": ints(coverage.grids.index.get_indexer(frame["grid"].astype(str))),
        "count": optional(lived),
        "off": ints(np.asarray(frame["off_network"].fillna("") != "")),
        "near": ints(near),
        "shape": shapes(frame.geometry, grain=grain),
        "circles": [
            _reach(coverage, circle=circle.name, aside=aside, stations=stations)
            for circle in coverage.circles
        ],
    }


def stations(coverage: Coverage, *, layers: Layers, grain: Grain) -> dict[str, Any]:
    """Return the stations with what the office said of them."""
    frame = coverage.stations
    said = layers.stations.reindex(frame.index)
    return {
        "code": strings(frame.index),
        "name": strings(frame["name"]),
        "tier": strings(frame["tier"]),
        "off": strings(frame["off_network"]),
        "items": strings(said["items"]),
        "hours": strings(said["hours"]),
        "shape": shapes(frame.geometry, grain=grain),
    }


def compounds(layers: Layers, *, grain: Grain) -> dict[str, Any]:
    """Return the compounds and their gates; empty where the study names none."""
    walls, gates = layers.compounds, layers.gates
    nothing = np.array([], dtype=object)
    return {
        "name": [] if walls is None else strings(walls["name"]),
        "code": [] if walls is None else strings(walls.index),
        "shape": shapes(nothing if walls is None else walls.geometry, grain=grain),
        "gates": shapes(nothing if gates is None else gates.geometry, grain=grain),
        "gate": [] if gates is None else _gates(gates),
    }


def _gates(gates: GeoDataFrame) -> list[list[str]]:
    """Return what is told of each gate: code, compound, kind, hours."""
    told = ["compound", "kind", "hours"]
    columns = [strings(gates.index), *(strings(gates[name]) for name in told)]
    return [list(row) for row in zip(*columns, strict=True)]


def nearest_names(
    frame: GeoDataFrame, *, edges: GeoDataFrame, names: list[str]
) -> NDArray[np.int64]:
    """Return the number of the named way nearest to each thing; 0 = none near."""
    number = pd.Index(names).get_indexer(edges["name"].fillna("").astype(str))
    named = edges.geometry.to_numpy()[number > 0]
    near = np.zeros(len(frame), dtype=np.int64)
    if not len(named):
        return near
    points = shapely.centroid(frame.geometry.to_numpy())
    thing, way = shapely.STRtree(named).query_nearest(
        points, max_distance=_NEAR_WAY, all_matches=False
    )
    near[thing] = number[number > 0][way]
    return near


def _reach(
    coverage: Coverage, *, circle: str, aside: NDArray[np.bool_], stations: Index
) -> dict[str, str]:
    """Return how every building stands to one circle; minutes in tenths."""
    index = coverage.buildings.index
    inside = _of(coverage.minutes, circle=circle, index=index)
    beyond = _of(coverage.unreached, circle=circle, index=index)
    minutes = inside["minutes"].astype(float)
    state = np.select(
        [aside, inside["own_minutes"].notna(), minutes.notna()],
        [_ASIDE, _OWN, _OTHER],
        _OUT,
    )
    far = beyond["minutes"].astype(float)
    station = inside["station"].where(minutes.notna(), beyond["station"])
    return {
        "state": ints(state),
        "minutes": optional(minutes.where(minutes.notna(), far), steps=10),
        "station": ints(stations.get_indexer(station.fillna("").astype(str))),
        "straight": optional(beyond["straight_m"].astype(float)),
    }


def _of(frame: DataFrame, *, circle: str, index: Index) -> DataFrame:
    """Return the rows of one circle, one a building."""
    rows = frame[frame["circle"] == circle]
    return rows.drop_duplicates("building").set_index("building").reindex(index)


def _people(frame: GeoDataFrame, *, counted: str) -> Series:
    """Return what a building adds to the count."""
    if counted in frame:
        return frame[counted].astype(float)
    return frame["residential"].astype(float)


def _middles(geometries: Geometries) -> Geometries:
    """Return a point well inside the largest part of each area."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    largest = Series(shapely.area(parts)).groupby(owner).idxmax()
    middles: Geometries = shapely.point_on_surface(geometries)
    for number, part in largest.items():
        wide = np.sqrt(shapely.area(parts[part]))
        if wide > 0:
            spoke = shapely.maximum_inscribed_circle(parts[part], tolerance=wide / 50)
            middles[number] = shapely.get_point(spoke, 0)
    return middles


def _whole(column: Series) -> list[int]:
    return [int(n) for n in column.astype(float).fillna(0).round()]

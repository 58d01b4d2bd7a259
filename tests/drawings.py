"""Boards of real studies in one small file, for what Python and pages both count.

``vectors/drawing.json`` holds the units of both studies without their shapes, as
``recorded`` writes them; ``board`` makes them boards again, with a box for each
unit, so that stations lie in their units.
"""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from divisions import town
from geopandas import GeoDataFrame
from pandas import DataFrame

from geoplan import division
from geoplan.division.given import COUNTS
from geoplan.division.stations import Stations, by_unit

VECTORS = Path(__file__).parent / "vectors" / "drawing.json"
TOLD = ("households", "people", "buildings")


def recorded(on):
    """Return a board as plain lists."""
    frame, stations = on.units.frame, on.stations
    counted = on.units.ground.buildings[list(TOLD)]
    named = stations.named
    return {
        "grids": [str(code) for code in on.units.ground.grids.index],
        "community": on.units.ground.grids["community"].tolist(),
        "locked": sorted(on.locked),
        "units": frame.index.tolist(),
        "home": on.units.ground.grids.index.get_indexer(frame["grid"]).tolist(),
        "pairs": on.pairs[["one", "other", "walk"]].astype(int).to_numpy().tolist(),
        "of_building": on.units.of_building.tolist(),
        "buildings": counted.astype(int).to_numpy().tolist(),
        "stations": stations.unit(on.units).tolist(),
        "named": [
            [int(at), level, area]
            for at, level, area in named.itertuples(index=False, name=None)
        ],
        "walks": stations.walks.sort_values(["station", "building"])
        .to_numpy()
        .tolist(),
    }


@cache
def told():
    return json.loads(VECTORS.read_text(encoding="utf-8"))


@cache
def board(name):
    """Return a recorded board; its shapes are boxes in a row."""
    one = told()[name]
    units = _units(one)
    at = np.array(one["stations"])
    points = shapely.points(2.0 * at + 0.5, 0.5)
    codes = [f"S{number}" for number in range(len(at))]
    stations = Stations(
        frame=GeoDataFrame(
            {"name": codes},
            index=pd.Index(codes, name="code"),
            geometry=points,
            crs="EPSG:4547",
        ),
        named=DataFrame(one["named"], columns=["station", "level", "area"]),
        walks=DataFrame(one["walks"], columns=["station", "building"]),
    )
    pairs = DataFrame(one["pairs"], columns=["one", "other", "walk"])
    return replace(
        division.board(town(["AB"])),
        units=units,
        pairs=pairs.astype({"walk": bool}).assign(border_m=1.0),
        locked=frozenset(one["locked"]),
        stations=stations,
    )


def _units(one):
    home = np.array(one["home"])
    held = np.array(one["of_building"])
    counts = np.array(one["buildings"], float)
    boxes = shapely.box(
        2.0 * np.arange(len(home)), 0, 2.0 * np.arange(len(home)) + 1, 1
    )
    grids = GeoDataFrame(
        {"name": one["grids"], "community": one["community"], "kind": ""},
        index=pd.Index(one["grids"], name="code"),
        geometry=[shapely.MultiPolygon()] * len(one["grids"]),
        crs="EPSG:4547",
    )
    sums = {
        name: np.bincount(held[held >= 0], counts[held >= 0, k], minlength=len(home))
        for k, name in enumerate(TOLD)
    }
    buildings = GeoDataFrame(
        dict.fromkeys(COUNTS, 0.0) | dict(zip(TOLD, counts.T, strict=True)),
        geometry=shapely.points(np.zeros(len(counts)), 0),
        crs="EPSG:4547",
    )
    frame = GeoDataFrame(
        {
            "grid": np.array(one["grids"], object)[home],
            "community": np.array(one["community"], object)[home],
        }
        | dict.fromkeys(COUNTS, 0.0)
        | sums,
        index=pd.Index(one["units"], name="unit"),
        geometry=boxes,
        crs="EPSG:4547",
    )
    drawn = division.board(town(["AB"])).units
    ground = replace(drawn.ground, grids=grids, buildings=buildings)
    return replace(drawn, ground=ground, frame=frame, of_building=held)


def communities(on):
    """Return the codes of a board's communities, in the order of their numbers."""
    return sorted(set(on.units.ground.grids["community"]))


def given(on):
    """Return what the page's judge is handed of a board."""
    frame, grids = on.units.frame, on.units.ground.grids
    numbers = pd.Index(communities(on))
    reach = by_unit(on.stations, units=on.units)
    stations = on.stations.frame.index
    named = on.stations.named
    areas = {"grid": grids.index, "community": numbers}
    names = {
        level: [
            codes.get_indexer(
                named["area"][(named["station"] == at) & (named["level"] == level)]
            ).tolist()
            for at in range(len(stations))
        ]
        for level, codes in areas.items()
    }
    return {
        "n": len(frame),
        "home": grids.index.get_indexer(frame["grid"]).tolist(),
        "community": numbers.get_indexer(frame["community"]).tolist(),
        **{name: frame[name].tolist() for name in TOLD},
        "counted": frame[on.units.ground.measure].tolist(),
        **{
            name: on.pairs[name].astype(int).tolist()
            for name in ("one", "other", "walk")
        },
        "codes": grids.index.tolist(),
        "of": numbers.get_indexer(grids["community"]).tolist(),
        "fixed": grids.index.isin(list(on.locked)).tolist(),
        "band": list(on.aims.band),
        "banded": bool(frame["households"].any()),
        "reach": {
            "unit": frame.index.get_indexer(reach["unit"]).tolist(),
            "station": stations.get_indexer(reach["station"]).tolist(),
            "group": reach["group"].tolist(),
            "households": reach["households"].tolist(),
        },
        "stations": {
            "unit": on.stations.unit(on.units).tolist(),
            "grids": names["grid"],
            "communities": names["community"],
        },
    }

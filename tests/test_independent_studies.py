# ruff: noqa: C901  plain loops, on purpose
"""The studies that ship, read with plain tools, beside what geoplan writes of them."""

import csv
import json
import random
from collections import defaultdict
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pyogrio
import pyproj
from shapely import Point
from test_independent_oracle import Compounds, Network, Sight, Walks, centre, read_osm

import geoplan
from geoplan.datum import from_gcj02

ROOT = Path(__file__).resolve().parent.parent
SAMPLE, SEED = 350, 20260630
SPEED = 1.2
CIRCLES = [("15分钟服务圈", "社区级", 15), ("3分钟幸福圈", "网格级", 3)]
MEASURES = ("households", "people", "buildings", "floor_m2")


def split(text):
    """Return the names in a cell."""
    for mark in "，,；;":
        text = text.replace(mark, "、")
    return [name.strip() for name in text.split("、") if name.strip()]


def monaco(folder):
    """Read the files of Monaco: (epsg, grids, communities, buildings, stations)."""
    grids = gpd.read_file(folder / "grids.gpkg")
    houses = gpd.read_file(folder / "buildings.gpkg")
    houses["households"] = None
    table = pd.read_csv(folder / "stations.csv", dtype=str)
    stations = [
        SimpleNamespace(code=s.code, tier=s.tier, grids="", communities="",
                        lon=float(s.lon), lat=float(s.lat))
        for s in table.itertuples()
    ]  # fmt: skip
    return 32632, grids, gpd.read_file(folder / "communities.gpkg"), houses, stations


def wenlan(folder):
    """Read the files of Wenlan, likewise."""
    grids = gpd.read_file(folder / "grids.shp", encoding="GBK")
    grids = grids.rename(columns={"网格编码": "code", "网格名称": "name"})
    communities = gpd.read_file(folder / "communities.gpkg")
    communities = communities.rename(columns={"社区编码": "code", "社区名称": "name"})
    code_of = dict(zip(communities.name, communities.code, strict=True))
    grids["community"] = grids["所属社区"].map(code_of)
    names = {"楼栋编码": "code", "层数": "levels", "高度": "height"}
    names |= {"户数": "households", "人口": "people"}
    houses = gpd.read_file(folder / "buildings.gpkg").rename(columns=names)
    table = pd.read_excel(folder / "stations.xlsx", dtype={"站点编号": str})
    lon, lat = from_gcj02(table["经度"], table["纬度"])
    stations = [
        SimpleNamespace(code=r["站点编号"], tier=r["级别"], lon=x, lat=y,
                        grids=r["服务网格"] if isinstance(r["服务网格"], str) else "",
                        communities=r["服务社区"]
                        if isinstance(r["服务社区"], str) else "")
        for (_, r), x, y in zip(table.iterrows(), lon, lat, strict=True)
    ]  # fmt: skip
    return 4537, grids, communities, houses, stations


def holder(areas, point):
    """Return the smallest code of the areas that hold a point, or ''."""
    return min((c for c, s in areas.items() if s.covers(point)), default="")


def compounds(case):
    """Return the compounds of a study, as its files have them."""
    if case.name != "wenlan":
        return Compounds([], [])
    areas = gpd.read_file(case.folder / "compounds.gpkg").to_crs(4537)
    gates = pd.read_csv(case.folder / "gates.csv", encoding="gbk")
    return Compounds(
        list(zip(areas["小区编码"], areas["小区名称"], areas.geometry, strict=True)),
        [
            (row["小区"], row["类型"], Point(case.to_crs(row["经度"], row["纬度"])))
            for _, row in gates.iterrows()
        ],
    )


READERS = {"monaco": monaco, "wenlan": wenlan}


def read(out):
    """Return what ``geoplan coverage`` wrote: its layers, its JSON and its table."""
    layers = {
        layer: pyogrio.read_dataframe(out / "coverage.gpkg", layer=layer)
        for layer, _ in pyogrio.list_layers(out / "coverage.gpkg")
    }
    facts = json.loads((out / "coverage.json").read_text("utf-8"))
    with (out / "coverage.csv").open(encoding="utf-8-sig", newline="") as file:
        return layers, facts, list(csv.reader(file))


@cache
def study(out):
    """Return a study that ships, and what is written of it in a folder of its name."""
    name = out.name
    folder = ROOT / "data" / name
    epsg, grids, communities, houses, stations = READERS[name](folder)
    to_crs = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform
    case = SimpleNamespace(name=name, folder=folder, to_crs=to_crs)
    case.written, case.json, case.csv = read(out)
    case.counted = case.json["results"]["counted"]
    grids, communities = grids.to_crs(epsg), communities.to_crs(epsg)
    houses = houses.to_crs(epsg)
    case.grids = dict(zip(grids.code, grids.geometry, strict=True))
    case.grid_named = defaultdict(list)
    for code, grid_name in zip(grids.code, grids.name, strict=True):
        case.grid_named[grid_name].append(code)
    case.community_of = dict(zip(grids.code, grids.community, strict=True))
    case.communities = dict(zip(communities.code, communities.geometry, strict=True))
    case.community_named = dict(zip(communities.name, communities.code, strict=True))
    case.place = {
        c: centre(g) for c, g in zip(houses.code, houses.geometry, strict=True)
    }
    case.footprint = dict(zip(houses.code, houses.geometry, strict=True))
    case.grid = {c: holder(case.grids, p) for c, p in case.place.items()}
    case.size = {}
    for house in houses.itertuples():
        levels = house.levels
        if pd.isna(levels):
            levels = 1 if pd.isna(house.height) else max(1, round(house.height / 3))
        case.size[house.code] = {
            "households": house.households or 0,
            "people": 0 if pd.isna(house.people) else house.people,
            "buildings": 1,
            "floor_m2": house.geometry.area * levels,
        }
        if pd.isna(case.size[house.code]["households"]):
            case.size[house.code]["households"] = 0
    case.stations = stations
    case.spot = {s.code: Point(to_crs(s.lon, s.lat)) for s in stations}
    case.minutes = {
        (r.building, r.circle): r for r in case.written["minutes"].itertuples()
    }
    case.draw = random.Random(SEED).sample(sorted(case.place), SAMPLE)  # noqa: S311
    return case


def walked(case):
    """Walk the sample by hand: legs, and metres to every station."""
    routes, place, barriers = read_osm(case.folder / "streets.osm.pbf", case.to_crs)
    network = Network(routes, place)
    walled = compounds(case)
    sight = Sight(network, case.footprint.values(), barriers + walled.walls())
    stations = {
        code: walled.legs(point, sight, passes=["everyone"])
        for code, point in case.spot.items()
    }
    walks = {code: Walks(network, legs[0]) for code, legs in stations.items()}
    houses = {
        code: walled.legs(case.place[code], sight, passes=["everyone", "residents"])
        for code in case.draw
    }
    minutes = {}
    for house, legs in houses.items():
        here = walled.around(case.place[house])
        for code, walk in walks.items():
            metres = walk.from_place(legs[0])
            if here is not None and here == walled.around(case.spot[code]):
                metres = min(metres, case.place[house].distance(case.spot[code]))
            minutes[house, code] = metres / SPEED / 60
    return SimpleNamespace(stations=stations, houses=houses, minutes=minutes)


def own_stations(case, tier, house):
    """Return the codes of the stations that serve a building, section 6."""
    grid = case.grid[house]
    community = case.community_of.get(grid)
    own = set()
    for station in case.stations:
        if station.tier != tier or not grid:
            continue
        home = case.community_of.get(holder(case.grids, case.spot[station.code]))
        grids, communities = set(), set()
        for named in split(station.grids):
            found = [named] if named in case.grids else case.grid_named[named]
            if len(found) > 1:
                found = [code for code in found if case.community_of[code] == home]
            grids |= set(found) if len(found) == 1 else set()
        for named in split(station.communities):
            communities.add(case.community_named.get(named, named))
        if not station.grids and not station.communities:
            if tier == "网格级":
                grids.add(holder(case.grids, case.spot[station.code]))
            else:
                communities.add(holder(case.communities, case.spot[station.code]))
        if grid in grids or community in communities:
            own.add(station.code)
    return own


def of_tier(case, tier):
    return [station.code for station in case.stations if station.tier == tier]


def same(left, right):
    """Tell whether two cells say the same; empty is ''."""
    return ("" if pd.isna(left) else left) == ("" if pd.isna(right) else right)


def pairs(case, once):
    """Return geoplan's own minutes from every building to every station."""

    def make(path):
        read = geoplan.read_study(case.folder / "study.toml")
        geoplan.walking_minutes(
            read.layers,
            network=geoplan.build_network(read.ways, walker=read.walker),
            surroundings=read.ways.surroundings,
            walker=read.walker,
            within=40,
        ).to_pickle(path)

    table = pd.read_pickle(once(f"minutes_{case.name}", make))  # noqa: S301  our own
    return {(r.building, r.station): r.minutes for r in table.itertuples()}

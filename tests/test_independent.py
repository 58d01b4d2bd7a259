"""Every figure of ``geoplan coverage``, recomputed from docs/method.md alone.

Legs and walks by ``test_independent_oracle.py``, for a sample of buildings drawn with
a fixed seed; the figures made of minutes for all buildings, in plain loops. Left out
of the comparison is what the page leaves open: *which* of equally near candidates or
points of an edge is meant, and the field of a polygon, which is not written.
"""

import csv
import json
import math
import random
import subprocess
import sys
from collections import defaultdict
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
from shapely import LineString, Point
from test_independent_oracle import Network, Sight, Walks, centre, read_osm

import geoplan
from geoplan.datum import from_gcj02

SAMPLE, SEED, TENTH = 350, 20260630, 0.1
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


@pytest.fixture(scope="module", params=[monaco, wenlan], ids=["monaco", "wenlan"])
def case(request, root, tmp_path_factory):
    """Run the command on a study that ships; read study and outcome."""
    name = request.param.__name__
    folder, out = root / "data" / name, tmp_path_factory.mktemp(name)
    command = [sys.executable, "-m", "geoplan", "coverage", folder / "study.toml"]
    subprocess.run([*command, "--out", out], check=True, capture_output=True)
    epsg, grids, communities, houses, stations = request.param(folder)
    to_crs = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform
    case = SimpleNamespace(name=name, folder=folder, to_crs=to_crs)
    case.written = {
        layer: pyogrio.read_dataframe(out / "coverage.gpkg", layer=layer)
        for layer, _ in pyogrio.list_layers(out / "coverage.gpkg")
    }
    case.json = json.loads((out / "coverage.json").read_text("utf-8"))
    with (out / "coverage.csv").open(encoding="utf-8-sig", newline="") as file:
        case.csv = list(csv.reader(file))
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
    case.place = {c: centre(g) for c, g in zip(houses.code, houses.geometry, strict=True)}
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
    case.at = {s.code: Point(to_crs(s.lon, s.lat)) for s in stations}
    case.minutes = {
        (r.building, r.circle): r for r in case.written["minutes"].itertuples()
    }
    case.draw = random.Random(SEED).sample(sorted(case.place), SAMPLE)
    return case


@pytest.fixture(scope="module")
def walked(case):
    """Walk the sample by hand: legs, and metres to every station."""
    routes, place, barriers = read_osm(case.folder / "streets.osm.pbf", case.to_crs)
    network = Network(routes, place)
    sight = Sight(network, case.footprint.values(), barriers)
    stations = {code: sight.legs(point) for code, point in case.at.items()}
    walks = {code: Walks(network, legs[0]) for code, legs in stations.items()}
    houses = {code: sight.legs(case.place[code]) for code in case.draw}
    minutes = {
        (house, code): walk.from_place(legs[0]) / SPEED / 60
        for house, legs in houses.items()
        for code, walk in walks.items()
    }
    return SimpleNamespace(stations=stations, houses=houses, minutes=minutes)


def own_stations(case, tier, house):
    """Return the codes of the stations that serve a building, section 6."""
    grid = case.grid[house]
    community = case.community_of.get(grid)
    own = set()
    for station in case.stations:
        if station.tier != tier or not grid:
            continue
        home = case.community_of.get(holder(case.grids, case.at[station.code]))
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
                grids.add(holder(case.grids, case.at[station.code]))
            else:
                communities.add(holder(case.communities, case.at[station.code]))
        if grid in grids or community in communities:
            own.add(station.code)
    return own


def of_tier(case, tier):
    return [station.code for station in case.stations if station.tier == tier]


def same(left, right):
    """Tell whether two cells say the same; empty is ''."""
    return ("" if pd.isna(left) else left) == ("" if pd.isna(right) else right)


def test_every_building_is_there_once(case):
    written = case.written["buildings"]
    assert sorted(written.code) == sorted(case.place)
    assert len(case.minutes) == len(case.place) * len(CIRCLES)
    for row in written.itertuples():
        assert same(row.grid, case.grid[row.code])
        assert row.counted == bool(case.grid[row.code])


def test_legs(case, walked):
    written = {
        **{("h", r.code): r for r in case.written["buildings"].itertuples()},
        **{("s", r.code): r for r in case.written["stations"].itertuples()},
    }
    mine = {("h", code): legs for code, legs in walked.houses.items()}
    mine |= {("s", code): legs for code, legs in walked.stations.items()}
    for key, (candidates, flag, reason) in mine.items():
        row = written[key]
        assert same(row.leg, flag), key
        assert same(row.off_network, reason), key
        if candidates:
            shortest = min(leg for _, leg, _ in candidates)
            assert row.access_m == pytest.approx(shortest, abs=0.002), key


@pytest.mark.parametrize(("circle", "tier", "limit"), CIRCLES)
def test_minutes_to_any_and_own(case, walked, circle, tier, limit):
    for house in case.draw:
        row = case.minutes[house, circle]
        own = own_stations(case, tier, house)
        for named, minutes, codes in (
            (row.station, row.minutes, of_tier(case, tier)),
            (row.own_station, row.own_minutes, own),
        ):
            reach = {code: walked.minutes[house, code] for code in codes}
            best = min(reach.values(), default=math.inf)
            if best > limit:
                assert pd.isna(minutes), (house, best)
                assert same(named, ""), house
            else:
                assert abs(minutes - best) * 60 < TENTH, (house, best)
                assert (reach[named] - best) * 60 < TENTH, house


@pytest.mark.parametrize(("circle", "tier", "limit"), CIRCLES)
def test_the_unreached_by_name(case, walked, circle, tier, limit):
    listed = {
        row.building: row
        for row in case.written["unreached"].itertuples()
        if row.circle == circle
    }
    beyond = {
        house
        for house, grid in case.grid.items()
        if grid and pd.isna(case.minutes[house, circle].minutes)
    }
    assert set(listed) == beyond
    for house in set(listed) & set(case.draw):
        best = min(walked.minutes[house, code] for code in of_tier(case, tier))
        minutes = listed[house].minutes
        assert best > limit
        assert pd.isna(minutes) if math.isinf(best) else abs(minutes - best) < TENTH / 60
        near = min(case.place[house].distance(case.at[c]) for c in of_tier(case, tier))
        assert listed[house].straight_m == pytest.approx(near, abs=0.06)


def test_all_pairs_of_the_sample(case, walked):
    study = geoplan.read_study(case.folder / "study.toml")
    table = geoplan.walking_minutes(
        study.layers,
        network=geoplan.build_network(study.ways, walker=study.walker),
        surroundings=study.ways.surroundings,
        walker=study.walker,
        within=40,
    )
    got = {(r.building, r.station): r.minutes for r in table.itertuples()}
    for pair, minutes in walked.minutes.items():
        if minutes < 40:
            assert abs(got[pair] - minutes) * 60 < TENTH, pair
        elif minutes > 40.001:
            assert pair not in got, pair
    case.pairs = got  # checked; the per-station confession below leans on them


def served(case, circle, tier, limit):
    """Return the sets of buildings served: any, own, straight."""
    radius = SPEED * 60 * limit
    stations = [case.at[code] for code in of_tier(case, tier)]
    any_, own, straight = set(), set(), set()
    for house, grid in case.grid.items():
        if not grid:
            continue
        row = case.minutes[house, circle]
        if not pd.isna(row.minutes):
            any_.add(house)
        if not pd.isna(row.own_minutes):
            own.add(house)
        if any(case.place[house].distance(at) <= radius for at in stations):
            straight.add(house)
    return {"any": any_, "own": own, "straight": straight}


def areas_of(case):
    """Return the members of every area: {(level, code): houses}."""
    members = {("street", "street"): [h for h, g in case.grid.items() if g]}
    for code in case.communities:
        members["community", code] = []
    for code in case.grids:
        members["grid", code] = []
    for house, grid in case.grid.items():
        if grid:
            members["grid", grid].append(house)
            members["community", case.community_of[grid]].append(house)
    return members


def test_figures_of_every_area(case):
    members = areas_of(case)
    known = [m for m in MEASURES if case.name == "wenlan" or m != "households"]
    areas = {
        (a["level"], a["code"], a["circle"]): a for a in case.json["results"]["areas"]
    }
    assert len(areas) == len(members) * len(CIRCLES)
    layer = {"street": "street", "community": "communities", "grid": "grids"}
    rows = {
        (level, row["code"]): row
        for level, name in layer.items()
        for _, row in case.written[name].iterrows()
    }
    for k, (circle, tier, limit) in enumerate(CIRCLES, start=1):
        sets = served(case, circle, tier, limit)
        for (level, code), houses in members.items():
            area, row = areas[level, code, circle], rows[level, code]
            for measure in MEASURES:
                sums = {"total": sum(case.size[h][measure] for h in houses)}
                for how, of in sets.items():
                    sums[how] = sum(case.size[h][measure] for h in houses if h in of)
                for how, value in sums.items():
                    got = area[f"{measure}_{how}"]
                    cell = row[measure if how == "total" else f"{measure}_{how}_{k}"]
                    if measure not in known:
                        assert got is None
                        assert pd.isna(cell)
                        continue
                    exact = 0.06 if measure == "floor_m2" else 0
                    assert got == pytest.approx(value, abs=exact), (code, measure, how)
                    assert cell == pytest.approx(value, abs=exact), (code, measure, how)
        top = case.json["results"]["circles"][k - 1]
        street = areas["street", "street", circle]
        for measure in known:
            for how, value in top[measure].items():
                assert value == street[f"{measure}_{how}"]
        assert top["off_network"]["buildings"] == sum(
            bool(row.off_network) and not pd.isna(row.off_network)
            for row in case.written["buildings"].itertuples()
            if row.counted
        )


def test_csv_says_what_json_says(case):
    head, *rows = case.csv
    assert len(rows) == len(case.json["results"]["areas"])
    for row, area in zip(rows, case.json["results"]["areas"], strict=True):
        cells = dict(zip(head, row, strict=True))
        assert cells["编码"] == area["code"]
        assert cells["服务圈"] == area["circle"]
        for column, key in (
            ("总户数", "households_total"),
            ("走得到任一站点（人）", "people_any"),
            ("走得到本辖区站点（栋）", "buildings_own"),
            ("直线范围内（㎡）", "floor_m2_straight"),
        ):
            value = area[key]
            assert cells[column] == "" if value is None else float(cells[column]) == value


def confession(case, polygon, reached):
    """Return drawn_not_reached and reached_not_drawn of a written polygon."""
    shapely.prepare(polygon)
    size = {h: case.size[h][case.counted] for h, g in case.grid.items() if g}
    inside = {h for h in size if polygon.covers(case.place[h])}
    wrong = sum(size[h] for h in inside - reached)
    missed = sum(size[h] for h in (reached & set(size)) - inside)
    drawn, there = sum(size[h] for h in inside), sum(size[h] for h in reached & set(size))
    return wrong / drawn if drawn else 0, missed / there if there else 0


def test_polygons_confess(case):
    pairs = getattr(case, "pairs", None)
    if pairs is None:
        pytest.skip("needs the pairs that test_all_pairs_of_the_sample checks")
    limits = {circle: (tier, limit) for circle, tier, limit in CIRCLES}
    for row in case.written["circles"].itertuples():
        tier, limit = limits[row.circle]
        if same(row.station, ""):
            reached = served(case, row.circle, tier, limit)["any"]
            top = next(
                c for c in case.json["results"]["circles"] if c["name"] == row.circle
            )
            assert top["polygon_check"]["drawn_not_reached"] == row.drawn_not_reached
        else:
            reached = {
                house
                for (house, station), minutes in pairs.items()
                if station == row.station and minutes <= limit
            }
        wrong, missed = confession(case, row.geometry, reached)
        assert row.drawn_not_reached == pytest.approx(wrong, abs=2e-6), row.station
        assert row.reached_not_drawn == pytest.approx(missed, abs=2e-6), row.station


def test_outlines_keep_out_who_is_not_reached(case):
    for circle, tier, limit in CIRCLES:
        rows = case.written["circles"]
        merged = rows[(rows.circle == circle) & rows.station.map(lambda s: same(s, ""))]
        outline = merged.geometry.iloc[0]
        shapely.prepare(outline)
        reached = {
            h for h in case.place if not pd.isna(case.minutes[h, circle].minutes)
        }
        unreached = [case.footprint[h] for h in case.place if h not in reached]
        for shape in unreached:
            if shape.area > 0 and outline.intersects(shape):
                assert outline.intersection(shape).area < 1e-3
        aside = shapely.union_all(unreached)
        for house in reached:
            if case.grid[house]:  # beyond the grids, a house may stand in the sea
                left = case.footprint[house].difference(aside).difference(outline)
                assert left.area < 0.5, house


def test_gaps_are_the_unreached(case):
    for circle, tier, limit in CIRCLES:
        gaps = case.written["gaps"]
        gaps = gaps[gaps.circle == circle]
        rows = case.written["circles"]
        merged = rows[(rows.circle == circle) & rows.station.map(lambda s: same(s, ""))]
        outline = merged.geometry.iloc[0]
        beyond = {
            house
            for house, grid in case.grid.items()
            if grid and pd.isna(case.minutes[house, circle].minutes)
        }
        held = set()
        for gap in gaps.itertuples():
            assert gap.geometry.difference(case.grids[gap.grid].buffer(0.01)).area < 0.1
            assert gap.geometry.intersection(outline).area < 0.1
            here = {
                house
                for house in beyond
                if case.grid[house] == gap.grid
                and gap.geometry.distance(case.place[house]) < 0.01
            }
            assert gap.buildings == len(here)
            for measure in ("households", "people"):
                value = getattr(gap, measure)
                if not pd.isna(value):
                    assert value == sum(case.size[h][measure] for h in here)
            for part in shapely.get_parts(gap.geometry):
                assert any(part.distance(case.place[h]) < 0.01 for h in here), gap.grid
            assert not held & here
            held |= here
        assert held == beyond
        assert list(gaps["rank"]) == list(range(1, len(gaps) + 1))
        order = [getattr(gap, case.counted) for gap in gaps.itertuples()]
        assert order == sorted(order, reverse=True)


def test_land_is_read_off_the_polygon(case):
    tops = case.json["results"]["circles"]
    if case.name == "monaco":
        assert [top["residential_m2"] for top in tops] == [None, None]
        return
    land = gpd.read_file(case.folder / "land.gpkg", layer="residential").to_crs(4537)
    within = land.union_all().intersection(shapely.union_all(list(case.grids.values())))
    for top, (circle, _, _) in zip(tops, CIRCLES, strict=True):
        rows = case.written["circles"]
        merged = rows[(rows.circle == circle) & rows.station.map(lambda s: same(s, ""))]
        covered = within.intersection(merged.geometry.iloc[0]).area
        assert top["residential_m2"]["total"] == pytest.approx(within.area, abs=1)
        assert top["residential_m2"]["any"] == pytest.approx(covered, abs=1)


def test_a_wall_stops_a_leg_and_a_gap_lets_it_through():
    """The oracle itself, on a drawing small enough to see."""
    place = {1: (0, 0), 2: (600, 0), 3: (0, 20), 4: (600, 20)}
    network = Network([([1, 2], 0), ([3, 4], 0), ([1, 3], 0)], place)
    house = Point(300, -5)  # sees the near way; the far one lies behind it
    free = Sight(network, [], [])
    assert [edge for edge, _, _ in free.legs(house)[0]] == [0]
    wall = Sight(network, [], [LineString([(200, -2), (400, -2)])])
    assert wall.legs(house) == ([], "", "blocked")
    shed = Sight(network, [Point(300, -3).buffer(1)], [])
    assert shed.legs(house)[1] == "through_building"

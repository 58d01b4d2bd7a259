# ruff: noqa: C901  plain loops, on purpose
"""Every figure made of minutes, recomputed from docs/method.md in plain loops.

For all buildings, from the minutes written, which ``test_independent.py`` checks. The
field of a polygon is not written, so what it confesses (``field_…``) is left out.
"""

import shutil

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from test_independent_studies import (
    CIRCLES,
    MEASURES,
    SPEED,
    of_tier,
    pairs,
    read,
    same,
    study,
)

from geoplan.recipes.coverage import cover_study

CIRCLE_15 = """[[circle]]
name = "15分钟服务圈"
tier = "社区级"
minutes = 15
"""


@pytest.fixture(scope="module", params=["monaco", "wenlan"])
def case(request, demo):
    return study(demo / request.param)


def served(case, circle, tier, limit):
    """Return the sets of buildings served: any, own, straight."""
    radius = SPEED * 60 * limit
    stations = [case.spot[code] for code in of_tier(case, tier)]
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
            assert (
                cells[column] == "" if value is None else float(cells[column]) == value
            )


def confession(case, polygon, reached):
    """Return drawn_not_reached and reached_not_drawn of a written polygon."""
    shapely.prepare(polygon)
    size = {h: case.size[h][case.counted] for h, g in case.grid.items() if g}
    inside = {h for h in size if polygon.covers(case.place[h])}
    wrong = sum(size[h] for h in inside - reached)
    missed = sum(size[h] for h in (reached & set(size)) - inside)
    drawn, there = (
        sum(size[h] for h in inside),
        sum(size[h] for h in reached & set(size)),
    )
    return wrong / drawn if drawn else 0, missed / there if there else 0


def test_polygons_confess(case, once):
    minutes = pairs(case, once)
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
                for (house, station), walk in minutes.items()
                if station == row.station and walk <= limit
            }
        wrong, missed = confession(case, row.geometry, reached)
        assert row.drawn_not_reached == pytest.approx(wrong, abs=2e-6), row.station
        assert row.reached_not_drawn == pytest.approx(missed, abs=2e-6), row.station


def test_outlines_keep_out_who_is_not_reached(case):
    for circle, _, _ in CIRCLES:
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
    for circle, _, _ in CIRCLES:
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


def test_totals_are_dealt_to_homes(demo, tmp_path):
    """Section 5, largest remainder: what half of Wenlan's buildings do not say."""
    case, folder = study(demo / "wenlan"), tmp_path / "wenlan"
    shutil.copytree(case.folder, folder)
    settings = (folder / "study.toml").read_text("utf-8")
    one_circle = settings.replace(CIRCLE_15, "")  # shorter, and the same homes
    assert one_circle != settings
    (folder / "study.toml").write_text(one_circle, "utf-8")
    houses = gpd.read_file(folder / "buildings.gpkg")
    houses.loc[houses.index % 2 == 0, ["户数", "人口"]] = None
    (folder / "buildings.gpkg").unlink()
    houses.to_file(folder / "buildings.gpkg")
    given = dict(zip(houses["楼栋编码"], houses["户数"], strict=True))
    grids = gpd.read_file(folder / "grids.shp", encoding="GBK")
    cover_study(folder, out=tmp_path, lang="zh", progress=str)
    written = read(tmp_path)[0]["buildings"].set_index("code")
    for grid, total in zip(grids["网格编码"], grids["户数"], strict=True):
        here = [code for code in written.index if case.grid[code] == grid]
        known = {code: given[code] for code in here if not pd.isna(given[code])}
        homes = [c for c in here if c not in known and written.residential[c]]
        rest = int(total - sum(known.values()))
        weight = {code: case.size[code]["floor_m2"] for code in homes}
        share = {c: rest * weight[c] / sum(weight.values()) for c in homes}
        dealt = {code: int(exact) for code, exact in share.items()}
        order = sorted(homes, key=lambda c: (dealt[c] - share[c], c))
        for code in order[: rest - sum(dealt.values())]:
            dealt[code] += 1
        for code in here:
            assert written.households[code] == known.get(code, dealt.get(code, 0)), code
            if dealt.get(code):
                assert written.households_estimated[code]

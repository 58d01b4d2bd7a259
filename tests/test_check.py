"""The check: every rule on a tiny town by hand, laws, and the recipe on studies."""

import json
import shutil
import string
import tomllib
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
import towns
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import EAST, NORTH, STUDY, grids, stations, write_shapefile, write_study
from shapely import MultiPolygon, Point, box

from geoplan import check, cli, network
from geoplan.check import mend, padded, thin
from geoplan.coverage.homes import inhabited
from geoplan.errors import Faults, InputError
from geoplan.files import read_layer
from geoplan.model import Circle, Finding
from geoplan.recipes.check.checking import look
from geoplan.recipes.check.checkup import check_study
from geoplan.recipes.coverage import cover_study
from geoplan.recipes.demo import shipped
from geoplan.wording import LANGUAGES, texts

WEST, HERE = 500_000.0, 3_380_000.0
HOURS = pd.Series(dtype=bool)
CIRCLE = Circle(name="圈", tier="社区级", minutes=15)


def square(x, y, width=100, height=100):
    return box(WEST + x, HERE + y, WEST + x + width, HERE + y + height)


def town(shapes, *, homes=(), at=((50, 50),), communities=None, **columns):
    """Return the layers of a town of the given grids."""
    houses = [square(x, y, 10, 10) for x, y in homes] or [square(40, 40, 10, 10)]
    return towns.layers(
        grids=towns.areas(shapes, **columns),
        buildings=towns.buildings(houses),
        stations=towns.stations([(WEST + x, HERE + y) for x, y in at]),
        communities=communities,
    )


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def told(findings):
    return [(f.rule, f.level, f.code) for f in findings]


def quiet(_):
    pass


# The ground, once


def test_neighbours_without_fault_are_not_talked_about():
    assert check.check_topology(town([square(0, 0), square(100, 0)])) == ()


def test_a_gap_within_the_community_is_told_with_its_size():
    whole = towns.areas([square(0, 0, 210)], code=["K"])
    layers = town([square(0, 0), square(110, 0)], communities=whole)
    (gap,) = check.check_topology(layers)
    assert (gap.rule, gap.level, gap.facts["m2"]) == ("grid_gap", "warning", 1000)
    assert gap.code in {"000", "001"}
    assert gap.geometry.equals(square(100, 0, 10))


def test_a_gap_where_a_building_stands_is_an_error():
    whole = towns.areas([square(0, 0, 220)], code=["K"])
    layers = town(
        [square(0, 0), square(120, 0)], homes=[(40, 40), (105, 40)], communities=whole
    )
    (gap,) = check.check_topology(layers)
    assert (gap.rule, gap.level, gap.facts["buildings"]) == (
        *("grid_gap_lived_in", "error"),
        1,
    )


def test_a_hole_that_grids_ring_is_a_gap_without_any_community():
    ring = square(0, 0, 300, 300) - square(100, 100)
    (gap,) = check.check_topology(town([ring]))
    assert (gap.rule, gap.facts["m2"]) == ("grid_gap", 10_000)


def test_a_hole_that_another_grid_fills_is_a_note():
    ring = square(0, 0, 300, 300) - square(100, 100)
    (inner,) = check.check_topology(town([ring, square(100, 100)]))
    assert told([inner]) == [("grid_round_another", "info", "000")]
    assert inner.facts["other"] == "001"


def test_a_sliver_is_no_gap_and_a_speck_is_nothing():
    whole = towns.areas([square(0, 0, 200.3)], code=["K"])
    sliver = town([square(0, 0), square(100.3, 0)], communities=whole)
    assert told(check.check_topology(sliver))[0][:2] == ("grids_apart", "warning")
    whole = towns.areas([square(0, 0, 200.005)], code=["K"])
    speck = town([square(0, 0), square(100.005, 0)], communities=whole)
    assert check.check_topology(speck) == ()


def test_pieces_are_counted_and_the_lesser_ones_are_shown():
    pieces = MultiPolygon([square(0, 0), square(200, 0, 10), square(300, 0, 20)])
    (found,) = check.check_topology(town([pieces]))
    assert found.rule == "grid_in_pieces"
    assert found.facts == {"parts": 3, "m2": 3000, "largest": 2000}
    assert found.geometry.area == 3000


@given(breadth=st.floats(0.01, 2.0), length=st.floats(50, 500))
def test_a_strip_is_thin_by_its_breadth(breadth, length):
    strip = shapely.box(0, 0, length, breadth)
    by_hand = 2 * strip.area / strip.length
    assert thin([strip])[0] == (by_hand < 0.5)


# Codes and names

PARENTS = ["110101", "110102"]


def coded(codes, owners, names=None):
    shapes = [square(100 * i, 0) for i in range(len(codes))]
    whole = towns.areas([square(0, 0, 250), square(250, 0, 350)], code=PARENTS)
    return town(
        shapes,
        communities=whole.assign(name=["甲", "乙"]),
        code=codes,
        community=owners,
        name=names or [f"第{i}网格" for i in range(len(codes))],
    )


def test_a_code_of_another_community_is_an_error_and_of_none_a_warning():
    codes = ["110101001", "110101002", "110102001", "110102002", "990000001"]
    owners = [PARENTS[0], PARENTS[0], PARENTS[0], PARENTS[1], PARENTS[1]]
    found = check.check_keys(coded(codes, owners))
    assert told(found) == [
        ("code_of_another", "error", "110102001"),
        ("code_astray", "warning", "990000001"),
    ]
    assert found[0].facts["name"] == "乙"


def test_codes_of_another_scheme_are_left_alone():
    assert check.check_keys(coded(["A1", "A2", "B1"], [PARENTS[0]] * 3)) == ()


def test_a_code_that_lost_zeros_or_stands_for_none_is_not_astray():
    codes = ["0101001", "0101002", "101003", "0101004", "#5"]
    whole = towns.areas([square(0, 0, 500)], code=["0101"], name=["甲"])
    shapes = [square(100 * i, 0) for i in range(5)]
    names = [f"第{i}网格" for i in range(5)]
    layers = town(
        shapes, communities=whole, code=codes, community=["0101"] * 5, name=names
    )
    assert told(check.check_keys(layers)) == [("code_short", "warning", "101003")]


def test_a_code_that_lost_its_zeros():
    codes = ["0101", "0102", "103", "1104"]
    found = check.check_keys(coded(codes, [PARENTS[0]] * 4))
    assert told(found) == [("code_short", "warning", "103")]
    assert found[0].facts["padded"] == "0103"
    whole, done = padded(coded(codes, [PARENTS[0]] * 4).grids, layer="grids")
    assert list(whole.values()) == ["0101", "0102", "0103", "1104"]
    assert [f.code for f in done] == ["103"]


@pytest.mark.parametrize(
    "codes",
    [
        ["1", "2", "10", "11", "12"],  # counted through: nothing is lost
        ["0101", "0102", "101", "0103"],  # 0101 is there already
        ["a1", "a2", "a10"],
    ],
)
def test_codes_that_have_lost_nothing(codes):
    layers = coded(codes, [PARENTS[0]] * len(codes))
    assert [f for f in check.check_keys(layers) if f.rule == "code_short"] == []


def test_names_that_are_blank_or_twice():
    names = ["甲网", "甲网", "003", "004"]
    codes = ["001", "002", "003", "004"]
    found = check.check_keys(coded(codes, [PARENTS[0]] * 4, names))
    assert told(found) == [("unnamed", "info", ""), ("names_twice", "warning", "002")]
    assert found[0].facts["count"] == 2


# Values


def test_few_of_a_special_group_are_not_counted_out():
    layers = town([square(0, 0)], households=[1], people=[2], elderly=[3])
    (found,) = check.check_values(layers)
    assert (found.facts["count"], found.facts["whole"]) == ("<5", "2")


def test_more_elderly_than_people_and_households_of_no_size():
    layers = town(
        [square(0, 0), square(100, 0), square(200, 0)],
        households=[100, 100, 100],
        people=[250, 2500, 260],
        elderly=[300, 30, 30],
    )
    assert told(check.check_values(layers)) == [
        ("group_above_whole", "error", "000"),
        ("household_size_odd", "warning", "001"),
    ]


def test_a_group_within_another_is_no_larger():
    layers = town([square(0, 0)], people=[900], elderly=[100], alone=[120], aged=[9])
    (found,) = check.check_values(layers)
    assert told([found]) == [("group_above_whole", "warning", "000")]
    assert found.problem(lang="zh") == "独居老人（120）比老年人（100）还多。"


def test_numbers_of_the_whole_on_each_part():
    layers = town(
        [square(0, 0), square(100, 0), square(200, 0)],
        code=["7", "7#2", "8"],
        name=["甲网", "甲网", "乙网"],
        households=[420, 420, 420],
        people=[1000, 1000, 1000],
    )
    (found,) = check.check_values(layers)
    assert told([found]) == [("values_repeated", "error", "7#2")]
    assert found.facts["count"] == 2
    assert found.facts["households"] == "420"


def test_totals_of_two_levels():
    whole = towns.areas([square(0, 0, 200)], code=["K"], households=[900])
    shapes = [square(0, 0), square(100, 0)]
    layers = town(shapes, communities=whole, households=[400, 480])
    (found,) = check.check_values(layers)
    assert found.rule == "totals_disagree_households"
    assert found.facts == {"whole": "900", "parts": "880", "by": "20"}
    half_known = town(shapes, communities=whole, households=[400, None])
    assert check.check_values(half_known) == ()


def test_buildings_too_high_too_full_and_twice():
    layers = town([square(0, 0)], homes=[(0, 0), (20, 0), (20, 0), (60, 0)])
    houses = layers.buildings.assign(
        levels=[300.0, 6.0, 6.0, 6.0], households=[10.0, 12.0, 12.0, 500.0]
    )
    found = check.check_values(replace(layers, buildings=houses))
    assert told(found) == [
        ("building_too_high", "warning", "000"),
        ("building_too_full", "warning", "003"),
        ("buildings_twice", "warning", "002"),
    ]


# Stations


def served(*rows):
    return pd.DataFrame(rows, columns=["station", "level", "area"])


def checked_stations(layers, *rows, readable=None):
    clear = pd.Series(readable or [True] * len(layers.stations))
    return check.check_stations(layers, served=served(*rows), readable=clear)


def test_stations_outside_the_study_and_their_area():
    layers = town([square(0, 0), square(100, 0)], at=[(50, 50), (150, 50), (50, 400)])
    found = checked_stations(layers, (0, "grid", "001"), (1, "grid", "001"))
    assert told(found) == [
        ("station_outside_study", "warning", "s2"),
        ("station_outside_area", "warning", "s0"),
    ]
    assert found[0].facts["metres"] == 300
    assert found[1].facts["metres"] == 50


def test_a_station_at_the_border_is_inside_and_one_of_its_areas_is_enough():
    layers = town([square(0, 0), square(100, 0)], at=[(95, 50)])
    assert checked_stations(layers, (0, "grid", "001")) == ()
    far = town([square(0, 0), square(100, 0)], at=[(10, 50)])
    assert checked_stations(far, (0, "grid", "001"), (0, "grid", "000")) == ()


def test_a_list_pasted_many_times_is_told_at_once():
    at = [(50, 50), (80, 50), (80.5, 50)] * 3000
    layers = town([square(0, 0)], at=at)
    served = pd.DataFrame({"station": [], "level": [], "area": []})
    readable = layers.stations["tier"].notna()
    found = check.check_stations(layers, served=served, readable=readable)
    codes = layers.stations.index.astype(str)
    twice = {f.code: f.facts["other"] for f in found if f.rule == "station_twice"}
    assert len(twice) == len(codes) - 2
    assert twice[codes[2]] == codes[1]
    assert twice[codes[3]] == codes[0]


def test_stations_listed_twice_and_hours_not_understood():
    layers = town([square(0, 0)], at=[(50, 50), (50.2, 50), (20, 20), (80, 80)])
    named = layers.stations.assign(
        name=["甲站", "乙站", "甲站", "丙站"], hours=["看情况", "", "", "9:00-17:00"]
    )
    layers = replace(layers, stations=named)
    found = checked_stations(layers, readable=[False, False, False, True])
    assert told(found) == [
        ("station_twice", "warning", "s1"),
        ("station_name_twice", "warning", "s2"),
        ("hours_unread", "info", "s0"),
    ]


# Ways


def ways_of(lines, **how):
    shifted = [[(WEST + x, HERE + y) for x, y in line] for line in lines]
    return network.build(towns.ways(shifted, **how))


def checked_ways(lines, **how):
    layers = town([square(0, 0, 1000, 1000)])
    found = check.check_ways(
        ways_of(lines, **how), layers=layers, circles=[CIRCLE], walker=towns.ADULT
    )
    return {f.rule: f for f in found}


def test_ways_that_cross_without_a_junction():
    cross = [[(0, 500), (1000, 500)], [(500, 0), (500, 1000)]]
    found = checked_ways(cross)
    assert found["crossings_unjoined"].facts["count"] == 1
    assert found["crossings_unjoined"].geometry.equals(
        shapely.multipoints([Point(WEST + 500, HERE + 500)])
    )
    assert "crossings_unjoined" not in checked_ways(cross, bridge=[False, True])
    joined = [[(0, 500), (500, 500), (1000, 500)], [(500, 0), (500, 500), (500, 900)]]
    assert "crossings_unjoined" not in checked_ways(joined)


def test_pieces_of_the_network_are_a_warning_when_they_are_long():
    short = checked_ways([[(0, 500), (1000, 500)], [(100, 100), (200, 100)]])
    assert short["network_in_pieces"].level == "info"
    assert short["network_in_pieces"].facts["longest"] == 100
    long = checked_ways([[(0, 500), (1000, 500)], [(100, 100), (800, 100)]])
    assert long["network_in_pieces"].level == "warning"


def test_ways_that_end_at_the_border():
    near = checked_ways([[(-50, 500), (1050, 500)], [(500, -50), (500, 1050)]])
    assert near["network_rim_narrow"].facts == {
        "metres": 50,
        "reach": 1080,
        "sides": 4,
    }
    short = checked_ways([[(10, 500), (1050, 500)], [(500, -50), (500, 1050)]])
    assert short["network_rim_short"].facts["metres"] == 10
    wide = checked_ways([[(-2000, -2000), (3000, 3000)]])
    assert "network_rim_narrow" not in wide


def test_old_ways_and_undated_studies():
    assert [f.rule for f in check.check_dates("", ways="")] == ["study_undated"]
    assert check.check_dates("2026-06-30", ways="2024-01-01") == ()
    (old,) = check.check_dates("2026-06-30", ways="2019-01-01")
    assert (old.rule, old.level) == ("network_old", "warning")


# Rules of a division


def divided(layers, way=None, wanted=None):
    homes, _ = inhabited(layers)
    return check.check_division(layers, homes=homes, network=way, wanted=wanted)


def test_sizes_are_reminders_and_a_study_may_set_its_own():
    layers = town(
        [square(100 * i, 0) for i in range(5)],
        households=[250, 400, 600, 90, 0],
        kind=["综合", "综合", "综合", "专属网格", "综合"],
    )
    found = divided(layers)
    assert told(found)[:2] == [
        ("grid_households", "warning", "000"),
        ("grid_households", "warning", "002"),
    ]
    assert "error" not in {f.level for f in found}
    lenient = divided(layers, wanted=(200, 700))
    assert "grid_households" not in {f.rule for f in lenient}
    balance = next(f for f in found if f.rule == "households_balance")
    assert (balance.facts["least"], balance.facts["most"]) == (250, 600)


def test_a_compound_in_two_grids():
    layers = town([square(0, 0), square(100, 0)], homes=[(10, 10), (60, 10), (150, 10)])
    houses = layers.buildings.assign(compound=["锦园", "锦园", "锦园"])
    found = divided(replace(layers, buildings=houses))
    (split,) = [f for f in found if f.rule == "compound_split"]
    assert (split.code, split.facts["count"]) == ("锦园", 2)
    assert len(split.geometry.geoms) == 1  # the home that lies apart


def test_a_grid_with_a_railway_through_it():
    homes = [(20 + 40 * i, y) for y in (20, 970) for i in range(8)]
    layers = town([square(0, 0, 1000, 1000)], homes=homes)
    north, south = [(0, 950), (1000, 950)], [(0, 50), (1000, 50)]
    cut = divided(layers, ways_of([north, south]))
    (found,) = [f for f in cut if f.rule == "grid_straddles"]
    assert found.facts["apart"] == 8
    underpass = [(1000, 50), (1000, 950)]
    joined = divided(layers, ways_of([north, south, underpass]))
    assert "grid_straddles" not in {f.rule for f in joined}


# Repairs


def test_slivers_are_closed_and_rings_made_valid():
    bow = shapely.Polygon(
        [(WEST, HERE), (WEST + 100, HERE + 100), (WEST + 100, HERE), (WEST, HERE + 100)]
    )
    frame = towns.areas([square(200, 0, 100.2), square(300, 0), bow])
    mended = mend(frame, layer="grids")
    assert [f.rule for f in mended.findings] == ["mended_ring", "mended_overlap"]
    assert mended.frame.is_valid.all()
    assert mended.frame.geometry["001"].area == pytest.approx(9980, abs=0.01)


def test_a_sliver_that_nobody_has_goes_to_the_longest_border():
    frame = towns.areas(
        [
            square(0, 0, 300, 100),
            square(0, 100, 149.9, 100),
            square(150.1, 100, 149.9, 100),
            square(0, 200, 300, 100),
        ]
    )
    mended = mend(frame, layer="grids")
    assert [f.rule for f in mended.findings] == ["mended_gap"]
    assert shapely.union_all(mended.frame.geometry).area == pytest.approx(90_000)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-0.15, 0.15), min_size=4, max_size=4))
def test_mending_never_loses_ground_nor_touches_wide_gaps(shifts):
    shapes = [
        square(100 * i + shift, 0, 100 + shift, 100) for i, shift in enumerate(shifts)
    ]
    frame = towns.areas([*shapes, square(600, 0)])
    mended = mend(frame, layer="grids").frame
    before = shapely.union_all(frame.geometry)
    after = shapely.union_all(mended.geometry)
    assert shapely.difference(before, after).area < 1e-6
    assert mended.geometry["004"].equals(frame.geometry["004"])
    total = sum(mended.area)
    assert total == pytest.approx(after.area, abs=1e-3)  # nothing is held twice


# Whole studies


def checked(path, tmp_path, **how):
    out = tmp_path / "out"
    done = check_study(path, out=out, lang="zh", progress=quiet, **how)
    return done, json.loads((out / "check.json").read_text(encoding="utf-8"))


def test_the_json_keeps_its_contract(tmp_path):
    done, record = checked(write_study(tmp_path), tmp_path)
    assert record["command"] == "check"
    assert set(record) == {
        *("study", "command", "version", "inputs", "parameters", "seed"),
        *("warnings", "seconds", "results"),
    }
    layers = {one["layer"]: one for one in record["results"]["layers"]}
    assert set(layers) == {"grids", "buildings", "stations", "network"}
    assert layers["grids"]["encoding"] == "gb18030"
    assert layers["grids"]["rows"] == 2
    assert layers["grids"]["columns"]["code"] == "网格编码"
    assert "EPSG:4516" in layers["grids"]["crs"]
    for one in record["results"]["findings"]:
        wanted = {"level", "rule", "layer", "row", "code", "problem", "cure"}
        assert wanted <= set(one)
        assert one["problem"]
        assert one["cure"]
    assert len(done.findings) == len(record["results"]["findings"])


@pytest.mark.parametrize("name", ["wenlan", "monaco"])
def test_the_shipped_studies_are_fit_for_use(demo, name):
    told = (demo / name / "check.json").read_text(encoding="utf-8")
    results = json.loads(told)["results"]
    assert results["errors"] == 0
    page = (demo / name / "check.html").read_text(encoding="utf-8")
    assert "可以使用，但有" in page
    assert {one["level"] for one in results["findings"]} == {"warning", "info"}


def faults_in(folder):
    """Put one fault of many kinds into the study of a folder; return what to find."""
    frame = grids(网格编码=["999999001001001"] * 2, 户数=["-5", "很多"])
    bow = shapely.Polygon(
        [
            (28e6 + EAST + x, NORTH + y)
            for x, y in ((0, 0), (500, 500), (500, 0), (0, 500))
        ]
    )
    frame = frame.set_geometry([bow, frame.geometry[1]])
    write_shapefile(frame, folder / "grids.shp")
    table = stations(层级=["社区级", "天级"])
    table.to_csv(folder / "stations.csv", index=False, encoding="gbk")
    (folder / "ways.gpkg").unlink()
    return {
        ("geometry_invalid", "grids", 1),
        ("code_twice", "grids", 2),
        ("value_negative", "grids", 1),
        ("value_not_number", "grids", 2),
        ("value_not_tier", "stations", 3),
        ("file_missing", "network", None),
    }


def test_every_fault_is_named_with_its_row(tmp_path):
    path = write_study(tmp_path)
    wanted = faults_in(tmp_path)
    done, record = checked(path, tmp_path)
    errors = {(f.rule, f.layer, f.row) for f in done.findings if f.level == "error"}
    assert wanted <= errors
    told_of = record["results"]["findings"]
    assert {"T1", "K1"} <= {one["rule"] for one in told_of}
    ring = next(one for one in told_of if one["key"] == "geometry_invalid")
    assert "边界自己相交" in ring["problem"]
    assert ring["place"] is not None


@pytest.mark.parametrize(
    ("file", "layer"),
    [
        ("grids.shp", "grids"),
        ("buildings.gpkg", "buildings"),
        ("stations.csv", "stations"),
        ("ways.gpkg", "network"),
    ],
)
def test_a_file_that_is_missing_or_nonsense_does_not_stop_the_check(
    tmp_path, file, layer
):
    path = write_study(tmp_path)
    (tmp_path / file).write_bytes(b"\x00nonsense" * 50)
    done, record = checked(path, tmp_path)
    errors = [f for f in done.findings if f.level == "error"]
    assert {f.layer for f in errors} == {layer}
    seen = {one["layer"]: one["unread"] for one in record["results"]["layers"]}
    assert seen[layer]
    (tmp_path / file).unlink()
    done, _ = checked(path, tmp_path)
    assert [f.rule for f in done.findings if f.level == "error"] == ["file_missing"]


def test_only_the_study_file_itself_can_stop_a_check(tmp_path):
    path = write_study(tmp_path, text="[study]\nname = 示例")
    with pytest.raises(InputError):
        look(path)
    (tmp_path / "study.toml").unlink()
    with pytest.raises(InputError):
        look(path)


def test_what_only_a_wrong_datum_makes_odd_is_not_told(tmp_path):
    folder = tmp_path / "wenlan"
    shutil.copytree(shipped() / "wenlan", folder)
    study = (folder / "study.toml").read_text(encoding="utf-8")
    study = study.replace('datum = "gcj02"', "", 1)
    (folder / "study.toml").write_text(study, encoding="utf-8")
    found = [f for f in look(folder).findings if f.layer == "stations"]
    assert [(f.rule, f.level) for f in found] == [("datum_wrong", "error")]
    assert 'datum = "gcj02"' in found[0].cure(lang="zh")


def overlapping(folder):
    frame = grids()
    wide = box(28e6 + EAST, NORTH, 28e6 + EAST + 600, NORTH + 500)
    write_shapefile(frame.set_geometry([wide, frame.geometry[1]]), folder / "grids.shp")


def test_coverage_refuses_what_the_check_finds_wrong_unless_forced(tmp_path):
    path = write_study(tmp_path)
    overlapping(tmp_path)
    out = tmp_path / "out"
    with pytest.raises(InputError) as refused:
        cover_study(path, out=out, lang="zh", progress=quiet)
    assert refused.value.key == "check_refuses"
    assert "重叠" in refused.value.say("zh")
    assert not out.exists()
    cover_study(path, out=out, lang="zh", progress=quiet, force=True)
    record = json.loads((out / "coverage.json").read_text(encoding="utf-8"))
    assert record["parameters"]["forced"] is True
    page = (out / "coverage.html").read_text(encoding="utf-8")
    assert "--force" in page
    record = json.loads((out / "coverage.json").read_text(encoding="utf-8"))
    assert "error" in {one["level"] for one in record["warnings"]}


def test_the_command_exits_with_1_and_still_writes(tmp_path, capsys):
    path = write_study(tmp_path)
    overlapping(tmp_path)
    out = tmp_path / "out"
    assert cli.main(["check", str(path), "--out", str(out)]) == 1
    assert (out / "check.html").exists()
    assert "重叠" in capsys.readouterr().err
    assert cli.main(["coverage", str(path), "--out", str(out)]) == 2
    assert cli.main(["coverage", str(path), "--out", str(out), "--force"]) == 0 + 1


def test_a_repaired_copy_leaves_the_originals_alone(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    path = write_study(home)
    frame = grids()
    left = box(28e6 + EAST, NORTH, 28e6 + EAST + 500.2, NORTH + 500)
    frame = frame.set_geometry([left, frame.geometry[1]])
    write_shapefile(frame, home / "grids.shp")
    before = {file.name: file.read_bytes() for file in home.iterdir()}
    copy = tmp_path / "copy"
    done, record = checked(path, tmp_path, repair=copy)
    assert {file.name: file.read_bytes() for file in home.iterdir()} == before
    assert [one["key"] for one in record["results"]["repairs"]] == ["mended_overlap"]
    assert "重叠" in (copy / "repairs.csv").read_text(encoding="utf-8-sig")
    study = tomllib.loads((copy / "study.toml").read_text(encoding="utf-8"))
    assert study["grids"]["path"] == "grids.gpkg"
    mended = read_layer(copy / "grids.gpkg", "grids")
    assert mended.frame["households"].tolist() == [300, 400]
    assert shapely.coverage_is_valid(mended.frame.geometry.to_numpy(), gap_width=0)
    assert not [f for f in look(copy).findings if "sliver" in f.rule]
    assert any(f.rule == "grids_overlap_sliver" for f in done.findings)


def test_a_copy_that_cannot_be_made_leaves_the_page(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    path = write_study(home, text=STUDY.replace('"grids.shp"', '"../grids.shp"'))
    for part in home.glob("grids.*"):
        part.rename(tmp_path / part.name)
    with pytest.raises(InputError) as refused:
        checked(path, tmp_path, repair=tmp_path / "copy")
    assert refused.value.key == "repair_outside"
    assert (tmp_path / "out" / "check.html").exists()


def test_a_shifted_layer_is_not_mended_in_place(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    path = write_study(home)
    frame = grids()
    left = box(28e6 + EAST, NORTH, 28e6 + EAST + 500.2, NORTH + 500)
    shifted = frame.set_geometry([left, frame.geometry[1]]).to_crs(4326)
    write_shapefile(shifted, home / "grids.shp")
    text = STUDY.replace('"grids.shp"', '"grids.shp"\ndatum = "gcj02"')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        checked(path, tmp_path, repair=tmp_path / "copy")
    assert refused.value.key == "repair_shifted"


def test_a_copy_is_never_written_onto_the_study(tmp_path):
    path = write_study(tmp_path)
    for place in (tmp_path, tmp_path / "inside"):
        with pytest.raises(InputError) as refused:
            checked(path, tmp_path, repair=place)
        assert refused.value.key == "repair_onto_itself"


def test_the_same_study_gives_the_same_bytes(tmp_path):
    path = write_study(tmp_path)
    overlapping(tmp_path)
    checked(path, tmp_path)
    first = (tmp_path / "out" / "check.html").read_bytes()
    shutil.rmtree(tmp_path / "out")
    checked(path, tmp_path)
    assert (tmp_path / "out" / "check.html").read_bytes() == first


# What is said


def test_every_cure_is_of_a_rule_or_a_level():
    rules = {*texts("findings", "zh"), "any_error", "any_warning", "any_info"}
    assert set(texts("cures", "zh")) <= rules


def test_a_cure_knows_no_more_than_its_finding():
    for lang in LANGUAGES:
        for rule, cure in texts("cures", lang).items():
            told = texts("findings", lang).get(rule, "")
            assert placeholders(cure) <= placeholders(told), (rule, lang)


def test_a_cure_cuts_no_sentence_of_its_finding():
    for rule, cure in texts("cures", "zh").items():
        told = texts("findings", "zh").get(rule, "")
        if told.endswith(cure):
            assert told.removesuffix(cure).endswith("。"), rule


def test_what_a_text_ends_with_is_said_once():
    finding = Finding(
        rule="near_miss", level="warning", layer="network", facts={"x": 1, "y": 2}
    )
    assert not finding.problem(lang="zh").endswith(finding.cure(lang="zh"))
    error = Finding(
        rule="value_negative",
        level="error",
        layer="grids",
        facts={"value": -5},
        topic="errors",
    )
    assert error.problem(lang="zh") == "-5 是负数。"
    assert error.cure(lang="zh") == "请填写不小于 0 的数，或留空。"
    assert error.problem(lang="en") == "-5 is negative."


def test_every_named_rule_says_what_it_rests_on():
    source = tomllib.loads(
        (shipped().parent / "geoplan/check/rules.toml").read_text(encoding="utf-8")
    )
    words = texts("check", "zh")
    for key, rule in source["rules"].items():
        assert f"basis_{rule['id']}" in words
        assert rule["status"] in {"seen-p", "seen-s", "ours"}
        assert key in {*texts("findings", "zh"), *texts("errors", "zh")}


def test_kept_faults_go_on_and_strict_ones_stop():
    kept = Faults(keep=True)
    assert kept.attempt(lambda: 1, otherwise=0) == 1

    def fails():
        raise InputError.at("file_missing")

    assert kept.attempt(fails, otherwise=0) == 0
    assert [error.key for error in kept.kept] == ["file_missing"]
    with pytest.raises(InputError):
        Faults().attempt(fails, otherwise=0)


def test_a_geopackage_of_a_copy_has_the_files_own_columns(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    path = write_study(home)
    frame = grids(网格员=["张三", "李四"])
    left = box(28e6 + EAST, NORTH, 28e6 + EAST + 500.2, NORTH + 500)
    write_shapefile(frame.set_geometry([left, frame.geometry[1]]), home / "grids.shp")
    checked(path, tmp_path, repair=tmp_path / "copy")
    columns = list(pyogrio.read_info(tmp_path / "copy" / "grids.gpkg")["fields"])
    assert "网格编码" in columns
    assert "网格员" not in columns  # names of people go nowhere
    assert gpd.read_file(tmp_path / "copy" / "grids.gpkg").crs.to_epsg() == 4516


def test_a_study_of_one_grid_and_nothing_odd(tmp_path):
    path = write_study(tmp_path, text=STUDY)
    done, _ = checked(path, tmp_path)
    assert {f.level for f in done.findings} <= {"warning", "info"}

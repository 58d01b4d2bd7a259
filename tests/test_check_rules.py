"""Rules of a valid division on a tiny town: drawing, codes, nets, who is of what."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
import towns
from shapely import Polygon, box

from geoplan import check, network
from geoplan.coverage.homes import inhabited
from geoplan.model import Finding
from geoplan.wording import texts

WEST, HERE = 500_000.0, 3_380_000.0


def square(x, y, width=100, height=100):
    return box(WEST + x, HERE + y, WEST + x + width, HERE + y + height)


def town(shapes, *, homes=((40, 40),), communities=None, houses=None, **columns):
    """Return the layers of a town of the given grids, a home at each place."""
    buildings = [square(x, y, 10, 10) for x, y in homes]
    return towns.layers(
        grids=towns.areas(shapes, **columns),
        buildings=towns.buildings(buildings, **(houses or {})),
        stations=towns.stations([(WEST + 50, HERE + 50)]),
        communities=communities,
    )


def told(findings):
    return [(f.rule, f.level, f.code) for f in findings]


def rules(findings):
    return {f.rule: f for f in findings}


def divided(layers):
    homes, _ = inhabited(layers)
    return check.check_division(layers, homes=homes, network=None)


def nested(layers):
    homes, _ = inhabited(layers)
    return check.check_nesting(layers, homes=homes)


def drawn(layers, lines=None):
    if lines is None:
        return check.check_outlines(layers, network=None, surroundings=None)
    shifted = [[(WEST + x, HERE + y) for x, y in line] for line in lines]
    ways = towns.ways(shifted)
    return check.check_outlines(
        layers, network=network.build(ways), surroundings=ways.surroundings
    )


# S1: a worker a grid

ROW = [square(100 * i, 0) for i in range(3)]


def test_a_grid_without_a_worker():
    found = divided(town(ROW, workers=[1.0, 0.0, np.nan]))
    assert told(found)[:1] == [("grid_without_worker", "warning", "001")]
    (untold,) = [f for f in found if f.rule == "workers_untold"]
    assert (untold.level, untold.facts["names"]) == ("info", "第3网格")


@pytest.mark.parametrize("columns", [{}, {"workers": [np.nan] * 3}])
def test_nothing_is_said_of_workers_that_nobody_counts(columns):
    assert not {"grid_without_worker", "workers_untold"} & set(
        rules(divided(town(ROW, **columns)))
    )


# G4, G5, K2: how grids are drawn and numbered


def test_compactness_of_a_square_and_a_strip():
    found = rules(drawn(town([square(0, 0), square(100, 0, 1000, 10)])))
    facts = found["grids_compact"].facts
    assert (facts["most"], facts["highest"]) == ("0.79", "第1网格")
    assert (facts["least"], facts["lowest"]) == ("0.03", "第2网格")
    assert "grids_compact" not in rules(drawn(town([square(0, 0)])))


def test_a_quarter_of_a_border_runs_along_a_way():
    around = [[(-500, -5), (600, -5)]]
    found = rules(drawn(town([square(0, 0)]), around))["borders_along"]
    # 100 m of 400 lie 5 m off the way, and 10 m of each side going up
    assert found.facts["percent"] == 30
    assert found.level == "info"


def test_a_border_of_two_grids_counts_once():
    between = [[(100, 0), (100, 100)]]
    found = rules(drawn(town([square(0, 0), square(100, 0)]), between))
    # 100 m of 700, and 15 m to each side of its ends, asked every 10 m
    facts = found["borders_along"].facts
    assert facts["percent"] == pytest.approx(100 * (100 + 60) / 700, abs=4)
    assert facts["least"] == pytest.approx(100 * (100 + 30) / 400, abs=4)


def test_numbers_from_the_north_west_on():
    rows = [square(0, 100), square(100, 100), square(0, 0), square(100, 0)]
    codes = ["101", "102", "103", "104"]
    assert "numbering_order" not in rules(drawn(town(rows, code=codes)))
    columns = [rows[0], rows[2], rows[1], rows[3]]
    assert "numbering_order" not in rules(drawn(town(columns, code=codes)))
    turned = rules(drawn(town(rows[::-1], code=codes)))["numbering_order"]
    assert turned.level == "info"
    assert turned.facts["pairs"] == "第4网格 – 第1网格"
    assert (turned.facts["count"], turned.facts["all"]) == (1, 1)


@pytest.mark.parametrize(
    "codes", [["4", "31", "2", "1"], ["d", "c", "b", "a"], ["#4", "#3", "#2", "#1"]]
)
def test_codes_that_are_no_numbers_of_one_length_have_no_order(codes):
    rows = [square(0, 0), square(100, 0), square(0, 100), square(100, 100)]
    assert "numbering_order" not in rules(drawn(town(rows, code=codes)))


# K4: codes before and after


def test_nothing_is_said_where_the_grids_before_are_not_known():
    assert check.check_earlier(town(ROW)) == ()


def test_grids_that_are_split_or_merged_keep_their_code():
    before = towns.areas([square(0, 0, 200), square(200, 0)], code=["1", "2"])
    parted = town([square(0, 0), square(100, 0), square(200, 0)], code=["1", "3", "2"])
    merged = town([square(0, 0, 300)], code=["1"])
    for layers in (parted, merged):
        assert check.check_earlier(replace(layers, earlier=before)) == ()


def test_a_code_that_means_another_place_and_a_place_with_another_code():
    before = towns.areas(ROW, code=["1", "2", "3"])
    layers = town(ROW, code=["1", "3", "4"])
    found = check.check_earlier(replace(layers, earlier=before))
    assert told(found) == [("code_reused", "warning", "3")]
    assert found[0].facts == {"name": "第2网格", "there": "第3网格", "percent": 0}
    fresh = town(ROW, code=["1", "2", "4"])
    (changed,) = check.check_earlier(replace(fresh, earlier=before))
    assert told([changed]) == [("code_changed", "warning", "4")]
    assert changed.facts["was"] == "3"


def test_grids_that_were_all_somewhere_else_are_told_at_once():
    codes = ["1", "2", "3", "4"]
    before = towns.areas([square(100 * i, 300) for i in range(4)], code=codes)
    layers = town([square(100 * i, 0) for i in range(4)], code=codes)
    (found,) = check.check_earlier(replace(layers, earlier=before))
    assert told([found]) == [("codes_reused_most", "warning", "")]
    assert found.facts == {"count": 4, "all": 4}


def test_slivers_and_broken_rings_of_the_grids_before_change_nothing():
    bow = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    before = towns.areas(
        [square(0.4, 0.3), shapely.affinity.translate(bow, WEST + 100, HERE)],
        code=["1", "2"],
    )
    layers = town([square(0, 0), square(100, 0)], code=["1", "2"])
    assert check.check_earlier(replace(layers, earlier=before)) == ()


# A1: one net


def test_a_second_division_of_whole_grids_and_of_parts_agrees():
    wide = towns.areas([square(0, 0, 200), square(200, 0, 100.5)])
    parts = towns.areas(
        [square(0, 0, 50), square(50, 0, 50), square(100, 0), ROW[2]], name=["a"] * 4
    )
    for second in (wide, parts):
        (found,) = check.check_nets(replace(town(ROW), second=second))
        assert told([found]) == [("nets_agree", "info", "")]


def test_a_second_division_that_cuts_a_grid():
    second = towns.areas([square(0, 0, 150), square(150, 0, 150)])
    (found,) = check.check_nets(replace(town(ROW), second=second))
    assert told([found]) == [("nets_disagree", "info", "")]
    assert found.facts["names"] == "第2网格"
    assert (found.facts["count"], found.facts["percent"]) == (2, 67)
    assert check.check_nets(town(ROW)) == ()


# Micro-grids and buildings

GRIDS = ["110101", "110102"]


def micro(shapes, **columns):
    count = len(shapes)
    blank = {"grid": [""] * count, "households": [np.nan] * count}
    return towns.areas(shapes, **{**blank, **columns})


def nest(shapes, *, homes=((10, 10),), houses=None, **columns):
    """Return two grids side by side, with micro-grids."""
    layers = town(
        [square(0, 0), square(100, 0)], homes=homes, houses=houses, code=GRIDS
    )
    if not shapes:
        return nested(layers)
    return nested(replace(layers, micro_grids=micro(shapes, **columns)))


QUARTERS = [square(0, 0, 50), square(50, 0, 50), square(100, 0)]
CODES = ["11010101", "11010102", "11010201"]


def test_micro_grids_in_order_are_not_talked_about():
    assert nest(QUARTERS, code=CODES) == ()
    assert nest(QUARTERS, code=CODES, grid=["110101", "110101", "110102"]) == ()


def test_a_micro_grid_of_a_grid_that_is_not_there():
    found = nest(QUARTERS, code=CODES, grid=["110101", "", "第9网格"])
    assert told(found) == [("micro_grid_unknown", "warning", "11010201")]


def test_a_micro_grid_with_the_code_of_another_grid():
    codes = [*CODES[:2], "11010103"]
    found = nest(QUARTERS, code=codes)
    assert told(found) == [("micro_code_of_another", "warning", "11010103")]
    assert (found[0].facts["grid"], found[0].facts["other"]) == ("110102", "110101")


def test_a_micro_grid_that_reaches_over_the_border():
    shapes = [square(0, 0, 50), square(50, 0, 75), square(125, 0, 75)]
    found = nest(shapes, code=CODES)
    assert told(found) == [("micro_beyond_grid", "warning", "11010102")]
    assert found[0].facts["percent"] == 66


def test_buildings_that_name_the_wrong_micro_grid():
    homes = [(10, 10), (70, 10), (150, 10), (20, 50)]
    named = ["11010101", "11010101", "11010109", ""]
    found = nest(QUARTERS, code=CODES, homes=homes, houses={"micro_grid": named})
    assert told(found) == [
        ("building_micro_unknown", "warning", "002"),
        ("building_micro_disagrees", "warning", "001"),
    ]


def test_a_building_whose_micro_grid_is_of_another_grid():
    houses = {"grid": ["110102"]}
    found = nest(QUARTERS, code=CODES, houses=houses)
    assert told(found) == [("building_micro_elsewhere", "warning", "000")]


def test_micro_grids_known_from_buildings_alone():
    homes = [(10 + 15 * i, 10) for i in range(6)] + [(150, 10)]
    named = ["a", "a", "b", "b", "c", "c", "d"]
    assert nest([], homes=homes, houses={"micro_grid": named}) == ()
    several = [(10 + 15 * i, 10) for i in range(6)] + [(150, 10), (170, 10)]
    named = ["a", "b", "c", "d", "e", "f", "g", "a"]
    (spread,) = nest([], homes=several, houses={"micro_grid": named})
    assert told([spread]) == [("micro_in_grids", "warning", "007")]
    assert spread.facts["grids"] == "第1网格、第2网格"


def test_names_that_every_grid_gives_to_its_micro_grids_are_no_codes():
    homes = [(10, 10), (60, 10), (110, 10), (160, 10)]
    houses = {"micro_grid": ["一微", "二微", "一微", "二微"]}
    assert nest([], homes=homes, houses=houses) == ()


def test_households_of_micro_grids_by_their_own_number_or_their_buildings():
    homes = [(10, 10), (70, 10), (150, 10)]
    found = nest(
        QUARTERS,
        code=CODES,
        homes=homes,
        houses={"households": [20.0, 60.0, 60.0]},
        households=[np.nan, 120.0, np.nan],
    )
    assert told(found) == [
        ("micro_households", "warning", "11010101"),
        ("micro_households", "warning", "11010102"),
    ]


def test_a_building_with_the_code_of_another_grid():
    homes = [(10, 10), (60, 10), (110, 10)]
    codes = ["110101001", "110101002", "110101003"]
    found = nest([], homes=homes, houses={"code": codes})
    assert told(found) == [("building_code_of_another", "warning", "110101003")]
    strange = ["x1", "x2", "110101003"]
    assert nest([], homes=homes, houses={"code": strange}) == ()


# One finding a trouble


def of(rule, code="", layer="stations", **facts):
    return Finding(rule=rule, level="warning", layer=layer, code=code, facts=facts)


def test_what_follows_from_a_thing_far_off_is_not_told():
    far = of("far_off", of=("s1", "s2"))
    rest = [
        *(of("station_outside_study", "s1"), of("station_outside_area", "s2")),
        *(of("stations_too_far", "s1"), of("hours_unread", "s1")),
        of("building_outside_grids", "s1", layer="buildings"),
    ]
    assert check.once([far, *rest]) == (far, *rest[3:])


def test_a_station_outside_the_study_is_not_told_to_be_outside_its_area():
    outside = of("station_outside_study", "s1")
    beyond = [of("station_outside_area", code) for code in ("s1", "s2")]
    assert check.once([*beyond, outside]) == (beyond[1], outside)


def test_every_finding_that_tells_better_has_a_text():
    told_by = check.rules.tables()["told_by"]
    known = {*texts("findings", "zh"), *texts("errors", "zh")}
    assert known >= {*told_by, *(rule for rules in told_by.values() for rule in rules)}


def test_what_follows_from_numbers_of_the_whole_on_each_part():
    repeated = of("values_repeated", "7#2", layer="grids", community="K")
    symptoms = [
        of("totals_disagree_people", "K", layer="communities"),
        of("people_total_without_buildings", "7#2", layer="grids"),
    ]
    other = of("totals_disagree_people", "L", layer="communities")
    assert check.once([*symptoms, repeated, other]) == (repeated, other)


def test_what_follows_from_a_micro_grid_of_the_wrong_grid():
    wrong = of("micro_code_of_another", "m1", layer="micro_grids")
    symptoms = [
        of("micro_beyond_grid", "m1", layer="micro_grids"),
        of("building_micro_elsewhere", "b1", layer="buildings", micro="m1"),
    ]
    other = of("building_micro_elsewhere", "b2", layer="buildings", micro="m2")
    assert check.once([wrong, *symptoms, other]) == (wrong, other)


def test_what_follows_from_a_ring_that_crosses_itself():
    broken = of("geometry_invalid", "7", layer="grids")
    overlap = of("grids_overlap", "1", layer="grids", other="7")
    apart = of("grids_overlap", "1", layer="grids", other="8")
    assert check.once([overlap, apart, broken]) == (apart, broken)
    assert check.once([overlap, apart]) == (overlap, apart)

"""Coverage: a street countable on fingers, and laws.

y=65   [a 10]     [b 20]     [c 30]     [d 40]
y=50 ====S=================================== one way, x -100 … 500
       grid A, K1 (x 0…200)  grid B, K2 (x 200…400)
y=0  ~~~~~~~~~~~~~~~~ a wall from x = -100 to 500 ~~~~~~~~~~
y=-60                        [e 5] off the network, behind the wall
"""

import dataclasses
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box
from towns import areas, buildings, frame, layers, stations, ways

from geoplan import network as net
from geoplan.coverage import cover
from geoplan.coverage.service import areas_served
from geoplan.model import Circle, Walker

WALKER = Walker(preset="custom", speed=1.0)
FOUR = Circle(name="4分钟圈", tier="社区级", minutes=4)
WALL = LineString([(-100, 0), (500, 0)])


def square(x, y):
    return box(x - 5, y - 5, x + 5, y + 5)


HOMES = [
    square(50, 65),
    square(150, 65),
    square(250, 65),
    square(350, 65),
    square(250, -60),
]


def street(**changes):
    """Return the layers of the street above, with changes."""
    parts = {
        "grids": areas(
            [box(0, -100, 200, 100), box(200, -100, 400, 100)],
            code=["A", "B"],
            community=["K1", "K2"],
        ),
        "buildings": buildings(
            HOMES,
            households=[10.0, 20, 30, 40, 5],
            people=[25.0, 50, 75, 100, 12],
            code=list("abcde"),
        ),
        "stations": stations([(50, 50)]),
    }
    return layers(**{**parts, **changes})


def covered(
    town, *, circles=(FOUR,), barriers=(WALL,), lines=([(-100, 50), (500, 50)],)
):
    source = ways(lines, barriers=barriers)
    return cover(
        town,
        network=net.build(source),
        surroundings=source.surroundings,
        circles=circles,
        walker=WALKER,
        name="示例街道",
    )


def figures(coverage, measure="households", circle=0):
    return coverage.results["circles"][circle][measure]


@pytest.fixture(scope="module")
def coverage():
    """Give the coverage of the street as it is drawn."""
    return covered(street())


def test_any_own_and_straight_are_told_apart(coverage):
    assert figures(coverage) == {"total": 105, "any": 60, "own": 30, "straight": 65}
    assert figures(coverage, "people")["any"] == 150
    assert figures(coverage, "buildings") == {
        "total": 5,
        "any": 3,
        "own": 2,
        "straight": 4,
    }


def test_minutes_are_legs_and_way(coverage):
    table = coverage.minutes.set_index("building")
    assert table.loc["a", "minutes"] == pytest.approx(15 / 60, abs=1e-6)
    assert table.loc["c", "minutes"] == pytest.approx(215 / 60, abs=1e-6)
    assert np.isnan(table.loc["d", "minutes"])
    assert table.loc["c", "station"] == "s0"
    assert pd.isna(table.loc["c", "own_station"])
    assert len(table) == 5


def test_the_second_nearest_is_told_within_the_limit_and_the_own_however_far():
    town = street(stations=stations([(50, 50), (130, 50), (380, 50)]))
    minutes = covered(town).minutes.set_index("building")
    assert list(minutes["station"].iloc[:4]) == ["s0", "s1", "s1", "s2"]
    assert list(minutes["second_station"].iloc[:4]) == ["s1", "s0", "s2", "s1"]
    # a steps 10 m from its footprint's middle to the way, then walks 80 m
    assert minutes["second_minutes"]["a"] == pytest.approx((15 + 80) / 60)
    # c and d live in K2, whose own station is s2
    assert list(minutes["nearest_own"].iloc[:4]) == ["s0", "s1", "s2", "s2"]
    told = covered(town).results["circles"][0]["second"]
    assert (told["households"], told["people"], told["buildings"]) == (100, 250, 4)
    far = covered(
        street(stations=stations([(50, 50), (150, 50)], serves_community=["K2", "K1"]))
    ).minutes.set_index("building")
    assert far["own_station"].isna()["d"]
    assert far["nearest_own"]["d"] == "s0"
    assert far["nearest_own_minutes"]["d"] == pytest.approx((15 + 300) / 60)
    assert far["nearest_own"].isna()["e"]


def test_areas_roll_up(coverage):
    rows = {(row["level"], row["code"]): row for row in coverage.results["areas"]}
    assert rows["grid", "A"]["households_own"] == 30
    assert rows["grid", "B"]["households_any"] == 30
    assert rows["grid", "B"]["households_own"] == 0
    assert rows["community", "K2"]["households_total"] == 75
    assert rows["street", "street"]["households_any"] == 60


def test_off_the_network_is_listed_and_in_the_total(coverage):
    assert coverage.buildings.loc["e", "off_network"] == "blocked"
    assert coverage.results["circles"][0]["off_network"] == {
        "stations": 0,
        "buildings": 1,
    }
    assert [f.code for f in coverage.findings if f.rule == "buildings_blocked"] == ["e"]


def test_the_unreached_are_named_worst_first(coverage):
    assert coverage.unreached["building"].tolist() == ["d", "e"]
    assert coverage.unreached["minutes"].iloc[0] == pytest.approx(315 / 60, abs=1e-6)
    assert coverage.gaps["grid"].tolist() == ["B"]
    assert coverage.gaps["households"].tolist() == [45]
    assert coverage.gaps.geometry[0].contains(Point(350, 65))


def test_an_area_without_a_station_is_listed(coverage):
    rules = [(f.rule, f.code) for f in coverage.findings]
    assert ("community_without_station", "K2") in rules
    assert ("community_without_station", "K1") not in rules


def test_a_named_service_area_beats_the_place():
    named = stations([(50, 50)], serves_community=["K2"])
    assert figures(covered(street(stations=named)))["own"] == 30
    both = stations([(50, 50)], serves_community=["K1、K2"])
    assert figures(covered(street(stations=both)))["own"] == 60


def test_belonging_counts_only_where_nothing_is_served_by_name():
    named = stations([(50, 50)], belongs_community=["K2"])
    assert figures(covered(street(stations=named)))["own"] == 30
    beaten = stations([(50, 50)], belongs_community=["K2"], serves_grid=["A"])
    assert figures(covered(street(stations=beaten)))["own"] == 30


def test_the_grid_it_belongs_to_counts_for_a_station_of_the_grids_alone():
    at = {"belongs_grid": ["B"], "belongs_community": ["K1"]}
    town = street(stations=stations([(50, 50)], tier=["网格级"], **at))
    circle = Circle(name="网格圈", tier="网格级", minutes=4)
    assert figures(covered(town, circles=[circle]))["own"] == 30
    assert list(areas_served(town)[0]["area"]) == ["B"]
    unclear = at | {"belongs_grid": ["没有的网格"]}
    town = street(stations=stations([(50, 50)], tier=["网格级"], **unclear))
    served, findings = areas_served(town)
    assert list(served["area"]) == ["A"]
    assert [finding.rule for finding in findings] == ["station_grid_unclear"]
    stands = street(stations=stations([(50, 50)], **at))
    assert list(areas_served(stands)[0]["area"]) == ["K1"]


def test_a_service_area_nobody_knows_serves_nobody_and_is_told():
    named = stations([(50, 50)], serves_community=["不存在社区"])
    coverage = covered(street(stations=named))
    assert figures(coverage)["own"] == 0
    assert "station_area_unknown" in [f.rule for f in coverage.findings]


def test_a_station_of_the_street_serves_everywhere():
    whole = stations([(50, 50)], tier=["街道级"])
    circle = Circle(name="街道圈", tier="街道级", minutes=4)
    assert figures(covered(street(stations=whole), circles=[circle]))["own"] == 60


def test_a_circle_with_items_takes_only_stations_that_offer_them():
    two = stations([(50, 50), (350, 50)], items=["医保、社保", "水电"])
    circle = Circle(name="医保圈", tier="社区级", minutes=4, items=("医保",))
    coverage = covered(street(stations=two), circles=[circle])
    assert figures(coverage)["any"] == 60
    assert coverage.results["circles"][0]["stations"] == 1


def test_items_that_nobody_offers_are_an_error_told_with_those_there_are():
    two = stations([(50, 50), (350, 50)], items=["医保、社保", "水电"])
    circle = Circle(name="圈", tier="社区级", minutes=4, items=("医保代办",))
    coverage = covered(street(stations=two), circles=[circle])
    (told,) = [f for f in coverage.findings if f.level == "error"]
    assert told.rule == "circle_items_unoffered"
    assert told.facts["known"] == "医保、社保、水电"


def test_a_footprint_that_crosses_itself_is_drawn_and_does_not_stop_the_run():
    bow = shapely.from_wkt("POLYGON ((140 60, 160 70, 160 60, 140 70, 140 60))")
    homes = buildings([HOMES[0], bow], households=[10.0, 20.0])
    coverage = covered(street(buildings=homes))
    assert figures(coverage)["any"] == 30
    assert coverage.outlines.geometry.is_valid.all()


def test_no_building_in_any_grid_is_an_error():
    far = buildings([square(5000, 65)], households=[10.0])
    rules = [
        f.rule for f in covered(street(buildings=far)).findings if f.level == "error"
    ]
    assert rules == ["no_building_in_grids"]


def test_metres_and_minutes_agree_at_one_metre_a_second():
    metres = Circle(name="240米圈", tier="社区级", metres=240)
    coverage = covered(street(), circles=[FOUR, metres])
    assert figures(coverage, circle=0) == figures(coverage, circle=1)


def test_a_building_outside_all_grids_is_told_and_in_no_total():
    far = buildings([*HOMES[:4], square(450, 65)], households=[10.0, 20, 30, 40, 5])
    coverage = covered(street(buildings=far))
    assert figures(coverage)["total"] == 100
    assert "building_outside_grids" in [f.rule for f in coverage.findings]
    assert len(coverage.minutes) == 5


def test_totals_of_grids_are_dealt_and_called_estimates():
    grids = street().grids.assign(households=[7.0, 9.0])
    bare = buildings(HOMES, code=list("abcde"))
    coverage = covered(street(grids=grids, buildings=bare))
    assert figures(coverage)["total"] == 16
    assert coverage.buildings["households"].tolist() == [4, 3, 3, 3, 3]
    assert "households_estimated" in [f.rule for f in coverage.findings]


def test_a_total_of_the_street_is_dealt_to_all_its_homes():
    bare = buildings(HOMES, code=list("abcde"))
    town = dataclasses.replace(street(buildings=bare), totals={"people": 12.0})
    coverage = covered(town)
    assert figures(coverage, "people")["total"] == 12
    assert coverage.buildings["people"].tolist() == [3, 3, 2, 2, 2]
    assert coverage.results["counted"] == "people"


def test_a_name_with_a_separator_in_it_is_one_name():
    grids = street().grids.assign(name=["A / 甲、乙", "B"])
    named = stations([(50, 50)], serves_grid=["A / 甲、乙"])
    assert figures(covered(street(grids=grids, stations=named)))["own"] == 30


def test_what_is_not_known_is_empty_and_people_lead():
    bare = buildings(HOMES, people=[25.0, 50, 75, 100, 12])
    coverage = covered(street(buildings=bare))
    assert figures(coverage) == {
        "total": None,
        "any": None,
        "own": None,
        "straight": None,
    }
    assert coverage.results["counted"] == "people"


def test_entrances_stand_for_their_building():
    door = frame([Point(150, 52)], building=["b"])
    table = covered(street(entrances=door)).minutes.set_index("building")
    assert table.loc["b", "minutes"] == pytest.approx(102 / 60, abs=1e-6)


def test_land_is_read_off_the_merged_outline(coverage):
    land = frame([box(0, 40, 400, 60)])
    told = covered(street(land=land)).results["circles"][0]["residential_m2"]
    assert told["total"] == pytest.approx(8000)
    assert told["any"] == pytest.approx(290 * 20, rel=0.05)
    assert coverage.results["circles"][0]["residential_m2"] is None


def test_a_station_off_the_network_serves_nobody_and_has_an_empty_outline():
    lost = stations([(50, 50), (50, -60)])
    coverage = covered(street(stations=lost))
    assert figures(coverage)["any"] == 60
    row = coverage.outlines[coverage.outlines["station"] == "s1"].iloc[0]
    assert row.geometry.is_empty
    assert "stations_blocked" in [f.rule for f in coverage.findings]


def test_no_station_at_all_serves_nobody():
    none = stations([(50, 50)], tier=["网格级"])
    coverage = covered(street(stations=none))
    assert figures(coverage) == {"total": 105, "any": 0, "own": 0, "straight": 0}


def test_outlines_confess_and_nothing_is_written_into_the_layers():
    town = street()
    before = dataclasses.replace(town, buildings=town.buildings.copy())
    coverage = covered(town)
    assert list(town.buildings.columns) == list(before.buildings.columns)
    merged = coverage.outlines[coverage.outlines["station"] == ""].iloc[0]
    assert merged["drawn_not_reached"] == 0
    assert merged["reached_not_drawn"] == 0
    assert merged.geometry.is_valid


place = st.tuples(st.integers(-4, 20), st.sampled_from([-60, 35, 50, 80]))


@settings(max_examples=9, deadline=None)
@given(st.lists(place, min_size=3, max_size=4), st.integers(1, 6))
def test_one_more_station_never_lowers_coverage(points, minutes):
    spots = [(x * 25.0 + 3, float(y)) for x, y in points]
    circle = Circle(name="圈", tier="社区级", minutes=minutes)
    growing = [
        covered(street(stations=stations(spots[:count])), circles=[circle])
        for count in range(1, len(spots) + 1)
    ]
    for fewer, more in pairwise(growing):
        for way in ("any", "own", "straight"):
            assert figures(more)[way] >= figures(fewer)[way]
        assert figures(more)["any"] <= figures(more)["total"]
        assert figures(more)["own"] <= figures(more)["any"] <= figures(more)["straight"]


def test_a_river_is_crossed_at_its_one_bridge():
    banks = [[(-100, 50), (300, 50)], [(300, 50), (500, 50)], [(-100, -50), (300, -50)]]
    bridge = [(300, 50), (300, -50)]
    town = street(
        buildings=buildings([square(50, -60)], households=[1.0], code=["south"])
    )
    coverage = covered(town, lines=[*banks, bridge], barriers=[box(-100, -5, 500, 5)])
    away = coverage.unreached.set_index("building").loc["south"]
    assert away["minutes"] == pytest.approx((10 + 250 + 100 + 250) / 60)
    assert away["straight_m"] == pytest.approx(110)
    assert coverage.routes.geometry.item().length == pytest.approx(610)
    reached = covered(
        town,
        lines=[*banks, bridge],
        barriers=[box(-100, -5, 500, 5)],
        circles=[Circle(name="11", tier="社区级", minutes=11)],
    )
    assert figures(reached)["any"] == 1


def test_the_same_study_shifted_gives_the_same_minutes():
    town, move = street(), (12_345.0, -6_789.0)
    shift = {
        name: getattr(town, name).assign(
            geometry=getattr(town, name).geometry.translate(*move)
        )
        for name in ("grids", "communities", "buildings", "stations")
    }
    moved = dataclasses.replace(town, **shift)
    lines = [
        shapely.transform(LineString([(-100, 50), (500, 50)]), lambda c: c + move).wkt
    ]
    wall = shapely.transform(WALL, lambda c: c + move)
    here, there = covered(town), covered(moved, lines=lines, barriers=[wall])
    assert np.allclose(
        here.minutes["minutes"], there.minutes["minutes"], equal_nan=True, atol=1e-6
    )


def test_without_barriers_the_building_behind_walks_to_the_way():
    coverage = covered(street(), barriers=())
    assert coverage.buildings.loc["e", "access_m"] == pytest.approx(110)
    assert coverage.unreached["minutes"].iloc[1] == pytest.approx(310 / 60, abs=1e-6)

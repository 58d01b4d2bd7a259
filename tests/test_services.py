"""Services: items, groups, compounds and loads; by hand, by slow loops, as laws.

The street of ``test_coverage``, where a station at each end may offer things:

y=65   [a 10]     [b 20]     [c 30]     [d 40]
y=50 ====S0============================S1==== one way; 1 m/s, four minutes
       grid A, K1 (x 0…200)  grid B, K2 (x 200…400)
y=0  ~~~~~~~~~~~~~~~~ a wall ~~~~~~~~~~~~~~~~
y=-60                        [e 5] off the network
"""

import dataclasses
import json
import math

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import STUDY, write_study
from shapely import box
from test_coverage import FOUR, covered, figures, street
from towns import areas, buildings, frame, layers, stations

from geoplan import report
from geoplan.coverage.crowding import floating
from geoplan.coverage.groups import dealt, held_back, worst_tenth
from geoplan.maps.services import services as page_tables
from geoplan.model import GROUPS
from geoplan.recipes.coverage import cover_study
from geoplan.study import read_study
from geoplan.wording import LANGUAGES, say, texts

ENDS = [(50, 50), (350, 50)]


def town(*, elderly=(15.0, 21.0), items=("医保、社保", "水费"), **changes):
    parts = {
        "grids": areas(
            [box(0, -100, 200, 100), box(200, -100, 400, 100)],
            code=["A", "B"],
            community=["K1", "K2"],
            elderly=list(elderly),
        ),
        "stations": stations(ENDS, items=list(items)),
    }
    return street(**{**parts, **changes})


def rows(coverage, name, **chosen):
    found = coverage.results[name]
    return [row for row in found if all(row[k] == v for k, v in chosen.items())]


@pytest.fixture(scope="module")
def coverage():
    """Give the coverage of the street with something offered at both ends."""
    return covered(town())


# Items


def test_each_item_is_counted_from_the_stations_that_offer_it(coverage):
    told = {
        (row["item"], row["code"]): (row["households_any"], row["households_total"])
        for row in rows(coverage, "items")
    }
    assert told["医保", "street"] == (60, 105)
    assert told["社保", "K1"] == (30, 30)
    assert told["医保", "K2"] == (30, 75)
    assert told["水费", "street"] == (90, 105)
    assert told["水费", "K1"] == (20, 30)
    assert [row["stations"] for row in rows(coverage, "items", item="水费")] == [
        1,
        0,
        1,
    ]


def test_a_community_without_an_item_has_nobody():
    near = dataclasses.replace(FOUR, minutes=1)
    coverage = covered(town(), circles=[near])
    none = [r["code"] for r in rows(coverage, "items") if not r["households_any"]]
    assert none == ["K2", "K2", "K1"]


def test_an_item_asked_for_and_nowhere_offered_is_in_the_matrix():
    asking = dataclasses.replace(FOUR, name="就业圈", items=("就业",))
    coverage = covered(town(), circles=[FOUR, asking])
    row = rows(coverage, "items", item="就业", level="street")
    assert [(r["circle"], r["stations"], r["households_any"]) for r in row] == [
        ("4分钟圈", 0, 0)
    ]


def test_only_open_stations_of_the_tier_count():
    closed = ["周一至周五 9:00-17:00", "周一至周五 18:00-22:00"]
    place = stations(ENDS, items=["医保", "医保"], hours=closed)
    late = dataclasses.replace(FOUR, hours="周三 19:00")
    coverage = covered(town(stations=place), circles=[late])
    assert rows(coverage, "items", level="street")[0]["households_any"] == 90
    tiers = place.assign(tier=["社区级", "网格级"], hours="")
    coverage = covered(town(stations=tiers))
    assert rows(coverage, "items", level="street")[0]["households_any"] == 60


@settings(deadline=None, max_examples=9)
@given(
    st.lists(
        st.tuples(st.integers(-90, 490), st.sets(st.sampled_from("甲乙丙"))),
        min_size=2,
        max_size=4,
    ),
    st.integers(1, 6),
)
def test_the_matrix_is_what_a_circle_of_one_item_says(places, minutes):
    """The law that makes the matrix and a study with `items` one figure."""
    place = stations(
        [(x, 50) for x, _ in places], items=["、".join(sorted(i)) for _, i in places]
    )
    plain = dataclasses.replace(FOUR, minutes=minutes)
    offered = sorted({item for _, items in places for item in items})
    single = [dataclasses.replace(plain, name=item, items=(item,)) for item in offered]
    coverage = covered(town(stations=place), circles=[plain, *single])
    for number, item in enumerate(offered, start=1):
        told = rows(coverage, "items", item=item, level="street")[0]
        whole = coverage.results["circles"][number]
        assert told["households_any"] == whole["households"]["any"]
        assert told["people_any"] == whole["people"]["any"]
        assert told["circle"] == plain.name


def test_a_town_whose_stations_say_nothing_has_no_matrix():
    coverage = covered(street())
    assert coverage.results["items"] == []
    assert report.items_table(coverage, lang="zh") is None


def test_the_table_of_items_has_a_column_an_item():
    table = report.items_table(covered(town(items=("医保、编码", "医保"))), lang="zh")
    assert list(table.columns) == [
        "服务圈", "层级", "编码", "名称", "总户数", "医保", "编码",
    ]  # fmt: skip
    assert table.iloc[0].tolist() == ["4分钟圈", "街道", "street", "", 105, 100, 60]


# Groups


def test_a_group_is_dealt_by_people_and_its_gap_told_by_hand():
    coverage = covered(town(elderly=(15.0, 150.0)))
    (whole,) = rows(coverage, "groups", level="street")
    # a 5, b 10, c 60, d 80, e 10: all but e; of 262 people all but 12
    assert (whole["total"], whole["any"], whole["straight"]) == (165, 155, 165)
    assert whole["share"] == round(155 / 165, 4)
    assert whole["share_all"] == round(250 / 262, 4)
    assert whole["gap"] == round(round(155 / 165, 4) - round(250 / 262, 4), 4)


def test_the_worst_tenth_by_hand():
    coverage = covered(town(stations=stations([(50, 50)])))
    (whole,) = rows(coverage, "groups", level="street")
    # walks: a 0.25, b 1.92, c 3.58, d 5.25 minutes, e none
    assert whole["minutes"] == pytest.approx(315 / 60, abs=1e-6)
    assert whole["minutes_all"] == pytest.approx(315 / 60, abs=1e-6)


def test_more_than_a_tenth_without_a_walk_has_no_minutes():
    assert math.isnan(worst_tenth(pd.Series([1, np.nan]), weight=pd.Series([8.9, 1.1])))
    assert worst_tenth(pd.Series([1, np.nan]), weight=pd.Series([9.0, 1])) == 1
    assert math.isnan(worst_tenth(pd.Series([1.0]), weight=pd.Series([0.0])))


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.integers(0, 30)), st.integers(0, 9)),
        min_size=1,
        max_size=12,
    )
)
def test_the_worst_tenth_equals_a_list_of_persons(walks):
    persons = sorted(
        math.inf if minutes is None else minutes
        for minutes, number in walks
        for _ in range(number)
    )
    told = worst_tenth(
        pd.Series([m for m, _ in walks], dtype=float),
        weight=pd.Series([n for _, n in walks], dtype=float),
    )
    place = math.ceil(len(persons) * 9 / 10) - 1
    wanted = persons[place] if persons else math.inf
    assert told == wanted or (math.isnan(told) and math.isinf(wanted))


@settings(deadline=None)
@given(
    st.integers(0, 500),
    st.integers(0, 500),
    st.lists(st.integers(0, 200), min_size=4, max_size=4),
)
def test_a_group_is_conserved_and_never_more_than_the_people(first, second, people):
    homes = pd.DataFrame(
        {
            "grid": ["A", "A", "B", "B"],
            "community": ["K", "K", "K", "K"],
            "counted": True,
            "households": np.nan,
            "people": np.array(people, float),
            "buildings": 1.0,
        },
        index=list("abcd"),
    )
    told = [float(first), float(second)]
    place = layers(
        grids=areas([box(0, 0, 1, 1)] * 2, code=["A", "B"], elderly=told),
        buildings=buildings([box(0, 0, 1, 1)] * 4),
        stations=stations([(0, 0)]),
    )
    shares, found = dealt(place, homes=homes)
    shares = shares.reindex(columns=["elderly"])
    for grid, total, own in zip("AB", told, (people[:2], people[2:]), strict=True):
        part = shares["elderly"][homes["grid"] == grid]
        if sum(own):
            assert part.sum() == total
            assert (part >= 0).all()
            assert total > sum(own) or (part <= own).all()
        else:
            assert part.isna().all()
            assert [f.code for f in found].count(grid) == (total > 0)


def test_a_circle_may_ask_for_a_group():
    asking = dataclasses.replace(FOUR, name="老人圈", demand="elderly")
    coverage = covered(town(stations=stations([(50, 50)])), circles=[FOUR, asking])
    plain, old = coverage.results["circles"]
    assert "elderly" not in plain
    assert old["demand"] == "elderly"
    # of B's 21 nine are within reach, twelve are not
    assert old["elderly"] == {"total": 36, "any": 24, "own": 15, "straight": 25}
    assert old["households"] == plain["households"]
    table = report.coverage_table(coverage, lang="en")
    assert table["elderly"].dropna().tolist() == [36, 15, 21, 15, 21]


def test_a_group_nobody_knows_is_an_error():
    asking = dataclasses.replace(FOUR, demand="elderly")
    coverage = covered(town(elderly=(np.nan, np.nan)), circles=[asking])
    found = [f for f in coverage.findings if f.rule == "circle_demand_unknown"]
    assert [f.level for f in found] == ["error"]
    assert "elderly" not in coverage.results["circles"][0]


def test_groups_are_compared_where_they_are_known():
    coverage = covered(
        town(elderly=(15.0, np.nan), stations=stations([(50, 50)])), circles=[FOUR]
    )
    (whole,) = rows(coverage, "groups", level="street")
    assert (whole["total"], whole["share_all"], whole["gap"]) == (15, 1, 0)


# Small counts


def codes(counts, *, within="s", unsaid=()):
    series = pd.Series(counts, dtype=float)
    hidden = held_back(series, within=pd.Series(within, series.index), unsaid=unsaid)
    return set(hidden.index[hidden])


def test_small_counts_and_what_gives_them_away():
    assert codes({"a": 0, "b": 5, "c": 60}) == set()
    assert codes({"a": 3, "b": 9, "c": 60}) == {"a", "b"}
    assert codes({"a": 4, "b": 4, "c": 60}) == {"a", "b"}
    assert codes({"a": 1, "b": 2, "c": 60, "d": 0}) == {"a", "b", "c"}
    assert codes({"a": 9, "b": 60}, unsaid={"s"}) == {"a"}
    assert codes({"a": 3, "b": 60}, unsaid={"s"}) == {"a"}


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), min_size=1),
    st.data(),
)
def test_no_small_count_can_be_worked_out_from_a_sum(counts, data):
    within = {code: data.draw(st.sampled_from("xy")) for code in counts}
    series = pd.Series(counts, dtype=float)
    hidden = held_back(series, within=pd.Series(within))
    assert hidden[(series > 0) & (series < 5)].all()
    for _, part in series.groupby(pd.Series(within)):
        unsaid = part[hidden[part.index]]
        assert unsaid.empty or unsaid.sum() >= 5 or part.sum() < 5
        assert len(unsaid) != 1 or (part > 0).sum() == 1


def test_small_groups_are_in_nothing_that_is_written():
    # K1 has 3 elderly; K2 goes with it, else the street's 34 would tell
    coverage = covered(town(elderly=(3.0, 31.0)))
    told = {row["code"]: row for row in rows(coverage, "groups")}
    assert told["street"]["total"] == 34
    for code in ("K1", "K2", "A", "B"):
        assert told[code]["total"] is None
        assert told[code]["any"] is None
    assert "groups_held_back" in {finding.rule for finding in coverage.findings}
    assert coverage.grids["elderly"].isna().all()
    assert coverage.street["elderly"].tolist() == [34]
    for layer in report.coverage_layers(coverage, lang="zh").values():
        for column in set(layer.columns) & {"elderly", "total"}:
            assert set(layer[column].dropna()) <= {34}
    page = json.dumps(page_tables(coverage, lang="zh"), ensure_ascii=False)
    assert '"31"' not in page


def test_those_out_of_reach_are_not_told_if_they_are_few():
    coverage = covered(town(elderly=(15.0, 21.0)))
    told = {row["code"]: row for row in rows(coverage, "groups")}
    assert told["B"]["total"] == 21
    assert told["B"]["any"] is None  # e alone is out of reach: one
    assert told["K2"]["share"] is None
    assert told["K2"]["gap"] is None


def test_groups_never_go_with_buildings(coverage):
    assert not {"elderly", "elderly_any"} & set(coverage.buildings.columns)
    assert set(coverage.services["groups"]["level"]) == {"street", "community", "grid"}


# Compounds


def test_old_compounds_without_management_by_hand():
    shapes = [box(0, 40, 100, 80), box(100, 40, 200, 80), box(220, 40, 400, 80)]
    walls = frame(
        shapes,
        code=["x", "y", "z"],
        name=["东院", "西院", "新村"],
        managed=pd.array([False, True, None], dtype="boolean"),
        built_year=[2000.0, 1990.0, 2001.0],
    )
    place = dataclasses.replace(town(stations=stations(ENDS[1:])), compounds=walls)
    coverage = covered(place)
    kinds = {row["kind"]: row for row in rows(coverage, "compound_kinds")}
    counted = {
        kind: (row["compounds"], row["households_total"], row["households_any"])
        for kind, row in kinds.items()
    }
    assert counted == {
        "compounds": (3, 100, 90),
        "managed": (1, 20, 20),
        "unmanaged": (1, 10, 0),
        "old": (2, 30, 20),
        "old_unmanaged": (1, 10, 0),
    }
    (yard,) = rows(coverage, "compounds", code="x")
    assert (yard["managed"], yard["old"], yard["households_any_1"]) == ("no", True, 0)
    titles = {table["title"]: table for table in page_tables(coverage, lang="zh")[0]}
    listed = titles[texts("services", "zh")["neglected_title"]]
    assert listed["rows"] == [["东院", "2000", "10", "10"]]


# Loads and capacities


def test_everybody_goes_to_the_nearest_station_within_the_limit():
    place = stations(ENDS, capacity=[60.0, 300.0])
    coverage = covered(town(stations=place))
    loads = {row["station"]: row for row in rows(coverage, "loads")}
    assert (loads["s0"]["people"], loads["s0"]["over"]) == (75, 15)
    assert (loads["s1"]["people"], loads["s1"]["over"]) == (175, -125)
    assert sum(row["households"] for row in loads.values()) == 100


@pytest.mark.parametrize(
    ("counts", "over"), [("households", [-30, -230]), ("places", [None, None])]
)
def test_what_a_capacity_counts_is_what_it_is_compared_with(counts, over):
    place = stations(ENDS, capacity=[60.0, 300.0])
    given_ = dataclasses.replace(town(stations=place), capacity_of=counts)
    assert [row["over"] for row in rows(covered(given_), "loads")] == over


def test_accessibility_only_where_capacities_are_known(coverage):
    assert coverage.results["accessibility"] == []
    place = stations(ENDS, capacity=[100.0, np.nan])
    coverage = covered(town(stations=place))
    score = {r["code"]: r["score"] for r in rows(coverage, "accessibility")}
    # thirds of 240 s: a 15 s weighs 1, b 115 s 0.68, c 215 s 0.22
    each = 100 / (25 * 1 + 50 * 0.68 + 75 * 0.22)
    assert score["A"] == pytest.approx(1000 * each * (25 + 50 * 0.68) / 75, abs=1e-4)
    assert score["B"] == pytest.approx(1000 * each * 75 * 0.22 / 187, abs=1e-4)
    assert score["street"] * 262 / 1000 == pytest.approx(100, abs=1e-3)


walks = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 900)),
    unique_by=lambda walk: walk[:2],
    max_size=24,
)
numbers = st.floats(0, 1e5, allow_subnormal=False)


@given(
    walks,
    st.lists(numbers, min_size=4, max_size=4),
    st.lists(st.integers(0, 999), min_size=6, max_size=6),
)
def test_floating_catchments_equal_slow_loops_and_keep_capacity(pairs, rooms, people):
    table = pd.DataFrame(pairs, columns=["station", "thing", "seconds"])
    found = floating(
        table.astype({"station": int, "thing": int, "seconds": float}),
        capacity=np.array(rooms),
        demand=np.array(people, float),
        limit=900.0,
    )

    def weight(seconds):
        return 1.0 if seconds <= 300 else 0.68 if seconds <= 600 else 0.22

    slow, used = [0.0] * 6, 0.0
    for station, room in enumerate(rooms):
        mine = [(t, weight(s)) for j, t, s in pairs if j == station]
        asked = sum(people[t] * w for t, w in mine)
        used += room if asked else 0.0
        for thing, w in mine if asked else ():
            slow[thing] += room / asked * w
    assert found == pytest.approx(slow, rel=1e-9, abs=1e-9)
    assert found @ np.array(people, float) == pytest.approx(used, rel=1e-9, abs=1e-6)


# The page


def test_the_page_says_it_in_both_languages():
    place = town(stations=stations(ENDS, items=["<b>医保", "水"], capacity=[9.0, 9.0]))
    coverage = covered(place)
    for lang in ("zh", "en"):
        (tables,) = page_tables(coverage, lang=lang)
        assert len(tables) == 4
        for table in tables:
            assert {len(row) for row in table["rows"]} == {len(table["head"])}
            assert all(isinstance(c, str) for row in table["rows"] for c in row)
            assert "{" not in json.dumps([table["title"], *table["notes"]])


def test_shapes_stay_out_of_the_record(coverage):
    assert json.dumps(coverage.results, allow_nan=False)
    assert not shapely.is_empty(coverage.street.geometry).any()


def test_a_group_where_nobody_lives_is_told_and_in_no_figure():
    homes = buildings(
        [box(40, 60, 60, 70)], code=["a"], households=[10.0], people=[25.0]
    )
    coverage = covered(town(elderly=(15.0, 3.0), buildings=homes))
    found = [f.code for f in coverage.findings if f.rule == "group_without_homes"]
    assert found == ["B"]
    (whole,) = rows(coverage, "groups", level="street")
    assert whole["total"] == 15
    assert coverage.grids["elderly"].fillna(-1).tolist() == [15, -1]


def test_small_groups_of_empty_areas_are_not_written_either():
    nobody = street().buildings.assign(households=0.0, people=0.0)
    coverage = covered(town(elderly=(3.0, 4.0), buildings=nobody))
    assert coverage.results["groups"] == []
    assert coverage.grids["elderly"].isna().all()


def test_without_people_and_households_homes_count_alike():
    silent = street().buildings.assign(
        households=np.nan, people=np.nan, residential=[True, True, True, False, True]
    )
    coverage = covered(town(elderly=(10.0, 20.0), buildings=silent))
    told = {row["code"]: row["total"] for row in rows(coverage, "groups")}
    assert told["B"] == 20
    (whole,) = rows(coverage, "groups", level="street")
    assert (whole["any"], whole["share_all"]) == (20, 0.75)  # all but e; d is no home


def test_a_community_may_be_called_street():
    grids = town().grids.assign(community=["street", "K2"])
    place = town(grids=grids)
    coverage = covered(place)
    table = report.items_table(coverage, lang="zh")
    assert len(table) == 3
    (tables,) = page_tables(coverage, lang="zh")
    assert {len(t["rows"]) for t in tables if "水费" in t["head"]} == {3}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("group", GROUPS)
def test_every_group_has_its_texts(group, lang):
    assert say(f"services.group_{group}", lang=lang)
    for way in ("total", "any", "own", "straight"):
        assert f"{group}_{way}" in texts("tables", lang)
    for use in ("unit", "column", "of"):
        assert f"{use}_{group}" in texts("sites", lang)


def test_compounds_of_no_kind_count_nothing_and_not_unknown():
    walls = frame(
        [box(0, 40, 100, 80)],
        code=["x"],
        name=[""],
        managed=pd.array([None], dtype="boolean"),
        built_year=[np.nan],
    )
    coverage = covered(dataclasses.replace(town(), compounds=walls))
    kinds = {
        row["kind"]: row["households_total"]
        for row in coverage.results["compound_kinds"]
    }
    assert kinds == {
        "compounds": 10,
        "managed": 0,
        "unmanaged": 0,
        "old": 0,
        "old_unmanaged": 0,
    }


@settings(deadline=None, max_examples=12)
@given(st.lists(st.integers(-90, 490), min_size=1, max_size=3), st.data())
def test_loads_add_up_to_who_is_served(places, data):
    capacity = data.draw(
        st.lists(
            st.one_of(st.just(np.nan), st.integers(0, 400)),
            min_size=len(places),
            max_size=len(places),
        )
    )
    place = stations([(x, 50) for x in places], capacity=np.array(capacity, float))
    coverage = covered(town(stations=place))
    loads = coverage.results["loads"]
    assert sum(r["people"] for r in loads) == figures(coverage, "people")["any"]
    for row, room in zip(loads, capacity, strict=True):
        known = not np.isnan(room)
        assert row["over"] == (row["people"] - room if known else None)


def test_capacity_columns_tell_what_they_count(tmp_path):
    path = write_study(tmp_path)
    place = pd.read_csv(tmp_path / "stations.csv", dtype=str, encoding="gbk")
    for name, counts in (("可服务户数", "households"), ("床位数", "places")):
        place.assign(**{name: "120"}).to_csv(tmp_path / "stations.csv", index=False)
        study = read_study(path)
        assert study.layers.capacity_of == counts
        assert study.layers.stations["capacity"].eq(120).all()


def test_the_files_hold_the_tables(tmp_path):
    write_study(tmp_path, text=STUDY)
    place = pd.read_csv(tmp_path / "stations.csv", dtype=str, encoding="gbk")
    place.assign(服务事项="医保、=社保", 容量="50").to_csv(
        tmp_path / "stations.csv", index=False
    )
    out = tmp_path / "out"
    cover_study(tmp_path, out=out, lang="zh", progress=str)
    names = {name for name, _ in pyogrio.list_layers(out / "coverage.gpkg")}
    assert {"items", "loads", "accessibility"} <= names
    head = (out / "coverage_items.csv").read_text(encoding="utf-8-sig").split("\n")[0]
    assert head.strip().endswith("医保,'=社保")
    told = json.loads((out / "coverage.json").read_text(encoding="utf-8"))["results"]
    assert {row["item"] for row in told["items"]} == {"医保", "=社保"}
    assert told["accessibility"]

"""Compounds: scenes by hand in metres (at 1 m/s, seconds), and laws.

y=130 ------------------------------   the lane round the back
      |   +-------[N]--------+     |
      |   |  x 0…100         |     |
x=-20 |   |        y 10…110  |     | x=120
      |   +-------[S]--------+     |
y=0   ==============================   the street, x -400 … 400
"""

import dataclasses

import numpy as np
import pytest
import shapely
import test_independent_oracle as oracle
from geopandas import GeoDataFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, affinity, box
from towns import areas, buildings, frame, layers, no_surroundings, stations, ways

from geoplan import columns, compounds
from geoplan import network as net
from geoplan.coverage import cover, walking_minutes
from geoplan.model import Circle, Walker

WALKER = Walker(preset="custom", speed=1.0)
NEAR = Circle(name="五分钟", tier="社区级", minutes=5)
FAR = Circle(name="一小时", tier="社区级", minutes=60)
NIGHT = Circle(name="夜间", tier="社区级", minutes=60, hours="night")

STREET = [(-400, 0), (400, 0)]
LANE = [(-20, 0), (-20, 130), (120, 130), (120, 0)]
ROUND = [[(-400, 0), (-20, 0)], [(-20, 0), (120, 0)], [(120, 0), (400, 0)], LANE]
YARD = box(0, 10, 100, 110)
NORTH, SOUTH = (50, 110), (50, 10)


def grounds(shapes, **more):
    """Return compounds of these shapes, called 甲, 乙 …"""
    blank = {"name": list("甲乙丙丁")[: len(shapes)], "managed": True}
    blank["built_year"] = float("nan")
    return frame(shapes, **{"code": list("ABCD")[: len(shapes)], **blank, **more})


def gates(points, **more):
    """Return gates of compound A, open to everyone at any time unless said."""
    blank = {"compound": "A", "kind": "", "hours": ""}
    given = {name: [text] * len(points) for name, text in blank.items()}
    codes = [f"g{i}" for i in range(len(points))]
    return frame([Point(p) for p in points], **{"code": codes, **given, **more})


def town(homes, posts, *, walls=(YARD,), doors=None, entrances=None, **about):
    """Return layers of homes and stations at points, or of any shape."""
    shapes = [Point(home) if isinstance(home, tuple) else home for home in homes]
    plain = layers(
        grids=areas([box(-500, -500, 500, 500)], code=["A"]),
        buildings=buildings(shapes, households=[1.0] * len(shapes)),
        stations=stations(posts, **about),
        entrances=entrances,
    )
    doors = gates([]) if doors is None else doors
    return dataclasses.replace(plain, compounds=grounds(list(walls)), gates=doors)


def covered(layers_, *, lines=(STREET,), circles=(FAR,)):
    return cover(
        layers_,
        network=net.build(ways(list(lines))),
        surroundings=no_surroundings(),
        circles=circles,
        walker=WALKER,
    )


def walks(layers_, source):
    """Return all walks of an hour at any time."""
    return walking_minutes(
        layers_,
        network=net.build(source),
        surroundings=source.surroundings,
        walker=WALKER,
        within=60,
    )


def seconds(layers_, *, lines=(STREET,)):
    """Return the seconds of each building to its nearest station, None without."""
    table = walks(layers_, ways(list(lines)))
    least = (table.groupby("building")["minutes"].min() * 60).round(3)
    return [least.get(code) for code in layers_.buildings.index]


def rules(coverage):
    return [(finding.rule, finding.code) for finding in coverage.findings]


# --- walls block, gates open ---------------------------------------------------


def test_without_a_gate_the_wall_is_ignored_and_listed():
    coverage = covered(town([(50, 60)], [(50, 0)]))
    assert coverage.minutes["minutes"].item() == pytest.approx(1)
    assert ("compound_without_gate", "A") in rules(coverage)
    (told,) = [f for f in coverage.findings if f.rule == "compound_without_gate"]
    assert told.facts == {"name": "甲"}


def test_the_only_gate_on_the_far_side():
    away = town([(50, 30)], [(50, 0)], doors=gates([NORTH]))
    assert seconds(away, lines=ROUND) == [80 + 20 + 70 + 130 + 70]
    both = town([(50, 30)], [(50, 0)], doors=gates([NORTH, SOUTH]))
    assert seconds(both, lines=ROUND) == [20 + 10]


def test_a_wall_stops_those_beyond_it_too():
    """Who lives outside does not see the way inside."""
    inside = [(20, 20), (80, 20)]
    lines = [STREET, inside]
    near = town([(50, 115)], [(50, 0)], doors=gates([SOUTH]))
    coverage = covered(near, lines=lines)
    assert coverage.buildings["off_network"].item() == "blocked"


def test_the_gate_looks_inward_too():
    path = [(50, 20), (-300, 20)]
    one = town([(50, 60)], [(-300, 20)], doors=gates([SOUTH]))
    assert seconds(one, lines=[[*path, (-300, 300), (300, 300)]]) == [50 + 10 + 350]


def test_two_compounds_face_each_other():
    walls = [YARD, box(0, -110, 100, -10)]
    doors = gates([SOUTH, (50, -10)], compound=["A", "乙"])
    across = town([(50, 60)], [(50, -60)], walls=walls, doors=doors)
    assert seconds(across) == [50 + 10 + 10 + 50]


def test_a_station_in_ones_own_compound_is_walked_to_straight():
    inside = town([(20, 60), (50, 0)], [(80, 60)], doors=gates([NORTH]))
    assert seconds(inside) == [60, None]
    about = 70 + 130 + 70 + 20 + np.hypot(30, 50)
    assert seconds(inside, lines=ROUND) == [60, pytest.approx(about, abs=0.01)]


def test_the_straight_walk_is_in_all_pairs_and_names_the_nearest():
    inside = town(
        [(20, 60)], [(50, 0), (80, 60)], doors=gates([NORTH]), code=["out", "in"]
    )
    table = walks(inside, ways(ROUND))
    assert list(table["station"]) == ["in", "out"]
    assert table["minutes"].iloc[0] == 1
    assert covered(inside).minutes["station"].item() == "in"


def test_doors_of_a_building_stand_each_by_itself():
    """A house in the wall: one door to the yard, one to the street."""
    house = box(40, 5, 60, 25)
    doors = frame([Point(50, 25), Point(50, 5)], building=["000", "000"])
    one = town([house], [(50, 0)], doors=gates([NORTH]), entrances=doors)
    assert seconds(one) == [5]
    yard = town([house], [(50, 0)], doors=gates([NORTH]), entrances=doors[:1])
    assert seconds(yard, lines=ROUND) == [85 + 290]


@pytest.mark.parametrize(("metres", "leg"), [(5, 5), (40, 40), (140, 140), (160, None)])
def test_the_gates_own_leg_is_capped_the_way_to_it_is_not(metres, leg):
    yard = box(0, metres, 100, metres + 400)
    one = town(
        [(50, metres + 300)], [(50, 0)], walls=[yard], doors=gates([(50, metres)])
    )
    assert seconds(one) == [None if leg is None else 300 + leg]
    off = covered(one).buildings["off_network"].item()
    assert off == ("" if leg else "too_far")


def test_a_gate_that_leads_to_a_fragment_is_told():
    one = town([(50, 60)], [(50, 0)], doors=gates([SOUTH]))
    coverage = covered(one, lines=[[(0, 0), (100, 0)], [(-400, 900), (400, 900)]])
    assert coverage.buildings["leg"].item() == "fragment"
    assert ("gates_fragment", "g0") in rules(coverage)


# --- which compound -------------------------------------------------------------


def test_the_smallest_compound_that_holds_or_touches_a_place_is_its_own():
    small = box(40, 40, 60, 60)
    layers_ = town([], [], walls=[YARD, small], doors=gates([SOUTH, (50, 40)]))
    doors = layers_.gates.assign(compound=["A", "B"])
    found, _ = compounds.settle(dataclasses.replace(layers_, gates=doors))
    points = shapely.points([(50, 50), (60, 60), (20, 20), (0, 10), (-1, 10)])
    assert found.holding(points).tolist() == [1, 1, 0, 0, -1]


def test_an_inner_compound_is_left_by_its_own_gate_into_the_yard():
    small = box(40, 40, 60, 60)
    doors = gates([SOUTH, (50, 40)], compound=["A", "B"])
    nested = town([(50, 50)], [(50, 0)], walls=[YARD, small], doors=doors)
    assert seconds(nested) == [None]  # the outer wall stops its legs
    path = [(50, 0), (50, 35)]
    lines = [[(-400, 0), (50, 0)], [(50, 0), (400, 0)], path]
    assert seconds(nested, lines=lines) == [10 + 5 + 35]


@pytest.mark.parametrize(
    ("point", "named", "used", "rule"),
    [
        ((50, 10), "A", True, None),
        ((50, 13), "甲", True, "gate_moved"),
        ((50, 10.9), "A", True, None),
        ((50, 21), "A", False, "gate_off_wall"),
        ((50, 10), "", True, "gate_compound_taken"),
        ((50, 60), "", False, "gate_compound_unsaid"),
        ((50, 10), "丁苑", False, "gate_compound_unknown"),
    ],
)
def test_whose_a_gate_is(point, named, used, rule):
    layers_ = town([], [], doors=gates([point], compound=[named]))
    found, odd = compounds.settle(layers_)
    assert found.used.tolist() == [used]
    told = [finding.rule for finding in odd]
    assert told == [r for r in (rule, None if used else "compound_without_gate") if r]
    if used:
        assert found.gates.geometry.iloc[0].equals(Point(50, 10))


def test_a_name_that_two_compounds_have_means_the_one_at_hand():
    apart, joined = box(300, 10, 400, 110), box(100, 10, 200, 110)
    for other, at, used in ((apart, SOUTH, True), (joined, (100, 50), False)):
        layers_ = town(
            [], [], walls=[YARD, other], doors=gates([at], compound=["同名"])
        )
        twins = grounds([YARD, other], name=["同名", "同名"])
        found, odd = compounds.settle(dataclasses.replace(layers_, compounds=twins))
        assert found.used.tolist() == [used]
        assert ("gate_compound_ambiguous" in [f.rule for f in odd]) is not used


def test_a_compound_that_crosses_itself_does_not_stop_the_run():
    bow = shapely.Polygon([(0, 10), (100, 110), (100, 10), (0, 110)])
    one = town([(90, 60)], [(90, 0)], walls=[bow], doors=gates([(100, 60)]))
    about = 10 + np.hypot(20, 60) + 30  # straight to the corner of the street
    assert seconds(one, lines=ROUND) == [pytest.approx(about, abs=0.01)]


# --- who may pass, and when ------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        *[
            (kind, "everyone")
            for kind in ("", "人车混行", "人行", "访客通道", "主出入口")
        ],
        *[(kind, "everyone") for kind in ("北门", "非机动车出入口", "无")],
        *[(kind, "residents") for kind in ("居民", "业主通道", "人行（仅业主）")],
        *[(kind, "nobody") for kind in ("消防通道", "应急", "封闭", "常闭", "车行")],
        ("不知所云", None),
    ],
)
def test_the_kind_of_a_gate_says_who_passes(kind, who):
    assert columns.passing(kind) == who


def test_a_kind_that_nobody_knows_is_open_and_told():
    strange = town([(50, 60)], [(50, 0)], doors=gates([SOUTH], kind=["甲类"]))
    assert seconds(strange) == [60]
    (told,) = [f for f in covered(strange).findings if f.rule == "gate_kind_unknown"]
    assert told.facts == {"count": 1, "kinds": "甲类"}


def test_a_residents_gate_lets_out_and_nobody_else_in():
    doors = gates([SOUTH], kind=["业主"])
    out = town([(50, 60)], [(50, 0)], doors=doors)
    assert seconds(out) == [60]
    in_ = covered(town([(50, 0), (20, 60)], [(50, 60)], doors=doors))
    assert in_.stations["off_network"].item() == "shut_in"
    assert ("stations_shut_in", "s0") in rules(in_)
    assert in_.minutes["minutes"].isna().tolist() == [True, False]


def test_a_fire_gate_lets_nobody_pass():
    shut = town([(50, 60)], [(50, 0)], doors=gates([SOUTH], kind=["消防"]))
    coverage = covered(shut)
    assert coverage.buildings["off_network"].item() == "shut_in"
    assert ("buildings_shut_in", "000") in rules(coverage)
    assert coverage.results["circles"][0]["off_network"]["buildings"] == 1
    assert coverage.results["circles"][0]["households"]["total"] == 1


def test_a_gate_is_shut_at_night():
    hours = {"hours": ["7×24"]}
    doors = gates([NORTH, SOUTH], hours=["7×24", "6:00-23:00"])
    one = town([(50, 30)], [(50, 0)], doors=doors, **hours)
    coverage = covered(one, lines=ROUND, circles=(FAR, NIGHT))
    minutes = coverage.minutes.set_index("circle")["minutes"] * 60
    assert minutes.round(3).to_dict() == {"一小时": 30, "夜间": 370}
    assert "compound_shut" not in dict(rules(coverage))


def test_who_cannot_get_out_or_in_at_night_is_listed():
    one = town(
        [(50, 30), (200, 20)],
        [(50, 0), (80, 60)],
        doors=gates([SOUTH], hours=["6:00-23:00"]),
        hours=["7×24", "7×24"],
    )
    coverage = covered(one, circles=(FAR, NIGHT))
    assert coverage.buildings["off_network"].tolist() == ["", ""]
    night = coverage.minutes[coverage.minutes["circle"] == "夜间"]
    assert night["station"].tolist() == ["s1", "s0"]  # straight within; outside
    (told,) = [f for f in coverage.findings if f.rule == "compound_shut"]
    assert told.facts == {"name": "甲", "circle": "夜间", "count": 1}
    assert ("station_shut", "s1") in rules(coverage)


def test_hours_that_say_nothing_and_hours_that_do_not_tell():
    doors = gates([NORTH, SOUTH], hours=["", "视情况"])
    one = town([(50, 30)], [(50, 0)], doors=doors, hours=["7×24"])
    coverage = covered(one, lines=ROUND, circles=(FAR, NIGHT))
    minutes = coverage.minutes.set_index("circle")["minutes"] * 60
    assert minutes.round(3).to_dict() == {"一小时": 30, "夜间": 370}
    told = {f.rule: f.facts for f in coverage.findings}
    assert told["gates_hours_unsaid"] == {"count": 1, "circles": "夜间"}
    assert told["gate_hours_unknown"] == {"hours": "视情况", "circles": "夜间"}
    assert "gate_hours_unknown" not in dict(rules(covered(one, lines=ROUND)))


def test_a_station_that_closes_at_five_serves_no_evening():
    evening = Circle(name="晚间", tier="社区级", minutes=60, hours="evening")
    office = Circle(name="白天", tier="社区级", minutes=60, hours="office")
    one = town([(50, 60)], [(50, 0)], walls=[], hours=["周一至周五 9:00-17:00"])
    told = covered(one, circles=(office, evening)).minutes["minutes"]
    assert told.isna().tolist() == [False, True]


# --- what is drawn ---------------------------------------------------------------


def test_the_outline_and_the_field_follow_the_way_by_the_gate():
    homes = [box(45, 25, 55, 35), box(10, 90, 20, 100)]
    one = town(homes, [(50, 0)], doors=gates([SOUTH]))
    hundred = Circle(name="一百秒", tier="社区级", metres=100)
    coverage = covered(one, circles=(hundred,))
    merged = coverage.outlines.iloc[-1]
    assert coverage.minutes["minutes"].notna().tolist() == [True, False]
    assert merged.geometry.covers(Point(50, 90).buffer(5))  # 90 m from the gate
    assert not merged.geometry.covers(Point(50, 105))
    assert merged.geometry.intersection(homes[1]).area < 1e-9
    checks = coverage.results["circles"][0]["polygon_check"]
    assert set(checks.values()) == {0.0}


def test_a_walk_within_the_compound_is_drawn():
    one = town([(20, 60)], [(80, 60)], doors=gates([SOUTH], kind=["消防"]))
    merged = covered(one).outlines.geometry.iloc[-1]
    assert merged.covers(LineString([(20, 60), (80, 60)]))
    assert merged.intersection(YARD).area == pytest.approx(YARD.area)


def test_the_walk_of_the_farthest_bends_at_the_gates():
    walls = [YARD, box(200, -110, 300, -10)]
    doors = gates([SOUTH, (250, -10)], compound=["A", "B"])
    one = town([(20, 60)], [(250, -60)], walls=walls, doors=doors)
    short = Circle(name="短", tier="社区级", minutes=1)
    coverage = covered(one, circles=(short,))
    (line,) = coverage.routes.geometry
    assert line.coords[0] == (20, 60)
    assert line.coords[-1] == (250, -60)
    assert line.distance(Point(SOUTH)) < 1e-9
    assert line.distance(Point(250, -10)) < 1e-9
    minutes = coverage.unreached["minutes"].item()
    assert line.length == pytest.approx(minutes * 60, abs=0.01)


# --- laws ------------------------------------------------------------------------


along = st.floats(0, 1, allow_nan=False).map(
    lambda share: YARD.exterior.interpolate(share, normalized=True).coords[0]
)
inside = st.tuples(st.floats(1, 99), st.floats(11, 109))


@settings(max_examples=15, deadline=None)
@given(st.lists(along, min_size=1, max_size=3), along, inside, st.booleans())
def test_one_more_gate_never_makes_a_walk_longer(points, more, home, within):
    posts = [(300.0, 0.0) if not within else (50.0, 60.0)]
    homes = [home, (200.0, 30.0)]
    fewer = seconds(town(homes, posts, doors=gates(points)), lines=ROUND)
    after = seconds(town(homes, posts, doors=gates([*points, more])), lines=ROUND)
    for before, now in zip(fewer, after, strict=True):
        assert before is None or (now is not None and now <= before)


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 360), st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_turned_and_shifted_the_walks_stay_as_long(angle, dx, dy):
    """A yard, a river with one bridge, oblong houses, a door."""

    def moved(shape):
        turned = affinity.rotate(shape, angle, origin=(0, 0))
        return affinity.translate(turned, dx, dy)

    def scene(move):
        homes = [box(40, 50, 60, 62), box(180, 15, 200, 27), box(-200, 200, -180, 240)]
        yard = shapely.Polygon([(0, 10), (100, 17), (94, 110), (5, 104)])
        doors = gates([(50, 107), (97, 65)])  # not square to the ways
        posts = [(50, 0), (-150, 310)]
        parts = town(homes, posts, walls=[yard], doors=doors)
        entrances = frame([Point(-200, 220)], building=["002"])
        parts = dataclasses.replace(parts, entrances=entrances)
        every = {
            name: layer.set_geometry(layer.geometry.map(move))
            for name, layer in vars(parts).items()
            if isinstance(layer, GeoDataFrame)
        }
        lines = [*ROUND, [(-400, 0), (-400, 300), (-100, 300)]]
        river = [LineString([(-450, 150), (-410, 150)])]
        river.append(LineString([(-390, 150), (-30, 150)]))
        source = ways(
            [list(move(LineString(line)).coords) for line in lines],
            barriers=[move(part) for part in river],
        )
        table = walks(dataclasses.replace(parts, **every), source)
        return table.sort_values(["building", "station"])["minutes"].to_numpy()

    plain, changed = scene(lambda shape: shape), scene(moved)
    assert len(plain) == 6
    assert changed == pytest.approx(plain, abs=1e-4)


# --- the plain reading as oracle ---------------------------------------------------


def scattered(rng):
    """Return ways, compounds, gates, homes and stations strewn about a town."""
    nodes = {
        (i, j): (150 * i + rng.uniform(-20, 20), 150 * j + rng.uniform(-20, 20))
        for i in range(4)
        for j in range(4)
    }
    routes = [[(i, j) for j in range(4)] for i in range(4)]
    routes += [[(i, j) for i in range(4)] for j in range(4)]
    shapes = []
    for _ in range(5):
        x, y, wide, deep = *rng.uniform(0, 450, 2), *rng.uniform(40, 130, 2)
        turned = affinity.rotate(box(x - wide, y - deep, x + wide, y + deep), x)
        shapes.append(turned)
    posts = []
    for _ in range(9):
        owner = int(rng.integers(5))
        at = shapes[owner].exterior.interpolate(rng.uniform(), normalized=True)
        at = affinity.translate(at, *rng.uniform(-3, 3, 2))
        named = ["甲乙丙丁戊"[owner], "ABCDE"[owner], "", "无此小区"][rng.integers(4)]
        posts.append((named, ["", "人行", "业主", "消防"][rng.integers(4)], at))
    homes, stops = rng.uniform(-50, 500, (8, 2)), rng.uniform(-50, 500, (4, 2))
    return nodes, routes, shapes, posts, homes, stops


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_walks_equal_the_plain_reading(seed):
    nodes, routes, shapes, posts, homes, stops = scattered(np.random.default_rng(seed))
    walled = frame(shapes, code=list("ABCDE"), name=list("甲乙丙丁戊"))
    parts = town([tuple(at) for at in homes], [tuple(at) for at in stops])
    parts = dataclasses.replace(
        parts,
        compounds=walled,
        gates=gates(
            [at.coords[0] for _, _, at in posts],
            compound=[named for named, _, _ in posts],
            kind=[kind for _, kind, _ in posts],
        ),
    )
    table = walks(parts, ways([[nodes[n] for n in route] for route in routes]))
    mine = {(row.building, row.station): row.minutes for row in table.itertuples()}

    network = oracle.Network([(route, 0) for route in routes], nodes)
    plain = oracle.Compounds(
        list(zip("ABCDE", "甲乙丙丁戊", shapes, strict=True)), posts
    )
    sight = oracle.Sight(network, [], plain.walls())
    for number, stop in enumerate(map(Point, stops)):
        legs = plain.legs(stop, sight, passes=["everyone"])[0]
        walk = oracle.Walks(network, legs)
        for home, at in zip(parts.buildings.index, map(Point, homes), strict=True):
            going = plain.legs(at, sight, passes=["everyone", "residents"])[0]
            metres = walk.from_place(going)
            if plain.around(at) is not None and plain.around(at) == plain.around(stop):
                metres = min(metres, at.distance(stop))
            told = mine.get((home, f"s{number}"), np.inf)
            assert told * 60 == pytest.approx(metres, abs=0.01)

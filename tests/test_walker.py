"""What a walker passes and what it costs: scenes by hand, and laws.

The two ways of most scenes: node 1 to node 2 by 20 m of something, or round by
200 m of plain footway over nodes 3 and 4.

    3 ------------ 4        y = 90
    |              |
    1 --- 5 --- == 2        y = 0; x = 0 … 20, node 5 in the middle
"""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_osm import read, xml
from towns import METRIC, frame, on_edges, ways

from geoplan import circles, presets, walk
from geoplan import network as net
from geoplan.network.passing import passed
from geoplan.osm.walkable import hurdles_of, node_access
from geoplan.study.reach import walker_of

PLACES = {1: (0, 0), 2: (20, 0), 3: (0, 90), 4: (20, 90), 5: (10, 0)}
SHORT, ROUND = [1, 5, 2], [1, 3, 4, 2]


def walker(preset, **changes):
    return replace(walker_of(preset), **changes)


def scene(*routes, at=None, places=PLACES):
    """Return ways over numbered nodes: (nodes, columns); tags of nodes in ``at``."""
    source = ways(
        [[places[node] for node in nodes] for nodes, _ in routes],
        nodes=[np.array(nodes) for nodes, _ in routes],
    )
    table = source.frame
    for column in ("kind", "access", "hurdles", "forward", "backward"):
        told = [columns.get(column, table[column][i])
                for i, (_, columns) in enumerate(routes)]  # fmt: skip
        table = table.assign(**{column: told})
    tags = at or {}
    nodes = gpd.GeoDataFrame(
        {
            "node": np.array(list(tags), np.int64),
            "kind": [t.get("barrier") or t.get("highway", "") for t in tags.values()],
            "access": [node_access(t) for t in tags.values()],
            "hurdles": [hurdles_of(t, on="nodes") for t in tags.values()],
        },
        geometry=[shapely.Point(places[node]) for node in tags],
        crs=METRIC,
    )
    return replace(source, frame=table, crossings=nodes)


def seconds(source, who, start, end, *, places=PLACES):
    """Return how long somebody walks between two nodes; inf if they cannot."""
    network = net.build(source, walker=who)
    way = walk.graph(network, walker=who)
    stand = [ends_at(network, places[node]) for node in (end, start)]
    pairs = walk.reach(way, stations=stand[0], things=stand[1], limit=np.inf)
    return pairs["seconds"].item() if len(pairs) else np.inf


def ends_at(network, place):
    """Return the leg of a thing that stands where edges end, on all of them."""
    rows = []
    for edge in network.edges.itertuples():
        for node, offset in ((edge.u, 0.0), (edge.v, edge.length_m)):
            if np.hypot(*(network.junctions[node] - place)) < 1e-6:
                rows.append((0, edge.Index, offset, 0.0))
    return on_edges(rows, 1)


STAIRS = scene((SHORT, {"kind": "steps", "hurdles": "steps"}), (ROUND, {}))


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("adult", 20 / 1.2),
        ("elderly", 2 * 20 / 1.0),
        ("slow", 20 / 0.8),
        ("child", 20 / 1.0),
        ("wheelchair", 200 / 0.8),
        ("pushchair", 200 / 1.0),
    ],
)
def test_stairs_or_a_ramp(preset, expected):
    assert seconds(STAIRS, walker(preset), 1, 2) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(
    ("tags", "wheelchair", "pushchair"),
    [
        ({"highway": "steps"}, False, False),
        ({"highway": "steps", "ramp": "yes"}, False, False),
        ({"highway": "steps", "ramp:wheelchair": "separate"}, False, False),
        ({"highway": "steps", "ramp:stroller": "yes"}, False, True),
        ({"highway": "steps", "ramp:wheelchair": "yes"}, True, True),
        ({"highway": "steps", "conveying": "yes"}, False, False),
        ({"highway": "steps", "conveying": "no"}, False, False),
        ({"highway": "elevator"}, True, True),
        ({"highway": "elevator", "wheelchair": "no"}, False, True),
        ({"highway": "footway", "wheelchair": "no"}, False, True),
        ({"highway": "footway", "wheelchair": "limited"}, True, True),
    ],
)
def test_ways_by_their_tags(tags, wheelchair, pushchair):
    source = scene((SHORT, {"hurdles": hurdles_of(tags, on="ways")}), (ROUND, {}))
    for preset, passes in (("wheelchair", wheelchair), ("pushchair", pushchair)):
        walked = set(net.build(source, walker=walker(preset)).edges["way"])
        assert ("w0" in walked) == passes
    assert "w0" in set(net.build(source, walker=walker("adult")).edges["way"])


def test_a_lift_makes_wait():
    as_way = scene((SHORT, {"kind": "elevator", "hurdles": "lift"}))
    assert seconds(as_way, walker("wheelchair"), 1, 2) == pytest.approx(25 + 40)
    assert seconds(as_way, walker("adult"), 1, 2) == pytest.approx(20 / 1.2, abs=0.005)
    as_node = scene((SHORT, {}), at={5: {"highway": "elevator"}})
    assert seconds(as_node, walker("wheelchair"), 1, 2) == pytest.approx(25 + 40)


LONG = {1: (0, 0), 2: (300, 0)}
CROSSROADS = {1: (0, 0), 2: (20, 0), 5: (10, 0), 6: (10, -50), 7: (10, 50)}


def test_a_light_is_waited_for_once_and_not_along_the_road():
    lights = {5: {"highway": "crossing", "crossing": "traffic_signals"}}
    source = scene(
        (SHORT, {}), ([6, 5, 7], {"kind": "primary"}), at=lights, places=CROSSROADS
    )
    who = walker("elderly")
    assert seconds(source, who, 1, 2, places=CROSSROADS) == pytest.approx(20 + 20)
    assert seconds(source, who, 6, 7, places=CROSSROADS) == pytest.approx(100)
    # half over the crossing and then along the road: half of the wait
    assert seconds(source, who, 1, 7, places=CROSSROADS) == pytest.approx(10 + 10 + 50)
    assert seconds(source, walker("slow"), 1, 2, places=CROSSROADS) == pytest.approx(25)


def test_a_light_on_a_footway_alone_parts_it_for_those_who_wait():
    lights = {5: {"highway": "traffic_signals"}}
    source = scene((SHORT, {}), at=lights)
    assert len(net.build(source, walker=walker("adult")).edges) == 1
    assert len(net.build(source, walker=walker("child")).edges) == 2
    assert seconds(source, walker("child"), 1, 2) == pytest.approx(20 + 20)


def test_part_of_an_edge_is_part_of_the_wait():
    source = scene((SHORT, {"kind": "elevator", "hurdles": "lift"}))
    who = walker("wheelchair")
    way = walk.graph(net.build(source, walker=who), walker=who)
    pairs = walk.reach(
        way,
        stations=on_edges([(0, 0, 0.0, 0.0)], 1),
        things=on_edges([(0, 0, 5.0, 0.0)], 1),
        limit=np.inf,
    )
    assert pairs["seconds"].item() == pytest.approx((25 + 40) / 4)


def test_a_raised_kerb_stops_wheels_on_the_crossing_not_on_the_road():
    kerb = {5: {"highway": "crossing", "kerb": "raised"}}
    source = scene(
        (SHORT, {}), ([6, 5, 7], {"kind": "primary"}), at=kerb, places=CROSSROADS
    )
    wheels = walker("wheelchair")
    assert seconds(source, wheels, 1, 2, places=CROSSROADS) == np.inf
    assert seconds(source, wheels, 6, 7, places=CROSSROADS) == pytest.approx(125)
    pram = walker("pushchair")
    assert seconds(source, pram, 1, 2, places=CROSSROADS) == pytest.approx(20)
    told = net.not_passed(source, walker=wheels)
    assert [(f.rule, f.facts["count"]) for f in told] == [("node_shut_raised_kerb", 1)]


GATES = [
    ({"barrier": "gate"}, True),
    ({"barrier": "gate", "access": "yes"}, True),
    ({"barrier": "gate", "access": "private"}, False),
    ({"barrier": "gate", "access": "private", "foot": "yes"}, True),
    ({"barrier": "gate", "access": "no"}, False),
    ({"barrier": "gate", "foot": "no"}, False),
    ({"barrier": "gate", "locked": "yes"}, False),
    ({"barrier": "gate", "locked": "yes", "foot": "designated"}, True),
    ({"barrier": "gate", "locked": "no"}, True),
    ({"barrier": "lift_gate", "access": "private"}, True),
    ({"barrier": "lift_gate", "foot": "no"}, False),
    ({"barrier": "bollard", "access": "no", "locked": "yes"}, True),
    ({"barrier": "turnstile"}, True),
    ({"highway": "crossing", "foot": "no"}, True),
]


@pytest.mark.parametrize(("tags", "passes"), GATES)
def test_gates_for_adults(tags, passes):
    source = scene((SHORT, {}), (ROUND, {}), at={5: tags})
    expected = 20 if passes else 200
    told = seconds(source, walker("adult", speed=1.0), 1, 2)
    assert told == pytest.approx(expected)


def test_a_shut_gate_parts_the_edges_and_is_told():
    gate = {5: {"barrier": "gate", "access": "private"}}
    source = scene((SHORT, {}), (ROUND, {}), at=gate)
    adult, resident = walker("adult"), walker("adult", access=frozenset({"private"}))
    apart, whole = net.build(source, walker=adult), net.build(source, walker=resident)
    assert (len(apart.edges), len(whole.edges)) == (3, 2)
    assert (apart.shut.sum(), whole.shut.sum()) == (2, 0)
    assert np.unique(apart.junctions[apart.shut], axis=0).tolist() == [[10, 0]]
    assert net.near_misses(apart) == ()
    (told,) = net.not_passed(source, walker=adult)
    assert (told.rule, told.facts) == (
        "nodes_not_passed",
        {"value": "private", "count": 1},
    )
    assert net.not_passed(source, walker=resident) == ()


def test_a_private_way_for_who_may():
    source = scene((SHORT, {"access": "private"}), (ROUND, {}))
    resident = walker("adult", speed=1.0, access=frozenset({"private"}))
    assert seconds(source, resident, 1, 2) == pytest.approx(20)
    assert seconds(source, walker("adult", speed=1.0), 1, 2) == pytest.approx(200)


@pytest.mark.parametrize("barrier", ["turnstile", "stile", "kissing_gate"])
def test_narrow_things_stop_wheels(barrier):
    source = scene((SHORT, {}), (ROUND, {}), at={5: {"barrier": barrier}})
    assert seconds(source, walker("adult", speed=1.0), 1, 2) == pytest.approx(20)
    assert seconds(source, walker("wheelchair", speed=1.0), 1, 2) == pytest.approx(200)
    wide = {"barrier": barrier, "wheelchair": "yes"}
    source = scene((SHORT, {}), (ROUND, {}), at={5: wide})
    assert seconds(source, walker("wheelchair", speed=1.0), 1, 2) == pytest.approx(20)


def test_steps_one_way_are_slow_the_one_way():
    up = {"kind": "steps", "hurdles": "steps", "backward": False}
    source = scene((SHORT, up), (ROUND, {}))
    assert seconds(source, walker("elderly"), 1, 2) == pytest.approx(40)
    assert seconds(source, walker("elderly"), 2, 1) == pytest.approx(200)


def test_by_length_nothing_but_length_counts():
    who = walker("elderly").by_length()
    assert seconds(STAIRS, who, 1, 2) == pytest.approx(20)
    assert who.shut == walker("elderly").shut


def test_what_is_not_passed_is_told():
    told = net.not_passed(STAIRS, walker=walker("wheelchair"))
    assert [(f.rule, f.facts) for f in told] == [
        ("way_shut_steps", {"count": 1, "km": 0.02})
    ]
    assert net.not_passed(STAIRS, walker=walker("adult")) == ()


HURDLES = ["", "steps", "lift", "no_wheelchair steps"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(1, 6), min_size=2, max_size=4),
            st.sampled_from(HURDLES),
            st.sampled_from(["footway", "primary"]),
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(sorted(presets.walkers())),
    st.floats(0.4, 1.4),
)
def test_a_faster_walker_takes_no_longer(routes, preset, slower):
    places = {n: (float(7 * n % 5) * 40, float(n) * 30) for n in range(1, 7)}
    lights = {2: {"highway": "traffic_signals"}, 3: {"barrier": "stile"}}
    source = scene(
        *[(nodes, {"hurdles": h, "kind": kind}) for nodes, h, kind in routes],
        at=lights,
        places=places,
    )
    who = walker(preset)
    walked = passed(source.frame, walker=who)["nodes"]
    assume(any(len(set(nodes)) > 1 for nodes in walked))
    for start in (1, 4):
        fast, slow = (
            seconds(source, who.at(speed), start, 6, places=places)
            for speed in (1.5, slower)
        )
        assert fast <= slow


def test_the_field_keeps_to_the_pace_of_steps():
    who = walker("elderly")
    stairs = scene(([1, 2], {"kind": "steps", "hurdles": "steps"}), places=LONG)
    network = net.build(stairs, walker=who)
    way = walk.graph(network, walker=who)
    sheet = circles.canvas(network, way=way, barriers=frame([]).geometry)
    begin = on_edges([(0, 0, 0.0, 0.0)], 1)
    field = dict(circles.fields(sheet, way=way, stations=begin, limit=100))[0]
    # from 37.5 m up the steps 25 m are left to walk on the flat
    assert field.contains(shapely.Point(58, 0))
    assert not field.intersects(shapely.Point(66, 0))


def test_an_openstreetmap_file_tells_hurdles(tmp_path):
    nodes = {
        1: (114.300, 30.600, {}),
        2: (114.301, 30.600, {"kerb": "raised"}),
        3: (114.302, 30.600, {"highway": "elevator"}),
        4: (114.303, 30.600, {"barrier": "gate", "locked": "yes"}),
        5: (114.304, 30.600, {"highway": "traffic_signals"}),
        6: (114.305, 30.600, {"barrier": "bollard", "access": "no"}),
        7: (114.306, 30.600, {}),
    }
    routes = {
        10: ([1, 2, 3, 4, 5, 6, 7], {"highway": "footway"}),
        11: ([1, 7], {"highway": "steps", "ramp:stroller": "yes"}),
    }
    source = read(tmp_path, xml(nodes=nodes, ways=routes))
    met = source.frame.set_index("way")["hurdles"].to_dict()
    assert met == {"w10": "", "w11": "pushable_steps"}
    told = source.crossings.set_index("node")
    assert told["hurdles"].to_dict() == {
        2: "raised_kerb", 3: "lift", 4: "", 5: "signals", 6: ""
    }  # fmt: skip
    assert told["access"].to_dict() == {2: "", 3: "", 4: "locked", 5: "", 6: ""}
    keys = walker("adult", access=frozenset({"locked"}))
    assert len(net.build(source, walker=walker("adult")).edges) == 3
    assert len(net.build(source, walker=keys).edges) == 2
    wheels = net.build(source, walker=walker("wheelchair")).edges
    assert len(wheels) == 5  # kerb, lift, gate and lights part the footway

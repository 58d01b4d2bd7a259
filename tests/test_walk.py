"""Minutes: by hand, against networkx, and as laws."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from towns import ADULT, on_edges, ways

from geoplan import network as net
from geoplan import osm, walk
from geoplan.model import Walker
from geoplan.walk import labels, plain, search
from geoplan.walk.graph import FAR
from geoplan.walk.readied import readied

METRE_A_SECOND = Walker(preset="custom", speed=1.0)


def seconds(pairs, station, thing):
    row = pairs[(pairs["station"] == station) & (pairs["thing"] == thing)]
    return row["seconds"].item() if len(row) else np.inf


def street(**options):
    """Return the graph of one straight way of 100 m."""
    return walk.graph(
        net.build(ways([[(0, 0), (100, 0)]], **options)), walker=METRE_A_SECOND
    )


def test_along_one_edge_without_touching_its_ends():
    way = street()
    pairs = walk.reach(
        way,
        stations=on_edges([(0, 0, 40.0, 3.0)], 1),
        things=on_edges([(0, 0, 70.0, 5.0), (1, 0, 10.0, 0.0)], 2),
        limit=900,
    )
    assert seconds(pairs, 0, 0) == pytest.approx(3 + 30 + 5)
    assert seconds(pairs, 0, 1) == pytest.approx(3 + 30)


def test_speed_counts_for_legs_too():
    way = walk.graph(net.build(ways([[(0, 0), (120, 0)]])), walker=ADULT)
    pairs = walk.reach(
        way,
        stations=on_edges([(0, 0, 0.0, 12.0)], 1),
        things=on_edges([(0, 0, 120.0, 12.0)], 1),
        limit=900,
    )
    assert seconds(pairs, 0, 0) == pytest.approx(144 / 1.2)


def test_one_way_is_walked_the_residents_way():
    way = street(backward=[False])
    station = on_edges([(0, 0, 50.0, 0.0)], 1)
    homes = on_edges([(0, 0, 20.0, 0.0), (1, 0, 80.0, 0.0)], 2)
    pairs = walk.reach(way, stations=station, things=homes, limit=900)
    assert seconds(pairs, 0, 0) == pytest.approx(30)
    assert seconds(pairs, 0, 1) == np.inf


def test_the_limit_is_inclusive_and_beyond_it_nothing_is_told():
    way = street()
    station = on_edges([(0, 0, 0.0, 0.0)], 1)
    homes = on_edges([(0, 0, 60.0, 0.0), (1, 0, 60.5, 0.0)], 2)
    pairs = walk.reach(way, stations=station, things=homes, limit=60)
    assert pairs["thing"].tolist() == [0]


def test_equal_walks_go_to_the_earlier_station():
    way = street()
    twins = on_edges([(0, 0, 50.0, 0.0), (1, 0, 50.0, 0.0)], 2)
    home = on_edges([(0, 0, 10.0, 0.0)], 1)
    assert walk.nearest(way, stations=twins, things=home)["station"].tolist() == [0]


def test_no_station_and_no_thing_give_empty_answers():
    way, nothing = street(), on_edges([], 0)
    home = on_edges([(0, 0, 10.0, 0.0)], 1)
    assert walk.reach(way, stations=nothing, things=home, limit=60).empty
    assert walk.reach(way, stations=home, things=nothing, limit=60).empty
    told = walk.nearest(way, stations=nothing, things=home)
    assert told["station"].tolist() == [-1]
    assert told["seconds"].isna().all()


@st.composite
def places(draw):
    """Draw a network with every oddity, and things and stations on its edges."""
    size = draw(st.integers(2, 7))
    ends = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1))
    edges = draw(st.lists(ends, min_size=1, max_size=12))
    lengths = draw(
        st.lists(
            st.sampled_from([0.0, 1.0, 10.0, 12.5, 100.0]),
            min_size=len(edges),
            max_size=len(edges),
        )
    )
    ways_open = draw(
        st.lists(
            st.sampled_from([(True, True), (True, False), (False, True)]),
            min_size=len(edges),
            max_size=len(edges),
        )
    )
    spot = st.tuples(
        st.integers(0, len(edges) - 1),
        st.sampled_from([0.0, 0.25, 0.5, 1.0]),
        st.sampled_from([0.0, 1.0, 30.0]),
    ).map(lambda s: s if lengths[s[0]] else (s[0], 0.0, s[2]))
    things = draw(st.lists(st.lists(spot, max_size=3), min_size=1, max_size=5))
    stations = draw(st.lists(st.lists(spot, max_size=3), min_size=1, max_size=4))
    return size, edges, lengths, ways_open, stations, things


def graph_of(size, edges, lengths, ways_open):
    u, v = np.array(edges).T
    walked = (np.array(lengths) * 1000).astype(np.int32)
    times = tuple(
        np.where(allowed, walked, FAR).astype(np.int32)
        for allowed in np.array(ways_open).T
    )
    xy = np.random.default_rng(size).uniform(0, 1000, (size, 2))
    return walk.Graph.of(
        (u, v), xy=xy, length_m=np.array(lengths), times=times, speed=1.0
    )


def legs_of(spots, lengths):
    rows = [
        (thing, edge, share * lengths[edge], leg)
        for thing, candidates in enumerate(spots)
        for edge, share, leg in candidates
    ]
    return on_edges(rows, len(spots))


def by_networkx(size, edges, lengths, ways_open, stations, things):
    """Return all minutes by cutting every edge at every spot."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(size))
    spots = [spot for thing in [*stations, *things] for spot in thing]
    cuts = {
        edge: {0.0: edges[edge][0], 1.0: edges[edge][1]} for edge in range(len(edges))
    }
    for edge, share, _ in spots:
        cuts[edge].setdefault(share, ("cut", edge, share))
    for edge, nodes in cuts.items():
        shares = sorted(nodes)
        for a, b in pairwise(shares):
            metres = (b - a) * lengths[edge]
            if ways_open[edge][0]:
                graph.add_edge(nodes[a], nodes[b], weight=metres)
            if ways_open[edge][1]:
                graph.add_edge(nodes[b], nodes[a], weight=metres)
    _add_legs(graph, "thing", things, cuts, outward=True)
    _add_legs(graph, "station", stations, cuts, outward=False)
    return {
        (station, thing): nx.dijkstra_path_length(
            graph, ("thing", thing), ("station", station)
        )
        for station in range(len(stations))
        for thing in range(len(things))
        if nx.has_path(graph, ("thing", thing), ("station", station))
    }


def _add_legs(graph, kind, layer, cuts, *, outward):
    for number, candidates in enumerate(layer):
        graph.add_node((kind, number))
        for edge, share, leg in candidates:
            ends = [(kind, number), cuts[edge][share]]
            graph.add_edge(*(ends if outward else ends[::-1]), weight=leg)


@settings(max_examples=150, deadline=None)
@given(places(), st.sampled_from([15.0, 60.0, np.inf]))
def test_minutes_equal_networkx(place, limit):
    size, edges, lengths, ways_open, stations, things = place
    truth = by_networkx(*place)
    way = graph_of(size, edges, lengths, ways_open)
    station_legs, thing_legs = legs_of(stations, lengths), legs_of(things, lengths)
    pairs = walk.reach(way, stations=station_legs, things=thing_legs, limit=limit)
    told = {(row.station, row.thing): row.seconds for row in pairs.itertuples()}
    expected = {pair: time for pair, time in truth.items() if time <= limit}
    assert told.keys() == expected.keys()
    assert all(told[pair] == pytest.approx(expected[pair]) for pair in told)
    best = walk.nearest(way, stations=station_legs, things=thing_legs)
    for thing, row in enumerate(best.itertuples()):
        times = [time for (_, other), time in truth.items() if other == thing]
        assert (row.station >= 0) == bool(times)
        if times:
            assert row.seconds == pytest.approx(min(times))


@settings(max_examples=100, deadline=None)
@given(places(), st.integers(1, 3))
def test_the_nearest_few_equal_networkx(place, count):
    _, _, lengths, _, stations, things = place
    truth = by_networkx(*place)
    few = walk.few_nearest(
        graph_of(*place[:4]),
        stations=legs_of(stations, lengths),
        things=legs_of(things, lengths),
        count=count,
    )
    ranks = few.groupby("thing")["rank"].apply(list)
    for thing in range(len(things)):
        mine = few[few["thing"] == thing]
        times = sorted(time for (_, other), time in truth.items() if other == thing)
        assert mine["seconds"].tolist() == pytest.approx(times[:count])
        assert mine["station"].is_unique
        for row in mine.itertuples():
            assert row.seconds == pytest.approx(truth[row.station, thing])
        pairs = list(zip(mine["seconds"], mine["station"], strict=True))
        assert pairs == sorted(pairs)
        assert ranks.get(thing, []) == list(range(1, len(mine) + 1))


@settings(max_examples=100, deadline=None)
@given(places(), st.data())
def test_the_nearest_own_equals_networkx(place, data):
    _, _, lengths, _, stations, things = place
    pairs = [(s, t) for s in range(len(stations)) for t in range(len(things))]
    own = data.draw(st.lists(st.sampled_from(pairs)))
    truth = by_networkx(*place)
    told = walk.nearest_own(
        graph_of(*place[:4]),
        stations=legs_of(stations, lengths),
        things=legs_of(things, lengths),
        own=pd.DataFrame(own, columns=["station", "thing"]),
    )
    for thing, row in enumerate(told.itertuples()):
        times = [truth.get((s, t), np.inf) for s, t in own if t == thing]
        best = min(times, default=np.inf)
        if best == np.inf:
            assert row.station == -1
            assert np.isnan(row.seconds)
        else:
            assert (row.station, thing) in own
            assert row.seconds == pytest.approx(best)
            assert truth[row.station, thing] == pytest.approx(best)


def test_the_own_station_is_found_beyond_every_round():
    far = 5 * 3_600.0
    way = walk.graph(
        net.build(ways([[(0, 0), (100, 0)], [(100, 0), (100 + far, 0)]])),
        walker=METRE_A_SECOND,
    )
    told = walk.nearest_own(
        way,
        stations=on_edges([(0, 0, 10.0, 0.0), (1, 1, far, 0.0)], 2),
        things=on_edges([(0, 0, 0.0, 0.0), (1, 0, 0.0, 0.0)], 3),
        own=pd.DataFrame({"station": [1, 0, 1], "thing": [0, 1, 2]}),
    )
    assert told["station"].tolist() == [1, 0, -1]
    assert told["seconds"].tolist()[:2] == [pytest.approx(100 + far), 10.0]


def test_equal_walks_rank_by_the_order_of_the_stations():
    twins = on_edges([(0, 0, 50.0, 0.0), (1, 0, 50.0, 0.0), (2, 0, 50.0, 0.0)], 3)
    home = on_edges([(0, 0, 10.0, 0.0), (0, 0, 10.0, 0.0)], 1)
    few = walk.few_nearest(street(), stations=twins, things=home, count=2)
    assert few["station"].tolist() == [0, 1]
    assert few["rank"].tolist() == [1, 2]


def test_at_least_one_station_is_asked_for():
    spot = on_edges([(0, 0, 10.0, 0.0)], 1)
    with pytest.raises(ValueError, match="one station at least"):
        walk.few_nearest(street(), stations=spot, things=spot, count=0)


def of_shape(seed):
    """Return a place of chains, rings and dead ends, some of them one-way or shut."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 40))
    tree = [(int(rng.integers(max(0, i - 3), i)), i) for i in range(1, size)]
    kept = [edge for edge in tree if rng.random() < 0.95]
    loops = rng.integers(0, size, (int(rng.integers(0, 6)), 2)).tolist()
    edges = [*kept, *loops] or [(0, 1)]
    lengths = rng.choice([0.0, 1.0, 7.5, 60.0], len(edges)).tolist()
    kinds = [(True, True), (True, False), (False, True), (False, False)]
    ways_open = [kinds[i] for i in rng.choice(4, len(edges), p=[0.8, 0.08, 0.08, 0.04])]

    def spot():
        edge = int(rng.integers(len(edges)))
        share = float(rng.choice([0.0, 0.25, 1.0])) if lengths[edge] else 0.0
        return edge, share, float(rng.choice([0.0, 1.0, 30.0]))

    def layer():
        return [[spot() for _ in range(rng.integers(0, 4))] for _ in range(6)]

    return size, edges, lengths, ways_open, layer(), layer()


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(places(), st.integers(0, 2**32).map(of_shape)),
    st.sampled_from([15_000, 60_000, 2**30]),
    st.integers(1, 3),
    st.integers(1, 4),
)
def test_compiled_equals_scipy_to_the_bit(place, limit, threads, count):
    size, edges, lengths, ways_open, stations, things = place
    way = graph_of(size, edges, lengths, ways_open)
    seeds = walk.spots(legs_of(stations, lengths), way=way)
    targets = walk.spots(legs_of(things, lengths), way=way)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GEOPLAN_THREADS", str(threads))
        for before in (60_000, 5_000):  # leave their scratch for the next
            search.things_within(way, stations=seeds, targets=targets, limit=before)
        fast = [
            search.nodes_within(way, stations=seeds, limit=limit),
            search.things_within(way, stations=seeds, targets=targets, limit=limit),
        ]
    slow = [
        plain.nodes_within(way, stations=seeds, limit=limit),
        plain.things_within(way, stations=seeds, targets=targets, limit=limit),
    ]
    for mine, truth in zip(fast, slow, strict=True):
        assert rows(mine) == rows(truth)
    mine = [
        *labels.nearest_labels(way, stations=seeds),
        *labels.few_labels(way, stations=seeds, count=count),
    ]
    truth = [
        *plain.nearest_labels(way, stations=seeds),
        *plain.few_labels(way, stations=seeds, count=count),
    ]
    for one, other in zip(mine, truth, strict=True):
        assert one.tolist() == other.tolist()


@pytest.fixture(scope="module")
def monaco(root):
    """Return real streets, with stations and homes at random on them."""
    extract = root / "data" / "monaco" / "streets.osm.pbf"
    way = walk.graph(
        net.build(osm.read_ways(extract, crs=CRS("EPSG:32632"))), walker=ADULT
    )
    rng = np.random.default_rng(20231226)

    def layer(count):
        edge = rng.integers(0, len(way.u), 3 * count)
        share = rng.choice([0.0, 0.3, 1.0], 3 * count)
        return walk.spots_on(
            edge,
            share * way.length_m[edge],
            way=way,
            thing=np.arange(3 * count) // 3,
            things=count,
            leg_m=rng.choice([0.0, 20.0], 3 * count),
        )

    return way, layer(200), layer(1000)


def test_answers_do_not_depend_on_threads_or_on_room(monaco, monkeypatch):
    way, seeds, targets = monaco
    told = []
    for threads, rows_, entries in ((1, 1 << 22, 1 << 16), (2, 1, 8), (3, 1, 1 << 16)):
        monkeypatch.setenv("GEOPLAN_THREADS", str(threads))
        monkeypatch.setattr(search, "_ROWS", rows_)
        monkeypatch.setattr(search, "_ENTRIES", entries)
        readied(way).rooms.clear()
        nodes = search.nodes_within(way, stations=seeds, limit=900_000)
        things = search.things_within(
            way, stations=seeds, targets=targets, limit=900_000
        )
        told.append((nodes, things))
    for walks in told[1:]:
        for mine, first in zip(walks, told[0], strict=True):
            assert len(mine.end) > 10_000
            for column in ("start", "end", "ms", "spot"):
                one, other = getattr(mine, column), getattr(first, column)
                np.testing.assert_array_equal(one, other)


def test_a_real_city_equals_scipy_to_the_bit(monaco):
    way, seeds, targets = monaco
    here = {"stations": seeds, "limit": 900_000}
    assert rows(search.nodes_within(way, **here)) == rows(
        plain.nodes_within(way, **here)
    )
    assert rows(search.things_within(way, targets=targets, **here)) == rows(
        plain.things_within(way, targets=targets, **here)
    )
    for mine, truth in zip(
        labels.few_labels(way, stations=seeds, count=3),
        plain.few_labels(way, stations=seeds, count=3),
        strict=True,
    ):
        np.testing.assert_array_equal(mine, truth)


def rows(walks):
    columns = [walks.station, walks.end, walks.ms]
    if len(walks.spot):
        columns.append(walks.spot)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))

"""Every walker in real cities, recomputed the slow way: a node for every vertex.

The data are OpenStreetMap extracts (© OpenStreetMap contributors, ODbL).
"""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from pyproj import CRS, Transformer
from towns import on_edges

from geoplan import network as net
from geoplan import osm, presets, walk
from geoplan.study.reach import walker_of

UTM = CRS("EPSG:32632")
CITIES = {
    "heidelberg/heidelberg.osm.pbf": (8.705, 49.410),
    "monaco/monaco.osm.pbf": (7.420, 43.735),
}
HALF = 1000.0  # m, half a side of the piece of the city
LIMIT = 900.0  # s


@pytest.fixture(scope="module", params=sorted(CITIES))
def city(request, real_data):
    """Return the ways of a steep piece of a city."""
    to_utm = Transformer.from_crs(4326, UTM, always_xy=True)
    x, y = to_utm.transform(*CITIES[request.param])
    box = (x - HALF, y - HALF, x + HALF, y + HALF)
    return osm.read_ways(real_data / request.param, crs=UTM, bounds=box)


def slow_graph(ways, who):
    """Return the graph of all vertices; an end that is shut is a node of its own."""
    nodes = {
        node.node: (node.access, node.hurdles.split())
        for node in ways.crossings.itertuples()
    }
    table, graph = presets.hurdles(), nx.MultiDiGraph()
    for row, way in enumerate(ways.frame.itertuples()):
        met = way.hurdles.split()
        if way.access not in {"", *who.access} or who.shut.intersection(met):
            continue
        metres = np.hypot(*np.diff(np.array(way.geometry.coords), axis=0).T)
        whole = sum(who.waits.get(name, 0) for name in met) / metres.sum()
        factor = np.prod([who.times.get(name, 1) for name in met])

        def at(place, way=way, row=row):
            """Return the node of a vertex, and half of what one waits there."""
            node = way.nodes[place]
            access, here = nodes.get(node, ("", []))
            kinds = {name: table[name].kinds for name in here}
            here = [n for n in here if not kinds[n] or way.kind in kinds[n]]
            shut = access not in {"", *who.access} or who.shut.intersection(here)
            wait = sum(who.waits.get(name, 0) for name in here) / 2
            return (row, place) if shut else node, wait

        for place, _ in enumerate(pairwise(way.nodes)):
            # the two sides of a shut vertex are two nodes
            (u, before), (v, after) = at(place), at(place + 1)
            u = (*u, "on") if isinstance(u, tuple) else u
            v = (*v, "off") if isinstance(v, tuple) else v
            cost = metres[place] * (factor / who.speed + whole) + before + after
            if way.forward:
                graph.add_edge(u, v, cost=cost)
            if way.backward:
                graph.add_edge(v, u, cost=cost)
    return graph


@pytest.mark.parametrize("preset", sorted(presets.walkers()))
def test_all_times_between_junctions_equal_networkx(city, preset):
    who = walker_of(preset)
    network, slow = net.build(city, walker=who), slow_graph(city, who)
    named = names(city, network)
    way = walk.graph(network, walker=who)
    usable = np.array([n for n in named if n in slow], dtype=object)
    chosen = usable[:: max(1, len(usable) // 8)][:8]
    things = usable[::3]
    pairs = walk.reach(
        way,
        stations=stood(network, [named[n] for n in chosen]),
        things=stood(network, [named[n] for n in things]),
        limit=LIMIT,
    )
    told = pairs.set_index(["station", "thing"])["seconds"].to_dict()
    number = {node: i for i, node in enumerate(things)}
    back, seen = slow.reverse(copy=False), set()
    for station, node in enumerate(chosen):
        truth = nx.single_source_dijkstra_path_length(
            back, node, cutoff=LIMIT + 1, weight="cost"
        )
        for end, cost in truth.items():
            if end in number and cost < LIMIT - 0.1:
                pair = station, number[end]
                assert told[pair] == pytest.approx(cost, abs=0.1), (pair, preset)
                seen.add(pair)
    assert {pair for pair, cost in told.items() if cost < LIMIT - 0.2} <= seen
    assert len(seen) > 300


def names(ways, network):
    """Return the junction of every source's node that is one junction and no more."""
    place = {}
    for way in ways.frame.itertuples():
        place.update(zip(way.nodes, way.geometry.coords, strict=True))
    by_xy = {}
    for junction, xy in enumerate(network.junctions.tolist()):
        by_xy.setdefault(tuple(xy), []).append(junction)
    found = {node: by_xy.get(xy, []) for node, xy in place.items()}
    return {node: one[0] for node, one in sorted(found.items()) if len(one) == 1}


def stood(network, junctions):
    """Return things that stand on junctions, each by one edge."""
    edges = network.edges
    first = {}
    for column, offset in (("u", 0.0), ("v", None)):
        for edge, junction in enumerate(edges[column].tolist()):
            there = edges["length_m"].iat[edge] if offset is None else offset
            first.setdefault(junction, (edge, there))
    rows = [(i, *first[junction], 0.0) for i, junction in enumerate(junctions)]
    return on_edges(rows, len(junctions))

"""Real cities, recomputed the slow way from the definitions.

The data are OpenStreetMap extracts (© OpenStreetMap contributors, ODbL).
"""

from collections import defaultdict
from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from geopandas import GeoSeries
from pyproj import CRS
from shapely import Point

from geoplan import attach, osm, walk
from geoplan import network as net
from geoplan.model import Walker

WALKER = Walker(preset="adult", speed=1.2)
CITIES = {
    "monaco/monaco.osm.pbf": "EPSG:32632",
    "nanjing/nanjing.osm": "EPSG:4549",
}


@pytest.fixture(scope="module", params=sorted(CITIES))
def city(request, real_data):
    """Return network, barriers and footprints of a real city."""
    path, crs = real_data / request.param, CRS(CITIES[request.param])
    ways = osm.read_ways(path, crs=crs)
    areas = pyogrio.read_dataframe(path, layer="multipolygons")
    footprints = areas[areas["building"].notna()].to_crs(crs).geometry
    return net.build(ways), ways.surroundings.barriers.geometry, footprints


def stood(points, city):
    network, barriers, footprints = city
    return attach.legs(
        GeoSeries(points, crs=network.crs),
        things=pd.RangeIndex(len(points)),
        thing=np.arange(len(points)),
        network=network,
        sight=attach.Sight.over(footprints=footprints, barriers=barriers),
    )


def slow_steps(point, usable, edges, shapes, walls):
    """Return {edge: leg} and the flag, read plainly off the definition."""
    legs = {}
    for number in usable:
        line = shapely.shortest_line(point, edges[number])
        if line.length > attach.LEG_LIMIT:
            continue
        ends = [Point(line.coords[0]), Point(line.coords[-1])]
        inner = line.difference(shapely.union_all(shapely.buffer(ends, 0.001)))
        others = (edges[other] for other in usable if other != number)
        if any(inner.intersects(other) for other in others):
            continue
        if any(inner.intersects(wall) for wall in walls):
            continue
        foreign = (shape for shape in shapes if shape.distance(point) > attach.TOUCH)
        legs[number] = (line.length, any(inner.intersects(shape) for shape in foreign))
    clear = {number: leg for number, (leg, through) in legs.items() if not through}
    on_it = {number: leg for number, leg in clear.items() if leg <= attach.ON_EDGE}
    if on_it:
        best = min(on_it, key=lambda number: (on_it[number], number))
        return {best: on_it[best]}, ""
    if clear:
        return clear, ""
    if legs:
        best = min(legs, key=lambda number: (legs[number][0], number))
        return {best: legs[best][0]}, "through_building"
    return {}, None


def near(point, tree):
    return tree.query(point, predicate="dwithin", distance=attach.LEG_LIMIT)


def test_legs_equal_the_plain_reading(city):
    network, barriers, footprints = city
    edges = network.edges.geometry.to_numpy()
    length = network.components["length_m"].to_numpy()[network.edges["component"]]
    homes = footprints.iloc[:: max(1, len(footprints) // 60)]
    points = shapely.point_on_surface(homes.to_numpy())
    legs = stood(points, city)
    trees = [shapely.STRtree(layer) for layer in (edges, footprints, barriers)]
    for number, point in enumerate(points):
        around = sorted(near(point, trees[0]))
        shapes = footprints.to_numpy()[near(point, trees[1])]
        walls = barriers.to_numpy()[near(point, trees[2])]
        large = [edge for edge in around if length[edge] >= attach.FRAGMENT]
        truth, flag = slow_steps(point, large, edges, shapes, walls)
        if not truth:
            truth, found = slow_steps(point, around, edges, shapes, walls)
            flag = "fragment" if found is not None else ""
        mine = legs.candidates[legs.candidates["thing"] == number]
        assert dict(zip(mine["edge"], mine["leg_m"], strict=True)) == pytest.approx(
            truth
        )
        assert legs.things["leg"].iloc[number] == flag


def test_all_minutes_equal_networkx(city):
    network, _, footprints = city
    homes = shapely.point_on_surface(footprints.to_numpy())
    stations = homes[:: max(1, len(homes) // 12)]
    station_legs, home_legs = stood(stations, city), stood(homes, city)
    way = walk.graph(network, walker=WALKER)
    pairs = walk.reach(way, stations=station_legs, things=home_legs, limit=900)
    told = pairs.set_index(["station", "thing"])["seconds"].to_dict()
    graph = slow_graph(network, station_legs, home_legs)
    missing = set(told)
    for station in range(len(stations)):
        if ("station", station) not in graph:
            continue
        truth = nx.single_source_dijkstra_path_length(
            graph, ("station", station), cutoff=900 * WALKER.speed
        )
        for node, metres in truth.items():
            if node[0] == "home":
                pair = (station, node[1])
                assert told[pair] == pytest.approx(metres / WALKER.speed, abs=0.1)
                missing.discard(pair)
    assert not missing
    assert len(told) > 1000


def join(graph, a, b, metres):
    """Add an arc, or shorten the one that is there."""
    if not graph.has_edge(a, b) or graph[a][b]["weight"] > metres:
        graph.add_edge(a, b, weight=metres)


def slow_graph(network, station_legs, home_legs):
    """Return the reversed network cut at every foot of every leg."""
    graph, cuts = nx.DiGraph(), defaultdict(set)
    layers = {"station": station_legs.candidates, "home": home_legs.candidates}
    for kind, steps in layers.items():
        for row in steps.itertuples():
            cuts[row.edge].add(row.offset_m)
            ends = ((kind, row.thing), ("cut", row.edge, row.offset_m))
            join(graph, *(ends if kind == "station" else ends[::-1]), row.leg_m)
    for edge in network.edges.itertuples():
        stops = [
            (0.0, ("junction", edge.u)),
            *(
                (offset, ("cut", edge.Index, offset))
                for offset in sorted(cuts[edge.Index])
            ),
            (edge.length_m, ("junction", edge.v)),
        ]
        for (start, a), (end, b) in pairwise(stops):
            if edge.forward:
                join(graph, b, a, end - start)
            if edge.backward:
                join(graph, a, b, end - start)
    return graph


def test_the_fragment_of_nanjing_is_no_trap(real_data):
    """The nearest *node* is on a fragment from which nothing can be reached."""
    crs = CRS("EPSG:4549")
    ways = osm.read_ways(real_data / "nanjing/nanjing.osm", crs=crs)
    network = net.build(ways)
    point = GeoSeries([Point(118.779, 32.0415)], crs="EPSG:4326").to_crs(crs)
    barriers = ways.surroundings.barriers.geometry
    legs = attach.legs(
        point,
        things=pd.Index(["s"]),
        thing=np.array([0]),
        network=network,
        sight=attach.Sight.over(footprints=barriers[:0], barriers=barriers),
    )
    assert legs.things["leg"].item() == ""
    way = walk.graph(network, walker=WALKER)
    seeds = walk.spots(legs, way=way)
    assert len(walk.nodes_within(way, stations=seeds, limit=900_000).end) > 100

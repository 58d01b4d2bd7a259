"""geoplan against its peers, one function a row."""

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from bench_course import METRES, STATIONS, Bench, at_start, copies, reach
from bench_rows import Row, at_most, best, compared, missing
from numpy.typing import NDArray

from geoplan import network as net
from geoplan import osm, walk
from geoplan.circles import WIDTH, canvas, fields
from geoplan.model import Legs

Array = NDArray[Any]

_NEVER_ZERO = 1e-9  # m


def memory_mb() -> float:
    """Return the most memory that this process has held, MB; NaN on Windows."""
    try:
        import resource  # noqa: PLC0415  only Unix has it
    except ImportError:
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def matrix(way: walk.Graph) -> Any:  # noqa: ANN401  SciPy's array
    """Return the arcs for SciPy."""
    from scipy.sparse import csr_array  # noqa: PLC0415

    parts = (way.cost_ms.astype(float), way.head.astype(int), way.start.astype(int))
    return csr_array(parts, shape=(way.nodes, way.nodes))


def against_networkx(bench: Bench, ours_s: float) -> Row:
    """Compare with the ego graphs of OSMnx's notebook, of the first 20 stations."""
    import networkx as nx  # noqa: PLC0415

    graph = nx.MultiDiGraph()
    edges = bench.network.edges
    rows = zip(
        bench.way.u.tolist(), bench.way.v.tolist(), edges["length_m"], strict=True
    )
    for u, v, length in rows:
        graph.add_edge(u, v, length=length)
        graph.add_edge(v, u, length=length)
    some = bench.nodes[:20].tolist()
    start = time.perf_counter()
    for node in some:
        nx.ego_graph(graph, node, radius=METRES, distance="length")
    took = (time.perf_counter() - start) * STATIONS / len(some)
    return compared(
        f"reach of {STATIONS:,} stations within 1,250 m",
        "networkx ego_graph",
        ours_s=ours_s,
        peer_s=took,
        target=1500,
        note=f"peer: {len(some)} stations, scaled up",
    )


def against_scipy(bench: Bench, ours_s: float) -> Row:
    """Compare with SciPy's Dijkstra, cut off, of the first 400 stations."""
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

    arcs, some = matrix(bench.way), bench.nodes[:400].astype(int)

    def peer() -> None:
        rows = dijkstra(arcs, indices=some, limit=METRES * 1000)
        np.nonzero(np.isfinite(rows))

    took = best(peer, times=3) * STATIONS / len(some)
    return compared(
        f"reach of {STATIONS:,} stations within 1,250 m",
        "scipy dijkstra(limit)",
        ours_s=ours_s,
        peer_s=took,
        target=15,
        note=f"peer: {len(some)} stations, scaled up",
    )


def against_pandana(bench: Bench, ours_s: float) -> Row:
    """Compare with pandana's nodes in range."""
    what = f"reach of {STATIONS:,} stations within 1,250 m"
    if importlib.util.find_spec("pandana") is None:
        return missing(what, "pandana nodes_in_range", target=70, note="not installed")
    import pandana  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    xy = np.empty((bench.way.nodes, 2))
    xy[bench.way.u] = bench.network.junctions[bench.network.edges["u"]]
    xy[bench.way.v] = bench.network.junctions[bench.network.edges["v"]]
    edges = pd.DataFrame({"length": bench.network.edges["length_m"].to_numpy()})
    u, v = (pd.Series(end.astype(int)) for end in (bench.way.u, bench.way.v))
    x, y = (pd.Series(values) for values in xy.T)
    graph = pandana.Network(x, y, u, v, edges)
    nodes = bench.nodes.astype(int).tolist()
    took = best(lambda: graph.nodes_in_range(nodes, METRES), times=1)
    return compared(
        what, "pandana nodes_in_range", ours_s=ours_s, peer_s=took, target=70
    )


def against_floor(bench: Bench) -> Row:
    """Compare one thread with a pass that only touches what is reached."""
    from geoplan.compiler import compiled  # noqa: PLC0415

    @compiled
    def touch(arcs, ends, nodes, times, out):  # noqa: ANN001, ANN202
        start, head, cost = arcs
        seen = 0
        for station in range(len(ends) - 1):
            for row in range(ends[station], ends[station + 1]):
                node = nodes[row]
                for arc in range(start[node], start[node + np.uint32(1)]):
                    seen += cost[arc] + head[arc]
                out[0][row], out[1][row], out[2][row] = station, node, times[row]
        return seen

    walks = reach(bench.way, bench.stations)
    ends = np.searchsorted(walks.station, np.arange(STATIONS + 1))
    arcs = (bench.way.start, bench.way.head, bench.way.cost_ms)
    out = tuple(
        np.empty(len(walks.end), kind) for kind in (np.int32, np.uint32, np.int32)
    )
    floor = best(lambda: touch(arcs, ends, walks.end, walks.ms, out), times=9)
    os.environ["GEOPLAN_THREADS"] = "1"
    ours = best(lambda: reach(bench.way, bench.stations), times=9)
    del os.environ["GEOPLAN_THREADS"]
    return at_most(
        f"reach of {STATIONS:,} stations, one thread",
        "a pass that only touches the reached edges",
        ours_s=ours,
        peer_s=floor,
        target=3.5,
    )


def against_min_only(bench: Bench) -> Row:
    """Compare the nearest station of every node with SciPy's."""
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

    from geoplan.walk.search import nearest_labels  # noqa: PLC0415

    arcs, nodes = matrix(bench.way), bench.nodes.astype(int)
    theirs = best(lambda: dijkstra(arcs, indices=nodes, min_only=True), times=5)
    ours = best(lambda: nearest_labels(bench.way, stations=bench.stations), times=9)
    return compared(
        f"nearest of {STATIONS:,} stations for every node",
        "scipy dijkstra(min_only)",
        ours_s=ours,
        peer_s=theirs,
        target=4,
    )


def against_copies(bench: Bench, ours_s: float, *, count: int, target: float) -> Row:
    """Compare the same reach in a country of copies with the one city."""
    way, stations = copies(bench, count)
    took = best(lambda: reach(way, stations), times=5)
    return at_most(
        f"the same reach in {count} copies of the city ({way.nodes:,} nodes)",
        "itself in one copy",
        ours_s=took,
        peer_s=ours_s,
        target=target,
        note=f"peak memory of the run so far {memory_mb():,.0f} MB",
    )


def against_buffers(bench: Bench) -> Row:
    """Compare 200 bare fields with the union of the buffers of the reached edges.

    A field narrows over its last 25 m; 25 m more make it as wide as the buffers.
    """
    import pandas as pd  # noqa: PLC0415

    network, way = bench.network, bench.way
    drawn = canvas(network, way=way, barriers=network.edges.geometry[:0])
    edge = bench.stations.edge[:200]
    steps = pd.DataFrame({"thing": np.arange(200), "x": 0.0, "y": 0.0, "edge": edge})
    legs = Legs(
        candidates=steps.assign(offset_m=0.0, leg_m=0.0),
        things=pd.DataFrame(index=edge),
    )
    list(fields(drawn, way=way, stations=legs, limit=METRES + WIDTH))
    start = time.perf_counter()
    shapes = dict(fields(drawn, way=way, stations=legs, limit=METRES + WIDTH))
    ours = time.perf_counter() - start
    some, overlap = range(0, 200, 20), []
    start = time.perf_counter()
    truths = [buffered(bench, station) for station in some]
    theirs = (time.perf_counter() - start) * 200 / len(truths)
    for station, truth in zip(some, truths, strict=True):
        both = shapely.intersection(shapes[station], truth).area
        overlap.append(both / shapely.union(shapes[station], truth).area)
    return compared(
        "200 bare fields, 1,250 m",
        "union of edge buffers in shapely",
        ours_s=ours,
        peer_s=theirs,
        target=15,
        note=f"overlap (IoU) ≥ {min(overlap):.4f}; peer: {len(truths)}, scaled up",
    )


def buffered(bench: Bench, station: int) -> shapely.Geometry:
    """Return the union of the 25 m buffers of all edges within reach, cut exactly."""
    from geoplan.walk import plain  # noqa: PLC0415

    chosen = at_start(bench.stations.edge[station : station + 1], way=bench.way)
    walks = plain.nodes_within(bench.way, stations=chosen, limit=int(METRES * 1000))
    left = np.full(bench.way.nodes, -1.0)
    left[walks.end] = METRES - walks.ms / 1000.0
    length = bench.network.edges["length_m"].to_numpy()
    lines = bench.network.edges.geometry.to_numpy()
    parts = []
    for end, turn in ((bench.way.u, False), (bench.way.v, True)):
        near = np.flatnonzero(left[end] >= 0)
        share = np.minimum(left[end][near] / np.maximum(length[near], _NEVER_ZERO), 1.0)
        shapes = shapely.reverse(lines[near]) if turn else lines[near]
        stop = shapely.line_interpolate_point(shapes, share, normalized=True)
        begin = shapely.get_point(shapes, 0)
        ends = np.stack([begin, stop], axis=1)
        parts.append(
            shapely.linestrings(shapely.get_coordinates(ends).reshape(-1, 2, 2))
        )
    whole = np.concatenate(parts)
    _, first = np.unique(shapely.to_wkb(whole), return_index=True)
    return shapely.union_all(shapely.buffer(whole[first], 25.0))


def against_osmnx(bench: Bench) -> Row:
    """Compare an extract's way to a graph with OSMnx's."""
    import osmium  # noqa: PLC0415
    import osmnx as ox  # noqa: PLC0415

    crs = bench.network.crs
    ours = best(lambda: net.build(osm.read_ways(bench.extract, crs=crs)), times=3)
    xml = Path(tempfile.mkdtemp()) / "ways.osm"
    writer = osmium.BackReferenceWriter(str(xml), str(bench.extract))
    for thing in osmium.FileProcessor(str(bench.extract)):
        if thing.is_way() and "highway" in thing.tags:
            writer.add(thing)
    writer.close()
    start = time.perf_counter()
    graph = ox.graph_from_xml(xml, simplify=True)
    ox.convert.to_undirected(graph)
    theirs = time.perf_counter() - start
    xml.unlink()
    return compared(
        "ways from .osm.pbf to a graph",
        "OSMnx graph_from_xml + to_undirected",
        ours_s=ours,
        peer_s=theirs,
        target=40,
        note="ours reads walls, water and railways too",
    )


def process(*command: str) -> float:
    """Return how long a Python command takes as a process of its own."""

    def run() -> None:
        subprocess.run([sys.executable, *command], check=True, capture_output=True)  # noqa: S603

    return best(run, times=3)


def against_import() -> Row:
    """Compare the start of geoplan with an import of OSMnx."""
    return compared(
        "geoplan --help",
        'python -c "import osmnx"',
        ours_s=process("-m", "geoplan", "--help"),
        peer_s=process("-c", "import osmnx"),
        target=1,
    )

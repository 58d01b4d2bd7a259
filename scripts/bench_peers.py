"""geoplan against its peers, one function a row."""

import importlib.util
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from bench_course import METRES, PLACE, STATIONS, Bench, at_start, copies, reach
from bench_rows import Heavy, Row, at_most, best, compared, missing, peak_mb
from numpy.typing import NDArray

from geoplan import walk
from geoplan.circles import WIDTH, canvas, fields
from geoplan.model import Legs

Array = NDArray[Any]

RUNS = 25  # of geoplan, the shortest counts
_NEVER_ZERO = 1e-9  # m


def matrix(way: walk.Graph) -> Any:  # noqa: ANN401  SciPy's array
    """Return the arcs for SciPy."""
    from scipy.sparse import csr_array  # noqa: PLC0415

    parts = (way.cost_ms.astype(float), way.head.astype(int), way.start.astype(int))
    return csr_array(parts, shape=(way.nodes, way.nodes))


def against_networkx(bench: Bench) -> Heavy:
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

    def peer() -> float:
        start = time.perf_counter()
        for node in some:
            nx.ego_graph(graph, node, radius=METRES, distance="length")
        return (time.perf_counter() - start) * STATIONS / len(some)

    return against(
        bench,
        peer,
        name="networkx ego_graph",
        target=1500,
        note=f"peer: {len(some)} stations, scaled up",
    )


def against_scipy(bench: Bench) -> Heavy:
    """Compare with SciPy's Dijkstra, cut off, of the first 400 stations."""
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

    arcs, some = matrix(bench.way), bench.nodes[:400].astype(int)

    def search() -> None:
        rows = dijkstra(arcs, indices=some, limit=METRES * 1000)
        np.nonzero(np.isfinite(rows))

    def peer() -> float:
        return best(search, times=3) * STATIONS / len(some)

    return against(
        bench,
        peer,
        name="scipy dijkstra(limit)",
        target=15,
        note=f"peer: {len(some)} stations, scaled up",
    )


def against(
    bench: Bench,
    peer: Callable[[], float],
    *,
    name: str,
    target: float,
    note: str = "",
) -> Heavy:
    """Return the row of a peer that reaches the same; ``peer`` tells its seconds."""

    def run() -> walk.Walks:
        return reach(bench.way, bench.stations)

    peak = peak_mb(run)
    peer_s = peer()
    row = compared(
        told(bench),
        name,
        ours_s=best(run, times=RUNS),
        peer_s=peer_s,
        target=target,
        note=note,
    )
    return Heavy(row=row, peak_mb=peak)


def told(bench: Bench) -> str:
    """Return what the bench's reach is, in words."""
    where = "" if bench.place == PLACE else f", {bench.place}"
    return f"reach of {STATIONS:,} stations within 1,250 m{where}"


def against_pandana(bench: Bench) -> Row | Heavy:
    """Compare with pandana's nodes in range."""
    if importlib.util.find_spec("pandana") is None:
        return missing(
            told(bench), "pandana nodes_in_range", target=70, note="not installed"
        )
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

    def peer() -> float:
        return best(lambda: graph.nodes_in_range(nodes, METRES), times=1)

    return against(bench, peer, name="pandana nodes_in_range", target=70)


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
                out[0][row], out[1][row] = node, times[row]
        return seen

    walks = reach(bench.way, bench.stations)
    arcs = (bench.way.start, bench.way.head, bench.way.cost_ms)
    out = tuple(np.empty(len(walks.end), kind) for kind in (np.uint32, np.int32))
    floor = best(lambda: touch(arcs, walks.start, walks.end, walks.ms, out), times=RUNS)
    os.environ["GEOPLAN_THREADS"] = "1"
    ours = best(lambda: reach(bench.way, bench.stations), times=RUNS)
    del os.environ["GEOPLAN_THREADS"]
    return at_most(
        f"reach of {STATIONS:,} stations, one thread",
        "a pass that only touches the reached edges",
        ours_s=ours,
        peer_s=floor,
        target=3.5,
    )


def against_min_only(bench: Bench) -> Heavy:
    """Compare the nearest station of every node with SciPy's."""
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

    from geoplan.walk.labels import nearest_labels  # noqa: PLC0415

    arcs, nodes = matrix(bench.way), bench.nodes.astype(int)

    def run() -> tuple[Array, Array]:
        return nearest_labels(bench.way, stations=bench.stations)

    peak = peak_mb(run)
    theirs = best(lambda: dijkstra(arcs, indices=nodes, min_only=True), times=5)
    row = compared(
        f"nearest of {STATIONS:,} stations for every node",
        "scipy dijkstra(min_only)",
        ours_s=best(run, times=RUNS),
        peer_s=theirs,
        target=4,
    )
    return Heavy(row=row, peak_mb=peak)


def against_copies(bench: Bench, *, count: int, target: float) -> Heavy:
    """Compare the same reach in a country of copies with the one city."""
    way, stations = copies(bench, count)
    both = (lambda: reach(bench.way, bench.stations)), (lambda: reach(way, stations))
    turns = [[best(run, times=1) for run in both] for _ in range(RUNS)]
    city, country = (min(times) for times in zip(*turns, strict=True))
    row = at_most(
        f"the same reach in {count} copies of the city ({way.nodes:,} nodes)",
        "itself in one copy",
        ours_s=country,
        peer_s=city,
        target=target,
        note="by turns",
    )
    return Heavy(row=row, peak_mb=peak_mb(lambda: reach(way, stations)))


def against_buffers(bench: Bench) -> Heavy:
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

    def run() -> dict[int, shapely.MultiPolygon]:
        return dict(fields(drawn, way=way, stations=legs, limit=METRES + WIDTH))

    peak = peak_mb(run)
    start = time.perf_counter()
    shapes = run()
    ours = time.perf_counter() - start
    some, overlap = range(0, 200, 20), []
    start = time.perf_counter()
    truths = [buffered(bench, station) for station in some]
    theirs = (time.perf_counter() - start) * 200 / len(truths)
    for station, truth in zip(some, truths, strict=True):
        both = shapely.intersection(shapes[station], truth).area
        overlap.append(both / shapely.union(shapes[station], truth).area)
    row = compared(
        "200 bare fields, 1,250 m",
        "union of edge buffers in shapely",
        ours_s=ours,
        peer_s=theirs,
        target=15,
        note=f"overlap (IoU) ≥ {min(overlap):.4f}; peer: {len(truths)}, scaled up",
    )
    return Heavy(row=row, peak_mb=peak)


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

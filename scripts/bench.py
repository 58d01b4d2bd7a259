"""How fast geoplan is, side by side with what a planner could use instead.

Every row runs geoplan and a named peer on the same network and the same
facilities in one process, one after the other, and tells their ratio. A peer
that is not installed gives an empty row: ``pip install .[bench]`` installs them.

    python scripts/bench.py --data DIR [--only NAME] [--json PATH] [--markdown PATH]

DIR holds ``porto_alegre/poa.osm.pbf`` (Porto Alegre, the test extract of r5r;
© OpenStreetMap contributors, ODbL) or any other extract named with --extract.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan import network as net
from geoplan import osm, walk
from geoplan.circles import canvas, fields
from geoplan.model import Legs, Network, Walker

Array = NDArray[Any]

STATIONS = 2000
METRES = 1250.0
WALKER = Walker(preset="custom", speed=1.0)  # so that a second is a metre
PEERS = ("networkx", "scipy", "pandana", "osmnx", "shapely", "numba", "geopandas")
FLOOR = 1e-9


@dataclass(frozen=True, kw_only=True)
class Row:
    """One comparison, as the JSON file has it."""

    what: str
    peer: str
    ours_s: float | None
    peer_s: float | None
    ratio: float | None
    target: float | None
    better: str  #: "higher" or "lower": which ratio is better
    met: bool | None
    note: str = ""


def compared(
    what: str,
    peer: str,
    *,
    ours_s: float,
    peer_s: float,
    target: float,
    note: str = "",
) -> Row:
    """Return a row whose ratio says how many times faster geoplan is."""
    ratio = peer_s / max(ours_s, FLOOR)
    return Row(
        what=what,
        peer=peer,
        ours_s=round(ours_s, 6),
        peer_s=round(peer_s, 6),
        ratio=round(ratio, 3),
        target=target,
        better="higher",
        met=ratio >= target,
        note=note,
    )


def at_most(
    what: str, peer: str, *, ours_s: float, peer_s: float, target: float, note: str = ""
) -> Row:
    """Return a row whose ratio says how many times slower geoplan is."""
    ratio = ours_s / max(peer_s, FLOOR)
    row = compared(what, peer, ours_s=ours_s, peer_s=peer_s, target=target, note=note)
    fields_ = asdict(row) | {"ratio": round(ratio, 3), "better": "lower"}
    return Row(**fields_ | {"met": ratio <= target})


def missing(what: str, peer: str, *, target: float | None, note: str) -> Row:
    """Return the row of a comparison that was not made."""
    return Row(
        what=what,
        peer=peer,
        ours_s=None,
        peer_s=None,
        ratio=None,
        target=target,
        better="higher",
        met=None,
        note=note,
    )


def best(action: Callable[[], object], *, times: int) -> float:
    """Return the shortest of several runs, seconds, after one that warms up."""
    action()
    took = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        took.append(time.perf_counter() - start)
    return min(took)


@dataclass(frozen=True, kw_only=True, eq=False)
class Bench:
    """The network in every form that a row needs."""

    extract: Path
    network: Network
    way: walk.Graph
    stations: walk.Spots
    nodes: Array  #: the stations' nodes, in the graph's numbering
    lengths: Array  #: mm of each edge

    @classmethod
    def of(cls, extract: Path, *, crs: str) -> "Bench":
        """Return the bench of an extract, every vertex of a way a node."""
        ways = osm.read_ways(extract, crs=CRS(crs))
        network = largest(vertices(net.build(ways)))
        way = walk.graph(network, walker=WALKER)
        rng = np.random.default_rng(20260630)
        edge = rng.integers(0, len(network.edges), STATIONS)
        return cls(
            extract=extract,
            network=network,
            way=way,
            stations=at_start(edge, way=way),
            nodes=way.u[edge],
            lengths=way.forward_ms,
        )


def vertices(network: Network) -> Network:
    """Return a network whose every vertex is a junction."""
    from geopandas import GeoDataFrame  # noqa: PLC0415

    lines = network.edges.geometry.to_numpy()
    xy, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[1:] == line[:-1]
    ends = np.stack([xy[:-1][joined], xy[1:][joined]], axis=1)
    places, number = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    u, v = number.reshape(-1, 2).T
    pieces = shapely.linestrings(ends)
    source = network.edges.iloc[line[:-1][joined]].reset_index(drop=True)
    edges = GeoDataFrame(
        source.assign(u=u, v=v, length_m=shapely.length(pieces)),
        geometry=pieces,
        crs=network.crs,
    )
    return Network(
        edges=edges,
        junctions=places,
        components=network.components,
        crs=network.crs,
    )


def largest(network: Network) -> Network:
    """Return the largest component alone."""
    edges = network.edges[network.edges["component"] == 0].reset_index(drop=True)
    used, number = np.unique(edges[["u", "v"]].to_numpy(), return_inverse=True)
    u, v = number.reshape(-1, 2).T
    return Network(
        edges=edges.assign(u=u, v=v),
        junctions=network.junctions[used],
        components=network.components.iloc[:1],
        crs=network.crs,
    )


def at_start(edge: Array, *, way: walk.Graph) -> walk.Spots:
    """Return stations that stand where some edges begin."""
    nothing = np.zeros(len(edge))
    return walk.spots_on(
        edge, nothing, way=way, thing=np.arange(len(edge)), things=len(edge), leg_m=nothing
    )


def copies(bench: Bench, count: int) -> tuple[walk.Graph, walk.Spots]:
    """Return the graph beside itself, neighbours joined, with the same stations."""
    network = bench.network
    size, gap = len(network.junctions), np.ptp(network.junctions, axis=0)[0] + 1000.0
    shift = np.arange(count)
    u, v = (
        (network.edges[end].to_numpy()[None] + shift[:, None] * size).reshape(-1)
        for end in ("u", "v")
    )
    length = np.tile(network.edges["length_m"].to_numpy(), count)
    bridge = shift[:-1] * size
    u, v = np.concatenate([u, bridge]), np.concatenate([v, bridge + size])
    length = np.concatenate([length, np.full(count - 1, 100.0)])
    xy = network.junctions[None] + np.stack([shift * gap, 0 * shift], axis=1)[:, None]
    times = np.rint(length * 1000).astype(np.int32)
    way = walk.Graph.of(
        (u, v), xy=xy.reshape(-1, 2), length_m=length, times=(times, times), speed=1.0
    )
    rng = np.random.default_rng(1)
    copy = rng.integers(0, count, STATIONS) * len(network.edges)
    return way, at_start(bench.stations.edge + copy, way=way)


def reach(way: walk.Graph, stations: walk.Spots) -> walk.Walks:
    """Return the nodes within the bench's metres of every station."""
    return walk.nodes_within(way, stations=stations, limit=int(METRES * 1000))


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
    rows = zip(bench.way.u.tolist(), bench.way.v.tolist(), edges["length_m"], strict=True)
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
    return compared(what, "pandana nodes_in_range", ours_s=ours_s, peer_s=took, target=70)


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
    out = tuple(np.empty(len(walks.end), kind) for kind in (np.int32, np.uint32, np.int32))
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
    """Compare 200 bare fields with the union of the buffers of the reached edges."""
    import pandas as pd  # noqa: PLC0415

    network, way = bench.network, bench.way
    no_walls = shapely.from_wkt(np.array([], dtype=object))
    drawn = canvas(network, way=way, barriers=network.edges.geometry[:0])
    edge = bench.stations.edge[:200]
    steps = pd.DataFrame({"thing": np.arange(200), "x": 0.0, "y": 0.0, "edge": edge})
    legs = Legs(
        candidates=steps.assign(offset_m=0.0, leg_m=0.0), things=pd.DataFrame(index=edge)
    )
    shapes = dict(fields(drawn, way=way, stations=legs, limit=METRES))
    start = time.perf_counter()
    shapes = dict(fields(drawn, way=way, stations=legs, limit=METRES))
    ours = time.perf_counter() - start
    some, overlap = range(0, 200, 20), []
    start = time.perf_counter()
    truths = [buffered(bench, station) for station in some]
    theirs = (time.perf_counter() - start) * 200 / len(truths)
    for station, truth in zip(some, truths, strict=True):
        both = shapely.intersection(shapes[station], truth).area
        overlap.append(both / shapely.union(shapes[station], truth).area)
    del no_walls
    return compared(
        "200 bare fields, 1,250 m",
        "union of edge buffers in shapely",
        ours_s=ours,
        peer_s=theirs,
        target=15,
        note=f"overlap (IoU) at least {min(overlap):.4f}; peer: {len(truths)}, scaled up",
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
        share = np.minimum(left[end][near] / np.maximum(length[near], FLOOR), 1.0)
        shapes = shapely.reverse(lines[near]) if turn else lines[near]
        stop = shapely.line_interpolate_point(shapes, share, normalized=True)
        begin = shapely.get_point(shapes, 0)
        ends = np.stack([begin, stop], axis=1)
        parts.append(shapely.linestrings(shapely.get_coordinates(ends).reshape(-1, 2, 2)))
    return shapely.union_all(shapely.buffer(np.unique(np.concatenate(parts)), 25.0))


def against_osmnx(bench: Bench) -> Row:
    """Compare an extract's way to a graph with OSMnx's."""
    import osmium  # noqa: PLC0415
    import osmnx as ox  # noqa: PLC0415

    crs = bench.network.crs
    ours = best(lambda: net.build(osm.read_ways(bench.extract, crs=crs)), times=3)
    xml = Path(os.environ.get("TMPDIR", "/tmp")) / "geoplan-bench.osm"  # noqa: S108
    xml.unlink(missing_ok=True)
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


LATER = (
    ("maximal coverage, 20,000 demand points", "HiGHS"),
    ("p-median, OR-Library 1–20", "published optima"),
    ("division of 20,000 blocks into 100", "gerrychain recursive_tree_part"),
    ("division of 20,000 blocks into 100", "pymetis with repair"),
)


def rows(bench: Bench, only: str) -> list[Row]:
    """Return all rows whose name holds a text."""
    reach_s = best(lambda: reach(bench.way, bench.stations), times=9)
    actions: dict[str, Callable[[], Row]] = {
        "reach-networkx": lambda: against_networkx(bench, reach_s),
        "reach-scipy": lambda: against_scipy(bench, reach_s),
        "reach-pandana": lambda: against_pandana(bench, reach_s),
        "reach-floor": lambda: against_floor(bench),
        "nearest-scipy": lambda: against_min_only(bench),
        "copies-24": lambda: against_copies(bench, reach_s, count=24, target=1.3),
        "copies-134": lambda: against_copies(bench, reach_s, count=134, target=1.8),
        "fields-shapely": lambda: against_buffers(bench),
        "loading-osmnx": lambda: against_osmnx(bench),
        "start-osmnx": against_import,
    }
    done = []
    for name, action in actions.items():
        if only in name:
            done.append(action())
            told = done[-1]
            print(f"{name}: {told.ratio} (target {told.target}, {told.better})")
    later = [missing(what, peer, target=None, note="comes later") for what, peer in LATER]
    return done if only else [*done, *later]


def memory_mb() -> float:
    """Return the most memory that this process has held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine() -> dict[str, Any]:
    """Return what the numbers were measured with."""
    versions = {}
    for name in ("geoplan", *PEERS):
        if importlib.util.find_spec(name):
            versions[name] = importlib.metadata.version(name)
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "versions": versions,
    }


def markdown(told: list[Row]) -> str:
    """Return the rows as a table."""
    head = "| what | against | ours, s | peer, s | ratio | target | met |\n"
    lines = [head, "|---|---|---|---|---|---|---|\n"]
    for row in told:
        sign = "≥" if row.better == "higher" else "≤"
        target = "" if row.target is None else f"{sign} {row.target:g}"
        met = {True: "yes", False: "no", None: "–"}[row.met]
        figures = ("" if v is None else f"{v:,.4g}" for v in (row.ours_s, row.peer_s, row.ratio))
        note = f" ({row.note})" if row.note else ""
        lines.append(f"| {row.what}{note} | {row.peer} | {' | '.join(figures)} | {target} | {met} |\n")
    return "".join(lines)


def main() -> None:
    """Run the rows and write them down."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--extract", default="porto_alegre/poa.osm.pbf")
    options.add_argument("--crs", default="EPSG:32722")
    options.add_argument("--only", default="")
    options.add_argument("--json", type=Path)
    options.add_argument("--markdown", type=Path)
    asked = options.parse_args()
    told = rows(Bench.of(asked.data / asked.extract, crs=asked.crs), asked.only)
    if asked.json:
        record = {"machine": machine(), "rows": [asdict(row) for row in told]}
        asked.json.write_text(json.dumps(record, indent=2, ensure_ascii=False), "utf-8")
    if asked.markdown:
        asked.markdown.write_text(markdown(told), "utf-8")
    print(markdown(told))


if __name__ == "__main__":
    main()

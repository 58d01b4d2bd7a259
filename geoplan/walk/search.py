"""Who is within reach: all pairs within a limit, and the nearest station.

Chunks of stations are searched side by side by threads; the answer is put
together in the order of the stations, so that it is the same for any number of
threads.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.walk import compiled
from geoplan.walk.graph import FAR, Graph
from geoplan.walk.spots import Spots, Walks, rows_by, seeds_of

Array = NDArray[Any]
Span = tuple[int, int]

_CHUNKS = 8  # a thread: enough to even out, few enough to keep the scratch warm
_ROWS = 1 << 16  # of an answer's first buffer


def threads() -> int:
    """Return how many threads search; the environment may say GEOPLAN_THREADS."""
    return int(os.environ.get("GEOPLAN_THREADS") or os.cpu_count() or 1)


def nodes_within(way: Graph, *, stations: Spots, limit: int) -> Walks:
    """Return the nodes from which a station can be walked to within a limit (ms)."""
    seeds = seeds_of(way, stations)
    arcs = (way.start, way.head, way.cost_ms)

    def search(span: Span, scratch: tuple[Array, ...], out: list[Array]) -> Span:
        found = compiled.reach_nodes(arcs, seeds, span, limit, scratch, tuple(out))
        return int(found[0]), int(found[1])

    kinds = (np.int32, np.uint32, np.int32)
    station, node, ms = _searched(
        search, way, stations=stations.things, things=0, limit=limit, kinds=kinds
    )
    return Walks(station=station, end=node, ms=ms, spot=np.empty(0, np.uint32))


def things_within(way: Graph, *, stations: Spots, targets: Spots, limit: int) -> Walks:
    """Return the things from which a station can be walked to within a limit (ms).

    Things are in no order within a station. Of equally fast spots of a thing the
    first is told.
    """
    seeds = seeds_of(way, stations)
    arcs = (way.start, way.head, way.cost_ms)
    rates = (way.forward_ms, way.backward_ms)
    on_edges = _on_edges(stations)
    index = _index(way, targets)

    def search(span: Span, scratch: tuple[Array, ...], out: list[Array]) -> Span:
        found = compiled.reach_things(
            arcs, rates, seeds, on_edges, index, span, limit, scratch, tuple(out)
        )
        return int(found[0]), int(found[1])

    kinds = (np.int32, np.uint32, np.int32, np.uint32)
    station, thing, ms, spot = _searched(
        search,
        way,
        stations=stations.things,
        things=targets.things,
        limit=limit,
        kinds=kinds,
    )
    return Walks(station=station, end=thing, ms=ms, spot=spot)


def nearest_labels(way: Graph, *, stations: Spots) -> tuple[Array, Array]:
    """Return each node's time to its nearest station, FAR without, and which, -1."""
    seeds = seeds_of(way, stations)
    dist = np.full(way.nodes, FAR, np.int32)
    who = np.full(way.nodes, -1, np.int32)
    known = seeds[2][seeds[2] != FAR]
    longest = max(way.cost_ms.max(initial=0), known.max(initial=0))
    ring = (int(longest) >> compiled.BUCKET) + 2
    arcs = (way.start, way.head, way.cost_ms)
    compiled.nearest_nodes(
        arcs, seeds, ring, dist, who, *compiled.rings(way.nodes, ring)
    )
    return dist, who


def _searched(
    search: Callable[[Span, tuple[Array, ...], list[Array]], Span],
    way: Graph,
    *,
    stations: int,
    things: int,
    limit: int,
    kinds: tuple[type, ...],
) -> list[Array]:
    """Return the rows of all stations, found by threads, put together in order."""
    workers = max(1, min(threads(), stations))
    size = max(1, -(-stations // (workers * _CHUNKS)))
    spans = [(i, min(i + size, stations)) for i in range(0, stations, size)]

    def worker(share: list[Span]) -> list[list[Array]]:
        scratch = compiled.scratch(way.nodes, things, limit=limit)
        return [_span_rows(search, span, scratch, kinds) for span in share]

    if workers == 1:
        parts = worker(spans)
    else:
        with ThreadPoolExecutor(workers) as pool:
            done = list(pool.map(worker, [spans[i::workers] for i in range(workers)]))
        parts = [done[i % workers][i // workers] for i in range(len(spans))]
    empty: list[list[Array]] = [[np.empty(0, kind) for kind in kinds]]
    return [np.concatenate(column) for column in zip(*(parts or empty), strict=True)]


def _span_rows(
    search: Callable[[Span, tuple[Array, ...], list[Array]], Span],
    span: Span,
    scratch: tuple[Array, ...],
    kinds: tuple[type, ...],
) -> list[Array]:
    """Return the rows of some stations, in as many buffers as they need."""
    first, end = span
    rows, parts = _ROWS, []
    while first < end:
        out: list[Array] = [np.empty(rows, kind) for kind in kinds]
        first, count = search((first, end), scratch, out)
        parts.append([column[:count] for column in out])
        rows *= 2
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _on_edges(stations: Spots) -> tuple[Array, ...]:
    """Return the stations' spots by station: edge, share, leg."""
    start, row = rows_by(stations.thing, size=stations.things)
    edge = stations.edge[row].astype(np.uint32)
    return start, edge, stations.share[row], stations.leg_ms[row]


def _index(way: Graph, targets: Spots) -> tuple[Array, ...]:
    """Return the targets' spots by the nodes they walk to, and by edge."""
    node = np.concatenate([way.u[targets.edge], way.v[targets.edge]])
    ms = np.concatenate([targets.to_u_ms, targets.to_v_ms])
    node_start, row = rows_by(node, size=way.nodes)
    edge_start, edge_row = rows_by(targets.edge, size=len(way.u))
    count = np.uint32(max(len(targets.edge), 1))
    return (
        node_start,
        row % count,
        ms[row],
        edge_start,
        edge_row,
        targets.thing.astype(np.uint32),
        targets.share,
        targets.leg_ms,
    )

"""Who is within reach: all pairs within a limit, and the nearest station.

Chunks of stations are searched side by side by threads; the answer is put
together in the order of the stations, so that it is the same for any number of
threads.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.walk import compiled
from geoplan.walk.graph import FAR, Graph, threads
from geoplan.walk.spots import Spots, Walks, rows_by, seeds_of

Array = NDArray[Any]
Arrays = tuple[Array, ...]
Span = tuple[int, int]
Ended = tuple[int, int, int]  #: station, row and how it ended

_CHUNKS = 8  # a thread: enough to even out, few enough to keep the scratch warm
_ROWS = 1 << 16  # of an answer's first buffer
_ENTRIES = 1024  # of the queue, beyond one an arc
_NODE_ROW = (np.int32, np.uint32, np.int32)
_THING_ROW = (np.int32, np.uint32, np.int32, np.uint32)


def nodes_within(way: Graph, *, stations: Spots, limit: int) -> Walks:
    """Return the nodes from which a station can be walked to within a limit (ms)."""
    seeds = seeds_of(way, stations)
    arcs = (way.start, way.head, way.cost_ms)

    def search(span: Span, scratch: Arrays, out: Arrays, at: int) -> Ended:
        ended: Ended = compiled.reach_nodes(arcs, seeds, span, limit, scratch, out, at)
        return ended

    task = Task(search=search, things=0, limit=limit, kinds=_NODE_ROW)
    station, node, ms = _searched(task, way, stations=stations.things)
    return Walks(station=station, end=node, ms=ms, spot=np.empty(0, np.uint32))


def things_within(way: Graph, *, stations: Spots, targets: Spots, limit: int) -> Walks:
    """Return the things from which a station can be walked to within a limit (ms).

    Things are in no order within a station. Of equally fast spots of a thing the
    first is told.
    """
    seeds, on_edges = seeds_of(way, stations), _on_edges(stations)
    arcs = (way.start, way.head, way.cost_ms)
    rates = (way.forward_ms, way.backward_ms)
    index = _index(way, targets)

    def search(span: Span, scratch: Arrays, out: Arrays, at: int) -> Ended:
        ended: Ended = compiled.reach_things(
            arcs, rates, seeds, on_edges, index, span, limit, scratch, out, at
        )
        return ended

    task = Task(search=search, things=targets.things, limit=limit, kinds=_THING_ROW)
    station, thing, ms, spot = _searched(task, way, stations=stations.things)
    return Walks(station=station, end=thing, ms=ms, spot=spot)


def nearest_labels(way: Graph, *, stations: Spots) -> tuple[Array, Array]:
    """Return each node's time to its nearest station, FAR without, and which, -1."""
    seeds = seeds_of(way, stations)
    known = seeds[2][seeds[2] != FAR]
    longest = int(max(way.cost_ms.max(initial=0), known.max(initial=0)))
    arcs = (way.start, way.head, way.cost_ms)
    entries = len(known) + len(way.head) + 1
    while True:
        dist = np.full(way.nodes, FAR, np.int32)
        who = np.full(way.nodes, -1, np.int32)
        buckets, listed = compiled.ring(longest, entries)
        if compiled.nearest_nodes(arcs, seeds, dist, who, buckets, listed):
            return dist, who
        entries *= 2


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """A compiled search, and the room it needs."""

    search: Callable[[Span, Arrays, Arrays, int], Ended]
    things: int
    limit: int
    kinds: tuple[type, ...]  #: of the columns of a row

    def scratch(self, way: Graph, *, entries: int) -> Arrays:
        """Return a thread's scratch for this task."""
        return compiled.scratch(
            way.nodes, self.things, limit=self.limit, entries=entries
        )

    def buffer(self, rows: int) -> Arrays:
        """Return room for so many rows."""
        return tuple(np.empty(rows, kind) for kind in self.kinds)


def _searched(task: Task, way: Graph, *, stations: int) -> list[Array]:
    """Return the rows of all stations, found by threads, put together in order."""
    workers = max(1, min(threads(), stations))
    chunks = workers * _CHUNKS if workers > 1 else 1
    size = max(1, -(-stations // chunks))
    spans = [(i, min(i + size, stations)) for i in range(0, stations, size)]
    shares = [spans[i::workers] for i in range(workers)]
    if workers == 1:
        done = [_rows(task, way, share) for share in shares]
    else:
        with ThreadPoolExecutor(workers) as pool:
            done = list(pool.map(lambda share: _rows(task, way, share), shares))
    parts = sorted((part for rows in done for part in rows), key=lambda part: part[0])
    columns = zip(*(part for _, part in parts), strict=True)
    return [np.concatenate(column) for column in columns] or list(task.buffer(0))


def _rows(task: Task, way: Graph, spans: list[Span]) -> list[tuple[int, Arrays]]:
    """Return the rows of some spans, with the station that each part begins at."""
    entries = len(way.head) + _ENTRIES
    scratch, out, at = task.scratch(way, entries=entries), task.buffer(_ROWS), 0
    parts: list[tuple[int, Arrays]] = []
    met, left = 0, sum(end - first for first, end in spans)
    for first, end in spans:
        station = first
        while station < end:
            begin, row = station, at
            station, at, ended = task.search((station, end), scratch, out, at)
            parts.append((begin, tuple(column[row:at] for column in out)))
            met, left = met + at - row, left - (station - begin)
            if ended == compiled.NO_ROWS:
                searched = sum(stop - start for start, stop in spans) - left
                likely = met * left // max(searched, 1)
                out, at = task.buffer(max(2 * len(out[0]), likely + likely // 4)), 0
            elif ended == compiled.NO_ENTRIES:
                entries *= 2
                scratch = task.scratch(way, entries=entries)
    return parts


def _on_edges(stations: Spots) -> Arrays:
    """Return the stations' spots by station: edge, share, leg."""
    start, row = rows_by(stations.thing, size=stations.things)
    edge = stations.edge[row].astype(np.uint32)
    return start, edge, stations.share[row], stations.leg_ms[row]


def _index(way: Graph, targets: Spots) -> Arrays:
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

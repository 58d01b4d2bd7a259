"""Who is within reach: all pairs of a station and a node, or a thing, within a limit.

Chunks of stations are searched side by side by threads, neighbours one after
another, so that a tree finds in the cache what the one before has left there. The
answer is put together in the order of the stations, so that it is the same for
any number of threads.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.walk import compiled
from geoplan.walk.graph import Graph, threads
from geoplan.walk.readied import readied
from geoplan.walk.spots import Spots, Walks, rows_by, seeds_of
from geoplan.walk.stretches import Stretches, asked

Array = NDArray[Any]
Arrays = tuple[Array, ...]
Span = tuple[int, int]  #: some of the stations' turns
Ended = tuple[int, int, int]  #: turn, row and how it ended
Part = tuple[Span, Arrays]  #: of an answer: whose turns, their rows

_CHUNKS = 16  # a thread: enough to even out
_ROWS = 1 << 22  # of a buffer; memory that is not written to is not taken
_ENTRIES = 1 << 16  # of the queue
_NODE_ROW = (np.uint32, np.int32)
_THING_ROW = (np.uint32, np.int32, np.uint32)


def nodes_within(way: Graph, *, stations: Spots, limit: int) -> Walks:
    """Return the nodes from which a station can be walked to within a limit (ms).

    Nodes are in no order within a station.
    """
    ready, seeds = readied(way), seeds_of(way, stations)
    net = ready.net
    order = _neighbours(seeds)

    def search(
        span: Span, room: compiled.Scratch, rows: Array, out: Arrays, at: int
    ) -> Ended:
        ended: Ended = compiled.reach_nodes(
            net, seeds, (order, *span), limit, room, rows, out, at
        )
        return ended

    task = Task(search=search, net=net, rooms=ready.rooms, limit=limit, kinds=_NODE_ROW)
    start, (node, ms) = _searched(task, order=order)
    return Walks(start=start, end=node, ms=ms, spot=np.empty(0, np.uint32))


def things_within(way: Graph, *, stations: Spots, targets: Spots, limit: int) -> Walks:
    """Return the things from which a station can be walked to within a limit (ms).

    Things are in no order within a station. Of equally fast spots of a thing the
    first is told.
    """
    ready, seeds = readied(way), seeds_of(way, stations)
    order = _neighbours(seeds)
    on_nodes, beside = _on_nodes(way, targets), _on_edges(way, targets)
    nearby = (_seeds_on_edges(stations), beside, (way.forward_ms, way.backward_ms))
    net = asked(ready.net, wanted=np.diff(on_nodes[0]) > 0)

    def search(
        span: Span, room: compiled.Scratch, rows: Array, out: Arrays, at: int
    ) -> Ended:
        ended: Ended = compiled.reach_things(
            net, seeds, on_nodes, nearby, (order, *span), limit, room, rows, out, at
        )
        return ended

    task = Task(
        search=search,
        net=net,
        rooms=ready.rooms,
        limit=limit,
        kinds=_THING_ROW,
        things=targets.things,
    )
    start, (thing, ms, spot) = _searched(task, order=order)
    return Walks(start=start, end=thing, ms=ms, spot=spot)


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """A compiled search, and the room it needs."""

    search: Callable[[Span, compiled.Scratch, Array, Arrays, int], Ended]
    net: Stretches
    rooms: deque[compiled.Scratch]  #: what earlier searches have left
    limit: int
    kinds: tuple[type, ...]  #: of the columns of a row
    things: int = 0

    def scratch(self) -> compiled.Scratch:
        """Return a thread's scratch for this task, an earlier one's if there is."""
        try:
            room = self.rooms.pop()
        except IndexError:
            room = compiled.scratch(self.net, entries=_ENTRIES)
        return compiled.fitted(room, things=self.things, limit=self.limit)

    def buffer(self) -> Arrays:
        """Return room for the rows of some stations, of one at the least."""
        most = self.things or len(self.net.fork)
        return tuple(np.empty(max(_ROWS, 2 * most), kind) for kind in self.kinds)


def _neighbours(seeds: Arrays) -> Array:
    """Return the stations along the curve that nodes are numbered by."""
    start, node, _ = seeds
    first = np.append(node, 0)[np.minimum(start[:-1], len(node))]
    return np.argsort(first, kind="stable").astype(np.uint32)


def _searched(task: Task, *, order: Array) -> tuple[Array, Arrays]:
    """Return where the rows of each station start, and the rows of all, in order."""
    stations = len(order)
    workers = max(1, min(threads(), stations))
    size = max(1, -(-stations // (workers * _CHUNKS))) if workers > 1 else stations
    todo = deque((i, min(i + size, stations)) for i in range(0, stations, size or 1))
    rows = np.zeros(stations, np.int64)
    with ThreadPoolExecutor(workers) as pool:
        done = list(pool.map(lambda _: _rows(task, todo, rows), range(workers)))
        start = np.zeros(stations + 1, np.int64)
        start[1:] = np.cumsum(rows)
        if stations == 1 and len(done[0]) == 1:
            return start, done[0][0][1]
        whole = tuple(np.empty(start[-1], kind) for kind in task.kinds)
        list(pool.map(lambda parts: _copy(parts, order, start, whole), done))
    return start, whole


def _copy(parts: list[Part], order: Array, start: Array, whole: Arrays) -> None:
    """Copy parts of an answer to their places in the whole."""
    for span, columns in parts:
        for column, all_rows in zip(columns, whole, strict=True):
            compiled.put(
                order, span, start, column.view(np.uint32), all_rows.view(np.uint32)
            )


def _rows(task: Task, todo: deque[Span], rows: Array) -> list[Part]:
    """Return the rows of the spans that are still to do when this thread asks."""
    room, out, at = task.scratch(), task.buffer(), 0
    parts: list[Part] = []
    while todo:
        try:
            turn, end = todo.popleft()
        except IndexError:  # another thread was faster
            break
        while turn < end:
            begin, row = turn, at
            turn, at, ended = task.search((turn, end), room, rows, out, at)
            parts.append(((begin, turn), tuple(column[row:at] for column in out)))
            if ended == compiled.NO_ROWS:
                out, at = task.buffer(), 0
            elif ended == compiled.NO_ENTRIES:
                more = np.empty((2 * len(room.entry), 4), np.uint32)
                room = room._replace(entry=more)
    task.rooms.append(room)
    return parts


def _seeds_on_edges(stations: Spots) -> Arrays:
    """Return the stations' spots by station: edge, share, leg."""
    start, row = rows_by(stations.thing, size=stations.things)
    edge = stations.edge[row].astype(np.uint32)
    return start, edge, stations.share[row], stations.leg_ms[row]


def _on_nodes(way: Graph, targets: Spots) -> Arrays:
    """Return the targets' spots by the nodes they walk to: spot, time; and things."""
    node = np.concatenate([way.u[targets.edge], way.v[targets.edge]])
    ms = np.concatenate([targets.to_u_ms, targets.to_v_ms])
    start, row = rows_by(node, size=way.nodes)
    count = np.uint32(max(len(targets.edge), 1))
    return start, row % count, ms[row], targets.thing.astype(np.uint32)


def _on_edges(way: Graph, targets: Spots) -> Arrays:
    """Return the targets' spots by edge: spot; and thing, share and leg of each."""
    start, row = rows_by(targets.edge, size=len(way.u))
    thing = targets.thing.astype(np.uint32)
    return start, row, thing, targets.share, targets.leg_ms

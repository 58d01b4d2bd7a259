"""The network by its forks, and the stretches between them.

A *fork* is a node where at least three ways meet that are no dead ends. All else
lies on *stretches*: a chain of nodes from fork to fork with the dead ends that
part from it, or the dead ends that part from a fork. Trees grow from fork to
fork; a node of a stretch is as far as the nearer way round, by one end or the
other. These are the same whole milliseconds as those of a walk from node to
node. Of a part of the network without a fork, one node is taken for one.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoplan.walk.graph import FAR, Graph
from geoplan.walk.stretches import compiled

Array = NDArray[Any]


class Stretches(NamedTuple):
    """A graph by its forks, as the compiled search wants it; numbers are uint32."""

    start: Array  #: the graph's own arcs, for the way to the first forks
    head: Array
    cost: Array
    fork: Array  #: number of each node among the forks, NONE on a stretch
    stretch: Array  #: stretch of each node, NONE of a fork
    ends: Array  #: forks at the ends of each stretch, shape (n, 2)
    #: shape (n_forks + 1, 4), side by side in memory: the fork's node, where its arcs
    #: start, where the members of stretches that begin at it start, and how far the
    #: farthest fork is that a stretch comes from which ends at it, ms
    at: Array
    arc: Array  #: arcs between forks, shape (n, 2): fork, ms
    last_start: Array  #: where the stretches that end at a fork, from another, start
    last: Array
    member_start: Array  #: where the nodes of each stretch start
    #: shape (n, 4): node, ms from the first end; fork at the last end, ms from there
    member: Array


def stretches_of(way: Graph) -> Stretches:
    """Return a graph by its forks."""
    start, arcs = compiled.both_ways(way.start, way.head, way.cost_ms)
    order, peeled, ways = compiled.peel(start, arcs)
    fork = np.flatnonzero(compiled.forks(start, arcs, peeled, ways)).astype(np.uint32)
    number, stretch, place, ends, back, between = compiled.stretches(
        start, arcs, peeled, fork
    )
    compiled.hang(start, arcs, order, stretch, place)
    stretch[fork] = compiled.NONE
    arc_start, arc = _least(between, size=len(fork))
    on = np.flatnonzero(stretch != compiled.NONE)
    on = on[np.argsort(stretch[on], kind="stable")]
    last = np.flatnonzero(ends[:, 0] != ends[:, 1])
    last = last[np.argsort(ends[last, 1], kind="stable")]
    at = np.zeros((len(fork) + 1, 4), np.uint32)
    np.maximum.at(at[:, 3], ends[last, 1], back[last])
    member_start = starts(stretch[on], size=len(ends))
    at[:-1, 0], at[:, 1] = fork, arc_start
    at[:, 2] = member_start[starts(ends[:, 0], size=len(fork))]
    columns = (on, place[on, 0], ends[stretch[on], 1], place[on, 1])
    return Stretches(
        start=way.start,
        head=way.head,
        cost=way.cost_ms,
        fork=number,
        stretch=stretch,
        ends=ends,
        at=at,
        arc=arc,
        last_start=starts(ends[last, 1], size=len(fork)),
        last=last.astype(np.uint32),
        member_start=member_start,
        member=np.column_stack([column.astype(np.int32) for column in columns]),
    )


def starts(key: Array, *, size: int) -> Array:
    """Return where the rows of each key start, of rows sorted by it."""
    start = np.zeros(size + 1, np.uint32)
    start[1:] = np.cumsum(np.bincount(key, minlength=size))
    return start


def asked(net: Stretches, *, wanted: NDArray[np.bool_]) -> Stretches:
    """Return the same with some nodes alone on its stretches.

    Parameters
    ----------
    wanted : bool array, shape (n_nodes,)
    """
    kept = wanted[net.member[:, 0]]
    before = np.zeros(len(kept) + 1, np.uint32)
    before[1:] = np.cumsum(kept)
    at = net.at.copy()
    at[:, 2] = before[at[:, 2]]
    return net._replace(
        at=at,
        member_start=before[net.member_start],
        member=net.member[kept],
    )


def _least(between: Array, *, size: int) -> tuple[Array, Array]:
    """Return the arcs between forks by where they start, the least of parallel ones."""
    between = between[between[:, 2] < FAR]
    key = between[:, 0].astype(np.uint64) << np.uint64(32) | between[:, 1]
    order = np.argsort(key)
    key = key[order]
    first = np.flatnonzero(np.diff(key, prepend=~key[:1]))
    arc = between[order[first], 1:]
    if len(first):
        arc[:, 1] = np.minimum.reduceat(between[order, 2], first)
    return starts(between[order[first], 0], size=size), arc

"""The network in a walker's milliseconds, laid out for walking.

Junctions become nodes, numbered along a Hilbert curve so that neighbours on the
ground are neighbours in memory. Times are whole milliseconds: the same numbers
on every machine, in whatever order they are added up.
"""

import os
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geoplan.model import Network, Walker
from geoplan.walk.pace import seconds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Times = NDArray[np.int32]
Numbers = NDArray[np.uint32]

FAR = 2**31 - 1  #: ms: no way to walk; later than any limit
LONGEST = 2**30  #: ms, some twelve days: no limit is longer


@dataclass(frozen=True, kw_only=True, eq=False)
class Graph:
    """The network as a walker walks it, reversed: trees grow from the stations."""

    u: Numbers  #: node where each edge begins, shape (n_edges,)
    v: Numbers  #: node where it ends
    length_m: Floats
    forward_ms: Times  #: from u to v, FAR where that is not allowed
    backward_ms: Times  #: from v to u
    start: Numbers  #: where each node's arcs start, shape (n_nodes + 1,)
    head: Numbers  #: node that each arc comes from, shape (n_arcs,)
    cost_ms: Times  #: of each arc
    speed: float  #: m/s, for legs

    @classmethod
    def of(
        cls,
        ends: tuple[Ints, Ints],
        *,
        xy: Floats,
        length_m: Floats,
        times: tuple[Times, Times],
        speed: float,
    ) -> Self:
        """Return the graph of some edges.

        Parameters
        ----------
        ends : pair of int arrays, shape (n_edges,)
            Junctions where the edges begin and end, rows of ``xy``.
        times : pair of int32 arrays, shape (n_edges,)
            Milliseconds forward and backward, FAR where that is not allowed.
        """
        node = _along_hilbert(xy)
        u, v = node[ends[0]], node[ends[1]]
        start, head, cost_ms = _arcs(
            np.concatenate([v, u]),
            np.concatenate([u, v]),
            np.concatenate(times),
            size=len(xy),
        )
        return cls(
            u=u.astype(np.uint32),
            v=v.astype(np.uint32),
            length_m=length_m,
            forward_ms=times[0],
            backward_ms=times[1],
            start=start,
            head=head,
            cost_ms=cost_ms,
            speed=speed,
        )

    @property
    def nodes(self) -> int:
        """Return how many nodes there are."""
        return len(self.start) - 1


def graph(network: Network, *, walker: Walker) -> Graph:
    """Return the network as this walker walks it."""
    edges = network.edges
    forward, backward = (to_ms(one) for one in seconds(network, walker=walker))
    return Graph.of(
        (edges["u"].to_numpy(), edges["v"].to_numpy()),
        xy=network.junctions,
        length_m=edges["length_m"].to_numpy(),
        times=(
            np.where(edges["forward"].to_numpy(bool), forward, np.int32(FAR)),
            np.where(edges["backward"].to_numpy(bool), backward, np.int32(FAR)),
        ),
        speed=walker.speed,
    )


def to_ms(seconds: Floats) -> Times:
    """Return seconds as whole milliseconds, at most FAR."""
    return np.minimum(np.rint(np.asarray(seconds, float) * 1000.0), FAR).astype(
        np.int32
    )


def threads() -> int:
    """Return how many threads search; the environment may say GEOPLAN_THREADS."""
    return int(os.environ.get("GEOPLAN_THREADS") or os.cpu_count() or 1)


def _along_hilbert(xy: Floats) -> Ints:
    """Return the number of each junction along a Hilbert curve."""
    order = np.argsort(_hilbert(xy), kind="stable")
    number = np.empty(len(xy), np.int64)
    number[order] = np.arange(len(xy))
    return number


def _hilbert(xy: Floats) -> NDArray[np.uint64]:
    """Return each point's distance along a curve of 2^16 × 2^16 cells."""
    if not len(xy):
        return np.zeros(0, np.uint64)
    low, size = xy.min(axis=0), np.ptp(xy, axis=0).max() or 1.0
    x, y = ((xy - low) / size * (2**16 - 1)).astype(np.int64).T
    key = np.zeros(len(xy), np.int64)
    for bit in 2 ** np.arange(15, -1, -1):
        right, up = (x & bit) > 0, (y & bit) > 0
        key += bit * bit * ((3 * right) ^ up)
        turned = ~up
        flipped = turned & right
        x, y = np.where(flipped, bit - 1 - x, x), np.where(flipped, bit - 1 - y, y)
        x, y = np.where(turned, y, x), np.where(turned, x, y)
    return key.astype(np.uint64)


def _arcs(
    tail: Ints, head: Ints, cost_ms: Times, *, size: int
) -> tuple[Numbers, Numbers, Times]:
    """Return arcs by their tail, the least of parallel ones, none that is FAR."""
    usable = (cost_ms != FAR) & (tail != head)
    tail, head, cost_ms = tail[usable], head[usable], cost_ms[usable]
    order = np.lexsort((cost_ms, head, tail))
    tail, head, cost_ms = tail[order], head[order], cost_ms[order]
    first = np.ones(len(tail), bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    start = np.zeros(size + 1, np.uint32)
    start[1:] = np.cumsum(np.bincount(tail[first], minlength=size))
    return start, head[first].astype(np.uint32), cost_ms[first]

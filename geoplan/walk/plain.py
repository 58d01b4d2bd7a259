"""The same search with SciPy: the oracle, and the way where Numba has no wheel.

Every function does what its namesake in :mod:`geoplan.walk.search` or
:mod:`geoplan.walk.labels` does, by growing whole trees over dense rows and looking
up every spot.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geoplan.walk.graph import FAR, Graph
from geoplan.walk.spots import Spots, Walks, along_one_edge, plus, seeds_of

Array = NDArray[Any]

_CELLS = 10_000_000  # of a dense block of stations × nodes


def nodes_within(way: Graph, *, stations: Spots, limit: int) -> Walks:
    """Return the nodes from which a station can be walked to within a limit (ms)."""
    nothing: Array = np.empty(0, np.int64)
    parts = [(nothing, nothing)]
    for _, tree in _trees(way, stations=stations, limit=limit):
        near = np.flatnonzero(tree <= limit)
        parts.append((near, tree[near]))
    start = np.cumsum([len(near) for near, _ in parts])
    node, ms = map(np.concatenate, zip(*parts, strict=True))
    return Walks(start=start, end=node, ms=ms.astype(np.int32), spot=nothing)


def things_within(way: Graph, *, stations: Spots, targets: Spots, limit: int) -> Walks:
    """Return the things from which a station can be walked to within a limit (ms)."""
    nothing: Array = np.empty(0, np.int64)
    parts = [(nothing, nothing, nothing)]
    for _, times in _arrivals(way, stations=stations, targets=targets, limit=limit):
        near = np.flatnonzero(times <= limit)
        near = near[np.lexsort((near, times[near], targets.thing[near]))]
        found, first = np.unique(targets.thing[near], return_index=True)
        best = near[first]
        parts.append((found, times[best], best))
    start = np.cumsum([len(found) for found, _, _ in parts])
    thing, ms, spot = map(np.concatenate, zip(*parts, strict=True))
    return Walks(start=start, end=thing, ms=ms.astype(np.int32), spot=spot)


def nearest_labels(way: Graph, *, stations: Spots) -> tuple[Array, Array]:
    """Return each node's time to its nearest station, FAR without, and which, -1."""
    dist, who = few_labels(way, stations=stations, count=1)
    return dist[:, 0], who[:, 0]


def few_labels(way: Graph, *, stations: Spots, count: int) -> tuple[Array, Array]:
    """Return each node's times to its nearest stations, and which."""
    dist = np.full((way.nodes, count + 1), FAR, np.int32)
    who = np.full((way.nodes, count + 1), -1, np.int32)
    for station, tree in _trees(way, stations=stations, limit=FAR - 1):
        dist[:, -1], who[:, -1] = tree, np.where(tree == FAR, -1, station)
        order = np.argsort(dist, axis=1, kind="stable")
        dist = np.take_along_axis(dist, order, axis=1)
        who = np.take_along_axis(who, order, axis=1)
    return dist[:, :-1], who[:, :-1]


def _arrivals(
    way: Graph, *, stations: Spots, targets: Spots, limit: int
) -> Iterator[tuple[int, Array]]:
    """Yield each station with the time from every spot, FAR if there is no way."""
    u, v = way.u[targets.edge], way.v[targets.edge]
    spot, direct, who = along_one_edge(way, seeds=stations, targets=targets)
    for station, tree in _trees(way, stations=stations, limit=limit):
        ms = np.minimum(plus(tree[u], targets.to_u_ms), plus(tree[v], targets.to_v_ms))
        np.minimum.at(ms, spot[who == station], direct[who == station])
        yield station, ms


def _trees(way: Graph, *, stations: Spots, limit: int) -> Iterator[tuple[int, Array]]:
    """Yield each station with the time from every node, FAR if there is no way."""
    block = max(1, _CELLS // max(way.nodes, 1))
    for start in range(0, stations.things, block):
        chosen = np.arange(start, min(start + block, stations.things))
        planted = _planted(way, stations=stations, chosen=chosen)
        rows = dijkstra(planted, indices=way.nodes + chosen - start, limit=limit)
        for station, row in zip(chosen.tolist(), rows[:, : way.nodes], strict=True):
            yield station, np.where(np.isfinite(row), row, FAR).astype(np.int64)


def _planted(way: Graph, *, stations: Spots, chosen: Array) -> csr_array:
    """Return the arcs with one more node a station, from which its tree grows."""
    start, node, ms = seeds_of(way, stations)
    rows = [np.arange(start[s], start[s + 1]) for s in chosen.tolist()]
    best: list[dict[int, int]] = [{} for _ in rows]
    for seeds, found in zip(rows, best, strict=True):
        for seed in seeds[ms[seeds] != FAR].tolist():
            at = int(node[seed])
            found[at] = min(int(ms[seed]), found.get(at, FAR))
    ends = way.start[-1] + np.cumsum([len(found) for found in best], dtype=np.int64)
    whole = way.nodes + len(chosen)
    return csr_array(
        (
            np.concatenate([way.cost_ms, *[list(f.values()) for f in best]]).astype(
                float
            ),
            np.concatenate([way.head, *[list(f) for f in best]]).astype(np.int64),
            np.concatenate([way.start, ends]).astype(np.int64),
        ),
        shape=(whole, whole),
    )

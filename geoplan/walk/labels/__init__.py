"""Every node's nearest station, and its nearest few, however far."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.walk.compiled import BUCKET
from geoplan.walk.graph import FAR, Graph
from geoplan.walk.labels import compiled
from geoplan.walk.readied import readied
from geoplan.walk.spots import Spots, seeds_of
from geoplan.walk.stretches.compiled import NONE

Array = NDArray[Any]


def nearest_labels(way: Graph, *, stations: Spots) -> tuple[Array, Array]:
    """Return each node's time to its nearest station, FAR without, and which, -1."""
    net, seeds = readied(way).net, seeds_of(way, stations)
    labels, near = _never(way.nodes), _never(len(net.at) - 1)
    room = len(way.head) + way.nodes + 1
    stack = np.empty(room, np.uint32), np.empty(room, np.uint64)
    latest = compiled.first_labels(net, seeds, labels, near, stack)
    ring = max(latest, int(net.arc[:, 1].max(initial=0)))
    entries = 2 * len(net.arc) + len(near)
    while True:
        forks = near.copy()
        if compiled.nearest_forks(net, forks, _ring(ring), _entries(entries)):
            compiled.spread(net, labels, forks)
            return _told(labels)
        entries *= 2


def few_labels(way: Graph, *, stations: Spots, count: int) -> tuple[Array, Array]:
    """Return each node's times to its nearest stations, and which.

    Returns
    -------
    pair of int32 arrays, shape (n_nodes, count)
        Nearest first, equal times by station; FAR and -1 where there are fewer.
    """
    seeds = seeds_of(way, stations)
    arcs = (way.start, way.head, way.cost_ms)
    ring = max(
        int(ms.max(initial=0, where=ms != FAR)) for ms in (way.cost_ms, seeds[2])
    )
    entries = 2 * count * len(way.head) + len(seeds[1])
    while True:
        labels = _never((way.nodes, count))
        if compiled.nearest_few(arcs, seeds, labels, _ring(ring), _entries(entries)):
            return _told(labels)
        entries *= 2


def _never(shape: int | tuple[int, int]) -> Array:
    return np.full(shape, compiled.NEVER)


def _ring(longest: int) -> Array:
    """Return buckets for times up to a length."""
    return np.full((longest >> BUCKET) + 2, NONE, np.uint32)


def _entries(count: int) -> Array:
    return np.empty((max(count, 1), 3), np.uint64)


def _told(labels: Array) -> tuple[Array, Array]:
    """Return labels as times and stations."""
    who = labels.astype(np.uint32).astype(np.int32)
    who[labels >= compiled.NEVER] = -1
    return (labels >> compiled.TIME).astype(np.int32), who

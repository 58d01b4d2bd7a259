"""Walking minutes: exact on partial edges, from the resident to the station.

The time between two things is the least, over all pairs of their candidate
edges, of leg + way along partial edges + leg, at the walker's speed. Trees grow
from the stations on the reversed graph, so that one-way ways are walked the
resident's way. Answers are sparse: a pair beyond the limit is not there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geoplan.model import Legs, Network, Walker

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_CELLS = 10_000_000  # entries of a dense block of stations × junctions


@dataclass(frozen=True, kw_only=True, eq=False)
class Graph:
    """The network in a walker's seconds."""

    u: Ints  #: junction where each edge begins, shape (n_edges,)
    v: Ints  #: junction where it ends
    length_m: Floats
    forward_s: Floats  #: seconds from u to v, inf where that is not allowed
    backward_s: Floats  #: seconds from v to u
    arcs: csr_array  #: reversed: arcs[j, i] = seconds to walk from i to j
    speed: float  #: m/s, for legs


@dataclass(frozen=True, kw_only=True, eq=False)
class Spots:
    """Points on edges, in a walker's seconds; shapes (n_spots,)."""

    thing: Ints  #: what each spot belongs to
    edge: Ints
    share: Floats  #: of the edge that lies before the spot, 0..1
    leg_s: Floats


def graph(network: Network, *, walker: Walker) -> Graph:
    """Return the network as this walker walks it."""
    edges = network.edges
    seconds = edges["length_m"].to_numpy() / walker.speed
    u, v = edges["u"].to_numpy(), edges["v"].to_numpy()
    forward_s = np.where(edges["forward"].to_numpy(bool), seconds, np.inf)
    backward_s = np.where(edges["backward"].to_numpy(bool), seconds, np.inf)
    return Graph(
        u=u,
        v=v,
        length_m=edges["length_m"].to_numpy(),
        forward_s=forward_s,
        backward_s=backward_s,
        arcs=_least(
            np.concatenate([v, u]),
            np.concatenate([u, v]),
            np.concatenate([forward_s, backward_s]),
            size=len(network.junctions),
        ),
        speed=walker.speed,
    )


def spots(legs: Legs, *, way: Graph) -> Spots:
    """Return where the things of a layer step on the network."""
    steps = legs.candidates
    edge = steps["edge"].to_numpy()
    return spots_on(
        edge,
        steps["offset_m"].to_numpy(),
        way=way,
        thing=steps["thing"].to_numpy(),
        leg_s=steps["leg_m"].to_numpy() / way.speed,
    )


def spots_on(
    edge: Ints, offset_m: Floats, *, way: Graph, thing: Ints, leg_s: Floats
) -> Spots:
    """Return spots by their distance along edges, in metres from u."""
    length = way.length_m[edge]
    share = np.divide(offset_m, length, out=np.zeros(len(edge)), where=length > 0)
    return Spots(thing=thing, edge=edge, share=np.clip(share, 0, 1), leg_s=leg_s)


def reach(way: Graph, *, stations: Legs, things: Legs, limit: float) -> DataFrame:
    """Return all pairs of a station and a thing within a limit.

    Parameters
    ----------
    limit : float
        Seconds, both legs included.

    Returns
    -------
    DataFrame
        One row a pair: station and thing (positions), seconds, candidate (row
        of ``things.candidates`` by which the thing is left). Sorted by station,
        then thing. A pair that is not there is farther, or cannot be walked.
    """
    targets = spots(things, way=way)
    parts = [DataFrame({"station": [], "thing": [], "seconds": [], "candidate": []})]
    for station, seconds in arrivals(
        way, stations=stations, targets=targets, limit=limit
    ):
        found = np.flatnonzero((seconds <= limit) & np.isfinite(seconds))
        rows = DataFrame(
            {
                "station": station,
                "thing": targets.thing[found],
                "seconds": seconds[found],
                "candidate": found,
            }
        )
        best = rows.sort_values(["thing", "seconds", "candidate"])
        parts.append(best.drop_duplicates("thing"))
    pairs = pd.concat(parts[1:] or parts, ignore_index=True)
    return pairs.astype({"station": int, "thing": int, "candidate": int})


def nearest(way: Graph, *, stations: Legs, things: Legs) -> DataFrame:
    """Return the nearest station of every thing, however far.

    Returns
    -------
    DataFrame
        One row a thing, in order: station (position, -1 where none can be
        walked to), seconds (NaN there). Equal walks: the earlier station.
    """
    targets = spots(things, way=way)
    count = len(things.things)
    best, who = np.full(count, np.inf), np.full(count, -1)
    for station, seconds in arrivals(
        way, stations=stations, targets=targets, limit=np.inf
    ):
        least = np.full(count, np.inf)
        np.minimum.at(least, targets.thing, seconds)
        nearer = least < best
        best[nearer], who[nearer] = least[nearer], station
    return DataFrame({"station": who, "seconds": np.where(who < 0, np.nan, best)})


def arrivals(
    way: Graph, *, stations: Legs, targets: Spots, limit: float
) -> Iterator[tuple[int, Floats]]:
    """Yield each station with the seconds from every target to it.

    Seconds are a float array of shape (n_targets,), legs at both ends included,
    inf where the walk is impossible or clearly beyond the limit.
    """
    seeds = spots(stations, way=way)
    along_u = _part(targets.share, way.backward_s[targets.edge])
    along_v = _part(1 - targets.share, way.forward_s[targets.edge])
    u, v = way.u[targets.edge], way.v[targets.edge]
    for station, tree in _trees(
        way, seeds=seeds, count=len(stations.things), limit=limit
    ):
        seconds = np.minimum(tree[u] + along_u, tree[v] + along_v)
        for seed in np.flatnonzero(seeds.thing == station).tolist():
            same = np.flatnonzero(targets.edge == seeds.edge[seed])
            direct = _along(way, targets=targets, rows=same, seeds=seeds, seed=seed)
            seconds[same] = np.minimum(seconds[same], direct)
        yield station, seconds + targets.leg_s


def _along(
    way: Graph, *, targets: Spots, rows: Ints, seeds: Spots, seed: int
) -> Floats:
    """Return the seconds along one edge from some targets to a station on it."""
    edge, there = seeds.edge[seed], seeds.share[seed]
    ahead = there - targets.share[rows]
    rate = np.where(ahead > 0, way.forward_s[edge], way.backward_s[edge])
    return _part(np.abs(ahead), rate) + float(seeds.leg_s[seed])


def _part(share: Floats, seconds: Floats) -> Floats:
    """Return the seconds for a share of an edge: none for no share, even of inf."""
    return np.multiply(share, seconds, out=np.zeros(len(share)), where=share > 0)


def _trees(
    way: Graph, *, seeds: Spots, count: int, limit: float
) -> Iterator[tuple[int, Floats]]:
    """Yield each station with the seconds from every junction to it."""
    junctions = way.arcs.shape[0]
    block = max(1, _CELLS // max(junctions, 1))
    for start in range(0, count, block):
        stations = np.arange(start, min(start + block, count))
        planted = _planted(way, seeds=seeds, stations=stations)
        rows = dijkstra(
            planted, indices=junctions + np.arange(len(stations)), limit=limit
        )
        yield from zip(stations.tolist(), rows[:, :junctions], strict=True)


def _planted(way: Graph, *, seeds: Spots, stations: Ints) -> csr_array:
    """Return the arcs with one more node a station, from which its tree grows."""
    size = way.arcs.shape[0]
    mine = np.flatnonzero((seeds.thing >= stations[0]) & (seeds.thing <= stations[-1]))
    edge, share, leg_s = seeds.edge[mine], seeds.share[mine], seeds.leg_s[mine]
    root = seeds.thing[mine] - stations[0]
    from_u = _part(share, way.forward_s[edge])
    from_v = _part(1 - share, way.backward_s[edge])
    roots = _least(
        np.concatenate([root, root]),
        np.concatenate([way.u[edge], way.v[edge]]),
        np.concatenate([leg_s + from_u, leg_s + from_v]),
        size=max(size, len(stations)),
    )
    whole = size + len(stations)
    return csr_array(
        (
            np.concatenate([way.arcs.data, roots.data]),
            np.concatenate([way.arcs.indices, roots.indices]),
            np.concatenate(
                [way.arcs.indptr, way.arcs.nnz + roots.indptr[1 : len(stations) + 1]]
            ),
        ),
        shape=(whole, whole),
    )


def _least(tail: Ints, head: Ints, seconds: Floats, *, size: int) -> csr_array:
    """Return arcs as a matrix, the least of parallel ones, none that is inf."""
    usable = np.isfinite(seconds)
    tail, head, seconds = tail[usable], head[usable], seconds[usable]
    order = np.lexsort((seconds, head, tail))
    tail, head, seconds = tail[order], head[order], seconds[order]
    first = np.ones(len(tail), bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    counts = np.bincount(tail[first], minlength=size)
    return csr_array(
        (seconds[first], head[first], np.concatenate([[0], np.cumsum(counts)])),
        shape=(size, size),
    )

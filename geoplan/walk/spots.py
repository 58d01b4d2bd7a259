"""Points on edges: where stations, buildings and samples step on the network."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.model import Legs
from geoplan.walk.graph import FAR, LONGEST, Floats, Graph, Ints, Numbers, Times, to_ms

Array = NDArray[Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Spots:
    """Points on edges, in a walker's milliseconds; shapes (n_spots,).

    The same times serve both ways of the tree: a thing walks from its spot to
    the nodes (``to_u_ms``, ``to_v_ms``), a station is walked to from them
    (``from_u_ms``, ``from_v_ms``). Legs are counted in; FAR where the way along
    the edge is not allowed.
    """

    thing: Ints  #: what each spot belongs to
    things: int  #: how many things there are, those without a spot included
    edge: Ints
    share: Floats  #: of the edge that lies before the spot, 0..1
    leg_ms: Times
    to_u_ms: Times
    to_v_ms: Times
    from_u_ms: Times
    from_v_ms: Times


@dataclass(frozen=True, kw_only=True, eq=False)
class Walks:
    """Pairs of a station and a node or thing, in the order of the stations."""

    start: Ints  #: where the rows of each station start, shape (n_stations + 1,)
    end: Array  #: node or thing
    ms: Times
    spot: Array  #: row of the spots by which a thing is left; empty for nodes

    @property
    def station(self) -> Array:
        """Return the position of each row's station."""
        count = np.diff(self.start)
        return np.repeat(np.arange(len(count), dtype=np.int32), count)


def spots(legs: Legs, *, way: Graph) -> Spots:
    """Return where the things of a layer step on the network."""
    steps = legs.candidates
    return spots_on(
        steps["edge"].to_numpy(np.int64),
        steps["offset_m"].to_numpy(float),
        way=way,
        thing=steps["thing"].to_numpy(np.int64),
        things=len(legs.things),
        leg_m=steps["leg_m"].to_numpy(float),
    )


def spots_on(
    edge: Ints,
    offset_m: Floats,
    *,
    way: Graph,
    thing: Ints,
    things: int,
    leg_m: Floats,
) -> Spots:
    """Return spots by their distance along edges, in metres from where they begin."""
    length = way.length_m[edge]
    share = np.divide(offset_m, length, out=np.zeros(len(edge)), where=length > 0)
    share = np.clip(share, 0.0, 1.0)
    leg_ms = to_ms(leg_m / way.speed)
    forward, backward = way.forward_ms[edge], way.backward_ms[edge]
    return Spots(
        thing=thing,
        things=things,
        edge=edge,
        share=share,
        leg_ms=leg_ms,
        to_u_ms=_plus(leg_ms, _part(share, backward)),
        to_v_ms=_plus(leg_ms, _part(1 - share, forward)),
        from_u_ms=_plus(leg_ms, _part(share, forward)),
        from_v_ms=_plus(leg_ms, _part(1 - share, backward)),
    )


def some(of: Spots, *, things: Ints) -> Spots:
    """Return the spots of some things alone; the things keep their numbers."""
    wanted = np.zeros(of.things, bool)
    wanted[things] = True
    kept = wanted[of.thing]
    columns = {
        field.name: getattr(of, field.name)[kept]
        for field in fields(of)
        if field.name != "things"
    }
    return replace(of, **columns)


def _part(share: Floats, edge_ms: Times) -> Times:
    """Return the time for a share of an edge: none for no share, even of FAR."""
    part = np.rint(share * edge_ms).astype(np.int64)
    part = np.where(edge_ms == FAR, FAR, part)
    return np.asarray(np.where(share == 0, 0, part), np.int32)


def _plus(leg_ms: Times, part_ms: Times) -> Times:
    whole = leg_ms.astype(np.int64) + part_ms
    return np.asarray(np.minimum(whole, FAR), np.int32)


def rows_by(key: NDArray[np.integer], *, size: int) -> tuple[Numbers, Numbers]:
    """Return the rows of each key: where they start, and the rows in order."""
    start = np.zeros(size + 1, np.uint32)
    start[1:] = np.cumsum(np.bincount(key, minlength=size))
    return start, np.argsort(key, kind="stable").astype(np.uint32)


def seeds_of(way: Graph, stations: Spots) -> tuple[Array, Array, Array]:
    """Return where each station's tree starts: nodes, and times to walk from them."""
    start, row = rows_by(stations.thing, size=stations.things)
    edge = stations.edge[row]
    node = np.stack([way.u[edge], way.v[edge]], axis=1).reshape(-1)
    ms = np.stack([stations.from_u_ms[row], stations.from_v_ms[row]], axis=1)
    return start * np.uint32(2), node, ms.reshape(-1)


def limit_ms(seconds: float) -> int:
    """Return a limit as whole milliseconds, inf as the longest there is."""
    return int(min(round(min(seconds, LONGEST) * 1000.0), LONGEST))


def plus(one: Times, other: Times) -> Ints:
    """Return the sum of two times, FAR if one of them is."""
    either = (one == FAR) | (other == FAR)
    return np.asarray(np.where(either, FAR, one.astype(np.int64) + other))


def along_one_edge(
    way: Graph, *, seeds: Spots, targets: Spots
) -> tuple[Ints, Ints, Ints]:
    """Return spot, time and station of all walks that stay on one edge."""
    start, row = rows_by(seeds.edge, size=len(way.u))
    count = (start[1:] - start[:-1])[targets.edge].astype(np.int64)
    spot = np.repeat(np.arange(len(targets.edge)), count)
    step = np.arange(len(spot)) - np.repeat(np.cumsum(count) - count, count)
    seed = row[start[targets.edge[spot]] + step].astype(np.int64)
    ahead = seeds.share[seed] - targets.share[spot]
    edge = targets.edge[spot]
    rate = np.where(ahead > 0, way.forward_ms[edge], way.backward_ms[edge])
    along = np.rint(np.abs(ahead) * rate).astype(np.int64)
    ms = along + seeds.leg_ms[seed] + targets.leg_ms[spot]
    ms = np.where((ahead != 0) & (rate == FAR), FAR, ms)
    return spot, ms, seeds.thing[seed]

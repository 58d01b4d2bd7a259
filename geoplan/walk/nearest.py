"""The nearest station of every thing, however far: of all, the next ones, its own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan.model import Legs
from geoplan.walk.either import few_labels, nearest_labels, things_within
from geoplan.walk.graph import FAR, LONGEST, Graph
from geoplan.walk.spots import Spots, along_one_edge, plus, some, spots

Array = NDArray[Any]

_ROUNDS = (900_000, 3_600_000, LONGEST)  # ms: most own stations are near


def nearest(way: Graph, *, stations: Legs, things: Legs) -> DataFrame:
    """Return the nearest station of every thing, however far.

    Returns
    -------
    DataFrame
        One row a thing, in order: station (position, -1 where none can be
        walked to), seconds (NaN there). Equal walks: the earlier station.
    """
    seeds, targets = spots(stations, way=way), spots(things, way=way)
    dist, who = nearest_labels(way, stations=seeds)
    labels = (dist[:, None], who[:, None])
    found = _few(way, labels, seeds=seeds, targets=targets, count=1)
    return _with(_nobody(targets.things), found)


def few_nearest(way: Graph, *, stations: Legs, things: Legs, count: int) -> DataFrame:
    """Return the nearest stations of every thing, however far, each station once.

    Parameters
    ----------
    count : int
        How many at most, from 1; 2 tells what is left should the nearest one close.

    Returns
    -------
    DataFrame
        One row a thing and station: thing (position), rank (1 is the nearest),
        station (position), seconds. Sorted by thing, then rank; equal walks: the
        earlier station first. A thing has fewer rows if it can walk to fewer.

    Raises
    ------
    ValueError
        If the count is under 1.
    """
    if count < 1:
        message = f"count is {count}: ask for one station at least"
        raise ValueError(message)
    seeds, targets = spots(stations, way=way), spots(things, way=way)
    labels = few_labels(way, stations=seeds, count=count)
    return _few(way, labels, seeds=seeds, targets=targets, count=count)


def nearest_own(
    way: Graph, *, stations: Legs, things: Legs, own: DataFrame
) -> DataFrame:
    """Return the nearest of the own stations of every thing, however far.

    Parameters
    ----------
    own : DataFrame
        One row a station and a thing (positions) whose own it is.

    Returns
    -------
    DataFrame
        As :func:`nearest`.
    """
    seeds, targets = spots(stations, way=way), spots(things, way=way)
    count = targets.things
    pairs = np.unique(
        own["station"].to_numpy(np.int64) * count + own["thing"].to_numpy(np.int64)
    )
    table = _nobody(count)
    for limit in _ROUNDS:
        rest = pairs[table["station"].to_numpy()[pairs % count] < 0]
        if not len(rest):
            break
        walks = things_within(
            way,
            stations=some(seeds, things=rest // count),
            targets=some(targets, things=rest % count),
            limit=limit,
        )
        station, thing = walks.station.astype(np.int64), walks.end.astype(np.int64)
        mine = np.isin(station * count + thing, rest)
        found = _ranked(thing[mine], station[mine], walks.ms[mine], count=1)
        table = _with(table, found)
    return table


def _few(
    way: Graph,
    labels: tuple[Array, Array],
    *,
    seeds: Spots,
    targets: Spots,
    count: int,
) -> DataFrame:
    """Return the nearest stations of things, of the labels of the nodes they walk to.

    Parameters
    ----------
    labels : pair of int arrays, shape (n_nodes, count)
    """
    dist, who = labels
    spot, ms, station = along_one_edge(way, seeds=seeds, targets=targets)
    parts = [(targets.thing[spot], station, ms)]
    for node, to in ((way.u, targets.to_u_ms), (way.v, targets.to_v_ms)):
        at = node[targets.edge]
        parts += [
            (targets.thing, who[at, label], plus(dist[at, label], to))
            for label in range(dist.shape[1])
        ]
    return _ranked(*map(np.concatenate, zip(*parts, strict=True)), count=count)


def _ranked(thing: Array, station: Array, ms: Array, *, count: int) -> DataFrame:
    """Return the shortest walks of each thing, one a station."""
    order = np.lexsort((ms, station, thing))
    order = order[ms[order] < FAR]
    order = order[_new(thing[order], station[order])]
    order = order[np.lexsort((station[order], ms[order], thing[order]))]
    first = np.flatnonzero(_new(thing[order]))
    rank = np.arange(len(order)) - np.repeat(first, np.diff([*first, len(order)]))
    order, rank = order[rank < count], rank[rank < count]
    return DataFrame(
        {
            "thing": thing[order].astype(np.int64),
            "rank": rank + 1,
            "station": station[order].astype(np.int64),
            "seconds": ms[order] / 1000.0,
        }
    )


def _new(*columns: Array) -> NDArray[np.bool_]:
    """Return which rows differ from the one before, in any column."""
    new = np.ones(len(columns[0]), bool)
    new[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return new


def _nobody(things: int) -> DataFrame:
    """Return a table in which no thing has a station."""
    return DataFrame({"station": np.full(things, -1), "seconds": np.nan})


def _with(table: DataFrame, found: DataFrame) -> DataFrame:
    """Return a table of all things with the walks found, at most one a thing."""
    station, seconds = (table[name].to_numpy().copy() for name in table)
    station[found["thing"]], seconds[found["thing"]] = (
        found["station"],
        found["seconds"],
    )
    return DataFrame({"station": station, "seconds": seconds})

"""The answers as tables: pairs within a limit, and the nearest station."""

import numpy as np
from pandas import DataFrame

from geoplan.model import Legs
from geoplan.walk.graph import FAR, Graph
from geoplan.walk.spots import along_one_edge, limit_ms, plus, spots

try:
    from geoplan.walk.search import nearest_labels, things_within
except ImportError:  # Numba has no wheel everywhere
    from geoplan.walk.plain import nearest_labels, things_within


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
    walks = things_within(
        way,
        stations=spots(stations, way=way),
        targets=spots(things, way=way),
        limit=limit_ms(limit),
    )
    order = np.lexsort((walks.end, walks.station))
    return DataFrame(
        {
            "station": walks.station[order].astype(np.int64),
            "thing": walks.end[order].astype(np.int64),
            "seconds": walks.ms[order] / 1000.0,
            "candidate": walks.spot[order].astype(np.int64),
        }
    )


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
    rows = np.arange(len(targets.edge))
    ends = [(way.u, targets.to_u_ms), (way.v, targets.to_v_ms)]
    spot = np.concatenate([rows, rows])
    ms = np.concatenate([plus(dist[node[targets.edge]], to) for node, to in ends])
    station = np.concatenate([who[node[targets.edge]] for node, _ in ends])
    direct = along_one_edge(way, seeds=seeds, targets=targets)
    spot, ms, station = (
        np.concatenate(parts) for parts in zip((spot, ms, station), direct, strict=True)
    )
    usable = ms < FAR
    thing, ms, station = targets.thing[spot[usable]], ms[usable], station[usable]
    order = np.lexsort((station, ms, thing))
    found, first = np.unique(thing[order], return_index=True)
    seconds = np.full(targets.things, np.nan)
    named = np.full(targets.things, -1)
    seconds[found] = ms[order][first] / 1000.0
    named[found] = station[order][first]
    return DataFrame({"station": named, "seconds": seconds})

"""All pairs of a station and a thing within a limit, as a table."""

import numpy as np
from pandas import DataFrame

from geoplan.model import Legs
from geoplan.walk.either import things_within
from geoplan.walk.graph import Graph
from geoplan.walk.spots import limit_ms, spots


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
    station = walks.station
    order = np.lexsort((walks.end, station))
    return DataFrame(
        {
            "station": station[order].astype(np.int64),
            "thing": walks.end[order].astype(np.int64),
            "seconds": walks.ms[order] / 1000.0,
            "candidate": walks.spot[order].astype(np.int64),
        }
    )

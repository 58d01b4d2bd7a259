"""What a search elsewhere cannot find out by itself of the stations there are.

A page grows a tree from the nodes beside a station, and looks up the steps of homes
at nodes and, for a station on a way, on its own edge. Where a station stands by
several legs, or in a compound, both are worked out here. All steps of homes travel:
a leg is a straight line, so that nothing gets earlier to where it ends (in compounds
something may, but little would be won by leaving it out).
"""

import numpy as np
import pandas as pd
from pandas import DataFrame

from geoplan.walk.graph import FAR, Graph
from geoplan.walk.spots import Spots, along_one_edge, seeds_of


def seeds(way: Graph, *, stations: Spots) -> DataFrame:
    """Return where the trees of stations start: place, node, ms; sorted by these."""
    start, node, ms = seeds_of(way, stations)
    table = DataFrame(
        {
            "place": np.repeat(np.arange(stations.things), np.diff(start)),
            "node": node.astype(np.int64),
            "ms": ms,
        }
    )
    return _least(table[table["ms"] < FAR], ["place", "node"])


def direct(
    way: Graph, *, stations: Spots, homes: Spots, inside: DataFrame
) -> DataFrame:
    """Return the walks that pass no node: place, home, ms; sorted by these.

    ``inside``: walks within one compound, in these columns too.
    """
    spot, ms, place = along_one_edge(way, seeds=stations, targets=homes)
    table = DataFrame({"place": place, "home": homes.thing[spot], "ms": ms})
    whole = pd.concat([table[table["ms"] < FAR], inside]).astype(np.int64)
    return _least(whole, ["place", "home"])


def _least(table: DataFrame, by: list[str]) -> DataFrame:
    """Return the shortest row of each place and end."""
    ordered = table.sort_values([*by, "ms"], ignore_index=True)
    return ordered.drop_duplicates(by, ignore_index=True)

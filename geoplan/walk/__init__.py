"""Walking minutes: exact on partial edges, from the resident to the station.

The time between two things is the least, over all pairs of their candidate
edges, of leg + way along partial edges + leg, at the walker's speed. Trees grow
from the stations on the reversed graph, so that one-way ways are walked the
resident's way. Answers are sparse: a pair beyond the limit is not there.
"""

from geoplan.walk.graph import Graph, graph, threads
from geoplan.walk.reach import nearest, reach
from geoplan.walk.spots import Spots, Walks, limit_ms, spots, spots_on

try:
    from geoplan.walk.search import nodes_within, things_within
except ImportError:  # Numba has no wheel everywhere
    from geoplan.walk.plain import nodes_within, things_within

__all__ = [
    "Graph",
    "Spots",
    "Walks",
    "graph",
    "limit_ms",
    "nearest",
    "nodes_within",
    "reach",
    "spots",
    "spots_on",
    "things_within",
    "threads",
]

"""Walking minutes: exact on partial edges, from the resident to the station.

The time between two things is the least, over all pairs of their candidate
edges, of leg + way along partial edges + leg, at the walker's speed. Trees grow
from the stations on the reversed graph, so that one-way ways are walked the
resident's way. Answers are sparse: a pair beyond the limit is not there.
"""

from geoplan.walk.either import nodes_within, things_within
from geoplan.walk.graph import Graph, graph, threads
from geoplan.walk.nearest import few_nearest, nearest, nearest_own
from geoplan.walk.reach import reach
from geoplan.walk.spots import Spots, Walks, limit_ms, spots, spots_on

__all__ = [
    "Graph",
    "Spots",
    "Walks",
    "few_nearest",
    "graph",
    "limit_ms",
    "nearest",
    "nearest_own",
    "nodes_within",
    "reach",
    "spots",
    "spots_on",
    "things_within",
    "threads",
]

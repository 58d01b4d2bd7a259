"""Who is served at the speeds between which a study wants its answer.

Only circles in minutes have a band: a distance does not hang on the speed. The
polygons, the gaps and the lists are those of the walker's own speed.
"""

from collections.abc import Callable, Mapping

import numpy as np
from pandas import DataFrame, Series

from geoplan import walk
from geoplan.coverage.answers import pairs_within
from geoplan.model import Access, Circle, Network, Walker

ENDS = ("low", "high")  #: of the band, by speed


def graphs(network: Network, *, walker: Walker) -> Mapping[str, walk.Graph]:
    """Return the network as the walker walks it at each end of the band, if any."""
    if walker.band is None:
        return {}
    return {
        end: walk.graph(network, walker=walker.at(speed))
        for end, speed in zip(ENDS, walker.band, strict=True)
    }


def served_between(
    circle: Circle,
    *,
    ways: Mapping[str, walk.Graph],
    access: Access,
    wanted: Series,
    own: Callable[[DataFrame], Series],
) -> Mapping[str, DataFrame]:
    """Return who is served at each end: any and own, on the index of the buildings.

    ``own`` tells which pairs of station and building are each other's own.
    """
    found = {}
    index = access.homes.things.index
    thing = np.arange(len(index))
    for end, way in ways.items():
        limit = circle.seconds(speed=way.speed)
        pairs = pairs_within(way, access=access, wanted=wanted, limit=limit)
        reached = {"any": pairs["thing"], "own": pairs["thing"][own(pairs)]}
        found[end] = DataFrame(
            {name: np.isin(thing, met) for name, met in reached.items()}, index=index
        )
    return found

"""How long a walker takes along each edge: by length, hurdles and slopes."""

from collections.abc import Callable
from math import prod

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan.model import Network, Walker

Floats = NDArray[np.float64]


def seconds(network: Network, *, walker: Walker) -> tuple[Floats, Floats]:
    """Return the seconds along each edge, forward and backward.

    Length / speed, times the factors of the way's hurdles and of the slope, plus
    the waits: those for hurdles of the way spread over its length, so that who
    rides a lift past several floors waits once; and half of one for each hurdle of
    the nodes where the edge ends, since two edges pass such a node. Whether an edge
    may be walked in a direction is not asked here.
    """
    edges = network.edges
    walked = edges["length_m"].to_numpy() / walker.speed * _factors(edges, walker)
    waited = _waits(edges, walker)
    up, down = _slopes(edges, walker)
    return walked * up + waited, walked * down + waited


def _factors(edges: DataFrame, walker: Walker) -> Floats:
    times = walker.times
    if not times:
        return np.ones(len(edges))
    return _each(
        edges["hurdles"], lambda names: prod(times.get(name, 1.0) for name in names)
    )


def _waits(edges: DataFrame, walker: Walker) -> Floats:
    def wait(names: list[str]) -> float:
        return sum(walker.waits.get(name, 0.0) for name in names)

    if not walker.waits:
        return np.zeros(len(edges))
    at_ends = _each(edges["u_hurdles"], wait) + _each(edges["v_hurdles"], wait)
    return _each(edges["hurdles"], wait) * _of_way(edges) + at_ends / 2.0


def _of_way(edges: DataFrame) -> Floats:
    """Return which share of its whole way each edge is; 1 for ways of no length."""
    metres = edges["length_m"]
    whole = metres.groupby(edges["way"]).transform("sum").to_numpy()
    share = np.divide(metres, whole, out=np.ones(len(edges)), where=whole > 0)
    return np.asarray(share, float)


def _slopes(edges: DataFrame, walker: Walker) -> tuple[Floats, Floats]:
    if not walker.slope or "up_times" not in edges:
        return np.ones(len(edges)), np.ones(len(edges))
    return edges["up_times"].to_numpy(), edges["down_times"].to_numpy()


def _each(hurdles: Series, figure: Callable[[list[str]], float]) -> Floats:
    """Return a figure of the names in each text; few texts differ."""
    figures = {text: figure(text.split()) for text in set(hurdles)}
    return np.asarray(hurdles.map(figures), float)

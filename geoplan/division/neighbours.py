"""Walkable neighbours: which units one can walk between without a detour.

A unit owns the edges and junctions of the network that lie in it or on its border;
an edge that runs on into another unit is owned by both. Two units are neighbours
if they share at least 1 m of border that is no barrier, and own a common edge or
junction or lie in the same block; ground that a barrier parts from a unit's homes,
as water that goes with it, has no such border. A wall is no barrier where a common
edge passes it or a gate stands in it.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from pandas import DataFrame
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geoplan.division.faces import ON, Bools, Ints
from geoplan.division.units import Units

BORDER = 1.0  # m: neighbours share so much of border
_RUNS = 0.5  # m: an edge that runs this far in a unit is its own
_AT_GATE = 1.0  # m: a gate this near to both units stands in their border


def neighbours(units: Units) -> DataFrame:
    """Return the borders between units, and who can be walked between.

    Returns
    -------
    DataFrame
        The columns of ``units.borders``, and walk (bool).
    """
    pairs = units.borders
    one, other = pairs["one"].to_numpy(), pairs["other"].to_numpy()
    met = _common(units, one=one, other=other)
    block = units.frame["block"].to_numpy()
    together = met | ((block[one] == block[other]) & (block[one] >= 0))
    free = (
        pairs["border_m"].to_numpy()
        - pairs["hard_m"].to_numpy()
        - pairs["wall_m"].to_numpy()
    )
    gated = _gated(units, one=one, other=other)
    open_wall = (free + pairs["wall_m"].to_numpy() >= BORDER) & (gated | met)
    walk = ((free >= BORDER) | open_wall) & (together | gated)
    return pairs.assign(walk=walk)


def pieces(size: int, *, one: Ints, other: Ints) -> Ints:
    """Return the number of the piece that each of ``size`` things is in."""
    graph = coo_array((np.ones(len(one), bool), (one, other)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    return np.asarray(label, np.int64)


def _common(units: Units, *, one: Ints, other: Ints) -> Bools:
    """Return which pairs own a common edge or junction."""
    shapes = units.frame.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    lines = units.ground.ways.geometry.to_numpy()
    edge, holder = tree.query(lines, predicate="dwithin", distance=ON)
    wide = shapely.buffer(shapes, ON)
    runs = shapely.length(shapely.intersection(lines[edge], wide[holder]))
    # an edge shorter than the least run is owned where it lies at all
    long = runs >= np.minimum(_RUNS, shapely.length(lines[edge]) / 2)
    node, at = tree.query(units.ground.junctions, predicate="dwithin", distance=ON)
    return _share(one, other, thing=edge[long], holder=holder[long]) | _share(
        one, other, thing=node, holder=at
    )


def _gated(units: Units, *, one: Ints, other: Ints) -> Bools:
    """Return which pairs have a gate in their border."""
    tree = shapely.STRtree(units.frame.geometry.to_numpy())
    gate, holder = tree.query(
        units.ground.gates, predicate="dwithin", distance=_AT_GATE
    )
    return _share(one, other, thing=gate, holder=holder)


def _share(
    one: Ints, other: Ints, *, thing: NDArray[np.intp], holder: NDArray[np.intp]
) -> Bools:
    """Return which pairs hold a common thing."""
    size = int(max(one.max(initial=0), other.max(initial=0), holder.max(initial=0))) + 1
    held: coo_array = coo_array(
        (np.ones(len(thing), np.int32), (holder, thing)),
        shape=(size, int(thing.max(initial=0)) + 1),
    ).tocsr()
    counts = np.asarray((held[one].multiply(held[other])).sum(axis=1)).reshape(-1)
    found: Bools = counts > 0
    return found


__all__ = ["BORDER", "neighbours", "pieces"]

"""Areas that tile the ground, as the borders between them, each written once.

A border (arc) runs between the same two areas and says which they are; a page
merges areas by leaving out the arcs within. Half as large as outlines, and borders
on both sides agree to the point.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.maps.encoding import Geometries, Grain, ints

_TOLERANCE = 1.0  # steps by which an arc may be moved to save points
_OUTSIDE = -1

Ints = NDArray[np.int64]


def arcs(areas: Geometries, *, grain: Grain) -> dict[str, Any]:
    """Return the borders of areas.

    Returns
    -------
    dict
        ``n``, ``points``, ``xy`` as of lines of one part in
        :func:`geoplan.maps.encoding.shapes`; ``one``, ``other``: the areas on both
        sides by position, ``other`` -1 where the ground ends.
    """
    ends, one, other = _edges(areas, grain=grain)
    order = np.lexsort((other, one))
    ends, one, other = ends[order], one[order], other[order]
    starts = np.ones(len(one), bool)
    starts[1:] = (one[1:] != one[:-1]) | (other[1:] != other[:-1])
    pair = np.cumsum(starts) - 1
    lines = shapely.linestrings(ends.astype(float))
    merged = shapely.line_merge(shapely.multilinestrings(lines, indices=pair))
    merged, at = shapely.get_parts(merged, return_index=True)
    plain = shapely.simplify(merged, _TOLERANCE)
    xy, line = shapely.get_coordinates(plain, return_index=True)
    steps = np.round(xy).astype(np.int64)
    return {
        "n": len(merged),
        "points": ints(np.bincount(line, minlength=len(merged))),
        "xy": ints(np.diff(steps, axis=0, prepend=np.zeros((1, 2), np.int64))),
        "one": ints(np.diff(one[starts][at], prepend=0)),
        "other": ints(other[starts][at]),
    }


def _edges(areas: Geometries, *, grain: Grain) -> tuple[Ints, Ints, Ints]:
    """Return the straight pieces of all borders, shape (n, 2, 2), and their sides."""
    ends, owner = _sides(areas, grain=grain)
    back = (ends[:, 0, 0] > ends[:, 1, 0]) | (
        (ends[:, 0, 0] == ends[:, 1, 0]) & (ends[:, 0, 1] > ends[:, 1, 1])
    )
    ends[back] = ends[back][:, ::-1]
    keys = ends.reshape(-1, 4)
    order = np.lexsort((owner, *keys.T[::-1]))
    keys, owner = keys[order], owner[order]
    # an area on both sides of an edge (a slit, closed by rounding) has no border there
    twice = np.zeros(len(owner), bool)
    alike = np.all(keys[1:] == keys[:-1], axis=1) & (owner[1:] == owner[:-1])
    for i in np.flatnonzero(alike):
        if not twice[i]:
            twice[[i, i + 1]] = True
    keys, owner = keys[~twice], owner[~twice]
    first = np.ones(len(owner), bool)
    first[1:] = np.any(keys[1:] != keys[:-1], axis=1)
    rank = np.arange(len(owner)) - np.flatnonzero(first)[np.cumsum(first) - 1]
    # where areas overlap an edge may have more than two: paired as they come
    left = np.flatnonzero(rank % 2 == 0)
    right = np.minimum(left + 1, len(owner) - 1)
    paired = (right > left) & (rank[right] == rank[left] + 1)
    other = np.where(paired, owner[right], _OUTSIDE)
    return keys[left].reshape(-1, 2, 2), owner[left], other


def _sides(areas: Geometries, *, grain: Grain) -> tuple[Ints, Ints]:
    """Return the straight sides of all areas on the lattice, and whose they are."""
    parts, area = shapely.get_parts(grain.place(areas), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    steps = np.round(xy).astype(np.int64)
    ends = np.stack([steps[:-1], steps[1:]], axis=1)
    kept = (ring[1:] == ring[:-1]) & np.any(ends[:, 0] != ends[:, 1], axis=1)
    return ends[kept], area[part][ring[:-1]][kept]

"""The ground cut by lines into faces, and what lies on the cuts between them.

All lines are noded together on a grid of 0.01 mm, so neighbouring faces share their
vertices exactly: areas put together from faces have neither gaps nor overlaps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Shapes = NDArray[np.object_]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

ON = 0.01  # m: a cut this near to a line lies on it
NECK = 0.01  # m: ground no wider than this joins nothing
#: m: coordinates are rounded to it; lines that cross at any angle then meet, which
#: they may miss by the last digit where coordinates are free
ROUNDED = 1e-5
_QUARTERS = (0.25, 0.75)  # where along a cut that is looked


@dataclass(frozen=True, kw_only=True, eq=False)
class Faces:
    """Faces, and the cuts between two of them."""

    shapes: Shapes  #: polygons, shape (n,)
    left: Ints  #: face on one side of each cut, shape (m,); never -1
    right: Ints  #: face on the other; -1 outside
    ends: Floats  #: shape (m, 4): x, y, x, y
    on: Mapping[str, Bools]  #: kind of line → which cuts lie on one

    @cached_property
    def points(self) -> Shapes:
        """Return a point within each face."""
        found: Shapes = shapely.point_on_surface(self.shapes)
        return found

    @cached_property
    def length(self) -> Floats:
        """Return the length of each cut, m."""
        x, y = self.ends[:, 0] - self.ends[:, 2], self.ends[:, 1] - self.ends[:, 3]
        return np.hypot(x, y)

    def joined(self, open_cuts: Bools, *, among: Bools) -> Ints:
        """Return the group of each face, over open cuts; -1 for the others.

        Two faces that share no more than a neck are not joined by it.
        """
        inner = open_cuts & (self.right >= 0)
        inner &= among[self.left] & among[self.right]
        pairs = (self.left[inner], self.right[inner])
        size = (len(self.shapes),) * 2
        shared = coo_array((self.length[inner], pairs), shape=size).tocsr()
        _, label = connected_components(shared > NECK, directed=False)
        return np.where(among, label, -1).astype(np.int64)

    def under(self, areas: Shapes) -> Ints:
        """Return the first of the areas that each face lies in, -1 without."""
        found = np.full(len(self.shapes), -1, np.int64)
        if len(areas):
            face, area = shapely.STRtree(areas).query(
                self.points, predicate="intersects"
            )
            order = np.lexsort((-area, face))  # the first area is written last
            found[face[order]] = area[order]
        return found


def faces(lines: Mapping[str, Shapes], *, within: Shapes) -> Faces:
    """Return the faces that lines part the ground into.

    Parameters
    ----------
    lines : mapping
        Kind → lines; the kinds that cuts are told by.
    within : array of polygons
        Their outlines cut too; faces outside all of them are left out.
    """
    near = _near(lines, within=within)
    whole = shapely.union_all(
        np.concatenate([shapely.boundary(within), *near.values()]), grid_size=ROUNDED
    )
    shapes = shapely.get_parts(shapely.polygonize(shapely.get_parts(whole)))
    at, _ = shapely.STRtree(within).query(
        shapely.point_on_surface(shapes), predicate="intersects"
    )
    shapes = shapes[np.unique(at)]
    left, right, ends = _cuts(shapes)
    on = {kind: _lying_on(ends, some) for kind, some in near.items()}
    return Faces(shapes=shapes, left=left, right=right, ends=ends, on=on)


def _near(lines: Mapping[str, Shapes], *, within: Shapes) -> dict[str, Shapes]:
    """Return the lines that run through or along the areas."""
    tree = shapely.STRtree(within)
    found = {}
    for kind, some in lines.items():
        at, _ = tree.query(some, predicate="dwithin", distance=ON)
        found[kind] = some[np.unique(at)]
    return found


def _cuts(shapes: Shapes) -> tuple[Ints, Ints, Floats]:
    """Return the faces on both sides of every piece of outline, and its ends."""
    rings, face = shapely.get_rings(shapes, return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    _, vertex = np.unique(coords, axis=0, return_inverse=True)
    vertex = vertex.reshape(-1)
    step = np.flatnonzero(ring[1:] == ring[:-1])
    low = np.minimum(vertex[step], vertex[step + 1])
    high = np.maximum(vertex[step], vertex[step + 1])
    owner = face[ring[step]].astype(np.int64)
    order = np.lexsort((owner, high, low))
    low, high, owner, step = low[order], high[order], owner[order], step[order]
    first = np.ones(len(low), bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    start = np.flatnonzero(first)
    two = np.diff(np.append(start, len(low))) > 1
    right = np.full(len(start), -1, np.int64)
    right[two] = owner[start[two] + 1]
    ends = np.hstack([coords[step[start]], coords[step[start] + 1]])
    return owner[start], right, ends


def _lying_on(ends: Floats, lines: Shapes) -> Bools:
    """Return which cuts lie on one of the lines."""
    found = np.ones(len(ends), bool)
    if not len(lines):
        return ~found
    tree = shapely.STRtree(shapely.get_parts(lines))
    for share in _QUARTERS:
        at = ends[:, :2] + share * (ends[:, 2:] - ends[:, :2])
        hit, _ = tree.query(shapely.points(at), predicate="dwithin", distance=ON)
        met = np.zeros(len(ends), bool)
        met[hit] = True
        found &= met
    return found

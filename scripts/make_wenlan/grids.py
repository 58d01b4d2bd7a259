"""Grids and communities: whole faces between the ways, grown together."""

import heapq
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

CROWD = 0.10  # how much the weight of a neighbour counts against it
APART = 0.02  # what a metre of border along river or railway counts when growing


@dataclass(frozen=True, kw_only=True, eq=False)
class Patches:
    """Faces, or areas grown from them, with what lives in them."""

    shapes: NDArray[np.object_]
    weights: NDArray[np.float64]  #: households, or what stands for them
    border: NDArray[np.float64]  #: (n, n) common border; divided border counts less


def patches(
    shapes: list[Polygon], weights: NDArray[np.float64], divides: BaseGeometry
) -> Patches:
    """Return faces with the borders they share.

    Parameters
    ----------
    shapes : list of Polygon
        Faces that share their vertices.
    weights : ndarray, shape (n,)
    divides : geometry
        River and railway: borders along them hardly join.
    """
    array = np.array(shapes, dtype=object)
    tree = shapely.STRtree(array)
    i, j = tree.query(array, predicate="touches")
    keep = i < j
    i, j = i[keep], j[keep]
    common = shapely.intersection(array[i], array[j])
    length = shapely.length(common)
    apart = shapely.length(shapely.intersection(common, divides.buffer(0.5)))
    value = length - apart * (1 - APART)
    n = len(array)
    upper = coo_array((value, (i, j)), shape=(n, n)).toarray()
    return Patches(shapes=array, weights=weights, border=upper + upper.T)


def grow(
    faces: Patches, *, count: int, frozen: set[int] | None = None
) -> NDArray[np.int64]:
    """Return a group number for each patch: the lightest joins a neighbour in turn.

    A neighbour is the better the longer the common border is for its size and
    the less it weighs. Frozen patches stay as they are.
    """
    frozen = frozen or set()
    groups: dict[int, set[int]] = {i: {i} for i in range(len(faces.shapes))}
    weight = dict(enumerate(faces.weights.astype(float)))
    length = dict(enumerate(shapely.length(faces.shapes)))
    border = {
        i: {int(j): float(faces.border[i, j]) for j in np.flatnonzero(faces.border[i])}
        for i in groups
    }
    mean = float(faces.weights.sum()) / count
    heap = [(w, i) for i, w in weight.items() if i not in frozen]
    heapq.heapify(heap)
    while len(groups) > count and heap:
        w, i = heapq.heappop(heap)
        if i not in groups or weight[i] != w:
            continue
        near = [j for j in border[i] if j not in frozen]
        if not near:
            continue
        best = max(
            near,
            key=lambda j: (
                border[i][j] / min(length[i], length[j])
                - CROWD * (w + weight[j]) / mean,
                -j,
            ),
        )
        _join(i, best, border=border, length=length)
        groups[best] |= groups.pop(i)
        weight[best] += weight.pop(i)
        heapq.heappush(heap, (weight[best], best))
    labels = np.empty(len(faces.shapes), dtype=np.int64)
    for number, members in enumerate(groups.values()):
        labels[sorted(members)] = number
    return labels


def merge(faces: Patches, labels: NDArray[np.int64]) -> list[Polygon]:
    """Return one polygon a group, with every vertex of its faces' borders."""
    merged = []
    for number in range(int(labels.max()) + 1):
        members = list(faces.shapes[labels == number])
        whole = shapely.coverage_union_all(members)
        parts = shapely.get_parts(whole)
        assert len(parts) == 1, number  # noqa: S101  grown along common borders
        merged.append(parts[0])
    return merged


def reading_order(shapes: list[Polygon]) -> list[int]:
    """Return the order of numbering: north to south in bands, west to east."""
    points = [shape.representative_point() for shape in shapes]
    heights = sorted(np.sqrt([shape.area for shape in shapes]))
    band = heights[len(heights) // 2]
    top = max(point.y for point in points)
    return sorted(
        range(len(shapes)),
        key=lambda i: (int((top - points[i].y) // band), points[i].x),
    )


def _join(
    i: int,
    into: int,
    *,
    border: dict[int, dict[int, float]],
    length: dict[int, float],
) -> None:
    shared = border[i].get(into, 0.0)
    length[into] = length[into] + length.pop(i) - 2 * shared
    for j, metres in border.pop(i).items():
        del border[j][i]
        if j != into:
            border[into][j] = border[into].get(j, 0.0) + metres
            border[j][into] = border[into][j]

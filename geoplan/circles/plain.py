"""Stamping and shading with NumPy: the oracle, and the way without Numba."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_CHUNK = 4000  # pairs of a spot and a wall handled at once


def stamp(
    height: Array,
    low: Array,
    xy: Array,
    left_m: Array,
    seen: tuple[Array, Array],
    grid: tuple[Array, float, float, float],
) -> None:
    """Lower a raster to what samples reach.

    Parameters
    ----------
    height : float array, shape (rows, columns)
        Metres by which a cell's middle lies outside the field, negative inside;
        is lowered in place.
    low : int array, shape (2,)
        Column and row of the first cell, counted from the CRS's origin.
    xy, left_m : float arrays, shapes (n, 2), (n,)
        The samples, and the metres left to walk from each.
    seen : pair of arrays
        Row of each sample in the second array, -1 where nothing is hidden from
        it; and which of the cells around are hidden.
    grid : tuple
        Cells around a sample's own, size of a cell, width of the field, and the
        metres beyond it that still count.
    """
    around, size, width, rim = grid
    walled, hidden = seen
    cell = np.floor(xy / size).astype(np.int64)
    near = np.flatnonzero(walled >= 0)
    for number, offset in enumerate(around):
        there = cell + offset
        metres = np.hypot(*((there + 0.5) * size - xy).T)
        over = np.maximum(metres - left_m, metres - width)
        good = over < rim
        good[near] &= ~hidden[walled[near], number]
        column, row = (there - low)[good].T
        np.minimum.at(height, (row, column), over[good])


def stamp_strips(
    height: Array, low: Array, strips: Array, grid: tuple[float, float, float]
) -> None:
    """Lower a raster to what strips cover.

    Parameters
    ----------
    height, low
        As for :func:`stamp`.
    strips : float array, shape (n, 4)
        Middle lines: x and y where they begin, x and y where they end.
    grid : tuple
        Size of a cell, half the width of a strip, and the metres beyond it that
        still count.
    """
    size, width, rim = grid
    ends = strips.reshape(-1, 2, 2)
    most = np.array(height.shape[::-1])
    first = np.floor((ends.min(axis=1) - width - rim) / size).astype(np.int64) - low
    last = np.floor((ends.max(axis=1) + width + rim) / size).astype(np.int64) - low
    corners = np.concatenate([np.clip(first, 0, most), np.clip(last + 1, 0, most)], 1)
    for (x0, y0, x1, y1), (left, bottom, right, top) in zip(
        strips.tolist(), corners.tolist(), strict=True
    ):
        part_of = height[bottom:top, left:right]
        x = (np.arange(left, right) + low[0] + 0.5) * size
        y = ((np.arange(bottom, top) + low[1] + 0.5) * size)[:, None]
        along, across = x1 - x0, y1 - y0
        square = along * along + across * across
        part = ((x - x0) * along + (y - y0) * across) / (square or 1.0)
        part = np.clip(part, 0.0, 1.0) if square else np.zeros(part_of.shape)
        over = np.hypot(x - x0 - part * along, y - y0 - part * across) - width
        np.minimum(part_of, np.where(over < rim, over, part_of), out=part_of)


def shade(
    hidden: Array, row: Array, xy: Array, walls: Array, grid: tuple[Array, float]
) -> None:
    """Mark the cells around spots to which a straight leg crosses a wall.

    Parameters
    ----------
    hidden : bool array, shape (n_spots, cells around)
        Is marked in place.
    row, xy, walls : arrays, shapes (n,), (n, 2), (n, 2, 2)
        Pair by pair: row of ``hidden``, where the spot is, and a straight piece
        of wall.
    grid : tuple
        Cells around a spot's own, and the size of a cell.
    """
    around, size = grid
    for start in range(0, len(row), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        spot, wall = xy[chunk, None, :], walls[chunk, None]
        cells = (np.floor(spot / size) + around[None] + 0.5) * size
        one, other = wall[..., 0, :], wall[..., 1, :]
        apart = _side(spot, cells, one) * _side(spot, cells, other) < 0
        apart &= _side(one, other, spot) * _side(one, other, cells) < 0
        np.logical_or.at(hidden, row[chunk], apart)


def _side(a: Array, b: Array, c: Array) -> Array:
    """Return on which side of the line a–b the point c lies (sign of the area)."""
    along, across = b - a, c - a
    return np.asarray(along[..., 0] * across[..., 1] - along[..., 1] * across[..., 0])

"""Rows of arrays by their spans, and numbers in lists that are in order."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Ints = NDArray[np.int64]


def in_order(numbers: Array) -> Array:
    """Return the different ones of some numbers in their order."""
    sorted_ = np.sort(numbers)
    return np.asarray(sorted_[np.diff(sorted_, prepend=sorted_[:1] - 1) != 0])


def found(numbers: Array, *, among: Array) -> tuple[Ints, NDArray[np.bool_]]:
    """Return where numbers stand in a list in order, and whether they do at all."""
    if not len(among):
        return np.zeros(len(numbers), np.int64), np.zeros(len(numbers), bool)
    at = np.minimum(np.searchsorted(among, numbers), len(among) - 1)
    return at, among[at] == numbers


def rows(spans: Ints) -> Ints:
    """Return all rows of some spans, one after another."""
    size = spans[:, 1] - spans[:, 0]
    before = np.cumsum(size) - size
    return np.repeat(spans[:, 0] - before, size) + np.arange(size.sum())


def closed_up(spans: Ints) -> Ints:
    """Return spans of the same sizes, without gaps between them."""
    last = np.cumsum(spans[:, 1] - spans[:, 0])
    return np.stack([last - (spans[:, 1] - spans[:, 0]), last], axis=1)

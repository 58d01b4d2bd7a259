"""Geometries and columns of numbers as short texts that a page can carry.

Numbers are zigzag varints (protobuf's: seven bits a byte, lowest first, the top
bit says that more follows) in base64. Coordinates are whole steps of a
:class:`Grain` in Web Mercator, each point written as the difference from the one
before it, across the whole layer. 20,000 ways take about 0.3 MB.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from os.path import commonprefix
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoSeries
from numpy.typing import ArrayLike, NDArray
from pandas import Index, Series
from pyproj import CRS, Transformer

Geometries = NDArray[Any]  # of shapely geometries

_MERCATOR = "EPSG:3857"
_STEP = 0.4  # Web Mercator metres, 0.2 to 0.4 m on the ground where people live
_GROUPS = 5  # seven-bit groups in 32 bits and the sign


@dataclass(frozen=True, kw_only=True)
class Grain:
    """The lattice of a page: x counts eastwards, y counts southwards."""

    west: float  #: Web Mercator x of column 0, m
    north: float  #: Web Mercator y of row 0, m
    crs: CRS  #: of the geometries that are put on it
    step: float = _STEP  #: Web Mercator m

    @classmethod
    def of(cls, bounds: Sequence[float], *, crs: CRS) -> "Grain":
        """Return the lattice whose first cell is the north-west of the bounds."""
        box = np.array([shapely.box(*bounds)], dtype=object)
        west, _, _, north = shapely.bounds(_to_mercator(box, crs))[0]
        return cls(west=float(np.floor(west)), north=float(np.ceil(north)), crs=crs)

    def place(self, geometries: Geometries) -> Geometries:
        """Return geometries in steps of the lattice, not yet rounded."""
        corner = np.array([self.west, self.north])
        moved: Geometries = shapely.transform(
            _to_mercator(geometries, self.crs),
            lambda xy: (xy - corner) * (1.0, -1.0) / self.step,
        )
        return moved


def ints(values: ArrayLike) -> str:
    """Return whole numbers (within 34 bits) as a text.

    Examples
    --------
    >>> ints([0, -1, 1, 300])
    'AAEC2AQ='
    """
    numbers = np.asarray(values, dtype=np.int64).ravel()
    zigzag = ((numbers << 1) ^ (numbers >> 63)).astype(np.uint64)
    shifts = np.arange(_GROUPS, dtype=np.uint64) * np.uint64(7)
    groups = (zigzag[:, None] >> shifts).astype(np.uint64)
    more = groups >= np.uint64(128)
    written = np.column_stack([np.ones(len(numbers), bool), more[:, :-1]])
    coded = (groups & np.uint64(127)).astype(np.uint8) | (more * np.uint8(128))
    return base64.b64encode(coded[written].tobytes()).decode("ascii")


def optional(values: ArrayLike, *, steps: float = 1.0) -> str:
    """Return numbers as whole steps, one up: 0 stands for a missing one (NaN)."""
    numbers = np.asarray(values, dtype=float)
    present = np.isfinite(numbers)
    whole = np.zeros(len(numbers), dtype=np.int64)
    whole[present] = np.round(numbers[present] * steps).astype(np.int64) + 1
    return ints(whole)


def numbers(column: Series) -> list[float | None]:
    """Return numbers as JSON has them, None where there is none."""
    return [
        round(float(v), 2) if np.isfinite(v) else None for v in column.astype(float)
    ]


def strings(values: Index | Series | Sequence[object]) -> list[str]:
    """Return texts, empty where there is none."""
    return ["" if pd.isna(v) else str(v) for v in values]


def fronts(values: Sequence[str]) -> dict[str, Any]:
    """Return texts: ``same`` signs as the one before begins with, then ``rest``.

    Signs are Unicode's, not halves of pairs.

    Examples
    --------
    >>> fronts(["A-001", "A-002", "B"])["rest"]
    ['A-001', '2', 'B']
    """
    before = ["", *values[:-1]]
    same = [
        len(commonprefix(pair))  # noqa: RUF071  of any texts, not of paths
        for pair in zip(before, values, strict=True)
    ]
    rest = [text[n:] for text, n in zip(values, same, strict=True)]
    return {"same": ints(same), "rest": rest}


def shapes(
    layer: GeoSeries | Geometries, *, grain: Grain, tolerance: float = 0.0
) -> dict[str, Any]:
    """Return a layer as ``parts`` a feature, ``points`` a part, ``xy`` steps.

    Parameters
    ----------
    layer : geometries in the grain's CRS
        Rings of polygons become parts without their closing point (to be filled
        by the even-odd rule); a point is a part of one point; a missing or empty
        geometry is a feature of no part.
    tolerance : float
        How far a line may be moved to save points, m; 0 = not at all.
    """
    geometries = np.asarray(layer, dtype=object)
    if tolerance:
        geometries = shapely.simplify(geometries, tolerance)
    placed = grain.place(geometries)
    lines, feature = _lines(placed)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    steps = np.round(xy).astype(np.int64)
    keep = np.ones(len(line), bool)
    keep[1:] = (line[1:] != line[:-1]) | np.any(steps[1:] != steps[:-1], axis=1)
    steps, line = steps[keep], line[keep]
    return {
        "n": len(geometries),
        "parts": ints(np.bincount(feature, minlength=len(geometries))),
        "points": ints(np.bincount(line, minlength=len(lines))),
        "xy": ints(np.diff(steps, axis=0, prepend=np.zeros((1, 2), np.int64))),
    }


def _to_mercator(geometries: Geometries, crs: CRS) -> Geometries:
    moved: Geometries = shapely.transform(
        geometries, _transformer(crs).transform, interleaved=False
    )
    return moved


@cache
def _transformer(crs: CRS) -> Transformer:
    return Transformer.from_crs(crs, _MERCATOR, always_xy=True)


def _lines(geometries: Geometries) -> tuple[Geometries, NDArray[np.intp]]:
    """Return the lines, open rings and points of features, and whose they are."""
    parts, feature = shapely.get_parts(geometries, return_index=True)
    parts, nested = shapely.get_parts(parts, return_index=True)
    feature = feature[nested]
    kind = shapely.get_type_id(parts)
    area = kind == shapely.GeometryType.POLYGON
    rings, polygon = shapely.get_rings(parts[area], return_index=True)
    lines = np.concatenate([parts[~area], _opened(rings)])
    owner = np.concatenate([feature[~area], feature[area][polygon]])
    order = np.argsort(owner, kind="stable")
    return lines[order], owner[order]


def _opened(rings: Geometries) -> Geometries:
    """Return rings as lines without the last point, which repeats the first."""
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.ones(len(ring), bool)
    last[:-1] = ring[1:] != ring[:-1]
    opened: Geometries = shapely.linestrings(xy[~last], indices=ring[~last])
    return opened

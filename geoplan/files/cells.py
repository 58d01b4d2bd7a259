"""Where the rows of a table lie: shapes out of cells."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import geopandas
import numpy as np
import shapely
from geopandas import GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan import columns
from geoplan import crs as crs_
from geoplan.errors import InputError
from geoplan.files import degrees, values
from geoplan.files.shapes import Source, listed
from geoplan.model import Finding

# How a table can say where its rows lie, the surest first.
_WAYS = (("wkt",), ("lon", "lat"), ("x", "y"), ("lonlat",), ("latlon",))
_AXES = {"lon": "lon", "lat": "lat"}
_MAX_LAT = 90.0


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where a table's rows lie."""

    shapes: GeoSeries  #: None in a row without coordinates, or with 0, 0
    degrees: bool  #: they are longitudes and latitudes
    findings: tuple[Finding, ...] = ()


def coordinate_columns(found: Collection[str]) -> tuple[str, ...]:
    """Return which of the columns found say where a table's rows lie."""
    return next((way for way in _WAYS if set(way) <= set(found)), ())


def from_cells(frame: DataFrame, *, found: Mapping[str, int], source: Source) -> Places:
    """Return the shapes a table's cells describe.

    ``found`` maps lon, lat, x, y, lonlat, latlon, wkt to positions of columns.

    Raises
    ------
    InputError
        If the table has no such columns or a coordinate is no number.
    """
    named = coordinate_columns(found)
    if not named:
        names = ", ".join(str(c) for c in frame.columns)
        raise InputError.at(
            "no_coordinates", file=source.file, layer=source.layer, columns=names
        )
    cells = [frame.iloc[:, found[name]] for name in named]
    if named == ("wkt",):
        return Places(shapes=_from_wkt(cells[0], source=source), degrees=False)
    if len(named) == 1:
        return _from_pairs(cells[0], east_first=named == ("lonlat",), source=source)
    x, y = (
        _coordinates(column, axis=_AXES.get(name, ""), source=source)
        for name, column in zip(named, cells, strict=True)
    )
    there = x.notna() & y.notna() & ~((x == 0) & (y == 0))
    return Places(shapes=_points(x, y, there=there), degrees=named == ("lon", "lat"))


def _coordinates(cells: Series, *, axis: str, source: Source) -> Series:
    """Return a column of coordinates, float64; missing is NaN.

    A cell that is none is told, as is one that says it is of the other axis.
    """
    place, told = _place(source, cells), 0
    read = np.full(len(cells), np.nan)
    for at, cell in enumerate(cells):
        value = values.number(cell)
        key = "value_not_coordinate"
        if value is None and (said := degrees.degree(str(cell))):
            value = said.value if said.axis in {"", axis} or not axis else None
            key = f"value_is_{said.axis}" if value is None else ""
        if value is None or np.isinf(value):
            told += 1
            if told <= values.TOLD:
                source.faults.tell(place.error(key, at=at, value=cell))
            continue
        read[at] = value
    return Series(read, index=cells.index)


def _pairs(cells: Series, *, source: Source) -> DataFrame:
    """Return both coordinates of cells: first, second (NaN if missing), axis."""
    place, told = _place(source, cells), 0
    read: list[tuple[float, float, str]] = []
    for at, cell in enumerate(cells):
        two = degrees.pair(values.text(cell))
        if two:
            read.append((two[0].value, two[1].value, _axis(two[0], two[1])))
            continue
        read.append((np.nan, np.nan, ""))
        if columns.plain_value(values.text(cell)) not in columns.nothing():
            told += 1
            if told <= values.TOLD:
                source.faults.tell(place.error("value_not_pair", at=at, value=cell))
    return DataFrame(read, columns=["first", "second", "axis"], index=cells.index)


def _axis(first: degrees.Degree, second: degrees.Degree) -> str:
    """Return which axis the first of two coordinates says it is of, "" if neither."""
    other = {"lon": "lat", "lat": "lon", "": ""}
    return first.axis or other[second.axis]


def _place(source: Source, column: Series) -> values.Place:
    return values.Place(
        file=source.file, layer=source.layer, column=str(column.name), rows=source.rows
    )


def _points(x: Series, y: Series, *, there: Series) -> GeoSeries:
    at = there.to_numpy()
    points = np.full(len(x), None, dtype=object)
    points[at] = shapely.points(x.to_numpy()[at], y.to_numpy()[at])
    return GeoSeries(points, index=x.index)


def _from_pairs(cells: Series, *, east_first: bool, source: Source) -> Places:
    """Return the points of cells that hold both coordinates.

    Where the numbers show that latitude stands first throughout, they are read
    so, and that is told.

    Raises
    ------
    InputError
        If some rows have the one order and some the other.
    """
    pairs = _pairs(cells, source=source)
    east, north = (_orders(pairs, first=axis) for axis in ("lon", "lat"))
    mixed = np.flatnonzero(east if east.sum() < north.sum() else north)
    if east.any() and north.any():
        rows = [int(row) for row in source.rows.iloc[mixed]]
        facts = {"count": len(rows), "rows": listed(rows)}
        at = int(mixed[0])
        raise _place(source, cells).error(
            "pairs_mixed", at=at, value=cells.iloc[at], **facts
        )
    first_is_east = not north.any() if east.any() or north.any() else east_first
    told: tuple[Finding, ...] = ()
    if first_is_east != east_first:
        facts = {"column": str(cells.name)}
        rule = "pairs_east_first" if first_is_east else "pairs_north_first"
        told = (Finding(rule=rule, level="info", layer=source.layer, facts=facts),)
    ends = ("first", "second") if first_is_east else ("second", "first")
    x, y = (pairs[end] for end in ends)
    there = x.notna() & y.notna() & ~((x == 0) & (y == 0))
    return Places(shapes=_points(x, y, there=there), degrees=True, findings=told)


def _orders(pairs: DataFrame, *, first: str) -> NDArray[np.bool_]:
    """Return which rows can only be read with longitude, or latitude, first."""
    x, y = pairs["first"].to_numpy(), pairs["second"].to_numpy()
    said = (pairs["axis"] == first).to_numpy()
    if first == "lat":
        x, y = y, x
    only = (np.abs(x) > _MAX_LAT) & (np.abs(y) <= _MAX_LAT)
    china = [
        np.isfinite([a, b]).all() and crs_.in_china(a, b) and not crs_.in_china(b, a)
        for a, b in zip(x, y, strict=True)
    ]
    other = (~pairs["axis"].isin(["", first])).to_numpy()
    orders: NDArray[np.bool_] = said | (only | np.array(china, bool)) & ~other
    return orders


def _from_wkt(cells: Series, *, source: Source) -> GeoSeries:
    texts = [values.text(cell) or None for cell in cells]
    shapes = shapely.from_wkt(texts, on_invalid="ignore")
    for at, (text, shape) in enumerate(zip(texts, shapes, strict=True)):
        if text and shape is None:
            place = _place(source, cells)
            source.faults.tell(place.error("value_not_wkt", at=at, value=text))
    return GeoSeries(geopandas.array.from_shapely(shapes), index=cells.index)

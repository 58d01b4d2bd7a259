"""Shapes of a layer: where they come from, which are kept, what must be so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas
import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan.columns import Schema
from geoplan.errors import InputError
from geoplan.files import values
from geoplan.model import Finding

Shapes = NDArray[np.object_]

_TYPES = {
    0: "point",
    1: "line",
    2: "line",
    3: "polygon",
    4: "point",
    5: "line",
    6: "polygon",
}  # by shapely's type id; 7, a collection, is none
_LISTED = 20  # rows that a finding lists


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a layer comes from, for messages."""

    file: Path
    layer: str
    rows: Series  #: row numbers on the frame's index


def from_cells(
    frame: DataFrame, *, found: Mapping[str, str], schema: Schema, source: Source
) -> tuple[GeoSeries, bool]:
    """Return the shapes a table's cells describe, and whether they are degrees.

    ``found`` maps lon, lat, x, y, wkt to the file's columns. A row without
    coordinates, or with 0, 0, has no shape. Shapes of lon and lat carry
    EPSG:4326, others no CRS.

    Raises
    ------
    InputError
        If the table has no such columns or a coordinate is no number.
    """
    named = coordinate_columns(found)
    if not named:
        names = ", ".join(str(c) for c in frame.columns)
        raise InputError.at(
            "no_coordinates", file=source.file, layer=schema.layer, columns=names
        )
    if named == ("wkt",):
        return _from_wkt(frame[found["wkt"]], source=source), False
    x, y = (
        values.coordinates(frame[found[c]], place=_place(source, found[c]))
        for c in named
    )
    return _points(x, y), named == ("lon", "lat")


def coordinate_columns(found: Mapping[str, str]) -> tuple[str, ...]:
    """Return which of the columns found say where a table's rows lie."""
    pairs = (("wkt",), ("lon", "lat"), ("x", "y"))
    return next((pair for pair in pairs if found.keys() >= set(pair)), ())


def kept(
    shapes: GeoSeries, *, schema: Schema, source: Source
) -> tuple[GeoSeries, tuple[Finding, ...]]:
    """Return the shapes that are there, flat and of the layer's kind.

    Rows without a shape are left out, and a finding lists them.

    Raises
    ------
    InputError
        If a shape is of a kind the layer cannot have.
    """
    bounds = shapely.bounds(shapes.to_numpy())
    there = ~shapes.isna().to_numpy() & np.isfinite(bounds).all(axis=1)
    flat = GeoSeries(
        _single(shapely.force_2d(shapes.to_numpy()[there])),
        index=shapes.index[there],
        crs=shapes.crs,
    )
    kinds = np.array([_TYPES.get(t, "") for t in shapely.get_type_id(flat.to_numpy())])
    wrong = np.flatnonzero(~np.isin(kinds, list(schema.geometry)))
    if wrong.size:
        raise InputError.at(
            "geometry_kind",
            file=source.file,
            layer=source.layer,
            row=int(source.rows.loc[flat.index[wrong[0]]]),
            kind=flat.iloc[wrong[0]].geom_type,
            wanted=" / ".join(sorted(schema.geometry)),
            count=int(wrong.size),
        )
    rows = source.rows.loc[~there]
    facts = {"count": len(rows), "rows": listed(list(rows))}
    gone = Finding(rule="no_geometry", level="warning", layer=source.layer, facts=facts)
    return flat, (gone,) if len(rows) else ()


def judged(
    frame: GeoDataFrame, *, schema: Schema, source: Source
) -> tuple[Finding, ...]:
    """Return findings on invalid shapes; nothing is repaired.

    Raises
    ------
    InputError
        If the layer's shapes must be valid and one is not.
    """
    shapes = frame.geometry.to_numpy()
    bad = np.flatnonzero(~shapely.is_valid(shapes) | _without_area(shapes))
    if not bad.size:
        return ()
    reasons = [
        shapely.is_valid_reason(shapes[i])
        if not shapely.is_valid(shapes[i])
        else "0 m²"
        for i in bad
    ]
    codes = [str(frame.index[i]) for i in bad]
    if schema.valid:
        raise InputError.at(
            "geometry_invalid",
            file=source.file,
            layer=source.layer,
            row=int(source.rows.iloc[bad[0]]),
            code=codes[0],
            reason=reasons[0],
            count=int(bad.size),
        )
    return tuple(
        Finding(
            rule="geometry_invalid",
            level="warning",
            layer=source.layer,
            code=code,
            facts={"reason": reason, "row": int(source.rows.iloc[i])},
            geometry=shapely.point_on_surface(shapely.envelope(shapes[i])),
        )
        for i, code, reason in zip(bad, codes, reasons, strict=True)
    )


def listed(things: Sequence[object]) -> str:
    """Return things as a list of words, cut off after the first twenty."""
    words = ", ".join(str(thing) for thing in things[:_LISTED])
    return f"{words} …" if len(things) > _LISTED else words


def _place(source: Source, column: str) -> values.Place:
    return values.Place(
        file=source.file, layer=source.layer, column=column, rows=source.rows
    )


def _points(x: Series, y: Series) -> GeoSeries:
    there = (x.notna() & y.notna() & ~((x == 0) & (y == 0))).to_numpy()
    points = np.full(len(x), None, dtype=object)
    points[there] = shapely.points(x.to_numpy()[there], y.to_numpy()[there])
    return GeoSeries(points, index=x.index)


def _from_wkt(cells: Series, *, source: Source) -> GeoSeries:
    texts = [values.text(cell) or None for cell in cells]
    shapes = shapely.from_wkt(texts, on_invalid="ignore")
    for at, (text, shape) in enumerate(zip(texts, shapes, strict=True)):
        if text and shape is None:
            place = _place(source, str(cells.name))
            raise place.error("value_not_wkt", at=at, value=text)
    return GeoSeries(geopandas.array.from_shapely(shapes), index=cells.index)


def _single(shapes: Shapes) -> Shapes:
    """Return multi-points of one point as that point."""
    multi = shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT
    alone = multi & (shapely.get_num_geometries(shapes) == 1)
    shapes = shapes.copy()
    shapes[alone] = shapely.get_geometry(shapes[alone], 0)
    return shapes


def _without_area(shapes: Shapes) -> NDArray[np.bool_]:
    areal: NDArray[np.bool_] = np.isin(shapely.get_type_id(shapes), [3, 6])
    flat: NDArray[np.bool_] = areal & ~(shapely.area(shapes) > 0)
    return flat

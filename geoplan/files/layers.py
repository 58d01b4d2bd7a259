"""From an office's file to a checked layer: the whole way, step by step."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from geopandas import GeoDataFrame, GeoSeries
from pandas import DataFrame, Series
from pyproj import CRS

from geoplan import columns as columns_
from geoplan import crs as crs_
from geoplan.columns import Schema
from geoplan.errors import STRICT, Faults, InputError
from geoplan.files import (
    archives,
    cells,
    drawings,
    places,
    shapes,
    sheets,
    tables,
    vectors,
)
from geoplan.files import rows as rows_
from geoplan.files.naming import known_names, named
from geoplan.files.options import Options
from geoplan.files.raw import Raw
from geoplan.model import Finding

_SUFFIXES = (
    *(*vectors.SUFFIXES, *drawings.SUFFIXES),
    *(*tables.SUFFIXES, *sheets.SUFFIXES),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerFile:
    """A layer, where it was read and what was odd about it."""

    #: the schema's columns, index = code; with the shapes unless a bare table
    frame: GeoDataFrame | DataFrame
    layer: str
    path: Path
    sha256: str
    rows: int  #: in the file, those left out included
    findings: tuple[Finding, ...]
    #: of each row, as the office's program shows it; index = code
    row_numbers: Series
    parts: Mapping[Path, str]  #: all files read and their SHA-256
    columns: Mapping[str, str]  #: canonical column → the file's own
    crs: CRS | None = None  #: of the file's coordinates
    #: the file's own columns of coordinates; empty where it has shapes
    coordinates: tuple[str, ...] = ()
    encoding: str = ""
    dropped: tuple[str, ...] = ()  #: columns not read: they name people
    part: int = 0  #: which file of the layer it is, where a study has several …
    called: str = ""  #: … and what it is called then


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a layer is read from."""

    path: Path  #: of the file itself, for now, if it was unpacked
    whole: Path  #: as the study names it: the file or its archive
    digest: str  #: SHA-256 of that


def read_layer(  # noqa: PLR0913  what can be said of one file is one subject
    path: Path | str,
    layer: str | Schema,
    *,
    crs: CRS | None = None,
    source_crs: str | None = None,
    datum: str | None = None,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    faults: Faults = STRICT,
) -> LayerFile:
    """Return a layer of a study, checked, with the columns of its schema.

    Parameters
    ----------
    path : Path or str
        Shapefile, GeoPackage, GeoJSON, KML, KMZ, FlatGeobuf, GML, MapInfo,
        GeoParquet, DXF, CSV, XLSX or XLS, or a ZIP of one of them.
    layer : str or Schema
        Name of a schema of ``columns.toml``: grids, buildings, stations …
    crs : CRS, optional
        Working CRS of the result; as the file has it if None.
    source_crs : str, optional
        CRS of the file's coordinates, over what the file says itself.
    datum : str, optional
        wgs84, cgcs2000, gcj02 or bd09; the last two are turned into WGS84.
    columns : mapping, optional
        Canonical column → the file's own; "" for a column that is to be ignored.
    sheet : str, optional
        Sheet of a workbook, or table of a GeoPackage or KML.
    encoding : str, optional
        Of the texts, over what the file's bytes say.
    faults : Faults, optional
        What becomes of errors in single cells, rows and columns.

    Raises
    ------
    InputError, CrsError
        If the file cannot be used as it is; with file, layer, row and column.
    UsageError
        If ``columns`` or ``datum`` name what is not known.
    """
    options = Options(
        source_crs=source_crs,
        datum=datum,
        columns=columns or {},
        sheet=sheet,
        encoding=encoding,
        faults=faults,
    )
    schema = columns_.schema(layer) if isinstance(layer, str) else layer
    return _read(Path(path), schema, crs=crs, options=options)


def read_raw(path: Path, layer: str, *, sheet: str | None, encoding: str | None) -> Raw:
    """Return a file as it is: its own columns, rows and shapes, nothing checked."""
    options = Options(sheet=sheet, encoding=encoding)
    return _raw(path, columns_.schema(layer), options)


def empty_layer(layer: str, *, crs: CRS) -> GeoDataFrame:
    """Return a layer that a study does not have: all columns, no rows."""
    schema = columns_.schema(layer)
    index = pd.Index([], name="code", dtype=str)
    data = rows_.without_code(schema, {}, index=index)
    return GeoDataFrame(data, geometry=GeoSeries([], index=index, crs=crs), crs=crs)


def _read(
    path: Path, schema: Schema, *, crs: CRS | None, options: Options
) -> LayerFile:
    options.check(schema, file=path)
    digest = _sha256(path, layer=schema.layer)
    if path.suffix.lower() not in archives.SUFFIXES:
        place = _Place(path=path, whole=path, digest=digest)
        return _layer(place, schema, crs, options)
    with archives.unpacked(
        path,
        layer=schema.layer,
        suffixes=_SUFFIXES,
        companions=vectors.COMPANIONS,
    ) as inside:
        place = _Place(path=inside.path, whole=path, digest=digest)
        return _layer(place, schema, crs, options)


def _layer(
    place: _Place, schema: Schema, crs: CRS | None, options: Options
) -> LayerFile:
    path = place.path
    raw = _raw(path, schema, options)
    naming = named(raw, path=path, schema=schema, options=options)
    own = {name: str(raw.frame.columns[i]) for name, i in naming.found.items()}
    source = shapes.Source(
        file=path, layer=schema.layer, rows=raw.rows, faults=options.faults
    )
    raw = rows_.without_bad(raw, naming, schema, source)
    data, masked = rows_.values_of(raw, naming, schema, source)
    findings = [*raw.findings, *naming.findings, *masked]
    frame: GeoDataFrame | DataFrame = data
    own_crs, coordinates = None, _coordinates(raw, own)
    if schema.geometry:
        placed, odd = places.placed(raw, naming.found, schema, source, options)
        own_crs = CRS(placed.crs)
        if crs is not None:
            placed = crs_.to_working(
                placed,
                crs=crs,
                layer=schema.layer,
                file=path,
                rows=raw.rows,
                column=", ".join(coordinates) or None,
            )
        frame = GeoDataFrame(data.loc[placed.index], geometry=placed.geometry)
        findings += odd
    if schema.required and frame.empty:
        raise InputError.at("layer_empty", file=path, layer=schema.layer)
    frame, rows, made = rows_.coded(frame, schema, source)
    if schema.geometry:
        coded = replace(source, rows=rows)
        findings += shapes.judged(frame, schema=schema, source=coded)
    return LayerFile(
        frame=frame,
        layer=schema.layer,
        path=place.whole,
        sha256=place.digest,
        rows=len(raw.frame),
        findings=(*findings, *made),
        row_numbers=rows,
        parts=_parts(raw, place, layer=schema.layer),
        columns=rows_.own_columns(raw, naming),
        crs=own_crs,
        coordinates=coordinates,
        encoding=raw.encoding,
        dropped=tuple(str(raw.frame.columns[i]) for i in naming.dropped),
    )


def _parts(raw: Raw, place: _Place, *, layer: str) -> dict[Path, str]:
    """Return all files read and their SHA-256; of an archive, itself."""
    if place.path != place.whole:
        return {place.whole: place.digest}
    return {part: _sha256(part, layer=layer) for part in raw.parts}


def _coordinates(raw: Raw, own: Mapping[str, str]) -> tuple[str, ...]:
    """Return the file's own columns that its shapes are made from."""
    if raw.geometry is not None:
        return ()
    return tuple(own[name] for name in cells.coordinate_columns(own))


def _sha256(path: Path, *, layer: str) -> str:
    """Return a file's SHA-256; the first touch of a file, so it must be there."""
    if not path.is_file():
        raise InputError.at("file_missing", file=path, layer=layer)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError.at("file_locked", file=path, layer=layer) from error
    if path.stat().st_size == 0:
        raise InputError.at("file_empty", file=path, layer=layer)
    return digest


def _raw(path: Path, schema: Schema, options: Options) -> Raw:
    suffix, layer = path.suffix.lower(), schema.layer
    known = known_names(schema, options)
    if suffix in tables.SUFFIXES:
        return tables.read_text_table(
            path, layer=layer, known=known, encoding=options.encoding
        )
    if suffix in sheets.SUFFIXES:
        return sheets.read_sheet(path, layer=layer, known=known, sheet=options.sheet)
    if suffix in vectors.SUFFIXES:
        return vectors.read_vector(
            path, layer=layer, table=options.sheet, encoding=options.encoding
        )
    if suffix in drawings.SUFFIXES:
        return drawings.read_drawing(
            path,
            layer=layer,
            known=known,
            table=options.sheet,
            encoding=options.encoding,
            faults=options.faults,
        )
    formats = ", ".join([*_SUFFIXES, *archives.SUFFIXES])
    raise InputError.at(
        "format_unknown", file=path, layer=layer, suffix=suffix, formats=formats
    )

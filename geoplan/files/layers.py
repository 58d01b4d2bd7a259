"""From an office's file to a checked layer: the whole way, step by step."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from geopandas import GeoDataFrame, GeoSeries
from pandas import DataFrame, Series
from pyproj import CRS

from geoplan import columns as columns_
from geoplan import crs as crs_
from geoplan.columns import Recognition, Schema
from geoplan.errors import InputError
from geoplan.files import places, shapes, tables, values, vectors
from geoplan.files.options import Options
from geoplan.files.raw import Raw
from geoplan.model import Finding


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
) -> LayerFile:
    """Return a layer of a study, checked, with the columns of its schema.

    Parameters
    ----------
    path : Path or str
        Shapefile, GeoPackage, GeoJSON, KML, FlatGeobuf, GML, MapInfo, GeoParquet,
        CSV, XLSX or XLS.
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
    )
    schema = columns_.schema(layer) if isinstance(layer, str) else layer
    return _read(Path(path), schema, crs=crs, options=options)


def empty_layer(layer: str, *, crs: CRS) -> GeoDataFrame:
    """Return a layer that a study does not have: all columns, no rows."""
    schema = columns_.schema(layer)
    index = pd.Index([], name="code", dtype=str)
    data = _without_code(schema, {}, index=index)
    return GeoDataFrame(data, geometry=GeoSeries([], index=index, crs=crs), crs=crs)


def _read(
    path: Path, schema: Schema, *, crs: CRS | None, options: Options
) -> LayerFile:
    options.check(schema, file=path)
    digest = _sha256(path, layer=schema.layer)
    raw = _raw(path, schema, options)
    recognition = _recognised(raw, path, schema, options)
    own = {name: raw.frame.columns[i] for name, i in recognition.found.items()}
    data = _values(raw, path, schema, recognition)
    findings = [*raw.findings, *_personal(raw, recognition, schema.layer)]
    source = shapes.Source(file=path, layer=schema.layer, rows=raw.rows)
    frame: GeoDataFrame | DataFrame = data
    own_crs, coordinates = None, _coordinates(raw, own)
    if schema.geometry:
        placed, odd = places.placed(raw, own, schema, source, options)
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
    frame, rows, made = _coded(frame, path, schema, raw.rows)
    if schema.geometry:
        coded = shapes.Source(file=path, layer=schema.layer, rows=rows)
        findings += shapes.judged(frame, schema=schema, source=coded)
    return LayerFile(
        frame=frame,
        layer=schema.layer,
        path=path,
        sha256=digest,
        rows=len(raw.frame),
        findings=(*findings, *made),
        row_numbers=rows,
        parts={part: _sha256(part, layer=schema.layer) for part in raw.parts},
        columns={name: str(column) for name, column in own.items()},
        crs=own_crs,
        coordinates=coordinates,
        encoding=raw.encoding,
    )


def _coordinates(raw: Raw, own: Mapping[str, str]) -> tuple[str, ...]:
    """Return the file's own columns that its shapes are made from."""
    if raw.geometry is not None:
        return ()
    return tuple(str(own[name]) for name in shapes.coordinate_columns(own))


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
    known = _known_names(schema, options)
    if suffix in tables.TEXT_SUFFIXES:
        return tables.read_text_table(
            path, layer=layer, known=known, encoding=options.encoding
        )
    if suffix in tables.SHEET_SUFFIXES:
        return tables.read_sheet(path, layer=layer, known=known, sheet=options.sheet)
    if suffix in vectors.SUFFIXES:
        return vectors.read_vector(
            path, layer=layer, table=options.sheet, encoding=options.encoding
        )
    formats = ", ".join(
        [*vectors.SUFFIXES, *tables.TEXT_SUFFIXES, *tables.SHEET_SUFFIXES]
    )
    raise InputError.at(
        "format_unknown", file=path, layer=layer, suffix=suffix, formats=formats
    )


def _known_names(schema: Schema, options: Options) -> frozenset[str]:
    """Return all names, normalised, by which a header can be told."""
    chosen = {columns_.normal(name) for name in options.columns.values() if name}
    every = [*schema.columns.values(), *schema.places.values()]
    usual = {name for column in every for name in (*column.names, *column.fallback)}
    return frozenset(chosen | usual)


def _recognised(raw: Raw, path: Path, schema: Schema, options: Options) -> Recognition:
    names = [str(name) for name in raw.frame.columns]
    found = columns_.recognise(
        names, schema=schema, chosen=options.columns, cut=raw.cut
    )
    listed = ", ".join(name for name in names if name)
    for canonical, wanted in found.absent.items():
        raise InputError.at(
            "column_absent",
            file=path,
            layer=schema.layer,
            column=wanted,
            canonical=canonical,
            columns=listed,
        )
    for canonical, at in found.refused.items():
        raise InputError.at(
            "column_personal",
            file=path,
            layer=schema.layer,
            column=names[at],
            canonical=canonical,
        )
    for canonical, rivals in _clashes(found, raw).items():
        raise InputError.at(
            "columns_clash",
            file=path,
            layer=schema.layer,
            canonical=canonical,
            rivals=", ".join(names[i] for i in rivals),
            first=names[rivals[0]],
        )
    for name, column in schema.columns.items():
        if column.need == "error" and name not in found.found:
            raise InputError.at(
                "column_missing",
                file=path,
                layer=schema.layer,
                canonical=name,
                usual=", ".join(column.written[1:5]),
                columns=listed,
            )
    return found


def _clashes(found: Recognition, raw: Raw) -> dict[str, tuple[int, ...]]:
    """Return the clashes that matter: coordinates do not, where there are shapes."""
    places = {"lon", "lat", "x", "y", "wkt"} if raw.geometry is not None else set()
    return {name: at for name, at in found.clashes.items() if name not in places}


def _values(
    raw: Raw, path: Path, schema: Schema, recognition: Recognition
) -> DataFrame:
    """Return the schema's columns, read, on the raw rows' index."""
    read = {}
    for name, at in recognition.found.items():
        if name not in schema.columns:
            continue
        place = values.Place(
            file=path,
            layer=schema.layer,
            column=str(raw.frame.columns[at]),
            rows=raw.rows,
        )
        read[name] = values.read(
            raw.frame.iloc[:, at], column=schema.columns[name], place=place
        )
    data = _without_code(schema, read, index=raw.frame.index)
    return data.assign(code=read["code"]) if "code" in read else data


def _without_code(
    schema: Schema, read: Mapping[str, Series], *, index: pd.Index
) -> DataFrame:
    return DataFrame(
        {
            name: read.get(name, values.empty(column, index=index))
            for name, column in schema.columns.items()
            if name != "code"
        },
        index=index,
    )


def _personal(raw: Raw, recognition: Recognition, layer: str) -> list[Finding]:
    if not recognition.personal:
        return []
    names = [str(raw.frame.columns[i]) for i in recognition.personal]
    facts = {"columns": shapes.listed(names), "count": len(names)}
    return [Finding(rule="personal_dropped", level="info", layer=layer, facts=facts)]


def _coded(
    frame: GeoDataFrame | DataFrame, path: Path, schema: Schema, rows: Series
) -> tuple[GeoDataFrame | DataFrame, Series, tuple[Finding, ...]]:
    """Return a layer with its codes as index, and its row numbers likewise.

    Raises
    ------
    InputError
        If a code is blank or stands twice.
    """
    rows = rows.loc[frame.index]
    findings: tuple[Finding, ...] = ()
    if "code" in frame.columns:
        codes = frame["code"]
        _require_codes(codes, rows, path=path, layer=schema.layer)
        frame = frame.drop(columns="code")
    else:
        width = len(str(rows.max())) if len(rows) else 1
        codes = Series([str(r).zfill(width) for r in rows], index=rows.index, dtype=str)
        if schema.columns["code"].need == "made":
            made = Finding(rule="codes_made", level="info", layer=schema.layer)
            findings = (made,)
    index = pd.Index(codes.to_numpy(), name="code")
    numbers = Series(rows.to_numpy(), index=index, name="row")
    return frame.set_axis(index, axis=0), numbers, findings


def _require_codes(codes: Series, rows: Series, *, path: Path, layer: str) -> None:
    blank = codes == ""
    if blank.any():
        raise InputError.at(
            "code_blank",
            file=path,
            layer=layer,
            row=int(rows.loc[blank].iloc[0]),
            count=int(blank.sum()),
        )
    twice = codes.duplicated()
    if twice.any():
        code = codes.loc[twice].iloc[0]
        both = rows.loc[codes == code]
        raise InputError.at(
            "code_twice",
            file=path,
            layer=layer,
            row=int(both.iloc[1]),
            code=code,
            other=int(both.iloc[0]),
            count=int(twice.sum()),
        )

"""Vector files (Shapefile, GeoPackage, GeoJSON, KML …) as raw tables with shapes.

Everything is read by GDAL through pyogrio. A shapefile's texts are read byte for
byte (as Latin-1, which holds every byte) and decoded here, so that no character
is lost to a missing or wrong .cpg file.
"""

import html
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas
import pandas as pd
import pyogrio
from geopandas import GeoDataFrame
from pandas import DataFrame, Series
from pyproj.exceptions import CRSError

from geoplan.errors import InputError
from geoplan.files import encodings, shapefiles
from geoplan.files.raw import Raw
from geoplan.model import Finding

SUFFIXES = (
    ".shp",
    ".gpkg",
    ".geojson",
    ".json",
    ".kml",
    ".fgb",
    ".gml",
    ".tab",
    ".mif",
    ".parquet",
    ".geoparquet",
)

# A file may name others on the internet, as GML does; they are never fetched.
_OFFLINE = {
    "GML_DOWNLOAD_SCHEMA": "NO",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
}
_BYTES = "ISO-8859-1"
_KML_DATA = re.compile(r"""(<(?:\w+:)?Data\s+name=)(["'])(.*?)\2""")
_XML_ENCODING = re.compile(r"""(<\?xml[^>]*?)\s+encoding=["'][^"']*["']""")
_PARQUET = (".parquet", ".geoparquet")
_TEXTS = (".geojson", ".json", ".kml", ".gml")  # files that are one text
_UNSURE = (".shp", ".tab", ".mif")  # formats whose word on their encoding is wrong

#: Files of the same name that belong to one, by its suffix.
COMPANIONS = {
    ".shp": (".dbf", ".shx", ".prj", ".cpg"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
}


def read_vector(
    path: Path, *, layer: str, table: str | None, encoding: str | None
) -> Raw:
    """Return a vector file as it is: its columns, shapes and CRS.

    Raises
    ------
    InputError
        If it cannot be read, or holds several layers and ``table`` names none.
    """
    suffix = path.suffix.lower()
    if suffix in _PARQUET:
        return _parquet(path, layer=layer)
    if suffix == ".shp":
        _require_parts(path, layer=layer)
    file, read_as = _file(path, layer=layer, encoding=encoding)
    frame, said = _frame(file, table=_table(file, named=table))
    frame = frame.rename(columns=file.names)
    findings = [
        Finding(rule="reader_said", level="info", layer=layer, facts={"text": text})
        for text in said
    ]
    texts = DataFrame(frame.drop(columns=frame.geometry.name))
    if suffix in _UNSURE:
        texts, read_as, told = decoded(texts, path, layer=layer, encoding=encoding)
        findings += told
    companions = COMPANIONS.get(suffix, ())
    return Raw(
        frame=texts,
        rows=Series(range(1, len(frame) + 1), index=frame.index),
        geometry=frame.geometry,
        parts=(path, *(p for c in companions if (p := _companion(path, c)))),
        format=suffix,
        cut=read_as if suffix == ".shp" else None,
        encoding=read_as,
        findings=tuple(findings),
    )


def shape_tables(path: Path, *, layer: str) -> tuple[str, ...]:
    """Return the names of a vector file's tables that have shapes.

    None for a format that holds one table, without a name.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    if path.suffix.lower() in _PARQUET:
        return ()
    file, _ = _file(path, layer=layer, encoding=None)
    return tuple(_tables(file)[1])


def _require_parts(path: Path, *, layer: str) -> None:
    """Raise if a shapefile's parts are not all there, whole and of each other."""
    shx, dbf = (_companion(path, suffix) for suffix in (".shx", ".dbf"))
    if not shx or not dbf:
        missing = ".dbf" if not dbf else ".shx"
        raise InputError.at("shapefile_alone", file=path, layer=layer, part=missing)
    shapefiles.require_whole(path, shx=shx, dbf=dbf, layer=layer)


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file for GDAL."""

    path: Path
    layer: str
    source: Path | bytes  #: what GDAL is given
    names: Mapping[str, str] = field(default_factory=dict)  #: GDAL's → the file's

    def unreadable(self, error: Exception) -> InputError:
        return unreadable(self.path, self.layer, error)


def _file(path: Path, *, layer: str, encoding: str | None) -> tuple[_File, str]:
    """Return what GDAL is to read, and the encoding: a text in another as UTF-8."""
    whole = _File(path=path, layer=layer, source=path)
    suffix = path.suffix.lower()
    if suffix not in _TEXTS:
        return whole, "utf-8"
    data = path.read_bytes()
    told = encodings.canonical(encoding) if encoding else None
    name = told if encoding else encodings.of_text(data)
    if name is None or not encodings.fits([data], name):
        if not encoding:
            return whole, "utf-8"  # GDAL says better what is wrong with it
        raise InputError.at("encoding_wrong", file=path, layer=layer, encoding=encoding)
    if name == "utf-8" and suffix != ".kml":
        return whole, name
    text = encodings.decode(data, encoding=name).removeprefix("\ufeff")
    text = _XML_ENCODING.sub(r"\1", text, count=1)
    names: dict[str, str] = {}
    if suffix == ".kml":
        text, names = _plain_names(text)
    return replace(whole, source=text.encode(), names=names), name


def _plain_names(text: str) -> tuple[str, dict[str, str]]:
    """Return a KML text whose data have names that GDAL keeps, and the names.

    GDAL makes one "_" of every byte of a Chinese name, so that two become one.
    """
    written = dict.fromkeys(match[3] for match in _KML_DATA.finditer(text))
    plain = {name: f"geoplan_data_{i}" for i, name in enumerate(written)}
    text = _KML_DATA.sub(lambda m: f"{m[1]}{m[2]}{plain[m[3]]}{m[2]}", text)
    return text, {short: html.unescape(name) for name, short in plain.items()}


def _tables(file: _File) -> tuple[list[str], list[str]]:
    """Return the names of all of a file's tables, and of those with shapes."""
    pyogrio.set_gdal_config_options(_OFFLINE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL says it again when it reads
        try:
            tables = pyogrio.list_layers(file.source)
        except Exception as error:  # broken files raise anything
            raise file.unreadable(error) from error
    every = [str(name) for name, _ in tables]
    return every, [str(name) for name, kind in tables if kind is not None]


def _table(file: _File, *, named: str | None) -> int:
    """Return which of a file's tables to read, counted from 0."""
    every, shapes = _tables(file)
    if named and named in every:
        return every.index(named)
    if len(shapes) == 1 and not named:
        return every.index(shapes[0])
    key = "table_missing" if named else "table_unnamed"
    raise InputError.at(
        key if named or shapes else "no_geometry_table",
        file=file.path,
        layer=file.layer,
        table=named,
        tables=", ".join(shapes),
    )


def _frame(file: _File, *, table: int) -> tuple[GeoDataFrame, Sequence[str]]:
    """Return what GDAL reads, and what it had to say meanwhile."""
    encoding = _BYTES if file.path.suffix.lower() in _UNSURE else None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            frame = pyogrio.read_dataframe(file.source, layer=table, encoding=encoding)
        except CRSError as error:
            raise InputError.at(
                "crs_unreadable", file=file.path, layer=file.layer, text=_short(error)
            ) from error
        except Exception as error:  # broken files raise anything
            raise file.unreadable(error) from error
    if not isinstance(frame, GeoDataFrame):
        raise InputError.at("no_geometry_table", file=file.path, layer=file.layer)
    said = sorted({_short(w.message) for w in caught if w.category is RuntimeWarning})
    return frame, said


def decoded(
    table: DataFrame, path: Path, *, layer: str, encoding: str | None
) -> tuple[DataFrame, str, list[Finding]]:
    """Return a table read as Latin-1 with its bytes as text, the encoding and why."""
    parts = {str(name).encode(_BYTES, "replace") for name in table.columns}
    columns = [table.iloc[:, i] for i in range(table.shape[1])]  # names may repeat
    for column in columns:
        if not pd.api.types.is_numeric_dtype(column):
            parts |= {v.encode(_BYTES) for v in column.unique() if _is_bytes(v)}
    told = encoding or _cpg(path)
    found = _encoding(parts, chosen=encoding, told=told)
    if not found:
        key = "encoding_wrong" if encoding else "encoding_unknown"
        raise InputError.at(key, file=path, layer=layer, encoding=encoding or "")
    decoded = table.map(lambda cell: _text(cell, found.name))
    names = [_text(str(name), found.name) for name in table.columns]
    shapefile = path.suffix.lower() == ".shp"
    finding = _encoding_finding(found, told, layer=layer) if shapefile else []
    return decoded.set_axis(names, axis=1), found.name, finding


def _encoding(
    parts: set[bytes], *, chosen: str | None, told: str | None
) -> encodings.Encoding | None:
    """Return the encoding the planner chose, if it fits, else what the bytes say."""
    if not chosen:
        return encodings.decide(parts, told=told)
    name = encodings.canonical(chosen)
    if not name or not encodings.fits(parts, name):
        return None
    return encodings.Encoding(name=name, matters=True)


def _encoding_finding(
    found: encodings.Encoding, told: str | None, *, layer: str
) -> list[Finding]:
    if not found.matters or (told and encodings.canonical(told) == found.name):
        return []
    if not told and found.name == "utf-8":
        return []
    facts = {"encoding": found.name.upper(), "told": told or ""}
    rule = "encoding_against_cpg" if told else "encoding_without_cpg"
    return [Finding(rule=rule, level="info", layer=layer, facts=facts)]


def _text(value: object, encoding: str) -> object:
    if not _is_bytes(value):
        return value
    return encodings.decode(str(value).encode(_BYTES), encoding=encoding)


def _is_bytes(value: object) -> bool:
    return isinstance(value, str) and all(ord(c) < 0x100 for c in value)  # noqa: PLR2004  a byte


def _cpg(path: Path) -> str | None:
    companion = _companion(path, ".cpg")
    if not companion:
        return None
    return companion.read_bytes()[:40].decode("ascii", errors="replace").strip() or None


def _companion(path: Path, suffix: str) -> Path | None:
    """Return a file's part with a suffix, in either case; None if missing."""
    for candidate in (suffix, suffix.upper()):
        part = path.with_suffix(candidate)
        if part.is_file():
            return part
    return None


def _parquet(path: Path, *, layer: str) -> Raw:
    """Return a Parquet file: with shapes (GeoParquet), or a bare table."""
    try:
        frame = _parquet_frame(path)
    except ImportError as error:
        raise InputError.at("parquet_unread", file=path, layer=layer) from error
    except Exception as error:  # broken files raise anything
        raise unreadable(path, layer, error) from error
    spatial = isinstance(frame, GeoDataFrame)
    index = frame.index.names if any(frame.index.names) else []
    frame = frame.reset_index(drop=not index)
    texts = frame.drop(columns=frame.geometry.name) if spatial else frame
    return Raw(
        frame=DataFrame(texts),
        rows=Series(range(1, len(frame) + 1), index=frame.index),
        geometry=frame.geometry if spatial else None,
        parts=(path,),
        format=path.suffix.lower(),
        encoding="utf-8",
    )


def _parquet_frame(path: Path) -> DataFrame:
    try:
        return geopandas.read_parquet(path)
    except ValueError as error:
        if "geo metadata" not in str(error):
            raise
        return pd.read_parquet(path)


def unreadable(path: Path, layer: str, error: Exception) -> InputError:
    """Return the error for a file that its reader cannot read."""
    return InputError.at("file_unreadable", file=path, layer=layer, text=_short(error))


def _short(error: object) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__

"""Vector files (Shapefile, GeoPackage, GeoJSON, KML …) as raw tables with shapes.

Everything is read by GDAL through pyogrio. A shapefile's texts are read byte for
byte (as Latin-1, which holds every byte) and decoded here, so that no character
is lost to a missing or wrong .cpg file.
"""

import warnings
from collections.abc import Sequence
from pathlib import Path

import geopandas
import pandas as pd
import pyogrio
from geopandas import GeoDataFrame
from pandas import DataFrame, Series
from pyproj.exceptions import CRSError

from geoplan.errors import InputError
from geoplan.files import encodings
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

_BYTES = "ISO-8859-1"
_COMPANIONS = (".dbf", ".shx", ".prj", ".cpg")


def read_vector(
    path: Path, *, layer: str, table: str | None, encoding: str | None
) -> Raw:
    """Return a vector file as it is: its columns, shapes and CRS.

    Raises
    ------
    InputError
        If it cannot be read, or holds several layers and ``table`` names none.
    """
    if path.suffix.lower() in {".parquet", ".geoparquet"}:
        return _parquet(path, layer=layer)
    shapefile = path.suffix.lower() == ".shp"
    if shapefile and not _companion(path, ".dbf"):
        raise InputError.at("shapefile_alone", file=path, layer=layer)
    name = _table(path, layer=layer, named=table)
    frame, said = _frame(path, layer=layer, table=name, shapefile=shapefile)
    findings = [
        Finding(rule="reader_said", level="info", layer=layer, facts={"text": text})
        for text in said
    ]
    texts, read_as = DataFrame(frame.drop(columns=frame.geometry.name)), "utf-8"
    if shapefile:
        texts, read_as, told = _decoded(texts, path, layer=layer, encoding=encoding)
        findings += told
    return Raw(
        frame=texts,
        rows=Series(range(1, len(frame) + 1), index=frame.index),
        geometry=frame.geometry,
        parts=(path, *(p for c in _COMPANIONS if (p := _companion(path, c)))),
        cut=read_as if shapefile else None,
        encoding=read_as,
        findings=tuple(findings),
    )


def _table(path: Path, *, layer: str, named: str | None) -> str:
    """Return which of a file's tables to read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL says it again when it reads
        try:
            tables = pyogrio.list_layers(path)
        except Exception as error:  # broken files raise anything
            raise _unreadable(path, layer, error) from error
    shapes = [str(name) for name, kind in tables if kind is not None]
    if named:
        if named not in [str(name) for name, _ in tables]:
            listed = ", ".join(shapes)
            raise InputError.at(
                "table_missing", file=path, layer=layer, table=named, tables=listed
            )
        return named
    if not shapes:
        raise InputError.at("no_geometry_table", file=path, layer=layer)
    if len(shapes) > 1:
        raise InputError.at(
            "table_unnamed", file=path, layer=layer, tables=", ".join(shapes)
        )
    return shapes[0]


def _frame(
    path: Path, *, layer: str, table: str, shapefile: bool
) -> tuple[GeoDataFrame, Sequence[str]]:
    """Return what GDAL reads, and what it had to say meanwhile."""
    encoding = _BYTES if shapefile else None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            frame = pyogrio.read_dataframe(path, layer=table, encoding=encoding)
        except CRSError as error:
            raise InputError.at(
                "crs_unreadable", file=path, layer=layer, text=_short(error)
            ) from error
        except Exception as error:  # broken files raise anything
            raise _unreadable(path, layer, error) from error
    if not isinstance(frame, GeoDataFrame):
        raise InputError.at("no_geometry_table", file=path, layer=layer)
    said = sorted({_short(w.message) for w in caught if w.category is RuntimeWarning})
    return frame, said


def _decoded(
    table: DataFrame, path: Path, *, layer: str, encoding: str | None
) -> tuple[DataFrame, str, list[Finding]]:
    """Return a shapefile's table with its bytes as text, the encoding and why."""
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
    finding = _encoding_finding(found, told, layer=layer)
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
    """Return the shapefile's part with a suffix, in either case; None if missing."""
    if path.suffix.lower() != ".shp":
        return None
    for candidate in (suffix, suffix.upper()):
        part = path.with_suffix(candidate)
        if part.is_file():
            return part
    return None


def _parquet(path: Path, *, layer: str) -> Raw:
    try:
        frame = geopandas.read_parquet(path)
    except ImportError as error:
        raise InputError.at("parquet_unread", file=path, layer=layer) from error
    except Exception as error:  # broken files raise anything
        raise _unreadable(path, layer, error) from error
    frame = frame.reset_index(drop=True)
    return Raw(
        frame=DataFrame(frame.drop(columns=frame.geometry.name)),
        rows=Series(range(1, len(frame) + 1), index=frame.index),
        geometry=frame.geometry,
        parts=(path,),
        encoding="utf-8",
    )


def _unreadable(path: Path, layer: str, error: Exception) -> InputError:
    return InputError.at("file_unreadable", file=path, layer=layer, text=_short(error))


def _short(error: object) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__

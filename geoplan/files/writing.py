"""Results as files: whole or not at all, and the same bytes for the same result.

Everything is written beside its place under another name and then moved there.
"""

import csv
import io
import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date as Date  # noqa: N812  a type, as the annotations need it
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
from geopandas import GeoDataFrame
from pandas import DataFrame

from geoplan.errors import UsageError, why

# A cell that begins so is a formula to a spreadsheet program (OWASP, "CSV
# Injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NO_DATE = "1970-01-01"


def write_geopackage(
    path: Path | str,
    layers: Mapping[str, GeoDataFrame | DataFrame],
    *,
    date: str,
) -> None:
    """Write layers and tables as one GeoPackage.

    ``date`` (ISO, of the study's data; "" for none) stands as the file's date of
    change, so that the same layers give the same bytes. A named index becomes a
    column. A frame without geometry becomes a plain table.

    Raises
    ------
    UsageError
        If the place cannot be written to.
    """
    moment = f"{date or _NO_DATE}T00:00:00.000Z"
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    with _beside(Path(path)) as place:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": moment})
        try:
            for name, frame in layers.items():
                _write_table(place, name, frame)
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def write_csv(path: Path | str, frame: DataFrame) -> None:
    """Write a table as CSV for spreadsheet programs: UTF-8 with mark, CR LF.

    A text that a spreadsheet program would run as a formula (it begins with
    = + - @, tab or carriage return) gets an apostrophe in front. Whole numbers
    are written without decimals, missing ones as nothing. The index is left out.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_harmless(name) for name in frame.columns])
    for row in frame.itertuples(index=False, name=None):
        writer.writerow([_cell(value) for value in row])
    _write(Path(path), ("\ufeff" + text.getvalue()).encode())


def write_json(path: Path | str, mapping: Mapping[str, Any]) -> None:
    """Write a mapping as JSON: UTF-8, two spaces deep, in its own order.

    What is not a finite number becomes null, numpy's numbers plain ones, dates
    ISO texts, paths texts with "/".
    """
    text = json.dumps(_plain(mapping), ensure_ascii=False, indent=2, allow_nan=False)
    write_text(path, text + "\n")


def write_text(path: Path | str, text: str) -> None:
    """Write a text in UTF-8, its line ends as they are."""
    _write(Path(path), text.encode())


def _write(path: Path, data: bytes) -> None:
    with _beside(path) as place:
        place.write_bytes(data)


@contextmanager
def together(folder: Path) -> Iterator[Path]:
    """Give an empty folder whose files come into ``folder`` when all are written.

    Raises
    ------
    UsageError
        If the folder, or a file in it that is to be replaced, cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".geoplan-", dir=folder) as place:
            yield Path(place)
            for file in sorted(Path(place).iterdir()):
                file.replace(folder / file.name)
    except OSError as error:
        named = error.filename2 or folder
        raise UsageError.at("cannot_write", file=named, reason=why(error)) from error


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Give a place beside ``path`` that becomes it if all goes well."""
    place = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        yield place
        place.replace(path)
    except OSError as error:
        raise UsageError.at("cannot_write", file=path, reason=why(error)) from error
    finally:
        with suppress(OSError):
            place.unlink(missing_ok=True)


def _write_table(place: Path, name: str, frame: GeoDataFrame | DataFrame) -> None:
    whole = frame.reset_index() if frame.index.name else frame.reset_index(drop=True)
    spatial = isinstance(whole, GeoDataFrame)
    pyogrio.write_dataframe(
        whole,
        place,
        layer=name,
        driver="GPKG",
        append=place.exists(),
        geometry_type="Unknown" if spatial and not _one_type(whole) else None,
        layer_options={"SPATIAL_INDEX": "YES"} if spatial else None,
    )


def _one_type(frame: GeoDataFrame) -> bool:
    return len(set(frame.geom_type.dropna())) == 1


def _cell(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, str):
        return _harmless(value)
    if not isinstance(value, float):
        return value
    if math.isnan(value):
        return ""
    return int(value) if value.is_integer() else float(value)


def _harmless(text: object) -> str:
    plain = str(text)
    return f"'{plain}" if plain.startswith(_FORMULA_STARTS) else plain


def _plain(value: object) -> object:
    """Return a value as what JSON has."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (np.generic, np.ndarray)):
        return _plain(value.tolist())
    return _plain_single(value)


def _plain_single(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Path):
        return value.as_posix()
    if isinstance(value, Date):
        return value.isoformat()
    return None if value is pd.NA or value is pd.NaT else value

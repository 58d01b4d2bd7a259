"""A list of sites that an office has in mind, as it comes: codes, or places."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import shapely
from geopandas import GeoDataFrame
from pandas import DataFrame
from pyproj import CRS

from geoplan.codes import is_made
from geoplan.errors import GeoplanError, InputError
from geoplan.files import LayerFile, read_layer
from geoplan.model import Finding
from geoplan.wording import say

_HEADS = ("code", "编码", "编号", "代码", "房源编号", "房源编码", "站点编码")
#: why a file is no table of places, though it may be a list of codes
_NO_TABLE = ("no_coordinates", "format_unknown", "layer_empty")
#: what a list may lack, by the error, and with which option it is read then
_MENDED: Mapping[str, tuple[str, Any]] = {
    "code_blank": ("columns", {"code": ""}),
    "crs_missing": ("source_crs", None),  # the study's own
}
#: what is said of rows that a list may have: they are named by their code
_SETTLED = ("no_geometry", "codes_made")
_FAR = 5000.0  # m from the street: the coordinates are not what they are taken for


@dataclass(frozen=True, kw_only=True, eq=False)
class Idea:
    """What a list names: places that are known, and places of its own."""

    codes: tuple[str, ...]
    rows: int = 0  #: that name one
    own: GeoDataFrame | None = None  #: as a layer of candidates; None without any
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """The places that a list may name, and where they are."""

    places: DataFrame  #: index = code: name
    street: shapely.Geometry
    crs: CRS

    @property
    def names(self) -> Mapping[str, str]:
        """Return the code by code and by name; a code goes before a name."""
        names = {str(name): str(code) for code, name in self.places["name"].items()}
        return {**names, **{str(code): str(code) for code in self.places.index}}


def idea(path: Path, *, known: Known, datum: str | None, lang: str) -> Idea:
    """Return what a list names.

    A text, CSV or workbook names stations and candidates by code or name, one a
    row. A table or layer with coordinates may name places of its own too; a row
    whose code or name is known means that place, whatever its coordinates.

    Raises
    ------
    InputError
        If the file cannot be used, a row names nothing that is known and has no
        coordinates, or a place lies more than 5 km from the street.
    """
    try:
        file = _table(path, known=known, datum=datum)
    except GeoplanError as error:
        try:
            return _of_codes(path, known=known)
        except InputError as other:
            raise (other if error.key in _NO_TABLE else error) from error
    return _of_places(path, file, known=known, lang=lang)


def _table(path: Path, *, known: Known, datum: str | None) -> LayerFile:
    """Return a table or layer of places, as it can be read.

    Where codes are missing, rows are numbered; x and y that do not say in which
    coordinate system they are, are the study's.
    """
    more: dict[str, Any] = {}
    for _ in _MENDED:
        try:
            return read_layer(path, "candidates", crs=known.crs, datum=datum, **more)
        except GeoplanError as error:
            if error.key not in _MENDED:
                raise
            name, value = _MENDED[error.key]
            more[name] = value or known.crs.to_wkt()
    return read_layer(path, "candidates", crs=known.crs, datum=datum, **more)


def _of_codes(path: Path, *, known: Known) -> Idea:
    """Return what a list of codes names: one a line, or the first column."""
    names, found = known.names, []
    for row, cells in _rows(path):
        text = cells[0]
        if not text or text.lower() in _HEADS:
            continue
        if text not in names:
            raise InputError.at("siting_listed", file=path, row=row, value=text[:40])
        found.append(names[text])
    return Idea(codes=tuple(dict.fromkeys(found)), rows=len(found))


def _of_places(path: Path, file: LayerFile, *, known: Known, lang: str) -> Idea:
    """Return what a table with coordinates names."""
    names, frame = known.names, GeoDataFrame(file.frame)
    cells = dict(_rows(path)) if file.coordinates else {}
    numbered = any(finding.rule == "codes_made" for finding in file.findings)
    at_row: dict[int, str] = {}
    own = []
    for code, place in frame.iterrows():
        row = int(file.row_numbers[code])
        texts = [str(place["name"]), *cells.get(row, [])]
        texts = texts if numbered else [str(code), *texts]
        told = next((names[text] for text in texts if text in names), None)
        if told is None:
            _near(place.geometry, path=path, row=row, known=known)
            told = f"L{row}" if numbered or is_made(str(code)) else str(code)
            own.append((code, told, row))
        at_row[row] = told
    at_row |= _without_place(path, at_row, cells=cells, names=names)
    codes = tuple(dict.fromkeys(at_row[row] for row in sorted(at_row)))
    findings = tuple(f for f in file.findings if f.rule not in _SETTLED)
    if not own:
        return Idea(codes=codes, rows=len(at_row), findings=findings)
    new = frame.loc[[code for code, _, _ in own]]
    called = [
        name or say("sites.place_listed", lang=lang, n=row)
        for name, (_, _, row) in zip(new["name"], own, strict=True)
    ]
    new = new.assign(name=called).set_axis([told for _, told, _ in own])
    return Idea(codes=codes, rows=len(at_row), own=GeoDataFrame(new), findings=findings)


def _near(place: shapely.Geometry, *, path: Path, row: int, known: Known) -> None:
    """Raise if a place is too far from the street to be meant."""
    metres = shapely.distance(place, known.street)
    if metres > _FAR:
        km = f"{metres / 1000:.0f}"
        raise InputError.at("siting_listed_far", file=path, row=row, km=km)


def _without_place(
    path: Path,
    placed: Collection[int],
    *,
    cells: Mapping[int, list[str]],
    names: Mapping[str, str],
) -> dict[int, str]:
    """Return the known place that each row without coordinates names, by row."""
    found = {}
    for row, texts in cells.items():
        heading = row < min(placed, default=0) and not set(texts) & set(names)
        if row in placed or heading or not any(texts):
            continue
        told = next((names[text] for text in texts if text in names), None)
        if told is None:
            value = next(text for text in texts if text)
            raise InputError.at("siting_listed", file=path, row=row, value=value[:40])
        found[row] = told
    return found


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the cells of the rows of a list, and their numbers."""
    try:
        if path.suffix.lower() in {".xlsx", ".xls"}:
            table = pd.read_excel(path, header=None, dtype=str).fillna("")
            lines = [[str(cell) for cell in row] for row in table.to_numpy()]
        else:
            lines = [_parted(line) for line in _decoded(path.read_bytes()).splitlines()]
    except (OSError, ValueError, IndexError) as error:
        raise InputError.at("siting_list", file=path, text=str(error)) from error
    told = [[cell.strip().strip('"') for cell in line] for line in lines]
    return [(k, cells) for k, cells in enumerate(told, start=1) if cells]


def _parted(line: str) -> list[str]:
    """Return the cells of a line: by tabs if there are any, else by commas."""
    return line.split("\t" if "\t" in line else ",")


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")

"""What a workbook says beside its values: merged cells, formulas, its extent.

pandas gives the values alone. A formula that was never computed (a program wrote
the file, no spreadsheet program has opened it since) has none, and reads as an
empty cell; a merged cell gives its value to the first of its rows only.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import xlrd

from geoplan.errors import InputError

# A workbook that unpacks to more than this is no office's.
_MOST_BYTES = 1_000_000_000
_MOST_CELLS = 20_000_000  # of one sheet, from the first cell to the last
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

_CELL = re.compile(rb'<c r="([A-Z]{1,3})\d+"[^>]*[^/]>')  # one that holds something
_MARKS = (b"<f", b"<mergeCell", b' hidden="')
#: what zipfile and zlib raise where a file is broken
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError),
    *(ValueError, KeyError, RuntimeError, NotImplementedError),
)

Cell = tuple[int, int]  #: row and column, from 0


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What a sheet says beside its values."""

    formulas: frozenset[Cell] = frozenset()  #: never computed
    hidden: frozenset[int] = frozenset()  #: rows, from 0
    #: first row, last row, first column, last column
    merged: tuple[tuple[int, int, int, int], ...] = ()


def require_bounded(path: Path, *, layer: str) -> None:
    """Do nothing if a workbook can be held in memory.

    Raises
    ------
    InputError
        If it unpacks to more than a gigabyte, or is broken.
    """
    try:
        with zipfile.ZipFile(path) as book:
            size = sum(part.file_size for part in book.infolist())
    except _BROKEN as error:
        raise _unreadable(path, layer, error) from error
    if size > _MOST_BYTES:
        raise InputError.at("file_too_large", file=path, layer=layer)


def xlsx_marks(path: Path, *, sheet: str, layer: str) -> Marks:
    """Return the marks of a sheet of an XLSX workbook.

    Raises
    ------
    InputError
        If a cell stands so far out that the sheet cannot be held in memory.
    """
    try:
        with zipfile.ZipFile(path) as book:
            part = _part(book, sheet)
            data = book.read(part) if part else b""
    except (*_BROKEN, ET.ParseError) as error:
        raise _unreadable(path, layer, error) from error
    marks = _marks(data) if any(mark in data for mark in _MARKS) else Marks()
    width = max((_width(name) for name in set(_CELL.findall(data))), default=0)
    height = max(data.count(b"<row"), *(row for row, _ in marks.formulas), 0)
    if width * height > _MOST_CELLS:
        raise InputError.at("sheet_too_wide", file=path, layer=layer, width=width)
    return marks


def xls_marks(book: xlrd.Book, *, sheet: str) -> Marks:
    """Return the marks of a sheet of an XLS workbook: its merged cells."""
    ranges = book.sheet_by_name(sheet).merged_cells
    return Marks(
        merged=tuple(
            (top, end - 1, left, right - 1) for top, end, left, right in ranges
        )
    )


def _part(book: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the name of a sheet's part within a workbook."""
    links = ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314  expat bounds entities
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for entry in ET.fromstring(book.read("xl/workbook.xml")).iter():  # noqa: S314  as above
        if _tag(entry) == "sheet" and entry.get("name") == sheet:
            target = targets.get(entry.get(_RELATION)) or ""
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return part if part in book.namelist() else None
    return None


def _marks(data: bytes) -> Marks:
    from openpyxl.utils.cell import (  # noqa: PLC0415  takes a while: only for XLSX
        coordinate_to_tuple,
        range_boundaries,
    )

    formulas: set[Cell] = set()
    merged: list[tuple[int, int, int, int]] = []
    hidden: set[int] = set()
    for entry in _entries(data):
        if _tag(entry) == "mergeCell":
            left, top, right, bottom = range_boundaries(entry.get("ref"))
            merged.append((top - 1, bottom - 1, left - 1, right - 1))
        elif _tag(entry) == "row":
            if entry.get("hidden") in {"1", "true"}:
                hidden.add(int(entry.get("r", "0")) - 1)
        elif _is_uncomputed(entry):
            row, column = coordinate_to_tuple(entry.get("r"))
            formulas.add((row - 1, column - 1))
    return Marks(
        formulas=frozenset(formulas), merged=tuple(merged), hidden=frozenset(hidden)
    )


def _entries(data: bytes) -> Iterator[ET.Element]:
    """Yield a sheet's cells, rows and merged ranges, holding none of them."""
    for _, entry in ET.iterparse(io.BytesIO(data)):  # noqa: S314  expat bounds entities
        named = entry.get("r") or entry.get("ref")
        if named and _tag(entry) in {"c", "row", "mergeCell"}:
            yield entry
        if _tag(entry) in {"c", "row"}:
            entry.clear()


def _is_uncomputed(cell: ET.Element) -> bool:
    inside = {_tag(child): child.text for child in cell}
    return "f" in inside and not inside.get("v")


def _tag(entry: ET.Element) -> str:
    return entry.tag.rpartition("}")[2]


def _width(name: bytes) -> int:
    from openpyxl.utils.cell import column_index_from_string  # noqa: PLC0415  as above

    return int(column_index_from_string(name.decode()))


def _unreadable(path: Path, layer: str, error: Exception) -> InputError:
    text = " ".join(str(error).split())[:200] or type(error).__name__
    return InputError.at("file_unreadable", file=path, layer=layer, text=text)

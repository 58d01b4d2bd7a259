"""Workbooks (XLSX, XLS) as raw tables: which sheet, and what its cells hold."""

import io
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xlrd
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan.codes import SHEET_LIMIT
from geoplan.errors import InputError
from geoplan.files import headers, values, workbooks
from geoplan.files.headers import Sheet
from geoplan.files.raw import BadCell, Raw
from geoplan.files.shapes import listed
from geoplan.files.workbooks import Marks
from geoplan.model import Finding

SUFFIXES = (".xlsx", ".xlsm", ".xls")

_XLSX, _XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_FORMULA = "="  # keeps a row that has nothing else
_CODE_DIGITS = 9  # from here on digits name a thing rather than count
_TABLE_HITS = 2  # names that a layer knows, in a sheet that can be its table


@dataclass(frozen=True, kw_only=True, eq=False)
class _Book:
    """A workbook that is open."""

    path: Path
    layer: str
    excel: pd.ExcelFile
    xls: xlrd.Book | None  #: where it is an XLS

    def page(self, sheet: str) -> "_Page":
        """Return a sheet; its extent is looked at before its cells are held."""
        if self.xls:
            marks = workbooks.xls_marks(self.xls, sheet=sheet)
        else:
            marks = workbooks.xlsx_marks(self.path, sheet=sheet, layer=self.layer)
        cells = self.excel.parse(sheet, header=None, na_filter=False, dtype=object)
        return _Page(name=sheet, cells=cells, marks=marks)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Page:
    """One sheet: all its cells, the header still among them, and its marks."""

    name: str
    cells: DataFrame
    marks: Marks

    @property
    def filled(self) -> bool:
        return bool((self.cells != "").to_numpy().any()) or bool(self.marks.formulas)


def read_sheet(
    path: Path, *, layer: str, known: Collection[str], sheet: str | None
) -> Raw:
    """Return one sheet of a workbook; ``known`` are names of columns, normalised.

    The sheet that is named, or the only one that holds anything, or the only one
    whose header has names that the layer knows: that one is told.

    Raises
    ------
    InputError
        If it cannot be read, or it cannot be told which sheet is meant.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions openpyxl leaves out
            book = _opened(path, layer=layer)
            with book.excel:
                page, told = _chosen(book, known=known, named=sheet)
    except InputError:
        raise
    except Exception as error:  # broken files raise anything
        text = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError.at(
            "file_unreadable", file=path, layer=layer, text=text
        ) from error
    cells, bad = _marked(page)
    table = headers.table(Sheet(cells=cells, path=path, layer=layer), known=known)
    return Raw(
        frame=table.frame.map(_sheet_number),
        rows=table.rows,
        parts=(path,),
        format=path.suffix.lower(),
        findings=(*told, *table.findings, *_hidden(page, table, layer=layer)),
        bad=tuple(sorted(bad, key=lambda cell: (cell.row, cell.column))),
    )


def filled_sheets(path: Path, *, layer: str) -> tuple[str, ...]:
    """Return the names of a workbook's sheets that hold anything.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as where a sheet is read
            book = _opened(path, layer=layer)
            with book.excel:
                names = [str(name) for name in book.excel.sheet_names]
                return tuple(name for name in names if book.page(name).filled)
    except InputError:
        raise
    except Exception as error:  # broken files raise anything
        text = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError.at(
            "file_unreadable", file=path, layer=layer, text=text
        ) from error


def _opened(path: Path, *, layer: str) -> _Book:
    with path.open("rb") as file:
        begins = file.read(4)
    if begins == _XLSX:
        workbooks.require_bounded(path, layer=layer)
        excel = pd.ExcelFile(path, engine="openpyxl")
        return _Book(path=path, layer=layer, excel=excel, xls=None)
    if begins == _XLS:
        book = _xls(path)
        excel = pd.ExcelFile(book, engine="xlrd")
        return _Book(path=path, layer=layer, excel=excel, xls=book)
    raise InputError.at("not_a_workbook", file=path, layer=layer)


def _xls(path: Path) -> xlrd.Book:
    """Return an XLS workbook, with its merged cells if its styles can be read."""
    quiet = io.StringIO()  # xlrd prints its doubts
    try:
        return xlrd.open_workbook(path, formatting_info=True, logfile=quiet)
    except Exception:  # noqa: BLE001  broken styles raise anything
        return xlrd.open_workbook(path, logfile=quiet)


def _chosen(
    book: _Book, *, known: Collection[str], named: str | None
) -> tuple[_Page, tuple[Finding, ...]]:
    """Return the sheet to read, and what is to be told of the choice."""
    names = [str(name) for name in book.excel.sheet_names]
    if named:
        if named not in names:
            raise _untold("table_missing", book, names, table=named)
        return book.page(named), ()
    pages = [book.page(name) for name in names]
    filled = [page for page in pages if page.filled]
    if len(filled) < 2:  # noqa: PLR2004  there is nothing to choose
        return (filled or pages)[0], ()
    fitting = [
        page for page in filled if headers.hits(page.cells, known=known) >= _TABLE_HITS
    ]
    if len(fitting) != 1:
        raise _untold("table_unnamed", book, names)
    others = ", ".join(page.name for page in filled if page is not fitting[0])
    facts = {"sheet": fitting[0].name, "others": others}
    told = Finding(rule="sheet_chosen", level="info", layer=book.layer, facts=facts)
    return fitting[0], (told,)


def _untold(key: str, book: _Book, names: list[str], *, table: str = "") -> InputError:
    tables = ", ".join(names)
    return InputError.at(
        key, file=book.path, layer=book.layer, tables=tables, table=table
    )


def _marked(page: _Page) -> tuple[DataFrame, list[BadCell]]:
    """Return cells with what merged cells say, and those that cannot be used.

    A text merged over rows stands in each of them. A number is left to the first
    and is a bad cell: whether it is each one's or their sum, nobody can tell. A
    formula that was never computed is a bad cell too.
    """
    cells = _with_room(page)
    bad = []
    for top, bottom, left, _ in page.marks.merged:
        if bottom == top or bottom >= cells.shape[0] or left >= cells.shape[1]:
            continue
        if _counts(cells[top, left]):
            merged = BadCell(
                row=top + 1, column=left, key="number_merged", last=bottom + 1
            )
            bad.append(merged)
        else:
            cells[top : bottom + 1, left] = cells[top, left]
    for row, column in page.marks.formulas:
        if column < cells.shape[1]:
            cells[row, column] = _FORMULA
            bad.append(BadCell(row=row + 1, column=column, key="formula_empty"))
    return DataFrame(cells, dtype=object), bad


def _with_room(page: _Page) -> NDArray[np.object_]:
    """Return all cells, with the rows at the end that hold formulas alone."""
    cells = page.cells.to_numpy(dtype=object)
    last = max((row for row, _ in page.marks.formulas), default=-1)
    more = max(last + 1 - len(cells), 0)
    return np.vstack([cells, np.full((more, cells.shape[1]), "", dtype=object)])


def _hidden(page: _Page, table: headers.Table, *, layer: str) -> tuple[Finding, ...]:
    """Return a finding if rows of the table are hidden in their sheet."""
    rows = [int(row) for row in table.rows if int(row) - 1 in page.marks.hidden]
    if not rows:
        return ()
    facts = {"count": len(rows), "rows": listed(rows)}
    return (Finding(rule="rows_hidden", level="info", layer=layer, facts=facts),)


def _counts(value: object) -> bool:
    """Return whether a cell holds a number that is no code."""
    number = values.number(value)
    digits = sum(c.isdigit() for c in values.text(value))
    return number is not None and number == number and digits < _CODE_DIGITS  # noqa: PLR0124  NaN


def _sheet_number(cell: object) -> object:
    """Return a cell; a whole number longer than a sheet can keep is a float."""
    if isinstance(cell, int) and abs(cell) >= SHEET_LIMIT:
        return float(cell)
    return cell

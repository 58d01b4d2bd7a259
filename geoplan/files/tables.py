"""Tables of cells (CSV, XLSX, XLS) as raw frames whose header has been found.

Titles above the header are passed over: the header is the row, among the first
ones, in which most cells are names the layer knows.
"""

import io
import warnings
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan.codes import SHEET_LIMIT
from geoplan.columns import normal
from geoplan.errors import InputError
from geoplan.files import encodings
from geoplan.files.raw import Raw

TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
SHEET_SUFFIXES = (".xlsx", ".xlsm", ".xls")

Engine = Literal["openpyxl", "xlrd"]

_SEPARATORS = (",", "\t", ";")
_HEADER_WITHIN = 15  # rows
_LINES_A_ROW = 3  # over so many lines a row may run whose cells hold line breaks
_ENGINES: dict[bytes, Engine] = {b"PK\x03\x04": "openpyxl", b"\xd0\xcf\x11\xe0": "xlrd"}


def read_text_table(
    path: Path, *, layer: str, known: Collection[str], encoding: str | None
) -> Raw:
    """Return a CSV file; ``known`` are names of columns, normalised.

    Raises
    ------
    InputError
        If its encoding cannot be told, or a row has more cells than the header.
    """
    data = path.read_bytes()
    told = encodings.canonical(encoding) if encoding else None
    name = told if encoding else encodings.of_text(data)
    key = "encoding_wrong" if encoding else "encoding_unknown"
    if name is None:
        raise InputError.at(key, file=path, layer=layer, encoding=encoding or "")
    try:
        text = data.decode(name).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError.at(
            key, file=path, layer=layer, encoding=encoding or ""
        ) from error
    if "\0" in text:
        raise InputError.at("not_a_table", file=path, layer=layer)
    cells = _cells(text, path=path, layer=layer)
    frame, rows = _under_header(cells, known=known, path=path, layer=layer)
    _require_width(cells, frame, path=path, layer=layer)
    return Raw(frame=frame, rows=rows, parts=(path,), encoding=name)


def read_sheet(
    path: Path, *, layer: str, known: Collection[str], sheet: str | None
) -> Raw:
    """Return one sheet of a workbook; ``known`` are names of columns, normalised.

    Raises
    ------
    InputError
        If it cannot be read, or several sheets hold something and ``sheet`` names
        none.
    """
    engine = _ENGINES.get(path.read_bytes()[:4])
    if engine is None:
        raise InputError.at("not_a_workbook", file=path, layer=layer)
    sheets = _sheets(path, layer=layer, engine=engine)
    cells = _sheet(sheets, named=sheet, path=path, layer=layer)
    frame, rows = _under_header(cells, known=known, path=path, layer=layer)
    return Raw(frame=frame.map(_sheet_number), rows=rows, parts=(path,))


def _sheets(path: Path, *, layer: str, engine: Engine) -> dict[str, DataFrame]:
    """Return all cells of all sheets, the headers still among them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and extensions openpyxl leaves out
        try:
            sheets: dict[str, DataFrame] = pd.read_excel(
                path,
                sheet_name=None,
                header=None,
                engine=engine,
                na_filter=False,
                dtype=object,
            )
        except Exception as error:
            text = " ".join(str(error).split())[:200] or type(error).__name__
            raise InputError.at(
                "file_unreadable", file=path, layer=layer, text=text
            ) from error
    return sheets


def _cells(text: str, *, path: Path, layer: str) -> DataFrame:
    """Return all cells of a CSV text, as texts, the header still among them."""
    lines = text.splitlines()
    counts = Counter({s: _median_count(lines, s) for s in _SEPARATORS})
    separator, _ = counts.most_common(1)[0]
    spanned = _LINES_A_ROW if '"' in text else 1
    width = max((line.count(separator) for line in lines), default=0) * spanned + 1
    try:
        return pd.read_csv(
            io.StringIO(text),
            sep=separator,
            header=None,
            names=list(range(width)),
            index_col=False,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
        ).fillna("")
    except (ValueError, OverflowError) as error:  # pandas' ParserError is one
        raise InputError.at("not_a_table", file=path, layer=layer) from error


def _median_count(lines: list[str], separator: str) -> float:
    counts = [line.count(separator) for line in lines[:50] if line.strip()]
    return float(np.median(counts)) if counts else 0.0


def _sheet(
    sheets: dict[str, DataFrame], *, named: str | None, path: Path, layer: str
) -> DataFrame:
    listed = ", ".join(sheets)
    if named:
        if named not in sheets:
            raise InputError.at(
                "table_missing", file=path, layer=layer, table=named, tables=listed
            )
        return sheets[named]
    filled = [cells for cells in sheets.values() if (cells != "").to_numpy().any()]
    if len(filled) > 1:
        raise InputError.at("table_unnamed", file=path, layer=layer, tables=listed)
    return filled[0] if filled else DataFrame()


def _under_header(
    cells: DataFrame, *, known: Collection[str], path: Path, layer: str
) -> tuple[DataFrame, Series]:
    """Return what stands under the header, and the number of each row.

    Rows without any content are left out, and columns beyond the last name.
    """
    if not _filled(cells).any():
        raise InputError.at("table_empty", file=path, layer=layer)
    top = [
        [str(c).strip() for c in row] for row in cells.head(_HEADER_WITHIN).to_numpy()
    ]
    hits = [len({normal(c) for c in row if c} & set(known)) for row in top]
    at = int(np.argmax(hits))
    body = cells.iloc[at + 1 :]
    kept = np.flatnonzero(_filled(body).any(axis=1))
    width = max((i + 1 for i, name in enumerate(top[at]) if name), default=0)
    frame = body.iloc[kept, :width].set_axis(top[at][:width], axis=1)
    return frame.reset_index(drop=True), Series(kept + at + 2)


def _require_width(
    cells: DataFrame, frame: DataFrame, *, path: Path, layer: str
) -> None:
    """Raise if a row has something beyond the last named column."""
    width = frame.shape[1]
    beyond = np.flatnonzero(_filled(cells.iloc[:, width:]).any(axis=1))
    if beyond.size:
        row = int(beyond[0]) + 1
        raise InputError.at(
            "row_too_long", file=path, layer=layer, row=row, width=width
        )


def _filled(cells: DataFrame) -> NDArray[np.bool_]:
    filled: NDArray[np.bool_] = cells.map(_says_something).to_numpy(bool)
    return filled


def _says_something(cell: object) -> bool:
    return str(cell).strip() != ""


def _sheet_number(cell: object) -> object:
    """Return a cell; a whole number longer than a sheet can keep is a float."""
    if isinstance(cell, int) and abs(cell) >= SHEET_LIMIT:
        return float(cell)
    return cell

"""Text tables (CSV) as raw tables: their encoding, their separator, their rows."""

import io
import re
import warnings
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd
from pandas import DataFrame

from geoplan.errors import InputError
from geoplan.files import encodings, headers
from geoplan.files.raw import Raw
from geoplan.model import Finding

SUFFIXES = (".csv", ".txt", ".tsv")

_SEPARATORS = (",", "\t", ";")
_LINES_A_ROW = 3  # over so many lines a row may run whose cells hold line breaks
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how XLSX and XLS begin
_KEPT_AS_TEXT = re.compile(r'="(.*)"')  # how a formula keeps a code from Excel
_MOST_CELLS = 50_000_000  # that the lines and the longest of them could hold


def read_text_table(
    path: Path, *, layer: str, known: Collection[str], encoding: str | None
) -> Raw:
    """Return a CSV file; ``known`` are names of columns, normalised.

    Raises
    ------
    InputError
        If its encoding cannot be told, or a row has more cells than the header.
    """
    text, name = _decoded(path, layer=layer, encoding=encoding)
    cells = _cells(text, path=path, layer=layer)
    if '="' in text:
        cells = cells.map(_unkept)
    sheet = headers.Sheet(cells=cells, path=path, layer=layer)
    table = headers.table(sheet, known=known, narrow=True)
    return Raw(
        frame=table.frame,
        rows=table.rows,
        parts=(path,),
        format=path.suffix.lower(),
        encoding=name,
        findings=(*table.findings, *_cut_off(text, table, layer=layer)),
    )


def _decoded(path: Path, *, layer: str, encoding: str | None) -> tuple[str, str]:
    """Return a file's text and its encoding.

    Raises
    ------
    InputError
        If it has none throughout (of the row where that shows), or is no text.
    """
    data = path.read_bytes()
    if data.startswith(_WORKBOOKS):
        raise InputError.at("table_is_workbook", file=path, layer=layer)
    told = encodings.canonical(encoding) if encoding else None
    name = told if encoding else encodings.of_text(data)
    key = "encoding_wrong" if encoding else "encoding_unknown"
    try:
        text = data.decode(name or _likeliest(data)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise InputError.at(
            key,
            file=path,
            layer=layer,
            row=row if not encoding else None,
            encoding=encoding or "",
        ) from error
    if "\0" in text:
        raise InputError.at("not_a_table", file=path, layer=layer)
    if name is None:
        raise InputError.at(key, file=path, layer=layer, encoding=encoding or "")
    return text, name


def _likeliest(data: bytes) -> str:
    """Return the encoding that reads furthest, of those a table can be in."""
    return max(("utf-8", "gb18030"), key=lambda name: _readable(data, name))


def _readable(data: bytes, name: str) -> int:
    try:
        data.decode(name)
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def _cut_off(text: str, table: headers.Table, *, layer: str) -> tuple[Finding, ...]:
    """Return a finding if the last row does not end its line."""
    if text.endswith(("\n", "\r")) or table.rows.empty:
        return ()
    facts = {"row": int(table.rows.iloc[-1])}
    return (Finding(rule="last_line_open", level="info", layer=layer, facts=facts),)


def _cells(text: str, *, path: Path, layer: str) -> DataFrame:
    """Return all cells of a CSV text, as texts, the header still among them."""
    lines = text.splitlines()
    counts = Counter({s: _median_count(lines, s) for s in _SEPARATORS})
    separator, _ = counts.most_common(1)[0]
    spanned = _LINES_A_ROW if '"' in text else 1
    width = max((line.count(separator) for line in lines), default=0) * spanned + 1
    if width * len(lines) > _MOST_CELLS:
        raise InputError.at("sheet_too_wide", file=path, layer=layer, width=width)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # of lost cells
            return pd.read_csv(
                io.StringIO(text),
                sep=separator,
                header=None,
                names=list(range(width)),
                index_col=False,
                dtype=object,
                keep_default_na=False,
                skip_blank_lines=False,
            ).fillna("")
    except (ValueError, OverflowError, pd.errors.ParserWarning) as error:
        raise InputError.at("not_a_table", file=path, layer=layer) from error


def _median_count(lines: list[str], separator: str) -> float:
    counts = [line.count(separator) for line in lines[:50] if line.strip()]
    return float(np.median(counts)) if counts else 0.0


def _unkept(cell: str) -> str:
    kept = _KEPT_AS_TEXT.fullmatch(cell)
    return kept[1] if kept else cell

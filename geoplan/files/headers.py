"""What of a sheet of cells is header, what the table's rows, what neither.

Titles above the header are passed over: the header is the row, among the first
ones, in which most cells are names the layer knows. It may run over two rows, as
under a merged group title. Totals, notes below the table and headers that are
repeated are no rows of the table; they are left out and told.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan import columns
from geoplan.columns import normal
from geoplan.errors import InputError
from geoplan.files import values
from geoplan.files.shapes import listed
from geoplan.model import Finding

_WITHIN = 15  # rows
_SENTENCE = (":", "：", "。", "，", "；")
_NOTES_WITHIN = 30  # rows at the foot of a table


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All cells of a sheet or text table, and where they come from."""

    cells: DataFrame  #: texts and numbers; "" where there is nothing
    path: Path
    layer: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """The rows under a header."""

    frame: DataFrame  #: columns as the header names them
    rows: Series  #: number of each row as the office's program shows it
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class _Header:
    names: Sequence[str]
    first: int  #: row of the table, from 0
    after: int  #: row after the header's last
    hits: int  #: names the layer knows


def hits(cells: DataFrame, *, known: Collection[str]) -> int:
    """Return how many of the names a layer knows a sheet's header has."""
    return _header(cells, known=known).hits if _filled(cells).any() else 0


def table(sheet: Sheet, *, known: Collection[str], narrow: bool = False) -> Table:
    """Return what stands under the header, and the number of each row.

    Rows without any content are left out, and columns beyond the last name;
    ``narrow``: there must be nothing in those, as in a text table.

    Raises
    ------
    InputError
        If there is nothing, if the first row is already one of the table, or if a
        row has more cells than the header.
    """
    cells = sheet.cells
    if not _filled(cells).any():
        raise InputError.at("table_empty", file=sheet.path, layer=sheet.layer)
    header = _header(cells, known=known)
    if not header.hits and any(_is_number(name) for name in header.names):
        raise InputError.at(
            "header_missing", file=sheet.path, layer=sheet.layer, row=header.first + 1
        )
    body = cells.iloc[header.after :]
    filled = _filled(body)
    kept = np.flatnonzero(filled.any(axis=1))
    left = _left_out(body.iloc[kept], names=header.names)
    numbers = kept + header.after + 1
    width = max((i + 1 for i, name in enumerate(header.names) if name), default=0)
    if not narrow:  # a cell far out makes no row
        left |= ~filled[kept, :width].any(axis=1)
    findings = _told(numbers[left], layer=sheet.layer)
    kept, numbers = kept[~left], numbers[~left]
    if narrow:
        beyond = np.flatnonzero(filled[kept, width:].any(axis=1))
        if beyond.size:
            raise InputError.at(
                "row_too_long",
                file=sheet.path,
                layer=sheet.layer,
                row=int(numbers[beyond[0]]),
                width=width,
            )
    frame = body.iloc[kept, :width].set_axis(list(header.names[:width]), axis=1)
    return Table(
        frame=frame.reset_index(drop=True), rows=Series(numbers), findings=findings
    )


def _header(cells: DataFrame, *, known: Collection[str]) -> _Header:
    """Return the row, or two rows, in which most cells are known names."""
    top = [[str(c).strip() for c in row] for row in cells.head(_WITHIN).to_numpy()]
    single = [_Header(names=row, first=i, after=i + 1, hits=0) for i, row in _each(top)]
    double = [
        _Header(names=_joined(upper, top[i + 1]), first=i, after=i + 2, hits=0)
        for i, upper in _each(top[:-1])
        if _may_be_header(top[i + 1])
    ]
    scored = [
        _Header(names=h.names, first=h.first, after=h.after, hits=_hits(h.names, known))
        for h in (*single, *double)
    ]
    best = max(scored, key=lambda h: (h.hits, h.first - h.after, -h.first))
    return best if best.hits else _widest(scored[: len(top)])


def _each(rows: Sequence[Sequence[str]]) -> list[tuple[int, Sequence[str]]]:
    return list(enumerate(rows))


def _widest(headers: Sequence[_Header]) -> _Header:
    """Return the first row that is about as wide as any: titles are narrower."""
    widths = [sum(name != "" for name in header.names) for header in headers]
    return next(
        header
        for header, width in zip(headers, widths, strict=True)
        if width and 2 * width >= max(widths)
    )


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Return the names of a header over two rows: the lower one where there is one."""
    return [below or above for above, below in zip(upper, lower, strict=True)]


def _may_be_header(row: Sequence[str]) -> bool:
    return any(row) and not any(_is_number(cell) for cell in row)


def _hits(names: Sequence[str], known: Collection[str]) -> int:
    return len({normal(name) for name in names if name} & set(known))


def _is_number(name: str) -> bool:
    return bool(name) and np.isfinite(values.number(name) or np.nan)


def _left_out(body: DataFrame, *, names: Sequence[str]) -> NDArray[np.bool_]:
    """Return which rows are units, totals, notes or the header over again."""
    rows = [[str(cell).strip() for cell in row] for row in body.to_numpy()]
    left = np.array([_sums_up(row) or _repeats(row, names) for row in rows], bool)
    left[:1] |= bool(rows) and _names_units(rows[0])
    foot = max(0, len(rows) - _NOTES_WITHIN)
    for at in range(len(rows) - 1, foot - 1, -1):
        if left[at]:
            continue
        if not _is_note(rows[at]):
            break
        left[at] = True
    return left


def _sums_up(row: Sequence[str]) -> bool:
    first = next(cell for cell in row if cell)
    plain = columns.plain_value("".join(first.split())).rstrip(":")
    return plain in columns.words("totals")


def _repeats(row: Sequence[str], names: Sequence[str]) -> bool:
    pairs = [(cell, name) for cell, name in zip(row, names, strict=False) if cell]
    return len(pairs) > 1 and all(cell == name for cell, name in pairs)


def _names_units(row: Sequence[str]) -> bool:
    """Return whether a row holds nothing but units, as under a header."""
    plain = (columns.plain_value(cell).strip("()[]【】") for cell in row if cell)
    return all(cell in columns.units() for cell in plain)


def _is_note(row: Sequence[str]) -> bool:
    said = [cell for cell in row if cell]
    if columns.plain_value(said[0]).startswith(tuple(columns.words("notes"))):
        return True
    return len(row) > 1 and len(said) == 1 and any(s in said[0] for s in _SENTENCE)


def _told(numbers: NDArray[np.intp], *, layer: str) -> tuple[Finding, ...]:
    if not numbers.size:
        return ()
    facts = {"count": int(numbers.size), "rows": listed([int(n) for n in numbers])}
    return (Finding(rule="rows_left_out", level="info", layer=layer, facts=facts),)


def _filled(cells: DataFrame) -> NDArray[np.bool_]:
    filled: NDArray[np.bool_] = cells.map(_says_something).to_numpy(bool)
    return filled


def _says_something(cell: object) -> bool:
    return str(cell).strip() != ""

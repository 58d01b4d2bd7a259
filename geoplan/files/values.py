"""Cells as offices write them, read as texts, codes, numbers, yes and no.

Every function takes one raw column (texts and numbers as the file has them, on
any index) and the :class:`Place` it stands in, and returns a column of the same
index; what cannot be read is an :class:`InputError` that names row and value.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from pandas import Series

from geoplan import codes, columns
from geoplan.columns import Column
from geoplan.errors import Faults, InputError

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"([-+]?\d{1,3})((?:[,' ]\d{3})+)(\.\d+)?")
_UNIT = re.compile(r"([-+.,' \d]*\d)\s*([^\d\s].*)")
_YEAR = re.compile(r"(1[89]\d\d|20\d\d)(?!\d\d\d\d\d)")
_DECADE = re.compile(r"(?:上世纪|20世纪|19)?([1-9]0)年代")
TOLD = 200  # cells of one column that are told one by one
_SHOWN = 40  # characters of a value that a message repeats


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a column stands, for messages."""

    file: Path
    layer: str
    column: str  #: as the file calls it
    rows: Series  #: row numbers as the office's program shows them, on the index

    def error(self, key: str, *, at: int, value: object, **facts: object) -> InputError:
        """Return the error for the cell at a position."""
        return InputError.at(
            key,
            file=self.file,
            layer=self.layer,
            row=int(self.rows.iloc[at]),
            column=self.column,
            value=str(value)[:_SHOWN],
            **facts,
        )


def read(raw: Series, *, column: Column, place: Place) -> Series:
    """Return a raw column as its kind wants it.

    Codes and texts: missing is "". Counts and numbers: float64, missing is NaN.
    Flags, and what is named or not: boolean, missing is NA. Tiers: one of the known
    words, never missing.
    """
    readers = {
        "code": _codes,
        "text": _texts,
        "count": _counts,
        "number": _numbers,
        "flag": _flags,
        "named": _named,
        "year": _years,
        "tier": _tiers,
    }
    return readers[column.kind](raw, place).rename(column.name)


def empty(column: Column, *, index: pd.Index) -> Series:
    """Return the column of a file that has none: "", NaN or NA throughout."""
    if column.kind in {"count", "number", "year"}:
        return Series(np.nan, index=index, dtype=float, name=column.name)
    if column.kind in {"flag", "named"}:
        return Series(pd.NA, index=index, dtype="boolean", name=column.name)
    return Series("", index=index, dtype=str, name=column.name)


def read_each(raw: Series, *, column: Column, place: Place, faults: Faults) -> Series:
    """Return a raw column as :func:`read` does, cell by cell where it cannot.

    A cell that cannot be read is told; where errors are kept, it counts as
    missing, and one that should have held a row's code as the row's number.
    """

    def blank(cells: Series, rows: Series) -> Series:
        if column.name != "code":
            return empty(column, index=cells.index)
        return Series(
            [codes.made(int(row)) for row in rows], index=cells.index, dtype=str
        )

    def reader(cells: Series, where: Place) -> Series:
        return read(cells, column=column, place=where)

    return _each(raw, place=place, faults=faults, reader=reader, blank=blank)


def text(value: object) -> str:
    """Return a cell as a text on one line; "" if missing.

    Examples
    --------
    >>> text(" 锦绣苑  3栋 "), text(3.0), text(float("nan"))
    ('锦绣苑 3栋', '3', '')
    """
    if isinstance(value, str):
        if value.isprintable() and "  " not in value:
            return value.strip()  # most texts: nothing to take out
        seen = "".join(" " if _is_control(c) else c for c in value)
        return re.sub(r"\s+", " ", seen).strip()
    if not pd.api.types.is_scalar(value):  # a list, as JSON and Parquet have them
        return text(str(value))
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124  NaN, NaT
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return text(str(value))


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter).startswith("C")


def number(value: object) -> float | None:
    """Return a cell as a number; NaN if it says nothing, None if it is no number.

    Examples
    --------
    >>> number("１，２３４户"), number("1,234.5"), number("12 m"), number("3-4")
    (1234.0, 1234.5, 12.0, None)
    """
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, (int, float, np.number)):
        return float(value)
    if isinstance(value, str) and value.isascii() and _NUMBER.fullmatch(value):
        return float(value)
    plain = columns.plain_value(text(value))
    if plain in columns.nothing():
        return np.nan
    unit = _UNIT.fullmatch(plain)
    if unit and unit[2] in columns.units():
        plain = unit[1].strip()
    thousands = _THOUSANDS.fullmatch(plain)
    if thousands:
        plain = re.sub(r"[,' ]", "", plain)
    return float(plain) if _NUMBER.fullmatch(plain) else None


def _each(
    raw: Series,
    *,
    place: Place,
    faults: Faults,
    reader: Callable[[Series, Place], Series],
    blank: Callable[[Series, Series], Series],
) -> Series:
    """Return what a reader makes of a column, halved until the bad cells stand alone.

    When a column has shown very many, the rest of it is taken for one bad piece.
    """
    spare = [TOLD]

    def part(first: int, last: int) -> list[Series]:
        where = replace(place, rows=place.rows.iloc[first:last])
        cells = raw.iloc[first:last]
        try:
            return [reader(cells, where)]
        except InputError as error:
            if last - first > 1 and faults.keep and spare[0]:
                middle = (first + last) // 2
                return [*part(first, middle), *part(middle, last)]
            spare[0] -= bool(spare[0])
            faults.tell(error)
            return [blank(cells, where.rows)]

    return pd.concat(part(0, len(raw)))


def _texts(raw: Series, place: Place) -> Series:
    _require_no_date(raw, place)
    return _mapped(raw, [text(v) for v in raw])


def _require_no_date(raw: Series, place: Place) -> None:
    """Raise for a date: a spreadsheet makes one of a number such as 3-2."""
    for at, value in enumerate(raw):
        if isinstance(value, date) and not pd.isna(value):
            raise place.error("value_is_date", at=at, value=value)


def _codes(raw: Series, place: Place) -> Series:
    _require_no_date(raw, place)
    cells = [v if isinstance(v, (str, int, float)) else text(v) for v in raw]
    for at, value in enumerate(cells):
        if codes.lost_digits(value):
            raise place.error("code_lost_digits", at=at, value=value)
    return _mapped(raw, [text(codes.clean(v)) for v in cells])


def _numbers(raw: Series, place: Place) -> Series:
    read_ = _parsed(raw, place)
    below = np.flatnonzero(read_.to_numpy() < 0)
    if below.size:
        at = int(below[0])
        raise place.error("value_negative", at=at, value=raw.iloc[at])
    return read_


def _counts(raw: Series, place: Place) -> Series:
    read_ = _numbers(raw, place)
    numbers = read_.to_numpy()
    broken = np.flatnonzero(np.isfinite(numbers) & (numbers != np.round(numbers)))
    if broken.size:
        at = int(broken[0])
        raise place.error("value_not_whole", at=at, value=raw.iloc[at])
    return read_


def _parsed(raw: Series, place: Place) -> Series:
    if pd.api.types.is_numeric_dtype(raw) and not pd.api.types.is_bool_dtype(raw):
        numbers: list[float | None] = list(raw.astype(float))
    else:
        numbers = [number(value) for value in raw]
    for at, (value, parsed) in enumerate(zip(raw, numbers, strict=True)):
        if parsed is None or np.isinf(parsed):
            raise place.error("value_not_number", at=at, value=value)
    return Series(numbers, index=raw.index, dtype=float)


def _flags(raw: Series, place: Place) -> Series:
    known = columns.values("flag")
    meant: list[bool | None] = []
    for at, value in enumerate(raw):
        plain = columns.plain_value(text(value))
        if plain in known:
            meant.append(known[plain] == "yes")
        elif plain in columns.nothing():
            meant.append(None)
        else:
            raise place.error("value_not_flag", at=at, value=value)
    return Series(meant, index=raw.index, dtype="boolean")


def _named(raw: Series, place: Place) -> Series:  # noqa: ARG001  one table of readers
    known = columns.values("flag")
    plain = [columns.plain_value(text(value)) for value in raw]
    meant = [
        None if p in columns.nothing() - known.keys() else known.get(p, "yes") == "yes"
        for p in plain
    ]
    return Series(meant, index=raw.index, dtype="boolean")


def _years(raw: Series, place: Place) -> Series:
    years = []
    for at, value in enumerate(raw):
        plain = columns.plain_value(text(value))
        named = _YEAR.match(plain)
        decade = _DECADE.fullmatch(plain)
        if not (named or decade or plain in columns.nothing()):
            raise place.error("value_not_year", at=at, value=value)
        tens = float("19" + decade[1]) if decade else np.nan
        years.append(float(named[1]) if named else tens)
    return Series(years, index=raw.index, dtype=float)


def _tiers(raw: Series, place: Place) -> Series:
    known = columns.values("tier")
    meant = []
    for at, value in enumerate(raw):
        plain = columns.plain_value(text(value))
        if plain not in known:
            tiers = ", ".join(sorted(set(known.values())))
            key = "tier_blank" if plain in columns.nothing() else "value_not_tier"
            raise place.error(key, at=at, value=value, tiers=tiers)
        meant.append(known[plain])
    return _mapped(raw, meant)


def _mapped(raw: Series, texts: list[str]) -> Series:
    return Series(texts, index=raw.index, dtype=str)

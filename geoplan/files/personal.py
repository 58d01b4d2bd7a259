"""What is told of persons by the cells themselves: identity and mobile numbers.

A grid's code is as long as an identity number and may begin as a mobile number
does (11 digits in Hebei, 13…): only a right date of birth with a right check
digit, and numbers that do not share the first digits of an area, count.
"""

import re
from collections.abc import Iterable
from datetime import date

from pandas import Series
from pandas.api.types import is_numeric_dtype

from geoplan.files.values import text

# GB 11643-1999: the check digit of an identity number.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_BORN_AFTER = 1900

_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")
_AREA_DIGITS = 6  # of a code: province, city, county
_SAMPLE = 1000  # different values of a column that are looked at
_LEAST_MOBILE = 13_000_000_000
_HIDDEN = "…"


def holds_numbers(cells: Series, *, least: int = 1) -> bool:
    """Return whether most of a column's values are identity or mobile numbers.

    Of mobile numbers there must be at least so many different ones.

    Examples
    --------
    >>> holds_numbers(Series(["13800138000", "139 0013 9000"]))
    True
    >>> holds_numbers(Series(["13010200101", "13010200102"]))
    False
    >>> holds_numbers(Series(["11010519491231002X"]))
    True
    >>> holds_numbers(Series(["420105001001001001", "420105001001001002"]))
    False
    """
    if is_numeric_dtype(cells) and not (cells >= _LEAST_MOBILE).any():
        return False
    values = _different(cells)
    identities = [v for v in values if _IDENTITY.fullmatch(v) and is_identity(v)]
    found = [match[1] for v in values if (match := _MOBILE.fullmatch(v))]
    mobiles = found if len(found) >= least and _scattered(found) else []
    return bool(values) and 2 * max(len(identities), len(mobiles)) >= len(values)


def _different(cells: Series) -> list[str]:
    """Return the first different texts of a column."""
    seen: dict[str, None] = {}
    for cell in cells:
        if len(seen) >= _SAMPLE:
            break
        seen.setdefault(text(cell))
    return [value for value in seen if value]


def masked(cells: Series) -> tuple[Series, int]:
    """Return texts without the identity and mobile numbers in them, and how many.

    Examples
    --------
    >>> masked(Series(["9:00-17:00 13800138000", "7×24"]))[0].to_list()
    ['9:00-17:00 …', '7×24']
    """
    if not cells.str.contains(r"\d{4}", regex=True).any():
        return cells, 0
    found = [match for cell in cells for match in _MOBILE.findall(cell)]
    mobiles = _scattered(found)
    hidden = Series([_without(c, mobiles=mobiles) for c in cells], index=cells.index)
    count = int((hidden != cells).sum())
    return (hidden.astype(cells.dtype), count) if count else (cells, 0)


def is_identity(number: str) -> bool:
    """Return whether 18 characters are an identity number, date and check right.

    Examples
    --------
    >>> is_identity("11010519491231002X"), is_identity("110105194912310021")
    (True, False)
    """
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, number[:17], strict=True))
    return born.year >= _BORN_AFTER and _CHECKS[total % 11] == number[17].upper()


def _without(cell: str, *, mobiles: bool) -> str:
    plain = _IDENTITY.sub(lambda m: _HIDDEN if is_identity(m[0]) else m[0], cell)
    return _MOBILE.sub(_HIDDEN, plain) if mobiles else plain


def _scattered(numbers: Iterable[str]) -> bool:
    """Return whether numbers begin differently, as codes of one place do not."""
    seen = {re.sub(r"[- ]", "", number) for number in numbers}
    return 2 * len({number[:_AREA_DIGITS] for number in seen}) > len(seen)

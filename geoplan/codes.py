"""Codes of grids, buildings and stations: always text, from end to end."""

import re
import unicodedata
from collections.abc import Collection

# A spreadsheet keeps 15 significant digits: from here on whole numbers lose some.
SHEET_LIMIT = 1e15

_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[eE]\+(\d+)")
_WHOLE_FLOAT = re.compile(r"(-?\d+)\.0+")
_LIST = re.compile(
    r"[、，,；;|/\n\r\t]+|(?<=[\u4e00-\u9fff0-9])\s+(?=[\u4e00-\u9fff0-9])"
)


def clean(value: object) -> str:
    """Return a cell as a code: full width made half, a sheet's ".0" taken off.

    Leading zeros stay. A missing cell is "". A number in scientific notation
    that still has all its digits is written out; see :func:`lost_digits` for
    one that has not.

    Examples
    --------
    >>> clean(420105001001001.0), clean("４２０１"), clean(" '007 "), clean(None)
    ('420105001001001', '4201', '007', '')
    """
    if value is None or value != value:  # noqa: PLR0124  NaN is what differs from itself
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = unicodedata.normalize("NFKC", str(value)).strip().removeprefix("'").strip()
    whole = _WHOLE_FLOAT.fullmatch(text)
    if whole:
        return whole[1]
    return _written_out(text)


def lost_digits(value: object) -> bool:
    """Return whether a spreadsheet has cut digits off this code.

    Examples
    --------
    >>> lost_digits("4.20105E+14"), lost_digits("4.20105001001001E+14")
    (True, False)
    >>> lost_digits(420105001001001.0), lost_digits(110101199003070000.0)
    (False, True)
    """
    if isinstance(value, float):
        return abs(float(value)) >= SHEET_LIMIT
    text = unicodedata.normalize("NFKC", str(value)).strip()
    match = _SCIENTIFIC.fullmatch(text)
    return match is not None and len(match[2] or "") < int(match[3])


def split(value: object, *, known: Collection[str] = ()) -> tuple[str, ...]:
    """Return the parts of a list written with 、 ， , ； ; | / or spaces.

    A space parts Chinese words and digits only ("La Rousse" is one name), and a
    text that is itself one of ``known`` is not parted.

    Examples
    --------
    >>> split("文澜社区、望江社区；东园 西园")
    ('文澜社区', '望江社区', '东园', '西园')
    >>> split("La Rousse / Saint Roman", known={"La Rousse / Saint Roman"})
    ('La Rousse / Saint Roman',)
    """
    text = clean(value)
    if text in known:
        return (text,)
    return tuple(part.strip() for part in _LIST.split(text) if part.strip())


def _written_out(text: str) -> str:
    match = _SCIENTIFIC.fullmatch(text)
    if not match or lost_digits(text):
        return text
    digits, decimals, power = match[1], match[2] or "", int(match[3])
    return digits + decimals[:power] + decimals[power:].rstrip("0")

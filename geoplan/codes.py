"""Codes of grids, buildings and stations: always text, from end to end."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

# A spreadsheet keeps 15 significant digits: from here on whole numbers lose some.
SHEET_DIGITS = 15
SHEET_LIMIT = 10.0**SHEET_DIGITS

_MOST = 0.5  # share of codes that begin with their parent's, from which it is the rule

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


def made(row: int) -> str:
    """Return what stands for the code of a row that has none that can be read."""
    return f"#{row}"


def is_made(code: str) -> bool:
    """Return whether a code only stands for one.

    Examples
    --------
    >>> is_made(made(16)), is_made("3#")
    (True, False)
    """
    return code.startswith("#") and code[1:].isdigit()


def is_again(code: str, of: str) -> bool:
    """Return whether a code is another that an earlier row has, with a row's number.

    Examples
    --------
    >>> is_again("001#17", "001"), is_again("3#", "3")
    (True, False)
    """
    first, _, row = code.rpartition("#")
    return first == of and row.isdigit()


@dataclass(frozen=True, kw_only=True)
class Hierarchy:
    """How the codes of things go with the codes of those they belong to."""

    #: characters → how many codes have so many, the commonest first
    lengths: Mapping[int, int]
    parent_lengths: Mapping[int, int]  #: the same of the parents' codes
    share: float  #: of the things that name a parent, whose code begins with it
    #: code → the longest parent's code that it begins with instead, "" if none
    astray: Mapping[str, str]

    @property
    def is_rule(self) -> bool:
        """Return whether codes are meant to begin with their parent's."""
        return self.share > _MOST


def hierarchy(parents: Mapping[str, str], *, known: Collection[str]) -> Hierarchy:
    """Return how codes go with their parents' codes.

    Parameters
    ----------
    parents : mapping
        Code of a thing → code of its parent, "" where it names none.
    known : collection of str
        The codes of all parents.

    Examples
    --------
    >>> parents = {"0101": "01", "0102": "01", "0203": "01"}
    >>> found = hierarchy(parents, known=["01", "02"])
    >>> found.lengths, found.astray, found.is_rule
    ({4: 3}, {'0203': '02'}, True)
    """
    named = {code: parent for code, parent in parents.items() if parent}
    every = frozenset(known)
    astray = {
        code: parent_of(code, known=every)
        for code, parent in named.items()
        if not (code.startswith(parent) and code != parent)
    }
    return Hierarchy(
        lengths=lengths(parents),
        parent_lengths=lengths(known),
        share=1 - len(astray) / len(named) if named else 0.0,
        astray=astray,
    )


def parent_of(code: str, *, known: Collection[str]) -> str:
    """Return the longest known code that a code begins with; "" if none.

    Examples
    --------
    >>> parent_of("420105001002003", known=["420105001", "420105001002"])
    '420105001002'
    """
    starts = (code[:end] for end in range(len(code) - 1, 0, -1))
    every = known if isinstance(known, (set, frozenset, dict)) else set(known)
    return next((start for start in starts if start in every), "")


def lengths(codes: Iterable[str]) -> dict[int, int]:
    """Return how many codes have how many characters, the commonest first.

    Examples
    --------
    >>> lengths(["001", "002", "0003"])
    {3: 2, 4: 1}
    """
    counted = Counter(len(code) for code in codes)
    return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def _written_out(text: str) -> str:
    match = _SCIENTIFIC.fullmatch(text)
    if not match or lost_digits(text):
        return text
    digits, decimals, power = match[1], match[2] or "", int(match[3])
    return digits + decimals[:power] + decimals[power:].rstrip("0")

"""Coordinates as people and map services write them.

Degrees with minutes and seconds, with the letter or word of their hemisphere, and
both coordinates in one cell. Nothing is guessed within a cell: what can be read
in two ways is not read.
"""

import re
import unicodedata
from dataclasses import dataclass

# What stands for °, ' and " in texts from maps, phones and spreadsheets.
_SIGNS = str.maketrans({"º": "°", "˚": "°", **dict.fromkeys("′‘’ʹ´`", "'")})
_SECONDS = str.maketrans(dict.fromkeys('″“”"〃', '"'))
_DIRECTIONS = {
    **dict.fromkeys(("东经", "e", "经度", "经", "lon", "lng"), ("lon", 1)),
    **dict.fromkeys(("西经", "w"), ("lon", -1)),
    **dict.fromkeys(("北纬", "n", "纬度", "纬", "lat"), ("lat", 1)),
    **dict.fromkeys(("南纬", "s"), ("lat", -1)),
}
_DIRECTION = "|".join(_DIRECTIONS)
_NAMED = re.compile(rf"({_DIRECTION})?[:\s]*(.*?)\s*({_DIRECTION})?")
_NUMBER = r"\d+(?:\.\d*)?|\.\d+"
_DEGREES = re.compile(rf"([-+]?(?:{_NUMBER}))\s*[°度]?")
# 114°18′36″, 114度18分36秒, 114°18.6′
_SIGNED = re.compile(
    rf"([-+]?\d{{1,3}})\s*[°度]\s*({_NUMBER})\s*(?:['分]\s*(?:({_NUMBER})\s*[\"秒]?)?)?"
)
# 114-18-36, 114:18:36, 114 18 36: all three, with one separator
_PARTED = re.compile(rf"([-+]?\d{{1,3}})([-: ])(\d{{1,2}})\2((?:{_NUMBER}))")
# Between two coordinates in a cell.
_SEPARATORS = (
    re.compile(r"[,;、|/]+"),
    re.compile(r"\s+"),
    re.compile(r"(?<=[\d°'\"度分秒])\s*(?=[东西]经|[南北]纬)"),
)
_HEIGHT = re.compile(rf"\s*-?(?:{_NUMBER})\s*[m米]?\s*")
_BRACKETS = "()[]{}<>（）【】〔〕"
_MOST = {"lon": 180.0, "lat": 90.0, "": 180.0}
_SIXTY = 60.0


@dataclass(frozen=True, kw_only=True)
class Degree:
    """A longitude or latitude as a cell says it."""

    value: float
    axis: str  #: "lon" or "lat" where the cell says so, else ""


def degree(text: str) -> Degree | None:
    """Return the degrees that a text writes; None if it writes none.

    Examples
    --------
    >>> degree("114°18′36″").value, degree("114度18分36秒").value
    (114.31, 114.31)
    >>> degree("114-18-36").value, degree("E114°18.6'")
    (114.31, Degree(value=114.31, axis='lon'))
    >>> degree("南纬30.5°"), degree("114°75′"), degree("12 m")
    (Degree(value=-30.5, axis='lat'), None, None)
    """
    before, body, after = _named(_plain(text))
    axes = {_DIRECTIONS[word] for word in (before, after) if word}
    if len(axes) > 1:
        return None
    axis, sign = axes.pop() if axes else ("", 1)
    value = _value(body)
    if value is None or abs(value) > _MOST[axis] or (sign < 0 and value < 0):
        return None
    return Degree(value=sign * value, axis=axis)


def pair(text: str) -> tuple[Degree, Degree] | None:
    """Return the two coordinates that one cell holds, in its order; None if not two.

    A height after them is passed over.

    Examples
    --------
    >>> [d.value for d in pair("114.305,30.593")]
    [114.305, 30.593]
    >>> [d.axis for d in pair("（30.593°N，114.305°E）")]
    ['lat', 'lon']
    >>> pair("示例路1号"), pair("114 18 36")
    (None, None)
    """
    plain = _plain(text).strip(_BRACKETS + " ")
    for separator in _SEPARATORS:
        parts = [part for part in separator.split(plain) if part.strip()]
        if separator is _SEPARATORS[0] and _has_height(parts):
            parts = parts[:2]
        read = [degree(part) for part in parts]
        if len(read) == 2 and read[0] and read[1]:  # noqa: PLR2004  x, y
            return read[0], read[1]
    return None


def _has_height(parts: list[str]) -> bool:
    return len(parts) == 3 and _HEIGHT.fullmatch(parts[2]) is not None  # noqa: PLR2004  x, y, height


def _plain(text: str) -> str:
    """Return a text with one sign each for degrees, minutes and seconds."""
    marked = text.translate(_SECONDS).translate(_SIGNS)
    plain = unicodedata.normalize("NFKC", marked).replace("''", '"').casefold()
    return re.sub(r"\s+", " ", plain).strip().strip(",;、。").strip()


def _named(text: str) -> tuple[str, str, str]:
    match = _NAMED.fullmatch(text)
    if not match:
        return "", text, ""
    return match[1] or "", match[2].strip(), match[3] or ""


def _value(body: str) -> float | None:
    whole = _DEGREES.fullmatch(body)
    if whole:
        return float(whole[1])
    signed = _SIGNED.fullmatch(body)
    if signed:
        parts = (signed[1], signed[2], signed[3] or "0")
        halves = "." in parts[1] and signed[3] is not None  # 18.6′36″ says it twice
        return None if halves else _summed(*parts)
    parted = _PARTED.fullmatch(body)
    return _summed(parted[1], parted[3], parted[4]) if parted else None


def _summed(degrees: str, minutes: str, seconds: str) -> float | None:
    if float(minutes) >= _SIXTY or float(seconds) >= _SIXTY:
        return None
    size = abs(float(degrees)) + float(minutes) / 60 + float(seconds) / 3600
    return round(-size if degrees.startswith("-") else size, 12)

"""The shape that a file of edits must have, said as functions of a value.

A shape is called with a value and the place it stands at; it returns what is wrong,
or None. Sizes are bounded, so that no file can be made to cost much.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_LONGEST_CODE, _LONGEST_NAME, _LONGEST_REMARK = 100, 300, 4000
_FARTHEST = 1e8  # m: no working CRS has coordinates beyond
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """What is wrong in a file of edits, and where."""

    at: str  #: entry: stations.moved[3].x
    rule: str  #: value, unknown, absent, many
    value: str = ""
    wanted: str = ""  #: a word for the kind of value


Shape = Callable[[object, str], Wrong | None]


def CODE(value: object, at: str) -> Wrong | None:  # noqa: N802  a shape, used as a constant
    """Return what is wrong with a code: a short text of one line, not empty."""
    return _text(value, at, wanted="code", most=_LONGEST_CODE, least=1)


def NAME(value: object, at: str) -> Wrong | None:  # noqa: N802  a shape, used as a constant
    """Return what is wrong with a text of one line."""
    return _text(value, at, wanted="text", most=_LONGEST_NAME)


def REMARK(value: object, at: str) -> Wrong | None:  # noqa: N802  a shape, used as a constant
    """Return what is wrong with a text of several lines."""
    return _text(value, at, wanted="text", most=_LONGEST_REMARK, lines=True)


def HASH(value: object, at: str) -> Wrong | None:  # noqa: N802  a shape, used as a constant
    """Return what is wrong with a SHA-256 in hexadecimal digits."""
    good = isinstance(value, str) and _HEX.fullmatch(value)
    return None if good else _wrong(value, at, wanted="hash")


def NUMBER(value: object, at: str) -> Wrong | None:  # noqa: N802  a shape, used as a constant
    """Return what is wrong with a coordinate, m."""
    good = (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < _FARTHEST  # neither NaN nor infinite is
    )
    return None if good else _wrong(value, at, wanted="number")


def whole(least: int, most: int) -> Shape:
    """Return the shape of a whole number within limits."""

    def shape(value: object, at: str) -> Wrong | None:
        good = isinstance(value, int) and not isinstance(value, bool)
        fits = good and isinstance(value, int) and least <= value <= most
        return None if fits else _wrong(value, at, wanted="whole")

    return shape


def a_list(inner: Shape, *, most: int) -> Shape:
    """Return the shape of a list of things of one shape."""

    def shape(value: object, at: str) -> Wrong | None:
        if not isinstance(value, list):
            return _wrong(value, at, wanted="list")
        if len(value) > most:
            return Wrong(at=at, rule="many", value=str(len(value)))
        found = (inner(one, f"{at}[{i}]") for i, one in enumerate(value))
        return next((wrong for wrong in found if wrong is not None), None)

    return shape


def a_table(inner: Shape, *, most: int) -> Shape:
    """Return the shape of an object whose keys are codes, each with one thing."""

    def shape(value: object, at: str) -> Wrong | None:
        if not isinstance(value, dict):
            return _wrong(value, at, wanted="table")
        if len(value) > most:
            return Wrong(at=at, rule="many", value=str(len(value)))
        for key, one in value.items():
            wrong = CODE(key, at) or inner(one, f"{at}.{key}")
            if wrong is not None:
                return wrong
        return None

    return shape


def a_record(
    entries: Mapping[str, Shape], *, optional: set[str] | None = None
) -> Shape:
    """Return the shape of an object with these entries, and no other."""
    needed = set(entries) - (optional or set())

    def shape(value: object, at: str) -> Wrong | None:
        if not isinstance(value, dict):
            return _wrong(value, at, wanted="table")
        inside = f"{at}." if at else ""
        if absent := sorted(needed - set(value)):
            return Wrong(at=f"{inside}{absent[0]}", rule="absent")
        if unknown := sorted(set(value) - set(entries)):
            return Wrong(at=f"{inside}{unknown[0]}", rule="unknown")
        found = (entries[key](one, f"{inside}{key}") for key, one in value.items())
        return next((wrong for wrong in found if wrong is not None), None)

    return shape


def _text(
    value: object,
    at: str,
    *,
    wanted: str,
    most: int,
    least: int = 0,
    lines: bool = False,
) -> Wrong | None:
    good = (
        isinstance(value, str)
        and least <= len(value) <= most
        and not any(_odd(sign, lines=lines) for sign in value)
        and (not least or value == value.strip())
    )
    return None if good else _wrong(value, at, wanted=wanted)


def _odd(sign: str, *, lines: bool) -> bool:
    """Return whether a sign has no place in a text: control signs, half of a pair."""
    if lines and sign in "\n\r\t":
        return False
    return unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}


def _wrong(value: object, at: str, *, wanted: str) -> Wrong:
    return Wrong(at=at, rule="value", value=_told(value), wanted=wanted)


def _told(value: object) -> str:
    """Return a value as a short text; a large one is named by its kind."""
    if isinstance(value, list | dict):
        return "[…]" if isinstance(value, list) else "{…}"
    if isinstance(value, str):
        return value[:80]
    if isinstance(value, int) and abs(value) > _FARTHEST:
        return "…"  # a number may have thousands of digits
    return str(value)

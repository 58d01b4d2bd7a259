"""The clauses of a text on opening hours: some days, and what is said of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from geoplan.hours.words import NotUnderstoodError, Span, Token

Days = frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Clause:
    """Days, and what is said of them; nothing said of "off" and "same" but that."""

    days: Days = frozenset()  #: empty: not named
    spans: tuple[Span, ...] = ()
    rests: tuple[Span, ...] = ()  #: closed in between
    off: bool = False
    same: bool = False  #: as on the other days

    @property
    def timed(self) -> bool:
        """Return whether times are said."""
        return bool(self.spans or self.rests)


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Tokens of one sort that follow one another.

    ``letter``: D days, B days in brackets, S spans, O off, E except, M same.
    """

    letter: str
    days: Days = frozenset()
    spans: tuple[Span, ...] = ()
    rests: tuple[Span, ...] = ()


# The clauses there are, as letters of parts; the first that fits is taken.
_CLAUSES = tuple(
    re.compile(look) for look in ("EDO?", "DB?S", "DB?O", "DM", "SB", "S", "M", "D$")
)
_LETTERS = {"days": "D", "span": "S", "off": "O", "except": "E", "same": "M"}


def clauses(told: Sequence[Token]) -> list[Clause]:
    """Return the clauses of a text without seasons.

    Raises
    ------
    NotUnderstoodError
        If the order of its words is not one that is known, or not certain.
    """
    parts, whole = _unbracketed(told)
    letters = "".join(part.letter for part in parts)
    if letters.endswith("SD") and letters.count("S") == 1:
        parts[-1] = replace(parts[-1], letter="B")  # 9:00-17:00 周一至周五
        letters = letters[:-1] + "B"
    at = 0
    while at < len(letters):
        found = next(filter(None, (look.match(letters, at) for look in _CLAUSES)), None)
        if found is None:
            raise NotUnderstoodError
        whole += _clause(parts[at : found.end()], whole=whole)
        at = found.end()
    return whole


def _clause(parts: Sequence[_Part], *, whole: Sequence[Clause]) -> list[Clause]:
    """Return the clause of some parts; ``whole`` are those before it."""
    letters = "".join(part.letter for part in parts)
    days = _meant([part.days for part in parts if part.letter in "DB"])
    if letters == "M":
        return []
    if letters == "D":  # 每天 9:00-17:00，全年无休
        if all(clause.days == days for clause in whole):
            return []
        raise NotUnderstoodError
    return [
        Clause(
            days=days,
            spans=tuple(span for part in parts for span in part.spans),
            rests=tuple(rest for part in parts for rest in part.rests),
            off="O" in letters or "E" in letters,
            same="M" in letters,
        )
    ]


def _meant(named: Sequence[Days]) -> Days:
    """Return the days that are meant, where brackets name them more exactly."""
    for wide, narrow in pairwise(named):
        if not narrow <= wide | {"-PH"}:
            raise NotUnderstoodError
    return named[-1] if named else frozenset()


def _unbracketed(told: Sequence[Token]) -> tuple[list[_Part], list[Clause]]:
    """Return the parts of a text, and the whole clauses that stand in brackets."""
    parts: list[_Part] = []
    whole: list[Clause] = []
    for tokens, inside in _brackets(told):
        found = _parts(tokens)
        letters = {part.letter for part in found}
        if not inside or letters <= {"S"}:
            parts += found
        elif letters == {"D"}:
            parts += [replace(part, letter="B") for part in found]
        else:
            whole += clauses(tokens)
    return _joined(parts), whole


def _brackets(told: Sequence[Token]) -> Iterator[tuple[Sequence[Token], bool]]:
    """Yield what stands outside and inside of brackets, in order."""
    start, inside = 0, False
    for at, token in enumerate([*told, Token(kind="end")]):
        if token.kind not in {"open", "close", "end"}:
            continue
        if token.kind == ("open" if inside else "close"):
            raise NotUnderstoodError  # brackets in brackets, or half a pair
        yield told[start:at], inside
        start, inside = at + 1, token.kind == "open"


def _parts(told: Sequence[Token]) -> list[_Part]:
    """Return tokens as parts; a span beside 休息 or 午休 is a rest."""
    parts: list[_Part] = []
    resting = False
    for before, token in zip([Token(kind="gap"), *told], told, strict=False):
        resting |= token.kind == "rest" and before.kind != "span"
        if token.kind == "span":
            span = (token.span,)
            parts.append(
                _Part(letter="S", rests=span)
                if resting
                else _Part(letter="S", spans=span)
            )
            resting = False
        elif before.kind == "span" and token.kind in {"off", "rest"}:
            last = parts.pop()
            parts.append(_Part(letter="S", rests=(*last.spans, *last.rests)))
        elif token.kind in _LETTERS:
            parts.append(_Part(letter=_LETTERS[token.kind], days=token.days))
    return _joined(parts)


def _joined(parts: Sequence[_Part]) -> list[_Part]:
    """Return parts with neighbours of one sort put together."""
    joined: list[_Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last is None or last.letter != part.letter:
            joined.append(part)
            continue
        joined[-1] = _Part(
            letter=part.letter,
            days=last.days | part.days,
            spans=(*last.spans, *part.spans),
            rests=(*last.rests, *part.rests),
        )
    return joined

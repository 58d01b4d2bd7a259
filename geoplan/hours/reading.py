"""Opening hours as offices write them, brought into OpenStreetMap's syntax.

What is not certain is not guessed: a text with a word, a time or an order that
could mean two things has no hours at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from geoplan.hours.clauses import Clause, Days, clauses
from geoplan.hours.week import Hours, of_osm
from geoplan.hours.words import (
    DAY,
    WEEK,
    NotUnderstoodError,
    Span,
    Token,
    plain,
    tokens,
)

_LATIN = re.compile(r"[A-Za-z]{2}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")

_WEEK: Days = frozenset(WEEK)
_WEEKEND: Days = frozenset(WEEK[5:])
_HOLIDAYS: Days = frozenset({"PH"})
_NONE: Days = frozenset()


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """Days and their hours, or what else is said of them."""

    days: Days
    spans: tuple[Span, ...] = ()
    state: str = ""  #: "", "off" or "unknown"


def parse(text: str) -> Hours | None:
    """Return the hours that a text tells, in Chinese or OpenStreetMap's syntax.

    None if it does not tell them, or if it is not certain what it means.

    Examples
    --------
    >>> parse("周一至周五 8:30-12:00，14:00-17:30；周六 9:00-12:00").osm
    'Mo-Fr 08:30-12:00,14:00-17:30; Sa 09:00-12:00'
    >>> parse("请电话联系") is None
    True
    """
    clear = plain(text)
    if _LATIN.search(clear) and not _CHINESE.search(clear):
        return of_osm(clear)
    try:
        return of_osm(_written(list(tokens(clear))))
    except NotUnderstoodError:
        return None


def _written(told: Sequence[Token]) -> str:
    """Return what is told as OpenStreetMap writes it.

    Raises
    ------
    NotUnderstoodError
        If it is not certain what is told.
    """
    lines = [
        f"{season} {_line(rule)}".lstrip()
        for season, said in _seasons(told)
        for rule in _rules(said)
    ]
    return "24/7" if lines == ["Mo-Su 00:00-24:00"] else "; ".join(lines)


def _seasons(told: Sequence[Token]) -> list[tuple[str, list[Clause]]]:
    """Return the clauses of each season; of "" where none is named.

    What stands before the first season counts for all of them.
    """
    starts = [at for at, token in enumerate(told) if token.kind == "season"]
    if not starts:
        return [("", clauses(told))]
    first = told[: starts[0]]
    if len(starts) == 1 or any(token.kind == "span" for token in first):
        raise NotUnderstoodError  # what of the rest of the year, or of the day?
    ends = [*starts[1:], len(told)]
    return [
        (told[start].season, clauses([*first, *told[start + 1 : end]]))
        for start, end in zip(starts, ends, strict=True)
    ]


def _rules(said: Sequence[Clause]) -> list[_Rule]:
    """Return the rules of a season in OSM's order: a later one counts."""
    timed = _merged(_as_usual(said))
    if not any(clause.spans for clause in timed):
        raise NotUnderstoodError
    unnamed = any(not clause.days for clause in timed)
    whole = _named(timed)
    off = [clause.days for clause in said if clause.off]
    rules = [_Rule(days=clause.days, spans=clause.spans) for clause in whole]
    rules += [
        _Rule(days=clause.days, spans=clause.rests, state="off") for clause in whole
    ]
    rules = [rule for rule in rules if rule.spans]
    unsure = _undecided(said, unnamed=unnamed, several=len(timed) > 1)
    rules += [_Rule(days=unsure, state="unknown")] * bool(unsure)
    every = _NONE.union(*(clause.days for clause in said))
    if "-PH" in every and not every & {"PH", "PH?"}:
        off.append(_HOLIDAYS)
    return rules + [_Rule(days=days, state="off") for days in dict.fromkeys(off)]


def _as_usual(said: Sequence[Clause]) -> list[Clause]:
    """Return the timed clauses; days "as usual" belong to the usual ones."""
    timed = [clause for clause in said if clause.timed]
    same = _NONE.union(*(clause.days for clause in said if clause.same))
    if not same or not any(clause.days for clause in timed):
        return timed
    if len(timed) > 1:
        raise NotUnderstoodError
    return [replace(timed[0], days=timed[0].days | same)]


def _merged(timed: Sequence[Clause]) -> list[Clause]:
    """Return one clause for all that is said of the same days."""
    by_days: dict[Days, Clause] = {}
    for clause in timed:
        before = by_days.get(clause.days, Clause())
        by_days[clause.days] = Clause(
            days=clause.days,
            spans=tuple(dict.fromkeys((*before.spans, *clause.spans))),
            rests=(*before.rests, *clause.rests),
        )
    always = (0, DAY)
    for clause in by_days.values():
        if always in clause.spans and len(clause.spans) > 1:
            raise NotUnderstoodError
    return list(by_days.values())


def _named(timed: Sequence[Clause]) -> list[Clause]:
    """Return the clauses with the days they mean, the widest first.

    Hours without days are every day's, or, where other days have hours of their
    own, those of the working days left.

    Raises
    ------
    NotUnderstoodError
        If two clauses speak of some days both, and neither is the exception.
    """
    known = _NONE.union(*(clause.days for clause in timed))
    rest = _WEEK - known if len(timed) == 1 else _WEEK - known - _WEEKEND
    whole = [replace(clause, days=clause.days or rest) for clause in timed]
    whole.sort(key=lambda clause: -len(clause.days & _WEEK))
    for at, wide in enumerate(whole):
        for narrow in whole[at + 1 :]:
            both = wide.days & narrow.days & _WEEK
            if both and not narrow.days & _WEEK < wide.days & _WEEK:
                raise NotUnderstoodError
    return whole


def _undecided(said: Sequence[Clause], *, unnamed: bool, several: bool) -> Days:
    """Return the days of the weekend of which nothing certain is said."""
    maybe = [clause for clause in said if "PH?" in clause.days]
    doubtful = (unnamed and several) or any(c.timed or unnamed for c in maybe)
    return _WEEKEND - _NONE.union(*(c.days for c in said)) if doubtful else _NONE


def _line(rule: _Rule) -> str:
    times = ",".join(f"{_time(start)}-{_time(end)}" for start, end in rule.spans)
    return " ".join(filter(None, (_days(rule.days), times, rule.state)))


def _days(days: Days) -> str:
    """Return days as OpenStreetMap writes them.

    Examples
    --------
    >>> _days(frozenset({"Mo", "Tu", "We", "Fr", "PH?"}))
    'Mo-We,Fr,PH'
    """
    runs: list[list[str]] = []
    for before, day in zip(("", *WEEK), WEEK, strict=False):
        if day in days and before in days:
            runs[-1][1:] = [day]
        elif day in days:
            runs.append([day])
    parts = ["-".join(run) for run in runs]
    return ",".join([*parts, *(["PH"] * bool(days & {"PH", "PH?"}))])


def _time(minute: int) -> str:
    whole = minute - DAY if minute > DAY else minute
    return f"{whole // 60:02}:{whole % 60:02}"

"""Opening hours as offices write them, brought into OpenStreetMap's syntax.

What is not certain is not guessed: a text with a word, a time or an order that
could mean two things has no hours at all.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

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

_HOLIDAYS = "PH"
_MAYBE = "PH?"  # holidays, perhaps weekends too
_EVERY_DAY = frozenset(WEEK)
_WORKDAYS = frozenset(WEEK[:5])
_WEEKEND = _EVERY_DAY - _WORKDAYS

Days = frozenset[str]


@dataclass(kw_only=True)
class _Group:
    """Days, and what is said of them."""

    season: str = ""
    days: Days = frozenset()
    spans: list[Span] = field(default_factory=list)
    rests: list[Span] = field(default_factory=list)
    off: bool = False
    same: bool = False

    @property
    def told(self) -> bool:
        """Return whether more is known of the days than their names."""
        return bool(self.spans or self.rests or self.off or self.same)


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """Days of a season with their hours, or without any."""

    season: str
    days: Days
    spans: tuple[Span, ...]
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
        groups = _groups(list(tokens(clear)))
        return of_osm(_written(_rules(groups)))
    except NotUnderstoodError:
        return None


def _groups(told: Sequence[Token]) -> list[_Group]:
    """Return what is said, day group by day group.

    Raises
    ------
    NotUnderstoodError
        If an order of words could mean two things.
    """
    reader = _Reader()
    for before, token in zip([None, *told], told, strict=False):
        reader.take(token, before=before)
    return reader.finish()


@dataclass(kw_only=True)
class _Reader:
    """Puts the tokens of a text together into groups."""

    done: list[_Group] = field(default_factory=list)
    now: _Group = field(default_factory=_Group)
    outer: _Group | None = None  #: the group in whose brackets we are
    resting: bool = False  #: the next span is a rest

    def take(self, token: Token, *, before: Token | None) -> None:
        """Add one token; ``before`` is the one right before it."""
        getattr(self, f"_{token.kind}")(token, before)

    def finish(self) -> list[_Group]:
        """Return all groups; days at the very end belong to the hours before."""
        if self.outer is not None:
            self._close(Token(kind="close"), None)
        if self.now.days and not self.now.told:
            self._bind(self.now)
            self.now = _Group()
        self._next()
        return self.done

    def _next(self, season: str = "") -> None:
        """Begin the next group."""
        if self.now.told:
            self.done.append(self.now)
        elif self.now.days:
            raise NotUnderstoodError
        self.now = _Group(season=season or self.now.season)

    def _days(self, token: Token, _: Token | None) -> None:
        if self.now.told and not (self.now.off and not self.now.days):
            self._next()
        self.now.days |= token.days

    def _span(self, token: Token, before: Token | None) -> None:
        if self.now.off or self.now.same:
            self._next()
        resting = self.resting and (before is not None)
        (self.now.rests if resting else self.now.spans).append(token.span)
        self.resting = False

    def _off(self, _: Token, before: Token | None) -> None:
        if before is not None and before.kind == "span":
            self.now.rests.append(self.now.spans.pop())
        elif self.now.days and not self.now.spans:
            self.now.off = True
        else:
            raise NotUnderstoodError

    def _except(self, _: Token, __: Token | None) -> None:
        self._next()
        self.now.off = True

    def _rest(self, _: Token, before: Token | None) -> None:
        if before is not None and before.kind == "span":
            self.now.rests.append(self.now.spans.pop())
        else:
            self.resting = True

    def _same(self, _: Token, __: Token | None) -> None:
        if self.now.days and not self.now.told:
            self.now.same = True

    def _season(self, token: Token, before: Token | None) -> None:
        days = self.now.days or (self.done[-1].days if self.done else frozenset())
        if not self.now.told:
            self.now.days = frozenset()
        named = before is not None and before.kind in {"season", "open"}
        if not (named and self.now.season and not self.now.told):
            self._next(token.season)
        self.now.season, self.now.days = token.season, days

    def _gap(self, _: Token, __: Token | None) -> None:
        """Pass over what only parts the words."""

    def _open(self, _: Token, __: Token | None) -> None:
        if self.outer is not None:
            raise NotUnderstoodError
        self.outer, self.now = self.now, _Group(season=self.now.season)

    def _close(self, _: Token, __: Token | None) -> None:
        inner, self.now = self.now, self.outer or _Group()
        if self.outer is None:
            raise NotUnderstoodError
        self.outer = None
        if inner.season != self.now.season:
            self.now.season = inner.season
        if inner.off or inner.same or (inner.days and inner.told):
            self.done.append(inner)
        elif inner.days:
            self._bind(inner)
        else:
            self.now.spans += inner.spans
            self.now.rests += inner.rests

    def _bind(self, named: _Group) -> None:
        """Give the days of brackets, or of the end, to the hours before them."""
        into = self.now if self.now is not named else _Group()
        if not into.told and not into.days and self.done:
            into = self.done[-1]
        if into.days and not named.days <= into.days:
            raise NotUnderstoodError
        if not into.days and not into.spans:
            raise NotUnderstoodError
        into.days = named.days


def _rules(groups: list[_Group]) -> list[_Rule]:
    """Return the rules in OSM's order: the later one counts."""
    hours = [group for group in groups if group.spans or group.rests]
    if not any(group.spans for group in hours):
        raise NotUnderstoodError
    base = _extended(hours, groups)
    return base

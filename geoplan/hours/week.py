"""Opening hours in OpenStreetMap's syntax, judged at a moment of an ordinary week."""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

import opening_hours
from opening_hours import OpeningHours, State

from geoplan.hours.words import WEEK
from geoplan.presets import hours

# Days after which what does not change is taken never to: more than any year's.
_SPAN_OF_YEARS = 10 * 366
_NEVER = re.compile(r"(?:24/7\s+)?(?:off|closed)")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A weekday and a time of an ordinary week."""

    day: int  #: 0 is Monday
    minute: int  #: from midnight

    def __str__(self) -> str:
        """Return the moment as OpenStreetMap writes it.

        Examples
        --------
        >>> str(Moment(day=1, minute=600))
        'Tu 10:00'
        """
        return f"{WEEK[self.day]} {self.minute // 60:02}:{self.minute % 60:02}"


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When something is open."""

    osm: str  #: OpenStreetMap's opening_hours

    def at(self, moment: Moment) -> bool | None:
        """Return whether it is open then; None if the text does not tell.

        It is judged on every such weekday of ten years, none of them a holiday;
        where fewer than nine in ten agree, it is not known. What is open only as
        a comment says is not known either.

        Examples
        --------
        >>> Hours(osm="Mo-Fr 09:00-17:00").at(Moment(day=5, minute=600))
        False
        """
        return _judged(self.osm, moment)


def of_osm(text: str) -> Hours | None:
    """Return hours written in OpenStreetMap's syntax; None if it is not that.

    Hours that leave open what is asked (sunset, "17:00+") or that are never open
    without being "off" are None too.
    """
    names = {
        name.casefold(): day
        for day, words in hours()["osm"]["names"].items()
        for name in words
    }
    known = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    clean = re.sub(
        rf"\b(?:{known})\b", lambda m: names[m[0].casefold()], text, flags=re.IGNORECASE
    )
    if any(re.search(sign, clean) for sign in hours()["osm"]["unsure"]):
        return None
    try:
        schedule = OpeningHours(clean, max_interval_days=_SPAN_OF_YEARS)
    except opening_hours.ParserError:  # type: ignore[attr-defined]  # not in its stubs
        return None
    if _never_open(schedule) and not _NEVER.fullmatch(str(schedule)):
        return None
    return Hours(osm=clean)


@cache
def _judged(osm: str, moment: Moment) -> bool | None:
    schedule = OpeningHours(osm)
    time = dt.time(moment.minute // 60, moment.minute % 60)
    told = Counter(
        _told(schedule, dt.datetime.combine(day, time)) for day in _days(moment.day)
    )
    answer, times = told.most_common(1)[0]
    return answer if times >= hours()["weeks"]["share"] * told.total() else None


def _told(schedule: OpeningHours, when: dt.datetime) -> bool | None:
    state, comment = schedule.state(when)
    if state == State.CLOSED:
        return False
    return None if state == State.UNKNOWN or comment else True


def _never_open(schedule: OpeningHours) -> bool:
    first, last = _years()
    start = dt.datetime.combine(first, dt.time())
    if not schedule.is_closed(start):
        return False
    change = schedule.next_change(start)
    return change is None or change.date() > last


@cache
def _days(weekday: int) -> tuple[dt.date, ...]:
    """Return all dates of a weekday in the years that are looked at."""
    first, last = _years()
    start = first + dt.timedelta(days=(weekday - first.weekday()) % 7)
    weeks = (last - start).days // 7 + 1
    return tuple(start + dt.timedelta(weeks=week) for week in range(weeks))


def _years() -> tuple[dt.date, dt.date]:
    first, last = hours()["weeks"]["years"]
    return dt.date(first, 1, 1), dt.date(last, 12, 31)

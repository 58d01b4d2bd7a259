"""What stands in a text on opening hours: days, times, "closed" and so on.

The words are the packaged data ``presets/hours.toml``.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from geoplan.presets import hours

WEEK = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY = 24 * 60  #: minutes

Span = tuple[int, int]  #: minutes from midnight; the end may lie on the next day

_MONTHS = [
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
]
_CHINESE = "一二三四五六日"  # of the days of a week
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_TWELVE = 12
_HOUR = 60
# From this hour on, an end before the start is understood as the next day's;
# before it, as likely an afternoon written on a clock of twelve.
_LATE = 17 * _HOUR


@dataclass(frozen=True, kw_only=True)
class Token:
    """One thing that a text says."""

    #: days, span, season, off, except, rest, same, gap, open, close or end
    kind: str
    days: frozenset[str] = frozenset()  #: of WEEK, PH, -PH and PH?
    span: Span = (0, DAY)
    season: str = ""  #: OSM months


class NotUnderstoodError(ValueError):
    """A text says something that cannot be told for certain."""


def plain(text: str) -> str:
    """Return a text with one kind of digits, dashes and colons.

    Examples
    --------
    >>> plain("周一至周五 ９：００ — １７：００")
    '周一-周五 9:00-17:00'
    """
    half = unicodedata.normalize("NFKC", text).replace("∶", ":").strip()
    half = re.sub(r"\s*(?:[—–−‐‑‒―~〜ー至到-]\s*)+", "-", half)
    half = re.sub(r"(?<=\d)\s*:\s*(?=\d)", ":", half)
    for number, sign in enumerate(_CHINESE, start=1):
        digit = rf"{number}(?![\d:.点时])"
        half = re.sub(rf"(?<=[周期拜]){digit}", sign, half)
        half = re.sub(rf"(?<=[周期拜][{_CHINESE}]-){digit}", sign, half)
    return re.sub(
        r"(二十[一二三四]?|十[一二三四五六七八九]?|[零一二两三四五六七八九])(?=[点时])",
        lambda match: str(_number(match[1])),
        half,
    )


def tokens(text: str) -> Iterator[Token]:
    """Yield what a plain text says, in order.

    Raises
    ------
    NotUnderstoodError
        If a word of it is not known, or a time cannot be.
    """
    at = 0
    while at < len(text):
        found = next(filter(None, (look.match(text, at) for look in _looks())), None)
        if found is None:
            raise NotUnderstoodError(text[at:])
        token = _TOLD[found.lastgroup or ""](found)
        if token is not None:
            yield token
        at = found.end()


def weekdays(text: str) -> frozenset[str]:
    """Return the weekdays of a list or range such as 周一-周五 or 周六、日.

    Examples
    --------
    >>> sorted(weekdays("周六、日")), sorted(weekdays("周日-周二"))
    (['Sa', 'Su'], ['Mo', 'Su', 'Tu'])
    """
    found: list[int] = []
    through = False
    for sign in re.findall(rf"[{_CHINESE}天-]", re.sub("[每周]|星期|礼拜", "", text)):
        if sign == "-":
            through = True
            continue
        day = _CHINESE.index(sign.replace("天", "日"))
        if through:
            found += [(found[-1] + k) % 7 for k in range((day - found[-1]) % 7)]
        found.append(day)
        through = False
    return frozenset(WEEK[day] for day in found)


def clock(text: str) -> int:
    """Return the minute of a day that a plain text such as 18:00 or 下午6点 names.

    Raises
    ------
    NotUnderstoodError
        If it names none.
    """
    found = re.fullmatch(_clock("a"), text)
    minute = _minute(found, "a", part=found["a_part"]) if found else DAY
    if not found or not found["a_unit"] or minute >= DAY:
        raise NotUnderstoodError(text)
    return minute


@cache
def _looks() -> tuple[re.Pattern[str], ...]:
    """Return what a token may look like, best first; its kind is the last group."""
    words, day = hours()["words"], rf"[{_CHINESE}天]"
    week, join = "(?:周|星期|礼拜)", r"(?:\s*[-、,/及和与]\s*|\s*)"
    times, full = "[x×*✕✖X]", r"24\s*(?:小时|h|H)"
    seven = rf"7\s*(?:天\s*{times}?|{times})\s*(?:{full}|24)|24\s*/\s*7"
    nextly = f"(?P<next>{_any(words['next'])})?"
    date = r"\d{1,2}月(?:\d{1,2}[日号])?"
    return tuple(
        re.compile(look)
        for look in (
            rf"(?P<always>{seven}|{full}|{_any(words['always'])})",
            rf"(?P<span>{_clock('a')}\s*-\s*{nextly}\s*{_clock('b')})",
            rf"(?P<dates>(?:{_any(_seasons())})?\s*\(?{date}-(?:次年)?{date}\)?)",
            rf"(?P<week>每?{week}{day}(?:{join}{week}?{day})*)",
            rf"(?P<word>{_any(_words())})",
            # a plus with nothing after it leaves the end open
            r"(?P<gap>(?:[\s,;:、。.|/&和及与并]|\+(?=\s*[^\s,;、。]))+)",
            r"(?P<open>[(\[【「《])",
            r"(?P<close>[)\]】」》])",
        )
    )


@cache
def _words() -> Mapping[str, Token | None]:
    """Return the words that say something, and those (None) that do not."""
    table = hours()
    words: dict[str, Token | None] = dict.fromkeys(table["words"]["nothing"])
    for kind in ("off", "except", "rest", "same"):
        words |= dict.fromkeys(table["words"][kind], Token(kind=kind))
    for days, names in table["days"].items():
        words |= dict.fromkeys(names, Token(kind="days", days=_days(days)))
    for months, names in table["seasons"].items():
        words |= dict.fromkeys(names, Token(kind="season", season=months))
    return words


def _seasons() -> Iterable[str]:
    return (name for names in hours()["seasons"].values() for name in names)


def _days(text: str) -> frozenset[str]:
    """Return the days of a list such as Mo-Fr,PH."""
    days: set[str] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        whole = WEEK.index(first) if first in WEEK and last else None
        days.update({part} if whole is None else WEEK[whole : WEEK.index(last) + 1])
    return frozenset(days)


def _clock(side: str) -> str:
    """Return the pattern of a time; the names of its groups begin with ``side``."""
    parts = [word for part in hours()["times"].values() for word in part["words"]]
    return (
        rf"(?:(?P<{side}_part>{_any(parts)})\s*)?(?P<{side}_hour>\d{{1,2}})"
        rf"(?P<{side}_unit>[:.](?P<{side}_minute>\d\d)(?::\d\d)?(?!\d)"
        rf"|[点时](?:(?P<{side}_after>\d{{1,2}})分?|(?P<{side}_half>半)|整)?"
        rf"|(?P<{side}_joined>\d\d)(?!\d))?"
    )


def _span(found: re.Match[str]) -> Token:
    """Return a span of time.

    Raises
    ------
    NotUnderstoodError
        If it is not clear which hours are meant.
    """
    if not found["a_unit"] and not found["b_unit"]:
        raise NotUnderstoodError(found[0])
    start = _minute(found, "a", part=found["a_part"])
    end = _minute(found, "b", part=found["b_part"] or _carried(found))
    if end <= start and _overnight(found, start=start):
        end += DAY
    elif end <= start or found["next"]:
        raise NotUnderstoodError(found[0])
    if start >= DAY or end - start > DAY:
        raise NotUnderstoodError(found[0])
    return Token(kind="span", span=(start, end))


def _carried(found: re.Match[str]) -> str:
    """Return the part of the day that counts for a span's end, from its start."""
    twelve = int(found["b_hour"]) <= _TWELVE and not found["b_hour"].startswith("0")
    part = str(found["a_part"] or "")
    carries = bool(part) and bool(_rule(part)["add"]) and twelve
    return part if carries and not found["next"] else ""


def _overnight(found: re.Match[str], *, start: int) -> bool:
    """Return whether an end before the start is surely the next day's."""
    if found["next"] or found["b_part"] == "凌晨":
        return True
    on_24 = found["b_hour"].startswith("0")
    return on_24 or (start >= _LATE and not found["b_part"] and not _carried(found))


def _minute(found: re.Match[str], side: str, *, part: str | None) -> int:
    pieces = (found[f"{side}_{piece}"] for piece in ("minute", "after", "joined"))
    half = "30" if found[f"{side}_half"] else "0"
    minute = int(next(filter(None, pieces), half))
    whole = _hour(int(found[f"{side}_hour"]), part=part or "") * _HOUR + minute
    if minute >= _HOUR or whole > DAY:
        raise NotUnderstoodError(found[0])
    return whole


def _hour(hour: int, *, part: str) -> int:
    """Return an hour on the clock of 24, from one said with a part of the day.

    Raises
    ------
    NotUnderstoodError
        If the part of the day has no such hour.
    """
    if not part:
        return hour
    rule = _rule(part)
    whole = hour + _TWELVE if hour in rule["add"] else hour
    if not rule["first"] <= whole <= rule["last"]:
        raise NotUnderstoodError(f"{part}{hour}")
    return whole


def _rule(part: str) -> Mapping[str, Any]:
    return next(rule for rule in hours()["times"].values() if part in rule["words"])


def _dates(found: re.Match[str]) -> Token:
    """Return dates such as 5月1日-9月30日 as OSM writes them."""
    ends = [
        _MONTHS[int(month) - 1] + (f" {int(day):02}" if day else "")
        for month, day in re.findall(r"(\d+)月(?:(\d+)[日号])?", found[0])
        if 1 <= int(month) <= len(_MONTHS)
    ]
    if len(ends) != 2:  # noqa: PLR2004  the first and the last day
        raise NotUnderstoodError(found[0])
    return Token(kind="season", season="-".join(ends))


_TOLD: Mapping[str, Callable[[re.Match[str]], Token | None]] = {
    "always": lambda _: Token(kind="span"),
    "span": _span,
    "dates": _dates,
    "week": lambda found: Token(kind="days", days=weekdays(found[0])),
    "word": lambda found: _words()[found[0]],
    "gap": lambda _: Token(kind="gap"),
    "open": lambda _: Token(kind="open"),
    "close": lambda _: Token(kind="close"),
}


def _any(words: Iterable[str]) -> str:
    """Return a pattern of any of the words, the longest first."""
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


def _number(text: str) -> int:
    """Return a Chinese number up to 24."""
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + (_DIGITS[ones] if ones else 0)

"""Whether stations are open at the moment that a circle asks for."""

import re

import pandas as pd
from pandas import Series

from geoplan.errors import UsageError
from geoplan.hours.reading import parse
from geoplan.hours.week import Moment
from geoplan.hours.words import WEEK, NotUnderstoodError, clock, plain, weekdays
from geoplan.presets import hours


def moments() -> dict[str, Moment]:
    """Return the moments that have a name.

    Examples
    --------
    >>> str(moments()["night"])
    'Tu 02:00'
    """
    found: dict[str, Moment] = {}
    for name, entry in hours()["moments"].items():
        when = _weekday_and_time(entry["at"])
        assert when is not None  # noqa: S101  packaged data
        found |= dict.fromkeys([name, *entry["names"]], when)
    return found


def moment_names() -> tuple[str, ...]:
    """Return the names of moments that a study is told of."""
    return tuple(hours()["moments"])


def moment(text: str) -> Moment | None:
    """Return the moment that a text names; None if it names none.

    Examples
    --------
    >>> str(moment("周三 18:00")), str(moment("Wed 18:00")), str(moment("weekend"))
    ('We 18:00', 'We 18:00', 'Sa 10:00')
    """
    return moments().get(text.strip()) or _weekday_and_time(text)


def open_at(texts: Series, when: str) -> Series:
    """Return whether each is open at a moment.

    Parameters
    ----------
    texts : Series of str
        Opening hours as written; "" or missing where they are not known.
    when : str
        A named moment (office, evening, night, weekend), or a weekday and a time.

    Returns
    -------
    Series of boolean, the same index
        Missing where the text does not tell.

    Raises
    ------
    UsageError
        If ``when`` is no moment.
    """
    asked = moment(when)
    if asked is None:
        raise UsageError.at(
            "moment_unknown", value=when, known=", ".join(moment_names())
        )
    answers = {text: _answer(text, asked) for text in texts.dropna().unique()}
    told = [answers.get(text) for text in texts]
    return Series(pd.array(told, dtype="boolean"), index=texts.index, name=texts.name)


def _answer(text: str, asked: Moment) -> bool | None:
    known = parse(str(text))
    return None if known is None else known.at(asked)


def _weekday_and_time(text: str) -> Moment | None:
    """Return the moment of a text such as 周三 18:00, 周三下午6点 or We 18:00."""
    found = re.fullmatch(r"([A-Za-z]+\.?|(?:周|星期|礼拜).)\s*(\S.*)", plain(text))
    day = _weekday(found[1]) if found else None
    if not found or day is None:
        return None
    try:
        return Moment(day=day, minute=clock(found[2]))
    except NotUnderstoodError:
        return None


def _weekday(word: str) -> int | None:
    """Return the number of the weekday that a word names, from 0 for Monday."""
    names = {
        name.casefold(): day
        for day, words in hours()["osm"]["names"].items()
        for name in (day, *words)
    }
    named = {names.get(word.rstrip(".").casefold(), "")} & set(WEEK)
    if not word.isascii():
        named = set(weekdays(word))
    return WEEK.index(named.pop()) if named else None

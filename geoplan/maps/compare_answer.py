"""What other stations change, in one sentence a circle."""

from dataclasses import dataclass

import numpy as np
from pandas import Series

from geoplan.maps.answer import Pieces, filled
from geoplan.model import Circle, Comparison
from geoplan.wording import say, texts

#: What may be said of a station that is not as it was, in order.
KINDS = ("added", "closed", "moved", "hours")


@dataclass(frozen=True, kw_only=True)
class Changed:
    """How many are within a circle on both sides, and the words for it."""

    total: int
    before: int
    after: int
    gained: int
    lost: int
    own_before: int
    own_after: int
    sentence: Pieces
    own: str  #: the same of stations of people's own area

    @property
    def text(self) -> str:
        """Return the sentence as plain text."""
        return "".join(piece for piece, _ in self.sentence)


def changed(found: Comparison, circle: Circle, *, lang: str) -> Changed:
    """Return what changes in the whole street for one circle."""
    rows = found.areas[
        (found.areas["level"] == "street") & (found.areas["circle"] == circle.name)
    ]
    row, what = rows.iloc[0], found.counted
    counts = {
        "before": _whole(row, f"{what}_any_before"),
        "after": _whole(row, f"{what}_any_after"),
        "gained": _whole(row, f"{what}_any_gained"),
        "lost": _whole(row, f"{what}_any_lost"),
    }
    total = _whole(row, f"{what}_total_after")
    own = {end: _whole(row, f"{what}_own_{end}") for end in ("before", "after")}
    more = counts["after"] - counts["before"]
    told = {role: _amount(what, n, lang=lang) for role, n in counts.items()}
    told |= {"circle": circle.name, "more": _signed(what, more, lang=lang)}
    form = texts("compare", lang)[f"answer_{_form(total=total, **counts)}"]
    return Changed(
        total=total,
        **counts,
        own_before=own["before"],
        own_after=own["after"],
        sentence=filled(form, told),
        own=_own(what, own, lang=lang),
    )


def stations_told(found: Comparison, *, lang: str) -> str:
    """Return how many stations changed, by what changed of them."""
    words = [change.split() for change in found.stations["change"] if change]
    told = []
    for kind in KINDS:
        n = sum(kind in one for one in words)
        if n:
            told.append(say(f"compare.changed_{kind}", lang=lang, n=n))
    rest = sum(not set(one) & set(KINDS) for one in words)
    if rest:
        told.append(say("compare.changed_other", lang=lang, n=rest))
    mark = "，" if lang == "zh" else ", "
    nothing = say("compare.changed_none", lang=lang)
    return say("compare.stations_changed", lang=lang, told=mark.join(told) or nothing)


def _form(*, total: int, before: int, after: int, gained: int, lost: int) -> str:
    """Return which of the sentences fits."""
    if total <= 0:
        return "empty"
    if gained and lost:
        return "both"
    if after == before:
        return "same"
    return "more" if after > before else "less"


def _own(what: str, own: dict[str, int], *, lang: str) -> str:
    more = _signed(what, own["after"] - own["before"], lang=lang)
    told = {end: _amount(what, n, lang=lang) for end, n in own.items()}
    return say("compare.own_more", lang=lang, more=more, **told)


def _signed(what: str, more: int, *, lang: str) -> str:
    """Return a difference with its sign: +526 户."""
    sign = "+" if more > 0 else "−" if more < 0 else "±"
    return f"{sign}{_amount(what, abs(more), lang=lang)}"


def _amount(what: str, n: int, *, lang: str) -> str:
    return say(f"page.unit_{what}", lang=lang, n=f"{n:,}")


def _whole(row: Series, column: str) -> int:
    value = float(row[column])
    return round(value) if np.isfinite(value) else 0

"""What pages begin with: their texts, where all comes from, how people walk."""

from collections.abc import Mapping
from typing import Any

from geoplan.maps.answer import TIERS, limit, stamp, station_word
from geoplan.model import Circle, Imprint, Walker
from geoplan.wording import say, texts


def front(
    imprint: Imprint, *, words: Mapping[str, Any], crs: str, counted: str, lang: str
) -> dict[str, Any]:
    """Return what a page of results says of itself.

    ``words``: the texts of the page, before those that all pages share; ``crs``: the
    name of the working CRS; ``counted``: what is counted.
    """
    return {
        "lang": lang,
        "words": {**texts("page", lang), **words, "stamp": stamp(imprint, lang=lang)},
        **sources(imprint),
        "tiles": "",
        "crs": crs,
        "counted": counted,
    }


def sources(imprint: Imprint) -> dict[str, Any]:
    """Return which study it is, of when, whose data, and by which version."""
    return {
        "study": imprint.study,
        "date": imprint.date,
        "credits": imprint.credits,
        "notes": imprint.notes,
        "version": imprint.version,
    }


def lines(topic: str, *, lang: str) -> dict[str, str]:
    """Return the texts of a topic, without those that stand in tables of it."""
    return {k: v for k, v in texts(topic, lang).items() if isinstance(v, str)}


def pace(walker: Walker, *, lang: str) -> dict[str, Any]:
    """Return who walks, and how fast, m/s."""
    known = f"walker_{walker.preset}" in texts("page", lang)
    return {
        "walker": say(f"page.walker_{walker.preset if known else 'custom'}", lang=lang),
        "speed": walker.speed,
    }


def ring(circle: Circle, *, lang: str) -> dict[str, Any]:
    """Return a circle: its name, whose it is, and how far it reaches."""
    return {
        "name": circle.name,
        "tier": circle.tier,
        "level": TIERS.get(circle.tier, "community"),
        "station": station_word(circle.tier, lang=lang),
        "limit": limit(circle, lang=lang),
        "by": "minutes" if circle.minutes is not None else "metres",
    }

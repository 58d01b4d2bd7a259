"""Which published rule a finding is of, and the numbers that decide."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule by its name in the published rules, and how far its source was seen."""

    id: str  #: "T2", "K1" …; where none exists, the finding's own key
    status: str  #: "seen-p", "seen-s", "ours"; "" where none exists
    between: frozenset[str] = frozenset()  #: layers whose places it compares


def rule(key: str) -> Rule:
    """Return the rule that a finding is of.

    Examples
    --------
    >>> rule("grids_overlap").id, rule("reader_said").id
    ('T2', 'reader_said')
    """
    between = frozenset(tables()["between"].get(key, ()))
    entry = tables()["rules"].get(key)
    if entry is None:
        return Rule(id=key, status="", between=between)
    return Rule(id=entry["id"], status=entry["status"], between=between)


def told_by(key: str) -> tuple[str, ...]:
    """Return the findings of a thing that make this one needless.

    Examples
    --------
    >>> told_by("stations_too_far")
    ('far_off', 'exchanged')
    """
    return tuple(tables()["told_by"].get(key, ()))


def limit(name: str) -> float:
    """Return a number that decides."""
    return float(tables()["limits"][name])


def band(name: str) -> tuple[float, float]:
    """Return the two numbers between which something should lie."""
    low, high = tables()["limits"][name]
    return float(low), float(high)


@cache
def tables() -> dict[str, Any]:
    """Return the packaged rules."""
    source = files("geoplan") / "check" / "rules.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))

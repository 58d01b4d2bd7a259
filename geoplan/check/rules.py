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
    between = frozenset(_tables()["between"].get(key, ()))
    entry = _tables()["rules"].get(key)
    if entry is None:
        return Rule(id=key, status="", between=between)
    return Rule(id=entry["id"], status=entry["status"], between=between)


def limit(name: str) -> float:
    """Return a number that decides."""
    return float(_tables()["limits"][name])


def band(name: str) -> tuple[float, float]:
    """Return the two numbers between which something should lie."""
    low, high = _tables()["limits"][name]
    return float(low), float(high)


@cache
def _tables() -> dict[str, Any]:
    source = files("geoplan") / "check" / "rules.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))

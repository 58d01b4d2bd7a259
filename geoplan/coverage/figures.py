"""The numbers that decide in the figures of services, from a data file."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def figure(name: str) -> float:
    """Return a number that decides.

    Examples
    --------
    >>> figure("small"), figure("old")
    (5.0, 2000.0)
    """
    return float(_table()[name]["value"])


def weights() -> tuple[float, ...]:
    """Return the weights of the zones of a catchment, nearest first."""
    return tuple(float(weight) for weight in _table()["zones"]["value"])


@cache
def _table() -> dict[str, Any]:
    source = files("geoplan") / "coverage" / "services.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))

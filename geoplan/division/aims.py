"""Aims: what a proposed division should be like, as named terms with weights."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan.division.given import COUNTS
from geoplan.errors import UsageError

TERMS = (
    *("band", "balance", "moved", "borders"),
    *("compact", "spread", "stations", "second"),
)

_FIRMLY = 50.0  # times


@dataclass(frozen=True, kw_only=True)
class Aims:
    """The weights of the terms, and what counts as work."""

    weights: Mapping[str, float] = field(default_factory=lambda: _table("weights"))
    workload: Mapping[str, float] = field(default_factory=lambda: _table("workload"))
    #: households of a grid (or of a community, where those are drawn)
    band: tuple[float, float] = field(default_factory=lambda: band("grid"))
    hard: bool = False  #: whether the band must be kept

    def __post_init__(self) -> None:
        unknown = sorted({*self.weights} - {*TERMS})
        if unknown:
            raise UsageError.at(
                "division_aim_unknown", name=unknown[0], known="、".join(TERMS)
            )

        strange = sorted({*self.workload} - {*COUNTS})
        if strange:
            raise UsageError.at(
                "division_workload_unknown", name=strange[0], known="、".join(COUNTS)
            )

    def load(self, frame: DataFrame) -> NDArray[np.float64]:
        """Return the work that each row's counts make."""
        work = sum(
            (by * frame[name].to_numpy(float) for name, by in self.workload.items()),
            np.zeros(len(frame)),
        )
        return np.asarray(work)

    def weight(self, term: str) -> float:
        """Return the weight of a term; 0 where none is given.

        A band that is hard goes before all other terms.
        """
        firmly = _FIRMLY if term == "band" and self.hard else 1.0
        return firmly * float(self.weights.get(term, 0.0))


def band(level: str) -> tuple[float, float]:
    """Return the households that a grid or a community usually has."""
    low, high = _tables()["band"][level]
    return float(low), float(high)


def weighted(changes: Mapping[str, float]) -> dict[str, float]:
    """Return the usual weights with some of them changed."""
    return _table("weights") | dict(changes)


def _table(name: str) -> dict[str, float]:
    return {key: float(value) for key, value in _tables()[name].items()}


@cache
def _tables() -> dict[str, Any]:
    source = files("geoplan") / "division" / "aims.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))

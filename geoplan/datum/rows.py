"""Rows in another datum than their layer: copied from another map service.

A row counts as odd if it lies wrong where the layer's datum puts it and right in
another. Some rows are wrong for reasons of their own and come right by chance
wherever they are moved, so a datum is named only where far more come right by its
shift than by the same distance in any other direction.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from geoplan.datum.fit import Fit
from geoplan.datum.shift import DATUMS

_ALONG = ("following", "bordering")  # points of borders are no rows
_TURNS = np.radians(np.arange(45, 360, 45))
_FEWEST = 4  # rows, fewer of which say nothing
_CHANCE = 1e-4  # that so many come right by accident
_NO_CHANCE = 1e-9  # that it is past doubting
_LEAST = 0.05  # share of rows that come right wherever they are moved, at least


@dataclass(frozen=True, kw_only=True)
class Odd:
    """Rows of a layer that are in another datum than the rest."""

    datum: str
    codes: tuple[str, ...]  #: of the rows that lie right in this datum alone
    wrong: int  #: rows that lie wrong as they were read
    count: int  #: rows looked at
    sure: bool  #: that it is the datum, and not chance, is beyond doubt


def odd_rows(
    name: str, fits: Sequence[Fit], found: Mapping[str, str]
) -> tuple[Odd, ...]:
    """Return the rows of a layer that are in another datum, by datum."""
    own = [f for f in fits if f.trial.layer == name and f.trial.kind not in _ALONG]
    if not own:
        return ()
    here = _right([(f, f.answers[found[name], found[f.trial.against]]) for f in own])
    wrong = [code for code, right in here.items() if not right]
    if len(wrong) < _FEWEST:
        return ()
    odd = [
        odd
        for datum in DATUMS
        if datum != found[name]
        and (odd := _come_right(here, own, found, datum=datum, name=name))
    ]
    return tuple(sorted(odd, key=lambda one: -len(one.codes))[:1])


def _come_right(
    here: Mapping[str, bool],
    fits: Sequence[Fit],
    found: Mapping[str, str],
    *,
    datum: str,
    name: str,
) -> Odd | None:
    """Return the wrong rows that a datum puts right; None if chance would as well."""
    wrong = [code for code, right in here.items() if not right]
    there = _right([(f, f.answers[datum, found[f.trial.against]]) for f in fits])
    codes = tuple(code for code in wrong if there[code])
    if len(codes) < _FEWEST:
        return None
    every = [
        _right([(f, _turned(f, found, (name, datum), turn)) for f in fits])
        for turn in _TURNS
    ]
    by_chance = max(sum(one[code] for code in wrong) for one in every)
    share = max(by_chance / len(wrong), _LEAST)
    chance = _tail(len(codes), len(wrong), share)
    if chance >= _CHANCE:
        return None
    sure = chance < _NO_CHANCE
    return Odd(datum=datum, codes=codes, wrong=len(wrong), count=len(here), sure=sure)


def _right(
    answers: Sequence[tuple[Fit, NDArray[np.float64]]],
) -> dict[str, bool]:
    """Return whether each row is right in every trial that knows of it."""
    found: dict[str, bool] = defaultdict(lambda: True)
    for one, each in answers:
        for code, answer in zip(one.trial.codes, each, strict=True):
            if np.isfinite(answer):
                found[str(code)] &= bool(answer)
    return found


def _turned(
    one: Fit, found: Mapping[str, str], layer: tuple[str, str], turn: float
) -> NDArray[np.float64]:
    """Return the answers had things moved as far as by a datum, another way."""
    name, datum = layer
    against = found[one.trial.against]
    start = one.moves[found[name], against]
    step = one.moves[datum, against] - start
    cos, sin = np.cos(turn), np.sin(turn)
    return one.at(start + step @ np.array([[cos, sin], [-sin, cos]]))


def _tail(least: int, count: int, share: float) -> float:
    """Return how likely at least so many of a count are right, each with a chance."""
    return sum(
        comb(count, k) * share**k * (1 - share) ** (count - k)
        for k in range(least, count + 1)
    )

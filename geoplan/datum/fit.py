"""How well the things of a trial lie in each datum, and what that is worth.

Two datums are compared by the things that lie right in one and wrong in the other:
were both equally wrong, they would be as many one way as the other. The worth of a
difference is the log-likelihood ratio of that sign test, in nats.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Proj

from geoplan.datum.shift import DATUMS, WGS84, restated
from geoplan.datum.trials import Answers, Shapes, Trial

Moves = NDArray[np.float64]  #: (n, 2), metres by which each thing moves

# What one thing is worth beside others of its kind: neighbours along one border,
# or buildings along one street, are wrong together.
_WEIGHTS = {
    "named": 1.0,
    "called": 1.0,
    "owned": 1.0,
    "housed": 0.7,
    "clear": 0.4,
    "inside": 0.4,
    "bordering": 0.3,
    "following": 0.1,
}
_MOST = 30.0  # nats that one trial can be worth


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """The answers of a trial, by the true datums of its layer and the other."""

    trial: Trial
    answers: Mapping[tuple[str, str], Answers]
    moves: Mapping[tuple[str, str], Moves]
    worth: NDArray[np.float64]  #: (datums of the layer, of the other), nats, <= 0

    @property
    def pair(self) -> tuple[str, str]:
        """Return the layer and what it is held against."""
        return self.trial.layer, self.trial.against

    def at(self, moves: Moves) -> Answers:
        """Return the answers had the things moved so far from where they were read."""
        return self.trial.right(moved(self.trial.shapes, moves))

    def count(self, layer: str, against: str) -> tuple[int, int]:
        """Return how many things lie right, and how many wrong."""
        answers = self.answers[layer, against]
        return int(np.sum(answers == 1)), int(np.sum(answers == 0))

    def over(self, pair: tuple[str, str], other: tuple[str, str]) -> float:
        """Return what a pair of datums is worth over another, nats."""
        return _nats(self.answers[pair], self.answers[other], self.trial.kind)

    def above(
        self, layer: str, against: str, *, away: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return what these datums are worth over places round about, nats, (n,).

        ``away``: (n, 2), metres by which the layer's things would lie elsewhere.
        """
        here, moves = self.answers[layer, against], self.moves[layer, against]
        kind = self.trial.kind
        return np.array([_nats(here, self.at(moves + step), kind) for step in away])


def fit(
    trial: Trial, *, crs: CRS, told: Mapping[str, str], free: tuple[str, ...]
) -> Fit:
    """Return how well a trial's things lie, in all datums that are open.

    Parameters
    ----------
    trial : Trial
        Its shapes in the working CRS.
    crs : CRS
        The working CRS.
    told : mapping
        Layer → datum it was read in.
    free : tuple of str
        Datums that the layer held against may be in.
    """
    moves = _moves(trial, crs=crs, told=told, free=free)
    answers = {pair: trial.right(moved(trial.shapes, by)) for pair, by in moves.items()}
    worth = _worth(answers, trial.kind, free)
    return Fit(trial=trial, answers=answers, moves=moves, worth=worth)


def moved(shapes: Shapes, moves: NDArray[np.float64]) -> Shapes:
    """Return shapes each moved by so many metres, x and y."""
    xy, thing = shapely.get_coordinates(shapes, return_index=True)
    there: Shapes = shapely.set_coordinates(shapes.copy(), xy + moves[thing])
    return there


def better(one: Answers, other: Answers) -> float:
    """Return what the answers in one datum are worth over those in another, nats.

    Examples
    --------
    >>> right, wrong = np.ones(10), np.zeros(10)
    >>> round(better(right, wrong), 2), round(better(wrong, right), 2)
    (6.93, -6.93)
    """
    gained = int(np.sum((one == 1) & (other == 0)))
    lost = int(np.sum((one == 0) & (other == 1)))
    total = gained + lost
    if gained == lost:
        return 0.0
    parts = np.array([part for part in (gained, lost) if part]) / total
    nats = float(total * (np.log(2) + (parts * np.log(parts)).sum()))
    return nats if gained > lost else -nats


def _nats(one: Answers, other: Answers, kind: str) -> float:
    """Return what answers are worth over others in a trial of a kind, nats.

    Less, where what is better has no answer for many things that the other has: they
    may lie beyond the ways known.
    """
    nats = better(one, other)
    known, also = np.isfinite(one), np.isfinite(other)
    worse = also if nats > 0 else known
    share = int((known & also).sum()) / max(int(worse.sum()), 1)
    return _WEIGHTS[kind] * nats * share


def _worth(
    answers: Mapping[tuple[str, str], Answers], kind: str, free: tuple[str, ...]
) -> NDArray[np.float64]:
    """Return what each pair of datums is worth less than the best of them."""
    best = max(answers, key=lambda pair: _share(answers[pair]))
    table = np.zeros((len(DATUMS), len(DATUMS)))
    for (true, other), each in answers.items():
        nats = _nats(answers[best], each, kind)
        table[DATUMS.index(true), DATUMS.index(other)] = -min(max(nats, 0.0), _MOST)
    open_: NDArray[np.float64] = table[:, [DATUMS.index(other) for other in free]]
    return open_


def _share(answers: Answers) -> float:
    known = np.isfinite(answers)
    return float(answers[known].mean()) if known.any() else 0.0


def _moves(
    trial: Trial, *, crs: CRS, told: Mapping[str, str], free: tuple[str, ...]
) -> dict[tuple[str, str], Moves]:
    """Return how far things move, by the true datum of their layer and the other.

    The other layer stays where it was read: what would move it moves the things the
    other way.
    """
    turn = projection(crs)
    bounds = shapely.bounds(trial.shapes)
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    lon, lat = turn(middles[:, 0], middles[:, 1], inverse=True)
    own = told.get(trial.layer, WGS84)
    held = told.get(trial.against, WGS84)
    found = {}
    for true in DATUMS:
        place = restated(lon, lat, told=own, true=true)
        for other in free:
            x, y = restated(*place, told=other, true=held)
            found[true, other] = np.column_stack(turn(x, y)) - middles
    return found


@cache
def projection(crs: CRS) -> Proj:
    """Return what turns degrees into a metric CRS, and back: its projection alone."""
    return Proj(crs)

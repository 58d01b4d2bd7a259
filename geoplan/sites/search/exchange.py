"""A good plan, quickly: greedy, then exchanges, then disturbances by lot.

Every step is counted, none is timed: the same seed finds the same plan.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.sites.problem import Problem
from geoplan.sites.rules import Rules
from geoplan.sites.search import compiled
from geoplan.sites.task import Effort

Array = NDArray[Any]
Arrays = tuple[Any, ...]

_DEAR = 16.0  # times the dearest service: what leaving a required demand costs first
_SHARES = (24, 8, 4)  # disturbances in turn exchange one in so many open sites …
_FEWEST, _MOST = 2, 40  # … and so many at least and at most


def arrays(problem: Problem, *, penalty: Array) -> Arrays:
    """Return a problem as the compiled loops take it."""
    site, demand = problem.by_site, problem.by_demand
    by_site = (site.start, site.other, site.cost)
    by_demand = (demand.start, demand.other, demand.cost)
    return (*by_site, *by_demand, penalty, problem.opening)


def rule_arrays(rules: Rules) -> Arrays:
    """Return the rules as the compiled loops take them."""
    sites = len(rules.must)
    both = np.concatenate([rules.apart, rules.apart[:, ::-1]])
    needs = np.zeros(sites, bool)
    needs[rules.leans[:, 0]] = True
    return (
        *(rules.must, rules.never, rules.tier, rules.most),
        *(rules.price, rules.budget, rules.group),
        *_listed(both, sites),
        *_listed(rules.leans[:, ::-1], sites),
        needs,
    )


def _listed(pairs: Array, sites: int) -> tuple[Array, Array]:
    """Return the second of the pairs, listed by the first, and where lists start."""
    order = np.argsort(pairs[:, 0], kind="stable")
    counts = np.bincount(pairs[:, 0], minlength=sites)
    return np.concatenate([[0], np.cumsum(counts)]), pairs[order, 1]


def searched(problem: Problem, *, effort: Effort, start: Array | None = None) -> Array:
    """Return the best plan found (bool, one entry a site); it may break a rule.

    ``start``: sites (positions) to begin with, instead of none.
    """
    finite = np.where(problem.required, 0.0, problem.penalty)
    dearest = problem.by_demand.cost.max(initial=0.0) + problem.opening.max(initial=0)
    for more in (_DEAR, _DEAR**3):
        price = more * max(dearest, 1.0)
        penalty = np.where(problem.required, price, finite)
        plan = _Search.of(problem, penalty=penalty).best(effort, start=start)
        if np.isfinite(problem.cost(plan)):
            break
        if not problem.required.any():
            break
    return plan


@dataclass(frozen=True, kw_only=True, eq=False)
class _Search:
    """A search over one problem with finite penalties."""

    problem: Arrays
    rules: Arrays
    limits: Rules
    least: float

    @classmethod
    def of(cls, problem: Problem, *, penalty: Array) -> "_Search":
        return cls(
            problem=arrays(problem, penalty=penalty),
            rules=rule_arrays(problem.rules),
            limits=problem.rules,
            least=1e-9 * max(float(penalty.sum()), 1.0) / max(len(penalty), 1),
        )

    def best(self, effort: Effort, *, start: Array | None) -> Array:
        """Return the best of the starts, disturbed again and again."""
        ways = [(False, False)]
        if np.isfinite(self.limits.budget):
            ways.append((True, False))
        if self.limits.groups:
            ways += [(by_price, True) for by_price, _ in ways]
        states = [self._greedy(way, start=start) for way in ways]
        state = min(states, key=self._rank)
        chosen: Array = self._kicked(state, effort=effort)[0][0]
        return chosen

    def _rank(self, state: Arrays) -> tuple[int, float]:
        return len(self.limits.broken(state[0][0])), self._cost(state)

    def _cost(self, state: Arrays) -> float:
        (is_open, best, *_), _ = state
        return float(best.sum() + self.problem[7][is_open].sum())

    def _opened(self, sites: Array) -> Arrays:
        """Return the state with some sites open, as far as the rules let them."""
        penalty, opening = self.problem[6], self.problem[7]
        size = len(opening)
        state = (
            np.zeros(size, bool),
            penalty.copy(),
            penalty.copy(),
            np.full(len(penalty), -1, np.int32),
            np.zeros(size),
            np.ones(size, bool),
            np.zeros(size),
        )
        groups, tiers = self.limits.groups, len(self.limits.most)
        counts = [np.zeros(size, np.int64) for _ in range(4)]
        used, held = np.zeros(tiers, np.int64), np.zeros(groups, np.int64)
        tally = (used, np.zeros(1), held, *counts)
        compiled.open_all(
            self.problem, self.rules, state, tally, sites.astype(np.int64)
        )
        return state, tally

    def _greedy(self, way: tuple[bool, bool], *, start: Array | None) -> Arrays:
        """Return what greedy makes of a start, exchanged until nothing helps.

        ``way``: by price, groups first.
        """
        first = np.flatnonzero(self.limits.must)
        if start is not None:
            first = np.concatenate([first, np.setdiff1d(start, first)])
        state, tally = self._opened(first)
        gain = np.zeros(len(state[0]))
        by_site, demand, cost = self.problem[:3]
        saves = np.maximum(state[1][demand] - cost, 0.0)
        owner = np.repeat(np.arange(len(gain)), np.diff(by_site))
        gain += np.bincount(owner, weights=saves, minlength=len(gain))
        compiled.greedy(self.problem, self.rules, state, tally, gain, *way)
        self._descend(state, tally)
        return state, tally

    def _descend(self, state: Arrays, tally: Arrays) -> None:
        size = len(state[0])
        places = (np.empty(size, np.int64), np.empty(size, np.int64))
        scratch = (np.zeros(size), *places, np.zeros(1))
        compiled.descend(self.problem, self.rules, state, tally, scratch, self.least)

    def _kicked(self, state: Arrays, *, effort: Effort) -> Arrays:
        """Return the best state after so many disturbances, each descended anew."""
        rng = np.random.default_rng(effort.seed)
        rank = self._rank(state)
        exchanges = [
            int(np.clip(state[0][0].sum() // share, _FEWEST, _MOST))
            for share in _SHARES
        ]
        lawful = rank[0] == 0  # and every exchange keeps it so
        for kick in range(effort.kicks):
            other = _copied(state)
            draws = rng.random(2 * exchanges[kick % len(exchanges)])
            compiled.disturb(self.problem, self.rules, *other, draws)
            self._descend(*other)
            now = (0, self._cost(other)) if lawful else self._rank(other)
            if now <= rank:
                state, rank = other, now
        return state


def _copied(state: Arrays) -> Arrays:
    return tuple(tuple(part.copy() for part in parts) for parts in state)

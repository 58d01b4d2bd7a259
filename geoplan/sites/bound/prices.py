"""A bound of our own, without a solver: Lagrange's relaxation, and what it fixes.

Each demand gets a price for being served. At any prices, the sites that then
pay, as many as the count or the budget allows, cost no more than the best plan
does; the other rules are left out, which only lowers the bound.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.sites.bound import compiled
from geoplan.sites.problem import Problem, Sparse
from geoplan.sites.search import arrays, rule_arrays
from geoplan.sites.task import Effort

Array = NDArray[Any]

_HALF = 0.5
SLACK = 1e-9  #: of the bound: what rounding may have added to it


@dataclass(frozen=True, kw_only=True, eq=False)
class Bound:
    """No plan costs less than ``cost``."""

    cost: float
    picked: Array  #: sites (positions) that pay at the prices behind the bound
    #: of each site: what opening it costs at these prices; None if none were sought
    saved: Array | None = None
    prices: Array | None = None  #: of the demands
    priced: float = -np.inf  #: the bound at these prices, ``cost`` or less

    def narrowed(self, problem: Problem, *, upper: float) -> Problem:
        """Return the problem without what no plan that costs less than upper does.

        A demand is not served at a cost that its price and the gap rule out. Where
        the counts are all that limits the choice, sites that all such plans open
        or shut are locked, and what opening a site costs by itself leaves so much
        less of the gap to those it serves. ``by_site`` stays whole.
        """
        rules = problem.rules
        if self.saved is None or self.prices is None or not np.isfinite(upper):
            return problem
        room = upper - _close(problem, upper) - self.priced
        dearest = self.prices + room
        rows = problem.by_demand
        above = rows.cost - self.prices[rows.owner]
        if rules.counted:
            misses, costs = _forced(problem, self.saved)
            rules = rules.fixed(must=misses > room, never=costs > room)
            above = np.maximum(above, 0.0) + costs[rows.other]
        near = (above <= room) & ~rules.never[rows.other]
        counts = np.bincount(rows.owner[near], minlength=len(dearest))
        by_demand = Sparse(
            start=np.concatenate([[0], np.cumsum(counts)]),
            other=rows.other[near],
            cost=rows.cost[near],
        )
        penalty = np.where(problem.penalty > dearest, np.inf, problem.penalty)
        return problem.but(by_demand=by_demand, penalty=penalty, rules=rules)


def bounded(problem: Problem, *, chosen: Array, upper: float, effort: Effort) -> Bound:
    """Return the bound, started from a known plan and its cost (inf: none)."""
    sites = len(chosen)
    if effort.subgradients <= 0 or not len(problem.penalty):
        return Bound(cost=_trivial(problem), picked=np.flatnonzero(chosen))
    prices = _first_prices(problem, chosen)
    best, share, saved = prices.copy(), np.zeros(sites), np.empty(sites)
    goal = upper
    if not np.isfinite(goal):
        goal = 2.0 * float(prices.sum()) + problem.opening.sum()
    loops = arrays(problem, penalty=problem.penalty)
    rules = rule_arrays(problem.rules)
    close = _close(problem, goal)
    cost = compiled.subgradient(
        loops, rules, prices, best, share, goal, effort.subgradients, close
    )
    compiled.reduced(loops, best, saved)
    cost -= SLACK * (abs(cost) + float(best.sum()) * 1e-3)
    picked = np.flatnonzero(share > _HALF)
    higher = max(cost, _trivial(problem))
    return Bound(cost=higher, picked=picked, saved=saved, prices=best, priced=cost)


def _close(problem: Problem, upper: float) -> float:
    """Return by how much a plan must be better to be better at all."""
    return max(0.999 * problem.step, 1e-9 * abs(upper))


def _trivial(problem: Problem) -> float:
    """Return what the plan of all sites costs, with the locked ones paid for."""
    rows = problem.by_demand
    asked = problem.penalty.copy()
    usable = ~problem.rules.never[rows.other]
    np.minimum.at(asked, rows.owner[usable], rows.cost[usable])
    return float(asked.sum() + problem.opening[problem.rules.must].sum())


def _first_prices(problem: Problem, chosen: Array) -> Array:
    """Return prices half way between what a plan's first and second sites ask."""
    rows = problem.by_demand
    size = len(problem.penalty)
    dearest = np.full(size, 0.0)
    np.maximum.at(dearest, rows.owner, rows.cost)
    last = np.where(
        problem.required, dearest + problem.opening.max(initial=0.0), problem.penalty
    )
    held = chosen[rows.other]
    owner, cost = rows.owner[held], rows.cost[held]
    first, second = last.copy(), last.copy()
    np.minimum.at(first, owner, cost)
    order = np.arange(len(owner)) - np.searchsorted(owner, owner)
    np.minimum.at(second, owner[order == 1], cost[order == 1])
    return np.minimum((first + second) / 2.0, problem.penalty)


def _forced(problem: Problem, saved: Array) -> tuple[Array, Array]:
    """Return by how much the bound rises without each site, and with it.

    Of sites that the locks leave free; 0 where the bound's own choice stays, inf
    where the count is used up by the locks.
    """
    rules = problem.rules
    without, beside = np.zeros(len(saved)), np.zeros(len(saved))
    for number in (-1, *range(len(rules.most))):
        here = np.flatnonzero((rules.tier == number) & ~rules.must & ~rules.never)
        order = here[np.argsort(saved[here], kind="stable")]
        taken = int((rules.must & (rules.tier == number)).sum())
        most = len(here) if number < 0 else max(int(rules.most[number]) - taken, 0)
        pays = int((saved[order] < 0.0).sum())
        used = min(most, pays)
        last = saved[order[used - 1]] if 0 < used == most else 0.0
        after = saved[order[used]] if used < len(order) else 0.0
        inside, outside = order[:used], order[used:]
        without[inside] = -saved[inside] + min(after, 0.0)
        beside[outside] = saved[outside] - min(last, 0.0)
        if most == 0:
            beside[order] = np.inf
    return without, beside

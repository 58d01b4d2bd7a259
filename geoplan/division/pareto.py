"""Least change: for so many households that may move, the best balance."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from pandas import Index

from geoplan.division.aims import Aims
from geoplan.division.faces import Ints
from geoplan.division.plans import Board, Plan, scope_of, shifted, today
from geoplan.division.problem import Scope
from geoplan.division.redrawn import redraw
from geoplan.division.search.descent import Effort, improved
from geoplan.division.sound import broken, mended

SHARES = (0.0, 0.02, 0.05, 0.1)
_MOST = 0.5  # share from which starting afresh is worth its time
_FIRMLY = 20.0  # times: balance before all other aims


def least_change(
    on: Board,
    *,
    communities: Collection[str] | None = None,
    shares: Sequence[float] = SHARES,
    others: Sequence[Plan] = (),
) -> tuple[Plan, ...]:
    """Return a plan for each share of households that may move, least first.

    More that may move never balances worse; the knee is marked. With 0 it is the
    division as it is. ``others``: plans that stand in where they balance better,
    move no more and break no hard rule; where more than half may move, divisions
    made afresh too.
    """
    aims = _balancing(on.aims)
    space = scope_of(on, on.open_grids(communities), aims=aims)
    best = today(on)
    if max(shares) > _MOST:
        numbers = len(on.open_grids(communities))
        others = (*others, *redraw(on, communities=communities, grids=numbers))
    others = [one for one in others if not broken(one).rules]
    part, found = space.problem.home, []
    for share in sorted(shares):
        budget = share * float(space.problem.size.sum())
        if budget > 0:
            part, best = _better(on, space, (part, best), budget=budget)
        within = [one for one in others if one.households_moved <= budget + 1e-9]
        best = min([best, *within], key=lambda one: one.cv)
        found.append(replace(best, share=share))
    at = knee([one.share or 0.0 for one in found], [one.cv for one in found])
    return tuple(replace(one, knee=i == at) for i, one in enumerate(found))


def knee(shares: Sequence[float], worth: Sequence[float]) -> int:
    """Return which point of a falling curve lies farthest below its chord.

    Examples
    --------
    >>> knee([0.0, 0.02, 0.05, 0.1], [0.5, 0.3, 0.25, 0.24])
    1
    """
    x, y = np.asarray(shares, float), np.asarray(worth, float)
    wide, high = float(np.ptp(x)), float(np.ptp(y))
    if wide == 0 or high == 0:
        return 0
    below = 1 - (x - x[0]) / wide - (y - y.min()) / high
    return int(np.argmax(below.round(9)))


def _better(
    on: Board, space: Scope, so_far: tuple[Ints, Plan], *, budget: float
) -> tuple[Ints, Plan]:
    """Return the best balance found within a budget; never worse than so far.

    No hard rule is broken for it.
    """
    part, best = so_far
    count = len(space.problem.today)
    searches = [
        (start, replace(on.effort, seed=on.effort.seed + i))
        for start in (part, space.problem.home)
        for i in range(on.effort.starts)
    ]

    def one(start: Ints, effort: Effort) -> Plan:
        found = improved(
            space.problem, start, count=count, effort=effort, budget=budget
        )
        return _plan(on, space, found, seed=effort.seed)

    with ThreadPoolExecutor() as pool:  # in order, whichever is done first
        tried = list(pool.map(lambda of: one(*of), searches))
    ranked = sorted(tried, key=lambda plan: plan.cv)
    better = [plan for plan in ranked if plan.cv < best.cv - 1e-12]
    for plan, breach in mended([*better, _plan(on, space, part)]):
        gains = plan.cv < best.cv - 1e-12
        if gains and plan.households_moved <= budget + 1e-9 and not breach.rules:
            return _part(space, plan), plan
    return part, best


def _plan(on: Board, space: Scope, part: Ints, *, seed: int = 0) -> Plan:
    parts, names = space.of_units(part), space.problem.today
    grid = shifted(on, rows=space.rows, part=parts, names=names)
    return Plan(board=on, grid=grid, seed=seed)


def _part(space: Scope, plan: Plan) -> Ints:
    """Return the number of each atom's grid of today in a plan."""
    first = np.unique(space.atom, return_index=True)[1]
    codes = plan.grid[space.rows[first]]
    return np.asarray(Index(space.problem.today).get_indexer(codes), np.int64)


def _balancing(aims: Aims) -> Aims:
    """Return the aims with balance before all others, and moves held by the budget."""
    weights = dict(aims.weights) | {"moved": 0.0, "band": 0.0}
    weights["balance"] = _FIRMLY * max(aims.weight("balance"), 1.0)
    return replace(aims, weights=weights)

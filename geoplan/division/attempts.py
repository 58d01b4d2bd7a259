"""Attempts: several searches, the best of them, and those that differ."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from geoplan.division import numbering
from geoplan.division.faces import Floats, Ints
from geoplan.division.outcome import terms
from geoplan.division.plans import Board, Codes, Plan
from geoplan.division.problem import Problem, Scope
from geoplan.division.search.descent import Effort, cost, improved
from geoplan.division.search.start import afresh, parts_of
from geoplan.errors import UsageError

_ALIKE = 0.95  # options with more than this share of households in common are one


def anew(space: Scope, *, count: int, effort: Effort) -> Ints:
    """Return the atoms' parts when today's borders count for nothing."""
    problem = space.problem
    piece = parts_of(problem)
    load = np.bincount(piece, weights=problem.load)
    numbers = {str(i): 1 for i in range(len(load))}
    if count > len(load):
        loads = {str(i): float(one) for i, one in enumerate(load)}
        within = {str(i): (1, int(most)) for i, most in enumerate(np.bincount(piece))}
        numbers = dealt(numbers, load=loads, grids=count, within=within)
    counts = np.array(list(numbers.values()), np.int64)
    return afresh(problem, counts=counts, effort=effort)


def best_of(problem: Problem, start: Ints, *, count: int, on: Board) -> Ints:
    """Return the best of several searches from one start."""

    def one(number: int) -> Ints:
        effort = replace(on.effort, seed=on.effort.seed + number)
        return improved(problem, start, count=count, effort=effort)

    with ThreadPoolExecutor() as pool:  # in order, whichever is done first
        found = list(pool.map(one, range(on.effort.starts)))
    return min(found, key=lambda part: cost(problem, part, count=count))


def dealt(
    numbers: Mapping[str, int],
    *,
    load: Mapping[str, float],
    grids: int,
    within: Mapping[str, tuple[int, int]],
) -> dict[str, int]:
    """Return numbers that sum to what is asked: more where grids are largest.

    ``within``: the least and the most that each may be.

    Raises
    ------
    UsageError
        They cannot be so few or so many.
    """
    least, most = (sum(within[name][end] for name in numbers) for end in (0, 1))
    if not least <= grids <= most:
        rule = "division_too_few_grids" if grids < least else "division_too_many_grids"
        raise UsageError.at(
            rule, grids=grids, communities=len(numbers), least=least, most=most
        )
    found = {
        name: min(max(number, within[name][0]), within[name][1])
        for name, number in numbers.items()
    }
    while (total := sum(found.values())) != grids:
        if total < grids:
            some = [name for name in found if found[name] < within[name][1]]
            at = max(some, key=lambda name: (load[name] / found[name], name))
            found[at] += 1
            continue
        some = [name for name in found if found[name] > within[name][0]]
        at = min(some, key=lambda name: (load[name] / (found[name] - 1), name))
        found[at] -= 1
    return found


def alike(plan: Plan, other: Plan) -> bool:
    """Return whether two plans of one board have nearly all that changes in common."""
    units = plan.board.units
    weight = units.frame[units.ground.measure].to_numpy(float) + 1e-9
    return _common(plan.grid, other.grid, weight) >= _ALIKE


def _common(one: Codes, other: Codes, weight: Floats) -> float:
    """Return the share of what changes in either of two plans that both have alike."""
    a, number = np.unique(one.astype(str), return_inverse=True)
    b, grid = np.unique(other.astype(str), return_inverse=True)
    overlap = numbering.matched(
        number.reshape(-1),
        grid=grid.reshape(-1),
        weight=weight,
        shape=(len(a), len(b)),
    )
    changed = (one != other) | (overlap.max(axis=1)[number.reshape(-1)] <= 0)
    if not changed.any():
        return 1.0
    stays = numbering.kept(overlap)
    same = float(sum(overlap[i, at] for i, at in enumerate(stays) if at >= 0))
    involved = float(weight[np.isin(one, one[changed])].sum())
    return 1.0 - (float(weight.sum()) - same) / max(involved, 1e-9)


def rank(plan: Plan) -> tuple[float, int]:
    """Return by what plans are ordered: the weighted aims, then who moves."""
    aims = plan.board.aims
    worth = sum(aims.weight(name) * term for name, term in terms(plan).items())
    return round(worth, 9), plan.households_moved

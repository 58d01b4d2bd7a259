"""Communities redrawn: how many grids each has, and where they lie."""

import itertools
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
from pandas import DataFrame

from geoplan.division import numbering
from geoplan.division.attempts import anew, best_of, dealt, rank
from geoplan.division.faces import Floats, Ints
from geoplan.division.outcome import on_foot
from geoplan.division.plans import Board, Codes, Plan, coded, scope_of
from geoplan.division.problem import Problem, Scope
from geoplan.division.search.adjusted import adjusted
from geoplan.division.search.compiled import beyond
from geoplan.division.search.descent import cost
from geoplan.division.search.start import parts_of
from geoplan.division.sound import chosen, mended

_ROUNDS, _LOT = 2, 1000  # that a hard band is tried, and how far seeds are apart
_TRIES = 3  # seeds an option, where the ground is small enough
#: times the weights, option by option: as they are, fewer moves, better balance
_VARIED: tuple[dict[str, float], ...] = ({}, {"moved": 3.0}, {"balance": 3.0})


def redraw(
    on: Board,
    *,
    communities: Collection[str] | None = None,
    grids: int | None = None,
    options: int = 1,
) -> tuple[Plan, ...]:
    """Return plans for whole communities, or for all, that differ; the best first.

    Some are sought with fewer moves in mind, some with a better balance.
    ``grids``: how many in all; None: as today where the band allows, else as few
    more or less as it asks. A hard band tries every number that may keep it. A plan
    that changes nothing is the only one, or none.

    Raises
    ------
    UsageError
        There cannot be so few or so many grids.
    """
    numbers = _numbers(on, communities=communities, grids=grids)
    tries = options if communities is None else _TRIES * options
    seeds = [on.effort.seed + number for number in range(tries)]
    found = [on.units.frame["grid"].to_numpy(object).copy() for _ in seeds]
    for community, counts in numbers.items():
        mine = on.open_grids([community])
        spaces = [scope_of(on, mine, afresh=fresh) for fresh in (False, True)]
        for number, codes in enumerate(found):
            trying = on.trying(replace(on.effort, seed=seeds[number]))
            varied = [_varied(space, number) for space in spaces]
            codes[spaces[0].rows] = _fitting(trying, varied, counts=counts)
    plans = [
        Plan(board=on, grid=codes, seed=seed)
        for seed, codes in zip(seeds, found, strict=True)
    ]
    plans = [plan for plan in plans if plan.moved.any()] or plans[:1]
    proposed = chosen(mended(sorted(plans, key=rank)), most=options)
    moving = [plan for plan in proposed if plan.moved.any()]
    return tuple(sorted(moving or proposed[:1], key=rank))


def _varied(space: Scope, number: int) -> Scope:
    """Return a scope with the weights of the search that has a number."""
    aims, times = space.problem.aims, _VARIED[number % len(_VARIED)]
    weights = {k: times.get(k, 1.0) * aims.weight(k) for k in aims.weights}
    problem = replace(space.problem, aims=replace(aims, weights=weights))
    return replace(space, problem=problem)


def found_numbers(
    households: float, *, today: int, band: tuple[float, float]
) -> tuple[int, ...]:
    """Return how many grids may be: their mean lies in the band; as today first.

    Where there is none, the one whose mean is nearest to it.

    Examples
    --------
    >>> found_numbers(2000, today=9, band=(300, 500))
    (6, 5, 4)
    >>> found_numbers(2000, today=5, band=(300, 500))
    (5, 4, 6)
    >>> found_numbers(580, today=1, band=(300, 500))
    (2,)
    """
    if households <= 0:
        return (today,)
    fewest = max(math.ceil(households / band[1]), 1)
    most = max(math.floor(households / band[0]), 1)
    fit = range(fewest, most + 1)

    def off(number: int) -> float:
        mean = households / number
        return max(band[0] - mean, mean - band[1])

    return tuple(sorted(fit, key=lambda number: (abs(number - today), number))) or (
        min((fewest, most), key=off),
    )


def _numbers(
    on: Board, *, communities: Collection[str] | None, grids: int | None
) -> dict[str, tuple[int, ...]]:
    """Return the numbers of grids to try in each community that is redrawn."""
    frame = on.units.frame
    free = frame[frame["grid"].isin(on.open_grids(communities))]
    banded = on.units.ground.measure == "households"
    numbers: dict[str, tuple[int, ...]] = {}
    load: dict[str, float] = {}
    for community, mine in free.groupby("community", sort=True):
        now = int(mine["grid"].nunique())
        load[str(community)] = float(mine[on.units.ground.measure].sum())
        numbers[str(community)] = (
            found_numbers(load[str(community)], today=now, band=on.aims.band)
            if banded
            else (now,)
        )
    first = {community: found[0] for community, found in numbers.items()}
    if grids is not None:
        within = {community: _limits(on, community) for community in first}
        first = dealt(first, load=load, grids=grids, within=within)
    elif on.aims.hard:
        return numbers
    return {community: (number,) for community, number in first.items()}


def _limits(on: Board, community: str) -> tuple[int, int]:
    """Return how few and how many grids a community may have.

    A piece that lies apart needs one of its own, and none is without households.
    """
    mine = on.open_grids([community])
    spaces = [scope_of(on, mine, afresh=fresh).problem for fresh in (False, True)]
    least = min(int(parts_of(one).max()) + 1 for one in spaces)
    return least, max(least, *(one.most for one in spaces))


def _fitting(on: Board, spaces: Sequence[Scope], *, counts: Sequence[int]) -> Codes:
    """Return the codes of a community's units, redrawn into as many grids as fit.

    ``counts``: if there are several, they are tried one after another till all
    grids lie in the band, and once more by other lots; if they do for none, that
    by which fewest households are beyond it.
    """
    low, high = on.aims.band
    size = on.units.frame[on.units.ground.measure].iloc[spaces[0].rows]
    found: list[tuple[float, Codes]] = []
    lots = range(_ROUNDS if len(counts) > 1 else 1)
    for lot, count in itertools.product(lots, counts):
        seed = on.effort.seed + _LOT * lot
        trying = on.trying(replace(on.effort, seed=seed))
        codes = _community(trying, spaces, count=count)
        out = sum(beyond(one, low, high) for one in size.groupby(codes).sum())
        found.append((out, codes))
        if out <= 0:
            break
    return min(found, key=lambda one: one[0])[1]


def _community(on: Board, spaces: Sequence[Scope], *, count: int) -> Codes:
    """Return the codes of a community's units when redrawn into ``count`` grids.

    ``spaces``: of its open grids, within today's borders and afresh.
    """
    starts = list(_starts(on, *spaces, count=count))
    exact = [one for one in starts if _enough(one[0].problem, count) == count]
    found = [
        _redrawn(on, space, count=count, start=start)
        for space, start in exact or starts
    ]
    # rather a dearer division than one that parts what can be walked between
    return min(found, key=lambda one: one[:2])[2]


def _starts(
    on: Board, within: Scope, fresh: Scope, *, count: int
) -> Iterator[tuple[Scope, Ints | None]]:
    """Yield from where to search; None for today's grids as they are."""
    problem, effort = within.problem, on.effort
    enough = _enough(problem, count)
    if len(problem.today) == enough:
        yield within, None
    for further in (0, 1):
        near = adjusted(problem, count=enough, effort=effort, further=further)
        if near is not None and (near != problem.home).any():
            yield within, near
    yield fresh, anew(fresh, count=_enough(fresh.problem, count), effort=on.effort)


def _enough(problem: Problem, count: int) -> int:
    """Return the number of parts: a piece that lies apart needs one of its own."""
    return max(min(count, problem.most), int(parts_of(problem).max()) + 1)


def _redrawn(
    on: Board, space: Scope, *, count: int, start: Ints | None
) -> tuple[int, float, Codes]:
    """Return how many grids are newly parted, the cost, and the units' codes."""
    problem = space.problem
    count = _enough(problem, count)
    if start is not None:
        stands = _stands(space, start, count=count)
        far = _far(problem, stands, count=count)
        # a grid that no part stands for: whoever lived there moves in any case
        problem = problem.at_home(stands[problem.home], far=far)
    part = best_of(
        problem, problem.home if start is None else start, count=count, on=on
    )
    parts = space.of_units(part)
    grid = coded(on, rows=space.rows, part=parts, stuck=space.stuck)
    broken = on_foot(Plan(board=on, grid=grid), among=space.rows).offenders
    worth = round(cost(problem, part, count=count), 9)
    return len(broken) + _torn(space, parts), worth, grid[space.rows]


def _torn(space: Scope, parts: Ints) -> int:
    """Return how many parts more than one hold what must stay with its grid."""
    grid = space.units.frame["grid"].iloc[space.rows][space.stuck]
    held = DataFrame({"grid": grid.to_numpy(), "part": parts[space.stuck]})
    return len(held.drop_duplicates()) - int(held["grid"].nunique())


def _stands(space: Scope, part: Ints, *, count: int) -> Ints:
    """Return the part that stands for each grid of today, -1 where none does."""
    problem = space.problem
    shape = (count, len(problem.today))
    overlap, apart = (
        numbering.matched(part, grid=problem.home, weight=weight, shape=shape)
        for weight in (problem.size + 1e-9, problem.fixed.astype(float))
    )
    stands = np.full(len(problem.today), -1, np.int64)
    for number, grid in enumerate(numbering.kept(overlap, bound=apart > 0)):
        if grid >= 0:
            stands[grid] = number
    return stands


def _far(problem: Problem, stands: Ints, *, count: int) -> Floats | None:
    """Return who is beyond the stations of the grids that parts stand for."""
    if problem.far is None:
        return None
    far = np.tile(problem.size[:, None], (1, count))
    held = stands >= 0
    far[:, stands[held]] = problem.far[:, held]
    return far

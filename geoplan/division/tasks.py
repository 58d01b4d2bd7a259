"""What can be asked: split a grid, merge some, shift borders, redraw communities."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from pandas import DataFrame

from geoplan.division import exact, numbering
from geoplan.division.faces import Floats, Ints
from geoplan.division.neighbours import pieces
from geoplan.division.outcome import on_foot
from geoplan.division.plans import Board, Codes, Plan, coded, shifted
from geoplan.division.problem import Problem, Scope, scope
from geoplan.division.search.descent import Effort, cost, improved
from geoplan.division.search.start import afresh, parts_of
from geoplan.errors import UsageError

_ALIKE = 0.95  # options with more than this share of households in common are one


def split(on: Board, code: str, *, into: int = 2, options: int = 3) -> tuple[Plan, ...]:
    """Return several different good ways to part one grid, the best first.

    Raises
    ------
    UsageError
        There is no such grid, it is locked, or it has too few units.
    """
    _known(on, [code])
    space = _scope(on, [code])
    if space.problem.atoms < into:
        raise UsageError.at(
            "division_too_few_units", code=code, units=space.problem.atoms, into=into
        )
    problem = space.problem.at_home(np.full(space.problem.atoms, -1, np.int64))
    if exact.small(problem, count=into):
        found = exact.ranked(problem, count=into)
    else:
        found = _many(
            space, count=into, tries=max(on.effort.starts, 2) * options, on=on
        )
    return _options(on, space, found, count=into, options=options)


def _many(space: Scope, *, count: int, tries: int, on: Board) -> list[Ints]:
    """Return divisions from as many seeds, with heat and without.

    Without it a search ends in the valley where it starts: other options.
    """
    return [
        _afresh(
            space,
            count=count,
            effort=replace(on.effort, seed=on.effort.seed + i, heat=heat),
        )
        for heat in (on.effort.heat, 0.0)
        for i in range(tries)
    ]


def merge(on: Board, codes: Sequence[str]) -> Plan:
    """Return the plan in which some grids are one.

    Raises
    ------
    UsageError
        A grid is unknown or locked, they are of several communities, or one
        cannot be walked to from the others.
    """
    _known(on, codes)
    frame = on.units.frame
    rows = np.flatnonzero(frame["grid"].isin(list(codes)).to_numpy())
    if len(set(frame["community"].iloc[rows])) > 1:
        raise UsageError.at("division_merge_communities", codes="、".join(codes))
    if not _beside(on, codes):
        raise UsageError.at("division_merge_apart", codes="、".join(codes))
    part = np.zeros(len(rows), np.int64)
    return Plan(board=on, grid=coded(on, rows=rows, part=part), seed=on.effort.seed)


def shift(on: Board, codes: Sequence[str]) -> Plan:
    """Return the plan in which some neighbouring grids are rebalanced."""
    _known(on, codes)
    space = _scope(on, codes)
    part = _best(
        space.problem, space.problem.home, count=len(space.problem.today), on=on
    )
    names = space.problem.today
    grid = shifted(on, rows=space.rows, part=space.of_units(part), names=names)
    return Plan(board=on, grid=grid, seed=on.effort.seed)


def redraw(
    on: Board,
    *,
    communities: Collection[str] | None = None,
    grids: int | None = None,
    options: int = 1,
) -> tuple[Plan, ...]:
    """Return plans for whole communities, or for all; the best first.

    ``grids``: how many in all; None: as today where the band allows, else as few
    more or less as it asks.
    """
    numbers = _numbers(on, communities=communities, grids=grids)
    plans = []
    for option in range(options):
        seed = on.effort.seed + option
        codes = on.units.frame["grid"].to_numpy(object).copy()
        for community, count in numbers.items():
            mine = on.open_grids([community])
            rows, found = _community(on, mine, count=count, seed=seed)
            codes[rows] = found
        plans.append(Plan(board=on, grid=codes, seed=seed))
    return tuple(sorted(_distinct(on, plans), key=_rank))


def found_number(households: float, *, today: int, band: tuple[float, float]) -> int:
    """Return the number of grids nearest to today's whose mean lies in the band.

    Examples
    --------
    >>> found_number(2000, today=9, band=(300, 500))
    6
    >>> found_number(2000, today=5, band=(300, 500))
    5
    """
    if households <= 0:
        return today
    fewest = max(math.ceil(households / band[1]), 1)
    most = max(math.floor(households / band[0]), 1)
    if fewest > most:  # no number fits: whichever mean is nearer to the band
        return most
    return min(max(today, fewest), most)


def _numbers(
    on: Board, *, communities: Collection[str] | None, grids: int | None
) -> dict[str, int]:
    """Return the number of grids of each community that is redrawn."""
    frame = on.units.frame
    free = frame[frame["grid"].isin(on.open_grids(communities))]
    banded = on.units.ground.measure == "households"
    numbers, load = {}, {}
    for community, mine in free.groupby("community", sort=True):
        now = int(mine["grid"].nunique())
        load[str(community)] = float(mine[on.units.ground.measure].sum())
        numbers[str(community)] = (
            found_number(load[str(community)], today=now, band=on.aims.band)
            if banded
            else now
        )
    return numbers if grids is None else _dealt(numbers, load=load, grids=grids)


def _dealt(
    numbers: dict[str, int], *, load: Mapping[str, float], grids: int
) -> dict[str, int]:
    """Return numbers that sum to what is asked: more where grids are largest."""
    if grids < len(numbers):
        raise UsageError.at(
            "division_too_few_grids", grids=grids, communities=len(numbers)
        )
    numbers = dict(numbers)
    while (total := sum(numbers.values())) != grids:
        if total < grids:
            at = max(numbers, key=lambda name: (load[name] / numbers[name], name))
            numbers[at] += 1
            continue
        many = [name for name in numbers if numbers[name] > 1]
        at = min(many, key=lambda name: (load[name] / (numbers[name] - 1), name))
        numbers[at] -= 1
    return numbers


def _community(
    on: Board, grids: Sequence[str], *, count: int, seed: int
) -> tuple[Ints, Codes]:
    """Return the units of some grids, and their codes when redrawn into ``count``."""
    trying = on.trying(replace(on.effort, seed=seed))
    found = [
        one
        for fresh in (False, True)
        if (one := _redrawn(trying, grids, count=count, fresh=fresh)) is not None
    ]
    # rather a dearer division than one that parts what can be walked between
    best = min(found, key=lambda one: one[:2])
    return best[2], best[3]


def _redrawn(
    on: Board, grids: Sequence[str], *, count: int, fresh: bool
) -> tuple[int, float, Ints, Codes] | None:
    """Return how many grids are newly parted, the cost, the units and their codes.

    None if it is to start from today's grids and they are more or fewer.
    """
    space = _scope(on, grids, fresh=fresh)
    problem = space.problem
    # a piece that lies apart needs a grid of its own
    count = max(min(count, problem.atoms), int(parts_of(problem).max()) + 1)
    if fresh:
        start = _afresh(space, count=count, effort=on.effort)
    elif len(problem.today) == count:
        start = problem.home
    else:
        return None
    if fresh:
        problem = problem.at_home(_homes(space, start, count=count))
    part = _best(problem, start, count=count, on=on)
    parts = space.of_units(part)
    grid = (
        coded(on, rows=space.rows, part=parts)
        if fresh
        else shifted(on, rows=space.rows, part=parts, names=problem.today)
    )
    broken = on_foot(Plan(board=on, grid=grid)).offenders
    worth = round(cost(problem, part, count=count), 9)
    return len(broken), worth, space.rows, grid[space.rows]


def _homes(space: Scope, part: Ints, *, count: int) -> Ints:
    """Return the part that stands for each atom's grid of today, -1 where none does."""
    problem = space.problem
    shape = (count, len(problem.today))
    overlap = numbering.matched(
        part, grid=problem.home, weight=problem.size + 1e-9, shape=shape
    )
    stands = np.full(len(problem.today), -1, np.int64)
    for number, grid in enumerate(numbering.kept(overlap)):
        if grid >= 0:
            stands[grid] = number
    # a grid that no part stands for: whoever lived there moves in any case
    return stands[problem.home]


def _afresh(space: Scope, *, count: int, effort: Effort) -> Ints:
    """Return the atoms' parts when today's borders count for nothing."""
    problem = space.problem
    piece = parts_of(problem)
    load = np.bincount(piece, weights=problem.load)
    numbers = {str(i): 1 for i in range(len(load))}
    if count > len(load):
        loads = {str(i): float(one) for i, one in enumerate(load)}
        numbers = _dealt(numbers, load=loads, grids=count)
    counts = np.array(list(numbers.values()), np.int64)
    return afresh(problem, counts=counts, effort=effort)


def _best(problem: Problem, start: Ints, *, count: int, on: Board) -> Ints:
    """Return the best of several searches from one start."""
    found = [
        improved(
            problem,
            start,
            count=count,
            effort=replace(on.effort, seed=on.effort.seed + i),
        )
        for i in range(on.effort.starts)
    ]
    return min(found, key=lambda part: cost(problem, part, count=count))


def _options(
    on: Board, space: Scope, found: Sequence[Ints], *, count: int, options: int
) -> tuple[Plan, ...]:
    """Return the best of the parts found that differ, as plans."""
    fresh = space.problem.at_home(np.full(space.problem.atoms, -1, np.int64))
    ranked = sorted(range(len(found)), key=lambda i: cost(fresh, found[i], count=count))
    chosen: list[Plan] = []
    for i in ranked:
        plan = _plan(on, space, found[i], seed=on.effort.seed)
        chosen = list(_distinct(on, [*chosen, plan]))
        if len(chosen) == options:
            break
    return tuple(chosen)


def _distinct(on: Board, plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """Return the plans that differ from those before them."""
    frame = on.units.frame
    weight = frame[on.units.ground.measure].to_numpy(float) + 1e-9
    chosen: list[Plan] = []
    for plan in plans:
        if all(_common(plan.grid, one.grid, weight) < _ALIKE for one in chosen):
            chosen.append(plan)
    return tuple(chosen)


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


def _rank(plan: Plan) -> tuple[float, int]:
    return plan.cv, plan.households_moved


def _plan(on: Board, space: Scope, part: Ints, *, seed: int) -> Plan:
    grid = coded(on, rows=space.rows, part=space.of_units(part))
    return Plan(board=on, grid=grid, seed=seed)


def _scope(on: Board, grids: Collection[str], *, fresh: bool = False) -> Scope:
    return scope(
        on.units,
        pairs=on.pairs,
        grids=grids,
        aims=on.aims,
        afresh=fresh,
        second=on.second,
    )


def _known(on: Board, codes: Sequence[str]) -> None:
    """Raise an error for a code that is of no grid, or of one that is locked."""
    known = on.units.ground.grids.index
    for code in codes:
        if code not in known:
            raise UsageError.at("division_grid_unknown", code=code)
        if code in on.locked:
            raise UsageError.at("division_grid_locked", code=code)


def _beside(on: Board, codes: Sequence[str]) -> bool:
    """Return whether grids hang together by walkable borders."""
    grid = on.units.frame["grid"].to_numpy(object)
    walked: DataFrame = on.pairs[on.pairs["walk"]]
    place = {code: at for at, code in enumerate(codes)}
    links = [
        (place[a], place[b])
        for a, b in zip(grid[walked["one"]], grid[walked["other"]], strict=True)
        if a in place and b in place
    ]
    ends = np.array(links or np.empty((0, 2)), np.int64)
    return bool(pieces(len(codes), one=ends[:, 0], other=ends[:, 1]).max() == 0)

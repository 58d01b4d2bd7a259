"""What can be asked of some grids: split one, merge several, shift their borders."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from pandas import DataFrame

from geoplan.division import exact
from geoplan.division.attempts import anew, best_of
from geoplan.division.faces import Ints
from geoplan.division.neighbours import pieces
from geoplan.division.plans import Board, Plan, coded, scope_of, shifted
from geoplan.division.problem import Scope
from geoplan.division.search.descent import cost
from geoplan.division.sound import broken, chosen
from geoplan.errors import UsageError


def split(on: Board, code: str, *, into: int = 2, options: int = 3) -> tuple[Plan, ...]:
    """Return several different good ways to part one grid, the best first.

    Raises
    ------
    UsageError
        There is no such grid, it is locked, or it has too few units.
    """
    _known(on, [code])
    space = scope_of(on, [code])
    most = space.problem.most
    if most < into:
        raise UsageError.at("division_too_few_units", code=code, units=most, into=into)
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
        anew(
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
    """Return the plan in which some neighbouring grids are rebalanced.

    Raises
    ------
    UsageError
        A grid is unknown or locked, or has no walkable border with the others.
    """
    _known(on, codes)
    if not _beside(on, codes):
        raise UsageError.at("division_shift_apart", codes="、".join(codes))
    space = scope_of(on, codes)
    part = best_of(
        space.problem, space.problem.home, count=len(space.problem.today), on=on
    )
    names = space.problem.today
    grid = shifted(on, rows=space.rows, part=space.of_units(part), names=names)
    return Plan(board=on, grid=grid, seed=on.effort.seed)


def _options(
    on: Board, space: Scope, found: Sequence[Ints], *, count: int, options: int
) -> tuple[Plan, ...]:
    """Return the best of the parts found that differ, as plans."""
    fresh = space.problem.at_home(np.full(space.problem.atoms, -1, np.int64))

    def worth(i: int) -> tuple[int, float]:
        parts = space.of_units(found[i])[space.stuck]  # rather in one than in several
        return len(np.unique(parts)), cost(fresh, found[i], count=count)

    ranked = sorted(range(len(found)), key=worth)
    plans = (_plan(on, space, found[i], seed=on.effort.seed) for i in ranked)
    return chosen(((plan, broken(plan)) for plan in plans), most=options)


def _plan(on: Board, space: Scope, part: Ints, *, seed: int) -> Plan:
    parts = space.of_units(part)
    grid = coded(on, rows=space.rows, part=parts, stuck=space.stuck)
    return Plan(board=on, grid=grid, seed=seed)


def _known(on: Board, codes: Sequence[str]) -> None:
    """Raise an error for a code that is of no grid, or of one that is locked."""
    known = on.units.ground.grids.index
    for code in codes:
        if code not in known:
            raise UsageError.at("division_grid_unknown", code=code)
        if code in on.locked:
            raise UsageError.at("division_grid_locked", code=code)


def _beside(on: Board, codes: Sequence[str]) -> bool:
    """Return whether grids hang together by walkable borders within communities."""
    grid = on.units.frame["grid"].to_numpy(object)
    community = on.units.frame["community"].to_numpy(object)
    walked: DataFrame = on.pairs[on.pairs["walk"]]
    one, other = walked["one"].to_numpy(), walked["other"].to_numpy()
    walked = walked[community[one] == community[other]]
    place = {code: at for at, code in enumerate(codes)}
    links = [
        (place[a], place[b])
        for a, b in zip(grid[walked["one"]], grid[walked["other"]], strict=True)
        if a in place and b in place
    ]
    ends = np.array(links or np.empty((0, 2)), np.int64)
    return bool(pieces(len(codes), one=ends[:, 0], other=ends[:, 1]).max() == 0)

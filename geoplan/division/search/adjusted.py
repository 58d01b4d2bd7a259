"""Starts near today: the largest grids halved, the smallest joined to a neighbour."""

from dataclasses import replace

import numpy as np

from geoplan.division.faces import Bools, Ints
from geoplan.division.problem import Graph, Problem
from geoplan.division.search.descent import Effort
from geoplan.division.search.start import afresh, parts_of

_TRIES = 4  # seeds to halve a part by


def adjusted(
    problem: Problem, *, count: int, effort: Effort, further: int = 0
) -> Ints | None:
    """Return today's parts made as many as asked by halving and joining some.

    ``further``: how many besides are halved, and as many joined. None if today's
    parts cannot be halved or joined so often.
    """
    part = problem.home.copy()
    more = count - len(problem.today) + further
    for _ in range(max(more, 0)):
        if not _halve(problem, part, effort=effort):
            return None
    for _ in range(len(np.unique(part)) - count):
        if not _join(problem, part):
            return None
    return np.unique(part, return_inverse=True)[1].reshape(-1).astype(np.int64)


def only(problem: Problem, some: Bools) -> Problem:
    """Return the problem of some of the atoms."""
    graph = problem.graph
    owner = np.repeat(np.arange(problem.atoms), np.diff(graph.start))
    inner = some[owner] & some[graph.other]
    number = np.cumsum(some) - 1
    counts = np.bincount(number[owner[inner]], minlength=int(some.sum()))
    return replace(
        problem,
        graph=Graph(
            start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            other=number[graph.other[inner]],
            border=graph.border[inner],
            cost=graph.cost[inner],
            walk=graph.walk[inner],
        ),
        load=problem.load[some],
        size=problem.size[some],
        x=problem.x[some],
        y=problem.y[some],
        inertia=problem.inertia[some],
        home=problem.home[some],
        fixed=problem.fixed[some],
        far=None,
    )


def _halve(problem: Problem, part: Ints, *, effort: Effort) -> bool:
    """Halve the largest part that can be, changing ``part``; return whether one was."""
    load = np.bincount(part, weights=problem.load)
    new = len(load)
    for largest in np.argsort(-load, kind="stable"):
        some = part == largest
        inner = only(problem, some)
        if inner.atoms < 2 or parts_of(inner).max() > 0:  # noqa: PLR2004  two halves
            continue
        for seed in range(effort.seed, effort.seed + _TRIES):
            trying = replace(effort, seed=seed)
            half = afresh(inner, counts=np.array([2]), effort=trying)
            if len(np.unique(half[inner.fixed])) > 1:  # ground apart in both
                continue
            part[np.flatnonzero(some)[half == 1]] = new
            return True
    return False


def _join(problem: Problem, part: Ints) -> bool:
    """Join the smallest part to its smallest neighbour, changing ``part``.

    Not two that both have ground apart.
    """
    graph = problem.graph
    owner = np.repeat(np.arange(problem.atoms), np.diff(graph.start))
    one, other = part[owner], part[graph.other]
    beside = graph.walk & (one != other)
    load = np.bincount(part, weights=problem.load)
    apart = np.bincount(part, weights=problem.fixed, minlength=len(load)) > 0
    for smallest in np.argsort(load, kind="stable"):
        near = np.unique(other[beside & (one == smallest)])
        near = near[~(apart[near] & apart[smallest])]
        if len(near):
            part[part == smallest] = near[np.argmin(load[near])]
            return True
    return False

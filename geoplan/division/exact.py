"""Small divisions by trying them all: the best there is, and the searches' oracle."""

import itertools

import numpy as np

from geoplan.division.faces import Ints
from geoplan.division.neighbours import pieces
from geoplan.division.problem import Problem
from geoplan.division.search.descent import cost

MOST = 2048  # divisions worth trying all of


def best(problem: Problem, *, count: int) -> Ints | None:
    """Return the cheapest division into connected parts; None if there is none."""
    return next(iter(ranked(problem, count=count)), None)


def ranked(problem: Problem, *, count: int) -> list[Ints]:
    """Return all divisions into connected parts, the cheapest first.

    Parts have no names of their own unless they stand for grids of today.
    """
    named = bool((problem.home >= 0).any()) or problem.far is not None
    found: list[tuple[float, Ints]] = []
    for rest in itertools.product(range(count), repeat=problem.atoms - (not named)):
        part = np.array(rest if named else (0, *rest), np.int64)
        ordered = named or _in_order(part)
        if ordered and _connected(problem, part, count=count):
            found.append((round(cost(problem, part, count=count), 12), part))
    return [part for _, part in sorted(found, key=lambda one: one[0])]


def small(problem: Problem, *, count: int) -> bool:
    """Return whether all divisions can be tried."""
    return bool(problem.atoms * np.log(count) <= np.log(MOST))


def _in_order(part: Ints) -> bool:
    """Return whether parts are numbered as they come: one of many equal labels."""
    most = 0
    for number in part.tolist():
        if number > most:
            return False
        most = max(most, number + 1)
    return True


def _connected(problem: Problem, part: Ints, *, count: int) -> bool:
    graph = problem.graph
    owner = np.repeat(np.arange(problem.atoms), np.diff(graph.start))
    inner = graph.walk & (part[owner] == part[graph.other])
    label = pieces(problem.atoms, one=owner[inner], other=graph.other[inner])
    return len(np.unique(label)) == count == len(np.unique(part))

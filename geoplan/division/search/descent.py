"""From a division to a better one: moves and swaps that never leave the rules."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from geoplan.division.faces import Floats, Ints
from geoplan.division.problem import Problem
from geoplan.division.search import compiled

Arrays = tuple[Any, ...]

_CHUNK = 1 << 17  # draws at once
_COOL = 0.02  # share of the first heat that is left at the last


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How hard to try, and from which seed; all counted, nothing timed."""

    sweeps: float = 200.0  #: tries of every border between two atoms, on average
    heat: float = 0.5  #: at first, in mean costs of a border between two atoms
    starts: int = 4  #: searches, each with a seed of its own
    seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class State:
    """A division and its sums, as the compiled loops change them."""

    part: Ints  #: shape (n,)
    sums: Floats  #: shape (parts, 6): load, size, atoms, x, y, square
    moved: Floats  #: shape (1,): households that are not where they are today

    @classmethod
    def of(cls, problem: Problem, part: Ints, *, count: int) -> "State":
        """Return the state of a division into ``count`` parts."""
        weight = problem.size
        square = problem.inertia + weight * (problem.x**2 + problem.y**2)
        ones = np.ones(problem.atoms)
        columns = [problem.load, weight, ones]
        columns += [weight * problem.x, weight * problem.y, square]
        sums = [np.bincount(part, weights=one, minlength=count) for one in columns]
        moved = weight[(part != problem.home) & (problem.home >= 0)].sum()
        return cls(
            part=part.astype(np.int64),
            sums=np.ascontiguousarray(np.column_stack(sums)),
            moved=np.array([moved]),
        )


def arrays(problem: Problem, *, count: int, budget: float = np.inf) -> Arrays:
    """Return a problem of ``count`` parts as the compiled loops take it.

    ``budget``: households that may change their grid.
    """
    graph, aims = problem.graph, problem.aims
    mean = float(problem.load.sum()) / count
    low, high = aims.band
    middle = (low + high) / 2
    total, parts = max(problem.total, 1e-9), float(count)
    numbers = np.array(
        [
            aims.weight("balance") / (parts * mean**2) if mean > 0 else 0.0,
            mean,
            aims.weight("band") / (parts * middle) if problem.banded else 0.0,
            low,
            high,
            aims.weight("moved") / total,
            aims.weight("spread") * parts / (total * max(problem.area_m2, 1e-9)),
            aims.weight("stations") / total,
            budget,
            float(aims.hard and problem.banded),
        ]
    )
    far = np.zeros((0, 0)) if problem.far is None else problem.far
    links = (graph.start, graph.other, graph.cost, graph.walk)
    weights = (problem.load, problem.size, problem.x, problem.y, problem.inertia)
    return (*links, *weights, problem.home, far, numbers, problem.fixed)


def cost(problem: Problem, part: Ints, *, count: int) -> float:
    """Return what a division costs in all, recomputed from nothing."""
    graph = problem.graph
    given = arrays(problem, count=count)
    numbers = given[11]
    state = State.of(problem, part, count=count)
    owner = np.repeat(np.arange(problem.atoms), np.diff(graph.start))
    cut = part[owner] != part[graph.other]
    found = float(graph.cost[cut].sum()) / 2
    found += float(
        sum(compiled.part_cost(numbers, state.sums, p) for p in range(count))
    )
    found += float(numbers[5]) * float(state.moved[0])
    if problem.far is not None:
        found += float(numbers[7] * problem.far[np.arange(len(part)), part].sum())
    return found


def improved(
    problem: Problem, part: Ints, *, count: int, effort: Effort, budget: float = np.inf
) -> Ints:
    """Return a division at least as good as the one given, by the same rules.

    Every part stays one piece, and none is emptied; ``budget``: households that
    may be elsewhere than today.
    """
    given = arrays(problem, count=count, budget=budget)
    state = State.of(problem, part, count=count)
    scratch = _scratch(problem.atoms)
    loose = (given, state.part, state.sums, state.moved, scratch)
    rng = np.random.default_rng(effort.seed)
    heated(problem, loose, rng=rng, effort=effort)
    compiled.descend(*loose, 100)
    before, after = (cost(problem, one, count=count) for one in (part, state.part))
    return state.part if after < before - 1e-12 else part


def heated(
    problem: Problem, loose: Arrays, *, rng: np.random.Generator, effort: Effort
) -> None:
    """Let a state cool down from a heat, changing it."""
    rows = len(problem.graph.other)
    if not rows:
        return
    owner = np.repeat(np.arange(problem.atoms), np.diff(problem.graph.start))
    first = effort.heat * float(problem.graph.cost.mean())
    draws = max(int(effort.sweeps * rows), 1)
    done = 0
    while done < draws:
        now = min(_CHUNK, draws - done)
        ends = [_cooled(first, (done + more) / draws) for more in (0, now)]
        compiled.anneal(*loose, rng.random((3, now)), owner, np.array(ends))
        done += now


def _cooled(first: float, share: float) -> float:
    """Return the heat when a share of all draws is done."""
    return float(first * _COOL**share)


def _scratch(atoms: int) -> Arrays:
    return (np.zeros(atoms, np.int64), np.zeros(atoms, np.int64), np.zeros(1, np.int64))

"""Starts: a ground divided afresh, by trees cut on ever finer graphs."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geoplan.division.faces import Bools, Floats, Ints
from geoplan.division.neighbours import pieces
from geoplan.division.problem import Graph, Problem
from geoplan.division.search.descent import Effort, improved
from geoplan.division.search.trees import compiled

_COARSE = 12  # atoms a part, from which coarsening stops
_SLOWS = 0.95  # a level with more than this share of the last is not worth it
_LARGEST = 4.0  # a coarse atom has at most one in so many of a part's load
_TREES = 6  # tried at every cut


def afresh(problem: Problem, *, counts: Ints, effort: Effort) -> Ints:
    """Return a division into connected parts, today's put aside.

    Parameters
    ----------
    counts : int array
        Parts of each piece of the graph, in the order of ``parts_of``.
    """
    nowhere, none = np.full(problem.atoms, -1), np.zeros(problem.atoms, bool)
    problem = replace(problem, home=nowhere, fixed=none, far=None)
    count = int(counts.sum())
    rng = np.random.default_rng(effort.seed)
    levels, links = _levels(problem, count=count, rng=rng)
    part = _first(levels[-1], counts=counts, rng=rng)
    for at in range(len(levels) - 1, -1, -1):
        seed = int(rng.integers(1 << 31))
        step = replace(effort, seed=seed, heat=effort.heat if at else effort.heat / 2)
        part = improved(levels[at], part, count=count, effort=step)
        if at:
            part = part[links[at - 1]]
    return part


def parts_of(problem: Problem) -> Ints:
    """Return the piece of the graph that each atom is in."""
    graph = problem.graph
    owner = np.repeat(np.arange(problem.atoms), np.diff(graph.start))[graph.walk]
    return pieces(problem.atoms, one=owner, other=graph.other[graph.walk])


def _levels(
    problem: Problem, *, count: int, rng: np.random.Generator
) -> tuple[list[Problem], list[Ints]]:
    """Return ever coarser problems, and where the atoms of each go in the next."""
    levels, links = [problem], []
    most = float(problem.load.sum()) / count / _LARGEST
    while levels[-1].atoms > _COARSE * count:
        now = levels[-1]
        graph = now.graph
        order = rng.permutation(now.atoms)
        mate = compiled.match(
            graph.start, graph.other, graph.border, graph.walk, now.load, order, most
        )
        _, link = np.unique(np.minimum(mate, np.arange(now.atoms)), return_inverse=True)
        link = link.reshape(-1).astype(np.int64)
        if link.max() + 1 > _SLOWS * now.atoms:
            break
        levels.append(_coarser(now, link))
        links.append(link)
    return levels, links


def _coarser(problem: Problem, link: Ints) -> Problem:
    """Return the problem whose atoms are those that go together."""
    size = int(link.max()) + 1

    def summed(values: Floats) -> Floats:
        return np.bincount(link, weights=values, minlength=size).astype(float)

    weight = summed(problem.size)
    by = np.where(weight[link] > 0, problem.size, 1.0)
    whole = summed(by)
    x, y = summed(by * problem.x) / whole, summed(by * problem.y) / whole
    off = (problem.x - x[link]) ** 2 + (problem.y - y[link]) ** 2
    return replace(
        problem,
        graph=_merged(problem.graph, link),
        load=summed(problem.load),
        size=weight,
        x=x,
        y=y,
        inertia=summed(problem.inertia + problem.size * off),
        home=np.full(size, -1, np.int64),
        fixed=np.zeros(size, bool),
    )


def _merged(graph: Graph, link: Ints) -> Graph:
    """Return a graph whose atoms go together as ``link`` says."""
    size = int(link.max()) + 1
    owner = np.repeat(link, np.diff(graph.start))
    other = link[graph.other]
    apart = owner != other
    key, row = np.unique(owner[apart] * size + other[apart], return_inverse=True)
    row = row.reshape(-1)

    def summed(values: NDArray[np.generic] | Bools) -> Floats:
        return np.bincount(
            row, weights=values[apart].astype(float), minlength=len(key)
        ).astype(float)

    counts = np.bincount(key // size, minlength=size)
    return Graph(
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        other=(key % size).astype(np.int64),
        border=summed(graph.border),
        cost=summed(graph.cost),
        walk=summed(graph.walk) > 0,
    )


def _first(problem: Problem, *, counts: Ints, rng: np.random.Generator) -> Ints:
    """Return a division by cutting trees in two again and again."""
    part = parts_of(problem)
    graph = problem.graph
    links = (graph.start, graph.other, graph.cost, graph.walk)
    size = problem.atoms
    whole = [np.zeros(size, np.int64) for _ in range(3)]
    tree = (*whole, np.zeros(size), np.zeros(size, bool), np.zeros(size, bool))
    # atoms without load count a little, so that a cut has something to go by
    load = problem.load + 1e-6 * max(float(problem.load.mean()), 1e-6)
    waiting = [(piece, int(many)) for piece, many in enumerate(counts)]
    new = len(counts)
    while waiting:
        p, many = waiting.pop()
        if many < 2:  # noqa: PLR2004  one part is whole
            continue
        half = many // 2
        target = float(load[part == p].sum()) * half / many
        draws = rng.random((_TREES, size + 1))
        if compiled.halve(links, load, part, np.array([p, new, target]), draws, tree):
            rest, cut = (int((part == one).sum()) for one in (p, new))
            half = min(max(half, many - rest), cut)
            waiting += [(p, many - half), (new, half)]
            new += 1
    return part

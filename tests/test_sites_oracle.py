"""Sites against trying everything: every model with every option."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from sitings import brute, lawful, task_of, tasks

from geoplan.errors import UsageError
from geoplan.sites import Effort, solve
from geoplan.sites.problem import Problem
from geoplan.sites.program import Clock, located
from geoplan.sites.task import checked

QUICK = Effort(seconds=None, kicks=3, subgradients=60)
OWN = Effort(seconds=None, kicks=3, subgradients=60, exact=False)


def sides(model, value, bound):
    return (bound, value) if model == "mclp" else (value, bound)


def compare(task, best):
    if best is None:
        with pytest.raises(UsageError):
            solve(task, effort=QUICK)
        return
    answer = solve(task, effort=QUICK)
    assert answer.value == pytest.approx(best, abs=1e-6)
    assert answer.proved
    assert answer.bound == pytest.approx(best, abs=1e-5)
    assert answer.broken == ()
    assert lawful(task, task.candidates.index.isin(answer.sites.index))
    assert written(task, answer) == pytest.approx(best, abs=1e-6)


def written(task, answer):
    """Return the value of what is written: sites and assignment, nothing else."""
    weight = task.demand["weight"].to_dict()
    rows = answer.assignment.to_dict("records")
    served = [weight[row["demand"]] * row["share"] for row in rows]
    assert set(answer.assignment["site"]) <= set(answer.sites.index)
    assert (answer.sites["load"] <= answer.sites["capacity"] + 1e-6).all()
    given = answer.assignment.groupby("demand")["share"].sum()
    assert (given <= 1 + 1e-6).all()
    left = answer.uncovered["weight"].sum()
    assert sum(served) + left == pytest.approx(sum(weight.values()))
    if task.model == "mclp":
        return sum(served)
    if task.model == "p-center":
        return max((row["minutes"] for row in rows), default=0.0)
    if task.model == "p-median":
        walks = [row["minutes"] for row in rows]
        return sum(w * m for w, m in zip(served, walks, strict=True))
    kept = dict(zip(task.candidates.index, task.kept, strict=True))
    return sum(not kept[code] for code in answer.sites.index)


@given(task=tasks())
@settings(max_examples=60, deadline=None)
def test_exact_is_the_best_of_all(task):
    compare(task, brute(task))


@given(task=tasks(capacities=True))
@settings(max_examples=120, deadline=None)
def test_exact_with_capacities_is_the_best_of_all(task):
    compare(task, brute(task))


@given(task=tasks())
@settings(max_examples=60, deadline=None)
def test_the_own_bound_holds_what_is_best(task):
    best = brute(task)
    try:
        answer = solve(task, effort=OWN)
    except UsageError:
        assert best is None
        return
    if best is None:
        assert not answer.proved
        return
    more, less = sides(task.model, best, answer.bound)
    assert more >= less - 1e-6
    if not np.isnan(answer.value):
        more, less = sides(task.model, answer.value, best)
        assert more >= less - 1e-6
        assert answer.broken == ()


def larger(seed, model):
    """Return a task too large to try everything, with some of the rules."""
    rng = np.random.default_rng(seed)
    rooms, homes = 24, 60
    near = rng.random((homes, rooms)) < rng.uniform(0.15, 0.6)
    walks = rng.integers(1, 20, (homes, rooms)) * near
    apart = rng.integers(0, rooms, (4, 2)) if seed % 3 == 0 else np.empty((0, 2), int)
    columns = {
        "cost": rng.integers(1, 6, rooms),
        "existing": rng.random(rooms) < 0.1,
        "group": rng.choice(["", "a", "b"], rooms),
    }
    return task_of(
        walks,
        weights=rng.integers(1, 30, homes),
        model=model,
        columns=columns,
        count=None if model == "lscp" else int(rng.integers(4, 12)),
        budget=float(rng.integers(12, 40)) if seed % 4 == 1 else None,
        groups=("a", "b") if seed % 5 == 2 else (),
        apart=apart[apart[:, 0] != apart[:, 1]],
    )


@pytest.mark.parametrize("model", ["lscp", "mclp", "p-median"])
@pytest.mark.parametrize("seed", range(12))
def test_what_the_bound_rules_out_is_no_better(model, seed):
    task = checked(larger(seed, model))
    problem = Problem.of(task)
    whole = located(problem, clock=Clock(None))
    if whole.variables is None:
        with pytest.raises(UsageError):
            solve(task, effort=QUICK)
        return
    best = problem.cost(whole.variables)
    best = problem.penalty.sum() - best if model == "mclp" else best
    answer = solve(task, effort=Effort(seconds=None, kicks=2, subgradients=150))
    assert answer.value == pytest.approx(best)
    assert answer.proved
    own = solve(task, effort=OWN)
    more, less = sides(model, best, own.bound)
    assert more >= less - 1e-6


@pytest.mark.parametrize("model", ["mclp", "p-median"])
@pytest.mark.parametrize("seed", range(12))
def test_demand_that_stays_whole_is_sent_the_best_of_all_ways(model, seed):
    rng = np.random.default_rng(seed)
    walks = rng.integers(1, 9, (5, 3)) * (rng.random((5, 3)) < 0.8)
    capacity = rng.integers(4, 11, 3)
    weights = rng.integers(1, 6, 5)
    columns = {"capacity": capacity.astype(float)}
    task = task_of(
        walks, weights=weights, model=model, columns=columns, count=2, whole=True
    )
    best = None
    for ways in itertools.product([-1, 0, 1, 2], repeat=5):
        sent = [(i, j) for i, j in enumerate(ways) if j >= 0]
        load = np.bincount(
            [j for _, j in sent], [weights[i] for i, _ in sent], minlength=3
        )
        if any(walks[i, j] == 0 for i, j in sent) or (load > capacity).any():
            continue
        if len({j for _, j in sent}) > 2:
            continue
        served = sum(weights[i] for i, _ in sent)
        walked = sum(weights[i] * walks[i, j] for i, j in sent)
        if model == "mclp":
            best = max(best or 0, served)
        elif served == weights[walks.any(axis=1)].sum():
            best = walked if best is None else min(best, walked)
    compare(task, best)

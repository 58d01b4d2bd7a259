"""Sites against trying everything: every model with every option.

GEOPLAN_EXAMPLES in the environment sets how many instances are drawn (60): some
thousands take a quarter of an hour.
"""

import itertools
import os

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sitings import brute, lawful, task_of, tasks

from geoplan.errors import UsageError
from geoplan.sites import Effort, hubs, putting_first, solve, told_apart
from geoplan.sites.problem import Problem
from geoplan.sites.program import Clock, located
from geoplan.sites.task import checked

MANY = int(os.environ.get("GEOPLAN_EXAMPLES", "60"))
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
@settings(max_examples=MANY, deadline=None)
def test_exact_is_the_best_of_all(task):
    compare(task, brute(task))


@given(task=tasks(capacities=True))
@settings(max_examples=2 * MANY, deadline=None)
def test_exact_with_capacities_is_the_best_of_all(task):
    compare(task, brute(task))


@given(task=tasks())
@settings(max_examples=MANY, deadline=None)
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


def first_and_all(task, chosen, *, first):
    """Return the most of what goes first that sites can serve, and then of all."""
    weight = task.demand["weight"].to_numpy().astype(int)
    scale = int(weight.sum()) + 1
    graph = nx.DiGraph()
    graph.add_edge("from", "to", weight=0)
    for i, (has, goes_first) in enumerate(zip(weight, first, strict=True)):
        worth = -1 - scale * bool(goes_first)
        graph.add_edge("from", ("h", i), capacity=int(has), weight=worth)
    for walk in task.pairs.itertuples(index=False):
        if chosen[walk.site]:
            graph.add_edge(("h", walk.demand), ("r", walk.site), weight=0)
    for j, room in enumerate(task.candidates.get("capacity", [np.inf] * len(chosen))):
        limit = {"capacity": int(room)} if np.isfinite(room) else {}
        graph.add_edge(("r", j), "to", weight=0, **limit)
    total = int(weight.sum())
    graph.add_node("from", demand=-total)
    graph.add_node("to", demand=total)
    cost = -nx.cost_of_flow(graph, nx.min_cost_flow(graph))
    return cost // scale, cost % scale


@given(
    task=st.one_of(tasks(models=("mclp",)), tasks(models=("mclp",), capacities=True)),
    data=st.data(),
)
@settings(max_examples=MANY, deadline=None)
def test_what_goes_first_is_the_most_and_then_all(task, data):
    homes = len(task.demand)
    first = data.draw(st.lists(st.booleans(), min_size=homes, max_size=homes))
    values = np.where(first, task.demand["weight"], 0.0)
    task = task.but(demand=task.demand.assign(first=values))
    choices = itertools.product([False, True], repeat=len(task.candidates))
    best = [
        first_and_all(task, chosen, first=values > 0)
        for chosen in choices
        if lawful(task, chosen)
    ]
    if not best:
        with pytest.raises(UsageError):
            solve(putting_first(task, "first"), effort=QUICK)
        return
    answer = solve(putting_first(task, "first"), effort=QUICK)
    told = told_apart(answer, task=task, measure="first")
    served = task.demand["weight"].sum() - told.uncovered["weight"].sum()
    assert (told.value, served) == pytest.approx(max(best), abs=1e-6)
    assert told.proved
    assert told.bound == pytest.approx(told.value)
    assert told.sites["gain"].sum() == pytest.approx(served)
    assert lawful(task, task.candidates.index.isin(told.sites.index))


@given(data=st.data())
@settings(max_examples=MANY, deadline=None)
def test_hubs_are_the_best_of_all_ways_to_serve_whole_areas(data):
    areas, stations = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 4))
    row = st.lists(
        st.sampled_from([0, 1, 2, 5, 9]), min_size=stations, max_size=stations
    )
    walks = data.draw(st.lists(row, min_size=areas, max_size=areas))
    weights = data.draw(
        st.lists(st.integers(0, 5), min_size=areas, max_size=areas), label="weights"
    )
    rooms = st.lists(
        st.sampled_from([3.0, 6.0, np.inf]), min_size=stations, max_size=stations
    )
    count, capacity = data.draw(st.integers(1, 3)), data.draw(rooms)
    columns = {"capacity": capacity}
    task = task_of(walks, weights=weights, columns=columns, count=count)
    asked = [i for i in range(areas) if weights[i] and any(walks[i])]
    best = None
    for ways in itertools.product(range(stations), repeat=len(asked)):
        ends = list(zip(asked, ways, strict=True))
        load = np.bincount(ways, [weights[i] for i in asked], minlength=stations)
        shut = any(walks[i][j] == 0 for i, j in ends)
        if shut or (load > capacity).any() or len(set(ways)) > count:
            continue
        walked = sum(weights[i] * walks[i][j] for i, j in ends)
        best = walked if best is None else min(best, walked)
    if best is None:
        with pytest.raises(UsageError):
            hubs(task, effort=QUICK)
        return
    told = hubs(task, effort=QUICK)
    assert told.answer.value == pytest.approx(best)
    assert told.answer.proved
    served = [area for listed in told.hubs["serves"] for area in listed]
    assert sorted(served) == [f"h{i}" for i in asked]
    assert (told.hubs["load"] <= told.hubs["capacity"]).all()

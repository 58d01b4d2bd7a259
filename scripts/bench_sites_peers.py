"""Siting against spopt with CBC, CP-SAT and HiGHS, on the streets of a city.

Values, bounds and times of all in one run, on one table of walks. What a peer has
not proved within its limit is told with the bound that it has.
"""

import importlib.util
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from bench_course import Bench
from bench_rows import Row, best, compared, missing
from bench_sites import BOUND, BOUNDED, Size, task_on

from geoplan import sites
from geoplan.sites.capacity import Flow
from geoplan.sites.problem import Problem
from geoplan.sites.program import Clock
from geoplan.sites.task import checked

Answered = tuple[float | None, float | None]  # value and bound; None: none is known

LIMIT = 60.0  # s that a peer may take
SURE = sites.Effort(seconds=600.0, largest=5_000_000)
NEAREST = 40  # candidates of each demand that HiGHS is given …
PATIENCE = 3 * LIMIT  # … and for how long

_WORKERS = 2
_HALF = 0.5

COVER = Size(demand=2_000, candidates=500, count=30, metres=500.0)
MEDIAN = Size(demand=2_000, candidates=500, count=30, metres=30_000.0)


def against_spopt(bench: Bench, *, size: Size = COVER) -> Row:
    """Compare covering most with spopt and CBC, both to proof."""
    return _cover(bench, size=size, name="spopt + CBC", needs="spopt", peer=_spopt)


def against_cp_sat(bench: Bench, *, size: Size = COVER) -> Row:
    """Compare covering most with CP-SAT, ours to proof."""
    return _cover(bench, size=size, name="CP-SAT", needs="ortools", peer=_cp_sat)


def against_median(bench: Bench, *, size: Size = MEDIAN) -> Row:
    """Compare the shortest total walk with what HiGHS makes of the nearest walks.

    All of them are more than it can deal with in minutes and 4 GB. Its answer is
    weighed on all walks; its bound is of the walks that it was given.
    """
    task = checked(task_on(bench, size=size, model="p-median"))
    near = task.pairs.groupby("demand").cumcount() < NEAREST
    start = time.perf_counter()
    fewer = task.but(pairs=task.pairs[near].reset_index(drop=True))
    found = Flow.of(fewer).solved(Clock(PATIENCE))
    took = time.perf_counter() - start
    value = None
    if found.variables is not None:
        chosen = found.variables[: size.candidates] > _HALF
        value = Problem.of(task).cost(chosen)
    answer = sites.solve(task, effort=BOUNDED)
    row = compared(
        f"p-median, {bench.place}: {size}: with a bound under 1 %",
        f"HiGHS, {NEAREST} nearest, {found.status}",
        ours_s=best(lambda: sites.solve(task, effort=BOUNDED), times=3),
        peer_s=took,
        target=10.0,
        note=f"{_told(answer, (value, found.bound))}; gap {answer.gap:.2%}",
    )
    return replace(row, met=bool(row.met and answer.gap < BOUND))


def _cover(
    bench: Bench,
    *,
    size: Size,
    name: str,
    needs: str,
    peer: Callable[[sites.Task], Answered],
) -> Row:
    what = f"maximal coverage, {bench.place}: {size}"
    if importlib.util.find_spec(needs) is None:
        return missing(what, name, target=None, note=f"{needs} is not installed")
    task = task_on(bench, size=size, model="mclp")
    start = time.perf_counter()
    theirs = peer(task)
    took = time.perf_counter() - start
    answer = sites.solve(task, effort=SURE)
    return compared(
        what,
        name,
        ours_s=best(lambda: sites.solve(task, effort=SURE), times=3),
        peer_s=took,
        target=10.0,
        note=_told(answer, theirs),
    )


def _told(answer: sites.Answer, theirs: Answered) -> str:
    """Return both values and bounds as a note."""
    value, bound = ("none" if one is None else f"{one:,.0f}" for one in theirs)
    ours = f"ours {answer.value:,.0f}, bound {answer.bound:,.0f}"
    return f"{ours}; theirs {value}, bound {bound}"


def _spopt(task: sites.Task) -> Answered:
    """Return what spopt makes of covering most, solved by CBC."""
    import pulp  # noqa: PLC0415  an extra
    from spopt.locate import MCLP  # noqa: PLC0415  an extra

    table = np.full((len(task.demand), len(task.candidates)), 1e9)
    rows = task.pairs
    table[rows["demand"], rows["site"]] = rows["minutes"]
    model = MCLP.from_cost_matrix(
        table, task.weight, float(rows["minutes"].max()), task.counts[0]
    )
    solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=LIMIT, threads=_WORKERS)
    model = model.solve(solver)
    value = pulp.value(model.problem.objective)
    proved = model.problem.sol_status == pulp.LpSolutionOptimal
    return value, value if proved else None


def _cp_sat(task: sites.Task) -> Answered:
    """Return what CP-SAT makes of covering most."""
    from ortools.sat.python import cp_model  # noqa: PLC0415  an extra

    model = cp_model.CpModel()
    opened = [model.new_bool_var(f"x{j}") for j in range(len(task.candidates))]
    served = [model.new_bool_var(f"y{i}") for i in range(len(task.demand))]
    for i, sites_of in task.pairs.groupby("demand")["site"]:
        model.add_bool_or([*(opened[j] for j in sites_of), served[i].negated()])
    lonely = set(range(len(task.demand))) - set(task.pairs["demand"])
    model.add(sum(served[i] for i in sorted(lonely)) == 0)
    model.add(sum(opened) <= task.counts[0])
    weight = task.weight.astype(int).tolist()
    model.maximize(sum(w * y for w, y in zip(weight, served, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = LIMIT
    solver.parameters.num_workers = _WORKERS
    found = solver.solve(model) in {cp_model.OPTIMAL, cp_model.FEASIBLE}
    value = solver.objective_value if found else None
    return value, solver.best_objective_bound

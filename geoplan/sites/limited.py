"""Plans whose stations can serve so much and no more."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan.sites.answer import Plan, Stopped
from geoplan.sites.bound import bounded
from geoplan.sites.capacity import Flow
from geoplan.sites.problem import Problem
from geoplan.sites.program import Clock, Solution
from geoplan.sites.rules import Rules
from geoplan.sites.search import searched
from geoplan.sites.task import Effort, Task

Array = NDArray[Any]

_HALF = 0.5
_WHOLE = 1e-6  # of one: what HiGHS may be off a whole number
_SHARE = 1e-9  # of a demand: less is rounding


def limited(task: Task, *, effort: Effort, clock: Clock) -> Plan | None:
    """Return the plan of a checked task with capacities; None if there is none.

    The choice for the same task without them, filled as well as it can be, is
    what a solver that runs out of time has to beat.
    """
    endless = np.full(len(task.candidates), np.inf)
    candidates = task.candidates.assign(capacity=endless)
    problem = Problem.of(task.but(candidates=candidates))
    chosen = searched(problem, effort=effort)
    upper = problem.cost(chosen)
    lower = bounded(problem, chosen=chosen, upper=upper, effort=effort).cost
    flow = Flow.of(task)
    best = Solution(status="stopped", variables=None, bound=-np.inf)
    if np.isfinite(upper):
        best = flow.at(chosen).settled()
    stopped: Stopped = "effort"
    if effort.exact:
        found = flow.solved(clock, largest=effort.largest)
        if found.status == "infeasible":
            return None
        if _cost(flow, found) <= _cost(flow, best):
            best = found
        lower = max(lower, found.bound)
        stopped = found.stopped
    lower = min(lower, _cost(flow, best))
    bound = lower
    if task.model == "mclp":
        bound = float(flow.program().base) - lower
        bound = float(np.floor(bound + _WHOLE)) if _counts(flow) else bound
    plan = filled(task, flow=flow, best=best, bound=bound, stopped=stopped)
    return replace(plan, chosen=_used(plan, rules=flow.rules))


def _used(plan: Plan, *, rules: Rules) -> Array:
    """Return the sites of a plan without those that serve nobody and keep no rule."""
    chosen = plan.chosen.copy()
    idle = chosen & ~rules.must
    if plan.shares is not None:
        idle[plan.shares["site"].to_numpy()] = False
    for site in rules.dearest(idle):
        chosen[site] = False
        chosen[site] = bool(rules.broken(chosen))
    return chosen


def _counts(flow: Flow) -> bool:
    """Return whether the most that can be served is a whole number.

    So it is where households are both counted and carried: a flow of whole
    numbers is whole.
    """
    rooms = flow.capacity[np.isfinite(flow.capacity)]
    numbers = np.concatenate([flow.load, rooms])
    same = bool((flow.worth == flow.load)[flow.demand].all())
    return same and bool((numbers == np.rint(numbers)).all())


def _cost(flow: Flow, found: Solution) -> float:
    """Return what a solution of a flow costs; inf if there is none."""
    if found.variables is None:
        return np.inf
    program = flow.program()
    return float(program.cost @ found.variables) + program.base


def filled(
    task: Task, *, flow: Flow, best: Solution, bound: float, stopped: Stopped
) -> Plan:
    """Return the plan of a solution, everyone sent as near as its worth allows."""
    if best.variables is None:
        return nobody(task, bound=bound, stopped=stopped)
    chosen = best.variables[: len(task.candidates)] > _HALF
    values = best.variables
    if task.model != "p-median":
        again = flow.shortest(values, minutes=task.pairs).settled()
        values = values if again.variables is None else again.variables
    rows = shares(flow, values)
    served = float((flow.worth[rows["demand"]] * rows["share"]).sum())
    value = served if task.model == "mclp" else _cost(flow, best)
    return Plan(chosen=chosen, value=value, bound=bound, stopped=stopped, shares=rows)


def nobody(task: Task, *, bound: float, stopped: Stopped) -> Plan:
    """Return that no plan was found, though there may be one."""
    chosen = np.zeros(len(task.candidates), bool)
    rows = DataFrame({"site": [], "demand": [], "share": []})
    rows = rows.astype({"site": int, "demand": int})
    return Plan(chosen=chosen, value=np.nan, bound=bound, stopped=stopped, shares=rows)


def shares(flow: Flow, values: Array) -> DataFrame:
    """Return who goes where in what share: site, demand (positions), share."""
    share = values[len(flow.capacity) :]
    used = share > _SHARE
    return DataFrame(
        {
            "site": flow.site[used],
            "demand": flow.demand[used],
            "share": np.minimum(share[used], 1.0),
        }
    )

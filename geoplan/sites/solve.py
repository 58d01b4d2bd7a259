"""The solving: search, own bound, and HiGHS on what they leave open."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.sites.answer import PROVED, Answer, Plan, Stopped, answered
from geoplan.sites.bound import bounded
from geoplan.sites.center import centred
from geoplan.sites.limited import limited, nobody
from geoplan.sites.problem import Problem
from geoplan.sites.program import Clock, located
from geoplan.sites.reasons import refuse_locks, refused
from geoplan.sites.search import searched
from geoplan.sites.task import Effort, Task, checked

Array = NDArray[Any]

_EFFORT = Effort()
_FEW = 5  # disturbances before the bound is known


def solve(task: Task, *, effort: Effort = _EFFORT) -> Answer:
    """Return the best sites that the effort finds, and how good they are at worst.

    Demand that no candidate can reach is listed in ``uncovered``, and the rest
    is solved.

    Raises
    ------
    UsageError
        The task contradicts itself, or no plan can keep its rules; what makes it
        so and the nearest task that can be met are in the text and the facts.
    """
    task = checked(task)
    refuse_locks(task)
    plan = planned(task, effort=effort)
    if plan is None:
        raise refused(task, effort=effort)
    return answered(task, plan, seed=effort.seed)


def planned(task: Task, *, effort: Effort, start: Array | None = None) -> Plan | None:
    """Return the best plan for a checked task; None if there is none.

    ``start``: sites (positions) that the search begins with.
    """
    clock = Clock(effort.seconds)
    if task.model == "p-center":
        return centred(task, effort=effort, clock=clock)
    if task.model == "lscp" and task.target < 1:
        return _fewest_for_share(task, effort=effort, clock=clock)
    if task.capacitated:
        return limited(task, effort=effort, clock=clock)
    return _unlimited(task, effort=effort, clock=clock, start=start)


def _unlimited(
    task: Task, *, effort: Effort, clock: Clock, start: Array | None
) -> Plan | None:
    """Return the plan of a task without capacities."""
    problem = Problem.of(task)
    few = replace(effort, kicks=min(effort.kicks, _FEW))
    chosen = searched(problem, effort=few, start=start)
    upper = problem.cost(chosen)
    known = bounded(problem, chosen=chosen, upper=upper, effort=effort)
    lower = min(known.cost, upper)
    stopped: Stopped = "effort"
    if not closed(upper, lower, step=problem.step):
        other = searched(problem, effort=effort, start=known.picked)
        if problem.cost(other) < upper:
            chosen, upper = other, problem.cost(other)
    if effort.exact and not closed(upper, lower, step=problem.step):
        rest = known.narrowed(problem, upper=upper)
        found = located(rest, clock=clock, largest=effort.largest)
        if found.status == "infeasible" and np.isinf(upper):
            return None
        if found.variables is not None and problem.cost(found.variables) < upper:
            chosen, upper = found.variables, problem.cost(found.variables)
        lower = min(upper, max(lower, found.bound))
        stopped = found.stopped
    if closed(upper, lower, step=problem.step):
        lower = upper if problem.step else lower
    if np.isfinite(upper):
        chosen = problem.spared(chosen)
    whole = float(problem.penalty.sum()) if task.model == "mclp" else 0.0
    sign = -1.0 if task.model == "mclp" else 1.0
    return Plan(
        chosen=chosen,
        value=whole + sign * upper if np.isfinite(upper) else np.nan,
        bound=whole + sign * lower,
        stopped=stopped,
    )


def closed(upper: float, lower: float, *, step: float) -> bool:
    """Return whether no plan can be better than the one that costs ``upper``."""
    if not np.isfinite(upper):
        return False
    return upper - lower < max(0.999 * step, PROVED * abs(upper) * 1e-3)


def _fewest_for_share(task: Task, *, effort: Effort, clock: Clock) -> Plan | None:
    """Return the fewest stations that cover a share: the least count that does."""
    wanted = float(task.weight[task.reachable].sum()) * task.target * (1 - PROVED)
    cover = task.but(model="mclp", target=1.0)
    free = int((~task.kept & ~task.never).sum())
    most = free if task.count is None else min(free, task.counts[0] or 0)
    best: Plan | None = None
    stopped: Stopped = "effort"
    least = low = 0  # with fewer than ``least`` it is proved that none does
    high = most  # the count to beat
    while low <= high:
        count = (low + high) // 2
        left = replace(effort, seconds=clock.left)
        plan = planned(cover.but(count=count), effort=left)
        if plan is not None and plan.value >= wanted:
            best, high = plan, int((plan.chosen & ~task.kept).sum()) - 1
            continue
        if plan is None or plan.bound < wanted:
            least = count + 1
        else:
            stopped = plan.stopped
        low = count + 1
    if best is None:
        unsure = nobody(task, bound=float(least), stopped=stopped)
        return None if least > most else unsure
    value = float((best.chosen & ~task.kept).sum())
    return replace(best, value=value, bound=min(value, float(least)), stopped=stopped)

"""The shortest worst walk: the least limit within which all can be covered."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.sites.answer import Plan, Stopped
from geoplan.sites.bound import bounded
from geoplan.sites.capacity import Flow
from geoplan.sites.limited import filled, nobody
from geoplan.sites.problem import Problem
from geoplan.sites.program import Clock, located
from geoplan.sites.search import searched
from geoplan.sites.task import Effort, Task

Array = NDArray[Any]
#: whether a limit can be met: a plan, False (proved that it cannot) or None
Verdict = Array | bool | None

_HALF = 0.5


def centred(task: Task, *, effort: Effort, clock: Clock) -> Plan | None:
    """Return the plan of least worst minutes for a checked task; None: there is none.

    The limit is halved between what is proved too short and what a plan meets.
    """
    limits = limits_of(task)
    least = low = 0  # every limit before ``least`` is proved too short
    met_at = len(limits)  # the shortest limit that a plan is known to meet
    plan: Array | None = None
    stopped: Stopped = "effort"
    while low < met_at:
        at = (low + met_at) // 2 if plan is not None else met_at - 1
        verdict = met(task.within(limits[at]), effort=effort, clock=clock)
        if isinstance(verdict, np.ndarray):
            plan, met_at = verdict, at
            continue
        if verdict is None:
            stopped = "time" if clock.out else "effort"
            low = at + 1
        else:
            least = low = at + 1
        if plan is None:
            break
    if plan is None:
        short = least == len(limits)
        return None if short else nobody(task, bound=float(limits[0]), stopped=stopped)
    return _placed(task, plan, limits=(limits[least], limits[met_at]), stopped=stopped)


def limits_of(task: Task) -> Array:
    """Return the minutes that the worst walk may have, shortest first.

    None is shorter than the nearest candidate of the demand that is farthest off.
    """
    wanted = task.pairs[task.reachable[task.pairs["demand"].to_numpy()]]
    wanted = wanted[~task.never[wanted["site"].to_numpy()]]
    if not len(wanted):
        return np.zeros(1)
    minutes = np.unique(wanted["minutes"].to_numpy(dtype=float))
    nearest = wanted.groupby("demand")["minutes"].min().max()
    return np.asarray(minutes[minutes >= nearest])


def met(task: Task, *, effort: Effort, clock: Clock) -> Verdict:
    """Return a plan that covers all demand of the task, or whether there is none."""
    if task.capacitated:
        return _met_within_capacity(task, effort=effort, clock=clock)
    problem = Problem.of(task.but(model="lscp"))
    soft = problem.but(
        penalty=np.ones(len(problem.penalty)),
        opening=np.zeros(len(problem.opening)),
    )
    plan = searched(soft, effort=effort)
    if soft.cost(plan) == 0.0:
        return plan
    if _too_many(problem, plan, effort=effort):
        return False
    if not effort.exact:
        return None
    free = problem.but(opening=np.zeros(len(plan)))
    found = located(free, clock=clock, largest=effort.largest)
    if found.status == "infeasible":
        return False
    sound = found.variables is not None and soft.cost(found.variables) == 0.0
    return found.variables if sound else None


def _too_many(problem: Problem, plan: Array, *, effort: Effort) -> bool:
    """Return whether our own bound on the sites, or their price, exceeds the rules."""
    rules = problem.rules
    counted = (rules.tier >= 0).astype(float)
    for opening, most in ((counted, rules.most.sum()), (rules.price, rules.budget)):
        if np.isfinite(most) and most < len(plan) * max(opening.max(initial=0.0), 1.0):
            one = problem.but(opening=opening, step=0.0)
            goal = float(most) * (1 + 1e-6) + 1e-6
            known = bounded(one, chosen=plan, upper=goal, effort=effort)
            if known.cost > most * (1 + 1e-9):
                return True
    return False


def _met_within_capacity(task: Task, *, effort: Effort, clock: Clock) -> Verdict:
    """Return the same as ``met`` where stations have capacities."""
    found = Flow.of(task).solved(clock, largest=effort.largest)
    if found.status == "infeasible":
        return False
    if found.variables is None:
        return None
    return found.variables[: len(task.candidates)] > _HALF


def _placed(
    task: Task, plan: Array, *, limits: tuple[float, float], stopped: Stopped
) -> Plan | None:
    """Return the plan of a choice whose worst walk is known."""
    bound, value = float(limits[0]), float(limits[1])
    if task.capacitated:
        flow = Flow.of(task.within(value)).at(plan)
        best = flow.settled()
        return filled(
            task.within(value), flow=flow, best=best, bound=bound, stopped=stopped
        )
    return Plan(chosen=plan, value=value, bound=bound, stopped=stopped)

"""A list of sites that somebody has in mind, judged as the solver's own are."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.errors import UsageError
from geoplan.sites.answer import Answer, Plan, answered
from geoplan.sites.capacity import Flow
from geoplan.sites.center import limits_of
from geoplan.sites.limited import filled
from geoplan.sites.reasons import refuse_locks
from geoplan.sites.solve import planned
from geoplan.sites.task import Effort, Task, checked

Array = NDArray[Any]

_EFFORT = Effort()


def evaluate(task: Task, *, sites: Iterable[str], effort: Effort = _EFFORT) -> Answer:
    """Return what a list of sites achieves, beside the bound of the same task.

    Parameters
    ----------
    sites : iterable of str
        Codes of the sites that open beyond the stations kept. Their number takes
        the place of the count, so that the bound is what as many could do.

    Returns
    -------
    Answer
        ``stopped`` is "given", ``proved`` tells whether nothing is better, and
        ``broken`` names the rules that the list breaks. The value is NaN where
        demand in reach stays unserved that must be served.

    Raises
    ------
    UsageError
        A code is not among the candidates.
    """
    task = checked(task)
    chosen = task.kept | _named(task, sites)
    plan = placed(task, chosen)
    bound = _bound(task, chosen, effort=effort)
    plan = Plan(
        chosen=chosen,
        value=plan.value,
        bound=bound,
        stopped="given",
        shares=plan.shares,
    )
    return answered(task, plan, seed=effort.seed)


def _named(task: Task, sites: Iterable[str]) -> Array:
    """Return which candidates have one of the codes."""
    codes = [str(code) for code in sites]
    known = task.candidates.index.astype(str)
    missing = sorted(set(codes) - set(known))
    if missing:
        raise UsageError.at("sites_unknown", codes=", ".join(missing))
    return np.asarray(known.isin(codes))


def placed(task: Task, chosen: Array) -> Plan:
    """Return the plan of a choice for a checked task, its bound not known.

    With capacities as much is served as can be; of the p-centre, within the
    shortest limit that lets all be served.
    """
    if not task.capacitated:
        return Plan(chosen=chosen, value=0.0, bound=np.nan, stopped="given")
    if task.model == "p-center":
        task = task.within(_shortest_limit(task, chosen))
    cover = task.but(model="mclp")
    flow = Flow.of(cover)
    best = flow.at(chosen).settled()
    return filled(cover, flow=flow, best=best, bound=np.nan, stopped="given")


def _shortest_limit(task: Task, chosen: Array) -> float:
    """Return the least minutes within which a choice serves all; the most if none."""
    limits = limits_of(task)
    low, high = 0, len(limits) - 1
    while low < high:
        middle = (low + high) // 2
        flow = Flow.of(task.within(limits[middle])).at(chosen)
        if flow.settled().variables is None:
            low = middle + 1
        else:
            high = middle
    return float(limits[high])


def evaluated(task: Task, chosen: Array) -> float:
    """Return what a choice is worth in a checked task.

    NaN if it leaves out demand in reach that must be served.
    """
    return answered(task, placed(task, chosen), seed=0).value


def _bound(task: Task, chosen: Array, *, effort: Effort) -> float:
    """Return what no choice of as many sites can better; NaN if there is none."""
    if task.model != "lscp" and len(task.counts) == 1:
        task = task.but(count=int((chosen & ~task.kept).sum()))
    try:
        refuse_locks(task)
    except UsageError:
        return np.nan
    plan = planned(task, effort=effort)
    return np.nan if plan is None else plan.bound

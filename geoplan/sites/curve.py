"""The whole curve: what each number of stations achieves, and in which order."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan.errors import UsageError
from geoplan.sites.answer import Answer, Plan, answered, gap
from geoplan.sites.evaluate import evaluated
from geoplan.sites.problem import Problem
from geoplan.sites.program import Clock
from geoplan.sites.reasons import refuse_locks, refused
from geoplan.sites.solve import planned
from geoplan.sites.task import Effort, Task, checked

Array = NDArray[Any]

_EFFORT = Effort()
_DEAR = 16.0  # times the dearest service: what leaving required demand out costs


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """What each number of stations achieves."""

    #: one row a count: count, value, bound, gap, proved, stopped, marginal (what
    #: the last station adds), next_site (code: opened then, in one fixed order),
    #: nested (value if stations open in that order), lost (what the order costs)
    counts: DataFrame
    answers: tuple[Answer, ...]  #: one a count
    nested: bool  #: whether the order costs nothing at any count


def curve(task: Task, *, counts: range, effort: Effort = _EFFORT) -> Curve:
    """Return the best plan of every count, and an order to open them in.

    Parameters
    ----------
    task : Task
        Of the models mclp, p-median or p-center, without tiers; its count is
        not used. Counts with which it cannot be met are left out.
    counts : range
        Of stations beyond those kept, rising.

    Raises
    ------
    UsageError
        As ``solve``, where no count meets the task.
    """
    if task.model == "lscp":
        raise UsageError.at(
            "sites_model", value="lscp", known="mclp, p-median, p-center"
        )
    task = checked(task.but(count=counts[-1]))
    plans: dict[int, Plan] = {}
    clock = Clock(effort.seconds)
    start: Array | None = None
    refuse_locks(task)
    locked = int((task.must & ~task.kept).sum())
    for count in counts[max(0, locked - counts[0]) :]:
        asked = task.but(count=count)
        share = None if clock.left is None else clock.left / (counts[-1] - count + 1)
        plan = planned(asked, effort=replace(effort, seconds=share), start=start)
        if plan is not None:
            plans[count], start = plan, np.flatnonzero(plan.chosen)
    if not plans:
        raise refused(task, effort=effort)
    plans = _agreed(plans, covers=task.model == "mclp")
    answers = {
        count: answered(task.but(count=count), plan, seed=effort.seed)
        for count, plan in plans.items()
    }
    table = _table(task, answers, order=_order(task, plans))
    lost = table["lost"].to_numpy()
    return Curve(
        counts=table,
        answers=tuple(answers.values()),
        nested=bool((lost <= 1e-9 * np.abs(table["value"])).all()),
    )


def _agreed(plans: dict[int, Plan], *, covers: bool) -> dict[int, Plan]:
    """Return plans, one a count, that hold to what the other counts have shown.

    A plan may be kept where more stations are allowed, and a bound holds where
    fewer are.
    """
    told, counts = dict(plans), sorted(plans)
    sign = 1.0 if covers else -1.0
    for fewer, count in pairwise(counts):
        known, here = told[fewer], told[count]
        worse = not sign * here.value >= sign * known.value
        if worse and np.isfinite(known.value):
            told[count] = replace(known, bound=here.bound, stopped=here.stopped)
    for count, more in pairwise(reversed(counts)):
        bounds = (told[count].bound, told[more].bound)
        bound = min(bounds) if covers else max(bounds)
        told[more] = replace(told[more], bound=bound)
    return told


def _table(task: Task, answers: dict[int, Answer], *, order: "Order") -> DataFrame:
    """Return the row of each count."""
    sign = 1.0 if task.model == "mclp" else -1.0
    codes = task.candidates.index
    rows, before = [], np.nan
    for count, answer in answers.items():
        site, nested = order[count]
        rows.append(
            {
                "count": count,
                "value": answer.value,
                "bound": answer.bound,
                "gap": gap(answer.value, answer.bound),
                "proved": answer.proved,
                "stopped": answer.stopped,
                "marginal": sign * (answer.value - before),
                "next_site": "" if site is None else str(codes[site]),
                "nested": nested,
                "lost": sign * (answer.value - nested),
            }
        )
        before = answer.value
    return DataFrame(rows).set_index("count", drop=False)


#: by count: the site (position) opened last, None for none, and the value then
Order = dict[int, tuple[int | None, float]]


def _order(task: Task, plans: dict[int, Plan]) -> Order:
    """Return the order of opening that at its worst count loses the least share."""
    sign = 1.0 if task.model == "mclp" else -1.0
    if task.capacitated or task.model == "p-center":
        return _ranked(task, plans)
    problem = Problem.of(task.but(count=None))
    whole = float(problem.penalty.sum()) if task.model == "mclp" else 0.0
    known = [count for count, plan in plans.items() if np.isfinite(plan.value)]
    orders = [_through(problem, plans, count) for count in known]
    valued = [
        {count: (site, whole - sign * cost) for count, (site, cost) in order.items()}
        for order in orders
    ]

    def regret(order: Order) -> tuple[float, float]:
        best = {count: plans[count].value for count in known}
        lost = [gap(best[count], order[count][1]) for count in known]
        return max(lost), sum(lost)

    return min(valued, key=regret, default=dict.fromkeys(plans, (None, np.nan)))


def _through(problem: Problem, plans: dict[int, Plan], through: int) -> Order:
    """Return the costs of an order that passes through the plan of one count.

    From there, sites are closed one by one, the least missed first, and opened
    one by one, the most helpful first.
    """
    order: Order = {}
    chosen = plans[through].chosen.copy()
    for count in sorted((c for c in plans if c <= through), reverse=True):
        cost = problem.cost(chosen)
        site = _toggled(problem, chosen, opened=True)
        order[count] = (site, cost)
    chosen = plans[through].chosen.copy()
    for count in sorted(c for c in plans if c > through):
        site = _toggled(problem, chosen, opened=False)
        order[count] = (site, problem.cost(chosen))
    return order


def _toggled(problem: Problem, chosen: Array, *, opened: bool) -> int | None:
    """Close the least missed open site, or open the most helpful, in ``chosen``.

    Returns which; None if the rules let none.
    """
    rules, rows = problem.rules, problem.by_demand
    free = ~rules.must & ~rules.never & (chosen == opened)
    most = np.where(problem.required, _DEAR * (1.0 + rows.cost.max(initial=0.0)), 0.0)
    penalty = np.where(problem.required, most, problem.penalty)
    held = chosen[rows.other]
    owner, cost, site = rows.owner[held], rows.cost[held], rows.other[held]
    place = np.arange(len(owner)) - np.searchsorted(owner, owner)
    best, second = penalty.copy(), penalty.copy()
    best[owner[place == 0]] = cost[place == 0]
    second[owner[place == 1]] = cost[place == 1]
    if opened:
        first, mine = owner[place == 0], site[place == 0]
        worth = -np.bincount(mine, (second - best)[first], minlength=len(chosen))
    else:
        saves = np.maximum(best[rows.owner] - rows.cost, 0.0)
        worth = np.bincount(rows.other, saves, minlength=len(chosen))
    for number in np.argsort(-worth, kind="stable"):
        if not free[number]:
            continue
        chosen[number] = not opened
        if not rules.broken(chosen):
            return int(number)
        chosen[number] = opened
    return None


def _ranked(task: Task, plans: dict[int, Plan]) -> Order:
    """Return the order of the last plan's own sites, by what each serves."""
    last = plans[max(plans)]
    table = answered(task, last, seed=0).sites
    position = task.candidates.index.get_indexer(table.index)
    sites = [int(site) for site in position if not task.kept[site]]
    order: Order = {}
    for count in plans:
        chosen = task.kept.copy()
        chosen[sites[:count]] = True
        opened = sites[count - 1] if 0 < count <= len(sites) else None
        order[count] = (opened, evaluated(task, chosen))
    return order

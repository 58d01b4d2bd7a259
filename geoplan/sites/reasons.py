"""Why a task cannot be met, and the nearest one that can."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.errors import UsageError
from geoplan.sites.capacity import Flow
from geoplan.sites.program import Clock, Solution
from geoplan.sites.rules import Rules
from geoplan.sites.task import Effort, Task

Array = NDArray[Any]

_HALF = 0.5
_NAMES = 10  # codes told in a text; the facts have them all
_ROUNDING = 1e-9  # of a budget
_UNIT = 1e-6  # below this, nothing is left
_MOST_TIMES = 1000.0  # that capacities are tried at
_FINE = 0.01  # of that number
_HUNDRED = 100.0


def refuse_locks(task: Task) -> None:
    """Raise if what is locked, kept or grouped contradicts itself.

    Raises
    ------
    UsageError
        ``sites_locks_count``, ``sites_locks_budget``, ``sites_locks_apart`` or
        ``sites_group_empty``.
    """
    rules = Rules.of(task)
    codes = task.candidates.index.to_numpy()
    both = rules.apart[rules.must[rules.apart].all(axis=1)]
    if len(both):
        raise UsageError.at(
            "sites_locks_apart", one=codes[both[0, 0]], other=codes[both[0, 1]]
        )
    for number, most in enumerate(task.counts):
        locked = int((rules.must & (rules.tier == number)).sum())
        if most is not None and locked > most:
            raise UsageError.at("sites_locks_count", count=most, need=locked)
    spent = float(rules.price[rules.must].sum())
    if spent > rules.budget * (1 + _ROUNDING):
        raise UsageError.at("sites_locks_budget", budget=task.budget, need=spent)
    usable = set(rules.group[~rules.never].tolist())
    empty = [name for i, name in enumerate(task.groups) if i not in usable]
    if empty:
        raise UsageError.at("sites_group_empty", groups=_told(empty), codes=empty)


def refused(task: Task, *, effort: Effort) -> UsageError:
    """Return the error of a checked task that no plan can meet.

    Its facts: ``need`` (the least count or budget, where raising that alone is
    enough), ``left`` and ``codes`` (weight and demand that at least stay unserved
    if all rules stay). The text differs where the sites alone cannot keep the
    rules, whatever they serve.
    """
    left = _left(task, effort=effort)
    key, facts = _cause(task, effort=effort)
    if left is None:
        return UsageError.at(f"{key}_rules", **facts)
    weight, codes = left
    facts |= {"left": weight, "codes": codes, "unserved": _told(codes)}
    return UsageError.at(key, **facts)


def _cause(task: Task, *, effort: Effort) -> tuple[str, dict[str, Any]]:
    """Return the one rule without which the task could be met, with its facts."""
    if task.count is not None:
        need = _least(task.but(count=None), _counted(task), effort=effort)
        if need is not None:
            asked = sum(most or 0 for most in task.counts)
            return "sites_count", {"count": asked, "need": round(need)}
    if task.budget is not None:
        need = _least(task.but(budget=None), task.price, effort=effort)
        if need is not None:
            return "sites_budget", {"budget": task.budget, "need": need}
    endless = np.full(len(task.candidates), np.inf)
    roomy = task.but(candidates=task.candidates.assign(capacity=endless))
    if task.capacitated and _can(roomy, effort=effort):
        times = _times(task, effort=effort)
        return "sites_capacity" + "_none" * bool(np.isinf(times)), {"times": times}
    if task.groups and _can(task.but(groups=()), effort=effort):
        return "sites_groups", {"groups": _told(list(task.groups))}
    if len(task.apart) and _can(task.but(apart=task.apart[:0]), effort=effort):
        return "sites_apart", {}
    return "sites_together", {}


def _told(codes: list[str]) -> str:
    """Return the first codes, and how many more there are."""
    more = len(codes) - _NAMES
    listed = ", ".join(str(code) for code in codes[:_NAMES])
    return f"{listed} … (+{more})" if more > 0 else listed


def _counted(task: Task) -> Array:
    return (~task.kept).astype(float)


def _flow(task: Task, opening: Array) -> Flow:
    """Return the flow in which all demand must be served, at the cost of the sites."""
    required = task.model != "mclp"
    flow = Flow.of(task.but(model="lscp"))
    if not required:
        flow = flow.without_demand()
    return flow.priced(opening)


def _least(task: Task, opening: Array, *, effort: Effort) -> float | None:
    """Return the least that sites which meet the task cost; None: it cannot be met."""
    found = _flow(task, opening).solved(Clock(effort.seconds))
    if found.variables is None or found.status != "optimal":
        return None
    chosen = found.variables[: len(opening)] > _HALF
    return float(opening[chosen].sum())


def _can(task: Task, *, effort: Effort) -> bool:
    """Return whether a plan for the task is found."""
    nothing = np.zeros(len(task.candidates))
    return _least(task, nothing, effort=effort) is not None


def _times(task: Task, *, effort: Effort) -> float:
    """Return how many times the capacities would do, to 1 % and rounded up.

    inf where no multiple is found to do, as where a station has none.
    """
    capacity = task.column("capacity").astype(float)

    def does(times: float) -> bool:
        more = task.candidates.assign(capacity=capacity * times)
        return _can(task.but(candidates=more), effort=effort)

    few, enough = 1.0, 2.0
    while not does(enough):
        few, enough = enough, enough * 2
        if enough > _MOST_TIMES:
            return np.inf
    while enough - few > _FINE * few:
        middle = (few + enough) / 2
        few, enough = (few, middle) if does(middle) else (middle, enough)
    return float(np.ceil(enough * _HUNDRED) / _HUNDRED)


def _left(task: Task, *, effort: Effort) -> tuple[float, list[str]] | None:
    """Return the least weight that stays unserved under all rules, and whose it is.

    None where not even the sites can keep the rules.
    """
    weight = np.where(task.reachable, task.weight, 0.0)
    flow = Flow.of(task.but(model="mclp"))
    found: Solution = flow.solved(Clock(effort.seconds))
    if found.status == "infeasible":
        return None
    share = np.zeros(len(flow.site))
    if found.variables is not None:
        share = found.variables[len(task.candidates) :]
    served = np.bincount(flow.demand, weights=share, minlength=len(weight))
    left = weight * np.clip(1.0 - served, 0.0, 1.0)
    codes = task.demand.index.to_numpy()[left > _UNIT * np.maximum(weight, 1.0)]
    return round(float(left.sum()), 6), [str(code) for code in codes]

"""Some before all: the most of one measure, and within that the most weight.

Both are whole numbers, so that one sum puts them in order: a unit of the first
outweighs whatever the choice may add to the second.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.errors import UsageError
from geoplan.sites.answer import Answer, Plan, answered, gap
from geoplan.sites.curve import Curve
from geoplan.sites.task import Task, checked

Array = NDArray[Any]

_ALL = "of_all"  # the weight of the task itself, among the further measures
_HALF = 0.5
_UNIT = {False: _HALF, True: 1e-3}  # what is nearer is equal; True: with capacities


def putting_first(task: Task, measure: str) -> Task:
    """Return the task of covering most whose weight puts a measure first.

    Parameters
    ----------
    task : Task
        Of the model mclp; its demand has the measure as a column.

    Raises
    ------
    UsageError
        The task is of another model, or one of the two is no whole number.
    """
    if task.model != "mclp":
        raise UsageError.at("sites_model", value=task.model, known="mclp")
    first = _values(task, measure)
    for name, values in ((measure, first), ("weight", task.weight)):
        if (values != np.rint(values)).any():
            raise UsageError.at("sites_first", name=name)
    _, scale = _range(task)
    demand = task.demand.assign(
        weight=first * scale + task.weight, load=task.load, **{_ALL: task.weight}
    )
    return task.but(demand=demand)


def told_apart(answer: Answer, *, task: Task, measure: str) -> Answer:
    """Return the answer to ``putting_first`` in the figures of the task itself.

    Value and bound are of the measure; ``proved`` is said of both aims together.
    Sites stand in the order of the measure, their gain is of the task's weight.
    """
    task = checked(task.but(count=len(answer.sites)))
    codes, homes = task.candidates.index, task.demand.index
    rows = answer.assignment
    shares = rows.assign(
        site=codes.get_indexer(rows["site"]), demand=homes.get_indexer(rows["demand"])
    )
    plan = Plan(
        chosen=np.asarray(codes.isin(answer.sites.index)),
        value=answer.value,
        bound=answer.bound,
        stopped=answer.stopped,
        shares=shares[["site", "demand", "share"]] if task.capacitated else None,
    )
    own = answered(task, plan, seed=answer.seed)
    sites = answer.sites.drop(columns=f"gain_{_ALL}")
    sites["gain"] = answer.sites[f"gain_{_ALL}"]
    sites["cumulative"] = sites["gain"].cumsum()
    for name in ("only", "load", "mean_minutes", "worst_minutes"):
        sites[name] = own.sites[name]
    value = float((_values(task, measure)[shares["demand"]] * shares["share"]).sum())
    value = value if np.isfinite(answer.value) else np.nan
    bound = best_first(task, answer.bound)
    proved = answer.bound - answer.value < _UNIT[task.capacitated]
    proved = proved and not answer.broken
    stopped = "effort" if answer.stopped == "proved" and not proved else answer.stopped
    return replace(
        answer,
        value=value,
        bound=value if proved else bound,
        gap=0.0 if proved else gap(value, bound),
        proved=proved,
        stopped=stopped,
        sites=sites,
        uncovered=own.uncovered,
    )


def curve_apart(found: Curve, *, task: Task) -> Curve:
    """Return the curve of ``putting_first`` in the figures of the task itself.

    Its values and bounds are of the measure; a further column ``covered`` is the
    task's weight.
    """
    counts, (_, scale) = found.counts.copy(), _range(task)
    counts["covered"] = counts["value"]
    for name in ("value", "bound", "nested"):
        counts[name] = [best_first(task, whole) for whole in counts[name]]
    counts["covered"] -= counts["value"] * scale
    counts["gap"] = [gap(v, b) for v, b in counts[["value", "bound"]].to_numpy()]
    counts["marginal"] = counts["value"].diff()
    counts["lost"] = counts["value"] - counts["nested"]
    return replace(found, counts=counts)


def best_first(task: Task, bound: float) -> float:
    """Return the most of the first measure that a bound on the sum leaves open."""
    sure, scale = _range(task)
    return (
        float(np.floor((bound - sure + _HALF) / scale)) if np.isfinite(bound) else bound
    )


def _values(task: Task, measure: str) -> Array:
    return np.asarray(task.demand[measure].fillna(0.0).to_numpy(), dtype=float)


def _range(task: Task) -> tuple[float, float]:
    """Return the weight that every plan covers, and more than plans can differ by."""
    open_to = task.pairs["demand"].to_numpy()[task.must[task.pairs["site"].to_numpy()]]
    sure = np.zeros(len(task.demand), bool)
    sure[open_to] = not task.capacitated
    return float(task.weight[sure].sum()), 1.0 + float(task.weight[~sure].sum())

"""What is answered: sites, who goes where, who is left out, and how good that is."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan.sites.rules import Rules
from geoplan.sites.task import Model, Task

Array = NDArray[Any]
Stopped = Literal["proved", "time", "effort", "given"]

PROVED = 1e-6  #: relative gap below which a plan counts as proved, in floats
_SHARE = 1e-9  # of a demand: less is rounding
_ROOM = 1e-6  # of a capacity: what HiGHS may go beyond it


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """A choice of sites by position, with what is known of its worth."""

    chosen: Array  #: bool, one entry a site
    value: float  #: NaN where no plan was found
    bound: float
    stopped: Stopped
    #: with capacities: site, demand (positions), share; else None: each demand
    #: goes to its nearest open site
    shares: DataFrame | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """An answer to a task of siting.

    ``value`` and ``bound``: stations opened beyond those kept (lscp), weight
    covered (mclp), weight × minutes (p-median), worst minutes (p-center). No
    plan is better than the bound. The value is computed anew from ``sites`` and
    ``assignment``; NaN where the clock stopped before a plan was found.
    """

    model: Model
    value: float
    bound: float
    gap: float  #: between value and bound, of the larger one
    proved: bool
    #: proved, time (the clock), effort (as much as was asked for), given (judged)
    stopped: Stopped
    #: index = code, kept ones first, then by gain: rank, new (bool), gain,
    #: cumulative (weight reached first by it, and so far), load, capacity, cost,
    #: only (weight that no other open site reaches), mean_minutes, worst_minutes,
    #: gain_<measure> of each further number that the demand carries
    sites: DataFrame
    #: demand, site (codes), minutes, share
    assignment: DataFrame
    #: index = code of demand: weight left out, reason (out_of_reach, shut,
    #: not_chosen, capacity), further measures
    uncovered: DataFrame
    broken: tuple[str, ...]  #: rules that a given list breaks; () of a solved one
    seed: int


def gap(value: float, bound: float) -> float:
    """Return the distance of two figures, of the larger one; 1 if unknown."""
    if value == bound:
        return 0.0
    if not (np.isfinite(value) and np.isfinite(bound)):
        return 1.0
    return abs(value - bound) / max(abs(value), abs(bound))


def answered(task: Task, plan: Plan, *, seed: int) -> Answer:
    """Return the answer of a plan, its value computed from what is written."""
    assignment = _assignment(task, plan)
    value = scored(task, chosen=plan.chosen, assignment=assignment)
    if not np.isfinite(plan.value):
        value = np.nan
    apart = gap(value, plan.bound)
    broken = tuple(Rules.of(task).broken(plan.chosen))
    proved = apart <= PROVED and not broken
    return Answer(
        model=task.model,
        value=value,
        bound=plan.bound,
        gap=apart,
        proved=proved,
        stopped="proved" if proved and plan.stopped != "given" else plan.stopped,
        sites=_sites(task, plan.chosen, assignment),
        assignment=_named(task, assignment),
        uncovered=_uncovered(task, plan.chosen, assignment),
        broken=broken,
        seed=seed,
    )


def scored(task: Task, *, chosen: Array, assignment: DataFrame) -> float:
    """Return a plan's value from its sites and its assignment alone.

    Parameters
    ----------
    assignment : DataFrame
        site, demand (positions), minutes, share. Without capacities it is not
        believed: everyone goes to the nearest open site.

    Returns
    -------
    float
        NaN if demand in reach is not served that must be, or if the assignment
        uses a closed site, a walk that is not there or more than a capacity.
    """
    weight = np.where(task.reachable, task.weight, 0.0)
    if not task.capacitated:
        near = task.pairs[chosen[task.pairs["site"].to_numpy()]]
        assignment = near.sort_values("minutes").drop_duplicates("demand")
        assignment = assignment.assign(share=1.0)
    elif not _keeps_capacity(task, chosen, assignment):
        return np.nan
    demand, share = assignment["demand"].to_numpy(), assignment["share"].to_numpy()
    minutes = assignment["minutes"].to_numpy(dtype=float)
    served = np.bincount(demand, weights=share, minlength=len(weight))
    covered = float((weight * np.minimum(served, 1.0)).sum())
    if task.model == "mclp":
        return covered
    if covered < task.target * weight.sum() * (1 - _ROOM):
        return np.nan
    if task.model == "lscp":
        return float((chosen & ~task.kept).sum())
    if task.model == "p-median":
        return float((weight[demand] * share * minutes).sum())
    return float(minutes[(weight[demand] > 0) & (share > _SHARE)].max(initial=0.0))


def _keeps_capacity(task: Task, chosen: Array, assignment: DataFrame) -> bool:
    """Return whether an assignment uses open sites, real walks and no more room."""
    site, demand = assignment["site"].to_numpy(), assignment["demand"].to_numpy()
    share = assignment["share"].to_numpy()
    load = np.bincount(site, weights=task.load[demand] * share, minlength=len(chosen))
    capacity = task.column("capacity").astype(float)
    real = assignment.merge(task.pairs, on=["site", "demand", "minutes"])
    given = np.bincount(demand, weights=share, minlength=1)
    return bool(
        chosen[site].all()
        and len(real) == len(assignment)
        and (load <= capacity * (1 + _ROOM) + _ROOM).all()
        and (given <= 1 + _ROOM).all()
    )


def _assignment(task: Task, plan: Plan) -> DataFrame:
    """Return who goes where: site, demand (positions), minutes, share."""
    if plan.shares is not None:
        return task.pairs.merge(plan.shares, on=["site", "demand"])
    near = task.pairs[plan.chosen[task.pairs["site"].to_numpy()]]
    near = near[task.weight[near["demand"].to_numpy()] > 0]
    return near.drop_duplicates("demand").assign(share=1.0)


def _named(task: Task, assignment: DataFrame) -> DataFrame:
    """Return the assignment with codes, by demand."""
    rows = assignment.sort_values(["demand", "minutes", "site"])
    return DataFrame(
        {
            "demand": task.demand.index.to_numpy()[rows["demand"].to_numpy()],
            "site": task.candidates.index.to_numpy()[rows["site"].to_numpy()],
            "minutes": rows["minutes"].to_numpy(),
            "share": rows["share"].to_numpy(),
        }
    )


def measures(task: Task) -> list[str]:
    """Return the further numbers that the demand carries."""
    numbers = task.demand.select_dtypes("number").columns
    return [str(name) for name in numbers if name not in {"weight", "load"}]


def _sites(task: Task, chosen: Array, assignment: DataFrame) -> DataFrame:
    """Return the table of open sites."""
    order, first = _order(task, chosen, assignment)
    size, kept = len(chosen), task.kept
    weight = task.weight

    def sums(site: Array, values: Array) -> Array:
        return np.bincount(site, weights=values, minlength=size)[order]

    site, demand = (assignment[name].to_numpy() for name in ("site", "demand"))
    share, minutes = (assignment[name].to_numpy() for name in ("share", "minutes"))
    gains = sums(first["site"].to_numpy(), weight[first["demand"]] * first["share"])
    served = sums(site, weight[demand] * share)
    walked = sums(site, weight[demand] * share * minutes)
    worst = assignment.groupby("site")["minutes"].max().reindex(order)
    table = {
        "rank": np.arange(1, len(order) + 1),
        "new": ~task.column("existing").astype(bool)[order],
        "gain": gains,
        "cumulative": np.cumsum(gains),
        "load": sums(site, task.load[demand] * share),
        "capacity": task.column("capacity").astype(float)[order],
        "cost": np.where(kept, 0.0, task.price)[order],
        "only": _only(task, chosen)[order],
        "mean_minutes": np.divide(
            walked, served, out=np.full(len(order), np.nan), where=served > 0
        ),
        "worst_minutes": worst.to_numpy(),
    }
    for name in measures(task):
        values = task.demand[name].fillna(0).to_numpy(dtype=float)
        whose = values[first["demand"]] * first["share"]
        table[f"gain_{name}"] = sums(first["site"].to_numpy(), whose)
    return DataFrame(table, index=task.candidates.index[order].rename("code"))


def _order(task: Task, chosen: Array, assignment: DataFrame) -> tuple[Array, DataFrame]:
    """Return the open sites, kept ones first, then by gain, and whom each gains.

    With capacities whom a site serves is its gain, whatever the order.
    """
    kept = np.flatnonzero(chosen & task.kept)
    rest = np.flatnonzero(chosen & ~task.kept)
    if task.capacitated:
        served = assignment["share"] * task.weight[assignment["demand"].to_numpy()]
        gains = np.bincount(assignment["site"], weights=served, minlength=len(chosen))
        rest = rest[np.argsort(-gains[rest], kind="stable")]
        return np.concatenate([kept, rest]), assignment
    rows = task.pairs[chosen[task.pairs["site"].to_numpy()]]
    rows = rows[task.weight[rows["demand"].to_numpy()] > 0]
    site, demand = rows["site"].to_numpy(), rows["demand"].to_numpy()
    by_site = np.argsort(site, kind="stable")
    ends = np.searchsorted(site[by_site], np.arange(len(chosen) + 1))
    reach = [demand[by_site[ends[j] : ends[j + 1]]] for j in range(len(chosen))]
    left = task.weight.copy()
    order = [*_by_gain(kept, reach, left), *_by_gain(rest, reach, left)]
    place = np.full(len(chosen), len(chosen))
    place[order] = np.arange(len(order))
    first = rows.assign(place=place[site], share=1.0)
    first = first.sort_values(["demand", "place"]).drop_duplicates("demand")
    return np.array(order, dtype=np.int64), first


def _by_gain(sites: Array, reach: list[Array], left: Array) -> Iterator[int]:
    """Yield sites, the one first that gains most of what is left; ``left`` shrinks.

    A gain only falls, so that a site whose gain is still the highest when it is
    counted anew is the next.
    """
    queue = [(-float(left[reach[j]].sum()), int(j)) for j in sites]
    heapq.heapify(queue)
    while queue:
        _, j = heapq.heappop(queue)
        gain = float(left[reach[j]].sum())
        if queue and (-gain, j) > queue[0]:
            heapq.heappush(queue, (-gain, j))
            continue
        left[reach[j]] = 0.0
        yield j


def _only(task: Task, chosen: Array) -> Array:
    """Return the weight that no other open site reaches, of each site."""
    rows = task.pairs[chosen[task.pairs["site"].to_numpy()]]
    alone = rows.drop_duplicates("demand", keep=False)
    weight = task.weight[alone["demand"].to_numpy()]
    return np.bincount(alone["site"], weights=weight, minlength=len(chosen))


def _uncovered(task: Task, chosen: Array, assignment: DataFrame) -> DataFrame:
    """Return who is left out, how much of it, and why."""
    weight = task.weight
    served = np.bincount(
        assignment["demand"], weights=assignment["share"], minlength=len(weight)
    )
    left = np.clip(1.0 - served, 0.0, 1.0)
    left[left < _ROOM] = 0.0
    out = np.flatnonzero((left > 0) & (weight > 0))
    known = np.zeros(len(weight), bool)
    known[task.pairs["demand"].to_numpy()] = True
    open_to = np.zeros(len(weight), bool)
    at_hand = task.pairs[chosen[task.pairs["site"].to_numpy()]]
    open_to[at_hand["demand"].to_numpy()] = True
    reason = np.where(
        ~known,
        "out_of_reach",
        np.where(~task.reachable, "shut", np.where(open_to, "capacity", "not_chosen")),
    )
    table: dict[str, Any] = {"weight": (weight * left)[out], "reason": reason[out]}
    for name in measures(task):
        table[name] = (task.demand[name].to_numpy(dtype=float) * left)[out]
    frame = DataFrame(table, index=task.demand.index[out].rename("code"))
    return frame.astype({"reason": pd.StringDtype()})

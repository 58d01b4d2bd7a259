"""Two tiers at once: grid stations within the reach of a community station."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan.errors import UsageError
from geoplan.sites.answer import Answer
from geoplan.sites.solve import solve
from geoplan.sites.task import Effort, Task

Array = NDArray[Any]

_EFFORT = Effort()
_NONE: Array = np.empty((0, 2), np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Tiers:
    """The answer for both tiers together.

    ``whole``: value and bound are of the weight covered by the upper tier plus
    the weight covered by the lower; its codes carry the tier before a slash.
    """

    whole: Answer
    upper: tuple[str, ...]  #: codes of the open sites
    lower: tuple[str, ...]
    covered: tuple[float, float]  #: weight, by the upper and the lower tier


def two_tiers(
    upper: Task,
    lower: Task,
    *,
    within: DataFrame,
    same: Array = _NONE,
    effort: Effort = _EFFORT,
) -> Tiers:
    """Return sites of both tiers that cover most, the lower ones near an upper one.

    Parameters
    ----------
    upper, lower : Task
        Of the model mclp, each with a count; a budget is of both together.
    within : DataFrame
        upper, lower: positions of candidates that are near enough. A lower site
        opens beside an open upper one only, unless it is kept or locked open.
    same : array, shape (k, 2)
        Upper and lower candidates (positions) that are one room: but one opens.
    """
    if {upper.model, lower.model} != {"mclp"}:
        raise UsageError.at("sites_model", value=upper.model, known="mclp")
    first, homes = len(upper.candidates), len(upper.demand)
    leans = within[["lower", "upper"]].to_numpy(dtype=np.int64)
    leans = leans[~lower.must[leans[:, 0]]]
    lower = lower.but(candidates=_shut_if_far(lower, near=leans[:, 0]))
    task = Task(
        model="mclp",
        candidates=_both(_in_tier(upper, tier=0), _in_tier(lower, tier=1)),
        demand=_both(upper.demand, lower.demand),
        pairs=pd.concat(
            [
                upper.pairs,
                lower.pairs.assign(
                    site=lower.pairs["site"] + first,
                    demand=lower.pairs["demand"] + homes,
                ),
            ],
            ignore_index=True,
        ),
        count=(upper.counts[0], lower.counts[0]),
        budget=_sum(upper.budget, lower.budget),
        groups=tuple(
            f"{tier}/{group}"
            for tier, one in enumerate((upper, lower))
            for group in one.groups
        ),
        apart=np.concatenate(
            [upper.apart, lower.apart + first, same + np.array([0, first])]
        ),
        leans=leans + np.array([first, 0]),
    )
    return _told(task, solve(task, effort=effort))


def _told(task: Task, answer: Answer) -> Tiers:
    """Return the answer for both tiers, its sites and its weight tier by tier."""
    codes = [str(code) for code in answer.sites.index]
    served = answer.assignment["site"].astype(str).str.startswith("0/")
    demand = answer.assignment["demand"]
    weight = (
        task.demand["weight"].reindex(demand).to_numpy() * answer.assignment["share"]
    )
    return Tiers(
        whole=answer,
        upper=tuple(code[2:] for code in codes if code.startswith("0/")),
        lower=tuple(code[2:] for code in codes if code.startswith("1/")),
        covered=(float(weight[served].sum()), float(weight[~served].sum())),
    )


def _in_tier(task: Task, *, tier: int) -> DataFrame:
    """Return the candidates of a tier, its groups told from the other's."""
    groups = [f"{tier}/{group}" for group in task.column("group")]
    return task.candidates.assign(tier=tier, group=groups)


def _both(upper: DataFrame, lower: DataFrame) -> DataFrame:
    """Return the rows of both tiers, their codes told apart."""
    frames = [
        frame.set_axis([f"{tier}/{code}" for code in frame.index])
        for tier, frame in enumerate((upper, lower))
    ]
    return pd.concat(frames)


def _sum(one: float | None, other: float | None) -> float | None:
    """Return the budget of both; None if neither has one."""
    return None if one is None and other is None else (one or 0.0) + (other or 0.0)


def _shut_if_far(lower: Task, *, near: Array) -> DataFrame:
    """Return the lower candidates, those locked shut that no upper one is near."""
    far = ~np.isin(np.arange(len(lower.candidates)), near) & ~lower.must
    lock = np.where(far, "shut", lower.column("lock"))
    return lower.candidates.assign(lock=lock)

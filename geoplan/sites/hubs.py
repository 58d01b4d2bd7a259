"""Hubs: communities whose station serves the neighbours too."""

from dataclasses import dataclass

import numpy as np
from pandas import DataFrame

from geoplan.sites.answer import Answer
from geoplan.sites.solve import solve
from geoplan.sites.task import Effort, Task

_EFFORT = Effort()


@dataclass(frozen=True, kw_only=True, eq=False)
class Hubs:
    """Who is served from where."""

    answer: Answer  #: its value is the total walk: weight × minutes
    #: index = code of the hub: serves (codes of areas, nearest first), areas
    #: (their number), load, capacity, mean_minutes, worst_minutes
    hubs: DataFrame


def hubs(task: Task, *, effort: Effort = _EFFORT) -> Hubs:
    """Return the stations that serve all areas by the shortest total walk.

    Parameters
    ----------
    task : Task
        Candidates are the stations, demand the areas (communities), each served
        whole by one hub; pairs are the walks between an area and the stations of
        itself and of its neighbours. With capacities a hub takes so much load.

    Raises
    ------
    UsageError
        As ``solve``: too few hubs to serve every area, or too little capacity.
    """
    answer = solve(of_areas(task), effort=effort)
    return Hubs(answer=answer, hubs=serving(answer))


def of_areas(task: Task) -> Task:
    """Return the task as hubs have it: the shortest total walk of whole areas."""
    return task.but(model="p-median", whole=True)


def serving(answer: Answer) -> DataFrame:
    """Return which areas each hub of an answer serves, as ``Hubs.hubs``."""
    rows = answer.assignment.sort_values(["site", "minutes", "demand"], kind="stable")
    serves = rows.groupby("site")["demand"].agg(tuple).reindex(answer.sites.index)
    listed = [one if isinstance(one, tuple) else () for one in serves]
    kept = ["load", "capacity", "mean_minutes", "worst_minutes"]
    table = answer.sites[kept].assign(serves=listed)
    table["areas"] = np.array([len(one) for one in listed], dtype=int)
    return table

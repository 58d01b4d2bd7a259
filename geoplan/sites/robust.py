"""How much the choice hangs on what is not known: walking speeds, a closed station."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from geoplan.sites.answer import Answer, answered
from geoplan.sites.evaluate import evaluated, placed
from geoplan.sites.solve import solve
from geoplan.sites.task import Effort, Task, checked

_EFFORT = Effort()


@dataclass(frozen=True, kw_only=True, eq=False)
class Robust:
    """The best plan of each case, and how each does in the others."""

    answers: Mapping[str, Answer]  #: by case
    #: value of each case's sites (rows) in each case (columns)
    worth: DataFrame
    #: by case: what its sites lose at worst against the best of another case
    regret: Series
    chosen: str  #: the case whose sites lose least at worst; the first of equals
    often: Series  #: by site's code: share of the cases in which it is chosen


def robust(cases: Mapping[str, Task], *, effort: Effort = _EFFORT) -> Robust:
    """Return the plans of several cases of one task, each judged in all.

    Parameters
    ----------
    cases : mapping of str to Task
        The same candidates and demand, with the walks of another speed or with a
        station closed (``closed``). The first is the case that is expected.
    """
    answers = {name: solve(task, effort=effort) for name, task in cases.items()}
    ready = {name: checked(task) for name, task in cases.items()}
    worth = DataFrame(
        {
            name: [_in(task, answer) for answer in answers.values()]
            for name, task in ready.items()
        },
        index=list(answers),
    )
    best = Series({name: answer.value for name, answer in answers.items()})
    covers = next(iter(cases.values())).model == "mclp"
    lost = (best - worth) if covers else (worth - best)
    regret = lost.fillna(np.inf).max(axis=1)
    new = [answer.sites.index[answer.sites["new"]] for answer in answers.values()]
    counted = Series(np.concatenate(new)).value_counts() / len(answers)
    order = sorted(counted.index, key=lambda code: (-counted[code], str(code)))
    return Robust(
        answers=answers,
        worth=worth,
        regret=regret,
        chosen=str(regret.idxmin()),
        often=counted.reindex(order),
    )


def _in(task: Task, answer: Answer) -> float:
    """Return what an answer's sites are worth in another case."""
    open_there = task.candidates.index.isin(answer.sites.index)
    return evaluated(task, (open_there | task.kept) & ~task.never)


def closed(task: Task, *, site: str) -> Task:
    """Return the task in which one station or candidate is shut."""
    lock = pd.Series(task.column("lock"), index=task.candidates.index, dtype=object)
    lock[site] = "shut"
    return task.but(candidates=task.candidates.assign(lock=lock))


def closures(task: Task, *, answer: Answer) -> Series:
    """Return the value that stays when each open site of an answer closes in turn.

    By code, worst first; NaN where demand that must be served then is not.
    """
    task = checked(task)
    chosen = task.candidates.index.isin(answer.sites.index)
    kept = {}
    for code in answer.sites.index:
        left = chosen & (task.candidates.index != code)
        without = answered(task, placed(task, left), seed=answer.seed)
        kept[code] = without.value
    return Series(kept).sort_values(ascending=task.model == "mclp", kind="stable")

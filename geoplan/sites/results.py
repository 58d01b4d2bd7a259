"""An answer as the JSON contract has it."""

from typing import Any

import numpy as np

from geoplan.sites.answer import Answer, measures
from geoplan.sites.curve import Curve
from geoplan.sites.task import Task

_FIGURES = ("gain", "cumulative", "only", "load", "capacity", "cost")
_WALKS = ("mean_minutes", "worst_minutes")


def results(
    answer: Answer, *, task: Task, circle: str, curve: Curve | None = None
) -> dict[str, Any]:
    """Return the ``results`` of an answer to a task, for one circle by its name.

    What is not known (NaN) or not limited (inf) is null. Candidates' name and
    kind are told where their frame has them.
    """
    return {
        "model": answer.model,
        "circle": circle,
        "count": int(answer.sites["new"].sum()),
        "objective": _number(answer.value),
        "bound": _number(answer.bound),
        "gap": _number(answer.gap),
        "proved": answer.proved,
        "stopped": answer.stopped,
        "seed": answer.seed,
        "broken": list(answer.broken),
        "sites": _sites(answer, task),
        "uncovered": _uncovered(answer, task),
        "curve": [] if curve is None else _curve(curve),
        "nested": None if curve is None else curve.nested,
    }


def _sites(answer: Answer, task: Task) -> list[dict[str, Any]]:
    """Return one record a site, in the order of the table."""
    gains = [f"gain_{name}" for name in measures(task)]
    texts = [name for name in ("name", "kind") if name in task.candidates]
    told = []
    for code, row in answer.sites.iterrows():
        record = {"code": str(code), "rank": int(row["rank"]), "new": bool(row["new"])}
        record |= {name: str(task.candidates.at[code, name]) for name in texts}
        record |= {name: _number(row[name]) for name in (*_FIGURES, *_WALKS, *gains)}
        told.append(record)
    return told


def _uncovered(answer: Answer, task: Task) -> dict[str, Any]:
    """Return what stays uncovered: the weight, and by reason weight and demand."""
    rows = answer.uncovered
    return {
        "weight": _number(rows["weight"].sum()),
        "of": _number(float(task.weight.sum())),
        "reasons": {
            str(reason): {
                "weight": _number(part["weight"].sum()),
                "demand": [str(code) for code in part.index],
            }
            for reason, part in rows.groupby("reason")
        },
    }


def _curve(curve: Curve) -> list[dict[str, Any]]:
    """Return one record a count."""
    figures = ("value", "bound", "gap", "marginal", "nested", "lost")
    return [
        {
            "count": int(row["count"]),
            **{name: _number(row[name]) for name in figures},
            "proved": bool(row["proved"]),
            "stopped": row["stopped"],
            "next_site": row["next_site"],
        }
        for row in curve.counts.to_dict("records")
    ]


def _number(value: float) -> float | int | None:
    """Return a number that JSON can hold, whole ones as such."""
    if not np.isfinite(value):
        return None
    rounded = round(float(value), 6)
    return int(rounded) if rounded.is_integer() else rounded

"""Stations of a tier and of the one below, chosen together."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan import sites
from geoplan.errors import UsageError
from geoplan.model import Circle, Finding, Siting
from geoplan.recipes.between import walks_between
from geoplan.recipes.sites.asked import Asked, Ground, laid_out, task_of
from geoplan.recipes.sites.plans import siting_from
from geoplan.sites.answer import Plan, answered
from geoplan.sites.task import checked as in_order

_TIERS = ("街道级", "社区级", "网格级")
_ABOVE, _BELOW = 1, 3  # new stations, where nothing is said


def two_tiers_of(ground: Ground, *, asked: Asked, lang: str) -> tuple[Siting, Siting]:
    """Return the sites of a circle's tier, and those of the tier below.

    Raises
    ------
    UsageError
        The study has no circle of the tier below.
    """
    circle = _below(ground)
    under = laid_out(
        ground.study,
        network=ground.network,
        asked=replace(asked, circle=circle.name),
        lang=lang,
    )
    above = asked.counts[-1] if asked.counts else _ABOVE
    below = _BELOW if asked.below is None else asked.below
    walker = ground.study.walker
    upper = task_of(ground, asked=asked, walker=walker).but(count=above)
    lower = task_of(under, asked=asked, walker=walker).but(count=below, budget=None)
    walks = walks_between(
        ground.study,
        ground.network,
        ends=under.places.frame.geometry,
        stations=ground.places.frame,
        within=ground.limit(walker),
    ).rename(columns={"end": "lower", "station": "upper"})
    found = sites.two_tiers(
        upper,
        lower,
        within=walks,
        same=_same(ground, under),
        effort=asked.effort,
    )
    pages = ((ground.circle.name, "sites.html"), (circle.name, "sites_2.html"))
    told: list[Siting] = []
    for tier, (one, task) in enumerate(((ground, upper), (under, lower))):
        answer = _answer(found.whole, task=task, tier=tier)
        if tier:
            answer = _held(answer, told[0], walks=walks, grounds=(ground, under))
        siting = siting_from(one, task=task, answers=[answer], asked=asked)
        results = siting.results | {"model": asked.model}
        results["sites"] = _with_support(results["sites"], answer)
        told.append(replace(siting, beside=pages, results=results))
    return replace(told[0], findings=_joined(*told)), told[1]


def _joined(upper: Siting, lower: Siting) -> tuple[Finding, ...]:
    """Return the findings of both tiers, each of both once."""
    known = {(one.rule, one.code): one for one in (*upper.findings, *lower.findings)}
    return tuple(known.values())


def _below(ground: Ground) -> Circle:
    """Return the circle of the tier below that of a ground."""
    at = _TIERS.index(ground.circle.tier)
    below = [c for c in ground.study.circles if c.tier in _TIERS[at + 1 :]]
    if not below:
        raise UsageError.at("siting_no_tier", circle=ground.circle.name)
    return min(below, key=lambda circle: _TIERS.index(circle.tier))


def _same(ground: Ground, under: Ground) -> NDArray[np.int64]:
    """Return the pairs of candidates that are one room: shape (k, 2)."""
    if not ground.places.rooms:
        return np.empty((0, 2), np.int64)
    sides = [
        np.flatnonzero(~one.places.frame["existing"].to_numpy(dtype=bool))
        for one in (ground, under)
    ]
    return np.column_stack(sides)


def _answer(whole: sites.Answer, *, task: sites.Task, tier: int) -> sites.Answer:
    """Return what the answer for both tiers is for one; its proof is of both."""
    mark = f"{tier}/"
    codes = [str(code) for code in whole.sites.index]
    mine = [code.removeprefix(mark) for code in codes if code.startswith(mark)]
    task = in_order(task)
    rows = whole.assignment[whole.assignment["site"].str.startswith(mark)]
    shares = DataFrame(
        {
            "site": task.candidates.index.get_indexer(rows["site"].str[len(mark) :]),
            "demand": task.demand.index.get_indexer(rows["demand"].str[len(mark) :]),
            "share": rows["share"].to_numpy(),
        }
    )
    plan = Plan(
        chosen=np.asarray(task.candidates.index.isin(mine)),
        value=0.0,
        bound=np.nan,
        stopped=whole.stopped,
        shares=shares if task.capacitated else None,
    )
    return replace(
        answered(task, plan, seed=whole.seed),
        **{
            name: getattr(whole, name)
            for name in ("value", "bound", "gap", "proved", "stopped")
        },
    )


def _held(
    answer: sites.Answer,
    upper: Siting,
    *,
    walks: DataFrame,
    grounds: tuple[Ground, Ground],
) -> sites.Answer:
    """Return the lower answer with the upper station that each site leans on."""
    above, under = (one.places.frame.index for one in grounds)
    rows = DataFrame(
        {
            "supporter": above[walks["upper"]],
            "site": under[walks["lower"]],
            "supporter_minutes": walks["minutes"].to_numpy(),
        }
    )
    rows = rows[rows["supporter"].isin(upper.plan.sites.index)]
    near = rows.drop_duplicates("site").set_index("site")
    table = answer.sites.join(near)
    table["supporter"] = table["supporter"].fillna("").astype(str)
    table["supporter_name"] = (
        upper.places["name"].reindex(table["supporter"]).to_numpy()
    )
    return replace(answer, sites=table)


def _with_support(
    rows: list[dict[str, Any]], answer: sites.Answer
) -> list[dict[str, Any]]:
    """Return the records of sites with what each leans on, where that is known."""
    if "supporter" not in answer.sites:
        return rows
    held = answer.sites[["supporter", "supporter_minutes"]].itertuples(index=False)
    return [
        {
            **row,
            "supporter": code or None,
            "supporter_minutes": round(float(minutes), 6) if code else None,
        }
        for row, (code, minutes) in zip(rows, held, strict=True)
    ]

"""Answers of siting as plans that other rooms take: of the circle, and for whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from geopandas import GeoDataFrame
from pandas import Series

from geoplan import sites
from geoplan.model import GROUPS, Finding, SitePlan, Siting
from geoplan.presets import figure
from geoplan.recipes.sites.asked import WIDE, Asked, Ground
from geoplan.recipes.sites.weights import UNMANAGED
from geoplan.recipes.sites.what_if import walking_graph
from geoplan.sites.answer import Plan, answered
from geoplan.sites.task import checked as in_order


@dataclass(frozen=True, kw_only=True, eq=False)
class Often:
    """How often each site is chosen in several cases, and the record of it."""

    shares: Series
    record: dict[str, object]


def siting_from(
    ground: Ground,
    *,
    task: sites.Task,
    answers: Sequence[sites.Answer],
    asked: Asked,
    told: sites.Curve | None = None,
    often: Often | None = None,
) -> Siting:
    """Return the answers to a task, one a count, as other rooms take them."""
    walker = ground.study.walker
    cover = in_order(task.but(model="mclp", count=1)).within(ground.limit(walker))
    within = [in_circle(task, cover, answer) for answer in answers]
    plans = tuple(
        plan_of(answer, near, task=cover, counted=ground.counted)
        for answer, near in zip(answers, within, strict=True)
    )
    reached = reached_now(ground, cover)
    before = float(cover.weight[reached.notna()].sum())
    record = sites.results(within[-1], task=task, circle=ground.circle.name, curve=told)
    results = {
        **held_back(record, counted=ground.counted),
        "count": plans[-1].count,
        "covered": plans[-1].covered,
        "total": float(task.weight.sum()),
        "weight": ground.counted,
        "first": _first(task, answers[-1], reached=reached, measure=asked.first),
        "curve": _curve(record["curve"], plans=plans, task=task, told=told),
    }
    return Siting(
        circle=ground.circle,
        walker=walker,
        model=asked.model,
        counted=ground.counted,
        total=float(task.weight.sum()),
        before=before,
        places=places_table(ground, adds=alone(ground, cover)),
        homes=homes_of(ground, reached=reached),
        plans=plans,
        curve=told is not None,
        nested=nested(plans),
        rooms=ground.places.rooms,
        closing=asked.close,
        limits=limits(asked),
        cost_word=cost_word(ground),
        often=often.shares if often else None,
        findings=(*ground.findings, *_silent(ground)),
        walking=walking_graph(ground),
        results=results | {"before": before, "robust": often and often.record},
        first=asked.first,
    )


def _first(
    task: sites.Task, answer: sites.Answer, *, reached: Series, measure: str
) -> dict[str, Any] | None:
    """Return how much of what goes first is reached, before and after."""
    if not measure:
        return None
    values = task.demand[measure]
    figures = {
        "before": float(values[reached.notna()].sum()),
        "covered": answer.value,
        "total": float(values.sum()),
    }
    return {"measure": measure, **figures}


def in_circle(
    task: sites.Task, cover: sites.Task, answer: sites.Answer
) -> sites.Answer:
    """Return an answer with gains and uncovered demand of the circle.

    Models of walks however far count whom a site brings within the circle.
    """
    if task.model not in WIDE:
        return answer
    codes, homes = cover.candidates.index, cover.demand.index
    rows = answer.assignment
    shares = rows.assign(
        site=codes.get_indexer(rows["site"]), demand=homes.get_indexer(rows["demand"])
    )
    plan = Plan(
        chosen=np.asarray(codes.isin(answer.sites.index)),
        value=0.0,
        bound=np.nan,
        stopped="given",
        shares=shares[["site", "demand", "share"]] if task.capacitated else None,
    )
    near = answered(cover, plan, seed=answer.seed)
    walked = answer.sites.reindex(near.sites.index)
    table = near.sites.copy()
    for name in ("load", "capacity", "mean_minutes", "worst_minutes"):
        table[name] = walked[name]
    return replace(answer, sites=table, uncovered=near.uncovered)


def plan_of(
    answer: sites.Answer, near: sites.Answer, *, task: sites.Task, counted: str
) -> SitePlan:
    """Return a plan as other rooms take it; ``counted``: what its weights are."""
    table = near.sites.copy()
    kept = task.candidates.index[task.kept]
    for name in of_groups(table, counted=counted):
        table[name] = told(table[name])
    left = float(near.uncovered["weight"].sum())
    assignment = answer.assignment.rename(
        columns={"demand": "building", "site": "station"}
    )
    return SitePlan(
        count=int((~table.index.isin(kept)).sum()),
        covered=float(task.weight.sum()) - left,
        value=answer.value,
        bound=answer.bound,
        gap=answer.gap,
        proved=answer.proved,
        stopped=answer.stopped,
        sites=table,
        assignment=assignment[["building", "station", "minutes", "share"]],
        gained=_gained(near, task=task),
        uncovered=near.uncovered,
    )


def of_groups(names: Iterable[object], *, counted: str) -> list[str]:
    """Return the columns that count persons of a special group."""
    found = {f"gain_{group}" for group in GROUPS}
    if counted in GROUPS:
        found |= {"gain", "only", "load"}
    return [str(name) for name in names if str(name) in found]


def told(counts: Series) -> Series:
    """Return counts of a special group without those too small to be told."""
    return counts.mask((counts > 0) & (counts < figure("small")))


def _gained(near: sites.Answer, *, task: sites.Task) -> Series:
    """Return the site that is the first of the order to reach each home."""
    if task.capacitated:
        rows = near.assignment.sort_values("share", ascending=False, kind="stable")
        first = rows.drop_duplicates("demand").set_index("demand")["site"]
        return first.rename_axis("building")
    place = near.sites["rank"].reindex(task.candidates.index).to_numpy()
    rows = task.pairs.assign(rank=place[task.pairs["site"].to_numpy()])
    rows = rows[rows["rank"].notna()].sort_values(["demand", "rank"])
    rows = rows.drop_duplicates("demand")
    codes = task.candidates.index.to_numpy()[rows["site"].to_numpy()]
    index = task.demand.index[rows["demand"].to_numpy()]
    return Series(codes, index=index, name="site").rename_axis("building")


def reached_now(ground: Ground, cover: sites.Task) -> Series:
    """Return the minutes to the nearest station there is, NaN beyond the circle."""
    old = ground.places.frame["existing"].to_numpy(dtype=bool)
    rows = cover.pairs[old[cover.pairs["site"].to_numpy()]]
    least = rows.groupby("demand")["minutes"].min()
    minutes = least.reindex(np.arange(len(cover.demand)))
    return Series(minutes.to_numpy(), index=cover.demand.index)


def homes_of(ground: Ground, *, reached: Series) -> GeoDataFrame:
    """Return the buildings: who lives there, and how far it is now."""
    homes = ground.homes
    shown = homes[["name", "grid", "community", "households", "people"]]
    table = shown.assign(before=reached, asked=ground.demand["weight"] > 0)
    if ground.counted not in {*GROUPS, *table}:
        table[ground.counted] = ground.demand["weight"]
    if UNMANAGED in ground.demand:
        table[UNMANAGED] = ground.demand[UNMANAGED]
    shape = ground.study.layers.buildings.geometry
    return GeoDataFrame(table, geometry=shape, crs=shape.crs)


def alone(ground: Ground, cover: sites.Task) -> Series:
    """Return what each place alone would add within the circle, by code."""
    frame = ground.places.frame
    left = cover.weight * reached_now(ground, cover).isna().to_numpy()
    gain = left[cover.pairs["demand"].to_numpy()]
    sums = np.bincount(cover.pairs["site"], weights=gain, minlength=len(frame))
    found = Series(sums, index=frame.index)
    return told(found) if ground.counted in GROUPS else found


def places_table(ground: Ground, *, adds: Series | float) -> GeoDataFrame:
    """Return stations and candidates as other rooms take them.

    ``adds``: by code, what each alone would add; NaN where that is not asked.
    """
    frame = ground.places.frame
    columns = ["name", "kind", "existing", "area_m2", "cost", "available"]
    off = ground.stand.stations.things["off_network"]
    table = frame[[*columns, "community", "grid", "geometry"]]
    return GeoDataFrame(table.assign(off_network=off, alone=adds), crs=frame.crs)


def held_back(results: dict[str, Any], *, counted: str) -> dict[str, Any]:
    """Return results without the small counts of special groups."""

    def large(row: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
        small = {k for k in keys if 0 < (row[k] or 0) < figure("small")}
        return {k: None if k in small else v for k, v in row.items()}

    left = results["uncovered"]
    if counted in GROUPS:
        reasons = {k: large(v, ["weight"]) for k, v in left["reasons"].items()}
        left = {**large(left, ["weight"]), "reasons": reasons}
    rows = [large(row, of_groups(row, counted=counted)) for row in results["sites"]]
    return {**results, "sites": rows, "uncovered": left}


def nested(plans: tuple[SitePlan, ...]) -> bool:
    """Return whether each plan holds the one before it."""
    held = [set(plan.sites.index) for plan in plans]
    return all(a <= b for a, b in pairwise(held))


def _curve(
    rows: list[dict[str, object]],
    *,
    plans: tuple[SitePlan, ...],
    task: sites.Task,
    told: sites.Curve | None,
) -> list[dict[str, object]]:
    """Return the curve with the weight that each count covers."""
    if told is None:
        return []
    covered = {plan.count: plan.covered for plan in plans}
    if task.model == "mclp":
        column = "covered" if "covered" in told.counts else "value"
        known = told.counts[column].dropna()
        covered |= {int(str(count)): float(n) for count, n in known.items()}
    return [
        {
            "count": row["count"],
            "covered": covered.get(int(str(row["count"]))),
            **{k: v for k, v in row.items() if k != "count"},
        }
        for row in rows
    ]


def limits(asked: Asked) -> tuple[str, ...]:
    """Return the further rules asked for, by the names of their texts."""
    said = {
        "own": asked.own,
        "capacity": bool(asked.capacity),
        "budget": asked.budget is not None,
        f"per_{asked.per}": bool(asked.per),
        "apart": asked.apart_m > 0,
        "close": asked.close,
        "speeds": bool(asked.speeds),
        "without": bool(asked.without),
    }
    return tuple(name for name, on in said.items() if on)


def cost_word(ground: Ground) -> str:
    """Return what the office's file calls the cost."""
    files = {file.layer: file for file in ground.study.files}
    told = files.get("candidates")
    return "" if told is None else told.columns.get("cost", "")


def _silent(ground: Ground) -> tuple[Finding, ...]:
    """Return that nobody is left to be served, if so."""
    old = ground.places.frame["existing"]
    if old.any():
        return ()
    return (Finding(rule="siting_no_station", level="info", layer="stations"),)

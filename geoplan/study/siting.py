"""The recipe of siting: from a study file to the sites that are suggested."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from geopandas import GeoDataFrame
from pandas import Series

from geoplan import maps, sites
from geoplan.files import together, write_text
from geoplan.maps.sites_page import sites_page
from geoplan.model import GROUPS, Finding, SitePlan, Siting
from geoplan.presets import figure
from geoplan.sites.answer import Plan, answered
from geoplan.sites.task import checked as in_order
from geoplan.study.asked import WIDE, Asked, Ground, counts_of, laid_out, task_of
from geoplan.study.imprint import imprint
from geoplan.study.lists import listed
from geoplan.study.reading import read_study
from geoplan.study.recipe import Done, Run, Tell, checked, network_of
from geoplan.study.site_files import write_sites

_ENOUGH = 1e-9  # of the total: a station that adds less adds nothing


def site_study(
    path: Path | str,
    *,
    asked: Asked,
    out: Path,
    lang: str,
    progress: Tell,
    force: bool = False,
) -> Done:
    """Suggest station sites for a study and write map and tables into a folder.

    Writes ``sites.html``, ``.gpkg``, ``.csv`` and ``.json``.

    Raises
    ------
    GeoplanError
        If something cannot be used as it is, or the task cannot be met; nothing
        is written then.
    """
    run = Run(progress=progress, lang=lang, seconds={})
    with run.step("read", path=path):
        study = checked(read_study(path, tell=run.tell), force=force, lang=lang)
    with run.step("network", path=study.network_path.name):
        network = network_of(study)
    with run.step("sites_walks", name=study.name):
        ground = laid_out(study, network=network, asked=asked, lang=lang)
    with run.step("sites_solve", model=asked.model):
        siting = siting_of(ground, asked=asked)
    found = (*study.findings, *siting.findings)
    siting = replace(siting, findings=found)
    with run.step("write", out=out), together(out) as place:
        page = sites_page(
            siting,
            layers=study.layers,
            network=network,
            surroundings=study.ways.surroundings,
            imprint=imprint(study, lang=lang),
            lang=lang,
        )
        write_text(place / "sites.html", page)
        write_sites(study, siting, asked=asked, out=place, run=run)
    entries: tuple[maps.Entry, ...] = ()
    return Done(findings=found, pages=(out / "sites.html",), entries=entries)


def siting_of(ground: Ground, *, asked: Asked) -> Siting:
    """Return the sites that are suggested, or what a given list achieves."""
    walker = ground.study.walker
    task = task_of(ground, asked=asked, walker=walker)
    answers, told = _answers(ground, task, asked=asked)
    cover = in_order(task.but(model="mclp", count=1)).within(ground.limit(walker))
    within = [_in_circle(task, cover, answer) for answer in answers]
    plans = tuple(
        _plan(answer, near, task=cover, group=ground.counted in GROUPS)
        for answer, near in zip(answers, within, strict=True)
    )
    last = within[-1]
    often, robust = _often(ground, asked=asked, count=plans[-1].count)
    results = sites.results(last, task=task, circle=ground.circle.name, curve=told)
    return Siting(
        circle=ground.circle,
        walker=walker,
        model=asked.model,
        counted=ground.counted,
        total=float(task.weight.sum()),
        before=_before(ground, cover),
        places=_places(ground, cover),
        homes=_homes(ground, cover),
        plans=plans,
        curve=told is not None,
        nested=_nested(plans),
        rooms=ground.places.rooms,
        closing=asked.close,
        limits=_limits(asked),
        cost_word=_cost_word(ground),
        often=often,
        findings=(*ground.findings, *_silent(ground)),
        results={
            **_held_back(results, weighed=ground.counted in GROUPS),
            "count": plans[-1].count,
            "covered": plans[-1].covered,
            "total": float(task.weight.sum()),
            "before": _before(ground, cover),
            "weight": ground.counted,
            "curve": _curve(results["curve"], plans=plans, task=task, told=told),
            "robust": robust,
        },
    )


def _answers(
    ground: Ground, task: sites.Task, *, asked: Asked
) -> tuple[list[sites.Answer], sites.Curve | None]:
    """Return the answers, one a count, and their curve if it was asked for."""
    counts, effort = counts_of(ground, asked=asked), asked.effort
    if asked.evaluate is not None:
        names = listed(asked.evaluate, places=ground.places.frame)
        one = task.but(count=1)  # the list says how many
        return [sites.evaluate(one, sites=names, effort=effort)], None
    if counts is None or asked.model == "lscp":
        most = None if counts is None else counts[-1]
        return [sites.solve(task.but(count=most), effort=effort)], None
    told = sites.curve(task, counts=counts, effort=effort)
    answers = list(told.answers)
    return _needed(answers) if len(counts) > 1 else answers, told


def _needed(answers: list[sites.Answer]) -> list[sites.Answer]:
    """Return the answers up to the last station that adds anything."""
    best = answers[-1].value
    for k, answer in enumerate(answers):
        if abs(answer.value - best) <= _ENOUGH * max(1.0, abs(best)):
            return answers[: k + 1]
    return answers


def _in_circle(
    task: sites.Task, cover: sites.Task, answer: sites.Answer
) -> sites.Answer:
    """Return an answer with gains and uncovered demand of the circle.

    Models of walks however far count whom a site brings within the circle.
    """
    if task.model not in WIDE or task.capacitated:
        return answer
    chosen = cover.candidates.index.isin(answer.sites.index)
    plan = Plan(chosen=chosen, value=0.0, bound=np.nan, stopped="given")
    near = answered(cover, plan, seed=answer.seed)
    walked = answer.sites.reindex(near.sites.index)
    table = near.sites.copy()
    for name in ("load", "capacity", "mean_minutes", "worst_minutes"):
        table[name] = walked[name]
    return replace(answer, sites=table, uncovered=near.uncovered)


def _plan(
    answer: sites.Answer, near: sites.Answer, *, task: sites.Task, group: bool
) -> SitePlan:
    """Return a plan as other rooms take it; ``group``: its weights are persons."""
    table = near.sites.copy()
    kept = task.candidates.index[task.kept]
    for name in _of_groups(table, weighed=group):
        table[name] = _said(table[name])
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


def _of_groups(names: Iterable[object], *, weighed: bool) -> list[str]:
    """Return the columns that count persons of a special group."""
    by_weight = ("gain", "only", "load") if weighed else ()
    return [str(n) for n in names if str(n).startswith("gain_") or n in by_weight]


def _said(counts: Series) -> Series:
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


def _before(ground: Ground, cover: sites.Task) -> float:
    """Return the weight within the circle of the stations there are."""
    return float(cover.weight[_reached_now(ground, cover).notna()].sum())


def _reached_now(ground: Ground, cover: sites.Task) -> Series:
    """Return the minutes to the nearest station there is, NaN beyond the circle."""
    old = ground.places.frame["existing"].to_numpy(dtype=bool)
    rows = cover.pairs[old[cover.pairs["site"].to_numpy()]]
    least = rows.groupby("demand")["minutes"].min()
    minutes = least.reindex(np.arange(len(cover.demand)))
    return Series(minutes.to_numpy(), index=cover.demand.index)


def _homes(ground: Ground, cover: sites.Task) -> GeoDataFrame:
    """Return the buildings: who lives there, and how far it is now."""
    homes = ground.homes
    shown = homes[["name", "grid", "community", "households", "people"]]
    table = shown.assign(
        before=_reached_now(ground, cover), asked=ground.demand["weight"] > 0
    )
    shape = ground.study.layers.buildings.geometry
    return GeoDataFrame(table, geometry=shape, crs=shape.crs)


def _places(ground: Ground, cover: sites.Task) -> GeoDataFrame:
    """Return stations and candidates as other rooms take them."""
    frame = ground.places.frame
    left = cover.weight * _reached_now(ground, cover).isna().to_numpy()
    gain = left[cover.pairs["demand"].to_numpy()]
    alone = np.bincount(cover.pairs["site"], weights=gain, minlength=len(frame))
    told = Series(alone, index=frame.index)
    if ground.counted in GROUPS:
        told = _said(told)
    columns = ["name", "kind", "existing", "area_m2", "cost", "available"]
    off = ground.stand.stations.things["off_network"]
    table = frame[[*columns, "community", "grid", "geometry"]]
    return GeoDataFrame(table.assign(off_network=off, alone=told), crs=frame.crs)


def _nested(plans: tuple[SitePlan, ...]) -> bool:
    """Return whether each plan holds the one before it."""
    held = [set(plan.sites.index) for plan in plans]
    return all(a <= b for a, b in pairwise(held))


def _often(
    ground: Ground, *, asked: Asked, count: int
) -> tuple[Series | None, dict[str, object] | None]:
    """Return how often each site is chosen at other speeds, and the record of it."""
    if not asked.speeds or asked.evaluate is not None:
        return None, None
    walker = ground.study.walker
    speeds = [walker.speed, *(s for s in asked.speeds if s != walker.speed)]
    cases = {
        f"{speed:g}": task_of(ground, asked=asked, walker=walker.at(speed)).but(
            count=None if asked.model == "lscp" else count
        )
        for speed in speeds
    }
    found = sites.robust(cases, effort=asked.effort)
    record: dict[str, object] = {
        "speeds_m_s": speeds,
        "chosen": found.chosen,
        "often": {str(k): round(float(v), 4) for k, v in found.often.items()},
        "worth": {str(k): v for k, v in found.worth.to_dict("index").items()},
        "regret": {str(k): float(v) for k, v in found.regret.items()},
    }
    return found.often, record


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
    most = task.model == "mclp"
    return [
        {
            "count": row["count"],
            "covered": row["value"] if most else covered.get(int(str(row["count"]))),
            **{k: v for k, v in row.items() if k != "count"},
        }
        for row in rows
    ]


def _held_back(results: dict[str, Any], *, weighed: bool) -> dict[str, Any]:
    """Return results without the small counts of special groups."""

    def told(row: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
        small = {k for k in keys if 0 < (row[k] or 0) < figure("small")}
        return {k: None if k in small else v for k, v in row.items()}

    left = results["uncovered"]
    if weighed:
        reasons = {k: told(v, ["weight"]) for k, v in left["reasons"].items()}
        left = {**told(left, ["weight"]), "reasons": reasons}
    rows = [told(row, _of_groups(row, weighed=weighed)) for row in results["sites"]]
    return {**results, "sites": rows, "uncovered": left}


def _limits(asked: Asked) -> tuple[str, ...]:
    """Return the further rules asked for, by the names of their texts."""
    said = {
        "own": asked.own,
        "capacity": bool(asked.capacity),
        "budget": asked.budget is not None,
        f"per_{asked.per}": bool(asked.per),
        "apart": asked.apart_m > 0,
        "close": asked.close,
    }
    return tuple(name for name, on in said.items() if on)


def _cost_word(ground: Ground) -> str:
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

"""Hubs of a study (中心社区): communities whose station serves the neighbours too."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan import sites
from geoplan.errors import UsageError
from geoplan.model import SitePlan, Siting
from geoplan.recipes.sites.asked import FAR, Asked, Ground, capacities
from geoplan.recipes.sites.plans import (
    held_back,
    homes_of,
    limits,
    nested,
    of_groups,
    places_table,
    told,
)
from geoplan.sites.hubs import of_areas, serving

_NEAR = 1.0  # m: borders nearer than this are one …
_BORDER = 10.0  # m: … and neighbours share so much of it


@dataclass(frozen=True, kw_only=True, eq=False)
class _Town:
    """A study as hubs see it: areas, and who of them can walk to which station."""

    ground: Ground
    task: sites.Task  #: of areas
    walks: DataFrame  #: site, demand (building), minutes; as ``Ground.pairs``
    area: NDArray[np.int64]  #: of each building, position; -1 outside all

    @classmethod
    def of(cls, ground: Ground, *, asked: Asked) -> "_Town":
        walks = ground.pairs(FAR, walker=ground.study.walker)
        areas = ground.study.layers.communities
        area = areas.index.get_indexer(ground.homes["community"])
        known = np.zeros(len(area), bool)
        known[walks["demand"].to_numpy()] = True
        weight = np.where(known & (area >= 0), ground.demand["weight"], 0.0)
        sums = np.bincount(area[area >= 0], weight[area >= 0], minlength=len(areas))
        task = sites.Task(
            model="p-median",
            candidates=_candidates(ground, asked=asked),
            demand=DataFrame({"weight": sums}, index=areas.index),
            pairs=_means(walks, area=area, weight=weight, near=_near(ground)),
            count=1,
        )
        return cls(ground=ground, task=of_areas(task), walks=walks, area=area)

    def homes(self, answer: sites.Answer) -> DataFrame:
        """Return each home's hub and walk: building, station, minutes, share.

        None where its area has no hub, or the walk is longer than an hour.
        """
        rows = answer.assignment.set_index("demand")["site"]
        hub = rows.reindex(self.task.demand.index)
        site = self.task.candidates.index.get_indexer(hub.fillna(""))
        mine = np.append(site, -1)[self.area]
        walks = self.walks[
            self.walks["site"].to_numpy() == mine[self.walks["demand"].to_numpy()]
        ]
        return DataFrame(
            {
                "building": self.ground.demand.index[walks["demand"]],
                "station": self.task.candidates.index[walks["site"]],
                "minutes": walks["minutes"].to_numpy(),
                "share": 1.0,
            }
        ).sort_values("building", kind="stable", ignore_index=True)


def hubs_of(ground: Ground, *, asked: Asked) -> Siting:
    """Return the communities that are suggested as hubs, and whom they serve.

    Raises
    ------
    UsageError
        No so many hubs, or none of their capacities, can serve every community.
    """
    town = _Town.of(ground, asked=asked)
    answers = _answers(town, asked=asked)
    today = town.walks.groupby("demand")["minutes"].min()
    today = today.reindex(np.arange(len(ground.demand)))
    today = today.where(today <= ground.limit(ground.study.walker))
    reached = Series(today.to_numpy(), index=ground.demand.index)
    plans = tuple(_plan(town, answer) for answer in answers)
    weight = ground.demand["weight"]
    before = float(weight[reached.notna()].sum())
    return Siting(
        circle=ground.circle,
        walker=ground.study.walker,
        model="hubs",
        counted=ground.counted,
        total=float(weight.sum()),
        before=before,
        places=places_table(ground, adds=np.nan).assign(cost=np.nan),
        homes=homes_of(ground, reached=reached),
        plans=plans,
        curve=len(plans) > 1,
        nested=nested(plans),
        rooms=True,
        closing=True,
        limits=limits(asked),
        cost_word="",
        often=None,
        findings=ground.findings,
        results=_results(town, answers, plans=plans) | {"before": before},
    )


def bordering(areas: GeoDataFrame) -> NDArray[np.bool_]:
    """Return which areas are neighbours, each its own too; shape (n, n).

    They share at least 10 m of border; what lies within 1 m counts as shared.
    """
    shapes = areas.geometry.to_numpy()
    met = np.eye(len(shapes), dtype=bool)
    one, other = shapely.STRtree(shapes).query(
        shapes, predicate="dwithin", distance=_NEAR
    )
    border = shapely.intersection(
        shapely.boundary(shapes[one]), shapely.buffer(shapes[other], _NEAR)
    )
    long = shapely.length(border) >= _BORDER
    met[one[long], other[long]] = True
    return np.asarray(met | met.T)


def _near(ground: Ground) -> NDArray[np.bool_]:
    """Return which areas each station may serve: its own and the neighbours."""
    areas = ground.study.layers.communities
    own = areas.index.get_indexer(ground.places.frame["community"])
    return np.asarray(bordering(areas)[own] & (own >= 0)[:, None])


def _candidates(ground: Ground, *, asked: Asked) -> DataFrame:
    table = DataFrame(ground.places.frame[["name", "kind"]])
    return capacities(table, ground=ground, asked=asked)


def _means(
    walks: DataFrame,
    *,
    area: NDArray[np.int64],
    weight: NDArray[np.float64],
    near: NDArray[np.bool_],
) -> DataFrame:
    """Return the mean walks of areas to the stations that may serve them.

    A home that can walk to some station but not to this one within an hour
    counts an hour.
    """
    site, home = walks["site"].to_numpy(), walks["demand"].to_numpy()
    shape = near.shape
    inside = area[home] >= 0
    cell = site[inside] * shape[1] + area[home[inside]]
    saved = (FAR - walks["minutes"].to_numpy()[inside]) * weight[home[inside]]
    sums = np.bincount(cell, saved, minlength=near.size).reshape(shape)
    there = area >= 0
    whole = np.bincount(area[there], weight[there], minlength=shape[1])
    stations, areas = np.nonzero(near & (sums > 0))
    minutes = FAR - sums[stations, areas] / whole[areas]
    return DataFrame({"site": stations, "demand": areas, "minutes": minutes})


def _answers(town: _Town, *, asked: Asked) -> list[sites.Answer]:
    """Return the answers, one a count; without a count, of the fewest that do."""
    task, effort = town.task, asked.effort
    if asked.evaluate is not None:
        listed = town.ground.listed
        return [sites.evaluate(task, sites=listed, effort=effort)]
    counts = asked.counts
    if counts is None:
        fewest = sites.solve(task.but(model="lscp", count=None), effort=effort)
        counts = range(len(fewest.sites), len(fewest.sites) + 1)
    most = min(counts[-1], len(task.candidates))
    answers = [sites.hubs(task.but(count=most), effort=effort).answer]
    for count in reversed(range(min(counts[0], most), most)):
        try:
            answers.append(sites.hubs(task.but(count=count), effort=effort).answer)
        except UsageError:
            break  # with fewer still less
    return answers[::-1]


def _plan(town: _Town, answer: sites.Answer) -> SitePlan:
    """Return a plan by homes: who walks to which hub, and how far."""
    ground = town.ground
    weight, homes = ground.demand["weight"], town.homes(answer)
    limit = ground.limit(ground.study.walker)
    near = homes[homes["minutes"] <= limit].set_index("building")["station"]
    left = _left(town, near=near)
    sums = homes.assign(weight=weight[homes["building"]].to_numpy())
    table = answer.sites.join(serving(answer)[["serves", "areas"]])
    called = ground.study.layers.communities["name"]
    table["serves_names"] = [
        "、".join(str(called[code]) for code in codes) for codes in table["serves"]
    ]
    table["new"] = True
    table["gain"] = table["load"]
    table = table.sort_values("gain", ascending=False, kind="stable")
    table["rank"] = np.arange(1, len(table) + 1)
    table["cumulative"] = table["gain"].cumsum()
    inside = sums[sums["minutes"] <= limit].groupby("station")["weight"].sum()
    table["within"] = inside.reindex(table.index).fillna(0.0)
    table["worst_minutes"] = (
        homes.groupby("station")["minutes"].max().reindex(table.index)
    )
    for name in of_groups(table, counted=ground.counted):
        table[name] = told(table[name])
    return SitePlan(
        count=len(table),
        covered=float(weight[near.index].sum()),
        value=answer.value,
        bound=answer.bound,
        gap=answer.gap,
        proved=answer.proved,
        stopped=answer.stopped,
        sites=table,
        assignment=homes,
        gained=near.rename("site"),
        uncovered=left,
    )


def _left(town: _Town, *, near: Series) -> DataFrame:
    """Return who has no hub within the circle: weight, reason."""
    weight = town.ground.demand["weight"]
    out = weight[(weight > 0) & ~weight.index.isin(near.index)]
    known = np.zeros(len(weight), bool)
    known[town.walks["demand"].to_numpy()] = True
    walked = Series(known, index=weight.index)[out.index]
    reason = np.where(walked, "beyond", "out_of_reach")
    table = DataFrame({"weight": out, "reason": pd.array(reason, dtype="string")})
    return table.rename_axis("code")


def _results(
    town: _Town, answers: list[sites.Answer], *, plans: tuple[SitePlan, ...]
) -> dict[str, Any]:
    """Return the record of the last plan, and of all counts."""
    answer, plan, counted = answers[-1], plans[-1], town.ground.counted
    whole = replace(answer, sites=plan.sites, uncovered=plan.uncovered)
    record = sites.results(whole, task=town.task, circle=town.ground.circle.name)
    hubs = zip(plan.sites["serves"], plan.sites["within"], strict=True)
    for row, (areas, within) in zip(record["sites"], hubs, strict=True):
        row["serves"] = [str(area) for area in areas]
        row["within"] = float(within)
    total = float(town.ground.demand["weight"].sum())
    record["uncovered"]["of"] = total
    rows = [
        {
            "count": one.count,
            "covered": one.covered,
            "value": one.value,
            "bound": one.bound,
            "gap": one.gap,
            "proved": one.proved,
            "stopped": one.stopped,
        }
        for one in plans
    ]
    return {
        **held_back(record, counted=counted),
        "model": "hubs",
        "count": plan.count,
        "covered": plan.covered,
        "total": total,
        "weight": counted,
        "curve": rows if len(plans) > 1 else [],
        "nested": nested(plans) if len(plans) > 1 else None,
        "robust": None,
    }

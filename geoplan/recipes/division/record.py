"""Divisions as records: what a plan makes of the grids, and of whom it moves."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from pandas import DataFrame, Index, Series

from geoplan import division
from geoplan.division.stations import by_unit, reached
from geoplan.model import Division, DivisionPlan, Finding
from geoplan.recipes.division.findings import about
from geoplan.recipes.division.ground import Laid

_REACH = ("unit", "station", "group", "households")
_MOVED = ("households", "people", "buildings")


def plan_record(
    plan: division.Plan,
    *,
    option: int,
    drawn: GeoDataFrame | None = None,
    loose: bool = False,
) -> DivisionPlan:
    """Return a plan as a record, judged by every rule from its polygons.

    A plan is no more than a grid code for each unit of a board:
    ``division.Plan(board=board, grid=codes)``.

    Parameters
    ----------
    option : int
        0 for today's division, 1 for the best.
    drawn : GeoDataFrame, optional
        The polygons (index = code; name, community) where others drew them.
    loose : bool
        Whether units are the overlay of borders drawn apart: pieces of a grid
        without a building do not count.
    """
    grids = division.grids(plan, drawn=drawn)
    rules = division.ruled(plan, shapes=grids, loose=loose)
    shown = _shown(plan, grids, drawn=drawn is not None)
    return DivisionPlan(
        option=option,
        seed=plan.seed,
        share=plan.share,
        knee=plan.knee,
        grids=shown,
        units=Series(plan.grid, index=plan.board.units.frame.index, name="grid"),
        moved=_moved(plan),
        strips=division.strips(plan),
        flows=division.flows(plan),
        results=division.results(plan, rules, option=option, grids=shown),
    )


def division_record(
    laid: Laid,
    *,
    plans: Sequence[division.Plan],
    task: str,
    findings: Sequence[Finding] = (),
    drawn: GeoDataFrame | None = None,
    loose: bool = False,
) -> Division:
    """Return plans as the record of a division.

    ``plans``: of one board, at least one; the best first. ``drawn``: the polygons
    of the only one, if others drew it; ``loose`` as for :func:`plan_record`.
    """
    board = plans[0].board
    today = plan_record(division.today(board), option=0, loose=loose)
    records = tuple(
        plan_record(plan, option=option, drawn=drawn, loose=loose)
        for option, plan in enumerate(plans, start=1)
    )
    found = Division(
        task=task,
        level=laid.level,
        measure=laid.ground.measure,
        band=board.aims.band,
        locked=board.locked,
        before=today.grids.assign(changed=False),
        units=_units(board),
        pairs=board.pairs[["one", "other", "border_m", "line_m", "walk"]],
        buildings=_buildings(laid, board),
        stations=_stations(laid, board),
        reach=DataFrame(columns=list(_REACH))
        if board.stations is None
        else by_unit(board.stations, units=board.units),
        today=today.results,
        plans=records,
        findings=(*laid.findings, *board.units.findings, *findings),
        results=_results(laid, today, records, task=task, board=board),
    )
    told = about(found, plans=plans) if drawn is None else ()
    return replace(found, findings=(*found.findings, *told))


def _results(
    laid: Laid,
    today: DivisionPlan,
    plans: Sequence[DivisionPlan],
    *,
    task: str,
    board: division.Board,
) -> dict[str, Any]:
    return {
        "task": task,
        "level": laid.level,
        "measure": board.units.ground.measure,
        "band": list(board.aims.band),
        "locked": sorted(board.locked),
        "weights": dict(sorted(board.aims.weights.items())),
        "today": today.results | staffing(laid, today),
        "options": [plan.results | staffing(laid, plan) for plan in plans],
    }


def staffing(laid: Laid, plan: DivisionPlan) -> dict[str, Any]:
    """Return the posts of a plan: one full-time worker a grid, as far as known.

    A grid that keeps its code keeps its workers; ``without`` are those known to
    have none. Empty where the study does not tell how many workers grids have;
    ``short`` is None where it does not tell of all.
    """
    known = laid.study.layers.grids["workers"] if laid.level == "grid" else Series()
    if not known.notna().any():
        return {}
    at = known.reindex(plan.grids.index)
    none = (at < 1) | ~at.index.isin(known.index)
    workers = int(known.sum())
    return {
        "staffing": {
            "grids": len(at),
            "workers": workers,
            "short": max(len(at) - workers, 0) if known.notna().all() else None,
            "without": [str(code) for code in at.index[none]],
        }
    }


def _shown(plan: division.Plan, grids: GeoDataFrame, *, drawn: bool) -> GeoDataFrame:
    """Return grids with what they run to, and who is near a station of theirs."""
    board = plan.board
    other = grids[(grids["changed"] | drawn).to_numpy(bool)]
    same = board.sides_today.loc[grids.index.difference(other.index)]
    sides = pd.concat([division.sides(other, ground=board.units.ground), same])
    told = grids.join(sides)
    told["reached"] = np.nan
    if board.stations is not None and len(board.stations.frame):
        near = reached(board.stations, grid=plan.grid, units=board.units)
        told["reached"] = near.reindex(told.index).fillna(0.0)
    columns = [name for name in told if name != "geometry"]
    return GeoDataFrame(told[[*columns, "geometry"]])


def _moved(plan: division.Plan) -> GeoDataFrame:
    """Return the buildings that change their grid, named."""
    units = plan.board.units
    names = units.ground.buildings["name"]
    told = division.moved(plan)
    at = Series(units.of_building, index=units.ground.buildings.index)[told.index]
    named = told.assign(
        name=names[told.index], unit=units.frame.index.to_numpy(object)[at]
    )
    return GeoDataFrame(named[["name", "unit", "from", "to", *_MOVED, "geometry"]])


def _units(board: division.Board) -> GeoDataFrame:
    frame = board.units.frame
    columns = ["grid", "community", "kind", "name", *division.COUNTS, "area_m2"]
    work = board.aims.load(frame)
    told = frame[columns].assign(work=work, x=frame["x"], y=frame["y"])
    return GeoDataFrame(told, geometry=frame.geometry, crs=frame.crs)


def _buildings(laid: Laid, board: division.Board) -> GeoDataFrame:
    units, buildings = board.units, laid.ground.buildings
    held = units.of_building >= 0
    at = units.of_building[held]
    told = buildings.loc[held, ["name", "households", "people", "geometry"]]
    told = told.assign(
        unit=units.frame.index.to_numpy(object)[at],
        grid=units.frame["grid"].to_numpy(object)[at],
    )
    order = ["name", "unit", "grid", "households", "people", "geometry"]
    return GeoDataFrame(told[order])


def _stations(laid: Laid, board: division.Board) -> GeoDataFrame:
    frame = laid.stations.frame
    at = laid.stations.unit(board.units)
    units = board.units.frame
    grid, unit = (
        np.append(column.to_numpy(object), "")[at]
        for column in (units["grid"], units.index)
    )
    named = laid.stations.named
    serves = named.groupby("station")["area"].agg("、".join)
    return GeoDataFrame(
        {
            "name": frame["name"],
            "grid": grid,
            "unit": unit,
            "serves": serves.reindex(np.arange(len(frame))).fillna("").to_numpy(),
        },
        index=Index(frame.index, name="code"),
        geometry=frame.geometry,
        crs=frame.crs,
    )

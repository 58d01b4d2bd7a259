"""Tables of divisions for people: every grid before and after, and who moves."""

from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame

from geoplan.division import sentence
from geoplan.model import Division, DivisionPlan
from geoplan.wording import say, texts

_MEASURES = ("households", "people", "buildings")


def grid_table(division: Division, *, lang: str) -> DataFrame:
    """Return the table that sets new grids against today's (对照表).

    One row an option and grid, those that are given up too: what it had, what it
    loses and gets, what it has; before - out + in = after.
    """
    parts = [_grids(division, plan, lang=lang) for plan in division.plans]
    whole = pd.concat(parts, ignore_index=True)
    return _named(whole, "grids_csv", division=division, lang=lang)


def move_table(division: Division, *, lang: str) -> DataFrame:
    """Return who goes from where to where (划转明细): a row an option and strip."""
    parts = []
    for plan in division.plans:
        names = _names(division, plan)
        table = DataFrame(plan.strips.drop(columns="geometry"))
        table.insert(0, "option", plan.option)
        table["from_name"] = table["from"].map(names)
        table["to_name"] = table["to"].map(names)
        table["area_m2"] = table["area_m2"].round()
        parts.append(table)
    whole = pd.concat(parts, ignore_index=True)
    return _named(whole, "moves_csv", division=division, lang=lang)


def _grids(division: Division, plan: DivisionPlan, *, lang: str) -> DataFrame:
    """Return the rows of one plan."""
    said: Any = texts("division", lang)["state"]
    before, after = division.before, plan.grids
    codes = sorted({*before.index, *after.index})
    table = DataFrame({"option": plan.option, "code": codes}).set_index(
        "code", drop=False
    )
    names, owner = after["name"], after["community"]
    table["name"] = names.reindex(codes).fillna(before["name"].reindex(codes))
    table["community"] = owner.reindex(codes).fillna(before["community"].reindex(codes))
    gone = ~np.isin(codes, after.index)
    new = after["new"].reindex(codes).fillna(value=False).to_numpy(bool)
    changed = after["changed"].reindex(codes).fillna(value=False).to_numpy(bool)
    which = np.select([gone, new, changed], ["gone", "new", "changed"], "same")
    table["state"] = [said[one] for one in which]
    flows = plan.flows[plan.flows["from"] != plan.flows["to"]]
    for name in _MEASURES:
        table[f"{name}_before"] = before[name].reindex(codes).fillna(0.0)
        table[f"{name}_out"] = flows.groupby("from")[name].sum().reindex(codes)
        table[f"{name}_in"] = flows.groupby("to")[name].sum().reindex(codes)
        table[f"{name}_after"] = after[name].reindex(codes).fillna(0.0)
    numbers = [name for name in table if str(name).endswith(("_out", "_in"))]
    table[numbers] = table[numbers].fillna(0.0)
    table["from"] = [_from(plan, str(code), division.measure) for code in codes]
    table["area_m2"] = after["area_m2"].reindex(codes).round()
    table["compactness"] = after["compactness"].reindex(codes).round(4)
    table["reached"] = after["reached"].reindex(codes)
    known = after.index
    table["sides"] = [
        sentence(after.loc[code], lang=lang) if code in known else "" for code in codes
    ]
    return table.reset_index(drop=True)


def _from(plan: DivisionPlan, code: str, measure: str) -> str:
    """Return what a grid has from which grids of today, as text."""
    rows = plan.flows[plan.flows["to"] == code]
    return "、".join(
        f"{was} {round(count)}"
        for was, count in zip(rows["from"], rows[measure], strict=True)
    )


def _names(division: Division, plan: DivisionPlan) -> dict[str, str]:
    both = pd.concat([division.before["name"], plan.grids["name"]])
    return {str(code): str(name) for code, name in both.items() if name}


def _named(table: DataFrame, topic: str, *, division: Division, lang: str) -> DataFrame:
    """Return a table with the columns that the texts name, in their order."""
    said: Any = texts("division", lang)
    measure = say(f"division_page.measures.{division.measure}", lang=lang)
    names = {
        name: str(text).format(what=said["levels"][division.level], measure=measure)
        for name, text in said[topic].items()
    }
    known = table.columns if table.empty else table.columns[table.notna().any()]
    shown = [name for name in names if name in known]
    if division.level == "community":
        shown = [name for name in shown if name != "community"]
    return table[shown].rename(columns=names)

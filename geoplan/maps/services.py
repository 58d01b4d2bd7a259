"""What stations offer, to whom and whether it is enough: tables beside the map."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pandas as pd
from pandas import DataFrame, Series

from geoplan.maps.answer import counted, limit, share
from geoplan.model import Circle, Coverage
from geoplan.wording import say

_MOST = 20  # rows of a list that has no end of its own
_UNKNOWN = "–"

Say = Callable[..., str]


def services(coverage: Coverage, *, lang: str) -> list[list[dict[str, Any]]]:
    """Return the tables of each circle, in the study's order, as texts.

    A table: title, notes, head (texts), rows (of texts, the first names the row).
    """
    tell = partial(_say, lang=lang)
    return [
        list(_of_circle(coverage, circle=circle, number=number, tell=tell))
        for number, circle in enumerate(coverage.circles, start=1)
    ]


def _of_circle(
    coverage: Coverage, *, circle: Circle, number: int, tell: Say
) -> Iterator[dict[str, Any]]:
    """Yield the tables of one circle, those that say something."""
    within = limit(circle, lang=tell("lang"))
    makers = {
        "groups": _groups,
        "items": _items,
        "compound_kinds": _kinds,
        "loads": _loads,
        "accessibility": _accessibility,
    }
    for name, make in makers.items():
        table = coverage.services.get(name)
        if table is None:
            continue
        rows = table[table["circle"] == circle.name]
        for part in _parts(rows, name):
            yield make(part, what=counted(coverage), limit=within, tell=tell)
    if "compounds" in coverage.services:
        yield from _neglected(coverage, number=number, tell=tell)


def _parts(rows: DataFrame, name: str) -> list[DataFrame]:
    """Return what is one table each: every group of people by itself."""
    if name != "groups":
        return [rows] if len(rows) else []
    return [part for _, part in rows.groupby("group", sort=False)]


def _items(rows: DataFrame, *, what: str, limit: str, tell: Say) -> dict[str, Any]:
    """Return the share of each community that can walk to each item."""
    items = list(dict.fromkeys(rows["item"]))
    lines, bare = [], []
    for (_, code), part in rows.groupby(["level", "code"], sort=False):
        of = part.set_index("item")
        name = of["name"].iloc[0] or str(code)
        total = of[f"{what}_total"].iloc[0]
        if of["level"].iloc[0] == "street":
            name = tell("street")
        elif total > 0:
            none = [item for item in items if of[f"{what}_any"][item] == 0]
            bare += [(item, name) for item in none]
        met = [_share(of[f"{what}_any"][item], total) for item in items]
        lines.append([name, *met])
    without = DataFrame(bare, columns=["item", "name"]).groupby("item", sort=False)
    notes = [tell("items_note")]
    notes += [
        tell("items_none", item=item, names=tell("join").join(part["name"]))
        for item, part in without
    ]
    return {
        "title": tell("items_title", limit=limit),
        "notes": notes,
        "head": [tell("head_community"), *items],
        "rows": lines,
    }


def _groups(rows: DataFrame, *, what: str, limit: str, tell: Say) -> dict[str, Any]:  # noqa: ARG001  one table of makers
    """Return how special groups stand, and how far behind all people."""
    label = tell(f"group_{rows['group'].iloc[0]}")
    shown = rows[rows["level"] != "grid"]
    street = shown[shown["level"] == "street"].iloc[0]
    said = _gap_said(street, label=label, limit=limit, tell=tell)
    heads = ("community", "total", "any", "gap", "tenth", "tenth_all")
    return {
        "title": tell("groups_title", group=label, limit=limit),
        "notes": [*said, tell("groups_note")],
        "head": [tell(f"head_{head}") for head in heads],
        "rows": [
            [
                tell("street") if row.level == "street" else row.name or row.code,
                _count(row.total),
                _count(row.any),
                _signed(row.gap),
                _minutes(row.minutes),
                _minutes(row.minutes_all),
            ]
            for row in shown.itertuples(index=False)
        ],
    }


def _gap_said(street: Series, *, label: str, limit: str, tell: Say) -> list[str]:
    """Return how far a group is behind or ahead, if that may be told."""
    if pd.isna(street["gap"]):
        return []
    way = "level" if street["gap"] == 0 else "ahead" if street["gap"] > 0 else "behind"
    return [
        tell(
            f"groups_{way}",
            group=label,
            limit=limit,
            share=share(int(street["any"]), int(street["total"])),
            points=f"{abs(street['gap']) * 100:.1f}",
        )
    ]


def _kinds(rows: DataFrame, *, what: str, limit: str, tell: Say) -> dict[str, Any]:
    """Return how many in each kind of compound are within reach."""
    return {
        "title": tell("compounds_title", limit=limit),
        "notes": [tell("compounds_note")],
        "head": [
            tell("head_kind"),
            tell("head_compounds"),
            tell(f"head_{what}"),
            tell("head_any"),
            tell("head_share"),
        ],
        "rows": [
            [
                tell(f"kind_{row['kind']}"),
                _count(row["compounds"]),
                _count(row[f"{what}_total"]),
                _count(row[f"{what}_any"]),
                _share(row[f"{what}_any"], row[f"{what}_total"]),
            ]
            for _, row in rows.iterrows()
        ],
    }


def _neglected(
    coverage: Coverage, *, number: int, tell: Say
) -> Iterator[dict[str, Any]]:
    """Yield the old compounds without management that are not all within reach."""
    what, table = counted(coverage), coverage.services["compounds"]
    chosen = table[table["old"] & (table["managed"] == "no")]
    out = chosen[what] - chosen[f"{what}_any_{number}"]
    chosen = chosen.assign(out=out)[out > 0]
    if chosen.empty:
        return
    ranked = chosen.rename_axis("code").reset_index()
    ranked = ranked.sort_values(["out", "code"], ascending=[False, True])
    yield {
        "title": tell("neglected_title"),
        "notes": _cut(len(ranked), tell=tell),
        "head": [
            tell("head_compound"),
            tell("head_built"),
            tell(f"head_{what}"),
            tell("head_out"),
        ],
        "rows": [
            [
                row["name"] or row["code"],
                _UNKNOWN if pd.isna(row["built_year"]) else str(int(row["built_year"])),
                _count(row[what]),
                _count(row["out"]),
            ]
            for _, row in ranked.head(_MOST).iterrows()
        ],
    }


def _loads(rows: DataFrame, *, what: str, limit: str, tell: Say) -> dict[str, Any]:
    """Return who has each station as the nearest, the most crowded first."""
    told = [name for name in ("households", "people") if rows[name].notna().any()]
    lead = what if what in told else "buildings"
    ranked = rows.sort_values([lead, "station"], ascending=[False, True])
    with_capacity = rows["capacity"].notna().any()
    more = ["capacity", "over"] if with_capacity else []
    notes = [tell("loads_note")]
    if with_capacity:
        notes.append(tell("loads_capacity"))
    return {
        "title": tell("loads_title", limit=limit),
        "notes": [*notes, *_cut(len(ranked), tell=tell)],
        "head": [
            tell("head_station"),
            *(tell(f"head_{name}") for name in [*(told or ["buildings"]), *more]),
        ],
        "rows": [
            [
                row["name"] or row["station"],
                *(_count(row[name]) for name in [*(told or ["buildings"]), *more]),
            ]
            for _, row in ranked.head(_MOST).iterrows()
        ],
    }


def _accessibility(
    rows: DataFrame,
    *,
    what: str,  # noqa: ARG001  one table of makers
    limit: str,
    tell: Say,
) -> dict[str, Any]:
    """Return the capacity that reaches a thousand persons, by community."""
    shown = rows[rows["level"] != "grid"]
    return {
        "title": tell("accessibility_title", limit=limit),
        "notes": [tell("accessibility_note")],
        "head": [tell("head_community"), tell("head_score")],
        "rows": [
            [
                tell("street") if row.level == "street" else row.name or row.code,
                _UNKNOWN if math.isnan(row.score) else f"{row.score:.1f}",
            ]
            for row in shown.itertuples(index=False)
        ],
    }


def _cut(number: int, *, tell: Say) -> list[str]:
    """Return that a list is longer than it shows, if it is."""
    return [tell("first", n=_MOST, all=number)] if number > _MOST else []


def _say(key: str, *, lang: str, **facts: object) -> str:
    return lang if key == "lang" else say(f"services.{key}", lang=lang, **facts)


def _count(value: float) -> str:
    return _UNKNOWN if pd.isna(value) else f"{round(value):,}"


def _minutes(value: float) -> str:
    return _UNKNOWN if pd.isna(value) else f"{value:.1f}"


def _share(part: float, whole: float) -> str:
    if pd.isna(part) or pd.isna(whole):
        return _UNKNOWN
    return share(round(part), round(whole))


def _signed(gap: float) -> str:
    """Return a difference of shares in points of a hundred."""
    if pd.isna(gap):
        return _UNKNOWN
    points = f"{gap * 100:+.1f}".replace("-", "−")
    return "0" if points in {"+0.0", "−0.0"} else points

"""What a division comes to, in one sentence; the page's own script says the same."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from pandas import Series

from geoplan.maps.answer import share
from geoplan.model import Division, DivisionPlan
from geoplan.wording import form, say, texts

Words = Mapping[str, str]

_HUNDRED = 100.0
_FEW = 3  # grids that change which a sentence tells one by one


def plain(division: Division, *, names: Mapping[str, str], lang: str) -> str:
    """Return the sentence of the plan that is shown first, as text.

    ``names``: what each grid is called, by code.
    """
    plan = shown(division)
    if plan is None:
        return words_of(division, lang=lang)["answer_empty"]
    return sentence(division, plan, names=names, lang=lang)


def shown(division: Division) -> DivisionPlan | None:
    """Return the plan that a page opens with.

    The knee of a list, else the first that moves something, else the first.
    """
    moving = [plan for plan in division.plans if len(plan.strips)]
    knees = [plan for plan in moving if plan.knee]
    return next(iter(knees or moving or division.plans), None)


def words_of(division: Division, *, lang: str) -> dict[str, str]:
    """Return the words of a page; where communities are drawn, with their own.

    They speak of what is counted: households, else people, else buildings.
    """
    words: Mapping[str, Any] = texts("division_page", lang)
    level: dict[str, str] = words.get(division.results.get("level", ""), {})
    told: dict[str, str] = {k: v for k, v in words.items() if isinstance(v, str)}
    return counting(told | level, division=division, lang=lang)


def counting(words: Words, *, division: Division, lang: str) -> dict[str, str]:
    """Return words that name what a division counts."""
    measure = say(f"division_page.measures.{division.measure}", lang=lang)
    return {key: text.replace("{measure}", measure) for key, text in words.items()}


def sentence(
    division: Division, plan: DivisionPlan, *, names: Mapping[str, str], lang: str
) -> str:
    """Return what a plan comes to."""
    words, moves = words_of(division, lang=lang), len(plan.strips) > 0

    def told(n: float) -> str:
        whole = int(np.floor(n + 0.5))
        return say(f"page.unit_{division.measure}", lang=lang, n=f"{whole:,}")

    was = _sizes(division, division.units["grid"])
    now = _sizes(division, plan.units)
    parts = [
        _counts(was, now, words=words),
        _moved(division, plan, words=words, lang=lang),
        _each(division, plan, names=names, words=words, told=told)
        or _balance(was, now, moves=moves, words=words, told=told),
        _rules(plan.results, words=words),
    ]
    return words["answer_join"].join(p for p in parts if p) + words["answer_end"]


def _sizes(division: Division, grid: Series) -> Series:
    """Return what is counted in every grid, of units that may be redrawn."""
    units = division.units
    free = ~units["grid"].isin(list(division.locked))
    sizes: Series = units[division.measure][free].groupby(grid[free].astype(str)).sum()
    return sizes


def _counts(was: Series, now: Series, *, words: Words) -> str:
    same = len(was) == len(now)
    key = "answer_count_same" if same else "answer_count_other"
    sizes = {"before": len(was), "after": len(now)}
    return form(words[key], **sizes).format(**sizes)


def _moved(division: Division, plan: DivisionPlan, *, words: Words, lang: str) -> str:
    moved = int(plan.results["households_moved"])
    buildings = int(plan.results["buildings_moved"])
    if not len(plan.strips):
        return words["answer_still"]
    total = float(division.units[division.measure].sum())
    told = share(moved, round(total))
    return words["answer_moved"].format(
        moved=say(f"page.unit_{division.measure}", lang=lang, n=f"{moved:,}"),
        buildings=say("page.unit_buildings", lang=lang, n=f"{buildings:,}"),
        share=words["share_least"] if moved and told == "0.0%" else told,
    )


def _each(
    division: Division,
    plan: DivisionPlan,
    *,
    names: Mapping[str, str],
    words: Words,
    told: Callable[[float], str],
) -> str:
    """Return what becomes of each grid that changes; "" where they are many."""
    flows = plan.flows
    gone = flows[flows["from"] != flows["to"]]
    codes = {*gone["from"], *gone["to"]}
    changed = [code for code in names if code in codes]
    if not 0 < len(changed) <= _FEW:
        return ""
    was = flows.groupby("from")[division.measure].sum()
    now = flows.groupby("to")[division.measure].sum()
    parts = []
    for code in changed:
        kind = "new" if code not in was else "gone" if code not in now else "kept"
        before, after = (told(float(sizes.get(code, 0.0))) for sizes in (was, now))
        parts.append(
            words[f"answer_each_{kind}"].format(name=names[code], was=before, now=after)
        )
    return words["answer_each_join"].join(parts)


def _balance(
    was: Series, now: Series, *, moves: bool, words: Words, told: Callable[[float], str]
) -> str:
    """Return how most and least compare, today and then."""
    if not len(was) or not len(now) or was.max() <= 0:
        return ""
    if was.min() > 0 and now.min() > 0:
        worth = [float(s.max() / s.min()) for s in (was, now)]
        said, name = [f"{_tenths(one):.1f}" for one in worth], "ratio"
    else:
        worth = [float(s.max()) for s in (was, now)]
        said, name = [told(one) for one in worth], "most"
    if said[0] == said[1] and moves:
        worth = [float(s.std(ddof=0) / s.mean()) for s in (was, now)]
        said, name = [f"{_tenths(cv * _HUNDRED):.1f}%" for cv in worth], "even"
    way = "same" if said[0] == said[1] else "down" if worth[1] < worth[0] else "up"
    return words[f"answer_{name}_{way}"].format(was=said[0], now=said[1])


def _rules(results: Mapping[str, Any], *, words: Words) -> str:
    """Return whether what must be kept is kept."""
    hard = [rule for rule in results["rules"] if rule["level"] == "error"]
    broken = sum(not rule["passed"] for rule in hard)
    told = words["answer_broken" if broken else "answer_kept"]
    return form(told, n=broken).format(n=broken)


def _tenths(n: float) -> float:
    """Return a number to one decimal, halves up, as the page rounds it."""
    return float(np.floor(n * 10 + 0.5) / 10)

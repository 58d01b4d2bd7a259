"""The page that says where the next stations should stand, and for whom."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from pandas import DataFrame, Series

from geoplan.maps import places, what_if
from geoplan.maps.encoding import Grain, ints, numbers, optional, shapes
from geoplan.maps.front import front, lines, pace, ring
from geoplan.maps.ground import Ground
from geoplan.maps.shell import map_page
from geoplan.maps.sites_answer import HUBS, beyond, lead, plain, ruled, told
from geoplan.model import (
    Imprint,
    Layers,
    Network,
    SitePlan,
    Siting,
    Surroundings,
)
from geoplan.wording import say, texts

# How a building stands to a plan.
_ASIDE, _ALREADY, _NEW, _OUT = 0, 1, 2, 3
_REASONS = (
    *("out_of_reach", "shut", "not_chosen", "capacity", "off_network"),
    "beyond",
)


def sites_page(
    siting: Siting,
    *,
    layers: Layers,
    network: Network,
    surroundings: Surroundings,
    imprint: Imprint,
    lang: str = "zh",
) -> str:
    """Return suggested sites as one HTML page that needs no network.

    The same records give the same bytes.

    Raises
    ------
    PageError
        If something in the page would be loaded from elsewhere.
    """
    ground = Ground.of(layers, network=network, surroundings=surroundings)
    grain = ground.grain
    near = places.nearest_names(siting.homes, edges=network.edges, names=ground.names)
    data = {
        **_front(siting, imprint=imprint, lang=lang),
        **ground.told(),
        "grids": places.named(layers.grids, grain=grain),
        "communities": places.named(layers.communities, grain=grain),
        "street": ground.outline(),
        "places": _places(siting, layers=layers, grain=grain),
        "buildings": _buildings(siting, layers=layers, grain=grain, near=near),
        "compounds": places.compounds(layers, grain=grain),
        "plans": [_plan(siting, plan, lang=lang) for plan in siting.plans],
        "curve": _curve(siting),
        "what_if": what_if.carried(siting, grain=grain),
    }
    title = say("sites.title", lang=lang, study=imprint.study)
    sentence = plain(siting, lang=lang)
    return map_page("sites", data, title=title, sentence=sentence, lang=lang)


def _front(siting: Siting, *, imprint: Imprint, lang: str) -> dict[str, Any]:
    """Return what a page says in words."""
    circle = siting.circle
    return {
        **front(
            imprint,
            words=_words(siting, lang=lang),
            crs=siting.places.crs.name,
            counted=siting.counted,
            lang=lang,
        ),
        "homes_counted": _shown(siting),
        **pace(siting.walker, lang=lang),
        "circle": ring(circle, lang=lang),
        "model": siting.model,
        "total": siting.total,
        "before": siting.before,
        "existing": int(siting.places["existing"].sum()),
        "rooms": siting.rooms,
        "closing": siting.closing,
        "nested": siting.nested,
        "cost_word": siting.cost_word,
        "among": siting.first or "elderly",
        "beside": [
            {"name": name, "file": file, "here": name == circle.name}
            for name, file in siting.beside
        ],
        "lead": lead(siting, lang=lang),
    }


def _words(siting: Siting, *, lang: str) -> dict[str, Any]:
    """Return the page's texts; those of its model go before the usual ones."""
    all_of: Mapping[str, Any] = texts("sites", lang)
    special = [all_of["ruled"]] * ruled(siting) + [all_of.get(siting.model, {})]
    return {
        **lines("sites", lang=lang),
        **{key: text for table in special for key, text in table.items()},
        **texts("what_if", lang),
    }


def _shown(siting: Siting) -> str:
    """Return the column of homes that a page tells of a building."""
    known = (n for n in ("households", "people") if siting.homes[n].notna().any())
    return next(known, "buildings")


def _places(siting: Siting, *, layers: Layers, grain: Grain) -> dict[str, Any]:
    """Return the stations there are and the candidates, one list."""
    frame = siting.places
    called = layers.communities["name"]
    often = siting.often
    return {
        "code": [str(code) for code in frame.index],
        "name": [str(name) for name in frame["name"]],
        "kind": [str(kind) for kind in frame["kind"]],
        "existing": [bool(old) for old in frame["existing"]],
        "area": numbers(frame["area_m2"]),
        "cost": numbers(frame["cost"].where(~frame["existing"])),
        "available": [str(when) for when in frame["available"]],
        "community": [str(called.get(code, "")) for code in frame["community"]],
        "off": [str(reason) for reason in frame["off_network"]],
        "alone": numbers(frame["alone"]),
        "often": [] if often is None else numbers(often.reindex(frame.index)),
        "tier": [siting.circle.tier] * len(frame),
        "shape": shapes(frame.geometry, grain=grain),
    }


def _buildings(
    siting: Siting, *, layers: Layers, grain: Grain, near: np.ndarray[Any, Any]
) -> dict[str, Any]:
    homes, counted = siting.homes, _shown(siting)
    count = homes[counted] if counted in homes else Series(1.0, index=homes.index)
    return {
        "code": [str(code) for code in homes.index],
        "name": [str(name) for name in homes["name"]],
        "grid": ints(layers.grids.index.get_indexer(homes["grid"].astype(str))),
        "count": optional(count.where(homes["asked"])),
        "before": optional(homes["before"], steps=10),
        "near": ints(near),
        "shape": shapes(homes.geometry, grain=grain),
    }


def _plan(siting: Siting, plan: SitePlan, *, lang: str) -> dict[str, Any]:
    """Return a plan: what is said of it, its sites, and how each home stands."""
    said = told(siting, plan, lang=lang)
    homes, code = siting.homes.index, siting.places.index
    walks = plan.assignment.sort_values("minutes", kind="stable")
    walks = walks.drop_duplicates("building").set_index("building").reindex(homes)
    out = plan.uncovered.reindex(homes)
    new = set(plan.sites.index[plan.sites["new"]])
    gained = plan.gained.reindex(homes)
    asked = siting.homes["asked"].to_numpy(dtype=bool)
    state = np.select(
        [
            ~asked,
            out["reason"].notna(),
            gained.isin(new) & (siting.homes["before"].isna() | (siting.model == HUBS)),
        ],
        [_ASIDE, _OUT, _NEW],
        _ALREADY,
    )
    reason = out["reason"].map({r: k for k, r in enumerate(_REASONS)}).fillna(-1)
    return {
        "count": plan.count,
        "covered": plan.covered,
        "sentence": said.sentence,
        "proof": said.proof,
        "closed": said.closed,
        "sites": _sites(plan, index=code, lang=lang),
        "state": ints(state),
        "site": ints(code.get_indexer(gained.where(state != _OUT).fillna(""))),
        "station": ints(code.get_indexer(walks["station"].fillna(""))),
        "minutes": optional(walks["minutes"].astype(float), steps=10),
        "reason": ints(reason.astype(int)),
        "out": {
            str(name): round(float(rows["weight"].sum()), 2)
            for name, rows in plan.uncovered.groupby("reason")
        },
    }


def _sites(plan: SitePlan, *, index: Any, lang: str) -> dict[str, Any]:  # noqa: ANN401  an Index
    """Return the open sites of a plan, kept ones first, then by gain."""
    table: DataFrame = plan.sites
    told_of = [c for c in table if str(c).startswith("gain_")]
    return {
        "place": [int(i) for i in index.get_indexer(table.index)],
        "new": [bool(n) for n in table["new"]],
        **{
            name: numbers(table[name])
            for name in ("gain", "cumulative", "load", "capacity", "only")
        },
        "mean": numbers(table["mean_minutes"]),
        "worst": numbers(table["worst_minutes"]),
        "groups": {str(c).removeprefix("gain_"): numbers(table[c]) for c in told_of},
        "note": _notes(table, lang=lang),
    }


def _notes(table: DataFrame, *, lang: str) -> list[str]:
    """Return what else is said of each site: whom it serves, what it leans on."""
    if "serves_names" in table:
        rows = table[["areas", "serves_names"]].to_numpy()
        return [
            say("sites.hub_serves", lang=lang, n=n, names=names) for n, names in rows
        ]
    if "supporter_name" in table:
        rows = table[["supporter_name", "supporter_minutes"]].to_numpy()
        return [
            say("sites.leans_on", lang=lang, name=name, n=f"{minutes:.1f}")
            if isinstance(name, str)
            else ""
            for name, minutes in rows
        ]
    return []


def _curve(siting: Siting) -> list[dict[str, Any]]:
    """Return the points of the curve: stations opened, weight, and its bound."""
    if not siting.curve:
        return []
    rows, spare = siting.results["curve"], beyond(siting)
    most = siting.model == "mclp"
    return [
        {
            "count": row["count"] - spare,
            "covered": row["covered"],
            "bound": row["bound"] if most else None,
        }
        for row in rows
        if row["covered"] is not None
    ]

"""The page that says how the grids could be drawn, and whom that moves."""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from numpy.typing import ArrayLike
from pandas import Index, Series

from geoplan.maps import places
from geoplan.maps.by_hand import Begun, by_hand
from geoplan.maps.checks import checks
from geoplan.maps.division_answer import counting, plain, words_of
from geoplan.maps.encoding import Grain, fronts, ints, optional, shapes, strings
from geoplan.maps.front import front
from geoplan.maps.ground import Ground
from geoplan.maps.shell import map_page
from geoplan.maps.topology import arcs
from geoplan.model import (
    Division,
    DivisionPlan,
    Imprint,
    Layers,
    Network,
    Surroundings,
)
from geoplan.wording import texts

_COUNTS = ("households", "people", "buildings")
_GROUPS = ("elderly", "old", "businesses")
_SIDES = ("east", "south", "west", "north")
_BY_KIND = (
    *("heading", "option", "notes", "tab_division", "draw_view"),
    *("grids_file", "moves_file"),
)
_PARTLY = 100.0  # steps of a count that is not whole


def division_page(  # noqa: PLR0913  those of every page, and of what is drawn
    division: Division,
    *,
    layers: Layers,
    network: Network,
    surroundings: Surroundings,
    imprint: Imprint,
    fingerprint: str = "",
    begun: Begun | None = None,
    beside: str = "",
    lang: str = "zh",
) -> str:
    """Return a division as one HTML page that needs no network.

    ``fingerprint``: of the study's data, for what is drawn in the page by hand;
    ``begun``: what that goes on from, where the division is given; without it, such
    a page offers no drawing. ``beside``: address of the page of the stations that
    were compared with it.
    The same records give the same bytes.

    Raises
    ------
    PageError
        If something in the page would be loaded from elsewhere.
    """
    ground = Ground.of(layers, network=network, surroundings=surroundings)
    grain = ground.grain
    near = places.nearest_names(
        division.buildings, edges=network.edges, names=ground.names
    )
    codes = _codes(division)
    data = {
        **_front(division, imprint=imprint, lang=lang),
        "fingerprint": fingerprint,
        "beside": beside,
        "units_hash": units_hash(division.units.index),
        **ground.told(),
        "street": ground.outline(),
        "communities": places.named(layers.communities, grain=grain),
        "compounds": places.compounds(layers, grain=grain),
        "buildings": _buildings(division, grain=grain) | {"near": ints(near)},
        "stations": _stations(division, codes=codes, grain=grain),
        "codes": _grids(division, codes=codes),
        "before": _facts(division.before, codes=codes),
        "units": _units(division, codes=codes, named=layers.grids["name"]),
        "arcs": arcs(division.units.geometry.to_numpy(), grain=grain),
        "pairs": _pairs(division),
        "reach": _reach(division),
        "by_hand": by_hand(division, begun=begun, grain=grain),
        "today": _told(division.today),
        "checks": checks(division.findings, grain=grain, lang=lang),
        "plans": [
            _plan(division, plan, codes=codes) | _staffing(division, plan)
            for plan in division.plans
        ],
    }
    words = words_of(division, lang=lang)
    title = words[f"title_{_kind(division)}"].format(study=imprint.study)
    called = names_of(division, codes=codes, layers=layers, lang=lang)
    sentence = plain(division, names=called, lang=lang)
    return map_page("division", data, title=title, sentence=sentence, lang=lang)


def units_hash(units: Index) -> str:
    """Return what tells whether edits were made on these units."""
    return hashlib.sha256("\n".join(map(str, units)).encode()).hexdigest()


def _kind(division: Division) -> str:
    """Return whether a division is proposed or given."""
    return "given" if division.task == "given" else "made"


def _front(division: Division, *, imprint: Imprint, lang: str) -> dict[str, Any]:
    """Return what a page says in words."""
    own, kind = words_of(division, lang=lang), _kind(division)
    own |= {name: own[f"{name}_{kind}"] for name in _BY_KIND}
    if division.measure != "households":  # the band is of these alone
        notes = own["notes"].split("|")
        own["notes"] = "|".join(note for note in notes if "{low}" not in note)
    told: Mapping[str, Any] = texts("division", lang)
    rules = {f"rule_{name}": text for name, text in told["rules"].items()}
    terms = {f"term_{name}": text for name, text in told["terms"].items()}
    counted = counting(
        {**texts("drawing", lang), **terms}, division=division, lang=lang
    )
    sides = {"sides": told["sides"], "blank": told["blank"]}
    words = {**counted, **rules, **own, **sides}
    crs, what = division.units.crs.name, division.measure
    return {
        **front(imprint, words=words, crs=crs, counted=what, lang=lang),
        "task": division.task,
        "band": list(division.band),
        "speed": 1.0,
    }


def _codes(division: Division) -> Index:
    """Return the codes of all grids, today's and then the new ones of any plan."""
    today = [str(code) for code in division.before.index]
    later = {str(code) for plan in division.plans for code in plan.grids.index}
    return Index([*today, *sorted(later - set(today))])


def names_of(
    division: Division, *, codes: Index, layers: Layers, lang: str
) -> dict[str, str]:
    """Return what each grid is called: its name, else its community and its number."""
    table = _grids(division, codes=codes)
    owners, form = layers.communities["name"], words_of(division, lang=lang)
    found = {}
    rows = zip(table["code"], table["name"], table["community"], strict=True)
    for code, name, owner in rows:
        own = bool(owner) and code.startswith(owner) and len(code) > len(owner)
        tail = code[len(owner) :].removeprefix("-").removeprefix("_") if own else code
        title = str(owners.get(owner, "")) or (owner if owner in owners.index else "")
        found[code] = (
            name or form["grid_code"].format(community=title, code=tail).strip()
        )
    return found


def _grids(division: Division, *, codes: Index) -> dict[str, Any]:
    frames = [division.before, *(plan.grids for plan in division.plans)]
    table = pd.concat([frame[["name", "community", "kind"]] for frame in frames])
    table = table[~table.index.duplicated()].reindex(codes).fillna("")
    return {
        "code": strings(codes),
        "name": strings(table["name"]),
        "community": strings(table["community"]),
        "kind": strings(table["kind"]),
        "locked": [code in division.locked for code in codes],
    }


def _facts(frame: GeoDataFrame, *, codes: Index) -> dict[str, Any]:
    """Return what is told of grids beyond what their units add up to."""
    return {
        "grid": ints(codes.get_indexer(frame.index.astype(str))),
        "area": optional(frame["area_m2"]),
        "compactness": optional(frame["compactness"], steps=100),
        "reached": _counts(frame["reached"]),
        "sides": [[str(row[s]) for s in _SIDES] for _, row in frame.iterrows()],
    }


def _units(division: Division, *, codes: Index, named: Series) -> dict[str, Any]:
    """Return the units; special groups are told of no unit.

    ``named``: the names of today's grids, which communities are made of.
    """
    units = division.units
    whole = dict(named) if division.level == "community" else {}
    called = [whole.get(name, name) for name in units["name"]]
    told = not any((units[name] > 0).any() for name in _GROUPS)
    kinds = sorted({*strings(units["kind"])})
    return {
        "code": fronts(strings(units.index)),
        "grid": ints(codes.get_indexer(units["grid"].astype(str))),
        "kinds": kinds,
        "kind": ints(Index(kinds).get_indexer(strings(units["kind"]))),
        "name": strings(called),
        "area": ints(units["area_m2"].round()),
        "work": _counts(units["work"]) if told else None,
        **{name: _counts(units[name]) for name in _COUNTS},
    }


def _buildings(division: Division, *, grain: Grain) -> dict[str, Any]:
    frame = division.buildings
    units = division.units.index
    return {
        "code": fronts(strings(frame.index)),
        "name": strings(frame["name"]),
        "unit": ints(units.get_indexer(frame["unit"].fillna("").astype(str))),
        **{name: _counts(frame[name]) for name in _COUNTS if name in frame},
        "shape": shapes(frame.geometry, grain=grain),
    }


def _stations(division: Division, *, codes: Index, grain: Grain) -> dict[str, Any]:
    frame = division.stations
    return {
        "code": strings(frame.index),
        "name": strings(frame["name"]),
        "grid": ints(codes.get_indexer(frame["grid"].fillna("").astype(str))),
        "shape": shapes(frame.geometry, grain=grain),
    }


def _reach(division: Division) -> dict[str, Any]:
    table = division.reach.reindex(columns=["unit", "station", "households"])
    return {
        "unit": ints(division.units.index.get_indexer(table["unit"])),
        "station": ints(division.stations.index.get_indexer(table["station"])),
        "households": _counts(table["households"]),
    }


def _pairs(division: Division) -> dict[str, Any]:
    """Return neighbours: ``one`` as differences, ``other`` as so many after it."""
    one, other, walk = (
        division.pairs[name].to_numpy(np.int64) for name in ("one", "other", "walk")
    )
    return {
        "one": ints(np.diff(one, prepend=0)),
        "other": ints(other - one),
        "walk": ints(walk),
    }


def _plan(division: Division, plan: DivisionPlan, *, codes: Index) -> dict[str, Any]:
    """Return a plan: the grid of every unit that moves, one up, 0 where none does."""
    units = division.units
    to = plan.units.reindex(units.index).astype(str)
    moved = to.to_numpy() != units["grid"].astype(str).to_numpy()
    grids = plan.grids
    own = grids[grids["changed"] | grids["new"]]
    return {
        **_told(plan.results),
        "option": plan.option,
        "share": plan.share,
        "knee": plan.knee,
        "to": ints(np.where(moved, codes.get_indexer(to) + 1, 0)),
        "facts": _facts(own, codes=codes),
    }


def _staffing(division: Division, plan: DivisionPlan) -> dict[str, Any]:
    """Return the posts of a plan, where the study tells of workers."""
    options = division.results.get("options", [])
    told = [one for one in options if one["option"] == plan.option]
    return {"staffing": told[0].get("staffing") if told else None}


def _told(results: dict[str, Any]) -> dict[str, Any]:
    """Return what the machines' contract says of a plan and units cannot tell."""
    return {
        "seed": results["seed"],
        "rules": results["rules"],
        "terms": results["terms"],
    }


def _counts(column: Series | ArrayLike) -> dict[str, Any]:
    """Return counts in ``by`` steps to one: ``n`` is 0 if unknown, else one up."""
    numbers = np.asarray(column, dtype=float)
    known = numbers[np.isfinite(numbers)]
    steps = 1.0 if np.all(known == np.round(known)) else _PARTLY
    return {"by": steps, "n": optional(numbers, steps=steps)}

"""The files of siting: tables for people, layers for maps, the record for machines."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from pandas import DataFrame

from geoplan import __version__, report
from geoplan.files import write_csv, write_geopackage, write_json
from geoplan.model import GROUPS, Siting
from geoplan.recipes.run import Run, parameters
from geoplan.recipes.sites.asked import Asked
from geoplan.study.reading import Study
from geoplan.wording import say, texts

_TOLD = ("name", "kind", "area_m2", "cost", "available", "community")
_OF_NEW = ("gain", "cumulative", "share", "cost")  # what existing stations have not
_DIGITS = 6
_FINE = 12  # of a share, which capacities hang on


def write_sites(
    study: Study, tiers: Sequence[Siting], *, asked: Asked, out: Path, run: Run
) -> None:
    """Write ``sites.gpkg``, ``sites.csv`` and ``sites.json`` into a folder.

    ``tiers``: one siting, or those of two tiers, the upper one first.
    """
    layers = [site_layers(siting) for siting in tiers]
    whole = {name: pd.concat([one[name] for one in layers]) for name in layers[0]}
    write_geopackage(out / "sites.gpkg", whole, date=study.date)
    write_csv(out / "sites.csv", _of_all(tiers, lang=run.lang))
    record = {
        "study": study.name,
        "command": "sites",
        "version": __version__,
        "inputs": [asdict(item) for item in study.inputs],
        "parameters": {**parameters(study), "asked": asked_record(asked)},
        "seed": asked.seed,
        "warnings": report.grouped(tiers[0].findings),
        "seconds": run.seconds,
        "results": _results(tiers),
    }
    write_json(out / "sites.json", record)


def _results(tiers: Sequence[Siting]) -> dict[str, Any]:
    """Return the results; those of a tier below stand within the upper one's."""
    upper, *lower = tiers
    return upper.results | {"below": lower[0].results} if lower else upper.results


def _of_all(tiers: Sequence[Siting], *, lang: str) -> DataFrame:
    """Return the tables of all tiers, the circle told where there are several."""
    tables = [site_table(siting, lang=lang) for siting in tiers]
    if len(tables) > 1:
        name = say("sites.circle", lang=lang)
        for table, siting in zip(tables, tiers, strict=True):
            table.insert(0, name, siting.circle.name)
    return pd.concat(tables, ignore_index=True)


def site_layers(siting: Siting) -> dict[str, DataFrame]:
    """Return the layers of ``sites.gpkg`` by name, each with the circle's name.

    sites (code, new, rank, gain, load, …: the open ones), candidates (all that
    were not chosen), assignment (building, station, minutes, share), uncovered
    (building, reason). The last two have the weight of each building (and of the
    first the part of it that goes first), but not what it holds of a special group.
    """
    plan, places = siting.plan, siting.places
    open_sites = plan.sites.drop(columns="cost").join(places)
    if "serves" in open_sites:
        open_sites["serves"] = ["、".join(codes) for codes in open_sites["serves"]]
        open_sites = open_sites.drop(columns="serves_names")
    rest = places[~places.index.isin(plan.sites.index)]
    left = plan.uncovered[["reason"]].astype(str)
    if siting.counted not in GROUPS:
        left["weight"] = plan.uncovered["weight"]
    shape = siting.homes.geometry.loc[left.index]
    assignment = plan.assignment.round({"minutes": _DIGITS, "share": _FINE})
    assignment = assignment.join(_weights(siting), on="building")
    columns = [c for c in open_sites if c not in {"geometry", "existing"}]
    finite = open_sites[columns].replace(np.inf, np.nan)
    geometry = open_sites["geometry"]
    layers: dict[str, DataFrame] = {
        "sites": GeoDataFrame(finite, geometry=list(geometry), crs=places.crs),
        "candidates": GeoDataFrame(rest.drop(columns="existing")),
        "assignment": DataFrame(assignment),
        "uncovered": GeoDataFrame(
            left.rename_axis("building"), geometry=list(shape), crs=places.crs
        ),
    }
    circle = siting.circle.name
    return {name: frame.assign(circle=circle) for name, frame in layers.items()}


def _weights(siting: Siting) -> DataFrame:
    """Return what each building counts, as far as that may be told by building."""
    homes = siting.homes
    table = DataFrame(index=homes.index)
    if siting.counted not in GROUPS:
        table["weight"] = homes[siting.counted].fillna(0.0)
    if siting.first and siting.first not in GROUPS:
        table["first"] = homes[siting.first]
    return table


def site_table(siting: Siting, *, lang: str) -> DataFrame:
    """Return one row an open site, new ones first in their order, in a language."""
    names = _heads(siting.model, lang=lang)
    plan, total = siting.plan, siting.total
    about = siting.places[list(_TOLD)]
    table = plan.sites.drop(columns="cost").join(about).reset_index()
    table["share"] = (table["cumulative"] / total).round(4) if total else np.nan
    table = table.sort_values("new", ascending=False, kind="stable", ignore_index=True)
    old = ~table["new"].to_numpy(dtype=bool)
    table["rank"] = np.where(old, np.nan, np.arange(1, len(table) + 1))
    since = [c for c in table if str(c).startswith(_OF_NEW)]
    table[since] = table[since].mask(np.repeat(old[:, None], len(since), axis=1))
    said = [say(f"sites.{role}", lang=lang) for role in ("old", "new")]
    table["new"] = [said[int(new)] for new in table["new"]]
    for name in ("mean_minutes", "worst_minutes", "supporter_minutes"):
        if name in table:
            table[name] = table[name].round(1)
    if "serves_names" in table:
        table["serves"] = table["serves_names"]
    table["capacity"] = table["capacity"].replace(np.inf, np.nan)
    unit = say(f"sites.of_{siting.counted}", lang=lang)
    shown = [name for name, head in names.items() if name in table and head]
    kept = [name for name in shown if table[name].notna().any() or name == "name"]
    heads = {name: str(names[name]).format(unit=unit) for name in kept}
    heads["cost"] = siting.cost_word or heads.get("cost", "")
    return table[kept].rename(columns=heads)


def _heads(model: str, *, lang: str) -> Mapping[str, str]:
    """Return the columns of the table by name; those of a model go before the usual.

    What is called "" is left out.
    """
    told: Mapping[str, Any] = texts("sites", lang)
    return {**told["csv"], **told.get(f"csv_{model}", {})}


def asked_record(asked: Asked) -> dict[str, Any]:
    """Return what was asked, as the JSON contract has it."""
    counts = asked.counts
    return {
        "circle": asked.circle or None,
        "model": asked.model,
        "count": None if counts is None else [counts[0], counts[-1]],
        "target": asked.target,
        "weight": asked.weight or None,
        "first": asked.first or None,
        "below": asked.below,
        "capacity": asked.capacity or None,
        "budget": asked.budget,
        "own": asked.own,
        "per": asked.per or None,
        "min_distance_m": asked.apart_m,
        "close": asked.close,
        "evaluate": asked.evaluate.name if asked.evaluate else None,
        "datum": asked.datum,
        "speeds_m_s": list(asked.speeds),
        "without": list(asked.without),
        "time_limit_s": asked.seconds,
    }

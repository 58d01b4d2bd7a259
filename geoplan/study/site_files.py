"""The files of siting: tables for people, layers for maps, the record for machines."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from geopandas import GeoDataFrame
from pandas import DataFrame

from geoplan import __version__, report
from geoplan.files import write_csv, write_geopackage, write_json
from geoplan.model import Siting
from geoplan.study.asked import Asked
from geoplan.study.reading import Study
from geoplan.study.recipe import Run, parameters
from geoplan.wording import say, texts

_TOLD = ("name", "kind", "area_m2", "cost", "available", "community")
_OF_NEW = ("gain", "cumulative", "share", "cost")  # what existing stations have not
_DIGITS = 6


def write_sites(
    study: Study, siting: Siting, *, asked: Asked, out: Path, run: Run
) -> None:
    """Write ``sites.gpkg``, ``sites.csv`` and ``sites.json`` into a folder."""
    write_geopackage(out / "sites.gpkg", site_layers(siting), date=study.date)
    write_csv(out / "sites.csv", site_table(siting, lang=run.lang))
    record = {
        "study": study.name,
        "command": "sites",
        "version": __version__,
        "inputs": [asdict(item) for item in study.inputs],
        "parameters": {**parameters(study), "asked": asked_record(asked)},
        "seed": asked.seed,
        "warnings": report.grouped(siting.findings),
        "seconds": run.seconds,
        "results": siting.results,
    }
    write_json(out / "sites.json", record)


def site_layers(siting: Siting) -> dict[str, DataFrame]:
    """Return the layers of ``sites.gpkg`` by name.

    sites (code, new, rank, gain, load, …: the open ones), candidates (all that
    were not chosen), assignment (building, station, minutes, share), uncovered
    (building, reason). What each building holds of a special group is not told.
    """
    plan, places = siting.plan, siting.places
    open_sites = plan.sites.drop(columns="cost").join(places)
    rest = places[~places.index.isin(plan.sites.index)]
    left = plan.uncovered[["reason"]].astype(str)
    if siting.counted in siting.homes:
        left["weight"] = plan.uncovered["weight"]
    shape = siting.homes.geometry.loc[left.index]
    assignment = plan.assignment.round({"minutes": _DIGITS, "share": _DIGITS})
    columns = [c for c in open_sites if c not in {"geometry", "existing"}]
    finite = open_sites[columns].replace(np.inf, np.nan)
    geometry = open_sites["geometry"]
    return {
        "sites": GeoDataFrame(finite, geometry=list(geometry), crs=places.crs),
        "candidates": GeoDataFrame(rest.drop(columns="existing")),
        "assignment": DataFrame(assignment),
        "uncovered": GeoDataFrame(
            left.rename_axis("building"), geometry=list(shape), crs=places.crs
        ),
    }


def site_table(siting: Siting, *, lang: str) -> DataFrame:
    """Return one row an open site, new ones first in their order, in a language."""
    names = texts("sites", lang)["csv"]
    assert isinstance(names, Mapping)  # noqa: S101  a table of the texts
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
    for name in ("mean_minutes", "worst_minutes"):
        table[name] = table[name].round(1)
    table["capacity"] = table["capacity"].replace(np.inf, np.nan)
    unit = say(f"sites.of_{siting.counted}", lang=lang)
    shown = [name for name in names if name in table]
    kept = [name for name in shown if table[name].notna().any() or name == "name"]
    heads = {name: str(names[name]).format(unit=unit) for name in kept}
    heads["cost"] = siting.cost_word or heads.get("cost", "")
    return table[kept].rename(columns=heads)


def asked_record(asked: Asked) -> dict[str, Any]:
    """Return what was asked, as the JSON contract has it."""
    counts = asked.counts
    return {
        "circle": asked.circle or None,
        "model": asked.model,
        "count": None if counts is None else [counts[0], counts[-1]],
        "target": asked.target,
        "weight": asked.weight or None,
        "capacity": asked.capacity or None,
        "budget": asked.budget,
        "own": asked.own,
        "per": asked.per or None,
        "min_distance_m": asked.apart_m,
        "close": asked.close,
        "evaluate": asked.evaluate.name if asked.evaluate else None,
        "speeds_m_s": list(asked.speeds),
        "time_limit_s": asked.seconds,
    }

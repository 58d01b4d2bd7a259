"""The files of division: layers for maps, tables for people, one for machines."""

from dataclasses import asdict
from pathlib import Path

import pandas as pd
from geopandas import GeoDataFrame
from pandas import DataFrame

from geoplan import __version__, report
from geoplan.coverage.groups import held_back
from geoplan.files import write_csv, write_geopackage, write_json
from geoplan.model import GROUPS, Division
from geoplan.recipes.division.asked import Asked
from geoplan.recipes.division.tables import grid_table, move_table
from geoplan.recipes.run import Run, parameters
from geoplan.study.reading import Study

#: what flows do not tell: counts that are known by grid alone, and dealt to homes
_BY_GRID = ("elderly", "old", "businesses")


def write_division(
    study: Study, division: Division, *, asked: Asked, out: Path, run: Run
) -> None:
    """Write ``division.gpkg``, ``.csv``, ``.json`` and ``division_moves.csv``."""
    layers = division_layers(division)
    write_geopackage(out / "division.gpkg", layers, date=study.date)
    write_csv(out / "division.csv", grid_table(division, lang=run.lang))
    write_csv(out / "division_moves.csv", move_table(division, lang=run.lang))
    record = {
        "study": study.name,
        "command": "divide",
        "version": __version__,
        "inputs": [asdict(item) for item in study.inputs],
        "parameters": {**parameters(study), "asked": asked.record()},
        "seed": asked.seed,
        "warnings": report.grouped(division.findings),
        "seconds": run.seconds,
        "results": division.results,
    }
    write_json(out / "division.json", record)


def division_layers(division: Division) -> dict[str, DataFrame]:
    """Return the layers of ``division.gpkg`` by name, in the working CRS.

    grids, units (option, unit, from, to), moved (buildings), strips and flows, a
    row an option and thing; before (today's grids). The level of grids says what
    was drawn: grid, or community. Special groups are told by grid alone, and where
    they are few not at all.
    """
    return {
        "grids": _each(division, "grids"),
        "units": _units(division),
        "moved": _each(division, "moved"),
        "before": unsmall(division.before)
        .drop(columns=["new", "changed"])
        .reset_index(),
        "strips": _each(division, "strips"),
        "flows": _each(division, "flows"),
    }


def _each(division: Division, part: str) -> DataFrame:
    """Return one part of every plan, below one another, with the option."""
    frames = []
    for plan in division.plans:
        frame = getattr(plan, part)
        frame = unsmall(frame) if part == "grids" else frame
        frame = frame.reset_index() if frame.index.name else frame.copy()
        if part == "flows":
            frame = frame.drop(columns=list(_BY_GRID))
        frame.insert(0, "option", plan.option)
        if part == "grids":
            frame.insert(1, "level", division.level)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def unsmall(grids: GeoDataFrame) -> GeoDataFrame:
    """Return grids with what may be told of special groups: few are held back."""
    told = {
        group: grids[group].mask(held_back(grids[group], within=grids["community"]))
        for group in GROUPS
        if group in grids
    }
    return grids.assign(**told)


def _units(division: Division) -> GeoDataFrame:
    units = division.units
    frames = [
        GeoDataFrame(
            {
                "option": plan.option,
                "unit": units.index,
                "from": units["grid"].to_numpy(),
                "to": plan.units.reindex(units.index).to_numpy(),
                "kind": units["kind"].to_numpy(),
                "name": units["name"].to_numpy(),
                "households": units["households"].to_numpy(),
                "people": units["people"].to_numpy(),
                "buildings": units["buildings"].to_numpy(),
            },
            geometry=units.geometry.to_numpy(),
            crs=units.crs,
        )
        for plan in division.plans
    ]
    return GeoDataFrame(pd.concat(frames, ignore_index=True))

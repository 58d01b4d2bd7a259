"""The files of comparison: pages, layers for maps, tables, the record for machines."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import shapely
from geopandas import GeoDataFrame
from pandas import DataFrame

from geoplan import __version__, report
from geoplan.files import write_csv, write_geopackage, write_json, write_text
from geoplan.maps.by_hand import Begun
from geoplan.maps.compare_page import compare_page
from geoplan.maps.division_page import division_page
from geoplan.model import Comparison, Division, Finding, Network
from geoplan.recipes.comparison.pairs import Pair
from geoplan.recipes.division.files import division_layers
from geoplan.recipes.division.tables import grid_table, move_table
from geoplan.recipes.edits.reading import Comment
from geoplan.recipes.imprint import fingerprint, imprint
from geoplan.recipes.run import Run, parameters
from geoplan.wording import texts

NAME = "compare"
_COVERAGE = f"{NAME}_coverage"  #: of stations, where grids differ too
_CHANGED = ("gained", "lost")


@dataclass(frozen=True, kw_only=True, eq=False)
class Told:
    """What a command found, and what its papers say besides."""

    command: str  #: compare, apply
    division: Division | None
    coverage: Comparison | None
    findings: tuple[Finding, ...]
    asked: Mapping[str, Any] = field(default_factory=dict)
    comments: tuple[Comment, ...] = ()  #: pinned by hand
    #: what drawing in the page goes on from; None where it has not the study's units
    begun: Begun | None = None


def write_comparison(
    pair: Pair, told: Told, *, network: Network, out: Path, run: Run
) -> tuple[str, ...]:
    """Write all papers of a comparison into a folder; return its pages."""
    pages = _pages(pair, told, network=network, lang=run.lang)
    for name, page in pages.items():
        write_text(out / name, page)
    layers = compare_layers(pair, told, lang=run.lang)
    write_geopackage(out / f"{NAME}.gpkg", layers, date=pair.before.date)
    for name, table in _tables(told, lang=run.lang).items():
        write_csv(out / f"{name}.csv", table)
    write_json(out / f"{NAME}.json", _record(pair, told, run=run))
    return tuple(pages)


def _pages(pair: Pair, told: Told, *, network: Network, lang: str) -> dict[str, str]:
    """Return the pages by name: of grids first, of stations beside it."""
    pages = {}
    around = pair.before.ways.surroundings
    source = imprint(pair.before, lang=lang)
    if told.division is not None:
        pages[f"{NAME}.html"] = division_page(
            told.division,
            layers=pair.before.layers,
            network=network,
            surroundings=around,
            imprint=source,
            fingerprint=fingerprint(pair.before),
            begun=told.begun,
            beside=f"{_COVERAGE}.html" if told.coverage is not None else "",
            lang=lang,
        )
    if told.coverage is not None:
        name = _COVERAGE if pages else NAME
        pages[f"{name}.html"] = compare_page(
            told.coverage,
            layers=pair.after.layers,
            network=network,
            surroundings=around,
            imprint=source,
            lang=lang,
            beside=f"{NAME}.html" if pages else "",
        )
    return pages


def compare_layers(pair: Pair, told: Told, *, lang: str) -> dict[str, DataFrame]:
    """Return the layers of ``compare.gpkg`` by name, in the working CRS.

    ``grids`` and ``stations`` are those afterwards, as a study file can name them; so
    are ``communities``, where these were drawn.
    """
    after = pair.after.layers
    layers: dict[str, DataFrame] = {"grids": after.grids, "stations": after.stations}
    if told.division is not None:
        drawn = division_layers(told.division)
        if pair.level == "community":
            layers["communities"] = drawn.pop("grids")
        layers |= drawn
    if told.coverage is not None:
        layers |= _coverage_layers(told.coverage)
    if told.comments:
        layers["comments"] = GeoDataFrame(
            {"text": [one.text for one in told.comments]},
            geometry=[shapely.Point(one.x, one.y) for one in told.comments],
            crs=after.crs,
        )
    findings = report.findings_layer(told.findings, lang=lang, like=after.grids)
    return layers | {"findings": findings}


def _coverage_layers(found: Comparison) -> dict[str, DataFrame]:
    """Return the homes that come within or fall out, figures, circles, stations."""
    homes = found.homes
    changed = homes[
        homes["state"].isin(_CHANGED) | homes["own_state"].isin(_CHANGED)
    ].reset_index(drop=True)
    known = ["name", "grid", "community", "households", "people", "geometry"]
    lived = found.after.buildings.loc[changed["building"], known]
    shapes = lived.pop("geometry").to_numpy()
    table = pd.concat([changed, DataFrame(lived).reset_index(drop=True)], axis=1)
    crs = found.after.grids.crs
    return {
        "homes": GeoDataFrame(table, geometry=shapes, crs=crs),
        "areas": found.areas,
        "circles": GeoDataFrame(pd.concat(list(_circles(found)), ignore_index=True)),
        "station_changes": found.stations,
    }


def _circles(found: Comparison) -> Iterator[GeoDataFrame]:
    """Yield the merged circles of either side."""
    for side, coverage in (("before", found.before), ("after", found.after)):
        merged = coverage.outlines[coverage.outlines["station"] == ""]
        yield GeoDataFrame(
            {"side": side, "circle": merged["circle"].to_numpy()},
            geometry=merged.geometry.to_numpy(),
            crs=merged.crs,
        )


def _tables(told: Told, *, lang: str) -> dict[str, DataFrame]:
    """Return the tables by the name of their file."""
    tables = {}
    if told.division is not None:
        tables[NAME] = grid_table(told.division, lang=lang)
        tables[f"{NAME}_moves"] = move_table(told.division, lang=lang)
    if told.coverage is not None:
        table = area_table(told.coverage, lang=lang)
        tables[_COVERAGE if tables else NAME] = table
    return tables


def area_table(found: Comparison, *, lang: str) -> DataFrame:
    """Return one row an area and circle, before and after, named in a language."""
    names = texts(NAME, lang)["csv"]
    assert isinstance(names, Mapping)  # noqa: S101  a table of the texts
    levels = texts("tables", lang)
    table = found.areas.copy()
    table["level"] = [levels[f"level_{level}"] for level in table["level"]]
    for column in [c for c in table if str(c).endswith("_after")]:
        stem = str(column).removesuffix("_after")
        table[f"{stem}_more"] = table[column] - table[f"{stem}_before"]
    shown = [name for name in names if name in table and table[name].notna().any()]
    return table[shown].rename(columns=names)


def _record(pair: Pair, told: Told, *, run: Run) -> dict[str, Any]:
    """Return the whole of ``compare.json``."""
    found = {"division": told.division, "coverage": told.coverage}
    return {
        "study": pair.before.name,
        "command": told.command,
        "version": __version__,
        "inputs": [asdict(item) for item in (*pair.before.inputs, *pair.others)],
        "parameters": {**parameters(pair.before), "asked": dict(told.asked)},
        "seed": None,
        "warnings": report.grouped(told.findings),
        "seconds": run.seconds,
        "results": {
            "differs": {"grids": pair.grids, "stations": pair.stations},
            **{k: None if v is None else v.results for k, v in found.items()},
            "comments": [asdict(one) for one in told.comments],
        },
    }

"""Results as tables and records: what the GeoPackage, CSV and JSON files hold."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from geopandas import GeoDataFrame
from pandas import DataFrame

from geoplan.model import GROUPS, Coverage, Finding
from geoplan.wording import say, texts

_STATION_COLUMNS = [
    "name",
    "tier",
    "access_m",
    "leg",
    "off_network",
    "grid",
    "community",
]
_BUILDING_COLUMNS = [
    *["name", "residential", "grid", "community", "counted"],
    *["households", "people", "households_estimated", "people_estimated"],
    *["floor_m2", "access_m", "leg", "off_network"],
]
_AREA_MEASURES = ("households", "people", "buildings", "floor_m2")
_WAYS = ("total", "any", "own", "straight")


def coverage_layers(coverage: Coverage, *, lang: str) -> dict[str, DataFrame]:
    """Return the layers of ``coverage.gpkg`` by name, in the working CRS."""
    return {
        "grids": coverage.grids.reset_index(),
        "communities": coverage.communities.reset_index(),
        "street": coverage.street.reset_index(),
        "stations": coverage.stations[[*_STATION_COLUMNS, "geometry"]].reset_index(),
        "buildings": coverage.buildings[[*_BUILDING_COLUMNS, "geometry"]].reset_index(),
        "minutes": coverage.minutes,
        "circles": coverage.outlines,
        "gaps": coverage.gaps,
        "unreached": coverage.unreached,
        "findings": findings_layer(coverage.findings, lang=lang, like=coverage.grids),
        **{name: _flat(table) for name, table in coverage.services.items()},
    }


def _flat(table: DataFrame) -> DataFrame:
    """Return a table with its index, if that has a name, as a column."""
    return table.reset_index() if table.index.name else table


def findings_layer(
    findings: tuple[Finding, ...], *, lang: str, like: GeoDataFrame
) -> GeoDataFrame:
    """Return findings as a layer: level, rule, layer, code, text; some placeless."""
    columns = ["level", "rule", "layer", "code", "text"]
    rows = [(f.level, f.rule, f.layer, f.code, finding_text(f, lang)) for f in findings]
    return GeoDataFrame(
        DataFrame(rows, columns=columns),
        geometry=[finding.geometry for finding in findings],
        crs=like.crs,
    )


def finding_text(finding: Finding, lang: str) -> str:
    """Return what a finding says in a language."""
    return say(f"findings.{finding.rule}", lang=lang, **finding.facts)


def coverage_table(coverage: Coverage, *, lang: str) -> DataFrame:
    """Return one row an area and circle, its columns named in a language.

    Shares are of the area's own total, 0..1 with four decimals, and empty where
    that is 0 or unknown.
    """
    table = DataFrame(coverage.results["areas"])
    for measure in ("households", "people"):
        total = pd.to_numeric(table[f"{measure}_total"])
        for way in ("any", "own"):
            served = pd.to_numeric(table[f"{measure}_{way}"])
            table[f"{measure}_{way}_share"] = (served / total.where(total > 0)).round(4)
    names = texts("tables", lang)
    table["level"] = table["level"].map(lambda level: names[f"level_{level}"])
    shown = [column for column in _table_columns() if column in table]
    return table[shown].rename(columns=names)


def items_table(coverage: Coverage, *, lang: str) -> DataFrame | None:
    """Return services by community: one row an area and circle, a column an item.

    Cells are the households (else people, else buildings) that can walk to it;
    None where no station offers anything.
    """
    table = coverage.services.get("items")
    if table is None:
        return None
    what, names = str(coverage.results["counted"]), texts("tables", lang)
    keys = ["circle", "level", "code", "name"]
    rows = table[[*keys, f"{what}_total"]].drop_duplicates(keys).reset_index(drop=True)
    place = table.set_index([*keys[:3], "item"])[f"{what}_any"]
    wide = place.unstack("item")[list(dict.fromkeys(table["item"]))]  # noqa: PD010  keys stay as they are
    cells = wide.loc[pd.MultiIndex.from_frame(rows[keys[:3]])].reset_index(drop=True)
    rows["level"] = rows["level"].map(lambda level: names[f"level_{level}"])
    return pd.concat([rows.rename(columns=names), cells], axis=1)


def coverage_record(
    coverage: Coverage, *, study: str, version: str, run: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the whole of ``coverage.json``.

    Parameters
    ----------
    run : mapping
        What only the caller knows: inputs, parameters, seconds.
    """
    return {
        "study": study,
        "command": "coverage",
        "version": version,
        "inputs": run["inputs"],
        "parameters": run["parameters"],
        "seed": None,
        "warnings": grouped(coverage.findings),
        "seconds": run["seconds"],
        "results": coverage.results,
    }


def grouped(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Return findings by rule, with the codes that each concerns."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        key = (finding.level, finding.rule, finding.layer)
        groups.setdefault(key, []).append(finding)
    return [
        {
            "level": level,
            "rule": rule,
            "layer": layer,
            "count": len(members),
            "codes": [member.code for member in members if member.code],
            "text": finding_text(members[0], "en"),
        }
        for (level, rule, layer), members in groups.items()
    ]


def _table_columns() -> tuple[str, ...]:
    """Return the columns in their order; those of a band are not always there."""
    measures = [
        column
        for measure in _AREA_MEASURES
        for column in (
            *(f"{measure}_{way}" for way in _WAYS),
            *(
                f"{measure}_{way}_share"
                for way in ("any", "own")
                if measure in ("households", "people")
            ),
            *(
                f"{measure}_{way}_{end}"
                for way in ("any", "own")
                for end in ("low", "high")
            ),
        )
    ]
    groups = [f"{group}_{way}" for group in GROUPS for way in _WAYS]
    return ("level", "code", "name", "circle", *measures, *groups)

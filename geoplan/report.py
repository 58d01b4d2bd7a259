"""Results as tables and records: what the GeoPackage, CSV and JSON files hold."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from geopandas import GeoDataFrame
from pandas import DataFrame

from geoplan.model import Coverage, Finding
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
    }


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
    return table[list(_table_columns())].rename(columns=names)


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
    measures = [
        column
        for measure in _AREA_MEASURES
        for column in (
            *(f"{measure}_{part}" for part in ("total", "any", "own", "straight")),
            *(
                f"{measure}_{way}_share"
                for way in ("any", "own")
                if measure in ("households", "people")
            ),
        )
    ]
    return ("level", "code", "name", "circle", *measures)

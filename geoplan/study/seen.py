"""What a check has seen: findings with their places, files as they were understood."""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import shapely
from geopandas import GeoDataFrame
from pyproj import CRS

from geoplan import check, columns
from geoplan.datum import Verdict
from geoplan.files import LayerFile
from geoplan.model import Finding, Understood
from geoplan.study.datums import words
from geoplan.study.settings import Settings, Table
from geoplan.wording import Said, texts

_WORST_FIRST = ("error", "warning", "info")
#: Layers in the order in which a planner mends: what others hang on comes first.
LAYERS = (
    *("study", "grids", "communities", "population", "buildings", "entrances"),
    *("compounds", "gates", "stations", "candidates", "land", "barriers", "network"),
)
_OF_SIZE = "H"  # rules of how large grids should be: last, they are no mistakes


def in_order(
    findings: Iterable[Finding], *, files: Sequence[LayerFile]
) -> tuple[Finding, ...]:
    """Return findings worst first, each with its row and place if they are known."""
    by_layer = {file.layer: file for file in files}
    placed = [_placed(_worded(one), by_layer.get(one.layer)) for one in findings]
    return tuple(
        sorted(
            placed,
            key=lambda one: (
                _WORST_FIRST.index(one.level),
                check.rule(one.rule).id.startswith(_OF_SIZE),
                LAYERS.index(one.layer) if one.layer in LAYERS else len(LAYERS),
                one.rule,
                one.row or 0,
                one.code,
            ),
        )
    )


def _worded(finding: Finding) -> Finding:
    """Return a finding on broken geometry with the library's reason in our words."""
    reason = str(finding.facts.get("reason", ""))
    name = re.sub(r"[\s-]+", "_", reason.partition("[")[0].strip().lower())
    key = f"reason_{'no_area' if reason.startswith('0 ') else name}"
    if key not in texts("check", "en"):
        return finding
    return replace(finding, facts={**finding.facts, "reason": Said(f"check.{key}")})


def _placed(finding: Finding, file: LayerFile | None) -> Finding:
    """Return a finding with the row of its code, or the place of its row."""
    if file is None:
        return finding
    rows = file.row_numbers
    if finding.row is None and finding.code in rows.index:
        finding = replace(finding, row=int(rows[finding.code]))
    if finding.geometry is not None or not isinstance(file.frame, GeoDataFrame):
        return finding
    at = rows.index[rows == finding.row].intersection(file.frame.index)
    if not len(at):
        return finding
    shape = file.frame.geometry[at[0]]
    return replace(finding, geometry=shapely.point_on_surface(shape))


def understood(
    settings: Settings,
    files: Sequence[LayerFile],
    *,
    datums: Sequence[Verdict],
    ways: Understood | None,
    lang: str,
) -> tuple[Understood, ...]:
    """Return how each file of a study was understood, in the order of the study."""
    read = {file.layer: file for file in files}
    judged = {verdict.layer: verdict for verdict in datums}
    found = []
    for layer, table in named_files(settings).items():
        told = {"path": table} if isinstance(table, str) else table
        path = settings.path.parent / str(told["path"]).replace("\\", "/")
        file = read.get(layer)
        near = beside(path, home=settings.path.parent)
        if file is None:
            found.append(Understood(layer=layer, path=near, rows=0, unread=True))
            continue
        found.append(
            Understood(
                layer=layer,
                path=near,
                rows=file.rows,
                encoding=file.encoding,
                crs=_called(file.crs),
                datum=_datum(told, judged.get(layer)),
                evidence=words(judged[layer], lang=lang) if layer in judged else (),
                columns=file.columns,
                dropped=file.dropped,
            )
        )
    return (*found, ways) if ways else tuple(found)


def _datum(told: Table, verdict: Verdict | None) -> str:
    """Return the datum that the study file names, or else that all trials have."""
    named = str(told.get("datum", ""))
    return named or (verdict.datum if verdict and verdict.fits else "")


def named_files(settings: Settings) -> dict[str, Table | str]:
    """Return the table, or path, of every layer that a study file names."""
    tables = settings.tables
    inner = {
        "entrances": tables.get("buildings", {}).get("entrances"),
        "gates": tables.get("compounds", {}).get("gates"),
        "land": tables.get("land", {}).get("residential"),
    }
    outer = {
        name: table
        for name, table in tables.items()
        if "path" in table and name in columns.layers()
    }
    return {**outer, **{name: told for name, told in inner.items() if told}}


def beside(path: Path, *, home: Path) -> str:
    """Return a path from a folder, with "/"; its name alone if on another drive."""
    try:
        return Path(os.path.relpath(path, home)).as_posix()
    except ValueError:
        return path.name


def _called(crs: CRS | None) -> str:
    if crs is None:
        return ""
    code = crs.to_authority()
    return f"{code[0]}:{code[1]} {crs.name}" if code else crs.name


def ways_understood(
    path: Path, *, rows: int, home: Path, datum: str, unread: bool
) -> Understood:
    """Return how the file of ways was understood."""
    openstreetmap = path.name.lower().endswith((".osm", ".pbf", ".bz2", ".gz"))
    return Understood(
        layer="network",
        path=beside(path, home=home),
        rows=rows,
        encoding="utf-8" if openstreetmap else "",
        crs="EPSG:4326 WGS 84" if openstreetmap else "",
        datum="wgs84" if openstreetmap else datum,
        unread=unread,
    )

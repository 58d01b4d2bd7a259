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
from geoplan.study.settings import INNER, Settings, Table
from geoplan.wording import Said, texts

_WORST_FIRST = ("error", "warning", "info")
#: Layers in the order in which a planner mends: what others hang on comes first.
LAYERS = (
    *("study", "grids", "earlier", "second", "micro_grids", "communities"),
    *("population", "buildings", "entrances"),
    *("compounds", "gates", "stations", "candidates", "land", "barriers", "network"),
)
_OF_SIZE = "H"  # rules of how large grids should be: last, they are no mistakes


def in_order(
    findings: Iterable[Finding], *, files: Sequence[LayerFile]
) -> tuple[Finding, ...]:
    """Return findings worst first, each with its row and place if they are known."""
    by_layer: dict[str, list[LayerFile]] = {}
    for file in files:
        by_layer.setdefault(file.layer, []).append(file)
    placed = [_placed(_worded(one), by_layer.get(one.layer, [])) for one in findings]
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


def _placed(finding: Finding, files: Sequence[LayerFile]) -> Finding:
    """Return a finding with the row of its code, or the place of its row."""
    own = [f for f in files if f.called == finding.path or not finding.path]
    file = next((f for f in own if finding.code in f.row_numbers.index), None)
    if file is None and len(own) != 1:
        return finding
    file = file or own[0]
    finding = replace(finding, path=finding.path or file.called)
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
    judged = {(verdict.layer, verdict.part): verdict for verdict in datums}
    read, found = {(file.layer, file.part): file for file in files}, []
    for layer in named_layers(settings):
        for nth, told in enumerate(settings.files(layer)):
            file, verdict = read.get((layer, nth)), judged.get((layer, nth))
            near = file_name(settings, layer, nth=nth)
            if file is None:
                one = Understood(layer=layer, path=near, rows=0, unread=True)
            else:
                one = _one(file, verdict, told=told, near=near, lang=lang)
            found.append(one)
    return (*found, ways) if ways else tuple(found)


def _one(
    file: LayerFile, verdict: Verdict | None, *, told: Table, near: str, lang: str
) -> Understood:
    return Understood(
        layer=file.layer,
        path=near,
        rows=file.rows,
        encoding=file.encoding,
        crs=_called(file.crs),
        datum=_datum(told, verdict),
        evidence=words(verdict, lang=lang) if verdict else (),
        columns=file.columns,
        dropped=file.dropped,
    )


def _datum(told: Table, verdict: Verdict | None) -> str:
    """Return the datum that the study file names, or else that all trials have."""
    named = str(told.get("datum", ""))
    return named or (verdict.datum if verdict and verdict.fits else "")


def named_layers(settings: Settings) -> tuple[str, ...]:
    """Return the layers that a study file names files of, in its order."""
    outer = [name for name in settings.tables if name in columns.layers()]
    return tuple(
        name for name in dict.fromkeys([*outer, *INNER]) if settings.files(name)
    )


def file_name(settings: Settings, layer: str, *, nth: int) -> str:
    """Return what to call a file of a layer: its path, and one of several's sheet."""
    told, home = settings.files(layer)[nth], settings.path.parent
    near = beside(home / str(told["path"]).replace("\\", "/"), home=home)
    sheet = told.get("sheet") or told.get("layer")
    several = len(settings.files(layer)) > 1
    return f"{near} [{sheet}]" if several and sheet else near


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

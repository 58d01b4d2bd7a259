"""The check: everything read, nothing repaired, all told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from geoplan import check, network
from geoplan.coverage import premises, without_station
from geoplan.datum import Verdict
from geoplan.errors import Faults, GeoplanError
from geoplan.files import LayerFile
from geoplan.hours import parse as understood
from geoplan.model import Finding, Layers, Network
from geoplan.osm.header import date_of
from geoplan.study import areas, stations, streets
from geoplan.study.reading import Study, read_study
from geoplan.study.seen import (
    LAYERS,
    beside,
    file_name,
    in_order,
    named_layers,
)
from geoplan.study.settings import Settings, read_settings
from geoplan.study.sources import Input, Reader
from geoplan.study.streets import Tell, silent

_OF_DATUMS = ("datum_wrong", "datum_rows")
_FOR_WANT_OF_STATIONS = ("circles_none", "circle_tier_absent")


@dataclass(frozen=True, kw_only=True, eq=False)
class Looked:
    """A study as far as it can be read, and all that is odd about it."""

    settings: Settings
    study: Study | None  #: None if the grids cannot be read
    network: Network | None  #: None if there is no way to walk
    files: tuple[LayerFile, ...]
    inputs: tuple[Input, ...]
    findings: tuple[Finding, ...]  #: worst first

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return the findings that make results wrong."""
        return tuple(one for one in self.findings if one.level == "error")


def look(path: Path | str, *, tell: Tell = silent) -> Looked:
    """Return all that is odd about a study.

    Raises
    ------
    InputError
        If the study file itself cannot be read.
    """
    settings = read_settings(path)
    faults = Faults(keep=True)
    try:
        study = read_study(path, tell=tell, faults=faults)
    except GeoplanError as error:
        faults.tell(error)
        files = _files_alone(settings, faults=faults)
        found = [finding for file in files for finding in file.findings]
        return Looked(
            settings=settings,
            study=None,
            network=None,
            files=files,
            inputs=Reader.of(settings).inputs(
                list(files), network=streets.NOWHERE, rows=0
            ),
            findings=in_order([*_kept(faults, settings), *found], files=files),
        )
    way = None
    if len(study.ways.frame):
        way = faults.attempt(
            lambda: network.build(study.ways, walker=study.walker), otherwise=None
        )
    found = [
        *study.findings,
        *check_layers(study.layers),
        *check.check_dates(study.date, ways=_date(study)),
        *_on_the_ground(study, way, band=_band(settings)),
    ]
    found = [one for one in found if not _for_want_of_place(one, study.datums)]
    return Looked(
        settings=settings,
        study=study,
        network=way,
        files=study.files,
        inputs=study.inputs,
        findings=in_order(
            check.once([*_kept(faults, settings), *found]), files=study.files
        ),
    )


def check_layers(layers: Layers) -> tuple[Finding, ...]:
    """Return what is wrong with layers by themselves; quick, before any walking."""
    return (
        *check.check_topology(layers),
        *check.check_keys(layers),
        *check.check_values(layers),
        *check.check_earlier(layers),
        *check.check_nets(layers),
    )


def _on_the_ground(
    study: Study, way: Network | None, *, band: tuple[float, float] | None
) -> tuple[Finding, ...]:
    """Return what is odd about homes, stations, ways and the division of grids."""
    named = study.layers.stations[study.layers.stations["tier"] != ""]
    layers = replace(study.layers, stations=named)
    if not len(layers.buildings) or not len(layers.stations):
        return _ways(study, way)
    before = premises(
        layers,
        network=way,
        surroundings=study.ways.surroundings,
        circles=study.circles,
    )
    readable = [understood(str(text)) is not None for text in layers.stations["hours"]]
    return (
        *before.findings,
        *without_station(layers, served=before.served, circles=study.circles),
        *check.check_stations(
            layers,
            served=before.served,
            readable=pd.Series(readable, index=layers.stations.index, dtype=bool),
        ),
        *check.check_division(layers, homes=before.homes, network=way, wanted=band),
        *check.check_nesting(layers, homes=before.homes),
        *_ways(study, way),
    )


def _ways(study: Study, way: Network | None) -> tuple[Finding, ...]:
    if way is None:
        return ()
    return (
        *about_ways(study, way),
        *check.check_outlines(
            study.layers, network=way, surroundings=study.ways.surroundings
        ),
        *check.check_ways(
            way, layers=study.layers, circles=study.circles, walker=study.walker
        ),
    )


def about_ways(study: Study, way: Network) -> tuple[Finding, ...]:
    """Return what building a network has shown of its ways."""
    return (
        *network.not_passed(study.ways, walker=study.walker),
        *network.unmeasured(way),
        *network.near_misses(way),
    )


def _date(study: Study) -> str:
    """Return the day of the ways, if they are OpenStreetMap's and say so."""
    graph = study.network_path.suffix.lower() == ".graphml"
    return date_of(study.network_path) if study.from_openstreetmap and not graph else ""


def _band(settings: Settings) -> tuple[float, float] | None:
    """Return the households of a grid that a study names."""
    named = settings.table("division").get("band")
    return (float(named[0]), float(named[1])) if named else None


def _for_want_of_place(finding: Finding, datums: Sequence[Verdict]) -> bool:
    """Return whether a thing is odd only since a layer, or a row, is misplaced.

    A rule that holds layers against each other says nothing while one of them is
    in the wrong datum.
    """
    if finding.rule in _OF_DATUMS:
        return False
    misplaced = {verdict.layer for verdict in datums if verdict.sure}
    if misplaced & check.rule(finding.rule).between:
        return True
    if finding.level == "error" or finding.geometry is None:
        return False
    rows = {
        code
        for v in datums
        if v.layer == finding.layer
        for o in v.odd
        for code in o.codes
    }
    return finding.layer in misplaced or finding.code in rows


def _files_alone(settings: Settings, *, faults: Faults) -> tuple[LayerFile, ...]:
    """Return the files of layers, each by itself, where the grids cannot be read."""
    reader = Reader.of(settings, faults=faults)
    grids = reader.schema("grids")
    read = [
        stations.read(reader, nth=nth, crs=None)
        if name == "stations"
        else reader.attempt(
            name,
            table,
            crs=None,
            schema=areas.before(grids) if name == "earlier" else None,
        )
        for name in named_layers(settings)
        for nth, table in enumerate(settings.files(name))
        if name != "grids"
    ]
    return tuple(file for file in read if file is not None)


def _kept(faults: Faults, settings: Settings) -> Iterable[Finding]:
    """Yield the errors that a check has kept, as findings.

    Where stations cannot be read, that no circle finds any is no error of its own.
    """
    unread = any(error.where.get("layer") == "stations" for error in faults.kept)
    for error in faults.kept:
        where = error.where
        if unread and error.key in _FOR_WANT_OF_STATIONS:
            continue
        row = where.get("row")
        yield Finding(
            rule=error.key,
            level="error",
            layer=_about(error, settings),
            code=str(error.facts.get("code", "")),
            facts=error.facts,
            row=int(str(row)) if row else None,
            column=str(where.get("column", "")),
            path=_path(error, settings),
            topic="errors",
        )


def _path(error: GeoplanError, settings: Settings) -> str:
    """Return the file that an error is about, where its layer has several."""
    layer, home = str(error.where.get("layer", "")), settings.path.parent
    near = beside(Path(str(error.where.get("file", ""))), home=home)
    names = [
        file_name(settings, layer, nth=n) for n in range(len(settings.files(layer)))
    ]
    named = [name for name in names if name.partition(" [")[0] == near]
    return named[0] if len(names) > 1 and len(named) == 1 else ""


def _about(error: GeoplanError, settings: Settings) -> str:
    """Return the layer that an error is about; the ways have no name of their own."""
    layer, file = error.where.get("layer"), error.where.get("file")
    named = str(layer or "").partition(",")[0]  # the first of several
    if named:
        return named if named in LAYERS else "study"
    return "study" if file == settings.path or "table" in error.facts else "network"

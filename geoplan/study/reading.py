"""A study: its file, and all that the file names, read and checked."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from geopandas import GeoDataFrame
from pyproj import CRS

from geoplan import columns
from geoplan import crs as crs_
from geoplan.datum import TO_WGS84, Verdict
from geoplan.errors import STRICT, CrsError, Faults
from geoplan.files import LayerFile, empty_layer
from geoplan.files.rasters import read_elevation
from geoplan.model import Circle, Elevation, Finding, Layers, Walker, Ways
from geoplan.osm.kept import FOLDER, kept_ways
from geoplan.study import (
    areas,
    datums,
    own_grids,
    people,
    reach,
    stations,
    streets,
    tidy,
    totals,
)
from geoplan.study.settings import Settings, read_settings
from geoplan.study.sources import Input, Reader
from geoplan.study.streets import Tell, silent

# Ways are read this far round the grids, or as far as the longest walk goes.
NETWORK_RIM = 2500.0  # m
_DOWNHILL = 1.2  # how many times as fast as on the flat a slope is walked at most

Box = tuple[float, float, float, float]

_OSM_SUFFIXES = (".osm", ".pbf", ".osm.bz2", ".osm.gz", ".graphml")


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """All that a study file names, read and checked, in one working CRS."""

    name: str
    date: str  #: of the data, ISO; "" if not given
    path: Path  #: of the study file
    crs: CRS
    layers: Layers
    circles: tuple[Circle, ...]
    walker: Walker
    network_path: Path
    ways: Ways
    elevation: Elevation | None  #: of the ground, where slopes count
    inputs: tuple[Input, ...]
    credits: tuple[str, ...]
    notes: tuple[str, ...]
    review: str  #: number of the map review (审图号); "" for none
    tiles: str  #: template of an online base map; "" for none
    findings: tuple[Finding, ...]
    files: tuple[LayerFile, ...] = ()  #: the layers as they were read
    datums: tuple[Verdict, ...] = ()  #: of the layers of which anything can be said
    forced: bool = False  #: whether errors that a check found were passed over

    @property
    def from_openstreetmap(self) -> bool:
        """Return whether the ways are OpenStreetMap's, as the file's format tells."""
        return _of_openstreetmap(self.network_path)


def read_study(
    path: Path | str, *, tell: Tell = silent, faults: Faults = STRICT
) -> Study:
    """Return a study, from its file or the folder that holds ``study.toml``.

    ``tell`` is told of a download, by the names of its steps among the texts
    ``progress``. Where ``faults`` keeps errors, what cannot be used is left out,
    and the study is good for looking at only.

    Raises
    ------
    InputError, CrsError, UsageError
        If the study file, its grids, or another file that it names cannot be used
        as it is.
    """
    settings = read_settings(path)
    reader = Reader.of(settings, faults=faults)
    layers, files, findings = _layers(reader)
    layers, raster, findings = _people(reader, layers, findings)
    asked = partial(reach.circles, settings, stations=layers.stations)
    circles, about_circles = faults.attempt(asked, otherwise=((), ()))
    walker = _walker(reader)
    named = partial(streets.file, reader, tell=tell)
    network, about_network = faults.attempt(named, otherwise=(streets.NOWHERE, ()))
    bounds = _bounds(layers.grids, rim=_rim(settings, circles, walker=walker))
    ways, walls = _ways(reader, network, crs=layers.crs, bounds=bounds)
    files += walls
    tested = datums.tested(
        reader, layers, files, ways=ways, trusted=_of_openstreetmap(network)
    )
    ground, elevation = _elevation(reader, walker=walker, ways=ways)
    about = settings.table("study")
    return Study(
        name=about["name"],
        date=str(about.get("date", ""))[:10],
        path=settings.path,
        crs=layers.crs,
        layers=layers,
        circles=circles,
        walker=walker,
        network_path=network,
        ways=ways,
        elevation=elevation,
        inputs=reader.inputs(
            files, network=network, rows=len(ways.frame), others=raster + ground
        ),
        credits=tuple(about.get("credits", [])),
        notes=tuple(about.get("notes", [])),
        review=str(about.get("review", "")),
        tiles=str(about.get("tiles", "")),
        findings=(
            *tested.findings,
            *own_grids.rough(files, crs=layers.crs),
            *findings,
            *about_circles,
            *about_network,
            *ways.findings,
            *_unused(reader, walker=walker),
        ),
        files=tuple(files),
        datums=tested.verdicts,
    )


def _walker(reader: Reader) -> Walker:
    """Return who walks; the usual walker if what is said is kept as an error."""
    settings = reader.settings
    usual = reach.walker(replace(settings, tables={}))
    return reader.faults.attempt(lambda: reach.walker(settings), otherwise=usual)


def _ways(
    reader: Reader, network: Path, *, crs: CRS, bounds: Box
) -> tuple[Ways, list[LayerFile]]:
    """Return the ways with the study's own barriers, and the file of those."""
    tables, attempt = reader.settings.tables, reader.faults.attempt
    datum = _shifted(tables["network"].get("datum"))
    folder = reader.settings.path.parent / FOLDER
    read = partial(kept_ways, network, folder, crs=crs, bounds=bounds, datum=datum)
    ways = attempt(read, otherwise=streets.no_ways(crs))
    if "barriers" not in tables:
        return ways, []
    walls = reader.attempt("barriers", tables["barriers"], crs=crs)
    if walls is None:
        return ways, []
    return tidy.with_barriers(ways, walls.frame), [walls]


def _elevation(
    reader: Reader, *, walker: Walker, ways: Ways
) -> tuple[tuple[Path, ...], Elevation | None]:
    """Return the heights of the ground that a study names, and their file.

    None if it names none, or if slopes do not count for the walker.
    """
    told = reader.settings.table("elevation")
    if not told or not walker.slope or ways.frame.empty:
        return (), None
    path, around = reader.beside(told["path"]), tuple(ways.frame.total_bounds)
    read = partial(read_elevation, path, crs=ways.frame.crs, bounds=around)
    elevation = reader.faults.attempt(read, otherwise=None)
    return ((path,) if elevation else ()), elevation


def _unused(reader: Reader, *, walker: Walker) -> tuple[Finding, ...]:
    """Return that slopes do not count, if the study names heights all the same."""
    if walker.slope or not reader.settings.table("elevation"):
        return ()
    return (Finding(rule="elevation_unused", level="info", layer="network"),)


def _layers(reader: Reader) -> tuple[Layers, list[LayerFile], tuple[Finding, ...]]:
    """Return all layers in the working CRS, their files, and what was odd."""
    tables, attempt = reader.settings.tables, reader.faults.attempt
    grids = reader.read("grids", tables["grids"], crs=None)
    crs = _working_crs(reader.settings, grids)
    moved = _moved(grids, crs=crs)
    grids = replace(grids, frame=moved)
    read = _others(reader, crs=crs)
    files = [grids, *itertools.chain.from_iterable(read.values())]
    odd = [
        attempt(partial(tidy.near, file, grids=moved), otherwise=())
        for file in files[1:]
        if len(file.frame)
    ]
    grid_frame, communities, found = _areas(reader, grids, read)
    found += tuple(finding for findings in odd for finding in findings)
    buildings, about_uses = tidy.homes(_frame(read, "buildings", crs))
    doors, about_doors = tidy.doors(_frame(read, "entrances", crs), buildings=buildings)
    land, about_land = _land(reader, _only(read, "land"))
    layers = Layers(
        grids=grid_frame,
        communities=communities,
        buildings=buildings,
        stations=tidy.with_names(_frame(read, "stations", crs)),
        entrances=doors,
        land=land,
        compounds=_frame(read, "compounds", crs),
        gates=_frame(read, "gates", crs),
        candidates=_frame(read, "candidates", crs),
        micro_grids=_optional(read, "micro_grids"),
        earlier=_optional(read, "earlier"),
        second=_optional(read, "second"),
        totals={
            count: float(tables["population"][count])
            for count in totals.TOTALS
            if count in tables.get("population", {})
        },
        capacity_of=stations.capacity_of(read.get("stations", ())),
    )
    return layers, files, (*found, *about_uses, *about_doors, *about_land)


def _areas(
    reader: Reader, grids: LayerFile, read: Mapping[str, Sequence[LayerFile]]
) -> tuple[GeoDataFrame, GeoDataFrame, tuple[Finding, ...]]:
    """Return grids and communities, with the totals of a table of people."""
    settled = areas.settle(
        grids,
        communities=_only(read, "communities"),
        street=reader.settings.tables["study"]["name"],
        faults=reader.faults,
    )
    table = _only(read, "population")
    if table is None:
        return settled
    frame, communities, found = settled
    bring = partial(totals.bring, table, grids=frame, communities=communities)
    known = (frame, communities, ())
    frame, communities, told = reader.faults.attempt(bring, otherwise=known)
    return frame, communities, (*found, *told)


def _people(
    reader: Reader, layers: Layers, findings: tuple[Finding, ...]
) -> tuple[Layers, tuple[Path, ...], tuple[Finding, ...]]:
    """Return layers with the people of a raster, if a study names one, and its file."""
    named = reader.settings.table("population").get("raster")
    if not named:
        return layers, (), findings
    path = reader.beside(named)
    bring = partial(people.with_raster, layers, path)
    filled, found = reader.faults.attempt(bring, otherwise=(layers, None))
    if found is None:
        return layers, (), findings
    return filled, (path,), (*findings, *found)


def _land(
    reader: Reader, file: LayerFile | None
) -> tuple[GeoDataFrame | None, tuple[Finding, ...]]:
    """Return the residential land, if the study names land."""
    if file is None:
        return None, ()
    lived_on = partial(tidy.residential, file)
    return reader.faults.attempt(lived_on, otherwise=(None, ()))


def _others(reader: Reader, *, crs: CRS) -> dict[str, tuple[LayerFile, ...]]:
    """Return the files of all layers but the grids, in the working CRS."""
    apart = {"grids", "barriers"}
    read = {
        name: [
            file
            for nth in range(len(reader.settings.files(name)))
            if (file := _one(reader, name, nth=nth, crs=crs)) is not None
        ]
        for name in (*columns.layers(), "earlier")
        if name not in apart
    }
    found = {name: tuple(files) for name, files in read.items() if files}
    if "stations" in found:
        found["stations"] = stations.distinct(found["stations"], faults=reader.faults)
    return found


def _one(reader: Reader, layer: str, *, nth: int, crs: CRS) -> LayerFile | None:
    """Return one file of a layer; None if it cannot be read and that is kept."""
    told = reader.settings.files(layer)[nth]
    if layer == "earlier":
        schema = areas.before(reader.schema("grids"))
        return reader.attempt(layer, told, crs=crs, schema=schema)
    if layer != "stations":
        return reader.attempt(layer, told, crs=crs)
    return stations.read(reader, nth=nth, crs=crs)


def _only(read: Mapping[str, Sequence[LayerFile]], layer: str) -> LayerFile | None:
    """Return the file of a layer that has one at most."""
    return read[layer][0] if layer in read else None


def _frame(
    read: Mapping[str, Sequence[LayerFile]], layer: str, crs: CRS
) -> GeoDataFrame:
    """Return a layer that a study need not have; empty if it has not."""
    blank = empty_layer(layer, crs=crs)
    return stations.one_layer(read.get(layer, ()), blank=blank)


def _optional(
    read: Mapping[str, Sequence[LayerFile]], layer: str
) -> GeoDataFrame | None:
    """Return a layer with names that few studies have; None if it has not."""
    file = _only(read, layer)
    return None if file is None else tidy.with_names(file.frame)


def _working_crs(settings: Settings, grids: LayerFile) -> CRS:
    """Return the CRS the study names, if it measures in metres, else the fitting.

    Raises
    ------
    InputError
        If it does not, or is not known; with the line of the study file.
    """
    named = settings.table("study").get("crs")
    if not named:
        return crs_.working_crs(grids.frame)
    try:
        crs = crs_.parse(named, layer="study")
        crs_.require_metres(_moved(grids, crs=crs), layer="study")
    except CrsError as error:
        if "row" in error.where:
            raise
        fix = crs_.working_crs(grids.frame).to_string()
        facts = {"crs": named, "fix": fix, **error.facts}
        raise settings.error(
            f"study_{error.key}", table="study", entry="crs", **facts
        ) from error
    return crs


def _moved(grids: LayerFile, *, crs: CRS) -> GeoDataFrame:
    return crs_.to_working(
        grids.frame,
        crs=crs,
        layer="grids",
        file=grids.path,
        rows=grids.row_numbers,
        column=", ".join(grids.coordinates) or None,
    )


def _shifted(datum: str | None) -> str | None:
    """Return the datum of a road layer if it is a shifted one."""
    plain = (datum or "").casefold()
    return plain if plain in TO_WGS84 else None


def _rim(settings: Settings, circles: tuple[Circle, ...], *, walker: Walker) -> float:
    """Return how far round the grids ways are read, in metres."""
    slopes = walker.slope and "elevation" in settings.tables
    fastest = max([walker.speed, *(walker.band or ())]) * (_DOWNHILL if slopes else 1)
    return max(
        [NETWORK_RIM, *(c.metres or c.seconds(speed=1.0) * fastest for c in circles)]
    )


def _of_openstreetmap(network: Path) -> bool:
    return network.name.lower().endswith(_OSM_SUFFIXES)


def _bounds(grids: GeoDataFrame, *, rim: float) -> Box:
    west, south, east, north = grids.total_bounds
    return west - rim, south - rim, east + rim, north + rim

"""A study: its file, and all that the file names, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from geopandas import GeoDataFrame
from pyproj import CRS

from geoplan import columns
from geoplan import crs as crs_
from geoplan.datum import TO_WGS84
from geoplan.errors import CrsError
from geoplan.files import LayerFile, empty_layer
from geoplan.model import Circle, Finding, Layers, Walker, Ways
from geoplan.osm import read_ways
from geoplan.study import areas, reach, streets, tidy, totals
from geoplan.study.settings import Settings, read_settings
from geoplan.study.sources import Input, Reader
from geoplan.study.streets import Tell, silent

# Ways are read this far round the grids, or as far as the longest walk goes.
NETWORK_RIM = 2500.0  # m

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
    inputs: tuple[Input, ...]
    credits: tuple[str, ...]
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def from_openstreetmap(self) -> bool:
        """Return whether the ways are OpenStreetMap's, as the file's format tells."""
        return self.network_path.name.lower().endswith(_OSM_SUFFIXES)


def read_study(path: Path | str, *, tell: Tell = silent) -> Study:
    """Return a study, from its file or the folder that holds ``study.toml``.

    ``tell`` is told of a download, by the names of its steps among the texts
    ``progress``.

    Raises
    ------
    InputError, CrsError, UsageError
        If the study file, or a file that it names, cannot be used as it is.
    """
    settings = read_settings(path)
    reader = Reader.of(settings)
    layers, files, findings = _layers(reader)
    circles, about_circles = reach.circles(settings, stations=layers.stations)
    walker = reach.walker(settings)
    network, about_network = streets.file(reader, tell=tell)
    longest = max(c.seconds(speed=walker.speed) * walker.speed for c in circles)
    ways = read_ways(
        network,
        crs=layers.crs,
        bounds=_bounds(layers.grids, rim=max(NETWORK_RIM, longest)),
        datum=_shifted(settings.table("network").get("datum")),
    )
    if "barriers" in settings.tables:
        walls = reader.read("barriers", settings.table("barriers"), crs=layers.crs)
        ways, files = tidy.with_barriers(ways, walls.frame), [*files, walls]
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
        inputs=reader.inputs(files, network=network, rows=len(ways.frame)),
        credits=tuple(about.get("credits", [])),
        notes=tuple(about.get("notes", [])),
        findings=(
            *(finding for file in files for finding in file.findings),
            *findings,
            *about_circles,
            *about_network,
            *ways.findings,
        ),
    )


def _layers(reader: Reader) -> tuple[Layers, list[LayerFile], tuple[Finding, ...]]:
    """Return all layers in the working CRS, their files, and what was odd."""
    tables = reader.settings.tables
    grids = reader.read("grids", tables["grids"], crs=None)
    crs = _working_crs(reader.settings, grids)
    moved = _moved(grids, crs=crs)
    grids = replace(grids, frame=moved)
    read = _others(reader, crs=crs)
    files = [grids, *read.values()]
    odd = [tidy.near(file, grids=moved) for file in files[1:] if len(file.frame)]
    grid_frame, communities, found = areas.settle(
        grids,
        communities=read.get("communities"),
        street=tables["study"]["name"],
    )
    found += tuple(finding for findings in odd for finding in findings)
    if "population" in read:
        grid_frame, communities, told = totals.bring(
            read["population"], grids=grid_frame, communities=communities
        )
        found += told
    buildings, about_uses = tidy.homes(read["buildings"].frame)
    doors, about_doors = tidy.doors(_frame(read, "entrances", crs), buildings=buildings)
    land, about_land = tidy.residential(read["land"]) if "land" in read else (None, ())
    stations = tidy.with_names(read["stations"].frame)
    const = tables["stations"].get("tier")
    layers = Layers(
        grids=grid_frame,
        communities=communities,
        buildings=buildings,
        stations=stations.assign(tier=reach.tier(reader.settings, const))
        if const
        else stations,
        entrances=doors,
        land=land,
        compounds=_frame(read, "compounds", crs),
        gates=_frame(read, "gates", crs),
        candidates=_frame(read, "candidates", crs),
        totals={
            count: float(tables["population"][count])
            for count in totals.TOTALS
            if count in tables.get("population", {})
        },
    )
    return layers, files, (*found, *about_uses, *about_doors, *about_land)


def _others(reader: Reader, *, crs: CRS) -> dict[str, LayerFile]:
    """Return the files of all layers but the grids, in the working CRS."""
    tables = reader.settings.tables
    inner = {
        "entrances": tables["buildings"].get("entrances"),
        "gates": tables.get("compounds", {}).get("gates"),
        "land": tables.get("land", {}).get("residential"),
    }
    named = {
        name: inner[name] if name in inner else tables.get(name)
        for name in columns.layers()
        if name not in {"grids", "barriers", "population"}
    }
    if "path" in tables.get("population", {}):
        named["population"] = tables["population"]
    schema = reader.schema("stations")
    if "tier" in tables["stations"]:
        schema = reach.without_tier(schema)
    return {
        name: reader.read(
            name, table, crs=crs, schema=schema if name == "stations" else None
        )
        for name, table in named.items()
        if table
    }


def _frame(read: Mapping[str, LayerFile], layer: str, crs: CRS) -> GeoDataFrame:
    """Return a layer that a study need not have; empty if it has not."""
    return read[layer].frame if layer in read else empty_layer(layer, crs=crs)


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


def _bounds(grids: GeoDataFrame, *, rim: float) -> tuple[float, float, float, float]:
    west, south, east, north = grids.total_bounds
    return west - rim, south - rim, east + rim, north + rim

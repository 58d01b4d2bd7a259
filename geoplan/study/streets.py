"""The file of ways that a study names, or the place that it is downloaded for."""

from collections.abc import Callable
from pathlib import Path

import geopandas
from pyproj import CRS

from geoplan.model import Finding, Surroundings, Ways
from geoplan.osm.download import Downloaded, download, recorded
from geoplan.study.sources import Reader

Tell = Callable[..., None]

NOWHERE = Path("?")  # stands for a file of ways that cannot be found


def silent(_step: str, **_facts: object) -> None:
    """Tell nothing."""


def file(reader: Reader, *, tell: Tell) -> tuple[Path, tuple[Finding, ...]]:
    """Return where a study's ways are, and of when, if they were downloaded.

    The ways of ``place`` are downloaded once, beside the study; from then on that
    file is read, as long as it is what its record says.

    Raises
    ------
    InputError
        The study names not exactly one of ``path`` and ``place``, or the download
        fails.
    """
    settings = reader.settings
    table = settings.table("network")
    path, place = table.get("path"), table.get("place")
    if path and place:
        raise settings.error("network_both", table="network", entry="place")
    if path:
        return reader.beside(path), ()
    if not place:
        raise settings.error("study_key_missing", table="network", entry="path")
    folder = settings.path.parent
    done = recorded(place, folder=folder) or download(place, out=folder, tell=tell)
    return done.path, (_about(done),)


def no_ways(crs: CRS) -> Ways:
    """Return ways that are none, for a look at what else a study has."""

    def nothing(*columns: str) -> geopandas.GeoDataFrame:
        table: dict[str, list[object]] = {column: [] for column in columns}
        return geopandas.GeoDataFrame(table, geometry=[], crs=crs)

    names = ("way", "kind", "name", "forward", "backward", "access", "hurdles")
    marks = ("kind", "name")
    return Ways(
        frame=nothing(*names, "bridge", "tunnel", "nodes"),
        crossings=nothing("node", "kind", "access", "hurdles"),
        surroundings=Surroundings(
            barriers=nothing(*marks),
            water=nothing(*marks),
            green=nothing(*marks),
            rails=nothing(*marks),
        ),
        findings=(),
    )


def _about(done: Downloaded) -> Finding:
    facts = {"name": done.name, "day": done.day, "date": done.date or "?"}
    return Finding(
        rule="network_downloaded",
        level="info",
        layer="network",
        facts={**facts, "file": done.path.name},
    )

"""Streets of a place from OpenStreetMap, as a file that a study can name.

Beside the file lies a record (``….json``): what was asked, of whom, and when.
"""

import datetime as dt
import json
import math
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from geoplan import __version__
from geoplan.errors import InputError, UsageError, why
from geoplan.osm.area import Area, label, of_box, of_file, of_place, square_km
from geoplan.osm.extract import FORMATS
from geoplan.osm.overpass import Answer, fetch
from geoplan.osm.writing import KINDS, encoded

Tell = Callable[..., None]  #: told a step's name and what fills its text


@dataclass(frozen=True, kw_only=True)
class Downloaded:
    """A file from OpenStreetMap, and where it is from."""

    path: Path
    asked: Mapping[str, Any]  #: place, bbox or polygon
    name: str  #: of the place, as OpenStreetMap has it; "" if none was asked for
    date: str  #: to which the data are complete, ISO; "" if not known
    day: str  #: of the download, ISO


def download(
    place: str = "",
    *,
    bbox: str = "",
    polygon: Path | str | None = None,
    out: Path | str | None = None,
    tell: Tell = lambda _step, **_facts: None,
) -> Downloaded:
    """Download the ways of an area, and what lies between them, into a file.

    Parameters
    ----------
    place : str
        A name that OpenStreetMap knows an area by. It is widened by 2.5 km.
    bbox : str
        Or "west,south,east,north" in degrees, taken as it is.
    polygon : path
        Or a file with polygons, such as the grids; widened by 2.5 km too.
    out : path
        The file (.osm.pbf, .osm, .osm.bz2 or .osm.gz), or a folder for it; by
        default the current one.
    tell : callable
        Is told each step by its name in the texts ``progress``.

    Raises
    ------
    UsageError
        Not exactly one area is named, or it is none, or the file cannot be written.
    InputError
        No server can be reached, or it does not know the place or answer in full.
        What was there before stays then.
    """
    area = _area(place, bbox=bbox, polygon=polygon, tell=tell)
    target = _target(Path(out) if out else Path(), label=area.label)
    km2 = math.ceil(square_km(area.shape))
    tell("download", name=area.name or area.label, km2=km2)
    answer = fetch(area.shape)
    if not any("highway" in each.get("tags", {}) for each in answer.elements.values()):
        raise InputError.at("download_empty", name=area.name or area.label)
    box = area.shape.bounds if "bbox" in area.asked else None
    ending = next(e for e in FORMATS if target.name.lower().endswith(e))
    data = encoded(answer.elements, ending=ending, box=box)
    record = _record(area, answer, data=data)
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    _put({target: data, record_of(target): text.encode()})
    tell("downloaded", ways=record["ways"], date=record["data_as_of"])
    return _told(target, record)


def recorded(place: str, *, folder: Path) -> Downloaded | None:
    """Return what was downloaded of a place into a folder before, if it is whole.

    None if there is nothing, or file and record do not belong together.
    """
    path = _target(folder, label=label(place))
    try:
        record = json.loads(record_of(path).read_text(encoding="utf-8"))
        whole = record["sha256"] == sha256(path.read_bytes()).hexdigest()
        same = record["asked"] == {"place": place}
        return _told(path, record) if whole and same else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def record_of(path: Path) -> Path:
    """Return where the record of a downloaded file lies: beside it."""
    return path.with_name(f"{path.name}.json")


def _told(path: Path, record: Mapping[str, Any]) -> Downloaded:
    return Downloaded(
        path=path,
        asked=record["asked"],
        name=record["name"],
        date=record["data_as_of"],
        day=record["downloaded"],
    )


def _area(place: str, *, bbox: str, polygon: Path | str | None, tell: Tell) -> Area:
    """Return the area that is named one way or another."""
    if sum(map(bool, (place, bbox, polygon))) != 1:
        raise UsageError.at("download_where")
    if polygon:
        return of_file(Path(polygon))
    if bbox:
        return of_box(bbox)
    tell("download_find", place=place)
    return of_place(place)


def _target(out: Path, *, label: str) -> Path:
    """Return the file to write: as named, or in the folder that is named."""
    if not out.is_dir() and any(out.name.lower().endswith(e) for e in FORMATS):
        return out
    return out / f"openstreetmap-{label}.osm.pbf"


def _record(area: Area, answer: Answer, *, data: bytes) -> dict[str, Any]:
    kinds = [kind for kind, _ in answer.elements]
    return {
        "source": "OpenStreetMap, by the Overpass API",
        "licence": "© OpenStreetMap contributors, ODbL 1.0",
        "asked": area.asked,
        "name": area.name,
        "rim_m": area.rim,
        "data_as_of": answer.date,
        "downloaded": dt.datetime.now(dt.UTC).date().isoformat(),
        "server": answer.server,
        "queries": list(answer.queries),
        **{f"{kind}s": kinds.count(kind) for kind in KINDS},
        "sha256": sha256(data).hexdigest(),
        "versions": {"geoplan": __version__, "osmnx": version("osmnx")},
    }


def _put(files: Mapping[Path, bytes]) -> None:
    """Write files, all or none of them.

    Raises
    ------
    UsageError
        If the place cannot be written to.
    """
    beside = {path: path.with_name(f".{os.getpid()}.{path.name}") for path in files}
    path = next(iter(files))
    try:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside[path].write_bytes(data)
        for path, place in beside.items():
            place.replace(path)
    except OSError as error:
        raise UsageError.at("cannot_write", file=path, reason=why(error)) from error
    finally:
        for place in beside.values():
            with suppress(OSError):
                place.unlink(missing_ok=True)

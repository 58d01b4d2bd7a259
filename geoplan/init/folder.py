"""The files of a folder: which to look at, and why not at the others."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from geoplan.errors import InputError
from geoplan.files.archives import SUFFIXES as ARCHIVES
from geoplan.files.contents import SUFFIXES as CONTENTS
from geoplan.files.vectors import COMPANIONS
from geoplan.init.words import tables
from geoplan.osm.extract import FORMATS

_WAYS = (*FORMATS, ".graphml")
_RASTERS = (".tif", ".tiff", ".asc", ".img")
_MOST = 2000  # files to look at; a folder with more is not one study's
#: Parts that may lie beside a shapefile, besides those that are read with it.
_BESIDE = (
    *(".sbn", ".sbx", ".qix", ".qpj", ".shp.xml", ".qmd", ".fbn", ".fbx", ".atx"),
    *(".csvt", ".tfw", ".aux.xml", ".ovr", ".osm.pbf.json"),
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file, and what it is good for."""

    path: Path
    near: str  #: its path from the folder, with "/"
    kind: Literal["layers", "ways", "raster", "passed"]
    reason: str = ""  #: why it is passed over


def files_of(folder: Path, *, out: Path) -> tuple[Found, ...]:
    """Return the files of a folder and its subfolders, by path.

    The parts of a shapefile go with it and are not listed. Links to folders are
    not followed.

    Raises
    ------
    InputError
        If it is no folder, cannot be listed, or has too many files.
    """
    if not folder.is_dir():
        raise InputError.at("init_no_folder", file=folder)
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise InputError.at("init_closed", file=folder) from error
    found = sorted(_walk(folder), key=lambda one: one.near)
    read = [one for one in found if one.kind != "passed"]
    if len(read) > _MOST:
        raise InputError.at("init_too_many", file=folder, count=len(read), most=_MOST)
    return tuple(one for one in found if one.path.resolve() != out.resolve())


def _walk(folder: Path) -> Iterator[Found]:
    shut: list[Found] = []

    def closed(error: OSError) -> None:
        path = Path(str(error.filename))
        shut.append(_found(path, folder, kind="passed", reason="closed"))

    for here, inside, names in os.walk(folder, onerror=closed):
        place = Path(here)
        for name in list(inside):
            reason = _passed(name)
            if reason:
                inside.remove(name)
                if not name.startswith("."):
                    yield _found(place / name, folder, kind="passed", reason=reason)
        there = {name.casefold() for name in names}
        for name in names:
            if not _belongs(name, there):
                yield _told(place / name, folder)
    yield from shut


def _told(path: Path, folder: Path) -> Found:
    """Return a file as what its name says it is."""
    name = path.name.casefold()
    if not _can_be_named(path.relative_to(folder)):
        return _found(path, folder, kind="passed", reason="name")
    reason = "" if name.endswith(_WAYS) else _passed(path.name)
    if reason or not path.is_file():  # a pipe, or a link to nothing
        return _found(path, folder, kind="passed", reason=reason or "other")
    if name.endswith(_WAYS):
        return _found(path, folder, kind="ways")
    if name.endswith((*CONTENTS, *ARCHIVES)):
        return _found(path, folder, kind="layers")
    if name.endswith(_RASTERS):
        return _found(path, folder, kind="raster")
    return _found(path, folder, kind="passed", reason="other")


def _found(
    path: Path,
    folder: Path,
    *,
    kind: Literal["layers", "ways", "raster", "passed"],
    reason: str = "",
) -> Found:
    near = path.relative_to(folder).as_posix()
    return Found(path=path, near=near, kind=kind, reason=reason)


def _can_be_named(path: Path) -> bool:
    r"""Return whether a study file can name a path: texts are UTF-8, "\" is "/"."""
    try:
        path.as_posix().encode()
    except UnicodeEncodeError:
        return False
    return "\\" not in path.as_posix()


def _passed(name: str) -> str:
    """Return why a file is not looked at; "" if it is."""
    plain = name.casefold()
    for entry in tables()["passed"]:
        if (
            plain in entry["names"]
            or plain.startswith(tuple(entry["starts"]))
            or plain.endswith(tuple(entry["ends"]))
        ):
            return str(entry["reason"])
    return ""


def _belongs(name: str, there: set[str]) -> bool:
    """Return whether a file is a part of another that is there."""
    plain = name.casefold()
    endings = {
        *_BESIDE,
        *(ending for endings in COMPANIONS.values() for ending in endings),
    }
    ending = next((e for e in sorted(endings, key=len)[::-1] if plain.endswith(e)), "")
    if not ending:
        return False
    stem = plain.removesuffix(ending)
    mains = (*COMPANIONS, *CONTENTS, *_RASTERS, ".osm.pbf")
    return any(f"{stem}{main}" in there for main in mains if main != ending)

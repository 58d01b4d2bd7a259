"""Zipped files: the one file that an archive holds, unpacked to be read.

Names in archives made on Chinese Windows are GBK though the format says
otherwise; they are read as what they are, and never used as paths.
"""

import shutil
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from geoplan.errors import GeoplanError, InputError
from geoplan.files import encodings

SUFFIXES = (".zip", ".kmz")

_MOST_BYTES = 4_000_000_000  # an archive that unpacks to more is no office's
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_STEM = "layer"  # of the unpacked files
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError),
    *(ValueError, RuntimeError, NotImplementedError),
)


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """The file that an archive holds."""

    path: Path  #: where it lies for now
    name: str  #: its own, within the archive


@contextmanager
def unpacked(
    path: Path,
    *,
    layer: str,
    suffixes: Collection[str],
    companions: Mapping[str, Collection[str]],
) -> Iterator[Unpacked]:
    """Give the one file of an archive that has one of the suffixes.

    ``companions``: by suffix, those of files of the same name that belong to it.
    An error that names the unpacked file is made to name the archive and its own.

    Raises
    ------
    InputError
        If the archive is broken, locked or too large, or has no such file, or
        several.
    """
    with TemporaryDirectory(prefix="geoplan-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                parts = {_name(part): part for part in archive.infolist()}
                name = _main(parts, suffixes=suffixes, path=path, layer=layer)
                wanted = _with_companions(name, parts, companions)
                _require_open(wanted.values(), path=path, layer=layer)
                for suffix, part in wanted.items():
                    _unpack(archive, part, to=Path(folder) / f"{_STEM}{suffix}")
        except _BROKEN as error:
            if isinstance(error, GeoplanError):
                raise
            text = " ".join(str(error).split())[:200] or type(error).__name__
            raise InputError.at(
                "file_unreadable", file=path, layer=layer, text=text
            ) from error
        inside = Path(folder) / f"{_STEM}{_suffix(name)}"
        try:
            yield Unpacked(path=inside, name=name)
        except GeoplanError as error:
            if error.where.get("file") != inside:
                raise
            error.where["file"] = f"{path}/{name}"
            raise


def _name(part: zipfile.ZipInfo) -> str:
    """Return a part's name, in its own encoding."""
    if part.flag_bits & _UTF8_FLAG:
        return part.filename
    try:
        written = part.filename.encode("cp437")
    except UnicodeEncodeError:
        return part.filename
    found = encodings.decide([written])
    return encodings.decode(written, encoding=found.name) if found else part.filename


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _main(
    parts: Mapping[str, zipfile.ZipInfo],
    *,
    suffixes: Collection[str],
    path: Path,
    layer: str,
) -> str:
    """Return the name of the one part that can be the layer."""
    inside = [n for n, part in parts.items() if not part.is_dir() and not _hidden(n)]
    able = [name for name in inside if _suffix(name) in suffixes]
    if len(able) > 1:  # a text beside a layer or a sheet is a note on it
        able = [name for name in able if _suffix(name) != ".txt"] or able
    if len(able) != 1:
        key = "archive_many" if able else "archive_none"
        names = ", ".join((able or inside)[:10])
        raise InputError.at(key, file=path, layer=layer, names=names)
    return able[0]


def _hidden(name: str) -> bool:
    """Return whether a part is a trace of the program that packed it."""
    return any(piece.startswith((".", "__MACOSX", "~$")) for piece in name.split("/"))


def _with_companions(
    name: str,
    parts: Mapping[str, zipfile.ZipInfo],
    companions: Mapping[str, Collection[str]],
) -> dict[str, zipfile.ZipInfo]:
    """Return the parts to unpack, by suffix."""
    suffix = _suffix(name)
    wanted = {suffix: parts[name]}
    stem = name[: -len(suffix)].casefold()
    for other, part in parts.items():
        ending = _suffix(other)
        same = other[: -len(ending) or None].casefold() == stem
        if same and ending in companions.get(suffix, ()):
            wanted[ending] = part
    return wanted


def _require_open(
    parts: Collection[zipfile.ZipInfo], *, path: Path, layer: str
) -> None:
    if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
        raise InputError.at("archive_locked", file=path, layer=layer)
    if sum(part.file_size for part in parts) > _MOST_BYTES:
        raise InputError.at("file_too_large", file=path, layer=layer)


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, *, to: Path) -> None:
    """Write a part to a file; zipfile ends it at the size that was looked at."""
    with archive.open(part) as source, to.open("wb") as target:
        shutil.copyfileobj(source, target)

"""All that a file holds, as it is: every sheet, table or layer of its own."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from geoplan.errors import GeoplanError, InputError
from geoplan.files import archives, sheets, tables, vectors
from geoplan.files.raw import Raw

SUFFIXES = (*vectors.SUFFIXES, *tables.SUFFIXES, *sheets.SUFFIXES)


@dataclass(frozen=True, kw_only=True, eq=False)
class Content:
    """One sheet, table or layer of a file."""

    name: str  #: "" where the file holds one alone
    held: Raw | GeoplanError  #: the error that it cannot be read for


def contents(path: Path, *, known: Collection[str]) -> tuple[Content, ...]:
    """Return all that a file holds; ``known`` are names of columns, normalised.

    Raises
    ------
    GeoplanError
        If nothing of it can be read.
    """
    _require_open(path)
    if path.suffix.lower() not in archives.SUFFIXES:
        return tuple(_contents(path, known=known))
    with archives.unpacked(
        path, layer="", suffixes=SUFFIXES, companions=vectors.COMPANIONS
    ) as inside:
        return tuple(_contents(inside.path, known=known))


def _require_open(path: Path) -> None:
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise InputError.at("file_locked", file=path) from error
    if empty:
        raise InputError.at("file_empty", file=path)


def _contents(path: Path, *, known: Collection[str]) -> Iterator[Content]:
    suffix = path.suffix.lower()
    if suffix in tables.SUFFIXES:
        raw = tables.read_text_table(path, layer="", known=known, encoding=None)
        yield Content(name="", held=raw)
        return
    names = _names(path)
    for name in names if len(names) > 1 else ("",):
        try:
            if suffix in sheets.SUFFIXES:
                raw = sheets.read_sheet(path, layer="", known=known, sheet=name)
            else:
                raw = vectors.read_vector(path, layer="", table=name, encoding=None)
        except GeoplanError as error:
            yield Content(name=name, held=error)
        else:
            yield Content(name=name, held=raw)


def _names(path: Path) -> tuple[str, ...]:
    if path.suffix.lower() in sheets.SUFFIXES:
        return sheets.filled_sheets(path, layer="")
    return vectors.shape_tables(path, layer="")

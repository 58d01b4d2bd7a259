"""Ways kept as they were read, so that they are read once.

A kept file is named by all that decides what is read: the content of the source,
what was asked, the packaged tables, geoplan and the libraries. It holds numbers
and texts alone, and a digest of itself. One that is not exactly as it was written
is read as if it were not there; where none can be written, none is.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from hashlib import file_digest, sha256
from importlib.metadata import version
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from geopandas import GeoDataFrame
from numpy.lib.format import read_array, write_array
from numpy.typing import NDArray
from pandas import Series
from pyproj import CRS

from geoplan import __version__
from geoplan.kept import OFF, forget, payload, write
from geoplan.model import Finding, Surroundings, Ways
from geoplan.osm import read_ways
from geoplan.osm.extract import FORMATS
from geoplan.osm.pieces import Box

FOLDER = ".geoplan"  #: beside the study file

Array = NDArray[Any]
_Column = tuple[str, str, list[str], list[Array]]  # name, form, texts, arrays

_WORTH = 2**20  # bytes; a smaller source is read as fast again
_MOST = 4  # files of ways in a folder; the oldest go
_NAME = "ways-*.kept"
_LIBRARIES = ("numpy", "shapely", "pyproj", "osmium", "pandas", "geopandas")
_TEXTS, _NUMBERS, _LISTS, _SHAPES = "texts", "numbers", "lists", "shapes"
_AROUND = ("barriers", "water", "green", "rails")


def kept_ways(
    source: Path,
    folder: Path,
    *,
    crs: CRS,
    bounds: Box,
    datum: str | None = None,
) -> Ways:
    """Return what ``read_ways`` returns, kept in a folder if that saves time.

    Raises
    ------
    InputError, CrsError
        As ``read_ways``.
    """
    asked = [crs.to_wkt(), [float(side).hex() for side in bounds], datum]
    kept = _place(source, folder, asked=asked)
    known = load(kept, crs=crs) if kept else None
    if known is not None:
        return known
    ways = read_ways(source, crs=crs, bounds=bounds, datum=datum)
    if kept and kept == _place(source, folder, asked=asked):
        keep(ways, kept)
    return ways


def _place(source: Path, folder: Path, *, asked: list[Any]) -> Path | None:
    """Return where the ways of a source are kept; None if they are not."""
    name = source.name.lower()
    if os.environ.get(OFF) or folder.is_symlink() or not source.is_file():
        return None
    if not name.endswith(tuple(FORMATS)) or source.stat().st_size < _WORTH:
        return None
    with source.open("rb") as file:
        content = file_digest(file, "sha256").hexdigest()
    decisive = [name, content, *asked, *_makers()]
    key = sha256(json.dumps(decisive).encode()).hexdigest()
    return folder / _NAME.replace("*", key)


def load(kept: Path, *, crs: CRS) -> Ways | None:
    """Return kept ways; None if there are none that can be trusted."""
    try:
        stream = BytesIO(payload(kept) or b"")
        told = json.loads(stream.read(int.from_bytes(stream.read(8), "big")))
        if told["name"] != kept.name:
            return None
        frame, crossings, *around = (
            _frame(columns, stream, crs=crs) for columns in told["frames"]
        )
        return Ways(
            frame=frame,
            crossings=crossings,
            surroundings=Surroundings(**dict(zip(_AROUND, around, strict=True))),
            findings=tuple(Finding(**finding) for finding in told["findings"]),
        )
    except Exception:  # noqa: BLE001  whatever is wrong with it, the source is right
        return None


def keep(ways: Ways, kept: Path) -> None:
    """Keep ways, where that can be."""
    around = [getattr(ways.surroundings, part) for part in _AROUND]
    frames = [_columns(frame) for frame in (ways.frame, ways.crossings, *around)]
    told = {
        "name": kept.name,
        "findings": [asdict(finding) for finding in ways.findings],
        "frames": [[column[:3] for column in columns] for columns in frames],
    }
    try:
        head = json.dumps(told).encode()
    except TypeError:  # a fact or a value that is neither text nor number
        return
    stream = BytesIO()
    stream.write(len(head).to_bytes(8, "big") + head)
    for columns in frames:
        for _, _, _, arrays in columns:
            for array in arrays:
                write_array(stream, array, allow_pickle=False)
    write(kept, stream.getbuffer())
    forget(kept.parent, _NAME, most=_MOST)


@cache
def _makers() -> tuple[str, ...]:
    """Return what reads the ways: libraries, geoplan's tables and its code."""
    digest = sha256()
    for room in ("presets", "osm"):
        for part in sorted((files("geoplan") / room).iterdir(), key=lambda p: p.name):
            if part.name.endswith((".toml", ".py")):
                digest.update(part.name.encode() + part.read_bytes())
    libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    proj = pyproj.proj_version_str
    geos = ".".join(map(str, shapely.geos_version))
    return (digest.hexdigest(), __version__, *libraries, proj, geos)


def _columns(frame: GeoDataFrame) -> list[_Column]:
    return [(str(name), *_packed(name, frame[name])) for name in frame.columns]


def _packed(name: str, column: Series) -> tuple[str, list[str], list[Array]]:
    """Return a column as its form, the texts that occur, and arrays."""
    values = column.to_numpy()
    if name == "geometry":
        shapes = [np.frombuffer(shape, np.uint8) for shape in shapely.to_wkb(values)]
        return _SHAPES, [], _joined(shapes, np.uint8)
    if name == "nodes":
        return _LISTS, [], _joined(values, np.int64)
    if values.dtype.kind in "bif":
        return _NUMBERS, [], [values]
    texts = {text: number for number, text in enumerate(dict.fromkeys(values))}
    return _TEXTS, list(texts), [np.array([texts[v] for v in values], np.int32)]


def _joined(lists: Sequence[Array], kind: type) -> list[Array]:
    sizes = np.array([len(one) for one in lists], np.int64)
    return [sizes, np.concatenate([np.empty(0, kind), *lists])]


def _frame(columns: Sequence[Any], stream: BytesIO, *, crs: CRS) -> GeoDataFrame:
    values: dict[str, Any] = {}
    for name, form, texts in columns:
        array = read_array(stream, allow_pickle=False)
        if form == _TEXTS:
            values[name] = [texts[number] for number in array.tolist()]
        elif form == _NUMBERS:
            values[name] = array
        else:
            values[name] = _split(array, read_array(stream, allow_pickle=False), form)
    return GeoDataFrame(values, geometry=values.pop("geometry"), crs=crs)


def _split(sizes: Array, joined: Array, form: str) -> Any:  # noqa: ANN401  by form
    ends = np.cumsum(sizes).tolist()
    begins = [0, *ends][: len(ends)]
    if form == _SHAPES:
        data = joined.tobytes()
        spans = zip(begins, ends, strict=True)
        return shapely.from_wkb(np.array([data[a:b] for a, b in spans], object))
    lists = np.empty(len(ends), object)
    for at, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        lists[at] = joined[begin:end]
    return Series(lists, dtype=object)

"""A copy of a study with the safe repairs done; the originals stay as they are."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame, Series
from pyproj import Transformer
from scipy.spatial import cKDTree

from geoplan.check import mend, padded
from geoplan.errors import Faults, InputError
from geoplan.files import LayerFile, archives, read_raw, write_csv, write_geopackage
from geoplan.model import Finding
from geoplan.recipes.check.checking import Looked
from geoplan.study.seen import in_order
from geoplan.study.sources import Reader
from geoplan.wording import texts

_AREAS = ("grids", "communities")
_SAME = 1e-5  # m: vertices this close are one


def repaired(looked: Looked, *, out: Path, lang: str) -> tuple[Finding, ...]:
    """Write a copy of a study with rings, slivers and codes mended; return each.

    A layer that needed it is written as a GeoPackage, with the file's own columns
    and coordinates; all other files are copied. ``repairs.csv`` lists all that was
    done.

    Raises
    ------
    InputError
        If the copy would lie on the study, a file lies outside its folder, or a
        layer to be mended is in shifted coordinates.
    """
    home = looked.settings.path.parent.resolve()
    if out.resolve() == home or home in out.resolve().parents:
        raise InputError.at("repair_onto_itself", file=out)
    reader = Reader.of(looked.settings, faults=Faults(keep=True))
    text = looked.settings.text
    done: list[Finding] = []
    out.mkdir(parents=True, exist_ok=True)
    _copy(looked, home=home, out=out)
    for layer in _AREAS:
        told = looked.settings.table(layer)
        file = next((one for one in looked.files if one.layer == layer), None)
        if file is None or looked.study is None or "path" not in told:
            continue
        whole = reader.read_as_is(layer, told, crs=looked.study.crs)
        found, path = _mended(whole, told, out=out, home=home)
        if found:
            done += in_order(found, files=[whole])
            text = _renamed(text, table=layer, path=path)
    (out / looked.settings.path.name).write_text(text, encoding="utf-8")
    _list(done, out=out, lang=lang)
    return tuple(done)


def _copy(looked: Looked, *, home: Path, out: Path) -> None:
    """Copy all files that a study has read into a folder."""
    for item in looked.inputs:
        source = home / item.path
        if ".." in Path(item.path).parts or Path(item.path).is_absolute():
            raise InputError.at("repair_outside", file=source)
        place = out / item.path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    own = looked.settings.table("study").get("columns")
    if own:
        shutil.copyfile(home / str(own), out / str(own))


def _mended(
    file: LayerFile, told: Mapping[str, object], *, out: Path, home: Path
) -> tuple[tuple[Finding, ...], str]:
    """Write a layer with its repairs, if it needed any; return them and its path."""
    assert isinstance(file.frame, GeoDataFrame)  # noqa: S101  areas have shapes
    mended = mend(file.frame, layer=file.layer)
    codes, renamed = padded(file.frame, layer=file.layer)
    if not mended.findings and not renamed:
        return (), ""
    if file.path.suffix.lower() in archives.SUFFIXES:
        raise InputError.at("repair_archive", file=file.path, layer=file.layer)
    sheet = told.get("sheet") or told.get("layer")
    raw = read_raw(
        file.path,
        file.layer,
        sheet=str(sheet) if sheet else None,
        encoding=str(told["encoding"]) if "encoding" in told else None,
    )
    assert raw.geometry is not None  # noqa: S101  areas have shapes
    table = raw.frame.drop(columns=[c for c in file.dropped if c in raw.frame])
    if renamed:
        table = _with_codes(table, codes, raw.rows, file=file)
    shapes = _back(mended.frame, file=file, raw=raw.geometry, rows=raw.rows)
    near = file.path.resolve().relative_to(home).with_suffix(".gpkg").as_posix()
    layer = str(sheet or file.path.stem)
    frame = GeoDataFrame(table, geometry=shapes, crs=raw.geometry.crs)
    (out / near).unlink(missing_ok=True)
    write_geopackage(out / near, {layer: frame}, date="")
    return (*mended.findings, *renamed), near


def _with_codes(
    table: DataFrame, codes: Mapping[str, str], rows: Series, *, file: LayerFile
) -> DataFrame:
    """Return a raw table with codes that have their zeros back."""
    own = file.columns["code"]
    by_row = dict(zip(file.row_numbers, codes.values(), strict=True))
    return table.assign(**{own: [by_row.get(row, "") for row in rows]})


def _back(
    frame: GeoDataFrame, *, file: LayerFile, raw: GeoSeries, rows: Series
) -> NDArray[np.object_]:
    """Return mended shapes in the file's own coordinates, row by row.

    A vertex that stood in the file keeps its very numbers; shapes that were not
    touched stay as they are.
    """
    before = file.frame.geometry.to_numpy()
    changed = ~shapely.equals_exact(before, frame.geometry.to_numpy())
    own = shapely.get_coordinates(raw.to_numpy())
    to_work = Transformer.from_crs(file.crs, frame.crs, always_xy=True)
    known = np.column_stack(to_work.transform(own[:, 0], own[:, 1]))
    tree = cKDTree(known)
    if tree.query(shapely.get_coordinates(before))[0].max() > _SAME:
        raise InputError.at("repair_shifted", file=file.path, layer=file.layer)
    to_own = Transformer.from_crs(frame.crs, file.crs, always_xy=True)

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        away, at = tree.query(points)
        new = np.column_stack(to_own.transform(points[:, 0], points[:, 1]))
        return np.where((away <= _SAME)[:, None], own[at], new)

    number = dict(zip(rows, range(len(raw)), strict=True))
    shapes: NDArray[np.object_] = raw.to_numpy().copy()
    for code in frame.index[changed]:
        at = number[int(file.row_numbers[code])]
        shapes[at] = shapely.transform(frame.geometry[code], moved)
    return shapes


def _renamed(text: str, *, table: str, path: str) -> str:
    """Return a study file's text with another path in a table."""
    lines, inside = text.split("\n"), False
    for number, line in enumerate(lines):
        bracket = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
        if bracket:
            inside = bracket[1].strip("\"'") == table
        elif inside and re.match(r"\s*[\"']?path\b", line):
            lines[number] = f'path = "{path}"'
    return "\n".join(lines)


def _list(done: list[Finding], *, out: Path, lang: str) -> None:
    names = texts("tables", lang)
    rows = [(one.layer, one.row, one.code, one.problem(lang=lang)) for one in done]
    heads = [names[key] for key in ("layer", "row", "code", "repair")]
    write_csv(out / "repairs.csv", DataFrame(rows, columns=heads))

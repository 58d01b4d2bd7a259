"""CAD drawings (DXF): closed lines as areas, the texts inside as their columns.

GDAL reads them. What a drawing says of its encoding is often wrong, so texts are
read byte for byte and decoded here, as those of shapefiles are. A line that does
not close is never closed.
"""

import re
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan import columns
from geoplan.errors import Faults, InputError
from geoplan.files.raw import Raw
from geoplan.files.values import text
from geoplan.files.vectors import decoded, unreadable
from geoplan.model import Finding

SUFFIXES = (".dxf",)

_NEARLY = 0.05  # of its length that a line lacks at most to be meant as closed
_SAME = 1e-6  # units of the drawing: ends this near are one point
_CORNERS = 4  # of the shortest ring, the first of them twice
_LABELLED = 0.5  # share of the areas that hold one of the texts that name them
_CODE = re.compile(r"(?=.*\d)[0-9A-Za-z_-]{1,24}")
_BYTES = {"DXF_ENCODING": "ISO-8859-1"}
Shapes = NDArray[np.object_]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Drawing:
    """What a drawing holds."""

    path: Path
    layer: str
    frame: GeoDataFrame  #: a row an entity: Layer (of the CAD), Text; its shape
    encoding: str


def read_drawing(
    path: Path,
    *,
    layer: str,
    known: Collection[str],
    table: str | None,
    encoding: str | None,
    faults: Faults,
) -> Raw:
    """Return the areas that the closed lines of one CAD layer bound.

    Parameters
    ----------
    known : collection of str
        Names of columns, normalised: a CAD layer of texts so called is that column.
    table : str, optional
        The CAD layer; it must be named where several hold closed lines.

    Returns
    -------
    Raw
        One row an area, numbered in the order of the drawing; its columns are the
        CAD layers of texts of which no area holds two. No CRS.

    Raises
    ------
    InputError
        If it cannot be read, the CAD layer is not there or not told, or a line of
        it nearly closes.
    """
    drawing = _read(path, layer=layer, encoding=encoding)
    lines = _of_layer(drawing, named=table)
    closed = _closes(lines.geometry.to_numpy())
    for error in _nearly(lines[~closed], drawing):
        faults.tell(error)
    areas = np.array(
        [shapely.Polygon(line.coords) for line in lines.geometry[closed]], dtype=object
    )
    frame, findings = _labels(areas, drawing, known=known)
    left = int((~closed).sum())
    if left:
        facts = {"count": left, "table": str(lines["Layer"].iloc[0])}
        findings.append(
            Finding(
                rule="drawing_open_lines", level="warning", layer=layer, facts=facts
            )
        )
    return Raw(
        frame=frame,
        rows=Series(range(1, len(areas) + 1), index=frame.index),
        geometry=GeoSeries(areas, index=frame.index),
        parts=(path,),
        format=path.suffix.lower(),
        encoding=drawing.encoding,
        findings=tuple(findings),
    )


def _read(path: Path, *, layer: str, encoding: str | None) -> _Drawing:
    pyogrio.set_gdal_config_options(_BYTES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of entities that bound nothing
            frame = pyogrio.read_dataframe(path, columns=["Layer", "Text"])
    except Exception as error:  # broken files raise anything
        raise unreadable(path, layer, error) from error
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(_BYTES))
    if not isinstance(frame, GeoDataFrame) or not {"Layer", "Text"} <= set(frame):
        raise InputError.at("no_geometry_table", file=path, layer=layer)
    told = DataFrame(frame[["Layer", "Text"]]).astype(object)
    texts, name, _ = decoded(told, path, layer=layer, encoding=encoding)
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    plain = texts.map(text)
    return _Drawing(
        path=path,
        layer=layer,
        frame=GeoDataFrame(plain, geometry=shapes),
        encoding=name,
    )


def _of_layer(drawing: _Drawing, *, named: str | None) -> GeoDataFrame:
    """Return the lines of one CAD layer: the named, else the only one with rings."""
    frame = drawing.frame
    lines = frame[frame.geometry.geom_type == "LineString"]
    rings = lines["Layer"][_closes(lines.geometry.to_numpy())]
    layers = list(dict.fromkeys(rings))
    chosen = layers if named is None else [one for one in layers if one == named]
    if len(chosen) == 1:
        return lines[lines["Layer"] == chosen[0]]
    key = "table_missing" if named else "drawing_layer_unnamed"
    raise InputError.at(
        key if layers else "drawing_nothing_closed",
        file=drawing.path,
        layer=drawing.layer,
        table=named,
        tables=", ".join(layers),
    )


def _closes(lines: Shapes) -> NDArray[np.bool_]:
    """Return which lines bound an area."""
    whole: NDArray[np.bool_] = _gap(lines) <= _SAME
    enough: NDArray[np.bool_] = shapely.get_num_coordinates(lines) >= _CORNERS
    return whole & enough


def _gap(lines: Shapes) -> NDArray[np.float64]:
    """Return how far apart the ends of lines are."""
    first, last = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    apart: NDArray[np.float64] = shapely.distance(first, last)
    return apart


def _nearly(lines: GeoDataFrame, drawing: _Drawing) -> Iterator[InputError]:
    """Yield an error for each line that lacks but a little to close."""
    shapes = lines.geometry.to_numpy()
    gap = _gap(shapes)
    for at in np.flatnonzero(gap <= _NEARLY * shapely.length(shapes)):
        end = shapely.get_point(shapes[at], -1)
        yield InputError.at(
            "drawing_open",
            file=drawing.path,
            layer=drawing.layer,
            table=str(lines["Layer"].iloc[at]),
            x=f"{end.x:.3f}",
            y=f"{end.y:.3f}",
            gap=f"{gap[at]:.3g}",
        )


def _labels(
    areas: Shapes, drawing: _Drawing, *, known: Collection[str]
) -> tuple[DataFrame, list[Finding]]:
    """Return the texts inside areas as columns, and which CAD layers they are of.

    Texts of one CAD layer that look like codes, and those that do not, are a column
    each, if no area holds two and half of the areas hold one.
    """
    frame = drawing.frame
    texts = frame[(frame.geometry.geom_type == "Point") & (frame["Text"] != "")]
    is_code = texts["Text"].str.fullmatch(_CODE.pattern).astype(bool)
    tree = shapely.STRtree(areas)
    table = DataFrame(index=range(len(areas)))
    used, unused = [], []
    for (layer, code), group in texts.groupby(["Layer", is_code], sort=True):
        at, area = tree.query(group.geometry.to_numpy(), predicate="within")
        single = len(set(area)) == len(area) == len(set(at))
        name = _column(str(layer), code=bool(code), known=known)
        if not single or len(area) < _LABELLED * len(areas) or name in table:
            unused.append(str(layer))
            continue
        said = Series("", index=table.index, dtype=str)
        said.iloc[area] = group["Text"].to_numpy()[at]
        table[name] = said
        used.append(f"{layer} → {name}")
    if not used and not unused:
        return table, []
    facts = {
        "used": "、".join(used) or "–",
        "unused": "、".join(dict.fromkeys(unused)) or "–",
    }
    told = Finding(rule="drawing_texts", level="info", layer=drawing.layer, facts=facts)
    return table, [told]


def _column(layer: str, *, code: bool, known: Collection[str]) -> str:
    """Return what to call a column of texts: as their CAD layer, if that is a name."""
    if columns.normal(layer) in known:
        return layer
    return "编码" if code else "名称"

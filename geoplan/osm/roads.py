"""The ways of a road layer: any vector file with lines."""

import codecs
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from geopandas import GeoDataFrame
from pyproj import CRS

from geoplan.datum import TO_WGS84
from geoplan.errors import CrsError, InputError, UsageError
from geoplan.model import Finding, Ways
from geoplan.osm.pieces import WGS84, Box, Geometries, projected, within
from geoplan.osm.surroundings import nothing
from geoplan.osm.walkable import hurdles_of
from geoplan.presets import road_layer, walking

_BYTES = "ISO-8859-1"  # passes every byte of a text through
_LINES = (1, 5)  # shapely's type ids of LineString and MultiLineString
_POLYGONS = (3, 6)
_POINTS = (0, 4)


def ways_of_roads(
    path: Path, *, crs: CRS, bounds: Box | None, datum: str | None = None
) -> Ways:
    """Return the lines of a road layer as ways, walked both ways.

    The kind is read from a column such as highway, fclass or 道路类型 and is "way"
    where there is none. Rows of kinds that nobody walks, without a line or outside
    the bounds are left out and counted.

    Raises
    ------
    InputError
        The file cannot be read, has several line layers or none, or no way to walk.
    CrsError
        The file does not say what its coordinates are.
    """
    source = _read(path)
    shapes = shapely.force_2d(source.geometry.to_numpy())
    usable = np.isin(shapely.get_type_id(shapes), _LINES) & ~shapely.is_empty(shapes)
    if not usable.any():
        raise InputError.at(_lineless(shapes), file=path)
    kinds = _texts(source, road_layer().kind, missing="way")
    walked = usable & np.array([_is_walked(kind) for kind in kinds], bool)
    lines, row = shapely.get_parts(
        _in_crs(shapes[walked], source.crs, crs=crs, datum=datum), return_index=True
    )
    inside = within(lines, bounds)
    if not inside.any():
        raise InputError.at(
            "no_way_in_file" if bounds is None else "no_way_here", file=path
        )
    row = np.flatnonzero(walked)[row[inside]]
    names, ids = _texts(source, road_layer().name), _texts(source, road_layer().id)
    frame = GeoDataFrame(
        {
            "way": [ids[i] or str(i + 1) for i in row],
            "kind": [kinds[i] for i in row],
            "name": [names[i] for i in row],
            "forward": True,
            "backward": True,
            "access": "",
            "hurdles": [hurdles_of({"highway": kinds[i]}, on="ways") for i in row],
            "bridge": False,
            "tunnel": False,
            "nodes": None,
        },
        geometry=lines[inside],
        crs=crs,
    )
    return Ways(
        frame=frame.astype({"nodes": object}),
        crossings=_no_crossings(crs),
        surroundings=nothing(crs),
        findings=_findings(
            len(source), int((~usable).sum()), int((usable & ~walked).sum())
        ),
    )


def _read(path: Path) -> GeoDataFrame:
    """Return the one layer of a file that has lines."""
    try:
        layers = pyogrio.list_layers(path)
        chosen = [str(name) for name, kind in layers if _has_lines(kind)]
        if len(chosen) > 1:
            raise InputError.at("road_layers_many", file=path, layers=", ".join(chosen))
        name = chosen[0] if chosen else None
        shapefile = path.suffix.lower() == ".shp"
        frame = pyogrio.read_dataframe(
            path, layer=name, encoding=_BYTES if shapefile else None
        )
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        UnicodeError,
    ) as error:
        raise InputError.at("road_layer_broken", file=path, problem=error) from error
    if not isinstance(frame, GeoDataFrame) or not len(frame):
        raise InputError.at("no_way_in_file", file=path)
    if frame.crs is None:
        raise CrsError.at("road_layer_without_crs", file=path)
    return _decoded(frame) if shapefile else frame


def _lineless(shapes: Geometries) -> str:
    """Return the error that tells what a layer without lines holds."""
    kinds = shapely.get_type_id(shapes)
    if np.isin(kinds, _POLYGONS).any():
        return "road_layer_of_polygons"
    return "road_layer_of_points" if np.isin(kinds, _POINTS).any() else "no_way_in_file"


def _has_lines(kind: object) -> bool:
    return kind is None or "Line" in str(kind) or str(kind) in {"Unknown", "Geometry"}


def _decoded(frame: GeoDataFrame) -> GeoDataFrame:
    """Return a shapefile's frame with its bytes as texts.

    Bytes that are no UTF-8 are taken for GB18030, of which GBK is a part. A
    character that the format has cut in two is dropped.
    """
    texts = [column for column in frame if frame[column].map(_is_text).any()]
    values = {value for column in texts for value in frame[column] if _is_text(value)}
    encoding = "utf-8" if all(map(_is_utf8, values)) else "gb18030"
    decoded = {
        column: [_text(value, encoding) for value in frame[column]] for column in texts
    }
    names = {column: _text(column, encoding) for column in frame}
    return frame.assign(**decoded).rename(columns=names)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_utf8(text: str) -> bool:
    """Return whether bytes are UTF-8, a last character cut in two aside."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text.encode(_BYTES))
    except UnicodeDecodeError:
        return False
    return True


def _text(value: object, encoding: str) -> object:
    if not isinstance(value, str):
        return value
    return value.encode(_BYTES, "replace").decode(encoding, "ignore")


def _in_crs(
    shapes: Geometries, source: CRS, *, crs: CRS, datum: str | None
) -> Geometries:
    """Return shapes in the working CRS, a shifted datum undone."""
    if datum is None:
        there = GeoDataFrame(geometry=shapes, crs=source).to_crs(crs)
        return np.asarray(there.geometry, object)
    if datum not in TO_WGS84:
        raise UsageError.at("datum_unknown", datum=datum, known=", ".join(TO_WGS84))
    degrees = GeoDataFrame(geometry=shapes, crs=source).to_crs(WGS84)
    unshifted = TO_WGS84[datum]
    there = shapely.transform(
        degrees.geometry.to_numpy(),
        lambda xy: projected(np.column_stack(unshifted(xy[:, 0], xy[:, 1])), crs=crs),
    )
    return np.asarray(there, object)


def _is_walked(kind: str) -> bool:
    rules = walking()
    never = rules.never_kinds | rules.asked_kinds | road_layer().never
    return kind.strip().lower() not in never


def _texts(frame: GeoDataFrame, names: tuple[str, ...], missing: str = "") -> list[str]:
    """Return the first column there is as texts, ``missing`` where it is empty."""
    by_name = {str(column).strip().lower(): column for column in frame.columns}
    column = next((by_name[name] for name in names if name in by_name), None)
    if column is None:
        return [missing] * len(frame)
    return [
        missing if value is None or value != value else str(value).strip() or missing  # noqa: PLR0124  NaN is not equal to itself
        for value in frame[column].tolist()
    ]


def _no_crossings(crs: CRS) -> GeoDataFrame:
    empty = {"node": np.array([], np.int64), "kind": [], "access": [], "hurdles": []}
    return GeoDataFrame(empty, geometry=[], crs=crs)


def _findings(rows: int, no_line: int, not_walked: int) -> tuple[Finding, ...]:
    facts = {"rows": rows, "no_line": no_line, "not_walked": not_walked}
    return (
        Finding(
            rule="road_layer_rows",
            level="warning" if no_line else "info",
            layer="network",
            facts=facts,
        ),
        Finding(rule="no_surroundings", level="warning", layer="network"),
    )

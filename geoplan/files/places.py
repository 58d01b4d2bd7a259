"""Where a file's features lie: its shapes, their CRS and their datum."""

from collections.abc import Mapping

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pyproj import CRS

from geoplan import columns
from geoplan import crs as crs_
from geoplan.columns import Schema
from geoplan.datum import TO_WGS84
from geoplan.errors import CrsError
from geoplan.files import cells, shapes
from geoplan.files.options import Options
from geoplan.files.raw import Raw
from geoplan.model import Finding

# Formats, beside tables, that cannot say in which datum their degrees are.
_NO_DATUM_SUFFIXES = (".kml",)

_DEGREES = CRS.from_epsg(4326)


def placed(
    raw: Raw,
    found: Mapping[str, int],
    schema: Schema,
    source: shapes.Source,
    options: Options,
) -> tuple[GeoDataFrame, list[Finding]]:
    """Return the shapes of the rows that have one, in a CRS that can be theirs."""
    own = (
        cells.from_cells(raw.frame, found=found, source=source)
        if raw.geometry is None
        else cells.Places(shapes=raw.geometry, degrees=False)
    )
    findings, degrees = [*own.findings], own.degrees
    there, gone = shapes.kept(own.shapes, schema=schema, source=source)
    table = raw.geometry is None
    frame, told = _with_crs(
        there, degrees=degrees, table=table, source=source, options=options
    )
    names = _names(raw, found)
    frame = _plausible(frame, column=", ".join(names) or None, source=source)
    datum = (options.datum or "").casefold()
    if datum:
        findings += _against_names(names, datum, layer=source.layer)
    if datum in {"gcj02", "bd09"}:
        frame = _unshifted(frame, datum=datum)
    elif not datum and _may_be_shifted(frame, raw):
        findings.append(_datum_assumed(raw, found, layer=source.layer))
    return frame, [*gone, *told, *findings]


def _plausible(
    frame: GeoDataFrame, *, column: str | None, source: shapes.Source
) -> GeoDataFrame:
    """Return a layer that can lie where its CRS puts it.

    Rows of which the two numbers are exchanged, while they are not in others, are
    told; where errors are kept, they are left out.

    Raises
    ------
    CrsError
        If it cannot lie there.
    """
    turned = _turned(frame)
    if turned is not None:
        error = _rows_turned(frame, turned, column=column, source=source)
        source.faults.tell(error)
        frame = frame.drop(frame.index[turned])
    crs_.require_plausible(frame, layer=source.layer, file=source.file)
    return frame


def _turned(frame: GeoDataFrame) -> NDArray[np.intp] | None:
    """Return the rows whose two numbers are exchanged; None if that is not so.

    Rows with the larger number first and rows with the smaller first: the one
    kind must fit the CRS as it is, the other only with x and y exchanged.
    """
    bounds = frame.geometry.bounds.to_numpy(float)
    x, y = (bounds[:, [0, 1]] + bounds[:, [2, 3]]).T / 2
    for group in (x > y, x <= y):
        if group.any() and not group.all() and _fits(frame[~group]):
            exchanged = shapely.points(y[group], x[group])
            other = GeoDataFrame(geometry=exchanged, crs=frame.crs)
            if not _fits(frame[group]) and _fits(other):
                return np.flatnonzero(group)
    return None


def _fits(frame: GeoDataFrame) -> bool:
    try:
        crs_.require_plausible(frame, layer="")
    except CrsError:
        return False
    return True


def _rows_turned(
    frame: GeoDataFrame,
    turned: NDArray[np.intp],
    *,
    column: str | None,
    source: shapes.Source,
) -> CrsError:
    crs, rows = CRS(frame.crs), source.rows.loc[frame.index[turned]]
    x, y = crs_.written(frame.iloc[turned[:1]], crs=crs)[0]
    return CrsError.at(
        "rows_turned",
        file=source.file,
        layer=source.layer,
        row=int(rows.iloc[0]),
        column=column,
        x=crs_.shown(x, crs=crs),
        y=crs_.shown(y, crs=crs),
        count=len(rows),
        rows=shapes.listed([int(row) for row in rows]),
    )


def _names(raw: Raw, found: Mapping[str, int]) -> list[str]:
    """Return the file's own columns that its shapes are made from."""
    if raw.geometry is not None:
        return []
    return [str(raw.frame.columns[found[c]]) for c in cells.coordinate_columns(found)]


def _datum_assumed(raw: Raw, found: Mapping[str, int], *, layer: str) -> Finding:
    """Return what is to be told of degrees in China without a datum.

    An error where the columns' own names say that they are of a shifted one.
    """
    names = _names(raw, found)
    said = _said(names)
    if said not in TO_WGS84:
        return Finding(rule="datum_assumed", level="warning", layer=layer)
    facts = {"columns": ", ".join(names), "datum": said}
    return Finding(rule="datum_in_name", level="error", layer=layer, facts=facts)


def _against_names(names: list[str], datum: str, *, layer: str) -> list[Finding]:
    """Return a finding if columns name another datum than the study does."""
    said = _said(names)
    if not said or (said == datum or not {said, datum} & TO_WGS84.keys()):
        return []
    facts = {"columns": ", ".join(names), "said": said, "datum": datum}
    rule = "datum_against_name"
    return [Finding(rule=rule, level="warning", layer=layer, facts=facts)]


def _said(names: list[str]) -> str:
    """Return the one datum that columns' names tell of, "" if none or several."""
    said = {datum for name in names if (datum := columns.datum_named(name))}
    return said.pop() if len(said) == 1 else ""


def _with_crs(
    geometry: GeoSeries,
    *,
    degrees: bool,
    table: bool,
    source: shapes.Source,
    options: Options,
) -> tuple[GeoDataFrame, list[Finding]]:
    """Return shapes with the CRS the planner, the file or their numbers name."""
    frame, layer = GeoDataFrame(geometry=geometry), source.layer
    if options.source_crs:
        crs = crs_.parse(options.source_crs, layer=layer, file=source.file)
        crs_.require_usable(crs, layer=layer, file=source.file)
        told = frame.crs is not None and CRS(frame.crs) != crs
        facts = {"crs": crs_.label(crs), "own": CRS(frame.crs).name if told else ""}
        over = Finding(rule="crs_overridden", level="info", layer=layer, facts=facts)
        return frame.set_crs(crs, allow_override=True), [over] if told else []
    if frame.crs is not None:
        crs_.require_usable(CRS(frame.crs), layer=layer, file=source.file)
        return frame, []
    likely = crs_.likely(frame) if len(frame) else "EPSG:4326"
    in_degrees = table and likely in {"EPSG:4490", "EPSG:4326"}
    if degrees or in_degrees or frame.empty:
        return frame.set_crs(4326), []
    at = crs_.middle(frame)
    raise CrsError.at(
        "crs_missing", file=source.file, layer=layer, fix=likely, x=at.x, y=at.y
    )


def _may_be_shifted(frame: GeoDataFrame, raw: Raw) -> bool:
    """Return whether degrees in China come in a format that names no datum."""
    if raw.geometry is not None and raw.format not in _NO_DATUM_SUFFIXES:
        return False
    return bool(CRS(frame.crs).is_geographic) and _in_china(frame)


def _unshifted(frame: GeoDataFrame, *, datum: str) -> GeoDataFrame:
    """Return a layer of GCJ-02 or BD-09 coordinates in WGS84 degrees."""
    degrees = frame.to_crs(_DEGREES)
    to_wgs84 = TO_WGS84[datum]
    points = shapely.get_coordinates(degrees.geometry.to_numpy())
    lon, lat = to_wgs84(points[:, 0], points[:, 1])
    moved = shapely.set_coordinates(
        degrees.geometry.to_numpy().copy(), np.column_stack([lon, lat])
    )
    return degrees.set_geometry(GeoSeries(moved, index=degrees.index, crs=_DEGREES))


def _in_china(frame: GeoDataFrame) -> bool:
    """Return whether the middle of a layer in degrees lies in China's box."""
    if frame.empty:
        return False
    centre = shapely.centroid(shapely.box(*frame.total_bounds))
    return crs_.in_china(centre.x, centre.y)

"""Where a file's features lie: its shapes, their CRS and their datum."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pyproj import CRS

from geoplan import crs as crs_
from geoplan.columns import Schema
from geoplan.datum import TO_WGS84
from geoplan.errors import CrsError
from geoplan.files import shapes, tables
from geoplan.files.options import Options
from geoplan.files.raw import Raw
from geoplan.model import Finding

# Formats that cannot say in which datum their degrees are.
_NO_DATUM_SUFFIXES = (".kml", *tables.TEXT_SUFFIXES, *tables.SHEET_SUFFIXES)

_DEGREES = CRS.from_epsg(4326)


def placed(
    raw: Raw,
    own: Mapping[str, str],
    schema: Schema,
    source: shapes.Source,
    options: Options,
) -> tuple[GeoDataFrame, list[Finding]]:
    """Return the shapes of the rows that have one, in a CRS that can be theirs."""
    findings: list[Finding] = []
    if raw.geometry is None:
        geometry, degrees = shapes.from_cells(
            raw.frame, found=own, schema=schema, source=source
        )
    else:
        geometry, degrees = raw.geometry, False
    there, gone = shapes.kept(geometry, schema=schema, source=source)
    frame, told = _with_crs(there, degrees=degrees, source=source, options=options)
    crs_.require_plausible(frame, layer=source.layer, file=source.file)
    datum = (options.datum or "").casefold()
    if datum in {"gcj02", "bd09"}:
        frame = _unshifted(frame, datum=datum)
    elif not datum and _may_be_shifted(frame, source.file):
        findings.append(
            Finding(rule="datum_assumed", level="warning", layer=source.layer)
        )
    return frame, [*gone, *told, *findings]


def _with_crs(
    geometry: GeoSeries, *, degrees: bool, source: shapes.Source, options: Options
) -> tuple[GeoDataFrame, list[Finding]]:
    """Return shapes with the CRS the planner, the file or their numbers name."""
    frame, layer = GeoDataFrame(geometry=geometry), source.layer
    if options.source_crs:
        crs = crs_.parse(options.source_crs, layer=layer, file=source.file)
        crs_.require_usable(crs, layer=layer, file=source.file)
        told = frame.crs is not None and CRS(frame.crs) != crs
        facts = {"crs": options.source_crs, "own": CRS(frame.crs).name if told else ""}
        over = Finding(rule="crs_overridden", level="info", layer=layer, facts=facts)
        return frame.set_crs(crs, allow_override=True), [over] if told else []
    if frame.crs is not None:
        crs_.require_usable(CRS(frame.crs), layer=layer, file=source.file)
        return frame, []
    likely = crs_.likely(frame) if len(frame) else "EPSG:4326"
    table = _is_table(source.file) and likely in {"EPSG:4490", "EPSG:4326"}
    if degrees or table or frame.empty:
        return frame.set_crs(4326), []
    raise CrsError.at("crs_missing", file=source.file, layer=layer, fix=likely)


def _is_table(path: Path) -> bool:
    return path.suffix.lower() in (*tables.TEXT_SUFFIXES, *tables.SHEET_SUFFIXES)


def _may_be_shifted(frame: GeoDataFrame, path: Path) -> bool:
    """Return whether degrees in China come in a format that names no datum."""
    if path.suffix.lower() not in _NO_DATUM_SUFFIXES:
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

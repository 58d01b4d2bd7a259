"""Whether coordinates can lie where they say; nothing is ever swapped or moved."""

from functools import cache
from pathlib import Path

import numpy as np
from geopandas import GeoDataFrame
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError, ProjError

from geoplan.crs.zones import (
    MAX_LAT,
    MAX_LON,
    Middle,
    degree_like,
    in_china,
    label,
    middle,
    working_crs,
    zoned_epsg,
)
from geoplan.errors import CrsError

# Degrees a layer may lie outside a CRS's area of use. Zones run from pole to pole,
# whatever latitudes their register names.
_BEYOND_LON, _BEYOND_LAT = 3.0, 30.0
_DISTORTION = 0.01  # a metre of the CRS may differ from a metre by this share
_ZONE_WIDTH = 3.0  # degrees either side of a custom projection's meridian
_METRE_NAMES = frozenset({"metre", "meter", "m"})


def parse(text: str, *, layer: str, file: Path | None = None) -> CRS:
    """Return the CRS of a text such as "EPSG:4547".

    Raises
    ------
    CrsError
        If PROJ does not know it.
    """
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise CrsError.at("crs_unknown", file=file, layer=layer, crs=text) from error


@cache
def to_degrees(crs: CRS) -> Transformer:
    """Return what turns a CRS's x and y into longitude and latitude."""
    return Transformer.from_crs(crs, 4326, always_xy=True)


def require_usable(crs: CRS, *, layer: str, file: Path | None = None) -> None:
    """Do nothing if places in a CRS can be told in degrees.

    Raises
    ------
    CrsError
        If it is a drawing's own, or its text cannot be worked with.
    """
    try:
        to_degrees(crs)
    except ProjError as error:
        text = " ".join(str(error).split())[:200]
        raise CrsError.at(
            "crs_unreadable", file=file, layer=layer, text=text
        ) from error


def require_metres(frame: GeoDataFrame, *, layer: str) -> None:
    """Do nothing if a layer is projected in metres.

    Raises
    ------
    CrsError
        If it has no CRS, is in degrees, in another unit such as US feet, or if a
        metre of the CRS is no metre there (Web Mercator).
    """
    if frame.crs is None:
        raise CrsError.at("crs_none", layer=layer)
    crs = CRS(frame.crs)
    fix = working_crs(frame).to_string() if len(frame) else "EPSG:4547"
    if crs.is_geographic:
        raise CrsError.at("crs_degrees", layer=layer, crs=crs.name, fix=fix)
    unit = crs.axis_info[0].unit_name if crs.axis_info else "?"
    if unit.lower() not in _METRE_NAMES:
        raise CrsError.at(
            "crs_not_metres", layer=layer, crs=crs.name, unit=unit, fix=fix
        )
    if len(frame) and abs(_scale(frame) - 1) > _DISTORTION:
        raise CrsError.at(
            "crs_distorts", layer=layer, crs=crs.name, scale=_scale(frame), fix=fix
        )


def is_own(crs: CRS) -> bool:
    """Return whether a CRS is a grid of its own, which leads to another CRS."""
    return crs.type_name.startswith("Derived") and crs.source_crs is not None


def require_plausible(
    frame: GeoDataFrame, *, layer: str, file: Path | None = None
) -> None:
    """Do nothing if a layer can lie where its CRS puts it.

    Judged by the middle of its features; nothing is ever swapped or moved.

    Raises
    ------
    CrsError
        If the coordinates are degrees in a metric CRS or metres in degrees, if
        x and y are exchanged, if the zone number of the eastings is not the
        CRS's, or if the layer would lie outside the CRS's area.
    """
    if frame.empty:
        return
    if is_own(CRS(frame.crs)):
        frame = frame.to_crs(CRS(frame.crs).source_crs)
    crs, at = CRS(frame.crs), middle(frame)
    key = _degrees_problem(at) if crs.is_geographic else _metre_problem(at, crs)
    if not key:
        return
    fix = _fix(key, at, crs)
    raise CrsError.at(
        key, file=file, layer=layer, fix=fix, crs=label(crs), x=at.x, y=at.y
    )


def _degrees_problem(at: Middle) -> str:
    """Return the key of what is wrong with a place in degrees, or ""."""
    if degree_like(at):
        swapped = in_china(at.y, at.x) and not in_china(at.x, at.y)
        return "crs_lonlat_swapped" if swapped else ""
    if abs(at.y) <= MAX_LON and abs(at.x) <= MAX_LAT:
        return "crs_lonlat_swapped"
    return "crs_metres_as_degrees"


def _metre_problem(at: Middle, crs: CRS) -> str:
    """Return the key of what is wrong with a place in metres, or ""."""
    if degree_like(at):
        return "crs_degrees_as_metres"
    if _inside(at.x, at.y, crs):
        return ""
    if _inside(at.y, at.x, crs):
        return "crs_xy_swapped"
    if zoned_epsg(at.x):
        return "crs_zone_in_eastings"
    if zoned_epsg(at.y):
        return "crs_zone_in_northings"
    return "crs_outside"


def _inside(x: float, y: float, crs: CRS) -> bool:
    """Return whether a place lies within, or near, a CRS's area of use."""
    lon, lat = to_degrees(crs).transform(x, y)
    if not (np.isfinite(lon) and np.isfinite(lat)):
        return False
    return holds(crs, lon, lat)


def holds(crs: CRS, lon: float, lat: float) -> bool:
    """Return whether degrees lie within, or near, a CRS's area of use."""
    west, south, east, north = _area(crs)
    if west > east:  # over the antimeridian
        return bool(south - _BEYOND_LAT <= lat <= north + _BEYOND_LAT)
    return bool(
        west - _BEYOND_LON <= lon <= east + _BEYOND_LON
        and south - _BEYOND_LAT <= lat <= north + _BEYOND_LAT
    )


def _area(crs: CRS) -> tuple[float, float, float, float]:
    """Return the box a CRS is made for: west, south, east, north, degrees.

    A custom one (the text of an office's .prj file) names none: then that of the
    registered CRS it resembles, else a zone round its central meridian.
    """
    if crs.area_of_use:
        return crs.area_of_use.bounds
    epsg = crs.to_epsg(min_confidence=90)
    known = CRS.from_epsg(epsg).area_of_use if epsg else None
    if known:
        return known.bounds
    operation = crs.coordinate_operation
    for parameter in operation.params if operation else ():
        if parameter.name == "Longitude of natural origin":
            lon = float(parameter.value)
            return lon - _ZONE_WIDTH, -MAX_LAT, lon + _ZONE_WIDTH, MAX_LAT
    return -MAX_LON, -MAX_LAT, MAX_LON, MAX_LAT


def _scale(frame: GeoDataFrame) -> float:
    """Return how many metres of a layer's CRS one metre northward is there."""
    at, crs = middle(frame), CRS(frame.crs)
    lon, lat = to_degrees(crs).transform(at.x, at.y)
    if not (np.isfinite(lon) and np.isfinite(lat)):
        return 1.0
    return float(Proj(crs).get_factors(lon, lat).meridional_scale)


def _fix(key: str, at: Middle, crs: CRS) -> str:
    """Return the CRS that would fit, as far as the numbers tell."""
    if key == "crs_zone_in_northings":
        return f"EPSG:{zoned_epsg(at.y, like=crs)}"
    if key in {"crs_xy_swapped", "crs_lonlat_swapped"}:
        own = label(crs)
        return own if own.startswith("EPSG:") else "EPSG:…"
    zoned = zoned_epsg(at.x, like=crs)
    if zoned:
        return f"EPSG:{zoned}"
    return "EPSG:4490" if key == "crs_degrees_as_metres" else "EPSG:…"

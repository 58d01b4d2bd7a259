"""The working CRS in metres, and whether coordinates can lie where they say.

Coordinates are x (east) and y (north) everywhere: a CRS whose own order is
north first, as all of China's are, is read east first (PROJ's ``always_xy``).
WGS84 and CGCS2000 are taken for the same here: they differ by decimetres.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas import Series
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError, ProjError

from geoplan.errors import CrsError

# CGCS2000 / 3-degree Gauss-Kruger CM 75E … 135E, eastings without zone number.
# Source: EPSG 4534–4554; with zone number (zone 25–45): 4513–4533.
_GK3_FIRST_EPSG, _GK3_FIRST_MERIDIAN, _GK3_LAST_MERIDIAN = 4534, 75, 135
_GK3_ZONED_FIRST_EPSG, _GK3_FIRST_ZONE, _GK3_LAST_ZONE = 4513, 25, 45
_GK6_ZONED_FIRST_EPSG, _GK6_FIRST_ZONE, _GK6_LAST_ZONE = 4491, 13, 23
_FALSE_EASTING = 500_000.0
_ZONE_UNIT = 1_000_000.0  # the zone number stands in front of six digits

# The box taken for China; it holds parts of its neighbours, where the zones of
# CGCS2000 measure as well as UTM does.
CHINA = (73.0, 17.0, 135.5, 54.0)  # west, south, east, north; degrees

# Degrees a layer may lie outside a CRS's area of use. Zones run from pole to pole,
# whatever latitudes their register names.
_BEYOND_LON, _BEYOND_LAT = 3.0, 30.0
_MAX_LON, _MAX_LAT = 180.0, 90.0
_DISTORTION = 0.01  # a metre of the CRS may differ from a metre by this share
_ZONE_WIDTH = 3.0  # degrees either side of a custom projection's meridian
_DECIMALS = 6  # of a moved coordinate: micrometres
_METRE_NAMES = frozenset({"metre", "meter", "m"})


@dataclass(frozen=True, kw_only=True)
class Middle:
    """The middle of a layer: the medians of its features' coordinates."""

    x: float
    y: float


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
def _to_degrees(crs: CRS) -> Transformer:
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
        _to_degrees(crs)
    except ProjError as error:
        text = " ".join(str(error).split())[:200]
        raise CrsError.at(
            "crs_unreadable", file=file, layer=layer, text=text
        ) from error


def likely(frame: GeoDataFrame) -> str:
    """Return the CRS that coordinates without one look like, "EPSG:…" if none.

    Degrees look like CGCS2000, eastings with a zone number like that zone.
    """
    at = _middle(frame)
    if _degree_like(at):
        return "EPSG:4490" if in_china(at.x, at.y) else "EPSG:4326"
    zoned = zoned_epsg(at.x) or zoned_epsg(at.y)
    return f"EPSG:{zoned}" if zoned else "EPSG:…"


def working_crs(frame: GeoDataFrame) -> CRS:
    """Return the CRS in metres that a study of these features is computed in.

    Inside the box 73–135.5 E, 17–54 N the CGCS2000 3-degree zone whose meridian
    is nearest to the features' mean longitude, eastings without zone number
    (EPSG 4534–4554); elsewhere the UTM zone.

    Examples
    --------
    >>> from shapely import Point
    >>> working_crs(GeoDataFrame(geometry=[Point(114.3, 30.6)], crs=4326)).to_epsg()
    4547
    >>> working_crs(GeoDataFrame(geometry=[Point(7.4, 43.7)], crs=4326)).to_epsg()
    32632
    """
    degrees = frame.to_crs(4326)
    bounds = degrees.geometry.bounds
    lon = float((bounds["minx"] + bounds["maxx"]).mean() / 2)
    lat = float((bounds["miny"] + bounds["maxy"]).mean() / 2)
    if in_china(lon, lat):
        return CRS.from_epsg(gk3_epsg(lon))
    return CRS(degrees.estimate_utm_crs())


def gk3_epsg(lon: float) -> int:
    """Return the CGCS2000 3-degree zone (no zone number) of a longitude.

    Examples
    --------
    >>> gk3_epsg(114.3), gk3_epsg(73.5), gk3_epsg(135.2)
    (4547, 4534, 4554)
    """
    meridian = 3 * round(lon / 3)
    meridian = min(max(meridian, _GK3_FIRST_MERIDIAN), _GK3_LAST_MERIDIAN)
    return _GK3_FIRST_EPSG + (meridian - _GK3_FIRST_MERIDIAN) // 3


def zoned_epsg(x: float) -> int | None:
    """Return the CGCS2000 zone of an easting that carries its zone number.

    Zones 25–45 are 3 degrees wide, zones 13–23 six.

    Examples
    --------
    >>> zoned_epsg(38_532_871.0), zoned_epsg(20_532_871.0), zoned_epsg(532_871.0)
    (4526, 4498, None)
    """
    zone, rest = divmod(x, _ZONE_UNIT)
    if not 0.1 * _ZONE_UNIT < rest < 0.9 * _ZONE_UNIT:
        return None
    if _GK3_FIRST_ZONE <= zone <= _GK3_LAST_ZONE:
        return _GK3_ZONED_FIRST_EPSG + int(zone) - _GK3_FIRST_ZONE
    if _GK6_FIRST_ZONE <= zone <= _GK6_LAST_ZONE:
        return _GK6_ZONED_FIRST_EPSG + int(zone) - _GK6_FIRST_ZONE
    return None


def in_china(lon: float, lat: float) -> bool:
    """Return whether a place lies in the box taken for China."""
    west, south, east, north = CHINA
    return west <= lon <= east and south <= lat <= north


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
    crs, middle = CRS(frame.crs), _middle(frame)
    key = _degrees_problem(middle) if crs.is_geographic else _metre_problem(middle, crs)
    if not key:
        return
    fix = _fix(key, middle)
    name = crs.to_string()[:80]
    raise CrsError.at(
        key, file=file, layer=layer, fix=fix, crs=name, x=middle.x, y=middle.y
    )


def to_working(
    frame: GeoDataFrame,
    *,
    crs: CRS,
    layer: str,
    file: Path | None = None,
    rows: Series | None = None,
    column: str | None = None,
) -> GeoDataFrame:
    """Return a layer in the working CRS.

    Coordinates that are moved are rounded to a micrometre, so that borders which
    two layers share stay shared, whichever CRS each came from. An error names the
    row out of ``rows``, row numbers on the frame's index, and ``column``.

    Raises
    ------
    CrsError
        If a coordinate has no place in it.
    """
    if CRS(frame.crs) == crs:
        return frame
    moved = frame.to_crs(crs)
    there = np.isfinite(moved.geometry.bounds.to_numpy(float)).all(axis=1)
    if not there.any() and len(there):
        raise CrsError.at(
            "crs_no_place", file=file, layer=layer, crs=crs.to_string()[:80]
        )
    if not there.all():
        key, facts = _lost(frame[~there], crs=crs)
        lost = frame.index[~there][0]
        row = None if rows is None else int(rows.loc[lost])
        raise CrsError.at(key, file=file, layer=layer, row=row, column=column, **facts)
    shapes = moved.geometry.to_numpy().copy()
    rounded = shapely.get_coordinates(shapes).round(_DECIMALS)
    shapely.set_coordinates(shapes, rounded)
    return moved.set_geometry(GeoSeries(shapes, index=moved.index, crs=moved.crs))


def written(frame: GeoDataFrame, *, crs: CRS) -> NDArray[np.float64]:
    """Return the middles of features in another CRS, x and y by row, (n, 2)."""
    bounds = frame.geometry.bounds.to_numpy(float)
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    return _turned(middles, Transformer.from_crs(frame.crs, crs, always_xy=True))


def exchanged(frame: GeoDataFrame, *, crs: CRS) -> NDArray[np.float64]:
    """Return where features would lie had x and y been exchanged in a file.

    Of their middles, in the frame's CRS, (n, 2); ``crs`` is the file's. Infinite
    where there is no such place.
    """
    back = Transformer.from_crs(crs, frame.crs, always_xy=True)
    return _turned(written(frame, crs=crs)[:, ::-1], back)


def shown(value: float, *, crs: CRS) -> str:
    """Return a coordinate as people read it: to a metre or so."""
    return f"{value:.5f}" if crs.is_geographic else f"{value:.1f}"


def _turned(points: NDArray[np.float64], by: Transformer) -> NDArray[np.float64]:
    return np.column_stack(by.transform(points[:, 0], points[:, 1]))


def _lost(frame: GeoDataFrame, *, crs: CRS) -> tuple[str, dict[str, object]]:
    """Return the error's key and facts for features without a place in a CRS."""
    own = CRS(frame.crs)
    x, y = written(frame, crs=own)[0]
    lon, lat = _to_degrees(own).transform(y, x)
    swapped = np.isfinite([lon, lat]).all() and _holds(crs, lon, lat)
    return "crs_row_swapped" if swapped else "crs_row_no_place", {
        "x": shown(x, crs=own),
        "y": shown(y, crs=own),
        "crs": crs.to_string()[:80],
        "count": len(frame),
    }


def _middle(frame: GeoDataFrame) -> Middle:
    bounds = frame.geometry.bounds
    return Middle(
        x=float((bounds["minx"] + bounds["maxx"]).median() / 2),
        y=float((bounds["miny"] + bounds["maxy"]).median() / 2),
    )


def _degree_like(at: Middle) -> bool:
    return abs(at.x) <= _MAX_LON and abs(at.y) <= _MAX_LAT


def _degrees_problem(at: Middle) -> str:
    """Return the key of what is wrong with a place in degrees, or ""."""
    if _degree_like(at):
        swapped = in_china(at.y, at.x) and not in_china(at.x, at.y)
        return "crs_lonlat_swapped" if swapped else ""
    if abs(at.y) <= _MAX_LON and abs(at.x) <= _MAX_LAT:
        return "crs_lonlat_swapped"
    return "crs_metres_as_degrees"


def _metre_problem(at: Middle, crs: CRS) -> str:
    """Return the key of what is wrong with a place in metres, or ""."""
    if _degree_like(at):
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
    lon, lat = _to_degrees(crs).transform(x, y)
    if not (np.isfinite(lon) and np.isfinite(lat)):
        return False
    return _holds(crs, lon, lat)


def _holds(crs: CRS, lon: float, lat: float) -> bool:
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
            return lon - _ZONE_WIDTH, -_MAX_LAT, lon + _ZONE_WIDTH, _MAX_LAT
    return -_MAX_LON, -_MAX_LAT, _MAX_LON, _MAX_LAT


def _scale(frame: GeoDataFrame) -> float:
    """Return how many metres of a layer's CRS one metre northward is there."""
    at, crs = _middle(frame), CRS(frame.crs)
    lon, lat = _to_degrees(crs).transform(at.x, at.y)
    if not (np.isfinite(lon) and np.isfinite(lat)):
        return 1.0
    return float(Proj(crs).get_factors(lon, lat).meridional_scale)


def _fix(key: str, at: Middle) -> str:
    """Return the CRS that would fit, as far as the numbers tell."""
    if key == "crs_zone_in_northings":
        return f"EPSG:{zoned_epsg(at.y)}"
    zoned = zoned_epsg(at.x)
    if zoned:
        return f"EPSG:{zoned}"
    return "EPSG:4490" if key == "crs_degrees_as_metres" else "EPSG:…"

"""Zones: which CRS measures best at a place, and which a number names.

WGS84 and CGCS2000 are taken for the same here: they differ by decimetres.
"""

from dataclasses import dataclass

from geopandas import GeoDataFrame
from pyproj import CRS, Transformer

# CGCS2000 / 3-degree Gauss-Kruger CM 75E … 135E, eastings without zone number.
# Source: EPSG 4534–4554; with zone number (zone 25–45): 4513–4533.
_GK3_FIRST_EPSG, _GK3_FIRST_MERIDIAN, _GK3_LAST_MERIDIAN = 4534, 75, 135
_GK3_FIRST_ZONE, _GK3_LAST_ZONE = 25, 45
_GK6_FIRST_ZONE, _GK6_LAST_ZONE = 13, 23

# First EPSG of zones of 3 and of 6 degrees with zone number, by the ellipsoid's
# semi-major axis: Beijing 1954, Xian 1980; any other is CGCS2000.
_ZONED = {6378245: (2401, 21413), 6378140: (2349, 2327)}
_ZONED_CGCS2000 = (4513, 4491)
_ZONE_UNIT = 1_000_000.0  # the zone number stands in front of six digits

# The box taken for China; it holds parts of its neighbours, where the zones of
# CGCS2000 measure as well as UTM does.
CHINA = (73.0, 17.0, 135.5, 54.0)  # west, south, east, north; degrees

_NEAR = 0.5  # degrees; zones beside each other put numbers three degrees apart
MAX_LON, MAX_LAT = 180.0, 90.0


@dataclass(frozen=True, kw_only=True)
class Middle:
    """The middle of a layer: the medians of its features' coordinates."""

    x: float
    y: float


def likely(frame: GeoDataFrame) -> str:
    """Return the CRS that coordinates without one look like, "EPSG:…" if none.

    Degrees look like CGCS2000, eastings with a zone number like that zone.
    """
    at = middle(frame)
    if degree_like(at):
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


def zoned_epsg(x: float, *, like: CRS | None = None) -> int | None:
    """Return the zone of an easting that carries its zone number.

    Zones 25–45 are 3 degrees wide, zones 13–23 six; of CGCS2000, or of the datum of
    a CRS that it is to be ``like``.

    Examples
    --------
    >>> zoned_epsg(38_532_871.0), zoned_epsg(20_532_871.0), zoned_epsg(532_871.0)
    (4526, 4498, None)
    >>> zoned_epsg(38_532_871.0, like=CRS(4610))
    2362
    """
    zone, rest = divmod(x, _ZONE_UNIT)
    if not 0.1 * _ZONE_UNIT < rest < 0.9 * _ZONE_UNIT:
        return None
    axis = round(like.ellipsoid.semi_major_metre) if like and like.ellipsoid else 0
    narrow, wide = _ZONED.get(axis, _ZONED_CGCS2000)
    if _GK3_FIRST_ZONE <= zone <= _GK3_LAST_ZONE:
        return narrow + int(zone) - _GK3_FIRST_ZONE
    if _GK6_FIRST_ZONE <= zone <= _GK6_LAST_ZONE:
        return wide + int(zone) - _GK6_FIRST_ZONE
    return None


def fitting(at: Middle, *, lon: float, lat: float) -> str:
    """Return the CRS that puts numbers of metres near a place; "" if none does.

    Of CGCS2000's 3-degree zones round the place, which hold the meridians of the
    6-degree ones, and outside China of UTM's.

    Examples
    --------
    >>> fitting(Middle(x=530_000, y=3_386_000), lon=114.4, lat=30.5)
    'EPSG:4547'
    >>> fitting(Middle(x=373_000, y=4_843_000), lon=7.4, lat=43.7)
    'EPSG:32632'
    """
    if in_china(lon, lat):
        codes = [gk3_epsg(lon + step) for step in (0, -3, 3)]
    else:
        codes = [(32600 if lat >= 0 else 32700) + int((lon + 180) // 6) + 1]
    for code in codes:
        turned = Transformer.from_crs(code, 4326, always_xy=True)
        x, y = turned.transform(at.x, at.y)
        if abs(x - lon) < _NEAR and abs(y - lat) < _NEAR:
            return f"EPSG:{code}"
    return ""


def in_china(lon: float, lat: float) -> bool:
    """Return whether a place lies in the box taken for China."""
    west, south, east, north = CHINA
    return west <= lon <= east and south <= lat <= north


def label(crs: CRS) -> str:
    """Return a CRS as people name it: its code, else its name, cut short."""
    text = crs.to_string()
    return text if text.startswith("EPSG:") else (crs.name or text)[:80]


def middle(frame: GeoDataFrame) -> Middle:
    """Return the middle of a layer, in its own CRS."""
    bounds = frame.geometry.bounds
    return Middle(
        x=float((bounds["minx"] + bounds["maxx"]).median() / 2),
        y=float((bounds["miny"] + bounds["maxy"]).median() / 2),
    )


def degree_like(at: Middle) -> bool:
    """Return whether a place can be a longitude and a latitude."""
    return abs(at.x) <= MAX_LON and abs(at.y) <= MAX_LAT

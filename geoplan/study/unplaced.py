"""Which CRS a file without one is in, as far as the rest of a study tells."""

import numpy as np
from pyproj import CRS, Transformer

from geoplan import crs as crs_
from geoplan.crs import Middle
from geoplan.errors import CrsError, GeoplanError
from geoplan.osm import read_ways
from geoplan.study.settings import Settings

_UNTOLD = "EPSG:…"
_WEB = "EPSG:3857"  # web maps
_DEGREES = CRS.from_epsg(4326)


def suggesting(error: CrsError, settings: Settings, *, crs: CRS | None) -> CrsError:
    """Return an error for a missing CRS, with the CRS that would fit.

    ``crs`` is the working CRS, None while the grids are read: then the ways tell
    where the study is. An error that knows better, or another one, stays.
    """
    if error.key != "crs_missing":
        return error
    x, y = (float(str(error.facts[axis])) for axis in ("x", "y"))
    # Chinese surveys write the northing first; that it is so is told afterwards.
    ways = (Middle(x=x, y=y), Middle(x=y, y=x))
    fix = str(error.facts["fix"])
    if crs is None:
        fix = fix if fix != _UNTOLD else _by_ways(ways[0], settings)
    elif not any(_holds(fix, at, crs) for at in ways):
        fix = next((named for at in ways if (named := _by_grids(at, crs))), "")
    facts = {**error.facts, "fix": fix or _UNTOLD}
    return CrsError(error.key, error.where, facts)


def _holds(fix: str, at: Middle, crs: CRS) -> bool:
    """Return whether a CRS puts numbers where the working CRS is made for."""
    if fix == _UNTOLD:
        return False
    lon, lat = Transformer.from_crs(fix, _DEGREES, always_xy=True).transform(at.x, at.y)
    return bool(np.isfinite([lon, lat]).all()) and crs_.holds(crs, lon, lat)


def _by_grids(at: Middle, crs: CRS) -> str:
    """Return the working CRS, or web maps', if it puts numbers near the grids."""
    if _holds(_WEB, at, crs):
        return _WEB
    turned = Transformer.from_crs(crs, _DEGREES, always_xy=True)
    lon, lat = turned.transform(at.x, at.y)
    if not np.isfinite([lon, lat]).all():
        return ""
    fix = crs_.fitting(at, lon=lon, lat=lat)
    return fix if fix == crs_.label(crs) else ""


def _by_ways(at: Middle, settings: Settings) -> str:
    named = settings.table("network").get("path")
    if not named:
        return ""
    path = settings.path.parent / named.replace("\\", "/")
    try:
        ways = read_ways(path, crs=_DEGREES).frame
    except GeoplanError:
        return ""
    middle = crs_.middle(ways)
    return crs_.fitting(at, lon=middle.x, lat=middle.y)

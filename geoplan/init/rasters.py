"""What a raster of a folder is: heights, people, or a picture."""

import warnings
from pathlib import PurePosixPath

from geoplan.init.folder import Found
from geoplan.init.words import role_named

_ROLES = {"elevation": "elevation", "population": "raster"}


def role(found: Found) -> tuple[str, str]:
    """Return a raster's role, by its name and its bands, or why it has none."""
    try:
        import rasterio  # noqa: PLC0415  an extra that few studies need
        from rasterio.errors import NotGeoreferencedWarning  # noqa: PLC0415
    except ImportError:
        bands = 1
    else:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NotGeoreferencedWarning)
                with rasterio.open(found.path) as source:
                    bands = source.count
        except rasterio.errors.RasterioError:
            return "", "broken_raster"
    if bands != 1:
        return "", "bands"
    path = PurePosixPath(found.near)
    told = (role_named(path.stem)[0], role_named(path.parent.name)[0])
    known = [_ROLES[one] for one in told if one in _ROLES]
    return (known[0], "") if known else ("", "raster")

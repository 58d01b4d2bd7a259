"""Coordinates: the working CRS in metres, and whether they lie where they say.

Coordinates are x (east) and y (north) everywhere: a CRS whose own order is north
first, as all of China's are, is read east first (PROJ's ``always_xy``).
"""

from geoplan.crs.moves import exchanged, rough, shown, to_working, written
from geoplan.crs.own import Fitted, Similarity, fit, own_crs
from geoplan.crs.plausible import (
    holds,
    parse,
    require_metres,
    require_plausible,
    require_usable,
)
from geoplan.crs.zones import (
    CHINA,
    Middle,
    fitting,
    gk3_epsg,
    in_china,
    label,
    likely,
    middle,
    working_crs,
    zoned_epsg,
)

__all__ = [
    "CHINA",
    "Fitted",
    "Middle",
    "Similarity",
    "exchanged",
    "fit",
    "fitting",
    "gk3_epsg",
    "holds",
    "in_china",
    "label",
    "likely",
    "middle",
    "own_crs",
    "parse",
    "require_metres",
    "require_plausible",
    "require_usable",
    "rough",
    "shown",
    "to_working",
    "working_crs",
    "written",
    "zoned_epsg",
]

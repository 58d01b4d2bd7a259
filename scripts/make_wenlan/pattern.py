"""The pattern of ways: real OpenStreetMap ways, moved to where nothing is.

Everything of this builder is planned in a local frame in metres, x about east
and y about north, with the middle of the town at (0, 0).
"""

import geopandas as gpd
import numpy as np
import shapely
from sdist import Sdist, fetch
from shapely import affinity

SOURCE = Sdist(
    name="neatnet",
    version="0.1.6",
    sha256="a1f760e0875a7f42a778d86293c397b37ee61e71fba49769c2b3db30271a7fff",
)
MEMBER = "data/wuhan_8989/original.parquet"
CENTRE = (238450.0, 3386770.0)  # of the town, in the source's UTM zone 50 N, metres
TURN = -20.0  # degrees, counter-clockwise
HALF = 1650.0  # half the width of the town's window, metres

#: Where the town lies: CGCS2000, 3-degree zone 28 (84 E), an empty desert.
CRS = "EPSG:4516"
ORIGIN = (28_465_300.0, 4_319_200.0)

#: Highways of the source that the town builds anew, raised on pillars.
RAISED = ("trunk", "trunk_link")


def read_pattern() -> gpd.GeoDataFrame:
    """Return the ways of the town's window, without the raised ones.

    Returns
    -------
    GeoDataFrame
        kind (highway value); lines in the local frame, coordinates to 1 cm.

    Raises
    ------
    ImportError
        pyarrow, which reads the source and is no part of geoplan, is missing.
    """
    source = gpd.read_parquet(fetch(SOURCE, MEMBER))
    kinds = source["highway"].map(lambda v: v if isinstance(v, str) else v[0])
    near = source.intersects(shapely.Point(CENTRE).buffer(HALF * 1.5))
    kept = near & ~kinds.isin(RAISED)
    window = shapely.box(-HALF, -HALF, HALF, HALF)
    turned = source.geometry[kept].rotate(TURN, origin=CENTRE)
    local = turned.translate(-CENTRE[0], -CENTRE[1])
    frame = gpd.GeoDataFrame({"kind": kinds[kept]}, geometry=local.to_numpy())
    frame = frame.clip(window, keep_geom_type=True).explode(ignore_index=True)
    return frame.set_geometry(shapely.set_precision(frame.geometry.to_numpy(), 0.01))


def to_place(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return a geometry of the local frame in :data:`CRS`, to 1 mm."""
    moved = affinity.translate(geometry, *ORIGIN)
    return shapely.transform(moved, lambda xy: np.round(xy, 3))

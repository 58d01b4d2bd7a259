"""The polygon of a circle as it is drawn: the field, with and without buildings."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geoplan.union import united

LEG_WIDTH = 1.0  # m, of a drawn leg

Geometries = NDArray[np.object_]


def outline(
    bare: BaseGeometry,
    *,
    reached: Geometries,
    legs: Geometries,
    unreached: shapely.STRtree,
    water: shapely.STRtree,
) -> BaseGeometry:
    """Return the polygon of a circle as it is drawn.

    Parameters
    ----------
    reached, legs : arrays of geometries
        Footprints of the reached buildings and the legs they walk.
    unreached, water : STRtree
        Footprints and areas to leave out, whole layers.
    """
    strips = shapely.buffer(legs, LEG_WIDTH / 2, quad_segs=2)
    parts = np.concatenate([reached, strips])
    shapely.prepare(bare)
    inside = shapely.contains_properly(bare, parts)  # most; they add nothing
    shape = shapely.union(bare, united(parts[~inside]))
    for layer in (unreached, water):
        near = layer.geometries[layer.query(shape, predicate="intersects")]
        shape = shapely.difference(shape, united(near))
    return areas(shape)


def areas(shape: BaseGeometry) -> MultiPolygon:
    """Return the areas of a shape, without stray lines and points."""
    parts = shapely.get_parts(shapely.make_valid(shape))
    parts = shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004
    return MultiPolygon(list(parts[shapely.area(parts) > 0]))

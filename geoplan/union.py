"""The union of areas, whatever their borders do."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

_ROUNDED = 1e-6  # m


def united(shapes: NDArray[np.object_]) -> BaseGeometry:
    """Return the union of areas, its corners rounded to a micrometre.

    Without rounding GEOS unites many areas piece by piece; where their borders run
    along each other almost exactly, the outcome may be invalid, or an exception.
    """
    return shapely.union_all(shapes, grid_size=_ROUNDED)

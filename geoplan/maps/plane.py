"""The study's CRS and a page's lattice, each as polynomials of the other.

A page has no projections of its own: whatever is placed in it by hand goes back to
the study's CRS by these, within a centimetre where the study is.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.maps.encoding import Grain

Floats = NDArray[np.float64]


def plane(
    bounds: Sequence[float],
    *,
    grain: Grain,
    degree: int = 4,
    net: int = 12,
    digits: int = 6,
) -> dict[str, Any]:
    """Return polynomials between the study's CRS and the page's lattice.

    Parameters
    ----------
    bounds : four numbers
        West, south, east, north of what is fitted, in the grain's CRS.
    net : int
        Points a side that are fitted.
    digits : int
        Of a coefficient, for the same bytes everywhere.

    Returns
    -------
    dict
        ``to_page`` and ``to_crs``, each ``middle`` (two numbers), ``half``, ``x`` and
        ``y``: coefficients of u^i v^j, by i, then j, i + j ≤ ``degree``, where
        u, v = (place - middle) / half.
    """
    west, south, east, north = bounds
    along = np.linspace(west, east, net), np.linspace(south, north, net)
    crs = np.stack(np.meshgrid(*along), axis=-1).reshape(-1, 2)
    places = np.asarray(shapely.points(crs), dtype=object)
    page = shapely.get_coordinates(grain.place(places))
    return {
        "degree": degree,
        "to_page": _fit(crs, page, degree=degree, digits=digits),
        "to_crs": _fit(page, crs, degree=degree, digits=digits),
    }


def _fit(source: Floats, target: Floats, *, degree: int, digits: int) -> dict[str, Any]:
    """Return the polynomial that takes source to target by least squares."""
    middle = np.rint(source.mean(axis=0))
    half = float(np.ceil(np.ptp(source, axis=0).max() / 2)) or 1.0
    u, v = ((source - middle) / half).T
    terms = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    table = np.column_stack([u**i * v**j for i, j in terms])
    found = np.linalg.lstsq(table, target, rcond=None)[0]
    return {
        "middle": middle.tolist(),
        "half": half,
        "x": np.round(found[:, 0], digits).tolist(),
        "y": np.round(found[:, 1], digits).tolist(),
    }

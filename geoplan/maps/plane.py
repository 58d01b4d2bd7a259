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

_DEGREE = 4
_NET = 12  # points a side that are fitted
_DIGITS = 6

Floats = NDArray[np.float64]


def plane(bounds: Sequence[float], *, grain: Grain) -> dict[str, Any]:
    """Return polynomials between the study's CRS and the page's lattice.

    Parameters
    ----------
    bounds : four numbers
        West, south, east, north of what is fitted, in the grain's CRS.

    Returns
    -------
    dict
        ``to_page`` and ``to_crs``, each ``middle`` (two numbers), ``half``, ``x`` and
        ``y``: coefficients of u^i v^j, by i, then j, i + j ≤ ``degree``, where
        u, v = (place - middle) / half.
    """
    west, south, east, north = bounds
    along = np.linspace(west, east, _NET), np.linspace(south, north, _NET)
    net = np.stack(np.meshgrid(*along), axis=-1).reshape(-1, 2)
    places = np.asarray(shapely.points(net), dtype=object)
    page = shapely.get_coordinates(grain.place(places))
    return {
        "degree": _DEGREE,
        "to_page": _fit(net, page),
        "to_crs": _fit(page, net),
    }


def _fit(source: Floats, target: Floats) -> dict[str, Any]:
    """Return the polynomial that takes source to target by least squares."""
    middle = np.rint(source.mean(axis=0))
    half = float(np.ceil(np.ptp(source, axis=0).max() / 2)) or 1.0
    u, v = ((source - middle) / half).T
    terms = [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]
    table = np.column_stack([u**i * v**j for i, j in terms])
    found = np.linalg.lstsq(table, target, rcond=None)[0]
    return {
        "middle": middle.tolist(),
        "half": half,
        "x": np.round(found[:, 0], _DIGITS).tolist(),
        "y": np.round(found[:, 1], _DIGITS).tolist(),
    }

"""A grid of a city's own, or exchanged axes, as a CRS like any other.

No city's parameters are known here: a study names its own, or points that are
known in both systems.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

Points = NDArray[np.float64]  #: (n, 2), x (east) and y (north)

# EPSG's method 9624, affine parametric transformation, and its parameters.
_METHOD = ("Affine parametric transformation", 9624)
_PARAMETERS = (
    (("A0", 8623), ("A1", 8624), ("A2", 8625)),
    (
        ("B0", 8639),
        ("B1", 8640),
        ("B2", 8641),
    ),
)

_ORIGIN = ("False easting", "False northing")
_EASTWARD = ("east", "west")
_LEFT_OUT = ("id", "ids", "$schema", "scope", "area", "bbox", "usages")

_FEWEST = 4  # points, of which one can be told to disagree with the others
_NOTHING = 0.001  # m; less is rounding
_CLEARLY = 0.2  # share of the error that is left without it


@dataclass(frozen=True, kw_only=True)
class Similarity:
    """How places of an own grid become those of a known CRS.

    Turned and scaled first, then moved:
    x' = dx + scale · (x · cos rotation − y · sin rotation),
    y' = dy + scale · (x · sin rotation + y · cos rotation).
    """

    dx: float = 0.0  #: towards the east
    dy: float = 0.0  #: towards the north
    rotation: float = 0.0  #: degrees, counter-clockwise
    scale: float = 1.0
    swapped: bool = False  #: the grid's first number is the northing

    def applied(self, points: Points) -> Points:
        """Return points of the own grid in the known CRS."""
        matrix, move = self._affine()
        return points @ matrix.T + move

    def own(self, points: Points) -> Points:
        """Return points of the known CRS in the own grid."""
        matrix, move = self._affine()
        return (points - move) @ np.linalg.inv(matrix).T

    def _affine(self) -> tuple[Points, Points]:
        angle = np.radians(self.rotation)
        turn = np.array(
            [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        )
        matrix = self.scale * turn
        return matrix[:, ::-1] if self.swapped else matrix, np.array([self.dx, self.dy])


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """The similarity that control points ask for, and what is left."""

    similarity: Similarity
    residuals: NDArray[np.float64]  #: (n,), m, in the known CRS
    #: the point without which the others agree; None if no one point stands out
    suspect: int | None

    @property
    def rms(self) -> float:
        """Return the root of the mean square of the residuals; NaN of two points."""
        count = len(self.residuals)
        return float(np.sqrt(np.mean(self.residuals**2))) if count > 2 else np.nan  # noqa: PLR2004  two points always agree


def own_crs(base: CRS, own: Similarity) -> CRS:
    """Return the CRS whose places a similarity turns into those of ``base``.

    ``base`` may be in degrees where the axes are merely exchanged.

    Examples
    --------
    >>> from pyproj import Transformer
    >>> own = own_crs(CRS(4547), Similarity(dx=500_000, dy=3_380_000))
    >>> there = Transformer.from_crs(own, 4547, always_xy=True).transform(30, 6000)
    >>> [round(number, 3) for number in there]
    [500030.0, 3386000.0]
    """
    flat = base.is_projected
    east_first, origin = _near(_east_first(base), round(own.dx), round(own.dy))
    corners = own.own(origin + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    a, b = (
        (corners[0, i], corners[1, i] - corners[0, i], corners[2, i] - corners[0, i])
        for i in (0, 1)
    )
    rows = zip((a, b), _PARAMETERS, strict=True)
    return CRS.from_json_dict(
        {
            "$schema": "https://proj.org/schemas/v0.7/projjson.schema.json",
            "type": "DerivedProjectedCRS" if flat else "DerivedGeographicCRS",
            "name": f"{base.name} · own grid",
            "base_crs": east_first,
            "conversion": {
                "name": "own grid",
                "method": _named(*_METHOD),
                "parameters": [
                    _parameter(value, *known, flat=flat)
                    for values, names in rows
                    for value, known in zip(values, names, strict=True)
                ],
            },
            "coordinate_system": east_first["coordinate_system"],
        }
    )


def fit(own: Points, known: Points) -> Fitted:
    """Return the similarity that takes points of an own grid to known ones best.

    By least squares of two points or more. Points written with the northing first
    are recognised: of both orders the one that leaves less, of two points the one
    that turns less.
    """
    best = min(
        (_fitted(own, known, swapped=swapped) for swapped in (False, True)),
        key=lambda one: (
            round(float(np.square(one[1]).mean()), 6) if len(own) > 2 else 0.0,  # noqa: PLR2004  as above
            abs(one[0].rotation),
        ),
    )
    similarity, residuals = best
    return Fitted(
        similarity=similarity,
        residuals=residuals,
        suspect=_suspect(own, known, residuals, swapped=similarity.swapped),
    )


def _fitted(
    own: Points, known: Points, *, swapped: bool
) -> tuple[Similarity, NDArray[np.float64]]:
    ordered = own[:, ::-1] if swapped else own
    here, there = (points[:, 0] + 1j * points[:, 1] for points in (ordered, known))
    start, end = here.mean(), there.mean()
    turn = np.vdot(here - start, there - end) / np.vdot(here - start, here - start).real
    move = end - turn * start
    similarity = Similarity(
        dx=float(move.real),
        dy=float(move.imag),
        rotation=float(np.degrees(np.angle(turn))),
        scale=float(abs(turn)),
        swapped=swapped,
    )
    return similarity, np.abs(there - move - turn * here)


def _suspect(
    own: Points, known: Points, residuals: NDArray[np.float64], *, swapped: bool
) -> int | None:
    """Return the point without which the others agree five times as well."""
    if len(own) < _FEWEST:
        return None
    left = []
    for i in range(len(own)):
        rest = np.arange(len(own)) != i
        _, less = _fitted(own[rest], known[rest], swapped=swapped)
        left.append(float(np.sqrt(np.mean(less**2))))
    worst = int(np.argmin(left))
    whole = float(np.sqrt(np.mean(residuals**2)))
    return worst if whole > _NOTHING and left[worst] < _CLEARLY * whole else None


def _east_first(base: CRS) -> dict[str, Any]:
    """Return a CRS as PROJ's JSON, its axes east first."""
    flat = base.source_crs if base.is_bound and base.source_crs else base
    told = (flat.sub_crs_list or [flat])[0].to_json_dict()  # without heights
    axes = told["coordinate_system"]["axis"]
    system = {
        **told["coordinate_system"],
        "axis": sorted(axes, key=lambda axis: axis["direction"] not in _EASTWARD),
    }
    kept = {key: value for key, value in told.items() if key not in _LEFT_OUT}
    return {**kept, "coordinate_system": system}


def _near(told: dict[str, Any], x: int, y: int) -> tuple[dict[str, Any], Points]:
    """Return a projected CRS counted from near the own grid's origin, and where.

    PROJ keeps ten digits of a parameter: centimetres, of eastings in ten millions.
    """
    parameters = told.get("conversion", {}).get("parameters", [])
    names = [parameter["name"] for parameter in parameters]
    if not {*_ORIGIN} <= {*names}:
        return told, np.zeros(2)
    less = dict(zip(_ORIGIN, (x, y), strict=True))
    moved = [
        {**parameter, "value": parameter["value"] - less.get(parameter["name"], 0)}
        for parameter in parameters
    ]
    conversion = {**told["conversion"], "parameters": moved}
    conversion = {key: conversion[key] for key in conversion if key != "id"}
    return {**told, "conversion": conversion}, np.array([x, y], float)


def _named(name: str, code: int) -> dict[str, Any]:
    return {"name": name, "id": {"authority": "EPSG", "code": code}}


def _parameter(value: float, name: str, code: int, *, flat: bool) -> dict[str, Any]:
    unit = "unity" if name[1] != "0" else "metre" if flat else "degree"
    return {**_named(name, code), "value": value, "unit": unit}

"""GCJ-02 and BD-09, the shifted coordinates of Chinese map services.

Source: the transforms as the open-source community publishes them (for
instance the PyPI package eviltransform); there is no official text. Every
function takes and returns longitudes and latitudes in degrees, arrays of one
shape. Outside the box 72.004–137.8347 E, 0.8293–55.8271 N nothing is shifted,
as in the map services.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Degrees = NDArray[np.float64]
Transform = Callable[[ArrayLike, ArrayLike], tuple[Degrees, Degrees]]

_WEST, _SOUTH, _EAST, _NORTH = 72.004, 0.8293, 137.8347, 55.8271
_KRASOVSKY_A = 6378245.0
_KRASOVSKY_EE = 0.00669342162296594323
_BD_WAVE = np.pi * 3000.0 / 180.0
_ROUNDS = 30
_CONVERGED = 1e-11  # degrees, about a thousandth of a millimetre


def to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Return WGS84 coordinates as GCJ-02.

    Examples
    --------
    >>> lon, lat = to_gcj02(114.3, 30.6)
    >>> round(float(lon), 6), round(float(lat), 6)
    (114.305438, 30.597584)
    """
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    inside = (x >= _WEST) & (x <= _EAST) & (y >= _SOUTH) & (y <= _NORTH)
    radians = np.radians(y)
    magic = 1 - _KRASOVSKY_EE * np.sin(radians) ** 2
    east, north = _offset_metres(x - 105.0, y - 35.0)
    meridian = _KRASOVSKY_A * (1 - _KRASOVSKY_EE) / magic**1.5
    parallel = _KRASOVSKY_A / np.sqrt(magic) * np.cos(radians)
    return (
        np.where(inside, x + np.degrees(east / parallel), x),
        np.where(inside, y + np.degrees(north / meridian), y),
    )


def from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Return GCJ-02 coordinates as WGS84, by iteration (round trip < 1 cm)."""
    return _inverse(to_gcj02, lon, lat)


def to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Return WGS84 coordinates as BD-09."""
    x, y = to_gcj02(lon, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD_WAVE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD_WAVE)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def from_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Return BD-09 coordinates as WGS84, by iteration (round trip < 1 cm)."""
    return _inverse(to_bd09, lon, lat)


#: How a layer's coordinates become WGS84, by the name of their datum.
TO_WGS84: dict[str, Transform] = {"gcj02": from_gcj02, "bd09": from_bd09}
_FROM_WGS84: dict[str, Transform] = {"gcj02": to_gcj02, "bd09": to_bd09}

#: What a layer's coordinates can be; CGCS2000 is taken for WGS84.
WGS84 = "wgs84"
DATUMS = (WGS84, *TO_WGS84)


def restated(
    lon: ArrayLike, lat: ArrayLike, *, told: str, true: str
) -> tuple[Degrees, Degrees]:
    """Return WGS84 places of coordinates that were read in the wrong datum.

    ``lon`` and ``lat`` are WGS84 as they came out of reading a file's numbers in
    the datum ``told``; the result is what they are if those numbers are ``true``.

    Examples
    --------
    >>> lon, lat = restated(*to_gcj02(114.3, 30.6), told="wgs84", true="gcj02")
    >>> round(float(lon), 6), round(float(lat), 6)
    (114.3, 30.6)
    """
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    if told == true:
        return x, y
    if told in _FROM_WGS84:
        x, y = _FROM_WGS84[told](x, y)
    return TO_WGS84[true](x, y) if true in TO_WGS84 else (x, y)


def _offset_metres(x: Degrees, y: Degrees) -> tuple[Degrees, Degrees]:
    """Return the GCJ-02 shift in metres, x and y counted from 105 E, 35 N."""
    shared = 20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)
    root = np.sqrt(np.abs(x))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    east_waves = shared + _waves(x, long=(150, 300))
    north_waves = shared + _waves(y, long=(160, 320))
    return east + east_waves * 2 / 3, north + north_waves * 2 / 3


def _waves(angle: Degrees, *, long: tuple[float, float]) -> Degrees:
    turn: Degrees = angle * np.pi
    short: Degrees = 20 * np.sin(turn) + 40 * np.sin(turn / 3)
    return short + long[0] * np.sin(turn / 12) + long[1] * np.sin(turn / 30)


def _inverse(
    forward: Transform, lon: ArrayLike, lat: ArrayLike
) -> tuple[Degrees, Degrees]:
    """Return the arguments that ``forward`` maps onto the given coordinates."""
    target_x, target_y = np.asarray(lon, float), np.asarray(lat, float)
    x, y = target_x, target_y
    for _ in range(_ROUNDS):
        there_x, there_y = forward(x, y)
        x, y = x + (target_x - there_x), y + (target_y - there_y)
        if max(_largest(target_x - there_x), _largest(target_y - there_y)) < _CONVERGED:
            break
    return x, y


def _largest(values: Degrees) -> float:
    return float(np.nanmax(np.abs(values))) if np.size(values) else 0.0

"""What slopes do to walking: from heights of the ground to times along edges.

Tobler's hiking function (W. Tobler, Three presentations on geographical analysis
and modeling, 1993, NCGIA report 93-1) gives 6·exp(-3.5·|s + 0.05|) km/h at a slope
s, a rise by a distance. Here it is taken in proportion to its value at s = 0, so
that the flat is walked at the walker's own speed.
"""

from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from geoplan.model import Elevation, Finding, Network
from geoplan.presets import hurdles

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

_STEEPNESS = 3.5
_EASIEST = 0.05  # the slope downhill that is walked fastest


def sloped(network: Network, *, elevation: Elevation) -> Network:
    """Return the network with what slopes do to each edge.

    An edge is measured in pieces about as long as a cell of the raster; one on a
    bridge or in a tunnel from end to end, if both ends meet the ground. Steps,
    lifts and escalators have no slope, nor has a piece without known heights.
    """
    edges = network.edges
    lines = edges.geometry.to_numpy()
    lifted = (edges["bridge"] | edges["tunnel"]).to_numpy(bool)
    metres = edges["length_m"].to_numpy()
    pieces = np.maximum(np.rint(metres / _cell_m(elevation, network)), 1).astype(int)
    pieces[lifted] = 1
    edge = np.repeat(np.arange(len(lines)), pieces)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    metre = metres[edge] / pieces[edge]
    rise = np.zeros(len(edge))
    for sign, ahead in ((1.0, 1), (-1.0, 0)):
        points = shapely.line_interpolate_point(lines[edge], (number + ahead) * metre)
        rise += sign * heights(
            shapely.get_coordinates(points), elevation=elevation, crs=network.crs
        )
    rise[(lifted & ~_grounded(network, lifted))[edge]] = np.nan
    slope = np.divide(rise, metre, out=np.zeros(len(edge)), where=metre > 0)
    known = np.isfinite(slope)
    level = _level(edges["hurdles"].to_numpy(object))
    usable = known & ~level[edge]
    times = [
        np.bincount(edge, np.where(usable, slower(one), 1.0), minlength=len(lines))
        / pieces
        for one in (slope, -slope)
    ]
    unknown = np.bincount(edge, np.where(known, 0.0, metre), minlength=len(lines))
    told = {"up_times": times[0], "down_times": times[1]}
    told["no_slope_m"] = np.where(level, 0.0, unknown)
    return replace(network, edges=edges.assign(**told))


def unmeasured(network: Network) -> tuple[Finding, ...]:
    """Return how many metres of ways have no known slope, where slopes count."""
    if "no_slope_m" not in network.edges:
        return ()
    metres = float(network.edges["no_slope_m"].sum())
    if round(metres) == 0:
        return ()
    facts = {
        "km": round(metres / 1000, 2),
        "percent": round(100 * metres / float(network.edges["length_m"].sum()), 1),
    }
    return (Finding(rule="no_slope", level="warning", layer="network", facts=facts),)


def slower(slope: Floats) -> Floats:
    """Return how many times as long a slope takes as the flat.

    Examples
    --------
    >>> slower(np.array([0.0, 0.1, -0.05])).round(3).tolist()
    [1.0, 1.419, 0.839]
    """
    return np.asarray(np.exp(_STEEPNESS * (np.abs(slope + _EASIEST) - _EASIEST)))


def heights(xy: Floats, *, elevation: Elevation, crs: CRS) -> Floats:
    """Return the heights at points, between the middles of cells; NaN if unknown.

    Parameters
    ----------
    xy : float array, shape (n, 2)
        In ``crs``.
    """
    to_raster = Transformer.from_crs(crs, elevation.crs, always_xy=True)
    x, y = to_raster.transform(xy[:, 0], xy[:, 1])
    a, b, c, d, e, f = elevation.transform
    column = (e * (x - c) - b * (y - f)) / (a * e - b * d) - 0.5
    row = (a * (y - f) - d * (x - c)) / (a * e - b * d) - 0.5
    rows, columns = elevation.heights.shape
    with np.errstate(invalid="ignore"):
        inside = (np.abs(column - (columns - 1) / 2) <= columns / 2) & (
            np.abs(row - (rows - 1) / 2) <= rows / 2
        )
    column = np.clip(np.where(inside, column, 0.0), 0, columns - 1)
    row = np.clip(np.where(inside, row, 0.0), 0, rows - 1)
    found = np.zeros(len(xy))
    for right in (0, 1):
        for down in (0, 1):
            at = np.floor(row).astype(int) + down, np.floor(column).astype(int) + right
            weight = _near(row, at[0]) * _near(column, at[1])
            used = weight > 0
            cell = np.minimum(at[0], rows - 1), np.minimum(at[1], columns - 1)
            found += np.where(used, weight * elevation.heights[cell], 0.0)
    return np.where(inside, found, np.nan)


def _near(place: Floats, cell: Ints) -> Floats:
    return 1.0 - np.abs(place - cell)


def _cell_m(elevation: Elevation, network: Network) -> float:
    """Return how long a cell of the raster is on the ground, in metres."""
    a, b, c, d, e, f = elevation.transform
    rows, columns = elevation.heights.shape
    column = columns / 2 + np.array([0.0, 1.0, 0.0])
    row = rows / 2 + np.array([0.0, 0.0, 1.0])
    x, y = a * column + b * row + c, d * column + e * row + f
    to_metres = Transformer.from_crs(elevation.crs, network.crs, always_xy=True)
    x, y = to_metres.transform(x, y)
    sides = np.hypot(x[1:] - x[0], y[1:] - y[0])
    return float(max(sides.min(), 0.1))


def _grounded(network: Network, lifted: Flags) -> Flags:
    """Return which edges end on the ground at both ends, as others there do."""
    ends = network.edges["u"].to_numpy(), network.edges["v"].to_numpy()
    ground = np.zeros(len(network.junctions), bool)
    for end in ends:
        ground[end[~lifted]] = True
    return np.asarray(ground[ends[0]] & ground[ends[1]])


def _level(met: NDArray[np.object_]) -> Flags:
    """Return on which edges the slope of the ground does not count."""
    table = hurdles()
    return np.array([any(table[h].level for h in text.split()) for text in met], bool)

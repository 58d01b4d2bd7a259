"""The bare field of a circle: samples stamped on a raster, contoured at the limit."""

from collections.abc import Iterator

import numpy as np
import shapely
from contourpy import FillType, contour_generator
from numpy.typing import NDArray
from shapely import MultiPolygon

from geoplan.circles.canvas import AROUND, CELL, RIM, SPREAD, WIDTH, Canvas
from geoplan.circles.outline import areas
from geoplan.model import Legs
from geoplan.walk import Graph, limit_ms, spots, things_within

try:
    from geoplan.circles.compiled import stamp
except ImportError:  # Numba has no wheel everywhere
    from geoplan.circles.plain import stamp  # type: ignore[assignment]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def fields(
    drawn: Canvas, *, way: Graph, stations: Legs, limit: float
) -> Iterator[tuple[int, MultiPolygon]]:
    """Yield each station (position) with its bare field; last the merged one (-1).

    Parameters
    ----------
    limit : float
        Seconds.
    """
    most = limit_ms(limit)
    seeds = spots(stations, way=way)
    walks = things_within(way, stations=seeds, targets=drawn.spots, limit=most)
    ends = np.searchsorted(walks.station, np.arange(seeds.things + 1))
    left_m = np.asarray((most - walks.ms) * (way.speed / 1000.0), float)
    for station in range(seeds.things):
        mine = slice(ends[station], ends[station + 1])
        yield station, field(drawn, sample=walks.end[mine], left_m=left_m[mine])
    best = np.full(len(drawn.xy), -1.0)
    np.maximum.at(best, walks.end, left_m)
    reached = np.flatnonzero(best >= 0)
    yield -1, field(drawn, sample=reached, left_m=best[reached])


def field(drawn: Canvas, *, sample: Ints, left_m: Floats) -> MultiPolygon:
    """Return the field of some samples, with the metres left to walk from each."""
    if not len(sample):
        return MultiPolygon()
    xy = drawn.xy[sample]
    cell = np.floor(xy / CELL).astype(np.int64)
    low, high = cell.min(axis=0) - SPREAD - 1, cell.max(axis=0) + SPREAD + 1
    size = high - low + 1
    height = np.full((size[1], size[0]), RIM)
    seen = (drawn.walled[sample], drawn.hidden)
    stamp(height, low, xy, left_m, seen, (AROUND, CELL, WIDTH, RIM))
    return _contour(height, corner=low)


def _contour(height: Floats, *, corner: Ints) -> MultiPolygon:
    """Return where the height is at most 0; cells are centred on the grid."""
    rows, columns = height.shape
    generator = contour_generator(
        x=(corner[0] + np.arange(columns) + 0.5) * CELL,
        y=(corner[1] + np.arange(rows) + 0.5) * CELL,
        z=height,
        fill_type=FillType.OuterOffset,
    )
    filled = generator.filled(-np.inf, 0.0)
    shapes = []
    for ring_points, ring_starts in zip(filled[0], filled[1], strict=True):
        rings = np.split(np.asarray(ring_points), np.asarray(ring_starts)[1:-1])
        shapes.append(shapely.Polygon(rings[0], rings[1:]))
    return areas(MultiPolygon(shapes))

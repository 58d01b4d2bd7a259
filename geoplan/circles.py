"""Polygons of reach: what a circle looks like on the map.

The *field* of a circle holds the places at most 25 m from a reached part of an
edge, with the time left for that leg, and not across a barrier. It is sampled
every 5 m along the edges, stamped on a raster of 5 m cells, and its outline is
the contour at the limit. The *outline* is the field with the footprints and
legs of the reached buildings, without the footprints of the unreached ones and
without water. Minutes decide who is served; the polygon only shows it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from contourpy import FillType, contour_generator
from geopandas import GeoSeries
from numpy.typing import NDArray
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geoplan.model import Legs, Network
from geoplan.walk import Graph, Spots, arrivals, spots_on

WIDTH = 25.0  # m from an edge that the field spreads
CELL = 5.0  # m, of the raster and between samples
LEG_WIDTH = 1.0  # m, of a drawn leg
_RIM = 7.0  # m beyond the width that cells still hold a value, for the contour
_CHUNK = 4000  # pairs of a sample and a wall handled at once

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

_STEP = np.arange(-int((WIDTH + _RIM) // CELL) - 1, int((WIDTH + _RIM) // CELL) + 2)
#: cells round a sample's own cell, shape (n, 2), in cells
_AROUND = np.stack(np.meshgrid(_STEP, _STEP), axis=-1).reshape(-1, 2)


@dataclass(frozen=True, kw_only=True, eq=False)
class Canvas:
    """The edges as samples, and which cells round each one a barrier hides."""

    spots: Spots  #: the samples as targets of the walk, without legs
    xy: Floats  #: shape (n_samples, 2)
    walled: Ints  #: row in ``hidden`` of each sample, -1 where it has no barrier near
    hidden: NDArray[np.bool_]  #: shape (n_walled, cells around)


def canvas(network: Network, *, way: Graph, barriers: GeoSeries) -> Canvas:
    """Return the network as a canvas for fields; barriers in the working CRS."""
    edges = network.edges
    length = edges["length_m"].to_numpy()
    pieces = np.maximum(np.ceil(length / CELL).astype(int), 1)
    edge = np.repeat(np.arange(len(edges)), pieces + 1)
    first = np.concatenate([[0], np.cumsum(pieces + 1)[:-1]])
    step = np.arange(len(edge)) - first[edge]
    offset_m = step / pieces[edge] * length[edge]
    points = shapely.line_interpolate_point(edges.geometry.to_numpy()[edge], offset_m)
    xy = shapely.get_coordinates(points)
    walled, hidden = _hidden(xy, barriers.to_numpy())
    nothing = np.zeros(len(edge))
    return Canvas(
        spots=spots_on(
            edge, offset_m, way=way, thing=np.arange(len(edge)), leg_s=nothing
        ),
        xy=xy,
        walled=walled,
        hidden=hidden,
    )


def fields(
    drawn: Canvas, *, way: Graph, stations: Legs, limit: float
) -> Iterator[tuple[int, MultiPolygon]]:
    """Yield each station (position) with its bare field; last the merged one (-1).

    Parameters
    ----------
    limit : float
        Seconds.
    """
    least = np.full(len(drawn.xy), np.inf)
    walks = arrivals(way, stations=stations, targets=drawn.spots, limit=limit)
    for station, seconds in walks:
        least = np.minimum(least, seconds)
        yield station, field(drawn, left_m=(limit - seconds) * way.speed)
    yield -1, field(drawn, left_m=(limit - least) * way.speed)


def field(drawn: Canvas, *, left_m: Floats) -> MultiPolygon:
    """Return the field of samples from which so many metres are left to walk.

    Parameters
    ----------
    left_m : float array, shape (n_samples,)
        Metres, negative beyond the limit.
    """
    reached = np.flatnonzero(left_m >= 0)
    if not len(reached):
        return MultiPolygon()
    xy, walled = drawn.xy[reached], drawn.walled[reached]
    cell = np.floor(xy / CELL).astype(np.int64)
    low, high = cell.min(axis=0) + _STEP[0] - 1, cell.max(axis=0) + _STEP[-1] + 1
    size = high - low + 1
    height = np.full(size[0] * size[1], _RIM)
    for around, offset in enumerate(_AROUND):
        there = cell + offset
        metres = np.hypot(*((there + 0.5) * CELL - xy).T)
        over = np.maximum(metres - left_m[reached], metres - WIDTH)
        seen = over < _RIM
        seen[walled >= 0] &= ~drawn.hidden[walled[walled >= 0], around]
        flat = (there[seen, 1] - low[1]) * size[0] + there[seen, 0] - low[0]
        np.minimum.at(height, flat, over[seen])
    return _contour(height.reshape(size[1], size[0]), corner=low)


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
    shape = shapely.union_all([bare, *reached, *strips])
    for layer in (unreached, water):
        near = layer.geometries[layer.query(shape, predicate="intersects")]
        shape = shapely.difference(shape, shapely.union_all(near))
    return _areas(shape)


def _areas(shape: BaseGeometry) -> MultiPolygon:
    """Return the areas of a shape, without stray lines and points."""
    parts = shapely.get_parts(shapely.make_valid(shape))
    parts = shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004
    return MultiPolygon(list(parts[shapely.area(parts) > 0]))


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
    return _areas(MultiPolygon(shapes))


def _hidden(xy: Floats, barriers: Geometries) -> tuple[Ints, NDArray[np.bool_]]:
    """Return which cells round the samples lie behind a barrier."""
    walls = _segments(barriers)
    sample, wall = shapely.STRtree(shapely.linestrings(walls)).query(
        shapely.points(xy), predicate="dwithin", distance=WIDTH + _RIM
    )
    near = np.unique(sample)
    walled = np.full(len(xy), -1)
    walled[near] = np.arange(len(near))
    hidden = np.zeros((len(near), len(_AROUND)), bool)
    for start in range(0, len(sample), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        crossed = _crossed(xy[sample[chunk]], walls[wall[chunk]])
        np.logical_or.at(hidden, walled[sample[chunk]], crossed)
    return walled, hidden


def _segments(barriers: Geometries) -> Floats:
    """Return the straight pieces of all barriers, shape (n, 2, 2)."""
    rings = shapely.get_parts(shapely.boundary(barriers[shapely.area(barriers) > 0]))
    lines = shapely.get_parts(barriers[shapely.area(barriers) == 0])
    points, line = shapely.get_coordinates(
        np.concatenate([rings, lines]), return_index=True
    )
    joined = line[1:] == line[:-1]
    return np.stack([points[:-1][joined], points[1:][joined]], axis=1)


def _crossed(xy: Floats, walls: Floats) -> NDArray[np.bool_]:
    """Return, pair by pair, which legs to the cells around cross the wall."""
    start = xy[:, None, :]
    cells = np.asarray((np.floor(start / CELL) + _AROUND[None] + 0.5) * CELL, float)
    one, other = walls[:, None, 0, :], walls[:, None, 1, :]
    apart = _side(start, cells, one) * _side(start, cells, other) < 0
    return np.asarray(apart & (_side(one, other, start) * _side(one, other, cells) < 0))


def _side(a: Floats, b: Floats, c: Floats) -> Floats:
    """Return on which side of the line a–b the point c lies (sign of the area)."""
    along, across = b - a, c - a
    return np.asarray(along[..., 0] * across[..., 1] - along[..., 1] * across[..., 0])

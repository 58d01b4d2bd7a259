"""The edges as samples, ready to be stamped: where each lies, and what it sees."""

from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoSeries
from numpy.typing import NDArray

from geoplan.model import Network
from geoplan.walk import Graph, Spots, spots_on

WIDTH = 25.0  # m from an edge that the field spreads
CELL = 5.0  # m, of the raster and between samples
RIM = 7.0  # m beyond the width that cells still hold a value, for the contour
_CHUNK = 4000  # pairs of a sample and a wall handled at once

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

_STEP = np.arange(-int((WIDTH + RIM) // CELL) - 1, int((WIDTH + RIM) // CELL) + 2)
#: cells round a sample's own cell, shape (n, 2), in cells
AROUND = np.stack(np.meshgrid(_STEP, _STEP), axis=-1).reshape(-1, 2)
SPREAD = int(_STEP[-1])  #: cells that a sample reaches on each side


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
            edge,
            offset_m,
            way=way,
            thing=np.arange(len(edge)),
            things=len(edge),
            leg_m=nothing,
        ),
        xy=xy,
        walled=walled,
        hidden=hidden,
    )


def _hidden(xy: Floats, barriers: Geometries) -> tuple[Ints, NDArray[np.bool_]]:
    """Return which cells round the samples lie behind a barrier."""
    walls = _segments(barriers)
    sample, wall = shapely.STRtree(shapely.linestrings(walls)).query(
        shapely.points(xy), predicate="dwithin", distance=WIDTH + RIM
    )
    near = np.unique(sample)
    walled = np.full(len(xy), -1)
    walled[near] = np.arange(len(near))
    hidden = np.zeros((len(near), len(AROUND)), bool)
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
    cells = np.asarray((np.floor(start / CELL) + AROUND[None] + 0.5) * CELL, float)
    one, other = walls[:, None, 0, :], walls[:, None, 1, :]
    apart = _side(start, cells, one) * _side(start, cells, other) < 0
    return np.asarray(apart & (_side(one, other, start) * _side(one, other, cells) < 0))


def _side(a: Floats, b: Floats, c: Floats) -> Floats:
    """Return on which side of the line a–b the point c lies (sign of the area)."""
    along, across = b - a, c - a
    return np.asarray(along[..., 0] * across[..., 1] - along[..., 1] * across[..., 0])

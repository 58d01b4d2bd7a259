"""The edges as spots, ready to be stamped: where each lies, and what it sees."""

from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoSeries
from numpy.typing import NDArray

from geoplan.circles.either import stamping
from geoplan.model import Network
from geoplan.walk import Graph, Spots, spots_on
from geoplan.walk.graph import FAR, to_ms

WIDTH = 25.0  # m from an edge that the field spreads
CELL = 5.0  # m, of the raster and between spots near a barrier
RIM = 7.0  # m beyond the width that cells still hold a value, for the contour

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

_STEP = np.arange(-int((WIDTH + RIM) // CELL) - 1, int((WIDTH + RIM) // CELL) + 2)
#: cells round a spot's own cell, shape (n, 2), in cells
AROUND = np.stack(np.meshgrid(_STEP, _STEP), axis=-1).reshape(-1, 2)
SPREAD = int(_STEP[-1])  #: cells that a spot reaches on each side


@dataclass(frozen=True, kw_only=True, eq=False)
class Canvas:
    """The edges as spots, and which cells round each one a barrier hides.

    An edge with a barrier near, or that takes more or less time than its length,
    has a spot every 5 m. A free edge has its vertices alone: what lies between two
    of them is stamped as one strip.
    """

    spots: Spots  #: as targets of the walk, without legs; sorted by edge, then along
    xy: Floats  #: shape (n_spots, 2)
    strip: NDArray[np.bool_]  #: whether a strip runs from each spot to the next
    walled: Ints  #: row in ``hidden`` of each spot, -1 where it has no barrier near
    hidden: NDArray[np.bool_]  #: shape (n_walled, cells around)


def canvas(network: Network, *, way: Graph, barriers: GeoSeries) -> Canvas:
    """Return the network as a canvas for fields; barriers in the working CRS."""
    lines = network.edges.geometry.to_numpy()
    walls = _segments(barriers.to_numpy())
    tree = shapely.STRtree(shapely.linestrings(walls))
    near = np.zeros(len(lines), bool)
    near[tree.query(lines, predicate="dwithin", distance=WIDTH + RIM)[0]] = True
    dense = near | _uneven(way)
    edge, offset_m = _stations(lines, dense=dense)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(lines[edge], offset_m))
    walled, hidden = _hidden(xy, np.flatnonzero(near[edge]), walls=walls, tree=tree)
    strip = np.zeros(len(edge), bool)
    strip[:-1] = (edge[1:] == edge[:-1]) & ~dense[edge[:-1]]
    count = len(edge)
    return Canvas(
        spots=spots_on(
            edge,
            offset_m,
            way=way,
            thing=np.arange(count),
            things=count,
            leg_m=np.zeros(count),
        ),
        xy=xy,
        strip=strip,
        walled=walled,
        hidden=hidden,
    )


def _uneven(way: Graph) -> NDArray[np.bool_]:
    """Return which edges are not walked at the walker's own speed, such as steps."""
    usual = to_ms(way.length_m / way.speed)
    uneven = np.zeros(len(usual), bool)
    for times in (way.forward_ms, way.backward_ms):
        uneven |= (times != usual) & (times != FAR)
    return uneven


def _stations(lines: Geometries, *, dense: NDArray[np.bool_]) -> tuple[Ints, Floats]:
    """Return where the spots of all edges lie: edge, and metres from its start."""
    points, edge = shapely.get_coordinates(lines, return_index=True)
    step = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    step[np.flatnonzero(np.diff(edge, prepend=-1))] = 0.0
    along = np.cumsum(step)
    first = np.searchsorted(edge, np.arange(len(lines)))
    offset_m = along - along[first][edge]
    free = ~dense[edge]
    many = np.flatnonzero(dense)
    length = shapely.length(lines[many])
    pieces = np.maximum(np.ceil(length / CELL).astype(int), 1)
    mine = np.repeat(np.arange(len(many)), pieces + 1)
    start = np.concatenate([[0], np.cumsum(pieces + 1)])[:-1]
    share = (np.arange(len(mine)) - start[mine]) / pieces[mine]
    edges = np.concatenate([edge[free], many[mine]])
    offsets = np.concatenate([offset_m[free], share * length[mine]])
    order = np.argsort(edges, kind="stable")
    return edges[order], offsets[order]


def _hidden(
    xy: Floats, chosen: Ints, *, walls: Floats, tree: shapely.STRtree
) -> tuple[Ints, NDArray[np.bool_]]:
    """Return which cells round the chosen spots lie behind a barrier."""
    spot, wall = tree.query(
        shapely.points(xy[chosen]), predicate="dwithin", distance=WIDTH + RIM
    )
    spot = chosen[spot]
    near = np.unique(spot)
    walled = np.full(len(xy), -1)
    walled[near] = np.arange(len(near))
    hidden = np.zeros((len(near), len(AROUND)), bool)
    shade = stamping(len(xy)).shade
    shade(hidden, walled[spot], xy[spot], walls[wall], (AROUND, CELL))
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

"""Where a new station may stand on the ways, so that it stands there for certain.

A place written to the centimetre stands on the way it was meant for, with a leg of
millimetres, if nothing that ends a leg is near: no barrier, no edge of a building,
no gated compound (there one stands by its gates) and no way that others may not
stand on. All of that is kept off by two centimetres.
"""

import numpy as np
import shapely
from geopandas import GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame
from shapely.geometry.base import BaseGeometry

from geoplan.attach import FRAGMENT
from geoplan.model import Network

OFF = 0.02  #: m that places keep off what ends a leg
PIECE = 2.0  #: m: the length of way that is free or not as a whole, at most

Ints = NDArray[np.int64]
Geometries = NDArray[np.object_]


def footing(
    network: Network, *, area: BaseGeometry, blocks: tuple[GeoSeries, ...]
) -> DataFrame:
    """Return the parts of ways on which a station may stand by itself.

    Parameters
    ----------
    area : geometry
        Only edges that come within it count.
    blocks : GeoSeries
        What places keep off: lines, areas (as a whole).

    Returns
    -------
    DataFrame
        edge, from_m, to_m (along the edge); sorted by these.
    """
    lines = network.edges.geometry.to_numpy()
    metres = network.components["length_m"].to_numpy()
    large = metres[network.edges["component"].to_numpy()] >= FRAGMENT
    shapely.prepare(area)
    use = np.flatnonzero(large & shapely.intersects(area, lines))
    shapes = np.concatenate([part.to_numpy() for part in blocks])
    found = _free(lines, use, tree=shapely.STRtree(shapes))
    bare = np.setdiff1d(np.flatnonzero(large), found["edge"])
    near = shapely.STRtree(np.concatenate([shapes, lines[bare]]))
    return _free(lines, np.unique(found["edge"]), tree=near)


def _free(lines: Geometries, use: Ints, *, tree: shapely.STRtree) -> DataFrame:
    """Return the parts of the edges in use that keep off all shapes of a tree."""
    near = np.unique(tree.query(lines[use], predicate="dwithin", distance=OFF)[0])
    clear = np.delete(use, near)
    whole = DataFrame(
        {"edge": clear, "from_m": 0.0, "to_m": shapely.length(lines[clear])}
    )
    parts = _parts(lines, use[near], tree=tree)
    every = DataFrame(
        {name: np.concatenate([whole[name], parts[name]]) for name in whole}
    )
    return every.astype({"edge": np.int64}).sort_values(
        ["edge", "from_m"], ignore_index=True
    )


def _parts(lines: Geometries, edges: Ints, *, tree: shapely.STRtree) -> DataFrame:
    """Return the free parts of edges, piece by piece, pieces that meet as one."""
    xy, line = shapely.get_coordinates(
        shapely.segmentize(lines[edges], PIECE), return_index=True
    )
    first = np.flatnonzero(line[1:] == line[:-1])
    pieces = shapely.linestrings(np.stack([xy[first], xy[first + 1]], axis=1))
    line = line[first]
    length = shapely.length(pieces)
    end = np.cumsum(length)
    begin = end - length
    origin = begin[np.searchsorted(line, line)]
    free = np.ones(len(pieces), bool)
    free[tree.query(pieces, predicate="dwithin", distance=OFF)[0]] = False
    kept = np.flatnonzero(free)
    new = np.ones(len(kept), bool)
    new[1:] = (np.diff(kept) > 1) | (line[kept[1:]] != line[kept[:-1]])
    last = np.append(new[1:], True)[: len(kept)]
    return DataFrame(
        {
            "edge": edges[line[kept[new]]],
            "from_m": (begin - origin)[kept[new]],
            "to_m": (end - origin)[kept[last]],
        }
    )

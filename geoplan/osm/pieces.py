"""From raw ways to lines in the working CRS.

A way whose nodes are partly missing (cut at the border of an extract) falls
into *pieces*: its runs of nodes that are there.
"""

from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from geoplan.osm.extract import Degrees, Extract

WGS84 = CRS("EPSG:4326")

_RIM = 0.01  # degrees, about a kilometre

Box = tuple[float, float, float, float]
Geometries = NDArray[np.object_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pieces:
    """Lines of ways, working CRS."""

    way: NDArray[np.int64]  #: position of the piece's way in the extract
    nodes: NDArray[np.object_]  #: int64 array of node ids of each piece
    lines: Geometries
    cut: frozenset[int]  #: positions of ways with missing nodes

    def take(self, chosen: NDArray[np.bool_]) -> Self:
        """Return some of the pieces, by a mask."""
        return type(self)(
            way=self.way[chosen],
            nodes=self.nodes[chosen],
            lines=self.lines[chosen],
            cut=self.cut,
        )

    def of(self, ways: set[int]) -> Self:
        """Return the pieces of some ways, by their positions in the extract."""
        return self.take(np.isin(self.way, sorted(ways)))


def pieces(extract: Extract, *, crs: CRS, bounds: Box | None) -> Pieces:
    """Return the ways of an extract as lines that touch the bounds."""
    way = np.repeat(np.arange(len(extract.sizes)), extract.sizes)
    refs = np.asarray(extract.refs, np.int64)
    lonlat = extract.lonlat
    known = ~np.isnan(lonlat[:, 0])
    cut = frozenset(np.unique(way[~known]).tolist())
    gap = np.cumsum(~known)[known]
    way, refs = way[known], refs[known]
    places = projected(lonlat[known], crs=crs)
    change = (np.diff(way) != 0) | (np.diff(gap) != 0)
    again = ~change & (np.diff(refs) == 0)
    begins = np.concatenate([[True], change])[: len(way)]
    kept = np.concatenate([[True], ~again])[: len(way)]
    run = np.cumsum(begins)[kept]
    size = np.bincount(run, minlength=1)
    long = size[run] > 1
    run, way, refs = run[long], way[kept][long], refs[kept][long]
    first = np.flatnonzero(np.diff(run, prepend=-1))
    found = Pieces(
        way=way[first],
        nodes=_split(refs, first),
        lines=np.asarray(
            shapely.linestrings(
                places[kept][long],
                indices=np.repeat(np.arange(len(first)), _sizes(first, len(run))),
            ),
            object,
        ),
        cut=cut,
    )
    return found if bounds is None else found.take(within(found.lines, bounds))


def projected(lonlat: NDArray[np.float64], *, crs: CRS) -> NDArray[np.float64]:
    """Return WGS84 longitudes and latitudes in the working CRS, shape (n, 2)."""
    x, y = _to(crs).transform(lonlat[:, 0], lonlat[:, 1])
    return np.column_stack([x, y])


def degrees(bounds: Box, *, crs: CRS) -> Degrees | None:
    """Return a box in degrees round bounds and a rim; None where there is none.

    The rim is wider than any way between two of its nodes bends in the working CRS.
    """
    back = Transformer.from_crs(crs, WGS84, always_xy=True)
    box = np.array(back.transform_bounds(*bounds, densify_pts=21))
    size = box[2:] - box[:2]
    rim = np.tile(_RIM + size / 100, 2) * [-1, -1, 1, 1]
    west, south, east, north = (box + rim).tolist()
    if not (-180 < west < east < 180 and -85 < south < north < 85):  # noqa: PLR2004
        return None
    return west, south, east, north


def within(shapes: Geometries, bounds: Box | None) -> NDArray[np.bool_]:
    """Return which shapes are at least partly inside the bounds."""
    if bounds is None:
        return np.ones(len(shapes), bool)
    return np.asarray(shapely.intersects(shapes, shapely.box(*bounds)), bool)


@cache
def _to(crs: CRS) -> Transformer:
    return Transformer.from_crs(WGS84, crs, always_xy=True)


def _split(refs: NDArray[np.int64], first: NDArray[np.intp]) -> NDArray[np.object_]:
    parts = np.empty(len(first), object)
    ends = [*first.tolist(), len(refs)][1:]
    for at, (begin, end) in enumerate(zip(first.tolist(), ends, strict=True)):
        parts[at] = refs[begin:end]
    return parts


def _sizes(first: NDArray[np.intp], total: int) -> NDArray[np.intp]:
    return np.diff(first, append=total)

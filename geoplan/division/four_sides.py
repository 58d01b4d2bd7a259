"""四至: what a grid runs to in the east, south, west and north, by name.

Names are those of ways, water, railways and compounds along the border. Where
none has a name, or none has most of that side, there is a blank, never a guess.
"""

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan.division.faces import Floats, Shapes
from geoplan.division.given import Ground
from geoplan.wording import say, texts

SIDES = ("east", "south", "west", "north")

_STEP = 5.0  # m between the points of a border that are asked
_NEAR = 15.0  # m: a border drawn so near a way's middle means the way
_MOST = 0.5  # share of a side that its names have together
_MANY = 3  # names of one side at most


def sides(grids: GeoDataFrame, *, ground: Ground) -> DataFrame:
    """Return what each grid runs to.

    Returns
    -------
    DataFrame
        Index of the grids: east, south, west, north (names along the side in the
        order of their length, 、 between them; "" where no name is known).
    """
    names, shapes = _named(ground)
    tree = shapely.STRtree(shapes)
    rows = [_of(shape, tree=tree, names=names) for shape in grids.geometry]
    return DataFrame(rows, index=grids.index, columns=list(SIDES))


def sentence(sides: pd.Series, *, lang: str = "zh") -> str:
    """Return the sentence of one grid (四至): what it runs to on each side."""
    blank = texts("division", lang)["blank"]
    return say(
        "division.sides", lang=lang, **{side: sides[side] or blank for side in SIDES}
    )


def _named(ground: Ground) -> tuple[NDArray[np.object_], Shapes]:
    """Return what has a name: ways first, then water, railways, compounds."""
    estates = ground.compounds if ground.estates is None else ground.estates
    frames = (ground.ways, ground.water, ground.rails, estates)
    names = np.concatenate(
        [frame["name"].fillna("").astype(str).to_numpy(object) for frame in frames]
    )
    shapes = np.concatenate([frame.geometry.to_numpy() for frame in frames])
    return names[names != ""], shapes[names != ""]


def _of(
    shape: shapely.Geometry, *, tree: shapely.STRtree, names: NDArray[np.object_]
) -> list[str]:
    """Return the names on the four sides of a shape."""
    points = _points(shape)
    found = np.full(len(points), "", dtype=object)
    at, near = tree.query_nearest(
        shapely.points(points), max_distance=_NEAR, all_matches=False
    )
    found[at] = names[near]
    side = _side(points, shape)
    return [_told(found[side == number]) for number in range(len(SIDES))]


def _points(shape: shapely.Geometry) -> Floats:
    """Return points on the outer rings of a shape, a step apart all the way round."""
    rings = shapely.get_exterior_ring(shapely.get_parts(shape))
    away = [np.arange(0.0, length, _STEP) for length in shapely.length(rings)]
    points = [
        shapely.line_interpolate_point(ring, metres)
        for ring, metres in zip(rings, away, strict=True)
    ]
    nothing: Shapes = np.empty(0, object)
    found: Floats = shapely.get_coordinates(np.concatenate([nothing, *points]))
    return found


def _side(points: Floats, shape: shapely.Geometry) -> NDArray[np.int64]:
    """Return on which side each point of a border lies: 0 east, 1 south, 2, 3.

    The diagonals of the box round the shape part the sides.
    """
    west, south, east, north = shapely.bounds(shape)
    across = (points[:, 0] - (west + east) / 2) / max(east - west, 1e-9)
    up = (points[:, 1] - (south + north) / 2) / max(north - south, 1e-9)
    sidewise = np.abs(across) >= np.abs(up)
    found = np.where(sidewise, np.where(across > 0, 0, 2), np.where(up > 0, 3, 1))
    return found.astype(np.int64)


def _told(names: NDArray[np.object_]) -> str:
    """Return the names that have most of a side, the longest first."""
    known = pd.Series(names[names != ""], dtype=object)
    counts = known.value_counts(sort=False)
    order = sorted(counts.index, key=lambda name: (-counts[name], name))
    held, told = 0, []
    for name in order[:_MANY]:
        told.append(str(name))
        held += int(counts[name])
        if held >= _MOST * len(names):
            return "、".join(told)
    return ""

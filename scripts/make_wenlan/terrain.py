"""River, railway and expressway, and what they do to the ways they meet."""

from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

RIVER_AXIS = [
    *[(-1800, 560), (-1480, 640), (-1230, 600), (-960, 610), (-720, 700)],
    *[(-520, 800), (-280, 845), (-60, 815), (120, 745), (290, 650), (480, 610)],
    *[(700, 640), (920, 700), (1150, 690), (1330, 620), (1540, 640), (1800, 730)],
]
RIVER_WIDTH = 58.0
RAILWAY_AXIS = [
    *[(-700, 1800), (-610, 1450), (-530, 1150), (-470, 850), (-450, 500)],
    *[(-455, 150), (-470, -150), (-470, -500), (-455, -800), (-440, -1050)],
    *[(-390, -1350), (-310, -1800)],
]
EXPRESSWAY_AXIS = [
    *[(-1660, 152), (-1360, 159), (-1080, 151), (-560, 131), (-80, 108), (300, 92)],
    *[(560, 72), (700, 80), (860, 140), (1080, 262), (1300, 386), (1660, 590)],
]
#: Where ways cross the river and the railway; all others were cut.
BRIDGES = [(-1055, 600), (-15, 800), (372, 642), (1140, 690)]
UNDERPASSES = [
    *[(-455, 128), (-465, -208), (-460, -700), (-440, -1040), (-560, 1270)],
    *[(-630, 1620)],
]
REACH = 45.0  # metres around such a place, which take in both carriageways


@dataclass(frozen=True, kw_only=True)
class Terrain:
    """What divides the town."""

    river: Polygon
    river_axis: LineString
    rails: tuple[LineString, ...]
    rail_axis: LineString
    rail_strip: Polygon  #: the railway's own land
    expressway: tuple[LineString, ...]  #: two carriageways and the ramps
    banks: tuple[LineString, ...]  #: promenades along the river


def make_terrain(rng: np.random.Generator) -> Terrain:
    """Return the river, the railway and the expressway of the town."""
    axis = smooth(RIVER_AXIS)
    rail = smooth(RAILWAY_AXIS)
    road = smooth(EXPRESSWAY_AXIS)
    river = _bank(axis, RIVER_WIDTH / 2, rng)
    window = shapely.box(-1650, -1650, 1650, 1650)
    walks = shapely.get_parts(river.buffer(13).boundary.intersection(window))
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings([*walks])))
    return Terrain(
        river=river.intersection(window),
        river_axis=axis.intersection(window),
        rails=tuple(rail.offset_curve(d).intersection(window) for d in (-2.4, 2.4)),
        rail_axis=rail.intersection(window),
        rail_strip=rail.buffer(13, cap_style="flat").intersection(window),
        expressway=(
            *(road.offset_curve(d).simplify(0.1) for d in (-5.5, 5.5)),
            *_ramps(road),
        ),
        banks=tuple(line.simplify(0.4) for line in merged if line.length > REACH),
    )


def cut_ways(ways: gpd.GeoDataFrame, terrain: Terrain) -> gpd.GeoDataFrame:
    """Return the ways with bridges and underpasses, and cut where there is none.

    Returns
    -------
    GeoDataFrame
        kind, structure ("", "bridge", "tunnel"); lines.
    """
    wet, railed = terrain.river.buffer(4), terrain.rail_strip
    ways = _cross(ways.assign(structure=""), wet, at=BRIDGES, structure="bridge")
    return _cross(ways, railed, at=UNDERPASSES, structure="tunnel")


def _cross(
    ways: gpd.GeoDataFrame,
    obstacle: BaseGeometry,
    *,
    at: list[tuple[int, int]],
    structure: str,
) -> gpd.GeoDataFrame:
    met = ways.intersects(obstacle).to_numpy()
    outside = ways[met].assign(geometry=ways.geometry[met].difference(obstacle))
    inside = ways[met].assign(
        geometry=ways.geometry[met].intersection(obstacle), structure=structure
    )
    places = shapely.MultiPoint(at).buffer(REACH)
    inside = inside.explode(ignore_index=True)
    passing = inside[inside.intersects(places) & ~inside["kind"].eq("pedestrian")]
    pieces = pd.concat([ways[~met], outside, passing]).explode(ignore_index=True)
    pieces = pieces[pieces.geom_type == "LineString"]
    return pieces[pieces.length > 1.0].reset_index(drop=True)


def smooth(points: ArrayLike) -> LineString:
    """Return a line through the points whose corners are cut three times."""
    xy = np.asarray(points, dtype=float)
    for _ in range(3):
        a, b = xy[:-1], xy[1:]
        cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1)
        xy = np.vstack([xy[:1], cut.reshape(-1, 2), xy[-1:]])
    return LineString(xy)


def _bank(axis: LineString, half: float, rng: np.random.Generator) -> Polygon:
    """Return the axis widened to about ``half`` each side, never quite alike."""
    steps = np.arange(0.0, axis.length, 45.0)
    noise = np.convolve(rng.normal(0, 1, len(steps) + 4), np.ones(5) / 5, "valid")
    discs = [
        Point(axis.interpolate(s)).buffer(half + 7 * n)
        for s, n in zip(steps, noise, strict=True)
    ]
    hulls = [shapely.union(a, b).convex_hull for a, b in pairwise(discs)]
    return shapely.union_all(hulls).simplify(0.8)


def _ramps(road: LineString) -> list[LineString]:
    """Return the ramps: from a carriageway down beside the road below."""
    places = [(-820.0, 1), (-250.0, -1), (330.0, 1), (1120.0, -1)]
    ramps = []
    for x, side in places:
        start = road.project(Point(x, 110 + max(x - 700, 0) * 0.58))
        offsets = [5.5, 8.0, 10.5, 11.5]
        ramps.append(
            LineString(
                [
                    road.offset_curve(side * d).interpolate(start + side * 45.0 * k)
                    for k, d in enumerate(offsets)
                ]
            )
        )
    return ramps

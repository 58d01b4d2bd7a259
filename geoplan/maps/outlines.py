"""Circles as they are drawn: calmer than they are counted.

The polygon of a circle follows every building and leg; on a map that is noise.
What is drawn closes its narrow bays and fills its small holes, but leaves out
every home that is not reached. The buildings' own colours stay exact.
"""

from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame

from geoplan.maps.encoding import Geometries, Grain, ints, shapes
from geoplan.model import Coverage

_BAY = 16.0  # m, half the breadth of a bay that is closed
_CORNER = 5.0  # m, radius of the rounding that is left
_HOLE = 100_000.0  # m², the largest hole that is filled
_HOME = 12.0  # m round a home that stays outside
_SPECK = 400.0  # m², the largest island that is left out
_ROUGH = 1.5  # m by which a circle is simplified before all that
_TOLERANCE = 0.8  # m


def outlines(coverage: Coverage, *, grain: Grain, counted: str) -> list[dict[str, Any]]:
    """Return, a circle, its merged outline, those of its stations, and the gaps."""
    frame, gaps = coverage.outlines, coverage.gaps
    station = frame["station"].fillna("").astype(str)
    found = []
    for circle in coverage.circles:
        here = frame["circle"] == circle.name
        single = frame[here & (station != "")]
        missed = gaps[gaps["circle"] == circle.name]
        left = coverage.unreached[coverage.unreached["circle"] == circle.name]
        if counted in left:
            left = left[left[counted] > 0]
            missed = missed[missed[counted] > 0]
        merged = frame[here & (station == "")]
        found.append(
            {
                "merged": _parted(_drawn(merged, around=left), grain=grain),
                "single": _shapes(_drawn(single, around=left.iloc[:0]), grain=grain),
                "station": ints(coverage.stations.index.get_indexer(single["station"])),
                "gaps": shapes(missed.geometry, grain=grain, tolerance=_TOLERANCE),
            }
        )
    return found


def _drawn(frame: GeoDataFrame, *, around: GeoDataFrame) -> Geometries:
    homes = around.geometry.to_numpy()
    calm = [calmed(shape, around=homes) for shape in frame.geometry]
    return np.array(calm, dtype=object)


def _parted(areas: Geometries, *, grain: Grain) -> dict[str, Any]:
    """Return each part of areas as a feature, so that a page draws those it sees."""
    parts = shapely.get_parts(areas)
    return _shapes(parts[shapely.area(parts) > 0], grain=grain)


def _shapes(areas: Geometries, *, grain: Grain) -> dict[str, Any]:
    return shapes(areas, grain=grain, tolerance=_TOLERANCE)


def calmed(shape: shapely.Geometry, *, around: Geometries) -> shapely.Geometry:
    """Return a circle without bays, holes and specks that say nothing.

    ``around``: places of the homes that are not reached; they stay outside.
    """
    grown = _fewer(_fewer(shape).buffer(_BAY, quad_segs=3))
    closed = grown.buffer(-_BAY - _CORNER, quad_segs=3)
    parts = shapely.get_parts(closed.buffer(_CORNER, quad_segs=4))
    parts = parts[shapely.area(parts) > _SPECK]
    if not len(parts):
        return shape
    rings, part = shapely.get_rings(parts, return_index=True)
    areas = shapely.polygons(rings)
    outer = np.ones(len(rings), bool)
    outer[1:] = part[1:] != part[:-1]
    tree = shapely.STRtree(areas)
    lived = np.zeros(len(rings), bool)
    lived[tree.query(around, predicate="within")[1]] = True
    kept = ~outer & (lived | (shapely.area(areas) > _HOLE))
    filled = shapely.difference(
        shapely.union_all(areas[outer]), shapely.union_all(areas[kept])
    )
    return shapely.difference(filled, _left_out(filled, shape=shape, around=around))


def _left_out(
    filled: shapely.Geometry, *, shape: shapely.Geometry, around: Geometries
) -> shapely.Geometry:
    """Return the ground round homes that closing and filling took in."""
    shapely.prepare(filled)
    shapely.prepare(shape)
    taken = around[shapely.contains(filled, around) & ~shapely.contains(shape, around)]
    return shapely.difference(
        shapely.union_all(shapely.buffer(taken, _HOME, quad_segs=3)), shape
    )


def _fewer(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape with fewer points, the quick way where that does no harm."""
    quick = shape.simplify(_ROUGH, preserve_topology=False)
    return quick if quick.is_valid and not quick.is_empty else shape

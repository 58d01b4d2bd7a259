"""Whether the grids cover the ground once: pieces, holes, gaps, slivers."""

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import Series

from geoplan.check.rules import limit
from geoplan.model import Finding, Layers, Level
from geoplan.union import united

Shapes = NDArray[np.object_]


def check_topology(layers: Layers) -> tuple[Finding, ...]:
    """Return where the grids lie in pieces, round others, or leave ground free."""
    return (
        *_in_pieces(layers.grids),
        *_round_others(layers.grids),
        *_gaps(layers),
    )


def thin(shapes: Shapes) -> NDArray[np.bool_]:
    """Return which areas are slivers: twice the area by the outline is their breadth.

    Two borders that were drawn apart leave such strips between them.
    """
    outline = shapely.length(shapes)
    breadth = 2 * shapely.area(shapes) / np.where(outline > 0, outline, 1.0)
    narrow: NDArray[np.bool_] = breadth < limit("sliver_m")
    return narrow


def _in_pieces(grids: GeoDataFrame) -> tuple[Finding, ...]:
    """Return the grids of several parts (飞地), each with its lesser parts."""
    shapes = grids.geometry.to_numpy()
    found = []
    for at in np.flatnonzero(shapely.get_num_geometries(shapes) > 1):
        parts = shapely.get_parts(shapes[at])
        parts = parts[np.argsort(-shapely.area(parts), kind="stable")]
        lesser = parts[1:]
        facts = {
            "parts": len(parts),
            "m2": round(float(shapely.area(lesser).sum())),
            "largest": round(float(shapely.area(lesser[0]))),
        }
        found.append(
            Finding(
                rule="grid_in_pieces",
                level="warning",
                layer="grids",
                code=str(grids.index[at]),
                facts=facts,
                geometry=shapely.multipolygons(lesser),
            )
        )
    return tuple(found)


def _round_others(grids: GeoDataFrame) -> tuple[Finding, ...]:
    """Return the grids with a hole that other grids fill."""
    shapes = grids.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    rings, owner = _holes(shapes)
    inner, grid = tree.query(shapely.point_on_surface(rings), predicate="within")
    return tuple(
        Finding(
            rule="grid_round_another",
            level="info",
            layer="grids",
            code=str(grids.index[owner[hole]]),
            facts={"other": str(grids.index[other])},
            geometry=rings[hole],
        )
        for hole, other in zip(inner, grid, strict=True)
    )


def _holes(shapes: Shapes) -> tuple[Shapes, NDArray[np.intp]]:
    """Return the holes of polygons as polygons, and whose each is."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    inner = np.zeros(len(rings), bool)
    inner[1:] = part[1:] == part[:-1]
    return shapely.polygons(rings[inner]), owner[part[inner]]


def _gaps(layers: Layers) -> tuple[Finding, ...]:
    """Return the ground that no grid has: within a community, or ringed by grids."""
    grids = layers.grids.geometry.to_numpy()
    if not len(grids):
        return ()
    covered = united(grids)
    rings, _ = _holes(np.array([covered], dtype=object))
    within = united(layers.communities.geometry.to_numpy())
    free = shapely.difference(shapely.union_all([within, *rings]), covered)
    parts = shapely.get_parts(free)
    parts = parts[shapely.area(parts) > limit("speck_m2")]
    parts = parts[np.argsort(-shapely.area(parts), kind="stable")]
    if not len(parts):
        return ()
    homes = layers.buildings.geometry.representative_point().to_numpy()
    part, _ = shapely.STRtree(homes).query(parts, predicate="contains")
    lived = np.bincount(part, minlength=len(parts))
    narrow = thin(parts)
    beside = _beside(parts, layers.grids)
    return tuple(
        _gap(parts[i], sliver=bool(narrow[i]), buildings=int(lived[i]), at=beside[i])
        for i in range(len(parts))
    )


def _gap(part: shapely.Polygon, *, sliver: bool, buildings: int, at: str) -> Finding:
    """Return the finding of one gap; with buildings in it they are counted nowhere."""
    level: Level = "error" if buildings else "warning"
    rule = "grids_apart" if sliver else "grid_gap"
    facts = {"m2": round(float(part.area)), "buildings": buildings}
    return Finding(
        rule="grid_gap_lived_in" if buildings else rule,
        level=level,
        layer="grids",
        code=at,
        facts=facts,
        geometry=part,
    )


def _beside(parts: Shapes, grids: GeoDataFrame) -> Series:
    """Return the code of the grid that has the longest border with each part."""
    shapes = grids.geometry.to_numpy()
    near = shapely.buffer(parts, limit("sliver_m"), quad_segs=1)
    part, grid = shapely.STRtree(shapes).query(near, predicate="intersects")
    shared = Series(shapely.area(shapely.intersection(near[part], shapes[grid])))
    best = shared.groupby(part).idxmax()
    codes = Series(grids.index.to_numpy()[grid[best.to_numpy()]], index=best.index)
    return codes.reindex(range(len(parts))).fillna("")

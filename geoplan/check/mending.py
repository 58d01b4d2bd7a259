"""The safe repairs of grids: rings made valid, slivers closed. Nothing else."""

from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoDataFrame

from geoplan.check.topology import thin
from geoplan.model import Finding

_SPECK = 1e-3  # m²; what is smaller is left, as nobody will ever see it


@dataclass(frozen=True, kw_only=True, eq=False)
class Mended:
    """A layer of areas after the repairs, and each of them."""

    frame: GeoDataFrame
    findings: tuple[Finding, ...]


def mend(areas: GeoDataFrame, *, layer: str) -> Mended:
    """Return areas with valid rings, and without slivers between them.

    A ring that crosses itself is split where it crosses. A sliver that two areas
    share goes to the first of them; one that nobody has to the area with the
    longest border on it. Wider gaps and overlaps stay.
    """
    rings = _valid(areas, layer=layer)
    closed = _parted(rings.frame, layer=layer)
    filled = _filled(closed.frame, layer=layer)
    return Mended(
        frame=filled.frame,
        findings=(*rings.findings, *closed.findings, *filled.findings),
    )


def _valid(areas: GeoDataFrame, *, layer: str) -> Mended:
    shapes = areas.geometry.to_numpy().copy()
    found = []
    for at in np.flatnonzero(~shapely.is_valid(shapes)):
        whole = shapely.make_valid(shapes[at], method="structure")
        by = float(abs(shapely.area(whole) - shapely.area(shapes[at])))
        shapes[at] = _areal(whole)
        found.append(_told("mended_ring", areas, at=int(at), layer=layer, m2=by))
    return Mended(
        frame=areas.set_geometry(shapes, crs=areas.crs), findings=tuple(found)
    )


def _areal(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of a shape."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    polygons = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)


def _parted(areas: GeoDataFrame, *, layer: str) -> Mended:
    """Take the slivers that two areas share from the second of them."""
    shapes = areas.geometry.to_numpy().copy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    found = []
    for a, b in sorted(zip(one[one < other], other[one < other], strict=True)):
        shared = _areal(shapely.intersection(shapes[a], shapes[b]))
        size = float(shared.area)
        if size <= _SPECK or not thin(np.array([shared]))[0]:
            continue
        shapes[b] = _areal(shapely.difference(shapes[b], shapes[a]))
        facts = {"other": str(areas.index[a])}
        found.append(
            _told("mended_overlap", areas, at=int(b), layer=layer, m2=size, **facts)
        )
    return Mended(
        frame=areas.set_geometry(shapes, crs=areas.crs), findings=tuple(found)
    )


def _filled(areas: GeoDataFrame, *, layer: str) -> Mended:
    """Give the slivers that nobody has to the area with the longest border."""
    shapes = areas.geometry.to_numpy().copy()
    whole = shapely.union_all(shapes)
    parts = shapely.get_parts(whole)
    rings = [ring for part in parts for ring in part.interiors]
    inside = shapely.union_all([shapely.Polygon(ring) for ring in rings])
    free = shapely.difference(inside, whole)
    found = []
    for hole in shapely.get_parts(free):
        if hole.area <= _SPECK or not thin(np.array([hole]))[0]:
            continue
        border = shapely.length(shapely.intersection(shapes, hole.boundary))
        at = int(np.argmax(border))
        shapes[at] = _areal(shapely.union(shapes[at], hole))
        found.append(
            _told("mended_gap", areas, at=at, layer=layer, m2=float(hole.area))
        )
    return Mended(
        frame=areas.set_geometry(shapes, crs=areas.crs), findings=tuple(found)
    )


def _told(
    rule: str, areas: GeoDataFrame, *, at: int, layer: str, **facts: object
) -> Finding:
    size = facts.pop("m2")
    return Finding(
        rule=rule,
        level="info",
        layer=layer,
        code=str(areas.index[at]),
        facts={"m2": f"{size:.2f}", **facts},
        geometry=areas.geometry.iloc[at].representative_point(),
    )

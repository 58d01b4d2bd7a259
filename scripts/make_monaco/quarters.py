"""Quarters as communities, and their blocks as grids."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from geopandas import GeoDataFrame
from openstreetmap import UTM, Boundary, Content
from rtree.index import Index
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

#: Ways that part blocks, unless they run in a tunnel or are private.
PARTING = (
    "primary", "primary_link", "secondary", "secondary_link", "tertiary",
    "tertiary_link", "unclassified", "residential", "living_street", "pedestrian",
    "service", "steps", "footway", "path",
)  # fmt: skip
SMALLEST = 5000.0  # m²: smaller blocks go to a neighbour
_MILLIMETRE = 0.001
_BAND = 100.0  # m: blocks this close north to south are numbered west to east


@dataclass(kw_only=True, eq=False)
class _Block:
    shape: BaseGeometry
    quarter: str
    buildings: int


def quarters(content: Content) -> tuple[GeoDataFrame, list[str]]:
    """Return the quarters that close (code, name, whole area) and the others' names."""
    tens = [b for b in content.boundaries if b.tags["admin_level"] == "10"]
    closed = [b for b in tens if b.area is not None]
    frame = GeoDataFrame(
        {
            "code": [b.tags["ISO3166-2"] for b in closed],
            "name": [b.tags["name"] for b in closed],
        },
        geometry=[b.area for b in closed],
        crs=UTM,
    ).sort_values("code", ignore_index=True)
    return frame, sorted(b.tags["name"] for b in tens if b.area is None)


def city(boundary: Boundary) -> BaseGeometry:
    """Return the city's area, a gap of its boundary closed by a straight line."""
    lines = shapely.line_merge(shapely.union_all(boundary.lines))
    ends = shapely.get_parts(lines.boundary)
    closing = [shapely.LineString([*ends])] if len(ends) else []
    faces = shapely.polygonize([shapely.union_all([lines, *closing])])
    return shapely.union_all(faces)


def blocks(
    whole: GeoDataFrame,
    *,
    ways: GeoDataFrame,
    coast: BaseGeometry,
    sea: BaseGeometry,
    places: gpd.GeoSeries,
) -> GeoDataFrame:
    """Return the blocks: code, name, community, geometry; sea left out.

    Streets, quarter boundaries and the coast cut the quarters; blocks under half a
    hectare or without a building join the neighbour in the quarter with whom
    they share the longest border.
    """
    parting = ways[
        ways["kind"].isin(PARTING) & ~ways["tunnel"] & (ways["access"] == "")
    ]
    noded = shapely.union_all(
        [*whole.boundary, *parting.geometry, coast], grid_size=_MILLIMETRE
    )
    faces = shapely.get_parts(shapely.polygonize([noded]))
    inner = shapely.point_on_surface(faces)
    at = gpd.GeoSeries(inner, crs=UTM)
    quarter = gpd.sjoin(GeoDataFrame(geometry=at), whole, predicate="within")["code"]
    dry = quarter[~shapely.within(inner[quarter.index], sea)]
    tree = shapely.STRtree(places.to_numpy())
    found = [
        _Block(
            shape=faces[i],
            quarter=code,
            buildings=len(tree.query(faces[i], predicate="contains")),
        )
        for i, code in dry.sort_index().items()
    ]
    found.sort(key=lambda block: (block.quarter, block.shape.centroid.coords[0]))
    return _numbered(_merged(found), whole)


def dissolved(grids: GeoDataFrame, whole: GeoDataFrame) -> GeoDataFrame:
    """Return the quarters as the union of their blocks: code, name, geometry."""
    shapes = {
        code: shapely.coverage_union_all(part.geometry.to_numpy())
        for code, part in grids.groupby("community")
    }
    frame = whole[["code", "name"]].assign(geometry=whole["code"].map(shapes))
    return GeoDataFrame(frame, geometry="geometry", crs=UTM)


def _merged(found: list[_Block]) -> list[_Block]:
    """Return the blocks after the small and the empty have joined a neighbour.

    One that touches no other stays if anybody has built there. Neighbours are
    looked up in an R-tree that follows the blocks as they grow.
    """
    left, alone, index = dict(enumerate(found)), [], Index()
    for number, block in left.items():
        index.insert(number, block.shape.bounds)
    while (number := _smallest(left)) is not None:
        small = left.pop(number)
        index.delete(number, small.shape.bounds)
        near = sorted(index.intersection(small.shape.bounds))
        shared = [_shared(small, left[other]) for other in near]
        if max(shared, default=0.0) > 0.0:
            taker = near[int(np.argmax(shared))]
            target = left[taker]
            index.delete(taker, target.shape.bounds)
            target.shape = shapely.coverage_union_all([target.shape, small.shape])
            target.buildings += small.buildings
            index.insert(taker, target.shape.bounds)
        elif small.buildings:
            alone.append(small)
    return [*left.values(), *alone]


def _smallest(found: dict[int, _Block]) -> int | None:
    """Return the number of the smallest block that is too small or empty."""
    unfit = [n for n, b in found.items() if b.shape.area < SMALLEST or not b.buildings]
    return min(unfit, key=lambda number: found[number].shape.area, default=None)


def _shared(small: _Block, other: _Block) -> float:
    """Return the length of the common border, 0 across quarters."""
    if other.quarter != small.quarter:
        return 0.0
    return float((small.shape.boundary & other.shape.boundary).length)


def _numbered(found: list[_Block], whole: GeoDataFrame) -> GeoDataFrame:
    names = whole.set_index("code")["name"]
    found.sort(key=lambda block: (block.quarter, *_reading_order(block.shape)))
    number: dict[str, int] = {}
    rows = []
    for block in found:
        n = number[block.quarter] = number.get(block.quarter, 0) + 1
        rows.append((f"{block.quarter}-{n:02d}", f"{names[block.quarter]} {n:02d}"))
    return GeoDataFrame(
        {
            "code": [code for code, _ in rows],
            "name": [name for _, name in rows],
            "community": [block.quarter for block in found],
        },
        geometry=[shapely.normalize(block.shape) for block in found],
        crs=UTM,
    )


def _reading_order(shape: BaseGeometry | Polygon) -> tuple[float, float]:
    centre = shape.centroid
    return -np.floor(centre.y / _BAND), centre.x

"""Compounds with their gates, and the paths inside every parcel."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely
from layouts import HOMES, Layout
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from terrain import Terrain, smooth

GATES_APART = 25.0  # metres
REACH = 70.0  # metres from a path's end to the way outside
POND_M2 = 21000  # parks from here on have a pond
WITH_PATHS = ("school", "college", "hospital", "market", "office", "depot", "works")
FEWEST_HOMES = 2  # buildings; a parcel with fewer stays empty
MAIN_PATHS_ONLY = ("office", "depot", "works")


@dataclass(kw_only=True, eq=False)
class Ground:
    """A parcel with the ways inside, its wall and its gates."""

    layout: Layout
    paths: list[tuple[str, LineString]] = field(default_factory=list)
    gates: list[Point] = field(default_factory=list)
    gate_kinds: list[str] = field(default_factory=list)  #: highway of the way outside
    compound: Polygon | None = None
    wall: str = ""  #: barrier value in OpenStreetMap, or none mapped
    pond: Polygon | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Surveyor:
    """What a path on its way out of a parcel must look at."""

    ways: gpd.GeoDataFrame
    tree: shapely.STRtree
    parcels: list[Polygon]
    parcel_tree: shapely.STRtree
    shops: set[int]  #: parcels that a path may cross between two shops
    closed: BaseGeometry  #: river and railway
    main: BaseGeometry  #: the main roads


def survey(layouts: list[Layout], ways: gpd.GeoDataFrame, terrain: Terrain) -> Surveyor:
    """Return what is needed to find ways out of the parcels."""
    shapes = [layout.parcel.shape for layout in layouts]
    uses = [layout.parcel.use for layout in layouts]
    return Surveyor(
        ways=ways,
        tree=shapely.STRtree(ways.geometry.to_numpy()),
        parcels=shapes,
        parcel_tree=shapely.STRtree(shapes),
        shops={i for i, use in enumerate(uses) if use == "shops"},
        closed=shapely.union(terrain.river, terrain.rail_strip),
        main=shapely.union_all(
            ways.geometry[ways["kind"].isin(("primary", "secondary"))].to_numpy()
        ),
    )


def make_grounds(
    layouts: list[Layout],
    ways: gpd.GeoDataFrame,
    terrain: Terrain,
    rng: np.random.Generator,
) -> list[Ground]:
    """Return the grounds of all parcels that are more than houses on a way."""
    surveyor = survey(layouts, ways, terrain)
    grounds = []
    for layout in layouts:
        use = layout.parcel.use
        homes = sum(house.use == "住宅" for house in layout.houses)
        if use in HOMES and homes < FEWEST_HOMES:
            layout.houses = []
        elif use in HOMES:
            grounds.append(_compound(layout, surveyor, rng))
        elif use in WITH_PATHS and layout.spine is not None:
            grounds.append(_open_ground(layout, surveyor))
        elif use == "park":
            grounds.append(_park(layout, surveyor))
    return grounds


def clear_ways(layouts: list[Layout], lines: Sequence[LineString]) -> None:
    """Take away the houses that stand in a way."""
    tree = shapely.STRtree(lines)
    for layout in layouts:
        room = 2.2 if layout.parcel.use == "shops" else 0.4
        shapes = [house.shape.buffer(room) for house in layout.houses]
        hit = set(tree.query(shapes, predicate="intersects")[0]) if shapes else set()
        layout.houses = [h for i, h in enumerate(layout.houses) if i not in hit]


def _compound(layout: Layout, surveyor: Surveyor, rng: np.random.Generator) -> Ground:
    ground = Ground(layout=layout)
    luck = rng.random(6)
    if layout.parcel.use == "slabs_old" and luck[0] < 0.10:  # noqa: PLR2004  no wall
        return _open_ground(layout, surveyor)
    shape = layout.parcel.shape.buffer(-0.6, join_style="mitre")
    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    ground.compound = Polygon(largest.exterior)
    if luck[1] < 0.06 or layout.spine is None:  # noqa: PLR2004  no gate known
        return ground
    exits = _exits(layout, surveyor, ground.compound)
    if len(exits) > 1 and luck[2] < 0.24:  # noqa: PLR2004  one gate, on the far side
        exits = [max(exits, key=lambda e: e[1].distance(surveyor.main))]
    exits = exits[: 3 if luck[3] < 0.35 else 2]  # noqa: PLR2004  now and then three
    if not exits:
        return ground
    for line, gate, kind in exits:
        ground.paths.append(("service", line))
        ground.gates.append(gate)
        ground.gate_kinds.append(kind)
    if luck[4] < 0.94 or len(layout.houses) > 8:  # noqa: PLR2004  paths were mapped
        ground.paths.append(("service", layout.spine))
        ground.paths.extend(("footway", row) for row in layout.rows)
    if luck[5] < 0.7:  # noqa: PLR2004  share of walls that were mapped
        ground.wall = "wall" if layout.parcel.use == "slabs_old" else "fence"
    return ground


def _open_ground(layout: Layout, surveyor: Surveyor) -> Ground:
    ground = Ground(layout=layout)
    exits = _exits(layout, surveyor, layout.parcel.shape)
    if not exits or layout.spine is None:
        return ground
    ground.paths = [("service", line) for line, _, _ in exits[:2]]
    ground.paths.append(("service", layout.spine))
    if layout.parcel.use not in MAIN_PATHS_ONLY:
        ground.paths.extend(("footway", row) for row in layout.rows)
    return ground


def _park(layout: Layout, surveyor: Surveyor) -> Ground:
    """Return a park: a round path and paths to the ways about it."""
    ground = Ground(layout=layout)
    inner = layout.parcel.shape.buffer(-14).buffer(4).simplify(1.0)
    if inner.geom_type != "Polygon" or inner.area < 800:  # noqa: PLR2004  too small
        return ground
    ring = LineString(inner.exterior.coords)
    ground.paths.append(("footway", ring))
    middle = inner.representative_point()
    round_by = 0.11 * inner.area**0.5
    core = inner.buffer(-2.2 * round_by).buffer(round_by).simplify(0.6)
    if inner.area > POND_M2 and core.geom_type == "Polygon":
        ground.pond = core.buffer(-9).buffer(4).simplify(0.6)
        ground.paths.append(("footway", LineString(core.exterior.coords)))
    for share in (0.05, 0.3, 0.55, 0.8):
        point = ring.interpolate(share, normalized=True)
        goal = middle
        if ground.pond is not None:
            goal = core.exterior.interpolate(core.exterior.project(point))
        path = _winding(goal, point)
        if inner.buffer(0.1).covers(path):
            ground.paths.append(("footway", path))
        exit_ = _way_out(middle, point, surveyor, layout.parcel.shape)
        if exit_ is not None:
            ground.paths.append(("footway", exit_[0]))
    return ground


def _winding(start: Point, end: Point) -> LineString:
    """Return a path that swings a tenth of its length to one side."""
    a, b = (np.asarray(point.coords)[0] for point in (start, end))
    swing = np.array([a[1] - b[1], b[0] - a[0]]) * 0.12
    return smooth([a, a + (b - a) / 3 + swing, a + (b - a) * 2 / 3 + swing, b])


def _exits(
    layout: Layout, surveyor: Surveyor, boundary: Polygon
) -> list[tuple[LineString, Point, str]]:
    """Return the ways out: from the ends of the spine, then of the rows."""
    if layout.spine is None:
        return []
    lines = [layout.spine, *sorted(layout.rows, key=lambda row: -row.length)[:3]]
    exits: list[tuple[LineString, Point, str]] = []
    for line in lines:
        start, end = (Point(xy) for xy in np.asarray(line.coords)[[0, -1]])
        for a, b in ((start, end), (end, start)):
            found = _way_out(a, b, surveyor, boundary)
            if found is not None and all(
                found[1].distance(gate) > GATES_APART for _, gate, _ in exits
            ):
                exits.append(found)
    return exits


def _way_out(
    start: Point, end: Point, surveyor: Surveyor, boundary: Polygon
) -> tuple[LineString, Point, str] | None:
    """Return the path from ``end`` to a way: straight on, else the shortest."""
    a, b = np.asarray(start.coords)[0], np.asarray(end.coords)[0]
    along = (b - a) / np.hypot(*(b - a))
    ray = LineString([b, b + along * REACH])
    hits: list[tuple[float, tuple[float, float], int]] = []
    for i in surveyor.tree.query(ray, predicate="intersects"):
        crossing = shapely.get_coordinates(ray.intersection(surveyor.ways.geometry[i]))
        hits.extend((float(np.hypot(*(p - b))), tuple(p), i) for p in crossing)
    nearest = surveyor.tree.nearest(end)
    way = surveyor.ways.geometry[nearest]
    foot = shapely.get_coordinates(way.interpolate(way.project(end)))[0]
    tries = [*sorted(hits)[:1], (float(np.hypot(*(foot - b))), tuple(foot), nearest)]
    for distance, point, i in tries:
        if distance > REACH or distance < 1.0:
            continue
        step = (np.asarray(point) - b) / distance
        line = LineString([b, np.asarray(point) + step * 0.05])
        if not _blocked(line, surveyor, boundary):
            return _gated(line, boundary, str(surveyor.ways["kind"][i]))
    return None


def _blocked(line: LineString, surveyor: Surveyor, boundary: Polygon) -> bool:
    if line.intersects(surveyor.closed):
        return True
    outside = line.difference(boundary.buffer(0.7))
    if outside.is_empty:
        return True
    return any(
        i not in surveyor.shops
        for i in surveyor.parcel_tree.query(outside, predicate="intersects")
        if not surveyor.parcels[i].covers(boundary.representative_point())
    )


def _gated(
    line: LineString, boundary: Polygon, kind: str
) -> tuple[LineString, Point, str] | None:
    """Return the path with a vertex where it leaves the boundary."""
    crossings = shapely.get_coordinates(line.intersection(boundary.exterior))
    if not len(crossings):
        return None
    gate = Point(np.round(crossings[0], 2))
    coords = np.asarray(line.coords)
    return LineString([coords[0], gate.coords[0], coords[-1]]), gate, kind

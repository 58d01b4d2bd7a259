"""Blocks between the ways, and the parcels and lanes they fall into."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from terrain import Terrain

PLAN = tomllib.loads((Path(__file__).parent / "plan.toml").read_text("utf-8"))

#: Half the width of a road with its pavements, metres, by highway.
HALF_WIDTH = {
    "primary": 13.0,
    "secondary": 10.0,
    "tertiary": 8.0,
    "residential": 5.5,
    "primary_link": 6.0,
    "secondary_link": 6.0,
    "unclassified": 5.5,
    "pedestrian": 5.0,
    "living_street": 3.2,
    "service": 3.5,
    "footway": 1.6,
}
MAIN = ("primary", "secondary", "tertiary")
SMALLEST_M2 = 260.0
THIN = 60.0  # metres: no tail of the limits is narrower
LANE_REACH = 26.0  # metres a lane is carried on to meet a way
FRONT_DEPTH = 12.0  # metres of a row of shops along a main road
FRONT_SHARE = 0.45  # of a block; where shops would take more there are none


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A piece of a block with one use."""

    use: str
    quarter: str
    shape: Polygon
    name: str = ""


@dataclass(kw_only=True)
class Subdivision:
    """Parcels and lanes, as they are found."""

    parcels: list[Parcel] = field(default_factory=list)
    lanes: list[tuple[str, LineString]] = field(default_factory=list)


def new_streets() -> gpd.GeoDataFrame:
    """Return the streets that the plan adds to the pattern."""
    rows = PLAN["street"]
    lines = [LineString(np.reshape(row["line"], (-1, 2))) for row in rows]
    return gpd.GeoDataFrame({"kind": [row["kind"] for row in rows]}, geometry=lines)


def faces(ways: gpd.GeoDataFrame, terrain: Terrain) -> list[Polygon]:
    """Return the faces between the ways, the river's and the railway's axis."""
    cuts = [LineString(np.reshape(cut, (-1, 2))) for cut in PLAN["limits"]["cuts"]]
    borders = [*ways.geometry, *cuts, terrain.river_axis, terrain.rail_axis]
    lines = shapely.union_all(borders, grid_size=0.01)
    return list(shapely.get_parts(shapely.polygonize(shapely.get_parts(lines))))


def limits(ways: gpd.GeoDataFrame, terrain: Terrain) -> Polygon:
    """Return the limits of the street office: whole faces, without holes."""
    ring = Polygon(np.reshape(PLAN["limits"]["ring"], (-1, 2)))
    inside = [
        face
        for face in faces(ways, terrain)
        if face.intersection(ring).area > face.area / 2
    ]
    stout = shapely.union_all(inside).buffer(-THIN / 2).buffer(THIN / 2 + 2)
    kept = [face for face in inside if stout.intersection(face).area > face.area / 2]
    whole = shapely.get_parts(shapely.union_all(kept, grid_size=0.01))
    largest = max(whole, key=lambda part: part.area)
    return Polygon(largest.exterior)


def blocks(
    ways: gpd.GeoDataFrame, terrain: Terrain, *, within: Polygon
) -> list[Polygon]:
    """Return the land between the ways, back from river and railway."""
    widths = ways["kind"].map(HALF_WIDTH).fillna(5.5).to_numpy()
    roads = shapely.buffer(
        ways.geometry.to_numpy(), widths, cap_style="flat", join_style="mitre"
    )
    taken = shapely.union_all(
        [
            *roads,
            *shapely.buffer(ways.geometry.to_numpy(), 3.0),
            terrain.river.buffer(19),
            terrain.rail_strip.buffer(7),
        ]
    )
    land = within.difference(taken).buffer(-2, join_style="mitre")
    land = land.buffer(2, join_style="mitre").simplify(0.6)
    return [p for p in shapely.get_parts(land) if p.area > SMALLEST_M2]


def subdivide(
    land: list[Polygon], ways: gpd.GeoDataFrame, rng: np.random.Generator
) -> Subdivision:
    """Return the parcels of the blocks, and the lanes between them."""
    result = Subdivision()
    front = _fronts(ways, within=shapely.union_all(land), rng=rng)
    for block in land:
        rest: BaseGeometry = block
        for place in PLAN["place"]:
            ring = Polygon(np.reshape(place["ring"], (-1, 2)))
            taken = rest.intersection(ring)
            for part in _polygons(taken):
                use, name = place["use"], place["name"]
                parcel = Parcel(use=use, quarter="place", shape=part, name=name)
                result.parcels.append(parcel)
            rest = rest.difference(ring.buffer(1.0, join_style="mitre"))
        for part in _polygons(rest):
            _divide_block(part, front=front, result=result, rng=rng)
    return result


def _fronts(
    ways: gpd.GeoDataFrame, *, within: BaseGeometry, rng: np.random.Generator
) -> BaseGeometry:
    """Return the strips along the main roads, with stretches that have no shops."""
    main = ways[ways["kind"].isin(MAIN)]
    depth = main["kind"].map(HALF_WIDTH).to_numpy() + FRONT_DEPTH
    strips = shapely.union_all(shapely.buffer(main.geometry.to_numpy(), depth))
    west, south, east, north = within.bounds
    gaps = rng.uniform((west, south), (east, north), (120, 2))
    quiet = shapely.buffer(shapely.points(gaps), rng.uniform(50, 130, 120), quad_segs=2)
    return strips.difference(shapely.union_all(quiet))


def _divide_block(
    block: Polygon,
    *,
    front: BaseGeometry,
    result: Subdivision,
    rng: np.random.Generator,
) -> None:
    quarter = _quarter(block)
    mix = quarter["mix"]
    rest: BaseGeometry = block
    strip = block.intersection(front)
    if "old" not in mix and strip.area < block.area * FRONT_SHARE:
        for part in _polygons(strip):
            shops = Parcel(use="shops", quarter=quarter["name"], shape=part)
            result.parcels.append(shops)
        rest = block.difference(strip.buffer(1.5, join_style="mitre"))
    lane_above = 2600.0 if "old" in mix else 30000.0
    for part in _polygons(rest):
        for leaf in _split(
            part,
            target=quarter["target_m2"],
            lane_above=lane_above,
            lanes=result.lanes,
            rng=rng,
        ):
            use = str(rng.choice(list(mix), p=list(mix.values())))
            if "old" in mix:
                use = "old"
            result.parcels.append(Parcel(use=use, quarter=quarter["name"], shape=leaf))


def _split(
    piece: Polygon,
    *,
    target: float,
    lane_above: float,
    lanes: list[tuple[str, LineString]],
    rng: np.random.Generator,
) -> Iterator[Polygon]:
    """Yield the leaves of a piece halved across its length until small enough."""
    if piece.area < target * rng.uniform(1.2, 1.9):
        yield piece
        return
    cut = _across(piece, rng)
    wide = piece.area > lane_above
    small = target < 1000  # noqa: PLR2004  square metres: lots of single houses
    gap = (3.2 if small else 8.0) if wide else (0.5 if small else 2.0)
    if wide:
        kind = "footway" if small else "service"
        lanes.extend((kind, part) for part in _lines(cut.intersection(piece)))
    for part in _polygons(piece.difference(cut.buffer(gap / 2, cap_style="flat"))):
        yield from _split(
            part, target=target, lane_above=lane_above, lanes=lanes, rng=rng
        )


def lots(
    piece: Polygon, *, target: float, rng: np.random.Generator
) -> Iterator[Polygon]:
    """Yield lots of about ``target`` square metres, half a metre apart."""
    yield from _split(piece, target=target, lane_above=np.inf, lanes=[], rng=rng)


def _across(piece: Polygon, rng: np.random.Generator) -> LineString:
    """Return a cut across the long axis of a piece, a little off the middle."""
    corners = np.asarray(piece.minimum_rotated_rectangle.exterior.coords)[:4]
    sides = np.roll(corners, -1, axis=0) - corners
    long = int(np.argmax(np.hypot(*sides.T)))
    along = sides[long] / np.hypot(*sides[long])
    turn = np.radians(rng.normal(0, 1.5))
    across = np.array([-along[1], along[0]]) @ np.array(
        [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    )
    middle = corners[long] + sides[long] * rng.uniform(0.42, 0.58)
    reach = across * 2000.0
    return LineString([middle - reach, middle + reach])


def join_lanes(
    lanes: list[tuple[str, LineString]], ways: gpd.GeoDataFrame, terrain: Terrain
) -> gpd.GeoDataFrame:
    """Return the lanes, each carried on at both ends until it meets a way."""
    kinds = [kind for kind, _ in lanes]
    lines = [line for _, line in lanes]
    known = [*ways.geometry, *lines]
    tree = shapely.STRtree(known)
    closed = shapely.union(terrain.river, terrain.rail_strip)
    joined = []
    for i, line in enumerate(lines):
        own = len(ways) + i
        start, end = np.asarray(line.coords)[[0, -1]]
        ends = [
            _carry_on(a, b, tree=tree, known=known, own=own)
            for a, b in ((end, start), (start, end))
        ]
        coords = [start, end]
        if ends[0] is not None and not LineString([start, ends[0]]).intersects(closed):
            coords.insert(0, ends[0])
        if ends[1] is not None and not LineString([end, ends[1]]).intersects(closed):
            coords.append(ends[1])
        joined.append(LineString(coords))
    return gpd.GeoDataFrame({"kind": kinds}, geometry=joined)


def _carry_on(
    start: np.ndarray,
    end: np.ndarray,
    *,
    tree: shapely.STRtree,
    known: list[LineString],
    own: int,
) -> np.ndarray | None:
    """Return where the line from start through end meets a way beyond end."""
    along = (end - start) / np.hypot(*(end - start))
    ray = LineString([end - along * 0.2, end + along * LANE_REACH])
    hits = [
        point
        for i in tree.query(ray, predicate="intersects")
        if i != own
        for point in shapely.get_coordinates(ray.intersection(known[i]))
    ]
    if not hits:
        return None
    nearest = min(hits, key=lambda p: float(np.hypot(*(p - end))))
    return np.asarray(nearest + along * 0.05)


def _quarter(block: Polygon) -> dict[str, Any]:
    middle = block.representative_point()
    for quarter in PLAN["quarter"]:
        if Polygon(np.reshape(quarter["ring"], (-1, 2))).contains(middle):
            return dict(quarter)
    raise ValueError(f"no quarter of the plan holds {middle.wkt}")


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    return [
        part
        for part in shapely.get_parts(geometry)
        if part.geom_type == "Polygon" and part.area > 40.0  # noqa: PLR2004  slivers
    ]


def _lines(geometry: BaseGeometry) -> list[LineString]:
    return [
        part
        for part in shapely.get_parts(geometry)
        if part.geom_type == "LineString" and part.length > 8.0  # noqa: PLR2004  stubs
    ]

"""What of the town a mapper would have drawn, with OpenStreetMap's tags."""

import geopandas as gpd
import shapely
from extract import Extract, rings
from grounds import Ground
from raised import expressway
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from terrain import Terrain
from town import NAMES, Town

STRUCTURE = {
    "": {},
    "bridge": {"bridge": "yes", "layer": "1"},
    "tunnel": {"tunnel": "yes", "layer": "-1"},
}
PAVED = {"primary": "both", "secondary": "both", "tertiary": "both"}
SHORTEST = 1.0  # metres of wall or track that is drawn
WALL_GAP = 1.8  # metres each side of a way that passes a wall


def map_town(town: Town) -> Extract:
    """Return the town's extract: ways, then what lies between them."""
    extract = Extract()
    for way in town.ways.itertuples():
        tags = {"highway": way.kind, "name": way.name, **STRUCTURE[way.structure]}
        extract.add_way(way.geometry, {**tags, "sidewalk": PAVED.get(way.kind, "")})
    for bridge in town.footbridges.itertuples():
        tags = {"highway": bridge.kind, **STRUCTURE[bridge.structure]}
        extract.add_way(bridge.geometry, tags)
    for place, tags in town.crossings.items():
        extract.node(place, tags)
    _map_expressway(extract, town)
    _map_terrain(extract, town.terrain)
    lines = town.ways.geometry
    tree = shapely.STRtree(lines.to_numpy())
    for ground in town.grounds:
        _map_wall(extract, ground, lines=lines, tree=tree)
    _map_green(extract, town)
    return extract


def _map_expressway(extract: Extract, town: Town) -> None:
    roads, ramps = expressway(town.terrain, town.ways)
    closed = {"foot": "no", "motorroad": "yes", "bridge": "yes", "oneway": "yes"}
    name = str(NAMES["expressway"])
    tags = {"highway": "trunk", "name": name, "layer": "2", **closed}
    extract.add_ways(roads, tags)
    extract.add_ways(ramps, {"highway": "trunk_link", "layer": "1", **closed})


def _map_terrain(extract: Extract, terrain: Terrain) -> None:
    river = {"name": str(NAMES["river"])}
    water = {"natural": "water", "water": "river", **river}
    extract.add_ways(rings(terrain.river.simplify(0.3)), water)
    extract.add_way(terrain.river_axis, {"waterway": "river", **river})
    rail = {"railway": "rail", "usage": "branch", "name": str(NAMES["railway"])}
    for track in terrain.rails:
        over = terrain.river.buffer(6)
        for part in _lines(track.difference(over)):
            extract.add_way(part, rail)
        for part in _lines(track.intersection(over)):
            extract.add_way(part, {**rail, "bridge": "yes", "layer": "1"})


def _map_wall(
    extract: Extract,
    ground: Ground,
    *,
    lines: gpd.GeoSeries,
    tree: shapely.STRtree,
) -> None:
    """Add a compound's wall, open where ways pass, and its gates on the ways."""
    for k, gate in enumerate(ground.gates):
        key = (round(gate.x, 2), round(gate.y, 2))
        if key in extract.numbers:
            extract.node(key, {"barrier": "gate" if k else "lift_gate"})
    if not ground.wall or ground.compound is None:
        return
    wall = LineString(ground.compound.simplify(0.2).exterior.coords)
    passing = lines.iloc[tree.query(wall, predicate="intersects")]
    gaps = shapely.union_all(
        [
            *passing.intersection(wall.buffer(0.1)).buffer(WALL_GAP),
            *(gate.buffer(WALL_GAP) for gate in ground.gates),
        ]
    )
    pieces = _lines(shapely.line_merge(wall.difference(gaps)))
    extract.add_ways(pieces, {"barrier": ground.wall})


def _map_green(extract: Extract, town: Town) -> None:
    for layout in town.layouts:
        parcel = layout.parcel
        if parcel.use == "park":
            tags = {"leisure": "park", "name": parcel.name}
            extract.add_ways(rings(parcel.shape.simplify(0.3))[:1], tags)
        if layout.pitch is not None:
            tags = {"leisure": "pitch", "sport": "athletics"}
            extract.add_ways(rings(layout.pitch)[:1], tags)
    for ground in town.grounds:
        if ground.pond is not None:
            extract.add_ways(
                _outlines(ground.pond), {"natural": "water", "water": "pond"}
            )


def _outlines(shape: BaseGeometry) -> list[LineString]:
    return [
        rings(part)[0]
        for part in shapely.get_parts(shape)
        if isinstance(part, Polygon) and not part.is_empty
    ]


def _lines(geometry: BaseGeometry) -> list[LineString]:
    parts = shapely.get_parts(geometry)
    return [
        part
        for part in parts
        if isinstance(part, LineString) and part.length > SHORTEST
    ]

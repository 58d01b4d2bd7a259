"""The whole town, put together from the plan to the rooms for let."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from blocks import Parcel, blocks, faces, join_lanes, limits, new_streets, subdivide
from grids import grow, merge, patches, reading_order
from grounds import Ground, clear_ways, make_grounds
from layouts import Layout, lay_out
from numpy.typing import NDArray
from pattern import read_pattern
from raised import footbridges
from residents import Residents, settle
from services import community_stations, grid_stations, rooms, street_station
from shapely import LineString, Point
from streets import FRAGMENTS, crossings, merge_edges, name_ways, node_ways
from terrain import Terrain, cut_ways, make_terrain

NAMES = tomllib.loads((Path(__file__).parent / "names.toml").read_text("utf-8"))
ROADS = ("primary", "secondary", "tertiary", "residential", "living_street")
STREET_CODE = "999999001"  # 999999 is no district
GRIDS, COMMUNITIES, GRID_STATIONS = 60, 12, 30
M2_PER_HOUSEHOLD = 1700.0  # how much empty land counts when grids are drawn
#: Faces that are grids of their own: a point inside, what the grid is called.
SPECIAL = {
    (-740, -590): "文澜职业学院",
    (-870, 480): "砚溪工业园",
    (270, -60): "文澜医院",
    (450, -60): "文澜天地商圈",
}
#: The community without a station, and the one whose station stands outside.
WITHOUT, OUTSIDE = (-850, 1100), (450, -330)


@dataclass(frozen=True, kw_only=True, eq=False)
class Town:
    """Everything that is written; local frame."""

    terrain: Terrain
    ways: gpd.GeoDataFrame
    crossings: dict[tuple[float, float], dict[str, str]]
    footbridges: gpd.GeoDataFrame
    layouts: list[Layout]
    grounds: list[Ground]
    buildings: gpd.GeoDataFrame
    compounds: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    stations: pd.DataFrame
    rooms: pd.DataFrame


def make_town(seed: int) -> Town:
    """Return the town; the same seed gives the same town."""
    rng = np.random.default_rng(seed)
    terrain = make_terrain(rng)
    whole, ways = _ground_ways(terrain)
    bounds = limits(whole, terrain)
    land = blocks(ways, terrain, within=bounds)
    divided = subdivide(land, ways, rng)
    lanes = join_lanes(divided.lanes, ways, terrain)
    ways = pd.concat([ways, lanes.assign(structure="")], ignore_index=True)
    layouts = [lay_out(parcel, rng) for parcel in _named(divided.parcels)]
    grounds = make_grounds(layouts, ways, terrain, rng)
    paths = [(k, "", line) for ground in grounds for k, line in ground.paths]
    inner = gpd.GeoDataFrame(
        paths, columns=["kind", "structure", "geometry"], geometry="geometry"
    )
    raised, feet = footbridges(terrain, ways)
    all_ways = pd.concat([ways, inner, feet], ignore_index=True)
    islands = [LineString(points) for points in FRAGMENTS]
    clear_ways(layouts, [*all_ways.geometry, *raised.geometry, *islands])
    edges = name_ways(node_ways(all_ways), {kind: NAMES[kind] for kind in ROADS})
    edges, crossed = crossings(edges)
    people = settle(layouts, grounds, NAMES, rng)
    shapes = [
        face
        for face in faces(pd.concat([whole, lanes]), terrain)
        if bounds.contains(face.representative_point())
    ]
    grids, communities = _areas(shapes, terrain, people)
    buildings = _placed(people.buildings, grids)
    return Town(
        terrain=terrain,
        ways=merge_edges(edges),
        crossings=crossed,
        footbridges=raised,
        layouts=layouts,
        grounds=grounds,
        buildings=buildings,
        compounds=people.compounds,
        grids=_totals(grids, buildings, key="grid"),
        communities=communities,
        stations=_stations(buildings, grids, communities, rng),
        rooms=rooms(buildings, rng),
    )


def _ground_ways(terrain: Terrain) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the ways uncut, as borders follow them, and as people walk them."""
    drawn = pd.concat([read_pattern(), new_streets()], ignore_index=True)
    walks = gpd.GeoDataFrame(
        {"kind": ["footway"] * len(terrain.banks)}, geometry=list(terrain.banks)
    )
    walks = walks.assign(geometry=walks.difference(terrain.rail_strip))
    walks = walks.explode(ignore_index=True)
    cut = cut_ways(drawn, terrain)
    whole = pd.concat([drawn, walks], ignore_index=True)
    return whole, pd.concat([cut, walks.assign(structure="")], ignore_index=True)


def _named(parcels: list[Parcel]) -> list[Parcel]:
    """Return the parcels, those with a house of their own with a name."""
    left = {use: iter(NAMES[use]) for use in ("office", "works", "market", "park")}
    named = []
    for parcel in parcels:
        name = parcel.name or (next(left[parcel.use], "") if parcel.use in left else "")
        named.append(
            Parcel(
                use=parcel.use, quarter=parcel.quarter, shape=parcel.shape, name=name
            )
        )
    return named


def _areas(
    shapes: list[shapely.Polygon], terrain: Terrain, people: Residents
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return grids and communities grown from faces: numbered, named, nested."""
    divides = shapely.union(terrain.river_axis, terrain.rail_axis)
    households = _sums(people.buildings, shapes)
    empty = shapely.area(shapes) / M2_PER_HOUSEHOLD
    special = {
        _holding(shapes, place): f"{name}专属网格" for place, name in SPECIAL.items()
    }
    atoms = patches(shapes, households + empty, divides)
    groups = grow(atoms, count=GRIDS, frozen=set(special))
    merged = merge(atoms, groups)
    names = {int(groups[face]): name for face, name in special.items()}
    weights = np.bincount(groups, weights=households + empty).astype(float)
    parts = patches(merged, weights, divides)
    belongs = grow(parts, count=COMMUNITIES)
    wholes = merge(parts, belongs)
    order = reading_order(wholes)
    communities = gpd.GeoDataFrame(
        {
            "code": [f"{STREET_CODE}{n:03d}" for n in range(1, COMMUNITIES + 1)],
            "name": NAMES["communities"],
        },
        geometry=[wholes[i] for i in order],
    )
    rows: list[dict[str, Any]] = []
    for number, old in enumerate(order):
        members = np.flatnonzero(belongs == old)
        for k, i in enumerate(reading_order([merged[m] for m in members]), 1):
            member = int(members[i])
            home = communities.iloc[number]
            rows.append(
                {
                    "code": f"{home['code']}{k:03d}",
                    "community": home["name"],
                    "name": names.get(
                        member, f"{home['name'].removesuffix('社区')}{k}网格"
                    ),
                    "kind": "专属" if member in names else "综合",
                    "geometry": merged[member],
                }
            )
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry"), communities


def _stations(
    buildings: gpd.GeoDataFrame,
    grids: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    without, outside = (
        str(communities["name"][_holding(list(communities.geometry), place)])
        for place in (WITHOUT, OUTSIDE)
    )
    return pd.concat(
        [
            street_station(buildings, rng),
            community_stations(
                buildings, communities, rng, without=without, outside=outside
            ),
            grid_stations(
                buildings,
                grids,
                rng,
                count=GRID_STATIONS,
                skipped=frozenset({without}),
            ),
        ],
        ignore_index=True,
    )


def _placed(buildings: gpd.GeoDataFrame, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the buildings inside the grids with their grid's row."""
    tree = shapely.STRtree(grids.geometry.to_numpy())
    points = shapely.point_on_surface(buildings.geometry.to_numpy())
    which, grid = tree.query(points, predicate="within")
    return buildings.iloc[which].assign(grid=grid).reset_index(drop=True)


def _totals(
    grids: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, *, key: str
) -> gpd.GeoDataFrame:
    columns = ["households", "people", "elderly"]
    sums = buildings.groupby(key)[columns].sum().reindex(grids.index, fill_value=0)
    return grids.join(sums)


def _sums(
    buildings: gpd.GeoDataFrame, shapes: list[shapely.Polygon]
) -> NDArray[np.float64]:
    """Return the households in each shape."""
    tree = shapely.STRtree(shapes)
    points = shapely.point_on_surface(buildings.geometry.to_numpy())
    which, shape = tree.query(points, predicate="within")
    sums = np.zeros(len(shapes))
    np.add.at(sums, shape, buildings["households"].to_numpy()[which])
    return sums


def _holding(shapes: list[shapely.Polygon], place: tuple[int, int]) -> int:
    """Return which shape holds a place."""
    return int(np.argmin(shapely.distance(shapes, Point(place))))

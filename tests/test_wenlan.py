"""The promises of ``data/wenlan/README.md``, read with other people's readers."""

import tomllib
from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geoplan.datum import from_gcj02

FOLDER = Path(__file__).parent.parent / "data" / "wenlan"
METRIC = "EPSG:4516"
WALKED_APART = {"trunk", "trunk_link"}


@pytest.fixture(scope="module")
def grids():
    return gpd.read_file(FOLDER / "grids.shp", encoding="GBK")


@pytest.fixture(scope="module")
def communities():
    return gpd.read_file(FOLDER / "communities.gpkg")


@pytest.fixture(scope="module")
def buildings():
    return gpd.read_file(FOLDER / "buildings.gpkg").to_crs(METRIC)


@pytest.fixture(scope="module")
def compounds():
    return gpd.read_file(FOLDER / "compounds.gpkg").to_crs(METRIC)


@pytest.fixture(scope="module")
def stations():
    return _points(pd.read_excel(FOLDER / "stations.xlsx"), gcj02=True)


@pytest.fixture(scope="module")
def extract():
    """Return nodes (number → lon, lat), tags of nodes, and ways (nodes, tags)."""
    places, tags, ways = {}, {}, []
    for thing in osmium.FileProcessor(str(FOLDER / "streets.osm.pbf")):
        if thing.is_node():
            places[thing.id] = (thing.location.lon, thing.location.lat)
            if len(thing.tags):
                tags[thing.id] = dict(thing.tags)
        elif thing.is_way():
            ways.append(([node.ref for node in thing.nodes], dict(thing.tags)))
    return places, tags, ways


def test_it_is_small_and_says_it_is_made_up():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 3_000_000
    study = tomllib.loads((FOLDER / "study.toml").read_text(encoding="utf-8"))
    assert "虚构" in study["study"]["name"]
    assert "虚构" in "".join(study["study"]["notes"])
    assert "OpenStreetMap contributors" in "".join(study["study"]["credits"])
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "虚构" in readme
    assert "ODbL" in readme


def test_the_study_names_files_that_are_there():
    study = tomllib.loads((FOLDER / "study.toml").read_text(encoding="utf-8"))
    layers = ("grids", "communities", "buildings", "compounds", "stations")
    for layer in (*layers, "candidates", "network"):
        assert (FOLDER / study[layer]["path"]).exists()
    assert [circle["minutes"] for circle in study["circle"]] == [15, 3]


def test_the_shapefile_is_as_offices_have_it(grids):
    assert not (FOLDER / "grids.cpg").exists()
    table = (FOLDER / "grids.dbf").read_bytes()
    assert "网格编码".encode("gbk") in table
    assert table[29] == 0  # the header does not say the encoding either
    assert grids.crs.to_epsg() == 4516
    assert grids.total_bounds[0] > 28_000_000  # eight digits, the zone in front
    names = ["网格编码", "网格名称", "所属社区", "网格类型", "户数", "人口数", "老年人"]
    assert list(grids.columns[:-1]) == names
    assert max(len(name.encode("gbk")) for name in names) <= 10


def test_grids_are_coded_and_varied(grids, communities):
    codes = grids["网格编码"]
    assert codes.is_unique
    assert codes.str.fullmatch(r"999999\d{9}").all()
    belongs = communities.set_index("社区名称")["社区编码"]
    assert (grids["所属社区"].map(belongs) == codes.str[:12]).all()
    assert 55 <= len(grids) <= 65
    assert len(communities) == 12
    mixed = grids[grids["网格类型"] == "综合"]["户数"]
    assert mixed.between(150, 450).mean() > 0.8
    assert (mixed > 500).any()
    assert (mixed < 150).any()
    special = grids[grids["网格类型"] == "专属"]
    assert 2 <= len(special) <= 6
    assert (special["户数"] < 50).all()


def test_grids_are_whole_and_nest_exactly(grids, communities):
    assert (grids.geom_type == "Polygon").all()
    assert grids.is_valid.all()
    assert shapely.coverage_is_valid(grids.geometry.to_numpy())
    assert shapely.coverage_is_valid(communities.geometry.to_numpy())
    for community in communities.itertuples():
        members = grids[grids["所属社区"] == community.社区名称].geometry
        whole = shapely.coverage_union_all(members.to_numpy())
        assert whole.normalize().equals_exact(community.geometry.normalize(), 0.0)


def test_buildings_add_up_to_their_grids(grids, buildings):
    assert 2300 <= len(buildings) <= 2800
    assert buildings["楼栋编码"].is_unique
    points = gpd.GeoDataFrame(
        buildings[["户数", "人口"]], geometry=buildings.representative_point()
    )
    joined = points.sjoin(grids[["网格编码", "geometry"]], predicate="within")
    assert len(joined) == len(buildings)
    sums = joined.groupby("网格编码")[["户数", "人口"]].sum()
    sums = sums.reindex(grids["网格编码"], fill_value=0)
    assert (sums["户数"].to_numpy() == grids["户数"].to_numpy()).all()
    assert (sums["人口"].to_numpy() == grids["人口数"].to_numpy()).all()
    assert 14_000 < grids["户数"].sum() < 16_500
    assert 37_000 < grids["人口数"].sum() < 43_000
    assert (grids["老年人"] <= grids["人口数"]).all()


def test_buildings_have_what_offices_know_of_them(buildings):
    home = buildings["用途"] == "住宅"
    assert buildings["户数"].notna().equals(home)
    no_levels = buildings["层数"].isna()
    assert 0.03 < no_levels.mean() < 0.2
    assert (no_levels & buildings["高度"].notna()).any()
    assert (no_levels & buildings["高度"].isna()).any()
    assert {"住宅", "商业", "办公", "学校", "医院", "工业"} <= set(buildings["用途"])


def test_buildings_stand_clear_of_each_other_and_of_the_ways(buildings, extract):
    shapes = buildings.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    tree = shapely.STRtree(shapes)
    a, b = tree.query(shapes, predicate="intersects")
    assert (a == b).all()
    lines, tags = _lines(extract)
    ground = [t.get("highway") is not None and "layer" not in t for t in tags]
    water = [t.get("natural") == "water" for t in tags]
    assert not len(tree.query(lines[np.array(ground)], predicate="intersects")[0])
    areas = [shapely.Polygon(line) for line in lines[np.array(water)]]
    assert not len(tree.query(areas, predicate="intersects")[0])


def test_compounds_have_walls_and_gates(compounds, buildings):
    gates = pd.read_csv(FOLDER / "gates.csv", encoding="gbk")
    placed = gpd.GeoDataFrame(
        gates, geometry=gpd.points_from_xy(gates["经度"], gates["纬度"]), crs=4490
    ).to_crs(METRIC)
    walls = compounds.set_index("小区名称").boundary
    assert walls.index.is_unique
    away = placed.distance(gpd.GeoSeries(walls[placed["小区"]].to_numpy(), crs=METRIC))
    assert away.max() < 0.2
    count = Counter(gates["小区"])
    assert sum(n == 1 for n in count.values()) >= 5
    assert sum(n > 1 for n in count.values()) > len(compounds) / 2
    assert len(set(compounds["小区名称"]) - set(count)) >= 3
    unmanaged = compounds[compounds["物业"] == "无"]
    assert len(unmanaged) > 10
    assert (unmanaged["建成年份"] <= 2000).all()
    assert set(buildings["小区"].dropna()) <= set(compounds["小区名称"])
    a, b = shapely.STRtree(compounds.geometry.to_numpy()).query(
        compounds.geometry.to_numpy(), predicate="overlaps"
    )
    assert not len(a) + len(b)


def test_stations_of_three_tiers(stations, communities, grids):
    assert Counter(stations["级别"]) == {"街道级": 1, "社区级": 11, "网格级": 30}
    own = stations[stations["级别"] == "社区级"]
    assert own["服务社区"].is_unique
    assert set(own["服务社区"]) < set(communities["社区名称"])
    home = communities.set_index("社区名称").geometry[own["服务社区"]].to_numpy()
    away = shapely.distance(own.geometry.to_numpy(), home)
    assert (away > 0).sum() == 1
    assert away.max() < 120
    small = stations[stations["级别"] == "网格级"]
    named = small["服务网格"].dropna()
    assert 20 <= len(named) < 30
    assert set(named) <= set(grids["网格名称"])


def test_stations_stand_in_buildings_once_the_datum_is_undone(stations, buildings):
    standing = stations.sjoin(buildings[["geometry"]], predicate="within")
    assert set(standing.index) == set(stations.index)
    as_written = _points(pd.read_excel(FOLDER / "stations.xlsx"), gcj02=False)
    shift = as_written.distance(stations, align=False)
    assert shift.between(100, 800).all()


def test_rooms_are_real_rooms(buildings):
    rooms = _points(pd.read_excel(FOLDER / "rooms.xlsx"), gcj02=True)
    assert len(rooms) == 40
    assert {"锅炉房", "物业用房", "学校", "党群用房", "闲置门面"} <= set(rooms["类型"])
    standing = rooms.sjoin(buildings[["geometry"]], predicate="within")
    assert set(standing.index) == set(rooms.index)


def test_residential_land_holds_the_homes(buildings):
    land = gpd.read_file(FOLDER / "land.gpkg", layer="residential").to_crs(METRIC)
    other = gpd.read_file(FOLDER / "land.gpkg", layer="other")
    assert set(land["用地类型"]) == {"居住用地"}
    assert len(set(other["用地类型"])) >= 6
    homes = buildings[buildings["用途"] == "住宅"].representative_point()
    inside = gpd.GeoDataFrame(geometry=homes).sjoin(land, predicate="within")
    assert len(set(inside.index)) / len(homes) > 0.99


def test_the_ways_are_one_network_with_tiny_islands(extract):
    places, _, ways = extract
    walked = [
        (nodes, tags)
        for nodes, tags in ways
        if tags.get("highway") and tags["highway"] not in WALKED_APART
    ]
    number = {node: i for i, node in enumerate(sorted(places))}
    u = [number[n] for nodes, _ in walked for n in nodes[:-1]]
    v = [number[n] for nodes, _ in walked for n in nodes[1:]]
    size = len(number)
    graph = coo_array((np.ones(len(u)), (u, v)), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    nodes = Counter(labels[sorted({*u, *v})])
    large, *islands = [count for _, count in nodes.most_common()]
    assert large > 5000
    assert 1 <= len(islands) <= 5
    assert max(islands) < 10


def test_the_expressway_meets_nobody_on_the_ground(extract):
    _, _, ways = extract
    raised = [w for w in ways if w[1].get("highway") == "trunk"]
    ground = {
        node
        for nodes, tags in ways
        if tags.get("highway") and tags["highway"] not in WALKED_APART
        for node in nodes
    }
    assert raised
    for nodes, tags in raised:
        assert tags["foot"] == "no"
        assert tags["bridge"] == "yes"
        assert not ground & set(nodes)


def test_river_and_railway_are_crossed_at_few_places(extract):
    lines, tags = _lines(extract)
    kinds = [t.get("highway") for t in tags]
    bank = next(
        x for x, t in zip(lines, tags, strict=True) if t.get("water") == "river"
    )
    river = shapely.Polygon(bank)
    rails = shapely.union_all(
        [x for x, t in zip(lines, tags, strict=True) if t.get("railway") == "rail"]
    )
    walked = [k is not None and k not in WALKED_APART for k in kinds]
    for barrier, tag, most in ((river, "bridge", 5), (rails, "tunnel", 7)):
        met = [
            (line, t)
            for line, t, on in zip(lines, tags, walked, strict=True)
            if on and line.intersects(barrier)
        ]
        assert met
        assert all(t.get(tag) == "yes" for _, t in met)
        crossings = shapely.union_all([line for line, _ in met]).buffer(30)
        assert 3 <= len(shapely.get_parts(crossings)) <= most


def test_gates_are_nodes_of_ways_and_walls_are_open_there(extract):
    _, tags, ways = extract
    gates = {n for n, t in tags.items() if t.get("barrier")}
    on_ways = {n for nodes, t in ways if t.get("highway") for n in nodes}
    assert len(gates) > 100
    assert gates <= on_ways
    lines, way_tags = _lines(extract)
    wall = np.array([t.get("barrier") in {"wall", "fence"} for t in way_tags])
    way = np.array(["highway" in t and "layer" not in t for t in way_tags])
    tree = shapely.STRtree(lines[wall])
    assert not len(tree.query(lines[way], predicate="intersects")[0])


def test_there_are_steps_crossings_parks_and_names(extract):
    _, tags, ways = extract
    assert sum(t.get("highway") == "steps" for _, t in ways) >= 2
    crossings = Counter(t.get("crossing") for t in tags.values())
    assert crossings["traffic_signals"] > 50
    assert sum(t.get("leisure") == "park" for _, t in ways) >= 4
    names = {t["name"] for _, t in ways if "highway" in t and "name" in t}
    assert len(names) > 80
    assert all("\u4e00" <= name[0] <= "\u9fff" for name in names)


def _points(table, *, gcj02):
    lon, lat = table["经度"].to_numpy(), table["纬度"].to_numpy()
    if gcj02:
        lon, lat = from_gcj02(lon, lat)
    return gpd.GeoDataFrame(
        table, geometry=gpd.points_from_xy(lon, lat), crs=4490
    ).to_crs(METRIC)


def _lines(extract):
    """Return the ways as lines in metres, and their tags."""
    places, _, ways = extract
    lines = [shapely.LineString([places[n] for n in nodes]) for nodes, _ in ways]
    metric = gpd.GeoSeries(lines, crs=4326).to_crs(METRIC).to_numpy()
    return np.array(metric, dtype=object), [tags for _, tags in ways]

"""Datum: the way there and back, and the test that tells which one it is."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from scipy.stats import binom
from shapely import LineString, box
from shapely.affinity import translate

from geoplan import datum
from geoplan.datum.fit import better
from geoplan.osm import read_ways

METRE = 1 / 111_320  # degrees of latitude

lons = st.floats(73.0, 135.0)
lats = st.floats(18.0, 53.5)


@pytest.mark.parametrize(
    ("lon", "lat", "there"),
    [
        # eviltransform's own test: Shanghai, Shenzhen, Beijing
        (121.4731744, 31.1774276, (121.4777385, 31.1754275)),
        (113.9087170, 22.5438230, (113.9135830, 22.5408400)),
        (116.3811, 39.9117, (116.3873443, 39.9131048)),
    ],
)
def test_gcj02_of_known_places(lon, lat, there):
    x, y = datum.to_gcj02(lon, lat)
    assert abs(float(x) - there[0]) < 30 * METRE
    assert abs(float(y) - there[1]) < 30 * METRE


def test_bd09_lies_a_kilometre_from_wgs84():
    x, y = datum.to_bd09(114.3, 30.6)
    assert 0.010 < float(x) - 114.3 < 0.014
    assert 0.002 < float(y) - 30.6 < 0.006


@given(lons, lats)
def test_gcj02_and_back_is_within_a_centimetre(lon, lat):
    x, y = datum.from_gcj02(*datum.to_gcj02(lon, lat))
    assert abs(float(x) - lon) < 0.01 * METRE
    assert abs(float(y) - lat) < 0.01 * METRE


@given(lons, lats)
def test_bd09_and_back_is_within_a_centimetre(lon, lat):
    x, y = datum.from_bd09(*datum.to_bd09(lon, lat))
    assert abs(float(x) - lon) < 0.01 * METRE
    assert abs(float(y) - lat) < 0.01 * METRE


@given(lons, lats)
def test_the_shift_is_hundreds_of_metres(lon, lat):
    x, y = datum.to_gcj02(lon, lat)
    east = (float(x) - lon) / METRE * np.cos(np.radians(lat))
    north = (float(y) - lat) / METRE
    assert 10 < np.hypot(east, north) < 1100


def test_outside_china_gcj02_moves_nothing():
    assert datum.to_gcj02(7.42, 43.74) == (7.42, 43.74)
    assert datum.from_gcj02(7.42, 43.74) == (7.42, 43.74)


def test_arrays_and_missing_coordinates():
    lon = np.array([114.3, np.nan])
    x, y = datum.from_gcj02(lon, np.array([30.6, np.nan]))
    assert x.shape == (2,)
    assert np.isnan(x[1])
    assert np.isnan(y[1])
    empty_x, empty_y = datum.from_bd09(np.array([]), np.array([]))
    assert empty_x.size == empty_y.size == 0


# The test that tells in which datum a layer is.

HERE = 4537  # metres round 84° E
EAST, NORTH = 530_000.0, 4_320_000.0
TO = {"gcj02": datum.to_gcj02, "bd09": datum.to_bd09}


def town(*, seed=0, houses=300, stations=30, side=2000.0):
    """Return layers and ways of a made town: 16 grids, 4 communities, by streets."""
    rng = np.random.default_rng(seed)
    lines = np.sort(rng.uniform(-side / 2, 3 * side / 2, 34))
    lines = lines[np.concatenate([[True], np.diff(lines) > 30])]
    ways = [LineString([(x, -side), (x, 2 * side)]) for x in lines]
    ways += [LineString([(-side, y), (2 * side, y)]) for y in lines + 17]
    east = lines[np.abs(lines[:, None] - np.linspace(0, side, 5)).argmin(axis=0)]
    north = east + 17  # the borders are streets
    grids = [
        box(east[i], north[j], east[i + 1], north[j + 1])
        for i in range(4)
        for j in range(4)
    ]
    half = [
        box(east[i], north[j], east[i + 2], north[j + 2])
        for i in (0, 2)
        for j in (0, 2)
    ]
    low, high = (east[0], north[0]), (east[4], north[4])
    spots = rng.uniform(low, high, (60 * houses, 2))
    rooms = shapely.box(*(spots - 7).T, *(spots + 7).T)
    clear = np.setdiff1d(
        np.arange(len(rooms)), shapely.STRtree(ways).query(rooms, "intersects")[0]
    )[:houses]
    rooms = rooms[clear]
    points = shapely.centroid(rooms[rng.permutation(houses)[:stations]])
    own = [next(f"K{i}" for i, k in enumerate(half) if k.covers(p)) for p in points]
    of = [next(f"K{i}" for i, k in enumerate(half) if k.covers(g)) for g in grids]
    frames = {
        "grids": frame(grids, "G", community=of),
        "communities": frame(half, "K"),
        "buildings": frame(rooms, "B", grid="", compound=""),
        "stations": frame(points, "S", belongs_community=own),
    }
    return frames, frame(ways, "w", bridge=False, tunnel=False)


def frame(shapes, letter, **columns):
    index = pd.Index([f"{letter}{i}" for i in range(len(shapes))], name="code")
    moved = [translate(shape, EAST, NORTH) for shape in shapes]
    names = {"name": [f"{letter}{i}" for i in range(len(shapes))]}
    table = {**names, **columns}
    return gpd.GeoDataFrame(table, geometry=moved, crs=HERE, index=index)


def as_if(layer, name):
    """Return a layer of coordinates in a shifted datum that was read as WGS84."""
    if name == "wgs84":
        return layer
    degrees = layer.to_crs(4326)
    moved = shapely.transform(
        degrees.geometry.to_numpy(), lambda xy: np.column_stack(TO[name](*xy.T))
    )
    return degrees.set_geometry(moved, crs=4326).to_crs(layer.crs)


def judged(frames, ways, *, trusted=True, told=None):
    found = datum.judge(frames, ways=ways, told=told or {}, trusted=trusted)
    return {verdict.layer: verdict for verdict in found}


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
@pytest.mark.parametrize("layer", ["grids", "communities", "buildings", "stations"])
def test_one_shifted_layer_is_found_and_no_other(layer, name):
    frames, ways = town()
    found = judged({**frames, layer: as_if(frames[layer], name)}, ways)
    assert found[layer].datum == name
    assert found[layer].sure
    assert found[layer].evidence[0].right > found[layer].evidence[0].other_right
    assert not any(v.likely for other, v in found.items() if other != layer)


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_all_layers_shifted_alike_are_found_against_known_ways(name):
    frames, ways = town()
    found = judged({k: as_if(f, name) for k, f in frames.items()}, ways)
    assert {verdict.datum for verdict in found.values()} == {name}
    assert found["buildings"].sure


def test_a_shifted_road_layer_is_found_against_all_others():
    frames, ways = town()
    found = judged(frames, as_if(ways, "gcj02"), trusted=False)
    assert found["network"].datum == "gcj02"
    assert found["network"].likely
    assert found["network"].evidence[0].kind in {"clear", "following"}
    assert not any(v.likely for name, v in found.items() if name != "network")


@pytest.mark.parametrize("told", ["gcj02", "bd09"])
def test_a_layer_that_is_what_it_was_read_as_is_confirmed(told):
    frames, ways = town()
    found = judged(frames, ways, told={"stations": told})
    assert found["stations"].fits
    assert found["stations"].datum == told


def test_wgs84_read_as_gcj02_is_found_too():
    frames, ways = town()
    degrees = frames["stations"].to_crs(4326)
    x, y = datum.from_gcj02(degrees.geometry.x, degrees.geometry.y)
    shifted = degrees.set_geometry(gpd.points_from_xy(x, y, crs=4326)).to_crs(HERE)
    found = judged({**frames, "stations": shifted}, ways, told={"stations": "gcj02"})
    assert found["stations"].datum == "wgs84"
    assert found["stations"].sure


@pytest.mark.parametrize("seed", range(8))
def test_no_false_alarm(seed):
    houses, stations = [(20, 5), (60, 12), (300, 30), (300, 5)][seed % 4]
    frames, ways = town(seed=seed, houses=houses, stations=stations)
    assert not any(v.likely or v.odd for v in judged(frames, ways).values())
    nudged = frames["buildings"].translate(80, -60)  # as Beijing 1954 would be
    moved = {**frames, "buildings": frames["buildings"].set_geometry(nudged)}
    assert not any(v.likely for v in judged(moved, ways).values())


def test_five_stations_are_no_proof():
    frames, ways = town(stations=5)
    for name in TO:
        found = judged({**frames, "stations": as_if(frames["stations"], name)}, ways)
        assert not found["stations"].sure
        assert not found["stations"].fits


def test_rows_of_another_datum_are_named():
    frames, ways = town()
    stations = frames["stations"]
    rows = stations.index[4:12]
    mixed = stations.geometry.where(
        ~stations.index.isin(rows), as_if(stations, "gcj02").geometry
    )
    found = judged({**frames, "stations": stations.set_geometry(mixed)}, ways)
    (odd,) = found["stations"].odd
    assert odd.datum == "gcj02"
    assert set(odd.codes) <= set(rows)
    assert len(odd.codes) >= 6
    assert odd.count == len(stations)
    assert not found["stations"].likely


def test_where_map_services_shift_nothing_there_is_nothing_to_tell():
    frames, ways = town()
    there = {k: f.set_crs(32632, allow_override=True) for k, f in frames.items()}
    assert not judged(there, ways.set_crs(32632, allow_override=True))


def test_without_ways_or_rows_nothing_is_claimed():
    frames, ways = town()
    alone = judged({"stations": frames["stations"]}, ways.iloc[:0])
    assert not any(v.likely for v in alone.values())
    assert not judged({k: f.iloc[:0] for k, f in frames.items()}, ways)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_a_difference_is_worth_a_sign_test(pairs):
    one, other = np.array(pairs, float).reshape(-1, 2).T
    gained, lost = int(np.sum(one > other)), int(np.sum(one < other))
    total = gained + lost
    share = gained / total if total else 0.5
    ratio = binom.logpmf(gained, total, share) - binom.logpmf(gained, total, 0.5)
    assert better(one, other) == pytest.approx(np.sign(gained - lost) * ratio, abs=1e-9)


@pytest.fixture(scope="module")
def nanjing(real_data):
    """Give the buildings and the walkable ways of a real place in China."""
    path = real_data / "nanjing" / "nanjing.osm"
    crs = CRS(4549)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what GDAL says of open rings
        areas = pyogrio.read_dataframe(
            path, layer="multipolygons", columns=["building"], fid_as_index=True
        )
    houses = areas[areas["building"].notna()].to_crs(crs)
    houses = houses.assign(name="", grid="", compound="")
    return houses.rename_axis("code"), read_ways(path, crs=crs).frame


@pytest.mark.parametrize("name", ["wgs84", "gcj02", "bd09"])
def test_real_buildings_against_real_ways(nanjing, name):
    houses, ways = nanjing
    rng, found = np.random.default_rng(1), []
    for _ in range(6):
        some = houses.iloc[np.sort(rng.choice(len(houses), 250, replace=False))]
        found.append(judged({"buildings": as_if(some, name)}, ways)["buildings"])
    if name == "wgs84":
        assert not any(verdict.likely for verdict in found)
    else:
        assert all(verdict.datum == name for verdict in found if verdict.likely)
        assert sum(verdict.likely for verdict in found) >= 4

"""Slopes: from a GeoTIFF to minutes."""

import sys
from dataclasses import replace

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from offices import STUDY, write_study
from pyproj import Transformer
from rasterio.transform import from_origin
from scipy.ndimage import map_coordinates
from towns import METRIC, ways

from geoplan import network as net
from geoplan import walk
from geoplan.errors import CrsError, InputError
from geoplan.files.rasters import read_elevation
from geoplan.model import Elevation
from geoplan.network.slope import heights
from geoplan.recipes.coverage import coverage_of
from geoplan.study import read_study
from geoplan.study.reach import walker_of

CHILD = walker_of("child")  # 1 m/s
BOX = (-50.0, -50.0, 450.0, 50.0)
EAST = 500_000.0
CELL = 5.0


def ramp(x, y):
    """Return heights that rise by a tenth towards the east."""
    return 0.1 * x + 0.0 * y


def tif(path, height=ramp, *, epsg=4547, bands=1, nodata=None):
    """Write heights over the box as a GeoTIFF, cells of 5 m."""
    west, south, east, north = BOX
    x = np.arange(west + CELL / 2, east, CELL)
    y = np.arange(north - CELL / 2, south, -CELL)
    values = height(*np.meshgrid(x, y)).astype("float32")
    with rasterio.open(
        path, "w", driver="GTiff", width=len(x), height=len(y), count=bands,
        dtype="float32", crs=epsg, nodata=nodata,
        transform=from_origin(west, north, CELL, CELL),
    ) as target:  # fmt: skip
        for band in range(1, bands + 1):
            target.write(values, band)
    return path


def town(lines=([(0, 0), (100, 0)],), **columns):
    source = ways(lines)
    return net.build(replace(source, frame=source.frame.assign(**columns)))


def sloped(tmp_path, network, height=ramp, **options):
    path = tif(tmp_path / "dem.tif", height, **options)
    elevation = read_elevation(path, crs=METRIC, bounds=BOX)
    return net.sloped(network, elevation=elevation)


def times(network, who=CHILD):
    """Return the seconds up and down of the first edge."""
    way = walk.graph(network, walker=who)
    return way.forward_ms[0] / 1000, way.backward_ms[0] / 1000


def test_uphill_is_slow_and_downhill_is_not(tmp_path):
    up, down = times(sloped(tmp_path, town()))
    assert up == pytest.approx(100 * np.exp(3.5 * (0.15 - 0.05)), abs=0.02)
    assert down == pytest.approx(100.0, abs=0.02)  # at −0.1 as on the flat
    gentle = sloped(tmp_path, town(), lambda x, y: 0.05 * x + 0 * y)
    assert times(gentle)[1] == pytest.approx(100 * np.exp(-0.175), abs=0.02)


def test_the_flat_is_walked_at_the_walkers_speed(tmp_path):
    flat = sloped(tmp_path, town(), lambda x, _: 37.0 + 0 * x)
    assert times(flat) == (100.0, 100.0)


def test_slopes_count_only_for_whom_they_do(tmp_path):
    network = sloped(tmp_path, town())
    slow = walker_of("slow")
    assert times(network, slow) == (125.0, 125.0)
    assert times(network, CHILD.by_length()) == (100.0, 100.0)


def test_a_hill_is_measured_along_the_way_not_from_end_to_end(tmp_path):
    def hill(x, y):
        return 10 - np.abs(x - 50) / 5 + 0 * y

    up, down = times(sloped(tmp_path, town(), hill))
    half_up, half_down = 50 * np.exp(3.5 * 0.2), 50 * np.exp(3.5 * 0.1)
    assert up == pytest.approx(half_up + half_down, rel=0.04)  # the top is cut
    assert down == pytest.approx(up, rel=0.001)


def test_a_bridge_goes_from_end_to_end(tmp_path):
    def valley(x, y):
        return np.where((x > 10) & (x < 90), -30.0, 0.0) + 0 * y

    lines = [(-40, 0), (0, 0)], [(0, 0), (100, 0)], [(100, 0), (140, 0)]
    network = town(lines, bridge=[False, True, False])
    over = sloped(tmp_path, network, valley)
    assert walk.graph(over, walker=CHILD).forward_ms[1] == 100_000
    assert over.edges["no_slope_m"].tolist() == [0, 0, 0]


def test_a_bridge_that_meets_another_in_the_air_has_no_slope(tmp_path):
    lines = [(-40, 0), (0, 0)], [(0, 0), (50, 0)], [(50, 0), (50, 40)]
    network = sloped(tmp_path, town(lines, bridge=[False, True, True]))
    assert network.edges["no_slope_m"].tolist() == pytest.approx([0, 50, 40])
    (told,) = net.unmeasured(network)
    assert told.facts == {"km": 0.09, "percent": 69.2}


@pytest.mark.parametrize("hurdle", ["steps", "lift", "escalator"])
def test_steps_and_lifts_have_no_slope_of_the_ground(tmp_path, hurdle):
    network = sloped(tmp_path, town(hurdles=hurdle))
    assert times(network, replace(CHILD, waits={})) == (100.0, 100.0)
    assert net.unmeasured(network) == ()


def test_where_heights_are_unknown_the_way_is_level_and_told(tmp_path):
    def half(x, y):
        return np.where(x < 50, ramp(x, y), -9999.0)

    network = sloped(tmp_path, town(), half, nodata=-9999.0)
    up, _ = times(network)
    known = 100 - network.edges["no_slope_m"].item()
    assert known == pytest.approx(45, abs=5)
    assert up == pytest.approx(100 + known * (np.exp(0.35) - 1), abs=0.05)
    (told,) = net.unmeasured(network)
    assert told.rule == "no_slope"
    beyond = sloped(tmp_path, town([[(0, 0), (1000, 0)]]))
    assert beyond.edges["no_slope_m"].item() == pytest.approx(550, abs=10)
    assert net.unmeasured(town()) == ()


def test_a_raster_in_degrees_is_measured_in_metres(tmp_path):
    to_degrees = Transformer.from_crs(METRIC, 4326, always_xy=True)
    west, north = to_degrees.transform(EAST - 200, 4_000_200)
    step = 1e-4  # some 10 m
    lon = west + step * (np.arange(60) + 0.5)
    lat = north - step * (np.arange(60) + 0.5)
    x, _ = to_degrees.transform(*np.meshgrid(lon, lat), direction="INVERSE")
    with rasterio.open(
        tmp_path / "dem.tif", "w", driver="GTiff", width=60, height=60, count=1,
        dtype="float64", crs=4326, transform=from_origin(west, north, step, step),
    ) as target:  # fmt: skip
        target.write(0.1 * (x - EAST), 1)
    box = (EAST - 100, 3_999_900, EAST + 200, 4_000_100)
    elevation = read_elevation(tmp_path / "dem.tif", crs=METRIC, bounds=box)
    assert elevation.heights.shape < (60, 60)
    network = town([[(EAST, 4_000_000), (EAST + 100, 4_000_000)]])
    up, _ = times(net.sloped(network, elevation=elevation))
    assert up == pytest.approx(100 * np.exp(0.35), rel=0.002)


@pytest.mark.parametrize("turned", [0, 30, 180])
def test_a_raster_may_be_turned_and_run_upward(tmp_path, turned):
    there = Affine.translation(50, 0) * Affine.rotation(turned) * Affine.scale(4, 4)
    there = there * Affine.translation(-50, -50)
    column, row = np.meshgrid(np.arange(100) + 0.5, np.arange(100) + 0.5)
    x = there.a * column + there.b * row + there.c
    with rasterio.open(
        tmp_path / "dem.tif", "w", driver="GTiff", width=100, height=100, count=1,
        dtype="float64", crs=4547, transform=there,
    ) as target:  # fmt: skip
        target.write(0.1 * x, 1)
    box = (-20.0, -20.0, 120.0, 20.0)
    elevation = read_elevation(tmp_path / "dem.tif", crs=METRIC, bounds=box)
    assert elevation.heights.shape < (100, 100)
    up, _ = times(net.sloped(town(), elevation=elevation))
    assert up == pytest.approx(100 * np.exp(0.35), abs=0.1)


def test_heights_between_cells_equal_scipys():
    rng = np.random.default_rng(7)
    grid = rng.uniform(0, 50, (9, 12))
    elevation = Elevation(
        heights=grid, transform=(5.0, 0.0, 100.0, 0.0, -5.0, 300.0), crs=METRIC
    )
    xy = rng.uniform((102.5, 257.5), (157.5, 297.5), (200, 2))
    cell = (300 - xy[:, 1]) / 5 - 0.5, (xy[:, 0] - 100) / 5 - 0.5
    told = heights(xy, elevation=elevation, crs=METRIC)
    assert told == pytest.approx(map_coordinates(grid, cell, order=1))
    rim = heights(np.array([[100.1, 299.9], [99.9, 299]]), elevation=elevation,
                  crs=METRIC)  # fmt: skip
    assert rim[0] == grid[0, 0]
    assert np.isnan(rim[1])


def test_slope_goes_with_the_steps_of_a_line_that_bends(tmp_path):
    bent = shapely.LineString([(0, 0), (60, 0), (60, 30)])
    network = sloped(tmp_path, town([bent.wkt]))
    up, _ = times(network)
    assert up == pytest.approx(60 * np.exp(0.35) + 30, rel=0.01)


def refused(path, kind=InputError):
    with pytest.raises(kind) as caught:
        read_elevation(path, crs=METRIC, bounds=BOX)
    assert caught.value.say("zh")
    assert str(path) in caught.value.say("en")
    return caught.value.key


def test_rasters_that_cannot_be(tmp_path, monkeypatch):
    path = tmp_path / "dem.tif"
    assert refused(path) == "file_missing"
    path.write_text("no raster")
    assert refused(path) == "raster_broken"
    assert refused(tif(path, bands=3)) == "raster_bands"
    assert refused(tif(path, epsg=None), CrsError) == "raster_without_crs"
    assert refused(tif(path, epsg=4549)) == "raster_elsewhere"
    assert refused(tif(path, epsg=2154)) == "raster_elsewhere"
    assert refused(tif(path, lambda x, _: 0 * x - 1, nodata=-1)) == "raster_elsewhere"
    monkeypatch.setitem(sys.modules, "rasterio", None)
    assert refused(tif_like(path)) == "raster_package"


def tif_like(path):
    path.write_bytes(b"II*\0")
    return path


ELEVATION = STUDY + '[elevation]\npath = "dem.tif"\n'


def test_a_study_with_an_elevation(tmp_path):
    path = write_study(tmp_path, text=ELEVATION)
    x, y = 530_000.0, 4_320_000.0
    with rasterio.open(
        tmp_path / "dem.tif", "w", driver="GTiff", width=100, height=100, count=1,
        dtype="float32", crs=4537, transform=from_origin(x - 500, y + 1500, 20, 20),
    ) as target:  # fmt: skip
        rise = np.broadcast_to(np.arange(100) * 20 * 0.08, (100, 100))
        target.write(rise.astype("float32"), 1)
    hilly = read_study(path)
    assert "dem.tif" in {item.path for item in hilly.inputs}
    told = coverage_of(hilly).minutes["minutes"]
    path.write_text(STUDY, encoding="utf-8")
    flat = coverage_of(read_study(path)).minutes["minutes"]
    assert (told > flat).any()
    path.write_text(ELEVATION + '[walker]\npreset = "slow"\n', encoding="utf-8")
    slow = read_study(path)
    assert slow.elevation is None
    assert "elevation_unused" in {f.rule for f in slow.findings}

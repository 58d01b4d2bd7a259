"""Datum: published examples, the way there and back, and where nothing moves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan import datum

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

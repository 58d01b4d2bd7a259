"""CRS: the right zone, and coordinates that cannot be where they say."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from shapely import Point

from geoplan import crs
from geoplan.errors import CrsError


def points(*xy, epsg=4326):
    return gpd.GeoDataFrame(geometry=[Point(p) for p in xy], crs=epsg)


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (114.30, 30.60, 4547),  # Wuhan, 114° E
        (116.40, 39.90, 4548),  # Beijing, 117° E
        (83.60, 39.00, 4537),  # Taklamakan, 84° E
        (73.60, 39.50, 4534),
        (135.00, 48.40, 4554),
        (7.42, 43.74, 32632),  # Monaco
        (-51.20, -30.00, 32722),  # Porto Alegre
    ],
)
def test_the_zone_of_a_place(lon, lat, epsg):
    assert crs.working_crs(points((lon, lat))).to_epsg() == epsg


@given(st.floats(75, 135))
def test_the_zones_meridian_is_the_nearest(lon):
    zone = CRS.from_epsg(crs.gk3_epsg(lon))
    operation = zone.coordinate_operation
    meridian = next(
        p.value for p in operation.params if p.name == "Longitude of natural origin"
    )
    assert abs(meridian - lon) <= 1.5 + 1e-9


def test_a_layer_in_metres_passes():
    crs.require_metres(points((530_000, 3_386_000), epsg=4547), layer="grids")


@pytest.mark.parametrize(
    ("frame", "key"),
    [
        (gpd.GeoDataFrame(geometry=[Point(1, 2)]), "crs_none"),
        (points((114.3, 30.6)), "crs_degrees"),
        (points((980_000, 200_000), epsg=2263), "crs_not_metres"),
        (points((12_723_000, 3_580_000), epsg=3857), "crs_distorts"),
    ],
)
def test_a_layer_not_in_metres_is_told_how(frame, key):
    with pytest.raises(CrsError) as caught:
        crs.require_metres(frame, layer="grids")
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("xy", "epsg", "key", "fix"),
    [
        ((30.6, 114.3), 4326, "crs_lonlat_swapped", ""),
        ((39.0, 83.6), 4490, "crs_lonlat_swapped", ""),
        ((530_000, 3_386_000), 4490, "crs_metres_as_degrees", ""),
        ((38_530_000, 3_386_000), 4490, "crs_metres_as_degrees", "EPSG:4526"),
        ((114.3, 30.6), 4547, "crs_degrees_as_metres", "EPSG:4490"),
        ((3_386_000, 530_000), 4547, "crs_xy_swapped", ""),
        ((38_530_000, 3_386_000), 4547, "crs_zone_in_eastings", "EPSG:4526"),
        ((20_300_000, 3_386_000), 4547, "crs_zone_in_eastings", "EPSG:4498"),
        ((3_386_000, 38_530_000), 4547, "crs_zone_in_northings", "EPSG:4526"),
        ((530_000, 3_386_000), 4526, "crs_outside", ""),
        ((530_000, 9_386_000), 4547, "crs_outside", ""),
    ],
)
def test_coordinates_that_cannot_be(xy, epsg, key, fix):
    with pytest.raises(CrsError) as caught:
        crs.require_plausible(points(xy, epsg=epsg), layer="grids")
    assert caught.value.key == key
    assert fix in str(caught.value)


@pytest.mark.parametrize(
    ("xy", "epsg"),
    [
        ((114.3, 30.6), 4326),
        ((7.4, 43.7), 4326),
        ((49.4, 8.7), 4326),  # Heidelberg's swapped could be in the Horn of Africa
        ((-51.2, -30.0), 4326),
        ((530_000, 3_386_000), 4547),
        ((38_530_000, 3_386_000), 4526),
        ((12_723_000, 3_580_000), 3857),
        ((373_000, 4_843_000), 32632),
    ],
)
def test_coordinates_that_can_be(xy, epsg):
    crs.require_plausible(points(xy, epsg=epsg), layer="grids")


def test_a_custom_projection_has_a_zone_too():
    text = "+proj=tmerc +lat_0=0 +lon_0=114.3 +x_0=800000 +y_0=-3000000 +ellps=GRS80"
    crs.require_plausible(points((800_000, 386_000), epsg=text), layer="grids")
    with pytest.raises(CrsError):
        crs.require_plausible(points((5_800_000, 386_000), epsg=text), layer="grids")


def test_an_unknown_crs_is_told():
    with pytest.raises(CrsError, match="is not known"):
        crs.parse("EPSG:999999", layer="grids")


def test_wgs84_and_cgcs2000_are_the_same_here():
    there = crs.to_working(points((114.3, 30.6)), crs=CRS(4547), layer="grids")
    again = crs.to_working(points((114.3, 30.6), epsg=4490), crs=CRS(4547), layer="x")
    assert there.geometry[0].distance(again.geometry[0]) < 1e-6
    assert 500_000 < there.geometry[0].x < 600_000
    assert 3_380_000 < there.geometry[0].y < 3_400_000


def test_eastings_with_and_without_zone_are_the_same_place():
    zoned = crs.to_working(
        points((38_530_000, 3_386_000), epsg=4526), crs=CRS(4547), layer="grids"
    )
    assert zoned.geometry[0].distance(Point(530_000, 3_386_000)) < 1e-6


def test_a_place_that_cannot_be_projected():
    with pytest.raises(CrsError) as caught:
        crs.to_working(points((114.3, 95.0)), crs=CRS(4547), layer="grids")
    assert caught.value.key == "crs_no_place"


@pytest.mark.parametrize(
    ("xy", "key"), [((30.6, 114.3), "crs_row_swapped"), ((1, 95), "crs_row_no_place")]
)
def test_one_place_that_cannot_be_projected_is_named(xy, key):
    frame = points((114.3, 30.6), (114.4, 30.6), xy)
    with pytest.raises(CrsError) as caught:
        crs.to_working(
            frame,
            crs=CRS(4547),
            layer="stations",
            rows=pd.Series([2, 3, 4]),
            column="lon, lat",
        )
    assert caught.value.key == key
    assert caught.value.where == {"layer": "stations", "row": 4, "column": "lon, lat"}
    assert f"{xy[1]:.5f}" in str(caught.value)


@given(st.floats(100, 110), st.floats(20, 40))
def test_exchanging_twice_is_nothing(lon, lat):
    away = crs.exchanged(points((lat, lon / 2)), crs=CRS(4326))
    assert np.allclose(away, [[lon / 2, lat]])
    frame = points((lon / 2, lat)).to_crs(3857)
    assert np.allclose(crs.written(frame, crs=CRS(4326)), [[lon / 2, lat]])

"""CRS: the right zone, and coordinates that cannot be where they say."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer
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


PRJ = (
    'PROJCS["{name}",GEOGCS["GCS_{datum}",DATUM["D_{datum}",'
    'SPHEROID["{ellipsoid}"]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],'
    'PARAMETER["False_Easting",{east}],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",{lon}],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
ELLIPSOIDS = {
    "China_2000": 'CGCS2000",6378137.0,298.257222101]',
    "Beijing_1954": 'Krasovsky_1940",6378245.0,298.3]',
    "Xian_1980": 'Xian_1980",6378140.0,298.257]',
    "Nowhere": 'GRS_1980",6378137.0,298.257222101]',
}


def prj(datum, *, lon, east=500_000.0, name="WGZBX"):
    """Return the text of a .prj file as ArcGIS writes it."""
    return CRS(
        PRJ.replace('"{ellipsoid}"]', f'"{ELLIPSOIDS[datum]}').format(
            name=name, datum=datum, lon=lon, east=east
        )
    )


@pytest.mark.parametrize(
    ("datum", "rough"),
    [
        ("China_2000", False),
        ("Nowhere", False),
        ("Beijing_1954", True),
        ("Xian_1980", True),
    ],
)
@pytest.mark.parametrize(("lon", "east"), [(114.0, 5e5), (114.3, 8e5), (114.0, 38.5e6)])
def test_custom_prj_texts(datum, rough, lon, east):
    own = prj(datum, lon=lon, east=east)
    frame = points((530_000, 3_386_000), epsg=4547).to_crs(own)
    crs.require_plausible(frame, layer="grids")
    there = crs.to_working(frame, crs=CRS(4547), layer="grids")
    assert there.geometry[0].distance(Point(530_000, 3_386_000)) < 0.01
    assert crs.rough(own, to=CRS(4547)) is rough


def test_given_parameters_are_not_rough():
    text = "+proj=tmerc +lon_0=114 +x_0=500000 +ellps=krass +towgs84=15.8,-154.4,-82.3"
    assert not crs.rough(CRS(f"{text} +type=crs"), to=CRS(4547))


@pytest.mark.parametrize(
    ("epsg", "x", "fix"),
    [
        (4547, 38_530_000, 4526),
        (2434, 38_530_000, 2414),
        (2382, 38_530_000, 2362),
        (2382, 20_300_000, 2334),
        (2434, 20_300_000, 21420),
    ],
)
def test_a_zone_number_leads_to_a_zone_of_the_same_datum(epsg, x, fix):
    with pytest.raises(CrsError, match=f'crs = "EPSG:{fix}"'):
        crs.require_plausible(points((x, 3_386_000), epsg=epsg), layer="grids")


@pytest.mark.parametrize("first", [4513, 4534, 4491, 4502, 2401, 2422, 2349, 2370])
def test_the_zones_are_what_the_register_says(first):
    names = [CRS.from_epsg(code).name for code in (first, first + 10)]
    assert all("Gauss-Kruger" in name for name in names)


numbers = st.floats(-1e6, 1e6)
similarities = st.builds(
    crs.Similarity,
    dx=st.floats(-5e5, 5e5),
    dy=st.floats(-4e6, 4e6),
    rotation=st.floats(-180, 180),
    scale=st.floats(0.999, 1.001),
    swapped=st.booleans(),
)


@given(similarities, numbers, numbers)
def test_a_similarity_and_back(own, x, y):
    point = np.array([[x, y]])
    assert np.allclose(own.own(own.applied(point)), point, atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(similarities, st.sampled_from([4547, 4526, 32649, 2434]))
def test_an_own_grid_as_a_crs_is_the_similarity(own, epsg):
    known = np.array([[530_000.0, 3_386_000.0], [531_000.0, 3_387_000.0]])
    known[:, 0] += 38e6 if epsg == 4526 else 0
    turned = Transformer.from_crs(
        crs.own_crs(CRS(epsg), own), CRS(epsg), always_xy=True
    )
    there = np.column_stack(turned.transform(*own.own(known).T))
    assert np.allclose(there, known, atol=0.002)


@settings(max_examples=50, deadline=None)
@given(similarities, st.integers(0, 99))
def test_control_points_give_back_their_similarity(own, seed):
    rng = np.random.default_rng(seed)
    there = rng.uniform([500_000, 3_380_000], [505_000, 3_385_000], (6, 2))
    fitted = crs.fit(own.own(there), there)
    assert fitted.rms < 1e-4
    assert np.allclose(fitted.similarity.applied(own.own(there)), there, atol=1e-3)
    assert fitted.similarity.swapped == own.swapped
    assert fitted.suspect is None


def test_the_wrong_control_point_is_told():
    rng = np.random.default_rng(3)
    here = rng.uniform(0, 5000, (5, 2))
    there = crs.Similarity(dx=5e5, dy=3e6, rotation=1).applied(here)
    there[2] += [0, 40]
    fitted = crs.fit(here, there)
    assert fitted.suspect == 2
    assert np.isnan(crs.fit(here[:2], there[:2]).rms)


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [(114.3, 30.6, 4547), (115.6, 30.6, 4547), (116.9, 39.9, 4548), (7.4, 43.7, 32632)],
)
def test_numbers_of_metres_fit_one_zone_near_a_place(lon, lat, epsg):
    at = crs.middle(points((lon, lat)).to_crs(epsg))
    assert crs.fitting(at, lon=lon + 0.1, lat=lat - 0.1) == f"EPSG:{epsg}"
    assert crs.fitting(at, lon=lon, lat=lat + 5) == ""

"""Layers in grids of their own: four numbers, control points, exchanged axes."""

import geopandas as gpd
import numpy as np
import offices
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from geoplan.crs import Similarity
from geoplan.errors import GeoplanError
from geoplan.study import read_study
from geoplan.wording import say

OWN = Similarity(dx=500_000.123, dy=4_300_000.5, rotation=2.5, scale=1.0001)
LOCAL = "local = {dx = 500000.123, dy = 4300000.5, rotation = 2.5, scale = 1.0001}"
KNOWN = np.add(
    [529_000.0, 4_319_000.0],
    [[0, 0], [3900, 200], [300, 3500], [2800, 3100], [2000, 900]],
)
NAMES = ["甲", "乙", "丙", "丁", "戊"]


@pytest.fixture
def study(tmp_path):
    """Give the function that reads a small study whose grids are told of like this."""
    offices.write_study(tmp_path)
    grids = offices.grids(epsg=offices.PLAIN)
    own = _bare(grids, OWN.own)
    own.to_file(tmp_path / "own.gpkg")
    turned = _bare(grids, lambda xy: xy[:, ::-1])
    turned.to_file(tmp_path / "turned.gpkg")

    def read(lines, *, file="own.gpkg"):
        text = offices.STUDY.replace('path = "grids.shp"', f'path = "{file}"\n{lines}')
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        return read_study(tmp_path)

    read.folder = tmp_path
    return read


def _bare(grids, turn):
    shapes = shapely.transform(grids.geometry.to_numpy(), turn)
    return gpd.GeoDataFrame(grids.drop(columns="geometry"), geometry=shapes, crs=3857)


def points(folder, table=None, **columns):
    """Write control points as surveyors do: X is north."""
    own = OWN.own(KNOWN)
    usual = {
        "点名": NAMES,
        "原X": own[:, 1],
        "原Y": own[:, 0],
        "目标X": KNOWN[:, 1],
        "目标Y": KNOWN[:, 0],
    }
    frame = pd.DataFrame(usual if table is None else table).assign(**columns)
    frame.to_csv(folder / "points.csv", index=False, encoding="gbk")
    return frame


POINTS = 'crs = "EPSG:4537"\ncontrol_points = "points.csv"'


def off(study):
    """Return how far the grids are from where they should be, m."""
    there = offices.grids(epsg=offices.PLAIN).geometry.to_numpy()
    return shapely.hausdorff_distance(
        study.layers.grids.geometry.to_numpy(), there
    ).max()


def rule(study, start):
    (finding,) = (f for f in study.findings if f.rule.startswith(start))
    return finding


def failing(study, lines, **more):
    with pytest.raises(GeoplanError) as caught:
        study(lines, **more)
    assert caught.value.say("zh")
    assert str(caught.value)
    return caught.value


def test_four_numbers(study):
    assert off(study(f'crs = "EPSG:4537"\n{LOCAL}')) < 1e-3


def test_four_numbers_lead_to_eastings_with_a_zone_too(study):
    zoned = LOCAL.replace("500000.123", "28500000.123")
    assert off(study(f'crs = "EPSG:4516"\n{zoned}')) < 1e-3


def test_control_points_in_surveyors_order(study):
    points(study.folder)
    done = study(POINTS)
    assert off(done) < 1e-3
    finding = rule(done, "control_points")
    assert finding.rule == "control_points"
    assert finding.facts["rms"] < 1e-6
    text = say("findings.control_points", lang="zh", **finding.facts)
    assert "local = {dx = 500000.123, dy = 4300000.500, rotation = 2.50000000" in text
    assert "points.csv" in {record.path for record in done.inputs}


def test_control_points_in_mathematical_order_and_degrees(study):
    own = OWN.own(KNOWN)
    lon, lat = Transformer.from_crs(4537, 4490, always_xy=True).transform(*KNOWN.T)
    table = {"x1": own[:, 0], "y1": own[:, 1], "经度": lon, "纬度": lat}
    points(study.folder, table)
    done = study('control_points = "points.csv"')
    assert off(done) < 0.01
    assert rule(done, "control_points").facts["rms"] < 0.01


def test_the_zone_of_control_points_is_read_off_their_eastings(study):
    points(study.folder, 目标Y=KNOWN[:, 0] + 28e6)
    assert off(study('control_points = "points.csv"')) < 1e-3


def test_two_control_points_cannot_be_checked(study):
    points(study.folder).iloc[:2].to_csv(study.folder / "points.csv", index=False)
    done = study(POINTS)
    assert off(done) < 1e-3
    assert rule(done, "control_points").rule == "control_points_two"


def test_a_doubtful_control_point_is_named(study):
    points(study.folder, 目标X=KNOWN[:, 1] + [0, 0, 3, 0, 0])
    finding = rule(study(POINTS), "control_points")
    assert (finding.rule, finding.level) == ("control_points_loose", "warning")
    assert (finding.facts["name"], finding.facts["row"]) == ("丙", 4)


@pytest.mark.parametrize(
    ("columns", "key", "row"),
    [
        ({"目标X": KNOWN[:, 1] + [0, 0, 100, 0, 0]}, "control_point_wrong", 4),
        ({"目标X": KNOWN[::-1, 1]}, "control_points_disagree", None),
        ({"目标X": [*KNOWN[:4, 1], "无"]}, "value_not_coordinate", 6),
        (
            {"原X": OWN.own(KNOWN)[:, 1] / 3, "原Y": OWN.own(KNOWN)[:, 0] / 3},
            "control_points_scale",
            None,
        ),
    ],
)
def test_control_points_that_cannot_be_used(study, columns, key, row):
    points(study.folder, **columns)
    error = failing(study, POINTS)
    assert error.key == key
    assert row is None or error.where["row"] == row


def test_one_control_point_is_too_few(study):
    points(study.folder).iloc[:1].to_csv(study.folder / "points.csv", index=False)
    assert failing(study, POINTS).key == "control_points_few"


def test_control_points_without_a_column_or_a_crs(study):
    points(study.folder)
    assert failing(study, 'control_points = "points.csv"').key == "control_points_crs"
    points(study.folder).rename(columns={"原X": "甲"}).to_csv(
        study.folder / "points.csv", index=False
    )
    assert failing(study, POINTS).key == "control_points_columns"
    assert failing(study, POINTS.replace("points", "none")).key


def test_exchanged_axes_are_told_with_the_line_and_then_read(study):
    error = failing(study, 'crs = "EPSG:4537"', file="turned.gpkg")
    assert error.key == "crs_xy_swapped"
    assert 'crs = "EPSG:4537" and swapped = true' in str(error)
    assert off(study('crs = "EPSG:4537"\nswapped = true', file="turned.gpkg")) < 1e-6
    error = failing(study, 'crs = "EPSG:4516"\nswapped = true', file="grids.shp")
    assert error.key == "crs_xy_swapped"


def test_exchanged_degrees(study):
    degrees = offices.grids(epsg=offices.PLAIN).to_crs(4490)
    _bare(degrees, lambda xy: xy[:, ::-1]).set_crs(4490, allow_override=True).to_file(
        study.folder / "degrees.gpkg"
    )
    error = failing(study, "", file="degrees.gpkg")
    assert 'crs = "EPSG:4490" and swapped = true' in str(error)
    lines = 'crs = "EPSG:4490"\nswapped = true'
    assert off(study(lines, file="degrees.gpkg")) < 1e-3


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        (LOCAL, "crs_own_base"),
        ("swapped = true", "crs_own_base"),
        (f'crs = "EPSG:4490"\n{LOCAL}', "crs_own_base"),
        ('crs = "EPSG:5773"\nswapped = true', "crs_own_base"),
        ('crs = "EPSG:999999"\nswapped = true', "crs_unknown"),
        ('crs = "EPSG:4537"\nlocal = {dx = 1, scale = 120}', "crs_own_scale"),
        ('crs = "EPSG:4537"\nlocal = {x = 1}', "study_value_numbers"),
        ('crs = "EPSG:4537"\nlocal = {dx = inf}', "study_value_numbers"),
        ('crs = "EPSG:4537"\nlocal = {dx = "1"}', "study_value_numbers"),
        ('crs = "EPSG:4537"\nswapped = "yes"', "study_value_flag"),
    ],
)
def test_what_is_told_wrongly_of_an_own_grid(study, lines, key):
    assert failing(study, lines).key == key


@pytest.mark.parametrize("epsg", [4490, 4326, 4516, 4537, 4493, 4504, 32644, 3857])
def test_distances_survive_every_form(study, epsg):
    file = "form.shp" if epsg % 2 else "form.gpkg"
    write(offices.grids(epsg=offices.PLAIN).to_crs(epsg), study.folder / file)
    done = study("", file=file)
    assert off(done) < 0.01
    assert not any(f.rule == "crs_rough" for f in done.findings)


@pytest.mark.parametrize("epsg", [4214, 2404, 2425, 21415, 4610, 2352, 2373, 2329])
def test_old_datums_are_converted_and_the_doubt_is_told(study, epsg):
    file = "form.shp" if epsg % 2 else "form.gpkg"
    write(offices.grids(epsg=offices.PLAIN).to_crs(epsg), study.folder / file)
    done = study("", file=file)
    assert off(done) < 0.01
    finding = rule(done, "crs_rough")
    assert (finding.layer, finding.facts["to"]) == ("grids", "EPSG:4537")
    assert "EPSG:4537" in say("findings.crs_rough", lang="zh", **finding.facts)


def write(grids, path):
    """Write grids as a GeoPackage, or as a shapefile with the text of a .prj file."""
    if path.suffix == ".gpkg":
        return grids.to_file(path)
    return offices.write_shapefile(grids, path)


def test_a_missing_crs_is_guessed_from_the_rest_of_the_study(study):
    grids = offices.grids(epsg=offices.PLAIN)
    offices.write_shapefile(grids, study.folder / "bare.shp")
    (study.folder / "bare.prj").unlink()
    error = failing(study, "", file="bare.shp")
    assert error.key == "crs_missing"
    assert 'crs = "EPSG:4537"' in str(error)
    assert off(study('crs = "EPSG:4537"', file="bare.shp")) < 1e-6


def test_a_table_in_metres_is_guessed_from_the_grids(study):
    table = offices.stations()
    table = table.drop(columns=["经度", "纬度"]).assign(
        X=[offices.EAST + 250, offices.EAST + 750], Y=offices.NORTH + 255
    )
    table.to_csv(study.folder / "stations.csv", index=False, encoding="gbk")
    error = failing(study, "", file="grids.shp")
    assert (error.key, error.facts["fix"]) == ("crs_missing", "EPSG:4537")


@pytest.mark.parametrize(
    ("epsg", "north_first", "fix"),
    [(offices.PLAIN, True, "EPSG:4537"), (3857, False, "EPSG:3857")],
)
def test_a_table_north_first_or_of_a_web_map_is_guessed(study, epsg, north_first, fix):
    table = offices.stations()
    points = gpd.GeoSeries(gpd.points_from_xy(table["经度"], table["纬度"]), crs=4326)
    at = points.to_crs(epsg)
    x, y = (at.y, at.x) if north_first else (at.x, at.y)
    table = table.drop(columns=["经度", "纬度"]).assign(X=x.round(2), Y=y.round(2))
    table.to_csv(study.folder / "stations.csv", index=False, encoding="gbk")
    error = failing(study, "", file="grids.shp")
    assert (error.key, error.facts["fix"]) == ("crs_missing", fix)

"""Files: what offices hand over is read right, or refused with place and cure."""

import hashlib
import json
import sys
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from offices import CODES, EAST, NORTH, PLAIN, grids, stations, write_shapefile
from pyproj import CRS
from shapely import Point, Polygon, box

from geoplan import columns, datum
from geoplan.errors import CrsError, Faults, GeoplanError, InputError, UsageError
from geoplan.files import empty_layer, read_layer

METRIC = CRS.from_epsg(PLAIN)
BOUNDS = [EAST, NORTH, EAST + 1000, NORTH + 500]


def rules(file):
    return {finding.rule for finding in file.findings}


def refused(path, layer="grids", **told):
    with pytest.raises(GeoplanError) as caught:
        read_layer(path, layer, **told)
    error = caught.value
    assert error.say("zh")
    assert error.say("en")
    assert error.where["file"] == path
    return error


def table(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("name", ["g.gpkg", "g.geojson", "g.kml", "g.fgb", "g.GeoJSON"])
def test_other_vector_formats(tmp_path, name):
    path = tmp_path / name
    frame = grids() if name == "g.gpkg" else grids().to_crs(4326)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(path, driver="KML" if name == "g.kml" else None)
    file = read_layer(path, "grids", crs=METRIC)
    assert file.frame["households"].to_dict() == dict(
        zip(CODES, [300, 400], strict=True)
    )
    assert np.allclose(file.frame.total_bounds, BOUNDS, atol=0.01)


def test_a_layer_has_the_columns_of_its_schema_and_no_others(tmp_path):
    path = tmp_path / "g.gpkg"
    grids(备注=["a", "b"], 网格长=["某", "某"], 联系电话=["1", "2"]).to_file(path)
    file = read_layer(path, "grids")
    assert list(file.frame.columns) == [
        "name",
        "community",
        "community_name",
        "kind",
        "workers",
        "households",
        "people",
        *columns.groups(),
        "geometry",
    ]
    assert file.frame.index.name == "code"
    assert file.frame["people"].isna().all()
    assert (file.frame["kind"] == "").all()
    finding = next(f for f in file.findings if f.rule == "personal_dropped")
    assert finding.facts == {"columns": "网格长, 联系电话", "count": 2}
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert file.rows == 2


def test_an_empty_layer_has_the_same_columns(tmp_path):
    path = tmp_path / "g.gpkg"
    grids().to_file(path)
    assert list(empty_layer("grids", crs=METRIC).columns) == list(
        read_layer(path, "grids").frame.columns
    )
    assert len(empty_layer("gates", crs=METRIC)) == 0


def test_several_tables_must_be_told_apart(tmp_path):
    path = tmp_path / "g.gpkg"
    grids().to_file(path, layer="甲")
    grids(户数=[1, 2]).to_file(path, layer="乙")
    assert "甲, 乙" in str(refused(path))
    assert "甲, 乙" in str(refused(path, sheet="丙"))
    assert list(read_layer(path, "grids", sheet="乙").frame["households"]) == [1, 2]


def test_a_workbook_with_a_title_and_codes_made_numbers(tmp_path):
    path = tmp_path / "s.xlsx"
    frame = stations(站点编码=[999999001001001, 999999001001002])
    with pd.ExcelWriter(path) as book:
        frame.to_excel(book, index=False, startrow=2)
        book.sheets["Sheet1"]["A1"] = "示例街道站点一览表"
        pd.DataFrame().to_excel(book, sheet_name="Sheet2")
    file = read_layer(path, "stations", datum="wgs84")
    assert list(file.frame.index) == ["999999001001001", "999999001001002"]
    assert list(file.row_numbers) == [4, 5]
    assert file.findings == ()


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_a_named_datum_is_undone(tmp_path, name):
    there = {"gcj02": datum.to_gcj02, "bd09": datum.to_bd09}[name]
    true = stations()
    x, y = there(true["经度"], true["纬度"])
    path = tmp_path / "s.csv"
    stations(经度=x, 纬度=y).to_csv(path, index=False)
    file = read_layer(path, "stations", crs=METRIC, datum=name)
    assert np.allclose(file.frame.geometry.x, [EAST + 250, EAST + 750], atol=0.05)
    assert np.allclose(file.frame.geometry.y, NORTH + 255, atol=0.05)
    assert file.findings == ()


def test_polygons_in_a_shifted_datum(tmp_path):
    frame = grids().to_crs(4326)
    corners = frame.geometry.map(
        lambda p: Polygon(np.column_stack(datum.to_gcj02(*p.exterior.xy)))
    )
    path = tmp_path / "g.geojson"
    frame.set_geometry(corners.set_crs(4326)).to_file(path)
    file = read_layer(path, "grids", crs=METRIC, datum="GCJ02")
    assert np.allclose(file.frame.total_bounds, BOUNDS, atol=0.02)


def test_points_from_x_and_y_need_a_crs(tmp_path):
    frame = stations().drop(columns=["经度", "纬度"])
    frame = frame.assign(X=[EAST, EAST + 9], Y=[NORTH, NORTH])
    path = tmp_path / "s.csv"
    frame.to_csv(path, index=False)
    assert refused(path, "stations").key == "crs_missing"
    file = read_layer(path, "stations", source_crs=f"EPSG:{PLAIN}", crs=METRIC)
    assert list(file.frame.geometry.x) == [EAST, EAST + 9]
    swapped = frame.rename(columns={"X": "Y", "Y": "X"})
    swapped.to_csv(path, index=False)
    error = refused(path, "stations", source_crs=f"EPSG:{PLAIN}")
    assert error.key == "crs_xy_swapped"
    chosen = {"x": "Y", "y": "X"}
    file = read_layer(path, "stations", source_crs=f"EPSG:{PLAIN}", columns=chosen)
    assert list(file.frame.geometry.x) == [EAST, EAST + 9]


def test_points_from_wkt(tmp_path):
    path = table(tmp_path / "s.csv", "code,tier,wkt\na,社区级,POINT (83.6 39)\n")
    assert read_layer(path, "stations").frame.geometry.iloc[0] == Point(83.6, 39)
    path = table(tmp_path / "s.csv", "code,tier,wkt\na,社区级,POINT 83.6 39\n")
    assert refused(path, "stations").where["row"] == 2


def test_numbers_as_people_write_them(tmp_path):
    frame = grids(户数=["１，２００户", " 1,300 "], 人口数=["", "—"])
    path = tmp_path / "g.gpkg"
    frame.to_file(path)
    file = read_layer(path, "grids")
    assert list(file.frame["households"]) == [1200, 1300]
    assert file.frame["people"].isna().all()


@pytest.mark.parametrize(
    ("columns", "key", "row"),
    [
        ({"户数": [300, -4]}, "value_negative", 2),
        ({"户数": ["三百", 4]}, "value_not_number", 1),
        ({"户数": [300.5, 4]}, "value_not_whole", 1),
        ({"户数": ["1e999", 4]}, "value_not_number", 1),
        ({"网格编码": ["a", "a"]}, "code_twice", 2),
        ({"网格编码": ["a", ""]}, "code_blank", 2),
        ({"网格编码": ["4.20105E+14", "b"]}, "code_lost_digits", 1),
    ],
)
def test_values_that_cannot_be(tmp_path, columns, key, row):
    path = tmp_path / "g.gpkg"
    frame = grids(
        **{k: [str(v) for v in c] if k != "户数" else c for k, c in columns.items()}
    )
    frame.to_file(path)
    error = refused(path)
    assert (error.key, error.where["row"]) == (key, row)


@pytest.mark.parametrize("column", ["服务网格", "所属网格", "所属社区"])
def test_a_reference_that_lost_digits_is_no_name(tmp_path, column):
    path = tmp_path / "s.csv"
    stations(**{column: ["999999001001001", "9.99999E+14"]}).to_csv(path, index=False)
    error = refused(path, "stations", datum="wgs84")
    assert error.key == "code_lost_digits"
    assert (error.where["row"], error.where["column"]) == (3, column)
    faults = Faults(keep=True)
    kept = read_layer(path, "stations", datum="wgs84", faults=faults).frame
    assert [fault.key for fault in faults.kept] == ["code_lost_digits"]
    assert list(kept[columns_of(column)]) == ["999999001001001", ""]


def columns_of(own):
    """Return the canonical column of an office's."""
    known = {"服务网格": "serves_grid", "所属网格": "belongs_grid"}
    return known.get(own, "belongs_community")


def test_a_table_without_codes_gets_row_numbers(tmp_path):
    path = tmp_path / "s.csv"
    stations().drop(columns="站点编码").to_csv(path, index=False)
    file = read_layer(path, "stations", datum="wgs84")
    assert list(file.frame.index) == ["2", "3"]
    assert rules(file) == {"codes_made"}
    assert refused(path, "stations", columns={"code": "编码"}).key == "column_absent"
    assert refused(path, "stations", columns={"code": "站点名称"}).key == "code_blank"


def test_rows_without_coordinates_are_left_out_and_told(tmp_path):
    path = tmp_path / "s.csv"
    lon = [83.6, None, 0]
    rows = {"code": list("abc"), "tier": "社区级", "lon": lon, "lat": [39, 39, 0]}
    pd.DataFrame(rows).to_csv(path, index=False)
    file = read_layer(path, "stations", datum="wgs84")
    assert list(file.frame.index) == ["a"]
    assert file.rows == 3
    finding = next(f for f in file.findings if f.rule == "no_geometry")
    assert finding.facts == {"count": 2, "rows": "3, 4"}


def test_no_row_left_is_an_error(tmp_path):
    path = table(tmp_path / "s.csv", "code,tier,lon,lat\na,社区级,,\n")
    assert refused(path, "stations").key == "layer_empty"
    path = table(tmp_path / "s.csv", "code,tier,lon,lat\n")
    assert refused(path, "stations").key == "layer_empty"
    assert len(read_layer(path, "candidates").frame) == 0


def test_exchanged_longitude_and_latitude_are_told(tmp_path):
    path = table(tmp_path / "s.csv", "code,tier,经度,纬度\na,社区级,39.0,83.6\n")
    assert refused(path, "stations").key == "crs_lonlat_swapped"
    path = table(tmp_path / "s.csv", "code,tier,经度,纬度\na,社区级,30.6,114.3\n")
    assert refused(path, "stations").key == "crs_lonlat_swapped"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("a,b\n1,2\n", "column_missing"),
        ("code,tier\na,社区级\n", "no_coordinates"),
        ("code,tier,lon,lat\na,超级,83.6,39\n", "value_not_tier"),
        ("code,tier,lon,lat\na,社区级,83.6,39\nb,,83.6,39\n", "tier_blank"),
        ("code,tier,lon,lat\na,社区级,东经,39\n", "value_not_coordinate"),
        ("code,tier,lon,lat\na,社区级,83.6,39,多\n", "row_too_long"),
        ('code,tier,lon,lat\n"a,社区级,83.6,39\n', "not_a_table"),
        ("", "file_empty"),
        ("\n\n", "table_empty"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path, text, key):
    assert refused(table(tmp_path / "s.csv", text), "stations").key == key


def test_invalid_grids_are_an_error_invalid_buildings_a_finding(tmp_path):
    bow = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    where = box(EAST, NORTH, EAST + 9, NORTH + 9)
    shapes = [where, bow]
    frame = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=shapes, crs=PLAIN)
    path = tmp_path / "x.gpkg"
    frame.to_file(path)
    error = refused(path)
    assert (error.key, error.facts["code"]) == ("geometry_invalid", "b")
    assert "Self-intersection" in str(error)
    file = read_layer(path, "buildings")
    assert rules(file) == {"geometry_invalid"}
    assert file.frame.geometry["b"].equals_exact(bow, 0)


def test_a_layer_of_the_wrong_kind(tmp_path):
    path = tmp_path / "x.gpkg"
    grids().centroid.to_frame("geometry").to_file(path)
    assert refused(path).key == "geometry_kind"
    grids().to_file(tmp_path / "g.gpkg")
    told = refused(tmp_path / "g.gpkg", "entrances", columns={"building": "网格编码"})
    assert told.key == "geometry_kind"


def test_a_shapefile_without_prj(tmp_path):
    path = write_shapefile(grids(), tmp_path / "g.shp")
    path.with_suffix(".prj").unlink()
    error = refused(path)
    assert (error.key, error.facts["fix"]) == ("crs_missing", "EPSG:4516")
    file = read_layer(path, "grids", source_crs="EPSG:4516", crs=METRIC)
    assert np.allclose(file.frame.total_bounds, BOUNDS, atol=1e-6)


def test_a_crs_named_by_the_planner_wins_and_is_told(tmp_path):
    path = tmp_path / "g.gpkg"
    grids(epsg=PLAIN).set_crs(4540, allow_override=True).to_file(path)
    file = read_layer(path, "grids", source_crs=f"EPSG:{PLAIN}", crs=METRIC)
    assert rules(file) == {"crs_overridden"}
    assert np.allclose(file.frame.total_bounds, BOUNDS, atol=1e-6)


def test_options_that_do_not_exist(tmp_path):
    path = tmp_path / "g.gpkg"
    grids().to_file(path)
    with pytest.raises(UsageError, match="households"):
        read_layer(path, "grids", columns={"户数": "户数"})
    with pytest.raises(UsageError, match="gcj02"):
        read_layer(path, "grids", datum="gcj-2")
    with pytest.raises(CrsError):
        read_layer(path, "grids", source_crs="EPSG:0")


@pytest.mark.parametrize(
    "name",
    [
        "g.shp",
        "g.gpkg",
        "g.geojson",
        "g.kml",
        "g.fgb",
        "s.xlsx",
        "s.xls",
        "s.csv",
        "g.parquet",
        "g.dwg",
    ],
)
@pytest.mark.parametrize(
    "data",
    [b"nonsense \xff\xfe\x00\x80", b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0" * 9],
)
def test_files_that_are_something_else(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    refused(path)


@pytest.mark.parametrize("charset", ["WindowsSimpChinese", "Neutral"])
def test_a_mapinfo_file_of_chinese_windows(tmp_path, charset):
    text = f"""Version 300
Charset "{charset}"
Delimiter ","
CoordSys Earth Projection 1, 104
Columns 2
  网格编码 Char(20)
  网格名称 Char(20)
Data

Region 1
  4
83.6 39.0
83.7 39.0
83.7 39.1
83.6 39.0
"""
    (tmp_path / "g.mif").write_bytes(text.encode("gbk"))
    (tmp_path / "g.mid").write_bytes('"007","示例一网"\r\n'.encode("gbk"))
    file = read_layer(tmp_path / "g.mif", "grids")
    assert file.frame["name"].to_dict() == {"007": "示例一网"}
    assert {path.name for path in file.parts} == {"g.mif", "g.mid"}


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "utf-16"])
def test_a_geojson_in_another_encoding(tmp_path, encoding):
    path = tmp_path / "g.geojson"
    path.write_bytes(grids().to_crs(4326).to_json(ensure_ascii=False).encode(encoding))
    assert list(read_layer(path, "grids").frame["name"]) == ["示例一网", "示例二网"]
    told = "utf-8" if encoding == "gbk" else "gbk"
    assert refused(path, encoding=told).key == "encoding_wrong"


def test_geoparquet_and_plain_parquet(tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "g.parquet"
    grids().to_parquet(path)
    file = read_layer(path, "grids", crs=METRIC)
    assert list(file.frame.index) == CODES
    assert np.allclose(file.frame.total_bounds, BOUNDS, atol=0.01)
    households = pd.array([300, None], dtype="Int64")
    stations(户数=households, 项目=[["医保", "社保"], []]).to_parquet(path)
    file = read_layer(path, "stations", crs=METRIC)
    assert np.allclose(file.frame.geometry.x, [EAST + 250, EAST + 750], atol=0.05)
    assert rules(file) == {"datum_assumed"}


def test_parquet_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    path = tmp_path / "g.parquet"
    path.write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert refused(path).key == "parquet_unread"


@pytest.mark.parametrize("name", ["capacity", "可服务人数", "床位", "可服务户数"])
def test_capacities_of_stations(tmp_path, name):
    path = tmp_path / "s.csv"
    stations(**{name: [120, ""]}).to_csv(path, index=False)
    file = read_layer(path, "stations", datum="wgs84")
    assert file.frame["capacity"].fillna(-1).to_list() == [120, -1]
    assert file.columns["capacity"] == name


def test_lists_in_geojson_are_texts(tmp_path):
    path = tmp_path / "g.geojson"
    whole = json.loads(grids().to_crs(4326).to_json())
    for feature in whole["features"]:
        feature["properties"]["网格名称"] = [1, 2]
    path.write_text(json.dumps(whole), encoding="utf-8")
    assert read_layer(path, "grids").frame["name"].iloc[0] == "[1 2]"


def test_missing_files(tmp_path):
    assert refused(tmp_path / "g.shp").key == "file_missing"
    assert refused(tmp_path).key == "file_missing"
    path = write_shapefile(grids(), tmp_path / "g.shp")
    for part in (".shx", ".dbf"):
        path.with_suffix(part).unlink()
        error = refused(path)
        assert (error.key, error.facts["part"]) == ("shapefile_alone", part)


@pytest.mark.parametrize("seed", range(40))
def test_broken_bytes_never_break_the_reader(tmp_path, seed):
    rng = np.random.default_rng(seed)
    name = ["g.gpkg", "g.shp", "s.csv", "s.xlsx"][seed % 4]
    path, layer = tmp_path / name, "grids" if name[0] == "g" else "stations"
    if name == "g.shp":
        write_shapefile(grids(), path)
    elif name == "g.gpkg":
        grids().to_file(path)
    elif name == "s.csv":
        stations().to_csv(path, index=False, encoding="gbk")
    else:
        stations().to_excel(path, index=False)
    part = path.with_suffix(".dbf") if name == "g.shp" and seed % 8 > 3 else path
    data = bytearray(part.read_bytes())
    for at in rng.integers(0, len(data), 8):
        data[at] = rng.integers(0, 256)
    part.write_bytes(bytes(data[: rng.integers(len(data) // 2, len(data) + 1)]))
    try:
        read_layer(path, layer, crs=METRIC)
        said = "read"
    except (InputError, CrsError) as error:
        said = error.say("zh")
    assert said


def test_a_drawings_own_crs_is_refused(tmp_path):
    path = write_shapefile(grids(), tmp_path / "g.shp")
    path.with_suffix(".prj").write_text('LOCAL_CS["厂区",UNIT["Meter",1]]', "utf-8")
    assert refused(path).key in {"crs_unreadable", "crs_missing"}


def test_a_workbook_broken_inside(tmp_path):
    path = tmp_path / "s.xlsx"
    stations().to_excel(path, index=False)
    data = bytearray(path.read_bytes())
    data[60:200] = bytes(140)
    path.write_bytes(bytes(data))
    assert refused(path, "stations").key == "file_unreadable"

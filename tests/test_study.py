"""The study: its file checked key by key, its layers brought together."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from offices import (
    CODES,
    EAST,
    NORTH,
    PLAIN,
    STUDY,
    buildings,
    grids,
    stations,
    write_shapefile,
    write_study,
)
from shapely import LineString, Point, box

from geoplan.errors import Faults, GeoplanError, InputError
from geoplan.files import empty_layer
from geoplan.recipes.check.checking import look
from geoplan.recipes.check.checkup import files_seen
from geoplan.recipes.coverage import cover_study
from geoplan.study import areas, read_study


def refused(folder, text):
    path = write_study(folder, text=text)
    with pytest.raises(GeoplanError) as caught:
        read_study(path)
    assert caught.value.say("zh")
    return caught.value


def rules(study, *, but=""):
    return {finding.rule for finding in study.findings if finding.layer != but}


def test_a_whole_study(tmp_path):
    study = read_study(write_study(tmp_path))
    assert study.name == "示例街道（虚构）"
    assert study.date == "2026-06-30"
    assert study.crs.to_epsg() == PLAIN
    assert study.walker.speed == 1.2
    assert [circle.minutes for circle in study.circles] == [15, 3]
    assert list(study.layers.grids.index) == CODES
    assert list(study.layers.grids["community"]) == ["甲社区", "乙社区"]
    assert list(study.layers.communities.index) == sorted({"甲社区", "乙社区"})
    assert study.layers.communities.area.round(6).tolist() == [250_000, 250_000]
    assert list(study.layers.buildings["residential"]) == [True, False, True, True]
    assert np.isnan(study.layers.buildings["levels"]["b3"])
    assert list(study.layers.stations["name"]) == ["示例驿站", "s2"]
    assert len(study.layers.entrances) == len(study.layers.gates) == 0
    assert study.layers.land is None
    assert len(study.ways.frame) == 1
    assert rules(study, but="network") == {
        "encoding_without_cpg",
        "circles_default",
        "communities_dissolved",
        "use_unsaid",
        "levels_zero",
    }
    paths = [record.path for record in study.inputs]
    assert {"grids.shp", "grids.dbf", "stations.csv", "ways.gpkg"} <= set(paths)
    assert all(len(record.sha256) == 64 for record in study.inputs)
    assert not study.from_openstreetmap


def test_a_folder_stands_for_its_study_file(tmp_path):
    write_study(tmp_path)
    assert read_study(tmp_path).path == tmp_path / "study.toml"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_a_study_file_saved_by_notepad(tmp_path, encoding):
    path = write_study(tmp_path)
    path.write_bytes(STUDY.replace("\n", "\r\n").encode(encoding))
    assert read_study(path).name == "示例街道（虚构）"


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("[grids]", "[grid]", "study_table_unknown", "[grids]"),
        ("date =", "dat =", "study_key_unknown", "“date”"),
        ('name = "示例街道（虚构）"', "", "study_key_missing", "name"),
        ('name = "示例街道（虚构）"', "name = 3", "study_value_text", "3"),
        ("date = 2026-06-30", 'date = "30.6.2026"', "study_value_date", "30.6.2026"),
        ("date = 2026-06-30", 'date = "2026-13-45"', "study_value_date", "2026-13-45"),
        ("date = 2026-06-30", 'notes = "x"', "study_value_texts", "x"),
        ('path = "ways.gpkg"', "", "study_key_missing", "path"),
        ('path = "ways', 'place = "示例市"\npath = "ways', "network_both", "place"),
        ('path = "ways.gpkg"', 'path = "w.gpkg"', "file_missing", "w.gpkg"),
        ("[study]", "[study", "study_syntax", "line 2"),
        ('"示例街道（虚构）"', "“示例街道”", "study_syntax_wide", 'Write " instead'),
        ("date = 2026", "date ＝ 2026", "study_syntax_wide", "row 4"),
        ("[network]", "【network】", "study_syntax_wide", "Write [ ] instead"),
        ("[network]", "[grids]\n[network]", "study_syntax_twice", "[[stations]]"),
        ("[study]", '[study]\nnotes = ["，“”", 3 4]', "study_syntax", "line 3"),
        ('datum = "wgs84"', "datum = 84", "study_value_text", "84"),
        ('datum = "wgs84"', 'columns = ["a"]', "study_value_table", "columns"),
        (
            "[network]",
            "[population]\npeople = -1\n[network]",
            "study_value_count",
            "-1",
        ),
        (
            "[network]",
            '[walker]\npreset = "adlt"\n[network]',
            "walker_unknown",
            "adult",
        ),
        ("[network]", "[walker]\nspeed = 80\n[network]", "walker_speed", "80"),
        (
            "[network]",
            '[walker]\npreset = "slow"\nband = [1.0, 1.2]\n[network]',
            "walker_band",
            "0.8 m/s",
        ),
        ("[network]", "[walker]\nband = [1.4, 1]\n[network]", "walker_band", "1.4–1"),
        ("[network]", "[walker]\nband = [1, 80]\n[network]", "walker_speed", "80"),
        ("[network]", "[elevation]\npath = 'x'\n[network]", "file_missing", "x"),
        ("[network]", "[division]\nband = [1]\n[network]", "study_value_pair", "[1]"),
        ("[study]", '[study]\ncrs = "EPSG:3857"', "study_crs_distorts", "EPSG:4537"),
        ("[study]", '[study]\ncrs = "EPSG:4490"', "study_crs_degrees", "EPSG:4537"),
        ("[study]", '[study]\ncrs = "EPSG:2263"', "study_crs_not_metres", "EPSG:4537"),
        ("[study]", '[study]\ncrs = "EPSG:454"', "study_crs_unknown", "EPSG:4537"),
        ("[study]", '[study]\ncolumns = "x.toml"', "columns_file", "x.toml"),
    ],
)
def test_study_files_that_cannot_be(tmp_path, old, new, key, said):
    assert old in STUDY
    error = refused(tmp_path, STUDY.replace(old, new, 1))
    assert error.key == key
    assert said in str(error)


@pytest.mark.parametrize("name", ["网格.shp", "说明.docx", "list.csv"])
@pytest.mark.parametrize("data", [b"PK\x03\x04\x80\x81\xff", "户数\n3".encode()])
def test_a_file_that_is_no_study_file_is_called_so(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError) as error:
        read_study(tmp_path / name)
    assert error.value.key == "study_not_toml"
    assert "geoplan init" in error.value.say("zh")


def test_an_error_names_the_line_of_the_study_file(tmp_path):
    error = refused(tmp_path, STUDY.replace("date =", "dat =", 1))
    assert error.where["row"] == 4


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2263", "EPSG:3857", "EPSG:454"])
def test_a_studys_crs_that_cannot_be_is_told_in_words_of_the_study_file(tmp_path, crs):
    text = STUDY.replace("[study]", f'[study]\ncrs = "{crs}"')
    error = refused(tmp_path, text)
    assert error.where == {"file": tmp_path / "study.toml", "row": 3}
    assert 'crs = "EPSG:4537"' in error.say("zh")
    assert "to_crs" not in error.say("zh")


CIRCLE = '\n[[circle]]\nname = "圈"\ntier = "社区级"\nminutes = 15\n'


@pytest.mark.parametrize(
    ("circle", "key"),
    [
        (CIRCLE.replace("minutes", "minuts"), "study_key_unknown"),
        (CIRCLE.replace("minutes = 15", ""), "circle_limit"),
        (CIRCLE + "metres = 1000\n", "circle_limit"),
        (CIRCLE.replace("15", "0"), "circle_range"),
        (CIRCLE.replace("15", "nan"), "circle_range"),
        (CIRCLE.replace("15", "inf"), "circle_range"),
        (CIRCLE.replace("15", "1441"), "circle_range"),
        (CIRCLE.replace("15", "9" * 400), "circle_range"),
        (CIRCLE.replace("minutes = 15", "metres = 100_001"), "circle_range"),
        (CIRCLE.replace("社区级", "街道级"), "circle_tier_absent"),
        (CIRCLE.replace("社区级", "省级"), "tier_unknown"),
        (CIRCLE + CIRCLE, "circle_twice"),
        (CIRCLE + 'hours = "midnight"\n', "circle_hours"),
        (CIRCLE + 'hours = ""\n', "circle_hours"),
        (CIRCLE + 'demand = "cats"\n', "circle_demand"),
        (CIRCLE + 'demand = "老年人"\n', None),
        (CIRCLE + 'items = "医保"\n', "study_value_texts"),
        (CIRCLE.replace("[[circle]]", "[circle]"), None),
    ],
)
def test_circles(tmp_path, circle, key):
    if key:
        assert refused(tmp_path, STUDY + circle).key == key
    else:
        assert len(read_study(write_study(tmp_path, text=STUDY + circle)).circles) == 1


def test_the_line_of_a_circle_is_its_own(tmp_path):
    lines = STUDY.count("\n")
    far = CIRCLE.replace("圈", "远").replace("15", "inf")
    assert refused(tmp_path, STUDY + CIRCLE + far).where["row"] == lines + 10
    unknown = CIRCLE + 'hour = "x"\n'
    assert refused(tmp_path, STUDY + CIRCLE + unknown).where["row"] == lines + 11
    assert refused(tmp_path, STUDY + CIRCLE + CIRCLE).where["row"] == lines + 8


def test_circles_of_minutes_and_metres_are_told(tmp_path):
    metres = CIRCLE.replace("圈", "米").replace("minutes = 15", "metres = 5000")
    study = read_study(write_study(tmp_path, text=STUDY + CIRCLE + metres))
    assert "circles_mixed" in rules(study)
    assert [circle.metres for circle in study.circles] == [None, 5000]


def test_a_tier_for_all_stations_of_a_file(tmp_path):
    text = STUDY.replace('datum = "wgs84"', 'datum = "wgs84"\ntier = "社区"')
    path = write_study(tmp_path, text=text + CIRCLE)
    stations().drop(columns="层级").to_csv(tmp_path / "stations.csv", index=False)
    assert list(read_study(path).layers.stations["tier"]) == ["社区级", "社区级"]


COMMUNITIES = '\n[communities]\npath = "communities.gpkg"\n'


def communities(folder, names=("甲社区", "乙社区")):
    x = (EAST, EAST + 500)
    gpd.GeoDataFrame(
        {"社区编码": ["999999001001", "999999001002"], "社区名称": names},
        geometry=[box(e, NORTH, e + 500, NORTH + 500) for e in x],
        crs=PLAIN,
    ).to_file(folder / "communities.gpkg")


def test_grids_find_their_community_by_name(tmp_path):
    path = write_study(tmp_path, text=STUDY + COMMUNITIES)
    communities(tmp_path)
    study = read_study(path)
    assert list(study.layers.grids["community"]) == ["999999001001", "999999001002"]
    assert "communities_dissolved" not in rules(study)


def test_grids_without_a_name_find_their_community_by_place(tmp_path):
    path = write_study(tmp_path, text=STUDY + COMMUNITIES)
    communities(tmp_path)
    write_shapefile(grids().drop(columns="所属社区"), tmp_path / "grids.shp")
    study = read_study(path)
    assert list(study.layers.grids["community"]) == ["999999001001", "999999001002"]


def test_a_name_beats_a_place_and_is_told(tmp_path):
    path = write_study(tmp_path, text=STUDY + COMMUNITIES)
    communities(tmp_path, names=("乙社区", "甲社区"))
    study = read_study(path)
    assert list(study.layers.grids["community"]) == ["999999001002", "999999001001"]
    assert "grid_outside_community" in rules(study)


def test_a_grid_partly_beyond_its_community_is_told(tmp_path):
    path = write_study(tmp_path, text=STUDY + COMMUNITIES)
    communities(tmp_path)
    frame = gpd.read_file(tmp_path / "communities.gpkg")
    frame.geometry = [box(EAST, NORTH, EAST + 500, NORTH + 400), frame.geometry[1]]
    frame.to_file(tmp_path / "communities.gpkg")
    told = [f for f in read_study(path).findings if f.rule == "grid_beyond_community"]
    assert [(f.code, f.facts["percent"]) for f in told] == [(CODES[0], 80)]


@pytest.mark.parametrize(("metres", "told"), [(0.001, []), (0.1, []), (20, [10_000])])
def test_grids_that_overlap_are_told(tmp_path, metres, told):
    path = write_study(tmp_path)
    frame = grids(epsg=PLAIN)
    left = box(EAST, NORTH, EAST + 500 + metres, NORTH + 500)
    frame.geometry = [left, frame.geometry[1]]
    write_shapefile(frame, tmp_path / "grids.shp")
    found = [f for f in read_study(path).findings if f.rule == "grids_overlap"]
    assert [f.facts["m2"] for f in found] == told
    assert all((f.code, f.facts["other"]) == tuple(CODES) for f in found)


def test_very_many_overlaps_are_not_all_listed():
    one = box(EAST, NORTH, EAST + 500, NORTH + 500)
    codes = [str(i) for i in range(26)]
    blank = empty_layer("grids", crs=PLAIN).reindex(codes)
    frame = blank.assign(community="甲", community_name="甲", name="")
    frame = frame.set_geometry(gpd.GeoSeries([one] * 26, index=codes, crs=PLAIN))
    _, _, told = areas.settle(
        SimpleNamespace(frame=frame), communities=None, street="示例"
    )
    assert sum(f.rule == "grids_overlap" for f in told) == 300
    more = next(f for f in told if f.rule == "grids_overlap_more")
    assert more.facts == {"count": 325, "listed": 300}


def test_a_community_that_is_not_there(tmp_path):
    write_study(tmp_path)
    communities(tmp_path, names=("丙社区", "乙社区"))
    error = refused(tmp_path, STUDY + COMMUNITIES)
    assert error.key == "grid_community_unknown"
    assert error.where["row"] == 1


def test_a_study_without_communities_is_one(tmp_path):
    path = write_study(tmp_path)
    write_shapefile(grids().drop(columns="所属社区"), tmp_path / "grids.shp")
    study = read_study(path)
    assert list(study.layers.communities["name"]) == ["示例街道（虚构）"]
    assert set(study.layers.grids["community"]) == {"1"}


def test_some_grids_without_a_community(tmp_path):
    path = write_study(tmp_path)
    write_shapefile(grids(所属社区=["甲社区", ""]), tmp_path / "grids.shp")
    with pytest.raises(GeoplanError, match=CODES[1]):
        read_study(path)


POPULATION = '\n[population]\npath = "people.csv"\n'


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        ([CODES[0], CODES[1], "合计"], "grids"),
        (["示例二网", "示例一网", "合计"], "grids"),
        (["甲社区", "乙社区", "总计"], "communities"),
    ],
)
def test_totals_of_areas(tmp_path, rows, level):
    path = write_study(tmp_path, text=STUDY + POPULATION)
    table = pd.DataFrame({"名称": rows, "人口": [100, 200, 300]})
    table.to_csv(tmp_path / "people.csv", index=False)
    layer = getattr(read_study(path).layers, level)
    assert sorted(layer["people"]) == [100, 200]


def test_totals_that_differ_are_told(tmp_path):
    path = write_study(tmp_path, text=STUDY + POPULATION)
    table = pd.DataFrame({"网格编码": CODES, "户数": [300, 500]})
    table.to_csv(tmp_path / "people.csv", index=False)
    study = read_study(path)
    assert list(study.layers.grids["households"]) == [300, 400]
    assert "households_differ" in rules(study)


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([CODES[0], "丁"], "population_area_unknown"),
        ([CODES[0], "甲社区"], "population_area_unknown"),
        ([CODES[0], CODES[0]], "population_area_twice"),
    ],
)
def test_totals_of_areas_that_are_not_there(tmp_path, rows, key):
    table = pd.DataFrame({"网格编码": rows, "户数": [300, 500]})
    table.to_csv(tmp_path / "people.csv", index=False)
    error = refused(tmp_path, STUDY + POPULATION)
    assert error.key == key
    assert error.where["row"] in {2, 3}


def test_a_total_of_the_street(tmp_path):
    study = read_study(
        write_study(tmp_path, text=STUDY + "\n[population]\npeople = 39050\n")
    )
    assert study.layers.totals == {"people": 39050}


def test_a_layer_of_another_place(tmp_path):
    path = write_study(tmp_path)
    table = stations(经度=[114.3, 114.31], 纬度=[30.6, 30.6])
    table.to_csv(tmp_path / "stations.csv", index=False, encoding="gbk")
    with pytest.raises(GeoplanError) as caught:
        read_study(path)
    assert caught.value.key == "layer_elsewhere"


def european_study(folder):
    """Write a study where exchanged degrees are a place too, and return its path."""
    text = STUDY.replace("grids.shp", "grids.gpkg").replace("ways.gpkg", "roads.gpkg")
    path = write_study(folder, text=text)
    square = [box(8.72, 49.38, 8.725, 49.385)]
    table = {"网格编码": CODES[:1]}
    gpd.GeoDataFrame(table, geometry=square, crs=4326).to_file(folder / "grids.gpkg")
    house = gpd.GeoDataFrame(
        {"楼栋编码": ["b"]}, geometry=[box(8.721, 49.381, 8.7212, 49.3811)], crs=4326
    )
    house.to_file(folder / "buildings.gpkg")
    road = LineString([(8.72, 49.382), (8.725, 49.382)])
    gpd.GeoDataFrame(geometry=[road], crs=4326).to_file(folder / "roads.gpkg")
    return path


@pytest.mark.parametrize(
    ("points", "key", "row"),
    [
        ([(8.721, 49.382), (49.382, 8.721)], "rows_exchanged", 3),
        ([(8.721, 49.382), (2.35, 48.85)], "rows_elsewhere", 3),
        ([(49.382, 8.721), (49.383, 8.722)], "layer_exchanged", 2),
        ([(2.35, 48.85), (2.36, 48.85)], "layer_elsewhere", None),
    ],
)
def test_rows_elsewhere_are_named(tmp_path, points, key, row):
    path = european_study(tmp_path)
    lon, lat = zip(*points, strict=True)
    stations(经度=lon, 纬度=lat).to_csv(tmp_path / "stations.csv", index=False)
    with pytest.raises(GeoplanError) as caught:
        read_study(path)
    assert caught.value.key == key
    assert caught.value.where.get("row") == row
    assert caught.value.where.get("column") == ("经度, 纬度" if row else None)
    assert caught.value.say("zh") != caught.value.say("en")


def test_a_few_exchanged_rows_are_a_finding(tmp_path):
    path = european_study(tmp_path)
    points = [(8.721, 49.382)] * 4 + [(49.382, 8.721)]
    table = pd.DataFrame(points, columns=["经度", "纬度"]).assign(层级="社区级")
    table.to_csv(tmp_path / "stations.csv", index=False)
    told = {f.rule: f for f in read_study(path).findings}
    facts = told["exchanged"].facts
    assert (facts["count"], facts["rows"], told["exchanged"].row) == (1, "6", 6)
    assert "far_off" not in told  # said once


def test_a_row_without_a_place_is_named(tmp_path):
    path = write_study(tmp_path)
    table = stations()
    table.loc[1, ["经度", "纬度"]] = table.loc[1, ["纬度", "经度"]].to_numpy()
    table.loc[1, "纬度"] = 114.3
    table.to_csv(tmp_path / "stations.csv", index=False, encoding="gbk")
    with pytest.raises(GeoplanError) as caught:
        read_study(path)
    assert caught.value.where["row"] == 3
    assert caught.value.where["column"] == "经度, 纬度"


def test_a_station_far_off_is_told(tmp_path):
    path = write_study(tmp_path)
    far = stations()
    far.loc[1, "经度"] += 0.23
    far.to_csv(tmp_path / "stations.csv", index=False, encoding="gbk")
    study = read_study(path)
    finding = next(f for f in study.findings if f.rule == "far_off")
    assert finding.facts["codes"] == "s2"
    assert 18 < finding.facts["km"] < 21
    assert len(study.layers.stations) == 2


def test_entrances_gates_land_and_barriers(tmp_path):
    text = STUDY.replace(
        'path = "buildings.gpkg"',
        'path = "buildings.gpkg"\nentrances = {path = "doors.gpkg"}',
    )
    text += (
        '\n[compounds]\npath = "compounds.gpkg"\ngates = "gates.gpkg"\n'
        '[land]\nresidential = "land.gpkg"\n[barriers]\npath = "walls.gpkg"\n'
    )
    at = Point(EAST + 120, NORTH + 270)
    area = box(EAST, NORTH, EAST + 400, NORTH + 400)
    things = {
        "doors": ({"楼栋编码": ["b1", "b9"]}, [at, at]),
        "compounds": ({"小区名称": ["示例苑"], "是否有物业": ["无"]}, [area]),
        "gates": ({"小区": ["示例苑"], "类型": ["人行"]}, [at]),
        "land": ({"用地性质": ["R2", "B1"]}, [area, area]),
        "walls": (
            {"类型": ["wall"]},
            [LineString([(EAST, NORTH), (EAST + 9, NORTH)])],
        ),
    }
    for name, (table, shapes) in things.items():
        frame = gpd.GeoDataFrame(table, geometry=shapes, crs=PLAIN)
        frame.to_file(tmp_path / f"{name}.gpkg")
    study = read_study(write_study(tmp_path, text=text))
    layers = study.layers
    assert list(layers.entrances["building"]) == ["b1"]
    assert "entrance_building_unknown" in rules(study)
    assert list(layers.compounds["managed"]) == [False]
    assert list(layers.gates["compound"]) == ["示例苑"]
    assert list(layers.land["kind"]) == ["R2"]
    assert "land_other" in rules(study)
    assert list(study.ways.surroundings.barriers["kind"]) == ["wall"]
    assert {"land.gpkg", "walls.gpkg"} <= {record.path for record in study.inputs}


def test_own_names_of_columns(tmp_path):
    text = STUDY.replace("[grids]", '[grids]\ncolumns = {households = "家"}', 1)
    path = write_study(tmp_path, text=text)
    write_shapefile(grids().rename(columns={"户数": "家"}), tmp_path / "grids.shp")
    assert list(read_study(path).layers.grids["households"]) == [300, 400]
    more = "[layers.grids.columns]\nhouseholds = {names = ['家']}\n"
    (tmp_path / "our.toml").write_text(more, encoding="utf-8")
    text = STUDY.replace("[study]", '[study]\ncolumns = "our.toml"')
    path.write_text(text, encoding="utf-8")
    assert list(read_study(path).layers.grids["households"]) == [300, 400]


def test_hostile_names_are_only_texts(tmp_path):
    path = write_study(tmp_path)
    names = ["</script><img onerror=1>", "=cmd()", "`${x}`", "{file}"]
    buildings(楼栋名称=names).to_file(tmp_path / "buildings.gpkg")
    assert list(read_study(path).layers.buildings["name"]) == names
    buildings(楼栋编码=names).to_file(tmp_path / "buildings.gpkg")
    assert list(read_study(path).layers.buildings.index) == names


def test_grids_of_the_shipped_cities_keep_their_names(root):
    study = read_study(root / "data" / "monaco")
    assert study.from_openstreetmap
    assert study.crs.to_epsg() == 32632
    assert len(study.layers.buildings) == 1256
    assert (study.layers.grids["community"].isin(study.layers.communities.index)).all()


def test_a_study_file_cut_within_a_character(tmp_path):
    path = write_study(tmp_path)
    data = STUDY.encode()
    path.write_bytes(data[: data.index("（".encode()) + 1])
    with pytest.raises(GeoplanError) as caught:
        read_study(path)
    assert caught.value.key == "study_encoding"


def test_a_grid_in_no_community(tmp_path):
    path = write_study(tmp_path, text=STUDY + COMMUNITIES)
    communities(tmp_path)
    far = gpd.read_file(tmp_path / "communities.gpkg").translate(xoff=9000)
    names = {"社区名称": ["丙", "丁"]}
    gpd.GeoDataFrame(names, geometry=far).to_file(tmp_path / "communities.gpkg")
    write_shapefile(grids().drop(columns="所属社区"), tmp_path / "grids.shp")
    with pytest.raises(GeoplanError) as caught:
        read_study(path)
    assert caught.value.key == "grid_community_none"


# Stations in several files -----------------------------------------------------------

SEVERAL = STUDY.replace(
    '[stations]\npath = "stations.csv"\ndatum = "wgs84"\n',
    """[[stations]]
path = "社区站.csv"
datum = "wgs84"

[[stations]]
path = "网格站.csv"
tier = "网格级"
datum = "wgs84"
""",
)


def several(folder, *, first=None, second=None):
    """Return the path of a study with two lists of stations, of one station each."""
    path = write_study(folder, text=SEVERAL)
    both = stations()
    own = both.iloc[:1] if first is None else first
    other = both.iloc[1:].drop(columns="层级") if second is None else second
    own.to_csv(folder / "社区站.csv", index=False, encoding="utf-8")
    other.to_csv(folder / "网格站.csv", index=False, encoding="utf-8")
    return path


def test_stations_of_several_files_are_one_layer(tmp_path):
    study = read_study(several(tmp_path))
    assert dict(study.layers.stations["tier"]) == {"s1": "社区级", "s2": "网格级"}
    assert [i.path for i in study.inputs if "站" in i.path] == [
        "社区站.csv",
        "网格站.csv",
    ]


def test_codes_are_single_over_all_files_of_stations(tmp_path):
    second = stations().iloc[1:].assign(站点编码="s1")
    with pytest.raises(InputError) as raised:
        read_study(several(tmp_path, second=second))
    assert raised.value.key == "code_twice_across"
    assert raised.value.where["file"].name == "网格站.csv"
    assert raised.value.where["row"] == 2
    kept = Faults(keep=True)
    study = read_study(tmp_path, faults=kept)
    assert list(study.layers.stations.index) == ["s1", "s1#2-2"]


def test_codes_made_of_rows_tell_the_files_apart(tmp_path):
    both = stations().drop(columns="站点编码")
    second = both.iloc[1:].drop(columns="层级")
    study = read_study(several(tmp_path, first=both.iloc[:1], second=second))
    assert list(study.layers.stations.index) == ["1-2", "2-2"]


def test_capacities_of_several_files_count_the_same(tmp_path):
    both = stations()
    first, second = both.iloc[:1].assign(可服务户数=9), both.iloc[1:].assign(床位=9)
    with pytest.raises(InputError) as raised:
        read_study(several(tmp_path, first=first, second=second))
    assert raised.value.key == "capacity_differs"


def test_findings_name_the_file_of_stations_that_they_are_of(tmp_path):
    second = stations().iloc[1:].assign(开放时间="看情况", 负责人="某")
    path = several(tmp_path, second=second)
    looked = look(path)
    (hours,) = [f for f in looked.findings if f.rule == "hours_unread"]
    assert (hours.path, hours.row) == ("网格站.csv", 2)
    (dropped,) = [f for f in looked.findings if f.rule == "personal_dropped"]
    assert dropped.path == "网格站.csv"
    names = [one.path for one in files_seen(looked, lang="zh")]
    assert names[2:4] == ["社区站.csv", "网格站.csv"]


def test_each_file_of_stations_has_a_datum_of_its_own(tmp_path):
    path = several(tmp_path)
    (tmp_path / "网格站.csv").write_text("站点名称,经度,纬度\n", encoding="utf-8")
    looked = look(path)
    assert {f.rule: f.path for f in looked.errors}["layer_empty"] == "网格站.csv"
    assert list(looked.study.layers.stations.index) == ["s1"]


def test_an_unknown_key_in_one_of_several_tables_is_told_with_its_line(tmp_path):
    text = SEVERAL.replace('tier = "网格级"', 'tiers = "网格级"')
    with pytest.raises(InputError) as raised:
        read_study(write_study(tmp_path, text=text))
    assert raised.value.where["row"] == text.split("\n").index('tiers = "网格级"') + 1


# Special groups ----------------------------------------------------------------------


def of_groups(folder, **columns):
    """Return the path of a study whose grids count groups of people."""
    counts = {"人口数": [900, 800], "60岁以上": [200, 100], "65岁以上": [150, 70]}
    path = write_study(folder)
    frame = grids(**{**counts, **columns})
    frame.to_file(folder / "grids.gpkg", engine="pyogrio")
    text = STUDY.replace("grids.shp", "grids.gpkg")
    path.write_text(text + ASKING, encoding="utf-8")
    return path


ASKING = """
[[circle]]
name = "残疾人圈"
tier = "社区级"
minutes = 15
demand = "残疾人"
"""


def test_groups_are_read_by_their_usual_names(tmp_path):
    path = of_groups(tmp_path, 残疾人数=[30, 40], 低保户=[8, 2], 八十=[1, 2])
    study = read_study(path)
    frame = study.layers.grids
    assert frame["elderly"].tolist() == [200, 100]  # the wider of two that may be
    assert frame["disabled"].tolist() == [30, 40]
    assert frame["allowance"].tolist() == [8, 2]
    assert frame["aged"].isna().all()
    assert study.circles[0].demand == "disabled"


def test_a_group_that_is_asked_for_and_not_counted_is_an_error(tmp_path):
    (error,) = [f for f in look(of_groups(tmp_path)).findings if f.level == "error"]
    assert error.rule == "circle_demand_unknown"
    assert "残疾人" in error.problem(lang="zh")


def test_coverage_tells_of_every_group_that_is_counted(tmp_path):
    path = of_groups(tmp_path, 残疾人数=[30, 40], 儿童=[80, 3])
    out = tmp_path / "out"
    cover_study(path, out=out, lang="zh", progress=print, force=True)
    groups = pyogrio.read_dataframe(out / "coverage.gpkg", layer="groups")
    assert set(groups["group"]) == {"elderly", "children", "disabled"}
    told = pyogrio.read_dataframe(out / "coverage.gpkg", layer="grids").set_index(
        "code"
    )
    assert told["disabled"].tolist() == [30, 40]
    assert told["children"].isna().all()  # 3 of a grid are few, and 80 tell them
    assert not {"aged", "allowance", "workers"} & set(told)

"""A folder of files becomes a study file: what is chosen, what is doubted."""

import os
import shutil
import sys
import tomllib
from io import BytesIO
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from offices import (
    EAST,
    NORTH,
    PLAIN,
    buildings,
    grids,
    stations,
    ways,
    write_shapefile,
)
from shapely import LineString, Point, box

from geoplan import read_study
from geoplan.cli import main
from geoplan.errors import InputError, UsageError
from geoplan.files.raw import Raw
from geoplan.init import init_study
from geoplan.init.folder import Found
from geoplan.init.roles import LEAST, fits, part
from geoplan.init.toml import comment, inline, quoted
from geoplan.init.words import day_named, newest, role_named, street_named
from geoplan.recipes.check.checking import look
from geoplan.study.settings import read_settings
from geoplan.wording import say

FOLDER = "示例街道资料"


def made(folder, *, lang="zh", out=None):
    """Return the text, its tables and the findings of a run over a folder."""
    path, findings = init_study(folder, out=out, lang=lang, progress=lambda _: None)
    text = path.read_text(encoding="utf-8")
    return text, tomllib.loads(text), findings


def office(tmp_path, *, leave_out=()):
    """Return a folder with what a study needs, as an office names its files."""
    folder = tmp_path / FOLDER
    folder.mkdir(exist_ok=True)
    if "grids" not in leave_out:
        write_shapefile(grids(), folder / "网格.shp")
    if "buildings" not in leave_out:
        buildings().to_file(folder / "房屋.gpkg", engine="pyogrio")
    if "stations" not in leave_out:
        stations().to_excel(folder / "站点台账.xlsx", index=False)
    if "network" not in leave_out:
        ways().to_file(folder / "道路.shp", encoding="utf-8", engine="pyogrio")
    return folder


def section(text, name):
    """Return the lines of one table of a study file, comments included."""
    return text.partition(f"\n[{name}]\n")[2].partition("\n\n")[0]


def points(*, columns, epsg=PLAIN):
    places = [Point(EAST + 250, NORTH + 255), Point(EAST + 750, NORTH + 255)]
    return gpd.GeoDataFrame(columns, geometry=places, crs=epsg)


# The shipped studies -----------------------------------------------------------------


@pytest.fixture(params=["wenlan", "monaco"])
def shipped(request, root, tmp_path):
    """Return the folder of a shipped study, and a copy without its study file."""
    source, copy = root / "data" / request.param, tmp_path / request.param
    kept = shutil.ignore_patterns("study.toml", ".geoplan")
    shutil.copytree(source, copy, ignore=kept)
    return source, copy


def test_a_shipped_study_is_found_again(shipped):
    # Whatever decides a figure is in these tables; name, date, credits and notes
    # cannot be known from files.
    source, copy = shipped
    _, tables, findings = made(copy)
    assert findings == ()
    ours, theirs = read_settings(copy), read_settings(source)
    assert {**ours.tables, "study": {}} == {**theirs.tables, "study": {}}
    assert ours.circles == theirs.circles
    assert tables["study"] == {"name": copy.name}


# An office's folder ------------------------------------------------------------------


def test_an_offices_folder_is_a_study_that_can_be_read(tmp_path):
    folder = office(tmp_path)
    text, tables, findings = made(folder)
    assert findings == ()
    assert tables["study"]["name"] == "示例街道"
    assert tables["grids"] == {"path": "网格.shp"}
    assert tables["buildings"] == {"path": "房屋.gpkg"}
    assert tables["stations"] == {"path": "站点台账.xlsx"}
    assert tables["network"] == {"path": "道路.shp"}
    assert "网格编码（code）" in section(text, "grids")
    assert "GB18030" in section(text, "grids")
    study = read_study(folder)
    assert [len(study.layers.grids), len(study.layers.stations)] == [2, 2]


def test_a_run_writes_the_study_file_alone_and_the_same_again(tmp_path):
    folder = office(tmp_path)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    first, *_ = made(folder)
    (folder / "study.toml").unlink()
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert made(folder)[0] == first


def test_stations_of_another_tier_alone_have_a_circle(tmp_path):
    folder = office(tmp_path, leave_out=["stations"])
    stations(层级=["街道级"] * 2).to_excel(folder / "站点.xlsx", index=False)
    _, tables, findings = made(folder)
    assert findings == ()
    assert [circle["tier"] for circle in tables["circle"]] == ["街道级"]
    read_study(folder)


def test_names_and_english_comments(tmp_path):
    text, _, _ = made(office(tmp_path), lang="en")
    assert "Because: the name holds" in text
    assert "依据" not in text


def test_junk_is_listed_with_its_reason(tmp_path):
    folder = office(tmp_path)
    for name in ("Thumbs.db", "~$站点台账.xlsx", "方案.docx", "现状.jpg", "总图.dwg"):
        (folder / name).write_bytes(b"x")
    (folder / "包.rar").write_bytes(b"Rar!")
    (folder / "coverage.gpkg").write_bytes(b"x")
    text, tables, findings = made(folder)
    assert findings == ()
    unused = text.partition("没有用上的文件")[2]
    assert "#   Thumbs.db：临时文件或系统文件" in unused
    assert "#   方案.docx：文档，不是数据" in unused
    assert "另存为 DXF" in unused
    assert "请先解压" in unused
    assert "geoplan 自己的文件" in unused
    assert "网格.dbf" not in text
    assert tables["grids"]["path"] == "网格.shp"


def test_last_years_grids_are_proposed_as_those_before(tmp_path):
    folder = office(tmp_path)
    grids(epsg=PLAIN).to_file(folder / "网格_去年.gpkg", engine="pyogrio")
    text, tables, findings = made(folder)
    assert findings == ()
    assert tables["grids"] == {"path": "网格.shp"}
    line = next(one for one in text.splitlines() if one.startswith("#   before"))
    line = line.removeprefix("#   ")
    assert tomllib.loads(line) == {"before": "网格_去年.gpkg"}
    (folder / "study.toml").write_text(
        text.replace('path = "网格.shp"', f'path = "网格.shp"\n{line}'),
        encoding="utf-8",
    )
    assert len(read_study(folder).layers.earlier) == 2


def test_broken_files_are_listed_with_their_error_and_no_place_on_disk(tmp_path):
    folder = office(tmp_path)
    (folder / "小区.gpkg").write_bytes(b"no geopackage at all")
    (folder / "房源.xlsx").write_bytes(b"PK\x03\x04 cut off")
    (folder / "人口.csv").write_bytes(b"")
    (folder / "社区.zip").write_bytes(b"PK\x03\x04 cut off")
    (folder / "社区.shp").write_bytes(b"\x00\x00\x27\x0a" + bytes(96))
    (folder / "路网.osm.pbf").write_bytes(b"")
    text, tables, _ = made(folder)
    unused = text.partition("没有用上的文件")[2]
    names = ("小区.gpkg", "房源.xlsx", "人口.csv", "社区.zip", "社区.shp")
    for name in (*names, "路网.osm.pbf"):
        assert f"#   {name}：" in unused
    assert str(tmp_path) not in text
    assert "geoplan-" not in text
    assert "compounds" not in tables
    assert tables["network"] == {"path": "道路.shp"}


def test_the_newest_of_several_is_chosen_and_the_others_are_kept_as_comments(tmp_path):
    folder = office(tmp_path)
    (folder / "旧资料").mkdir()
    for name in ("网格最终版2", "网格最终版", "网格(旧)", "旧资料/网格9"):
        write_shapefile(grids(), folder / f"{name}.shp")
    shutil.make_archive(
        str(folder / "网格备份"), "zip", root_dir=folder, base_dir="旧资料"
    )
    text, tables, _ = made(folder)
    assert tables["grids"] == {"path": "网格最终版2.shp"}
    others = [line for line in text.split("\n") if line.startswith("#   ")]
    was = say("init.other_before", lang="zh")
    assert others == [
        '#   path = "网格最终版.shp"  # 与上面的相比没有更合适',
        '#   path = "网格.shp"  # 与上面的相比没有更合适',
        f'#   before = "旧资料/网格9.shp"  # {was}',
        f'#   before = "网格(旧).shp"  # {was}',
        f'#   before = "网格备份.zip"  # {was}',
    ]


def test_an_old_file_that_is_the_only_one_is_doubted(tmp_path):
    folder = office(tmp_path, leave_out=["grids"])
    write_shapefile(grids(), folder / "网格(旧).shp")
    text, tables, _ = made(folder)
    assert tables["grids"] == {"path": "网格(旧).shp"}
    assert "从名称看是旧的，只是没有更新的" in section(text, "grids")


def test_sheets_and_layers_are_named(tmp_path):
    folder = office(tmp_path, leave_out=["stations", "buildings"])
    rooms = stations().drop(columns="层级").rename(columns={"站点名称": "房源名称"})
    with pd.ExcelWriter(folder / "台账.xlsx") as book:
        pd.DataFrame([["填写说明"], ["请勿改动。"]]).to_excel(
            book, sheet_name="说明", index=False, header=False
        )
        rooms.to_excel(book, sheet_name="备选房源", index=False)
        stations().to_excel(book, sheet_name="社区和网格站点", index=False)
    compounds = gpd.GeoDataFrame(
        {"小区名称": ["示例小区"]},
        geometry=[box(EAST, NORTH + 200, EAST + 400, NORTH + 400)],
        crs=PLAIN,
    )
    doors = points(columns={"小区": ["示例小区"] * 2, "类型": ["主", "次"]})
    land = compounds.rename(columns={"小区名称": "用地性质"}).assign(用地性质="R2")
    for name, frame in {
        "楼栋": buildings(),
        "小区": compounds,
        "小区大门": doors,
        "用地": land,
    }.items():
        frame.to_file(folder / "底图.gpkg", layer=name, engine="pyogrio")
    text, tables, findings = made(folder)
    assert findings == ()
    assert tables["stations"] == {"path": "台账.xlsx", "sheet": "社区和网格站点"}
    assert tables["candidates"] == {"path": "台账.xlsx", "sheet": "备选房源"}
    assert tables["buildings"] == {"path": "底图.gpkg", "layer": "楼栋"}
    assert tables["compounds"] == {
        "path": "底图.gpkg",
        "layer": "小区",
        "gates": {"path": "底图.gpkg", "layer": "小区大门"},
    }
    assert tables["land"]["residential"] == {"path": "底图.gpkg", "layer": "用地"}
    assert "台账.xlsx [说明]" in text
    assert len(read_study(folder).layers.gates) == 2


def test_gates_without_compounds_are_left_commented_out(tmp_path):
    folder = office(tmp_path)
    points(columns={"小区": ["示例小区"] * 2}).to_file(
        folder / "大门.gpkg", engine="pyogrio"
    )
    text, tables, _ = made(folder)
    assert "compounds" not in tables
    assert '# gates = "大门.gpkg"' in text


def test_entrances_stand_with_the_buildings(tmp_path):
    folder = office(tmp_path)
    points(columns={"楼栋编码": ["b1", "b3"]}).to_file(
        folder / "单元门.gpkg", engine="pyogrio"
    )
    _, tables, _ = made(folder)
    assert tables["buildings"]["entrances"] == "单元门.gpkg"


# Doubts ------------------------------------------------------------------------------


def test_a_missing_crs_is_written_with_its_doubt(tmp_path):
    folder = office(tmp_path)
    (folder / "网格.prj").unlink()
    text, tables, findings = made(folder)
    assert findings == ()
    assert tables["grids"] == {"path": "网格.shp", "crs": "EPSG:4516"}
    assert "从数值看是 EPSG:4516" in section(text, "grids")
    read_study(folder)


def test_exchanged_axes_are_written_with_their_doubt(tmp_path):
    folder = office(tmp_path, leave_out=["buildings", "stations"])
    turned = buildings()
    shapes = shapely.transform(turned.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    turned = turned.set_geometry(shapes, crs=PLAIN)
    turned.to_file(folder / "楼栋.gpkg", engine="pyogrio")
    table = stations().rename(columns={"经度": "纬度", "纬度": "经度"})
    table.to_excel(folder / "站点.xlsx", index=False)
    text, tables, findings = made(folder)
    assert findings == ()
    assert tables["buildings"] == {
        "path": "楼栋.gpkg",
        "crs": f"EPSG:{PLAIN}",
        "swapped": True,
    }
    assert tables["stations"]["columns"] == {"lon": "纬度", "lat": "经度"}
    assert "X 和 Y 像是写反了" in section(text, "buildings")
    assert len(read_study(folder).layers.stations) == 2


def test_a_datum_that_nothing_tells_is_a_commented_line(tmp_path):
    text, _, _ = made(office(tmp_path))
    lines = section(text, "stations").split("\n")
    at = lines.index('# datum = "gcj02"')
    assert "看不出坐标是不是火星坐标" in lines[at - 1]


def test_a_datum_that_the_columns_name_is_written(tmp_path):
    folder = office(tmp_path, leave_out=["stations"])
    table = stations().rename(columns={"经度": "百度经度", "纬度": "百度纬度"})
    table.to_csv(folder / "站点.csv", index=False, encoding="gbk")
    _, tables, _ = made(folder)
    assert tables["stations"] == {"path": "站点.csv", "datum": "bd09"}


def test_of_two_columns_for_one_the_first_is_taken_and_told(tmp_path):
    folder = office(tmp_path, leave_out=["buildings"])
    two = buildings(户数=[10, 10, 10, 10], 总户数=[9, 9, 9, 9])
    two.to_file(folder / "楼栋.gpkg", engine="pyogrio")
    text, tables, _ = made(folder)
    assert tables["buildings"]["columns"] == {"households": "户数"}
    assert "先用“户数”一列" in section(text, "buildings")
    read_study(folder)


def test_a_tier_is_taken_from_the_files_name(tmp_path):
    folder = office(tmp_path, leave_out=["stations"])
    table = stations().drop(columns="层级")
    table.to_excel(folder / "社区级驿站.xlsx", index=False)
    text, tables, findings = made(folder)
    assert findings == ()
    assert tables["stations"]["tier"] == "社区级"
    assert [circle["tier"] for circle in tables["circle"]] == ["社区级"]
    assert "# [[circle]]" in text


def test_a_tier_that_nothing_tells_is_not_guessed(tmp_path):
    folder = office(tmp_path, leave_out=["stations"])
    stations().drop(columns="层级").to_excel(folder / "便民驿站.xlsx", index=False)
    text, tables, findings = made(folder)
    assert "tier" not in tables["stations"]
    assert '# tier = "社区级"' in section(text, "stations")
    assert [one.level for one in findings] == ["error"]


def test_layers_that_say_nothing_are_taken_only_where_they_are_needed(tmp_path):
    folder = office(tmp_path, leave_out=["grids", "buildings", "network"])
    plain = {"grids": grids(epsg=PLAIN), "buildings": buildings()}
    for number, frame in enumerate(plain.values()):
        bare = frame[["geometry"]].assign(编码=[str(i) for i in range(len(frame))])
        bare.to_file(folder / f"图层{number}.gpkg", engine="pyogrio")
    ways().to_file(folder / "导出.gpkg", engine="pyogrio")
    text, tables, _ = made(folder)
    assert tables["grids"]["path"] == "图层0.gpkg"
    assert tables["buildings"]["path"] == "图层1.gpkg"
    assert tables["network"]["path"] == "导出.gpkg"
    assert text.count("拿不准：名称和列名都看不出是什么") == 3


def test_a_population_table_is_used_for_what_is_not_known(tmp_path):
    folder = office(tmp_path)
    rows = "网格编码,户数\n999999001001001,300\n999999001001002,400\n"
    (folder / "人口.csv").write_text(rows, encoding="gbk")
    text, tables, _ = made(folder)
    assert "population" not in tables
    assert '# path = "人口.csv"' in text
    (folder / "study.toml").unlink()
    more = rows.replace("户数", "人口")
    (folder / "人口.csv").write_text(more, encoding="gbk")
    assert made(folder)[1]["population"] == {"path": "人口.csv"}


def test_a_population_table_of_elsewhere_does_not_stand_in_the_way(tmp_path):
    folder = office(tmp_path)
    (folder / "人口.csv").write_text("网格编码,人口\n1,2\n2,3\n", encoding="gbk")
    text, tables, findings = made(folder)
    assert findings == ()
    assert "population" not in tables
    assert "读不了，先不用" in text
    assert "要改：" in text.partition("# [population]")[2]


def test_gates_of_compounds_that_cannot_be_read_are_left_out_with_them(tmp_path):
    folder = office(tmp_path)
    far = gpd.GeoDataFrame(
        {"小区名称": ["示例小区"]}, geometry=[box(0, 0, 9e7, 9e7)], crs=PLAIN
    )
    far.to_file(folder / "小区.gpkg", engine="pyogrio")
    points(columns={"小区": ["示例小区"] * 2}).to_file(
        folder / "大门.gpkg", engine="pyogrio"
    )
    text, tables, findings = made(folder)
    assert findings == ()
    assert "compounds" not in tables
    assert '# path = "小区.gpkg"' in text
    assert '# gates = "大门.gpkg"' in text


def test_several_line_layers_in_one_file_are_told(tmp_path):
    folder = office(tmp_path, leave_out=["network"])
    for name in ("道路", "道路中心线"):
        ways().to_file(folder / "道路.gpkg", layer=name, engine="pyogrio")
    text, tables, findings = made(folder)
    assert tables["network"] == {"path": "道路.gpkg"}
    assert "另存成单独的文件" in section(text, "network")
    assert [one.rule for one in findings] == ["road_layers_many"]


def test_walls_are_barriers(tmp_path):
    folder = office(tmp_path)
    line = LineString([(EAST, NORTH + 100), (EAST + 300, NORTH + 100)])
    wall = gpd.GeoDataFrame({"类型": ["围墙"]}, geometry=[line], crs=PLAIN)
    wall.to_file(folder / "围墙.gpkg", engine="pyogrio")
    _, tables, _ = made(folder)
    assert tables["barriers"] == {"path": "围墙.gpkg"}


def test_rasters_are_told_by_name_and_bands(tmp_path):
    rasterio = pytest.importorskip("rasterio", reason="the extra for rasters")
    folder = office(tmp_path)
    transform = rasterio.transform.from_origin(EAST - 500, NORTH + 1000, 30, 30)
    for name, bands in {"dem": 1, "影像": 3, "图": 1}.items():
        with rasterio.open(
            folder / f"{name}.tif",
            "w",
            driver="GTiff",
            width=70,
            height=50,
            count=bands,
            dtype="float32",
            crs=PLAIN,
            transform=transform,
        ) as target:
            target.write(np.full((bands, 50, 70), 20, "float32"))
    text, tables, _ = made(folder)
    assert tables["elevation"] == {"path": "dem.tif"}
    assert "影像.tif：多波段影像" in text
    assert "图.tif：看不出是高程还是人口" in text


def test_the_street_is_named_by_a_column_where_one_says_it(tmp_path):
    folder = office(tmp_path, leave_out=["grids"])
    write_shapefile(grids(街道=["甲街道", "甲街道"]), folder / "网格.shp")
    _, tables, _ = made(folder)
    assert tables["study"]["name"] == "甲街道"


def test_the_date_is_never_more_than_a_proposal(tmp_path):
    folder = office(tmp_path, leave_out=["grids"])
    write_shapefile(grids(), folder / "网格20260630.shp")
    text, tables, _ = made(folder)
    assert "date" not in tables["study"]
    assert "# date = 2026-06-30" in text
    assert "取自文件名" in text


# What cannot be ----------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["grids", "buildings", "stations", "network"])
def test_a_missing_layer_is_told_and_the_study_can_still_be_checked(
    tmp_path, layer, capsys
):
    folder = office(tmp_path, leave_out=[layer])
    assert main(["init", str(folder)]) == 1
    assert f"[{layer}]" in capsys.readouterr().err
    text = (folder / "study.toml").read_text(encoding="utf-8")
    assert "要改：没有找到" in section(text, layer)
    assert layer in {one.layer for one in look(folder).errors}


def test_a_broken_file_stands_where_its_name_says_it_belongs(tmp_path):
    folder = office(tmp_path, leave_out=["stations"])
    (folder / "站点.xlsx").write_bytes(b"PK\x03\x04 cut off")
    _, tables, findings = made(folder)
    assert tables["stations"] == {"path": "站点.xlsx"}
    assert [one.layer for one in findings][:1] == ["stations"]


def test_a_study_file_is_never_overwritten(tmp_path, capsys):
    folder = office(tmp_path)
    (folder / "study.toml").write_text("mine", encoding="utf-8")
    assert main(["init", str(folder), "--lang", "en"]) == 2
    assert "will not be overwritten" in capsys.readouterr().err
    assert (folder / "study.toml").read_text(encoding="utf-8") == "mine"


def test_a_study_file_elsewhere_names_its_files_from_there(tmp_path):
    folder = office(tmp_path)
    out = tmp_path / "studies" / "one.toml"
    _, tables, _ = made(folder, out=out)
    assert tables["grids"]["path"] == f"../{FOLDER}/网格.shp"
    assert not (folder / "study.toml").exists()
    assert len(read_study(out).layers.grids) == 2


@pytest.mark.parametrize("junk", [(), ("Thumbs.db", "方案.docx", "~$站点.xlsx")])
def test_a_folder_without_data_is_an_error_and_nothing_is_written(tmp_path, junk):
    for name in junk:
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(InputError) as caught:
        made(tmp_path)
    assert caught.value.key == "init_nothing"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(junk)


def test_no_such_folder(tmp_path, capsys):
    assert main(["init", str(tmp_path / "nowhere"), "--lang", "en"]) == 2
    assert "there is no such folder" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_to_is_an_error(tmp_path):
    folder = office(tmp_path)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError):
        made(folder, out=tmp_path / "file" / "study.toml")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may open everything"
)
def test_what_may_not_be_opened_is_listed(tmp_path):
    folder = office(tmp_path)
    (folder / "内部").mkdir(mode=0)
    (folder / "小区.csv").touch(mode=0)
    try:
        text, _, _ = made(folder)
    finally:
        (folder / "内部").chmod(0o700)
    assert "内部：没有权限打开" in text
    assert "小区.csv：" in text


# Names of files are hostile ----------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="no such names on Windows")
def test_names_of_files_cannot_write_keys(tmp_path):
    folder = office(tmp_path, leave_out=["stations"])
    name = '站点"\n[walker]\nspeed = 9\u202e.xlsx'
    stations().to_excel(folder / name, index=False)
    (folder / "注\n[grids]\npath = 1.docx").write_bytes(b"x")
    (folder / "反\\斜.csv").write_bytes(b"x")
    (folder / os.fsdecode(b"\xff\xfe.csv")).write_bytes(b"x")
    text, tables, _ = made(folder)
    assert tables["stations"]["path"] == name
    assert tables["walker"] == {"preset": "adult"}
    assert tables["grids"] == {"path": "网格.shp"}
    assert "研究文件写不了的字符" in text
    assert "\u202e" not in text
    assert len(read_study(folder).layers.stations) == 2


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_as_a_string_and_stays_a_comment(text):
    assert tomllib.load(_bytes(f"a = {quoted(text)}"))["a"] == text
    table = {"path": text, "columns": {"code": text}}
    assert tomllib.load(_bytes(f"a = {inline(table)}"))["a"] == table
    assert tomllib.load(_bytes(comment(text))) == {}
    assert len(comment(text).splitlines()) == 1


def _bytes(text):
    return BytesIO(text.encode())


# The words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("社区站点", "stations"),
        ("文澜街道网格最终版2", "grids"),
        ("小区大门", "gates"),
        ("社区服务中心", "stations"),
        ("楼栋单元门", "entrances"),
        ("网格人口统计表", "population"),
        ("备选站点", "candidates"),
        ("community_stations", "stations"),
        ("Road Network", "network"),
        ("WG2025", "grids"),
        ("老旧小区", "compounds"),
        ("新建图层", ""),
    ],
)
def test_the_last_word_of_a_name_decides(name, role):
    assert role_named(name)[0] == role


def test_words_of_names():
    assert newest("household.shp")[0]
    assert not newest("a/网格 - 副本.shp")[0]
    assert street_named(("幸福路街道办事处资料",)) == "幸福路街道"
    assert day_named(("网格20260231.shp", "站点2026年05月31日.xlsx")) == "2026-05-31"
    assert day_named(("手机13820260101.csv",)) == ""


def test_no_layer_is_two_things_by_its_columns_alone():
    # The packaged names of columns, each layer's own written out, tell the layers.
    for layer, frame in {
        "grids": grids(epsg=PLAIN),
        "buildings": buildings(),
    }.items():
        raw = _raw(frame)
        best, *_ = fits(part(_found("图层.gpkg"), "", raw))
        assert best.role == layer
        assert best.points >= LEAST


def _raw(frame):
    return Raw(
        frame=pd.DataFrame(frame.drop(columns="geometry")),
        rows=pd.Series(range(1, len(frame) + 1)),
        parts=(),
        format=".gpkg",
        geometry=frame.geometry,
    )


def _found(name):
    return Found(path=Path(name), near=name, kind="layers")


# Several lists of stations ------------------------------------------------------------


def test_lists_of_two_tiers_are_both_stations(tmp_path):
    folder = office(tmp_path, leave_out=["stations"])
    both = stations().drop(columns="层级")
    both.iloc[:1].to_excel(folder / "社区站.xlsx", index=False)
    both.iloc[1:].to_excel(folder / "网格站.xlsx", index=False)
    text, tables, _ = made(folder)
    assert text.count("\n[[stations]]\n") == 2
    told = {one["path"]: one["tier"] for one in tables["stations"]}
    assert told == {"社区站.xlsx": "社区级", "网格站.xlsx": "网格级"}
    tiers = read_study(folder / "study.toml").layers.stations["tier"]
    assert dict(tiers) == {"s1": "社区级", "s2": "网格级"}


def test_an_old_list_and_one_of_the_same_tier_stay_comments(tmp_path):
    folder = office(tmp_path, leave_out=["stations"])
    both = stations().drop(columns="层级")
    for name in ("社区站", "社区站点2", "网格站（旧）"):
        both.to_excel(folder / f"{name}.xlsx", index=False)
    text, tables, _ = made(folder)
    assert tables["stations"]["path"] == "社区站点2.xlsx"
    assert '#   path = "社区站.xlsx"' in text
    assert '#   path = "网格站（旧）.xlsx"' in text


def test_micro_grids_and_the_nets_of_others(tmp_path):
    folder = office(tmp_path)
    cells = grids().rename(columns={"网格编码": "微网格编码", "网格名称": "微网格名称"})
    cells[["微网格编码", "微网格名称", "geometry"]].to_file(
        folder / "微网格.gpkg", engine="pyogrio"
    )
    beats = grids()[["网格名称", "geometry"]].rename(columns={"网格名称": "警格名称"})
    beats.to_file(folder / "警格.gpkg", engine="pyogrio")
    _, tables, _ = made(folder)
    assert tables["grids"]["path"] == "网格.shp"
    assert tables["micro_grids"]["path"] == "微网格.gpkg"
    assert tables["division"]["second"] == "警格.gpkg"
    layers = read_study(folder / "study.toml").layers
    assert len(layers.micro_grids) == len(layers.second) == 2

"""Columns: usual names, clashes, cut names, and what is never read."""

import pytest
from offices import stations

from geoplan import columns
from geoplan.files import read_layer
from geoplan.study.own_columns import unusable

GRIDS = columns.schema("grids")


def found(names, *, layer="grids", chosen=None, cut=None):
    schema = columns.schema(layer)
    got = columns.recognise(names, schema=schema, chosen=chosen or {}, cut=cut)
    return {name: names[at] for name, at in got.found.items()}


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("面积(㎡)", "面积"),
        ("户数（户）", "户数"),
        ("户数【户】", "户数"),
        ("Ｇrid＿Ｃode", "gridcode"),
        (" 网格 名称* ", "网格名称"),
        ("\ufeff编码", "编码"),
        ("人口(常住)", "人口(常住)"),
        ("網格編碼", "网格编码"),
        ("總戶數（戶）", "总户数"),
    ],
)
def test_names_are_compared_without_what_does_not_matter(written, plain):
    assert columns.normal(written) == plain


def test_usual_chinese_names():
    names = ["网格编码", "网格名称", "所属社区", "网格类型", "户数", "人口数", "老年人"]
    assert set(found(names)) == {
        "code",
        "name",
        "community",
        "kind",
        "households",
        "people",
        "elderly",
    }


def test_a_strong_name_beats_a_weak_one():
    assert found(["id", "网格编码", "name", "网格名称"]) == {
        "code": "网格编码",
        "name": "网格名称",
    }


def test_of_weak_names_the_first_listed_wins():
    assert found(["id", "编号"])["code"] == "编号"


def test_two_strong_names_clash():
    got = columns.recognise(["户数", "总户数"], schema=GRIDS, chosen={})
    assert got.clashes == {"households": (0, 1)}
    assert "households" not in got.found


def test_the_same_name_twice_clashes():
    got = columns.recognise(["户数", "户数"], schema=GRIDS, chosen={})
    assert got.clashes == {"households": (0, 1)}


def test_the_planner_decides():
    names = ["户数", "总户数", "X1"]
    assert found(names, chosen={"households": "总户数", "code": "X1"}) == {
        "households": "总户数",
        "code": "X1",
    }


def test_a_column_chosen_as_nothing_is_ignored():
    assert found(["户数", "总户数"], chosen={"households": ""}) == {}


def test_a_chosen_column_that_is_not_there():
    got = columns.recognise(["户数"], schema=GRIDS, chosen={"code": "WGBM"})
    assert got.absent == {"code": "WGBM"}


@pytest.mark.parametrize(
    ("cut", "names", "want"),
    [
        # 10 bytes: five Chinese characters in GBK, three in UTF-8
        ("gb18030", ["所属社区编", "网格编码"], {"community": "所属社区编"}),
        ("utf-8", ["所属社", "网格编"], {"community": "所属社", "code": "网格编"}),
        ("utf-8", ["num_househ"], {"households": "num_househ"}),
    ],
)
def test_names_cut_at_ten_bytes(cut, names, want):
    got = found(names, cut=cut)
    assert want.items() <= got.items()


def test_cut_names_count_in_shapefiles_only():
    assert found(["所属社"]) == {}


@pytest.mark.parametrize(
    "name",
    [
        "姓名",
        "网格长",
        "网格员姓名",
        "联系电话",
        "手机号码",
        "身份证号",
        "户主",
        "Phone",
        "室号",
        "owner_name",
        "Phone Number",
    ],
)
def test_people_are_never_read(name):
    got = columns.recognise([name, "户数"], schema=GRIDS, chosen={})
    assert got.personal == (0,)
    assert 0 not in got.found.values()


@pytest.mark.parametrize("name", ["网格员数", "党员人数", "户主数"])
def test_numbers_of_people_name_nobody(name):
    assert columns.recognise([name], schema=GRIDS, chosen={}).personal == ()


def test_a_personal_column_cannot_be_chosen():
    got = columns.recognise(["户主"], schema=GRIDS, chosen={"name": "户主"})
    assert got.refused == {"name": 0}


@pytest.mark.parametrize("layer", columns.layers())
def test_no_name_belongs_to_two_columns(layer):
    schema = columns.schema(layer)
    owners = {}
    for column in [*schema.columns.values(), *schema.places.values()]:
        for name in {*column.names, *column.fallback}:
            owners.setdefault(name, set()).add(column.name)
    assert {n: o for n, o in owners.items() if len(o) > 1} == {}


@pytest.mark.parametrize("layer", columns.layers())
def test_no_usual_name_is_personal(layer):
    names = [n for c in columns.schema(layer).columns.values() for n in c.written]
    got = columns.recognise(names, schema=columns.schema(layer), chosen={})
    assert [names[i] for i in got.personal] == []


@pytest.mark.parametrize("layer", columns.layers())
def test_canonical_names_are_usual_names(layer):
    for name in columns.schema(layer).columns:
        if (layer, name) != ("population", "code"):
            assert name in found([name], layer=layer)


def test_a_planner_adds_names():
    more = {"layers": {"grids": {"columns": {"households": {"names": ["家数"]}}}}}
    schema = columns.schema("grids", more=more)
    got = columns.recognise(["家数"], schema=schema, chosen={})
    assert got.found == {"households": 0}


@pytest.mark.parametrize(
    ("use", "home"),
    [
        ("住宅", True),
        ("商住两用", True),
        ("学生宿舍", True),
        ("apartments", True),
        ("商业", False),
        ("幼儿园", False),
        ("工业厂房", False),
        ("Office", False),
        ("yes", None),
        ("其他", None),
        ("", None),
        ("甲", None),
    ],
)
def test_whether_people_live_there(use, home):
    assert columns.lived_in(use) is home


def station_items(path, **columns):
    stations(**columns).to_csv(path, index=False)
    file = read_layer(path, "stations", datum="wgs84")
    return list(file.frame["items"]), file.columns.get("items")


@pytest.mark.parametrize(
    ("columns_", "items", "own"),
    [
        ({"服务事项": ["医保、社保", "水"]}, ["医保、社保", "水"], "服务事项"),
        (
            {"医保": ["√", ""], "社保": ["是", "否"], "水": [1, 1]},
            ["医保、社保、水", "水"],
            "医保, 社保, 水",
        ),
        (
            {
                "服务事项": ["医保", ""],
                "服务事项2": ["社保", "水"],
                "助餐": ["有", "/"],
            },
            ["医保、社保、助餐", "水"],
            "服务事项, 服务事项2, 助餐",
        ),
        ({"服务事项1": ["医保", "水"]}, ["医保", "水"], "服务事项1"),
        ({"水": ["自来水", "井水"]}, ["", ""], None),
    ],
)
def test_what_stations_offer_in_several_columns(tmp_path, columns_, items, own):
    assert station_items(tmp_path / "s.csv", **columns_) == (items, own)


def test_a_planner_adds_columns_of_yes_and_no(tmp_path):
    more = {"layers": {"stations": {"columns": {"items": {"flags": ["裁缝"]}}}}}
    path = tmp_path / "s.csv"
    stations(裁缝=["是", ""]).to_csv(path, index=False)
    file = read_layer(path, columns.schema("stations", more=more), datum="wgs84")
    assert list(file.frame["items"]) == ["裁缝", ""]


@pytest.mark.parametrize(
    ("more", "entry"),
    [
        ({}, ""),
        ({"places": {"lon": ["东"]}}, ""),
        ({"places": {"lon": "东"}}, "places.lon"),
        ({"places": {"long": ["东"]}}, "places.long"),
        ({"layers": {"grids": {"columns": {"name": {"else": ["名"]}}}}}, ""),
        ({"layers": {"grid": {}}}, "layers.grid"),
        ({"layers": []}, "layers"),
        ({"layers": {"grids": {"geometry": ["point"]}}}, "layers.grids.geometry"),
        (
            {"layers": {"grids": {"columns": {"name": {"kind": "code"}}}}},
            "layers.grids.columns.name.kind",
        ),
        (
            {"layers": {"grids": {"columns": {"name": {"names": [1]}}}}},
            "layers.grids.columns.name.names",
        ),
        ({"values": {"tier": {}}}, "values"),
    ],
)
def test_a_planners_names_must_be_of_the_usual_form(more, entry):
    assert unusable(more) == entry


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("经度（东经）", "纬度（北纬）"),
        ("经度(E)", "纬度(N)"),
        ("WGS84经度", "WGS84纬度"),
        ("经度_高德", "纬度_高德"),
        ("Longitude (°E)", "Latitude (°N)"),
    ],
)
def test_coordinates_whose_names_tell_of_their_datum(lon, lat):
    assert found([lon, lat], layer="stations") == {"lon": lon, "lat": lat}


def test_coordinates_of_two_datums_clash():
    names = ["WGS84经度", "WGS84纬度", "GCJ02经度", "GCJ02纬度"]
    got = columns.recognise(names, schema=columns.schema("stations"), chosen={})
    assert got.clashes == {"lon": (0, 2), "lat": (1, 3)}


# Traditional writing -----------------------------------------------------------------


def traditional(text):
    """Return a text with the first traditional sign for each that has one."""
    table = columns.tables.tables()["traditional"]
    back = dict(zip(reversed(table["meant"]), reversed(table["written"]), strict=True))
    return "".join(back.get(sign, sign) for sign in text)


def test_each_traditional_sign_has_a_meaning_that_names_use():
    table = columns.tables.tables()["traditional"]
    written, meant = table["written"], table["meant"]
    assert len(written) == len(meant) == len(set(written))
    assert not set(written) & set(meant)


@pytest.mark.parametrize("layer", columns.layers())
def test_usual_names_count_in_traditional_writing_too(layer):
    schema = columns.schema(layer)
    for column in {**schema.columns, **schema.places}.values():
        for name in column.written:
            assert columns.normal(traditional(name)) == columns.normal(name)


def test_a_table_in_traditional_writing_is_read():
    names = ["網格編碼", "網格名稱", "所屬社區", "戶數", "常住人口", "聯繫電話"]
    assert found(names) == {
        "code": "網格編碼",
        "name": "網格名稱",
        "community": "所屬社區",
        "households": "戶數",
        "people": "常住人口",
    }
    names = ["姓名", "聯絡電話", "負責人", "網格員", "身份證號", "門牌室號"]
    got = columns.recognise(names, schema=GRIDS, chosen={})
    assert got.personal == tuple(range(len(names)))
    assert columns.values("tier")[columns.plain_value("社區級")] == "社区级"
    assert columns.lived_in("商業") is False
    assert columns.passing("車行") == "nobody"


def test_of_two_ages_the_wider_is_the_elderly():
    names = ["65岁以上", "60岁以上（人）", "80岁以上", "殘疾人數"]
    assert found(names) == {
        "elderly": "60岁以上（人）",
        "aged": "80岁以上",
        "disabled": "殘疾人數",
    }
    assert found(["65岁以上人口"]) == {"elderly": "65岁以上人口"}

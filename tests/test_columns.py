"""Columns: usual names, clashes, cut names, and what is never read."""

import pytest

from geoplan import columns

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

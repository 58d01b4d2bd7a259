"""Personal data: never read, whatever its column is called; codes are none."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from offices import grids, stations
from pandas import Series

from geoplan.errors import InputError
from geoplan.files import personal, read_layer

MOBILES = ["13800138000", "15912345678"]
IDENTITIES = ["11010519491231002X", "440524188001010014"]


def station_file(path, **columns):
    stations(**columns).to_csv(path, index=False)
    return read_layer(path, "stations", datum="wgs84")


def told(file, rule):
    return next((f.facts for f in file.findings if f.rule == rule), None)


@pytest.mark.parametrize(
    "values",
    [
        MOBILES,
        ["+86 138 0013 8000", "159-1234-5678"],
        [13800138000, 15912345678],
        ["13800138000", ""],
        ["11010519491231002x", "53010219200508011X"],
    ],
)
def test_numbers_of_persons_are_dropped_by_their_content(tmp_path, values):
    file = station_file(tmp_path / "s.csv", 列甲=values)
    assert file.dropped == ("列甲",)
    assert told(file, "personal_dropped") == {"columns": "列甲", "count": 1}


@pytest.mark.parametrize("name", ["站点名称", "开放时间", "服务项目", "站点编码"])
def test_they_are_dropped_under_any_name(tmp_path, name):
    values = ["11010519491231002X", "53010219200508011X"]
    file = station_file(tmp_path / "s.csv", **{name: values})
    assert name in file.dropped
    assert not any(v in file.frame.to_csv() for v in values)


def test_they_cannot_be_chosen(tmp_path):
    path = tmp_path / "s.csv"
    stations(列甲=MOBILES).to_csv(path, index=False)
    with pytest.raises(InputError) as caught:
        read_layer(path, "stations", columns={"name": "列甲"})
    assert (caught.value.key, caught.value.where["column"]) == (
        "column_personal",
        "列甲",
    )


def test_numbers_within_texts_are_hidden(tmp_path):
    hours = ["周一至周五 9:00-17:00 联系13800138000", "9:00-17:00"]
    file = station_file(tmp_path / "s.csv", 开放时间=hours)
    assert file.frame["hours"].tolist() == ["周一至周五 9:00-17:00 联系…", "9:00-17:00"]
    assert told(file, "personal_masked") == {"columns": "开放时间", "count": 1}


@pytest.mark.parametrize(
    "codes",
    [
        ["420105001001001", "420105001001002"],
        ["420105001001001001", "420105001001001002"],
        ["13010200101", "13010200102"],
        ["13010200101", "13010300102"],
        ["13010200101"],
        ["15010219001", "15010319003"],
        ["130102199001010011", "130102199001010012"],
    ],
)
def test_codes_of_grids_are_no_numbers_of_persons(tmp_path, codes):
    path = tmp_path / "g.gpkg"
    frame = grids().iloc[: len(codes)]
    frame = frame.assign(网格编码=codes, 所属社区=[code[:9] for code in codes])
    frame.to_file(path)
    file = read_layer(path, "grids")
    assert sorted(file.frame.index) == sorted(codes)
    assert file.dropped == ()
    table = tmp_path / "s.csv"
    served = station_file(table, 服务网格=[codes[0], codes[-1]])
    assert list(served.frame["serves_grid"]) == [codes[0], codes[-1]]
    assert served.dropped == ()


@pytest.mark.parametrize(
    "values", [[1234.5, 98765.25], [13800.0, 15900.0], ["027-88881234", "027-88885678"]]
)
def test_areas_and_offices_phones_are_none(tmp_path, values):
    assert station_file(tmp_path / "s.csv", 建筑面积2=values).dropped == ()


@given(st.integers(10**13, 10**15 - 1))
def test_a_code_of_fifteen_digits_is_never_personal(first):
    codes = Series([f"{first + i:015d}" for i in range(5)])
    assert not personal.holds_numbers(codes)
    assert personal.masked(codes)[1] == 0


@pytest.mark.parametrize(
    "name",
    ["网格员（专职）", "网格长1", "负责人及电话", "房主", "wechat", "FZR", "出生日期"],
)
def test_further_names_of_persons(tmp_path, name):
    assert station_file(tmp_path / "s.csv", **{name: ["甲", "乙"]}).dropped == (name,)


@pytest.mark.parametrize("name", ["网格员数", "网格员配备情况", "负责人数"])
def test_numbers_of_them_are_none(tmp_path, name):
    assert station_file(tmp_path / "s.csv", **{name: [1, 2]}).dropped == ()


def test_a_short_text_is_no_identity():
    assert not personal.holds_numbers(Series([], dtype=object))
    assert not personal.holds_numbers(pd.Series([None, float("nan")], dtype=object))

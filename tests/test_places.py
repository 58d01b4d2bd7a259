"""Coordinates in tables: as maps, phones and colleagues write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from offices import stations

from geoplan.errors import InputError
from geoplan.files import degrees, read_layer


def table(path, rows, header="站点名称\t层级\t经度\t纬度"):
    lines = [header, *("\t".join(["甲", "社区级", *row]) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def points(path, **told):
    file = read_layer(path, "stations", **{"datum": "wgs84", **told})
    return [(point.x, point.y) for point in file.frame.geometry]


def told(path, **options):
    findings = read_layer(path, "stations", **options).findings
    return {finding.rule: finding for finding in findings}


def refused(path, **options):
    with pytest.raises(InputError) as caught:
        read_layer(path, "stations", **{"datum": "wgs84", **options})
    assert caught.value.say("zh") != caught.value.say("en")
    return caught.value


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("114.31", "30.59"),
        ("１１４．３１", "３０．５９"),
        ("114.31°", "30.59度"),
        ("114.31，", " 30.59 "),
        ("114°18′36″", "30°35′24″"),
        ("114°18'36\"", "30°35'24.0\""),
        ("114º18’36”", "30˚35‘24“"),
        ("114度18分36秒", "30度35分24秒"),
        ("114-18-36", "30-35-24"),
        ("114:18:36", "30:35:24"),
        ("114 18 36", "30 35 24"),
        ("114°18.6′", "30°35.4′"),
        ("东经114°18′36″", "北纬30°35′24″"),
        ("E114.31", "30.59N"),
        ("１１４°１８′３６″", "３０°３５′２４″"),
    ],
)
def test_degrees_as_people_write_them(tmp_path, lon, lat):
    path = table(tmp_path / "s.csv", [(lon, lat)])
    assert points(path) == [pytest.approx((114.31, 30.59), abs=1e-9)]


@pytest.mark.parametrize(
    ("lon", "lat", "key"),
    [
        ("114°75′", "30", "value_not_coordinate"),
        ("114-18", "30", "value_not_coordinate"),
        ("114.5°18′36″", "30", "value_not_coordinate"),
        ("北纬30°", "114", "value_is_lat"),
        ("114", "E114°18′36″", "value_is_lon"),
        ("E114N", "30", "value_not_coordinate"),
    ],
)
def test_what_is_no_degree_is_named(tmp_path, lon, lat, key):
    error = refused(table(tmp_path / "s.csv", [("114.3", "30.5"), (lon, lat)]))
    assert (error.key, error.where["row"]) == (key, 3)


@given(
    st.integers(0, 179),
    st.integers(0, 59),
    st.integers(0, 59_999),
    st.sampled_from(["{}°{}′{}″", "{}度{}分{}秒", "{}-{}-{}", "{}:{}:{}", "{} {} {}"]),
)
def test_degrees_minutes_and_seconds_add_up(whole, minutes, thousandths, form):
    text = form.format(whole, minutes, thousandths / 1000)
    expected = whole + minutes / 60 + thousandths / 3_600_000
    assert degrees.degree(text).value == pytest.approx(expected, abs=1e-9)


@given(st.text(max_size=30))
def test_any_text_is_a_degree_or_none(text):
    found = degrees.degree(text)
    assert found is None or abs(found.value) <= 180
    two = degrees.pair(text)
    assert two is None or all(abs(one.value) <= 180 for one in two)


@pytest.mark.parametrize(
    "cell",
    [
        "114.31,30.59",
        "114.31，30.59",
        "（114.31, 30.59）",
        "114.31 30.59",
        "114.31,30.59,21.5",
        "E114°18′36″ N30°35′24″",
        "东经114°18′36″北纬30°35′24″",
        "北纬30.59，东经114.31",
        "30.59,114.31",
    ],
)
def test_both_coordinates_in_one_cell(tmp_path, cell):
    path = table(tmp_path / "s.csv", [(cell,)], "站点名称\t层级\t坐标")
    assert points(path) == [pytest.approx((114.31, 30.59))]
    path = table(tmp_path / "s.csv", [(cell,), ("",)], "站点名称\t层级\t坐标")
    assert told(path, datum="wgs84")["no_geometry"].facts["rows"] == "3"


def test_pairs_with_latitude_first_are_told(tmp_path):
    path = table(tmp_path / "s.csv", [("30.59,114.31",)], "站点名称\t层级\t坐标")
    assert told(path, datum="wgs84")["pairs_north_first"].facts == {"column": "坐标"}
    path = table(tmp_path / "s.csv", [("43.73,7.42",)], "站点名称\t层级\t纬经度")
    assert points(path) == [(7.42, 43.73)]


def test_pairs_in_two_orders_are_refused(tmp_path):
    cells = [("114.31,30.59",), ("30.58,114.31",), ("114.32,30.59",)]
    error = refused(table(tmp_path / "s.csv", cells, "站点名称\t层级\t坐标"))
    assert (error.key, error.where["row"], error.facts["count"]) == (
        "pairs_mixed",
        3,
        1,
    )


def test_an_address_is_no_pair(tmp_path):
    error = refused(table(tmp_path / "s.csv", [("示例路1号",)], "站点名称\t层级\t坐标"))
    assert error.key == "value_not_pair"


@pytest.mark.parametrize(
    ("name", "datum"), [("百度经度", "bd09"), ("高德经度", "gcj02"), ("经度", "")]
)
def test_a_datum_that_the_columns_name_is_told(tmp_path, name, datum):
    path = tmp_path / "s.csv"
    stations().rename(columns={"经度": name}).to_csv(path, index=False)
    found = told(path)
    if not datum:
        assert found["datum_assumed"].level == "warning"
        return
    assert found["datum_in_name"].level == "error"
    assert found["datum_in_name"].facts["datum"] == datum
    assert told(path, datum="wgs84").keys() == {"datum_against_name"}
    assert told(path, datum=datum) == {}


# Columns told by their content.


def test_columns_whose_names_say_nothing(tmp_path):
    path = tmp_path / "s.csv"
    frame = stations(编=["999999001001001", "999999001001002"])
    frame = frame.drop(columns="站点编码").rename(
        columns={"层级": "F1", "经度": "F2", "纬度": "F3", "编": "F4", "站点名称": "F5"}
    )
    frame.to_csv(path, index=False)
    file = read_layer(path, "stations", datum="wgs84")
    assert list(file.frame.index) == ["999999001001001", "999999001001002"]
    assert list(file.frame["tier"]) == ["社区级", "网格级"]
    assert file.columns == {"code": "F4", "tier": "F1", "lon": "F2", "lat": "F3"}
    guesses = [f for f in file.findings if f.rule == "column_guessed"]
    assert {f.facts["canonical"]: f.facts["column"] for f in guesses} == file.columns


def test_two_columns_that_fit_alike_are_not_chosen_from(tmp_path):
    path = tmp_path / "s.csv"
    frame = stations(
        F5=["社区级", "网格级"],
        F6=["111111111", "111111112"],
        旧=["111111113", "111111114"],
    )
    frame.rename(columns={"站点编码": "F7"}).to_csv(path, index=False)
    file = read_layer(path, "stations", datum="wgs84")
    assert list(file.frame.index) == ["2", "3"]
    frame.rename(columns={"层级": "F4"}).to_csv(path, index=False)
    assert refused(path).key == "column_missing"
    frame.assign(东=frame["经度"]).rename(columns={"经度": "西"}).to_csv(
        path, index=False
    )
    assert refused(path).key == "no_coordinates"


@pytest.mark.parametrize("cells", ["POINT (84.35 39.02)", "84.352,39.012"])
def test_shapes_and_pairs_are_told_by_their_content(tmp_path, cells):
    path = tmp_path / "s.csv"
    frame = stations(F1=cells).drop(columns=["经度", "纬度"])
    frame.to_csv(path, index=False)
    assert points(path)[0] == pytest.approx((84.35, 39.02), abs=0.01)
    assert "column_guessed" in told(path, datum="wgs84")


def test_areas_are_no_latitudes(tmp_path):
    path = tmp_path / "s.csv"
    frame = stations(F1=[39.1234, 39.2345]).rename(columns={"纬度": "F2"})
    frame.to_csv(path, index=False)
    assert refused(path).key == "no_coordinates"

"""Encodings: texts are read right whatever a file says, or does not say, of itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from offices import CODES, EAST, NORTH, PLAIN, grids, stations, write_shapefile
from pyproj import CRS

from geoplan.errors import InputError
from geoplan.files import encodings, read_layer

METRIC = CRS.from_epsg(PLAIN)
BOUNDS = [EAST, NORTH, EAST + 1000, NORTH + 500]

common = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=3)


def rules(file):
    return {finding.rule for finding in file.findings}


@pytest.mark.parametrize(
    ("encoding", "cpg", "rule"),
    [
        ("gbk", None, "encoding_without_cpg"),
        ("gbk", "UTF-8", "encoding_against_cpg"),
        ("gbk", "ISO-8859-1", "encoding_against_cpg"),
        ("gbk", "GBK", ""),
        ("gbk", "936", ""),
        ("utf-8", None, ""),
        ("utf-8", "UTF-8", ""),
        ("utf-8", "GBK", "encoding_against_cpg"),
        ("gb18030", None, "encoding_without_cpg"),
    ],
)
def test_shapefiles_in_any_encoding(tmp_path, encoding, cpg, rule):
    path = write_shapefile(grids(), tmp_path / "g.shp", encoding=encoding, cpg=cpg)
    file = read_layer(path, "grids", crs=METRIC)
    assert list(file.frame.index) == CODES
    assert list(file.frame["name"]) == ["示例一网", "示例二网"]
    assert list(file.frame["community"]) == ["甲社区", "乙社区"]
    assert list(file.frame["households"]) == [300, 400]
    assert rules(file) == ({rule} if rule else set())
    assert np.allclose(file.frame.total_bounds, BOUNDS, atol=1e-6)


def test_a_text_cut_within_a_character_is_read(tmp_path):
    frame = grids(网格名称=["示" * 100, "例"])
    path = write_shapefile(frame, tmp_path / "g.shp", encoding="gbk")
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace("示".encode("gbk") * 100, b""))
    body = ("示" * 99).encode("gbk") + "示".encode("gbk")[:1]
    write_shapefile(frame.assign(网格名称=["x" * 199, "例"]), path, encoding="gbk")
    dbf.write_bytes(dbf.read_bytes().replace(b"x" * 199, body))
    file = read_layer(path, "grids")
    assert file.frame["name"].iloc[0] == "示" * 99


def test_a_western_shapefile_stays_western(tmp_path):
    frame = grids(网格名称=["Straße", "Münze"]).rename(
        columns={
            "网格编码": "code",
            "网格名称": "name",
            "所属社区": "community",
            "户数": "households",
        }
    )
    frame["community"] = ["Süd", "Süd"]
    path = write_shapefile(frame, tmp_path / "g.shp", encoding="cp1252")
    assert list(read_layer(path, "grids").frame["name"]) == ["Straße", "Münze"]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"],
)
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_in_any_encoding(tmp_path, encoding, separator):
    path = tmp_path / "s.csv"
    stations().to_csv(path, index=False, encoding=encoding, sep=separator)
    file = read_layer(path, "stations", crs=METRIC)
    assert list(file.frame.index) == ["s1", "s2"]
    assert list(file.frame["name"]) == ["示例驿站", ""]
    assert list(file.frame["tier"]) == ["社区级", "网格级"]
    assert np.allclose(file.frame.geometry.x, [EAST + 250, EAST + 750], atol=0.05)
    assert rules(file) == {"datum_assumed"}
    assert list(file.row_numbers) == [2, 3]


@given(st.lists(common, min_size=3))
def test_chinese_texts_are_told_apart(words):
    utf8 = encodings.decide([word.encode() for word in words])
    assert utf8.name == "utf-8"
    gbk = [word.encode("gbk") for word in words]
    told = encodings.decide(gbk)
    assert [encodings.decode(b, encoding=told.name) for b in gbk] == words


def test_ascii_needs_no_decision():
    assert not encodings.decide([b"abc", b""]).matters


def test_bytes_of_no_encoding():
    assert encodings.decide([b"\xff\xff\xff"]) is None


@pytest.mark.parametrize("name", ["utf-8", "no-such-encoding", "base64"])
def test_a_chosen_encoding_must_fit(tmp_path, name):
    path = write_shapefile(grids(), tmp_path / "g.shp", encoding="gbk")
    with pytest.raises(InputError) as caught:
        read_layer(path, "grids", encoding=name)
    assert caught.value.key == "encoding_wrong"
    table = tmp_path / "s.csv"
    stations().to_csv(table, index=False, encoding="gbk")
    with pytest.raises(InputError) as caught:
        read_layer(table, "stations", encoding=name)
    assert caught.value.key == "encoding_wrong"


def test_a_chosen_encoding_that_fits_is_taken(tmp_path):
    path = write_shapefile(grids(), tmp_path / "g.shp", encoding="gbk")
    assert read_layer(path, "grids", encoding="GBK").frame["name"].iloc[0] == "示例一网"

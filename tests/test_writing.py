"""Writing: whole or not at all, harmless to spreadsheets, the same bytes each time."""

import csv
import io
import json
import subprocess
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from offices import PLAIN, grids

from geoplan.errors import UsageError
from geoplan.files import (
    read_layer,
    write_csv,
    write_geopackage,
    write_json,
    write_text,
)

AGAIN = """
import sys
import geopandas
from geoplan.files import read_layer, write_geopackage
frame = read_layer(sys.argv[1], "grids").frame
write_geopackage(sys.argv[2], {"grids": frame}, date="2026-06-30")
"""


def layers():
    frame = grids(epsg=PLAIN).rename(columns={"网格编码": "code"}).set_index("code")
    minutes = pd.DataFrame({"building": ["b1", "b2"], "minutes": [3.5, np.nan]})
    return {"grids": frame, "minutes": minutes, "gaps": frame.iloc[:0]}


def test_a_geopackage_reads_back(tmp_path):
    path = tmp_path / "new" / "out.gpkg"
    write_geopackage(path, layers(), date="2026-06-30")
    names = {name for name, _ in pyogrio.list_layers(path)}
    assert names == {"grids", "minutes", "gaps"}
    frame = gpd.read_file(path, layer="grids")
    assert list(frame["code"]) == ["999999001001001", "999999001001002"]
    assert frame.crs.to_epsg() == PLAIN
    minutes = pyogrio.read_dataframe(path, layer="minutes")
    assert "geometry" not in minutes.columns
    assert np.isnan(minutes["minutes"][1])
    assert len(gpd.read_file(path, layer="gaps")) == 0
    assert [p.name for p in path.parent.iterdir()] == ["out.gpkg"]


def test_a_geopackage_is_the_same_bytes_each_time(tmp_path):
    write_geopackage(tmp_path / "a.gpkg", layers(), date="2026-06-30")
    write_geopackage(tmp_path / "b.gpkg", layers(), date="2026-06-30")
    write_geopackage(tmp_path / "c.gpkg", layers(), date="2026-07-01")
    write_geopackage(tmp_path / "d.gpkg", layers(), date="")
    a, b, c, d = ((tmp_path / f"{name}.gpkg").read_bytes() for name in "abcd")
    assert a == b
    assert len({a, c, d}) == 3
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_another_process_writes_the_same_bytes(tmp_path):
    grids().to_file(tmp_path / "g.gpkg")
    for name in ("a", "b"):
        command = [sys.executable, "-c", AGAIN, tmp_path / "g.gpkg", tmp_path / name]
        subprocess.run(command, check=True)  # noqa: S603  our own script
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_stands_in_the_way_stays_if_writing_fails(tmp_path):
    path = tmp_path / "out.gpkg"
    path.write_text("before")
    bad = pd.DataFrame({"x": [1 + 2j]})
    with pytest.raises(Exception, match="complex"):
        write_geopackage(path, {"good": layers()["minutes"], "bad": bad}, date="")
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["out.gpkg"]


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError) as caught:
        write_text(tmp_path / "file" / "out.txt", "x")
    assert caught.value.key == "cannot_write"


def test_csv_is_harmless_and_plain(tmp_path):
    path = tmp_path / "t.csv"
    frame = pd.DataFrame(
        {
            "编码": ["007", "=cmd()", "+1", "-x", "@a", "\tb", 'say "hi", you'],
            "户数": [300.0, np.nan, -4.0, 1.5, 0.0, 1e6, 2.0],
            "个数": [1, 2, 3, 4, 5, 6, 7],
        }
    )
    write_csv(path, frame)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 8
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["编码", "户数", "个数"]
    assert [row[0] for row in rows[1:]] == [
        "007",
        "'=cmd()",
        "'+1",
        "'-x",
        "'@a",
        "'\tb",
        'say "hi", you',
    ]
    assert [row[1] for row in rows[1:]] == ["300", "", "-4", "1.5", "0", "1000000", "2"]
    assert [row[2] for row in rows[1:]] == ["1", "2", "3", "4", "5", "6", "7"]


def test_json_has_no_nan_and_no_numpy(tmp_path):
    path = tmp_path / "t.json"
    record = {
        "名称": "示例",
        "share": np.float64("nan"),
        "count": np.int64(3),
        "ok": np.True_,
        "list": (np.array([1.0, np.inf]), pd.NA, None),
        "path": tmp_path / "a" / "b.gpkg",
        "date": pd.Timestamp("2026-06-30").date(),
    }
    write_json(path, record)
    text = path.read_text(encoding="utf-8")
    assert "示例" in text
    assert text.endswith("}\n")
    assert json.loads(text) == {
        "名称": "示例",
        "share": None,
        "count": 3,
        "ok": True,
        "list": [[1.0, None], None, None],
        "path": (tmp_path / "a" / "b.gpkg").as_posix(),
        "date": "2026-06-30",
    }
    assert list(json.loads(text)) == list(record)


def test_text_keeps_its_line_ends(tmp_path):
    write_text(tmp_path / "t.html", "甲\n乙")
    assert (tmp_path / "t.html").read_bytes() == "甲\n乙".encode()


def test_what_is_written_can_be_read_again(tmp_path):
    write_geopackage(tmp_path / "out.gpkg", layers(), date="2026-06-30")
    file = read_layer(tmp_path / "out.gpkg", "grids", sheet="grids")
    assert list(file.frame["name"]) == ["示例一网", "示例二网"]

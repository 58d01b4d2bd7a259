"""Spoilt files: whatever an office hands over is read or refused, never a crash.

Small real files of every format are spoilt in one of many ways, the same ones in
every run. Each must be read, or refused by an error that says what to do.
"""

import io
import json
import random
import subprocess
import sys
import time
import warnings
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import xlwt
from offices import (
    CODES,
    EAST,
    NORTH,
    PLAIN,
    grids,
    stations,
    write_shapefile,
    write_study,
)
from pyproj import CRS
from shapely import LineString, MultiPoint, Point

from geoplan.errors import CrsError, GeoplanError, InputError
from geoplan.files import read_layer

METRIC = CRS.from_epsg(PLAIN)
BOUNDS = [EAST, NORTH, EAST + 1000, NORTH + 500]
SECONDS = 20.0  # far more than any small file takes
KILOBYTES = 500_000  # that reading a hundred small files may add
PARTS = {".shp": [".shp", ".shx", ".dbf", ".prj"], ".mif": [".mif", ".mid"]}
ODD_CELLS = [
    *("", " ", "NaN", "inf", "-inf", "1e999", "-1", "0", "x" * 100_000, "١٢", "九"),
    *("=1+1", "🙂", "\u202e", "a\x0bb", '"', "'", "114°75′", "4.2E+14", "2026/3/2"),
]


@cache
def seeds():
    """Return the sound files by name, as bytes, and the layer of each."""
    with TemporaryDirectory() as folder:
        layers = write_seeds(Path(folder))
        files = {p.name: p.read_bytes() for p in sorted(Path(folder).iterdir())}
    return files, layers


def write_seeds(folder):
    plain = grids(epsg=PLAIN)
    degrees = plain.to_crs(4326)
    rows = stations(服务内容=["医保、社保", "水"], 开放时间=["9:00-17:00", "7×24"])
    files = {}

    def file(name, layer="grids"):
        files[name] = layer
        return folder / name

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write_shapefile(grids(), file("g.shp"))
        plain.to_file(file("g.gpkg"))
        degrees.to_file(file("g.geojson"))
        degrees.to_file(file("g.kml"), driver="KML")
        degrees.to_file(file("g.fgb"))
        degrees.to_file(file("g.gml"), driver="GML")
        degrees.rename(columns=dict(zip(degrees, "abcd", strict=False))).to_file(
            file("g.mif"), driver="MapInfo File"
        )
        if find_spec("pyarrow"):
            plain.to_parquet(file("g.parquet"))
    rows.to_csv(file("s.csv", "stations"), index=False, encoding="gbk")
    rows.to_csv(file("t.csv", "stations"), index=False, sep="\t", encoding="utf-16")
    rows.assign(wkt="POINT (83.6 39)").to_csv(file("w.txt", "stations"), index=False)
    rows.to_excel(file("s.xlsx", "stations"), index=False)
    file("s.xls", "stations").write_bytes(old_sheet(rows))
    with zipfile.ZipFile(file("g.zip"), "w") as archive:
        for suffix in PARTS[".shp"]:
            archive.write(folder / f"g{suffix}", f"g{suffix}")
    with zipfile.ZipFile(file("g.kmz"), "w") as archive:
        archive.write(folder / "g.kml", "doc.kml")
    return files


def old_sheet(frame):
    """Return a table as a workbook of Excel 97."""
    book, data = xlwt.Workbook(), io.BytesIO()
    page = book.add_sheet("Sheet1")
    for at, row in enumerate([list(frame), *frame.to_numpy().tolist()]):
        for column, cell in enumerate(row):
            page.write(at, column, cell)
    book.save(data)
    return data.getvalue()


# Ways to spoil bytes.


def flipped(rng, data):
    data = bytearray(data)
    for _ in range(rng.choice([1, 3, 20, 200])):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def cut_off(rng, data):
    return data[: rng.randrange(len(data))]


def cut_out(rng, data):
    one, other = sorted(rng.randrange(len(data)) for _ in range(2))
    return data[:one] + data[other:]


def doubled(rng, data):
    one, other = sorted(rng.randrange(len(data)) for _ in range(2))
    return data[:other] + data[one:]


def blanked(rng, data):
    at = rng.randrange(len(data))
    length = rng.choice([4, 64, 1024])
    return data[:at] + rng.choice([b"\0", b"\xff", b" "]) * length + data[at + length :]


def recoded(rng, data):
    """Return text in another encoding than its bytes are in, or read as another."""
    one, other = rng.sample(["utf-8", "gbk", "utf-16", "latin-1", "big5"], 2)
    return data.decode(one, errors="replace").encode(other, errors="replace")


def glued(rng, data):
    more = [data, b"\0" * 100, "注：以上。".encode("gbk"), b"PK\x03\x04"]
    return data + rng.choice(more)


BYTES = [flipped, cut_off, cut_out, doubled, blanked, recoded, glued]


# Ways to spoil a table or a layer, which stays a sound file.


def odd_cell(rng, frame):
    frame = frame.astype(object)
    row, column = rng.randrange(len(frame)), rng.randrange(frame.shape[1])
    frame.iloc[row, column] = rng.choice(ODD_CELLS)
    return frame


def odd_name(rng, frame):
    names = list(frame.columns)
    names[rng.randrange(len(names))] = rng.choice([*ODD_CELLS[:-1], names[0], "姓名"])
    return frame.set_axis(names, axis=1)


def exchanged(rng, frame):
    one, other = rng.sample(range(frame.shape[1]), 2)
    names = list(frame.columns)
    names[one], names[other] = names[other], names[one]
    return frame.set_axis(names, axis=1)


def without(rng, frame):
    return frame.drop(columns=rng.choice(list(frame.columns)))


def many(rng, frame):
    return pd.concat([frame] * rng.choice([2, 40]), ignore_index=True)


def cut_rows(rng, frame):
    return frame.iloc[: rng.randrange(len(frame) + 1)]


TABLES = [odd_cell, odd_cell, odd_name, exchanged, without, many, cut_rows]


def spoilt_table(rng, folder):
    """Write a table that is spoilt two times over, and return it."""
    frame = stations()
    for _ in range(2):
        if len(frame) and frame.shape[1] > 1:
            frame = rng.choice(TABLES)(rng, frame)
    path = folder / rng.choice(["o.csv", "o.xlsx"])
    if path.suffix == ".csv":
        frame.to_csv(path, index=False, encoding="utf-8-sig")
    else:
        path.write_bytes(sheet(frame))
    return path, "stations"


def sheet(frame):
    """Return a workbook's bytes; what a sheet cannot hold is left out."""
    plain = frame.map(lambda c: c.replace("\x0b", "") if isinstance(c, str) else c)
    plain = plain.set_axis([str(c).replace("\x0b", "")[:99] for c in plain], axis=1)
    data = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain.map(lambda c: c[:30_000] if isinstance(c, str) else c).to_excel(
            data, index=False
        )
    return data.getvalue()


def spoilt_shapes(rng, folder):
    """Write a layer whose shapes are of another kind, missing or nowhere."""
    shapes = [
        *(Point(83.6, 39), Point(), None, LineString([(83, 39), (84, 39)])),
        *(MultiPoint([(83, 39), (84, 39)]), Point(1e300, 1), Point(39, 83.6)),
        *grids(epsg=PLAIN).to_crs(4326).geometry,
    ]
    picked = [rng.choice(shapes) for _ in range(rng.choice([1, 2, 5]))]
    frame = gpd.GeoDataFrame(
        {"编码": [str(i) for i in range(len(picked))], "层级": "社区级"},
        geometry=gpd.GeoSeries(picked, crs=4326),
    )
    path = folder / rng.choice(["o.gpkg", "o.geojson"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(path)
    return path, rng.choice(["grids", "stations", "buildings", "barriers"])


def spoilt_json(rng, folder):
    """Write GeoJSON with odd numbers and things in it."""
    whole = json.loads(grids(epsg=PLAIN).to_crs(4326).to_json())
    odd = rng.choice([None, [], {}, "x", 1e308, float("nan"), float("inf"), True, -1])
    thing, key = rng.choice(
        [
            (whole, "features"),
            (whole["features"][0], "geometry"),
            (whole["features"][0], "properties"),
            (whole["features"][0]["geometry"], "coordinates"),
            (whole["features"][0]["geometry"]["coordinates"][0][0], 0),
            (whole["features"][1]["properties"], "网格编码"),
            (whole["features"][1]["properties"], "户数"),
        ]
    )
    thing[key] = odd
    path = folder / "o.geojson"
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    return path, "grids"


def spoilt_bytes(rng, folder):
    """Write a file, or a part of one, with its bytes spoilt or under another name."""
    files, layers = seeds()
    name = rng.choice(sorted(layers))
    path, layer = folder / name, layers[name]
    parts = PARTS.get(path.suffix, [path.suffix])
    for suffix in parts:
        path.with_suffix(suffix).write_bytes(files[f"{path.stem}{suffix}"])
    part = path.with_suffix(rng.choice(parts))
    part.write_bytes(rng.choice(BYTES)(rng, part.read_bytes()))
    if rng.random() < 0.2:
        other = folder / f"x{Path(rng.choice(sorted(layers))).suffix}"
        other.write_bytes(path.read_bytes())
        path = other
    if rng.random() < 0.1:
        inner = folder / "inner.zip"
        for archive in (inner, folder / "outer.zip"):
            with zipfile.ZipFile(archive, "w") as packed:
                packed.write(path, path.name)
            path = archive
    return path, layer


def spoilt(seed, folder):
    rng = random.Random(seed)  # noqa: S311  the same in every run
    way = rng.choices(
        [spoilt_bytes, spoilt_table, spoilt_shapes, spoilt_json], [6, 2, 1, 1]
    )[0]
    return way(rng, folder)


def outcome(path, layer):
    """Return the layer that a file is read as, or the error's two messages."""
    try:
        file = read_layer(path, layer, crs=METRIC)
    except GeoplanError as error:
        return error.say("zh"), error.say("en")
    assert file.frame.index.is_unique
    assert np.isfinite(file.frame.geometry.bounds.to_numpy()).all()
    return file


def survives(seed, folder):
    path, layer = spoilt(seed, folder)
    begun = time.monotonic()
    found = outcome(path, layer)
    assert time.monotonic() - begun < SECONDS
    if isinstance(found, tuple):
        assert all(len(message) > len(str(path)) for message in found)


@pytest.mark.parametrize("seed", range(200))
def test_a_spoilt_file_is_read_or_refused(tmp_path, seed):
    survives(seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(200, 1400, 100))
def test_many_spoilt_files_in_one_process(tmp_path, first):
    resource = pytest.importorskip("resource")  # not on Windows
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed in range(first, first + 100):
        folder = tmp_path / str(seed)
        folder.mkdir()
        survives(seed, folder)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < KILOBYTES


def test_the_sound_files_are_all_read_alike(tmp_path):
    files, layers = seeds()
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    for name, layer in layers.items():
        columns = {"code": "a"} if name == "g.mif" else None
        file = read_layer(tmp_path / name, layer, crs=METRIC, columns=columns)
        if layer == "grids":
            assert sorted(file.frame.index) == CODES, name
            assert np.allclose(file.frame.total_bounds, BOUNDS, atol=0.01), name
        else:
            assert list(file.frame["items"]) == ["医保、社保", "水"], name


# Where the answer could be wrong without a word.


@pytest.mark.parametrize("turned", [1, 2, 3, 5])
@pytest.mark.parametrize("place", ["lonlat", "xy"])
def test_rows_with_exchanged_coordinates_are_named(tmp_path, turned, place):
    x = [EAST + 10.0 * i for i in range(6)]
    y = [NORTH] * 6
    if place == "lonlat":
        points = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=PLAIN).to_crs(4326)
        x, y = points.x.round(6).to_list(), points.y.round(6).to_list()
    for row in range(turned):
        x[row], y[row] = y[row], x[row]
    names = ["经度", "纬度"] if place == "lonlat" else ["x", "y"]
    frame = pd.DataFrame({"层级": ["社区级"] * 6, names[0]: x, names[1]: y})
    path = tmp_path / "s.csv"
    frame.to_csv(path, index=False)
    with pytest.raises(CrsError) as caught:
        read_layer(
            path,
            "stations",
            crs=METRIC,
            source_crs=f"EPSG:{PLAIN}" if place == "xy" else None,
        )
    assert caught.value.where["row"] == 2
    assert caught.value.facts["count"] == turned


def test_a_shapefile_cut_off_or_of_two_savings_is_refused(tmp_path):
    path = write_shapefile(grids(), tmp_path / "g.shp")
    for suffix in (".shp", ".dbf"):
        part = path.with_suffix(suffix)
        whole = part.read_bytes()
        part.write_bytes(whole[:-40])
        with pytest.raises(InputError) as caught:
            read_layer(path, "grids")
        assert caught.value.key == "shapefile_cut"
        part.write_bytes(whole)
    write_shapefile(grids().iloc[:1], tmp_path / "h.shp")
    path.with_suffix(".dbf").write_bytes((tmp_path / "h.dbf").read_bytes())
    with pytest.raises(InputError) as caught:
        read_layer(path, "grids")
    assert caught.value.key == "shapefile_uneven"


def test_texts_that_were_damaged_before_are_told(tmp_path):
    path = tmp_path / "s.csv"
    stations(站点名称=["锟斤拷驿站", "示\ufffd驿站"]).to_csv(path, index=False)
    file = read_layer(path, "stations", datum="wgs84")
    told = {finding.rule: finding.facts for finding in file.findings}
    assert told["text_damaged"] == {"columns": "站点名称", "count": 2}


@pytest.mark.parametrize("seed", [0, 2, pytest.param(1, marks=pytest.mark.slow)])
def test_a_spoilt_study_gives_no_traceback_at_the_command(tmp_path, seed):
    study = write_study(tmp_path)
    rng = random.Random(seed)  # noqa: S311  the same in every run
    part = tmp_path / ["grids.dbf", "buildings.gpkg", "stations.csv"][seed]
    part.write_bytes(rng.choice([flipped, cut_out, blanked])(rng, part.read_bytes()))
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-m", "geoplan", "coverage", study, "--out", tmp_path / "o"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in {0, 1, 2}
    assert "Traceback" not in done.stderr + done.stdout
    assert done.returncode != 2 or "geoplan" in done.stderr

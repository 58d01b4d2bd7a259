"""Spoilt studies: the check tells of them, or says why it cannot; never a crash.

A small whole study is spoilt in one to three ways, the same ones in every run: its
study file's lines, the bytes of its files, rows and columns, places and CRS.
"""

import json
import random
import shutil
import time
import warnings
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from offices import write_study
from test_fuzz import BYTES, TABLES

from geoplan.errors import GeoplanError
from geoplan.recipes.check.checkup import check_study
from geoplan.recipes.coverage import cover_study

SECONDS = 20.0  # far more than any small study takes
VALUES = [
    *('""', "-1", "nan", "true", "[]", "{}", '"."', '"/"', '"EPSG:4490"', "1e400"),
    *('"bd09"', '"火星"', "2026-13-01", '"EPSG:3857"', '{ path = "stations.csv" }'),
]
PARTS = [
    '[compounds]\npath = "grids.shp"',
    '[barriers]\npath = "grids.shp"',
    '[population]\npath = "stations.csv"',
    '[population]\nraster = "grids.shp"',
    "[walker]\nspeed = 0",
    '[[circle]]\nname = "甲"\ntier = "网格级"\nminutes = 10\ndemand = "elderly"',
]


@cache
def sound():
    """Return the files of the sound study, as bytes."""
    with TemporaryDirectory() as folder:
        write_study(Path(folder))
        return {p.name: p.read_bytes() for p in sorted(Path(folder).iterdir())}


def spoil_study_file(rng, folder):
    path = folder / "study.toml"
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    at = rng.randrange(len(lines))
    way = rng.randrange(4)
    if way == 0:
        del lines[at]
    elif way == 1:
        lines.insert(at, rng.choice(lines))
    elif way == 2:
        lines[at] = f"{lines[at].partition('=')[0]}= {rng.choice(VALUES)}"
    else:
        lines.append(rng.choice(PARTS))
    path.write_text("\n".join(lines), encoding="utf-8")


def spoil_bytes(rng, folder):
    path = rng.choice(sorted(folder.iterdir()))
    way = rng.choice([*BYTES, *BYTES, None, path.unlink])
    if way is None:
        path.write_bytes(rng.choice(sorted(folder.iterdir())).read_bytes())
    elif way == path.unlink:
        way()
    elif path.stat().st_size:
        path.write_bytes(way(rng, path.read_bytes()))


def spoil_table(rng, folder):
    path = folder / "stations.csv"
    frame = pd.read_csv(path, encoding="gbk", dtype=object)
    frame = rng.choice(TABLES)(rng, frame)
    text = frame.to_csv(index=False)
    path.write_bytes(text.encode(rng.choice(["gbk", "utf-8-sig"]), errors="replace"))


def spoil_layer(rng, folder):
    path = folder / "buildings.gpkg"
    frame = gpd.read_file(path)
    ways = [
        lambda f: f.set_crs(rng.choice([4326, 4528, 3857, 2384]), allow_override=True),
        lambda f: f.set_geometry(
            shapely.transform(f.geometry.to_numpy(), lambda c: c[:, ::-1]), crs=f.crs
        ),
        lambda f: f.set_geometry(f.geometry.translate(rng.choice([1e9, 40e6]), 0)),
        lambda f: f.set_geometry(f.geometry.where(f.index != 1)),
        lambda f: f.iloc[: rng.randrange(len(f) + 1)],
        lambda f: pd.concat([f] * rng.choice([2, 50]), ignore_index=True),
    ]
    spoilt = rng.choice(ways)(frame)
    path.unlink()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        spoilt.to_file(path, engine="pyogrio")


SPOIL = [spoil_study_file, spoil_bytes, spoil_bytes, spoil_table, spoil_layer]


def spoilt(seed, folder):
    """Write the study, spoilt, into a folder."""
    rng = random.Random(seed)  # noqa: S311  the same in every run
    folder.mkdir()
    for name, data in sound().items():
        (folder / name).write_bytes(data)
    for _ in range(rng.choice([1, 1, 2, 3])):
        try:
            rng.choice(SPOIL)(rng, folder)
        except Exception:  # noqa: BLE001  already too far spoilt for this way
            return


def outcome(folder, *, out, repair):
    """Return how many errors the check finds, or None where it refuses."""
    try:
        done = check_study(
            folder, out=out, lang="zh", progress=lambda _: None, repair=repair
        )
    except GeoplanError as error:
        return error.say("zh") and None
    finally:
        if repair:
            shutil.rmtree(repair, ignore_errors=True)
    for one in done.findings:
        for lang in ("zh", "en"):
            assert one.problem(lang=lang)
            assert one.cure(lang=lang)
    results = json.loads((out / "check.json").read_text(encoding="utf-8"))["results"]
    assert "</html>" in (out / "check.html").read_text(encoding="utf-8")
    return results["errors"]


@pytest.mark.parametrize("first", range(0, 30, 10))
def test_a_spoilt_study_is_told_of_or_refused(tmp_path, first):
    for seed in range(first, first + 10):
        folder = tmp_path / str(seed)
        spoilt(seed, folder)
        begun = time.monotonic()
        errors = outcome(
            folder,
            out=tmp_path / "out",
            repair=None if seed % 3 else tmp_path / "copy",
        )
        if errors:  # what the check calls an error, no run goes past unasked
            with pytest.raises(GeoplanError):
                cover_study(
                    folder,
                    out=tmp_path / "cover",
                    lang="zh",
                    progress=lambda _: None,
                    force=False,
                )
        assert time.monotonic() - begun < SECONDS

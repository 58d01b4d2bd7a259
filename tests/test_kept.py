"""Ways kept beside a study."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyproj import CRS
from test_pbf import assert_same_ways

from geoplan.errors import InputError
from geoplan.osm import kept, read_ways
from geoplan.osm.kept import FOLDER, OFF, kept_ways
from geoplan.study import read_study

ROOT = Path(__file__).resolve().parent.parent
UTM = CRS("EPSG:32645")
WHOLE = (2.0e5, 4.32e6, 2.1e5, 4.33e6)


@pytest.fixture(autouse=True)
def every_size(monkeypatch):
    """Keep the ways of sources of any size."""
    monkeypatch.setattr(kept, "_WORTH", 0)
    monkeypatch.delenv(OFF, raising=False)


@pytest.fixture
def source(tmp_path) -> Path:
    return Path(shutil.copy(ROOT / "data/wenlan/streets.osm.pbf", tmp_path))


def read(source: Path, *, bounds=WHOLE, crs=UTM):
    return kept_ways(source, source.parent / FOLDER, crs=crs, bounds=bounds)


def only(source: Path) -> Path:
    (file,) = (source.parent / FOLDER).iterdir()
    return file


def test_kept_ways_are_the_ways(source):
    expected = read_ways(source, crs=UTM, bounds=WHOLE)
    assert_same_ways(read(source), expected)
    first = only(source).read_bytes()
    source.with_name("unread.osm.pbf").write_bytes(b"")
    again = read(source)
    assert_same_ways(again, expected)
    assert again.frame.dtypes.equals(expected.frame.dtypes)
    assert again.frame.index.equals(expected.frame.index)
    assert [type(v) for v in again.findings[0].facts.values()] == [
        type(v) for v in expected.findings[0].facts.values()
    ]
    assert only(source).read_bytes() == first


def test_kept_ways_are_not_read_again(source, monkeypatch):
    expected = read(source)
    monkeypatch.setattr(kept, "read_ways", None)
    assert_same_ways(read(source), expected)


def spoil(data: bytes):
    yield b""
    yield data[:20]
    yield data[:-1]
    yield data + b"\0"
    yield data[:500] + bytes([data[500] ^ 1]) + data[501:]
    yield b"\0" * len(data)
    yield b"\x80\x04K\x01."  # a pickle
    payload = data[32:].replace(b'"frames"', b'"Frames"')
    yield kept.sha256(payload).digest() + payload
    payload = data[32:40] + b"[" * (len(data) - 40)
    yield kept.sha256(payload).digest() + payload


def test_what_is_not_as_it_was_written_is_written_anew(source):
    expected = read(source)
    good = only(source).read_bytes()
    for data in spoil(good):
        only(source).write_bytes(data)
        assert_same_ways(read(source), expected)
        assert only(source).read_bytes() == good


def test_ways_of_another_source_are_not_taken(source):
    read(source)
    foreign = only(source)
    data = foreign.read_bytes()
    shutil.copy(ROOT / "data/monaco/streets.osm.pbf", source)
    crs, bounds = CRS(32632), (3.7e5, 4.84e6, 3.76e5, 4.85e6)
    expected = read(source, crs=crs, bounds=bounds)
    (new,) = set(foreign.parent.iterdir()) - {foreign}
    new.write_bytes(data)
    assert_same_ways(read(source, crs=crs, bounds=bounds), expected)


def test_all_that_decides_the_outcome_has_ways_of_its_own(source, monkeypatch):
    read(source)
    read(source, bounds=(2.0e5, 4.32e6, 2.1e5, 4.34e6))
    read(source, crs=CRS("EPSG:32644"), bounds=(6e5, 4e6, 9e5, 5e6))
    monkeypatch.setattr(kept, "_makers", lambda: ("another geoplan",))
    read(source)
    assert len(list((source.parent / FOLDER).iterdir())) == 4


def test_the_oldest_go(source):
    for north in range(4_330_001, 4_330_007):
        read(source, bounds=(2.0e5, 4.32e6, 2.1e5, float(north)))
    assert len(list((source.parent / FOLDER).iterdir())) == kept._MOST  # noqa: SLF001


def test_small_sources_and_other_formats_are_not_kept(source, monkeypatch):
    monkeypatch.setattr(kept, "_WORTH", 2**20)
    read(source)
    assert not (source.parent / FOLDER).exists()


def test_nothing_is_kept_where_that_is_not_wanted(source, monkeypatch):
    monkeypatch.setenv(OFF, "1")
    read(source)
    assert not (source.parent / FOLDER).exists()


def test_a_folder_that_cannot_be_written_is_no_error(source, tmp_path):
    expected = read_ways(source, crs=UTM, bounds=WHOLE)
    (tmp_path / FOLDER).write_bytes(b"a file")
    assert_same_ways(read(source), expected)
    (tmp_path / FOLDER).unlink()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / FOLDER).symlink_to(elsewhere)
    assert_same_ways(read(source), expected)
    assert not list(elsewhere.iterdir())


def test_errors_are_those_of_reading(source):
    with pytest.raises(InputError, match="no walkable way"):
        read(source, bounds=(0.0, 0.0, 1.0, 1.0))
    with pytest.raises(InputError, match="no such file"):
        read(source.with_name("none.osm.pbf"))
    assert not (source.parent / FOLDER).exists()


def test_several_at_once(source):
    expected = read_ways(source, crs=UTM, bounds=WHOLE)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(read, [source] * 4):
            assert_same_ways(found, expected)
    assert_same_ways(kept.load(only(source), crs=UTM), expected)


def test_a_study_is_the_same_with_its_ways_kept(tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(ROOT / "data" / "wenlan", folder)
    first, second = read_study(folder), read_study(folder)
    assert len(list((folder / FOLDER).iterdir())) == 1
    assert_same_ways(second.ways, first.ways)
    assert second.inputs == first.inputs

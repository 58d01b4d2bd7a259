"""The decoder of PBF files, against pyosmium."""

import random
import struct
import sys
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import osmium
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from osmium.osm import mutable
from pyproj import CRS

import geoplan.osm.pbf as pbf_
from geoplan.errors import InputError
from geoplan.osm import read_ways, reading, ways
from geoplan.osm.judging import Judged
from geoplan.osm.messages import fields
from geoplan.osm.pieces import degrees
from geoplan.osm.plain import plain_extract
from geoplan.osm.sieve import sifted
from geoplan.osm.walkable import hurdles_of, node_access, passage
from geoplan.osm.wanted import codes, tables, wanted
from geoplan.presets import walking

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = {"wenlan": "EPSG:32645", "monaco": "EPSG:32632"}
REAL = {
    "porto_alegre/poa.osm.pbf": "EPSG:32722",
    "heidelberg/heidelberg.osm.pbf": "EPSG:32632",
    "monaco/monaco.osm.pbf": "EPSG:32632",
}


def shipped(name: str) -> Path:
    return ROOT / "data" / name / "streets.osm.pbf"


def assert_same(found, expected):
    """Assert that two extracts are the same to the bit, in the same order."""
    assert found.ids == expected.ids
    assert [list(t.items()) for t in found.tags] == [
        list(t.items()) for t in expected.tags
    ]
    for part in ("sizes", "refs", "lonlat"):
        one, other = getattr(found, part), getattr(expected, part)
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes(), part
    assert found.nodes == expected.nodes
    assert [(a.source, a.tags) for a in found.areas] == [
        (a.source, a.tags) for a in expected.areas
    ]
    assert [shapely.to_wkb(a.shape) for a in found.areas] == [
        shapely.to_wkb(a.shape) for a in expected.areas
    ]
    assert list(found.outlines.items()) == list(expected.outlines.items())
    assert found.box == expected.box


def assert_same_ways(found, expected):
    for part in ("frame", "crossings"):
        assert_same_frames(getattr(found, part), getattr(expected, part))
    for part in ("barriers", "water", "green", "rails"):
        assert_same_frames(
            getattr(found.surroundings, part), getattr(expected.surroundings, part)
        )
    assert told(found) == told(expected)


def assert_same_frames(one, other):
    plain = [
        pd.DataFrame(frame.drop(columns="geometry")).map(
            lambda v: tuple(v.tolist()) if isinstance(v, np.ndarray) else v
        )
        for frame in (one, other)
    ]
    pd.testing.assert_frame_equal(*plain)
    assert (
        shapely.to_wkb(one.geometry).tolist() == shapely.to_wkb(other.geometry).tolist()
    )
    assert one.crs == other.crs


def told(found):
    return [(f.rule, f.level, f.layer, f.facts) for f in found.findings]


def write(path: Path, nodes, ways_=(), relations=(), *, options="pbf") -> Path:
    """Write a file: (id, lon, lat, tags), (id, refs, tags), (id, members, tags)."""
    file = osmium.io.File(str(path), options)
    with osmium.SimpleWriter(file, overwrite=True) as writer:
        for i, lon, lat, tags in nodes:
            writer.add_node(mutable.Node(id=i, location=(lon, lat), tags=tags))
        for i, refs, tags in ways_:
            about = {"version": 3, "user": "someone", "uid": 7, "changeset": 9}
            writer.add_way(mutable.Way(id=i, nodes=refs, tags=tags, **about))
        for i, members, tags in relations:
            writer.add_relation(mutable.Relation(id=i, members=members, tags=tags))
    return path


RING = {"type": "multipolygon", "name": "场"}
BORDER = {"type": "boundary", "leisure": "park"}
TOWN = (
    [
        (1, 0.0, 0.0, {}),
        (2, 0.01, 0.0, {"highway": "crossing"}),
        (3, 0.01, 0.01, {"barrier": "门"}),
        (4, 0.0, 0.01, {"amenity": "bench"}),
        (9, 0.0, 0.0, {}),
    ],
    [
        (10, [1, 2, 3], {"highway": "residential", "name": "东街"}),
        (11, [1, 2, 3, 4, 1], {"natural": "water"}),
        (12, [1, 2, 3, 4, 9], {"natural": "water", "name": "closed by its place"}),
        (13, [1, 2, 3, 4, 1], {"natural": "water", "area": "no"}),
        (14, [1, 2, 3], {}),
        (15, [3, 4, 1, 77], {}),
        (16, [3, 4, 1], {"building": "yes"}),
    ],
    [
        (20, [("w", 14, "outer"), ("w", 16, "")], RING | {"natural": "water"}),
        (21, [("w", 14, "a@b, c"), ("n", 1, ""), ("w", 15, "")], BORDER),
        (22, [("w", 14, ""), ("w", 16, "")], RING | {"highway": "pedestrian"}),
        (23, [("w", 14, ""), ("w", 99, "")], RING | {"landuse": "basin"}),
        (24, [("w", 10, "")], {"type": "route", "highway": "path"}),
    ],
)


def test_town_by_hand(tmp_path):
    path = write(tmp_path / "town.osm.pbf", *TOWN)
    found = sifted(path, box=None)
    assert_same(found, plain_extract(path))
    assert found.ids == [10, 11, 12, 13, 14, 16]
    assert [node.id for node in found.nodes] == [2, 3]
    assert sorted(area.source for area in found.areas) == [
        (False, 20),
        (True, 11),
        (True, 12),
    ]
    assert list(found.outlines) == [20, 22, 23]


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_shipped_streets_are_read_as_pyosmium_reads_them(name):
    assert_same(sifted(shipped(name), box=None), plain_extract(shipped(name)))


@pytest.mark.parametrize("name", sorted(REAL))
def test_real_streets_are_read_as_pyosmium_reads_them(real_data, name):
    assert_same(sifted(real_data / name, box=None), plain_extract(real_data / name))


def boxes(ways_, count):
    """Yield boxes of all sizes, in the middle of ways and at their edge."""
    rng = np.random.default_rng(7)
    low, high = np.array(ways_.frame.total_bounds).reshape(2, 2)
    for _ in range(count):
        size = rng.uniform(0.01, 0.5, 2) * (high - low)
        corner = rng.uniform(low - size, high)
        yield (*corner.tolist(), *(corner + size).tolist())


def read_or_say(path, **asked):
    try:
        return read_ways(path, **asked)
    except InputError as error:
        return error.key


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_what_a_box_holds_is_the_same_as_of_the_whole(name, kept, monkeypatch):
    path, crs = shipped(name), CRS(SHIPPED[name])
    whole, everything = plain_extract(path), read_ways(path, crs=crs)
    if not kept:
        monkeypatch.setattr(pbf_, "_KEPT", 0)
    for bounds in boxes(everything, 5):
        box = degrees(bounds, crs=crs)
        assert box is not None
        monkeypatch.setattr(ways, "read_extract", lambda *_, **__: whole)
        expected = read_or_say(path, crs=crs, bounds=bounds)
        monkeypatch.setattr(ways, "read_extract", sifted)
        found = read_or_say(path, crs=crs, bounds=bounds)
        if isinstance(expected, str):
            assert found == expected
            continue
        assert_same_ways(found, expected)


def copies(path: Path, count: int) -> Path:
    """Write a town again and again, each copy east of the last, with new ids."""
    step = 10**12
    nodes, lines = [], []
    for thing in osmium.FileProcessor(str(shipped("wenlan"))):
        if thing.is_node():
            place = thing.location.lon, thing.location.lat
            nodes.append((thing.id, *place, dict(thing.tags)))
        elif thing.is_way():
            refs = [node.ref for node in thing.nodes]
            lines.append((thing.id, refs, dict(thing.tags)))
    every = range(count)
    return write(
        path,
        [(i + k * step, x + k / 10, y, tags) for k in every for i, x, y, tags in nodes],
        [
            (i + k * step, [ref + k * step for ref in refs], tags)
            for k in every
            for i, refs, tags in lines
        ],
    )


def test_memory_grows_with_the_box_and_not_with_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(pbf_, "_KEPT", 0)
    monkeypatch.setenv("GEOPLAN_THREADS", "1")
    box = plain_extract(shipped("wenlan")).lonlat
    box = (*np.nanmin(box, axis=0), *np.nanmax(box, axis=0))
    peaks, ids = [], []
    for count in (6, 12):
        path = copies(tmp_path / f"{count}.osm.pbf", count)
        sifted(path, box=box)
        tracemalloc.start()
        ids.append(sifted(path, box=box).ids)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert ids[0] == ids[1] == plain_extract(shipped("wenlan")).ids
    assert peaks[1] < 1.25 * peaks[0]


WORDS = ["highway", "natural", "water", "barrier", "wall", "footway", "area", "no"]
WORDS += ["type", "multipolygon", "boundary", "leisure", "park", "name", "路", ""]
TAGS = st.dictionaries(st.sampled_from(WORDS), st.sampled_from(WORDS), max_size=4)
PLACES = st.integers(-3, 3)


@st.composite
def towns(draw):
    size = draw(st.integers(4, 12))
    nodes = [(i, draw(PLACES), draw(PLACES), draw(TAGS)) for i in range(1, size + 1)]
    refs = st.lists(st.integers(1, size + 1), min_size=1, max_size=6)
    lines = []
    for i in range(draw(st.integers(0, 6))):
        line = draw(refs)
        closed = draw(st.booleans())
        lines.append((i + 1, [*line, line[0]] if closed else line, draw(TAGS)))
    member = st.tuples(
        st.sampled_from("wwwnr"),
        st.integers(1, 7),
        st.sampled_from(["outer", "inner", ""]),
    )
    relations = [
        (i + 1, draw(st.lists(member, max_size=5)), draw(TAGS))
        for i in range(draw(st.integers(0, 3)))
    ]
    return nodes, lines, relations


@given(town=towns())
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_town_is_read_as_pyosmium_reads_it(tmp_path, town):
    path = write(tmp_path / "town.osm.pbf", *town)
    try:
        found = sifted(path, box=None)
    except ValueError:
        with pytest.raises(InputError):
            plain_extract(path)
    else:
        assert_same(found, plain_extract(path))


def outcome(reader, path):
    """Return what a reader makes of a file; None where it cannot read it."""
    try:
        return reader(path)
    except (RuntimeError, ValueError):
        return None


def sift(path):
    return sifted(path, box=None)


def spoiled(data: bytes, rng: random.Random) -> bytes:
    """Return a file with some bytes changed, taken away or put in."""
    some = bytearray(data)
    at = rng.randrange(len(some))
    how = rng.random()
    if how < 0.7:
        for _ in range(rng.choice([1, 1, 2, 5])):
            value = rng.choice([rng.randrange(256), 0, 127, 128, 255])
            some[rng.randrange(len(some))] = value
    elif how < 0.85:
        del some[at : at + rng.choice([1, 2, 50])]
    else:
        some[at:at] = rng.randbytes(rng.choice([1, 3]))
    return bytes(some)


@pytest.mark.parametrize("seed", range(2))
def test_spoiled_files_are_read_as_pyosmium_reads_them_or_not_at_all(tmp_path, seed):
    path = write(tmp_path / "a.osm.pbf", *TOWN, options="pbf,pbf_compression=none")
    data, rng = path.read_bytes(), random.Random(seed)  # noqa: S311  no secret
    read = 0
    for _ in range(300):
        path.write_bytes(spoiled(data, rng))
        found = outcome(sift, path)
        if found is not None:
            read += 1
            assert_same(found, plain_extract(path))
    assert read > 15


def varint(value: int) -> bytes:
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def text(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(value)) + value


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def zigzag(values) -> bytes:
    return b"".join(
        varint(value << 1 if value >= 0 else ~(value << 1)) for value in values
    )


def blob(kind: bytes, raw: bytes, *, says: int | None = None) -> bytes:
    size = len(raw) if says is None else says
    body = number(2, size) + text(3, zlib.compress(raw))
    head = text(1, kind) + number(3, len(body))
    return struct.pack(">I", len(head)) + head + body


HEADER = blob(b"OSMHeader", text(4, b"OsmSchema-V0.6") + text(4, b"DenseNodes"))


def strings(*texts: bytes) -> bytes:
    return text(1, b"".join(text(1, one) for one in texts))


def dense(ids, lat, lon, *more: bytes) -> bytes:
    steps = [np.diff(some, prepend=0).tolist() for some in (ids, lat, lon)]
    parts = text(1, zigzag(steps[0])) + text(8, zigzag(steps[1]))
    return text(2, parts + text(9, zigzag(steps[2])) + b"".join(more))


STREET = strings(b"", b"highway", b"path") + text(
    2, dense([1, 2], [0, 10**7], [0, 10**7])
)


def street(refs=(1, 2), keys=(1,), values=(2,), *, number_=5, more=b"") -> bytes:
    steps = np.diff(refs, prepend=0).tolist()
    way = number(1, number_) + text(2, bytes(keys)) + text(3, bytes(values)) + more
    return text(2, text(3, way + text(8, zigzag(steps))))


def test_file_by_hand(tmp_path):
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(HEADER + blob(b"OSMData", STREET + street()))
    found = sift(path)
    assert_same(found, plain_extract(path))
    assert (found.ids, found.tags) == ([5], [{"highway": "path"}])
    assert found.lonlat.tolist() == [[0, 0], [1, 1]]


@pytest.mark.parametrize(
    "block",
    [
        STREET + street() + number(17, 1000) + number(19, 50) + number(20, 99),
        STREET + street() + number(17, 7) + number(19, 2**64 - 50),
        STREET + street() + text(2, b""),
        STREET + street(refs=(1, 2, 1, 77, 2)),
        STREET + street(refs=(1, 2)) + street(refs=(2, 1), number_=6),
    ],
)
def test_unusual_files_are_decoded(tmp_path, block):
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(HEADER + blob(b"OSMData", block))
    assert_same(sift(path), plain_extract(path))


@pytest.mark.parametrize(
    "block",
    [
        STREET + street(keys=(1, 1), values=(2, 2)),  # a key stands twice
        STREET + street(keys=(9,)),  # no such text
        STREET + street(values=()),
        STREET + street(refs=()),
        STREET + street(refs=(1, -2)),
        STREET + street() + street(),  # a number stands twice
        STREET + street(more=text(7, b"a")),  # an unknown field
        street() + STREET,  # ways before nodes
        STREET + street() + number(17, 0),
        STREET + street() + number(17, 2**31),
        STREET + street() + text(2, dense([3], [91 * 10**7], [0])),
        STREET + street() + text(2, dense([4, 3], [0, 0], [0, 0])),
        STREET + street() + text(2, dense([3, 4], [0], [0, 0])),
        strings(b"", b"\xc3\x28", b"path") + STREET,
        strings(b"", b"a" * 2000) + STREET[len(strings(b"")) :],
        b"\x0a" + b"\xff" * 9 + b"\x7f",
        b"\x0a" + b"\x80" * 40,
        b"\xff" * 60,
        STREET + street(keys=(0,) * 6000, values=(0,) * 6000),  # too many tags
        text(2, b"") * 2000,
    ],
)
def test_what_the_decoder_does_not_know_is_left_to_pyosmium(tmp_path, block):
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(HEADER + blob(b"OSMData", block))
    assert outcome(sift, path) is None
    plain = outcome(plain_extract, path)
    assert plain is None or plain.ids is not None


def broken_files():
    good = blob(b"OSMData", STREET + street())
    yield "empty", b""
    yield "no header", good
    yield "cut", (HEADER + good)[:-5]
    yield "header too long", b"\x7f\xff\xff\xff" + HEADER
    yield "foreign blob", HEADER + good.replace(b"OSMData", b"OSMDate")
    yield "says less", HEADER + blob(b"OSMData", STREET + street(), says=5)
    yield "says more", HEADER + blob(b"OSMData", STREET + street(), says=5000)
    yield "says far too much", HEADER + blob(b"OSMData", STREET, says=2**40)
    spoilt = bytearray(HEADER + good)
    spoilt[-3] ^= 255
    yield "checksum", bytes(spoilt)
    feature = text(4, b"OsmSchema-V0.6") + text(4, b"Unheard")
    yield "feature", blob(b"OSMHeader", feature) + good


@pytest.mark.parametrize(
    "data", [data for _, data in broken_files()], ids=[n for n, _ in broken_files()]
)
def test_broken_files_are_refused(tmp_path, data, monkeypatch):
    monkeypatch.setattr(reading, "_WORTH", 0)
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(data)
    assert outcome(sift, path) is None
    with pytest.raises(InputError) as caught:
        reading.read_extract(path)
    assert caught.value.key == "osm_broken"


def test_bomb_is_refused_before_it_goes_off(tmp_path):
    path = tmp_path / "a.osm.pbf"
    bomb = blob(b"OSMData", bytes(2**25))
    path.write_bytes(HEADER + bomb * 3)
    with pytest.raises(InputError, match="unpack") as caught:
        sift(path)
    assert caught.value.key == "osm_broken"


@pytest.mark.parametrize(
    "options",
    [
        "pbf,pbf_compression=none",
        "pbf,add_metadata=false",
        "pbf,add_metadata=version+timestamp",
    ],
)
def test_kinds_of_files_that_are_decoded(tmp_path, options):
    path = write(tmp_path / "a.osm.pbf", *TOWN, options=options)
    assert_same(sift(path), plain_extract(path))


@pytest.mark.parametrize(
    "options", ["pbf,pbf_dense_nodes=false", "pbf,locations_on_ways=true", "osh.pbf"]
)
def test_kinds_of_files_that_pyosmium_reads(tmp_path, options, monkeypatch):
    monkeypatch.setattr(reading, "_WORTH", 0)
    expected = plain_extract(write(tmp_path / "a.osm.pbf", *TOWN))
    path = write(tmp_path / "b.osm.pbf", *TOWN, options=options)
    assert outcome(sift, path) is None
    assert reading.read_extract(path).ids == expected.ids


@pytest.mark.parametrize("worth", [0, 2**20])
def test_new_ids_and_ways_first_are_put_in_order(tmp_path, worth, monkeypatch):
    monkeypatch.setattr(reading, "_WORTH", worth)
    nodes = [(-i, lon, lat, tags) for i, lon, lat, tags in TOWN[0]]
    lines = [(i, [-ref for ref in refs], tags) for i, refs, tags in TOWN[1]]
    path = write(tmp_path / "a.osm.pbf", nodes, lines)
    found = reading.read_extract(path)
    assert found.ids == [10, 11, 12, 13]
    assert not np.isnan(found.lonlat).any()


def test_ways_without_nodes_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "_WORTH", 0)
    path = write(tmp_path / "a.osm.pbf", TOWN[0][:1], TOWN[1])
    for box in (None, (-1.0, -1.0, 1.0, 1.0), (50.0, 50.0, 51.0, 51.0)):
        with pytest.raises(InputError, match="nodes are missing"):
            reading.read_extract(path, box=box)


def test_without_numba_pyosmium_reads(monkeypatch):
    monkeypatch.setitem(sys.modules, "geoplan.osm.sieve", None)
    found = reading.read_extract(shipped("monaco"))
    assert_same(found, plain_extract(shipped("monaco")))


def test_same_bytes_for_any_number_of_threads(monkeypatch):
    expected = sift(shipped("monaco"))
    for threads in ("1", "2", "7"):
        monkeypatch.setenv("GEOPLAN_THREADS", threads)
        assert_same(sift(shipped("monaco")), expected)


@given(tags=TAGS)
def test_numbers_mean_what_tags_mean(tags):
    table = codes()
    code = {one.decode(): at for at, one in enumerate(table.texts, start=1)}
    bits = 0
    for key, value in tags.items():
        bits |= int(table.rules[code.get(key, 0), code.get(value, 0)])
    assert {bit for bit in tables() if bits & bit} == {
        bit for bit in tables() if wanted(tags, bit)
    }


KEYS = ["highway", "access", "foot", "barrier", "railway", "name", "wheelchair", "kerb"]
VALUES = ["steps", "private", "no", "yes", "gate", "platform", "raised", "footway"]


@given(
    many=st.lists(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES))),
)
def test_what_is_remembered_of_tags_is_what_would_be_said(many):
    for judge in (
        lambda tags: passage(tags, walking()),
        lambda tags: hurdles_of(tags, on="ways"),
        node_access,
    ):
        judged = Judged(judge)
        assert [judged(tags) for tags in many] == [judge(tags) for tags in many]


def test_tags_are_not_looked_through_unnoticed():
    with pytest.raises(TypeError):
        Judged(lambda tags: len(dict(tags)))({"a": "b"})


@given(st.binary(max_size=30))
def test_any_bytes_are_fields_or_refused(data):
    try:
        for _, start, end in fields(data, 0, len(data)):
            assert end <= len(data)
            assert start <= end or end == 0
    except ValueError:
        pass


def test_box_in_degrees_holds_the_bounds():
    crs = CRS("EPSG:32650")
    west, south, east, north = degrees((5e5, 3e6, 6e5, 3.1e6), crs=crs)
    assert west < 117 < east
    assert south < 27.2 < north
    assert degrees((0, 0, 1e9, 1e9), crs=crs) is None

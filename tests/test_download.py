"""Downloads: what a server holds comes whole, or not at all.

The server is a real one, on this computer: it speaks as Nominatim and Overpass do,
and gives of an extract what the query asks for.
"""

import json
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import osmium
import osmnx
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from offices import EAST, NORTH, PLAIN, STUDY, write_study
from pyproj import CRS, Transformer
from shapely import box

from geoplan import cli
from geoplan.errors import GeoplanError, InputError, UsageError
from geoplan.osm import read_ways
from geoplan.osm.download import download, record_of, recorded
from geoplan.osm.overpass import query_of
from geoplan.study import read_study

SINCE = "2026-06-29T08:00:00Z"
NOWHERE = "http://127.0.0.1:9"  # the port of "discard": nobody listens

_FILTER = re.compile(r'(way|relation)((?:\["[^"]+"(?:~"[^"]*")?\])+)\(poly:"([^"]+)"\)')
_TAG = re.compile(r'\["([^"]+)"(?:~"([^"]*)")?\]')


class Server(ThreadingHTTPServer):
    """What OpenStreetMap holds, and what it has been asked."""

    elements: list[dict] = []  # noqa: RUF012  set by each test
    places: dict[str, dict] = {}  # noqa: RUF012
    remark = ""
    broken = False
    asked: list[str]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Speaks as a Nominatim and an Overpass server do."""

    def do_GET(self):
        where = urlsplit(self.path)
        if where.path.endswith("/search"):
            name = parse_qs(where.query)["q"][0]
            self.server.asked.append(name)
            self.send([p for n, p in self.server.places.items() if n == name])
        else:
            self.send("Connected as: 1\n\nTime\nRate limit: 2\n2 slots available now.")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        query = parse_qs(body)["data"][0]
        self.server.asked.append(query)
        if self.server.broken:
            self.send("<html>runtime error</html>", code=400)
            return
        answer = {
            "osm3s": {"timestamp_osm_base": SINCE},
            "elements": chosen(self.server.elements, query),
        }
        if self.server.remark:
            answer["remark"] = self.server.remark
        self.send(answer)

    def send(self, answer, code=200):
        text = answer if isinstance(answer, str) else json.dumps(answer)
        self.send_response(code)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        """Keep quiet."""


def chosen(elements, query):
    """Return the elements that a query asks for, and all that they are made of."""
    by_key = {(one["type"], one["id"]): one for one in elements}
    wanted = set()
    for kind, tags, _ring in _FILTER.findall(query):
        asked = _TAG.findall(tags)
        wanted |= {
            key
            for key, one in by_key.items()
            if key[0] == kind
            and all(
                name in one.get("tags", {})
                and re.search(pattern, one["tags"][name])  # no pattern: any value
                for name, pattern in asked
            )
        }
    assert query.endswith("(._;>;);out body;")
    for key in [key for key in wanted if key[0] == "relation"]:
        members = by_key[key]["members"]
        wanted |= {(member["type"], member["ref"]) for member in members}
    for key in [key for key in wanted if key[0] == "way" and key in by_key]:
        wanted |= {("node", node) for node in by_key[key]["nodes"]}
    return [one for key, one in by_key.items() if key in wanted]


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Server(("127.0.0.1", 0), Handler)
    running.asked = []
    thread = threading.Thread(target=running.serve_forever, args=(0.02,))
    thread.start()
    monkeypatch.setattr(osmnx.settings, "overpass_url", f"{running.url}/api")
    monkeypatch.setattr(osmnx.settings, "nominatim_url", f"{running.url}/")
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def offline(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(osmnx.settings, "overpass_url", NOWHERE)
    monkeypatch.setattr(osmnx.settings, "nominatim_url", NOWHERE)


# --- a place by hand, 200 m wide, in the desert of the other tests --------------

TO_DEGREES = Transformer.from_crs(PLAIN, 4326, always_xy=True)


def node(number, x, y, **tags):
    lon, lat = TO_DEGREES.transform(EAST + x, NORTH + y)
    return {"type": "node", "id": number, "lon": lon, "lat": lat, "tags": tags}


def way(number, *nodes, **tags):
    tags = {key.replace("__", ":"): value for key, value in tags.items()}
    return {"type": "way", "id": number, "nodes": list(nodes), "tags": tags}


#  1 ── 2 gate ── 3      a street, one-way for cars
#  4 ── 5                a footway that meets nothing, one-way on foot
#  6 ── 7 wall   8 ── 9 railway   10-11-12-13 a lake, by a relation   14-15 a pipe
TOWN = [
    node(1, 0, 100),
    node(2, 100, 100, barrier="gate"),
    node(3, 200, 100),
    node(4, 0, 300),
    node(5, 200, 300),
    node(6, 0, 150),
    node(7, 200, 150),
    node(8, 0, 200),
    node(9, 200, 200),
    node(10, 300, 0),
    node(11, 400, 0),
    node(12, 400, 100),
    node(13, 300, 100),
    node(14, 0, 400),
    node(15, 200, 400),
    way(21, 1, 2, 3, highway="residential", oneway="yes", name="示例路"),
    way(22, 4, 5, highway="footway", oneway__foot="yes", access="private"),
    way(23, 6, 7, barrier="wall"),
    way(24, 8, 9, railway="rail"),
    way(25, 10, 11, 12),
    way(26, 12, 13, 10),
    way(27, 14, 15, man_made="pipeline"),
    {
        "type": "relation",
        "id": 31,
        "tags": {"type": "multipolygon", "natural": "water"},
        "members": [
            {"type": "way", "ref": 25, "role": "outer"},
            {"type": "way", "ref": 26, "role": "outer"},
        ],
    },
]


def degrees(*sides):
    return TO_DEGREES.transform_bounds(*sides)


HERE = degrees(EAST - 50, NORTH - 50, EAST + 450, NORTH + 450)
BOX = ",".join(f"{side:.6f}" for side in HERE)


def place(name="示例街道, 虚构"):
    west, south, east, north = HERE
    return {
        "display_name": name,
        "importance": 0.5,
        "lat": str(south),
        "lon": str(west),
        "boundingbox": [str(south), str(north), str(west), str(east)],
        "geojson": shapely.geometry.mapping(box(*HERE)),
    }


def test_a_download_reads_like_any_extract(server, tmp_path):
    server.elements = TOWN
    done = download(bbox=BOX, out=tmp_path / "streets.osm.pbf")
    found = read_ways(done.path, crs=CRS(PLAIN))
    ways = found.frame.set_index("way")
    assert ways.index.tolist() == ["w21", "w22"]
    assert ways.loc["w21", "name"] == "示例路"
    assert ways.loc["w21", ["forward", "backward"]].tolist() == [True, True]
    assert ways.loc["w22", ["forward", "backward"]].tolist() == [True, False]
    assert ways.loc["w22", "access"] == "private"
    assert found.crossings[["node", "kind"]].to_numpy().tolist() == [[2, "gate"]]
    assert sorted(found.surroundings.barriers["kind"]) == ["rail", "wall", "water"]
    assert found.surroundings.water.area.round().tolist() == [10_000]
    assert ways.length["w21"] == pytest.approx(200, abs=0.02)


@pytest.mark.parametrize("ending", [".osm.pbf", ".osm", ".osm.gz", ".osm.bz2"])
def test_every_ending_is_a_format(server, tmp_path, ending):
    server.elements = TOWN
    done = download(bbox=BOX, out=tmp_path / f"文澜{ending}")
    assert done.path == tmp_path / f"文澜{ending}"
    assert len(read_ways(done.path, crs=CRS(PLAIN)).frame) == 2


def test_a_download_gives_what_the_extract_gives(server, tmp_path, root):
    """Oracle: a whole city, asked for by tags, reads as its extract does."""
    city = root / "data" / "monaco" / "streets.osm.pbf"
    server.elements = list(elements_of(city))
    done = download(bbox="7.40,43.72,7.45,43.76", out=tmp_path)
    theirs, ours = (
        read_ways(path, crs=CRS(32632), bounds=(365_000, 4_840_000, 380_000, 4_850_000))
        for path in (city, done.path)
    )
    assert_geodataframe_equal(ours.frame, theirs.frame, check_like=True)
    assert_geodataframe_equal(ours.crossings, theirs.crossings)
    for part in ("barriers", "green", "rails"):  # the sea ends where the file does
        mine = getattr(ours.surroundings, part)
        assert_geodataframe_equal(mine, getattr(theirs.surroundings, part))


def elements_of(path):
    """Yield what an OpenStreetMap file holds, as an Overpass server writes it."""
    kinds = {"n": "node", "w": "way", "r": "relation"}
    for thing in osmium.FileProcessor(str(path)):
        kind = kinds[thing.type_str()]
        one = {"type": kind, "id": thing.id, "tags": dict(thing.tags)}
        if kind == "node":
            one |= {"lon": thing.lon, "lat": thing.lat}
        elif kind == "way":
            one["nodes"] = [node.ref for node in thing.nodes]
        else:
            one["members"] = [
                {"type": kinds[m.type], "ref": m.ref, "role": m.role}
                for m in thing.members
            ]
        yield one


def test_the_record_says_what_was_asked_and_when(server, tmp_path):
    server.elements = TOWN
    server.places = {"示例街道": place()}
    done = download("示例街道", out=tmp_path)
    assert done.path == tmp_path / "openstreetmap-示例街道.osm.pbf"
    record = json.loads(record_of(done.path).read_text(encoding="utf-8"))
    assert record["asked"] == {"place": "示例街道"}
    assert record["name"] == done.name == "示例街道, 虚构"
    assert record["data_as_of"] == done.date == SINCE
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", record["downloaded"])
    assert record["queries"] == server.asked[1:]
    assert (record["nodes"], record["ways"], record["relations"]) == (13, 6, 1)
    assert "ODbL" in record["licence"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "openstreetmap-示例街道.osm.pbf",
        "openstreetmap-示例街道.osm.pbf.json",
    ]


def test_a_place_is_asked_for_with_a_rim_and_a_box_as_it_is(server, tmp_path):
    server.elements = TOWN
    server.places = {"示例街道": place()}
    download("示例街道", out=tmp_path)
    download(bbox=BOX, out=tmp_path)
    wide, narrow = (
        gpd.GeoSeries([outline(query)], crs=4326).to_crs(PLAIN)[0]
        for query in server.asked[1:]
    )
    assert wide.contains(box(EAST, NORTH, EAST + 400, NORTH + 400).buffer(2500))
    assert narrow.area == pytest.approx(500 * 500, rel=0.01)


def outline(query):
    flat = [float(part) for part in _FILTER.search(query)[3].split()]
    return shapely.Polygon(list(zip(flat[1::2], flat[::2], strict=True)))


def test_the_polygons_of_a_file(server, tmp_path):
    server.elements = TOWN
    area = gpd.GeoSeries([box(EAST, NORTH, EAST + 300, NORTH + 300)], crs=PLAIN)
    area.to_file(tmp_path / "grids.gpkg")
    done = download(polygon=tmp_path / "grids.gpkg", out=tmp_path)
    assert done.path.name == "openstreetmap-grids.osm.pbf"
    assert done.asked == {"polygon": "grids.gpkg"}


def test_the_same_answer_gives_the_same_bytes(server, tmp_path):
    server.elements = TOWN
    first = download(bbox=BOX, out=tmp_path / "a.osm.pbf").path.read_bytes()
    server.elements = TOWN[::-1]
    assert download(bbox=BOX, out=tmp_path / "b.osm.pbf").path.read_bytes() == first


def test_osmnx_is_left_as_it_was(server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    server.elements = TOWN
    server.places = {"示例街道": place()}
    before = dict(vars(osmnx.settings))
    resolve = socket.getaddrinfo
    download("示例街道", out="streets.osm.pbf")
    server.broken = True
    with pytest.raises(InputError):
        download(bbox=BOX)
    assert vars(osmnx.settings) == before
    assert socket.getaddrinfo is resolve
    assert not (tmp_path / "cache").exists()


# --- what can go wrong -----------------------------------------------------------


def failed(**asked):
    with pytest.raises(GeoplanError) as caught:
        download(**asked)
    assert caught.value.say("zh")
    return caught.value


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({}, "download_where"),
        ({"place": "a", "bbox": BOX}, "download_where"),
        ({"bbox": "1,2,3"}, "download_box"),
        ({"bbox": "west,2,3,4"}, "download_box"),
        ({"bbox": "114,30,113,31"}, "download_box"),
        ({"bbox": "114,30,115,91"}, "download_box"),
        ({"bbox": "nan,30,115,31"}, "download_box"),
        ({"bbox": "73,18,135,53"}, "download_too_large"),
    ],
)
def test_areas_that_cannot_be(asked, key):
    error = failed(**asked)
    assert isinstance(error, UsageError)
    assert error.key == key


def test_files_without_a_polygon(tmp_path):
    assert failed(polygon=tmp_path / "none.gpkg").key == "file_missing"
    line = shapely.LineString([(EAST, NORTH), (EAST + 9, NORTH)])
    gpd.GeoSeries([line], crs=PLAIN).to_file(tmp_path / "line.gpkg")
    (tmp_path / "text.txt").write_text("x")
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    for name in ("line.gpkg", "text.txt", "table.csv"):
        assert failed(polygon=tmp_path / name).key == "download_polygon"


def test_a_place_that_nobody_knows(server, tmp_path):
    point = {**place(), "geojson": {"type": "Point", "coordinates": [1, 2]}}
    server.places = {"一点": point}
    for name in ("无此地", "一点"):
        error = failed(place=name, out=tmp_path)
        assert error.key == "place_unknown"
        assert name in str(error)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ({"remark": "runtime error: Query timed out"}, "download_refused"),
        ({"broken": True}, "download_refused"),
        ({"elements": TOWN[:15]}, "download_empty"),
        ({"elements": []}, "download_empty"),
    ],
)
def test_half_an_answer_is_none_and_what_was_there_stays(server, tmp_path, fault, key):
    server.elements = TOWN
    done = download(bbox=BOX, out=tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for name, value in fault.items():
        setattr(server, name, value)
    error = failed(bbox=BOX, out=done.path)
    assert error.key == key
    assert str(fault.get("remark", "")) in str(error)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_written_to(server, tmp_path):
    server.elements = TOWN
    (tmp_path / "file").touch()
    assert failed(bbox=BOX, out=tmp_path / "file" / "a.osm.pbf").key == "cannot_write"


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("asked", [{"place": "示例街道"}, {"bbox": BOX}])
def test_without_network_a_message_says_how_to_get_a_file(tmp_path, asked):
    error = failed(**asked, out=tmp_path)
    assert error.key == "download_offline"
    for lang in ("zh", "en"):
        told = error.say(lang)
        assert "\n" not in told
        for way_out in ("geofabrik", "bbbike", "QuickOSM", ".osm.pbf"):
            assert way_out in told
        assert '[network] path = "…"' in told
    assert list(tmp_path.iterdir()) == []


# --- the command, and a study that names a place ---------------------------------


def test_the_command(server, tmp_path, capsys):
    server.elements = TOWN
    server.places = {"示例街道": place()}
    assert cli.main(["download", "示例街道", "--out", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert '[network] path = "openstreetmap-示例街道.osm.pbf"' in told.out
    assert "示例街道, 虚构" in told.err
    assert SINCE in told.err
    english = ["download", f"--bbox={BOX}", "--lang", "en", "--out", str(tmp_path)]
    assert cli.main(english) == 0
    assert "Downloading" in capsys.readouterr().err


@pytest.mark.usefixtures("offline")
def test_the_command_without_network(tmp_path, capsys):
    assert cli.main(["download", "示例街道", "--out", str(tmp_path)]) == 2
    assert "geofabrik" in capsys.readouterr().err
    assert cli.main(["download"]) == 2
    assert "--bbox" in capsys.readouterr().err


PLACE_STUDY = STUDY.replace('path = "ways.gpkg"', 'place = "示例街道"')


def test_a_study_downloads_its_place_once(server, tmp_path):
    server.elements = TOWN
    server.places = {"示例街道": place()}
    study = write_study(tmp_path, text=PLACE_STUDY)
    told = []
    first = read_study(study, tell=lambda step, **_: told.append(step))
    assert told == ["download_find", "download", "downloaded"]
    asked = len(server.asked)
    again = read_study(study, tell=lambda step, **_: told.append(step))
    assert len(server.asked) == asked
    assert len(told) == 3
    assert first.from_openstreetmap
    assert first.inputs == again.inputs
    assert "openstreetmap-示例街道.osm.pbf" in {one.path for one in first.inputs}
    found = next(f for f in again.findings if f.rule == "network_downloaded")
    assert found.facts["date"] == SINCE
    pd.testing.assert_frame_equal(
        pd.DataFrame(first.ways.frame.drop(columns="nodes")),
        pd.DataFrame(again.ways.frame.drop(columns="nodes")),
    )


@pytest.mark.parametrize("damage", ["file", "record", "other place"])
def test_a_broken_or_foreign_cache_is_never_trusted(server, tmp_path, damage):
    server.elements = TOWN
    server.places = {"示例街道": place()}
    done = download("示例街道", out=tmp_path)
    record = record_of(done.path)
    assert recorded("示例街道", folder=tmp_path) == done
    if damage == "file":
        done.path.write_bytes(done.path.read_bytes()[:-9])
    elif damage == "record":
        record.write_text("[]")
    else:
        text = record.read_text(encoding="utf-8").replace('"示例街道"', '"别处"')
        record.write_text(text, encoding="utf-8")
    assert recorded("示例街道", folder=tmp_path) is None
    asked = len(server.asked)
    read_study(write_study(tmp_path, text=PLACE_STUDY))
    assert len(server.asked) > asked
    assert recorded("示例街道", folder=tmp_path) is not None


def test_what_is_asked_for_is_what_is_read():
    query = query_of("0 0 0 1 1 1")
    for part in ('way["highway"]', 'way["barrier"]', "coastline", "cemetery", "tram"):
        assert part in query
    assert 'relation["type"~"^(multipolygon|boundary)$"]["natural"~' in query
    assert "building" not in query
    assert len(_FILTER.findall(query)) == query.count("poly:")
    assert Path(record_of(Path("a.osm"))).name == "a.osm.json"

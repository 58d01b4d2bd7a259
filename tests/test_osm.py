"""Ways out of OpenStreetMap files, graphs and road layers."""

import bz2
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import pytest
import shapely
from pyproj import CRS
from shapely import LineString, Point

from geoplan import network
from geoplan.errors import CrsError, InputError
from geoplan.model import Walker
from geoplan.osm import read_ways
from geoplan.osm.surroundings import sea
from geoplan.osm.walkable import passage
from geoplan.presets import walking
from geoplan.wording import texts

UTM = CRS("EPSG:32650")

#   1 --- 2 --- 3      a residential road
#         |
#         4            a footway, then private, then a loop of wall
#         |
#         5
NODES = {
    1: (114.300, 30.600, {}),
    2: (114.301, 30.600, {"highway": "crossing", "crossing": "traffic_signals"}),
    3: (114.302, 30.600, {}),
    4: (114.301, 30.599, {"barrier": "gate", "access": "private"}),
    5: (114.301, 30.598, {}),
    6: (114.3005, 30.5985, {}),
    7: (114.3015, 30.5985, {}),
    8: (114.3015, 30.5995, {}),
    9: (114.350, 30.650, {"barrier": "gate"}),
}
WAYS = {
    10: ([1, 2, 3], {"highway": "residential", "name": "东街", "oneway": "yes"}),
    11: ([2, 4], {"highway": "footway", "oneway:foot": "yes"}),
    12: ([4, 5], {"highway": "service", "access": "private"}),
    13: ([3, 5], {"highway": "primary", "foot": "no"}),
    14: ([1, 5], {"highway": "trunk"}),
    15: ([6, 7, 8, 6], {"natural": "water", "name": "小湖"}),
    16: ([1, 6], {"barrier": "wall"}),
    17: ([3, 7], {"railway": "rail", "bridge": "yes"}),
    18: ([3, 8], {"railway": "subway", "layer": "-2"}),
    19: ([1, 8], {"highway": "hovercraft"}),
    20: ([5, 99], {"highway": "path"}),
    21: ([5, 5, 7, 99, 8, 3], {"highway": "path"}),
}


def xml(*, nodes=NODES, ways=WAYS, relations="", nodes_first=True) -> str:
    """Return the town as OpenStreetMap XML."""
    point_texts = [
        f'<node id="{i}" version="1" lon="{lon}" lat="{lat}">{tags_xml(tags)}</node>'
        for i, (lon, lat, tags) in nodes.items()
    ]
    way_texts = [
        f'<way id="{i}" version="1">'
        + "".join(f'<nd ref="{ref}"/>' for ref in refs)
        + f"{tags_xml(tags)}</way>"
        for i, (refs, tags) in ways.items()
    ]
    parts = [point_texts, way_texts] if nodes_first else [way_texts, point_texts]
    body = "".join(parts[0] + parts[1])
    return f'<osm version="0.6" generator="test">{body}{relations}</osm>'


def tags_xml(tags) -> str:
    return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())


def read(tmp_path: Path, text: str, **options):
    path = tmp_path / "town.osm"
    path.write_text(text, encoding="utf-8")
    return read_ways(path, crs=UTM, **options)


def way(ways, name):
    return ways.frame[ways.frame["way"] == name].iloc[0]


def facts(ways, rule):
    return [finding.facts for finding in ways.findings if finding.rule == rule]


def test_town_by_hand(tmp_path):
    ways = read(tmp_path, xml())
    assert sorted(ways.frame["way"]) == ["w10", "w11", "w12", "w21", "w21"]
    street = way(ways, "w10")
    assert (street["name"], street["kind"]) == ("东街", "residential")
    assert street["forward"]
    assert street["backward"]  # a plain oneway is for vehicles
    assert street["nodes"].tolist() == [1, 2, 3]
    assert street["nodes"].dtype == np.int64
    assert street.geometry.length == pytest.approx(191.9, abs=0.3)
    assert way(ways, "w11")["forward"]
    assert not way(ways, "w11")["backward"]
    assert way(ways, "w12")["access"] == "private"
    assert ways.frame.crs == UTM


def test_same_node_is_same_place(tmp_path):
    ways = read(tmp_path, xml())
    middle = shapely.get_coordinates(way(ways, "w10").geometry)[1]
    assert (middle == shapely.get_coordinates(way(ways, "w11").geometry)[0]).all()


def test_way_with_missing_nodes_falls_into_pieces(tmp_path):
    ways = read(tmp_path, xml())
    pieces = ways.frame[ways.frame["way"] == "w21"]
    assert [ids.tolist() for ids in pieces["nodes"]] == [[5, 7], [8, 3]]
    for ids, line in zip(ways.frame["nodes"], ways.frame.geometry, strict=True):
        assert len(ids) == shapely.get_num_coordinates(line)
    assert facts(ways, "ways_cut") == [{"count": 1}]


def test_what_is_left_out_is_told(tmp_path):
    ways = read(tmp_path, xml())
    assert [f["value"] for f in facts(ways, "ways_closed")] == ["primary"]
    assert [f["value"] for f in facts(ways, "ways_unasked")] == ["trunk"]
    assert [f["value"] for f in facts(ways, "ways_unknown")] == ["hovercraft"]
    assert facts(ways, "ways_restricted") == [
        {"value": "private", "count": 1, "km": 0.11}
    ]


def test_private_ways_are_for_those_who_may(tmp_path):
    ways = read(tmp_path, xml())
    resident = Walker(preset="custom", speed=1.2, access=frozenset({"private"}))
    assert "w12" not in set(network.build(ways).edges["way"])
    assert "w12" in set(network.build(ways, walker=resident).edges["way"])


def test_every_finding_has_its_texts(tmp_path):
    for finding in read(tmp_path, xml()).findings:
        for lang in ("zh", "en"):
            assert texts("findings", lang)[finding.rule].format(**finding.facts)


def test_nodes_on_ways(tmp_path):
    found = read(tmp_path, xml()).crossings.set_index("node")
    assert sorted(found.index) == [2, 4]  # the gate far away is on no way
    assert found.loc[2, "kind"] == "traffic_signals"
    assert tuple(found.loc[4, ["kind", "access"]]) == ("gate", "private")


def test_surroundings(tmp_path):
    around = read(tmp_path, xml()).surroundings
    assert sorted(around.barriers["kind"]) == ["wall", "water"]
    lake = around.barriers.set_index("kind").loc["water"]
    assert lake["name"] == "小湖"
    assert lake.geometry.geom_type in {"Polygon", "MultiPolygon"}
    assert list(around.water["kind"]) == ["water"]
    assert sorted(around.rails["kind"]) == ["rail", "subway"]


@pytest.mark.parametrize(
    "hiding",
    [{"tunnel": "culvert"}, {"bridge": "yes"}, {"covered": "yes"}, {"layer": "-1"}],
)
def test_hidden_river_stops_nobody(tmp_path, hiding):
    town = {10: WAYS[10], 30: ([4, 5], {"waterway": "river"} | hiding)}
    assert read(tmp_path, xml(ways=town)).surroundings.barriers.empty


def test_water_that_does_not_close_still_stops(tmp_path):
    town = {10: WAYS[10], 30: ([4, 5], {}), 31: ([5, 6], {})}
    lake = (
        '<relation id="1" version="1"><member type="way" ref="30" role="outer"/>'
        '<member type="way" ref="31" role="outer"/>'
        + tags_xml({"type": "multipolygon", "natural": "water"})
        + "</relation>"
    )
    ways = read(tmp_path, xml(ways=town, relations=lake))
    assert list(ways.surroundings.barriers["kind"]) == ["water", "water"]
    assert facts(ways, "water_not_closed") == [{"count": 2, "ways": "w30, w31"}]


def test_water_that_does_not_close_elsewhere_is_not_told(tmp_path):
    far = {40: (114.5, 30.7, {}), 41: (114.51, 30.7, {})}
    pond = {"natural": "water"}
    town = {
        10: WAYS[10],
        30: ([4, 5], pond),
        31: ([40, 41], pond),
        32: ([98, 99], pond),
    }
    text = xml(nodes=NODES | far, ways=town)
    box = way(read(tmp_path, text), "w10").geometry.buffer(400).bounds
    near = read(tmp_path, text, bounds=box)
    assert facts(near, "water_not_closed") == [{"count": 1, "ways": "w30"}]
    everywhere = facts(read(tmp_path, text), "water_not_closed")
    assert everywhere == [{"count": 2, "ways": "w30, w31"}]


def test_outlines_that_do_not_close_are_hidden_as_closed_ones_are(tmp_path):
    things = [
        ({"natural": "water"}, 1),
        ({"natural": "water", "tunnel": "no"}, 1),
        ({"natural": "water", "layer": "-1"}, 1),
        ({"natural": "water", "tunnel": "yes"}, 0),
        ({"natural": "water", "bridge": "yes"}, 0),
        ({"natural": "water", "covered": "yes"}, 0),
        ({"natural": "water", "barrier": "wall", "bridge": "yes"}, 0),
        ({"landuse": "reservoir", "location": "underground"}, 0),
        ({"waterway": "riverbank", "layer": "-1"}, 0),
    ]
    for tags, barred in things:
        for outline in ([6, 7, 8], [6, 7, 8, 6]):
            ways = read(tmp_path, xml(ways={10: WAYS[10], 30: (outline, tags)}))
            assert len(ways.surroundings.barriers) == barred, (tags, outline)
            told = barred and outline[0] != outline[-1]
            assert len(facts(ways, "water_not_closed")) == told, (tags, outline)


def test_outline_of_a_square_is_walked(tmp_path):
    town = {10: WAYS[10], 30: ([2, 4, 8], {}), 31: ([8, 2], {})}
    square = (
        '<relation id="1" version="1"><member type="way" ref="30" role="outer"/>'
        '<member type="way" ref="31" role="outer"/>'
        + tags_xml({"type": "multipolygon", "highway": "pedestrian"})
        + "</relation>"
    )
    ways = read(tmp_path, xml(ways=town, relations=square))
    assert set(ways.frame["way"]) == {"w10", "w30", "w31"}
    assert way(ways, "w30")["kind"] == "pedestrian"


@pytest.mark.parametrize(
    ("tags", "verdict"),
    [
        ({"highway": "footway"}, "open"),
        ({"highway": "cycleway"}, "open"),
        ({"highway": "cycleway", "foot": "no"}, "closed"),
        ({"highway": "path", "foot": "use_sidepath"}, "closed"),
        ({"highway": "residential", "sidewalk": "separate"}, "open"),
        ({"highway": "service", "access": "no"}, "closed"),
        ({"highway": "service", "access": "no", "foot": "yes"}, "open"),
        ({"highway": "service", "access": "private", "foot": "permissive"}, "open"),
        ({"highway": "service", "foot": "private"}, "restricted"),
        ({"highway": "trunk"}, "unasked"),
        ({"highway": "trunk", "foot": "yes"}, "open"),
        ({"highway": "trunk", "sidewalk": "both"}, "open"),
        ({"highway": "bridleway", "foot": "designated"}, "open"),
        ({"highway": "primary", "motorroad": "yes"}, "closed"),
        ({"highway": "motorway", "foot": "yes"}, "never"),
        ({"highway": "construction"}, "never"),
        ({"railway": "platform"}, "open"),
    ],
)
def test_table_of_ways(tags, verdict):
    assert passage(tags, walking()).verdict == verdict


def test_no_way_at_all():
    assert passage({"area:highway": "footway"}, walking()) is None
    assert passage({"barrier": "wall"}, walking()) is None


def test_reversed_oneway_for_feet():
    how = passage({"highway": "steps", "oneway:foot": "-1"}, walking())
    assert (how.forward, how.backward) == (False, True)


@pytest.mark.parametrize("ending", [".osm.pbf", ".osm.bz2", ".osm"])
def test_formats_agree(tmp_path, ending):
    expected = read(tmp_path, xml())
    path = tmp_path / f"同城{ending}"
    if ending == ".osm.pbf":
        with osmium.SimpleWriter(str(tmp_path / "a.osm.pbf")) as writer:
            for thing in osmium.FileProcessor(str(tmp_path / "town.osm")):
                writer.add(thing)
        (tmp_path / "a.osm.pbf").rename(path)
    else:
        data = (tmp_path / "town.osm").read_bytes()
        path.write_bytes(bz2.compress(data) if ending == ".osm.bz2" else data)
    found = read_ways(path, crs=UTM)
    assert found.frame.drop(columns="nodes").equals(
        expected.frame.drop(columns="nodes")
    )


def test_ways_before_their_nodes(tmp_path):
    expected = read(tmp_path, xml())
    found = read(tmp_path, xml(nodes_first=False))
    assert found.frame["way"].tolist() == expected.frame["way"].tolist()
    assert found.frame.geometry.geom_equals(expected.frame.geometry).all()


def test_nodes_that_an_editor_has_numbered_below_zero(tmp_path):
    nodes = {-i if i > 3 else i: place for i, place in NODES.items()}
    ways = {
        way: ([-ref if ref > 3 else ref for ref in refs], tags)
        for way, (refs, tags) in WAYS.items()
    }
    expected = read(tmp_path, xml())
    found = read(tmp_path, xml(nodes=nodes, ways=ways))
    assert found.frame["way"].tolist() == expected.frame["way"].tolist()
    assert found.frame.geometry.geom_equals(expected.frame.geometry).all()
    assert sorted(found.crossings["kind"]) == sorted(expected.crossings["kind"])
    assert "water" in set(found.surroundings.barriers["kind"])


def test_bounds(tmp_path):
    line = way(read(tmp_path, xml()), "w12").geometry
    ways = read(tmp_path, xml(), bounds=line.buffer(5).bounds)
    assert set(ways.frame["way"]) == {"w11", "w12", "w21"}
    with pytest.raises(InputError, match="where the grids are"):
        read(tmp_path, xml(), bounds=(0, 0, 1, 1))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.osm", b"<osm", "cannot be read"),
        ("a.osm.pbf", b"no PBF at all", "cannot be read"),
        ("a.osm", b'<osm version="0.6"></osm>', "nothing in this file"),
        ("a.osm", b'<osm version="0.6"><node id="1" lon="400" lat="1"/></osm>', "400"),
        ("a.osm.pbf", b"", "cannot be read"),
        ("a.graphml", b"<graphml/>", "no street graph"),
        ("a.geojson", b"{}", "cannot be read as a road layer"),
    ],
)
def test_broken_files(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_ways(path, crs=UTM)
    assert str(path) in str(caught.value)


def test_ways_without_nodes(tmp_path):
    with pytest.raises(InputError, match="nodes are missing"):
        read(tmp_path, xml(nodes={}))


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_ways(tmp_path / "none.osm.pbf", crs=UTM)


def test_sea_lies_on_the_right_of_the_coast():
    frame = shapely.box(0, 0, 100, 100)
    (water,) = sea([LineString([(50, -10), (50, 110)])], within=frame)
    assert water.equals(shapely.box(50, 0, 100, 100))


def test_island_is_no_sea():
    frame = shapely.box(0, 0, 100, 100)
    island = shapely.box(70, 40, 80, 60).exterior  # anticlockwise: land on the left
    coast = LineString([(50, -10), (50, 110)])
    assert sum(w.area for w in sea([coast, island], within=frame)) == 5000 - 200


def test_nothing_is_said_beyond_the_end_of_a_coast():
    frame = shapely.box(0, 0, 100, 100)
    (water,) = sea([LineString([(50, -10), (50, 80)])], within=frame)
    assert water.equals(shapely.box(50, 0, 100, 80))
    assert sea([], within=frame) == []


def graph(tmp_path) -> Path:
    """Save a graph as OSMnx does: 1 - 2 both ways, 2 → 3 curved, 3 - 1 motorway."""
    import osmnx  # noqa: PLC0415  slow, and only wanted here

    town = nx.MultiDiGraph(crs="EPSG:4326")
    for node, (x, y) in {
        1: (114.3, 30.6),
        2: (114.31, 30.6),
        3: (114.31, 30.61),
    }.items():
        town.add_node(node, x=x, y=y)
    town.nodes[2]["highway"] = "crossing"
    curve = LineString([(114.31, 30.6), (114.312, 30.605), (114.31, 30.61)])
    both = {"osmid": 7, "highway": "residential", "oneway": False, "length": 1.0}
    town.add_edge(1, 2, **both)
    town.add_edge(2, 1, **both)
    oneway = {"osmid": [8, 9], "highway": ["footway", "steps"], "oneway": True}
    town.add_edge(2, 3, **oneway, geometry=curve, length=1.0)
    town.add_edge(3, 1, osmid=10, highway="motorway", oneway=True, length=1.0)
    path = tmp_path / "town.graphml"
    osmnx.save_graphml(town, path)
    return path


def test_graphml(tmp_path):
    ways = read_ways(graph(tmp_path), crs=UTM)
    assert list(ways.frame["way"]) == ["w7", "w8"]
    assert ways.frame[["forward", "backward"]].all(axis=None)
    assert ways.frame["nodes"].iloc[0].tolist() == [1, 2]
    u, between, v = ways.frame["nodes"].iloc[1].tolist()
    assert (u, v) == (2, 3)
    assert between < 0
    assert ways.crossings["node"].tolist() == [2]
    assert ways.surroundings.barriers.empty
    assert "no_surroundings" in {finding.rule for finding in ways.findings}


STREET = ("1", "2"), ("2", "1")


def unkinded(tmp_path, *pairs) -> Path:
    """Save the graph with the edges between pairs of nodes stripped of their kind."""
    path = graph(tmp_path)
    town = nx.read_graphml(path, force_multigraph=True)
    for u, v in pairs:
        del town[u][v][0]["highway"]
    nx.write_graphml(town, path)
    return path


def test_edges_of_a_graph_without_kind_are_left_out_and_counted(tmp_path):
    ways = read_ways(unkinded(tmp_path, *STREET), crs=UTM)
    assert list(ways.frame["way"]) == ["w8"]
    (told,) = facts(ways, "edges_without_kind")
    assert told == {"count": 1, "km": pytest.approx(0.96, abs=0.011)}
    assert {f.level for f in ways.findings if f.rule == "edges_without_kind"} == {
        "warning"
    }


def test_kind_of_either_direction_counts(tmp_path):
    ways = read_ways(unkinded(tmp_path, STREET[0]), crs=UTM)
    assert list(ways.frame["way"]) == ["w7", "w8"]
    assert way(ways, "w7")["kind"] == "residential"
    assert facts(ways, "edges_without_kind") == []


def test_blank_kind_is_none(tmp_path):
    path = graph(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(">residential<", "> <"), encoding="utf-8")
    ways = read_ways(path, crs=UTM)
    assert list(ways.frame["way"]) == ["w8"]
    assert [told["count"] for told in facts(ways, "edges_without_kind")] == [1]


def test_kinds_outside_the_bounds_count_as_kinds_of_the_graph(tmp_path):
    path = unkinded(tmp_path, *STREET)
    x, y = shapely.get_coordinates(
        gpd.GeoSeries([Point(114.305, 30.6)], crs="EPSG:4326").to_crs(UTM)
    )[0]
    with pytest.raises(InputError, match="no walkable way"):
        read_ways(path, crs=UTM, bounds=(x - 50, y - 50, x + 50, y + 50))


def test_graph_without_any_kind_is_walked_throughout(tmp_path):
    ways = read_ways(unkinded(tmp_path, *STREET, ("2", "3"), ("3", "1")), crs=UTM)
    assert list(ways.frame["way"]) == ["w7", "w8", "w10"]
    assert set(ways.frame["kind"]) == {"road"}
    assert facts(ways, "edges_without_kind") == []


def roads(tmp_path, **options) -> Path:
    x, y = 527000.0, 3387000.0
    lines = [
        LineString([(x, y), (x + 100, y)]),
        shapely.MultiLineString([[(x, y), (x, y + 50)], [(x, y + 60), (x, y + 90)]]),
        LineString([(x, y), (x + 500, y + 500)]),
        None,
    ]
    frame = gpd.GeoDataFrame(
        {
            "路名": ["东街", "西街", "绕城", "无"],
            "fclass": ["支路", None, "motorway", "路"],
        },
        geometry=lines,
        crs="EPSG:4547",
    )
    path = tmp_path / "roads.shp"
    frame.to_file(path, **options)
    return path


@pytest.mark.parametrize("cpg", [True, False])
@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_road_layer(tmp_path, encoding, cpg):
    path = roads(tmp_path, encoding=encoding)
    if not cpg:
        path.with_suffix(".cpg").unlink()
    ways = read_ways(path, crs=CRS("EPSG:4547"))
    assert ways.frame["name"].tolist() == ["东街", "西街", "西街"]
    assert ways.frame["kind"].tolist() == ["支路", "way", "way"]
    assert ways.frame["way"].tolist() == ["1", "2", "2"]
    assert ways.frame.length.round().tolist() == [100, 50, 30]
    assert ways.frame["nodes"].isna().all()
    told = facts(ways, "road_layer_rows")
    assert told == [{"rows": 4, "no_line": 1, "not_walked": 1}]


def test_road_layer_in_another_crs_and_datum(tmp_path):
    there = Point(114.2805, 30.6021)
    frame = gpd.GeoDataFrame(
        geometry=[LineString([there, Point(114.2815, 30.6021)])], crs="EPSG:4326"
    )
    path = tmp_path / "roads.geojson"
    frame.to_file(path)
    plain = read_ways(path, crs=UTM).frame.geometry.iloc[0]
    shifted = read_ways(path, crs=UTM, datum="gcj02").frame.geometry.iloc[0]
    assert plain.equals_exact(frame.to_crs(UTM).geometry.iloc[0], 1e-6)
    assert 300 < plain.distance(shifted) < 800


def test_road_layer_must_say_its_crs(tmp_path):
    path = roads(tmp_path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(CrsError, match="coordinates"):
        read_ways(path, crs=UTM)


@pytest.mark.parametrize(
    ("shape", "held"),
    [
        (shapely.box(0, 0, 9, 9), "it holds polygons"),
        (shapely.MultiPolygon([shapely.box(0, 0, 9, 9)]), "it holds polygons"),
        (Point(0, 0), "it holds points"),
        (None, "nothing in this file"),
    ],
)
@pytest.mark.parametrize("bounds", [None, (-5, -5, 5, 5)])
def test_layer_without_lines(tmp_path, shape, held, bounds):
    path = tmp_path / "grids.gpkg"
    gpd.GeoDataFrame({"code": ["a"]}, geometry=[shape], crs=UTM).to_file(path)
    with pytest.raises(InputError, match=held) as caught:
        read_ways(path, crs=UTM, bounds=bounds)
    assert str(path) in caught.value.say("zh")


def test_several_road_layers(tmp_path):
    path = tmp_path / "roads.gpkg"
    frame = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (1, 1)])], crs=UTM)
    frame.to_file(path, layer="old")
    frame.to_file(path, layer="new")
    with pytest.raises(InputError, match="old, new"):
        read_ways(path, crs=UTM)


def test_nanjing(real_data):
    ways = read_ways(real_data / "nanjing" / "nanjing.osm", crs=CRS("EPSG:4508"))
    assert 80 < ways.frame.length.sum() / 1000 < 95
    assert not ways.frame["kind"].str.startswith(("motorway", "trunk")).any()
    # every subway there is runs in a tunnel
    assert "subway" not in set(ways.surroundings.barriers["kind"])
    assert set(ways.surroundings.rails["kind"]) == {"subway"}


def test_heidelberg(real_data):
    ways = read_ways(
        real_data / "heidelberg" / "heidelberg.osm.pbf", crs=CRS("EPSG:32632")
    )
    assert (ways.frame["kind"] == "steps").sum() > 1500
    kinds = ways.surroundings.barriers["kind"].value_counts()
    assert kinds["wall"] > 250
    assert "tram" not in kinds
    assert (ways.crossings["kind"] == "gate").sum() > 500

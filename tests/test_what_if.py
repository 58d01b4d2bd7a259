"""Trying stations elsewhere: where they may stand; both languages walk alike."""

import json

import numpy as np
import pytest
import shapely
from geopandas import GeoSeries
from pandas import DataFrame
from shapely import LineString, Point, box
from test_walk import graph_of, legs_of
from towns import ways
from what_ifs import (
    VECTORS,
    carried,
    graph_of_ground,
    ground_of,
    legs_at,
    night,
    packed,
    walked_to,
    walked_to_places,
)

from geoplan import network as net
from geoplan import walk
from geoplan.coverage.footing import footing
from geoplan.maps import what_if
from geoplan.maps.shell import read
from geoplan.model import WalkingGraph
from geoplan.walk import carried as core
from geoplan.walk.graph import FAR

SCRIPTS = ("codec", "whatif/ways", "whatif/footing")


@pytest.fixture(scope="module")
def bench(browser):
    """Give a page with the scripts that walk, and nothing else."""
    context = browser.new_context()
    page = context.new_page()
    page.goto("about:blank")
    for part in SCRIPTS:
        page.add_script_tag(content=read(f"runtime/{part}.js"))
    page.evaluate(
        """() => { window.walk = station => {
            const found = geoplan.whatif.ways.search(station);
            return [Array.from(found.home), Array.from(found.homeMs)];
        }; }"""
    )
    yield page
    context.close()


def used(bench, ground):
    """Let the page walk a study."""
    bench.evaluate(
        "data => { geoplan.whatif.ways.use(data); geoplan.whatif.footing.use(data); }",
        carried(ground),
    )
    return bench


def tables(found):
    return [dict(zip(homes, ms, strict=True)) for homes, ms in found]


# Where a station may stand


def straight(*lines, area=None, blocks=()):
    """Return the free parts of ways, each as edge, from and to."""
    network = net.build(ways([*lines, [(0, 900), (600, 900)]]))
    found = footing(
        network,
        area=area or box(-50, -50, 700, 500),
        blocks=(GeoSeries(list(blocks)),),
    )
    return [tuple(row) for row in found.round(6).itertuples(index=False)]


def test_a_way_is_free_but_for_what_ends_a_leg():
    street = [(0, 0), (600, 0)]
    assert straight(street) == [(0, 0.0, 600.0)]
    walled = straight(street, blocks=[LineString([(101, -5), (101, 5)])])
    assert walled == [(0, 0.0, 100.0), (0, 102.0, 600.0)]
    inside = straight(street, blocks=[box(-10, -10, 201, 10)])
    assert inside == [(0, 202.0, 600.0)]
    assert straight(street, blocks=[box(-10, -10, 610, 10)]) == []


def test_nobody_stands_on_fragments_or_far_off():
    assert straight([(0, 0), (400, 0)]) == []
    assert straight([(0, 0), (600, 0)], area=box(0, 100, 600, 200)) == []


def test_places_keep_off_ways_that_nobody_may_stand_on():
    """A shut way that crosses a free one would take a place on the crossing."""
    free = straight(
        [(0, 0), (600, 0)],
        [(301, -300), (301, 300)],
        blocks=[box(300, -310, 302, -1), box(300, 1, 302, 310)],
    )
    assert (0, 0.0, 300.0) in free
    assert (0, 302.0, 600.0) in free


def test_on_its_footing_a_place_stands_on_that_way_alone():
    ground = ground_of()
    free = graph_of_ground(ground).footing
    rng = np.random.default_rng(3)
    rows = rng.choice(len(free), 100)
    edge = free["edge"].to_numpy()[rows]
    lines = ground.network.edges.geometry.to_numpy()[edge]
    at = rng.uniform(free["from_m"].to_numpy()[rows], free["to_m"].to_numpy()[rows])
    xy = shapely.get_coordinates(shapely.line_interpolate_point(lines, at))
    steps = legs_at(ground, shapely.points(np.round(xy, 2))).candidates
    assert steps["thing"].tolist() == list(range(100))
    assert (steps["gate"] == -1).all()
    assert steps["leg_m"].max() < 0.01
    assert (steps["edge"].to_numpy() == edge).mean() > 0.99  # a crossing is of two


def test_what_is_too_much_for_a_page_is_left_out(monkeypatch):
    ground = ground_of()
    data = carried(ground)
    assert what_if.size(data) < 250_000
    monkeypatch.setattr(what_if, "MOST", what_if.size(data) - 1)
    assert carried(ground) is None


# Both languages


def rowed(way, *, stations, homes, limit):
    """Return a graph as it travels, without ground to stand on."""
    steps = DataFrame(
        {
            "home": homes.thing,
            "edge": homes.edge,
            "share": homes.share,
            "leg_ms": homes.leg_ms,
            "to_u_ms": np.where(homes.to_u_ms == FAR, -1, homes.to_u_ms),
            "to_v_ms": np.where(homes.to_v_ms == FAR, -1, homes.to_v_ms),
        }
    )
    nothing = DataFrame({"place": [], "home": [], "ms": []})
    edges = {
        "u": way.u.astype(int),
        "v": way.v.astype(int),
        "forward_ms": np.where(way.forward_ms == FAR, -1, way.forward_ms),
        "backward_ms": np.where(way.backward_ms == FAR, -1, way.backward_ms),
    }
    return WalkingGraph(
        speed=way.speed,
        limit_ms=limit,
        nodes=way.nodes,
        edges=DataFrame(edges),
        footing=DataFrame({"edge": [], "from_m": [], "to_m": []}),
        lines=GeoSeries([]),
        steps=steps,
        seeds=core.seeds(way, stations=stations),
        direct=core.direct(way, stations=stations, homes=homes, inside=nothing),
        at=np.zeros((stations.things, 2)),
        codes=tuple(str(k) for k in range(stations.things)),
        fingerprint="",
        asleep=DataFrame({"name": []}),
    )


def strange(rng):
    """Return a small network with one-ways, loops, no lengths; stations and homes."""
    size, count = rng.integers(2, 8), rng.integers(1, 13)
    lengths = rng.choice([0.0, 1.0, 7.3, 12.5, 100.0], count)
    allowed = rng.choice(3, count)
    place = [rng.integers(0, size, 2).tolist() for _ in range(count)]
    way = graph_of(size, place, lengths, [(k != 1, k != 2) for k in allowed])

    def things(most):
        found = []
        for _ in range(rng.integers(1, most)):
            edges = rng.integers(0, count, rng.integers(0, 4)).tolist()
            shares = rng.choice([0.0, 0.25, 1 / 3, 0.5, 1.0], len(edges)).tolist()
            legs = rng.choice([0.0, 1.0, 30.0], len(edges)).tolist()
            found.append(
                [
                    (edge, share if lengths[edge] else 0.0, leg)
                    for edge, share, leg in zip(edges, shares, legs, strict=True)
                ]
            )
        return legs_of(found, lengths)

    return way, things(5), things(6)


@pytest.mark.browser
def test_strange_networks_are_walked_alike(bench):
    rng = np.random.default_rng(11)
    data, truth = [], []
    for _ in range(100):
        way, stations, homes = strange(rng)
        limit = int(rng.choice([15_000, 60_000, 10**8]))
        spots = {"stations": walk.spots(stations, way=way)}
        spots["homes"] = walk.spots(homes, way=way)
        data.append(what_if.walks(rowed(way, **spots, limit=limit), grain=None))
        pairs = walk.reach(way, stations=stations, things=homes, limit=limit / 1000)
        found = [{} for _ in range(len(stations.things))]
        for row in pairs.itertuples():
            found[row.station][row.thing] = round(row.seconds * 1000)
        truth.append(found)
    told = bench.evaluate(
        """all => all.map(data => {
            const ways = geoplan.whatif.ways.use(data);
            return data.codes.map((code, i) => walk(ways.place(i)));
        })""",
        data,
    )
    assert [tables(one) for one in told] == truth


@pytest.mark.browser
def test_vectors_in_both_languages(bench):
    """Places and walks of one file: as Python counts them, and as the page does."""
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    ground = ground_of(vectors["study"])
    points = shapely.points(vectors["places"])
    assert [packed(one) for one in walked_to(ground, points)] == vectors["walks"]
    told = used(bench, ground).evaluate(
        """places => places.map(([x, y]) => {
            const at = geoplan.whatif.footing.stand(x, y);
            return walk(geoplan.whatif.ways.onEdge(at.edge, at.share, at.leg));
        })""",
        vectors["places"],
    )
    assert [packed(one) for one in tables(told)] == vectors["walks"]


@pytest.mark.browser
def test_stations_and_rooms_are_walked_to_alike(bench):
    ground = ground_of()
    told = used(bench, ground).evaluate(
        """count => Array.from({ length: count },
            (_, i) => walk(geoplan.whatif.ways.place(i)))""",
        len(ground.places.frame),
    )
    assert tables(told) == walked_to_places(ground)


@pytest.mark.browser
def test_stations_that_are_shut_at_the_hour_come_along(bench):
    """They could open: they follow the siting's places, and stand as those do."""
    ground = night()
    graph = graph_of_ground(ground)
    first = len(ground.places.frame)
    assert first - len(ground.study.layers.candidates) == 3
    stations = ground.study.layers.stations
    shut = stations[stations["tier"] == ground.circle.tier].index[3:]
    assert list(graph.asleep.index) == list(shut) == list(graph.codes[first:])
    told = used(bench, ground).evaluate(
        "([a, b]) => Array.from({ length: b - a }, "
        "(_, i) => walk(geoplan.whatif.ways.place(a + i)))",
        [first, len(graph.codes)],
    )
    assert tables(told) == walked_to(ground, stations.geometry[shut].to_list())
    assert ("24/7", True) in graph.hours
    assert ("Mo-Fr 08:30-17:30", False) in graph.hours


DRAGGED = """count => {
    const { footing, ways } = geoplan.whatif;
    let seed = 5;
    const lot = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const found = [];
    while (found.length < count) {
        const line = Math.floor(lot() * footing.n);
        const [x, y] = footing.along(line, lot() * footing.length[line]);
        const at = footing.settle(x + footing.corner[0] + lot() * 8 - 4,
            y + footing.corner[1] + lot() * 8 - 4, 60);
        if (!at) continue;
        const reached = walk(ways.onEdge(at.edge, at.share, at.leg));
        found.push([at.x, at.y].concat(reached));
    }
    return found;
}"""


@pytest.mark.browser
def test_wherever_a_station_is_dragged_both_count_the_same(bench):
    ground = ground_of()
    told = used(bench, ground).evaluate(DRAGGED, 250)
    truth = walked_to(ground, [Point(x, y) for x, y, _, _ in told])
    assert tables([homes, ms] for _, _, homes, ms in told) == truth
    assert sum(map(len, truth)) > 2_000


@pytest.mark.browser
def test_the_page_knows_the_places_of_the_ground(bench):
    """Metres become steps of the page's lattice and come back."""
    ground = ground_of()
    far = used(bench, ground).evaluate(
        """() => {
            const { footing } = geoplan.whatif;
            let most = 0;
            for (let i = 0; i < footing.n; i += 1) {
                const k = footing.start[i];
                const x = footing.x[k] + footing.corner[0];
                const y = footing.y[k] + footing.corner[1];
                const [u, v] = footing.toCrs(...footing.toPage(x, y));
                most = Math.max(most, Math.hypot(u - x, v - y));
            }
            return most;
        }"""
    )
    assert far < 0.01

"""Legs: scenes by hand, and the plain reading of the definition as oracle."""

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoSeries
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box
from towns import METRIC, frame, ways

from geoplan import attach
from geoplan import network as net

LONG = [(-400, 0), (400, 0)]  # one way of 800 m: no fragment


def stand(points, lines, *, footprints=(), barriers=()):
    """Return the legs of some points, one place each."""
    shapes = [Point(point) for point in points]
    return attach.legs(
        GeoSeries(shapes, crs=METRIC),
        things=pd.Index([f"p{i}" for i in range(len(points))], name="code"),
        thing=np.arange(len(points)),
        network=net.build(ways(lines)),
        sight=attach.Sight.over(
            footprints=frame(footprints).geometry, barriers=frame(barriers).geometry
        ),
    )


@pytest.mark.parametrize(
    ("metres", "access", "off"), [(5, 5, ""), (140, 140, ""), (160, np.nan, "too_far")]
)
def test_a_leg_is_at_most_150_m(metres, access, off):
    legs = stand([(0, metres)], [LONG])
    assert legs.things["access_m"].item() == pytest.approx(access, nan_ok=True)
    assert legs.things["off_network"].item() == off


def test_every_edge_in_sight_is_a_candidate_and_none_behind_another():
    legs = stand([(0, 10)], [LONG, [(-400, 40), (400, 40)], [(-400, 60), (400, 60)]])
    assert legs.candidates["edge"].tolist() == [0, 1]
    assert legs.candidates["leg_m"].tolist() == pytest.approx([10, 30])


def test_a_way_that_ends_where_the_leg_ends_does_not_cross_it():
    legs = stand(
        [(0, 10)], [[(-400, 0), (0, 0)], [(0, 0), (400, 0)], [(0, 0), (0, -300)]]
    )
    assert legs.candidates["edge"].tolist() == [0, 1, 2]


def test_behind_another_building_only_the_shortest_leg_is_taken():
    legs = stand(
        [(0, 40)],
        [LONG, [(-400, -10), (400, -10)]],
        footprints=[box(-60, 10, 60, 20), box(-5, 35, 5, 45)],
    )
    assert legs.things["leg"].item() == "through_building"
    assert legs.candidates["edge"].tolist() == [0]


def test_the_own_footprint_does_not_block():
    legs = stand([(0, 40)], [LONG], footprints=[box(-5, 10, 5, 45)])
    assert legs.things["leg"].item() == ""


def test_a_leg_that_ends_inside_another_footprint_crosses_it():
    legs = stand([(0, 40)], [LONG], footprints=[box(-50, -5, 50, 5)])
    assert legs.things["leg"].item() == "through_building"


def test_a_wall_blocks_and_its_gap_lets_through():
    wall = [LineString([(-200, 20), (-10, 20)]), LineString([(10, 20), (200, 20)])]
    legs = stand([(0, 40), (50, 40)], [LONG], barriers=wall)
    assert legs.things["off_network"].tolist() == ["", "blocked"]


def test_a_gate_standing_on_the_wall_is_not_blocked_by_it():
    legs = stand([(0, 20)], [LONG], barriers=[LineString([(-200, 20), (200, 20)])])
    assert legs.things["access_m"].item() == pytest.approx(20)


def test_on_an_edge_it_stands_on_that_edge_alone():
    legs = stand([(0, 0.4)], [LONG, [(-400, 30), (400, 30)]])
    assert legs.candidates["edge"].tolist() == [0]


def test_on_a_junction_the_smallest_edge_is_taken():
    legs = stand([(0, 0)], [[(-400, 0), (0, 0)], [(0, 0), (400, 0)]])
    assert legs.candidates["edge"].tolist() == [0]


def test_a_fragment_neither_serves_nor_blocks_while_a_larger_one_is_in_sight():
    stub = [(-50, 20), (50, 20)]
    legs = stand([(0, 40)], [LONG, stub])
    assert legs.candidates["edge"].tolist() == [0]
    assert legs.things["leg"].item() == ""


def test_a_fragment_serves_where_nothing_else_does_and_is_flagged():
    stub = [(-50, 200), (50, 200)]
    legs = stand([(0, 220)], [LONG, stub])
    assert legs.candidates["edge"].tolist() == [1]
    assert legs.things["leg"].item() == "fragment"


def test_a_thing_with_two_entrances_stands_by_both():
    places = GeoSeries([Point(0, 10), Point(0, 200)], crs=METRIC)
    legs = attach.legs(
        places,
        things=pd.Index(["home"], name="code"),
        thing=np.array([0, 0]),
        network=net.build(ways([LONG])),
        sight=attach.Sight.over(
            footprints=frame([]).geometry, barriers=frame([]).geometry
        ),
    )
    assert legs.things["access_m"].item() == pytest.approx(10)
    assert legs.things["off_network"].item() == ""


def read_plainly(point, edges, *, usable, footprints, barriers):
    """Return (candidates, through) exactly as the definition reads."""
    legs = {}
    for number in usable:
        leg = shapely.shortest_line(point, edges[number])
        if leg.length > attach.LEG_LIMIT:
            continue
        ends = shapely.union(
            Point(leg.coords[0]).buffer(attach.TOUCH),
            Point(leg.coords[-1]).buffer(attach.TOUCH),
        )
        inside = leg.difference(ends)
        others = [edges[other] for other in usable if other != number]
        if any(inside.intersects(thing) for thing in [*others, *barriers]):
            continue
        through = any(
            inside.intersects(shape)
            for shape in footprints
            if shape.distance(point) > attach.TOUCH
        )
        legs[number] = (through, leg.length)
    clear = {
        number: length for number, (through, length) in legs.items() if not through
    }
    on_it = {
        number: length for number, length in clear.items() if length <= attach.ON_EDGE
    }
    if on_it:
        return {min(on_it, key=lambda number: (on_it[number], number))}, False
    if clear:
        return set(clear), False
    if legs:
        return {min(legs, key=lambda number: (legs[number][1], number))}, True
    return set(), False


coordinate = st.integers(-9, 9).map(lambda tens: tens * 10.0)
point = st.tuples(coordinate, coordinate)
segment = st.tuples(point, point).filter(lambda ends: ends[0] != ends[1])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(segment, min_size=1, max_size=6),
    st.lists(point, min_size=1, max_size=4),
    st.lists(point, max_size=3),
    st.lists(segment, max_size=2),
)
def test_legs_equal_the_plain_reading(lines, spots, homes, walls):
    spots = [(x + 1.37, y + 2.11) for x, y in spots]
    footprints = [box(x + 0.3, y + 0.7, x + 8.9, y + 6.1) for x, y in homes]
    barriers = [LineString(wall) for wall in walls]
    long_way = [(-1000.0, -95.0), (1000.0, -95.0)]
    network = net.build(ways([long_way, *lines]))
    edges = network.edges.geometry.to_list()
    length = network.components["length_m"].to_numpy()
    large = np.flatnonzero(length[network.edges["component"]] >= attach.FRAGMENT)
    legs = stand(spots, [long_way, *lines], footprints=footprints, barriers=barriers)
    for number, spot in enumerate(spots):
        seen = {"edges": edges, "footprints": footprints, "barriers": barriers}
        expected, through = read_plainly(Point(spot), usable=large, **seen)
        flag = "through_building" if through else ""
        if not expected:
            expected, _ = read_plainly(Point(spot), usable=range(len(edges)), **seen)
            flag = "fragment" if expected else ""
        mine = legs.candidates[legs.candidates["thing"] == number]
        assert set(mine["edge"]) == expected
        assert legs.things["leg"].iloc[number] == flag
        assert (legs.things["off_network"].iloc[number] == "") == bool(expected)

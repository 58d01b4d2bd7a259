"""Polygons of reach: by hand, against plain buffers, and as laws."""

from functools import reduce

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box
from towns import frame, on_edges, ways

from geoplan import circles, walk
from geoplan import network as net
from geoplan.circles import compiled, plain
from geoplan.circles.canvas import AROUND, CELL, RIM, WIDTH
from geoplan.circles.field import contour
from geoplan.model import Walker
from geoplan.union import united

WALKER = Walker(preset="custom", speed=1.0)
CROSS = [
    [(-300, 0), (0, 0)],
    [(0, 0), (300, 0)],
    [(0, 0), (0, 300)],
    [(0, 0), (0, -300)],
]


def drawn(lines, station, limit, *, barriers=()):
    network = net.build(ways(lines))
    way = walk.graph(network, walker=WALKER)
    sheet = circles.canvas(network, way=way, barriers=frame(barriers).geometry)
    fields = circles.fields(sheet, way=way, stations=on_edges(station, 1), limit=limit)
    return dict(fields)


def test_a_field_is_the_reached_way_25_m_wide_and_ends_with_the_time():
    field = drawn(CROSS, [(0, 0, 300.0, 0.0)], 200)[0]
    arms = [LineString([(-175, 0), (175, 0)]), LineString([(0, -175), (0, 175)])]
    truth = shapely.union_all([arm.buffer(25, quad_segs=32) for arm in arms])
    assert field.is_valid
    assert field.symmetric_difference(truth).area / truth.area < 0.01


def test_the_leg_of_the_station_takes_time_from_the_field():
    near = drawn(CROSS, [(0, 0, 300.0, 0.0)], 200)[0]
    far = drawn(CROSS, [(0, 0, 300.0, 50.0)], 200)[0]
    assert near.contains(Point(0, 190))
    assert not far.contains(Point(0, 160))
    assert far.contains(Point(0, 140))


def test_too_little_time_gives_an_empty_field_and_no_error():
    assert drawn(CROSS, [(0, 0, 300.0, 80.0)], 60)[0].is_empty


def test_a_barrier_ends_the_field_and_its_far_side_is_not_reached():
    wall = LineString([(-400, 10), (-20, 10)])
    field = drawn(CROSS, [(0, 0, 300.0, 0.0)], 200, barriers=[wall])[0]
    assert field.contains(Point(-100, 5))
    assert field.contains(Point(-100, -20))
    assert not field.intersects(box(-150, 15, -60, 30))


def test_water_is_a_barrier_on_its_banks():
    river = box(-400, 10, -20, 16)
    field = drawn(CROSS, [(0, 0, 300.0, 0.0)], 200, barriers=[river])[0]
    assert not field.intersects(box(-150, 18, -60, 30))


def test_the_outline_holds_who_is_reached_and_not_who_is_not():
    field = drawn(CROSS, [(0, 0, 300.0, 0.0)], 200)[0]
    home, other, pond = (
        box(100, 40, 110, 50),
        box(-60, 10, -50, 20),
        box(10, 10, 20, 20),
    )
    shape = circles.outline(
        field,
        reached=np.array([home]),
        legs=np.array([LineString([(105, 45), (105, 0)])]),
        unreached=shapely.STRtree([other]),
        water=shapely.STRtree([pond]),
    )
    assert shape.is_valid
    assert shape.contains(Point(105, 45))
    assert shape.contains(Point(105, 35))
    assert not shape.intersects(Point(-55, 15))
    assert not shape.intersects(Point(15, 15))


# A field with a hole; two parts that fill it, to the last digits but not quite; and
# parts around, without which GEOS would not go piece by piece.
FILLED = """
POLYGON ((464948 4318640, 465222 4318842, 465415 4318412, 465146 4318253,
    464948 4318640), (465188.72364501347 4318766.766520012,
    465115.301352 4318761.115231, 465214 4318666, 465192 4318774,
    465188.72364501347 4318766.766520012))
POLYGON ((465144.77367002104 4318763.38370533, 465173.8070866312 4318765.618397568,
    465173.86197832617 4318764.501051449, 465144.77367002104 4318763.38370533))
POLYGON ((465214.126639 4318665.661518, 465115.301352 4318761.115231,
    465189.355842 4318766.81518, 465214.126639 4318665.661518))
POLYGON ((465020 4318708, 465022 4318709, 465022 4318703, 465020 4318708))
POLYGON ((465514 4318540, 465515 4318534, 465515 4318529, 465514 4318540))
POLYGON ((465215 4318335, 465216 4318328, 465217 4318320, 465215 4318335))
POLYGON ((465207 4318521, 465228 4318512, 465237 4318425, 465207 4318521))
POLYGON ((465112 4318646, 465120 4318533, 465018 4318528, 465112 4318646))
POLYGON ((465022 4318709, 465009 4318704, 465007 4318740, 465022 4318709))
POLYGON ((464954 4318506, 464998 4318510, 465002 4318461, 464954 4318506))
POLYGON ((464975.9 4318672, 464976 4318672, 464976 4318670.4, 464975.9 4318672))
"""


def test_areas_whose_borders_almost_meet_unite():
    shapes = [
        shapely.from_wkt(f"POLYGON{text}") for text in FILLED.split("POLYGON")[1:]
    ]
    whole = united(np.array(shapes))
    assert whole.is_valid
    assert whole.area == pytest.approx(reduce(shapely.union, shapes).area)
    assert whole.contains(Point(465170, 4318765))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-20, 20), st.integers(-20, 20)),
        min_size=2,
        max_size=8,
        unique=True,
    ),
    st.floats(0, 1),
    st.integers(10, 300),
    st.integers(10, 300),
)
def test_a_shorter_reach_lies_within_the_longer(points, share, one, other):
    line = [(x * 11.0, y * 11.0) for x, y in points]
    first = net.build(ways([line])).edges["length_m"][0]
    small, large = sorted([one, other])
    inner = drawn([line], [(0, 0, share * first, 0.0)], small)[0]
    outer = drawn([line], [(0, 0, share * first, 0.0)], large)[0]
    assert inner.difference(outer).area == pytest.approx(0, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-20, 20), st.integers(-20, 20)),
        min_size=2,
        max_size=6,
        unique=True,
    ),
    st.lists(
        st.tuples(st.integers(-20, 20), st.integers(-20, 20)),
        min_size=2,
        max_size=3,
        unique=True,
    ),
    st.integers(30, 400),
)
def test_fields_equal_brute_force_on_a_fine_raster(points, wall, limit):
    line = LineString([(x * 11.0, y * 11.0) for x, y in points])
    barrier = LineString([(x * 9.0 + 2.3, y * 9.0 + 4.1) for x, y in wall])
    network = net.build(ways([list(line.coords)]))
    field = drawn([list(line.coords)], [(0, 0, 0.0, 0.0)], limit, barriers=[barrier])[0]
    way = walk.graph(network, walker=WALKER)
    edge = np.repeat(network.edges.index.to_numpy(), 200)
    offset = np.tile(np.linspace(0, 1, 200), len(network.edges))
    offset = offset * network.edges["length_m"].to_numpy()[edge]
    count = len(edge)
    samples = walk.spots_on(
        edge,
        offset,
        way=way,
        thing=np.arange(count),
        things=count,
        leg_m=np.zeros(count),
    )
    station = walk.spots(on_edges([(0, 0, 0.0, 0.0)], 1), way=way)
    walks = walk.things_within(
        way, stations=station, targets=samples, limit=limit * 1000
    )
    seconds = np.full(count, np.inf)
    seconds[walks.end] = walks.ms / 1000.0
    spots = shapely.line_interpolate_point(
        network.edges.geometry.to_numpy()[edge], offset
    )
    rng = np.random.default_rng(0)
    low, high = np.array(line.bounds[:2]) - 30, np.array(line.bounds[2:]) + 30
    for place in shapely.points(rng.uniform(low, high, (60, 2))):
        left = np.minimum(limit - seconds, circles.WIDTH)
        legs = shapely.shortest_line(place, spots)
        over = shapely.length(legs) - left
        over[shapely.intersects(legs, barrier)] = np.inf
        clear = np.abs(over.min()) > circles.CELL
        by_wall = shapely.distance(place, barrier) < 2 * circles.CELL
        shade = (
            np.abs(shapely.length(legs) - left).min() <= circles.CELL
            or shapely.dwithin(legs, shapely.get_point(barrier, 0), 8).any()
        )
        shade |= shapely.dwithin(legs, shapely.get_point(barrier, -1), 8).any()
        if clear and not by_wall and not shade:
            assert field.contains(place) == (over.min() <= 0)


metre = st.floats(-200, 200, allow_nan=False)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(metre, metre, metre, metre), max_size=5),
    st.lists(st.tuples(metre, metre, st.floats(0, 40), st.integers(-1, 1)), max_size=5),
)
def test_compiled_stamps_equal_the_plain_ones(strips, discs):
    grid = (CELL, WIDTH, RIM)
    hidden = np.random.default_rng(0).random((2, len(AROUND))) < 0.3
    table = np.array(discs, float).reshape(-1, 4)
    seen = (table[:, 3].astype(int), hidden)
    low, rasters = np.array([-60, -60]), []
    for kind in (compiled, plain):
        raster = np.full((120, 120), RIM)
        around = (AROUND, *grid)
        kind.stamp(raster, low, table[:, :2].copy(), table[:, 2].copy(), seen, around)
        kind.stamp_strips(raster, low, np.array(strips, float).reshape(-1, 4), grid)
        rasters.append(raster)
    assert np.allclose(*rasters, atol=1e-9)


heights = st.sampled_from([-25.0, -1.0, -1e-9, -0.0, 0.0, 1e-9, 1e-7, 3.0, RIM])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(heights, min_size=5, max_size=5), min_size=2, max_size=7))
def test_a_contour_is_valid_and_holds_what_lies_within(inner):
    height = np.full((len(inner) + 2, 7), RIM)
    height[1:-1, 1:-1] = inner
    corner = np.array([80_000, 600_000])  # some 3,000 km from the CRS's origin
    shape = contour(height, corner=corner)
    assert shapely.is_valid(shape), shapely.is_valid_reason(shape)
    for (row, column), high in np.ndenumerate(height):
        middle = shapely.Point((corner + [column, row] + 0.5) * CELL)
        if high >= 1.0:
            assert shapely.distance(middle, shape) > 0
        elif high <= 0.0:
            assert shapely.distance(middle, shape) < 1e-8


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[metre] * 6), min_size=1, max_size=6))
def test_compiled_shades_equal_the_plain_ones(pairs):
    table = np.array(pairs, float)
    row = np.arange(len(table)) // 2
    marked = []
    for kind in (compiled, plain):
        hidden = np.zeros((len(table), len(AROUND)), bool)
        walls = table[:, 2:].reshape(-1, 2, 2).copy()
        kind.shade(hidden, row, table[:, :2].copy(), walls, (AROUND, CELL))
        marked.append(hidden)
    assert (marked[0] == marked[1]).all()

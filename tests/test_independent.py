"""Legs and minutes of ``geoplan coverage``, recomputed from docs/method.md alone.

By ``test_independent_oracle.py``, for a sample of buildings drawn with a fixed seed.
Left out of the comparison is what the page leaves open: *which* of equally near
candidates, or points of an edge, is meant.
"""

import math

import pandas as pd
import pytest
from shapely import LineString, Point
from test_independent_oracle import Network, Sight
from test_independent_studies import (
    CIRCLES,
    of_tier,
    own_stations,
    pairs,
    same,
    study,
    walked,
)

TENTH = 0.1  # seconds


@pytest.fixture(scope="module", params=["monaco", "wenlan"])
def case(request, demo):
    return study(demo / request.param)


@pytest.fixture(scope="module")
def walks(case):
    return walked(case)


def test_every_building_is_there_once(case):
    written = case.written["buildings"]
    assert sorted(written.code) == sorted(case.place)
    assert len(case.minutes) == len(case.place) * len(CIRCLES)
    for row in written.itertuples():
        assert same(row.grid, case.grid[row.code])
        assert row.counted == bool(case.grid[row.code])


def test_legs(case, walks):
    written = {
        **{("h", r.code): r for r in case.written["buildings"].itertuples()},
        **{("s", r.code): r for r in case.written["stations"].itertuples()},
    }
    mine = {("h", code): legs for code, legs in walks.houses.items()}
    mine |= {("s", code): legs for code, legs in walks.stations.items()}
    for key, (candidates, flag, reason) in mine.items():
        row = written[key]
        assert same(row.leg, flag), key
        assert same(row.off_network, reason), key
        if candidates:
            shortest = min(leg for _, leg, _ in candidates)
            assert row.access_m == pytest.approx(shortest, abs=0.002), key


@pytest.mark.parametrize(("circle", "tier", "limit"), CIRCLES)
def test_minutes_to_any_and_own(case, walks, circle, tier, limit):
    for house in case.draw:
        row = case.minutes[house, circle]
        own = own_stations(case, tier, house)
        for named, minutes, codes in (
            (row.station, row.minutes, of_tier(case, tier)),
            (row.own_station, row.own_minutes, own),
        ):
            reach = {code: walks.minutes[house, code] for code in codes}
            best = min(reach.values(), default=math.inf)
            if best > limit:
                assert pd.isna(minutes), (house, best)
                assert same(named, ""), house
            else:
                assert abs(minutes - best) * 60 < TENTH, (house, best)
                assert (reach[named] - best) * 60 < TENTH, house


@pytest.mark.parametrize(("circle", "tier", "limit"), CIRCLES)
def test_the_unreached_by_name(case, walks, circle, tier, limit):
    listed = {
        row.building: row
        for row in case.written["unreached"].itertuples()
        if row.circle == circle
    }
    beyond = {
        house
        for house, grid in case.grid.items()
        if grid and pd.isna(case.minutes[house, circle].minutes)
    }
    assert set(listed) == beyond
    for house in set(listed) & set(case.draw):
        best = min(walks.minutes[house, code] for code in of_tier(case, tier))
        minutes = listed[house].minutes
        assert best > limit
        assert (
            pd.isna(minutes) if math.isinf(best) else abs(minutes - best) < TENTH / 60
        )
        near = min(
            case.place[house].distance(case.spot[c]) for c in of_tier(case, tier)
        )
        assert listed[house].straight_m == pytest.approx(near, abs=0.06)


def test_all_pairs_of_the_sample(case, walks, once):
    got = pairs(case, once)
    for pair, minutes in walks.minutes.items():
        if minutes < 40:
            assert abs(got[pair] - minutes) * 60 < TENTH, pair
        elif minutes > 40.001:
            assert pair not in got, pair


def test_a_wall_stops_a_leg_and_a_gap_lets_it_through():
    """The oracle itself, on a drawing small enough to see."""
    place = {1: (0, 0), 2: (600, 0), 3: (0, 20), 4: (600, 20)}
    network = Network([([1, 2], 0), ([3, 4], 0), ([1, 3], 0)], place)
    house = Point(300, -5)  # sees the near way; the far one lies behind it
    free = Sight(network, [], [])
    assert [edge for edge, _, _ in free.legs(house)[0]] == [0]
    wall = Sight(network, [], [LineString([(200, -2), (400, -2)])])
    assert wall.legs(house) == ([], "", "blocked")
    shed = Sight(network, [Point(300, -3).buffer(1)], [])
    assert shed.legs(house)[1] == "through_building"

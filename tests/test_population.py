"""Dealing totals to buildings: by hand and as laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box
from towns import areas, buildings

from geoplan import population


def test_levels_are_given_or_from_the_height_or_one():
    homes = buildings(
        [box(0, 0, 10, 10)] * 4,
        levels=[6, np.nan, np.nan, np.nan],
        height_m=[30.0, 17.0, 1.0, np.nan],
    )
    assert population.levels(homes).tolist() == [6, 6, 1, 1]
    assert population.floor_m2(homes).tolist() == [600, 600, 100, 100]


def test_what_is_given_stays_and_the_rest_is_dealt():
    homes = buildings([box(0, 0, 10, 10)] * 3, households=[4, np.nan, np.nan])
    settled, found = population.settle(
        homes,
        areas=areas([box(0, 0, 99, 99)], code=["A"], households=[10.0]),
        area=pd.Series("A", index=homes.index),
        count="households",
    )
    assert settled.tolist() == [4, 3, 3]
    assert found == ()


def test_nobody_lives_in_a_school():
    homes = buildings([box(0, 0, 10, 10)] * 2, residential=[True, False])
    settled, _ = population.settle(
        homes,
        areas=areas([box(0, 0, 99, 99)], code=["A"], households=[10.0]),
        area=pd.Series("A", index=homes.index),
        count="households",
    )
    assert settled.tolist() == [10, 0]


@pytest.mark.parametrize(
    ("given_households", "residential", "rule"),
    [([12.0], [True], "below"), ([np.nan], [False], "without")],
)
def test_totals_that_do_not_fit_are_told(given_households, residential, rule):
    homes = buildings(
        [box(0, 0, 10, 10)], households=given_households, residential=residential
    )
    _, found = population.settle(
        homes,
        areas=areas([box(0, 0, 99, 99)], code=["A"], households=[10.0]),
        area=pd.Series("A", index=homes.index),
        count="households",
    )
    assert [f.rule for f in found] == [f"households_total_{rule}_buildings"]


def test_nothing_known_stays_unknown():
    homes = buildings([box(0, 0, 10, 10)])
    settled, _ = population.settle(
        homes,
        areas=areas([box(0, 0, 99, 99)], code=["A"]),
        area=pd.Series("A", index=homes.index),
        count="people",
    )
    assert settled.isna().all()


@given(
    st.integers(0, 10**6),
    st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=40),
)
def test_dealt_shares_add_up_and_are_fair(total, weights):
    codes = [f"{i:03d}" for i in range(len(weights))]
    shares = population.deal(total, weights, codes)
    assert shares.sum() == total
    assert (shares >= 0).all()
    whole = sum(weights)
    if whole > 0:
        quota = total * (np.array(weights) / whole)
        assert (np.abs(shares - quota) < 1 + 1e-6).all()


@given(st.permutations(range(6)), st.integers(0, 100))
def test_the_order_of_buildings_does_not_matter(order, total):
    weights, codes = np.array([1.0, 1, 2, 2, 3, 3]), np.array(list("abcdef"))
    shuffled = list(order)
    straight = dict(zip(codes, population.deal(total, weights, codes), strict=True))
    other = population.deal(total, weights[shuffled], codes[shuffled])
    assert dict(zip(codes[shuffled], other, strict=True)) == straight

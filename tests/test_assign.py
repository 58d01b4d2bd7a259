"""Matching units to communities: near, and even."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from geoplan.assign import match
from geoplan.errors import UsageError


def tables(walks, *, units=None, communities=None):
    """Return the tables of rows of minutes, one row a unit, 0 for no way."""
    minutes = np.asarray(walks, dtype=float)
    unit, community = np.nonzero(minutes)
    pairs = {"unit": unit, "community": community}
    return (
        DataFrame(units or {}, index=[f"u{i}" for i in range(len(minutes))]),
        {
            "communities": DataFrame(
                communities or {}, index=[f"c{j}" for j in range(minutes.shape[1])]
            ),
            "pairs": DataFrame(pairs | {"minutes": minutes[unit, community]}),
        },
    )


def matched(walks, **columns):
    units, rest = tables(walks, **columns)
    return match(units, **rest)


def refusal(walks, **columns):
    with pytest.raises(UsageError) as told:
        matched(walks, **columns)
    assert told.value.say("zh")
    return told.value


NEAR_C0 = [[1, 5], [2, 4], [3, 9], [4, 6]]


def test_without_limits_everybody_goes_to_the_nearest():
    told = matched(NEAR_C0)
    assert told.minutes == told.nearest_minutes == 10
    assert told.communities["after"].tolist() == [4, 0]


def test_limits_are_kept_at_the_least_extra_walk():
    told = matched(NEAR_C0, communities={"minimum": [2, 2], "maximum": [2, 2]})
    assert told.units["community"].tolist() == ["c0", "c1", "c0", "c1"]
    assert told.minutes == 1 + 4 + 3 + 6
    assert told.fairness.loc["gini"].round(3).to_dict() == {"before": 0.5, "after": 0}
    assert told.communities["before"].tolist() == [4, 0]


def test_a_locked_pair_stays():
    told = matched(
        NEAR_C0,
        units={"locked": ["c1", "", "", ""]},
        communities={"maximum": [3, 1]},
    )
    assert told.units["community"].tolist() == ["c1", "c0", "c0", "c0"]
    assert told.units["locked"].tolist() == [True, False, False, False]


def test_sizes_count_for_the_limits():
    told = matched(
        NEAR_C0,
        units={"size": [30, 10, 10, 10]},
        communities={"maximum": [30, 30]},
    )
    assert told.units["community"].tolist() == ["c1", "c0", "c0", "c0"]
    assert told.communities["after"].tolist() == [30, 30]


def test_a_unit_that_can_walk_nowhere_is_left_and_listed():
    told = matched([[1, 2], [0, 0]])
    assert told.units.loc["u1", "community"] == ""
    assert np.isnan(told.units.loc["u1", "minutes"])


def test_limits_that_cannot_be_kept_are_told_with_what_can():
    error = refusal(NEAR_C0, communities={"minimum": [0, 5]})
    assert error.facts["needs"] == {"c1": (4, np.inf)}
    assert "c1 ≥ 4" in error.say("en")
    error = refusal(NEAR_C0, communities={"maximum": [1, 2]})
    assert sum(high for _, high in error.facts["needs"].values()) >= 2


def test_limits_give_way_evenly_and_by_name():
    error = refusal(
        [[1, 1, 1]] * 6 + [[1, 9, 9]] * 3,
        communities={"maximum": [1, 1, 1], "name": ["甲社区", "", None]},
    )
    assert error.facts["ways"] == "甲社区 ≤ 3, c1 ≤ 3, c2 ≤ 3"


def test_locks_and_limits_that_make_no_sense_are_refused():
    assert refusal([[1, 0]], units={"locked": ["c1"]}).key == "match_locked"
    assert refusal([[1, 1]], units={"locked": ["c9"]}).key == "match_locked"
    limits = {"minimum": [2], "maximum": [1]}
    assert refusal([[1]], communities=limits).key == "match_limits"


def least(walks, low, high, size):
    """Return the least total walk over all matchings; None if there is none."""
    best = None
    for choice in itertools.product(range(len(low)), repeat=len(walks)):
        minutes = [row[j] for row, j in zip(walks, choice, strict=True)]
        taken = np.bincount(choice, weights=size, minlength=len(low))
        if 0 in minutes or (taken < low).any() or (taken > high).any():
            continue
        best = sum(minutes) if best is None else min(best, sum(minutes))
    return best


@given(data=st.data(), weighed=st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_least_walk_of_all_matchings(data, weighed):
    units, areas = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 3))
    row = st.lists(st.sampled_from([0, 1, 2, 3, 7]), min_size=areas, max_size=areas)
    walks = data.draw(
        st.lists(row.filter(any), min_size=units, max_size=units), label="walks"
    )
    low = data.draw(st.lists(st.integers(0, 2), min_size=areas, max_size=areas))
    more = data.draw(st.lists(st.integers(0, 3), min_size=areas, max_size=areas))
    high = [a + b for a, b in zip(low, more, strict=True)]
    sizes = st.lists(st.integers(1, 3), min_size=units, max_size=units)
    size = data.draw(sizes) if weighed else [1] * units
    columns = {
        "units": {"size": size} if weighed else {},
        "communities": {"minimum": low, "maximum": high},
    }
    best = least(walks, low, high, size)
    if best is None:
        needs = refusal(walks, **columns).facts["needs"]
        mended = [needs.get(f"c{j}", (low[j], high[j])) for j in range(areas)]
        columns["communities"] = {
            "minimum": [limits[0] for limits in mended],
            "maximum": [limits[1] for limits in mended],
        }
        assert matched(walks, **columns).minutes > 0
        return
    told = matched(walks, **columns)
    assert told.minutes == best
    assert (told.communities["after"] == np.rint(told.communities["after"])).all()

"""What is proposed of the plans that are found: those that keep every hard rule."""

from dataclasses import replace

import numpy as np
import pytest
from divisions import code_of, lines, town

from geoplan.division import pareto, sound
from geoplan.division.aims import Aims
from geoplan.division.plans import Plan, board, today
from geoplan.division.search.descent import Effort

A, B, ASIDE, BSIDE = (code_of(letter) for letter in "ABab")


@pytest.fixture(scope="module")
def on():
    """Two communities, four blocks each, side by side."""
    return board(town(["AAaaBBbb"]), effort=Effort(sweeps=20, starts=2))


def plan_of(on, letters):
    """Return the plan that a row of letters draws."""
    x = on.units.frame["x"].to_numpy()
    row = np.argsort(np.argsort(x))
    codes = [code_of(letters[at]) for at in row]
    return Plan(board=on, grid=np.array(codes, object))


def drawn(plan):
    """Return the row of codes that a plan draws, from the west."""
    return plan.grid[np.argsort(plan.board.units.frame["x"].to_numpy())].tolist()


def test_a_plan_that_tears_a_grid_is_broken_where_it_does(on):
    assert sound.broken(today(on)) == sound.Breach(
        rules=frozenset(), communities=frozenset()
    )
    torn = sound.broken(plan_of(on, "AaaABBBb"))
    assert torn.rules == {"G1", "G1-walk"}
    assert torn.communities == {A[:12]}


def test_a_community_that_breaks_a_rule_is_as_where_it_does_not(on):
    plans = [plan_of(on, "AaaABBBb"), plan_of(on, "AAAaBbbB"), plan_of(on, "AaaaBBbb")]
    found = list(sound.mended(plans))
    assert [drawn(plan) for plan, _ in found] == [
        [*3 * [A], ASIDE, *3 * [B], BSIDE],
        [*3 * [A], ASIDE, *3 * [B], BSIDE],
        drawn(plans[2]),
    ]
    assert not any(breach.rules for _, breach in found)


def test_a_community_that_no_plan_keeps_sound_stays_as_it_is(on):
    plans = [plan_of(on, "AaaABBBb"), plan_of(on, "aAAaBbbb")]
    for given, (plan, breach) in zip(plans, sound.mended(plans), strict=True):
        assert drawn(plan) == [*drawn(today(on))[:4], *drawn(given)[4:]]
        assert plan.stays == (A[:12],)
        assert not breach.rules


def test_a_band_that_cannot_be_kept_is_no_reason_to_stay(on):
    hard = replace(on, aims=Aims(band=(210, 220), hard=True))
    plans = [plan_of(hard, "AAAaBBBb"), plan_of(hard, "AaaaBbbb")]
    for given, (plan, breach) in zip(plans, sound.mended(plans), strict=True):
        assert drawn(plan) == drawn(given)
        assert breach.rules == {"H1"}
        assert plan.stays == ()


def test_a_band_missed_is_rather_taken_than_a_grid_torn(on):
    hard = replace(on, aims=Aims(band=(210, 220), hard=True))
    plans = [plan_of(hard, "AaaABBBb"), plan_of(hard, "AaaaBbbb")]
    first = next(sound.mended(plans))
    assert drawn(first[0]) == [*drawn(plans[1])[:4], *drawn(plans[0])[4:]]
    assert first[0].stays == ()
    assert first[1].rules == {"H1"}


def breach(*rules):
    return sound.Breach(rules=frozenset(rules), communities=frozenset())


def test_plans_that_keep_every_rule_leave_no_room_for_others(on):
    ways = ["AAAaBBBb", "AaaaBBBb", "AAAaBbbb", "AAAAaBBb"]
    plans = [plan_of(on, way) for way in ways[:3]]
    judged = [(plans[0], breach("G2")), (plans[1], breach()), (plans[2], breach())]
    assert sound.chosen(judged, most=3) == tuple(plans[1:])
    assert sound.chosen(judged, most=1) == (plans[1],)
    # what all break cannot be helped, what only some break can
    judged = [
        (plans[0], breach("G2", "H1")),
        (plans[1], breach("H1")),
        (plans[2], breach("T1")),
    ]
    assert sound.chosen(judged, most=3) == tuple(plans[1:])


def test_plans_that_are_alike_are_one(on):
    plan = plan_of(on, "AAAaBBBb")
    same = replace(plan, seed=1)
    assert sound.chosen([(plan, breach()), (same, breach())], most=2) == (plan,)
    # but not with one that breaks a rule
    both = [(plan, breach("G2")), (same, breach())]
    assert sound.chosen(both, most=2) == (same,)
    assert sound.chosen([(plan, breach("G2")), (same, breach("G2"))], most=2) == (plan,)


def test_plans_are_judged_only_as_far_as_need_be(on):
    def endless():
        while True:
            yield plan_of(on, "AAAaBBBb"), breach("H1")

    assert len(sound.chosen(endless(), most=2)) == 1
    first = iter([(plan_of(on, "AAAaBBBb"), breach()), (today(on), breach())])
    sound.chosen(first, most=1)
    assert next(first)[0].grid.tolist() == today(on).grid.tolist()


def test_least_change_breaks_no_rule_for_a_better_balance():
    """Only homes beyond a railway would balance two grids."""
    homes = {(x, 0): number for x, number in enumerate([150, 50, 50, 50])}
    ground = town(["AAaa"], households=homes, hard=lines([(200, -9), (200, 109)]))
    on = board(ground, effort=Effort(sweeps=20, starts=2))
    level = plan_of(on, "Aaaa")
    assert level.cv < today(on).cv
    for plan in pareto.least_change(on, shares=(0, 1.0), others=[level]):
        assert not plan.moved.any()

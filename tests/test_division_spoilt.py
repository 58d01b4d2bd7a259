"""Divisions of spoilt towns: grids in pieces, cut by railways, with empty blocks.

A breach that a grid has today goes on with its code or with what its grid went into;
nothing that is proposed may add to it.
"""

from dataclasses import replace

import numpy as np
import pytest
from division_papers import homes_astray
from divisions import SIDE, block, code_of, house, lines, town
from geopandas import GeoDataFrame
from pandas import Series, concat

from geoplan.division import outcome, pareto, redrawn, tasks
from geoplan.division.apart import apart_already, forebears
from geoplan.division.case import Case
from geoplan.division.communities import grouped
from geoplan.division.plans import Plan, board, scope_of, today
from geoplan.division.rules import judged
from geoplan.division.search.descent import Effort
from geoplan.errors import GeoplanError, UsageError

QUICK = Effort(sweeps=20, starts=1)


def rail(rng, *, wide, high):
    """Return corners of a railway that runs northwards between blocks, or ends."""
    x, y = SIDE * int(rng.integers(wide + 1)), 0.0
    corners = [(x, y - 10), (x, y)]
    while y < SIDE * high and rng.random() < 0.92:
        if rng.random() < 0.35:
            x = float(np.clip(x + SIDE * rng.choice([-1, 1]), 0, SIDE * wide))
        else:
            y += SIDE
        if (x, y) != corners[-1]:
            corners.append((x, y))
    return [*corners, (x, y + 10)] if y >= SIDE * high else corners


def spoilt(seed):
    """Return a town of up to 7 × 5 blocks in which little is as it should be."""
    rng = np.random.default_rng(seed)
    wide, high = int(rng.integers(3, 8)), int(rng.integers(2, 6))
    letters = "AaBbc"[: int(rng.integers(2, 6))]
    seats = rng.random((len(letters), 2)) * (wide, high)
    mixed = rng.choice([0.0, 0.1, 1.0])  # share of blocks that are of any grid
    rows = [
        "".join(
            letters[rng.integers(len(letters))]
            if rng.random() < mixed
            else letters[int(np.argmin(((seats - (x, y)) ** 2).sum(axis=1)))]
            for x in range(wide)
        )
        for y in range(high)
    ]
    rails = [rail(rng, wide=wide, high=high) for _ in range(rng.integers(3))]
    homes = [
        (house(x, y), int(rng.integers(20, 260)), "")
        for x in range(wide)
        for y in range(high)
        if rng.random() < 0.7 or x == y == 0
    ]
    return town(rows, buildings=homes, **({"hard": lines(*rails)} if rails else {}))


def plans_of(on):
    communities = len(set(on.units.ground.grids["community"]))
    grids = len(on.units.ground.grids)
    plans = redrawn.redraw(on, grids=grids, options=2)
    assert len(plans) == 1 or all(plan.moved.any() for plan in plans)
    yield from plans
    for number in {communities, grids - 1, 2 * grids + 1} - {grids}:
        try:
            yield from redrawn.redraw(on, grids=number, options=2)
        except UsageError:  # so few or so many there cannot be
            continue
    yield from pareto.least_change(on, shares=(0, 0.1, 1.0))
    for code in on.open_grids():
        try:
            yield from tasks.split(on, code)
        except GeoplanError:  # too few units
            continue


@pytest.mark.parametrize("seed", range(12))
def test_no_plan_adds_to_what_is_broken_today(seed):
    ground = spoilt(seed)
    was = homes_astray(ground.grids, points=ground.places, barriers=ground.hard)
    for plan in plans_of(board(ground, effort=QUICK)):
        grids = outcome.grids(plan)
        rules = [*judged(Case(after=grids, ground=ground)), outcome.on_foot(plan)]
        assert [one for one in rules if one.offenders and one.level == "error"] == []
        now = homes_astray(grids, points=ground.places, barriers=ground.hard)
        assert now <= was


def without(rows, *empty):
    """Return the houses of a town of one row, some blocks left empty."""
    return [(house(x, 0), 100, "") for x in range(len(rows)) if x not in empty]


def test_homes_apart_stay_with_homes_of_their_grid():
    line = lines([(100, -10), (100, 110)])
    homes = without("AAAAaa", 1)
    on = board(town(["AAAAaa"], hard=line, buildings=homes), effort=QUICK)
    atom = scope_of(on, on.open_grids()).atom
    assert atom[0] == atom[1] == atom[2] != atom[3]


def test_all_that_lies_apart_in_a_grid_stays_together():
    barriers = lines([(100, -10), (100, 110)], [(400, -10), (400, 110)])
    on = board(town(["AAAAA"], hard=barriers), effort=QUICK)
    assert len(set(scope_of(on, on.open_grids()).atom)) == 1
    unlived = town(["AAAAA"], hard=barriers, buildings=without("AAAAA", 0, 4))
    atom = scope_of(board(unlived, effort=QUICK), [code_of("A")]).atom
    assert atom[0] == atom[1] != atom[2] != atom[3] == atom[4]


def test_the_seat_of_a_grid_is_where_most_of_its_homes_are():
    line = lines([(400, -10), (400, 110)])
    homes = without("AAAaaa", 3)
    on = board(town(["AAAaaa"], hard=line, buildings=homes), effort=QUICK)
    space = scope_of(on, on.open_grids(), afresh=True)
    assert space.stray == (on.units.frame.index[3],)
    assert space.atom[3] == space.atom[4]
    for plan in redrawn.redraw(on, grids=3, options=3):
        assert not outcome.on_foot(plan).offenders


def test_a_grid_inherits_from_those_that_went_into_it():
    line = lines([(100, -10), (100, 310)])
    on = board(town(["AAAA", "aaaa", "BBBB"], hard=line), effort=QUICK)
    codes = today(on).grid
    merged = Plan(board=on, grid=np.where(codes == code_of("a"), code_of("A"), codes))
    ground = on.units.ground
    cut = judged(Case(after=outcome.grids(merged), ground=ground))
    rules = {one.id: one for one in cut}
    assert rules["G2"].inherited == (code_of("A"), code_of("B"))
    assert not outcome.on_foot(merged).offenders
    # what lives on keeps what lay apart in it
    some = codes.copy()
    some[np.flatnonzero(codes == code_of("a"))[:3]] = code_of("A")
    assert outcome.on_foot(Plan(board=on, grid=some)).offenders == (code_of("A"),)


def test_grids_that_go_on_under_other_codes_inherit_all():
    assert forebears("X", today="ABC", now="XA") == {"A", "B", "C"}
    assert forebears("A", today="ABC", now="XA") == {"A", "B", "C"}
    assert forebears("A", today="ABC", now="AB") == {"A", "C"}
    three = [[("A", 0)], [("A", 1), ("B", 0)], [("B", 1)]]
    assert apart_already(three, of="AB")
    assert not apart_already([*three, [("C", 0)]], of="ABC")


def test_grids_that_share_a_compound_move_with_one_another_between_communities():
    homes = [(house(x, 0), 100, "园" if x in (1, 2) else "") for x in range(4)]
    names = Series({code_of(letter)[:12]: letter for letter in "AB"})
    ground = grouped(town(["AAab"], buildings=homes), names=names)
    assert list(ground.compounds["name"]) == [*2 * [code_of("A")], code_of("b")]
    assert list(ground.buildings["compound"]) == [*3 * [code_of("A")], code_of("b")]
    # of two communities it is parted today; a huge one may be parted
    crowd = [(house(x, 0), 2000, "园") for x in range(4)]
    ground = grouped(town(["AAab"], buildings=crowd), names=names)
    assert list(ground.compounds["name"]) == [code_of(one) for one in "Aab"]


def test_a_grid_whose_ground_is_all_of_another_counts_as_empty():
    ground = town(["AAAa"])
    code = "999999001009"
    under = ground.grids.loc[[code_of("A")]].rename(index={code_of("A"): code})
    under["geometry"] = [block(0, 0)]
    both = replace(ground, grids=GeoDataFrame(concat([ground.grids, under])))
    on = board(both, effort=QUICK)
    assert on.bare == {code}
    [plan] = redrawn.redraw(on, grids=2)
    written = outcome.grids(plan)["households"]
    assert dict(plan.sizes()) == dict(written)
    assert sorted(written) == [0, 200, 200]
    assert plan.cv == written.std(ddof=0) / written.mean()
    locked = board(both, effort=QUICK, locked=on.bare)
    assert set(today(locked).sizes()) == {100, 300}

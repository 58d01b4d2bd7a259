"""The search of a division against brute force, recomputation and itself."""

import itertools
import os
import subprocess
import sys
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
import shapely
from divisions import CRS, areas, block, code_of, lines, town
from geopandas import GeoDataFrame
from pandas import DataFrame

from geoplan.division import exact, numbering, outcome, pareto, redrawn, tasks
from geoplan.division import four_sides as named
from geoplan.division.aims import Aims, weighted
from geoplan.division.case import Case
from geoplan.division.plans import board, coded, scope_of, today
from geoplan.division.problem import Graph, Problem
from geoplan.division.rules import judged, kept
from geoplan.division.search import compiled
from geoplan.division.search.descent import (
    Effort,
    State,
    _scratch,
    arrays,
    cost,
    improved,
)
from geoplan.division.search.start import afresh, parts_of
from geoplan.errors import UsageError

QUICK = Effort(sweeps=60, starts=3)


def random_problem(seed, *, atoms=9, weights=None):
    """Return a problem on a random planar-like graph that hangs together."""
    rng = np.random.default_rng(seed)
    at = rng.random((atoms, 2)) * 100
    graph = nx.minimum_spanning_tree(
        nx.from_numpy_array(np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)))
    )
    for a, b in itertools.combinations(range(atoms), 2):
        if rng.random() < 1.5 / atoms:
            graph.add_edge(a, b)
    edges = sorted(tuple(sorted(edge)) for edge in graph.edges)
    border = rng.integers(5, 80, len(edges)).astype(float)
    pairs = DataFrame(edges, columns=["one", "other"]).assign(
        border_m=border, cost=border / 400, walk=True
    )
    size = rng.integers(0, 120, atoms).astype(float)
    return Problem(
        graph=Graph.of(atoms, pairs=pairs),
        load=size,
        size=size,
        x=at[:, 0],
        y=at[:, 1],
        inertia=rng.random(atoms),
        home=np.full(atoms, -1),
        fixed=np.zeros(atoms, bool),
        today=(),
        area_m2=1e4,
        aims=Aims(weights=weighted(weights or {}), band=(100.0, 200.0)),
    ), nx.Graph(edges)


def brute(problem, graph, *, count):
    """Return the least cost of all divisions into connected parts."""
    least = np.inf
    for rest in itertools.product(range(count), repeat=problem.atoms - 1):
        part = np.array([0, *rest])
        if len(set(part)) < count:
            continue
        members = [np.flatnonzero(part == p).tolist() for p in range(count)]
        if all(nx.is_connected(graph.subgraph(some)) for some in members):
            least = min(least, cost(problem, part, count=count))
    return least


@pytest.mark.parametrize("seed", range(6))
def test_small_cases_are_solved_to_the_optimum(seed):
    problem, graph = random_problem(seed)
    count = 2 + seed % 2
    least = brute(problem, graph, count=count)
    sure = exact.best(problem, count=count)
    assert cost(problem, sure, count=count) == pytest.approx(least)
    starts = [
        afresh(problem, counts=np.array([count]), effort=replace(QUICK, seed=s))
        for s in range(8)
    ]
    found = min(cost(problem, part, count=count) for part in starts)
    assert found == pytest.approx(least)


def test_exact_says_that_there_is_none():
    problem, _ = random_problem(1, atoms=3)
    assert exact.best(problem, count=4) is None


@pytest.mark.parametrize("seed", range(4))
def test_pieces_and_sums_kept_up_are_those_recomputed(seed):
    problem, graph = random_problem(seed, atoms=40)
    count = 5
    part = afresh(problem, counts=np.array([count]), effort=QUICK)
    given = arrays(problem, count=count)
    state = State.of(problem, part, count=count)
    loose = (given, state.part, state.sums, state.moved)
    scratch, rng = _scratch(problem.atoms), np.random.default_rng(seed)
    made = 0
    for _ in range(2500):
        u, b = int(rng.integers(problem.atoms)), int(rng.integers(count))
        a = int(state.part[u])
        if a == b:
            continue
        rest = [v for v in np.flatnonzero(state.part == a).tolist() if v != u]
        whole = bool(rest) and nx.is_connected(graph.subgraph(rest))
        assert compiled.stays_whole(given, state.part, u, scratch) == whole
        beside = any(state.part[v] == b for v in graph[u])
        assert compiled.touches(given, state.part, u, b) == beside
        if not (whole and beside):
            continue
        before = cost(problem, state.part, count=count)
        delta = compiled.gain(given, state.part, state.sums, u, b)
        compiled.move(*loose, u, b)
        made += 1
        assert cost(problem, state.part, count=count) - before == pytest.approx(delta)
    again = State.of(problem, state.part, count=count)
    assert np.allclose(again.sums, state.sums)
    assert made > 100


@pytest.mark.parametrize("seed", range(5))
def test_every_part_stays_one_piece(seed):
    problem, graph = random_problem(seed, atoms=60)
    part = afresh(problem, counts=np.array([6]), effort=replace(QUICK, seed=seed))
    assert len(set(part)) == 6
    better = improved(problem, part, count=6, effort=replace(QUICK, seed=seed))
    for p in range(6):
        assert nx.is_connected(graph.subgraph(np.flatnonzero(better == p).tolist()))
    assert cost(problem, better, count=6) <= cost(problem, part, count=6) + 1e-12


def test_a_budget_is_kept_and_a_hard_band_not_left():
    problem, _ = random_problem(3, atoms=40)
    part = afresh(problem, counts=np.array([4]), effort=QUICK)
    held = problem.at_home(part)
    for budget in (0.0, 50.0, 200.0):
        found = improved(held, part, count=4, effort=QUICK, budget=budget)
        assert held.size[found != part].sum() <= budget
    hard = replace(held, aims=replace(held.aims, hard=True))
    found = improved(hard, part, count=4, effort=QUICK)
    low, high = hard.aims.band
    beyond = [
        sum(max(low - s, 0) + max(s - high, 0) for s in np.bincount(one, held.size))
        for one in (part, found)
    ]
    assert beyond[1] <= beyond[0]


def test_the_same_seed_gives_the_same_division():
    problem, _ = random_problem(5, atoms=80)
    one, other = (afresh(problem, counts=np.array([7]), effort=QUICK) for _ in "ab")
    assert (one == other).all()


PLAIN = """
import numpy as np
from test_division_search import QUICK, random_problem
from geoplan.division.search.start import afresh
from dataclasses import replace
problem, _ = random_problem(2, atoms=24)
print(afresh(problem, counts=np.array([3]), effort=replace(QUICK, sweeps=5)).tolist())
"""


def test_plain_python_finds_the_same(root):
    def run(**more):
        environment = os.environ | {"PYTHONPATH": str(root / "tests")} | more
        done = subprocess.run(  # noqa: S603  our own Python
            [sys.executable, "-c", PLAIN],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert run() == run(NUMBA_DISABLE_JIT="1") != ""


def test_pieces_of_a_graph():
    problem, _ = random_problem(0)
    assert set(parts_of(problem)) == {0}


# Tasks


def rules_of(plan):
    on = plan.board
    case = Case(
        after=outcome.grids(plan),
        ground=on.units.ground,
        locked=on.locked,
        aims=on.aims,
    )
    return (*judged(case), outcome.on_foot(plan))


def test_a_grid_is_split_in_halves():
    on = board(town(["AAAA"]), effort=QUICK)
    best, *others = tasks.split(on, code_of("A"))
    assert sorted(best.sizes()) == [200, 200]
    assert set(best.grid) == {code_of("A"), code_of("a")}
    assert kept(rules_of(best))
    assert all((plan.grid != best.grid).any() for plan in others)


def test_options_of_a_split_differ():
    on = board(town(["AAAA", "AAAA"]), effort=QUICK)
    plans = tasks.split(on, code_of("A"), options=2)
    assert len(plans) == 2
    assert all(kept(rules_of(plan)) for plan in plans)


def test_grids_are_merged_if_one_can_walk_between_them():
    ground = town(["AAaaBB"])
    on = board(ground)
    merged = tasks.merge(on, [code_of("A"), code_of("a")])
    assert set(merged.grid) == {code_of("A"), code_of("B")}
    assert kept(rules_of(merged))
    with pytest.raises(UsageError, match="one community"):
        tasks.merge(on, [code_of("a"), code_of("B")])
    barred = board(town(["AAaa"], hard=lines([(200, -9), (200, 109)])))
    with pytest.raises(UsageError, match="walk"):
        tasks.merge(barred, [code_of("A"), code_of("a")])


def test_a_shift_balances_two_neighbours():
    on = board(town(["AAAAAa"]), effort=QUICK)
    plan = tasks.shift(on, [code_of("A"), code_of("a")])
    assert sorted(plan.sizes()) == [300, 300]
    assert plan.households_moved == 200
    assert list(outcome.moved(plan)["to"]) == [code_of("a")] * 2


def test_locked_and_unknown_grids_are_refused():
    on = board(town(["AAa"]), locked=[code_of("a")])
    with pytest.raises(UsageError, match="locked"):
        tasks.split(on, code_of("a"))
    with pytest.raises(UsageError, match="no grid"):
        tasks.shift(on, ["77"])
    with pytest.raises(UsageError, match="2 units"):
        tasks.split(on, code_of("A"), into=3)


def test_a_community_gets_as_many_grids_as_the_band_asks():
    on = board(town(["AAAAAAAA", "AAAAAAAA"]), effort=QUICK)
    [plan] = redrawn.redraw(on)
    sizes = plan.sizes()
    assert len(sizes) == 4
    assert sizes.between(300, 500).all()
    assert kept(rules_of(plan))
    [asked] = redrawn.redraw(on, grids=5)
    assert len(asked.sizes()) == 5


def test_a_hard_band_tries_every_number_of_grids():
    blocks = town(["AAAAAAAaaaaaaa"], households=106)  # 3 would do by their mean
    for hard, number in ((False, 3), (True, 4)):
        on = board(blocks, aims=Aims(hard=hard), effort=QUICK)
        [plan] = redrawn.redraw(on)
        assert len(plan.sizes()) == number
        assert plan.sizes().between(300, 500).all() == hard
    # where none will do, as few as can be are beyond it
    lone = board(town(["AAA"], households=260), aims=Aims(hard=True), effort=QUICK)
    assert sorted(redrawn.redraw(lone)[0].sizes()) == [260, 520]


def test_communities_are_never_mixed():
    on = board(town(["AAaBb", "AAaBB"]), effort=QUICK)
    [plan] = redrawn.redraw(on, grids=4)
    assert kept(rules_of(plan))
    grids = outcome.grids(plan)
    assert all(code.startswith(of) for code, of in grids["community"].items())


def test_an_island_stays_with_its_grid_and_is_told_as_inherited():
    rail = lines([(100, -9), (100, 109)])
    on = board(town(["AAAaa"], hard=rail), effort=QUICK)
    plan = tasks.shift(on, [code_of("A"), code_of("a")])
    rules = {one.id: one for one in rules_of(plan)}
    assert kept(rules.values())
    assert rules["G2"].inherited == rules["G1-walk"].inherited != ()


def test_less_change_never_balances_better():
    rows = ["AAAAAAAa", "BBBBBbbb"]
    on = board(town(rows, households=40), effort=QUICK)
    plans = pareto.least_change(on, shares=(0, 0.05, 0.1, 0.2, 1.0))
    assert (plans[0].grid == today(on).grid).all()
    worth = [plan.cv for plan in plans]
    assert worth == sorted(worth, reverse=True)
    assert worth[-1] < worth[0]
    total = on.units.frame["households"].sum()
    assert all(p.households_moved <= p.share * total for p in plans)
    assert sum(plan.knee for plan in plans) == 1
    assert all(kept(rules_of(plan)) for plan in plans)


def test_all_may_move_is_no_worse_than_afresh():
    on = board(town(["AAAAAAAa", "AAAAAAAa"], households=40), effort=QUICK)
    fresh = redrawn.redraw(on, grids=2)
    [plan] = pareto.least_change(on, shares=(1.0,))
    assert plan.cv <= fresh[0].cv


def test_results_say_where_everybody_comes_from():
    on = board(town(["AAAAAa"]), effort=QUICK)
    plan = tasks.shift(on, [code_of("A"), code_of("a")])
    entry = outcome.results(plan, rules_of(plan), grids=outcome.grids(plan))
    assert entry["households_moved"] == 200
    assert entry["buildings_moved"] == 2
    assert [grid["from"] for grid in entry["grids"]] == [
        {code_of("A"): 300},
        {code_of("A"): 200, code_of("a"): 100},
    ]
    told = outcome.flows(plan)
    assert told["households"].sum() == 600
    assert {"balance", "moved", "band"} <= set(entry["terms"])


# Codes and sides


def test_codes_stay_with_most_households_and_new_ones_follow_by_rows():
    on = board(town(["AAAA", "AAAA"], households=200), effort=QUICK)
    [plan] = redrawn.redraw(on, grids=4)
    assert sorted(set(plan.grid)) == [f"999999001001{n:03d}" for n in range(1, 5)]
    codes = numbering.numbered(
        np.arange(3),
        at=np.array([[900.0, 0.0], [0.0, 900.0], [500.0, 890.0]]),
        community="420105001002",
        codes=["420105001002007"],
        row_m=100.0,
    )
    assert codes == {
        1: "420105001002008",
        2: "420105001002009",
        0: "420105001002010",
    }


def test_a_code_stays_where_ground_is_apart():
    rail = lines([(300, -10), (300, 110)])
    on = board(town(["AAAA"], hard=rail), effort=QUICK)
    rows, apart = np.arange(4), np.array([False, False, False, True])
    part = np.array([0, 0, 1, 1])
    [a, _, b, island] = coded(on, rows=rows, part=part, stuck=apart)
    assert (b, island) == (code_of("A"), code_of("A"))
    assert a == "999999001001002"


def test_two_grids_with_ground_apart_are_redrawn_without_a_new_breach():
    rail = lines([(100, -10), (100, 310)])
    on = board(town(["Aaaa", "aAAA", "AAAA"], households=150, hard=rail), effort=QUICK)
    assert outcome.on_foot(today(on)).inherited
    for number in (2, 3, 4, 5):
        for plan in redrawn.redraw(on, grids=number, options=3):
            case = Case(after=outcome.grids(plan), ground=on.units.ground)
            rules = [*judged(case), outcome.on_foot(plan)]
            assert [one.id for one in rules if one.offenders and one.id != "H1"] == []


def test_a_compound_that_lies_in_pieces_stays_as_it_is():
    compound = areas([shapely.union(block(0, 0), block(3, 0))], names=["园"])
    on = board(town(["AAAA", "aaaa"], compounds=compound), effort=QUICK)
    space = scope_of(on, on.open_grids())
    assert space.stuck.sum() == 2
    assert space.problem.fixed.sum() == 2
    for plan in redrawn.redraw(on, grids=3, options=3):
        ends = plan.grid[(on.units.frame["name"] == "园").to_numpy()]
        assert len(set(ends)) == 1


def test_a_code_is_given_up_rather_than_torn_from_what_lies_apart():
    overlap = np.array([[10.0, 5.0], [0.0, 3.0]])
    apart = np.array([[False, True], [False, False]])
    assert numbering.kept(overlap).tolist() == [0, 1]
    assert numbering.kept(overlap, bound=apart).tolist() == [0, -1]
    assert numbering.kept(overlap, bound=apart, apart=1 * apart).tolist() == [1, -1]


def test_a_grid_in_pieces_goes_on_under_the_code_of_one_that_was():
    """A lies in two pieces, a in one with more households; one grid is to be left."""
    rows, homes = ["AaaaB", "BBBBA"], {(1, 1): 300}
    on = board(town(rows, households=homes), effort=QUICK)
    grid = on.units.frame["grid"].to_numpy(object)
    rows = np.flatnonzero(np.isin(grid, [code_of("A"), code_of("a")]))
    found = coded(on, rows=rows, part=np.zeros(len(rows), np.int64))
    assert set(found[rows]) == {code_of("A")}
    # in one piece the larger keeps its code
    west = np.array([one for one in rows if on.units.frame["y"].iloc[one] > 100])
    assert set(coded(on, rows=west, part=np.zeros(4, np.int64))[west]) == {code_of("a")}


def test_as_few_and_as_many_grids_as_there_can_be():
    on = board(town(["AAAa", "BBBb"]), effort=QUICK)
    [plan] = redrawn.redraw(on, grids=8)
    assert set(plan.sizes()) == {100}
    for number, told in ((1, "at least 2"), (9, "8 grids at most")):
        with pytest.raises(UsageError, match=told):
            redrawn.redraw(on, grids=number)
    with pytest.raises(UsageError, match="only 3 units"):
        tasks.split(on, code_of("A"), into=4)


def test_grids_that_are_empty_today_may_stay():
    homes = [(shapely.box(40, 40, 60, 60), 300, "")]
    on = board(town(["Aaaa"], buildings=homes), effort=QUICK)
    for plan in (*redrawn.redraw(on, grids=2), *pareto.least_change(on, shares=(0, 1))):
        assert sorted(plan.sizes()) == [0, 300]
    with pytest.raises(UsageError, match="2 grids at most"):
        redrawn.redraw(on, grids=3)


def test_codes_begin_with_what_those_of_the_community_begin_with():
    long = [f"420105001002{n:03d}" for n in (1, 2)]
    stem = numbering.stem(long, community="文澜社区", others=["420105001003001"])
    assert stem == "420105001002"
    assert numbering.stem(["K1", "K2"], community="K", others=["K3"]) == "K"
    assert numbering.stem(["甲1", "乙2"], community="文澜社区") == "文澜社区"
    grown = numbering.seen(["HD-8", "HD-9"], community="HD")
    assert grown.code("HD", 10) == "HD-10"


def test_a_template_has_an_end():
    with pytest.raises(UsageError, match="used up"):
        numbering.template("dashed").code("MC-CO", 100)
    with pytest.raises(UsageError, match="nosuch"):
        numbering.template("nosuch")


def test_the_names_that_are_told_have_most_of_a_side():
    ground = town(["A"])
    east = lines(*[[(100, 20 * k), (100, 20 * k + 20)] for k in range(5)])
    ways = GeoDataFrame({"name": list("甲乙丙丁戊")}, geometry=list(east), crs=CRS)
    told = named.sides(ground.grids, ground=replace(ground, ways=ways))
    assert len(told.iloc[0]["east"].split("、")) == 3
    # seven names: three of them have less than half, however many points a line has
    step = 100 / 7
    east = lines(*[[(100, step * k), (100, step * (k + 1))] for k in range(7)])
    ways = GeoDataFrame({"name": list("甲乙丙丁戊己庚")}, geometry=list(east), crs=CRS)
    told = named.sides(ground.grids, ground=replace(ground, ways=ways))
    assert told.iloc[0]["east"] == ""


def test_sides_are_named_or_left_blank():
    ground = town(["A"])
    ways = ground.ways.iloc[:0].copy()
    east, south = lines([(100, 0), (100, 100)], [(0, 0), (100, 0)])
    ways = ground.ways.iloc[:2].assign(name=["文澜路", "书院街"])
    ways = ways.set_geometry([east, south])
    told = named.sides(ground.grids, ground=replace(ground, ways=ways))
    assert told.iloc[0].to_dict() == {
        "east": "文澜路",
        "south": "书院街",
        "west": "",
        "north": "",
    }
    assert (
        named.sentence(told.iloc[0])
        == "东至文澜路，南至书院街，西至＿＿＿＿，北至＿＿＿＿。"
    )

"""Choosing sites: answers countable on fingers, laws, and what cannot be met."""

import itertools
import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from sitings import lawful, task_of, tasks, value_of

from geoplan.errors import UsageError
from geoplan.sites import (
    Effort,
    closed,
    closures,
    curve,
    evaluate,
    hubs,
    own_only,
    results,
    robust,
    solve,
    too_near,
    two_tiers,
)

QUICK = Effort(seconds=None, kicks=3, subgradients=60)

#    r0 r1 r2      minutes from five homes to three rooms; h4 is out of reach
TOWN = [
    [3, 0, 9],
    [5, 6, 0],
    [0, 2, 7],
    [0, 0, 4],
    [0, 0, 0],
]
FAMILIES = [10, 20, 30, 40, 50]


def town(**rules):
    return task_of(TOWN, weights=FAMILIES, **rules)


def codes(answer):
    return set(answer.sites.index)


def refusal(task):
    with pytest.raises(UsageError) as told:
        solve(task, effort=QUICK)
    for lang in ("zh", "en"):
        assert told.value.say(lang)
    return told.value


def test_cover_most_with_one_and_with_two():
    one, two = (solve(town(count=n), effort=QUICK) for n in (1, 2))
    assert (codes(one), one.value) == ({"r2"}, 80)
    assert codes(two) in ({"r0", "r2"}, {"r1", "r2"})
    assert (two.value, two.bound, two.gap, two.proved) == (100, 100, 0, True)
    assert two.stopped == "proved"


def test_demand_that_nothing_reaches_is_named():
    left = solve(town(count=1), effort=QUICK).uncovered
    assert left["reason"].to_dict() == {"h1": "not_chosen", "h4": "out_of_reach"}
    assert left["weight"].to_dict() == {"h1": 20, "h4": 50}


def test_a_candidate_that_is_locked_shut_reaches_nobody():
    task = town(columns={"lock": ["", "", "shut"]}, count=2)
    left = solve(task, effort=QUICK).uncovered
    assert left["reason"].to_dict() == {"h3": "shut", "h4": "out_of_reach"}


def test_the_fewest_that_cover_all():
    answer = solve(town(model="lscp"), effort=QUICK)
    assert answer.value == 2
    assert "r2" in codes(answer)


def test_the_fewest_that_cover_a_share():
    answer = solve(town(model="lscp", target=0.8), effort=QUICK)
    assert (answer.value, codes(answer)) == (1, {"r2"})


def test_the_shortest_total_walk():
    answer = solve(town(model="p-median", count=3), effort=QUICK)
    assert answer.value == 10 * 3 + 20 * 5 + 30 * 2 + 40 * 4
    assert answer.proved


def test_the_shortest_worst_walk():
    answer = solve(town(model="p-center", count=2), effort=QUICK)
    assert answer.value == 7
    assert codes(answer) == {"r0", "r2"}
    assert answer.bound == 7


def test_kept_stations_take_no_place_and_cost_nothing():
    columns = {"existing": [False, False, True], "cost": [4, 3, 100]}
    answer = solve(town(columns=columns, count=1, budget=3), effort=QUICK)
    assert codes(answer) == {"r2", "r1"}
    assert answer.sites["new"].to_dict() == {"r2": False, "r1": True}
    assert answer.sites["cost"].sum() == 3


def test_a_closable_station_competes():
    columns = {"existing": [True, False, False], "closable": [True, False, False]}
    answer = solve(town(columns=columns, count=1), effort=QUICK)
    assert codes(answer) == {"r2"}


@pytest.mark.parametrize("capacity", [np.inf, 100.0])
def test_no_site_opens_for_nobody(capacity):
    # the cheap ones come first by price; the dear one makes them needless
    homes = [[2, 0, 1, 0], [0, 2, 1, 0], [0, 0, 1, 0]]
    columns = {"cost": [1, 1, 3, 0], "capacity": [capacity] * 4}
    task = task_of(homes, weights=[9, 9, 20], columns=columns, budget=9.0)
    assert codes(solve(task, effort=QUICK)) == {"r2"}
    kept = {**columns, "group": ["", "", "", "a"]}
    task = task_of(homes, weights=[9, 9, 20], columns=kept, budget=9.0, groups=("a",))
    assert codes(solve(task, effort=QUICK)) == {"r2", "r3"}


def test_gains_loads_and_who_is_reached_by_one_alone():
    sites = solve(town(model="lscp", columns={"lock": ["open", "", ""]}), effort=QUICK)
    sites = sites.sites
    assert sites.loc["r2", ["gain", "cumulative", "only"]].tolist() == [80, 80, 70]
    assert sites.loc["r0", ["gain", "cumulative", "only"]].tolist() == [20, 100, 20]
    assert sites["load"].to_dict() == {"r2": 70, "r0": 30}
    assert sites.loc["r0", "mean_minutes"] == pytest.approx((10 * 3 + 20 * 5) / 30)


def test_further_measures_are_summed():
    task = town(count=1)
    task = task.but(demand=task.demand.assign(elderly=[1, 2, 3, 4, 5]))
    answer = solve(task, effort=QUICK)
    assert answer.sites["gain_elderly"].to_dict() == {"r2": 1 + 3 + 4}
    assert answer.uncovered["elderly"].to_dict() == {"h1": 2, "h4": 5}


def test_a_capacity_shares_a_building_out():
    columns = {"capacity": [15.0, 30.0, 35.0]}
    answer = solve(town(columns=columns, count=3), effort=QUICK)
    assert answer.value == 80
    assert (answer.sites["load"] <= answer.sites["capacity"] + 1e-6).all()
    assert set(answer.uncovered["reason"]) == {"capacity", "out_of_reach"}


def test_own_area_only():
    task = town(count=3)
    pairs = own_only(
        task.pairs,
        site_area=DataFrame({"a": ["A", "B", ""]})["a"],
        demand_area=DataFrame({"a": ["A", "B", "A", "B", "A"]})["a"],
    )
    assert list(zip(pairs["demand"], pairs["site"], strict=True)) == [(0, 0), (1, 1)]


def test_pairs_nearer_than_a_distance():
    places = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 6.0], [3.0, 4.5]])
    assert too_near(places, metres=5.0).tolist() == [[1, 2], [1, 3], [2, 3]]
    assert too_near(places[:1], metres=5.0).tolist() == []


def test_results_are_what_json_can_hold():
    task = town(count=1, columns={"name": ["锅炉房", "物业用房", "学校"]})
    told = curve(task, counts=range(1, 3), effort=QUICK)
    record = results(told.answers[0], task=task, circle="15分钟服务圈", curve=told)
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert (record["objective"], record["bound"], record["proved"]) == (80, 80, True)
    assert record["sites"][0]["name"] == "学校"
    assert record["sites"][0]["capacity"] is None
    assert record["uncovered"]["reasons"]["out_of_reach"]["demand"] == ["h4"]
    assert [row["value"] for row in record["curve"]] == [80, 100]


def test_too_few_stations_are_told_with_how_many_it_takes():
    error = refusal(town(model="p-median", count=1))
    assert error.key == "sites_count"
    assert error.facts["need"] == 2
    assert error.facts["codes"] == ["h1"]
    assert error.facts["left"] == 20


def test_too_few_for_a_share_are_told_with_how_many_it_takes():
    homes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    task = task_of(homes, model="lscp", count=1, target=0.6)
    assert refusal(task).facts["need"] == 2
    assert solve(task.but(count=2), effort=QUICK).value == 2


def test_too_small_a_budget_is_told_with_what_it_takes():
    columns = {"cost": [5, 4, 3]}
    error = refusal(town(model="lscp", columns=columns, budget=5))
    assert (error.key, error.facts["need"]) == ("sites_budget", 7)


def test_too_small_capacities_are_told():
    columns = {"capacity": [15.0, 30.0, 35.0]}
    error = refusal(town(model="lscp", columns=columns))
    assert (error.key, error.facts["left"]) == ("sites_capacity", 20)
    rooms = np.array(columns["capacity"])
    enough, few = (rooms * error.facts["times"] * share for share in (1.0, 0.97))
    assert solve(town(model="lscp", columns={"capacity": enough}), effort=QUICK)
    refusal(town(model="lscp", columns={"capacity": few}))
    none = refusal(town(model="lscp", columns={"capacity": [0.0, 30.0, 35.0]}))
    assert none.key in {"sites_capacity", "sites_capacity_none"}


def test_too_great_a_distance_is_told():
    apart = np.array([[0, 2], [1, 2]])
    assert refusal(town(model="lscp", apart=apart)).key == "sites_apart"


def test_groups_that_cannot_all_be_served_are_told():
    columns = {"group": ["a", "b", "b"]}
    task = town(columns=columns, groups=("a", "b"), count=1)
    error = refusal(task)
    assert (error.key, error.facts["need"]) == ("sites_count_rules", 2)
    assert refusal(task.but(groups=("a", "c"))).facts["codes"] == ["c"]


def test_locks_that_contradict_themselves_are_told():
    both = {"lock": ["open", "open", ""]}
    assert refusal(town(columns=both, count=1)).facts["need"] == 2
    near = town(columns=both, count=2, apart=np.array([[1, 0]]))
    assert refusal(near).key == "sites_locks_apart"
    dear = town(columns=both | {"cost": [2, 3, 1]}, budget=4)
    assert refusal(dear).facts["need"] == 5


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"model": "guess"}, "sites_model"),
        ({"count": None}, "sites_no_limit"),
        ({"target": 0.0}, "sites_target"),
        ({"demand": DataFrame({"weight": [1, 2, np.nan, 4, 5]})}, "sites_negative"),
        ({"demand": DataFrame({"weight": [1, 2]})}, "sites_pairs"),
    ],
)
def test_a_task_that_makes_no_sense_is_refused(changed, key):
    assert refusal(town(count=1).but(**changed)).key == key


def test_a_pair_named_twice_is_refused():
    task = town(count=1)
    twice = DataFrame({"site": [0, 0], "demand": [0, 0], "minutes": [3.0, 4.0]})
    assert refusal(task.but(pairs=twice)).key == "sites_pairs"


def test_a_given_list_is_judged_beside_what_is_possible():
    told = evaluate(town(count=1), sites=["r0", "r1"], effort=QUICK)
    assert (told.value, told.bound, told.stopped) == (60, 100, "given")
    assert told.gap == pytest.approx(0.4)
    assert told.broken == ("count",)
    with pytest.raises(UsageError, match="r9"):
        evaluate(town(count=1), sites=["r9"])


def test_a_given_list_that_leaves_somebody_out_has_no_total_walk():
    told = evaluate(town(model="p-median", count=2), sites=["r0", "r1"], effort=QUICK)
    assert np.isnan(told.value)
    assert told.uncovered["reason"]["h3"] == "not_chosen"


def test_the_curve_rises_and_tells_what_each_adds():
    told = curve(town(), counts=range(4), effort=QUICK)
    assert told.counts["value"].tolist() == [0, 80, 100, 100]
    assert told.counts["marginal"].tolist()[1:] == [80, 20, 0]
    assert told.counts["proved"].all()
    assert told.nested
    assert told.counts["next_site"].tolist()[:2] == ["", "r2"]


def test_each_count_of_a_curve_knows_what_the_others_have_shown():
    rng = np.random.default_rng(5)
    walks = rng.integers(1, 30, (60, 20)) * (rng.random((60, 20)) < 0.2)
    columns = {"capacity": rng.integers(10, 60, 20).astype(float)}
    for model, rising in (("mclp", 1), ("p-median", -1)):
        task = task_of(
            walks + (model == "p-median"),
            weights=rng.integers(1, 9, 60),
            columns=columns,
            model=model,
        )
        effort = Effort(seconds=0.0, kicks=0, subgradients=5)
        counts = curve(task, counts=range(9, 13), effort=effort).counts
        known = counts["value"].dropna()
        assert (np.diff(known) * rising >= -1e-9).all()
        assert (np.diff(counts["bound"]) * rising >= -1e-9).all()


def test_an_order_that_costs_says_so():
    # r0 is best alone; r1 and r2 are the best two, and r0 then adds nothing
    homes = [[1, 1, 0], [1, 0, 1], [0, 1, 0], [0, 0, 1]]
    told = curve(task_of(homes, weights=[3, 3, 2, 2]), counts=range(1, 3), effort=QUICK)
    assert told.counts["value"].tolist() == [6, 10]
    assert not told.nested
    assert told.counts["lost"].tolist() == [1, 0]


def test_a_curve_leaves_out_counts_that_cannot_be():
    told = curve(town(model="p-median"), counts=range(1, 4), effort=QUICK)
    assert told.counts["count"].tolist() == [2, 3]


def test_a_choice_is_judged_at_other_speeds_and_with_a_station_closed():
    task = town(count=1)
    fast = task.but(pairs=task.pairs[task.pairs["minutes"] <= 5])
    told = robust({"all": task, "near": fast, "shut": closed(task, site="r2")})
    assert told.worth.loc["all"].to_dict() == {"all": 80, "near": 40, "shut": 0}
    assert told.often.to_dict() == {
        "r2": pytest.approx(2 / 3),
        "r1": pytest.approx(1 / 3),
    }
    assert told.chosen in told.regret.index
    left = closures(task.but(count=2), answer=solve(town(count=2), effort=QUICK))
    assert left.iloc[0] in {30, 50}


def test_hubs_serve_their_neighbours_whole():
    # four communities in a row; each may be served from itself or beside it
    walks = [[1, 6, 0, 0], [6, 1, 5, 0], [0, 5, 1, 7], [0, 0, 7, 1]]
    told = hubs(task_of(walks, weights=[9, 5, 5, 9], count=2), effort=QUICK)
    assert told.answer.value == 9 + 5 * 6 + 9 + 5 * 7
    assert told.hubs["serves"].to_dict() == {"r0": ("h0", "h1"), "r3": ("h3", "h2")}
    assert told.hubs["worst_minutes"].to_dict() == {"r0": 6, "r3": 7}


def test_hubs_with_capacities_split_no_community():
    walks = [[1, 2], [2, 1], [2, 3]]
    columns = {"capacity": [10.0, 10.0]}
    task = task_of(walks, weights=[6, 6, 4], columns=columns, count=2)
    told = hubs(task, effort=QUICK)
    assert told.hubs["load"].to_dict() == {"r0": 10, "r1": 6}
    assert (told.answer.assignment["share"] == 1).all()


def test_a_lower_tier_stands_near_an_upper_one():
    upper = task_of([[1, 0], [0, 1]], weights=[10, 9], count=1)
    lower = task_of([[1, 0, 0], [0, 1, 1]], weights=[5, 8], count=1)
    within = DataFrame({"upper": [0, 1], "lower": [0, 1]})
    told = two_tiers(upper, lower, within=within, effort=QUICK)
    # the best upper site alone is 0 (10), but 1 brings the better lower one
    assert (told.upper, told.lower) == (("r1",), ("r1",))
    assert told.covered == (9, 8)
    assert told.whole.proved


def test_a_stopped_clock_is_no_proof():
    rng = np.random.default_rng(1)
    walks = rng.integers(1, 30, (200, 100)) * (rng.random((200, 100)) < 0.9)
    task = task_of(walks, weights=rng.integers(1, 9, 200), model="p-median", count=7)
    told = solve(task, effort=Effort(seconds=0.0, kicks=0, subgradients=20))
    assert told.stopped == "time"
    assert not told.proved
    assert told.bound < told.value
    again = solve(task, effort=Effort(kicks=20, subgradients=50, exact=False, seed=3))
    same = solve(task, effort=Effort(kicks=20, subgradients=50, exact=False, seed=3))
    assert again.sites.equals(same.sites)
    assert (again.value, again.bound) == (same.value, same.bound)


@given(task=tasks(models=("mclp",)), more=st.integers(0, 2))
@settings(max_examples=30, deadline=None)
def test_one_more_station_never_covers_less(task, more):
    count = task.count or 0
    try:
        fewer = solve(task.but(count=count), effort=QUICK)
    except UsageError:
        return
    assert solve(task.but(count=count + more), effort=QUICK).value >= fewer.value


@given(task=tasks(), better=st.data())
@settings(max_examples=30, deadline=None)
def test_a_given_list_is_never_better_than_the_bound(task, better):
    sites = better.draw(st.sets(st.sampled_from(sorted(task.candidates.index))))
    told = evaluate(task, sites=sites, effort=QUICK)
    chosen = task.candidates.index.isin(told.sites.index)
    if np.isnan(told.value) or told.broken or not lawful(task, chosen):
        return
    sign = 1 if task.model == "mclp" else -1
    if task.model != "lscp":
        assert sign * told.value <= sign * told.bound + 1e-6


def test_without_numba_the_plan_is_the_same(root):
    script = """
import sys
sys.modules["numba"] = None  # as if it were not installed
sys.path.insert(0, "tests")
from test_sites import counted
print(counted())
"""
    told = subprocess.run(  # noqa: S603  our own Python
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=root,
        check=True,
    )
    assert told.stdout.strip() == counted()


def counted():
    """Return what search and bound make of a task, as a text."""
    walks = [[1 + (7 * i + 5 * j) % 11 for j in range(9)] for i in range(25)]
    task = task_of(walks, weights=range(1, 26), model="p-median", count=3)
    told = solve(task, effort=Effort(kicks=5, subgradients=40, exact=False))
    return f"{sorted(told.sites.index)} {told.value:g} {told.bound:.6f}"


@pytest.mark.parametrize("name", ["pmed1", "pmed3", "pmed5", "pmed7", "pmed9"])
def test_published_optima_are_met_and_proved(real_data, script, name):
    folder = real_data / "pmed"
    optima = json.loads((folder / "optima.json").read_text("utf-8"))["optimum"]
    answer = solve(script("bench_sites").median_task(folder / f"{name}.txt"))
    assert (answer.value, answer.proved) == (optima[name], True)


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_two_tiers_are_the_best_of_all_pairs(data):
    def one():
        return data.draw(tasks(models=("mclp",)))

    upper, lower = one(), one()
    upper, lower = (
        t.but(count=min(t.count or 2, 2), budget=None) for t in (upper, lower)
    )
    size = (len(upper.candidates), len(lower.candidates))
    cells = st.lists(
        st.booleans(), min_size=size[0] * size[1], max_size=size[0] * size[1]
    )
    near = np.array(data.draw(cells), bool).reshape(size)
    within = DataFrame(dict(zip(("upper", "lower"), np.nonzero(near), strict=True)))
    one_room = data.draw(st.booleans(), label="the first of both are one room")
    stay = upper.kept[0] and lower.kept[0]
    best = None
    for high in lawful_choices(upper):
        reached = near[np.array(high, bool)].any(axis=0) | lower.must
        for low in lawful_choices(lower):
            if (np.array(low, bool) & ~reached).any():
                continue
            if one_room and high[0] and low[0] and not stay:
                continue
            worth = value_of(upper, high) + value_of(lower, low)
            best = worth if best is None else max(best, worth)
    asked = {"within": within, "same": np.array([[0, 0]] * one_room).reshape(-1, 2)}
    if best is None:
        with pytest.raises(UsageError):
            two_tiers(upper, lower, **asked, effort=QUICK)
        return
    told = two_tiers(upper, lower, **asked, effort=QUICK)
    assert told.whole.value == best
    assert sum(told.covered) == best


def lawful_choices(task):
    choices = itertools.product([False, True], repeat=len(task.candidates))
    return [chosen for chosen in choices if lawful(task, chosen)]

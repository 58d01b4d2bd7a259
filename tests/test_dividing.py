"""From a study file to grids that are proposed: judged from what is written."""

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from division_papers import judge, rows
from divisions import CRS, block, code_of, house, town
from geopandas import GeoDataFrame
from offices import write_study
from pandas import DataFrame, Series

from geoplan import cli, division
from geoplan.division.stations import Stations, by_unit, owned, reached
from geoplan.errors import InputError, UsageError
from geoplan.recipes.division.asked import Asked
from geoplan.recipes.division.board import board_of, plans_of
from geoplan.recipes.division.dividing import divide_study
from geoplan.recipes.division.files import write_division
from geoplan.recipes.division.findings import about
from geoplan.recipes.division.given import given_record
from geoplan.recipes.division.ground import laid_out
from geoplan.recipes.division.record import division_record
from geoplan.recipes.division.settings import wished
from geoplan.recipes.run import Run, network_of
from geoplan.study.reading import read_study
from geoplan.wording import texts

A, A2 = code_of("A"), code_of("a")
QUICK = division.Effort(sweeps=20, starts=1)


def quiet(_text):
    pass


def divide(path, out, **asked):
    return divide_study(path, asked=Asked(**asked), out=out, lang="zh", progress=quiet)


@pytest.fixture(scope="module")
def study(root):
    return read_study(root / "data" / "wenlan")


@pytest.fixture(scope="module")
def laid(study):
    return laid_out(study, network=network_of(study))


@pytest.fixture(scope="module")
def board(laid):
    return board_of(laid, asked=Asked())


@pytest.fixture(scope="module")
def papers(laid, board, tmp_path_factory):
    out = tmp_path_factory.mktemp("wenlan")
    asked = Asked(community="文澜社区", options=2)
    plans = plans_of(laid, board=board.trying(QUICK), asked=asked)
    found = division_record(laid, plans=plans, task=asked.task)
    assert not [one for one in found.findings if one.level == "error"]
    run = Run(progress=quiet, lang="zh", seconds={})
    write_division(laid.study, found, asked=asked, out=out, run=run)
    return out


# The papers


def test_every_hard_rule_holds_in_the_written_files(papers, study):
    record = judge(papers, layers=study.layers)
    assert record["command"] == "divide"
    options = record["results"]["options"]
    assert len(options) == 2
    assert all(one["households_moved"] > 0 for one in options)
    assert record["results"]["today"]["households_moved"] == 0
    assert {"stations", "band", "moved", "balance"} <= set(options[0]["terms"])


def test_the_table_for_people_has_a_line_for_every_grid(papers):
    table = rows(papers / "division.csv")
    told = {row["变化"] for row in table}
    assert told <= {"不变", "调整", "新设", "撤销"}
    assert all(row["四至"].startswith("东至") for row in table if row["变化"] != "撤销")
    moves = rows(papers / "division_moves.csv")
    assert all(row["划出网格编码"] != row["划入网格编码"] for row in moves)


def test_few_of_a_group_are_told_nowhere(papers):
    for layer in ("units", "moved", "strips", "flows"):
        table = gpd.read_file(papers / "division.gpkg", layer=layer)
        assert not {"elderly", "old"} & set(table.columns)
    for layer in ("grids", "before"):
        counts = gpd.read_file(papers / "division.gpkg", layer=layer)["elderly"]
        assert not counts.between(1, 4).any()


def test_what_is_written_is_judged_alike_when_it_is_read_back(papers, laid):
    grids = gpd.read_file(papers / "division.gpkg", layer="grids")
    grids = grids[grids["option"] == 1].set_index("code")
    record = json.loads((papers / "division.json").read_text("utf-8"))["results"]
    made = record["options"][0]
    given = given_record(laid, grids, asked=Asked())
    [plan] = given.plans
    assert given.task == "given"
    assert {rule["id"] for rule in plan.results["rules"]} == {
        rule["id"] for rule in made["rules"]
    }
    assert [r["passed"] for r in plan.results["rules"]] == [
        r["passed"] for r in made["rules"]
    ]
    for name in ("households_moved", "buildings_moved", "balance"):
        assert plan.results[name] == made[name]
    assert (plan.grids["reached"] == grids["reached"]).all()
    strips = gpd.read_file(papers / "division.gpkg", layer="strips")
    assert len(plan.strips) == (strips["option"] == 1).sum()


def test_a_division_drawn_loosely_is_told_what_it_breaks(laid):
    grids = laid.ground.grids
    shapes = grids.geometry.to_numpy().copy()
    shapes[0] = shapely.union(shapes[0], shapely.buffer(shapes[-1].centroid, 60))
    loose = grids.set_geometry(shapes, crs=grids.crs).iloc[:-1]
    given = given_record(laid, GeoDataFrame(loose), asked=Asked())
    rules = {one["id"]: one["passed"] for one in given.plans[0].results["rules"]}
    assert not any(rules[name] for name in ("T2-gap", "N2", "N3", "G1"))
    nobodys = given.plans[0].units == ""
    assert nobodys.any()
    assert given.plans[0].flows["households"].sum() == pytest.approx(
        given.units["households"].sum()
    )


def test_a_community_that_is_not_told_is_told_to_be_guessed(laid):
    grids = laid.ground.grids
    silent = grids.drop(columns="community")
    silent.insert(0, "community", ["?", *grids["community"].iloc[1:]])
    rule = "drawn_community_by_ground"
    found = given_record(laid, GeoDataFrame(silent), asked=Asked())
    [told] = [one for one in found.findings if one.rule == rule]
    assert told.facts == {"count": 1, "codes": grids.index[0]}
    before = found.before["community"]
    assert found.plans[0].grids["community"].equals(before)
    whole = given_record(laid, grids, asked=Asked())
    assert rule not in {one.rule for one in whole.findings}


def test_the_same_study_gives_the_same_bytes(tmp_path):
    (tmp_path / "office").mkdir()
    path = write_study(tmp_path / "office")
    outs = [tmp_path / name for name in ("one", "other")]
    for out in outs:
        assert divide(path, out).pages == (out / "division.html",)
    names = sorted(file.name for file in outs[0].iterdir())
    assert names == [
        *("division.csv", "division.gpkg", "division.html", "division.json"),
        "division_moves.csv",
    ]
    words = texts("division_page", "zh")  # files that the page refers to
    assert {words["grids_file_made"], words["moves_file_made"]} < set(names)
    for name in names:
        one, other = ((out / name).read_bytes() for out in outs)
        if name == "division.json":
            one, other = (json.loads(text) | {"seconds": 0} for text in (one, other))
        assert one == other, name


# What can be asked


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"split": "1", "merge": ("2", "3")}, "division_one_task"),
        ({"split": "1", "min_change": True}, "division_one_task"),
        ({"min_change": True, "grids": 9}, "division_one_task"),
        ({"split": "1", "into": 1}, "division_into"),
    ],
)
def test_one_thing_is_asked_at_a_time(asked, key):
    with pytest.raises(UsageError) as error:
        Asked(**asked)
    assert error.value.key == key


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"split": "无此网格"}, "division_grid_unknown"),
        ({"merge": ("柳岸1网格",)}, "division_one_grid"),
        ({"shift": ("柳岸1网格", "书院1网格")}, "division_shift_apart"),
        ({"community": "无此社区"}, "division_community_unknown"),
    ],
)
def test_what_cannot_be_asked_is_told(laid, board, asked, key):
    with pytest.raises(UsageError) as error:
        plans_of(laid, board=board, asked=Asked(**asked))
    assert error.value.key == key


def test_a_lock_that_is_no_grid_is_told(laid):
    with pytest.raises(UsageError) as error:
        wished(laid.study, asked=Asked(lock=("无此网格",)))
    assert error.value.key == "division_grid_unknown"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('lock = ["无此网格"]', "division_lock_unknown"),
        ('weights = { balance = "much" }', "division_numbers"),
        ("workload = { households = -1 }", "division_numbers"),
        ('template = { separator = "-" }', "division_template"),
    ],
)
def test_a_study_file_that_asks_what_cannot_be_says_where(tmp_path, line, key):
    path = write_study(tmp_path)
    text = path.read_text(encoding="utf-8") + f"\n[division]\n{line}\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        divide(path, tmp_path / "out")
    assert error.value.key == key
    assert error.value.where["row"] == text[: text.index(line)].count("\n") + 1
    assert not (tmp_path / "out").exists()


def test_the_study_file_says_how_grids_are_drawn(tmp_path):
    path = write_study(tmp_path)
    told = """
[division]
lock = ["示例一网"]
band = [200, 700]
hard = true
weights = { moved = 2.0 }
workload = { households = 1.0, elderly = 0.5 }
template = "dashed"
"""
    path.write_text(path.read_text(encoding="utf-8") + told, encoding="utf-8")
    read = read_study(path)
    told = wished(read, asked=Asked())
    assert told.locked == {"999999001001001"}
    assert told.aims.band == (200, 700)
    assert told.aims.hard
    assert told.aims.weight("moved") == 2.0
    assert told.aims.weight("balance") == division.Aims().weight("balance")
    assert told.template.separator == "-"
    assert wished(read, asked=Asked(band=(1, 2))).aims.band == (1, 2)


def test_the_command_exits_with_1_where_a_hard_rule_cannot_be_kept(tmp_path, capsys):
    path = write_study(tmp_path)
    args = ["divide", str(path), "--out", str(tmp_path / "out")]
    assert cli.main([*args, "--all", "--band", "250..251", "--hard-band"]) == 1
    assert "不在 250–251 户之内" in capsys.readouterr().err
    assert (tmp_path / "out" / "division.json").exists()
    assert cli.main([*args, "--all", "--band", "250..450", "--hard-band"]) == 0
    # one unit with households: no split, but an empty grid
    assert cli.main([*args, "--split", "示例一网"]) == 2
    assert "只有 1 个有住户" in capsys.readouterr().err
    assert cli.main([*args, "--into", "3"]) == 2
    assert "--split" in capsys.readouterr().err
    assert cli.main([*args, "--split", "1", "--merge", "1,2"]) == 2


# Communities


def test_a_study_is_laid_out_for_its_communities(tmp_path):
    read = read_study(write_study(tmp_path))
    laid = laid_out(read, network=network_of(read), level="community")
    assert laid.circle.tier == "社区级"
    assert set(laid.ground.grids.index) == set(read.layers.communities.index)
    assert set(laid.ground.buildings["buildings"]) == {1.0}


def test_communities_are_drawn_out_of_whole_grids(study, laid):
    names = study.layers.communities["name"]
    ground = division.grouped(laid.ground, names=names)
    laid = replace(laid, ground=ground, level="community")
    board = board_of(laid, asked=Asked(level="community"))
    assert board.aims.band == (1000, 3000)
    today = study.layers.grids
    frame = board.units.frame
    assert sorted(frame["name"]) == sorted(today.index)
    off = shapely.symmetric_difference(
        frame.set_index("name").geometry.reindex(today.index).to_numpy(),
        today.geometry.to_numpy(),
    )
    assert shapely.area(off).max() < 1
    largest = division.today(board).sizes().idxmax()
    plans = division.split(board.trying(QUICK), largest, options=1)
    found = division_record(laid, plans=plans, task="split")
    rules = {rule["id"]: rule for rule in found.plans[0].results["rules"]}
    assert all(rule["passed"] for rule in rules.values() if rule["level"] == "error")
    assert "G2" not in rules  # a community may lie on both banks
    [new] = set(found.plans[0].grids.index) - set(found.before.index)
    assert new == "999999001013"


# Stations


def stations_of(points, *, named=(), walks=()):
    frame = GeoDataFrame(
        {"name": [f"站{k}" for k in range(len(points))]},
        index=[f"s{k}" for k in range(len(points))],
        geometry=points,
        crs=CRS,
    )
    return Stations(
        frame=frame,
        named=DataFrame(named, columns=["station", "level", "area"]),
        walks=DataFrame(walks, columns=["station", "building"]).astype(np.int64),
    )


def test_a_station_is_own_to_the_grid_it_names_or_stands_in():
    made = division.board(town(["AAaa"])).units
    points = [house(0, 0).centroid, house(3, 0).centroid, house(0, 0).centroid]
    named = [(1, "grid", A), (2, "community", A[:12])]
    stations = stations_of(points, named=named)
    grid = made.frame["grid"].to_numpy(object)
    table = owned(stations, grid=grid, units=made)
    assert list(map(tuple, table.to_numpy())) == [(0, A), (1, A), (2, A), (2, A2)]
    gone = np.full(len(grid), A2, dtype=object)  # the named grid is no more
    table = owned(stations, grid=gone, units=made)
    assert list(map(tuple, table.to_numpy())) == [(0, A2), (1, A2), (2, A2)]


def test_several_stations_count_a_home_once():
    made = division.board(town(["AAaa"])).units
    points = [house(0, 0).centroid, house(1, 0).centroid]
    stations = stations_of(points, walks=[(0, 0), (1, 0), (1, 1), (1, 2)])
    grid = made.frame["grid"].to_numpy(object)
    assert reached(stations, grid=grid, units=made).to_dict() == {A: 200, A2: 0}
    table = by_unit(stations, units=made)
    sums = table.drop_duplicates(["unit", "group"])["households"].sum()
    assert sums == 300


def test_grids_go_to_the_station_that_is_theirs():
    """Nobody can say whose the middle is but the stations."""
    on = division.board(town(["AAAaaa"]), aims=nothing_but("stations"))
    points = [house(0, 0).centroid, house(5, 0).centroid]
    walks = [(0, 0), (0, 1), (0, 2), (0, 3), (1, 4), (1, 5)]
    near = replace(on, stations=stations_of(points, walks=walks))
    plan = division.shift(near, [A, A2])
    assert plan.sizes().to_dict() == {A: 400, A2: 200}
    assert division.terms(plan)["stations"] == 0
    assert division.terms(division.today(near))["stations"] == pytest.approx(
        1 / 6, abs=1e-6
    )


def nothing_but(term):
    weights = dict.fromkeys(division.Aims().weights, 0.0) | {term: 1.0}
    return division.Aims(weights=weights)


# Strips


def test_strips_are_the_pieces_that_go_somewhere_else():
    on = division.board(town(["AAAAa", "AAAAa"]))
    codes = on.units.frame["grid"].to_numpy(object).copy()
    x = on.units.frame["x"].to_numpy()
    y = on.units.frame["y"].to_numpy()
    codes[(x < 100) & (y < 100)] = A2
    codes[(x > 300) & (y > 100)] = A2
    plan = division.Plan(board=on, grid=codes)
    told = division.strips(plan)
    assert told["number"].tolist() == [1, 2]
    assert told["households"].tolist() == [100, 100]
    assert set(told["from"]) == {A}
    assert set(told["to"]) == {A2}
    assert shapely.area(told.geometry.to_numpy()).tolist() == [10_000, 10_000]
    assert division.strips(division.today(on)).empty


def test_slivers_between_two_drawings_are_no_units():
    ground = town(["AAaa"])
    drawn = shapely.set_precision(
        [shapely.box(0, 0, 199.7, 100), shapely.box(199.7, 0, 400, 100)], 0
    )
    made = division.board(ground, areas=np.array(drawn, dtype=object)).units
    assert len(made.frame) == 4
    assert made.frame.area.min() > 9_900


def test_a_grid_that_nobody_can_reach_says_so():
    hard = np.array([shapely.LineString([(100, -9), (100, 109)])], dtype=object)
    aims = division.Aims(band=(150.0, 500.0), hard=True)
    on = division.board(town(["Aaaa"], hard=hard), aims=aims)
    plan = division.today(on)
    rules = [
        {"id": "H1", "level": "error", "passed": False, "offenders": [A]}
        | {"inherited": []}
    ]
    record = Series({"option": 1, "grids": division.grids(plan)})
    record["results"] = {"rules": rules}
    [finding] = about(Series({"plans": [record]}), plans=[plan])
    assert finding.rule == "division_band_island"
    assert finding.level == "error"
    assert finding.facts["households"] == 100
    assert shapely.intersects(finding.geometry, block(0, 0))

"""From a study file to sites: counted by hand, recomputed from what is written."""

import hashlib
import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import ROOT
from offices import EAST, NORTH, PLAIN, STUDY, stations, write_study
from shapely import Point

from geoplan import cli
from geoplan.coverage import walking_minutes
from geoplan.coverage.homes import inhabited
from geoplan.errors import InputError, UsageError
from geoplan.recipes.matching import Limits, match_study
from geoplan.recipes.run import network_of
from geoplan.recipes.sites.asked import FAR, Asked, counts_of, laid_out, task_of
from geoplan.recipes.sites.siting import site_study
from geoplan.study.reading import read_study

MINUTES = 2.5  # 180 m
CIRCLE = f"""
[[circle]]
name = "示例圈"
tier = "社区级"
minutes = {MINUTES}
"""
ROOMS = """
[candidates]
path = "rooms.csv"
datum = "wgs84"
"""
#: metres east along the road: between the homes of the second grid, and beside each
AT = {"R1": 710, "R2": 620, "R3": 820, "R4": 400}


def quiet(_text):
    pass


def write_rooms(folder, **columns):
    points = gpd.GeoSeries(
        [Point(EAST + x, NORTH + 255) for x in AT.values()], crs=PLAIN
    ).to_crs(4326)
    table = {
        "房源编号": list(AT),
        "名称": [f"示例房{k}" for k in AT],
        "类型": ["门面", "门面", "仓库", "仓库"],
        "面积": [90, 60, 30, 120],
        "年租金": [3, 1, 1, 1],
        "可用时间": ["现可用", "", "2027年起", ""],
        "经度": points.x.round(7),
        "纬度": points.y.round(7),
    }
    table |= columns
    pd.DataFrame(table).to_csv(folder / "rooms.csv", index=False, encoding="gbk")


@pytest.fixture
def office(tmp_path):
    """Give a study of two grids in a row: 300 households, then 200 and 200."""
    folder = tmp_path / "office"
    folder.mkdir()
    write_rooms(folder)
    path = write_study(folder, text=STUDY + ROOMS + CIRCLE)
    stations(建筑面积=[900, 90]).to_csv(
        folder / "stations.csv", index=False, encoding="gbk"
    )
    return path


def results_of(out):
    return json.loads((out / "sites.json").read_text("utf-8"))["results"]


def suggest(path, out, **asked):
    done = site_study(path, asked=Asked(**asked), out=out, lang="zh", progress=quiet)
    assert {file.name for file in out.iterdir()} == {
        f"sites.{kind}" for kind in ("html", "gpkg", "csv", "json")
    }
    assert done.pages == (out / "sites.html",)
    return results_of(out)


def new(results):
    return [site["code"] for site in results["sites"] if site["new"]]


def test_one_room_between_both_homes_brings_both_in(office, tmp_path):
    told = suggest(office, tmp_path / "out")
    assert (told["before"], told["objective"], told["total"]) == (300, 700, 700)
    assert new(told) == ["R1"]
    assert told["count"] == 1  # a second adds nobody
    assert told["proved"]
    assert told["bound"] == told["objective"]
    assert told["uncovered"]["weight"] == 0
    assert [(row["count"], row["covered"]) for row in told["curve"]] == [
        (k, 700) for k in (1, 2, 3, 4)
    ]
    contract = {
        *("model", "circle", "count", "objective", "bound", "gap", "proved"),
        *("stopped", "sites", "uncovered", "curve"),
    }
    assert contract <= told.keys()
    (site,) = (site for site in told["sites"] if site["new"])
    assert {"code", "name", "kind", "gain", "cumulative", "load", "capacity"} <= {*site}
    table = pd.read_csv(tmp_path / "out" / "sites.csv", dtype=str)
    assert table["名称"].tolist() == ["示例房R1", "示例驿站"]
    assert table.loc[0, ["类型", "年租金", "可用时间", "新增（户）"]].tolist() == [
        *("门面", "3", "现可用", "400")
    ]


def test_a_budget_that_does_not_buy_the_best(office, tmp_path):
    told = suggest(office, tmp_path / "out", budget=2.0)
    assert new(told) == ["R2", "R3"]
    assert told["objective"] == 700
    assert new(suggest(office, tmp_path / "out", budget=1.0)) in (["R2"], ["R3"])


def test_the_fewest_that_cover_all(office, tmp_path):
    told = suggest(office, tmp_path / "out", model="lscp")
    assert new(told) == ["R1"]
    assert (told["objective"], told["bound"], told["curve"]) == (1, 1, [])
    apart = suggest(office, tmp_path / "out", model="lscp", own=True)
    assert new(apart) == ["R1"]


def test_a_station_in_each_community(office, tmp_path):
    told = suggest(
        office, tmp_path / "out", per="community", close=True, counts=range(2, 3)
    )
    communities = {site["code"][0] for site in told["sites"]}
    assert len(told["sites"]) == 2
    assert communities == {"R", "s"}


def test_capacities_are_kept_and_told(office, tmp_path):
    told = suggest(office, tmp_path / "out", capacity="m2", counts=range(1, 2))
    (site,) = (site for site in told["sites"] if site["new"])
    assert site["code"] == "R1"
    assert site["capacity"] == 300  # 90 m², 0.3 m² a household
    assert site["load"] == 300
    assert told["uncovered"]["reasons"].keys() == {"capacity"}


def test_a_station_without_floor_area_has_no_capacity_by_area(office, tmp_path):
    write_rooms(office.parent, 面积=[90, None, 30, 120])
    with pytest.raises(InputError) as error:
        suggest(office, tmp_path / "out", capacity="m2")
    assert error.value.key == "siting_area"
    assert not (tmp_path / "out").exists()


def test_a_list_is_judged_as_a_choice_is(office, tmp_path):
    listed = tmp_path / "idea.csv"
    listed.write_text("编码,说明\nR2,街道的想法\n", encoding="gbk")
    told = suggest(office, tmp_path / "out", evaluate=listed)
    assert new(told) == ["R2"]
    assert (told["objective"], told["bound"], told["stopped"]) == (500, 700, "given")
    assert not told["proved"]
    listed.write_text("示例房R1\n", encoding="utf-8")
    assert suggest(office, tmp_path / "out", evaluate=listed)["proved"]
    *_, read = json.loads((tmp_path / "out" / "sites.json").read_text("utf-8"))[
        "inputs"
    ]
    digest = hashlib.sha256(listed.read_bytes()).hexdigest()
    assert read == {"path": "../idea.csv", "sha256": digest, "rows": 1}
    listed.write_text("R1\n没有的房\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        suggest(office, tmp_path / "out", evaluate=listed)
    assert error.value.where["row"] == 2
    assert "没有的房" in error.value.say("zh")


def test_speeds_tell_how_often_a_site_is_chosen(office, tmp_path):
    told = suggest(office, tmp_path / "out", counts=range(1, 2), speeds=(0.6, 1.5))
    often = told["robust"]["often"]
    assert told["robust"]["speeds_m_s"] == [1.2, 0.6, 1.5]
    assert often["R1"] == pytest.approx(2 / 3, abs=1e-3)  # slow people reach one home


def test_stations_that_would_bring_nobody_in_are_left_out_and_said(office, tmp_path):
    told = suggest(office, tmp_path / "out", counts=range(4, 5))
    (row,) = told["curve"]
    assert row["count"] == 4
    assert told["count"] < 4
    page = (tmp_path / "out" / "sites.html").read_text("utf-8")
    assert f"多要的 {4 - told['count']} 个" in page


def test_a_choice_is_compared_with_each_station_closed(office, tmp_path):
    told = suggest(office, tmp_path / "out", counts=range(1, 2), without=("all",))
    robust = told["robust"]
    cases = ["1.2", *(f"without {code}" for code in robust["without"])]
    assert robust["without"] == ["s1"]
    assert list(robust["worth"]) == list(robust["regret"]) == cases
    for case in cases:  # nothing beats a case's own sites in that case
        own = robust["worth"][case][case]
        assert all(robust["worth"][other][case] <= own for other in cases)
    page = (tmp_path / "out" / "sites.html").read_text("utf-8")
    assert "关掉一个现有站" in page


def test_codes_that_stations_have_too_are_told_apart(office, tmp_path):
    write_rooms(office.parent, 房源编号=["s1", "s2", "R3", "R4"])
    assert new(suggest(office, tmp_path / "out")) == ["c-s1"]


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"circle": "没有的圈"}, "siting_circle"),
        ({"without": ("R1",)}, "siting_without"),
        ({"weight": "elderly"}, "siting_weight"),
        ({"weight": "老年人"}, "siting_weight"),
        ({"weight": "没有的人群"}, "siting_weight"),
        ({"model": "lscp", "counts": range(1, 2), "apart_m": 0.0, "target": 2.0}, ""),
    ],
)
def test_what_cannot_be_asked_is_refused(office, tmp_path, asked, key):
    with pytest.raises(UsageError) as error:
        suggest(office, tmp_path / "out", **asked)
    assert key in ("", error.value.key)
    for lang in ("zh", "en"):
        assert error.value.say(lang)
    assert not (tmp_path / "out").exists()


def test_without_rooms_places_along_the_ways_are_suggested(tmp_path):
    path = write_study(tmp_path, text=STUDY + CIRCLE)
    told = suggest(path, tmp_path / "out")
    assert told["objective"] == 700
    (site,) = (site for site in told["sites"] if site["new"])
    assert site["name"].startswith("示例路附近")
    assert site["kind"] == "待找房"
    again = suggest(path, tmp_path / "again")
    assert again == told
    layer = gpd.read_file(tmp_path / "out" / "sites.gpkg", layer="candidates")
    places = shapely.get_coordinates(layer.geometry)
    assert (places == places.round(2)).all()


def test_the_same_seed_gives_the_same_bytes(office, tmp_path):
    for name in ("one", "two"):
        suggest(office, tmp_path / name, counts=range(1, 4))
    for kind in ("html", "csv", "gpkg"):
        one, two = (tmp_path / n / f"sites.{kind}" for n in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
    one, two = (
        json.loads((tmp_path / n / "sites.json").read_text("utf-8"))
        for n in ("one", "two")
    )
    one.pop("seconds"), two.pop("seconds")
    assert one == two


# Recomputed from what is written


@pytest.fixture(scope="module")
def wenlan():
    study = read_study(ROOT / "data" / "wenlan")
    return study, network_of(study)


@pytest.fixture(scope="module")
def walks(wenlan):
    """Give all walks to stations and rooms alike, by the public function."""
    study, network = wenlan
    stations = study.layers.stations
    stations = stations[stations["tier"] == "社区级"]
    rooms = study.layers.candidates
    both = pd.concat([stations, rooms[["name", "area_m2", "geometry"]]])
    texts = both.columns.drop(["area_m2", "capacity", "geometry"])
    both[texts] = both[texts].fillna("")
    layers = replace(study.layers, stations=gpd.GeoDataFrame(both, crs=stations.crs))
    return walking_minutes(
        layers,
        network=network,
        surroundings=study.ways.surroundings,
        walker=study.walker,
        within=FAR,
    )


@pytest.mark.parametrize("model", ["mclp", "p-median"])
def test_the_objective_is_that_of_the_files(wenlan, walks, tmp_path, model):
    study, _ = wenlan
    told = suggest(study.path, tmp_path / "out", model=model, weight="households")
    sites = gpd.read_file(tmp_path / "out" / "sites.gpkg", layer="sites")
    rows = gpd.read_file(tmp_path / "out" / "sites.gpkg", layer="assignment")
    left = gpd.read_file(tmp_path / "out" / "sites.gpkg", layer="uncovered")
    homes, _ = inhabited(study.layers)
    weight = homes["households"].where(homes["counted"], 0.0).fillna(0.0)
    assert {"code", "new", "rank", "gain", "load"} <= {*sites.columns}
    assert {"building", "station", "minutes"} <= {*rows.columns}
    opened = walks[walks["station"].isin(sites["code"])]
    nearest = opened.groupby("building")["minutes"].min()
    assert set(rows["station"]) <= set(sites["code"])
    assert rows["minutes"].to_numpy() == pytest.approx(
        nearest[rows["building"]].to_numpy(), abs=1e-4
    )
    reached = weight[nearest.index[nearest <= 15 + 1e-9]].sum()
    assert told["covered"] == reached
    assert told["covered"] + told["uncovered"]["weight"] == weight.sum()
    assert sorted(left["building"]) == sorted(
        set(weight.index[weight > 0]) - set(nearest.index[nearest <= 15 + 1e-9])
    )
    served = weight[nearest.index]
    value = {
        "mclp": reached,
        "p-median": (served * nearest).sum(),
    }[model]
    assert told["objective"] == pytest.approx(value, rel=1e-5)
    gains = sites.set_index("code")["gain"]
    assert gains.sum() == pytest.approx(told["covered"])


def test_small_groups_are_not_told(wenlan, tmp_path):
    study, _ = wenlan
    told = suggest(study.path, tmp_path / "out")
    gains = [site["gain_elderly"] for site in told["sites"]]
    assert not [gain for gain in gains if gain and gain < 5]
    assert any(gains)


def test_shut_gates_lead_nowhere(wenlan):
    study, network = wenlan
    asked = Asked(counts=range(1, 2))
    ground = laid_out(study, network=network, asked=asked, lang="zh")
    task = task_of(ground, asked=asked, walker=study.walker)
    access = ground.stand.access(ground.circle.hours)
    assert len(access.homes.candidates) < len(ground.stand.homes.candidates)
    assert np.isfinite(task.pairs["minutes"]).all()
    assert counts_of(ground, asked=Asked()) == range(1, 6)


# The command line


def test_the_command_and_its_exit_codes(office, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["sites", str(office), "--count", "1..2", "--time-limit", "9"]) == 0
    assert "sites.html" in capsys.readouterr().out
    assert results_of(tmp_path / "maps" / "office")["count"] == 1
    assert cli.main(["sites", str(office), "--circle", "没有"]) == 2
    for wrong in (["--count", "3..1"], ["--capacity", "many"], ["--model", "best"]):
        with pytest.raises(SystemExit) as stop:
            cli.main(["sites", str(office), *wrong])
        assert stop.value.code == 2


def test_units_go_to_communities_near_and_even(office, tmp_path):
    units = office.parent / "units.csv"
    points = gpd.GeoSeries(
        [Point(EAST + x, NORTH + 255) for x in (100, 200, 300)], crs=PLAIN
    ).to_crs(4326)
    table = {"编码": list("abc"), "名称": ["甲", "乙", "丙"]}
    table |= {"经度": points.x.round(7), "纬度": points.y.round(7)}
    pd.DataFrame(table).to_csv(units, index=False)
    out = tmp_path / "out"
    limits = Limits(least=1, most=2, datum="wgs84")
    match_study(office, units=units, limits=limits, out=out, lang="zh", progress=quiet)
    record = json.loads((out / "match.json").read_text("utf-8"))
    read = {one["path"]: one["rows"] for one in record["inputs"]}
    assert read["units.csv"] == 3
    told = record["results"]
    taken = {unit["code"]: unit["community"] for unit in told["units"]}
    assert taken["a"] == taken["b"] != taken["c"]  # the one nearest to the other goes
    assert told["minutes"] >= told["nearest_minutes"]
    assert told["fairness"]["after"]["gini"] < told["fairness"]["before"]["gini"]
    with pytest.raises(UsageError):
        match_study(
            office,
            units=units,
            limits=Limits(least=2, datum="wgs84"),
            out=out,
            lang="zh",
            progress=quiet,
        )


def test_a_unit_is_locked_to_the_community_it_names_and_a_slip_is_told(
    office, tmp_path
):
    units = office.parent / "locked.csv"
    points = gpd.GeoSeries(
        [Point(EAST + x, NORTH + 255) for x in (100, 200)], crs=PLAIN
    ).to_crs(4326)
    table = {"编码": ["a", "b"], "类型": ["乙社区", "没有这个社区"]}
    table |= {"经度": points.x.round(7), "纬度": points.y.round(7)}
    pd.DataFrame(table).to_csv(units, index=False)
    done = match_study(
        office,
        units=units,
        limits=Limits(datum="wgs84"),
        out=tmp_path / "out",
        lang="zh",
        progress=quiet,
    )
    told = json.loads((tmp_path / "out" / "match.json").read_text("utf-8"))["results"]
    where = {unit["code"]: unit for unit in told["units"]}
    assert where["a"]["community"] != where["a"]["nearest"]
    assert where["b"]["community"] == where["b"]["nearest"]
    (slip,) = (f for f in done.findings if f.rule == "units_unlocked")
    assert slip.facts == {"count": 1, "known": "没有这个社区"}
    rows = pd.read_csv(tmp_path / "out" / "match.csv", dtype=str, keep_default_na=False)
    assert dict(zip(rows["编码"], rows["指定"], strict=True)) == {"a": "是", "b": ""}


def test_units_are_called_units_and_by_their_usual_names(office, tmp_path):
    units = tmp_path / "units.csv"
    units.write_bytes(b"")
    more = {"limits": Limits(), "out": tmp_path / "out", "lang": "zh"}
    with pytest.raises(InputError) as error:
        match_study(office, units=units, progress=quiet, **more)
    assert "（单位）" in error.value.say("zh")
    stations().rename(columns={"站点名称": "单位名称"}).drop(
        columns=["站点编码", "层级"]
    ).to_csv(units, index=False)
    done = match_study(office, units=units, progress=quiet, **more)
    assert "candidates" not in {found.layer for found in done.findings}
    told = json.loads((tmp_path / "out" / "match.json").read_text("utf-8"))["results"]
    assert "示例驿站" in {unit["name"] for unit in told["units"]}


def test_all_may_be_laid_out_anew(office, tmp_path):
    told = suggest(office, tmp_path / "out", close=True, counts=range(1, 4))
    assert told["count"] == 2
    assert told["covered"] == 700
    assert [row["covered"] for row in told["curve"]] == [400, 700, 700]
    assert [row["count"] for row in told["curve"]] == [1, 2, 3]

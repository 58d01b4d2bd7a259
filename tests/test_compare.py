"""Two studies side by side: counted by hand, read back from what is written."""

import csv
import io
import json

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from changes import ALL, CIRCLES, ROOMS, quiet, results, write_grids, write_office
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import EAST, NORTH, PLAIN, STUDY, buildings, grids, write_shapefile
from shapely import box
from towns import areas
from towns import stations as town_stations

from geoplan import cli, compare, division
from geoplan.errors import GeoplanError, InputError, UsageError
from geoplan.files import write_geopackage
from geoplan.maps.compare_answer import changed
from geoplan.recipes.comparison.comparing import compare_studies, coverage_compared
from geoplan.recipes.comparison.given_grids import with_grids_of
from geoplan.recipes.comparison.judging import judged
from geoplan.recipes.comparison.pairs import pair_of
from geoplan.recipes.division.asked import Asked
from geoplan.recipes.division.board import board_of
from geoplan.recipes.division.files import division_layers
from geoplan.recipes.division.ground import laid_out
from geoplan.recipes.division.record import division_record
from geoplan.recipes.run import network_of
from geoplan.study.reading import read_study
from geoplan.wording import texts

SIDES = ("before", "after", "gained", "lost")


def held(before, after, out, **more):
    return compare_studies(before, after, out=out, lang="zh", progress=quiet, **more)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return write_office(tmp_path_factory.mktemp("office") / "before").parent


@pytest.fixture(scope="module")
def moved(office, tmp_path_factory):
    """Give the papers of the office whose station moves from 250 m to 720 m east."""
    after = write_office(
        tmp_path_factory.mktemp("moved") / "after",
        at=(720.0, 750.0),
        开放时间=["", "9:00-17:00"],
    )
    out = tmp_path_factory.mktemp("papers")
    done = held(office, after, out)
    return done, out


@pytest.fixture(scope="module")
def redrawn(office, tmp_path_factory):
    """Give the papers of the office whose border moves from 500 m to 700 m east."""
    path = write_grids(tmp_path_factory.mktemp("drawn") / "new.gpkg", border=700.0)
    out = tmp_path_factory.mktemp("papers")
    return held(office, path, out), out


# Stations


def test_who_comes_within_and_who_falls_out_by_name(moved):
    _, out = moved
    (circle,) = results(out)["results"]["coverage"]["circles"]
    assert circle["households"]["total"] == ALL
    assert circle["households"]["any"] == dict(
        zip(SIDES, (300, 400, 400, 300), strict=True)
    )
    assert [home["code"] for home in circle["lost"]] == ["b1"]
    assert [home["code"] for home in circle["gained"]] == ["b3", "b4"]
    (lost,) = circle["lost"]
    assert lost["minutes_before"] == pytest.approx((26 + 130 + 5) / 72, abs=0.02)
    assert lost["minutes_after"] == pytest.approx((26 + 600 + 5) / 72, abs=0.02)


def test_own_stations_are_compared_by_the_area_they_stand_in(moved):
    _, out = moved
    (circle,) = results(out)["results"]["coverage"]["circles"]
    # s1 stood in 甲, where b1 is, and stands in 乙 with b3 and b4
    assert circle["households"]["own"]["before"] == 300
    assert circle["households"]["own"]["after"] == 400


def test_areas_are_set_side_by_side(moved):
    _, out = moved
    areas_ = results(out)["results"]["coverage"]["areas"]
    told = {
        row["code"]: [row[f"households_any_{end}"] for end in SIDES]
        for row in areas_
        if row["level"] == "grid"
    }
    assert told == {
        "999999001001001": [300, 0, 0, 300],
        "999999001001002": [0, 400, 400, 0],
    }


def test_stations_say_what_changed_of_them(moved):
    _, out = moved
    told = {one["code"]: one for one in results(out)["results"]["coverage"]["stations"]}
    assert told["s1"]["change"] == ["moved"]
    assert told["s1"]["moved_m"] == pytest.approx(470, abs=0.1)
    assert told["s2"]["change"] == ["hours"]
    assert told["s2"]["hours"] == ["", "9:00-17:00"]


def test_the_papers_agree_with_one_another(moved):
    done, out = moved
    assert {file.name for file in out.iterdir()} == {
        f"compare.{kind}" for kind in ("html", "gpkg", "csv", "json")
    }
    assert done.pages == (out / "compare.html",)
    table = list(
        csv.DictReader(io.StringIO((out / "compare.csv").read_text("utf-8-sig")))
    )
    street = next(row for row in table if row["层级"] == "街道")
    assert (street["原来走得到（户）"], street["现在走得到（户）"]) == ("300", "400")
    assert (street["新走得到（户）"], street["不再走得到（户）"]) == ("400", "300")
    assert street["走得到增减（户）"] == "100"
    homes = gpd.read_file(out / "compare.gpkg", layer="homes")
    stands = dict(zip(homes["building"], homes["state"], strict=True))
    # nobody lives in b2, the shops: it is among the buildings, not among the homes
    assert stands == {"b1": "lost", "b2": "lost", "b3": "gained", "b4": "gained"}
    circles = gpd.read_file(out / "compare.gpkg", layer="circles")
    assert sorted(circles["side"]) == ["after", "before"]
    page = (out / "compare.html").read_text("utf-8")
    assert "由" in page
    assert "300 户" in page


def test_the_layers_afterwards_go_on_as_a_study(office, moved, tmp_path):
    _, out = moved
    text = STUDY.replace('path = "grids.shp"', 'path = "compare.gpkg"\nlayer = "grids"')
    text = text.replace(
        'path = "stations.csv"\ndatum = "wgs84"',
        'path = "compare.gpkg"\nlayer = "stations"',
    )
    folder = tmp_path / "on"
    write_office(folder)
    (folder / "compare.gpkg").write_bytes((out / "compare.gpkg").read_bytes())
    (folder / "study.toml").write_text(text + ROOMS + CIRCLES, encoding="utf-8")
    study = read_study(folder)
    assert study.layers.stations.loc["s2", "hours"] == "9:00-17:00"
    pair = pair_of(read_study(office), study)
    changes = compare.station_changes(
        pair.before.layers.stations, pair.after.layers.stations
    )
    assert changes["change"].tolist() == ["moved", "hours"]
    assert (pair.grids, pair.stations) == (False, True)


def test_the_same_inputs_give_the_same_bytes(office, moved, tmp_path):
    done, out = moved
    held(office, out.parent / "moved0" / "after" / "study.toml", tmp_path)
    for name in ("compare.html", "compare.csv", "compare.gpkg"):
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes(), name
    one, other = results(out), results(tmp_path)
    assert one.pop("seconds").keys() == other.pop("seconds").keys()
    assert one == other
    rules = {one.rule for one in done.findings}
    assert "community_without_station" in rules  # 甲, since s1 has gone
    assert not [rule for rule in rules if rule.startswith("compare")]


def test_nothing_differs(office):
    study = read_study(office)
    pair = pair_of(study, study)
    assert (pair.grids, pair.stations, pair.findings) == (False, True, ())
    told = coverage_compared(pair, network_of(study))
    assert told.results["stations"] == []
    (circle,) = told.results["circles"]
    assert circle["households"]["any"]["gained"] == 0
    assert circle["gained"] == circle["lost"] == []
    said = changed(told, study.circles[0], lang="zh").text
    assert "没有家庭因此走得到或走不到" in said


def test_all_stations_of_the_tier_may_be_gone(office, tmp_path):
    after = write_office(
        tmp_path / "after", 层级=["网格级", "网格级"], text="", at=(250.0, 750.0)
    )
    told = after.read_text("utf-8").replace("社区级", "网格级")
    after.write_text(told, encoding="utf-8")
    study = read_study(office)
    pair = pair_of(study, read_study(after))
    (circle,) = coverage_compared(pair, network_of(study)).results["circles"]
    assert circle["tier"] == "社区级"  # BEFORE's circle
    assert circle["households"]["any"]["after"] == 0
    assert circle["households"]["any"]["lost"] == 300


# Grids


def test_a_border_that_moves_takes_its_homes_along(redrawn):
    done, out = redrawn
    assert {file.name for file in out.iterdir()} == {
        *(f"compare.{kind}" for kind in ("html", "gpkg", "csv", "json")),
        "compare_moves.csv",
    }
    words = texts("division_page", "zh")  # files that the page refers to
    assert (out / words["grids_file_given"]).exists()
    assert (out / words["moves_file_given"]).exists()
    told = results(out)["results"]
    assert told["differs"] == {"grids": True, "stations": False}
    (option,) = told["division"]["options"]
    assert option["households_moved"] == 200
    grids = {one["code"]: one for one in option["grids"]}
    assert grids["999999001001001"]["households"] == 500
    assert grids["999999001001002"]["households"] == 200
    assert grids["999999001001001"]["from"] == {
        "999999001001001": 300,
        "999999001001002": 200,
    }
    broken = {one.facts["rule"].key for one in done.findings if one.level == "error"}
    assert "division.rules.N2" in broken  # 甲 now has ground of 乙


def test_both_may_differ(office, tmp_path):
    after = write_office(tmp_path / "after", at=(720.0, 750.0), border=700.0)
    out = tmp_path / "out"
    done = held(office, after, out)
    told = results(out)["results"]
    assert told["differs"] == {"grids": True, "stations": True}
    assert [page.name for page in done.pages] == [
        "compare.html",
        "compare_coverage.html",
    ]
    assert (out / "compare_coverage.csv").is_file()
    (circle,) = told["coverage"]["circles"]
    assert circle["households"]["any"]["after"] == 400
    rows = {
        row["code"]: row for row in told["coverage"]["areas"] if row["level"] == "grid"
    }
    first = rows["999999001001001"]
    assert (first["households_total_before"], first["households_total_after"]) == (
        300,
        500,
    )
    assert (first["households_any_before"], first["households_any_after"]) == (300, 200)
    assert (first["households_any_gained"], first["households_any_lost"]) == (200, 300)


def test_an_option_of_a_division_is_asked_for_where_there_are_several(office, tmp_path):
    shapes = {
        1: [box(0, 0, 700, 500), box(700, 0, 1000, 500)],
        2: [box(0, 0, 600, 500), box(600, 0, 1000, 500)],
    }
    rows = [
        {
            "option": option,
            "code": f"99999900100100{k + 1}",
            "name": "",
            "community": "",
            "geometry": shapely.affinity.translate(shape, EAST, NORTH),
        }
        for option, both in shapes.items()
        for k, shape in enumerate(both)
    ]
    path = tmp_path / "division.gpkg"
    gpd.GeoDataFrame(rows, crs=PLAIN).to_file(path, layer="grids", engine="pyogrio")
    with pytest.raises(UsageError) as error:
        held(office, path, tmp_path / "out")
    assert (error.value.key, error.value.facts["known"]) == ("compare_option", "1, 2")
    with pytest.raises(UsageError) as error:
        held(office, path, tmp_path / "out", option=3)
    assert error.value.key == "compare_no_option"
    assert not (tmp_path / "out").exists()
    pair = with_grids_of(read_study(office), path, option=2)
    width = pair.after.layers.grids.bounds
    assert (width["maxx"] - width["minx"]).round().tolist() == [600, 400]
    with pytest.raises(UsageError) as error:
        held(office, office, tmp_path / "out", option=1)
    assert error.value.key == "compare_option_of_study"


# Communities


def write_communities(path, **columns):
    """Write communities as divide does: 甲社区 takes the grid of 乙社区, or so much."""
    table = {"option": 1, "level": "community", **columns.pop("table", {})}
    shapes = columns.pop("shapes", [box(0, 0, 1000, 500)])
    rows = [
        table | {"code": code, "geometry": shapely.affinity.translate(one, EAST, NORTH)}
        for code, one in zip(columns.pop("code", ["甲社区"]), shapes, strict=True)
    ]
    frame = gpd.GeoDataFrame(rows, crs=PLAIN)
    frame.to_file(path, layer="grids", engine="pyogrio")
    return path


def test_communities_are_compared_as_grids_are(office, tmp_path):
    path = write_communities(tmp_path / "division.gpkg", table={"name": "大甲社区"})
    out = tmp_path / "out"
    held(office, path, out)
    told = results(out)["results"]
    assert told["differs"] == {"grids": True, "stations": False}
    assert (told["division"]["level"], told["division"]["band"]) == (
        "community",
        [1000, 3000],
    )
    (option,) = told["division"]["options"]
    assert option["households_moved"] == 400
    (community,) = option["grids"]
    assert community["from"] == {"乙社区": 400, "甲社区": 300}
    rules = {one["id"]: one["passed"] for one in option["rules"]}
    assert rules["G3"]
    assert rules["T2-gap"]
    table = list(
        csv.DictReader(io.StringIO((out / "compare.csv").read_text("utf-8-sig")))
    )
    assert [row["变化"] for row in table] == ["撤销", "调整"]
    sums = {
        name: sum(int(row[name]) for row in table)
        for name in ("调整前户数", "划出户数", "划入户数", "调整后户数")
    }
    assert list(sums.values()) == [700, 400, 400, 700]
    moves = (out / "compare_moves.csv").read_text("utf-8-sig")
    assert "乙社区" in moves
    grids = gpd.read_file(out / "compare.gpkg", layer="grids")
    assert set(grids["community"]) == {"甲社区"}
    assert len(grids) == 2
    page = (out / "compare.html").read_text("utf-8")
    assert "2 个社区调整为 1 个" in page
    # what is written can be compared again
    again = with_grids_of(read_study(office), out / "compare.gpkg", option=None)
    assert again.level == "community"
    assert again.after.layers.communities["name"].to_dict() == {"甲社区": "大甲社区"}
    assert set(again.after.layers.grids["community"]) == {"甲社区"}


def test_a_community_that_cuts_a_grid_is_told(office, tmp_path):
    halves = [box(0, 0, 700, 500), box(700, 0, 1000, 500)]
    path = write_communities(
        tmp_path / "division.gpkg", code=["甲社区", "乙社区"], shapes=halves
    )
    done = held(office, path, tmp_path / "out")
    (option,) = results(tmp_path / "out")["results"]["division"]["options"]
    assert option["households_moved"] == 200  # b3 alone
    whole = next(one for one in option["rules"] if one["id"] == "G3")
    assert (whole["passed"], whole["offenders"]) == (False, ["999999001001002"])
    told = [one for one in done.findings if one.rule == "division_option_broken"]
    assert any("网格不拆分" in one.problem(lang="zh") for one in told)
    layer = gpd.read_file(tmp_path / "out" / "compare.gpkg", layer="grids")
    assert layer["community"].tolist() == ["甲社区", "乙社区"]  # as most ground is
    far = [box(5000, 0, 6000, 500)]
    path = write_communities(tmp_path / "far.gpkg", shapes=far)
    with pytest.raises(InputError) as error:
        held(office, path, tmp_path / "far")
    assert error.value.key == "compare_elsewhere"


def test_grids_that_only_change_community_compare_communities(office, tmp_path):
    after = write_office(tmp_path / "after")
    write_shapefile(grids(所属社区=["甲社区", "甲社区"]), after.parent / "grids.shp")
    pair = pair_of(read_study(office), read_study(after))
    assert (pair.grids, pair.stations, pair.level) == (True, False, "community")
    found, begun = judged(pair, network_of(pair.before))
    assert (found.level, begun) == ("community", None)
    assert found.plans[0].results["households_moved"] == 400


def test_a_plan_of_communities_is_compared_as_it_was_proposed(root, tmp_path):
    study = read_study(root / "data" / "wenlan")
    network = network_of(study)
    laid = laid_out(study, network=network, level="community")
    board = board_of(laid, asked=Asked(level="community"))
    plan = division.merge(board, ["999999001010", "999999001011"])
    record = division_record(laid, plans=[plan], task="merge")
    path = tmp_path / "division.gpkg"
    write_geopackage(path, division_layers(record), date="")
    found, _ = judged(with_grids_of(study, path, option=None), network)
    told, own = found.plans[0], record.plans[0]
    assert told.results["households_moved"] == 826  # the smaller of both
    assert told.results == own.results
    assert told.flows.equals(own.flows)


def test_a_plan_of_the_own_units_is_judged_as_it_was_proposed(root, tmp_path):
    study = read_study(root / "data" / "wenlan")
    network = network_of(study)
    laid = laid_out(study, network=network)
    board = board_of(laid, asked=Asked())
    plan = division.merge(board, ["999999001005001", "999999001005003"])
    record = division_record(laid, plans=[plan], task="merge")
    path = tmp_path / "division.gpkg"
    write_geopackage(path, division_layers(record), date="")
    found, _ = judged(with_grids_of(study, path, option=None), network)
    assert found.today["rules"] == record.today["rules"]
    assert found.plans[0].results == record.plans[0].results


# What cannot be compared, and what is held the same


def test_what_else_differs_is_told_and_held_the_same(office, tmp_path):
    after = write_office(
        tmp_path / "after", at=(720.0, 750.0), text="\n[walker]\nspeed = 0.6\n"
    )
    frame = buildings(层数=[6, 6, 1, 3]).iloc[:3]
    frame.to_file(after.parent / "buildings.gpkg", engine="pyogrio")
    pair = pair_of(read_study(office), read_study(after))
    told = {one.rule: one for one in pair.findings}
    assert {"compare_walker_differs", "compare_layer_differs"} <= told.keys()
    facts = told["compare_layer_differs"].facts
    assert (facts["added"], facts["gone"], facts["codes"][:2]) == (0, 1, "b4")
    assert pair.after.walker == pair.before.walker
    assert pair.after.layers.buildings is pair.before.layers.buildings
    assert pair.after.layers.stations.geometry["s1"].x == pytest.approx(EAST + 720)


def test_other_coordinates_and_other_places_are_refused(office, tmp_path):
    after = write_office(tmp_path / "after")
    told = after.read_text("utf-8")
    after.write_text(
        told.replace("date = 2026", 'crs = "EPSG:32645"\ndate = 2026'), "utf-8"
    )
    with pytest.raises(InputError) as error:
        held(office, after, tmp_path / "out")
    assert error.value.key == "compare_crs"
    far = gpd.read_file(write_grids(tmp_path / "far.gpkg", border=700.0))
    far.translate(xoff=5000).to_frame("geometry").assign(
        网格编码=far["网格编码"], 所属社区=far["所属社区"]
    ).set_geometry("geometry").to_file(tmp_path / "far.gpkg", engine="pyogrio")
    with pytest.raises(InputError) as error:
        held(office, tmp_path / "far.gpkg", tmp_path / "out")
    assert error.value.key == "compare_elsewhere"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["nothing.gpkg", "nothing", "notes.txt", "bad.gpkg"])
def test_what_is_no_grids_is_refused_with_a_reason(office, tmp_path, name):
    (tmp_path / "notes.txt").write_text("?", encoding="utf-8")
    (tmp_path / "bad.gpkg").write_bytes(b"SQLite format 3\0" + b"\0" * 99)
    with pytest.raises(GeoplanError) as error:
        held(office, tmp_path / name, tmp_path / "out")
    assert str(error.value)
    assert not (tmp_path / "out").exists()


def test_the_command_tells_of_a_broken_rule(office, tmp_path, capsys):
    path = write_grids(tmp_path / "new.gpkg", border=700.0)
    code = cli.main(["compare", str(office), str(path), "--out", str(tmp_path / "o")])
    assert code == 1  # a rule is broken that today keeps
    assert "不跨社区" in capsys.readouterr().err


# Laws


PLACES = st.tuples(st.integers(0, 400), st.integers(0, 400))


@given(
    st.dictionaries(st.sampled_from("abcde"), PLACES, max_size=5),
    st.dictionaries(st.sampled_from("abcde"), PLACES, max_size=5),
)
@settings(max_examples=15, deadline=None)
def test_changes_turn_about_when_the_sides_do(one, other):
    first, second = (
        town_stations(list(some.values()), code=list(some)) for some in (one, other)
    )
    there = compare.station_changes(first, second)
    back = compare.station_changes(second, first)
    turned = {"added": "closed", "closed": "added"}
    assert set(there.index) == set(back.index) == {*one, *other}
    for code, change in there["change"].items():
        assert back["change"][code] == turned.get(change, change)
    for code in one.keys() & other.keys():
        far = np.hypot(*np.subtract(one[code], other[code]))
        assert ("moved" in there["change"][code]) == (far > 0)
        if far:
            assert there["moved_m"][code] == pytest.approx(far, abs=0.01)


def test_divisions_are_alike_whatever_the_order_of_their_grids():
    shapes = [box(0, 0, 10, 10), box(10, 0, 20, 10)]
    one = areas(shapes, code=["a", "b"])
    assert not compare.division_differs(one, one.iloc[::-1])
    assert not compare.division_differs(one, one.set_geometry(one.buffer(0)))
    turned = areas(shapes[::-1], code=["a", "b"])
    assert compare.division_differs(one, turned)
    other = areas([box(0, 0, 11, 10), box(11, 0, 20, 10)], code=["a", "b"])
    assert compare.division_differs(one, other)
    assert compare.division_differs(one, areas(shapes[:1], code=["a"]))
    assert compare.division_differs(one, one.assign(community="K2"))


def test_the_record_of_a_comparison_is_plain_json(moved):
    _, out = moved
    told = results(out)
    assert list(told) == [
        *["study", "command", "version", "inputs", "parameters", "seed"],
        *["warnings", "seconds", "results"],
    ]
    assert told["command"] == "compare"
    json.dumps(told, allow_nan=False)
    names = [name for name, _ in pyogrio.list_layers(out / "compare.gpkg")]
    assert {"grids", "stations", "homes", "circles", "station_changes"} <= {*names}

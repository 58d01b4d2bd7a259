"""Edits taken back: judged like the study's own, and nothing else believed."""

import copy
import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import pytest
from changes import ALL, quiet, results, write_office
from divisions import code_of, town
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import EAST, NORTH

from geoplan import cli, division
from geoplan.errors import GeoplanError, InputError
from geoplan.files import write_geopackage
from geoplan.maps.division_page import units_hash
from geoplan.recipes.comparison.comparing import compare_studies, coverage_compared
from geoplan.recipes.comparison.pairs import on_one_ground, pair_of
from geoplan.recipes.division.asked import Asked
from geoplan.recipes.division.board import board_of
from geoplan.recipes.division.files import division_layers
from geoplan.recipes.division.ground import laid_out
from geoplan.recipes.division.record import division_record
from geoplan.recipes.edits.applying import apply_edits
from geoplan.recipes.edits.edited import grids_edited, nearby, stations_edited
from geoplan.recipes.edits.merging import merged
from geoplan.recipes.edits.reading import GridEdits, read_edits
from geoplan.recipes.imprint import fingerprint
from geoplan.recipes.run import network_of
from geoplan.study.reading import read_study

CIRCLE = "示例圈"
GRIDS = ["999999001001001", "999999001001002"]


@cache
def folder():
    """Return the folder of the office, written once."""
    home = TemporaryDirectory()
    folder.kept = home
    return write_office(Path(home.name) / "office").parent


@cache
def study():
    return read_study(folder())


@cache
def network():
    return network_of(study())


@cache
def laid():
    return laid_out(study(), network=network())


@cache
def board():
    return board_of(laid(), asked=Asked())


def edits(*, grids=None, stations=None):
    """Return the content of a file of edits as a page writes it."""
    told = {
        "format": "geoplan-edits",
        "version": 1,
        "geoplan": "0.1.0",
        "study": study().name,
        "data": fingerprint(study()),
        "made": "2026-07-01T09:30:00+08:00",
        "by": "",
    }
    if grids is not None:
        units = units_hash(board().units.frame.index)
        told["grids"] = {"units": units, "option": 0, "to": {}, **grids}
    if stations is not None:
        told["stations"] = {"circle": CIRCLE, **stations}
    return told


def saved(place, told, name="edits.json"):
    path = place / name
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return path


def applied(place, *files, out="out", **more):
    paths = [saved(place, told, f"{k}.json") for k, told in enumerate(files)]
    done = apply_edits(
        folder(), paths, out=place / out, lang="zh", progress=quiet, **more
    )
    return done, results(place / out)["results"]


def any_of(told):
    (circle,) = told["coverage"]["circles"]
    return list(circle["households"]["any"].values())


def at(x, y=255.0):
    return {"x": EAST + x, "y": NORTH + y}


# What edits do


def test_edits_that_change_nothing_give_today(tmp_path):
    done, told = applied(tmp_path, edits(grids={}, stations={}))
    assert told["differs"] == {"grids": True, "stations": True}
    assert any_of(told) == [300, 300, 0, 0]
    assert told["coverage"]["stations"] == []
    (option,) = told["division"]["options"]
    assert option["households_moved"] == option["buildings_moved"] == 0
    was = {one["code"]: one for one in told["division"]["today"]["grids"]}
    assert {one["code"]: one for one in option["grids"]} == was
    assert not [one for one in done.findings if one.level == "error"]


def compared(place, *, on=None, **stations):
    """Return what edits of stations change, without reading and writing papers."""
    on = on or study()
    one = read_edits(saved(place, edits(stations=stations)))
    frame = stations_edited(on, one.stations, file=one.path)
    pair = on_one_ground(on, stations=frame)
    return coverage_compared(pair, network())


def test_stations_by_hand(tmp_path):
    told = compared(tmp_path, moved=[{"code": "s1", **at(720)}])
    assert any_of({"coverage": told.results}) == [300, 400, 400, 300]
    told = compared(tmp_path, closed=["s1"], moved=[{"code": "s1", **at(720)}])
    assert any_of({"coverage": told.results}) == [300, 0, 0, 300]  # closed is closed
    told = compared(tmp_path, opened=["R1"], hours={"R1": "9:00-17:00"})
    assert any_of({"coverage": told.results}) == [300, ALL, 400, 0]
    (one,) = told.results["stations"]
    assert (one["code"], one["name"]) == ("R1", "示例房")
    assert one["hours"] == ["", "9:00-17:00"]


def test_a_new_station_offers_what_its_circle_asks_for(tmp_path):
    items = ["社保、医保", "医保"]
    asking = write_office(
        tmp_path / "office", text='items = ["医保", "社保"]\n', 服务事项=items
    )
    on = read_study(asking)
    here = {"code": "新1", "name": "", **at(720)}
    for stations in ({"added": [here]}, {"opened": ["R1"]}):
        told = compared(tmp_path, on=on, **stations)
        assert any_of({"coverage": told.results}) == [300, ALL, 400, 0]


def test_a_place_by_a_way_stands_on_it(tmp_path):
    near = {"code": "n", "name": "", "x": EAST + 720, "y": NORTH + 250.3}
    told = compared(tmp_path, added=[near])
    assert any_of({"coverage": told.results}) == [300, ALL, 400, 0]
    row = told.stations.loc["n"]
    assert (row["name"], row["tier"], row["off_network"]) == ("n", "社区级", "")
    home = told.homes.set_index("building").loc["b3"]
    assert home["minutes_after"] == pytest.approx((26 + 100) / 72, abs=0.02)


def test_a_station_moved_by_hand_is_a_study_whose_station_moved(tmp_path):
    after = read_study(write_office(tmp_path / "after", at=(720.0, 750.0)))
    place = after.layers.stations.geometry["s1"]
    drawn = compared(tmp_path, moved=[{"code": "s1", "x": place.x, "y": place.y}])
    other = coverage_compared(pair_of(study(), after), network())
    assert drawn.results == other.results
    assert drawn.homes.equals(other.homes)


def test_a_plan_written_as_edits_gives_the_figures_of_its_own_record(tmp_path):
    codes = board().units.frame["grid"].to_numpy(object).copy()
    frame = board().units.frame
    unit = frame.index[(frame["grid"] == GRIDS[1]) & (frame["households"] > 0)][0]
    codes[frame.index.get_loc(unit)] = GRIDS[0]
    plan = division.Plan(board=board(), grid=codes)
    record = division_record(laid(), plans=[plan], task="given")
    done, told = applied(tmp_path, edits(grids={"to": {unit: GRIDS[0]}}))
    # as the file writes numbers
    own = json.loads(json.dumps(record.results["options"], default=list))
    assert told["division"]["options"] == own
    broken = {one.facts["rule"].key for one in done.findings if one.level == "error"}
    assert "division.rules.N2" in broken  # of two communities
    path = tmp_path / "division.gpkg"
    write_geopackage(path, division_layers(record), date="")
    compare_studies(folder(), path, out=tmp_path / "o", lang="zh", progress=quiet)
    (again,) = results(tmp_path / "o")["results"]["division"]["options"]
    assert again["households_moved"] == own[0]["households_moved"] > 0
    told_of = ("code", "households", "people", "from")
    figures = [[one[key] for key in told_of] for one in again["grids"]]
    assert figures == [[one[key] for key in told_of] for one in own[0]["grids"]]


def test_units_are_those_of_the_band_that_the_page_was_made_with(tmp_path):
    narrow = board_of(laid(), asked=Asked(band=(10.0, 150.0))).units.frame
    unit = narrow.index[narrow["grid"] == GRIDS[1]][0]
    units = units_hash(narrow.index)
    drawn = edits(grids={"to": {unit: "新1"}, "units": units})
    with pytest.raises(InputError) as error:
        applied(tmp_path, drawn)
    assert error.value.key == "edits_units"  # with that band, blocks are parted
    _, told = applied(tmp_path, drawn, band=(10.0, 150.0))
    assert told["division"]["band"] == [10, 150]
    codes = {one["code"] for one in told["division"]["options"][0]["grids"]}
    assert codes == {*GRIDS, "新1"}  # here no code begins with its community's
    layer = gpd.read_file(tmp_path / "out" / "compare.gpkg", layer="grids")
    assert set(layer["code"]) == codes


def test_new_grids_are_numbered_after_their_communitys(tmp_path):
    ground = town(["AAAABB", "aaaaBB"])
    drawn = division.board(ground)
    frame = drawn.units.frame
    mine = {letter: frame.index[frame["grid"] == code_of(letter)] for letter in "AaB"}
    to = {
        mine["A"][0]: "新1",
        mine["a"][-1]: "新2",
        mine["B"][0]: f"{code_of('B')[:12]}007",
    }
    edited = GridEdits(units_hash="", option=0, to=to, locked=(), comments=())
    codes, renamed = grids_edited(drawn, edited, file=tmp_path)
    community = code_of("A")[:12]
    # west to east, north to south, after the last number
    assert renamed == {"新1": f"{community}003", "新2": f"{community}004"}
    assert dict(zip(frame.index, codes, strict=True))[mine["B"][0]].endswith("007")
    unmoved = ~frame.index.isin(list(to))
    assert (codes[unmoved] == frame["grid"].to_numpy()[unmoved]).all()


def test_grids_and_stations_in_one_file(tmp_path):
    frame = board().units.frame
    lived = (frame["grid"] == GRIDS[1]) & (frame["households"] > 0)
    unit = frame.index[lived][0]
    comment = {**at(100), "text": "这里再议\n下周定"}
    told_of = edits(
        grids={"to": {unit: GRIDS[0]}, "comments": [comment]},
        stations={"moved": [{"code": "s1", **at(720)}], "hours": {"s2": "9:00-17:00"}},
    )
    done, told = applied(tmp_path, told_of)
    assert told["comments"] == [comment]
    layer = gpd.read_file(tmp_path / "out" / "compare.gpkg", layer="comments")
    assert layer["text"].tolist() == ["这里再议\n下周定"]
    assert layer.geometry[0].x == pytest.approx(comment["x"])
    written = gpd.read_file(tmp_path / "out" / "compare.gpkg", layer="stations")
    assert written.set_index("code")["hours"]["s2"] == "9:00-17:00"
    assert [page.name for page in done.pages] == [
        "compare.html",
        "compare_coverage.html",
    ]
    assert any_of(told) == [300, 400, 400, 300]
    moved = frame["households"][unit]
    assert told["division"]["options"][0]["households_moved"] == moved
    rows = {r["code"]: r for r in told["coverage"]["areas"] if r["level"] == "grid"}
    assert rows[GRIDS[0]]["households_total_after"] == 300 + moved


def test_the_exit_code_tells_of_a_broken_rule(tmp_path, capsys):
    frame = board().units.frame
    unit = frame.index[frame["grid"] == GRIDS[1]][0]
    path = saved(tmp_path, edits(grids={"to": {unit: GRIDS[0]}}))
    command = ["apply", str(folder()), str(path), "--out", str(tmp_path / "out")]
    assert cli.main(command) == 1
    assert "不跨社区" in capsys.readouterr().err
    path.write_text("{", encoding="utf-8")
    assert cli.main(command) == 2
    assert "Traceback" not in capsys.readouterr().err


# What is refused

HASH = "0" * 64
TAMPERED = {
    "edits_not_edits": [
        lambda e: e.update(format="other"),
        lambda e: e.pop("format"),
    ],
    "edits_version": [lambda e: e.update(version=2), lambda e: e.pop("version")],
    "edits_nothing": [lambda e: [e.pop("grids"), e.pop("stations")]],
    "edits_absent": [
        lambda e: e.pop("data"),
        lambda e: e["grids"].pop("units"),
        lambda e: e["stations"].pop("circle"),
        lambda e: e["stations"]["moved"].append({"code": "s1", "x": 1.0}),
    ],
    "edits_unknown": [
        lambda e: e.update(run="rm"),
        lambda e: e["grids"].update(too={}),
        lambda e: e["stations"].update(extra=[]),
        lambda e: e["stations"]["added"][0].update(tier="街道级"),
    ],
    "edits_value": [
        lambda e: e.update(version=True),
        lambda e: e.update(version=1.0),
        lambda e: e.update(data="x"),
        lambda e: e.update(study=["a"]),
        lambda e: e.update(made="a" * 400),
        lambda e: e.update(by="\ud800"),
        lambda e: e.update(grids=[]),
        lambda e: e["grids"].update(option=-1),
        lambda e: e["grids"].update(option=1.5),
        lambda e: e["grids"].update(to=[]),
        lambda e: e["grids"]["to"].update(a=5),
        lambda e: e["grids"]["to"].update({"": GRIDS[0]}),
        lambda e: e["grids"]["to"].update({"a": " b "}),
        lambda e: e["grids"].update(locked="all"),
        lambda e: e["stations"].update(closed=[7]),
        lambda e: e["stations"]["added"][0].update(x="5"),
        lambda e: e["stations"]["added"][0].update(x=True),
        lambda e: e["stations"]["added"][0].update(x=1e300),
        lambda e: e["stations"]["added"][0].update(x=10**400),
        lambda e: e["stations"]["added"][0].update(name="a\u0000b"),
        lambda e: e["stations"]["added"][0].update(name="a\nb"),
        lambda e: e["stations"]["comments"][0].update(text="a" * 5000),
        lambda e: e["stations"]["hours"].update(s1=None),
    ],
    "edits_many": [lambda e: e["stations"].update(closed=["a"] * 100_001)],
    "edits_twice": [
        lambda e: e["stations"].update(closed=["s1", "s1"]),
        lambda e: e["stations"]["added"].append(e["stations"]["added"][0]),
    ],
    "edits_data": [lambda e: e.update(data=HASH)],
    "edits_units": [lambda e: e["grids"].update(units=HASH)],
    "edits_code_unknown": [
        lambda e: e["stations"].update(circle="没有这个圈"),
        lambda e: e["stations"].update(closed=["nobody"]),
        lambda e: e["stations"].update(opened=["nobody"]),
        lambda e: e["stations"]["moved"].append({"code": "R1", "x": 0, "y": 0}),
        lambda e: e["stations"]["hours"].update(nobody="9:00-17:00"),
        lambda e: e["grids"]["to"].update(nowhere=GRIDS[0]),
        lambda e: e["grids"].update(locked=["nowhere"]),
    ],
    "edits_code_taken": [lambda e: e["stations"]["added"][0].update(code="s2")],
    "edits_far": [
        lambda e: e["stations"]["added"][0].update(x=0.0),
        lambda e: e["stations"]["comments"][0].update(y=-1e7),
    ],
    "edits_hours": [lambda e: e["stations"]["hours"].update(s1="有空就开")],
}


def whole():
    """Return edits in which everything that can be said is said."""
    unit = str(board().units.frame.index[0])
    return edits(
        grids={
            "to": {unit: GRIDS[0]},
            "locked": [GRIDS[1]],
            "comments": [{**at(10), "text": "甲"}],
        },
        stations={
            "added": [{"code": "新1", "name": "示例新站", **at(720)}],
            "moved": [],
            "closed": ["s2"],
            "opened": ["R1"],
            "hours": {"s1": "9:00-17:00"},
            "comments": [{**at(20), "text": "乙"}],
        },
    )


@pytest.mark.parametrize(
    ("key", "tamper"),
    [(key, one) for key, some in TAMPERED.items() for one in some],
)
def test_a_tampered_file_is_refused_with_a_reason(tmp_path, key, tamper):
    told = whole()
    tamper(told)
    path = tmp_path / "edits.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(InputError) as error:
        judged(path)
    assert error.value.key == key
    for lang in ("zh", "en"):
        assert "edits.json" in error.value.say(lang)
        assert "{" not in error.value.say(lang).replace("{…}", "")


def judged(path):
    """Take edits as far as anything in them can be wrong, without the papers."""
    one = merged([read_edits(path)], grids=study().layers.grids.index)
    if one.data != fingerprint(study()):
        raise InputError.at("edits_data", file=path)
    if one.grids is not None:
        if one.grids.units_hash != units_hash(board().units.frame.index):
            raise InputError.at("edits_units", file=path)
        grids_edited(board(), one.grids, file=path)
    if one.stations is not None:
        stations_edited(study(), one.stations, file=path)
    parts = [part for part in (one.grids, one.stations) if part is not None]
    nearby([c for part in parts for c in part.comments], study=study(), file=path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"geoplan-edits"',
        "\x00",
        "[" * 100_000,
        '{"format": "geoplan-edits", "version": 1, "data": NaN}',
        '{"format": "geoplan-edits", "version": 1, "version": 1}',
        '{"format": "geoplan-edits", "version": 1' + "0" * 5000 + "}",
    ],
)
def test_what_is_no_json_of_edits_is_refused(tmp_path, text):
    path = tmp_path / "edits.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_edits(path)
    assert error.value.say("zh")


def test_a_file_that_is_not_there_or_is_no_text_is_refused(tmp_path):
    with pytest.raises(InputError) as error:
        read_edits(tmp_path / "none.json")
    assert error.value.key == "edits_missing"
    path = tmp_path / "edits.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError) as error:
        read_edits(path)
    assert error.value.key == "edits_no_text"


def test_a_file_cut_off_is_told_with_the_place(tmp_path):
    path = tmp_path / "edits.json"
    path.write_text('{"format": "geoplan-edits",\n "version"', encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_edits(path)
    assert error.value.key == "edits_broken"
    assert "第 2 行第 11 个字" in error.value.say("zh")


def test_nothing_is_written_of_a_file_that_is_refused(tmp_path):
    told = edits(stations={"closed": ["nobody"]})
    with pytest.raises(InputError):
        applied(tmp_path, told)
    assert not (tmp_path / "out").exists()


def test_data_that_has_changed_is_named(tmp_path):
    home = write_office(tmp_path / "office")
    old = read_study(home)
    inputs = [{"path": i.path, "sha256": i.sha256, "rows": 0} for i in old.inputs]
    out = tmp_path / "out"
    out.mkdir()
    (out / "coverage.json").write_text(json.dumps({"inputs": inputs}), "utf-8")
    (out / "other.json").write_text("[1, 2", "utf-8")
    told = edits(stations={}) | {"data": fingerprint(old)}
    path = saved(tmp_path, told)
    stations = home.parent / "stations.csv"
    stations.write_bytes(stations.read_bytes() + b"\r\n")
    with pytest.raises(InputError) as error:
        apply_edits(home, [path], out=out, lang="zh", progress=quiet)
    assert error.value.key == "edits_data_files"
    assert error.value.facts["files"] == "stations.csv"


# Several people


def read(place, *contents):
    return [
        read_edits(saved(place, told, f"{name}.json"))
        for name, told in zip("甲乙丙", contents, strict=False)
    ]


def together(place, *contents):
    return merged(read(place, *contents), grids=GRIDS)


def test_edits_of_several_people_are_put_together(tmp_path):
    units = [str(one) for one in board().units.frame.index[:2]]
    one = edits(
        grids={"to": {units[0]: GRIDS[1]}, "locked": [GRIDS[0]]},
        stations={
            "closed": ["s2"],
            "added": [{"code": "新1", "name": "甲", **at(700)}],
        },
    )
    other = edits(
        grids={"to": {units[0]: GRIDS[1], units[1]: GRIDS[1]}},
        stations={
            "closed": ["s2"],
            "moved": [{"code": "s1", **at(260)}],
            "added": [{"code": "新1", "name": "乙", **at(100)}],
            "hours": {"新1": "9:00-17:00"},
        },
    )
    whole_ = together(tmp_path, one, other)
    assert whole_.grids.to == {units[0]: GRIDS[1], units[1]: GRIDS[1]}
    assert whole_.grids.locked == (GRIDS[0],)
    assert [(s.code, s.name) for s in whole_.stations.added] == [
        ("新1", "甲"),
        ("新1-2", "乙"),
    ]
    assert whole_.stations.hours == {"新1-2": "9:00-17:00"}
    assert whole_.stations.closed == ("s2",)
    assert together(tmp_path, one, one).stations == read(tmp_path, one)[0].stations


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ({"grids": {"to": {"u": "G1"}}}, {"grids": {"to": {"u": "G2"}}}, "单元 u"),
        (
            {"stations": {"moved": [{"code": "s1", **at(1)}]}},
            {"stations": {"moved": [{"code": "s1", **at(2)}]}},
            "站点 s1 的位置",
        ),
        (
            {"stations": {"closed": ["s1"]}},
            {"stations": {"moved": [{"code": "s1", **at(2)}]}},
            "关闭",
        ),
        (
            {"stations": {"closed": ["s1"]}},
            {"stations": {"hours": {"s1": "9:00-17:00"}}},
            "开放时间",
        ),
        (
            {"stations": {"hours": {"s1": "8:00-17:00"}}},
            {"stations": {"hours": {"s1": "9:00-17:00"}}},
            "9:00-17:00",
        ),
        (
            {"grids": {"to": {"u": "新1"}}},
            {"grids": {"to": {"v": "新1"}}},
            "新网格 新1",
        ),
        (
            {"stations": {"opened": ["R1"]}},
            {"stations": {"circle": "另一圈", "opened": ["R1"]}},
            "用房 R1",
        ),
    ],
)
def test_what_two_people_contradict_one_another_in_is_named(tmp_path, one, other, said):
    with pytest.raises(InputError) as error:
        together(tmp_path, edits(**one), edits(**other))
    assert error.value.key == "edits_conflict"
    text = error.value.say("zh")
    assert said in text
    assert "甲.json" in text
    assert "乙.json" in text
    assert error.value.say("en")


def test_many_conflicts_are_listed_and_counted(tmp_path):
    one, other = (
        edits(grids={"to": {f"u{k}": grid for k in range(50)}}) for grid in GRIDS
    )
    with pytest.raises(InputError) as error:
        together(tmp_path, one, other)
    assert error.value.facts["count"] == 50
    assert error.value.say("zh").count("单元 u") == 20


def test_edits_of_other_data_or_units_are_not_put_together(tmp_path):
    one = edits(grids={})
    with pytest.raises(InputError) as error:
        together(tmp_path, one, one | {"data": HASH})
    assert error.value.key == "edits_of_two"
    with pytest.raises(InputError) as error:
        together(tmp_path, one, edits(grids={"units": HASH}))
    assert error.value.key == "edits_units"


# Laws

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.just("s1"),
    st.just(GRIDS[0]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)


def places_of(value, at_=()):
    """Return the ways to every value in a document."""
    yield at_
    if isinstance(value, dict):
        for key, one in value.items():
            yield from places_of(one, (*at_, key))
    if isinstance(value, list):
        for k, one in enumerate(value):
            yield from places_of(one, (*at_, k))


def put(document, way, value):
    """Return a document with something else in one place."""
    if not way:
        return value
    found = copy.deepcopy(document)
    inner = found
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = value
    return found


def reason(path):
    """Return why edits are refused, None if they are taken."""
    try:
        judged(path)
    except GeoplanError as error:
        return error
    return None


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_changed_is_taken_or_refused_with_a_reason(data):
    told = whole()
    for _ in range(data.draw(st.integers(1, 2))):
        way = data.draw(st.sampled_from(list(places_of(told))))
        told = put(told, way, data.draw(ODD))
    with TemporaryDirectory() as place:
        path = Path(place) / "edits.json"
        path.write_text(json.dumps(told), encoding="utf-8")
        refused = reason(path)
        assert refused is None or (refused.say("zh") and refused.say("en"))


@given(st.binary(max_size=60))
@settings(max_examples=30, deadline=None)
def test_bytes_of_any_kind_are_refused_with_a_reason(content):
    with TemporaryDirectory() as place:
        path = Path(place) / "edits.json"
        path.write_bytes(content)
        with pytest.raises(InputError) as error:
            read_edits(path)
        assert error.value.say("zh")

"""What was applied is drawn on in its page, saved, and applied to the study again."""

import json

import pytest
from changes import quiet, results, write_office
from offices import EAST, NORTH, grids, write_shapefile

from geoplan.files import write_geopackage
from geoplan.maps.division_page import units_hash
from geoplan.recipes.comparison.given_grids import with_grids_of
from geoplan.recipes.comparison.judging import judged
from geoplan.recipes.division.asked import Asked
from geoplan.recipes.division.board import board_of, plans_of
from geoplan.recipes.division.files import division_layers
from geoplan.recipes.division.ground import laid_out
from geoplan.recipes.division.record import division_record
from geoplan.recipes.edits.applying import apply_edits
from geoplan.recipes.imprint import fingerprint
from geoplan.recipes.run import network_of
from geoplan.study.reading import read_study

pytestmark = pytest.mark.browser

ONE, TWO = "999999001001001", "999999001001002"
REMARK = {"x": EAST + 700, "y": NORTH + 255, "text": "这里再议"}
MOVED = [{"code": "s1", "x": EAST + 720, "y": NORTH + 255}]


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Give the office whose grids are of one community, and its units."""
    folder = tmp_path_factory.mktemp("office") / "study"
    path = write_office(folder)
    write_shapefile(grids(所属社区=["甲社区", "甲社区"]), folder / "grids.shp")
    study = read_study(path)
    laid = laid_out(study, network=network_of(study))
    return path, study, laid, board_of(laid, asked=Asked())


def written(place, told):
    place.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return place


def lived_in(board, code):
    """Return the units of a grid in which somebody lives."""
    frame = board.units.frame
    return list(frame.index[(frame["grid"] == code) & (frame["households"] > 0)])


def opened_to_draw(page, file):
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    page.click("#mode-draw")
    page.evaluate("document.activeElement.blur()")


def drawn_into(page, *, unit, grid):
    """Draw a unit into a grid with the keyboard, from one of that grid's units."""
    at = "code => geoplan.division.units.code.indexOf(code)"
    of = "geoplan.division.grids.code.indexOf(code)"
    own = page.evaluate(f"code => geoplan.sketch.judge.members[{of}][0]", grid)
    for number in (own, page.evaluate(at, unit)):
        page.evaluate(f"geoplan.keys.to({number})")
        page.keyboard.press("Shift+Enter" if number == own else "Enter")


def saved(page, place):
    with page.expect_download() as download:
        page.click("#draw-save")
    download.value.save_as(place)
    return place


def test_what_was_applied_is_drawn_on_and_applied_again(office, page, tmp_path):
    path, study, _, board = office
    first, second = lived_in(board, TWO)
    told_of = {
        "units": units_hash(board.units.frame.index),
        "option": 3,
        "to": {first: ONE},
        "locked": [],
        "comments": [REMARK],
    }
    stations = {"circle": "示例圈", "moved": MOVED, "hours": {"s2": "9:00-17:00"}}
    told = {"format": "geoplan-edits", "version": 1, "data": fingerprint(study)}
    file = written(
        tmp_path / "one.json", {**told, "grids": told_of, "stations": stations}
    )
    out = tmp_path / "out"
    apply_edits(path, [file], out=out, lang="zh", progress=quiet)

    opened_to_draw(page, out / "compare.html")
    assert page.evaluate("geoplan.sketch.notes") == [REMARK]
    assert not page.evaluate("geoplan.sketch.past.done.length")
    drawn_into(page, unit=second, grid=ONE)
    again = saved(page, tmp_path / "two.json")
    file_told = json.loads(again.read_text("utf-8"))
    assert file_told["grids"]["to"] == {first: ONE, second: ONE}
    assert file_told["grids"]["option"] == 3
    assert file_told["grids"]["comments"] == [REMARK]

    apply_edits(path, [again], out=tmp_path / "end", lang="zh", progress=quiet)
    then = results(tmp_path / "end")["results"]
    (option,) = then["division"]["options"]
    households = board.units.frame["households"]
    assert option["households_moved"] == households[[first, second]].sum()
    assert then["comments"] == [REMARK]
    changed = {one["code"]: one["change"] for one in then["coverage"]["stations"]}
    assert changed == {"s1": ["moved"], "s2": ["hours"]}


def test_locks_of_a_hand_can_be_opened_where_it_is_drawn_on(office, page, tmp_path):
    path, study, _, board = office
    units = units_hash(board.units.frame.index)
    told_of = {"units": units, "option": 0, "to": {}, "locked": [TWO], "comments": []}
    told = {"format": "geoplan-edits", "version": 1, "data": fingerprint(study)}
    file = written(tmp_path / "one.json", {**told, "grids": told_of})
    apply_edits(path, [file], out=tmp_path / "out", lang="zh", progress=quiet)
    opened_to_draw(page, tmp_path / "out" / "compare.html")
    assert page.evaluate("JSON.parse(geoplan.keeping.file()).grids.locked") == [TWO]
    (unit, *_) = lived_in(board, TWO)
    drawn_into(page, unit=unit, grid=ONE)
    assert "已锁定" in page.inner_text("#guide")
    page.click('#hand-balance .lock[aria-label^="解锁"]')
    page.evaluate("document.activeElement.blur()")
    drawn_into(page, unit=unit, grid=ONE)
    edits = page.evaluate("JSON.parse(geoplan.keeping.file()).grids")
    assert (edits["to"], edits["locked"]) == ({unit: ONE}, [])


def test_a_plan_that_is_compared_has_the_units_that_can_be_drawn_on(office, tmp_path):
    _, study, laid, board = office
    asked = Asked(split=TWO, options=1)
    plans = plans_of(laid, board=board, asked=asked)
    record = division_record(laid, plans=plans, task="split")
    file = tmp_path / "division.gpkg"
    write_geopackage(file, division_layers(record), date="")
    pair = with_grids_of(study, file, option=None)
    found, begun = judged(pair, laid.network)
    assert found.results["options"] == json.loads(
        json.dumps(record.results["options"], default=list)
    )
    assert begun.option == 1
    assert units_hash(found.units.index) == units_hash(board.units.frame.index)

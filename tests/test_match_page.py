"""The page of matching: what it says, and that it answers in a real Chromium."""

import json
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from drawn import HOSTILE, IMPRINT, block, decoded, study_of, town
from shapely import Point
from towns import frame
from windows import sheets, text

import geoplan
from geoplan.errors import UsageError
from geoplan.files import LayerFile
from geoplan.maps.match_page import match_page

#: where units are, and the community that each names
UNITS = [(60, 210), (200, 210), (330, 210), (660, 210), (120, 390), (690, 10)]


@cache
def matched(*, names=("虚构",), least=1, most=4, locked=""):
    layers, network, around = town(names=names)
    kinds = [locked, *[""] * (len(UNITS) - 1)]
    units = frame(
        [Point(at) for at in UNITS],
        code=[f"U{k}" for k in range(len(UNITS))],
        name=[f"{names[k % len(names)]}单位{k}" for k in range(len(UNITS))],
        kind=kinds,
    )
    study = study_of(layers, around=around)
    file = LayerFile(
        frame=units,
        layer="candidates",
        path=Path("units.csv"),
        sha256="",
        rows=len(units),
        findings=(),
        row_numbers=pd.Series(range(2, 8), index=units.index),
        parts={},
        columns={},
    )
    limits = geoplan.Limits(least=least, most=most)
    return (
        geoplan.matching_of(study, network, file=file, limits=limits),
        layers,
        network,
        around,
    )


@cache
def page_of(*, lang="zh", **options):
    found, layers, network, around = matched(**options)
    return match_page(
        found,
        layers=layers,
        network=network,
        surroundings=around,
        imprint=IMPRINT,
        lang=lang,
    )


def data_of(**options):
    return json.loads(block(page_of(**options), "data"))


# What it says


def test_units_of_the_page_add_up_to_its_sentence():
    data = data_of()
    units, areas = data["units"], data["communities"]
    goes = decoded(units["community"])
    assert [goes.count(c) for c in range(len(areas["code"]))] == areas["after"]
    near = decoded(units["nearest"])
    assert [near.count(c) for c in range(len(areas["code"]))] == areas["before"]
    assert sum(areas["after"]) == len(UNITS)
    said = "".join(piece for piece, _ in data["sentence"])
    assert f"{len(UNITS)} 家" in said
    assert "{" not in said
    assert min(areas["after"]) >= 1
    moved = [k for k, state in enumerate(decoded(units["state"])) if state == 1]
    assert all(goes[k] != near[k] for k in moved)
    assert all(units["minutes"][k] >= units["least"][k] for k in moved)


def test_a_locked_unit_is_told_so():
    found, layers, *_ = matched()
    near = found.units["nearest"]["U0"]
    other = next(code for code in layers.communities.index if code != near)
    told, *_ = matched(locked=str(other))
    assert told.units["community"]["U0"] == other
    assert decoded(data_of(locked=str(other))["units"]["state"])[0] == 2


def test_limits_that_cannot_be_kept_are_refused():
    with pytest.raises(UsageError) as error:
        matched(least=6, most=6)
    assert error.value.key == "match_unmet"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_languages_say_it(lang):
    data = data_of(lang=lang)
    assert "{" not in "".join(data["lead"]) + data["proof"]
    assert ("步行" in data["proof"]) == (lang == "zh")


def test_the_same_records_give_the_same_bytes():
    first = page_of()
    page_of.cache_clear()
    assert page_of() == first


# In a browser


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_it_opens_without_a_request(page, log, opened, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page_of()).wait_for_timeout(150)
    assert log.is_clean(), (log.asked, log.said)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "平均步行" in text(page, "#sentence")


@pytest.mark.browser
def test_hostile_names_are_text(log, opened):
    page = opened(page_of(names=HOSTILE))
    page.click("#rows tr >> nth=0")
    page.fill("#query", "单位")
    page.keyboard.press("Enter")
    assert page.evaluate("window.broken === undefined")
    assert page.evaluate("!document.querySelector('#side img, #dock script')")
    assert log.is_clean(), log.said


@pytest.mark.browser
def test_a_community_lights_its_units_and_lists_them(opened):
    page = opened(page_of())
    grab = "document.querySelector('#map canvas, .leaflet-tile').toDataURL()"
    before = page.evaluate(grab)
    page.hover("#rows tr >> nth=0")
    assert page.evaluate("geoplan.drawing.meant()") >= 0
    assert page.evaluate(grab) != before
    page.click("#rows tr >> nth=0")
    count = page.evaluate("geoplan.study.members[geoplan.state.pick.i].length")
    assert page.locator("#dock li").count() == count
    page.click("#dock .close")
    assert page.is_hidden("#dock")
    page.click('[data-layer="near"]')
    assert page.get_attribute('[data-layer="near"]', "aria-checked") == "false"


@pytest.mark.browser
def test_it_prints_on_one_sheet(opened):
    page = opened(page_of())
    page.evaluate("geoplan.paper.paper('A4')")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert "已证明" in text(page, "#paper")
    assert sheets(page) == 1

"""The page of compared stations: what it says, and that it answers in Chromium."""

import dataclasses
import json
from functools import cache

import pytest
from drawn import CIRCLES, HOSTILE, IMPRINT, WALKER, block, covered, decoded
from shapely import Point
from windows import sheets, text

from geoplan.compare import compared
from geoplan.coverage import cover
from geoplan.maps.compare_page import compare_page

STATES = {"in": 1, "gained": 2, "lost": 3, "out": 4}


@cache
def both(*, names=("虚构",), same=False):
    """Return the drawn town, one community station moved and the other closed."""
    before, layers, network, around = covered(names=names)
    after = layers
    if not same:
        stations = layers.stations.copy()
        stations.loc["s0", "geometry"] = Point(330, 210)
        stations.loc["s2", "hours"] = "9:00-17:00"
        after = dataclasses.replace(layers, stations=stations.drop("s1"))
    now = cover(
        after,
        network=network,
        surroundings=around,
        circles=CIRCLES,
        walker=WALKER,
        name="示例街道",
    )
    return compared(before, now, layers=(layers, after)), after, network, around


@cache
def page_of(*, lang="zh", beside="", **options):
    found, layers, network, around = both(**options)
    return compare_page(
        found,
        layers=layers,
        network=network,
        surroundings=around,
        imprint=IMPRINT,
        lang=lang,
        beside=beside,
    )


def data_of(**options):
    return json.loads(block(page_of(**options), "data"))


# What it says


def test_the_homes_of_the_page_add_up_to_its_sentence():
    data = data_of()
    counts = [n - 1 if n else 0 for n in decoded(data["buildings"]["count"])]
    for circle in data["circles"]:
        stands = decoded(circle["homes"]["state"])
        sums = {
            name: sum(n for n, s in zip(counts, stands, strict=True) if s == number)
            for name, number in STATES.items()
        }
        assert sum(sums.values()) == circle["total"]
        assert (sums["gained"], sums["lost"]) == (circle["gained"], circle["lost"])
        assert sums["in"] + sums["lost"] == circle["before"]
        assert sums["in"] + sums["gained"] == circle["after"]
        grids = circle["grids"]
        assert sum(grids["gained"]) == circle["gained"]
        assert sum(grids["before"]) == circle["before"]
        said = "".join(piece for piece, _ in circle["sentence"])
        assert f"{circle['before']:,} 户" in said
        assert f"{circle['after']:,} 户" in said
    assert data["circles"][0]["lost"] > 0
    assert data["circles"][0]["gained"] > 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_change_is_said_in_words(lang):
    page = page_of(lang=lang, same=True)
    for circle in json.loads(block(page, "data"))["circles"]:
        said = "".join(piece for piece, _ in circle["sentence"])
        assert "{" not in said
        assert ("仍是" if lang == "zh" else "stay") in said


def test_the_same_records_give_the_same_bytes():
    first = page_of()
    page_of.cache_clear()
    assert page_of() == first


# In a browser


@pytest.mark.browser
def test_it_opens_without_a_request(page, log, opened):
    opened(page_of())
    for size in [(1366, 768), (1920, 1080), (900, 700), (390, 844)]:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_timeout(60)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert log.is_clean(), (log.asked, log.said)
    assert "走得到" in text(page, "#sentence")
    assert page.is_hidden("#beside")


@pytest.mark.browser
def test_hostile_names_are_text(log, opened):
    page = opened(page_of(names=HOSTILE, beside="compare.html"))
    page.click("#changed tr >> nth=0")
    page.fill("#query", "站")
    assert page.evaluate("window.broken === undefined")
    assert page.evaluate("!document.querySelector('#side img, #dock script')")
    assert page.get_attribute("#beside", "href") == "compare.html"
    assert log.is_clean(), log.said


@pytest.mark.browser
def test_a_circle_changes_sentence_tables_and_map(opened):
    page = opened(page_of())
    grab = "document.querySelector('.leaflet-tile').toDataURL()"
    sentence, tile = text(page, "#sentence"), page.evaluate(grab)
    page.focus("#circles button >> nth=0")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#circles button >> nth=1", "aria-checked") == "true"
    assert text(page, "#sentence") != sentence
    assert page.evaluate(grab) != tile
    page.keyboard.press("ArrowUp")
    assert text(page, "#sentence") == sentence
    assert page.evaluate(grab) == tile


@pytest.mark.browser
def test_what_is_picked_opens_its_detail(opened):
    page = opened(page_of())
    rows = page.locator("#changed tbody tr")
    assert rows.count() == 3
    assert "移动 280 米" in text(page, "#changed")
    assert "开放时间" in text(page, "#changed")
    page.click("#changed tbody tr >> nth=0")
    assert "东站" in text(page, "#dock h2")
    page.click("#lost tbody tr >> nth=0")
    assert "不再走得到" in text(page, "#dock")
    assert page.get_attribute("#lost tbody tr >> nth=0", "aria-selected") == "true"
    page.click("#dock .close")
    assert page.is_hidden("#dock")
    page.click('[data-layer="lost"]')
    assert page.get_attribute('[data-layer="lost"]', "aria-checked") == "false"
    page.fill("#query", "B网格")
    page.keyboard.press("Enter")
    assert "原来" in text(page, "#dock")


@pytest.mark.browser
@pytest.mark.parametrize("size", ["A4", "A3"])
def test_it_prints_on_one_sheet(opened, size):
    page = opened(page_of())
    page.evaluate(f"geoplan.paper.paper('{size}')")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert "站点变化" in text(page, "#paper")
    assert sheets(page) == 1

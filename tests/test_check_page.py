"""The page of the check in a real Chromium: it says all, leads there, loads nothing."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from drawn import HOSTILE, IMPRINT, block, town
from shapely import Point, box
from windows import text

from geoplan.maps import check_page
from geoplan.maps.assets import CHECK_RUNTIME, read, script
from geoplan.model import Finding, Understood

pytestmark = pytest.mark.browser

SEEN = (
    Understood(
        layer="grids",
        path="grids.shp",
        rows=4,
        encoding="gb18030",
        crs="EPSG:4547 CGCS2000 / 3-degree Gauss-Kruger CM 114E",
        columns={"code": "网格编码"},
        dropped=("网格员",),
    ),
    Understood(layer="stations", path="stations.xlsx", rows=3, datum="gcj02"),
    Understood(layer="land", path="land.gpkg", rows=0, unread=True),
)


def overlap(**more):
    facts = {"other": "B", "m2": 400}
    place = box(100, 190, 140, 210)
    found = Finding(
        rule="grids_overlap",
        level="error",
        layer="grids",
        code="A",
        facts=facts,
        geometry=place,
        row=1,
    )
    return replace(found, **more)


def lost(number):
    return Finding(
        rule="building_outside_grids",
        level="warning",
        layer="buildings",
        code=f"b{number}",
        geometry=Point(20 + number, 30),
        row=number + 2,
    )


def datum():
    return Finding(rule="datum_assumed", level="warning", layer="stations")


def note():
    return Finding(rule="codes_made", level="info", layer="grids")


FINDINGS = (overlap(), *map(lost, range(398)), datum(), note())


def page_of(findings=FINDINGS, *, names=("虚构",), mapless=False, **how):
    layers, network, surroundings = town(names=names)[:3]
    return check_page(
        findings,
        seen=SEEN,
        rules={"grids_overlap": "T2"},
        layers=None if mapless else layers,
        network=None if mapless else network,
        surroundings=None if mapless else surroundings,
        imprint=IMPRINT,
        again="study.toml",
        **how,
    )


# What it says


def test_many_of_a_kind_are_one_line():
    groups = json.loads(block(page_of(), "data"))["groups"]
    assert [group["count"] for group in groups] == [1, 398, 1, 1]
    assert groups[1]["title"] == "398 栋楼在所有网格之外，不计入合计"
    assert groups[1]["where"] == "第 2–399 行"
    assert len(groups[1]["cases"]) == 300


@pytest.mark.parametrize(
    ("findings", "sentence", "level"),
    [
        ((), "可以使用，没有发现问题。", "info"),
        ((note(),), "可以使用，没有发现问题。", "info"),
        ((datum(), note()), "可以使用，但有 1 处需要核对。", "warning"),
        ((overlap(),), "有 1 处必须改，改好才能算。", "error"),
        (FINDINGS, "有 1 处必须改，改好才能算；另有 2 处请核对。", "error"),
    ],
)
def test_the_verdict(findings, sentence, level):
    assert json.loads(block(page_of(findings), "data"))["verdict"] == [sentence, level]


def test_a_named_rule_says_what_it_rests_on_and_how_far_that_was_seen():
    first = json.loads(block(page_of(), "data"))["groups"][0]
    assert first["rule"] == "T2"
    assert "二手资料" in first["basis"]


def test_lines_of_the_study_file_can_be_copied():
    groups = json.loads(block(page_of(), "data"))["groups"]
    assert groups[2]["lines"] == ['datum = "gcj02"', 'datum = "wgs84"']


def test_english_is_english():
    page = page_of(lang="en")
    data = json.loads(block(page, "data"))
    told = json.dumps([data["groups"], data["verdict"], data["lead"]])
    assert not re.search("[\u4e00-\u9fff]", told.encode().decode("unicode_escape"))


def test_the_same_records_give_the_same_bytes():
    assert page_of() == page_of()


# In the browser


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (390, 844), (900, 700)])
def test_it_opens_from_a_file_without_a_request(page, log, opened, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page_of())
    page.wait_for_timeout(150)
    assert log.is_clean(), (log.asked, log.said)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_list_the_files_and_the_sentence(opened):
    page = opened(page_of())
    assert text(page, "#sentence").startswith("有 1 处必须改")
    assert page.locator(".finding").count() == 4
    assert "必须改" in text(page, "#findings section.error h2")
    files = text(page, "#files tbody")
    assert "GCJ-02" in files
    assert "用不了" in files
    page.click("#files .path >> nth=0")
    assert "网格员" in text(page, "#files .details >> nth=0")


def test_a_click_on_a_finding_flies_to_it(opened):
    page = opened(page_of())
    before = page.evaluate("geoplan.map.getZoom()")
    page.click(".finding >> nth=0")
    page.wait_for_timeout(500)
    assert page.evaluate("geoplan.map.getZoom()") > before
    assert "picked" in page.get_attribute(".finding >> nth=0", "class")
    middle = page.evaluate(
        "geoplan.frame.fromLatLng(geoplan.map.getCenter()).concat("
        "geoplan.study.middle(geoplan.study.places, 0))"
    )
    assert abs(middle[0] - middle[2]) < 20
    assert abs(middle[1] - middle[3]) < 20


def test_cases_unfold_and_lead_to_their_place(opened):
    page = opened(page_of())
    page.click(".more >> nth=0")
    assert page.locator(".cases button").count() == 300
    assert "check.json" in text(page, ".cases p")
    page.click(".cases button >> nth=7")
    page.wait_for_timeout(400)
    assert page.get_attribute(".cases button >> nth=7", "aria-current") == "true"
    page.click(".more >> nth=0")
    assert page.locator(".cases").count() == 0


def test_a_pin_leads_to_its_finding(opened):
    page = opened(page_of())
    page.wait_for_timeout(150)
    x, y = page.evaluate(
        """() => {
            const pin = geoplan.study.groups[0].pin;
            const at = geoplan.map.getPixelOrigin();
            const box = geoplan.map.getContainer().getBoundingClientRect();
            const shift = geoplan.map.layerPointToContainerPoint(
                L.point(pin[0] - at.x, pin[1] - at.y));
            return [box.left + shift.x, box.top + shift.y];
        }"""
    )
    page.mouse.click(x, y)
    assert "picked" in page.get_attribute(".finding >> nth=0", "class")


def test_without_grids_there_is_no_map_and_all_else(log, opened):
    page = opened(page_of(mapless=True))
    assert not page.is_visible("#place")
    assert page.locator(".finding").count() == 4
    assert text(page, ".number >> nth=3") == "4"
    page.click(".finding >> nth=0")
    assert log.is_clean(), log.said


def test_hostile_names_do_nothing(log, opened):
    codes = [overlap(code=name, row=None) for name in HOSTILE]
    page = opened(page_of(tuple(codes), names=HOSTILE))
    page.click(".finding >> nth=0")
    page.click(".more >> nth=0")
    page.wait_for_timeout(150)
    assert HOSTILE[2] in page.inner_text(".cases")
    assert page.evaluate("window.broken === undefined")
    assert page.query_selector("#findings img, #files img, #place img") is None
    assert log.is_clean(), log.said


def test_it_prints_upright_with_the_map_first(opened):
    page = opened(page_of())
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.query_selector("#picture") is not None
    order = page.evaluate(
        "['answer', 'place', 'findings', 'files'].map("
        "id => document.getElementById(id).getBoundingClientRect().top)"
    )
    assert order == sorted(order)
    assert page.query_selector("#print:visible") is None
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.query_selector("#picture") is None


# Its parts


def test_every_script_of_the_page_is_used():
    folder = Path(read.__globals__["__file__"]).parent / "runtime" / "check"
    files = {f"check/{path.stem}" for path in folder.glob("*.js")}
    assert files == {part for part in CHECK_RUNTIME if "/" in part}
    assert "</script" not in script("check.js")


def test_its_style_is_that_of_chromium_78():
    newer = r"[^-]\bgap:|\binset:|aspect-ratio|:is\(|:where\(|:has\(|@container|@layer"
    assert re.findall(newer + r"|dvh|clamp\(|\n\s*&", read("check.css")) == []


def test_places_far_off_do_not_stretch_the_map():
    far = overlap(geometry=Point(5e6, 5e6))
    near = json.loads(block(page_of((overlap(),)), "data"))["map"]["grain"]
    assert json.loads(block(page_of((far,)), "data"))["map"]["grain"] == near
    empty = overlap(geometry=shapely.Polygon())
    assert json.loads(block(page_of((empty,)), "data"))["groups"][0]["count"] == 1

"""The page of siting: what it says, and that it answers in a real Chromium."""

import dataclasses
import json
from functools import cache

import pytest
from drawn import HOSTILE, IMPRINT, block, decoded, study_of, town
from shapely import Point
from towns import frame
from windows import sheets, text

from geoplan.maps.sites_page import sites_page
from geoplan.recipes.sites.asked import Asked, laid_out
from geoplan.recipes.sites.siting import siting_of
from geoplan.recipes.sites.tiers import two_tiers_of

AT = [(320, 210), (660, 210), (120, 10), (700, 10), (200, 390)]


def laid(*, names=("虚构",), rooms=True, circle="1分钟圈", **asked):
    """Return the drawn town laid out for siting, with five rooms."""
    layers, network, around = town(names=names)
    count = len(AT) if rooms else 0
    candidates = frame(
        [Point(at) for at in AT[:count]],
        code=[f"R{k}" for k in range(count)],
        name=[f"{names[k % len(names)]}用房{k}" for k in range(count)],
        kind=[names[(k + 1) % len(names)] for k in range(count)],
        area_m2=[40.0 + k for k in range(count)],
        cost=[1.5 * k for k in range(count)],
        available=[names[(k + 2) % len(names)] for k in range(count)],
    )
    layers = dataclasses.replace(layers, candidates=candidates)
    study = study_of(layers, around=around)
    asked = Asked(circle=circle, **asked)
    ground = laid_out(study, network=network, asked=asked, lang="zh")
    if asked.model == "tiers":
        return two_tiers_of(ground, asked=asked, lang="zh")[1], layers, network, around
    return siting_of(ground, asked=asked), layers, network, around


@cache
def page_of(*, lang="zh", **options):
    siting, layers, network, around = laid(**options)
    return sites_page(
        siting,
        layers=layers,
        network=network,
        surroundings=around,
        imprint=IMPRINT,
        lang=lang,
    )


def data_of(**options):
    return json.loads(block(page_of(**options), "data"))


# What it says


def test_the_homes_of_the_page_add_up_to_its_sentence():
    data = data_of()
    counts = [n - 1 if n else 0 for n in decoded(data["buildings"]["count"])]
    for plan in data["plans"]:
        stands = decoded(plan["state"])
        sums = [
            sum(n for n, s in zip(counts, stands, strict=True) if s == role)
            for role in range(4)
        ]
        assert sums[0] == 0
        assert sums[1] == data["before"]
        assert sums[1] + sums[2] == plan["covered"]
        assert sum(sums) == data["total"]
        assert sums[3] == sum(plan["out"].values())
        said = "".join(piece for piece, _ in plan["sentence"])
        assert f"{plan['covered']:,.0f} 户" in said
        sites = plan["sites"]
        gains = [g for g, new in zip(sites["gain"], sites["new"], strict=True) if new]
        assert sum(gains) == sums[2]
        assert gains == sorted(gains, reverse=True)


def test_proved_is_said_only_of_a_closed_bound():
    for plan in data_of()["plans"]:
        assert plan["closed"]
        assert "已证明最优" in plan["proof"]
    siting, layers, network, around = laid()
    open_plan = dataclasses.replace(
        siting.plan,
        proved=False,
        stopped="time",
        bound=siting.plan.value * 1.02,
        gap=0.02,
    )
    page = sites_page(
        dataclasses.replace(siting, plans=(open_plan,)),
        layers=layers,
        network=network,
        surroundings=around,
        imprint=IMPRINT,
    )
    (plan,) = json.loads(block(page, "data"))["plans"]
    assert not plan["closed"]
    assert "已证明" not in plan["proof"]
    assert "2%" in plan["proof"]
    assert "时间上限" in plan["proof"]


def test_when_the_time_is_up_the_page_says_that_there_is_no_plan():
    siting, layers, network, around = laid(counts=range(1, 2))
    nothing = dataclasses.replace(
        siting.plan,
        value=float("nan"),
        gap=1.0,
        proved=False,
        stopped="time",
        covered=siting.before,
        sites=siting.plan.sites[~siting.plan.sites["new"]],
    )
    page = sites_page(
        dataclasses.replace(siting, plans=(nothing,)),
        layers=layers,
        network=network,
        surroundings=around,
        imprint=IMPRINT,
    )
    (plan,) = json.loads(block(page, "data"))["plans"]
    assert "还没有找到" in plan["sentence"][0][0]
    assert not plan["closed"]


@pytest.mark.parametrize("model", ["lscp", "mclp", "p-median", "p-center"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_model_has_its_sentence(model, lang):
    count = None if model == "lscp" else range(5, 6)
    page = page_of(lang=lang, model=model, counts=count)
    (plan,) = json.loads(block(page, "data"))["plans"]
    said = "".join(piece for piece, _ in plan["sentence"])
    assert "{" not in said + plan["proof"]
    assert plan["proof"]


def test_why_nothing_opens_is_told_by_what_was_asked():
    said = {}
    for name, asked in {
        "apart": {"apart_m": 9000.0},
        "enough": {"model": "lscp", "target": 0.5},
    }.items():
        data = data_of(circle="4分钟圈", **asked)
        (plan,) = data["plans"]
        assert plan["count"] == 0
        assert "没有更好的选法" in plan["proof"]
        said[name] = "".join(piece for piece, _ in plan["sentence"])
        assert ("所列条件" in data["words"]["why_not_chosen"]) == (name == "apart")
    assert said["apart"].startswith("按下面所列的条件")
    assert said["enough"].startswith("不用再开")


def test_hubs_have_words_of_their_own():
    data = data_of(model="hubs", circle="4分钟圈", counts=range(1, 3))
    one, two = data["plans"]
    assert [plan["count"] for plan in (one, two)] == [1, 2]
    said = "".join(piece for piece, _ in one["sentence"])
    assert said.startswith("选 1 个中心社区")
    assert data["words"]["heading"] == "中心社区建议"
    assert one["sites"]["note"] == [
        f"服务 2 个社区：{'、'.join(data['communities']['name'])}"
    ]
    lost = one["out"]["out_of_reach"]  # by no way
    assert sum(one["sites"]["load"]) + lost == data["total"]
    assert sum(one["out"].values()) + one["covered"] == data["total"]


def test_two_tiers_lead_to_each_other():
    data = data_of(model="tiers", circle="4分钟圈", counts=range(1, 2), below=1)
    assert [page["here"] for page in data["beside"]] == [False, True]
    assert data["circle"]["name"] == "1分钟圈"
    (plan,) = data["plans"]
    assert "两级" in plan["proof"]
    assert sum("依托" in note for note in plan["sites"]["note"]) == len(
        plan["sites"]["new"]
    )


def test_the_same_records_give_the_same_bytes():
    first = page_of()
    page_of.cache_clear()
    assert page_of() == first


# In a browser


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (390, 844), (900, 700)])
@pytest.mark.parametrize("options", [{}, {"rooms": False}], ids=["rooms", "ways"])
def test_it_opens_without_a_request(page, log, opened, size, options):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page_of(**options)).wait_for_timeout(150)
    assert log.is_clean(), (log.asked, log.said)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "走得到" in text(page, "#sentence")


@pytest.mark.browser
@pytest.mark.parametrize(
    "options",
    [{"model": "hubs"}, {"model": "tiers", "below": 1}],
    ids=["hubs", "tiers"],
)
def test_pages_of_the_other_models_open_too(page, log, opened, options):
    counts = range(1, 2)
    opened(page_of(circle="4分钟圈", counts=counts, **options)).wait_for_timeout(150)
    assert log.is_clean(), (log.asked, log.said)
    rows = page.locator("#rows tr")
    assert rows.count() == 1
    rows.first.click()
    assert page.is_visible("#dock")
    assert page.is_visible("#beside") == (options["model"] == "tiers")
    assert "undefined" not in text(page, "body")


@pytest.mark.browser
def test_hostile_names_are_text(log, opened):
    page = opened(page_of(names=HOSTILE))
    page.click("#rows tr >> nth=0")
    page.hover("#rows tr >> nth=0")
    page.fill("#query", "用房")
    assert page.evaluate("window.broken === undefined")
    assert page.evaluate("!document.querySelector('#side img, #dock script')")
    assert log.is_clean(), log.said


@pytest.mark.browser
def test_a_count_changes_sentence_table_and_map(opened):
    page = opened(page_of())
    rows = page.locator("#rows tr")
    many = rows.count()
    assert many > 1
    page.click("#counts button >> nth=0")
    assert rows.count() == 1
    assert page.get_attribute("#counts button >> nth=0", "aria-checked") == "true"
    assert text(page, "#sentence").startswith("在")
    page.keyboard.press("ArrowRight")
    assert rows.count() == 2


@pytest.mark.browser
def test_pointing_at_a_site_lights_its_gain(opened):
    page = opened(page_of())
    grab = "document.querySelector('.leaflet-tile').toDataURL()"
    before = page.evaluate(grab)
    page.hover("#rows tr >> nth=0")
    assert page.evaluate("geoplan.state.hover") >= 0
    assert page.evaluate(grab) != before
    page.mouse.move(5, 5)
    assert page.evaluate(grab) == before


@pytest.mark.browser
def test_a_click_on_a_diamond_opens_its_detail(opened):
    page = opened(page_of())
    place = page.evaluate(
        """() => {
            const one = geoplan.study.fresh()[0].place;
            const [x, y] = geoplan.study.middle(geoplan.study.stations.layer, one);
            const at = geoplan.map.latLngToContainerPoint(geoplan.frame.toLatLng(x, y));
            const box = geoplan.map.getContainer().getBoundingClientRect();
            return [box.left + at.x, box.top + at.y];
        }"""
    )
    page.mouse.click(*place)
    assert "新走得到" in text(page, "#dock")
    assert page.locator('#rows tr[aria-selected="true"]').count() == 1
    page.click("#dock .close")
    assert page.is_hidden("#dock")


@pytest.mark.browser
def test_search_finds_a_room_and_legend_hides_a_layer(opened):
    page = opened(page_of())
    page.fill("#query", "用房3")
    page.keyboard.press("Enter")
    assert "用房3" in text(page, "#dock h2")
    page.click('[data-layer="homes"]')
    assert page.get_attribute('[data-layer="homes"]', "aria-checked") == "false"


@pytest.mark.browser
@pytest.mark.parametrize("size", ["A4", "A3"])
def test_it_prints_on_one_sheet(opened, size):
    page = opened(page_of())
    page.evaluate(f"geoplan.paper.paper('{size}')")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert "建议的站" in text(page, "#paper")
    assert "已证明最优" in text(page, "#paper")
    assert sheets(page) == 1
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate("document.documentElement.className.includes('printing')")

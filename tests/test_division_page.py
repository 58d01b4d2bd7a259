"""The page of division: its data, its sentence, and that it answers in Chromium."""

import base64
import dataclasses
import json
import re
from functools import cache

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from drawn import (
    HOSTILE,
    IMPRINT,
    block,
    decoded,
    read_shapes,
    study_of,
    town,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from windows import VENDOR, sheets, text

from geoplan import division
from geoplan.division.plans import Plan
from geoplan.maps.division_answer import sentence
from geoplan.maps.division_page import division_page, names_of
from geoplan.maps.encoding import Grain
from geoplan.maps.topology import arcs
from geoplan.recipes.division.ground import laid_out
from geoplan.recipes.division.record import division_record
from geoplan.wording import texts

BAND = (40.0, 80.0)
#: units of the drawn town that go elsewhere, by plan: the name of a grid, or a new one
PLANS = {
    "redraw": ({1: "B"}, {0: "K1009", 2: "A"}, {0: "K1009", 1: "B", 4: "A"}),
    "least_change": ({}, {2: "A"}, {1: "B", 2: "A"}),
    "given": ({0: "B", 6: "A", 7: "C"},),
    "split": ({0: "K1009"},),
}
SHARES = (0.0, 0.1, 0.3)


@cache
def laid(names=("虚构",)):
    """Return the drawn town laid out for division."""
    layers, network, around = town(names=names)
    grids = layers.grids.assign(workers=float("nan"))
    layers = dataclasses.replace(layers, grids=grids)
    study = study_of(layers, around=around)
    ground = laid_out(study, network=network)
    aims = division.Aims(band=BAND)
    return ground, division.board(ground.ground, aims=aims, locked=("D",))


@cache
def divided(task="redraw", names=("虚构",)):
    """Return plans of the drawn town that were drawn by hand."""
    ground, board = laid(names)
    plans = []
    for number, changes in enumerate(PLANS[task]):
        grid = division.today(board).grid.copy()
        for unit, code in changes.items():
            grid[unit] = code
        listed = task == "least_change"
        plans.append(
            Plan(
                board=board,
                grid=grid,
                share=SHARES[number] if listed else None,
                knee=listed and number == 1,
            )
        )
    return division_record(ground, plans=plans, task=task)


@cache
def page_of(*, lang="zh", names=("虚构",), task="redraw"):
    ground, _ = laid(names)
    return division_page(
        divided(task, names),
        layers=ground.study.layers,
        network=ground.network,
        surroundings=ground.study.ways.surroundings,
        imprint=IMPRINT,
        fingerprint="f" * 64,
        lang=lang,
    )


def called(task="redraw"):
    record = divided(task)
    codes = {str(code) for plan in record.plans for code in plan.grids.index}
    today = [str(code) for code in record.before.index]
    return names_of(
        record,
        codes=pd.Index([*today, *sorted(codes - {*today})]),
        layers=laid()[0].study.layers,
        lang="zh",
    )


def data_of(**options):
    return json.loads(block(page_of(**options), "data"))


# Borders between areas


GRAIN = Grain.of((0, 0, 900, 900), crs=CRS("EPSG:3857"))


def rebuilt(told):
    """Return areas made of arcs, by the areas on both sides of each."""
    lines = [part for (part,) in read_shapes({**told, "parts": ones(told["n"])})]
    one = np.cumsum(decoded(told["one"]))
    other = np.array(decoded(told["other"]))
    found = {}
    for area in range(int(max(one.max(), other.max())) + 1):
        mine = [lines[i] for i in np.flatnonzero((one == area) | (other == area))]
        rings = shapely.polygonize([shapely.LineString(line) for line in mine])
        found[area] = shapely.union_all(shapely.get_parts(rings))
    return found


def ones(n):
    return base64.b64encode(bytes([2] * n)).decode()


def placed(shape):
    return GRAIN.place(np.array([shape], dtype=object))[0]


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.integers(1, 898), st.integers(1, 898)), min_size=3, max_size=25
    )
)
def test_arcs_make_the_areas_again(points):
    cells = shapely.get_parts(
        shapely.voronoi_polygons(
            shapely.multipoints(sorted({*points, (3, 5), (871, 877)})),
            extend_to=shapely.box(0, 0, 900, 900),
        )
    )
    cells = shapely.intersection(cells, shapely.box(0, 0, 900, 900))
    cells = cells[shapely.area(cells) > 400]
    told = rebuilt(arcs(cells, grain=GRAIN))
    assert len(told) == len(cells)
    for number, cell in enumerate(cells):
        off = shapely.symmetric_difference(told[number], placed(cell))
        assert off.area < 3 * placed(cell).length


def test_a_hole_and_an_island_have_borders_of_their_own():
    island = shapely.box(300, 300, 600, 600)
    sea = shapely.difference(shapely.box(0, 0, 900, 900), island)
    told = arcs(np.array([sea, island], dtype=object), grain=GRAIN)
    sides = sorted(
        zip(np.cumsum(decoded(told["one"])), decoded(told["other"]), strict=True)
    )
    assert sides == [(0, -1), (0, 1)]


# What it says


def test_counts_of_units_are_those_of_today():
    data, before = data_of(), divided().before
    for name in ("households", "people", "buildings"):
        told = data["units"][name]
        numbers = [n - 1 for n in decoded(told["n"])]
        assert sum(numbers) == before[name].sum() * told["by"]


def test_special_groups_are_told_of_no_unit():
    text = block(page_of(), "data")
    assert "elderly" not in text.replace("walker_elderly", "").replace("_elderly", "")
    record = divided()
    units = record.units.assign(elderly=3.0, work=7.5)
    ground, _ = laid()
    page = division_page(
        dataclasses.replace(record, units=units),
        layers=ground.study.layers,
        network=ground.network,
        surroundings=ground.study.ways.surroundings,
        imprint=IMPRINT,
    )
    assert json.loads(block(page, "data"))["units"]["work"] is None


@pytest.mark.parametrize("task", sorted(PLANS))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_task_has_its_sentence(task, lang):
    record = divided(task)
    for plan in record.plans:
        said = sentence(record, plan, names=called(task), lang=lang)
        assert "{" not in said
        assert said.endswith(("。", "."))


def test_where_communities_are_drawn_it_speaks_of_communities():
    record = dataclasses.replace(divided(), results={"level": "community"})
    names = {code: code for code in called()}
    said = sentence(record, record.plans[1], names=names, lang="zh")
    assert "社区" in said
    assert "网格" not in said


@pytest.mark.parametrize(
    ("measure", "word"), [("people", "人数"), ("buildings", "楼栋数")]
)
@pytest.mark.parametrize("level", ["grid", "community"])
def test_where_no_households_are_known_it_speaks_of_none(measure, word, level):
    record = dataclasses.replace(divided(), measure=measure, results={"level": level})
    ground, _ = laid()
    page = division_page(
        record,
        layers=ground.study.layers,
        network=ground.network,
        surroundings=ground.study.ways.surroundings,
        imprint=IMPRINT,
    )
    words = json.loads(block(page, "data"))["words"]
    assert words["card_range"] == word
    assert "{low}" not in words["notes"]
    of_the_band = {
        "lead_within",
        "legend_band",
        "below_band",
        "above_band",
        "term_band",
    }
    of_the_band |= {"draw_band", "rules_status", "rule_H1"}
    of_all = {"unit_households", "column_households", "legend_share_households"}
    own = words.keys() - texts("page", "zh").keys() - of_the_band - of_all
    held = {name for name in own if "户数" in str(words[name])}
    assert held <= {"notes_made", "notes_given", "card_within"}
    assert not [name for name in own if "{measure}" in str(words[name])]


def test_a_list_opens_with_its_knee_and_never_with_nothing():
    data = data_of(task="least_change")
    assert [plan["knee"] for plan in data["plans"]] == [False, True, False]
    assert (
        "没有住户"
        not in re.search(
            "<noscript>(.*?)</noscript>", page_of(task="least_change"), re.DOTALL
        )[1]
    )


def test_the_same_records_give_the_same_bytes():
    first = page_of()
    page_of.cache_clear()
    assert page_of() == first


# In a browser


def rest(page):
    """Wait until what lies over the map is drawn again."""
    page.evaluate("() => new Promise(r => requestAnimationFrame(() => setTimeout(r)))")


def picture(page):
    rest(page)
    return page.evaluate("geoplan.drawn.marks._container.toDataURL()")


def spot(page, expression):
    """Return where on the screen a place of the lattice lies."""
    return page.evaluate(
        f"""() => {{
            const [x, y] = {expression};
            const at = geoplan.map.latLngToContainerPoint(geoplan.frame.toLatLng(x, y));
            const box = geoplan.map.getContainer().getBoundingClientRect();
            return [box.left + at.x, box.top + at.y];
        }}"""
    )


def within(kind):
    """Return a place in the middle of the first strip or of a grid, in JavaScript."""
    return f"""(() => {{
        const layer = geoplan.division.{kind};
        const i = Array.from(layer.box).findIndex((n, k) => k % 4 === 2 && n > 0) >> 2;
        const m = geoplan.labels.middle(layer, i, [0, 0, 1e6, 1e6]);
        return [m.x, m.y];
    }})()"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("size", "task"),
    [
        ((1366, 768), "redraw"),
        ((1920, 1080), "least_change"),
        ((390, 844), "least_change"),
        ((900, 700), "given"),
    ],
)
def test_it_opens_without_a_request(page, log, opened, size, task):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page_of(task=task)).wait_for_timeout(100)
    assert log.is_clean(), (log.asked, log.said)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "换网格" in text(page, "#sentence")


@pytest.mark.browser
@pytest.mark.parametrize("task", ["given", "least_change", "redraw"])
def test_its_numbers_are_those_of_the_record(opened, task):
    page, record = opened(page_of(task=task)), divided(task)
    for k, plan in enumerate(record.plans):
        told = json.loads(
            page.evaluate(
                f"""() => {{
                    geoplan.division.choose({k});
                    const on = geoplan.division, now = on.now;
                    const code = g => on.grids.code[g];
                    return JSON.stringify({{
                        moved: now.moves, buildings: now.moved.buildings,
                        cv: now.balance.cv,
                        grids: now.grids.filter(g => g.there).map(g => [code(g.i),
                            g.households, g.people, Object.entries(g.flows)
                                .map(([from, n]) => [code(from), n[on.measure]])]),
                        strips: now.strips.map(s => [s.number, code(s.from),
                            code(s.to), s.households, s.people, s.buildings]),
                        sentence: geoplan.answer.sentence(now).map(p => p[0]).join(""),
                    }});
                }}"""
            )
        )
        results = plan.results
        assert told["moved"] == results["households_moved"]
        assert told["buildings"] == results["buildings_moved"]
        assert told["cv"] == pytest.approx(results["balance"]["cv_after"], abs=1e-4)
        by_code = {one["code"]: one for one in results["grids"]}
        assert sorted(by_code) == sorted(code for code, *_ in told["grids"])
        for code, households, people, flows in told["grids"]:
            assert households == by_code[code]["households"]
            assert people == by_code[code]["people"]
            assert dict(flows) == by_code[code]["from"]
        columns = ["number", "from", "to", "households", "people", "buildings"]
        assert told["strips"] == plan.strips[columns].to_numpy().tolist()
        said = sentence(record, plan, names=called(task), lang="zh")
        assert told["sentence"] == said
    closes(page)


def closes(page):
    """Check in the table that before - out + in = after, row by row and in all."""
    rows = page.locator("#rows tr[data-kind=grid], #grids tfoot tr").all()
    for row in rows:
        cells = [cell.strip() for cell in row.locator("td").all_inner_texts()[:4]]
        was, out, into, now = (int(re.sub(r"[^0-9]", "", cell) or 0) for cell in cells)
        assert was - out + into == now


@pytest.mark.browser
def test_any_assignment_is_shown_as_an_option_is(opened):
    page = opened(page_of())
    first = picture(page)
    sum_before = page.evaluate("geoplan.division.now.total.households")
    rng = np.random.default_rng(7)
    units = page.evaluate("geoplan.division.n")
    for _ in range(20):
        to = rng.integers(0, 4, units).tolist()
        told = page.evaluate(
            """to => {
                geoplan.division.show({ to: Int32Array.from(to) });
                const now = geoplan.division.now;
                return [now.grids.map(g => g.households), now.strips.length,
                    now.total.households, now.moved.households];
            }""",
            to,
        )
        households = divided().units["households"].to_numpy()
        sums = np.bincount(to, weights=households, minlength=5)
        assert told[0] == sums.tolist()
        assert told[2] == sum_before
        home = page.evaluate("Array.from(geoplan.division.before)")
        assert told[3] == households[np.array(to) != np.array(home)].sum()
    assert "现在画的" in text(page, "#swipe-now")
    page.evaluate("geoplan.division.choose(0)")
    assert picture(page) == first


@pytest.mark.browser
def test_the_divider_is_dragged_and_steered(opened):
    page = opened(page_of())
    handle = page.locator("#swipe-handle")
    first, seen = picture(page), set()
    box = handle.bounding_box()
    page.mouse.move(box["x"] + 22, box["y"] + 22)
    page.mouse.down()
    page.mouse.move(box["x"] - 178, box["y"] + 30, steps=4)
    page.mouse.up()
    seen.add(picture(page))
    moved = handle.bounding_box()
    assert abs(moved["x"] - (box["x"] - 200)) < 3
    here = int(handle.get_attribute("aria-valuenow"))
    page.keyboard.press("ArrowRight")
    assert int(handle.get_attribute("aria-valuenow")) == here + 2
    page.keyboard.press("End")
    assert handle.get_attribute("aria-valuenow") == "100"
    assert page.is_hidden("#swipe-now")
    seen.add(picture(page))
    page.keyboard.press("Home")
    assert page.is_hidden("#swipe-was")
    seen.add(picture(page))
    assert len(seen | {first}) == 4
    page.mouse.click(5, 5)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("PageUp")
    assert handle.get_attribute("aria-valuenow") == "10"


@pytest.mark.browser
def test_the_divider_follows_a_finger(browser, tmp_path):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    file = tmp_path / "page.html"
    file.write_text(page_of(), encoding="utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    box = page.locator("#swipe-handle").bounding_box()
    x, y = box["x"] + 22, box["y"] + 22
    session = context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x - 60, "y": y}]),
        ("touchMove", [{"x": x - 120, "y": y}]),
        ("touchEnd", []),
    ):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert abs(page.locator("#swipe-handle").bounding_box()["x"] - box["x"] + 120) < 4
    context.close()


@pytest.mark.browser
def test_a_click_on_a_strip_and_on_a_grid_opens_its_detail(opened):
    page = opened(page_of())
    page.evaluate("geoplan.swipe.to(0)")
    page.mouse.click(*spot(page, within("now.strips.layer")))
    assert "换网格" in text(page, "#dock")
    assert page.locator('.strips li[data-selected="true"]').count() == 1
    page.click("#dock .close")
    assert page.is_hidden("#dock")
    page.click("#rows tr[data-kind=grid] >> nth=0")
    told = text(page, "#dock")
    assert "四至" in told
    assert "东至" in told
    assert "→" in text(page, "#dock .one")
    page.keyboard.press("Escape")
    before = picture(page)
    page.hover(".strips li >> nth=0")
    assert picture(page) != before


@pytest.mark.browser
def test_options_are_switched_by_mouse_and_keys(opened):
    page = opened(page_of())
    cards = page.locator(".card")
    assert cards.count() == 3
    first = text(page, "#sentence")
    cards.nth(1).click()
    assert text(page, "#sentence") != first
    assert cards.nth(1).get_attribute("aria-checked") == "true"
    assert "K1" in text(page, "#rows") or "009" in text(page, "#rows")
    page.keyboard.press("ArrowLeft")
    assert text(page, "#sentence") == first
    rest(page)
    page.evaluate("geoplan.swipe.to(0.3)")
    page.wait_for_timeout(400)
    part = page.evaluate("location.hash")
    assert part.startswith("#1/30/")
    page.click("#terms summary")
    terms = divided().plans[1].results["terms"]
    assert page.locator("#terms tbody tr").count() == len(terms)
    assert f"{terms['balance']:.3f}" in text(page, "#terms")


@pytest.mark.browser
def test_the_address_brings_back_option_divider_and_grid(opened):
    page = opened(page_of())
    center = page.evaluate("[geoplan.map.getCenter().lat, geoplan.map.getCenter().lng]")
    again = opened(page_of(), f"#2/25/16/{center[0]:.5f}/{center[1]:.5f}/B")
    again.reload()
    again.wait_for_selector("html[data-ready]")
    assert again.evaluate("[geoplan.state.plan, geoplan.state.swipe]") == [1, 0.25]
    assert "B网格" in text(again, "#dock h2")


@pytest.mark.browser
def test_a_list_of_least_change_has_a_chart(opened):
    page = opened(page_of(task="least_change"))
    assert page.locator("#chart .point").count() == 3
    page.click("#chart .point >> nth=2")
    assert page.evaluate("geoplan.state.plan") == 2
    assert page.locator("#chart .here").count() == 1


@pytest.mark.browser
def test_two_given_divisions_have_no_options(opened):
    page = opened(page_of(task="given"))
    assert "前后对照" in page.title()
    assert page.is_hidden("#options")
    assert "前后对照" in text(page, "#head h1")
    assert text(page, "#swipe-now") == "调整后"


@pytest.mark.browser
def test_without_a_plan_it_says_so_and_shows_today(log, opened):
    ground, _ = laid()
    page = division_page(
        dataclasses.replace(divided(), plans=()),
        layers=ground.study.layers,
        network=ground.network,
        surroundings=ground.study.ways.surroundings,
        imprint=IMPRINT,
    )
    page = opened(page)
    assert "没有找到" in text(page, "#sentence")
    assert page.is_hidden("#swipe")
    assert log.is_clean(), log.said


@pytest.mark.browser
def test_hostile_names_are_text(log, opened):
    page = opened(page_of(names=HOSTILE))
    page.click("#rows tr >> nth=0")
    page.click(".strips li >> nth=0")
    page.fill("#query", "网格")
    page.click("#how")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("window.broken === undefined")
    assert page.evaluate(
        "!document.querySelector('#side img, #dock script, #paper img')"
    )
    assert log.is_clean(), log.said


#: whether all is drawn when the browser prints, as it would be a few frames later
PRINTED = """() => {
  const drawn = () => [...document.querySelectorAll(".leaflet-pane canvas")]
    .map((canvas) => canvas.toDataURL());
  window.dispatchEvent(new Event("beforeprint"));
  const now = drawn();
  const same = () => now.length > 0 && now.join() === drawn().join();
  return new Promise((done) => setTimeout(() => done(same()), 200));
}"""


@pytest.mark.browser
def test_it_prints_on_one_sheet_with_lines_to_sign(opened):
    page = opened(page_of())
    for size in ("A4", "A3"):
        prints(page, size)


def prints(page, size):
    page.evaluate(f"geoplan.paper.paper('{size}')")
    assert page.evaluate(PRINTED)
    told = text(page, "#paper")
    for word in ("谁换了网格", "网格对照表", "规则", "编制", "审核", "日期"):
        assert word in told
    assert page.evaluate(
        "(p => p.scrollHeight <= p.clientHeight)(document.getElementById('paper'))"
    )
    assert sheets(page) == 1
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate("document.documentElement.className.includes('printing')")
    assert page.evaluate("geoplan.state.swipe") == 0.5


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_nothing_shuts_anybody_out(browser, tmp_path, size):
    file = tmp_path / "page.html"
    file.write_text(page_of(task="least_change"), encoding="utf-8")
    view = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=view, bypass_csp=True)
    page = context.new_page()
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    page.evaluate((VENDOR / "axe.js").read_text(encoding="utf-8"))
    for step in (
        "0",
        "geoplan.pick({kind: 'strip', i: 0})",
        "geoplan.pick({kind: 'grid', i: 1})",
    ):
        page.evaluate(step)
        page.wait_for_timeout(100)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
    context.close()


@pytest.mark.browser
def test_codes_that_begin_alike_come_back_whole(opened):
    record, page = divided(), opened(page_of(names=HOSTILE))
    assert page.evaluate("geoplan.division.units.code") == [*record.units.index]
    assert page.evaluate("geoplan.study.buildings.code") == [*record.buildings.index]
    assert pd.Index(page.evaluate("geoplan.division.grids.code")).is_unique


@pytest.mark.browser
def test_a_compound_tells_its_homes_and_its_grids(demo, opened):
    folder = demo / "wenlan"
    papers = {
        name: geopandas.read_file(folder / "division.gpkg", layer=name)
        for name in ("grids", "units")
    }
    units = papers["units"][papers["units"]["kind"] == "compound"]
    page = opened((folder / "division.html").read_text(encoding="utf-8"))
    option = 1 + page.evaluate("geoplan.state.plan")
    moving = units[(units["option"] == option) & (units["from"] != units["to"])]
    row = moving.drop_duplicates("name", keep=False).iloc[0]
    page.fill("#query", row["name"])
    page.keyboard.press("Enter")
    told = text(page, "#dock")
    named = papers["grids"].drop_duplicates("code").set_index("code")["name"]
    assert f"{row['households']:g} 户" in told
    assert named[row["from"]] in told
    assert "→" in told

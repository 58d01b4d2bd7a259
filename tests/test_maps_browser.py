"""Pages in a real Chromium: nothing is fetched, nothing breaks, everything answers."""

import dataclasses
import json
import re
from pathlib import Path

import pytest
from conftest import until
from drawn import HOSTILE, IMPRINT, block, covered, page_of
from playwright.sync_api import Page
from shapely import Polygon
from windows import NEWER_STYLE, VENDOR, newer, text

from geoplan.maps import assets, coverage_page, entry, index_page
from geoplan.maps.assets import BUNDLES, RUNTIME, script
from geoplan.maps.shell import read
from geoplan.model import Finding

pytestmark = pytest.mark.browser
ROOM = Path(assets.__file__).parent


@pytest.fixture
def opened(page, tmp_path):
    """Give the function that opens a page's text from a file."""

    def opener(text: str) -> Page:
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        page.goto(file.as_uri())
        return page

    return opener


@pytest.fixture(scope="module")
def window(browser, tmp_path_factory):
    """Give one window, and the file of the drawn town's page."""
    file = tmp_path_factory.mktemp("town") / "page.html"
    file.write_text(page_of(), encoding="utf-8")
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN"
    )
    yield context.new_page(), file.as_uri()
    context.close()


@pytest.fixture
def town(window):
    """Give the page of the drawn town, opened anew and ready."""
    page, address = window
    page.goto(address)
    return ready(page)


@pytest.fixture(scope="module")
def reader(browser):
    """Give a blank page, for the parser of scripts that is loaded there."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def ready(page: Page) -> Page:
    page.wait_for_selector("html[data-ready]")
    return page


def dots(page: Page, selector: str) -> int:
    """Return how many colours a canvas shows."""
    return page.evaluate(
        """selector => {
            const seen = new Set();
            document.querySelectorAll(selector).forEach(canvas => {
                const c = canvas.getContext("2d");
                const d = c.getImageData(0, 0, canvas.width, canvas.height).data;
                for (let i = 0; i < d.length; i += 404) {
                    seen.add(d[i] + ":" + d[i + 1] + ":" + d[i + 2]);
                }
            });
            return seen.size;
        }""",
        selector,
    )


# Nothing is fetched, nothing breaks


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (390, 844), (900, 700)])
def test_a_page_opens_from_a_file_without_a_request(page, log, opened, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    ready(opened(page_of()))
    page.wait_for_timeout(200)
    assert log.is_clean(), (log.asked, log.said)
    assert dots(page, ".leaflet-tile") > 8
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_log_would_show_a_request_and_the_policy_stops_it(log, opened):
    leaking = page_of().replace("<body>", '<body><img src="https://example.org/t.png">')
    ready(opened(leaking)).wait_for_timeout(100)
    assert not log.is_clean()
    assert any("Content Security Policy" in line for line in log.said)


def test_a_script_that_was_not_there_does_not_run(log, opened):
    planted = page_of().replace("<body>", "<body><script>window.broken=1</script>")
    page = ready(opened(planted))
    assert page.evaluate("window.broken === undefined")
    assert log.said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_names_are_only_text(log, opened, lang):
    hostile = dataclasses.replace(IMPRINT, study=HOSTILE[2], notes=HOSTILE[:2])
    page = ready(opened(page_of(names=HOSTILE, imprint=hostile, lang=lang)))
    assert page.inner_text("#study") == HOSTILE[2]
    for row in page.query_selector_all("#rows tr button"):
        row.click()
        page.wait_for_timeout(30)
    page.click("#dock .actions button")
    page.fill("#query", "<")
    page.wait_for_selector("#hits li")
    assert HOSTILE[0] in page.inner_text("#hits")
    page.keyboard.press("Enter")
    page.hover("#place", position={"x": 400, "y": 250})
    page.wait_for_timeout(150)
    page.click("#how")
    assert page.evaluate("window.broken === undefined")
    assert page.query_selector("#place img, #side img, #notes img") is None
    assert log.is_clean(), log.said


@pytest.mark.parametrize("name", sorted(BUNDLES))
def test_the_scripts_are_of_2018(reader, name):
    assert newer(reader, script(name)) == []


def test_so_is_what_pages_bring_besides(reader):
    blocks = re.findall(r"<script>(.*?)</script>", page_of(), re.DOTALL)
    assert len(blocks) == 3  # Leaflet, the page's own, folium's
    assert [newer(reader, code, calls=()) for code in blocks] == [[], [], []]


@pytest.mark.parametrize("code", ["a?.b", "[1].at(0)"])
def test_newer_scripts_are_found(reader, code):
    assert newer(reader, code)


@pytest.mark.parametrize("sheet", sorted(path.name for path in ROOM.glob("*.css")))
def test_styles_are_those_of_chromium_78(sheet):
    assert NEWER_STYLE.findall(read(sheet)) == []


def test_every_script_of_the_page_is_used():
    folder = {
        path.stem
        for path in Path(read.__globals__["__file__"]).parent.glob("runtime/*.js")
    }
    assert folder == set(RUNTIME)


def choose_view(page, name):
    page.click(f"#views button:has-text('{name}')")


def test_a_view_counts_own_stations_or_the_compass_circle(town):
    figures = town.evaluate("geoplan.study.circles[0].any")
    for name, view in (("只算本", "own"), ("直线", "straight"), ("任何", "any")):
        choose_view(town, name)
        assert f"{figures[view]:,}" in text(town, "#sentence .any")
        grids = town.evaluate("geoplan.study.now().grids.map(g => [g.total, g.out])")
        assert sum(n - out for n, out in grids) == figures[view]
        out = [
            int(n.replace(",", ""))
            for n in town.locator("#rows .out").all_inner_texts()
        ]
        assert out[0] == max(n for _, n in grids)


def test_the_views_agree_with_the_buildings(town):
    """What stands in and out on the map adds up to the figure of the sentence."""
    for view in ("any", "own", "straight"):
        town.evaluate("view => geoplan.state.set({view})", view)
        inside = town.evaluate(
            "geoplan.study.now().stands.reduce((sum, state, b) => sum + (state && "
            "state !== geoplan.study.OUT ? geoplan.study.buildings.count[b] : 0), 0)"
        )
        assert inside == town.evaluate("geoplan.study.now().reached")
    town.evaluate("geoplan.state.set({view: 'any'})")


def test_the_address_brings_a_view_back(town):
    choose_view(town, "只算本")
    until(town, "() => location.hash.includes('.own/')")
    town.reload()
    assert ready(town).evaluate("geoplan.state.view") == "own"


def test_the_curve_passes_through_the_figure(town):
    figure = town.evaluate("geoplan.study.now().any")
    assert f"{figure:,}" in town.text_content("#curve .strong")
    assert f"{figure:,}" in text(town, "#curve p")


def test_an_online_base_map_asks_nobody_before_it_is_asked_for(browser, tmp_path):
    target = tmp_path / "page.html"
    template = "https://t{s}.tiles.example/{z}/{x}/{y}.png?tk={key}"
    imprint = dataclasses.replace(IMPRINT, tiles=template)
    target.write_text(page_of(imprint=imprint), encoding="utf-8")
    context = browser.new_context(viewport={"width": 800, "height": 600})
    asked = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(target.as_uri())
    page.wait_for_selector("[data-ready]")
    page.wait_for_timeout(300)
    assert asked.pop() == target.as_uri()
    assert not asked
    page.once("dialog", lambda dialog: dialog.dismiss())  # no key, no map
    page.click("#legend [data-layer='tiles']")
    assert page.get_attribute("#legend [data-layer='tiles']", "aria-checked") == "false"
    page.once("dialog", lambda dialog: dialog.accept("K 1"))
    page.click("#legend [data-layer='tiles']")
    page.wait_for_timeout(500)
    assert asked
    assert all(
        re.match(r"https://t[0-7]\.tiles\.example/.*tk=K%201$", url) for url in asked
    )
    before = len(asked)
    page.click("#legend [data-layer='tiles']")
    page.evaluate("geoplan.map.zoomOut()")
    page.wait_for_timeout(500)
    assert len(asked) == before
    context.close()


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)], ids=str)
def test_nobody_is_shut_out(browser, tmp_path, size):
    """axe-core finds nothing to object to, whatever is open."""
    target = tmp_path / "page.html"
    target.write_text(page_of(), encoding="utf-8")
    width, height = size
    view = {"width": width, "height": height}
    context = browser.new_context(viewport=view, bypass_csp=True)
    page = context.new_page()
    page.goto(target.as_uri())
    page.wait_for_selector("[data-ready]")
    page.evaluate((VENDOR / "axe.js").read_text(encoding="utf-8"))
    for step in (
        "0",
        "geoplan.state.set({circle: 1, view: 'own'})",
        "document.querySelector('#rows tr').click()",
        "document.getElementById('how').click()",
    ):
        page.evaluate(step)
        page.wait_for_timeout(200)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [v["id"] for v in found["violations"]] == []
    context.close()


def test_the_sentence_the_bar_and_the_table_agree(town):
    data = json.loads(block(page_of(), "data"))
    first = data["circles"][0]
    assert f"{first['any']} 户" in text(town, "#sentence")
    widths = town.evaluate(
        "Array.from(document.querySelectorAll('#bar span')).map(s => s.offsetWidth)"
    )
    assert abs(widths[-1] / sum(widths) - 1 + first["any"] / first["total"]) < 0.02
    outs = [int(n) for n in town.locator("#rows .out").all_inner_texts()]
    assert outs == sorted(outs, reverse=True)
    assert sum(outs) == first["total"] - first["any"]


def test_the_circle_is_switched(town):
    before = text(town, "#sentence")
    town.click("#circles button >> nth=1")
    assert "网格站" in text(town, "#sentence") != before
    assert town.get_attribute("#circles button >> nth=1", "aria-checked") == "true"
    town.keyboard.press("ArrowUp")
    assert text(town, "#sentence") == before


def test_a_row_leads_to_the_map_and_the_detail(town):
    town.click("#rows tr >> nth=0")
    assert town.get_attribute("#rows tr >> nth=0", "aria-selected") == "true"
    assert "走不到" in text(town, "#dock")
    grid = town.evaluate("geoplan.state.pick.i")
    town.click("#dock .actions button >> nth=0")
    town.click("#dock .homes button >> nth=0")
    assert town.evaluate("geoplan.state.pick.kind") == "building"
    town.wait_for_timeout(400)
    here = town.evaluate("""geoplan.tip.under(geoplan.map, geoplan.map.getCenter())""")
    assert here == town.evaluate("geoplan.state.pick") or here["i"] == grid
    town.click("#dock .close")
    assert town.is_hidden("#dock")


def test_a_grid_on_the_map_leads_to_its_row(town):
    spot = place_of_grid(town, "D")
    town.mouse.move(*spot)
    town.wait_for_selector("#tip:not([hidden])")
    assert "D网格" in text(town, "#tip")
    town.mouse.click(*spot)
    assert "D网格" in text(town, "#dock h2")
    assert "D网格" in text(town, "#rows tr[aria-selected=true]")


def place_of_grid(page: Page, code: str) -> tuple[float, float]:
    return tuple(
        page.evaluate(
            """code => {
                const s = geoplan.study, i = s.grids.code.indexOf(code);
                const at = s.middle(s.grids.spots, i);
                const p = geoplan.map.latLngToContainerPoint(
                    geoplan.frame.toLatLng(at[0], at[1]));
                const r = document.getElementById("place").getBoundingClientRect();
                return [r.left + p.x, r.top + p.y + 12];
            }""",
            code,
        )
    )


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("A网格", "网格"),
        ("西站", "站点"),
        ("苑", "小区"),
        ("路", "道路"),
        ("13栋", "楼栋"),
    ],
)
def test_search_finds(town, query, kind):
    town.keyboard.press("/")
    town.keyboard.type(query)
    assert kind in text(town, "#hits li >> nth=0")
    town.keyboard.press("ArrowDown")
    town.keyboard.press("Enter")
    assert town.is_hidden("#hits")
    assert town.evaluate("geoplan.state.pick !== null")


def test_search_that_finds_nothing_says_so(town):
    town.fill("#query", "没有这个")
    assert "没有找到" in text(town, "#hits")


@pytest.mark.parametrize(
    "layer", ["share", "circle", "gap", "homes", "borders", "station 社区级", "names"]
)
def test_the_legend_switches_layers(town, layer):
    def drawn():
        return town.evaluate(
            """Array.from(document.querySelectorAll("#place canvas"))
                .map(c => c.toDataURL()).join()"""
        )

    before = drawn()
    button = town.locator(f'[data-layer="{layer}"]')
    button.click()
    assert button.get_attribute("aria-checked") == "false"
    assert drawn() != before
    button.click()
    assert drawn() == before


def test_the_view_is_in_the_address(town):
    town.click("#circles button >> nth=1")
    town.click("#rows tr >> nth=0")
    code = town.evaluate("geoplan.study.grids.code[geoplan.state.pick.i]")
    until(town, "code => location.hash.endsWith('/' + code)", code)
    said, chosen = text(town, "#sentence"), text(town, "#dock h2")
    town.reload()
    ready(town)
    assert text(town, "#sentence") == said
    assert text(town, "#dock h2") == chosen


def test_measuring(town):
    town.click("#tool-measure")
    town.mouse.click(300, 400)
    town.mouse.click(500, 400)
    assert "米" in text(town, "#measured")
    assert town.is_hidden("#dock")
    town.keyboard.press("Escape")
    assert town.is_hidden("#measured")


def test_notes_tell_how_it_is_counted_and_whose_software_it_is(town):
    town.click("#how")
    assert "成年人步行 1.2 米/秒" in text(town, "#notes")
    assert "Agafonkin" in town.text_content("#notes")
    town.keyboard.press("Escape")
    assert not town.evaluate("document.getElementById('notes').open")


def test_what_should_be_checked_leads_to_its_place(log, opened):
    coverage, town_layers, network, around = covered()
    bowtie = Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])
    found = (
        *(doubt(code, geometry=bowtie) for code in ("b1", HOSTILE[2])),
        Finding(rule="ways_cut", level="info", layer="ways", facts={"count": 3}),
    )
    page = ready(
        opened(
            coverage_page(
                dataclasses.replace(coverage, findings=found),
                layers=town_layers,
                network=network,
                surroundings=around,
                imprint=IMPRINT,
            )
        )
    )
    assert "3 处" in text(page, "#checks > summary")
    page.click("#checks > summary")
    page.click("#checks details summary")
    assert HOSTILE[2] in page.inner_text("#checks li >> nth=0")
    page.click("#checks li button >> nth=1")
    assert page.evaluate("geoplan.state.pick.kind") == "check"
    assert log.is_clean()


def doubt(code, **given):
    rule = "building_outside_grids"
    return Finding(rule=rule, level="warning", layer="buildings", code=code, **given)


def test_a_phone_has_tabs_and_a_sheet(page, opened):
    page.set_viewport_size({"width": 390, "height": 844})
    ready(opened(page_of()))
    page.click('[data-tab="layers"]')
    assert page.is_visible("#legend")
    assert page.is_hidden("#list")
    page.click('[data-tab="list"]')
    page.click("#rows tr >> nth=0")
    assert page.is_visible("#dock")
    page.click("#sheet")
    assert page.get_attribute("body", "data-sheet") == "full"


@pytest.mark.parametrize("turn", ["across", "upright"])
def test_paper_holds_one_page_with_all_that_belongs_to_it(town, turn):
    before = town.evaluate("geoplan.map.getZoom()")
    town.select_option("#print-turn", turn)
    pdf = town.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1
    size = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert (float(size[1]) > float(size[2])) == (turn == "across")
    assert town.evaluate("geoplan.map.getZoom()") == before
    said = town.text_content("#paper") + town.text_content("#imprint")
    for words in ("图例", "走不到最多的", "制图", "OpenStreetMap", "示例数据"):
        assert words in said


def test_people_are_counted_where_households_are_unknown(opened):
    page = ready(opened(page_of(people_only=True)))
    assert "人里" in text(page, "#sentence")
    assert "（人）" in text(page, "#unit")


def test_the_start_page_opens_without_a_request(log, opened):
    coverage, *_ = covered()
    one = entry(coverage, imprint=IMPRINT, href="town/coverage.html", lang="zh")
    page = opened(index_page([one], lang="zh"))
    assert log.is_clean()
    assert "示例街道" in text(page, "main")

"""Trying stations elsewhere in a real Chromium: by mouse, by touch, by keys."""

import dataclasses
import json

import pytest
from conftest import until
from drawn import HOSTILE
from test_sites_page import page_of
from what_ifs import ground_of, night, walked_to_places
from windows import Log, text

from geoplan.maps.sites_page import sites_page
from geoplan.model import Imprint
from geoplan.recipes.edits.edited import stations_edited
from geoplan.recipes.edits.reading import read_edits
from geoplan.recipes.sites.asked import Asked, laid_out
from geoplan.recipes.sites.siting import siting_of

pytestmark = pytest.mark.browser
IMPRINT = Imprint(study="文澜街道（虚构）", date="2026-06-30", version="0.1.0")


@pytest.fixture(scope="module")
def siting():
    return siting_of(ground_of(), asked=Asked(counts=range(1, 3)))


@pytest.fixture(scope="module")
def file(siting, tmp_path_factory):
    """Give the page of siting of the street that comes along."""
    return written(siting, tmp_path_factory.mktemp("page") / "sites.html")


def written(siting, path, *, ground=None):
    ground = ground or ground_of()
    text = sites_page(
        siting,
        layers=ground.study.layers,
        network=ground.network,
        surroundings=ground.study.ways.surroundings,
        imprint=IMPRINT,
    )
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shown(browser, file):
    """Give one page for all, the mode begun, and its log."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN"
    )
    page = context.new_page()
    log = Log(page)
    yield begun(page, file), log
    context.close()


@pytest.fixture
def tried(shown):
    """Give the page as it was when the mode began; afterwards it has said nothing."""
    page, log = shown
    page.evaluate(
        """() => {
            const { trial, panel, drawing, on } = geoplan.whatif;
            if (!on()) document.getElementById("try").click();
            document.querySelector('[data-do="reset"]').click();
            trial.past.length = trial.future.length = 0;
            drawing.view.key = "";
            geoplan.page.fit(geoplan.map);
            panel.show();
            panel.say("");
        }"""
    )
    page.mouse.move(5, 5)
    yield page
    assert log.is_clean(), (log.asked, log.said)


def begun(page, file):
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    page.click("#try")
    page.wait_for_selector("#trial-list li")
    return page


def spot(page, key):
    """Return where a station is on the screen."""
    return page.evaluate(
        """key => {
            const { trial, footing } = geoplan.whatif;
            const one = trial.now.list.find(one => one.key === key);
            const at = geoplan.map.latLngToContainerPoint(
                geoplan.frame.toLatLng(...footing.toPage(...one.at)));
            const box = geoplan.map.getContainer().getBoundingClientRect();
            return [box.left + at.x, box.top + at.y];
        }""",
        key,
    )


def covered(page):
    return page.evaluate("geoplan.whatif.trial.now.covered")


def state(page):
    return page.evaluate("geoplan.whatif.trial.state")


def drag(page, key, *, by):
    x, y = spot(page, key)
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(1, 6):
        page.mouse.move(x + by[0] * k / 5, y + by[1] * k / 5)
    page.mouse.up()


def old_station(page, nth=2):
    return page.evaluate(
        "n => geoplan.whatif.trial.now.list.filter(one => one.role === 'old')[n].key",
        nth,
    )


def test_it_begins_with_the_figures_of_the_page(tried, siting):
    assert covered(tried) == siting.before
    assert f"{siting.before:,.0f} 户" in text(tried, "#sentence")
    assert tried.is_hidden("#list")
    tried.click('[data-do="leave"]')
    assert tried.is_visible("#list")
    assert f"{siting.plan.covered:,.0f} 户" in text(tried, "#sentence")


def test_a_station_is_dragged_and_what_it_does_is_said(tried):
    key, was = old_station(tried), text(tried, "#sentence")
    center = tried.evaluate("geoplan.map.getCenter().lat")
    drag(tried, key, by=(120, 60))
    assert key in state(tried)["moved"]
    assert tried.evaluate("geoplan.map.getCenter().lat") == center
    more = covered(tried) - tried.evaluate("geoplan.whatif.trial.base.covered")
    assert more != 0
    assert f"{abs(more):,.0f} 户" in text(tried, "#trial-said")
    assert f"{abs(more):,.0f} 户" in text(tried, "#sentence") != was
    rows = tried.locator("#trial-grids tbody td:last-child").all_inner_texts()
    assert sum(int(row.replace("−", "-")) for row in rows) == more
    tried.keyboard.press("Control+z")
    assert text(tried, "#sentence") == was
    tried.keyboard.press("Control+y")
    assert covered(tried) == tried.evaluate("geoplan.whatif.trial.base.covered") + more


def test_the_map_still_moves_where_no_station_is(tried):
    center = tried.evaluate("geoplan.map.getCenter().lng")
    tried.mouse.move(760, 300)
    tried.mouse.down()
    tried.mouse.move(700, 310, steps=4)
    tried.mouse.up()
    assert tried.evaluate("geoplan.map.getCenter().lng") != center
    assert not state(tried)["moved"]


def test_stations_are_added_closed_and_opened_and_undone_to_the_start(tried, siting):
    start = text(tried, "#sentence"), text(tried, "#trial-versus")
    room = siting.plan.sites.index[siting.plan.sites["new"]][0]
    tried.click(f'[data-do="switch {room}"]')
    assert state(tried)["opened"] == [room]
    assert covered(tried) > siting.before
    tried.click('[data-do="add"]')
    x, y = spot(tried, old_station(tried))
    tried.mouse.click(x - 120, y - 60)
    (new,) = state(tried)["added"]
    assert new["code"] == "新1"
    tried.fill('[data-do="name"]', "虚构新站")
    tried.keyboard.press("Tab")
    assert state(tried)["added"][0]["name"] == "虚构新站"
    key = old_station(tried)
    tried.click(f'[data-do="switch {key}"]')
    assert state(tried)["closed"] == [key]
    while tried.is_enabled('[data-do="undo"]'):
        tried.click('[data-do="undo"]')
    assert (text(tried, "#sentence"), text(tried, "#trial-versus")) == start
    tried.click('[data-do="redo"]')
    tried.click('[data-do="reset"]')
    assert covered(tried) == siting.before
    assert tried.is_disabled('[data-do="reset"]')


def test_the_best_choice_of_as_many_stands_beside(tried, siting):
    first = next(plan for plan in siting.plans if plan.count == 1)
    tried.keyboard.press("n")
    said = text(tried, "#trial-versus")
    assert f"{first.covered:,.0f} 户" in said
    assert f"{first.covered - covered(tried):,.0f} 户" in said
    tried.click('[data-do="take"]')
    assert covered(tried) == first.covered
    assert state(tried)["opened"] == list(first.sites.index[first.sites["new"]])
    assert "一样多" in text(tried, "#trial-versus")


def test_keys_alone_do_it_all(tried):
    """Choose, move, close, open, add, take away, leave: and all is announced."""
    key = old_station(tried)
    tried.focus(f'[data-do="pick {key}"]')
    tried.keyboard.press("Enter")
    assert "选中" in text(tried, "#trial-said")
    for arrow in ("ArrowRight", "ArrowDown", "Shift+ArrowRight"):
        before = state(tried)["moved"].get(key)
        tried.keyboard.press(arrow)
        assert state(tried)["moved"][key] != before
        assert "挪了位置" in text(tried, "#trial-said")
    tried.keyboard.press("Delete")
    assert state(tried)["closed"] == [key]
    tried.keyboard.press("Delete")
    assert state(tried)["closed"] == []
    tried.keyboard.press("n")
    assert len(state(tried)["added"]) == 1
    tried.keyboard.press("Delete")
    assert state(tried)["added"] == []
    assert tried.get_attribute("#trial-said", "aria-live") == "polite"


def test_a_room_stays_where_it_is(tried):
    room = tried.evaluate(
        "geoplan.whatif.trial.now.list.find(one => one.role === 'room').key"
    )
    drag(tried, room, by=(60, 10))
    assert "不能挪" in text(tried, "#trial-said")
    assert not tried.evaluate("geoplan.whatif.trial.changed()")


def saved(page, tmp_path):
    with page.expect_download() as waiting:
        page.click('[data-do="save"]')
    path = tmp_path / "edits.json"
    waiting.value.save_as(path)
    return path


def best_of(ground, edits, path):
    """Return home → ms to the nearest station, after the edits of a file."""
    stations = stations_edited(ground.study, edits, file=path)
    layers = dataclasses.replace(ground.study.layers, stations=stations)
    study = dataclasses.replace(ground.study, layers=layers)
    again = laid_out(study, network=ground.network, asked=Asked(), lang="zh")
    best = {}
    opens = again.places.frame["existing"]
    for is_open, walks in zip(opens, walked_to_places(again), strict=True):
        for home, ms in walks.items() if is_open else ():
            best[home] = min(ms, best.get(home, ms))
    return best


def reached(page):
    """Return the same of the page."""
    ms = page.evaluate("Array.from(geoplan.whatif.trial.now.ms)")
    return {home: time for home, time in enumerate(ms) if time < 2**31 - 1}


def test_what_is_saved_python_counts_the_same(tried, tmp_path):
    """The file is what ``geoplan apply`` takes; of its stations, the same walks."""
    drag(tried, old_station(tried, 0), by=(40, -30))
    drag(tried, old_station(tried, 4), by=(-50, 40))
    for _ in range(2):
        tried.keyboard.press("n")
        drag(tried, state(tried)["added"][-1]["code"], by=(-90, 70))
    tried.click(f'[data-do="switch {old_station(tried, 6)}"]')
    room = tried.locator("#trial-list div:last-child .tick >> nth=3")
    room.click()
    tried.fill("#trial-by", "示例")
    path = saved(tried, tmp_path)
    raw = json.loads(path.read_text(encoding="utf-8"))
    assert list(raw) == [
        "format",
        "version",
        "geoplan",
        "study",
        "data",
        "made",
        "by",
        "stations",
    ]
    assert list(raw["stations"]) == [
        "circle",
        "added",
        "moved",
        "closed",
        "opened",
        "hours",
        "comments",
    ]
    edits = read_edits(path).stations
    best = best_of(ground_of(), edits, path)
    assert reached(tried) == best
    counts = ground_of().demand["weight"].to_numpy()
    assert sum(counts[home] for home in best) == covered(tried)
    was = state(tried), text(tried, "#sentence")
    tried.click('[data-do="reset"]')
    tried.set_input_files("#trial-open", path)
    until(tried, "geoplan.whatif.trial.state.added.length === 2")
    assert (state(tried), text(tried, "#sentence")) == was


def test_hours_open_a_station_where_the_circle_asks_for_them(page, tmp_path):
    ground = night()
    siting = siting_of(ground, asked=Asked(counts=range(1, 2)))
    file = written(siting, tmp_path / "night.html", ground=ground)
    begun(page, file)
    assert covered(page) == siting.before
    shut = page.evaluate("geoplan.whatif.trial.now.list.find(one => one.asleep).key")
    page.click(f'[data-do="pick {shut}"]')
    assert "这个时间不开" in text(page, "#trial-card")
    page.select_option("#trial-card select", "24/7")
    assert covered(page) > siting.before
    page.keyboard.press("n")
    path = saved(page, tmp_path)
    edits = read_edits(path).stations
    assert edits.hours == {shut: "24/7", "新1": ground_hours(page)}
    assert best_of(ground, edits, path) == reached(page)
    was = state(page)
    assert "接着上次" in text(begun(page, file), "#trial-said")
    assert state(page) == was
    page.click('[data-do="pick 新1"]')
    page.select_option("#trial-card select", "Mo-Fr 08:30-17:30")
    assert not page.evaluate("geoplan.whatif.trial.now.list.slice(-1)[0].open")
    page.click('[data-do="reset"]')
    assert covered(page) == siting.before


def ground_hours(page):
    """Return the hours that a new station gets, so that it is open then."""
    return page.evaluate("geoplan.whatif.trial.usual")


def test_where_no_hour_is_asked_the_page_says_so(tried):
    tried.click(f'[data-do="pick {old_station(tried)}"]')
    assert "不问开放时间" in text(tried, "#trial-card")


WRONG = [
    ({"data": "0" * 64}, "另一份数据"),
    ({"format": "other"}, "不是 geoplan 保存的"),
    ({"stations": {"circle": "别的圈"}}, "别的圈"),
    ({"stations": {"circle": "15分钟服务圈", "closed": ["没有"]}}, "“没有”"),
    (
        {
            "stations": {
                "circle": "15分钟服务圈",
                "moved": [{"code": "Z1", "x": 1, "y": 2}],
            }
        },
        "能设站的路",
    ),
    ({"stations": {"circle": "15分钟服务圈", "closed": 3}}, "不是 geoplan 保存的"),
]


def test_a_file_that_does_not_fit_changes_nothing(tried, tmp_path):
    path = saved(tried, tmp_path)
    raw = json.loads(path.read_text(encoding="utf-8"))
    for wrong, said in WRONG:
        tried.evaluate("geoplan.whatif.panel.say('')")
        path.write_text(json.dumps({**raw, **wrong}), encoding="utf-8")
        tried.set_input_files("#trial-open", path)
        until(
            tried,
            "said => document.getElementById('trial-said').textContent.includes(said)",
            said,
        )
        assert not tried.evaluate("geoplan.whatif.trial.changed()")


def test_hostile_names_are_text(page, tmp_path):
    log = Log(page)
    file = tmp_path / "sites.html"
    file.write_text(page_of(names=HOSTILE), encoding="utf-8")
    begun(page, file)
    page.keyboard.press("n")
    for row in page.locator("#trial-list .name").all()[:4]:
        row.click()
        page.keyboard.press("Delete")
    page.evaluate("geoplan.paper.paper('A4')")
    assert page.evaluate("window.broken === undefined")
    assert page.evaluate("!document.querySelector('#side img, #trial script')")
    assert log.is_clean(), log.said


def test_by_touch_on_a_phone(browser, file):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = begun(context.new_page(), file)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    key = old_station(page)
    x, y = spot(page, key)
    fingers = context.new_cdp_session(page)

    def touch(kind, *points):
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", {"x": x, "y": y})
    for k in range(1, 8):
        touch("touchMove", {"x": x + 6 * k, "y": y + 4 * k})
    touch("touchEnd")
    assert key in state(page)["moved"]
    context.close()

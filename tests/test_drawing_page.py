"""Drawing by hand in the page of division: every gesture, in a real Chromium."""

import json
import random
import re

import numpy as np
import pytest
import shapely
from drawn import HOSTILE
from test_division_page import laid, page_of
from windows import Log

from geoplan.maps.shell import read
from geoplan.recipes.edits.reading import read_edits

pytestmark = pytest.mark.browser

TO = "Array.from(geoplan.sketch.judge.to)"
STEPS = "geoplan.sketch.past.done.length"
PLACE = """unit => {
    const [x, y] = geoplan.keys.middle(unit);
    const box = geoplan.map.getContainer().getBoundingClientRect();
    const at = geoplan.map.latLngToContainerPoint(geoplan.frame.toLatLng(x, y));
    return [box.left + at.x, box.top + at.y];
}"""
#: units of the drawn town by what they are called, as the page numbers them
UNITS = ["A-001", "A-002", "B-001", "B-002", "B-003", "C-001", "C-002", "D-001"]
A1, A2, B1, B2, B3, C1, C2, D1 = range(8)
GRID_A, GRID_B, GRID_C, GRID_D = range(4)


class Hand:
    """A page in the mode of drawing, from today's division."""

    def __init__(self, page, text, folder):
        self.page, self.file = page, folder / "page.html"
        self.file.write_text(text, encoding="utf-8")
        self.log = Log(page)
        self.open()

    def open(self):
        self.page.goto(self.file.as_uri())
        self.page.wait_for_selector("html[data-ready]")
        self.page.click("#mode-draw")
        self.page.select_option("#draw-start", "-1")

    def at(self, unit):
        return self.page.evaluate(PLACE, unit)

    def click(self, unit, **options):
        self.page.mouse.click(*self.at(unit), **options)

    def key(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def said(self):
        return " ".join(self.page.inner_text("#guide").split())

    def to(self):
        return self.page.evaluate(TO)

    def steps(self):
        return self.page.evaluate(STEPS)

    def saved(self):
        return json.loads(self.page.evaluate("geoplan.keeping.file()"))

    def load(self, edits):
        text = edits if isinstance(edits, str) else json.dumps(edits)
        self.page.set_input_files(
            "#draw-open",
            {"name": "e.json", "mimeType": "application/json", "buffer": text.encode()},
        )
        self.page.wait_for_timeout(60)


#: Puts the page back to where it was when it was opened.
AFRESH = """() => {
    const { sketch, hand } = geoplan;
    localStorage.clear();
    sketch.locked.clear();
    Object.assign(sketch, { notes: [], rest: {}, by: "", target: sketch.NONE });
    document.activeElement.blur();
    document.getElementById("draw-by").value = "";
    document.getElementById("draw-kept").textContent = "";
    geoplan.brush.cursor = -1;
    hand.enter(false);
    geoplan.division.choose(0);
    sketch.restart(-1, true);
    hand.enter(true);
    hand.refresh();
    geoplan.page.fit(geoplan.map);
}"""


@pytest.fixture(scope="module")
def opened(browser, tmp_path_factory):
    """Give one page for all tests that leave it as it was."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN"
    )
    yield Hand(context.new_page(), page_of(), tmp_path_factory.mktemp("page"))
    context.close()


@pytest.fixture
def hand(opened):
    """Give the drawn town's page in the mode of drawing."""
    opened.page.evaluate(AFRESH)
    yield opened
    assert not opened.log.said
    assert set(opened.log.asked) <= {opened.file.as_uri(), "about:blank"}


# From not knowing the page to a saved file


def test_a_block_is_moved_both_grids_are_told_it_is_undone_and_saved(hand, tmp_path):
    page = hand.page
    start = hand.to()
    assert "第一步：在地图上点一个网格" in hand.said()
    hand.click(A1)
    assert "已选" in hand.said()
    assert "98 户" in page.inner_text("#draw-aim")
    page.mouse.move(*hand.at(B3))
    page.wait_for_selector("#hand-tip:not([hidden])")
    tip = page.inner_text("#hand-tip")
    assert "36 户" in tip
    assert "→" in tip
    hand.click(B3)
    assert re.search(r"98 → 134 户（\+36）；.*98 → 62 户（−36）", hand.said())
    rows = page.inner_text("#hand-balance tbody")
    assert "+36" in rows
    assert "−36" in rows
    assert "36 户" in page.inner_text("#sentence")
    hand.key("Control+z")
    assert hand.to() == start
    hand.key("Control+y")
    assert hand.to() != start
    with page.expect_download() as download:
        page.click("#draw-save")
    assert download.value.suggested_filename == "示例街道（虚构） 网格调整.json"
    file = tmp_path / "edits.json"
    download.value.save_as(file)
    edits = read_edits(file)
    assert dict(edits.grids.to) == {"B-003": "A"}
    assert edits.data == "f" * 64
    assert edits.grids.units_hash == json.loads(file.read_text())["grids"]["units"]


# Mouse


def test_a_fast_drag_is_one_move_and_leaves_out_no_block_on_its_way(hand):
    start = hand.to()
    hand.click(B1)
    hand.page.mouse.move(*hand.at(A1))
    hand.page.mouse.down()
    hand.page.mouse.move(*hand.at(A2), steps=1)
    assert hand.steps() == 0
    hand.page.mouse.up()
    now = hand.to()
    assert now[A1] == now[A2] == GRID_B
    assert hand.steps() == 1
    hand.key("z")
    assert hand.to() == start
    hand.key("y")
    assert hand.to() == now


def test_undo_to_the_start_gives_the_start_and_redo_the_end(hand):
    start = hand.to()
    chance = random.Random(5)  # noqa: S311  a walk, no secret
    hand.click(A1)
    for _ in range(30):
        if chance.random() < 0.3:
            hand.key("v")
        hand.click(chance.choice([A1, A2, B1, B2, B3, C1, D1]))
        if chance.random() < 0.2:
            hand.key("z")
        if chance.random() < 0.1:
            hand.key("y")
    hand.key(*["y"] * 10)
    end, steps = hand.to(), hand.steps()
    assert steps > 2
    hand.key(*["z"] * (steps + 3))
    assert hand.to() == start
    assert hand.steps() == 0
    hand.key(*["y"] * (steps + 3))
    assert hand.to() == end
    judged = hand.page.evaluate(
        """() => {
            const { judge } = geoplan.sketch;
            const again = geoplan.judge.judge(judge.on, judge.to);
            const told = one => JSON.stringify([one.totals(), one.flows()]);
            return [told(judge), told(again)];
        }"""
    )
    assert judged[0] == judged[1]


def test_alt_picks_a_grid_and_space_or_the_right_button_moves_the_map(hand):
    page, start = hand.page, hand.to()
    hand.click(A1)
    page.keyboard.down("Alt")
    hand.click(B1)
    page.keyboard.up("Alt")
    assert page.evaluate("geoplan.sketch.target") == GRID_B
    center = page.evaluate("geoplan.map.getCenter().lng")
    x, y = hand.at(A1)
    page.keyboard.down("Space")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 10)
    page.mouse.up()
    page.keyboard.up("Space")
    moved = page.evaluate("geoplan.map.getCenter().lng")
    assert moved < center
    page.mouse.move(x, y)
    page.mouse.down(button="right")
    page.mouse.move(x - 60, y)
    page.mouse.up(button="right")
    assert page.evaluate("geoplan.map.getCenter().lng") > moved
    assert hand.to() == start
    page.keyboard.press("v")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 50, y, steps=4)
    page.mouse.up()
    assert hand.to() == start


def test_escape_takes_a_stroke_back(hand):
    start = hand.to()
    hand.click(A1)
    hand.page.mouse.move(*hand.at(B3))
    hand.page.mouse.down()
    assert hand.to() != start
    hand.key("Escape")
    hand.page.mouse.up()
    assert hand.to() == start
    assert hand.steps() == 0


# What may not be


def test_borders_of_communities_and_locked_grids_hold_and_the_page_says_why(hand):
    page, start = hand.page, hand.to()
    hand.click(A1)
    hand.click(C1)
    assert "不能跨社区" in hand.said()
    hand.key("v")
    hand.click(D1)
    assert "锁定的，不调整" in hand.said()
    hand.click(C1)
    hand.click(D1)
    assert "锁定的，不调整" in hand.said()
    page.click(f'#hand-balance tr[data-grid="{GRID_C}"] .lock')
    assert page.inner_text("#draw-aim").endswith("还没选网格")
    hand.click(C2)
    assert "已锁定" in hand.said()
    assert hand.to() == start
    assert hand.saved()["grids"]["locked"] == ["C"]


def test_a_grid_that_was_drawn_in_can_be_locked_but_is_not_saved_as_one_that_stays(
    hand,
):
    page = hand.page
    hand.click(A1)
    hand.click(B3)
    hand.key("l")
    hand.click(A2)
    assert "已锁定" in hand.said()
    assert hand.saved()["grids"]["locked"] == []
    assert page.evaluate("geoplan.division.now.size") == 3  # all but D
    hand.key("z")
    assert hand.saved()["grids"]["locked"] == ["A"]
    assert page.evaluate("geoplan.division.now.size") == 2
    page.click(f'#hand-balance tr[data-grid="{GRID_A}"] .lock')
    assert hand.saved()["grids"]["locked"] == []


def test_a_comparison_is_not_drawn_in(page, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(page_of(task="given"), encoding="utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    assert page.query_selector("#mode") is None


# Keys


def test_the_keyboard_alone_does_it(hand):
    page, start = hand.page, hand.to()
    page.evaluate("geoplan.keys.to(0)")
    hand.key("Enter")
    assert page.evaluate("geoplan.sketch.target") == GRID_A
    page.evaluate(f"geoplan.keys.to({B3})")
    hand.key("Enter")
    assert hand.to()[B3] == GRID_A
    hand.key("z")
    assert hand.to() == start
    page.evaluate(f"geoplan.keys.to({B1})")
    hand.key("Shift+Enter")
    assert page.evaluate("geoplan.sketch.target") == GRID_B
    seen = {page.evaluate("geoplan.brush.cursor")}
    for key in ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"] * 3:
        hand.key(key)
        seen.add(page.evaluate("geoplan.brush.cursor"))
    assert len(seen) > 3
    assert "户" in hand.said()


def test_every_unit_can_be_come_to_with_the_arrows(hand):
    missing = hand.page.evaluate(
        """() => {
            const seen = new Set([0]);
            const found = [0];
            const press = key => document.body.dispatchEvent(
                new KeyboardEvent("keydown", { key, bubbles: true }));
            const keys = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];
            for (let k = 0; k < found.length; k += 1) {
                keys.forEach(key => {
                    geoplan.brush.cursor = found[k];
                    press(key);
                    if (!seen.has(geoplan.brush.cursor)) {
                        seen.add(geoplan.brush.cursor);
                        found.push(geoplan.brush.cursor);
                    }
                });
            }
            return geoplan.division.n - seen.size;
        }"""
    )
    assert missing == 0


# New grids, broken ones, blocks without a grid


def test_a_new_grid_starts_with_a_block_and_has_the_next_code(hand):
    start = hand.to()
    hand.key("g")
    assert "新网格" in hand.said()
    hand.click(B1)
    edits = hand.saved()["grids"]["to"]
    assert set(edits) == {"B-001"}
    assert edits["B-001"].startswith("K1")
    hand.key("z")
    assert hand.to() == start
    assert hand.saved()["grids"]["to"] == {}
    hand.key("g")
    hand.click(B1)
    assert hand.saved()["grids"]["to"] == edits


BARRIERS = "geoplan.sketch.rules().find(rule => rule.id === 'G2')"


def test_a_broken_grid_is_found_and_mended(hand):
    page = hand.page
    broken = "geoplan.sketch.judge.totals().broken"
    hand.click(A1)
    hand.click(B1)
    hand.key("v")
    hand.click(B3)
    hand.click(A1)
    assert page.evaluate(broken) == [GRID_A, GRID_B]
    assert "断开了" in hand.said()
    assert "断成 2 片" in page.inner_text("#hand-trouble")
    assert "硬性规则没有通过" in page.inner_text("#sentence")
    # whether a barrier parts it only its polygon tells
    assert not page.evaluate(BARRIERS)
    hand.key("n")
    assert "断成 2 片" in hand.said()
    steps = hand.steps()
    hand.key("r")
    assert "建议" in hand.said()
    assert hand.steps() == steps
    while page.evaluate(broken):
        hand.key("r")
        page.click("#draw-yes")
    assert hand.steps() == steps + 2
    assert "每个网格都连成一片" in page.inner_text("#hand-trouble")
    assert page.evaluate(BARRIERS)["passed"]  # nobody walks across one
    hand.key("z", "z")
    assert page.evaluate(broken) == [GRID_A, GRID_B]


def test_a_grid_taken_apart_is_dealt_to_its_neighbours(hand):
    page = hand.page
    hand.click(A1)
    page.click("#draw-dissolve")
    assert "已拆开" in hand.said()
    assert "2 块地没有网格（98 户）" in page.inner_text("#hand-trouble")
    page.click("#hand-trouble .mend")
    page.click("#draw-yes")
    now = hand.to()
    assert now[A1] == now[A2] == GRID_B
    assert page.evaluate("geoplan.sketch.judge.totals().loose") == []
    hand.key("z", "z")
    assert hand.steps() == 0


# Comments


def test_comments_are_pinned_to_the_metre_kept_and_taken_back(hand):
    page = hand.page
    page.click("#draw-note")
    hand.click(B3)
    page.keyboard.type(HOSTILE[0])
    page.keyboard.press("Enter")
    (note,) = hand.saved()["grids"]["comments"]
    assert note["text"] == HOSTILE[0].strip()
    assert page.evaluate("window.broken === undefined")
    frame = laid()[1].units.frame
    unit = frame.geometry.iloc[B3]
    assert shapely.contains_xy(unit, note["x"], note["y"])
    assert HOSTILE[0].strip() in page.inner_text("#hand-remarks")
    page.click("#hand-remarks .link")
    page.fill("#draw-text", "请现场核对")
    page.click("#draw-note-keep")
    assert hand.saved()["grids"]["comments"][0]["text"] == "请现场核对"
    page.click("#hand-remarks .drop")
    assert hand.saved()["grids"]["comments"] == []
    hand.key("z", "z")
    assert hand.saved()["grids"]["comments"] == [note]
    hand.key("z")
    assert hand.steps() == 0


# Saving and opening


def drawn(hand):
    """Draw something of everything; return the file of it."""
    hand.click(A1)
    hand.click(B3)
    hand.key("g")
    hand.click(C1)
    hand.page.click("#draw-note")
    hand.click(A2)
    hand.page.keyboard.type("备注")
    hand.page.keyboard.press("Enter")
    hand.page.fill("#draw-by", "王某")
    return hand.saved()


def same(one, other):
    return {**one, "made": ""} == {**other, "made": ""}


def test_what_is_saved_is_what_is_opened(hand):
    edits = drawn(hand)
    assert edits["by"] == "王某"
    assert edits["grids"]["option"] == 0
    hand.page.evaluate(AFRESH)
    assert hand.saved()["grids"]["to"] == {}
    hand.load(edits)
    assert "已打开" in hand.said()
    assert same(hand.saved(), edits)
    hand.key("z")
    assert hand.saved()["grids"]["to"] == {}
    hand.key("y")
    assert same(hand.saved(), edits)


def test_what_a_page_of_stations_saved_in_the_file_is_kept(hand):
    edits = drawn(hand) | {"stations": {"circle": "3分钟圈", "closed": ["S1"]}}
    hand.load(edits)
    assert hand.saved()["stations"] == edits["stations"]


WRONG = {
    "other data": (lambda e: {**e, "data": "0" * 64}, "另一份数据"),
    "other units": (lambda e: patched(e, units="0" * 64), "地块和这份网页的不一样"),
    "newer": (lambda e: {**e, "version": 2}, "版本"),
    "no edits": (lambda _: {"type": "FeatureCollection"}, "不是 geoplan"),
    "no JSON": (lambda _: "code,name\n1,2", "不是 geoplan"),
    "no grids": (lambda e: {k: v for k, v in e.items() if k != "grids"}, "没有网格"),
    "no unit": (lambda e: patched(e, to={"X-001": "A"}), "X-001"),
    "no text": (lambda e: patched(e, to={"A-001": 7}), "读不懂"),
    "locked": (lambda e: patched(e, to={"C-001": "D"}), "不能调整的网格 D"),
    "community": (lambda e: patched(e, to={"A-001": "C"}), "别的社区"),
    "comments": (lambda e: patched(e, comments=[{"x": 1}]), "读不懂"),
    "list": (lambda e: patched(e, to=[]), "读不懂"),
}


def patched(edits, **changes):
    return {**edits, "grids": {**edits["grids"], **changes}}


def test_a_file_that_is_of_something_else_is_refused_in_words(hand):
    edits = drawn(hand)
    for name, (spoil, words) in WRONG.items():
        hand.load(spoil(edits))
        assert words in hand.said(), name
        assert "loud" in hand.page.get_attribute("#guide", "class")
        assert same(hand.saved(), edits), name


def test_the_browser_remembers_and_asks_before_it_goes_on(hand):
    page = hand.page
    edits = drawn(hand)
    page.wait_for_selector("#draw-kept:not(:empty)")
    for _ in range(100):
        if "备注" in page.evaluate("Object.values(localStorage).join('')"):
            break
        page.wait_for_timeout(50)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.click("#mode-draw")
    assert "上次画到一半" in hand.said()
    page.click("#draw-recall")
    assert same(hand.saved(), edits | {"by": hand.saved()["by"]})
    page.evaluate("localStorage.clear()")


def test_places_go_to_metres_and_back(hand):
    frame = laid()[1].units.frame
    west, south, east, north = frame.total_bounds
    rng = np.random.default_rng(1)
    xy = np.column_stack(
        [rng.uniform(west, east, 200), rng.uniform(south, north, 200)]
    ).tolist()
    back = hand.page.evaluate(
        """xy => xy.map(([x, y]) => {
            const { toPage, toCrs } = geoplan.plane;
            return toCrs(...toPage(x, y));
        })""",
        xy,
    )
    assert np.abs(np.array(back) - np.array(xy)).max() < 0.005


# Options, and the way out


def test_drawing_starts_from_any_option_and_leaves_the_page_as_it_was(hand):
    page = hand.page
    sentence = page.evaluate("document.getElementById('sentence').textContent")
    page.select_option("#draw-start", "1")
    assert hand.steps() in {0, 1}
    assert hand.saved()["grids"]["option"] == 2
    hand.click(B3)
    hand.click(A1)
    edits = hand.saved()
    page.click("#mode-view")
    assert not page.is_visible("#bench")
    assert page.is_visible("#options")
    hand.click(B1)
    assert same(hand.saved(), edits)
    page.click('.card[data-plan="0"]')
    page.click("#mode-draw")
    assert same(hand.saved(), edits)
    page.select_option("#draw-start", "-1")
    assert page.evaluate("document.getElementById('sentence').textContent") == sentence


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_names_stay_text_while_they_are_drawn(page, tmp_path, lang):
    hand = Hand(page, page_of(lang=lang, names=HOSTILE), tmp_path)
    for unit in (A1, B3, B1, C1):
        hand.click(unit)
        page.wait_for_timeout(20)
    hand.key("n", "r", "l", "g")
    hand.click(C2)
    assert page.evaluate("window.broken === undefined")
    assert page.query_selector("#place img, #side img") is None
    assert hand.log.is_clean(), hand.log.said


# Fingers


@pytest.fixture
def phone(browser, tmp_path):
    """Give the page on a phone, and what sends it touches."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
    )
    page = context.new_page()
    hand = Hand(page, page_of(), tmp_path)
    session = context.new_cdp_session(page)

    def touch(kind, *places):
        points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    yield hand, touch
    assert not hand.log.said
    context.close()


def test_a_finger_draws_and_two_move_the_map(phone):
    hand, touch = phone
    page, start = hand.page, hand.to()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.touchscreen.tap(*hand.at(B1))
    assert page.evaluate("geoplan.sketch.target") == GRID_B
    touch("touchStart", hand.at(A1))
    touch("touchMove", hand.at(A2))
    page.wait_for_timeout(150)
    touch("touchMove", hand.at(A2))  # at rest: no browser takes the next tap for a stop
    touch("touchEnd")
    assert hand.to()[A1] == hand.to()[A2] == GRID_B
    assert hand.steps() == 1
    page.tap("#draw-undo")
    assert hand.to() == start
    zoom = page.evaluate("geoplan.map.getZoom()")
    (x, y), end = hand.at(A1), hand.at(C2)
    touch("touchStart", (x, y))
    touch("touchMove", (x + 3, y))
    touch("touchStart", (x + 3, y), end)
    for k in range(1, 8):
        touch("touchMove", (x - 6 * k, y - 6 * k), (end[0] + 6 * k, end[1] + 6 * k))
        page.wait_for_timeout(20)
    touch("touchEnd")
    page.wait_for_timeout(300)
    assert page.evaluate("geoplan.map.getZoom()") > zoom
    assert hand.to() == start


# Chromium 78


def test_styles_are_those_of_chromium_78():
    newer = r"[^-]\bgap:|\binset:|aspect-ratio|:is\(|:where\(|:has\(|@container|@layer"
    style = read("drawing.css")
    assert re.findall(newer + r"|dvh|clamp\(|\n\s*&", style) == []

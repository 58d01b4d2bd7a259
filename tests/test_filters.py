"""Filters: each is the circle that a study could have asked for, and sums to it."""

import dataclasses
import json
from functools import cache
from urllib.parse import quote

import numpy as np
import pytest
from conftest import until
from drawn import CIRCLES, HOSTILE, IMPRINT, WALKER, block, decoded, town

from geoplan.coverage import cover
from geoplan.maps import coverage_page

ITEM = HOSTILE[2]
HOURS = {"evening": "周一至周日 8:00-21:00", "office": "周一至周五 9:00-17:00"}


@cache
def asked():
    """Return the drawn town with items, hours, gates that shut, estates, elderly."""
    layers, network, around = town()
    stations = layers.stations.assign(
        items=[f"养老服务、{ITEM}", "养老服务、托幼", "快递代收"],
        hours=[*HOURS.values(), ""],
    )
    compounds = layers.compounds.assign(managed=[False], built_year=[1985.0])
    gates = layers.gates.assign(hours=["6:00-18:00"])
    grids = layers.grids.assign(elderly=[40.0, 35.0, 3.0, 52.0])
    given = {"stations": stations, "compounds": compounds, "gates": gates}
    return dataclasses.replace(layers, grids=grids, **given), network, around


@cache
def found(circles=CIRCLES):
    layers, network, around = asked()
    return cover(
        layers, network=network, surroundings=around, circles=circles, walker=WALKER
    )


@cache
def page(*, public=False):
    layers, network, around = asked()
    return coverage_page(
        found(),
        layers=layers,
        network=network,
        surroundings=around,
        imprint=dataclasses.replace(IMPRINT, public=public),
    )


def data(**how):
    return json.loads(block(page(**how), "data"))


def counts(mask):
    """Return the households in some of the buildings."""
    homes = found().buildings
    chosen = homes["counted"].to_numpy(bool) & np.asarray(mask, bool)
    return homes["households"].to_numpy()[chosen].sum()


# The same figures as a circle of the study that asks


@cache
def asking():
    """Return every offer and the circle of a study that asks for the same."""
    pairs = []
    for offer in found().offers:
        circle = next(one for one in CIRCLES if one.name == offer.circle)
        wanted = {"item": {"items": (offer.name,)}, "hours": {"hours": offer.name}}
        name = f"{offer.circle} {offer.about} {offer.name}"
        changed = dataclasses.replace(circle, name=name, **wanted[offer.about])
        pairs.append((offer, changed))
    return tuple(pairs)


def test_an_offer_is_the_circle_that_asks_for_it():
    same = found(tuple(circle for _, circle in asking()))
    assert {offer.about for offer, _ in asking()} == {"item", "hours"}
    assert len(asking()) >= 8
    for number, (offer, circle) in enumerate(asking(), start=1):
        rows = same.minutes[same.minutes["circle"] == circle.name]
        walks = rows.set_index("building")["minutes"].notna()
        assert (offer.met == walks.reindex(offer.met.index)).all(), circle.name
        total = same.street[f"households_any_{number}"].iloc[0]
        assert counts(offer.met) == total
        stations = same.results["circles"][number - 1]["stations"]
        assert len(offer.stations) == stations


def test_a_gate_that_is_shut_at_an_hour_is_no_way():
    """The compound's only gate shuts at 18:00: nobody inside walks out at 19:30."""
    wide = found((dataclasses.replace(CIRCLES[0], minutes=9),))
    inside = wide.buildings["compound"] != ""
    met = {offer.name: offer.met for offer in wide.offers}
    assert inside.any()
    assert met["养老服务"][inside].any()
    assert not met["evening"][inside].any()
    assert met["evening"][~inside].any()


def test_a_circle_that_asks_already_is_offered_nothing_more():
    asking = dataclasses.replace(CIRCLES[0], items=("托幼",), hours="office")
    assert found((asking,)).offers == ()


def test_items_add_up_to_the_table_of_services():
    table = found().services["items"]
    for offer in (one for one in found().offers if one.about == "item"):
        rows = table[(table["circle"] == offer.circle) & (table["item"] == offer.name)]
        homes = found().buildings
        for row in rows[rows["level"] == "community"].itertuples():
            here = (homes["community"] == row.code) & offer.met
            assert counts(here) == row.households_any


# What the page carries


def test_masks_kinds_and_groups_are_those_of_the_coverage():
    filters = data()["filters"]
    for k, circle in enumerate(CIRCLES):
        offers = [o for o in found().offers if o.circle == circle.name]
        assert [o["name"] for o in filters["offers"][k]] == [o.name for o in offers]
        masks = np.array(decoded(filters["met"][k][0]))
        for bit, offer in enumerate(offers):
            assert ((masks >> bit & 1) == offer.met.to_numpy()).all()
    kinds = found().services["compound_kinds"]
    kinds = kinds[(kinds["circle"] == CIRCLES[0].name) & (kinds["kind"] == "unmanaged")]
    assert filters["kinds"] == ["unmanaged"]  # the old ones are the same
    assert counts(decoded(filters["kind"][0])) == kinds["households_total"].iloc[0]


def test_a_group_is_told_by_areas_and_small_counts_are_not():
    filters = data()["filters"]
    told = filters["groups"][0]["elderly"]
    assert told["street"]["total"] == [130]
    assert None in told["grid"]["total"]  # 3 in one, so another one too
    assert 3 not in told["grid"]["total"]
    assert "elderly" not in json.dumps(data()["buildings"])


def test_a_public_page_has_neither_groups_nor_kinds():
    filters = data(public=True)["filters"]
    assert filters["kinds"] == filters["kind"] == []
    assert filters["groups"] == [{}, {}]
    assert filters["offers"][0]


def test_nothing_to_tell_is_no_filter():
    layers, network, around = town()
    bare = cover(
        dataclasses.replace(layers, compounds=None, gates=None),
        network=network,
        surroundings=around,
        circles=CIRCLES[1:],
        walker=WALKER,
    )
    assert bare.offers == ()


# In a browser


@pytest.fixture(scope="module")
def opened(browser, tmp_path_factory):
    """Give the page, open; every test leaves it without a filter."""
    file = tmp_path_factory.mktemp("filters") / "page.html"
    file.write_text(page(), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    view = context.new_page()
    said = []
    view.on("console", lambda message: said.append(message.text))
    view.on("pageerror", lambda error: said.append(str(error)))
    view.goto(file.as_uri())
    view.wait_for_selector("html[data-ready]")
    yield view
    assert said == []
    context.close()


def rows(view):
    """Return what the table says is out and in all, whole rows shown."""
    if view.locator("#more .link").count():
        view.locator("#more .link").last.click()
    cells = view.locator("#rows tr").evaluate_all(
        "rows => rows.map(r => Array.from(r.cells).slice(1, 3).map("
        "c => Number(c.textContent.replace(',', ''))))"
    )
    return np.array(cells).reshape(-1, 2).sum(axis=0).tolist()


def map_drawn(view):
    return view.evaluate(
        "Array.from(document.querySelectorAll('#place canvas'))"
        ".map(c => c.toDataURL()).join()"
    )


@pytest.mark.browser
@pytest.mark.parametrize("key", ["item 养老服务", f"item {ITEM}", "hours evening"])
def test_a_choice_of_stations_is_followed_everywhere(opened, key):
    about, _, name = key.partition(" ")
    offer = next(o for o in found().offers if (o.about, o.name) == (about, name))
    before = map_drawn(opened)
    opened.select_option("#filter-stations", key)
    total, met = counts(offer.met | ~offer.met), counts(offer.met)
    sentence = opened.inner_text("#sentence")
    assert f"{met:g} 户" in sentence
    assert f"{total:g} 户" in sentence
    assert rows(opened) == [total - met, total]
    assert map_drawn(opened) != before
    assert not opened.is_visible("#views")  # own stations are not known of an item
    opened.click("#levels button >> nth=1")
    assert rows(opened) == [total - met, total]
    opened.click("#levels button >> nth=0")
    opened.click("#clear")
    assert map_drawn(opened) == before
    assert not opened.is_visible("#clear")


@pytest.mark.browser
def test_homes_and_stations_are_chosen_together(opened):
    inside = found().buildings["compound"] != ""
    offer = next(o for o in found().offers if o.name == "托幼")
    opened.select_option("#filter-homes", "unmanaged")
    total = counts(inside)
    assert "无物业小区" in opened.inner_text("#sentence")
    assert rows(opened)[1] == total
    opened.click("#views button >> nth=1")
    assert opened.evaluate("geoplan.state.view") == "own"
    opened.select_option("#filter-stations", "item 托幼")
    assert opened.evaluate("geoplan.state.view") == "any"
    assert rows(opened) == [total - counts(inside & offer.met), total]
    written = f"{quote('item 托幼')},unmanaged"
    until(opened, "text => location.hash.endsWith(text)", written)
    said = opened.inner_text("#sentence")
    opened.reload()
    opened.wait_for_selector("html[data-ready]")
    assert opened.inner_text("#sentence") == said
    opened.click("#circles button >> nth=1")  # nobody there looks after children
    assert opened.input_value("#filter-stations") == ""
    assert opened.input_value("#filter-homes") == "unmanaged"
    opened.click("#circles button >> nth=0")
    opened.click("#clear")


@pytest.mark.browser
def test_a_group_counts_people_and_goes_alone(opened):
    opened.select_option("#filter-stations", "item 托幼")
    opened.select_option("#filter-homes", "elderly")
    assert opened.input_value("#filter-stations") == ""
    assert "130 人" in opened.inner_text("#sentence")
    assert "不足 5 人" in opened.inner_text("#band")
    told = data()["filters"]["groups"][0]["elderly"]["grid"]
    known = [n for n, m in zip(told["total"], told["any"], strict=True) if n and m]
    assert rows(opened)[1] == sum(known)
    assert "人" not in opened.evaluate(
        "(geoplan.state.set({pick: {kind: 'building', i: 3}}), "
        "document.getElementById('dock').textContent)"
    )
    opened.evaluate("geoplan.state.set({pick: null})")
    opened.select_option("#filter-stations", "item 托幼")
    assert opened.input_value("#filter-homes") == ""
    opened.click("#clear")
    assert "户" in opened.inner_text("#sentence")


@pytest.mark.browser
@pytest.mark.parametrize("hash_", ["#1/15/1/1/%/%,%", "#1/15/1/1//item none,nobody"])
def test_an_address_that_nobody_wrote_does_no_harm(opened, hash_):
    plain = opened.url.partition("#")[0]
    opened.goto("about:blank")
    opened.goto(plain + hash_)
    opened.wait_for_selector("html[data-ready]")
    assert not opened.is_visible("#clear")
    opened.goto("about:blank")
    opened.goto(plain)
    opened.wait_for_selector("html[data-ready]")


@pytest.mark.browser
def test_a_phone_has_the_filters_in_a_tab(opened):
    opened.set_viewport_size({"width": 390, "height": 844})
    assert not opened.is_visible("#filter")
    opened.click("#tab-filter")
    opened.select_option("#filter-stations", "item 养老服务")
    assert opened.is_visible("#clear")
    assert opened.is_hidden("#list")
    opened.click("#clear")
    opened.click('[data-tab="list"]')
    assert opened.is_visible("#list")
    opened.set_viewport_size({"width": 1366, "height": 768})

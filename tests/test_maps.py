"""Pages: the lattice by hand, the seal, the answer's words, the files inside."""

import base64
import dataclasses
import hashlib
import json
import re
import string
from importlib.resources import files

import numpy as np
import pytest
import shapely
from drawn import (
    CIRCLES,
    HOSTILE,
    IMPRINT,
    block,
    covered,
    decoded,
    page_of,
    read_shapes,
)
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer
from towns import METRIC

from geoplan.errors import UsageError
from geoplan.maps import PageError, coverage_page, entry, index_page
from geoplan.maps.answer import answers, share
from geoplan.maps.assets import inlined, manifest, vendored
from geoplan.maps.encoding import Grain, ints, optional, shapes
from geoplan.maps.outlines import outlines
from geoplan.maps.routes import routes
from geoplan.maps.seal import seal
from geoplan.wording import texts

HERE = (500_000.0, 3_380_000.0)  # in METRIC


def around(*geometries):
    return Grain.of(shapely.union_all(list(geometries)).bounds, crs=METRIC)


# Columns and shapes


@given(st.lists(st.integers(-(2**33), 2**33 - 1)))
def test_numbers_come_back(numbers):
    assert decoded(ints(numbers)) == numbers


def test_a_missing_number_is_not_zero():
    assert decoded(optional([0, np.nan, 2.5], steps=10)) == [1, 0, 26]


def test_shapes_come_back_within_a_step():
    x, y = HERE
    holed = shapely.box(x, y, x + 90, y + 60) - shapely.box(
        x + 9, y + 9, x + 20, y + 20
    )
    line = shapely.LineString([(x, y), (x + 40, y + 7), (x + 90, y)])
    pair = shapely.MultiPoint([(x + 1, y + 1), (x + 2, y + 5)])
    layer = np.array([holed, line, pair, shapely.Polygon(), None], dtype=object)
    grain = around(holed, line)
    read = read_shapes(shapes(layer, grain=grain))
    assert [len(feature) for feature in read] == [2, 1, 2, 0, 0]
    assert [len(part) for part in read[0]] == [4, 4]
    back = Transformer.from_crs("EPSG:3857", METRIC, always_xy=True)
    steps = read[1][0]
    places = back.transform(
        grain.west + steps[:, 0] * grain.step, grain.north - steps[:, 1] * grain.step
    )
    assert np.abs(np.column_stack(places) - shapely.get_coordinates(line)).max() < 0.4


def test_points_that_fall_together_are_written_once():
    x, y = HERE
    line = shapely.LineString([(x, y), (x + 0.01, y), (x + 50, y)])
    layer = shapes(np.array([line], dtype=object), grain=around(line))
    assert decoded(layer["points"]) == [2]


def test_no_layer_is_an_empty_layer():
    nothing = shapes(np.array([], dtype=object), grain=around(shapely.box(0, 0, 9, 9)))
    assert nothing == {"n": 0, "parts": "", "points": "", "xy": ""}


def test_twenty_thousand_ways_take_less_than_half_a_megabyte():
    rng = np.random.default_rng(5)
    x, y = np.meshgrid(np.arange(141) * 70.0, np.arange(142) * 70.0)
    starts = np.column_stack([x.ravel(), y.ravel()])[:20_000, None] + HERE
    bends = rng.normal(0, 4, size=(20_000, 6, 2))
    ways = shapely.linestrings(starts + np.arange(6)[:, None] * (14.0, 0.0) + bends)
    layer = shapes(ways, grain=around(*ways[:200]), tolerance=0.7)
    assert len(json.dumps(layer)) < 500_000


# The answer in words


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (9_999, 10_000, "99.9%"),
        (10_000, 10_000, "100%"),
        (1, 10_000, "0.0%"),
        (0, 5, "0.0%"),
        (0, 0, "–"),
        (12_863, 14_210, "90.5%"),
    ],
)
def test_shares_are_rounded_down(part, whole, text):
    assert share(part, whole) == text


def test_the_sentence_counts_households():
    coverage, *_ = covered()
    first, second = answers(coverage, lang="zh")
    total = int(coverage.street["households"].iloc[0])
    reached = int(coverage.street["households_any_1"].iloc[0])
    assert 0 < reached < total
    assert first.text == (
        f"{total} 户里，{reached} 户在 4 分钟内走得到社区站，占 "
        f"{share(reached, total)}；还有 {total - reached} 户走不到。"
    )
    assert second.total == total
    assert [role for text, role in first.sentence if role] == [
        *("total", "any", "limit", "station", "share", "out")
    ]


def test_where_households_are_unknown_people_are_counted():
    coverage, *_ = covered(people_only=True)
    assert "人里" in answers(coverage, lang="zh")[0].text
    assert "people" in answers(coverage, lang="en")[0].text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_none_and_nobody_have_sentences_of_their_own(lang):
    coverage, *_ = covered()
    street = coverage.street
    cases = [street["households"], street["households"] * 0]
    said = {answers(coverage, lang=lang)[0].text}
    for reached in cases:
        full = street.assign(households_any_1=reached, households_own_1=reached)
        changed = dataclasses.replace(coverage, street=full)
        said.add(answers(changed, lang=lang)[0].text)
    nobody = street.assign(households=0.0, households_any_1=0.0)
    said.add(answers(dataclasses.replace(coverage, street=nobody), lang=lang)[0].text)
    assert len(said) == 4


def test_the_languages_say_the_same():
    zh, en = texts("page", "zh"), texts("page", "en")
    assert list(zh) == list(en)
    parse = string.Formatter().parse
    for key, text in zh.items():
        if not key.startswith(("answer_", "head_out")):
            fields = {f for _, f, _, _ in parse(text) if f}
            assert fields == {f for _, f, _, _ in parse(en[key]) if f}, key


# The page


def test_the_same_study_gives_the_same_bytes():
    first = page_of()
    page_of.cache_clear()
    assert page_of() == first


def test_a_page_says_what_it_is():
    page = page_of()
    assert page.startswith('<!DOCTYPE html>\n<html lang="zh">')
    assert "<title>示例街道（虚构） · 步行服务圈覆盖</title>" in page
    assert 'content="width=device-width, initial-scale=1"' in page
    assert "Volodymyr Agafonkin" in block(page, "licences")
    data = json.loads(block(page, "data"))
    assert data["study"] == IMPRINT.study
    assert data["notes"] == ["示例数据"]
    assert [c["name"] for c in data["circles"]] == [c.name for c in CIRCLES]
    assert '<html lang="en">' in page_of(lang="en")


def test_a_page_names_no_address():
    page = page_of()
    for pattern in (r"<link\b", r"<img\b", r"\bsrc\s*=\s*[\"']", r"@import"):
        assert not re.search(pattern, page), pattern
    assert not re.findall(r"url\((?!data:|#)", page)


def test_data_cannot_leave_its_block():
    page = page_of(names=HOSTILE)
    assert page.count("<script") == page_of().count("<script")
    data = json.loads(block(page, "data"))
    assert any(HOSTILE[0] in name for name in data["grids"]["name"])
    assert any(HOSTILE[3] in name for name in data["names"])
    assert "\u2028" not in page


def test_states_and_totals_agree():
    coverage, town, network, surroundings = covered()
    page = coverage_page(
        coverage,
        layers=town,
        network=network,
        surroundings=surroundings,
        imprint=IMPRINT,
    )
    data = json.loads(block(page, "data"))
    count = np.array(decoded(data["buildings"]["count"])) - 1
    for number, circle in enumerate(data["circles"]):
        state = np.array(decoded(data["buildings"]["circles"][number]["state"]))
        assert count[(state == 1) | (state == 2)].sum() == circle["any"]
        assert count[state == 1].sum() == circle["own"]
        assert count[state == 3].sum() == circle["total"] - circle["any"]
        assert sum(data["grids"]["any"][number]) == circle["any"]


def test_ways_are_joined_and_named():
    names = tuple("甲乙丙丁戊己庚辛")
    data = json.loads(block(page_of(names=names), "data"))
    ways = data["base"]["ways"]
    assert ways["n"] == 9  # eight ways cut at crossings, and the elevated one
    kinds = decoded(ways["class"])
    assert kinds == sorted(kinds)
    assert kinds[-1] == 5
    assert {data["names"][i] for i in decoded(ways["name"])} == {
        *(f"{name}路" for name in names),
        "高架",
    }


# The seal


@pytest.mark.parametrize(
    "loaded",
    [
        '<script src="https://example.org/x.js"></script>',
        '<link rel="stylesheet" href="x.css">',
        '<img src="https://tile.example.org/1/2/3.png">',
        '<img srcset="x.png 2x">',
        "<iframe></iframe>",
        '<p style="background:url(x.png)">',
        "<style>@import 'x.css';</style>",
        "<style>p{background:URL( 'http://x/y.png')}</style>",
        '<p onclick="run()">',
        '<meta http-equiv="Refresh" content="0;url=x">',
        '<form action="x"></form>',
        '<svg><use xlink:href="http://x#y"/></svg>',
        '<base href="x">',
    ],
)
def test_a_page_that_would_load_something_is_refused(loaded):
    with pytest.raises(PageError):
        seal(f"<html><head></head><body>{loaded}</body></html>")


def test_what_lies_inside_is_let_through():
    page = (
        "<html><head><style>p{background:url(data:image/png;base64,AA)}</style></head>"
        '<body><a href="a/b.html">b</a><img src="data:,"><script>run(1 < 2)</script>'
        '<script type="application/json">{"a":"url(x)"}</script></body></html>'
    )
    digest = hashlib.sha256(b"run(1 < 2)").digest()
    sealed = seal(page)
    assert sealed.count("'sha256-") == 1
    assert base64.b64encode(digest).decode() in sealed


def test_an_unknown_asset_is_refused():
    with pytest.raises(PageError):
        inlined('<script src="https://cdn.example.org/leaflet.js"></script>')


def test_a_page_without_a_head_is_refused():
    with pytest.raises(PageError):
        seal("<p>text</p>")


# For a notice board


def public(review=""):
    return dataclasses.replace(IMPRINT, public=True, review=review)


def test_a_public_page_names_no_building_and_tells_no_check():
    data = json.loads(block(page_of(imprint=public()), "data"))
    assert {*data["buildings"]["name"]["rest"], *data["buildings"]["code"]["rest"]} == {
        ""
    }
    assert data["checks"]["rule"] == []


def test_a_public_page_names_its_map_review_or_says_that_it_has_none():
    with_number = page_of(imprint=public("示例S（2026）1号"))
    assert "审图号：示例S（2026）1号" in block(with_number, "data")
    for imprint, stamp in (
        (public(), "缺审图号，送审后方可公开"),
        (IMPRINT, "内部工作用图"),
    ):
        words = json.loads(block(page_of(imprint=imprint), "data"))["words"]
        assert words["stamp"] == stamp


# An online base map

TILES = "https://t{s}.tiles.example/{z}/{x}/{y}.png?tk={key}"


def test_a_base_map_opens_the_page_to_its_host_alone():
    policy = re.search(r"img-src ([^;]*);", page_of(imprint=tiled(TILES)))[1]
    assert policy == "data: blob: https://*.tiles.example"
    assert re.search(r"img-src ([^;]*);", page_of())[1] == "data: blob:"


def tiled(template):
    return dataclasses.replace(IMPRINT, tiles=template)


@pytest.mark.parametrize(
    "template",
    [
        "http://tiles.example/{z}/{x}/{y}.png",
        "https://tiles.example/{z}/{x}.png",
        "https://*.example/{z}/{x}/{y}",
        "https://tiles.example; script-src */{z}/{x}/{y}",
        "https://tiles.example/{z}/{x}/{y}'><script>",
        "https://{key}.example/{z}/{x}/{y}",
        "//tiles.example/{z}/{x}/{y}",
        "https://tiles.example/{z}/{x}/{y}?tk=0123456789abcdef",
        "https://tiles.example/{z}/{x}/{y}?v=1&key=abc",
    ],
)
def test_a_base_map_that_would_open_more_or_hold_a_key_is_refused(template):
    with pytest.raises(UsageError):
        page_of(imprint=tiled(template))


# The files inside


@pytest.mark.parametrize("name", sorted(manifest()))
def test_vendored_files_are_what_the_manifest_names(name):
    found = manifest()[name]
    assert hashlib.sha256(vendored(name)).hexdigest() == found["sha256"]
    assert found["licence_file"] in manifest()


def test_every_vendored_file_is_listed():
    folder = files("geoplan") / "maps" / "vendor"
    present = {entry.name for entry in folder.iterdir()} - {"manifest.json"}
    assert present == set(manifest())


# The start page


def test_the_start_page_links_studies_with_a_sentence_and_a_figure():
    coverage, *_ = covered(names=HOSTILE)
    hostile = dataclasses.replace(IMPRINT, study=HOSTILE[2])
    one = entry(coverage, imprint=hostile, href="town/coverage.html", lang="zh")
    page = index_page([one, one], lang="zh")
    assert page.count('href="town/coverage.html"') == 2
    assert one.figures[0].value in page
    assert one.sentence in page
    assert HOSTILE[2] not in page
    assert "script-src 'none'" in page


def test_a_start_page_without_studies_says_what_to_do():
    assert "geoplan demo" in index_page([], lang="zh")


def test_a_study_in_another_crs_lands_on_the_same_place():
    box = shapely.box(*HERE, HERE[0] + 100, HERE[1] + 100)
    here = around(box)
    other = CRS(32649)
    moved = shapely.transform(
        box,
        Transformer.from_crs(METRIC, other, always_xy=True).transform,
        interleaved=False,
    )
    there = Grain.of(moved.bounds, crs=other)
    assert abs(here.west - there.west) < 5
    assert abs(here.north - there.north) < 5


# What is drawn calmer than it is counted


def drawn_circle(coverage, number):
    """Return the merged outline of a circle as a page draws it, on the lattice."""
    grain = around(*coverage.grids.geometry)
    block = outlines(coverage, grain=grain, counted="households")[number]
    rings = [ring for part in read_shapes(block["merged"]) for ring in part]
    shape = shapely.Polygon()
    for ring in rings:
        shape = shape.symmetric_difference(shapely.Polygon(ring))
    return shape, grain


@pytest.mark.parametrize("number", [0, 1])
def test_no_home_out_of_reach_is_drawn_inside(number):
    coverage, *_ = covered()
    shape, grain = drawn_circle(coverage, number)
    left = coverage.unreached
    left = left[(left["circle"] == CIRCLES[number].name) & (left["households"] > 0)]
    exact = coverage.outlines[coverage.outlines["circle"] == CIRCLES[number].name]
    outside = left[~left.within(exact.geometry[exact["station"] == ""].iloc[0])]
    assert len(outside) > 5
    assert not shapely.contains(shape, grain.place(outside.geometry.to_numpy())).any()


def test_the_circle_drawn_is_the_circle_counted_but_for_its_edge():
    coverage, *_ = covered()
    shape, grain = drawn_circle(coverage, 0)
    exact = coverage.outlines
    exact = exact[(exact["circle"] == CIRCLES[0].name) & (exact["station"] == "")]
    there = grain.place(exact.geometry.to_numpy())[0]
    assert shape.intersection(there).area > 0.93 * there.area
    assert there.intersection(shape.buffer(20 / grain.step)).area > 0.99 * there.area


@pytest.mark.parametrize("number", [0, 1])
def test_a_walk_is_as_long_as_its_minutes(number):
    coverage, *_ = covered()
    grain = around(*coverage.grids.geometry)
    found = routes(coverage, grain=grain)
    far, lines = decoded(found[number]["far"]), read_shapes(found[number]["line"])
    ground = grain.step * np.cos(np.radians(_latitude(coverage)))
    left = coverage.unreached.set_index(["circle", "building"])
    walked = 0
    for building, parts in zip(far, lines, strict=True):
        if building < 0 or not parts:
            continue
        code = coverage.buildings.index[building]
        minutes = left.loc[(CIRCLES[number].name, code), "minutes"]
        metres = shapely.LineString(parts[0]).length * ground
        assert metres == pytest.approx(minutes * 60 * 1.2, rel=0.01, abs=2)
        walked += 1
    assert walked > 0


def _latitude(coverage):
    middle = coverage.grids.union_all().centroid
    back = Transformer.from_crs(METRIC, "EPSG:4326", always_xy=True)
    return back.transform(middle.x, middle.y)[1]


def test_a_circle_without_a_station_says_so():
    coverage, *_ = covered()
    told = [{**circle, "stations": 0} for circle in coverage.results["circles"]]
    bare = dataclasses.replace(coverage, results={**coverage.results, "circles": told})
    assert answers(bare, lang="zh")[0].text.startswith("这里还没有社区站")

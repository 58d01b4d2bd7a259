"""The face that a page carries for PCs without Chinese ones."""

import base64
import io
import re
from pathlib import Path

import pytest
from conftest import QUIET
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.maps import index_page
from geoplan.maps.fonts import cut, drawn, face_rule

#: Where Debian keeps faces without Chinese; Chromium's package brings some.
LATIN = Path("/usr/share/fonts/truetype")


def font_of(rule):
    data = re.search(r"base64,([^)]*)\)", rule)[1]
    return TTFont(io.BytesIO(base64.b64decode(data)))


def test_a_page_carries_the_signs_it_uses_and_no_others():
    font = font_of(face_rule("文澜街道 15 分钟，15 分钟"))
    assert set(font.getBestCmap()) == {ord(sign) for sign in "文澜街道分钟，"}


def test_no_sign_beyond_ascii_needs_no_face():
    assert face_rule("Monaco 15 min") == ""


def test_signs_that_the_face_lacks_are_left_to_the_pc():
    assert ord("𠮷") not in drawn()
    assert set(font_of(face_rule("𠮷村")).getBestCmap()) == {ord("村")}


def test_the_face_has_the_signs_of_everyday_writing():
    level_1 = {
        ord(bytes([row, cell]).decode("gb2312"))
        for row in range(0xB0, 0xD8)
        for cell in range(0xA1, 0xFF)
        if (row, cell) < (0xD7, 0xFA)  # five cells without a sign
    }
    assert len(level_1) == 3755
    assert {chr(sign) for sign in level_1 - drawn()} <= set("毖耪谰锨")


@settings(max_examples=5, deadline=None)
@given(st.sets(st.sampled_from(sorted(drawn())), min_size=1, max_size=20))
def test_the_same_signs_give_the_same_bytes(signs):
    assert cut(frozenset(signs), flavor="woff") == cut(frozenset(signs), flavor="woff")


@pytest.mark.browser
def test_a_pc_without_chinese_faces_reads_the_page(tmp_path, browser, script):
    if not LATIN.is_dir():
        pytest.skip(f"no faces without Chinese in {LATIN}")
    config = tmp_path / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{LATIN}</dir><cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    page_file = tmp_path / "index.html"
    page_file.write_text(index_page([], lang="zh"), encoding="utf-8")
    bare = browser.browser_type.launch(
        executable_path=script("chromium").find(),
        args=QUIET,
        env={"FONTCONFIG_FILE": str(config), "HOME": str(tmp_path)},
    )
    page = bare.new_page()
    page.goto(page_file.as_uri())
    client = page.context.new_cdp_session(page)
    client.send("DOM.enable")
    client.send("CSS.enable")
    root = client.send("DOM.getDocument")["root"]["nodeId"]
    heading = client.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})
    used = client.send("CSS.getPlatformFontsForNode", heading)["fonts"]
    bare.close()
    assert sum(font["glyphCount"] for font in used if font["isCustomFont"]) >= 3

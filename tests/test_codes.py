"""Codes: text from end to end, whatever a spreadsheet has made of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan import codes


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (None, ""),
        (float("nan"), ""),
        (420105001001001, "420105001001001"),
        (420105001001001.0, "420105001001001"),
        (np.float64(420105001001001.0), "420105001001001"),
        (np.int64(420105001001001), "420105001001001"),
        ("420105001001001.0", "420105001001001"),
        ("420105001001001.00000000000", "420105001001001"),
        ("4.20105001001001E+14", "420105001001001"),
        ("1E+3", "1000"),
        (" '007", "007"),
        ("００7", "007"),
        ("A-3.5", "A-3.5"),
        ("3E5", "3E5"),
    ],
)
def test_clean(written, code):
    assert codes.clean(written) == code or codes.lost_digits(written)


def test_a_code_like_a_small_power_is_no_number():
    assert codes.clean("3E5") == "3E5"
    assert not codes.lost_digits("3E5")


@pytest.mark.parametrize(
    "written", ["4.20105E+14", "4.2e+14", 420105001001001001.0, 1e15]
)
def test_lost_digits(written):
    assert codes.lost_digits(written)


@pytest.mark.parametrize(
    "written", ["", None, float("nan"), "420105001001001", 999999999999999.0, "07"]
)
def test_digits_that_are_all_there(written):
    assert not codes.lost_digits(written)


@given(st.integers(0, 10**15 - 1))
def test_a_number_of_a_sheet_keeps_its_digits(number):
    assert codes.clean(float(number)) == str(number)
    assert not codes.lost_digits(float(number))


@given(st.from_regex(r"[0-9]{1,20}", fullmatch=True))
def test_digits_in_text_stay_as_they_are(text):
    assert codes.clean(text) == text


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("甲社区、乙社区", ("甲社区", "乙社区")),
        ("甲，乙,丙；丁;戊", ("甲", "乙", "丙", "丁", "戊")),
        ("001 002", ("001", "002")),
        ("La Rousse, Saint Roman", ("La Rousse", "Saint Roman")),
        ("", ()),
        (None, ()),
        ("、", ()),
    ],
)
def test_split(written, parts):
    assert codes.split(written) == parts


STREET = "420105001"
COMMUNITIES = [f"{STREET}00{i}" for i in range(1, 4)]


def test_codes_that_begin_with_their_parents():
    parents = {f"{c}{n:03}": c for c in COMMUNITIES for n in range(1, 5)}
    found = codes.hierarchy(parents, known=COMMUNITIES)
    assert (found.share, found.is_rule, found.astray) == (1.0, True, {})
    assert (found.lengths, found.parent_lengths) == ({15: 12}, {12: 3})


def test_codes_that_begin_with_another_or_none():
    one, two, _ = COMMUNITIES
    parents = {f"{one}001": one, f"{two}002": one, "X9": one, one: one, "free": ""}
    found = codes.hierarchy(parents, known=[STREET, *COMMUNITIES])
    assert found.astray == {f"{two}002": two, "X9": "", one: STREET}
    assert found.share == 0.25
    assert not found.is_rule


def test_no_codes_follow_no_rule():
    found = codes.hierarchy({}, known=[])
    assert (found.lengths, found.share, found.is_rule) == ({}, 0.0, False)


@given(st.sets(st.text("012", min_size=1, max_size=4)), st.text("012", max_size=6))
def test_a_parent_is_the_longest_beginning(known, code):
    starts = [k for k in known if code.startswith(k) and k != code]
    assert codes.parent_of(code, known=known) == max(starts, key=len, default="")

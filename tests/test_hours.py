"""Opening hours: what offices write, what it means, and what is left unknown."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours
from pandas import Series
from shapely import box
from towns import areas, buildings, layers, stations, ways

from geoplan import network as net
from geoplan.coverage import cover
from geoplan.errors import UsageError
from geoplan.hours import Hours, Moment, moment, moments, open_at, parse
from geoplan.model import Circle, Walker
from geoplan.presets import hours

# --- by hand: one text a line, and OpenStreetMap's syntax for it ---------------

READ = {
    "7×24": "24/7",
    "7*24小时": "24/7",
    "7 X 24 小时": "24/7",
    "７＊２４": "24/7",
    "7天24小时开放": "24/7",
    "24小时": "24/7",
    "全天": "24/7",
    "二十四小时开放": "24/7",
    "24/7": "24/7",
    "周一至周五 9:00-17:00": "Mo-Fr 09:00-17:00",
    "周一至周五 8:30-12:00,14:00-17:30；周六 9:00-12:00": (
        "Mo-Fr 08:30-12:00,14:00-17:30; Sa 09:00-12:00"
    ),
    "周一至周六 8:30-12:00、14:00-17:30": "Mo-Sa 08:30-12:00,14:00-17:30",
    "工作日 9:00—17:00": "Mo-Fr 09:00-17:00; PH off",
    "法定工作日上午9:00-12:00，下午1:30-5:30": "Mo-Fr 09:00-12:00,13:30-17:30; PH off",
    "每天 8:00至20:00": "Mo-Su 08:00-20:00",
    "9:00-17:00": "Mo-Su 09:00-17:00",
    "９：００～１７：００": "Mo-Su 09:00-17:00",
    "9:00-17:00（周末休息）": "Mo-Su 09:00-17:00; Sa-Su off",
    "上午9:00-12:00 下午14:00-17:30": "Mo-Su 09:00-12:00,14:00-17:30",
    "周一至周五 上午8：30-11：30，下午2：00-5：30": "Mo-Fr 08:30-11:30,14:00-17:30",
    "上午九点半到下午五点": "Mo-Su 09:30-17:00",
    "早8:00-晚8:00": "Mo-Su 08:00-20:00",
    "晚上7:00-12:00": "Mo-Su 19:00-24:00",
    "9-17点": "Mo-Su 09:00-17:00",
    "周一至周五0900-1700": "Mo-Fr 09:00-17:00",
    "周一至周五 9:00:00-17:00:00": "Mo-Fr 09:00-17:00",
    "周1至周5 9.00-17.00": "Mo-Fr 09:00-17:00",
    "星期一至星期五：9时30分-17时": "Mo-Fr 09:30-17:00",
    "开放时间：周一、三、五 14:00-17:00": "Mo,We,Fr 14:00-17:00",
    "周六日10:00-16:00": "Sa-Su 10:00-16:00",
    "周日至周四 9:00-17:00": "Mo-Th,Su 09:00-17:00",
    "9:00-17:00（周一至周五），9:00-12:00（周六）": "Mo-Fr 09:00-17:00; Sa 09:00-12:00",
    "9:00-17:00 周一至周五": "Mo-Fr 09:00-17:00",
    "工作日（周一至周五）9:00-17:00": "Mo-Fr 09:00-17:00",
    "周一至周五 9:00-17:00，法定节假日除外": "Mo-Fr 09:00-17:00; PH off",
    "每天9:00-17:00，节假日休息": "Mo-Su 09:00-17:00; PH off",
    "周一闭馆，周二至周日 9:00-17:00": "Tu-Su 09:00-17:00; Mo off",
    "除周一外 每天9:00-17:00": "Mo-Su 09:00-17:00; Mo off",
    "9:00-17:00（不含周末）": "Mo-Su 09:00-17:00; Sa-Su off",
    "周六 9:00-12:00；每天 8:00-20:00": "Mo-Su 08:00-20:00; Sa 09:00-12:00",
    "周一至周五 9:00-17:00，周末照常": "Mo-Su 09:00-17:00",
    "全年无休 9:00-17:00（中午不休息）": "Mo-Su 09:00-17:00",
    "周一至周五9:00-17:00，午休12:00-13:30": (
        "Mo-Fr 09:00-17:00; Mo-Fr 12:00-13:30 off"
    ),
    "20:00-次日6:00": "Mo-Su 20:00-06:00",
    "每天 22:00-6:00": "Mo-Su 22:00-06:00",
    "夏季8:30-18:00；冬季9:00-17:30": (
        "May-Sep Mo-Su 08:30-18:00; Oct-Apr Mo-Su 09:00-17:30"
    ),
    "周一至周五 夏季(5月1日-9月30日)8:30-18:00 冬季(10月1日-次年4月30日)9:00-17:30": (
        "May 01-Sep 30 Mo-Fr 08:30-18:00; Oct 01-Apr 30 Mo-Fr 09:00-17:30"
    ),
    "Mo-Fr 09:00-17:00; PH off": "Mo-Fr 09:00-17:00; PH off",
    "Mon-Fri 9:00-17:00": "Mo-Fr 9:00-17:00",
    "off": "off",
    "周一至周五（工作日）9:00-17:00": "Mo-Fr 09:00-17:00; PH off",
    "工作日8:00-18:00；法定节假日9:00-17:00": "Mo-Fr 08:00-18:00; PH 09:00-17:00",
    "全年365天24小时开放": "24/7",
}

UNKNOWN = [
    "",
    "-",
    "请电话联系",
    "预约开放",
    "节假日休息",  # and when is it open?
    "周一至周五",
    "周一至周五 工作时间",
    "9-17",
    "9:00-5:00",  # 17:00, or five in the morning?
    "10:00-2:00",
    "晚上22:00-6:00",
    "9:00-25:00",
    "9:70-17:00",
    "上午13:00-17:00",
    "9:00-17:00 周一至周五 9:00-12:00 周六",  # which hours are Saturday's?
    "周一至周五 9:00-17:00，周日至周二 10:00-12:00",
    "夏季 9:00-18:00",  # and in winter?
    "24小时自助，人工9:00-17:00",
    "7×24小时（人工服务9:00-17:00）",
    "周一至周五（周日）9:00-17:00",
    "9:00-17:00）",
    "PH off",
    "Mo-Fr 09:00+",
    "08:00-17:00+",
    "周一至周五 9:00-17:00+，周六 9:00-12:00",
    "Mo-Su 10:00-sunset",
    "Mo-Fr nine to five",
    "SH Mo-Fr 09:00-17:00",
]


@pytest.mark.parametrize(("text", "osm"), list(READ.items()))
def test_texts_that_are_understood(text, osm):
    assert parse(text) == Hours(osm=osm)
    OpeningHours(osm)  # is OpenStreetMap's syntax


@pytest.mark.parametrize("text", UNKNOWN)
def test_texts_that_are_not_guessed(text):
    assert parse(text) is None


def test_the_named_moments():
    named = {name: str(when) for name, when in moments().items() if name.isascii()}
    assert named == {
        "office": "Tu 10:00",
        "evening": "Tu 19:30",
        "night": "Tu 02:00",
        "weekend": "Sa 10:00",
    }


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("周三 18:00", "We 18:00"),
        ("周三18：00", "We 18:00"),
        ("星期天 9点半", "Su 09:30"),
        ("周日晚8点", "Su 20:00"),
        ("Wed 18:00", "We 18:00"),
        ("wednesday 08:05", "We 08:05"),
        ("We 18:00", "We 18:00"),
        ("weekend", "Sa 10:00"),
        ("夜间", "Tu 02:00"),
        *((text, "None") for text in ("", "周三", "18:00", "周八 18:00", "Wed 25:00")),
        *(
            (text, "None")
            for text in ("周三 24:00", "周末 10:00", "midnight", "周三 6")
        ),
    ],
)
def test_moments(text, meant):
    assert str(moment(text)) == meant


T, F, U = True, False, None


@pytest.mark.parametrize(
    ("text", "office", "evening", "night", "weekend"),
    [
        ("7×24", T, T, T, T),
        ("周一至周五 9:00-17:00", T, F, F, F),
        ("每天 8:00-21:00", T, T, F, T),
        ("周一至周五 14:00-21:00", F, T, F, F),
        ("周末 9:00-17:00", F, F, F, T),
        ("20:00-次日6:00", F, F, T, F),
        ("9:00-17:00，节假日休息", T, F, F, U),  # are weekends 节假日?
        ("9:00-17:00，周日 9:00-12:00", T, F, F, U),  # and Saturday?
        ("夏季8:30-18:00；冬季9:00-17:30", T, F, F, T),
        ("夏季9:00-20:00；冬季9:00-17:30", T, U, F, T),  # it hangs on the season
        ("Mo-Fr 08:00-19:00; Sa 08:00-13:00; 2025 Dec 30 off", T, F, F, T),
        ("week 1-53/2 Mo-Fr 09:00-17:00", U, F, F, F),
        ('Mo-Fr 09:00-17:00 "by appointment"', U, F, F, F),
        ("Mo-Fr 09:00-17:00 unknown", U, F, F, F),
        ("off", F, F, F, F),
        ("", U, U, U, U),
        ("请电话联系", U, U, U, U),
    ],
)
def test_open_at_the_named_moments(text, office, evening, night, weekend):
    said = {"office": office, "evening": evening, "night": night, "weekend": weekend}
    for name, expected in said.items():
        told = open_at(Series([text]), name)
        assert told.isna()[0] if expected is None else told[0] == expected


def test_a_station_that_closes_at_17_is_closed_at_17():
    texts = Series(["周一至周五 9:00-17:00"])
    assert open_at(texts, "周三 16:59").tolist() == [True]
    assert open_at(texts, "周三 17:00").tolist() == [False]
    assert open_at(texts, "Wed 09:00").tolist() == [True]


def test_the_answer_is_a_series_like_the_texts():
    texts = Series(["7×24", None, np.nan, "?"], index=list("abcd"), name="hours")
    told = open_at(texts, "night")
    assert told.dtype == "boolean"
    assert told.name == "hours"
    assert told.index.tolist() == list("abcd")
    assert told.isna().tolist() == [False, True, True, True]
    assert open_at(Series([], dtype="str"), "office").empty


def test_a_moment_that_is_none_is_refused():
    with pytest.raises(UsageError, match="office, evening, night, weekend"):
        open_at(Series(["7×24"]), "teatime")


# --- oracle: a week written out by hand, minute by minute ----------------------

DAYS = "一二三四五六日"


@settings(max_examples=60, deadline=None)
@given(
    first=st.integers(0, 6),
    last=st.integers(0, 6),
    opens=st.integers(0, 23 * 60),
    lasts=st.integers(1, 60),
    day=st.integers(0, 6),
    minute=st.integers(0, 24 * 60 - 1),
)
def test_days_and_times_mean_what_they_say(first, last, opens, lasts, day, minute):
    closes = opens + lasts
    text = (
        f"周{DAYS[first]}至周{DAYS[last]} "
        f"{opens // 60}:{opens % 60:02}-{closes // 60}:{closes % 60:02}"
    )
    days = {(first + k) % 7 for k in range((last - first) % 7 + 1)}
    expected = day in days and opens <= minute < closes
    assert parse(text).at(Moment(day=day, minute=minute)) is expected


WORDS = hours()["words"]
PIECES = [
    *(word for words in WORDS.values() for word in words),
    *(word for words in hours()["days"].values() for word in words),
    *("周一", "周六、日", "周五至", "9:00-17:00", "12:00-14:00", "20:00-06:00", "8:30"),
    *("（", "）", "，", "；", " ", "夏季", "冬季", "5月1日-9月30日", "2月99日-3月1日"),
    *("下午2点-", "24小时", "Mo-Fr", "PH off", "week 99", "第", "7×24", "\n", "🏠"),
]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=9).map("".join) | st.text(max_size=20)
)
@example("(" * 3000)
@example("周一、" * 3000)
def test_any_text_is_understood_or_not_and_never_fails(text):
    known = parse(text)
    if known is not None:
        OpeningHours(known.osm)
        assert known.at(Moment(day=1, minute=600)) in {True, False, None}


def test_the_weeks_looked_at_are_whole_years():
    first, last = hours()["weeks"]["years"]
    assert dt.date(first, 1, 1) < dt.date(last, 12, 31)
    assert 0.5 < hours()["weeks"]["share"] <= 1


# --- circles that ask for an hour ----------------------------------------------


def town(*texts):
    """Return a street with a house of ten at 50 m, its stations all at one place."""
    return layers(
        grids=areas([box(0, -100, 200, 100)], code=["A"], community=["K1"]),
        buildings=buildings([box(45, 60, 55, 70)], households=[10.0], code=["a"]),
        stations=stations([(50 + k, 50) for k in range(len(texts))], hours=list(texts)),
    )


def covered(place, *circles):
    source = ways([[(-100, 50), (500, 50)]])
    return cover(
        place,
        network=net.build(source),
        surroundings=source.surroundings,
        circles=circles,
        walker=Walker(preset="custom", speed=1.0),
    )


def circle(hours_asked, name="圈"):
    return Circle(name=name, tier="社区级", minutes=4, hours=hours_asked)


def served(coverage):
    result = coverage.results["circles"][0]
    return result["stations"], result["households"]["any"]


@pytest.mark.parametrize(
    ("asked", "stations_open", "households"),
    [("", 4, 10), ("office", 2, 10), ("evening", 1, 10), ("周三 17:00", 1, 10)],
)
def test_a_circle_counts_who_is_open_then(asked, stations_open, households):
    place = town("7×24", "周一至周五 9:00-17:00", "", "请电话联系")
    coverage = covered(place, circle(asked))
    assert served(coverage) == (stations_open, households)
    assert coverage.results["circles"][0]["hours"] == (asked or None)


def test_unknown_hours_count_only_where_no_hour_is_asked_and_are_listed():
    place = town("", "请电话联系", "周一至周五 9:00-17:00")
    anytime = circle("", name="任何时间")
    coverage = covered(place, anytime, circle("night", "夜"), circle("office", "日"))
    found = [f for f in coverage.findings if f.rule == "station_hours_unknown"]
    assert [f.code for f in found] == ["s0", "s1"]
    assert [f.facts["hours"] for f in found] == ["—", "请电话联系"]
    assert {f.facts["circles"] for f in found} == {"夜、日"}
    assert all(f.level == "warning" and f.geometry is not None for f in found)


def test_nobody_open_serves_nobody():
    coverage = covered(town("周一至周五 9:00-17:00"), circle("night"))
    assert served(coverage) == (0, 0)
    rules = {finding.rule for finding in coverage.findings}
    assert "community_without_open_station" in rules
    assert "community_without_station" not in rules
    assert coverage.unreached["building"].tolist() == ["a"]
    assert pd.isna(coverage.unreached["station"].iloc[0])


def test_an_hour_never_adds_to_who_is_served():
    place = town("周末 9:00-17:00", "每天 8:00-21:00", "")
    names = [name for name in moments() if name.isascii()]
    coverage = covered(place, circle(""), *(circle(name, name) for name in names))
    anytime, *asked = coverage.results["circles"]
    assert all(one["stations"] <= anytime["stations"] for one in asked)
    for one in asked:
        assert one["households"]["any"] <= anytime["households"]["any"]

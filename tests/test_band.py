"""A walker in a study: preset and speed, a band of speeds, metres beside minutes."""

import csv
import io
import json
from dataclasses import replace

import geopandas as gpd
import pytest
from offices import STUDY, write_study
from test_coverage import FOUR, WALL, figures, street
from towns import ways

from geoplan import maps, presets
from geoplan import network as net
from geoplan.coverage import cover
from geoplan.model import Circle
from geoplan.recipes.coverage import cover_study
from geoplan.recipes.run import parameters
from geoplan.study import read_study
from geoplan.study.reach import walker_of

ADULT = walker_of("adult")
METRES = Circle(name="200米圈", tier="社区级", metres=200)


def walked(walker, *circles, hurdles=""):
    """Return the coverage of the street of ``test_coverage.py``."""
    source = ways([[(-100, 50), (500, 50)]], barriers=(WALL,))
    source = replace(source, frame=source.frame.assign(hurdles=hurdles))
    return cover(
        street(),
        network=net.build(source, walker=walker),
        surroundings=source.surroundings,
        circles=circles,
        walker=walker,
        name="示例街道",
    )


# Homes a, b, c, d are 15 m off the way, and 0, 100, 200 and 300 m along it from the
# station, which stands on it; they have 10, 20, 30 and 40 households, e has 5.
FAST = replace(ADULT, speed=1.0, band=(0.4, 1.4))


def test_a_band_tells_low_and_high_by_hand():
    told = walked(FAST, FOUR).results["circles"][0]
    assert told["households"]["any"] == 60  # within 240 m, the leg included
    assert told["band"]["low"]["households"]["any"] == 10  # within 96 m
    assert told["band"]["high"]["households"]["any"] == 100  # within 336 m
    assert told["band"]["low"]["speed_m_s"] == 0.4


def test_the_tables_carry_the_band():
    coverage = walked(FAST, FOUR)
    for table in (coverage.grids, coverage.communities, coverage.street):
        for measure in ("households", "people", "buildings"):
            low, mid, high = (
                table[f"{measure}_any_1{end}"] for end in ("_low", "", "_high")
            )
            assert (low <= mid).all()
            assert (mid <= high).all()
            assert (table[f"{measure}_own_1_high"] <= high).all()
    assert coverage.grids["households_any_1_low"].tolist() == [10, 0]
    assert coverage.grids["households_any_1_high"].tolist() == [30, 70]


def test_the_page_says_the_band_in_one_line():
    (answer,) = maps.answer.answers(walked(FAST, FOUR), lang="zh")
    assert answer.band == "步行速度 0.4–1.4 米/秒：9.5%–95.2%"
    (answer,) = maps.answer.answers(walked(FAST, FOUR), lang="en")
    assert answer.band == "At walking speeds of 0.4–1.4 m/s: 9.5%–95.2%"
    (answer,) = maps.answer.answers(walked(ADULT, FOUR), lang="zh")
    assert answer.band == ""


def test_a_circle_in_metres_has_no_band():
    coverage = walked(FAST, METRES, FOUR)
    told = coverage.results["circles"]
    assert told[0]["band"] is None
    assert told[1]["band"]
    assert "households_any_1_low" not in coverage.grids
    rows = coverage.results["areas"]
    assert {("households_any_low" in row) for row in rows} == {True, False}


@pytest.mark.parametrize("preset", sorted(presets.walkers()))
def test_metres_are_metres_for_every_walker_who_passes(preset):
    walker = walker_of(preset)
    told = walked(walker, METRES, hurdles="lift")
    assert figures(told)["any"] == 30  # a and b: 15 and 115 m
    minutes = told.minutes.set_index("building")["minutes"]
    assert minutes["b"] == pytest.approx(115 / walker.speed / 60, abs=1e-5)


def test_minutes_count_what_metres_do_not():
    walker = replace(ADULT, speed=1.0, times={"steps": 2.0}, waits={"lift": 60.0})
    assert figures(walked(walker, FOUR))["any"] == 60
    assert figures(walked(walker, FOUR, hurdles="steps"))["any"] == 30
    both = walked(walker, FOUR, METRES, hurdles="steps")
    assert [one["households"]["any"] for one in both.results["circles"]] == [30, 30]
    # a sixth of the edge, and as much of the wait
    lift = walked(walker, FOUR, hurdles="lift").minutes.set_index("building")
    assert lift["minutes"]["b"] * 60 == pytest.approx(115 + 60 / 6, abs=0.01)


def study(tmp_path, walker):
    path = write_study(tmp_path, text=f"{STUDY}\n[walker]\n{walker}\n")
    return read_study(path)


def test_a_preset_at_another_speed_keeps_what_it_passes(tmp_path):
    told = study(tmp_path, 'preset = "wheelchair"\nspeed = 0.7').walker
    assert (told.preset, told.speed) == ("wheelchair", 0.7)
    assert "steps" in told.shut
    assert told.waits == {"lift": 40.0, "signals": 20.0}


def test_a_speed_alone_is_the_adults(tmp_path):
    told = study(tmp_path, "speed = 0.9").walker
    assert told == replace(ADULT, preset="custom", speed=0.9)


def test_the_record_holds_the_whole_walker(tmp_path):
    told = parameters(study(tmp_path, 'preset = "elderly"\nband = [0.8, 1.2]'))
    walker = told["walker"]
    assert (walker["preset"], walker["speed_m_s"]) == ("elderly", 1.0)
    assert walker["band_m_s"] == [0.8, 1.2]
    assert walker["speed"]["status"] == "DERIVED"
    assert walker["costs"]["steps"] == {
        "value": 2.0,
        "unit": "times",
        "source": "no source: half the speed on steps",
        "status": "OURS",
    }
    own = parameters(study(tmp_path, "speed = 0.9"))["walker"]
    assert own["speed"] == {"status": "STUDY"}


def test_the_files_carry_the_band(tmp_path):
    path = write_study(tmp_path, text=f"{STUDY}\n[walker]\nband = [0.1, 2]\n")
    out = tmp_path / "out"
    cover_study(path, out=out, lang="zh", progress=lambda _: None)
    record = json.loads((out / "coverage.json").read_text(encoding="utf-8"))
    grids = gpd.read_file(out / "coverage.gpkg", layer="grids")
    raw = (out / "coverage.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(raw)))
    moved = 0
    for number, circle in enumerate(record["results"]["circles"], start=1):
        band = circle["band"]
        for measure in ("households", "people", "buildings"):
            for way in ("any", "own"):
                low, high = (band[end][measure][way] for end in ("low", "high"))
                if measure == "people":
                    assert low is high is None
                    continue
                assert low <= circle[measure][way] <= high
                moved += low < high
                assert grids[f"{measure}_{way}_{number}_low"].sum() == low
                assert grids[f"{measure}_{way}_{number}_high"].sum() == high
        street = next(row for row in rows if row["服务圈"] == circle["name"])
        own = band["high"]["buildings"]["own"]
        assert float(street["快速走得到本辖区站点（栋）"]) == own
    assert moved
    assert "步行速度 0.1–2 米/秒" in (out / "coverage.html").read_text("utf-8")

"""The datum test within a study: what stops it, what is told, what is confirmed."""

import shutil

import geopandas as gpd
import offices
import pandas as pd
import pytest

from geoplan.datum import to_gcj02
from geoplan.errors import InputError
from geoplan.recipes.coverage import cover_study
from geoplan.study import read_study
from geoplan.study.datums import words
from geoplan.wording import say, texts

STATIONS = (
    'datum = "gcj02"                      # 坐标抄自网络地图，是 GCJ-02（火星坐标）\n'
)
GATES = 'gates = { path = "gates.csv", datum = "wgs84" }'


@pytest.fixture
def wenlan(root, tmp_path):
    """Give a copy of the shipped study, and the function that changes its file."""
    folder = tmp_path / "study"
    shutil.copytree(root / "data" / "wenlan", folder)
    path = folder / "study.toml"

    def changed(**swaps):
        text = path.read_text(encoding="utf-8")
        for old, new in swaps.values():
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        return path

    return changed


def rules(study):
    return {(finding.rule, finding.layer) for finding in study.findings}


def test_the_shipped_study_is_what_it_says(wenlan):
    study = read_study(wenlan())
    assert {v.layer: v.datum for v in study.datums if v.fits} == {
        **dict.fromkeys(
            ["grids", "communities", "buildings", "compounds", "gates"], "wgs84"
        ),
        **dict.fromkeys(["stations", "candidates"], "gcj02"),
    }
    assert not any(rule.startswith("datum") for rule, _ in rules(study))


def wrong(study):
    """Return layer → facts of what is beyond doubt not what it was read as."""
    found = [f for f in study.findings if f.rule == "datum_wrong"]
    assert all(finding.level == "error" for finding in found)
    return {finding.layer: finding.facts for finding in found}


def test_a_shifted_layer_is_told_with_the_line_to_write(wenlan):
    study = read_study(wenlan(stations=(STATIONS, "")))
    (facts,) = wrong(study).values()
    said = say("findings.datum_wrong", lang="zh", **facts)
    assert '请在研究文件的 [stations] 下写 datum = "gcj02"。' in said
    assert "站点共 42 个，按 GCJ-02 有 42 个在楼里或门口，按 WGS84 有" in said
    assert ("datum_assumed", "stations") not in rules(study)
    (verdict,) = (v for v in study.datums if v.layer == "stations")
    assert (verdict.told, verdict.datum, verdict.sure) == ("wgs84", "gcj02", True)
    assert len(words(verdict, lang="zh")) == len(verdict.evidence)


def test_coverage_refuses_it(wenlan, tmp_path):
    path = wenlan(stations=(STATIONS, ""))
    with pytest.raises(InputError) as caught:
        cover_study(path, out=tmp_path / "out", lang="zh", progress=lambda _: None)
    assert 'In [stations] of the study file write datum = "gcj02".' in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_file_within_another_table_has_its_own_line(wenlan):
    facts = wrong(read_study(wenlan(gates=(GATES, GATES.replace("wgs84", "gcj02")))))
    assert facts["gates"]["line"] == 'gates = {path = "gates.csv", datum = "wgs84"}'
    assert facts["gates"]["table"] == "compounds"


def test_what_is_confirmed_need_not_be_assumed(wenlan):
    study = read_study(wenlan(gates=(GATES, 'gates = "gates.csv"')))
    (finding,) = (f for f in study.findings if f.rule == "datum_fits")
    assert finding.layer == "gates"
    text = say("findings.datum_fits", lang="zh", **finding.facts)
    assert "经核对是 WGS84：写明属于哪个小区的小区大门有 238 个" in text
    assert ("datum_assumed", "gates") not in rules(study)


def test_too_little_to_tell_leaves_it_open(tmp_path):
    path = offices.write_study(
        tmp_path, text=offices.STUDY.replace('datum = "wgs84"', "")
    )
    study = read_study(path)
    assert ("datum_assumed", "stations") in rules(study)
    assert not any(verdict.likely for verdict in study.datums)


def test_rows_from_another_service_are_listed_by_their_numbers(wenlan):
    path = wenlan(gates=(GATES, GATES))
    table = pd.read_csv(path.parent / "gates.csv", encoding="gbk", dtype=str)
    lon, lat = (
        next(name for name in table.columns if word in name)
        for word in ("经度", "纬度")
    )
    some = slice(20, 40)
    x, y = to_gcj02(table[lon].astype(float), table[lat].astype(float))
    table.loc[some, lon] = pd.Series(x).round(7).astype(str)[some]
    table.loc[some, lat] = pd.Series(y).round(7).astype(str)[some]
    table.to_csv(path.parent / "gates.csv", encoding="gbk", index=False)
    study = read_study(path)
    (finding,) = (f for f in study.findings if f.rule == "datum_rows")
    assert finding.level == "error"  # past doubting: no run goes past it unasked
    assert (finding.layer, finding.facts["datum"]) == ("gates", "GCJ-02")
    rows = {int(row) for row in finding.facts["rows"].strip(" …").split(", ")}
    assert rows <= set(range(22, 43))
    assert finding.facts["count"] >= 18


def test_a_study_elsewhere_has_no_datums(root):
    assert read_study(root / "data" / "monaco").datums == ()


def test_layers_of_one_shifted_map_are_told_against_the_ways(wenlan):
    path = wenlan(stations=(STATIONS, ""))
    for name in ("buildings", "communities", "compounds"):
        file = path.parent / f"{name}.gpkg"
        layer = gpd.read_file(file).to_crs(4326)
        moved = layer.geometry.transform(_shifted)
        layer.set_geometry(moved).to_file(file)
    facts = wrong(read_study(path))
    assert facts.keys() >= {"buildings", "stations"}
    assert {one["datum"] for one in facts.values()} == {"GCJ-02"}


def _shifted(xy):
    lon, lat = to_gcj02(xy[:, 0], xy[:, 1])
    return pd.DataFrame({"x": lon, "y": lat}).to_numpy()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_of_trial_and_layer_has_its_words(lang):
    known = texts("datum", lang)
    assert {*_KINDS} <= known.keys()
    assert {f"things_{layer}" for layer, _ in _PAIRS} <= known.keys()
    assert {f"layer_{against}" for _, against in _PAIRS} <= known.keys()


_KINDS = (
    *("named", "called", "owned", "clear"),
    *("following", "bordering", "housed", "inside"),
)
_PAIRS = [
    ("grids", "communities"),
    ("communities", "grids"),
    ("buildings", "network"),
    ("buildings", "compounds"),
    ("stations", "buildings"),
    ("candidates", "buildings"),
    ("entrances", "buildings"),
    ("compounds", "grids"),
    ("gates", "compounds"),
]

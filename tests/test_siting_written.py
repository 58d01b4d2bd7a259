"""Every model with every option, worked out anew from what is written alone."""

import itertools
import json

import geopandas as gpd
import pandas as pd
import pytest
from conftest import ROOT
from offices import PLAIN, STUDY, stations, write_study
from shapely import box
from test_siting import AT, CIRCLE, ROOMS, write_rooms

import geoplan
from geoplan.errors import InputError, UsageError
from geoplan.files import together
from geoplan.recipes.run import Run, network_of
from geoplan.recipes.sites.asked import FAR, Asked
from geoplan.recipes.sites.files import write_sites
from geoplan.study.reading import read_study

LOWER = """
[[circle]]
name = "下级圈"
tier = "网格级"
minutes = 1
"""
COMPOUNDS = """
[compounds]
path = "compounds.gpkg"
"""
ONE = range(1, 2)


def quiet(_text):
    pass


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Give a study of two communities, its network, and its folder."""
    folder = tmp_path_factory.mktemp("office")
    write_rooms(folder)
    text = STUDY + ROOMS + COMPOUNDS + CIRCLE + LOWER
    path = write_study(folder, text=text)
    stations(建筑面积=[900, 90]).to_csv(
        folder / "stations.csv", index=False, encoding="gbk"
    )
    east, north = 530_000.0, 4_320_000.0
    gpd.GeoDataFrame(
        {"小区名称": ["旧院", "新苑"], "是否有物业": ["无", "有"]},
        geometry=[
            box(east + 590, north + 265, east + 650, north + 300),
            box(east + 790, north + 190, east + 850, north + 220),
        ],
        crs=PLAIN,
    ).to_file(folder / "compounds.gpkg")
    study = read_study(path)
    return study, network_of(study), folder


def written(office, out, **asked):
    """Return what a run wrote: the record, and the layers of the GeoPackage."""
    study, network, _ = office
    asked = Asked(**asked)
    tiers = geoplan.sites_of(study, network, asked=asked)
    run = Run(progress=quiet, lang="zh", seconds={})
    with together(out) as place:
        write_sites(study, tiers, asked=asked, out=place, run=run)
    record = json.loads((out / "sites.json").read_text("utf-8"))
    file = out / "sites.gpkg"
    names = ("sites", "candidates", "assignment", "uncovered")
    layers = {name: gpd.read_file(file, layer=name) for name in names}
    table = pd.read_csv(out / "sites.csv", dtype=str)
    assert sorted(table["编码"]) == sorted(layers["sites"]["code"])
    return record, layers


def worth(model, rows, *, sites, left):
    """Return a model's value from the rows of who goes where."""
    served = rows["weight"] * rows["share"]
    if model in {"mclp", "tiers"}:
        return served.sum()
    if model == "lscp":
        return sites["new"].sum()
    if model == "p-center":
        return rows["minutes"][served > 0].max()
    beyond = left["weight"][~left["building"].isin(rows["building"])]
    far = FAR * beyond[left["reason"] == "beyond"].sum()
    return (served * rows["minutes"]).sum() + far


OPTIONS = [
    {"model": "mclp"},
    {"model": "mclp", "counts": ONE, "weight": "households"},
    {"model": "mclp", "counts": ONE, "capacity": "150"},
    {"model": "mclp", "counts": ONE, "capacity": "m2"},
    {"model": "mclp", "budget": 1.0},
    {"model": "mclp", "counts": ONE, "own": True},
    {"model": "mclp", "counts": range(2, 3), "per": "community", "close": True},
    {"model": "mclp", "counts": range(2, 3), "per": "grid"},
    {"model": "mclp", "counts": range(3, 4), "apart_m": 150.0},
    {"model": "mclp", "counts": ONE, "first": "unmanaged"},
    {"model": "mclp", "counts": ONE, "first": "unmanaged", "capacity": "150"},
    {"model": "lscp"},
    {"model": "lscp", "target": 0.5},
    {"model": "lscp", "capacity": "300"},
    {"model": "lscp", "apart_m": 350.0},
    {"model": "p-median", "counts": ONE},
    {"model": "p-median", "counts": range(2, 3), "capacity": "300"},
    {"model": "p-median", "budget": 2.0},
    {"model": "p-center", "counts": ONE},
    {"model": "p-center", "counts": range(2, 3), "capacity": "400"},
    {"model": "hubs"},
    {"model": "hubs", "counts": ONE, "capacity": "900"},
    {"model": "tiers", "counts": ONE, "below": 2},
    {"model": "tiers", "counts": ONE, "below": 1, "capacity": "150"},
    {"model": "tiers", "counts": ONE, "below": 1, "budget": 2.0},
]


def named(options):
    return "-".join(f"{k}={v}" for k, v in options.items())


@pytest.mark.parametrize("options", OPTIONS, ids=named)
def test_what_is_written_says_it_all(office, tmp_path, options):
    record, layers = written(office, tmp_path / "out", **options)
    told, asked = record["results"], record["parameters"]["asked"]
    rows, sites, left = (layers[n] for n in ("assignment", "sites", "uncovered"))
    model = options["model"]
    assert told["model"] == asked["model"] == model
    value = worth(model, rows, sites=sites, left=left)
    if asked["first"]:
        assert told["covered"] == pytest.approx(value)
        value = (rows["first"] * rows["share"]).sum()
        assert told["first"]["covered"] == pytest.approx(value)
    assert told["objective"] == pytest.approx(value, rel=1e-5)
    assert told["proved"]
    assert told["bound"] == pytest.approx(told["objective"], rel=1e-5)
    assert told["gap"] <= 1e-5
    assert not told["broken"]
    held(asked, rows=rows, sites=sites)
    for tier in (told, *([told["below"]] if "below" in told else [])):
        mine = {name: f[f["circle"] == tier["circle"]] for name, f in layers.items()}
        counted(tier, **mine)


def counted(told, *, sites, assignment, uncovered, candidates):
    """Check the figures of one circle against the rows of its buildings."""
    limit = {"示例圈": 2.5, "下级圈": 1.0}[told["circle"]]
    near = assignment[assignment["minutes"] <= limit + 1e-9]
    inside = (near["weight"] * near["share"]).sum()
    assert told["covered"] == pytest.approx(inside)
    assert told["uncovered"]["weight"] == pytest.approx(uncovered["weight"].sum())
    assert told["covered"] + uncovered["weight"].sum() == pytest.approx(told["total"])
    assert {one["code"] for one in told["sites"]} == set(sites["code"])
    assert not set(sites["code"]) & set(candidates["code"])
    reasons = uncovered.groupby("reason")["weight"].sum()
    for reason, part in told["uncovered"]["reasons"].items():
        assert part["weight"] == pytest.approx(reasons[reason])
    loads = (assignment["weight"] * assignment["share"]).groupby(assignment["station"])
    loads = loads.sum().reindex(sites["code"]).fillna(0.0)
    assert sites["load"].to_numpy() == pytest.approx(loads.to_numpy(), abs=1e-4)


def held(asked, *, rows, sites):
    """Check that no rule is broken."""
    assert set(rows["station"]) <= set(sites["code"])
    assert (rows.groupby(["circle", "building"])["share"].sum() <= 1 + 1e-6).all()
    new = sites[sites["new"].astype(bool)]
    counts = new.groupby("circle").size()
    if asked["count"] and asked["model"] != "hubs":
        assert counts.get("示例圈", 0) <= asked["count"][1]
    if asked["below"] is not None:
        assert counts.get("下级圈", 0) <= asked["below"]
        assert not set(new["code"][new["circle"] == "示例圈"]) & set(
            new["code"][new["circle"] == "下级圈"]
        )
        leaning = new[new["circle"] == "下级圈"]
        above = sites["code"][sites["circle"] == "示例圈"]
        assert leaning["supporter"].isin(above).all()
        assert (leaning["supporter_minutes"] <= 2.5 + 1e-9).all()
    if asked["budget"] is not None:
        assert new["cost"].sum() <= asked["budget"] + 1e-9
    if asked["capacity"]:
        assert (sites["load"] <= sites["capacity"] + 1e-4).all()
    if asked["per"]:
        assert len(set(sites[asked["per"]])) == 2
    if asked["min_distance_m"]:
        for one, other in itertools.combinations(sites.index, 2):
            pair = sites.loc[[one, other]]
            gap = pair.geometry.iloc[0].distance(pair.geometry.iloc[1])
            assert gap >= asked["min_distance_m"] or not pair["new"].any()


def test_what_goes_first_goes_first(office, tmp_path):
    usual, _ = written(office, tmp_path / "a", counts=ONE, capacity="250")
    first, layers = written(
        office, tmp_path / "b", counts=ONE, capacity="250", first="unmanaged"
    )
    assert usual["results"]["covered"] == first["results"]["covered"]
    one, all_of = first["results"]["first"], first["results"]
    assert one == {"measure": "unmanaged", "before": 0, "covered": 200, "total": 200}
    assert all_of["objective"] == 200
    served = layers["assignment"].set_index("building")
    assert served.loc["b3", "share"] == pytest.approx(1.0)
    assert served.loc["b4", "share"] == pytest.approx(0.25)  # what room is left


def test_a_hub_serves_whole_communities_and_their_neighbours(office, tmp_path):
    record, layers = written(office, tmp_path / "out", model="hubs")
    (hub,) = record["results"]["sites"]
    assert (hub["code"], len(hub["serves"])) == ("s1", 2)
    assert hub["load"] == 700
    assert hub["within"] == 300  # the others are farther than the circle
    assert record["results"]["uncovered"]["reasons"].keys() == {"beyond"}
    assert set(layers["assignment"]["station"]) == {"s1"}
    with pytest.raises(UsageError) as error:
        written(office, tmp_path / "no", model="hubs", capacity="300")
    assert error.value.key == "sites_capacity"


def test_two_tiers_need_a_circle_below(office, tmp_path):
    with pytest.raises(UsageError) as error:
        written(office, tmp_path / "no", model="tiers", circle="下级圈")
    assert error.value.key == "siting_no_tier"
    assert error.value.say("zh")


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"target": 0.5}, "siting_option"),
        ({"model": "lscp", "first": "elderly"}, "siting_option"),
        ({"below": 2}, "siting_option"),
        ({"model": "hubs", "close": True}, "siting_option"),
        ({"model": "tiers", "counts": range(1, 3)}, "siting_one_count"),
        ({"counts": ONE, "evaluate": ROOT / "README.md"}, "siting_listed_option"),
        ({"first": "elderly"}, "siting_first"),
    ],
)
def test_an_option_that_says_nothing_is_refused(office, tmp_path, options, key):
    with pytest.raises(UsageError) as error:
        written(office, tmp_path / "no", **options)
    assert error.value.key == key
    for lang in ("zh", "en"):
        assert "{" not in error.value.say(lang)


# Places of one's own


def idea(office, text, *, name="idea.csv", encoding="utf-8"):
    path = office[2] / name
    path.write_text(text, encoding=encoding)
    return path


def degrees(x):
    point = gpd.GeoSeries.from_xy([530_000 + x], [4_320_255], crs=PLAIN).to_crs(4326)
    return f"{point.x[0]:.7f},{point.y[0]:.7f}"


def new(record):
    return [site["code"] for site in record["results"]["sites"] if site["new"]]


def test_places_of_a_list_are_judged_beside_known_ones(office, tmp_path):
    text = f"编码,名称,经度,纬度\nR2,,,\nX1,街道的想法,{degrees(AT['R3'])}\n"
    path = idea(office, text, encoding="gbk")
    record, layers = written(office, tmp_path / "a", evaluate=path, datum="wgs84")
    assert sorted(new(record)) == ["R2", "X1"]
    assert record["results"]["covered"] == 700
    assert record["results"]["bound"] == 700
    at = layers["sites"].set_index("code").geometry
    assert at["X1"].x == pytest.approx(530_000 + AT["R3"], abs=0.05)
    bare = idea(office, f"名称,经度,纬度\n,{degrees(710)}\n示例房R4,,\n")
    record, _ = written(office, tmp_path / "b", evaluate=bare, datum="wgs84")
    assert sorted(new(record)) == ["L2", "R4"]
    metres = idea(office, "名称,x,y\n路口,530710,4320255\n")
    record, _ = written(office, tmp_path / "c", evaluate=metres)
    assert new(record) == ["L2"]
    assert record["results"]["covered"] == 700


def test_a_list_that_cannot_be_used_says_where(office, tmp_path):
    far = idea(office, "名称,经度,纬度\n远处,85.5,39.02\n")
    nameless = idea(
        office, f"名称,经度,纬度\n甲,{degrees(710)}\n没有的,,\n", name="n.csv"
    )
    for path, row in ((far, 2), (nameless, 3)):
        with pytest.raises(InputError) as error:
            written(office, tmp_path / "no", evaluate=path, datum="wgs84")
        assert error.value.where["row"] == row
        assert not (tmp_path / "no").exists()

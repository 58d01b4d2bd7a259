"""The study that ships and makes nothing up."""

import hashlib
import sys
import tomllib

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from pandas.testing import assert_frame_equal

# tests/test_files/monaco.osm.pbf of quackosm 0.19.0
EXTRACT = "1fdee8b72c48f932cab3aa9f1f74f87dfd954509a3b47cb932556d827189b97c"


@pytest.fixture(scope="module")
def folder(root):
    return root / "data" / "monaco"


@pytest.fixture(scope="module")
def grids(folder):
    return gpd.read_file(folder / "grids.gpkg")


@pytest.fixture(scope="module")
def communities(folder):
    return gpd.read_file(folder / "communities.gpkg")


@pytest.fixture(scope="module")
def buildings(folder):
    return gpd.read_file(folder / "buildings.gpkg")


@pytest.fixture(scope="module")
def stations(folder):
    path = folder / "stations.csv"
    return pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False)


@pytest.fixture(scope="module")
def made(root, folder):
    """Give the study made anew from the extract that ships."""
    place = str(root / "scripts" / "make_monaco")
    sys.path.append(place)
    import monaco  # noqa: PLC0415  found on the path just added

    study = monaco.made(folder / "streets.osm.pbf")
    sys.path.remove(place)
    return study


def test_the_extract_is_the_published_one(folder):
    data = (folder / "streets.osm.pbf").read_bytes()
    assert hashlib.sha256(data).hexdigest() == EXTRACT


def test_small(folder):
    assert sum(path.stat().st_size for path in folder.iterdir()) < 3_000_000


def test_the_script_makes_what_ships(made, grids, communities, buildings, stations):
    assert_geodataframe_equal(made.grids, grids, check_dtype=False)
    assert_geodataframe_equal(made.communities, communities, check_dtype=False)
    columns = ["code", "levels", "height", "residential", "people", "geometry"]
    assert_geodataframe_equal(
        made.buildings[columns], buildings[columns], check_dtype=False
    )
    assert_frame_equal(made.stations, stations, check_dtype=False)


def test_quarters_that_do_not_close_are_named(made, folder):
    assert made.left_out == [
        "Jardin Exotique",
        "Les Monegetti",
        "Ravin de Sainte-Dévote",
    ]
    for text in (folder / "README.md", folder / "study.toml"):
        for name in made.left_out:
            assert name in text.read_text(encoding="utf-8")


def test_grids_nest_in_communities(grids, communities):
    assert 60 <= len(grids) <= 100
    assert grids["code"].is_unique
    assert set(grids["community"]) == set(communities["code"])
    assert shapely.coverage_is_valid(grids.geometry.to_numpy())
    assert shapely.coverage_is_valid(communities.geometry.to_numpy())
    for code, part in grids.groupby("community"):
        whole = communities.set_index("code").geometry[code]
        assert part.union_all().symmetric_difference(whole).area < 1e-3
    assert (grids.geom_type == "Polygon").all()
    assert grids.area.min() >= 5000


def test_grids_are_land(grids):
    harbour = gpd.GeoSeries.from_xy([7.4255], [43.7352], crs="EPSG:4326")
    assert not grids.contains(harbour.to_crs(grids.crs)[0]).any()


def test_buildings_are_those_of_the_map(buildings):
    assert len(buildings) == 1256
    assert buildings["code"].is_unique
    assert buildings.is_valid.all()
    assert buildings["levels"].notna().sum() > 450


def test_people_are_the_official_number(buildings):
    assert buildings["people"].sum() == 39050
    homes = buildings["residential"] == 1
    assert (buildings.loc[~homes, "people"] == 0).all()
    dealt = buildings["people_estimated"] == 1
    assert buildings.loc[homes & ~dealt, "people"].isna().all()


def test_people_follow_floor_area(buildings):
    dealt = buildings[buildings["people_estimated"] == 1]
    levels = dealt["levels"].fillna((dealt["height"] / 3).round().clip(lower=1))
    floor = dealt.area * levels.fillna(1)
    quota = 39050 * floor / floor.sum()
    assert (dealt["people"] - quota).abs().max() < 1


def test_stations(stations):
    assert stations["code"].is_unique
    assert stations["name"].is_unique
    assert (stations["name"] != "").all()
    tiers = stations.groupby("items")["tier"].unique().str.join("").to_dict()
    assert tiers["library"] == tiers["post_office"] == tiers["townhall"] == "社区级"
    assert tiers["pharmacy"] == tiers["school"] == "网格级"


def test_no_owner_is_named(stations, buildings):
    pharmacies = stations.loc[stations["items"] == "pharmacy", "name"]
    assert pharmacies.str.startswith("Pharmacie, ").all()
    assert not buildings["name"].fillna("").str.startswith("Maison ").any()


def test_the_study_says_what_is_estimated(folder):
    study = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    assert any("估计" in note for note in study["study"]["notes"])
    assert any("OpenStreetMap" in credit for credit in study["study"]["credits"])
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "Open Database License" in readme

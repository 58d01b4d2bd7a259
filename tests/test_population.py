"""Who lives where: totals dealt to buildings, and rasters to grids."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import STUDY, write_study
from rasterio.transform import from_origin
from shapely import box
from towns import areas, buildings, layers, stations

from geoplan import population
from geoplan.coverage.homes import inhabited
from geoplan.errors import InputError
from geoplan.model import Cells
from geoplan.study import read_study
from geoplan.study.people import counted, settled, with_raster
from geoplan.study.totals import _filled


def test_levels_are_given_or_from_the_height_or_one():
    homes = buildings(
        [box(0, 0, 10, 10)] * 4,
        levels=[6, np.nan, np.nan, np.nan],
        height_m=[30.0, 17.0, 1.0, np.nan],
    )
    assert population.levels(homes).tolist() == [6, 6, 1, 1]
    assert population.floor_m2(homes).tolist() == [600, 600, 100, 100]


def test_what_is_given_stays_and_the_rest_is_dealt():
    homes = buildings([box(0, 0, 10, 10)] * 3, households=[4, np.nan, np.nan])
    settled, found = population.settle(
        homes,
        areas=areas([box(0, 0, 99, 99)], code=["A"], households=[10.0]),
        area=pd.Series("A", index=homes.index),
        count="households",
    )
    assert settled.tolist() == [4, 3, 3]
    assert found == ()


def test_nobody_lives_in_a_school():
    homes = buildings([box(0, 0, 10, 10)] * 2, residential=[True, False])
    settled, _ = population.settle(
        homes,
        areas=areas([box(0, 0, 99, 99)], code=["A"], households=[10.0]),
        area=pd.Series("A", index=homes.index),
        count="households",
    )
    assert settled.tolist() == [10, 0]


@pytest.mark.parametrize(
    ("given_households", "residential", "rule"),
    [([12.0], [True], "below"), ([np.nan], [False], "without")],
)
def test_totals_that_do_not_fit_are_told(given_households, residential, rule):
    homes = buildings(
        [box(0, 0, 10, 10)], households=given_households, residential=residential
    )
    _, found = population.settle(
        homes,
        areas=areas([box(0, 0, 99, 99)], code=["A"], households=[10.0]),
        area=pd.Series("A", index=homes.index),
        count="households",
    )
    assert [f.rule for f in found] == [f"households_total_{rule}_buildings"]


def test_nothing_known_stays_unknown():
    homes = buildings([box(0, 0, 10, 10)])
    settled, _ = population.settle(
        homes,
        areas=areas([box(0, 0, 99, 99)], code=["A"]),
        area=pd.Series("A", index=homes.index),
        count="people",
    )
    assert settled.isna().all()


@given(
    st.integers(0, 10**6),
    st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=40),
)
def test_dealt_shares_add_up_and_are_fair(total, weights):
    codes = [f"{i:03d}" for i in range(len(weights))]
    shares = population.deal(total, weights, codes)
    assert shares.sum() == total
    assert (shares >= 0).all()
    whole = sum(weights)
    if whole > 0:
        quota = total * (np.array(weights) / whole)
        assert (np.abs(shares - quota) < 1 + 1e-6).all()


@given(st.permutations(range(6)), st.integers(0, 100))
def test_the_order_of_buildings_does_not_matter(order, total):
    weights, codes = np.array([1.0, 1, 2, 2, 3, 3]), np.array(list("abcdef"))
    shuffled = list(order)
    straight = dict(zip(codes, population.deal(total, weights, codes), strict=True))
    other = population.deal(total, weights[shuffled], codes[shuffled])
    assert dict(zip(codes[shuffled], other, strict=True)) == straight


# Hard conservation: what areas tell is what their buildings have, to the person.


def town(draw_people, *, where):
    """Return layers of a row of grids 100 m wide, two homes in each."""
    count = len(draw_people)
    squares = [box(100 * i, 0, 100 * i + 100, 100) for i in range(count)]
    homes = [
        box(100 * i + x, 10, 100 * i + x + 20, 10 + 10 * (1 + i % 3))
        for i in range(count)
        for x in (10, 60)
    ]
    told = [np.nan if n is None else float(n) for n in draw_people]
    grids = areas(
        squares,
        code=[f"G{i:02d}" for i in range(count)],
        community=[f"K{i // 2}" for i in range(count)],
    )
    parts = {
        "buildings": buildings(homes, code=[f"b{i:03d}" for i in range(2 * count)]),
        "stations": stations([(0, 0)]),
    }
    if where == "grids":
        return layers(grids=grids.assign(people=told), **parts)
    merged = grids.dissolve("community")[["geometry"]]
    communities = areas(list(merged.geometry), code=list(merged.index))
    if where == "communities":
        communities["people"] = told[: len(communities)]
    place = layers(grids=grids, communities=communities, **parts)
    if where == "street":
        return replace(place, totals={"people": told[0]})
    return place


counts = st.one_of(st.none(), st.integers(0, 10**6))


@settings(deadline=None)
@given(
    st.lists(counts, min_size=2, max_size=8),
    st.sampled_from(["grids", "communities", "street"]),
)
def test_people_are_conserved_to_the_person(told, where):
    if where == "street":
        told[0] = told[0] or 0
    place = town(told, where=where)
    homes, _ = inhabited(place)
    people = homes["people"]
    assert (people.dropna() % 1 == 0).all()
    if where == "grids":
        area, totals = homes["grid"], place.grids["people"]
    elif where == "communities":
        area, totals = homes["community"], place.communities["people"]
    else:
        area = pd.Series("street", homes.index)
        totals = pd.Series({"street": told[0]}, dtype=float)
    sums = people.groupby(area).sum(min_count=1)
    for code, total in totals.items():
        if np.isnan(total):
            assert np.isnan(sums[code])
        else:
            assert sums[code] == total


# A raster


def raster(path, values, *, west=0.0, north=100.0, cell=50.0, **options):
    values = np.array(values, "float32")
    given_options = {"crs": 4547, "nodata": -99999.0, **options}
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0],
        count=1, dtype="float32", transform=from_origin(west, north, cell, cell),
        **given_options,
    ) as target:  # fmt: skip
        target.write(values, 1)
    return path


def people_of(place):
    return place.grids["people"].tolist()


def test_cells_are_cut_at_the_borders_of_grids(tmp_path):
    # cells of 80 m over grids of 100 m: the second is cut 20 : 60
    path = raster(tmp_path / "p.tif", [[10, 40, 20]], cell=80.0, north=80.0)
    place = town([None, None], where="none")
    filled, found = with_raster(place, path)
    assert people_of(filled) == [20, 40]  # 10 + 10, 30 + a half of 20
    assert [f.rule for f in found] == ["people_from_raster", "people_raster_nodata"]
    assert found[0].facts["people"] == 60
    assert found[1].facts["percent"] == "20.0"
    homes, _ = inhabited(filled)
    assert homes["people"].sum() == 60
    assert homes["people_estimated"].all()


def test_no_data_is_nobody_and_is_told(tmp_path):
    path = raster(tmp_path / "p.tif", [[7, 7, -99999, -99999]] * 2)
    filled, found = with_raster(town([None, None], where="none"), path)
    assert people_of(filled) == [28, 0]
    assert [(f.rule, f.code) for f in found[1:]] == [
        ("people_raster_nodata", ""),
        ("grid_outside_raster", "G01"),
    ]


def test_what_files_tell_goes_before_the_raster(tmp_path):
    path = raster(tmp_path / "p.tif", [[7] * 4] * 2)
    filled, _ = with_raster(town([100, None], where="grids"), path)
    assert people_of(filled) == [100, 28]
    place = town([100, 50], where="grids")
    same, (unused,) = with_raster(place, path)
    assert same is place
    assert unused.rule == "people_raster_unused"
    assert (unused.facts["raster"], unused.facts["people"]) == (56, 150)


def test_homes_that_tell_their_people_make_a_known_grid(tmp_path):
    path = raster(tmp_path / "p.tif", [[7] * 4] * 2)
    place = town([None, None], where="none")
    homes = place.buildings.assign(people=[3.0, 4.0, np.nan, np.nan])
    filled, _ = with_raster(replace(place, buildings=homes), path)
    assert [None if np.isnan(n) else n for n in people_of(filled)] == [None, 28]
    counted, _ = inhabited(filled)
    assert counted["people"].tolist() == [3, 4, 14, 14]


def test_a_known_total_is_dealt_as_the_raster_lies(tmp_path):
    path = raster(tmp_path / "p.tif", [[1, 1, 3, 3, 0, 0, 5, 5]] * 2)
    filled, found = with_raster(town([100, 60, None, None], where="communities"), path)
    assert people_of(filled) == [25, 75, 0, 60]
    assert found[0].rule == "people_raster_shaped"
    filled, _ = with_raster(town([36, None, None, None], where="street"), path)
    assert people_of(filled) == [4, 12, 0, 20]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.lists(
            st.one_of(st.just(-99999.0), st.floats(0, 900, width=32)),
            min_size=9, max_size=9,
        ),
        min_size=4, max_size=4,
    ),
    st.floats(-30, 0),
    st.integers(1, 6),
)  # fmt: skip
def test_a_raster_is_conserved_whatever_the_grids(values, west, count):
    """Cells of 90 m over grids of 100 m, against a loop over cells and grids."""
    place = town([None] * count, where="none")
    cells = Cells(
        amounts=np.where(np.array(values) < 0, np.nan, values),
        transform=(90.0, 0.0, west, 0.0, -90.0, 200.0),
        crs=place.crs,
    )
    told = counted(cells, layers=place)["people"]
    slow = np.zeros(count)
    for row in range(4):
        for column in range(9):
            x, y = west + 90 * column, 200 - 90 * row
            value = cells.amounts[row, column]
            for grid, shape in enumerate(place.grids.geometry):
                part = shape.intersection(box(x, y - 90, x + 90, y)).area
                slow[grid] += 0 if np.isnan(value) else value * part / 8100
    assert told.to_numpy() == pytest.approx(slow, rel=1e-9, abs=1e-6)
    whole, shaped = settled(told, own=pd.Series(np.nan, told.index), layers=place)
    assert not shaped
    assert whole.sum() == round(told.sum())
    assert (whole % 1 == 0).all()
    assert (np.abs(whole - told) < 1 + 1e-6).all()


def test_degrees_are_cut_in_metres(tmp_path):
    """A raster like WorldPop's, in degrees, gives its people to the grids on it."""
    place = town([None] * 4, where="none")
    corners = place.grids.to_crs(4326).total_bounds
    west, south, east, north = corners
    step = 1 / 1200
    path = raster(
        tmp_path / "wp.tif",
        np.full((6, 12), 10.0),
        west=west - 2 * step,
        north=north + 2 * step,
        cell=step,
        crs=4326,
    )
    filled, _ = with_raster(place, path)
    share = (east - west) * (north - south) / step**2
    assert filled.grids["people"].sum() == pytest.approx(10 * share, rel=0.02)


@pytest.mark.parametrize(
    ("values", "options", "key"),
    [
        ([[1, -3]], {}, "raster_negative"),
        ([[-99999, -99999]], {}, "raster_elsewhere"),
        ([[1, 1]], {"west": 1e5}, "raster_elsewhere"),
    ],
)
def test_rasters_that_cannot_be(tmp_path, values, options, key):
    path = raster(tmp_path / "p.tif", values, **options)
    with pytest.raises(InputError) as caught:
        with_raster(town([None], where="none"), path)
    assert caught.value.key == key
    assert "{" not in caught.value.say("zh")
    assert "{" not in caught.value.say("en")


def test_a_study_names_its_raster(tmp_path):
    path = write_study(tmp_path, text=STUDY + '\n[population]\nraster = "people.tif"\n')
    (tmp_path / "plain").mkdir()
    plain = read_study(write_study(tmp_path / "plain"))
    west, south, east, north = plain.layers.grids.total_bounds
    wide, high = round((east - west) / 50) + 2, round((north - south) / 50) + 2
    raster(
        tmp_path / "people.tif",
        np.full((high, wide), 2.0),
        west=west - 20,
        north=north + 20,
        crs=plain.crs.to_epsg(),
    )
    study = read_study(path)
    assert "people.tif" in [file.path for file in study.inputs]
    known = plain.layers.grids["people"].notna().all()
    rule = "people_raster_unused" if known else "people_from_raster"
    assert rule in [f.rule for f in study.findings]
    (tmp_path / "people.tif").unlink()
    with pytest.raises(InputError) as caught:
        read_study(path)
    assert caught.value.key == "file_missing"


def test_small_counts_are_not_told_where_tables_differ():
    place = areas([box(0, 0, 1, 1)] * 2, code=["A", "B"], elderly=[3.0, 30.0])
    given_ = pd.DataFrame({"elderly": [4.0, 31.0]}, index=["A", "B"])
    for count in ("households", "people"):
        given_[count] = np.nan
    _, found = _filled(place, given_, level="grids")
    assert [(f.facts["own"], f.facts["told"]) for f in found] == [
        ("<5", "<5"),
        (30, 31),
    ]

"""Divisions of the studies that ship, judged from their polygons by shapely alone."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from division_papers import homes_astray, judge
from proving import made_study

from geoplan import division
from geoplan.recipes.division.asked import Asked
from geoplan.recipes.division.board import board_of
from geoplan.recipes.division.board import plans_of as plans_for
from geoplan.recipes.division.files import write_division
from geoplan.recipes.division.ground import laid_out
from geoplan.recipes.division.record import division_record
from geoplan.recipes.run import Run, network_of
from geoplan.study.reading import read_study

QUICK = division.Effort(sweeps=40, starts=2)


@pytest.fixture(scope="module", params=["wenlan", "monaco"])
def on(request, root):
    study = read_study(root / "data" / request.param)
    laid = laid_out(study, network=network_of(study))
    return board_of(laid, asked=Asked()).trying(QUICK)


@pytest.fixture(scope="module")
def proven(real_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("proven")
    extract = real_data / "heidelberg" / "heidelberg.osm.pbf"
    place = {"middle": (8.684, 49.4115), "half": 500.0, "crs": "EPSG:32632"}
    made_study(folder, extract=extract, **place)
    study = read_study(folder)
    laid = laid_out(study, network=network_of(study))
    return laid, board_of(laid, asked=Asked()).trying(QUICK)


def plans_of(on):
    yield from division.redraw(on)
    yield from division.least_change(on)
    largest = division.today(on).sizes().idxmax()
    yield from division.split(on, largest)


def test_every_hard_rule_holds_on_the_polygons_of_every_plan(on):
    ground = on.units.ground
    was = ground.grids
    for plan in plans_of(on):
        now = division.grids(plan)
        case = division.Case(after=now, ground=ground, locked=on.locked, aims=on.aims)
        assert division.kept([*division.judged(case), division.on_foot(plan)])
        shapes = now.geometry.to_numpy()
        assert (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON).all()
        one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        apart = one < other
        shared = shapely.intersection(shapes[one[apart]], shapes[other[apart]])
        assert shapely.area(shared).max() < 1e-6
        assert shapely.area(shapes).sum() == pytest.approx(was.area.sum(), abs=0.01)
        held, _ = shapely.STRtree(ground.places).query(shapes, predicate="contains")[
            ::-1
        ]
        assert len(np.unique(held)) == len(held) == len(ground.places)


def test_totals_are_those_of_today_to_the_person(on):
    frame = on.units.frame
    buildings = on.units.ground.buildings
    for plan in plans_of(on):
        told = division.flows(plan)
        for name in ("households", "people", "buildings"):
            assert told[name].sum() == buildings[name].sum()
            by_grid = frame.groupby("grid")[name].sum()
            assert told.groupby("from")[name].sum().equals(by_grid)


def test_the_list_of_least_change_starts_with_today_and_balances_ever_better(on):
    plans = division.least_change(on)
    assert not plans[0].moved.any()
    worth = [plan.cv for plan in plans]
    assert worth == sorted(worth, reverse=True)
    assert worth[-1] < worth[0]


def test_the_same_seed_gives_the_same_plan(on):
    one, other = (division.redraw(on)[0] for _ in range(2))
    assert (one.grid == other.grid).all()


def test_most_sides_have_a_name(on):
    told = division.sides(on.units.ground.grids, ground=on.units.ground)
    assert ((told != "").mean() > 0.7).all()


@pytest.mark.parametrize("asked", [Asked(options=1), Asked(min_change=True)])
def test_grids_made_of_real_streets_keep_every_rule_on_paper(proven, asked, tmp_path):
    laid, on = proven
    plans = plans_for(laid, board=on, asked=asked)
    found = division_record(laid, plans=plans, task=asked.task)
    assert not [one for one in found.findings if one.level == "error"]
    run = Run(progress=str, lang="zh", seconds={})
    write_division(laid.study, found, asked=asked, out=tmp_path, run=run)
    judge(tmp_path, layers=laid.study.layers)
    ground = laid.ground
    told = {"points": ground.places, "barriers": ground.hard}
    assert len(ground.hard) > 0
    today = homes_astray(ground.grids, **told)
    for plan in found.plans:
        assert homes_astray(plan.grids, **told) <= today


def drawn_loosely(grids, rng):
    """Return grids as they are drawn by hand: borders apart, one grid in two pieces."""
    shapes = shapely.simplify(grids.geometry.to_numpy(), 3.0)
    shapes = shapely.make_valid(shapes, method="structure")
    community = grids["community"].value_counts().index[0]
    mine = np.flatnonzero(grids["community"] == community)
    far = mine[np.argmax(shapely.distance(shapes[mine], shapes[mine[0]]))]
    shapes[mine[0]] = shapely.union(shapes[mine[0]], shapes[far])
    keep = rng.permutation(np.setdiff1d(np.arange(len(shapes)), far))
    return grids.set_geometry(shapes, crs=grids.crs).iloc[keep]


def test_grids_that_overlap_gape_and_lie_in_pieces_get_no_worse(on):
    loose = drawn_loosely(on.units.ground.grids, np.random.default_rng(0))
    rough = division.board(replace(on.units.ground, grids=loose), effort=QUICK)
    ground = rough.units.ground
    for plan in division.least_change(rough):
        now = division.grids(plan)
        case = division.Case(after=now, ground=ground, locked=on.locked)
        rules = [*division.judged(case), division.on_foot(plan)]
        broken = [one for one in rules if one.level == "error" and not one.passed]
        assert broken == []
        assert any(one.inherited for one in rules if one.id == "G1")

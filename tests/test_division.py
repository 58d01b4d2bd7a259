"""Units, neighbours and rules of a division, on towns that are counted by hand."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from divisions import areas, block, code_of, house, lattice, lines, town

from geoplan.division import outcome
from geoplan.division.aims import Aims, weighted
from geoplan.division.case import Case
from geoplan.division.given import COUNTS
from geoplan.division.neighbours import neighbours
from geoplan.division.plans import board, today
from geoplan.division.rules import judged, kept
from geoplan.division.units import units
from geoplan.errors import UsageError


def walked(ground):
    """Return the pairs of units that can be walked between, by their middles."""
    made = units(ground)
    pairs = neighbours(made)
    at = [(round(x / 50), round(y / 50)) for x, y in made.frame[["x", "y"]].to_numpy()]
    return {
        tuple(sorted((at[a], at[b])))
        for a, b in zip(
            pairs["one"][pairs["walk"]], pairs["other"][pairs["walk"]], strict=True
        )
    }


def covered_once(made):
    frame = made.frame
    whole = frame.dissolve("grid").geometry
    grids = made.ground.grids.geometry.reindex(whole.index)
    off = shapely.area(shapely.symmetric_difference(whole.to_numpy(), grids.to_numpy()))
    return off.max() < 1e-6 and abs(frame.area.sum() - grids.area.sum()) < 1e-6


# Units


def test_blocks_between_ways_are_units():
    made = units(town(["AAa", "AAa"]))
    assert len(made.frame) == 6
    assert set(made.frame["kind"]) == {"block"}
    assert (made.frame["households"] == 100).all()
    assert covered_once(made)
    assert made.torn == ()


def test_units_are_numbered_from_west_to_east():
    made = units(town(["AA"]))
    assert list(made.frame.index) == [f"{code_of('A')}-001", f"{code_of('A')}-002"]
    assert made.frame["x"].is_monotonic_increasing


def test_a_grid_border_parts_a_block():
    ways = [line for line in lattice(["Aa"]) if line.centroid.x != 100]
    made = units(town(["Aa"], ways=ways))
    assert len(made.frame) == 2
    assert made.frame["block"].nunique() == 1


def test_totals_are_conserved():
    ground = town(["AAa", "BBb"], households={(0, 0): 7, (2, 1): 412})
    made = units(ground, most=300)
    assert made.frame[list(COUNTS)].sum().equals(ground.buildings[list(COUNTS)].sum())


def test_a_footprint_over_a_way_is_gone_round():
    ground = town(["AA"], buildings=[(shapely.box(60, 40, 120, 60), 30, "")])
    made = units(ground)
    home = made.frame.iloc[made.of_building[0]]
    assert home.geometry.covers(shapely.box(60, 40, 120, 60))
    assert home["area_m2"] == pytest.approx(100 * 100 + 20 * 20)
    assert covered_once(made)
    assert made.torn == ()


def test_a_footprint_over_todays_border_is_told_and_the_border_stays():
    ground = town(["Aa"], buildings=[(shapely.box(60, 40, 120, 60), 30, "")])
    made = units(ground)
    assert made.torn == ("b000",)
    assert [one.rule for one in made.findings] == ["division_footprints_torn"]
    assert covered_once(made)
    assert made.frame["grid"].iloc[made.of_building[0]] == code_of("A")


def test_a_compound_is_one_unit_whatever_way_runs_through_it():
    shape = shapely.box(20, 10, 180, 90)
    inside = [(house(0, 0), 100, "梅园"), (house(1, 0), 100, "梅园")]
    ground = town(["AA"], buildings=inside, compounds=areas([shape], ["梅园"]))
    made = units(ground)
    [unit] = made.frame.index[made.frame["kind"] == "compound"]
    assert made.frame.loc[unit, "households"] == 200
    assert made.frame.loc[unit, "name"] == "梅园"
    assert covered_once(made)


def test_a_large_block_is_parted_between_buildings_and_that_is_said():
    homes = [
        (shapely.box(10, 10, 30, 30), 300, ""),
        (shapely.box(70, 10, 90, 30), 300, ""),
        (shapely.box(40, 70, 60, 90), 300, ""),
    ]
    made = units(town(["A"], buildings=homes), most=500)
    assert len(made.frame) == 3
    assert set(made.frame["kind"]) == {"share"}
    assert covered_once(made)
    [said] = made.findings
    assert said.rule == "division_block_parted"
    assert said.facts["households"] == 900
    for at, (shape, *_) in enumerate(homes):
        assert made.frame.geometry.iloc[made.of_building[at]].covers(shape)
    assert "900" in said.problem(lang="zh")


def test_water_goes_with_the_longest_border():
    #  the pond lies in the western block and touches the eastern one
    pond = areas([shapely.box(60, 20, 100, 80)], ["荷塘"])
    ground = town(["AA"], water=pond, hard=shapely.boundary(pond.geometry.to_numpy()))
    made = units(ground)
    west = made.frame.geometry.iloc[0]
    assert len(made.frame) == 2
    assert west.area == pytest.approx(100 * 100)
    assert covered_once(made)


def test_shares_of_crowded_buildings_cover_the_block_once():
    rng = np.random.default_rng(3)
    turned = [
        (shapely.affinity.rotate(shapely.box(x, y, x + 9, y + 5), angle), 20, "")
        for (x, y), angle in zip(
            rng.integers(1, 18, (60, 2)) * 5.0, rng.random(60) * 90, strict=True
        )
    ]
    made = units(town(["A"], buildings=turned), most=500)
    assert set(made.frame["kind"]) == {"share"}
    assert made.frame["households"].sum() == 1200
    assert covered_once(made)


def test_a_footprint_over_todays_border_is_not_cut_again_beyond_it():
    over = [(shapely.box(70, 40, 130, 60), 7, ""), (house(1, 0, 3), 5, "")]
    across = shapely.LineString([(100, 50), (200, 50)])  # through what lies beyond
    ground = town(["Aa"], buildings=over, ways=[*lattice(["Aa"]), across])
    made = units(ground)
    assert made.torn == ("b000",)
    shapes = made.frame.geometry.to_numpy()
    shared = shapely.area(shapely.intersection(shapes, over[0][0]))
    assert sorted(shared[shared > 0]) == pytest.approx([600, 600])


def test_a_footprint_over_a_barrier_goes_whole_with_its_place():
    rail = lines([(100, -10), (100, 110)])
    bridge = [(shapely.box(60, 40, 110, 60), 7, ""), (house(1, 0), 5, "")]
    made = units(town(["AA"], hard=rail, buildings=bridge))
    assert made.torn == ()
    held = made.frame.geometry.to_numpy()
    assert shapely.covers(held, bridge[0][0]).sum() == 1
    assert not neighbours(made)["walk"].any()


def test_empty_strips_go_with_a_neighbour():
    ways = [*lattice(["AA"]), *lines([(105, 0), (105, 100)])]
    made = units(town(["AA"], ways=ways))
    assert len(made.frame) == 2
    assert covered_once(made)


def test_a_neck_joins_nothing():
    """A strip of 0.2 mm beyond a railway touches the western block by its end."""
    short = 100 - 2e-4
    made = units(town(["AA"], hard=lines([(100, short), (200, short)])))
    assert made.frame.geometry.iloc[0].bounds == (0, 0, 100, 100)
    assert covered_once(made)


# Neighbours


def test_blocks_across_a_way_are_neighbours_and_across_a_corner_not():
    assert walked(town(["AA", "AA"])) == {
        ((1, 1), (3, 1)),
        ((1, 3), (3, 3)),
        ((1, 1), (1, 3)),
        ((3, 1), (3, 3)),
    }


def test_nobody_is_led_across_a_railway():
    assert walked(town(["AA"], hard=lines([(100, 0), (100, 100)]))) == set()


def test_water_that_goes_with_either_bank_leads_nobody_across():
    # its lower half goes with the west bank, its upper half with the east
    canal = [(95, 0), (105, 0), (105, 100), (120, 150)]
    canal += [(105, 200), (95, 200), (95, 100), (80, 50)]
    water = areas([shapely.Polygon(canal)])
    banks = np.array([water.geometry[0].boundary], dtype=object)
    ground = town(["AA", "AA"], water=water, hard=banks)
    assert walked(ground) == {((1, 1), (1, 3)), ((3, 1), (3, 3))}


def test_a_railway_along_half_a_border_leaves_the_rest():
    ground = town(["AA"], hard=lines([(100, 0), (100, 50)]))
    assert walked(ground) == {((1, 1), (3, 1))}


@pytest.mark.parametrize(("gates", "open_"), [([], False), ([(100, 40)], True)])
def test_a_wall_opens_at_a_gate(gates, open_):
    ways = [line for line in lattice(["AA"]) if line.centroid.x != 100]
    ways = [line for line in ways if line.centroid.y not in {0, 100}]
    ground = town(
        ["AA"],
        ways=ways,
        walls=lines([(100, 0), (100, 100)]),
        gates=shapely.points(gates) if gates else np.empty(0, object),
    )
    assert bool(walked(ground)) is open_


def test_a_wall_opens_where_a_way_passes():
    ways = [line for line in lattice(["AA"]) if line.centroid.x != 100]
    way = shapely.LineString([(50, 50), (150, 50)])
    ground = town(["AA"], ways=[*ways, way], walls=lines([(100, 0), (100, 100)]))
    assert walked(ground) == {((1, 1), (3, 1))}


def test_units_of_one_block_are_neighbours_without_a_way():
    homes = [
        (shapely.box(10, 40, 30, 60), 300, ""),
        (shapely.box(70, 40, 90, 60), 300, ""),
    ]
    made = units(town(["A"], buildings=homes), most=500)
    assert neighbours(made)["walk"].tolist() == [True]


# Rules


def judge(ground, after, **more):
    rules = judged(Case(after=after, ground=ground, **more))
    return {one.id: one for one in rules}


def test_today_keeps_every_rule():
    ground = town(["AAa", "BBb"])
    rules = judge(ground, ground.grids)
    assert all(one.passed for one in rules.values() if one.level == "error")
    assert not any(one.inherited for one in rules.values() if one.id != "H1")
    assert kept(rules.values())


def changed(ground, code, shape):
    after = ground.grids.copy()
    after.loc[[code], "geometry"] = [shape]
    return after


@pytest.mark.parametrize(
    ("shape", "broken"),
    [
        (shapely.box(0, 0, 150, 100), {"T2-gap", "N3", "N3-totals"}),
        (shapely.box(0, 0, 250, 100), {"T2-overlap"}),
        (shapely.box(0, 0, 200, 150), {"T2-overlap", "N2", "N3-totals"}),
        (
            shapely.union_all([block(0, 0), shapely.box(120, 0, 200, 100)]),
            {"T2-gap", "G1"},
        ),
    ],
    ids=["gap", "overlap", "community", "pieces"],
)
def test_what_breaks_a_rule_is_found_from_the_polygons(shape, broken):
    ground = town(["BBb", "AAa"], households={(1, 0): 30})
    if "N3" in broken:
        homes = [(house(0, 0), 100, ""), (shapely.box(170, 40, 190, 60), 30, "")]
        ground = town(["BBb", "AAa"], buildings=homes)
    rules = judge(ground, changed(ground, code_of("A"), shape))
    off = {one.id for one in rules.values() if not one.passed and one.level == "error"}
    assert off == broken


def test_a_parted_compound_and_a_locked_grid_are_found():
    homes = [(house(x, 0), 100, "梅园" if x < 2 else "") for x in range(4)]
    ground = town(["AAaa"], buildings=homes)
    after = changed(ground, code_of("A"), block(0, 0))
    after.loc[[code_of("a")], "geometry"] = [shapely.box(100, 0, 400, 100)]
    rules = judge(ground, after, locked=frozenset([code_of("a")]))
    assert rules["G3"].offenders == ("梅园",)
    assert rules["lock"].offenders == (code_of("a"),)


def test_a_grid_that_hangs_together_by_a_neck_is_in_pieces():
    ground = town(["AA", "BB"])
    neck = shapely.box(99, 50, 101, 50.001)
    sides = [shapely.box(0, 0, 99.5, 100), shapely.box(100.5, 0, 200, 100)]
    one = shapely.union_all([*sides, neck])
    assert one.geom_type == "Polygon"
    rules = judge(ground, changed(ground, code_of("B"), one))
    assert rules["G1"].offenders == (code_of("B"),)
    # and may stay so if it is so today
    before = replace(ground, grids=changed(ground, code_of("B"), one))
    assert judge(before, before.grids)["G1"].inherited == (code_of("B"),)


def test_a_compound_larger_than_a_grid_may_be_parted_anew():
    homes = [(house(x, 0), 200, "梅园" if x < 3 else "") for x in range(4)]
    ground = town(["AAAa"], buildings=homes)
    after = changed(ground, code_of("A"), shapely.box(0, 0, 200, 100))
    after.loc[[code_of("a")], "geometry"] = [shapely.box(200, 0, 400, 100)]
    rule = judge(ground, after)["G3"]
    assert (rule.offenders, rule.inherited) == ((), ())
    parted = replace(ground, grids=after)
    assert judge(parted, after)["G3"].inherited == ("梅园",)


def test_what_is_parted_today_is_inherited_and_may_not_grow():
    homes = [(house(x, 0), 100, "梅园") for x in range(4)]
    ground = town(["AAAa"], buildings=homes)
    assert judge(ground, ground.grids)["G3"].inherited == ("梅园",)
    after = changed(ground, code_of("A"), shapely.box(0, 0, 200, 100))
    after.loc[[code_of("a")], "geometry"] = [shapely.box(200, 0, 400, 100)]
    more = judge(ground, after, aims=Aims(band=(300, 900)))
    assert more["G3"].offenders == ("梅园",)


def test_homes_beyond_a_railway_are_found_and_inherited():
    rail = lines([(200, -50), (200, 150)])
    ground = town(["AAAaa"], hard=rail)
    assert judge(ground, ground.grids)["G2"].inherited == (code_of("A"),)
    apart = town(["AAaa"], hard=rail)
    one = apart.grids.copy()
    whole = [shapely.box(0, 0, 300, 100), shapely.box(300, 0, 400, 100)]
    one["geometry"] = whole
    assert judge(apart, one)["G2"].offenders == (code_of("A"),)


def test_the_band_is_a_warning_unless_it_is_set_hard():
    ground = town(["AAAa"], households=200)
    soft = judge(ground, ground.grids)["H1"]
    assert soft.level == "warning"
    assert soft.inherited == (code_of("A"), code_of("a"))
    assert judge(ground, ground.grids, aims=Aims(hard=True))["H1"].level == "error"


def test_a_grid_that_is_empty_today_is_beyond_the_band_today():
    ground = town(["AAAa"], buildings=[(house(x, 0), 100, "") for x in range(3)])
    assert judge(ground, ground.grids)["H1"].inherited == (code_of("a"),)


def test_an_unknown_aim_is_refused():
    with pytest.raises(UsageError, match="beauty"):
        Aims(weights=weighted({"beauty": 1.0}))


# What a plan comes to


def test_today_as_a_plan_is_today_to_the_vertex():
    ground = town(["AAa", "BBb"])
    on = board(ground)
    plan = today(on)
    found = outcome.grids(plan)
    was = ground.grids.geometry.reindex(found.index)
    assert (found.geometry.to_wkb() == was.to_wkb()).all()
    assert plan.households_moved == 0
    assert not len(outcome.moved(plan))
    assert outcome.on_foot(plan).passed


def test_dedicated_grids_are_locked():
    on = board(town(["AAa"], kinds={"a": "专属网格"}))
    assert on.locked == {code_of("a")}

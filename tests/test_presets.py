"""The packaged data: where numbers come from, and that names fit together."""

import pytest

from geoplan import presets
from geoplan.wording import texts

STATUSES = {"SEEN-S", "DERIVED", "OURS"}


@pytest.mark.parametrize("preset", presets.walkers().values(), ids=lambda p: p.name)
def test_every_number_of_a_walker_says_where_it_comes_from(preset):
    figures = [preset.speed, *preset.costs.values()]
    assert [figure.unit for figure in figures[:1]] == ["m/s"]
    assert {cost.unit for cost in preset.costs.values()} <= {"s", "times"}
    for told in (*figures, preset.passes, preset.slope):
        assert told.source
        assert told.status in STATUSES
        assert (told.status == "OURS") or "no source" not in told.source


@pytest.mark.parametrize("preset", presets.walkers().values(), ids=lambda p: p.name)
def test_a_walkers_hurdles_are_known_and_have_words(preset):
    assert preset.passes.shut | set(preset.costs) <= set(presets.hurdles())
    assert not preset.passes.shut & set(preset.costs)
    for lang in ("zh", "en"):
        assert f"walker_{preset.name}" in texts("page", lang)
        found = texts("findings", lang)
        for name in preset.passes.shut:
            for part in presets.hurdles()[name].on:
                assert f"{part.removesuffix('s')}_shut_{name}" in found


def test_the_adult_is_plain():
    adult = presets.walkers()["adult"]
    assert not adult.costs
    assert not adult.passes.shut
    assert not adult.passes.access


def test_nobody_passes_what_is_shut_to_all():
    values = {"no", *presets.walking().foot_closed}
    for preset in presets.walkers().values():
        assert not values & preset.passes.access


def test_hurdles_are_known_by_tags():
    for hurdle in presets.hurdles().values():
        assert hurdle.on <= {"ways", "nodes"}
        assert hurdle.any
        assert hurdle.kinds <= presets.walking().open_kinds


def test_a_hurdle_needs_one_of_any_all_of_all_and_none_of_none():
    steps = presets.hurdles()["pushable_steps"]
    assert steps.met({"highway": "steps", "ramp": "stroller"})
    assert not steps.met({"highway": "footway", "ramp": "stroller"})
    assert not steps.met({"highway": "steps"})
    both = {"highway": "steps", "ramp": "stroller", "ramp:wheelchair": "yes"}
    assert not steps.met(both)


def test_speeds_and_the_landscape():
    speeds = {name: one.speed.value for name, one in presets.walkers().items()}
    assert speeds["adult"] > speeds["elderly"] > speeds["slow"]
    assert presets.barriers().hidden_keys == {"tunnel", "bridge", "covered"}
    assert "park" in presets.landscape().green["leisure"]

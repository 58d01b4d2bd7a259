"""How far and for whom: the walker and the circles that a study names."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pandas import DataFrame

from geoplan import columns, presets
from geoplan.columns import Schema
from geoplan.errors import InputError, UsageError
from geoplan.hours import moment, moment_names
from geoplan.model import GROUPS, Circle, Finding, Walker
from geoplan.presets import Figure, Passes, Slope, WalkerPreset
from geoplan.study.settings import Settings, Table, nearest

DEFAULT_WALKER = "adult"
CUSTOM = "custom"  # the default walker at a speed of the study's own

# The circles of a study that names none, for the tiers its stations have.
DEFAULT_CIRCLES = (
    {"name": "15分钟服务圈", "tier": "社区级", "minutes": 15},
    {"name": "3分钟幸福圈", "tier": "网格级", "minutes": 3},
)

# Nobody walks faster: a speed beyond is km/h or m/min by mistake.
_FASTEST = 3.0  # m/s

# No circle is wider: a limit beyond is in other units by mistake.
_WIDEST = {"minutes": 24 * 60, "metres": 100_000}


def walker(settings: Settings) -> Walker:
    """Return who walks: a preset, "adult" by default, at a speed of one's own if told.

    Without a preset, a speed makes a walker who passes what the default one does.

    Raises
    ------
    InputError
        If the preset is not known, the speed is none, or the band does not lie
        round it.
    """
    table = settings.table("walker")
    name, known = table.get("preset", DEFAULT_WALKER), presets.walkers()
    if name not in known:
        facts = _unknown(name, known)
        raise settings.error("walker_unknown", table="walker", entry="preset", **facts)
    usual = walker_of(name)
    speed = _speed(settings, table.get("speed", usual.speed), entry="speed")
    return replace(
        usual,
        preset=CUSTOM if "speed" in table and "preset" not in table else name,
        speed=speed,
        band=_band(settings, table["band"], speed=speed) if "band" in table else None,
    )


def walker_of(name: str) -> Walker:
    """Return the walker of a preset, by its name in ``presets/walkers.toml``.

    Raises
    ------
    UsageError
        If there is no such preset.

    Examples
    --------
    >>> walker_of("wheelchair").waits["lift"]
    40.0
    """
    known = presets.walkers()
    if name not in known:
        raise UsageError.at("walker_unknown", **_unknown(name, known))
    preset = known[name]
    return Walker(
        preset=name,
        speed=preset.speed.value,
        access=preset.passes.access,
        shut=preset.passes.shut,
        times=_costs(preset, "times"),
        waits=_costs(preset, "s"),
        slope=preset.slope.value,
    )


def walker_record(walker: Walker) -> dict[str, Any]:
    """Return a walker as the JSON contract has it: every number with its status."""
    preset = presets.walkers()[
        DEFAULT_WALKER if walker.preset == CUSTOM else walker.preset
    ]
    own = walker.speed != preset.speed.value
    speed = {"status": "STUDY"} if own else _origin(preset.speed)
    return {
        "preset": walker.preset,
        "speed_m_s": walker.speed,
        "speed": speed,
        "band_m_s": list(walker.band) if walker.band else None,
        "passes": {
            "access": sorted(walker.access),
            "shut": sorted(walker.shut),
            **_origin(preset.passes),
        },
        "costs": {
            name: {"value": cost.value, "unit": cost.unit, **_origin(cost)}
            for name, cost in sorted(preset.costs.items())
        },
        "slope": {"value": walker.slope, **_origin(preset.slope)},
    }


def _origin(told: Figure | Passes | Slope) -> dict[str, str]:
    return {"source": told.source, "status": told.status}


def circles(
    settings: Settings, *, stations: DataFrame
) -> tuple[tuple[Circle, ...], tuple[Finding, ...]]:
    """Return the circles, in the study's order, and what is odd about them.

    Raises
    ------
    InputError
        If a circle has not exactly one of minutes and metres, a name of its own,
        and a tier that some station has.
    """
    present = sorted(set(stations["tier"]))
    tables: tuple[Table, ...] = settings.circles
    if not tables:
        tables = tuple(c for c in DEFAULT_CIRCLES if c["tier"] in present)
        if not tables:
            raise InputError.at(
                "circles_none", file=settings.path, tiers="、".join(present)
            )
    found = tuple(
        _circle(settings, table, present=present, nth=nth)
        for nth, table in enumerate(tables)
    )
    names = [circle.name for circle in found]
    for nth, name in enumerate(names):
        if name in names[:nth]:
            raise settings.error(
                "circle_twice", table="circle", entry="name", nth=nth, name=name
            )
    return found, _odd(found, given=bool(settings.circles))


def tier(
    settings: Settings, word: str, *, table: str = "stations", nth: int = 0
) -> str:
    """Return a tier as geoplan calls it.

    Raises
    ------
    InputError
        If the word is no tier.
    """
    known = columns.values("tier")
    meant = known.get(columns.plain_value(word))
    if meant is None:
        tiers = "、".join(dict.fromkeys(known.values()))
        raise settings.error(
            "tier_unknown", table=table, entry="tier", nth=nth, value=word, tiers=tiers
        )
    return meant


def without_tier(schema: Schema) -> Schema:
    """Return the schema of stations whose tier the study names, not the file."""
    named = replace(schema.columns["tier"], names=frozenset(), fallback=(), need="")
    return replace(schema, columns={**schema.columns, "tier": named})


def _unknown(name: str, known: Mapping[str, WalkerPreset]) -> dict[str, Any]:
    near = nearest(name, list(known))
    return {"value": name, "known": ", ".join(known), "near": near}


def _speed(settings: Settings, value: float, *, entry: str) -> float:
    if not 0 < value <= _FASTEST:
        raise settings.error("walker_speed", table="walker", entry=entry, value=value)
    return float(value)


def _costs(preset: WalkerPreset, unit: str) -> dict[str, float]:
    """Return what hurdles cost a walker in a unit."""
    return {
        name: cost.value for name, cost in preset.costs.items() if cost.unit == unit
    }


def _band(
    settings: Settings, written: list[float], *, speed: float
) -> tuple[float, float]:
    low, high = (_speed(settings, value, entry="band") for value in written)
    if not low < high or not low <= speed <= high:
        raise settings.error(
            "walker_band",
            table="walker",
            entry="band",
            low=f"{low:g}",
            high=f"{high:g}",
            speed=f"{speed:g}",
        )
    return low, high


def _circle(
    settings: Settings, table: Table, *, present: list[str], nth: int
) -> Circle:
    name = table["name"]
    limits = [key for key in ("minutes", "metres") if key in table]
    if len(limits) != 1:
        raise settings.error(
            "circle_limit", table="circle", entry="minutes", nth=nth, name=name
        )
    most = _WIDEST[limits[0]]
    if not 0 < table[limits[0]] <= most:
        raise settings.error(
            "circle_range",
            table="circle",
            entry=limits[0],
            nth=nth,
            name=name,
            value=str(table[limits[0]])[:40],
            most=most,
        )
    limit = float(table[limits[0]])
    meant = tier(settings, table["tier"], table="circle", nth=nth)
    if meant not in present:
        raise settings.error(
            "circle_tier_absent",
            table="circle",
            entry="tier",
            nth=nth,
            name=name,
            tier=meant,
            tiers="、".join(present),
        )
    return Circle(
        name=name,
        tier=meant,
        minutes=limit if limits == ["minutes"] else None,
        metres=limit if limits == ["metres"] else None,
        items=tuple(table.get("items", ())),
        hours=_hours(settings, table, nth=nth),
        demand=_demand(settings, table, nth=nth),
    )


def _demand(settings: Settings, table: Table, *, nth: int) -> str:
    """Return the special group a circle asks for, "" for all people.

    It may be named as its columns in files are.
    """
    asked = str(table.get("demand", ""))
    group = columns.group_named(asked)
    if "demand" in table and not group:
        raise settings.error(
            "circle_demand",
            table="circle",
            entry="demand",
            nth=nth,
            name=table["name"],
            value=asked,
            known=", ".join(GROUPS),
        )
    return group


def _hours(settings: Settings, table: Table, *, nth: int) -> str:
    """Return the moment a circle asks for; "" for any."""
    asked = str(table.get("hours", ""))
    if "hours" in table and moment(asked) is None:
        raise settings.error(
            "circle_hours",
            table="circle",
            entry="hours",
            nth=nth,
            name=table["name"],
            value=asked,
            known=", ".join(moment_names()),
        )
    return asked


def _odd(circles: tuple[Circle, ...], *, given: bool) -> tuple[Finding, ...]:
    rules = []
    if not given:
        rules.append("circles_default")
    if len({circle.minutes is None for circle in circles}) > 1:
        rules.append("circles_mixed")
    names = "、".join(circle.name for circle in circles)
    return tuple(
        Finding(rule=rule, level="info", layer="study", facts={"names": names})
        for rule in rules
    )

"""What geoplan takes for granted, as packaged data: walkers, ways, hurdles, barriers.

Each table is a TOML file beside this module, with its reasons and sources; the
functions here are its typed views.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Texts = frozenset[str]
Tags = Mapping[str, str]  #: of one OpenStreetMap object
TagTable = Mapping[str, Texts]  #: key → the values that count


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number of a preset and where it comes from; never a norm."""

    value: float
    unit: str  #: m/s; s (a wait); times (as long)
    source: str
    status: str  #: SEEN-S, DERIVED or OURS


@dataclass(frozen=True, kw_only=True)
class Passes:
    """What a kind of walker may pass, and where that comes from."""

    access: Texts  #: access values of ways and nodes, besides open ones
    shut: Texts  #: hurdles that the walker cannot pass
    source: str
    status: str


@dataclass(frozen=True, kw_only=True)
class Slope:
    """Whether slopes count, and where that comes from."""

    value: bool
    source: str
    status: str


@dataclass(frozen=True, kw_only=True)
class WalkerPreset:
    """A kind of walker."""

    name: str
    names: Mapping[str, str]  #: by language
    speed: Figure
    passes: Passes
    costs: Mapping[str, Figure]  #: of hurdles that cost more than their length
    slope: Slope


@dataclass(frozen=True, kw_only=True)
class Hurdle:
    """What stops or slows some walkers, on a way or at a node."""

    name: str
    on: Texts  #: ways, nodes
    any: TagTable
    all: TagTable
    none: TagTable
    kinds: Texts  #: of ways that a node's hurdle counts for; empty: all
    level: bool  #: whether the slope of the ground does not count there

    def met(self, tags: Tags) -> bool:
        """Return whether tags make this hurdle."""
        return bool(
            matches(tags, self.any)
            and all(tags.get(key) in values for key, values in self.all.items())
            and not matches(tags, self.none)
        )


@dataclass(frozen=True, kw_only=True)
class Walking:
    """Which ways are walked, by their tags."""

    open_kinds: Texts
    asked_kinds: Texts  #: walked only where foot or a sidewalk says so
    never_kinds: Texts
    also: TagTable  #: ways without "highway" that are walked
    sidewalk: TagTable
    foot_open: Texts
    foot_closed: Texts
    access_closed: Texts
    restricted: Texts
    shut: TagTable
    oneway_key: str
    oneway_forward: Texts
    oneway_backward: Texts


@dataclass(frozen=True, kw_only=True)
class Crossings:
    """Which nodes on walked ways matter to walkers."""

    nodes: TagTable
    signals: TagTable


@dataclass(frozen=True, kw_only=True)
class BarrierNodes:
    """Which nodes shut a way, besides what foot and access say."""

    locked: Texts
    round: Texts  #: kinds that stop vehicles only


@dataclass(frozen=True, kw_only=True)
class RoadLayer:
    """How the columns and kinds of a road layer are read."""

    kind: tuple[str, ...]
    name: tuple[str, ...]
    id: tuple[str, ...]
    never: Texts


@dataclass(frozen=True, kw_only=True)
class Barriers:
    """What no leg may cross."""

    lines: TagTable
    areas: TagTable
    hidden_keys: Texts
    hidden_values: TagTable
    below_ground: Texts


@dataclass(frozen=True, kw_only=True)
class Landscape:
    """What the map draws around the ways."""

    water_areas: TagTable
    water_lines: TagTable
    green: TagTable
    rails: Texts
    rails_anywhere: Texts


@cache
def walkers() -> Mapping[str, WalkerPreset]:
    """Return the walkers by name.

    Examples
    --------
    >>> walkers()["adult"].speed.value
    1.2
    """
    return {name: _walker(name, entry) for name, entry in _table("walkers").items()}


@cache
def hurdles() -> Mapping[str, Hurdle]:
    """Return what stops or slows some walkers, by name.

    Examples
    --------
    >>> hurdles()["steps"].met({"highway": "steps"})
    True
    """
    return {
        name: Hurdle(
            name=name,
            on=frozenset(entry["on"]),
            any=_tags(entry["any"]),
            all=_tags(entry.get("all", {})),
            none=_tags(entry.get("none", {})),
            kinds=frozenset(entry.get("kinds", ())),
            level=bool(entry.get("level")),
        )
        for name, entry in _table("hurdles").items()
    }


@cache
def walking() -> Walking:
    """Return which ways are walked."""
    table = _table("walking")
    highway, oneway = table["highway"], table["oneway"]
    sidewalk = frozenset(table["sidewalk"]["open"])
    return Walking(
        open_kinds=frozenset(highway["open"]),
        asked_kinds=frozenset(highway["asked"]),
        never_kinds=frozenset(highway["never"]),
        also=_tags(table["also"]),
        sidewalk=dict.fromkeys(table["sidewalk"]["keys"], sidewalk),
        foot_open=frozenset(table["foot"]["open"]),
        foot_closed=frozenset(table["foot"]["closed"]),
        access_closed=frozenset(table["access"]["closed"]),
        restricted=frozenset(table["access"]["restricted"]),
        shut=_tags(table["shut"]),
        oneway_key=oneway["key"],
        oneway_forward=frozenset(oneway["forward"]),
        oneway_backward=frozenset(oneway["backward"]),
    )


@cache
def crossings() -> Crossings:
    """Return which nodes on walked ways matter to walkers."""
    table = dict(_table("walking")["crossings"])
    signals = _tags(table.pop("signals"))
    return Crossings(nodes=_tags(table), signals=signals)


@cache
def barrier_nodes() -> BarrierNodes:
    """Return which nodes shut a way."""
    table = _table("walking")["barrier_nodes"]
    return BarrierNodes(
        locked=frozenset(table["locked"]), round=frozenset(table["round"])
    )


@cache
def road_layer() -> RoadLayer:
    """Return how a road layer is read."""
    table = _table("walking")["road_layer"]
    return RoadLayer(
        kind=tuple(table["kind"]),
        name=tuple(table["name"]),
        id=tuple(table["id"]),
        never=frozenset(table["never"]),
    )


@cache
def barriers() -> Barriers:
    """Return what no leg may cross."""
    table = _table("barriers")
    hidden = table["hidden"]
    return Barriers(
        lines=_tags(table["lines"]),
        areas=_tags(table["areas"]),
        hidden_keys=frozenset(hidden["keys"]),
        hidden_values=_tags(hidden["values"]),
        below_ground=frozenset(hidden["below_ground"]),
    )


@cache
def landscape() -> Landscape:
    """Return what the map draws around the ways."""
    table = _table("landscape")
    return Landscape(
        water_areas=_tags(table["water_areas"]),
        water_lines=_tags(table["water_lines"]),
        green=_tags(table["green"]),
        rails=frozenset(table["rails"]["surface"]),
        rails_anywhere=frozenset(table["rails"]["anywhere"]),
    )


@cache
def hours() -> Mapping[str, Any]:
    """Return the words of opening hours, and the moments that have a name."""
    return _table("hours")


def figure(name: str) -> float:
    """Return a number that decides in the figures of services.

    Examples
    --------
    >>> figure("small"), figure("old")
    (5.0, 2000.0)
    """
    return float(_table("services")[name]["value"])


def weights() -> tuple[float, ...]:
    """Return the weights of the zones of a catchment, nearest first."""
    return tuple(float(weight) for weight in _table("services")["zones"]["value"])


def matches(tags: Tags, table: TagTable) -> str:
    """Return the value of the first key of the table that the tags meet, or "".

    Examples
    --------
    >>> matches({"natural": "water"}, {"natural": frozenset({"water"})})
    'water'
    """
    return next((tags[k] for k, v in table.items() if tags.get(k) in v), "")


def _walker(name: str, entry: Mapping[str, Any]) -> WalkerPreset:
    passes = entry["passes"]
    return WalkerPreset(
        name=name,
        names={"zh": entry["name_zh"], "en": entry["name_en"]},
        speed=Figure(**entry["speed"]),
        passes=Passes(
            access=frozenset(passes["access"]),
            shut=frozenset(passes["shut"]),
            source=passes["source"],
            status=passes["status"],
        ),
        costs={key: Figure(**cost) for key, cost in entry.get("costs", {}).items()},
        slope=Slope(**entry["slope"]),
    )


@cache
def _table(name: str) -> dict[str, Any]:
    source = files("geoplan") / "presets" / f"{name}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _tags(table: Mapping[str, list[str]]) -> TagTable:
    return {key: frozenset(values) for key, values in table.items()}

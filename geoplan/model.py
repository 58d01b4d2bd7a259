"""The few frozen records that the rooms hand to one another.

Frames inside a record are never written to: a room that adds a column makes a
new frame. Every layer has the thing's own code, a text, as its index named
``code``; geometries are in the study's working CRS, in metres.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

import numpy as np
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame, Series
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geoplan.wording import say, texts

Level = Literal["error", "warning", "info"]

#: special groups of people: columns of grids and communities, never of buildings
GROUPS = ("elderly",)

# A sentence ends with its stop; an English one also with what follows it.
_FIRST_SENTENCE = {"zh": r"[^。]*。?", "en": r".*?(?:\.\s+|$)"}


@dataclass(frozen=True, kw_only=True)
class Walker:
    """A kind of person who walks."""

    preset: str  #: name of the preset, or "custom"
    speed: float  #: walking speed on the flat, m/s
    access: frozenset[str] = frozenset()  #: extra access values the walker may pass
    shut: frozenset[str] = frozenset()  #: hurdles the walker cannot pass
    #: how many times as long a way with a hurdle takes; 1 where not named
    times: Mapping[str, float] = field(default_factory=dict)
    #: seconds that a hurdle makes wait; 0 where not named
    waits: Mapping[str, float] = field(default_factory=dict)
    slope: bool = False  #: whether slopes count, where they are known
    #: speeds between which the answer is wanted too, m/s: low, high
    band: tuple[float, float] | None = None

    def at(self, speed: float) -> Self:
        """Return the same walker at another speed."""
        return replace(self, speed=speed)

    def by_length(self) -> Self:
        """Return the same walker, to whom a way costs its length, at one speed."""
        return replace(self, times={}, waits={}, slope=False, band=None)


@dataclass(frozen=True, kw_only=True)
class Circle:
    """A limit of walking for the stations of one tier."""

    name: str
    tier: str  #: 街道级, 社区级 or 网格级
    minutes: float | None = None  #: limit in minutes, or …
    metres: float | None = None  #: … in metres; exactly one of the two is given
    items: tuple[str, ...] = ()  #: only stations that offer all these services
    #: only stations open then: a named moment or "周三 18:00"; "" for any time
    hours: str = ""
    demand: str = ""  #: the special group that it is asked for; "" for all people

    def seconds(self, *, speed: float) -> float:
        """Return the limit as seconds of somebody who walks so many m/s."""
        if self.minutes is not None:
            return self.minutes * 60.0
        assert self.metres is not None  # noqa: S101  the study reader sees to it
        return self.metres / speed


@dataclass(frozen=True, kw_only=True, eq=False)
class Finding:
    """One thing that is wrong or odd in the input or the result, and where."""

    rule: str  #: key of its text among the packaged ``findings`` texts
    level: Level
    layer: str  #: grids, buildings, stations …
    code: str = ""  #: of the thing, where there is one
    facts: dict[str, Any] = field(default_factory=dict)  #: what fills the text
    geometry: BaseGeometry | None = None
    row: int | None = None  #: of the file, as the office's program shows it
    column: str = ""  #: of the file, where one is meant
    topic: str = "findings"  #: of its text: findings, or errors for what a check kept

    def problem(self, *, lang: str) -> str:
        """Return what is wrong, without what to do."""
        text = say(f"{self.topic}.{self.rule}", lang=lang, **self.facts)
        return text.removesuffix(self.cure(lang=lang)).rstrip() or text

    def cure(self, *, lang: str) -> str:
        """Return what to do: an error's text says it after its first sentence."""
        usual = texts("cures", lang)[f"any_{self.level}"]
        if self.topic != "errors":
            own = self.rule in texts("cures", lang)
            return say(f"cures.{self.rule}", lang=lang, **self.facts) if own else usual
        text = say(f"errors.{self.rule}", lang=lang, **self.facts)
        return re.sub(_FIRST_SENTENCE[lang], "", text, count=1) or usual


@dataclass(frozen=True, kw_only=True)
class Understood:
    """How one file of a study was understood."""

    layer: str
    path: str  #: relative to the study file, with "/"
    rows: int
    encoding: str = ""
    crs: str = ""  #: of its coordinates; "" where it has none or cannot be read
    datum: str = ""  #: wgs84, gcj02 …; "" where nothing says so
    evidence: tuple[str, ...] = ()  #: what the datum was told by
    columns: Mapping[str, str] = field(default_factory=dict)  #: ours → the file's
    dropped: tuple[str, ...] = ()  #: columns not read: they name people
    unread: bool = False  #: the file cannot be used at all


@dataclass(frozen=True, kw_only=True, eq=False)
class Layers:
    """The checked layers of a study, in one working CRS.

    Columns that a file did not have are there and empty: text "", numbers NaN.
    """

    #: name, community (code), kind, households, people, elderly; polygons
    grids: GeoDataFrame
    #: name, households, people, elderly; polygons
    communities: GeoDataFrame
    #: name, levels, height_m, use, residential (bool), compound, grid,
    #: households, people; polygons or points
    buildings: GeoDataFrame
    #: name, tier, serves_grid, serves_community, belongs_community, items
    #: (texts as written), hours, area_m2, capacity (persons or households, as
    #: the file's column says); points
    stations: GeoDataFrame
    #: building (code); points. Empty if the study names none
    entrances: GeoDataFrame
    #: residential land, polygons; None if the study names none
    land: GeoDataFrame | None = None
    #: name, managed, built_year; polygons. Empty if the study names none
    compounds: GeoDataFrame | None = None
    #: compound, kind, hours; points
    gates: GeoDataFrame | None = None
    #: rooms that could become stations: name, kind, area_m2, cost, available (when,
    #: as written); points
    candidates: GeoDataFrame | None = None
    #: households, people of the whole street, where only that is known
    totals: Mapping[str, float] = field(default_factory=dict)
    #: what a station's capacity counts: people, households, or places (beds, seats)
    capacity_of: str = "people"

    @property
    def crs(self) -> CRS:
        """Return the working CRS."""
        return CRS(self.grids.crs)


@dataclass(frozen=True, kw_only=True, eq=False)
class Surroundings:
    """What lies between the ways: sight ends at some of it, the map draws it all.

    Each frame has the columns kind and name.
    """

    barriers: GeoDataFrame  #: lines and areas that no leg may cross
    water: GeoDataFrame  #: areas and lines
    green: GeoDataFrame  #: areas
    rails: GeoDataFrame  #: lines


@dataclass(frozen=True, kw_only=True, eq=False)
class Ways:
    """Walkable ways as a source has them, before they are cut into edges."""

    #: one row a way: way (its id in the source, a text), kind (OSM highway value
    #: or the road layer's class), name, forward, backward (bool), access ("" or
    #: the value that restricts), hurdles (names with spaces between, ""),
    #: bridge, tunnel (bool), nodes (array of the node ids along the line, or None
    #: where the source has none); lines
    frame: GeoDataFrame
    #: nodes on ways that matter to walkers: node, kind (gate, bollard …), access
    #: ("" or the value that shuts), hurdles; points
    crossings: GeoDataFrame
    surroundings: Surroundings
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """The walking network: one graph whose edges keep their shape."""

    #: index = edge id 0..m-1; u, v (junction numbers), length_m, forward and
    #: backward (may it be walked from u to v, from v to u), kind, name, way
    #: (id in the source), bridge, tunnel, hurdles (of the way), u_hurdles and
    #: v_hurdles (of the nodes where it ends), component; lines from u to v. With
    #: an elevation also up_times, down_times (how many times as long slopes make
    #: it from u to v, from v to u) and no_slope_m (of it without a known slope)
    edges: GeoDataFrame
    junctions: NDArray[np.float64]  #: shape (n, 2), x and y
    #: shape (n,): is it an end of a way that a node shuts there for this walker
    shut: NDArray[np.bool_]
    #: index = component number; edges, length_m; largest first
    components: DataFrame
    crs: CRS


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """The part of a raster that covers a study."""

    amounts: NDArray[np.float64]  #: shape (rows, columns); NaN where unknown
    #: x = a·column + b·row + c, y = d·column + e·row + f, of corners of cells
    transform: tuple[float, float, float, float, float, float]
    crs: CRS


@dataclass(frozen=True, kw_only=True, eq=False)
class Elevation:
    """Heights of the ground on a raster."""

    heights: NDArray[np.float64]  #: shape (rows, columns), m; NaN where unknown
    #: x = a·column + b·row + c, y = d·column + e·row + f, of corners of cells
    transform: tuple[float, float, float, float, float, float]
    crs: CRS


@dataclass(frozen=True, kw_only=True, eq=False)
class Legs:
    """How the things of a layer stand on the network, each by one place or more.

    ``candidates``: one row a place and edge it may step on: thing (position in
    the layer), x, y (the place), gate (position of the gate by which it leaves its
    compound, -1 without), edge, offset_m (along the edge from u), leg_m (to the
    gate, if there is one, and on to the edge). Sorted by thing, then edge.
    ``things``: one row a thing, in the layer's order and with its index: access_m
    (shortest leg, NaN off the network), leg ("", "through_building", "fragment"),
    off_network ("", "too_far", "blocked", "shut_in").
    """

    candidates: DataFrame
    things: DataFrame


@dataclass(frozen=True, kw_only=True, eq=False)
class Access:
    """How stations and homes stand at the hour that a circle asks for."""

    stations: Legs
    homes: Legs
    gates: NDArray[np.float64]  #: places of all gates, shape (n, 2), x and y
    doors: Legs  #: how the gates stand that a resident may pass then
    #: straight walks within one compound: station, thing (positions), leg_m, x, y
    #: (of the home), to_x, to_y; sorted by station, then thing
    inside: DataFrame


@dataclass(frozen=True, kw_only=True, eq=False)
class Coverage:
    """Who is within the circles; every frame as ``docs/method.md`` defines it.

    Columns per circle k = 1, 2 … in the study's order.
    """

    circles: tuple[Circle, ...]
    walker: Walker
    #: name, community, households, people, buildings, floor_m2 (totals) and, per
    #: circle, households_any_k, households_own_k, households_straight_k and the
    #: same of people, buildings, floor_m2; with a band also households_any_k_low,
    #: households_any_k_high and so on, of any and own
    grids: GeoDataFrame
    communities: GeoDataFrame  #: the same columns
    street: GeoDataFrame  #: the same columns, one row
    #: tier, name, access_m, off_network, leg, grid, community
    stations: GeoDataFrame
    #: name, grid, community, households, people, residential, floor_m2,
    #: access_m, leg, off_network, counted (bool); outlines
    buildings: GeoDataFrame
    #: building, circle, station, minutes, own_station, own_minutes,
    #: second_station, second_minutes (the next nearest), nearest_own,
    #: nearest_own_minutes (however far); all else missing
    #: beyond the limit
    minutes: DataFrame
    #: circle, station ("" for the merged one), drawn_not_reached,
    #: reached_not_drawn, field_drawn_not_reached, field_reached_not_drawn
    outlines: GeoDataFrame
    #: circle, rank, grid, households, people, buildings; the parts of a grid
    #: outside the circle that hold unserved buildings, worst first
    gaps: GeoDataFrame
    #: circle, rank, building, name, grid, households, people, station, minutes
    #: (nearest station, beyond the limit too), straight_m; worst first; points
    unreached: GeoDataFrame
    #: circle, grid, building, station; the walk of the farthest unreached home of
    #: every grid, as lines
    routes: GeoDataFrame
    findings: tuple[Finding, ...]
    #: the ``results`` of the JSON contract
    results: dict[str, Any]
    #: by name, those that say something: items (of ``coverage.items``), groups,
    #: loads, accessibility, compounds, compound_kinds
    services: Mapping[str, DataFrame] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class SitePlan:
    """One choice of sites, and what it does for whom within the circle."""

    #: sites opened beyond the stations kept
    count: int
    covered: float  #: weight within the circle
    #: as the model has it: stations (lscp), weight (mclp), weight × minutes
    #: (p-median), minutes (p-center); no plan under the same rules betters ``bound``
    value: float
    bound: float
    gap: float
    proved: bool
    stopped: str  #: proved, time, effort, given
    #: index = code, kept ones first, then by gain: rank, new (bool), gain,
    #: cumulative, load, capacity, cost, mean_minutes, worst_minutes, and
    #: gain_elderly where known (NaN where too small to be told)
    sites: DataFrame
    assignment: DataFrame  #: building, station (codes), minutes, share
    #: index = building: the first site of the plan's order that reaches it
    gained: Series
    uncovered: DataFrame  #: index = building: weight, reason


@dataclass(frozen=True, kw_only=True, eq=False)
class Siting:
    """Where stations should stand: every frame as ``docs/method.md`` defines it."""

    circle: Circle
    walker: Walker
    model: str  #: lscp, mclp, p-median, p-center
    counted: str  #: households, people, elderly or buildings
    total: float  #: weight of all demand
    before: float  #: of it within the circle of the stations there are
    #: index = code of stations and candidates: name, kind, existing (bool),
    #: area_m2, cost, available, off_network, community, grid, alone (weight that it
    #: alone would add); points
    places: GeoDataFrame
    #: index = building: name, grid, community, households (or people …: what is
    #: counted, save for special groups), before (minutes), asked (bool); outlines
    homes: GeoDataFrame
    plans: tuple[SitePlan, ...]  #: one a count, rising; the last is recommended
    curve: bool  #: whether the plans are of one curve of counts
    nested: bool  #: whether each plan holds the one before it
    rooms: bool  #: whether candidates are real rooms, not places along ways
    closing: bool  #: whether existing stations compete too
    limits: tuple[str, ...]  #: further rules asked for: capacity, budget, own …
    cost_word: str  #: what the office's file calls the cost
    often: Series | None  #: by site, share of the speeds at which it is chosen
    findings: tuple[Finding, ...]
    #: the ``results`` of the JSON contract
    results: dict[str, Any]

    @property
    def plan(self) -> SitePlan:
        """Return the plan that is recommended."""
        return self.plans[-1]


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """What every output says of where it comes from."""

    study: str  #: name of the study
    date: str = ""  #: of the data, ISO; "" if not known
    credits: tuple[str, ...] = ()  #: sources and licences
    notes: tuple[str, ...] = ()  #: what to know (fictional, estimated …)
    version: str = ""  #: of geoplan
    public: bool = False  #: for a notice board: names and notes of the office left out
    review: str = ""  #: number of the map review (审图号), if there is one
    tiles: str = ""  #: template of an online base map, offered but off; "" for none

"""What is found: who is reached, where stations should stand, how grids are drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan.model.asked import Circle, Finding, Walker


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
class Offer:
    """A service item or an hour that a circle may be asked for, and who has it."""

    circle: str
    about: str  #: item, hours
    name: str  #: the item, or the name of the moment (office, evening …)
    stations: tuple[str, ...]  #: codes of the circle's stations that offer it then
    met: Series  #: bool, index = building: one of those is within the limit


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
    #: name, grid, community, compound (that holds it, "" for none), households,
    #: people, residential, floor_m2, access_m, leg, off_network, counted (bool);
    #: outlines
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
    offers: tuple[Offer, ...] = ()  #: circle by circle: items, then hours


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
    #: gain_elderly where known (NaN where too small to be told); of hubs serves
    #: (codes of communities), areas, within; of a lower tier supporter (code),
    #: supporter_minutes
    sites: DataFrame
    assignment: DataFrame  #: building, station (codes), minutes, share
    #: index = building: the first site of the plan's order that reaches it
    gained: Series
    uncovered: DataFrame  #: index = building: weight, reason


@dataclass(frozen=True, kw_only=True, eq=False)
class WalkingGraph:
    """The ways and homes of a siting in a walker's milliseconds, to walk elsewhere.

    Nodes are numbers from 0, edges rows of ``edges``, places and homes positions in
    the siting's ``places`` and ``homes``. What cannot be walked has -1 ms.
    """

    speed: float  #: m/s, for legs
    limit_ms: int  #: of the circle
    nodes: int
    edges: DataFrame  #: u, v (nodes), forward_ms, backward_ms
    #: where a new station may stand on the ways: edge, from_m, to_m (along it)
    footing: DataFrame
    lines: GeoSeries  #: index = edge: the shapes of the edges in ``footing``
    #: how homes that count step on the ways: home, edge, share (of the edge before
    #: the step), leg_ms, to_u_ms, to_v_ms (leg and way to the nodes)
    steps: DataFrame
    seeds: DataFrame  #: how places are walked to: place, node, ms
    #: walks that pass no node, or stay in one compound: place, home, ms
    direct: DataFrame
    at: NDArray[np.float64]  #: of places, shape (n, 2), x and y
    codes: tuple[str, ...]  #: of places, as the study's files have them
    #: of the circle's stations that are shut at its hour, index = code: name; places
    #: of their own, after the siting's
    asleep: DataFrame
    fingerprint: str  #: of the study's data
    #: hours that a station may be given, as written, and whether it is open then at
    #: the hour of the circle; empty if that asks for none
    hours: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Siting:
    """Where stations should stand: every frame as ``docs/method.md`` defines it."""

    circle: Circle
    walker: Walker
    model: str  #: lscp, mclp, p-median, p-center, hubs, tiers
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
    often: Series | None  #: by site, share of the cases in which it is chosen
    findings: tuple[Finding, ...]
    #: the ``results`` of the JSON contract
    results: dict[str, Any]
    #: for trying other places on the page; None where that is not offered
    walking: WalkingGraph | None = None
    first: str = ""  #: what goes before all: unmanaged, elderly
    #: pages of one choice for several circles: name of the circle, file
    beside: tuple[tuple[str, str], ...] = ()

    @property
    def plan(self) -> SitePlan:
        """Return the plan that is recommended."""
        return self.plans[-1]


@dataclass(frozen=True, kw_only=True, eq=False)
class DivisionPlan:
    """One division beside today's: what every grid becomes, and who moves."""

    option: int  #: 1 is the best
    seed: int
    #: of households that might move, where plans are a list of least change
    share: float | None
    knee: bool  #: whether it is the one of that list beyond which little is won
    #: index = code: name ("" of a new grid), community, kind, households, people,
    #: elderly, old, businesses, buildings, area_m2, compactness (Polsby-Popper),
    #: new, changed (bool), east, south, west, north (what it runs to by name, ""
    #: where none is known), reached (households within the limit of a station of
    #: its own, NaN without stations); polygons
    grids: GeoDataFrame
    units: Series  #: index = unit: the code of its grid
    #: index = building: name, unit, from, to (codes of grids), households, people,
    #: buildings; footprints
    moved: GeoDataFrame
    #: ground that goes from one grid to another, one row a piece, most households
    #: first: number (1 …), from, to, households, people, buildings, area_m2; polygons
    strips: GeoDataFrame
    #: what each grid has of each grid of today: to, from, households, people,
    #: elderly, old, businesses, buildings. By ``from`` it sums to today's grids
    flows: DataFrame
    results: dict[str, Any]  #: its entry among ``options`` of the JSON contract


@dataclass(frozen=True, kw_only=True, eq=False)
class Division:
    """How the grids could be drawn: every frame as ``docs/method.md`` defines it."""

    task: str  #: split, merge, shift, redraw, least_change, given (drawn by others)
    level: str  #: what is drawn: grid, or community (then "grids" are communities)
    measure: str  #: what is balanced: households, people or buildings
    band: tuple[float, float]  #: households that a grid usually has
    locked: frozenset[str]  #: codes of grids that stay
    #: today's grids, with the columns of ``DivisionPlan.grids``
    before: GeoDataFrame
    #: what moves whole; index = unit: grid, community (codes), kind (compound,
    #: block, share), name (of the compound), households, people, elderly, old,
    #: businesses, buildings, area_m2, work (as weighted), x, y; polygons
    units: GeoDataFrame
    #: units that touch: one < other (positions), border_m, line_m (along ways,
    #: water, railways, walls), walk (bool: whether one can be led across)
    pairs: DataFrame
    #: index = building: name, unit, grid (today), households, people; footprints
    buildings: GeoDataFrame
    #: of the grids' tier, index = code: name, grid, unit (that hold it, "" for none),
    #: serves (codes of the grids and communities that it names, "" for none); points
    stations: GeoDataFrame
    #: unit, station (codes), group, households (of the unit within the station's
    #: limit; homes that the same stations reach are one group of the unit, so that
    #: several stations count it once); no row where there are none
    reach: DataFrame
    #: what today's division comes to by the same rules,
    #: as the entry of an option (option 0)
    today: dict[str, Any]
    plans: tuple[DivisionPlan, ...]  #: the best first; of least change: rising share
    findings: tuple[Finding, ...]
    results: dict[str, Any]  #: the ``results`` of the JSON contract

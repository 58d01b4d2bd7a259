"""The few frozen records that the rooms hand to one another.

Frames inside a record are never written to: a room that adds a column makes a
new frame. Every layer has the thing's own code, a text, as its index named
``code``; geometries are in the study's working CRS, in metres.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True, kw_only=True)
class Walker:
    """A kind of person who walks."""

    preset: str  #: name of the preset, or "custom"
    speed: float  #: walking speed, m/s
    access: frozenset[str] = frozenset()  #: extra access values the walker may pass


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
    #: (texts as written), hours, area_m2; points
    stations: GeoDataFrame
    #: building (code); points. Empty if the study names none
    entrances: GeoDataFrame
    #: residential land, polygons; None if the study names none
    land: GeoDataFrame | None = None
    #: name, managed, built_year; polygons. Empty if the study names none
    compounds: GeoDataFrame | None = None
    #: compound, kind, hours; points
    gates: GeoDataFrame | None = None
    #: rooms that could become stations: name, kind, area_m2, cost; points
    candidates: GeoDataFrame | None = None
    #: households, people of the whole street, where only that is known
    totals: Mapping[str, float] = field(default_factory=dict)

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
    #: the value that restricts), steps, bridge, tunnel (bool), nodes (array of
    #: the node ids along the line, or None where the source has none); lines
    frame: GeoDataFrame
    #: nodes on ways that matter to walkers: node, kind (gate, bollard …), access;
    #: points
    crossings: GeoDataFrame
    surroundings: Surroundings
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """The walking network: one graph whose edges keep their shape."""

    #: index = edge id 0..m-1; u, v (junction numbers), length_m, forward and
    #: backward (may it be walked from u to v, from v to u), kind, name, way
    #: (id in the source), component; lines from u to v
    edges: GeoDataFrame
    junctions: NDArray[np.float64]  #: shape (n, 2), x and y
    #: index = component number; edges, length_m; largest first
    components: DataFrame
    crs: CRS


@dataclass(frozen=True, kw_only=True, eq=False)
class Legs:
    """How the things of a layer stand on the network, each by one place or more.

    ``candidates``: one row a place and edge it may step on: thing (position in
    the layer), x, y (the place), edge, offset_m (along the edge from u), leg_m.
    Sorted by thing, then edge. ``things``: one row a thing, in the layer's order
    and with its index: access_m (shortest leg, NaN off the network), leg ("",
    "through_building", "fragment"), off_network ("", "too_far", "blocked").
    """

    candidates: DataFrame
    things: DataFrame


@dataclass(frozen=True, kw_only=True, eq=False)
class Coverage:
    """Who is within the circles; every frame as ``docs/method.md`` defines it.

    Columns per circle k = 1, 2 … in the study's order.
    """

    circles: tuple[Circle, ...]
    walker: Walker
    #: name, community, households, people, buildings, floor_m2 (totals) and, per
    #: circle, households_any_k, households_own_k, households_straight_k and the
    #: same of people, buildings, floor_m2
    grids: GeoDataFrame
    communities: GeoDataFrame  #: the same columns
    street: GeoDataFrame  #: the same columns, one row
    #: tier, name, access_m, off_network, leg, grid, community
    stations: GeoDataFrame
    #: name, grid, community, households, people, residential, floor_m2,
    #: access_m, leg, off_network, counted (bool); outlines
    buildings: GeoDataFrame
    #: building, circle, station, minutes, own_station, own_minutes; missing
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
    findings: tuple[Finding, ...]
    #: the ``results`` of the JSON contract
    results: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """What every output says of where it comes from."""

    study: str  #: name of the study
    date: str = ""  #: of the data, ISO; "" if not known
    credits: tuple[str, ...] = ()  #: sources and licences
    notes: tuple[str, ...] = ()  #: what to know (fictional, estimated …)
    version: str = ""  #: of geoplan

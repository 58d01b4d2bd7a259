"""What a study stands on: its layers, the ways, what lies between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame
from pyproj import CRS

from geoplan.model.asked import Finding

#: in the kind of grids of office blocks, schools, markets: they follow rules of
#: their own (X1), and nobody redraws them unasked
DEDICATED = "专属"


@dataclass(frozen=True, kw_only=True, eq=False)
class Layers:
    """The checked layers of a study, in one working CRS.

    Columns that a file did not have are there and empty: text "", numbers NaN.
    """

    #: name, community (code), kind, workers, households, people and one a special
    #: group; polygons
    grids: GeoDataFrame
    #: name, households, people, elderly; polygons
    communities: GeoDataFrame
    #: name, levels, height_m, use, residential (bool), compound, grid, micro_grid,
    #: households, people; polygons or points
    buildings: GeoDataFrame
    #: name, tier, serves_grid, serves_community, belongs_grid, belongs_community,
    #: items (texts as written), hours, area_m2, capacity (persons or households, as
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
    #: name, grid (code, as written), households, people; polygons
    micro_grids: GeoDataFrame | None = None
    #: grids as they were before today's: name, community; polygons
    earlier: GeoDataFrame | None = None
    #: areas of another division (警格): name; polygons
    second: GeoDataFrame | None = None
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

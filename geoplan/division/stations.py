"""Stations of the grids' tier: whose own they are in a plan, and who is within reach.

Own stations of a grid are those that name it; those that name a community are own
to all its grids; one that names nothing, or only grids that a plan has no more, is
own to the grid that holds its point.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan.division.faces import Floats, Ints
from geoplan.division.units import Units

Codes = NDArray[np.object_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Stations:
    """The stations of the grids' tier, and which homes are within their limit."""

    #: index = code: name; points
    frame: GeoDataFrame
    #: what they name: station (position), level ("grid", "community"), area (code)
    named: DataFrame
    #: station, building (positions, of the ground's buildings); those within the limit
    walks: DataFrame

    @classmethod
    def none(cls, crs: object) -> "Stations":
        """Return that there are no stations."""
        return cls(
            frame=GeoDataFrame({"name": []}, geometry=[], crs=crs),
            named=DataFrame({"station": [], "level": [], "area": []}),
            walks=DataFrame({"station": [], "building": []}).astype(np.int64),
        )

    def unit(self, units: Units) -> Ints:
        """Return the position of the unit that holds each station, -1 for none."""
        return holding(self.frame.geometry.to_numpy(), units=units)


def holding(points: Codes, *, units: Units) -> Ints:
    """Return the position of the unit that holds each point, -1 for none."""
    tree = shapely.STRtree(units.frame.geometry.to_numpy())
    point, unit = tree.query(points, predicate="intersects")
    found = np.full(len(points), -1, np.int64)
    order = np.lexsort((-unit, point))
    found[point[order]] = unit[order]
    return found


def owned(stations: Stations, *, grid: Codes, units: Units) -> DataFrame:
    """Return whose own every station is: station (position), grid (code).

    Parameters
    ----------
    grid : array of codes
        The grid of each unit.
    """
    known = set(grid)
    named = stations.named
    by_grid = named[(named["level"] == "grid") & named["area"].isin(known)]
    owner = DataFrame({"grid": grid, "area": units.frame["community"].to_numpy(object)})
    wide = named[named["level"] == "community"].merge(owner.drop_duplicates())
    told = pd.concat(
        [by_grid[["station", "area"]].set_axis(["station", "grid"], axis=1), wide]
    )[["station", "grid"]]
    at = stations.unit(units)
    bare = np.setdiff1d(np.arange(len(at)), told["station"].to_numpy(np.int64))
    bare = bare[at[bare] >= 0]
    placed = DataFrame({"station": bare, "grid": grid[at[bare]]})
    table = pd.concat([told, placed], ignore_index=True).drop_duplicates()
    return table.astype({"station": np.int64}).sort_values(["station", "grid"])


def reached(stations: Stations, *, grid: Codes, units: Units) -> Series:
    """Return the households of each grid within the limit of a station of its own.

    Index = codes of grids, all of them; people or buildings where those are what
    is balanced.
    """
    inside = _within(stations, grid=grid, units=units)
    at = units.of_building[inside["building"].to_numpy(np.int64)]
    held = inside[grid[at] == inside["grid"].to_numpy(object)]
    counted = units.ground.buildings[units.ground.measure].to_numpy(float)
    sums = Series(
        counted[held["building"].to_numpy(np.int64)], index=held["grid"].to_numpy()
    )
    every = np.unique(grid.astype(str))
    return sums.groupby(level=0).sum().reindex(every).fillna(0.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Near:
    """Who is within the limit of the own stations of today's grids; by unit."""

    unit: Ints  #: position
    grid: Codes  #: code
    households: Floats


def near_today(stations: Stations, *, units: Units) -> Near:
    """Return who of each unit is within reach of which grid's own stations."""
    today = units.frame["grid"].to_numpy(object)
    inside = _within(stations, grid=today, units=units)
    building = inside["building"].to_numpy(np.int64)
    counted = units.ground.buildings[units.ground.measure].to_numpy(float)
    table = inside[["grid"]].assign(
        unit=units.of_building[building], households=counted[building]
    )
    sums = table.groupby(["unit", "grid"], as_index=False, sort=True).sum()
    return Near(
        unit=sums["unit"].to_numpy(np.int64),
        grid=sums["grid"].to_numpy(object),
        households=sums["households"].to_numpy(float),
    )


def beyond(near: Near, *, rows: Ints, grids: Codes, size: Floats) -> Floats:
    """Return the households beyond the limit of the own stations of today's grids.

    Parameters
    ----------
    rows : int array
        Positions of units.
    grids : array of codes
        Of grids of today.
    size : array
        Households of all units.

    Returns
    -------
    array, shape (rows, grids)
    """
    place = np.full(len(size), -1, np.int64)
    place[rows] = np.arange(len(rows))
    unit = place[near.unit]
    some = np.flatnonzero(unit >= 0)
    part = pd.Index(grids).get_indexer(near.grid[some])
    some, part = some[part >= 0], part[part >= 0]
    found = np.tile(size[rows][:, None], (1, len(grids)))
    np.subtract.at(found, (unit[some], part), near.households[some])
    return found


def by_unit(stations: Stations, *, units: Units) -> DataFrame:
    """Return who of a unit is within reach: unit, station (codes), group, households.

    Homes of a unit that the same stations reach are one group.
    """
    walks = stations.walks.sort_values(["building", "station"])
    walks = walks[units.of_building[walks["building"].to_numpy(np.int64)] >= 0]
    which = walks["station"].astype(str).groupby(walks["building"]).agg(",".join)
    building = which.index.to_numpy(np.int64)
    counted = units.ground.buildings[units.ground.measure].to_numpy(float)
    homes = DataFrame(
        {
            "at": units.of_building[building],
            "stations": which.to_numpy(),
            "households": counted[building],
        }
    )
    sums = homes.groupby(["at", "stations"], as_index=False, sort=True).sum()
    sums = sums[sums["households"] > 0]
    sums["group"] = sums.groupby("at").cumcount() + 1
    rows = sums.assign(station=sums["stations"].str.split(",")).explode("station")
    codes = stations.frame.index.to_numpy(object)
    return DataFrame(
        {
            "unit": units.frame.index.to_numpy(object)[rows["at"].to_numpy(np.int64)],
            "station": codes[rows["station"].to_numpy(np.int64)],
            "group": rows["group"].to_numpy(),
            "households": rows["households"].to_numpy(),
        }
    )


def _within(stations: Stations, *, grid: Codes, units: Units) -> DataFrame:
    """Return the buildings within reach of a grid's own stations: building, grid."""
    mine = owned(stations, grid=grid, units=units)
    table = stations.walks.merge(mine, on="station")
    table = table[units.of_building[table["building"].to_numpy(np.int64)] >= 0]
    return table[["building", "grid"]].drop_duplicates()

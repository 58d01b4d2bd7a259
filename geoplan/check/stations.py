"""Stations: that they are where they should be, once, and say when."""

import numpy as np
import shapely
from geopandas import GeoDataFrame
from pandas import DataFrame, Series

from geoplan.check.rules import limit
from geoplan.model import Finding, Layers, Level
from geoplan.union import united


def check_stations(
    layers: Layers, *, served: DataFrame, readable: Series
) -> tuple[Finding, ...]:
    """Return stations outside the study or their area, twice, or with odd hours.

    Parameters
    ----------
    served : DataFrame
        The areas that stations serve: station (position), level (grid, community,
        street), area (code).
    readable : Series of bool, index of the stations
        Whether the opening hours can be understood.
    """
    stations = layers.stations
    if not len(stations):
        return ()
    return (
        *_outside(layers),
        *_beyond(layers, served=served),
        *_twice(stations),
        *_silent(stations, readable=readable),
    )


def _outside(layers: Layers) -> tuple[Finding, ...]:
    """Return the stations that lie in no grid and no community."""
    areas = [layers.grids.geometry, layers.communities.geometry]
    whole = united(np.concatenate([area.to_numpy() for area in areas]))
    points = layers.stations.geometry.to_numpy()
    away = shapely.distance(points, whole)
    return tuple(
        _finding(
            "station_outside_study",
            layers.stations,
            at=int(at),
            metres=_tens(float(away[at])),
        )
        for at in np.flatnonzero(away > limit("beyond_m"))
    )


def _beyond(layers: Layers, *, served: DataFrame) -> tuple[Finding, ...]:
    """Return the stations outside all the areas that they are said to serve."""
    nearest: dict[int, tuple[float, str]] = {}
    points = layers.stations.geometry.to_numpy()
    frames = {"grid": layers.grids, "community": layers.communities}
    for row in served.itertuples():
        if row.level not in frames or not row.area:
            continue
        frame, at = frames[row.level], int(row.station)
        away = float(shapely.distance(frame.geometry[row.area], points[at]))
        name = str(frame["name"][row.area]) or str(row.area)
        nearest[at] = min(nearest.get(at, (np.inf, "")), (away, name))
    return tuple(
        _finding(
            "station_outside_area",
            layers.stations,
            at=at,
            area=name,
            metres=_tens(away),
        )
        for at, (away, name) in sorted(nearest.items())
        if away > limit("beyond_m")
    )


def _twice(stations: GeoDataFrame) -> tuple[Finding, ...]:
    """Return stations of one tier that stand in one place or share a name."""
    pairs = _pairs(stations)
    names = stations["name"].where(stations["name"] != stations.index, "")
    alike = names.duplicated(keep="first") & (names != "")
    first = stations.index.to_series().groupby([names, stations["tier"]])
    owner = first.transform("first")
    together = {other for _, other in pairs}
    found = [
        _finding("station_twice", stations, at=b, other=str(stations.index[a]))
        for a, b in pairs
    ]
    found += [
        _finding("station_name_twice", stations, at=int(at), other=owner.iloc[at])
        for at in np.flatnonzero(alike)
        if owner.iloc[at] != stations.index[at] and at not in together
    ]
    return tuple(found)


def _pairs(stations: GeoDataFrame) -> list[tuple[int, int]]:
    """Return who of one tier stands where an earlier one does; each is told once.

    Of those in the very same place the first is looked at alone, as a list that was
    pasted many times over has far too many pairs.
    """
    points, tiers = stations.geometry.to_numpy(), stations["tier"].to_numpy()
    table = DataFrame(shapely.get_coordinates(points), columns=["x", "y"])
    same = table.assign(tier=tiers).groupby(["x", "y", "tier"], sort=False)
    first = same["x"].transform(lambda group: group.index[0]).to_numpy(int)
    again = np.flatnonzero(first != np.arange(len(first)))
    told: dict[int, int] = {int(at): int(first[at]) for at in again}
    alone = np.flatnonzero(first == np.arange(len(first)))
    tree = shapely.STRtree(points[alone])
    near = limit("same_place_m")
    for a, b in tree.query(points[alone], predicate="dwithin", distance=near).T:
        one, other = int(alone[a]), int(alone[b])
        if one < other and tiers[one] == tiers[other]:
            told[other] = min(one, told.get(other, one))
    return [(a, int(b)) for b, a in sorted(told.items())]


def _silent(stations: GeoDataFrame, *, readable: Series) -> tuple[Finding, ...]:
    """Return the stations whose hours are written, but cannot be understood."""
    written = stations["hours"].fillna("").astype(str)
    odd = (written != "").to_numpy() & ~readable.to_numpy(bool)
    return tuple(
        _finding(
            "hours_unread",
            stations,
            at=int(at),
            level="info",
            hours=written.iloc[at][:60],
        )
        for at in np.flatnonzero(odd)
    )


def _finding(
    rule: str,
    stations: GeoDataFrame,
    *,
    at: int,
    level: Level = "warning",
    **facts: object,
) -> Finding:
    return Finding(
        rule=rule,
        level=level,
        layer="stations",
        code=str(stations.index[at]),
        facts={"name": str(stations["name"].iloc[at]), **facts},
        geometry=stations.geometry.iloc[at],
    )


def _tens(metres: float) -> int:
    """Return metres as they are said: to 10 m."""
    return int(round(metres, -1))

"""Stations: that they are where they should be, once, and say when."""

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan.check.rules import limit
from geoplan.model import Finding, Layers, Level


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
    whole = shapely.union_all(np.concatenate([area.to_numpy() for area in areas]))
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
    points = stations.geometry.to_numpy()
    tree = shapely.STRtree(points)
    near = limit("same_place_m")
    one, other = tree.query(points, predicate="dwithin", distance=near)
    pairs = _pairs(stations, one, other)
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


def _pairs(
    stations: GeoDataFrame, one: NDArray[np.intp], other: NDArray[np.intp]
) -> list[tuple[int, int]]:
    """Return the pairs of one tier, each once, and each station told once."""
    tiers = stations["tier"].to_numpy()
    told: dict[int, int] = {}
    for a, b in zip(one, other, strict=True):
        if a < b and tiers[a] == tiers[b]:
            told[int(b)] = min(int(a), told.get(int(b), int(a)))
    return [(a, b) for b, a in sorted(told.items())]


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

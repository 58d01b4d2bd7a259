"""Whom a station is there for: the areas it serves, by name or by place.

The own stations of a building are those whose service area holds it: the areas
named in 服务网格 and 服务社区; if both are empty, of a station of the grids' tier
those in 所属网格; else those in 所属社区; if nothing is named, the area of the
station's tier that holds its point, and for a station of the street office
everywhere.
"""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from geoplan.codes import split
from geoplan.membership import holding
from geoplan.model import Circle, Finding, Layers

#: the level of area whose station a tier is
LEVEL = {"街道级": "street", "社区级": "community", "网格级": "grid"}
_NAMED = (("serves_grid", "grid"), ("serves_community", "community"))
_LAST = (("belongs_community", "community"),)
#: A station of a grid belongs to it; that of a community only stands in one.
_FIRST = {"grid": (("belongs_grid", "grid"),)}


def areas_served(layers: Layers) -> tuple[DataFrame, tuple[Finding, ...]]:
    """Return the service areas of all stations, and names that nobody knows.

    A name that is unclear serves nobody; but a station whose 所属网格 is unclear
    belongs to the grid that holds it.

    Returns
    -------
    DataFrame
        One row a station and area: station (position), level ("grid",
        "community" or "street"), area (code; "" for the whole street).
    """
    rows: list[tuple[int, str, str]] = []
    findings: list[Finding] = []
    held = {
        "grid": holding(layers.stations.geometry, areas=layers.grids),
        "community": holding(layers.stations.geometry, areas=layers.communities),
    }
    for number, (code, station) in enumerate(layers.stations.iterrows()):
        level = LEVEL[station["tier"]]
        named = _names(station, _NAMED, layers)
        home = [] if named else _names(station, _FIRST.get(level, ()), layers)
        named = named or home or _names(station, _LAST, layers)
        placed = level != "street" and held[level][code] != ""
        if not named and level == "street":
            rows.append((number, "street", ""))
        elif not named and placed:
            rows.append((number, level, held[level][code]))
        for name, at in named:
            near = held["community"][code]
            found = _matching(name, level=at, layers=layers, community=near)
            if len(found) == 1:
                rows.append((number, at, found[0]))
                continue
            rule = "station_area_ambiguous" if found else "station_area_unknown"
            if home:
                rule = "station_grid_unclear"
                rows += [(number, level, held[level][code])] * placed
            findings.append(_unclear(rule, str(code), name, layers))
    return DataFrame(rows, columns=["station", "level", "area"]), tuple(findings)


def own(pairs: DataFrame, *, served: DataFrame, homes: DataFrame) -> Series:
    """Return which pairs of station and building are each other's own.

    Parameters
    ----------
    pairs : DataFrame
        With station and thing (positions).
    served : DataFrame
        As :func:`areas_served` gives it.
    homes : DataFrame
        In the order of the buildings: grid, community, counted.
    """
    mine = np.zeros(len(pairs), bool)
    thing = pairs["thing"].to_numpy()
    counted = homes["counted"].to_numpy()[thing]
    for level, rows in served.groupby("level"):
        if level == "street":
            mine |= counted & pairs["station"].isin(rows["station"]).to_numpy()
            continue
        wanted = pd.MultiIndex.from_frame(rows[["station", "area"]])
        area = homes[level].to_numpy()[thing]
        mine |= pd.MultiIndex.from_arrays([pairs["station"], area]).isin(wanted)
    return Series(mine, index=pairs.index, name="own")


def owned(served: DataFrame, *, homes: DataFrame) -> DataFrame:
    """Return every station and home (positions) that are each other's own."""
    at = DataFrame({"thing": np.flatnonzero(homes["counted"])})
    at["street"] = ""
    for level in ("grid", "community"):
        at[level] = homes[level].to_numpy()[at["thing"]]
    parts = [
        rows.merge(at, left_on="area", right_on=level)[["station", "thing"]]
        for level, rows in served.groupby("level")
    ]
    whole = pd.concat([DataFrame(columns=["station", "thing"], dtype=int), *parts])
    return whole.drop_duplicates().sort_values(["station", "thing"])


def without_station(
    layers: Layers, *, served: DataFrame, chosen: Series, circle: Circle
) -> tuple[Finding, ...]:
    """Return the areas of a circle's level that no chosen station serves.

    Parameters
    ----------
    chosen : Series of bool
        In the order of the stations.
    """
    level = LEVEL[circle.tier]
    mine = served[chosen.to_numpy()[served["station"].to_numpy(int)]]
    if level == "street" or (mine["level"] == "street").any():
        return ()
    areas = layers.grids if level == "grid" else layers.communities
    reached = set(mine["area"][mine["level"] == level])
    if level == "grid":
        wide = set(mine["area"][mine["level"] == "community"])
        reached |= set(areas.index[areas["community"].isin(wide)])
    else:
        parts = layers.grids["community"]
        reached |= set(parts[parts.index.isin(mine["area"][mine["level"] == "grid"])])
    return tuple(
        Finding(
            rule=f"{level}_without_{'open_station' if circle.hours else 'station'}",
            level="info",
            layer="grids" if level == "grid" else "communities",
            code=code,
            facts={
                "name": areas["name"][code] or code,
                "tier": circle.tier,
                "circle": circle.name,
            },
            geometry=areas.geometry[code].representative_point(),
        )
        for code in areas.index
        if code not in reached
    )


def _names(
    station: Series, columns: tuple[tuple[str, str], ...], layers: Layers
) -> list[tuple[str, str]]:
    """Return the areas that a station names, and their level."""
    return [
        (name, level)
        for column, level in columns
        for name in split(station[column], known=_known(layers, level))
    ]


def _known(layers: Layers, level: str) -> set[str]:
    areas = layers.grids if level == "grid" else layers.communities
    return {*areas.index, *areas["name"]}


def _matching(name: str, *, level: str, layers: Layers, community: str) -> list[str]:
    """Return the codes that a code or name means; one if it is clear.

    A code beats a name; of several grids with one name, the one in the
    station's own community is meant.
    """
    areas = layers.grids if level == "grid" else layers.communities
    if name in areas.index:
        return [name]
    alike = areas[areas["name"] == name]
    if len(alike) > 1 and level == "grid":
        at_home = alike[alike["community"] == community]
        alike = at_home if len(at_home) == 1 else alike
    return [str(code) for code in alike.index]


def _unclear(rule: str, code: str, name: str, layers: Layers) -> Finding:
    return Finding(
        rule=rule,
        level="warning",
        layer="stations",
        code=code,
        facts={"name": name},
        geometry=layers.stations.geometry[code],
    )

"""Per building and circle: the nearest station, the own one, and how far.

An answer is a frame on the index of the buildings: station, minutes (nearest
within the limit), own_station, own_minutes, nearest, nearest_minutes (however
far); stations as codes, missing where there is none; minutes NaN where there is
none; any, own, straight (bool): is the building served.
"""

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame, Index, Series

from geoplan import walk
from geoplan.coverage.opening import offering, open_then
from geoplan.model import Circle, Legs


def chosen(circle: Circle, stations: DataFrame) -> Series:
    """Return which stations a circle is drawn round: offering, and open for certain."""
    is_open = open_then(circle, stations).fillna(value=False).astype(bool)
    return offering(circle, stations) & is_open


def pick(legs: Legs, wanted: NDArray[np.bool_]) -> Legs:
    """Return the legs of some of the things, numbered anew from 0."""
    number = np.cumsum(wanted) - 1
    rows = legs.candidates[wanted[legs.candidates["thing"].to_numpy()]]
    return Legs(
        candidates=rows.assign(thing=number[rows["thing"]]).reset_index(drop=True),
        things=legs.things[wanted],
    )


def pairs_within(
    way: walk.Graph, *, stations: Legs, homes: Legs, wanted: Series, limit: float
) -> DataFrame:
    """Return the pairs of :func:`geoplan.walk.reach` for the wanted stations.

    ``station`` counts in the whole layer of stations.
    """
    mask = wanted.to_numpy(bool)
    pairs = walk.reach(way, stations=pick(stations, mask), things=homes, limit=limit)
    return pairs.assign(station=np.flatnonzero(mask)[pairs["station"]])


def answer(
    pairs: DataFrame, *, own: Series, nearest: DataFrame, straight: Series, codes: Index
) -> DataFrame:
    """Return the answers of one circle, on the index of the buildings.

    Parameters
    ----------
    pairs, own
        Pairs within the limit, and which of them are each other's own.
    nearest : DataFrame
        As :func:`geoplan.walk.nearest`, ``station`` in the whole layer.
    straight : Series of bool, index of the buildings
        Within the compass circle.
    codes : Index
        Of the stations.
    """
    table = DataFrame(index=straight.index)
    for prefix, rows in (("", pairs), ("own_", pairs[own])):
        first = rows.sort_values(["thing", "seconds", "station"])
        first = first.drop_duplicates("thing").set_index("thing")
        first = first.reindex(np.arange(len(table)))
        table[f"{prefix}station"] = _codes(first["station"], codes)
        table[f"{prefix}minutes"] = _minutes(first["seconds"])
    away = nearest["station"].mask(nearest["station"] < 0)
    table["nearest"] = _codes(away, codes)
    table["nearest_minutes"] = _minutes(nearest["seconds"])
    table["any"] = table["minutes"].notna()
    table["own"] = table["own_minutes"].notna()
    table["straight"] = straight
    return table


def nearest_of(
    way: walk.Graph, *, stations: Legs, homes: Legs, wanted: Series
) -> DataFrame:
    """Return the nearest of the wanted stations, counted in the whole layer."""
    mask = wanted.to_numpy(bool)
    found = walk.nearest(way, stations=pick(stations, mask), things=homes)
    whole = np.append(np.flatnonzero(mask), -1)
    return found.assign(station=whole[found["station"]])


def straight_m(
    places: GeoSeries, *, thing: NDArray[np.int64], stations: GeoSeries, index: Index
) -> Series:
    """Return the straight distance of each building to the nearest station, m.

    NaN where there is no station.
    """
    tree = shapely.STRtree(stations.to_numpy())
    (place, _), metres = tree.query_nearest(
        places.to_numpy(), return_distance=True, all_matches=False
    )
    least = Series(metres, index=thing[place]).groupby(level=0).min()
    return Series(least.reindex(np.arange(len(index))).to_numpy(), index=index)


def minutes_table(answers: dict[str, DataFrame]) -> DataFrame:
    """Return one row a building and circle: the contract's ``minutes`` layer."""
    columns = ["station", "minutes", "own_station", "own_minutes"]
    return pd.concat(
        [
            table[columns]
            .rename_axis("building")
            .reset_index()
            .assign(circle=name)[["building", "circle", *columns]]
            for name, table in answers.items()
        ],
        ignore_index=True,
    )


def _codes(position: Series, codes: Index) -> NDArray[np.object_]:
    """Return positions as codes, None where there is none."""
    known = position.notna().to_numpy()
    found = np.full(len(position), None, dtype=object)
    found[known] = codes.to_numpy()[position[known].to_numpy(int)]
    return found


def _minutes(seconds: Series) -> NDArray[np.float64]:
    return np.asarray((seconds / 60.0).round(6))

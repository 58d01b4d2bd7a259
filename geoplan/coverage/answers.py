"""Per building and circle: the nearest station, the own one, and how far.

An answer is a frame on the index of the buildings: station, minutes (nearest
within the limit), second_station, second_minutes (the next one within it),
own_station, own_minutes, nearest, nearest_minutes, nearest_own,
nearest_own_minutes (however far); stations as codes, missing where there is none;
minutes NaN where there is none; any, own, straight (bool): is the building served.
"""

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame, Index, Series

from geoplan import walk
from geoplan.coverage.opening import offering, open_then
from geoplan.model import Access, Circle, Legs
from geoplan.walk.graph import to_ms


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
    way: walk.Graph, *, access: Access, wanted: Series, limit: float
) -> DataFrame:
    """Return the pairs of a wanted station and a home within a limit (seconds).

    Returns
    -------
    DataFrame
        As :func:`geoplan.walk.reach`, ``station`` counted in the whole layer, and
        inside: row of ``access.inside`` where the walk stays in one compound
        (candidate is -1 then), else -1.
    """
    mask = wanted.to_numpy(bool)
    stations = pick(access.stations, mask)
    pairs = walk.reach(way, stations=stations, things=access.homes, limit=limit)
    pairs["station"] = np.flatnonzero(mask)[pairs["station"]]
    straight = _straight(way, access=access, mask=mask)
    every = pd.concat(
        [straight[straight["seconds"] <= limit], pairs.assign(inside=-1)],
        ignore_index=True,
    )
    every = every.sort_values(["station", "thing", "seconds"], kind="stable")
    return every.drop_duplicates(["station", "thing"]).reset_index(drop=True)


def _straight(way: walk.Graph, *, access: Access, mask: NDArray[np.bool_]) -> DataFrame:
    """Return the walks to wanted stations that stay within one compound."""
    rows = np.flatnonzero(mask[access.inside["station"].to_numpy()])
    inside = access.inside.iloc[rows]
    return DataFrame(
        {
            "station": inside["station"].to_numpy(),
            "thing": inside["thing"].to_numpy(),
            "seconds": to_ms(inside["leg_m"].to_numpy() / way.speed) / 1000.0,
            "candidate": -1,
            "inside": rows,
        }
    )


def answer(
    pairs: DataFrame,
    *,
    own: Series,
    nearest: DataFrame,
    nearest_own: DataFrame,
    straight: Series,
    codes: Index,
) -> DataFrame:
    """Return the answers of one circle, on the index of the buildings.

    Parameters
    ----------
    pairs, own
        Pairs within the limit, and which of them are each other's own.
    nearest, nearest_own : DataFrame
        As :func:`geoplan.walk.nearest`, ``station`` in the whole layer.
    straight : Series of bool, index of the buildings
        Within the compass circle.
    codes : Index
        Of the stations.
    """
    table = DataFrame(index=straight.index)
    order = ["thing", "seconds", "station"]
    near, near_own = pairs.sort_values(order), pairs[own].sort_values(order)
    for prefix, rows, rank in (
        ("", near, 0),
        ("second_", near, 1),
        ("own_", near_own, 0),
    ):
        chosen_row = rows[rows.groupby("thing").cumcount() == rank].set_index("thing")
        chosen_row = chosen_row.reindex(np.arange(len(table)))
        table[f"{prefix}station"] = _codes(chosen_row["station"], codes)
        table[f"{prefix}minutes"] = _minutes(chosen_row["seconds"])
    for name, found in (("nearest", nearest), ("nearest_own", nearest_own)):
        away = found["station"].mask(found["station"] < 0)
        table[name] = _codes(away, codes)
        table[f"{name}_minutes"] = _minutes(found["seconds"])
    table["any"] = table["minutes"].notna()
    table["own"] = table["own_minutes"].notna()
    table["straight"] = straight
    return table


def nearest_of(way: walk.Graph, *, access: Access, wanted: Series) -> DataFrame:
    """Return the nearest of the wanted stations, counted in the whole layer."""
    mask = wanted.to_numpy(bool)
    stations = pick(access.stations, mask)
    found = walk.nearest(way, stations=stations, things=access.homes)
    whole = np.append(np.flatnonzero(mask), -1)
    found = found.assign(station=whole[found["station"]])
    return _least(found, _straight(way, access=access, mask=mask))


def nearest_own_of(
    way: walk.Graph, *, access: Access, wanted: Series, owned: DataFrame
) -> DataFrame:
    """Return the nearest of the wanted stations that are a home's own.

    Parameters
    ----------
    owned : DataFrame
        One row a station and a home (``thing``) whose own it is, in whole layers.
    """
    mask = wanted.to_numpy(bool)
    mine = owned[mask[owned["station"].to_numpy()]]
    found = walk.nearest_own(
        way, stations=access.stations, things=access.homes, own=mine
    )
    straight = _straight(way, access=access, mask=mask)
    return _least(found, straight.merge(mine, on=["station", "thing"]))


def _least(found: DataFrame, straight: DataFrame) -> DataFrame:
    """Return the shorter of what was found for each thing and straight walks."""
    every = pd.concat([found.assign(thing=found.index), straight])
    every = every.sort_values(["thing", "seconds", "station"])
    nearest = every.drop_duplicates("thing")[["station", "seconds"]]
    return nearest.reset_index(drop=True)


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
    columns = [
        *("station", "minutes", "own_station", "own_minutes"),
        *("second_station", "second_minutes"),
        *("nearest_own", "nearest_own_minutes"),
    ]
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

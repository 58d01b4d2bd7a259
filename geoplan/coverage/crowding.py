"""How many come to each station, and how well capacities reach those who live there.

Everybody within a circle goes to the nearest station. Accessibility is the
enhanced two-step floating catchment area: each station's capacity is shared out
among all who live within the limit, near ones counting more, and each home adds
up what it gets.

Source: Luo, W., Qi, Y. (2009), Health & Place 15, 1100-1107.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan.coverage.groups import inhabitants
from geoplan.model import Circle, Layers
from geoplan.presets import weights

_PER = 1000.0  # persons that accessibility is told for
MEASURES = ("households", "people", "buildings")


def loads(
    circle: Circle,
    *,
    answers: DataFrame,
    wanted: Series,
    homes: DataFrame,
    layers: Layers,
) -> DataFrame:
    """Return who has each station as the nearest within the limit.

    Returns
    -------
    DataFrame
        circle, station, name, households, people, buildings (NaN where nothing
        is known), capacity, over (persons or households, as capacity counts,
        beyond it; negative: still free; NaN where either is unknown).
    """
    stations = layers.stations[wanted.to_numpy(bool)]
    counted = homes[homes["counted"]]
    nearest = answers["station"][counted.index]
    known = nearest.notna()
    sums = counted[list(MEASURES)][known].groupby(nearest[known].astype(str)).sum()
    sums = sums.reindex(stations.index).fillna(0.0)
    for measure in MEASURES:
        if not counted[measure].notna().any():
            sums[measure] = np.nan
    capacity = stations["capacity"].astype(float)
    load = sums.get(layers.capacity_of, Series(np.nan, index=stations.index))
    return DataFrame(
        {
            "circle": circle.name,
            "station": stations.index,
            "name": stations["name"].to_numpy(),
            **{measure: sums[measure].to_numpy() for measure in MEASURES},
            "capacity": capacity.to_numpy(),
            "over": (load - capacity).to_numpy(),
        }
    )


def accessibility(
    circle: Circle,
    *,
    pairs: DataFrame,
    limit: float,
    wanted: Series,
    homes: DataFrame,
    layers: Layers,
) -> DataFrame:
    """Return the capacity that reaches a thousand persons, by grid and larger areas.

    Parameters
    ----------
    pairs : DataFrame
        station, thing (positions), seconds; all within the limit.
    limit : float
        Seconds.

    Returns
    -------
    DataFrame
        circle, level, code, name, score; no row if no station tells a capacity.
        NaN where nobody lives. Of households where people are not known.
    """
    columns = ["circle", "level", "code", "name", "score"]
    capacity = layers.stations["capacity"].where(wanted.to_numpy(bool)).astype(float)
    if capacity.isna().all():
        return DataFrame(columns=columns)
    lived = inhabitants(homes).where(homes["counted"], 0.0)
    score = floating(
        pairs,
        capacity=capacity.fillna(0.0).to_numpy(),
        demand=lived.to_numpy(float),
        limit=limit,
    )
    taken = Series(score * lived.to_numpy(float), index=homes.index)
    levels = (
        ("street", Series("street", index=homes.index), Series({"street": ""})),
        ("community", homes["community"], layers.communities["name"]),
        ("grid", homes["grid"], layers.grids["name"]),
    )
    tables = []
    for level, area, names in levels:
        there = lived.groupby(area).sum().reindex(names.index)
        got = taken.groupby(area).sum().reindex(names.index)
        mean = got / there.where(there > 0) * _PER
        rows = {"level": level, "code": names.index, "name": names.to_numpy()}
        tables.append(DataFrame({**rows, "score": mean.round(4).to_numpy()}))
    return pd.concat(tables, ignore_index=True).assign(circle=circle.name)[columns]


def floating(
    pairs: DataFrame,
    *,
    capacity: NDArray[np.float64],
    demand: NDArray[np.float64],
    limit: float,
) -> NDArray[np.float64]:
    """Return the capacity that reaches one person of each home.

    Parameters
    ----------
    pairs : DataFrame
        station, thing (positions), seconds up to ``limit``.
    capacity : array, shape (n_stations,)
    demand : array, shape (n_homes,)
        Persons.

    Returns
    -------
    float array, shape (n_homes,)
        Times demand it adds up to the capacity of all stations that somebody can
        walk to.

    Examples
    --------
    >>> walks = DataFrame({"station": [0, 0], "thing": [0, 1], "seconds": [1.0, 9]})
    >>> people = np.array([100.0, 100.0])
    >>> floating(walks, capacity=np.array([61.0]), demand=people, limit=9).tolist()
    [0.5, 0.11]
    """
    steps = np.array(weights())
    station, thing = pairs["station"].to_numpy(), pairs["thing"].to_numpy()
    zone = np.ceil(pairs["seconds"].to_numpy() / limit * len(steps) - 1e-9) - 1
    weight = steps[np.clip(zone, 0, len(steps) - 1).astype(int)]
    asked = np.bincount(station, demand[thing] * weight, minlength=len(capacity))
    each = np.divide(capacity, asked, out=np.zeros(len(capacity)), where=asked > 0)
    got = np.bincount(thing, each[station] * weight, minlength=len(demand))
    return np.asarray(got, float)

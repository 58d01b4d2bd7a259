"""Service items: which of them can be walked to, community by community."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from geoplan.codes import split
from geoplan.membership import holding
from geoplan.model import Circle, Layers

MEASURES = ("households", "people", "buildings")


def offered(stations: DataFrame) -> list[str]:
    """Return all items that stations offer, in the order of the file."""
    return list(dict.fromkeys(i for text in stations["items"] for i in split(text)))


def matrix(
    circle: Circle,
    *,
    asked: Iterable[str],
    pairs: DataFrame,
    wanted: Series,
    homes: DataFrame,
    layers: Layers,
) -> DataFrame:
    """Return who can walk to each item within a circle's limit, by community.

    Parameters
    ----------
    asked : iterable of text
        Items that matter even where no station offers them.
    pairs : DataFrame
        station, thing (positions) within the limit.
    wanted : Series of bool
        In the order of the stations: those of the tier, open at the hour asked.

    Returns
    -------
    DataFrame
        circle, item, level ("street", "community"), code, name, stations (that
        stand there and offer it) and of households, people and buildings
        ``_total`` and ``_any``, NaN where unknown.
    """
    stations = layers.stations
    items = list(dict.fromkeys([*offered(stations[wanted]), *asked]))
    if not items:
        return DataFrame(columns=["circle", "item", "level", "code", "name"])
    community = holding(stations.geometry, areas=layers.communities)
    offers = [set(split(text)) for text in stations["items"]]
    tables = []
    for item in items:
        having = wanted.to_numpy(bool) & np.array([item in one for one in offers], bool)
        thing = pairs["thing"][having[pairs["station"].to_numpy()]]
        met = Series(np.isin(np.arange(len(homes)), thing), index=homes.index)
        table = _by_area(met, homes=homes, layers=layers)
        stands = community[having].value_counts()
        number = table["code"].map(stands).fillna(0).astype(int)
        number[table["level"] == "street"] = int(having.sum())
        table.insert(3, "stations", number)
        tables.append(table.assign(item=item))
    whole = pd.concat(tables, ignore_index=True).assign(circle=circle.name)
    return whole[["circle", "item", *whole.columns.drop(["circle", "item"])]]


def _by_area(met: Series, *, homes: DataFrame, layers: Layers) -> DataFrame:
    """Return level, code, name and, per measure, all and those met."""
    counted = homes[homes["counted"]]
    columns = {}
    for measure in MEASURES:
        columns[f"{measure}_total"] = counted[measure]
        columns[f"{measure}_any"] = counted[measure].where(met[counted.index], 0.0)
    each = DataFrame(columns)
    sums = each.groupby(counted["community"]).sum()
    sums = sums.reindex(layers.communities.index).fillna(0.0).rename_axis("code")
    whole = DataFrame([each.sum()], index=pd.Index(["street"], name="code"))
    table = pd.concat([whole, sums]).reset_index()
    names = layers.communities["name"]
    table.insert(1, "name", ["", *names])
    table.insert(0, "level", ["street", *["community"] * len(names)])
    for measure in MEASURES:
        if not counted[measure].notna().any():
            table[[f"{measure}_total", f"{measure}_any"]] = np.nan
    return table

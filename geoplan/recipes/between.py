"""Walks between places that are no homes: units, rooms, stations."""

from dataclasses import replace

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame, GeoSeries
from pandas import DataFrame, Series

from geoplan.coverage import walking_minutes
from geoplan.model import Network
from geoplan.study.reading import Study


def walks_between(
    study: Study,
    network: Network,
    *,
    ends: GeoSeries,
    stations: GeoDataFrame,
    within: float,
) -> DataFrame:
    """Return the walks from places to stations within some minutes.

    The ends stand on the ways as homes do, beside the buildings there are; the
    stations (name and geometry at least) as stations do.

    Returns
    -------
    DataFrame
        end, station (positions), minutes; nearest first.
    """
    layers = study.layers
    blank = dict.fromkeys(("use", "compound", "grid"), "")
    homes = GeoDataFrame(
        {**{c: np.nan for c in layers.buildings if c != "geometry"}, **blank},
        geometry=list(ends),
        index=pd.Index([f"to {k}" for k in range(len(ends))], name="code"),
        crs=layers.crs,
    ).assign(residential=True, name="")
    both = pd.concat([layers.buildings, homes[layers.buildings.columns]])
    placed = stations.assign(tier="社区级", hours="", items="")
    whole = replace(
        layers,
        buildings=GeoDataFrame(both, geometry="geometry", crs=layers.crs),
        stations=GeoDataFrame(placed),
    )
    walks = walking_minutes(
        whole,
        network=network,
        surroundings=study.ways.surroundings,
        walker=study.walker,
        within=within,
    )
    at = Series(np.arange(len(homes)), index=homes.index)
    mine = walks[walks["building"].isin(at.index)]
    table = DataFrame(
        {
            "end": at[mine["building"]].to_numpy(),
            "station": stations.index.get_indexer(mine["station"]),
            "minutes": mine["minutes"].to_numpy(),
        }
    )
    order = ["minutes", "end", "station"]
    return table.sort_values(order, kind="stable", ignore_index=True)

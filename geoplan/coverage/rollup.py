"""From buildings to grids, communities and the street: totals and the served.

Every area carries the totals of its counted buildings and, per circle k, what
of them is served by any station, by its own, and within the compass circle:
``households_any_1``, ``people_own_2``, ``floor_m2_straight_1`` …; with a band of
speeds also ``households_any_1_low`` and ``households_any_1_high``. A measure that
is known of no building is NaN throughout; an area without buildings has 0.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from pandas import DataFrame, Index, Series

from geoplan.model import GROUPS
from geoplan.union import united

MEASURES = ("households", "people", "buildings", "floor_m2")
WAYS = ("any", "own", "straight")


def counted_by(homes: DataFrame) -> str:
    """Return the measure that leads: households, else people, else buildings."""
    known = (name for name in ("households", "people") if homes[name].notna().any())
    return next(known, "buildings")


def rolled(
    areas: GeoDataFrame,
    *,
    level: str,
    homes: DataFrame,
    answers: Mapping[str, DataFrame],
) -> GeoDataFrame:
    """Return areas with totals and services.

    Parameters
    ----------
    areas : GeoDataFrame
        Index = codes of the areas.
    level : str
        Column of ``homes`` that names the area of each building.
    homes : DataFrame
        Index of the buildings: households, people, buildings, floor_m2, counted.
    answers : mapping of DataFrame
        By what the columns end in ("1", "1_low"), on the same index: any, own,
        straight, or some of them.
    """
    counted = homes[homes["counted"]]
    columns = {name: counted[name] for name in MEASURES}
    for end, table in answers.items():
        for way in (one for one in WAYS if one in table):
            served = table[way][homes["counted"]]
            for name in MEASURES:
                columns[f"{name}_{way}_{end}"] = counted[name].where(served, 0.0)
    sums = DataFrame(columns).groupby(counted[level]).sum()
    sums = sums.reindex(areas.index).fillna(0.0)
    for name in MEASURES:
        if not counted[name].notna().any():
            sums[[column for column in sums if column.startswith(name)]] = np.nan
    dropped = (*MEASURES, "workers")
    kept = areas.drop(columns=[name for name in dropped if name in areas])
    joined = pd.concat([kept, sums.round(3)], axis=1)
    return GeoDataFrame(joined, geometry="geometry", crs=areas.crs)


def street(grids: GeoDataFrame, *, name: str) -> GeoDataFrame:
    """Return the union of the grids as the one area of the street office."""
    whole = united(grids.geometry.to_numpy())
    index = Index(["street"], name="code", dtype="str")
    groups = {
        group: [grids[group].sum(min_count=1)] for group in GROUPS if group in grids
    }
    return GeoDataFrame(
        {"name": [name], **groups}, geometry=[whole], crs=grids.crs, index=index
    )


def of_street(homes: DataFrame) -> Series:
    """Return the one area that every counted building lies in."""
    return Series(np.where(homes["counted"], "street", ""), index=homes.index)

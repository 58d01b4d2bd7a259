"""Compounds: the old ones, those without property management, and their homes."""

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pandas import DataFrame, Series

from geoplan.model import Circle, Layers
from geoplan.presets import figure

MEASURES = ("households", "people", "buildings")


def kinds(compounds: GeoDataFrame) -> DataFrame:
    """Return which compounds are of which kind; unknown is neither of two.

    Returns
    -------
    DataFrame of bool, index of the compounds
        compounds (all), managed, unmanaged, old, old_unmanaged.
    """
    managed = compounds["managed"].astype("boolean")
    with_, without = managed.fillna(value=False), (~managed).fillna(value=False)
    old = compounds["built_year"].astype(float) <= figure("old")
    return DataFrame(
        {
            "compounds": True,
            "managed": with_.astype(bool),
            "unmanaged": without.astype(bool),
            "old": old,
            "old_unmanaged": old & without.astype(bool),
        },
        index=compounds.index,
    )


def holding(homes_at: GeoSeries, *, compounds: GeoDataFrame | None) -> Series:
    """Return the compound that holds each home, "" for none; of several the smallest.

    Of equally large ones the first in the file.
    """
    if compounds is None or compounds.empty:
        return Series("", index=homes_at.index, name="compound", dtype=object)
    shapes = compounds.geometry.to_numpy()
    shapes = np.where(shapely.is_valid(shapes), shapes, shapely.make_valid(shapes))
    home, compound = shapely.STRtree(shapes).query(
        homes_at.to_numpy(), predicate="intersects"
    )
    order = np.lexsort((compound, shapely.area(shapes)[compound], home))
    found, first = np.unique(home[order], return_index=True)
    held = np.full(len(homes_at), "", dtype=object)
    held[found] = compounds.index.to_numpy()[compound[order][first]]
    return Series(held, index=homes_at.index, name="compound")


def listed(
    layers: Layers, *, homes: DataFrame, served: dict[str, Series]
) -> GeoDataFrame:
    """Return the compounds with who lives in them, and who of those is served.

    Parameters
    ----------
    served : mapping of Series of bool, index of the homes
        By the number of the circle: served by any station.

    Returns
    -------
    GeoDataFrame
        Index = code: name, managed ("yes", "no", ""), built_year, old (bool),
        households, people, buildings and, per circle k, households_any_k …
    """
    compounds = layers.compounds
    assert compounds is not None  # noqa: S101  the caller sees to it
    held = homes["compound"]
    counted = homes[homes["counted"] & (held != "")]
    columns = {name: counted[name] for name in MEASURES}
    for number, met in served.items():
        for name in MEASURES:
            met_here = counted[name].where(met[counted.index], 0.0)
            columns[f"{name}_any_{number}"] = met_here
    sums = DataFrame(columns).groupby(held[counted.index]).sum()
    sums = sums.reindex(compounds.index).fillna(0.0)
    for name in MEASURES:
        if not homes[name].notna().any():
            sums[[c for c in sums if c.startswith(name)]] = np.nan
    kind = kinds(compounds)
    said = np.select([kind["managed"], kind["unmanaged"]], ["yes", "no"], "")
    own = compounds[["name", "built_year"]].assign(managed=said, old=kind["old"])
    table = pd.concat([own, sums], axis=1)
    return GeoDataFrame(table, geometry=compounds.geometry, crs=layers.crs)


def classes(
    circle: Circle, *, number: int, estates: GeoDataFrame, compounds: GeoDataFrame
) -> DataFrame:
    """Return by kind of compound who lives there and who of them is served.

    Returns
    -------
    DataFrame
        circle, kind, compounds (how many), households_total, households_any and
        the same of people and buildings.
    """
    rows = []
    for kind, chosen in kinds(compounds).items():
        part = estates[chosen]
        row = {"circle": circle.name, "kind": kind, "compounds": len(part)}
        for name in MEASURES:
            row[f"{name}_total"] = part[name].sum(skipna=False)
            row[f"{name}_any"] = part[f"{name}_any_{number}"].sum(skipna=False)
        rows.append(row)
    return DataFrame(rows)

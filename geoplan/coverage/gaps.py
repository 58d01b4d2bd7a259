"""Who is left out: gaps as areas, and the unserved buildings by name."""

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pandas import DataFrame, Series
from shapely.geometry.base import BaseGeometry


def gaps(
    grids: GeoDataFrame,
    *,
    circle: str,
    merged: BaseGeometry,
    left: DataFrame,
    places: GeoSeries,
    by: str,
) -> GeoDataFrame:
    """Return the parts of each grid outside a circle that hold unserved buildings.

    Parameters
    ----------
    merged : geometry
        The merged polygon of the circle.
    left : DataFrame
        The counted buildings that are not served: grid, households, people,
        buildings.
    places : GeoSeries
        The buildings' places.
    by : str
        The measure that ranks, worst first; equal gaps by grid code.
    """
    rows = []
    for code, homes in left.groupby("grid"):
        rest = shapely.get_parts(shapely.difference(grids.geometry[code], merged))
        lived = shapely.STRtree(rest).query(
            places[homes.index].to_numpy(), predicate="intersects"
        )[1]
        sums = homes[["households", "people", "buildings"]].sum(min_count=1)
        shape = shapely.union_all(rest[np.unique(lived)])
        rows.append({"circle": circle, "grid": code, **sums, "geometry": shape})
    columns = [
        "circle",
        "rank",
        "grid",
        "households",
        "people",
        "buildings",
        "geometry",
    ]
    if not rows:
        return GeoDataFrame(columns=columns, geometry="geometry", crs=grids.crs)
    table = DataFrame(rows).sort_values([by, "grid"], ascending=[False, True])
    table["rank"] = np.arange(1, len(table) + 1)
    return GeoDataFrame(table[columns].reset_index(drop=True), crs=grids.crs)


def unreached(
    left: DataFrame,
    *,
    circle: str,
    answers: DataFrame,
    straight_m: Series,
    places: GeoSeries,
    by: str,
) -> GeoDataFrame:
    """Return the counted buildings that a circle does not serve, worst first.

    Worst is who has most people counted by ``by``, then the longest walk. The
    minutes are to the nearest station however far; NaN where none can be walked
    to.
    """
    index = left.index
    table = DataFrame(
        {
            "circle": circle,
            "building": index,
            "name": left["name"],
            "grid": left["grid"],
            "households": left["households"],
            "people": left["people"],
            "station": answers["nearest"][index],
            "minutes": answers["nearest_minutes"][index],
            "straight_m": straight_m[index].round(1),
            "off_network": left["off_network"],
            "order": left[by],
        },
        index=index,
    )
    table = table.sort_values(
        ["order", "minutes", "building"],
        ascending=[False, False, True],
        na_position="first",
    ).drop(columns="order")
    table.insert(1, "rank", np.arange(1, len(table) + 1))
    shapes = places[table.index].to_numpy()
    return GeoDataFrame(table.reset_index(drop=True), geometry=shapes, crs=places.crs)


def stacked(frames: list[GeoDataFrame]) -> GeoDataFrame:
    """Return the frames of all circles as one."""
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    return GeoDataFrame(pd.concat(filled, ignore_index=True), crs=frames[0].crs)

"""Households and people: totals of areas dealt to the buildings in them.

What a building is given stays as it is. The rest of an area's total is dealt to
its other residential buildings in proportion to footprint × levels, whole
households and people only, by largest remainder; equal remainders go to the
smaller building code. What is dealt is an estimate and is called so.
"""

import numpy as np
from geopandas import GeoDataFrame
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame, Series

from geoplan.model import Finding

METRES_A_LEVEL = 3.0  # where only a height is known
COUNTS = ("households", "people")


def levels(buildings: GeoDataFrame) -> Series:
    """Return the levels of each building: given, else height / 3 m, else 1."""
    by_height = (buildings["height_m"] / METRES_A_LEVEL).round().clip(lower=1)
    return buildings["levels"].fillna(by_height).fillna(1.0).rename("levels")


def floor_m2(buildings: GeoDataFrame) -> Series:
    """Return the floor area of each building: footprint × levels, m²."""
    return (buildings.geometry.area * levels(buildings)).rename("floor_m2")


def deal(total: int, weights: ArrayLike, codes: ArrayLike) -> NDArray[np.int64]:
    """Return a total as whole shares in proportion to weights.

    Parameters
    ----------
    total : int
        At least 0.
    weights : array of float, shape (n,)
        Not negative; if all are 0 they count as equal.
    codes : array of text, shape (n,)
        Equal remainders go to the smaller code.

    Returns
    -------
    int array, shape (n,)
        Sums to ``total``; empty only where there is nobody to deal to.

    Source: largest remainder (Hare quota).

    Examples
    --------
    >>> deal(10, [1.0, 1.0, 1.0], ["c", "a", "b"]).tolist()
    [3, 4, 3]
    """
    weight = np.asarray(weights, float)
    if not weight.size:
        return np.zeros(0, np.int64)
    if weight.sum() == 0:
        weight = np.ones(len(weight))
    quota = total * (weight / weight.sum())
    share = np.floor(quota).astype(np.int64)
    left = int(total - share.sum())
    order = np.lexsort((np.asarray(codes), -(quota - share).round(9)))
    share[order[:left]] += 1
    return np.asarray(share)


def settle(
    buildings: GeoDataFrame, *, areas: DataFrame, area: Series, count: str
) -> tuple[Series, tuple[Finding, ...]]:
    """Return a count (households or people) of every building.

    Parameters
    ----------
    buildings : GeoDataFrame
        With the column ``count``, NaN where the file gives none.
    areas : DataFrame
        With the column ``count``: the total of each area, NaN where unknown.
    area : Series of text, index of buildings
        The area each building lies in, "" outside.
    count : str
        "households" or "people".

    Returns
    -------
    Series of float, index of buildings
        Given or dealt; 0 for buildings nobody lives in; NaN where nothing is
        known (no count in the file, no total of the area).
    """
    given, totals = buildings[count], areas[count]
    known = given.notna()
    if not known.any() and totals.isna().all():
        return given, ()
    settled = given.mask(~known & ~buildings["residential"], 0.0)
    floor = floor_m2(buildings)
    open_ = (~known & buildings["residential"]).to_numpy(bool)
    members = area.groupby(area).indices
    findings: list[Finding] = []
    for code, total in totals.dropna().items():
        here = members.get(code, np.zeros(0, np.int64))
        rest = int(total) - given.iloc[here].sum()
        takers = buildings.index[here[open_[here]]]
        if rest == 0 or not len(takers):
            settled[takers] = 0.0
        else:
            settled[takers] = deal(max(int(rest), 0), floor[takers], takers)
        if rest < 0 or (rest > 0 and not len(takers)):
            findings.append(_unsettled(str(code), count, total=int(total), rest=rest))
    return settled, tuple(findings)


def _unsettled(code: str, count: str, *, total: int, rest: float) -> Finding:
    """Return that an area's total and its buildings do not go together."""
    rule = "total_below_buildings" if rest < 0 else "total_without_buildings"
    return Finding(
        rule=f"{count}_{rule}",
        level="warning",
        layer="grids",
        code=code,
        facts={"total": total, "difference": abs(int(rest))},
    )

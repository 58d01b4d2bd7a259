"""Communities drawn as grids are: what moves whole are today's grids."""

import itertools
import re
from collections.abc import Collection
from dataclasses import replace

import numpy as np
import shapely
from geopandas import GeoDataFrame
from pandas import Series

from geoplan.division.given import Ground
from geoplan.union import united

_NUMBER = 3  # digits of a community in a code of 6 + 3 + 3 + 3


def grouped(ground: Ground, *, names: Series) -> Ground:
    """Return the ground on which communities take the place of grids.

    Today's grids stand as its compounds, so that each moves whole and no community
    parts one. Barriers do not count: a community may lie on both banks.

    Parameters
    ----------
    names : Series, index = code of communities
        Their names.
    """
    grids = ground.grids.sort_index()
    owner = grids["community"].astype(str)
    codes = sorted(set(owner))
    shapes = [
        united(grids.geometry.to_numpy()[(owner == code).to_numpy()]) for code in codes
    ]
    street = street_of(codes)
    tree = shapely.STRtree(grids.geometry.to_numpy())
    place, grid = tree.query(ground.places, predicate="intersects")
    held = np.full(len(ground.places), "", dtype=object)
    held[place[::-1]] = grids.index.to_numpy(object)[grid[::-1]]
    nothing = np.empty(0, dtype=object)
    return replace(
        ground,
        grids=GeoDataFrame(
            {
                "name": names.reindex(codes).fillna("").to_numpy(),
                "community": street,
                "kind": "",
            },
            index=Series(codes, name="code", dtype=object),
            geometry=shapes,
            crs=grids.crs,
        ),
        buildings=ground.buildings.assign(compound=held).set_geometry(
            list(ground.places), crs=grids.crs
        ),
        compounds=GeoDataFrame(
            {"name": grids.index.to_numpy(object)},
            index=grids.index,
            geometry=grids.geometry.to_numpy(),
            crs=grids.crs,
        ),
        estates=ground.compounds,
        hard=nothing,
        walls=nothing,
        water=ground.water.iloc[:0],
    )


def street_of(codes: Collection[str]) -> str:
    """Return what the codes of a street's communities begin with.

    Examples
    --------
    >>> street_of(["420105001001", "420105001012"]), street_of(["MC-CO", "MC-MC"])
    ('420105001', 'MC-')
    """
    letters = zip(*codes, strict=False)
    alike = itertools.takewhile(lambda at: len(set(at)) == 1, letters)
    common = "".join(at[0] for at in alike)
    whole = {len(code) for code in codes}
    if len(whole) == 1 and all(re.fullmatch(r"\d{4,}", code) for code in codes):
        return common[: min(len(common), whole.pop() - _NUMBER)]
    return re.sub(r"\d+$", "", common)

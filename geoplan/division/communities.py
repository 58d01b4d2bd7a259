"""Communities drawn as grids are: what moves whole are today's grids."""

import itertools
import re
from collections.abc import Collection
from dataclasses import replace

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan.division.aims import band
from geoplan.division.given import Ground
from geoplan.division.neighbours import pieces
from geoplan.union import united

_NUMBER = 3  # digits of a community in a code of 6 + 3 + 3 + 3


def grouped(ground: Ground, *, names: Series) -> Ground:
    """Return the ground on which communities take the place of grids.

    Today's grids stand as its compounds, so that each moves whole and no community
    parts one; grids that share a compound move together, unless it has more
    households than a community should. Barriers do not count: a community may lie on
    both banks.

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
    # of grids that overlap the smallest counts, as of compounds
    order = np.argsort(-shapely.area(tree.geometries)[grid], kind="stable")
    held[place[order]] = grids.index.to_numpy(object)[grid[order]]
    together = _together(ground, held=held, owner=owner)
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
        buildings=ground.buildings.assign(
            compound=[together.get(code, code) for code in held]
        ).set_geometry(list(ground.places), crs=grids.crs),
        compounds=GeoDataFrame(
            {"name": [together.get(code, code) for code in grids.index]},
            index=grids.index,
            geometry=grids.geometry.to_numpy(),
            crs=grids.crs,
        ),
        estates=ground.compounds,
        crossed=True,
        hard=nothing,
        walls=nothing,
        water=ground.water.iloc[:0],
    )


def _together(
    ground: Ground, *, held: NDArray[np.object_], owner: Series
) -> dict[str, str]:
    """Return what each grid moves with: the first that shares a compound with it.

    ``held``: the grid of each building; ``owner``: the community of each grid.
    """
    table = DataFrame(
        {
            "compound": ground.buildings["compound"].to_numpy(object),
            "households": ground.buildings["households"].to_numpy(float),
            "grid": held,
            "community": Series(held).map(owner).to_numpy(object),
        }
    )
    table = table[(table["compound"] != "") & (table["grid"] != "")]
    shared = table.groupby(["community", "compound"])["households"]
    table = table[shared.transform("sum") <= band("community")[1]]
    first = table.groupby(["community", "compound"])["grid"].transform("min")
    codes = sorted(set(table["grid"]))
    at = {code: place for place, code in enumerate(codes)}
    group = pieces(
        len(codes),
        one=table["grid"].map(at).to_numpy(np.int64),
        other=first.map(at).to_numpy(np.int64),
    )
    return {
        code: codes[int(np.argmax(group == group[k]))] for k, code in enumerate(codes)
    }


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

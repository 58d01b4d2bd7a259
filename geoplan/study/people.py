"""People of grids from a raster, where the office's files do not tell them.

What files say goes before what a raster says: it fills the grids of which nothing
is known, and where a community's or the street's total is known it only says how
that lies among its grids.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pandas import DataFrame, Series
from pyproj import Transformer

from geoplan import population
from geoplan.errors import InputError
from geoplan.files.rasters import read_cells
from geoplan.membership import members
from geoplan.model import Cells, Finding, Layers, Level

_PEOPLE = "people"
_AT_ONCE = 200_000  # cells, so that fine rasters take no more memory
_SEEN = 0.001  # share of the grids' area without data from which it is told


def with_raster(layers: Layers, path: Path) -> tuple[Layers, tuple[Finding, ...]]:
    """Return layers whose grids have people from a raster where files tell none.

    Raises
    ------
    InputError, CrsError
        If the raster cannot be used, as :func:`geoplan.files.rasters.read_cells`
        says, or holds negative numbers.
    """
    grids = layers.grids
    bounds = tuple(grids.total_bounds)
    cells = read_cells(path, crs=layers.crs, bounds=bounds)
    if (worst := np.nanmin(cells.amounts)) < 0:
        raise InputError.at("raster_negative", file=path, value=f"{worst:g}")
    by_grid = counted(cells, layers=layers)
    own = _told(layers)
    silent = own.index[own.isna()]
    if not len(silent):
        facts = {"file": path.name, "raster": round(by_grid[_PEOPLE].sum())}
        facts["people"] = round(own.sum())
        return layers, (_about("people_raster_unused", facts),)
    people, shaped = settled(by_grid[_PEOPLE][silent], own=own, layers=layers)
    filled = grids[_PEOPLE].fillna(people)
    facts = {"file": path.name, "count": len(people)}
    if shaped:
        origin = _about("people_raster_shaped", facts)
    else:
        origin = _about("people_from_raster", {**facts, "people": int(people.sum())})
    findings = origin, *_missing(by_grid.loc[silent], layers=layers, path=path)
    return replace(layers, grids=grids.assign(people=filled)), findings


def counted(cells: Cells, *, layers: Layers) -> DataFrame:
    """Return the people of each grid: of each cell, its share in the grid by area.

    Returns
    -------
    DataFrame
        Index of the grids: people (not whole), seen_m2 (area with data), area_m2.
        Areas are those of the working CRS.
    """
    grids = layers.grids
    row, column = np.nonzero(np.isfinite(cells.amounts))
    sums = np.zeros((2, len(grids)))
    for some in np.array_split(np.arange(len(row)), len(row) // _AT_ONCE + 1):
        sums += _of_some(cells, row=row[some], column=column[some], layers=layers)
    return DataFrame(
        {_PEOPLE: sums[0], "seen_m2": sums[1], "area_m2": grids.area}, index=grids.index
    )


def _of_some(
    cells: Cells, *, row: NDArray[np.int64], column: NDArray[np.int64], layers: Layers
) -> NDArray[np.float64]:
    """Return what some cells have in the grids: people and area, shape (2, n_grids)."""
    grids = layers.grids.geometry.to_numpy()
    value = cells.amounts[row, column]
    boxes = _boxes(cells, row=row, column=column, layers=layers)
    tree = shapely.STRtree(boxes)
    whole = _pairs(tree, grids, predicate="covers")
    part = _pairs(tree, grids, predicate="intersects")
    part = part[~np.isin(part @ [len(boxes), 1], whole @ [len(boxes), 1])]
    size = shapely.area(boxes)
    inner = shapely.area(shapely.intersection(grids[part[:, 0]], boxes[part[:, 1]]))
    pairs = np.concatenate([whole, part])
    area = np.concatenate([size[whole[:, 1]], inner])
    taken = value[pairs[:, 1]] * (area / size[pairs[:, 1]])
    return np.array(
        [
            np.bincount(pairs[:, 0], weight, minlength=len(grids))
            for weight in (taken, area)
        ]
    )


def settled(weights: Series, *, own: Series, layers: Layers) -> tuple[Series, bool]:
    """Return whole people of the grids that files tell nothing of.

    Parameters
    ----------
    weights : Series of float, index = codes of those grids
        What the raster has in them.
    own : Series of float, index of the grids
        What files tell of the others; NaN for those.

    Returns
    -------
    Series of float
        By largest remainder. Where communities tell people (else, where the
        street does), their total less what its other grids have; else the
        raster's own total, rounded.
    bool
        Whether any total was known.
    """
    grids, found = layers.grids, Series(np.nan, index=weights.index)
    told = _totals(layers)
    region = Series("", index=weights.index)
    if "street" not in told:
        owner = grids["community"][weights.index]
        region = owner.where(owner.isin(set(told)), "")
    else:
        region[:] = "street"
    for code, part in weights.groupby(region):
        total = round(part.sum())
        if code in told:
            others = own if code == "street" else own[grids["community"] == code]
            total = round(told[str(code)] - others.sum())
        dealt = population.deal(max(total, 0), part.to_numpy(), part.index)
        found[part.index] = dealt.astype(float)
    return found, bool(region.ne("").any())


def _totals(layers: Layers) -> Mapping[str, float]:
    """Return known totals: by community; else of the street; else none."""
    known = layers.communities[_PEOPLE].dropna()
    if len(known):
        return {str(code): float(total) for code, total in known.items()}
    told = layers.totals.get(_PEOPLE)
    return {} if told is None else {"street": told}


def _told(layers: Layers) -> Series:
    """Return the people of grids as files tell them: of the grid, or of all its homes.

    NaN where neither is told.
    """
    homes, _ = members(layers)
    people = layers.buildings[_PEOPLE]
    lived = layers.buildings["residential"].astype(bool)
    silent = set(homes["grid"][lived & people.isna()])
    by_grid = people.groupby(homes["grid"]).sum(min_count=1).reindex(layers.grids.index)
    return layers.grids[_PEOPLE].fillna(by_grid[~by_grid.index.isin(silent)])


def _boxes(
    cells: Cells, *, row: NDArray[np.int64], column: NDArray[np.int64], layers: Layers
) -> NDArray[np.object_]:
    """Return cells as areas in the working CRS, their corners moved."""
    a, b, c, d, e, f = cells.transform
    across = column[:, None] + np.array([0, 1, 1, 0])
    down = row[:, None] + np.array([0, 0, 1, 1])
    x, y = a * across + b * down + c, d * across + e * down + f
    move = Transformer.from_crs(cells.crs, layers.crs, always_xy=True)
    x, y = move.transform(x, y)
    return np.asarray(shapely.polygons(np.stack([x, y], axis=-1)))


def _pairs(
    tree: shapely.STRtree, grids: NDArray[np.object_], *, predicate: str
) -> NDArray[np.int64]:
    """Return positions of grid and cell, shape (n, 2)."""
    return np.asarray(tree.query(grids, predicate=predicate).T.astype(np.int64))


def _about(rule: str, facts: Mapping[str, Any], level: Level = "info") -> Finding:
    return Finding(rule=rule, level=level, layer="grids", facts=dict(facts))


def _missing(by_grid: DataFrame, *, layers: Layers, path: Path) -> tuple[Finding, ...]:
    """Return where the raster has no data: on how much, and in which whole grids."""
    area = by_grid["area_m2"].sum()
    lost = max(0.0, 1.0 - by_grid["seen_m2"].sum() / area)
    found = []
    if lost >= _SEEN:
        facts = {"file": path.name, "percent": f"{100 * lost:.1f}"}
        found.append(_about("people_raster_nodata", facts, "warning"))
    found += [
        Finding(
            rule="grid_outside_raster",
            level="warning",
            layer="grids",
            code=str(code),
            geometry=layers.grids.geometry[code].representative_point(),
        )
        for code in by_grid.index[by_grid["seen_m2"] <= 0]
    ]
    return tuple(found)

"""Who belongs where: places of buildings, and the grid that holds each.

A building's place is the point that stands for it: the point itself, or
shapely's ``point_on_surface`` of its footprint. It is counted in the grid that
holds its place; on a common border in the one with the smaller code. A grid
that the file names beats the one that holds the place, and the disagreement is
told. A building outside all grids is told, and in no total.
"""

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pandas import DataFrame, Series

from geoplan.codes import is_again
from geoplan.model import Finding, Layers


def places(layer: GeoDataFrame) -> GeoSeries:
    """Return the point that stands for each thing, in the layer's CRS."""
    shapes = layer.geometry.to_numpy()
    points = np.where(
        shapely.get_type_id(shapes) == shapely.GeometryType.POINT,
        shapes,
        shapely.point_on_surface(shapes),
    )
    return GeoSeries(points, index=layer.index, crs=layer.crs)


def holding(points: GeoSeries, *, areas: GeoDataFrame) -> Series:
    """Return the code of the area that holds each point, "" where none does.

    A point that several areas hold or touch goes to the smallest code.
    """
    by_code = areas.geometry.sort_index()
    tree = shapely.STRtree(by_code.to_numpy())
    point, area = tree.query(points.to_numpy(), predicate="intersects")
    first = np.full(len(points), len(by_code))
    np.minimum.at(first, point, area)
    codes = np.append(by_code.index.to_numpy(object), "")
    return Series(codes[first], index=points.index, name="code", dtype=object)


def members(layers: Layers) -> tuple[DataFrame, tuple[Finding, ...]]:
    """Return the grid and community of every building, and what was odd.

    Returns
    -------
    DataFrame
        Index of the buildings: grid, community (codes, "" where not counted),
        counted (bool).
    """
    buildings, grids = layers.buildings, layers.grids
    points = places(buildings)
    inside = holding(points, areas=grids)
    named, unknown = _named(buildings["grid"], grids)
    counted = inside != ""
    grid = inside.mask(counted & (named != ""), named)
    findings = [
        _finding("building_outside_grids", code, points)
        for code in buildings.index[~counted]
    ]
    findings += [
        _finding("building_grid_unknown", code, points, grid=value)
        for code, value in unknown.items()
    ]
    disagree = counted & (named != "") & (named != inside)
    # the second of two rows with one code is told by itself
    twice = [is_again(str(i), of=n) for i, n in zip(inside, named, strict=True)]
    disagree &= ~Series(twice, index=disagree.index, dtype=bool)
    findings += [
        _finding(
            "building_grid_disagrees",
            code,
            points,
            named=named[code],
            inside=inside[code],
        )
        for code in buildings.index[disagree]
    ]
    table = DataFrame(
        {
            "grid": grid,
            "community": grid.map(grids["community"]).fillna(""),
            "counted": counted,
        }
    )
    return table, tuple(findings)


def _named(given: Series, grids: GeoDataFrame) -> tuple[Series, Series]:
    """Return the grid codes that the file names, and the names nobody knows.

    A grid may be named by its code or by a name that only one grid has.
    """
    single = grids["name"][~grids["name"].duplicated(keep=False)]
    by_name = {name: code for code, name in single.items() if name}
    by_name |= {code: code for code in grids.index}
    named = given.map(by_name).fillna("")
    return named, given[(given != "") & (named == "")]


def _finding(rule: str, code: str, points: GeoSeries, **facts: object) -> Finding:
    return Finding(
        rule=rule,
        level="warning",
        layer="buildings",
        code=code,
        facts=facts,
        geometry=points[code],
    )

"""From one CRS into another."""

from pathlib import Path

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas import Series
from pyproj import CRS, Transformer

from geoplan.crs.plausible import holds, to_degrees
from geoplan.crs.zones import label
from geoplan.errors import CrsError

_ALIKE = 1.0  # m by which axes of one ellipsoid, in two spellings, may differ
_FINE = 15.0  # m; a shift between datums that is known better is no matter here
_DECIMALS = 6  # of a moved coordinate: micrometres


def to_working(
    frame: GeoDataFrame,
    *,
    crs: CRS,
    layer: str,
    file: Path | None = None,
    rows: Series | None = None,
    column: str | None = None,
) -> GeoDataFrame:
    """Return a layer in the working CRS.

    Coordinates that are moved are rounded to a micrometre, so that borders which
    two layers share stay shared, whichever CRS each came from. An error names the
    row out of ``rows``, row numbers on the frame's index, and ``column``.

    Raises
    ------
    CrsError
        If a coordinate has no place in it.
    """
    if CRS(frame.crs) == crs:
        return frame
    moved = frame.to_crs(crs)
    there = np.isfinite(moved.geometry.bounds.to_numpy(float)).all(axis=1)
    if not there.any() and len(there):
        raise CrsError.at("crs_no_place", file=file, layer=layer, crs=label(crs))
    if not there.all():
        key, facts = _lost(frame[~there], crs=crs)
        lost = frame.index[~there][0]
        row = None if rows is None else int(rows.loc[lost])
        raise CrsError.at(key, file=file, layer=layer, row=row, column=column, **facts)
    shapes = moved.geometry.to_numpy().copy()
    rounded = shapely.get_coordinates(shapes).round(_DECIMALS)
    shapely.set_coordinates(shapes, rounded)
    return moved.set_geometry(GeoSeries(shapes, index=moved.index, crs=moved.crs))


def written(frame: GeoDataFrame, *, crs: CRS) -> NDArray[np.float64]:
    """Return the middles of features in another CRS, x and y by row, (n, 2)."""
    bounds = frame.geometry.bounds.to_numpy(float)
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    return _turned(middles, Transformer.from_crs(frame.crs, crs, always_xy=True))


def exchanged(frame: GeoDataFrame, *, crs: CRS) -> NDArray[np.float64]:
    """Return where features would lie had x and y been exchanged in a file.

    Of their middles, in the frame's CRS, (n, 2); ``crs`` is the file's. Infinite
    where there is no such place.
    """
    back = Transformer.from_crs(crs, frame.crs, always_xy=True)
    return _turned(written(frame, crs=crs)[:, ::-1], back)


def rough(crs: CRS, *, to: CRS) -> bool:
    """Return whether a CRS is known against another to a hundred metres only.

    So it is where their ellipsoids differ and PROJ has no parameters between them
    (Beijing 1954, Xian 1980): the shift of the datum is then left out.
    """
    own, other = crs.ellipsoid, to.ellipsoid
    if crs.is_bound or own is None or other is None:
        return False
    if abs(own.semi_major_metre - other.semi_major_metre) < _ALIKE:
        return False
    accuracy = Transformer.from_crs(crs, to, always_xy=True).accuracy
    return not 0 <= accuracy <= _FINE


def shown(value: float, *, crs: CRS) -> str:
    """Return a coordinate as people read it: to a metre or so."""
    return f"{value:.5f}" if crs.is_geographic else f"{value:.1f}"


def _turned(points: NDArray[np.float64], by: Transformer) -> NDArray[np.float64]:
    return np.column_stack(by.transform(points[:, 0], points[:, 1]))


def _lost(frame: GeoDataFrame, *, crs: CRS) -> tuple[str, dict[str, object]]:
    """Return the error's key and facts for features without a place in a CRS."""
    own = CRS(frame.crs)
    x, y = written(frame, crs=own)[0]
    lon, lat = to_degrees(own).transform(y, x)
    swapped = np.isfinite([lon, lat]).all() and holds(crs, lon, lat)
    return "crs_row_swapped" if swapped else "crs_row_no_place", {
        "x": shown(x, crs=own),
        "y": shown(y, crs=own),
        "crs": label(crs),
        "count": len(frame),
    }

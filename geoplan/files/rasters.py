"""Heights of the ground, or people, from a raster file."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geoplan.errors import CrsError, InputError
from geoplan.model import Cells, Elevation

Box = tuple[float, float, float, float]

_MARGIN = 2  # cells read beyond the bounds, for values between cells


def read_elevation(path: Path | str, *, crs: CRS, bounds: Box) -> Elevation:
    """Return the heights that a raster has within some bounds, in metres.

    As :func:`read_cells` reads them.
    """
    cells = read_cells(path, crs=crs, bounds=bounds)
    return Elevation(heights=cells.amounts, transform=cells.transform, crs=cells.crs)


def read_cells(path: Path | str, *, crs: CRS, bounds: Box) -> Cells:
    """Return what a raster (GeoTIFF) of one band has within some bounds.

    Cells without data are NaN; values are scaled as the file says.

    Parameters
    ----------
    bounds : (xmin, ymin, xmax, ymax)
        In ``crs``.

    Raises
    ------
    InputError
        The file or the package ``rasterio`` is missing, it cannot be read, holds
        several bands, or has no data within the bounds.
    CrsError
        The file does not say what its coordinates are.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError.at("file_missing", file=path)
    try:
        import rasterio  # noqa: PLC0415  an extra that few studies need
        from rasterio.errors import NotGeoreferencedWarning  # noqa: PLC0415
        from rasterio.windows import Window  # noqa: PLC0415
    except ImportError as error:
        raise InputError.at("raster_package", file=path) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            source = rasterio.open(path)
        with source:
            its_crs = _crs(source.crs, path=path)
            if source.count != 1:
                raise InputError.at("raster_bands", file=path, count=source.count)
            corners = _corners(bounds, crs=crs, to=its_crs)
            if not np.isfinite(corners).all():
                raise InputError.at("raster_elsewhere", file=path)
            there = _cells(source.transform, corners)
            size = np.array([source.width, source.height])
            low = np.clip(np.floor(there.min(axis=0)) - _MARGIN, 0, size).astype(int)
            high = np.clip(np.ceil(there.max(axis=0)) + _MARGIN, 0, size).astype(int)
            if (low >= high).any():
                raise InputError.at("raster_elsewhere", file=path)
            window = Window(*low.tolist(), *(high - low).tolist())
            band = source.read(1, window=window, masked=True)
            values = np.ma.filled(band.astype(float), np.nan)
            values = values * source.scales[0] + source.offsets[0]
            corner = source.window_transform(window)
    except rasterio.errors.RasterioError as error:
        raise InputError.at("raster_broken", file=path, problem=error) from error
    values[~np.isfinite(values)] = np.nan
    if np.isnan(values).all():
        raise InputError.at("raster_elsewhere", file=path)
    return Cells(amounts=values, transform=tuple(corner)[:6], crs=its_crs)


def _crs(told: object, *, path: Path) -> CRS:
    """Return the raster's CRS.

    Raises
    ------
    CrsError
        It has none, or one that is not known.
    """
    try:
        return CRS.from_user_input(told)
    except CRSError as error:
        raise CrsError.at("raster_without_crs", file=path) from error


def _corners(bounds: Box, *, crs: CRS, to: CRS) -> NDArray[np.float64]:
    """Return points round some bounds in another CRS, shape (n, 2)."""
    west, south, east, north = bounds
    across, up = np.meshgrid(np.linspace(west, east, 5), np.linspace(south, north, 5))
    x, y = Transformer.from_crs(crs, to, always_xy=True).transform(across, up)
    return np.column_stack([np.ravel(x), np.ravel(y)])


def _cells(transform: Any, xy: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: ANN401  untyped library
    """Return where points lie among the cells: columns and rows, shape (n, 2)."""
    a, b, c, d, e, f = tuple(transform)[:6]
    return np.linalg.solve(np.array([[a, b], [d, e]]), (xy - [c, f]).T).T

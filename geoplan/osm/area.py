"""The area that a download is asked for: a place, a box, or polygons of a file."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import shapely
from geopandas import GeoSeries
from shapely.geometry.base import BaseGeometry

from geoplan.errors import InputError, UsageError
from geoplan.osm.overpass import find
from geoplan.osm.pieces import Box

RIM = 2500.0  # m: as far round a place as a study reads the ways round its grids
_EASED = 250.0  # m by which an outline may be simplified, outwards
_LARGEST = 25_000.0  # km²; beyond, an extract is the better way for all
_WGS84 = 4326


@dataclass(frozen=True, kw_only=True, eq=False)
class Area:
    """What is to be downloaded."""

    asked: Mapping[str, Any]
    label: str  #: for the file's name
    name: str
    shape: BaseGeometry  #: degrees
    rim: float  #: m by which it is wider than what was asked


def of_place(place: str) -> Area:
    """Return the area of a place and its rim.

    Raises
    ------
    InputError
        No server can be reached, or it knows no such area.
    UsageError
        The area is too large.
    """
    found = find(place)
    return Area(
        asked={"place": place},
        label=label(place),
        name=found.name,
        shape=_handy(_widened(found.shape)),
        rim=RIM,
    )


def of_box(text: str) -> Area:
    """Return the area of "west,south,east,north", degrees, as it is.

    Raises
    ------
    UsageError
        It is no such box, or too large a one.
    """
    box = _box(text)
    return Area(
        asked={"bbox": list(box)},
        label="_".join(f"{side:g}" for side in box),
        name="",
        shape=_handy(shapely.box(*box)),
        rim=0.0,
    )


def of_file(path: Path) -> Area:
    """Return the area of the polygons of a file and its rim.

    Raises
    ------
    InputError
        It has no polygon, or does not say what its coordinates are.
    UsageError
        The area is too large.
    """
    return Area(
        asked={"polygon": path.name},
        label=label(path.stem),
        name="",
        shape=_handy(_widened(_polygons(path))),
        rim=RIM,
    )


def square_km(shape: BaseGeometry) -> float:
    """Return how large an area in degrees is; of several parts, their hull."""
    whole = shape if shape.geom_type == "Polygon" else shape.convex_hull
    return float(GeoSeries([whole], crs=_WGS84).to_crs("ESRI:54034").area[0] / 1e6)


def label(text: str) -> str:
    """Return a text as a part of a file's name.

    Examples
    --------
    >>> label("Porto Alegre / Brasil"), label("许昌市魏都区")
    ('Porto-Alegre-Brasil', '许昌市魏都区')
    """
    plain = unicodedata.normalize("NFKC", text)
    return re.sub(r"[^\w]+", "-", plain).strip("-_")[:60] or "area"


def _handy(shape: BaseGeometry) -> BaseGeometry:
    """Return an area that is small enough to be asked for.

    Raises
    ------
    UsageError
        If it is not.
    """
    km2 = square_km(shape)
    if km2 > _LARGEST:
        raise UsageError.at("download_too_large", km2=round(km2), most=round(_LARGEST))
    return shape


def _box(text: str) -> Box:
    """Return west, south, east and north of a text.

    Raises
    ------
    UsageError
        If it is no box in degrees.
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError.at("download_box", value=text) from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004
        raise UsageError.at("download_box", value=text)
    return west, south, east, north


def _polygons(path: Path) -> BaseGeometry:
    """Return the polygons of a file as one area, degrees.

    Raises
    ------
    InputError
        If it has none, or does not say what its coordinates are.
    """
    if not path.is_file():
        raise InputError.at("file_missing", file=path)
    try:
        shapes = geopandas.read_file(path, columns=[]).geometry
    except (AttributeError, RuntimeError, ValueError, OSError) as error:
        raise InputError.at("download_polygon", file=path) from error
    areas = shapes[shapes.geom_type.isin(["Polygon", "MultiPolygon"])]
    if not len(areas) or shapes.crs is None:
        raise InputError.at("download_polygon", file=path)
    return shapely.union_all(areas.to_crs(_WGS84).make_valid().to_numpy())


def _widened(shape: BaseGeometry) -> BaseGeometry:
    """Return an area and all that is no farther than the rim from it."""
    here = GeoSeries([shape], crs=_WGS84)
    metric = here.to_crs(here.estimate_utm_crs())
    wide = metric.buffer(RIM + _EASED).simplify(_EASED)
    return wide.to_crs(_WGS84).iloc[0]

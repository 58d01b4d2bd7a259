"""How well a sheet, table or layer fits each layer that a study can have.

Columns are recognised by :mod:`geoplan.files.naming`, as where a study is read.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePosixPath

import numpy as np
import shapely
from geopandas import GeoSeries
from numpy.typing import NDArray

from geoplan import columns
from geoplan.columns import Schema
from geoplan.errors import Faults
from geoplan.files.cells import coordinate_columns
from geoplan.files.naming import Naming, known_names, named
from geoplan.files.options import Options
from geoplan.files.raw import Raw
from geoplan.init.folder import Found
from geoplan.init.words import role_named, tables
from geoplan.presets import road_layer

NETWORK = "network"
ROLES = (*columns.layers(), NETWORK)

LEAST = 2.0  # points from which a layer is taken for something
# Points. A name that says what a layer is counts as much as one or two columns that
# only such a layer has.
_USUAL, _WEAK, _MOST = 2.0, 0.3, 6.0  # a column, shared among the layers that have it
_NAMED, _FILE, _FOLDER = 3.0, 1.0, 0.5
_FIRST, _SHAPED, _UNTOLD = 0.5, 1.0, 1.5
_ROWS = 2000  # looked at for columns; the trial reads them all
_COUNTS = ("households", "people", *columns.groups())

# Between which areas the median polygon of a layer lies (m², our own judgement, wide
# on purpose), and whether the polygons cover the ground without leaving gaps.
_SIZES = {
    "grids": (4_000, 6_000_000, True),
    "communities": (40_000, 60_000_000, True),
    "buildings": (15, 6_000, False),
    "compounds": (1_500, 1_000_000, False),
}
_CLOSED = 0.5  # of the ground within their hull that polygons cover
_DEGREE = 111_320.0  # m
_DIMENSIONS = ("point", "line", "polygon")


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """One sheet, table or layer of a file."""

    found: Found
    name: str  #: of the sheet or table; "" for a file's only one
    raw: Raw
    shape: "Shape"

    @property
    def title(self) -> str:
        """Return what to call it."""
        return f"{self.found.near} [{self.name}]" if self.name else self.found.near

    @property
    def key(self) -> str:
        """Return the key of a study file that names it within its file."""
        if not self.name:
            return ""
        return "sheet" if self.raw.geometry is None else "layer"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What the shapes of a part look like."""

    kinds: frozenset[str]  #: point, line, polygon
    area: float = 0.0  #: m², the median of the polygons; 0 if there is none
    cover: float = 0.0  #: share of the ground within their hull


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How well a part fits a role, and why."""

    role: str
    points: float
    found: Mapping[str, str]  #: canonical column → the file's own
    word: str  #: of a name that tells the role
    missing: str = ""  #: canonical column that it cannot do without


def part(found: Found, name: str, raw: Raw) -> Part:
    """Return a part with what its shapes look like."""
    return Part(found=found, name=name, raw=raw, shape=_shape(raw.geometry))


def fits(one: Part) -> tuple[Fit, ...]:
    """Return the roles that a part can have, best first."""
    every = [_network(one), *(_fit(one, layer) for layer in columns.layers())]
    able = [fit for fit in every if fit is not None]
    return tuple(sorted(able, key=lambda f: (-f.points, ROLES.index(f.role))))


def shaped(one: Part, role: str) -> float:
    """Return points for polygons of the size, and the cover, that a layer has."""
    if role not in _SIZES or "polygon" not in one.shape.kinds:
        return 0.0
    low, high, closed = _SIZES[role]
    fitting = low <= one.shape.area <= high
    if closed:
        fitting &= one.shape.cover >= _CLOSED
    return _SHAPED if fitting else -_SHAPED


@cache
def every_name() -> frozenset[str]:
    """Return all names of columns that any layer knows, normalised."""
    return frozenset().union(
        *(known_names(columns.schema(layer), Options()) for layer in columns.layers())
    )


def _fit(one: Part, layer: str) -> Fit | None:
    """Return how a part fits a layer; None if it cannot be one."""
    schema = columns.schema(layer)
    naming = _naming(one, schema)
    if not _placed(one, schema, naming):
        return None
    names = [str(name) for name in one.raw.frame.columns]
    own = {name: names[at] for name, at in naming.found.items()}
    if layer == "population" and not own.keys() & {*_COUNTS}:
        return None
    missing = next(
        (n for n, c in schema.columns.items() if c.need == "error" and n not in own), ""
    )
    if missing and layer != "stations":
        return None
    points = min(sum(_worth(n, o, schema) for n, o in own.items()), _MOST)
    word, worth = _called(one, layer)
    first = any(w in _titles(one) for w in tables()["names"]["first"].get(layer, ()))
    return Fit(
        role=layer,
        points=round(
            points
            + worth
            + shaped(one, layer)
            + _FIRST * first
            - _UNTOLD * bool(missing),
            3,
        ),
        found=own,
        word=word,
        missing=missing,
    )


def _naming(one: Part, schema: Schema) -> Naming:
    options = Options(faults=Faults(keep=True))
    raw = one.raw
    first = replace(raw, frame=raw.frame.head(_ROWS), rows=raw.rows.head(_ROWS))
    return named(first, path=one.found.path, schema=schema, options=options)


def _placed(one: Part, schema: Schema, naming: Naming) -> bool:
    """Return whether a part has the shapes of a layer, or places for them."""
    if not schema.geometry:
        return one.raw.geometry is None
    if one.raw.geometry is not None:
        return bool(one.shape.kinds) and one.shape.kinds <= schema.geometry
    if "wkt" in naming.found:
        return True
    return "point" in schema.geometry and bool(coordinate_columns(naming.found))


def _network(one: Part) -> Fit | None:
    """Return how a part fits as a road layer, read as :mod:`geoplan.osm` does."""
    if one.raw.geometry is None or "line" not in one.shape.kinds:
        return None
    table = road_layer()
    plain = {str(n).strip().lower(): str(n) for n in one.raw.frame.columns}
    own = {
        what: plain[names[0]]
        for what, wanted in (("kind", table.kind), ("name", table.name))
        if (names := [name for name in wanted if name in plain])
    }
    word, worth = _called(one, NETWORK)
    points = round(worth + (_USUAL * 0.5) * len(own) / 2 + _SHAPED, 3)
    return Fit(role=NETWORK, points=points, found=own, word=word)


def _worth(name: str, own: str, schema: Schema) -> float:
    """Return points for a column: fewer, the more layers know its name."""
    plain = columns.normal(own)
    column = schema.columns.get(name)
    if column is None:
        return 0.0
    if plain in column.names:
        return _USUAL / _known_to()[plain]
    return _WEAK if plain in column.fallback else 0.0


@cache
def _known_to() -> Counter[str]:
    """Return how many layers have a column of a usual name."""
    known: Counter[str] = Counter()
    for layer in columns.layers():
        schema = columns.schema(layer)
        known.update(set().union(*(c.names for c in schema.columns.values())))
    return known


def _called(one: Part, role: str) -> tuple[str, float]:
    """Return the word, and the points, that names give a part for a role."""
    path = PurePosixPath(one.found.near)
    said = [(role_named(one.name), _NAMED)] if one.name else []
    told = bool(said and said[0][0][0])
    said += [
        (role_named(path.stem), _FILE if told else _NAMED),
        (role_named(path.parent.name), _FOLDER),
    ]
    own = [(word, worth) for (other, word), worth in said if other == role]
    return (own[0][0], sum(worth for _, worth in own)) if own else ("", 0.0)


def _titles(one: Part) -> str:
    return columns.normal(f"{one.name} {one.found.near}")


def _shape(geometry: GeoSeries | None) -> Shape:
    """Return what shapes look like; areas as if degrees were on a sphere."""
    if geometry is None:
        return Shape(kinds=frozenset())
    shapes = shapely.force_2d(geometry.to_numpy())
    bounds = shapely.bounds(shapes)
    there = np.isfinite(bounds).all(axis=1)
    shapes, bounds = shapes[there], bounds[there]
    dimensions = np.unique(shapely.get_dimensions(shapes))
    kinds = frozenset(_DIMENSIONS[i] for i in dimensions)
    areas = shapely.area(shapes)
    if not areas.any():
        return Shape(kinds=kinds)
    corners = np.vstack([bounds[:, [i, j]] for i in (0, 2) for j in (1, 3)])
    hull = float(shapely.area(shapely.convex_hull(shapely.multipoints(corners))))
    return Shape(
        kinds=kinds,
        area=float(np.median(areas)) * _square_metres(corners),
        cover=float(areas.sum()) / hull if hull else 0.0,
    )


def _square_metres(corners: NDArray[np.float64]) -> float:
    """Return the square metres of one unit of area: 1, or a square degree's."""
    if (np.abs(corners) > (180, 90)).any():
        return 1.0
    return _DEGREE**2 * float(np.cos(np.radians(corners[:, 1].mean())))

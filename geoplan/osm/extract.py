"""What one OpenStreetMap file holds that matters to walkers, as plain arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.presets import Tags

#: Endings of the files that are read, and what pyosmium calls their formats.
FORMATS = {
    ".osm.pbf": "pbf",
    ".pbf": "pbf",
    ".osm.bz2": "osm.bz2",
    ".osm.gz": "osm.gz",
    ".osm": "osm",
}

Degrees = tuple[float, float, float, float]  #: west, south, east, north


@dataclass(frozen=True, kw_only=True)
class Node:
    """A tagged node."""

    id: int
    tags: Tags
    lon: float
    lat: float


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A relation that describes an area by its member ways."""

    tags: Tags
    members: frozenset[int]  #: ids of ways


@dataclass(frozen=True, kw_only=True, eq=False)
class Area:
    """A closed way or a multipolygon."""

    source: tuple[bool, int]  #: is it a way, and its id
    tags: Tags
    shape: Any  #: shapely geometry, degrees


@dataclass(frozen=True, kw_only=True, eq=False)
class Extract:
    """The raw content of a file; positions in degrees."""

    ids: list[int]  #: of ways
    tags: list[Tags]  #: of ways
    sizes: NDArray[np.int64]  #: how many nodes each way has
    refs: NDArray[np.int64]  #: node ids of all ways
    lonlat: NDArray[np.float64]  #: of all ways' nodes, shape (n, 2); NaN: missing
    nodes: list[Node]
    areas: list[Area]
    outlines: dict[int, Outline]  #: by relation id
    #: what the file says it covers, if it does
    box: Degrees | None = None

    def misses_most(self) -> bool:
        """Return whether most of the ways' nodes are not there."""
        return mostly(np.isnan(self.lonlat[:, 0]))


def mostly(missing: NDArray[np.bool_]) -> bool:
    """Return whether most nodes are missing."""
    return bool(len(missing)) and float(missing.mean()) > 0.5  # noqa: PLR2004  most

"""The compiled search, or the plain one: their answers are the same to the bit.

The plain one searches where Numba has no wheel, and what is so small that loading
the compiled one would take longer than the search.
"""

from importlib import import_module
from types import ModuleType
from typing import Any

from numpy.typing import NDArray

from geoplan.walk import plain
from geoplan.walk.graph import Graph
from geoplan.walk.spots import Spots, Walks

SMALL = 50_000  #: nodes × stations of a search that is not worth loading Numba for


def nodes_within(way: Graph, *, stations: Spots, limit: int) -> Walks:
    """Return the nodes from which a station can be walked to within a limit (ms)."""
    found: Walks = _fit("search", way=way, stations=stations).nodes_within(
        way, stations=stations, limit=limit
    )
    return found


def things_within(way: Graph, *, stations: Spots, targets: Spots, limit: int) -> Walks:
    """Return the things from which a station can be walked to within a limit (ms).

    Things are in no order within a station. Of equally fast spots of a thing the
    first is told.
    """
    found: Walks = _fit("search", way=way, stations=stations).things_within(
        way, stations=stations, targets=targets, limit=limit
    )
    return found


def nearest_labels(way: Graph, *, stations: Spots) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return each node's time to its nearest station, FAR without, and which, -1."""
    found: tuple[NDArray[Any], NDArray[Any]] = _fit(
        "labels", way=way, stations=stations
    ).nearest_labels(way, stations=stations)
    return found


def few_labels(
    way: Graph, *, stations: Spots, count: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return each node's times to its nearest stations, and which they are.

    Shapes (n_nodes, count), the nearest first; FAR and -1 where there are fewer.
    """
    found: tuple[NDArray[Any], NDArray[Any]] = _fit(
        "labels", way=way, stations=stations
    ).few_labels(way, stations=stations, count=count)
    return found


def _fit(name: str, *, way: Graph, stations: Spots) -> ModuleType:
    """Return the compiled module of a name, or the plain one."""
    if way.nodes * stations.things < SMALL:
        return plain
    try:
        return import_module(f"geoplan.walk.{name}")
    except ImportError:  # Numba has no wheel everywhere
        return plain

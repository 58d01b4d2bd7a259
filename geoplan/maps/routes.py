"""The walk of the farthest home of every grid, as a line to be drawn.

Minutes come from the coverage. The line is found again on the network, from the
edge nearest to the home to the edge nearest to its station, and is left out where
it is not about as long as those minutes say.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pandas import DataFrame
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from geoplan.maps.encoding import Geometries, Grain, ints, shapes
from geoplan.model import Coverage, Network

_AGREES = 0.12  # share by which a line may miss the way that was walked …
_SHORT = 40.0  # … or m, whichever is more
_TOLERANCE = 0.8  # m
_NOWHERE = -9999  # scipy's predecessor of a node that is not reached


def routes(
    coverage: Coverage, *, network: Network, grain: Grain, counted: str
) -> list[dict[str, Any]]:
    """Return, a circle, the farthest unreached home of every grid and its walk.

    ``far``: building of each grid, -1 = none; ``line``: a feature a grid, empty
    where there is no line to be drawn.
    """
    found = []
    for circle in coverage.circles:
        left = coverage.unreached[coverage.unreached["circle"] == circle.name]
        far = _farthest(left, counted=counted).reindex(coverage.grids.index)
        walked = far[far["building"].notna()]
        lines = np.full(len(far), None, dtype=object)
        lines[far["building"].notna().to_numpy()] = _walks(
            walked, coverage=coverage, network=network
        )
        building = coverage.buildings.index.get_indexer(far["building"])
        found.append(
            {
                "far": ints(building),
                "line": shapes(lines, grain=grain, tolerance=_TOLERANCE),
            }
        )
    return found


def _farthest(left: DataFrame, *, counted: str) -> DataFrame:
    """Return the home with the longest walk in every grid; index = grid."""
    lived = left[left[counted] > 0] if counted in left else left
    lived = lived[lived["minutes"].notna()]
    ranked = lived.sort_values(["minutes", "building"], ascending=[False, True])
    return ranked.drop_duplicates("grid").set_index("grid")


def _walks(walked: DataFrame, *, coverage: Coverage, network: Network) -> Geometries:
    """Return the line that each home walks to its station, or None."""
    lines = np.full(len(walked), None, dtype=object)
    if walked.empty or network.edges.empty:
        return lines
    places = coverage.stations.geometry.to_numpy()
    stations = coverage.stations.index.get_indexer(walked["station"])
    homes = walked.geometry.to_numpy()
    pieces = _pieces(network, points=np.concatenate([places, homes]))
    size = len(network.junctions)
    needed = np.unique(stations[stations >= 0])
    before = _trees(pieces, roots=size + needed, size=size + len(places) + len(homes))
    between = dict(
        zip(zip(pieces["a"], pieces["b"], strict=True), pieces["line"], strict=True)
    )
    for i, station in enumerate(stations):
        row = before[np.searchsorted(needed, station)]
        line = _line(row, node=size + len(places) + i, between=between)
        metres = float(walked["minutes"].iloc[i]) * 60.0 * coverage.walker.speed
        if line is not None and abs(line.length - metres) < max(
            _SHORT, _AGREES * metres
        ):
            lines[i] = line
    return lines


def _pieces(network: Network, *, points: Geometries) -> DataFrame:
    """Return edges and, for every point, the two halves of its nearest edge.

    a < b are nodes: the junctions, then the points. One row a pair, the shortest.
    """
    edges = network.edges
    lines = edges.geometry.to_numpy()
    near = shapely.STRtree(lines).nearest(points)
    offset = shapely.line_locate_point(lines[near], points)
    node = len(network.junctions) + np.arange(len(points))
    halves = [
        [substring(lines[e], 0.0, o) for e, o in zip(near, offset, strict=True)],
        [
            substring(lines[e], o, lines[e].length)
            for e, o in zip(near, offset, strict=True)
        ],
    ]
    u, v = edges["u"].to_numpy(), edges["v"].to_numpy()
    table = DataFrame(
        {
            "from": np.concatenate([u, u[near], v[near]]),
            "to": np.concatenate([v, node, node]),
            "line": np.concatenate([lines, *(np.array(h, object) for h in halves)]),
        }
    )
    table["length"] = shapely.length(table["line"].to_numpy())
    table["a"] = table[["from", "to"]].min(axis=1)
    table["b"] = table[["from", "to"]].max(axis=1)
    return table.sort_values("length", kind="stable").drop_duplicates(["a", "b"])


def _trees(
    pieces: DataFrame, *, roots: NDArray[np.intp], size: int
) -> NDArray[np.int32]:
    """Return the node before each node on the shortest ways from the roots."""
    length = pieces["length"].to_numpy() + 1e-6  # a zero would be no edge
    graph = coo_array((length, (pieces["a"], pieces["b"])), shape=(size, size))
    _, before = dijkstra(
        graph.tocsr(), directed=False, indices=roots, return_predecessors=True
    )
    return np.asarray(before, dtype=np.int32)


def _line(
    before: NDArray[np.int32],
    *,
    node: int,
    between: dict[tuple[int, int], shapely.LineString],
) -> shapely.Geometry | None:
    """Return the way from a node back to the root, as one line."""
    parts = []
    while before[node] != _NOWHERE:
        step = int(before[node])
        parts.append(between[min(step, node), max(step, node)])
        node = step
    steps = [part for part in parts if part.geom_type == "LineString"]
    if not steps:
        return None
    joined = shapely.line_merge(shapely.multilinestrings(steps))
    return joined if joined.geom_type == "LineString" else None

"""The walk of the farthest home of every grid, as a line to be drawn.

Minutes come from the coverage; the line is found again on the network. Of the
edges near the home the one is taken from which the way is as long as the minutes
say; where none is, no line is drawn.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pandas import DataFrame, Series
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from geoplan.maps.encoding import Geometries, Grain, ints, shapes
from geoplan.model import Coverage, Network

_AGREES = 0.05  # share by which a line may miss the way that was walked …
_SHORT = 15.0  # … or m, whichever is more
_LEG = 150.0  # m from a place to an edge
_EDGES = 12  # edges near a place that are tried
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
        known = far["building"].notna().to_numpy()
        lines = np.full(len(far), None, dtype=object)
        lines[known] = _walks(far[known], coverage=coverage, network=network)
        found.append(
            {
                "far": ints(coverage.buildings.index.get_indexer(far["building"])),
                "line": shapes(lines, grain=grain, tolerance=_TOLERANCE),
            }
        )
    return found


@dataclass(frozen=True, kw_only=True, eq=False)
class _Trees:
    """The shortest ways from each station to every junction."""

    metres: NDArray[np.float64]  #: shape (stations, nodes)
    before: NDArray[np.int32]  #: the node before, towards the station
    lines: dict[tuple[int, int], shapely.LineString]  #: between two nodes, a < b


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
    asked, tree_of = np.unique(walked["station"].astype(str), return_inverse=True)
    places = coverage.stations.geometry.reindex(asked).to_numpy()
    trees = _trees(network, places=places)
    metres = walked["minutes"].to_numpy(float) * 60.0 * coverage.walker.speed
    homes = walked.geometry.to_numpy()
    steps = _near(network, points=homes)
    ends = network.edges[["u", "v"]].to_numpy()
    shapes_of = network.edges.geometry.to_numpy()
    for number, edges in steps.groupby("point")["edge"].agg(list).items():
        lines[number] = _walk(
            trees,
            root=tree_of[number],
            home=homes[number],
            edges=[(*ends[edge], shapes_of[edge]) for edge in edges],
            metres=metres[number],
        )
    return lines


def _walk(
    trees: _Trees,
    *,
    root: int,
    home: shapely.Point,
    edges: list[tuple[int, int, shapely.LineString]],
    metres: float,
) -> shapely.Geometry | None:
    """Return the way of one home over the edge that makes it as long as it is."""
    best, way = max(_SHORT, _AGREES * metres), None
    for u, v, line in edges:
        for node, start in ((u, True), (v, False)):
            half = _half(line, to=home, start=start)
            miss = abs(trees.metres[root, node] + half.length - metres)
            if miss < best:
                best, way = miss, (int(node), half)
    if way is None:
        return None
    node, half = way
    parts = [half]
    while trees.before[root, node] != _NOWHERE:
        step = int(trees.before[root, node])
        parts.append(trees.lines[min(step, node), max(step, node)])
        node = step
    return shapely.line_merge(shapely.multilinestrings(parts))


def _trees(network: Network, *, places: Geometries) -> _Trees:
    """Return the trees of stations that stand at some places."""
    edges, size = network.edges, len(network.junctions)
    lines = edges.geometry.to_numpy()
    near = _near(network, points=places)
    node = size + near["point"].to_numpy()
    edge = near["edge"].to_numpy()
    halves = [
        _half(lines[e], to=places[p], start=start)
        for start in (True, False)
        for p, e in zip(near["point"], edge, strict=True)
    ]
    u, v = edges["u"].to_numpy(), edges["v"].to_numpy()
    table = DataFrame(
        {
            "a": np.concatenate([np.minimum(u, v), u[edge], v[edge]]),
            "b": np.concatenate([np.maximum(u, v), node, node]),
            "line": np.concatenate([lines, np.array(halves, dtype=object)]),
        }
    )
    table["length"] = shapely.length(table["line"].to_numpy()) + 1e-6  # 0 is no edge
    table = table.sort_values("length", kind="stable").drop_duplicates(["a", "b"])
    metres, before = _shortest(table, junctions=size, stations=len(places))
    pairs = zip(table["a"], table["b"], strict=True)
    return _Trees(
        metres=metres,
        before=before,
        lines=dict(zip(pairs, table["line"], strict=True)),
    )


def _shortest(
    table: DataFrame, *, junctions: int, stations: int
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return metres and predecessors from each station; none is walked through."""
    a, b = table["a"].to_numpy(), table["b"].to_numpy()
    length = table["length"].to_numpy()
    way = b < junctions  # else from the station into the network, never back
    tail, head = np.concatenate([a[way], b]), np.concatenate([b[way], a])
    size = junctions + stations
    graph = coo_array(
        (np.concatenate([length[way], length]), (tail, head)), (size, size)
    )
    metres, before = dijkstra(
        graph.tocsr(),
        indices=np.arange(junctions, size),
        return_predecessors=True,
    )
    return metres, before


def _near(network: Network, *, points: Geometries) -> DataFrame:
    """Return the edges near each point, the nearest first: point, edge."""
    lines = network.edges.geometry.to_numpy()
    point, edge = shapely.STRtree(lines).query(
        points, predicate="dwithin", distance=_LEG
    )
    table = DataFrame({"point": point, "edge": edge})
    table["away"] = shapely.distance(lines[edge], points[point])
    table = table.sort_values(["point", "away", "edge"])
    first: Series = table.groupby("point").cumcount()
    return table[first < _EDGES]


def _half(
    line: shapely.LineString, *, to: shapely.Point, start: bool
) -> shapely.LineString:
    """Return the way from an end of a line along it and straight to a point."""
    foot = line.project(to)
    part = substring(line, 0.0, foot) if start else substring(line, line.length, foot)
    return shapely.LineString([*part.coords, *to.coords])

"""From walkable ways to one graph: edges, junctions, components.

An *edge* is the piece of a way between two consecutive junctions. A *junction*
is an end of a way, or a vertex that occurs again, in another way or in the same
one: the same node id in OpenStreetMap, a place equal to 1 mm in a road layer.
Lines that cross without a common vertex do not meet. Nothing is welded, dropped
or shortened; what looks like a mistake in the source is reported.

The network is one walker's: a way that the walker does not pass is not in it, a
node that shuts a way parts the edges that end there, and one that makes the
walker wait is a junction.
"""

from dataclasses import replace

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geoplan.errors import InputError
from geoplan.model import Finding, Network, Walker, Ways
from geoplan.network.passing import NOBODY, Stops, passed, stops

SAME_PLACE = 0.001  # m: vertices of a road layer this close are one
NEAR_MISS = 0.5  # m: a dead end this close to another edge is clearly meant to join

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_WAY_COLUMNS = [
    *["kind", "name", "way", "hurdles"],
    *["forward", "backward", "bridge", "tunnel"],
]


def build(ways: Ways, *, walker: Walker | None = None) -> Network:
    """Return the walking network of the ways that a walker may pass.

    Without a walker: of the ways that are open to all.

    Raises
    ------
    InputError
        There is no way with a length.
    """
    walker = walker or NOBODY
    frame = passed(ways.frame, walker=walker).reset_index(drop=True)
    if frame.empty:
        raise InputError.at("no_walkable_way")
    vertices, node, way = _vertices(frame)
    kind = frame["kind"].to_numpy(object)[way]
    told = stops(_with_ids(ways, frame), walker=walker, node=node, kind=kind)
    first, last = _cuts(node, way, also=told.any)
    if not len(first):
        raise InputError.at("no_walkable_way")
    lines = _lines(vertices, first, last)
    (u, v), at = _joined(node, first, last, told=told)
    length = np.asarray(shapely.length(lines))
    component, components = _components(u, v, length, len(at))
    source = frame.iloc[way[first]].reset_index(drop=True)
    edges = GeoDataFrame(
        {
            "u": u,
            "v": v,
            "length_m": length,
            **{column: source[column] for column in _WAY_COLUMNS},
            "u_hurdles": told.hurdles[first],
            "v_hurdles": told.hurdles[last],
            "component": component,
        },
        geometry=lines,
        crs=frame.crs,
    )
    edges.index.name = "edge"
    return Network(
        edges=edges,
        junctions=vertices[at],
        shut=told.shut[at],
        components=components,
        crs=frame.crs,
    )


def near_misses(network: Network) -> tuple[Finding, ...]:
    """Return the dead ends that stop just short of another edge.

    A dead end within 0.5 m of an edge that it does not belong to, neither of
    them a bridge or in a tunnel, is clearly meant as a junction. It is told, and
    left as it is.
    """
    edges = network.edges
    degree = np.bincount(
        np.concatenate([edges["u"], edges["v"]]), minlength=len(network.junctions)
    )
    ground = ~(edges["bridge"] | edges["tunnel"]).to_numpy()
    ends = np.flatnonzero((degree == 1) & ~network.shut)
    points = shapely.points(network.junctions[ends])
    tree = shapely.STRtree(edges.geometry.to_numpy())
    end, edge = tree.query(points, predicate="dwithin", distance=NEAR_MISS)
    u, v = edges["u"].to_numpy()[edge], edges["v"].to_numpy()[edge]
    foreign = (u != ends[end]) & (v != ends[end]) & ground[edge]
    own_ground = np.zeros(len(network.junctions), bool)
    for column in ("u", "v"):
        own_ground[edges[column].to_numpy()[ground]] = True
    missed = np.unique(end[foreign & own_ground[ends[end]]])
    return tuple(
        Finding(
            rule="near_miss",
            level="warning",
            layer="network",
            facts={"x": round(point.x, 1), "y": round(point.y, 1)},
            geometry=point,
        )
        for point in points[missed]
    )


def _vertices(frame: GeoDataFrame) -> tuple[Floats, Ints, Ints]:
    """Return the vertices of all ways: place, node number, row of the way.

    A node that follows itself is one vertex.
    """
    vertices, way = shapely.get_coordinates(frame.geometry, return_index=True)
    node = _nodes(frame, vertices)
    repeated = np.zeros(len(node), bool)
    repeated[1:] = (node[1:] == node[:-1]) & (way[1:] == way[:-1])
    return vertices[~repeated], node[~repeated], way[~repeated]


def _nodes(frame: GeoDataFrame, vertices: Floats) -> Ints:
    """Return a node number for every vertex of all ways, one after another."""
    if frame["nodes"].notna().all():
        return np.concatenate([np.asarray(ids, np.int64) for ids in frame["nodes"]])
    places, number = np.unique(vertices, axis=0, return_inverse=True)
    pairs = cKDTree(places).query_pairs(SAME_PLACE, output_type="ndarray")
    same = coo_array(
        (np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])),
        shape=(len(places), len(places)),
    )
    _, node = connected_components(same, directed=False)
    return np.asarray(node, np.int64)[number.reshape(-1)]


def _with_ids(ways: Ways, frame: GeoDataFrame) -> Ways:
    """Return ways without tagged nodes where vertices are not numbered as they are."""
    if frame["nodes"].notna().all():
        return ways
    return replace(ways, crossings=ways.crossings[:0])


def _cuts(node: Ints, way: Ints, *, also: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return where each edge begins and ends among the vertices."""
    _, number, count = np.unique(node, return_inverse=True, return_counts=True)
    change = way[1:] != way[:-1]
    begins = np.concatenate([[True], change])
    finishes = np.concatenate([change, [True]])
    cut = np.flatnonzero((count[number] > 1) | begins | finishes | also)
    joined = ~begins[cut[1:]]
    return cut[:-1][joined], cut[1:][joined]


def _joined(
    node: Ints, first: Ints, last: Ints, *, told: Stops
) -> tuple[tuple[Ints, Ints], Ints]:
    """Return the junctions where edges begin and end, and a vertex of each one.

    An end that is shut is a junction of its own.
    """
    at = np.concatenate([first, last])
    ends = node[at]
    apart = np.flatnonzero(told.shut[at])
    ends[apart] = node.max() + 1 + np.arange(len(apart))
    _, vertex, number = np.unique(ends, return_index=True, return_inverse=True)
    return (number[: len(first)], number[len(first) :]), at[vertex]


def _lines(vertices: Floats, first: Ints, last: Ints) -> NDArray[np.object_]:
    """Return the lines that run from vertex ``first`` to vertex ``last``."""
    size = last - first + 1
    edge = np.repeat(np.arange(len(first)), size)
    start = np.repeat(first - np.concatenate([[0], np.cumsum(size)[:-1]]), size)
    return np.asarray(
        shapely.linestrings(vertices[np.arange(len(edge)) + start], indices=edge)
    )


def _components(u: Ints, v: Ints, length: Floats, size: int) -> tuple[Ints, DataFrame]:
    """Return each edge's component and the table of them, longest first."""
    graph = coo_array((np.ones(len(u), bool), (u, v)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    found, first, number = np.unique(label[u], return_index=True, return_inverse=True)
    metres = np.bincount(number, weights=length)
    order = np.lexsort((first, -metres))
    rank = np.empty(len(found), np.int64)
    rank[order] = np.arange(len(found))
    table = DataFrame(
        {"edges": np.bincount(number)[order], "length_m": metres[order]}
    ).rename_axis("component")
    return rank[number], table

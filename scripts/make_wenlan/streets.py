"""The walking network as OpenStreetMap would have it: nodes, ways, tags."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString

GRID = 0.01  # metres: coordinates of junctions
STUB = 0.4  # metres: shorter dead ends are what lanes overshot
SMALLEST = 500.0  # metres: smaller components are dropped
#: Isolated pieces of way, as real data has them, in the local frame.
FRAGMENTS = [
    [(-415, 205), (-408, 240), (-395, 262)],
    [(548, 905), (575, 930)],
    [(-1002, 470), (-975, 474), (-974, 510)],
]
SIGNALS = ("primary", "secondary")
CROSSED = (*SIGNALS, "tertiary")
STOP_LINE = 13.0  # metres from a junction to its crossing
STRAIGHT_ON = 35.0  # degrees: a road that turns more has another name
TWIN = 40.0  # metres between the carriageways of one road


@dataclass(frozen=True, kw_only=True, eq=False)
class Streets:
    """Noded ways and the nodes that carry tags."""

    #: kind, structure, name; lines that share vertices exactly at junctions
    ways: gpd.GeoDataFrame
    #: rounded (x, y) → tags
    nodes: dict[tuple[float, float], dict[str, str]]


def node_ways(ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the ways cut at every crossing, without loose ends and islands.

    Parameters
    ----------
    ways : GeoDataFrame
        kind, structure; on the ground, in the local frame.
    """
    lines = ways.geometry.to_numpy()
    edges = shapely.get_parts(shapely.union_all(lines, grid_size=GRID))
    middles = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    tree = shapely.STRtree(lines)
    which, source = tree.query_nearest(middles, all_matches=False)
    order = np.empty(len(edges), dtype=int)
    order[which] = source
    frame = gpd.GeoDataFrame(
        {
            "kind": ways["kind"].to_numpy()[order],
            "structure": ways["structure"].to_numpy()[order],
            "source": order,
        },
        geometry=edges,
    )
    for _ in range(2):
        frame = frame[~_loose(frame)].reset_index(drop=True)
    kept = _large(frame)
    islands = gpd.GeoDataFrame(
        {"kind": "footway", "structure": "", "source": -1 - np.arange(len(FRAGMENTS))},
        geometry=[LineString(points) for points in FRAGMENTS],
    )
    return pd.concat([frame[kept], islands], ignore_index=True)


def name_ways(edges: gpd.GeoDataFrame, names: dict[str, list[str]]) -> gpd.GeoDataFrame:
    """Return the edges with the column name: one for each long road.

    Parameters
    ----------
    edges : GeoDataFrame
        Noded, with the column kind.
    names : dict
        Names still to be given, by highway; taken in order, longest road first.
    """
    roads = edges[edges["kind"].isin(names)]
    strokes = _twins(roads, _strokes(roads))
    length = roads.length.groupby(strokes).sum().sort_values(ascending=False)
    kinds = roads["kind"].groupby(strokes).first()
    left = {kind: iter(values) for kind, values in names.items()}
    given = {
        stroke: next(left[str(kinds[stroke])], "")
        for stroke, metres in length.items()
        if metres > (90 if kinds[stroke] == "living_street" else 160)
    }
    named = strokes.map(given).fillna("")
    return edges.assign(name=named.reindex(edges.index).fillna(""))


def crossings(
    edges: gpd.GeoDataFrame,
) -> tuple[gpd.GeoDataFrame, dict[tuple[float, float], dict[str, str]]]:
    """Return the edges with a vertex at each crossing of a main road, and tags."""
    ends = _ends(edges)
    degree: dict[tuple[float, float], int] = defaultdict(int)
    for (a, b), kind in zip(ends, edges["kind"], strict=True):
        for end in (a, b):
            degree[end] += kind in CROSSED
    tags: dict[tuple[float, float], dict[str, str]] = {}
    lines = []
    for line, kind, (a, b) in zip(edges.geometry, edges["kind"], ends, strict=True):
        new = line
        if kind in CROSSED and line.length > 3 * STOP_LINE:
            for end, at in ((a, STOP_LINE), (b, line.length - STOP_LINE)):
                if degree[end] > 2:  # noqa: PLR2004  a junction
                    new, place = _insert(new, line.interpolate(at))
                    signal = kind in SIGNALS
                    tags[place] = {
                        "highway": "crossing",
                        "crossing": "traffic_signals" if signal else "uncontrolled",
                        "crossing:markings": "zebra",
                    }
        lines.append(new)
    return edges.set_geometry(lines), tags


def merge_edges(edges: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return ways as long as a mapper draws them: edges with equal tags joined."""
    rows: list[tuple[Any, ...]] = []
    keys = ["source", "kind", "structure", "name"]
    edges = edges.assign(source=edges["source"].where(edges["name"].eq(""), -99))
    for key, group in edges.groupby(keys, sort=True):
        merged = shapely.line_merge(shapely.multilinestrings([*group.geometry]))
        rows.extend((*key, part) for part in shapely.get_parts(merged))
    columns = [*keys, "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry")


def _insert(
    line: LineString, point: shapely.Point
) -> tuple[LineString, tuple[float, float]]:
    place = (round(point.x, 2), round(point.y, 2))
    at = line.project(point)
    coords = list(line.coords)
    along = [line.project(shapely.Point(xy)) for xy in coords]
    index = int(np.searchsorted(along[:-1], at, side="right"))
    return LineString([*coords[:index], place, *coords[index:]]), place


def _ends(
    edges: gpd.GeoDataFrame,
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    pairs = []
    for line in edges.geometry:
        (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
        pairs.append(((round(x0, 2), round(y0, 2)), (round(x1, 2), round(y1, 2))))
    return pairs


def _numbered(edges: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray, int]:
    """Return the end nodes of the edges as numbers, and how many there are."""
    number: dict[tuple[float, float], int] = {}
    pairs = [
        (number.setdefault(a, len(number)), number.setdefault(b, len(number)))
        for a, b in _ends(edges)
    ]
    u, v = np.array(pairs).T
    return u, v, len(number)


def _loose(edges: gpd.GeoDataFrame) -> np.ndarray:
    u, v, count = _numbered(edges)
    degree = np.bincount(np.concatenate([u, v]), minlength=count)
    dead_end = (degree[u] == 1) | (degree[v] == 1)
    return np.asarray(dead_end & (edges.length.to_numpy() < STUB))


def _large(edges: gpd.GeoDataFrame) -> np.ndarray:
    """Return which edges belong to the one large component."""
    u, v, count = _numbered(edges)
    graph = coo_array((np.ones(len(u)), (u, v)), shape=(count, count))
    labels = connected_components(graph, directed=False)[1][u]
    length = np.bincount(labels, weights=edges.length.to_numpy())
    return np.asarray(labels == int(np.argmax(length)))


def _strokes(roads: gpd.GeoDataFrame) -> pd.Series:
    """Return a number for each edge; edges that run on straight share it."""
    at: dict[tuple[float, float], list[tuple[int, float, str]]] = defaultdict(list)
    for i, (line, kind, (a, b)) in enumerate(
        zip(roads.geometry, roads["kind"], _ends(roads), strict=True)
    ):
        at[a].append((i, _bearing(line.coords[0], line.coords[1]), kind))
        at[b].append((i, _bearing(line.coords[-1], line.coords[-2]), kind))
    parent = list(range(len(roads)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for node in sorted(at):
        pairs = sorted(
            (abs(180.0 - abs((p[1] - q[1] + 180) % 360 - 180)), p[0], q[0])
            for k, p in enumerate(at[node])
            for q in at[node][k + 1 :]
            if p[2] == q[2]
        )
        used: set[int] = set()
        for turn, i, j in pairs:
            if turn < STRAIGHT_ON and i not in used and j not in used:
                used |= {i, j}
                parent[root(i)] = root(j)
    return pd.Series([root(i) for i in range(len(roads))], index=roads.index)


def _twins(roads: gpd.GeoDataFrame, strokes: pd.Series) -> pd.Series:
    """Return the strokes with the two carriageways of one road made one."""
    lines = roads.geometry.groupby(strokes).agg(shapely.union_all)
    kinds = roads["kind"].groupby(strokes).first()
    order = sorted(lines.index, key=lambda s: -lines[s].length)
    same: dict[int, int] = {}
    for k, s in enumerate(order):
        for larger in order[:k]:
            if kinds[s] != kinds[larger] or larger in same:
                continue
            near = lines[s].intersection(lines[larger].buffer(TWIN)).length
            if near > 0.6 * lines[s].length:
                same[s] = larger
                break
    return strokes.replace(same)


def _bearing(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return float(np.degrees(np.arctan2(b[1] - a[1], b[0] - a[0])))

"""The walk of the farthest home of every grid, as the line that is walked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame, Series
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from geoplan.coverage.outlines import Scene
from geoplan.model import Access, Legs, Network
from geoplan.walk import Graph
from geoplan.walk.graph import FAR

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Arc = tuple[int, int, float, shapely.LineString]  #: tail, head, ms, line

_NOWHERE = -9999  # scipy's predecessor of the goal, and of what is not reached


def farthest(left: DataFrame, *, by: str) -> DataFrame:
    """Return the unreached home with the longest walk of every grid.

    Of those that somebody lives in and that can walk to a station at all.
    """
    homes = left[by] if by in left else Series(1.0, index=left.index)  # each counts
    lived = left[(homes > 0) & left["minutes"].notna()]
    ranked = lived.sort_values(["minutes", "building"], ascending=[False, True])
    return ranked.drop_duplicates("grid").sort_values("grid")


def routes(asked: DataFrame, *, scene: Scene, access: Access) -> GeoDataFrame:
    """Return how homes walk to a station: by their gate, along edges, by its gate.

    Parameters
    ----------
    asked : DataFrame
        circle, grid, building, station (codes); there is such a walk.

    Returns
    -------
    GeoDataFrame
        The same columns; the lines that are walked, from home to station.
    """
    homes = access.homes.things.index.get_indexer(asked["building"].astype(str))
    stations = access.stations.things.index.get_indexer(asked["station"].astype(str))
    town = _Town.of(scene.network, way=scene.way, access=access)
    arcs = town.arcs(homes=np.unique(homes), stations=np.unique(stations))
    lines = np.full(len(asked), None, dtype=object)
    for station in np.unique(stations):
        onward = _onward(arcs, goal=town.station_node(station), size=town.nodes)
        for row in np.flatnonzero(stations == station):
            lines[row] = _line(arcs, onward, start=town.home_node(homes[row]))
    return GeoDataFrame(
        asked[["circle", "grid", "building", "station"]].reset_index(drop=True),
        geometry=lines,
        crs=scene.network.crs,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Step:
    """A place, and a point of an edge that it steps on."""

    node: int  #: of the thing
    edge: int
    offset_m: float  #: of the point, from the edge's beginning
    ms: float  #: of the leg
    points: Floats  #: of the leg: the place and, if it passes one, the gate


@dataclass(frozen=True, kw_only=True, eq=False)
class _Town:
    """Junctions, stations and homes as the nodes of one graph."""

    way: Graph
    access: Access
    junctions: int
    ends: Ints  #: junctions where the edges begin and end, shape (m, 2)
    lines: NDArray[np.object_]
    length_m: Floats

    @classmethod
    def of(cls, network: Network, *, way: Graph, access: Access) -> Self:
        """Return the nodes of a network and of who walks on it."""
        return cls(
            way=way,
            access=access,
            junctions=len(network.junctions),
            ends=network.edges[["u", "v"]].to_numpy(np.int64),
            lines=network.edges.geometry.to_numpy(),
            length_m=network.edges["length_m"].to_numpy(float),
        )

    @property
    def nodes(self) -> int:
        """Return how many nodes there are."""
        return self.home_node(len(self.access.homes.things))

    def station_node(self, station: int) -> int:
        """Return the node of a station."""
        return self.junctions + int(station)

    def home_node(self, home: int) -> int:
        """Return the node of a home."""
        return self.station_node(len(self.access.stations.things)) + int(home)

    def arcs(self, *, homes: Ints, stations: Ints) -> DataFrame:
        """Return the fastest arc from node to node, by its step: tail, head, ms, line.

        A step is tail × nodes + head.
        """
        u, v = self.ends.T
        going = self._steps(self.access.homes, homes, node=self.home_node)
        coming = self._steps(self.access.stations, stations, node=self.station_node)
        few = [
            *(arc for step in going for arc in self._stubs(step, out=True)),
            *(arc for step in coming for arc in self._stubs(step, out=False)),
            *self._along(going, coming),
            *self._inside(homes, stations),
        ]
        columns = ["tail", "head", "ms", "line"]
        every = [
            (u, v, self.way.forward_ms, self.lines),
            (v, u, self.way.backward_ms, shapely.reverse(self.lines)),
            tuple(zip(*few, strict=True)),
        ]
        arcs = pd.concat(
            [DataFrame(dict(zip(columns, part, strict=False))) for part in every],
            ignore_index=True,
        )
        arcs = arcs[(arcs["ms"] < FAR) & (arcs["tail"] != arcs["head"])]
        arcs = arcs.sort_values(["tail", "head", "ms"], kind="stable")
        arcs = arcs.drop_duplicates(["tail", "head"])
        return arcs.set_index(arcs["tail"] * self.nodes + arcs["head"])

    def _steps(
        self, legs: Legs, things: Ints, *, node: Callable[[int], int]
    ) -> list[_Step]:
        rows = legs.candidates[legs.candidates["thing"].isin(things)]
        return [
            _Step(
                node=node(row.thing),
                edge=int(row.edge),
                offset_m=float(row.offset_m),
                ms=float(row.leg_m) / self.way.speed * 1000.0,
                points=np.array(
                    [(row.x, row.y), *self.access.gates[row.gate : row.gate + 1]]
                    if row.gate >= 0
                    else [(row.x, row.y)]
                ),
            )
            for row in rows.itertuples()
        ]

    def _stubs(self, step: _Step, *, out: bool) -> Iterator[Arc]:
        """Yield the ways from a place to both ends of its edge, or from them to it."""
        far_m = (0.0, float(self.length_m[step.edge]))
        for end, end_m in zip(self.ends[step.edge], far_m, strict=True):
            if out:
                ms = self._ms(step.edge, step.offset_m, end_m) + step.ms
                yield step.node, int(end), ms, self._line(step, end_m)
            else:
                ms = self._ms(step.edge, end_m, step.offset_m) + step.ms
                yield int(end), step.node, ms, shapely.reverse(self._line(step, end_m))

    def _along(self, going: list[_Step], coming: list[_Step]) -> Iterator[Arc]:
        """Yield the ways from homes to stations on the same edge."""
        on_edge: dict[int, list[_Step]] = {}
        for step in coming:
            on_edge.setdefault(step.edge, []).append(step)
        for one in going:
            for other in on_edge.get(one.edge, []):
                way = self._ms(one.edge, one.offset_m, other.offset_m)
                first = shapely.get_coordinates(self._line(one, other.offset_m))
                line = shapely.linestrings([*first, *other.points[::-1]])
                yield one.node, other.node, way + one.ms + other.ms, line

    def _inside(self, homes: Ints, stations: Ints) -> Iterator[Arc]:
        """Yield the straight ways from homes to stations in their own compound."""
        table = self.access.inside
        near = table["thing"].isin(homes) & table["station"].isin(stations)
        for row in table[near].itertuples():
            ms = float(row.leg_m) / self.way.speed * 1000.0
            line = shapely.linestrings([(row.x, row.y), (row.to_x, row.to_y)])
            yield self.home_node(row.thing), self.station_node(row.station), ms, line

    def _ms(self, edge: int, start_m: float, stop_m: float) -> float:
        """Return the time to walk a part of an edge."""
        if start_m == stop_m:
            return 0.0
        ahead = stop_m > start_m
        ms = (self.way.forward_ms if ahead else self.way.backward_ms)[edge]
        share = abs(stop_m - start_m) / float(self.length_m[edge])
        return float(FAR) if ms == FAR else share * float(ms)

    def _line(self, step: _Step, end_m: float) -> shapely.LineString:
        """Return the line from a place over its gate and along its edge."""
        part = substring(self.lines[step.edge], step.offset_m, end_m)
        return shapely.linestrings(
            np.concatenate([step.points, shapely.get_coordinates(part)])
        )


def _onward(arcs: DataFrame, *, goal: int, size: int) -> Ints:
    """Return the next node of every node on the way to the goal."""
    tail, head, ms = (arcs[name].to_numpy() for name in ("tail", "head", "ms"))
    graph = csr_array((ms.astype(float), (head, tail)), shape=(size, size))
    return np.asarray(dijkstra(graph, indices=goal, return_predecessors=True)[1])


def _line(arcs: DataFrame, onward: Ints, *, start: int) -> shapely.LineString | None:
    """Return the line from a node to the goal; None if there is no way."""
    nodes = [start]
    while (then := int(onward[nodes[-1]])) != _NOWHERE:
        nodes.append(then)
    steps = np.array(nodes[:-1], np.int64) * len(onward) + nodes[1:]
    walked = shapely.get_coordinates(
        arcs["line"].to_numpy()[arcs.index.get_indexer(steps)]
    )
    if not len(walked):
        return None
    fresh = np.append(True, (walked[1:] != walked[:-1]).any(axis=1))
    return shapely.linestrings(walked[fresh]) if fresh.sum() > 1 else None

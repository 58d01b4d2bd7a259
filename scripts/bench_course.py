"""The course of the bench: one network in every form that a row needs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pyproj import CRS

from geoplan import network as net
from geoplan import osm, walk
from geoplan.model import Network, Walker

Array = NDArray[Any]

PLACE = "Porto Alegre"  # unless a row says another
STATIONS = 2000
METRES = 1250.0
WALKER = Walker(preset="custom", speed=1.0)  # so that a second is a metre


@dataclass(frozen=True, kw_only=True, eq=False)
class Bench:
    """The network in every form that a row needs."""

    place: str
    extract: Path
    network: Network
    way: walk.Graph
    stations: walk.Spots
    nodes: Array  #: the stations' nodes, in the graph's numbering
    lengths: Array  #: mm of each edge

    @classmethod
    def of(cls, extract: Path, *, crs: str, place: str = PLACE) -> "Bench":
        """Return the bench of an extract, every vertex of a way a node."""
        ways = osm.read_ways(extract, crs=CRS(crs))
        network = largest(vertices(net.build(ways)))
        way = walk.graph(network, walker=WALKER)
        rng = np.random.default_rng(20260630)
        edge = rng.integers(0, len(network.edges), STATIONS)
        return cls(
            place=place,
            extract=extract,
            network=network,
            way=way,
            stations=at_start(edge, way=way),
            nodes=way.u[edge],
            lengths=way.forward_ms,
        )


def vertices(network: Network) -> Network:
    """Return a network whose every vertex is a junction."""
    lines = network.edges.geometry.to_numpy()
    xy, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[1:] == line[:-1]
    ends = np.stack([xy[:-1][joined], xy[1:][joined]], axis=1)
    places, number = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    u, v = number.reshape(-1, 2).T
    pieces = shapely.linestrings(ends)
    source = network.edges.iloc[line[:-1][joined]].reset_index(drop=True)
    edges = GeoDataFrame(
        source.assign(u=u, v=v, length_m=shapely.length(pieces)),
        geometry=pieces,
        crs=network.crs,
    )
    return Network(
        edges=edges,
        junctions=places,
        shut=np.zeros(len(places), bool),
        components=network.components,
        crs=network.crs,
    )


def largest(network: Network) -> Network:
    """Return the largest component alone."""
    edges = network.edges[network.edges["component"] == 0].reset_index(drop=True)
    used, number = np.unique(edges[["u", "v"]].to_numpy(), return_inverse=True)
    u, v = number.reshape(-1, 2).T
    return Network(
        edges=edges.assign(u=u, v=v),
        junctions=network.junctions[used],
        shut=network.shut[used],
        components=network.components.iloc[:1],
        crs=network.crs,
    )


def at_start(edge: Array, *, way: walk.Graph) -> walk.Spots:
    """Return stations that stand where some edges begin."""
    nothing = np.zeros(len(edge))
    return walk.spots_on(
        edge,
        nothing,
        way=way,
        thing=np.arange(len(edge)),
        things=len(edge),
        leg_m=nothing,
    )


def copies(bench: Bench, count: int) -> tuple[walk.Graph, walk.Spots]:
    """Return the graph beside itself, neighbours joined, with the same stations."""
    network = bench.network
    size, gap = len(network.junctions), np.ptp(network.junctions, axis=0)[0] + 1000.0
    shift = np.arange(count)
    u, v = (
        (network.edges[end].to_numpy()[None] + shift[:, None] * size).reshape(-1)
        for end in ("u", "v")
    )
    length = np.tile(network.edges["length_m"].to_numpy(), count)
    bridge = shift[:-1] * size
    u, v = np.concatenate([u, bridge]), np.concatenate([v, bridge + size])
    length = np.concatenate([length, np.full(count - 1, 100.0)])
    xy = network.junctions[None] + np.stack([shift * gap, 0 * shift], axis=1)[:, None]
    times = np.rint(length * 1000).astype(np.int32)
    way = walk.Graph.of(
        (u, v), xy=xy.reshape(-1, 2), length_m=length, times=(times, times), speed=1.0
    )
    rng = np.random.default_rng(1)
    copy = rng.integers(0, count, STATIONS) * len(network.edges)
    return way, at_start(bench.stations.edge + copy, way=way)


def reach(way: walk.Graph, stations: walk.Spots) -> walk.Walks:
    """Return the nodes within the bench's metres of every station."""
    return walk.nodes_within(way, stations=stations, limit=int(METRES * 1000))

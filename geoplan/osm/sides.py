"""On which side of a box the nodes of a file lie."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.osm.blocks import PLACES, Block
from geoplan.osm.extract import Degrees
from geoplan.osm.pbf import PbfFile

Ints = NDArray[np.int64]
Bits = NDArray[np.uint8]  #: west 1, east 2, south 4, north 8
ALL = 15


@dataclass(frozen=True, kw_only=True, eq=False)
class Sides:
    """The sides of all nodes, as runs of numbers on the same sides."""

    first: Ints  #: number of the first node of each run
    side: Bits
    blocks: range  #: those that hold nodes

    def of_lines(self, refs: Ints, *, begins: Ints) -> Bits:
        """Return on which sides whole lines lie; 0: they may touch the box.

        A node that is not in the file may have any side: a line seems nearer by
        it, never farther.
        """
        if not len(self.first):
            return np.zeros(len(begins), np.uint8)
        run = np.searchsorted(self.first, refs, side="right") - 1
        side = np.where(run < 0, 0, self.side[run]).astype(np.uint8)
        return np.bitwise_and.reduceat(side, begins) if len(begins) else side[:0]


def sides(file: PbfFile, *, box: Degrees) -> Sides:
    """Return the sides of the nodes of a file.

    Raises
    ------
    ValueError
        Numbers of nodes are not in order.
    """
    first, side, last, end = [], [], -1, 0
    west, south, east, north = np.array(box) * PLACES
    edges = np.array([west, -east, south, -north])

    def runs(block: Block) -> list[tuple[int, Ints, Bits]]:
        return list(_runs(block, edges))

    for number, groups in file.each(range(len(file)), runs):
        if not groups:
            break
        end = number + 1
        for final, begins, sides_ in groups:
            if begins[0] <= last:
                raise ValueError("nodes are not in order")
            last = final
            first.append(begins)
            side.append(sides_)
    return Sides(
        first=np.concatenate([*first, np.empty(0, np.int64)]),
        side=np.concatenate([*side, np.empty(0, np.uint8)]),
        blocks=range(end),
    )


def _runs(block: Block, edges: NDArray[np.float64]) -> Iterator[tuple[int, Ints, Bits]]:
    """Yield the last number of each group of nodes, and its runs."""
    for nodes in block.nodes:
        lon, lat = nodes.lonlat.T
        beyond = np.stack([lon, -lon, lat, -lat]) < edges[:, None]
        side = np.packbits(beyond, axis=0, bitorder="little")[0]
        begins = np.flatnonzero(np.diff(side, prepend=255))
        yield int(nodes.ids[-1]), nodes.ids[begins], side[begins]

"""A graph made ready for the compiled search, once, and kept as long as the graph is.

Scratch is as large as the network: to be given it anew for every search would cost
more in a large city, however little is reached. A search leaves it for the next.
"""

from collections import deque
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from geoplan.walk.compiled import Scratch
from geoplan.walk.graph import Graph
from geoplan.walk.stretches import Stretches, stretches_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Readied:
    """What the compiled search needs of a graph."""

    net: Stretches
    rooms: deque[Scratch] = field(default_factory=deque)  #: blank; a thread takes one


_KEPT: WeakKeyDictionary[Graph, Readied] = WeakKeyDictionary()


def readied(way: Graph) -> Readied:
    """Return a graph made ready, as it was before if it has been."""
    kept = _KEPT.get(way)
    if kept is None:
        kept = _KEPT[way] = Readied(net=stretches_of(way))
    return kept

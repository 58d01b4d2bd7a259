"""Areas out of closed ways and relations of ways, as libosmium puts them together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import osmium
import shapely
from osmium.filter import EntityFilter, KeyFilter
from osmium.osm import AREA

_MARK = "wanted"  # the key of those things of which an area is wanted


@dataclass(frozen=True, kw_only=True)
class Ring:
    """A way of known nodes."""

    id: int
    refs: Sequence[int]
    wanted: bool  #: is an area of its own wanted, if it is closed


@dataclass(frozen=True, kw_only=True)
class Rings:
    """A relation of ways that is wanted as an area."""

    id: int
    type: str  #: "multipolygon" or "boundary"
    members: Sequence[tuple[int, str]]  #: ways and their roles


def areas(
    nodes: Iterable[tuple[int, int, int]], ways: Sequence[Ring], rings: Sequence[Rings]
) -> Iterator[tuple[tuple[bool, int], Any]]:
    """Yield areas: is it of a way, its id; and its shape.

    ``nodes``: id, longitude and latitude in 1e-7 degrees; each list by id.
    """
    if not (rings or any(way.wanted for way in ways)):
        return
    data = "".join((*map(_node, nodes), *map(_way, ways), *map(_relation, rings)))
    things: Iterable[Any] = (
        osmium.FileProcessor(osmium.io.FileBuffer(data.encode(), "opl"))
        .with_areas(KeyFilter(_MARK))
        .with_filter(EntityFilter(AREA))
    )
    shapes = osmium.geom.WKBFactory()
    for thing in things:
        if thing.num_rings()[0]:
            shape = shapely.from_wkb(shapes.create_multipolygon(thing))
            yield (thing.from_way(), thing.orig_id()), shape


def _node(node: tuple[int, int, int]) -> str:
    number, lon, lat = node
    return f"n{number} x{lon / 1e7:.7f} y{lat / 1e7:.7f}\n"


def _way(way: Ring) -> str:
    mark = f" T{_MARK}=1" if way.wanted else ""
    return f"w{way.id}{mark} N{','.join(f'n{ref}' for ref in way.refs)}\n"


def _relation(rings: Rings) -> str:
    members = ",".join(f"w{ref}@{_escaped(role)}" for ref, role in rings.members)
    return f"r{rings.id} Ttype={rings.type},{_MARK}=1 M{members}\n"


def _escaped(text: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else f"%{ord(c):x}%" for c in text)

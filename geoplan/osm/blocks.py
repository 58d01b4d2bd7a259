"""A block of a PBF file: nodes, ways and relations as arrays.

Whatever the decoder does not know, or libosmium might read in another way,
raises ValueError; pyosmium then reads the file.
"""

from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from geoplan.osm import compiled
from geoplan.osm.compiled import RELATIONS, WAYS
from geoplan.osm.messages import fields, parts
from geoplan.osm.spans import closed_up, in_order, rows
from geoplan.osm.wanted import AREA, LINE, NODE, OUTLINE, RING, codes

Ints = NDArray[np.int64]
Array = NDArray[Any]

NODES = 18  #: the first byte of a group of nodes, as WAYS and RELATIONS of others
PLACES = 10_000_000  #: a degree, as positions are kept
_STRINGS, _GROUP = 10, 18
_GRANULARITY, _DATE, _LAT_OFFSET, _LON_OFFSET = 136, 144, 152, 160
_IDS, _INFO, _LAT, _LON, _TAGS = 10, 42, 66, 74, 82  # of nodes
_OF_NODES = frozenset({_IDS, _INFO, _LAT, _LON, _TAGS})
_VERSIONS, _TIMES, _USERS = 10, 18, 42  # of their versions
_OF_VERSIONS = frozenset({_VERSIONS, _TIMES, 26, 34, _USERS})
_FINEST, _COARSEST = 1, 1_000_000  # granularity, in 1e-9 degrees
_LARGE = 2**40
_SLOTS = 4096  # of the table of hashes
_NOBODY = np.empty(0, np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Nodes:
    """All nodes of a block, and the tags of those that are wanted."""

    ids: Ints
    lonlat: NDArray[np.int32]  #: shape (n, 2), in 1e-7 degrees
    tagged: Ints  #: positions of the wanted ones
    tags: Array  #: rows of numbers of texts: key, value
    spans: Array  #: first and last row of each wanted one


@dataclass(frozen=True, kw_only=True, eq=False)
class Objects:
    """Wanted ways or relations of a block."""

    first: int  #: number of the first of all, -1 if there is none
    last: int
    ids: Ints
    bits: Ints
    tags: Array  #: rows of numbers of texts: key, value
    refs: Ints  #: numbers of nodes or members
    roles: Array  #: of members of relations: numbers of texts
    kinds: Array  #: of members: 0 node, 1 way, 2 relation
    spans: Ints  #: first and last row of tags, and of refs

    def take(self, chosen: NDArray[np.bool_]) -> Self:
        """Return some of the objects, by a mask."""
        if chosen.all():
            return self
        spans = self.spans[chosen]
        tags, refs = rows(spans[:, :2]), rows(spans[:, 2:])
        related = len(self.roles) > 0
        return replace(
            self,
            ids=self.ids[chosen],
            bits=self.bits[chosen],
            tags=self.tags[tags],
            refs=self.refs[refs],
            roles=self.roles[refs] if related else self.roles,
            kinds=self.kinds[refs] if related else self.kinds,
            spans=np.hstack([closed_up(spans[:, :2]), closed_up(spans[:, 2:])]),
        )


class Block:
    """A block, decoded as far as it is asked for."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.buffer = np.frombuffer(raw, np.uint8)
        self.groups: list[tuple[int, int, int]] = []  #: kind, start, end
        self.scale = {_GRANULARITY: 100, _DATE: 0, _LAT_OFFSET: 0, _LON_OFFSET: 0}
        texts = None
        for tag, start, end in fields(raw, 0, len(raw)):
            if tag == _STRINGS and texts is None:
                texts = (start, end)
            elif tag == _GROUP:
                if start < end:
                    self.groups.append((_kind(raw[start]), start, end))
            elif tag in self.scale and abs(start) < _LARGE:
                self.scale[tag] = start
            else:
                raise ValueError(tag)
        self._found: tuple[Ints, list[Objects]] | None = None
        self._spans, self.codes = _strings(self.buffer, *(texts or (0, 0)))
        if not _FINEST <= self.scale[_GRANULARITY] <= _COARSEST:
            raise ValueError(self.scale)

    @property
    def kinds(self) -> list[int]:
        """Return the kinds of the groups, in their order."""
        return [kind for kind, _, _ in self.groups]

    @cached_property
    def nodes(self) -> list[Nodes]:
        """Return the nodes, a group of them each."""
        return [
            self._dense(start, end) for kind, start, end in self.groups if kind == NODES
        ]

    def ways(self, members: Ints = _NOBODY) -> list[Objects]:
        """Return the ways that are wanted by their tags or their number."""
        if self._found is None or self._found[0] is not members:
            asked = 0, LINE | AREA
            self._found = members, self._objects(WAYS, members=members, asked=asked)
        return self._found[1]

    def relations(self) -> list[Objects]:
        """Return the relations of ways that describe an area."""
        asked = RING, OUTLINE | AREA
        return self._objects(RELATIONS, members=_NOBODY, asked=asked)

    def texts(self, numbers: Array) -> list[str]:
        """Return the texts of some numbers."""
        used = in_order(numbers)
        place = np.searchsorted(used, numbers)
        spans = zip(*self._spans[used].T.tolist(), strict=True)
        words = np.array([self.raw[a:b].decode() for a, b in spans], object)
        return list(words[place].tolist()) if len(words) else []

    def tags(self, rows: Array, spans: Array) -> list[dict[str, str]]:
        """Return the tags of some objects, by the spans of their rows."""
        if not len(spans):
            return []
        keys, values = self.texts(rows[:, 0]), self.texts(rows[:, 1])
        return [
            dict(zip(keys[a:b], values[a:b], strict=True))
            for a, b in zip(spans[:, 0].tolist(), spans[:, 1].tolist(), strict=True)
        ]

    def _objects(
        self, kind: int, *, members: Ints, asked: tuple[int, int]
    ) -> list[Objects]:
        texts, related = (self.codes, codes().rules), kind == RELATIONS
        told = []
        for one, start, end in self.groups:
            if one != kind:
                continue
            out = _room(end - start, related=related)
            count, first, last = compiled.objects(
                self.buffer, start, end, related, members, texts, asked, out
            )
            ids, bits, spans, tags, refs, roles, kinds = out
            tag_end, ref_end = spans[count - 1, [1, 3]] if count else (0, 0)
            told.append(
                Objects(
                    first=first,
                    last=last,
                    ids=ids[:count].copy(),
                    bits=bits[:count].copy(),
                    tags=tags[:tag_end].copy(),
                    refs=refs[:ref_end].copy(),
                    roles=roles[:ref_end].copy(),
                    kinds=kinds[:ref_end].copy(),
                    spans=spans[:count].copy(),
                )
            )
        return told

    def _dense(self, start: int, end: int) -> Nodes:
        """Return the nodes of a group; its one message holds them all."""
        ((kind, start, end),) = fields(self.raw, start, end)
        if kind != NODES:
            raise ValueError(kind)
        told = parts(self.raw, start, end, known=_OF_NODES)
        numbers = {
            tag: _unpacked(self.buffer, *told.get(tag, (0, 0)), deltas=tag != _TAGS)
            for tag in (_IDS, _LAT, _LON, _TAGS)
        }
        ids = numbers[_IDS]
        if not len(ids) or ids[0] < 0 or not (ids[1:] > ids[:-1]).all():
            raise ValueError("nodes are not in order")
        lon = self._places(numbers[_LON], self.scale[_LON_OFFSET], most=180)
        lat = self._places(numbers[_LAT], self.scale[_LAT_OFFSET], most=90)
        if not len(ids) == len(lon) == len(lat):
            raise ValueError("nodes without positions")
        self._check_info(*told.get(_INFO, (0, 0)), size=len(ids))
        tagged, spans, tags = self._tagged(numbers[_TAGS], len(ids))
        lonlat = np.stack([lon, lat], axis=1)
        return Nodes(ids=ids, lonlat=lonlat, tagged=tagged, tags=tags, spans=spans)

    def _tagged(self, packed: Ints, size: int) -> tuple[Ints, Ints, Array]:
        """Return which nodes are wanted by their tags, and the tags of these."""
        nodes, spans = np.empty(size, np.int64), np.empty((size, 2), np.int64)
        tags = np.empty((len(packed) // 2 + 1, 2), np.int32)
        count = 0
        if len(packed):
            count = compiled.node_tags(
                packed, size, self.codes, codes().rules, NODE, (nodes, spans, tags)
            )
        end = spans[count - 1, 1] if count else 0
        return nodes[:count].copy(), spans[:count].copy(), tags[:end].copy()

    def _places(self, raw: Ints, offset: int, *, most: int) -> NDArray[np.int32]:
        """Return positions along an axis; the division drops what is left over."""
        if len(raw) and max(abs(int(raw.min())), abs(int(raw.max()))) > _LARGE:
            raise ValueError("a position is out of range")
        nano = raw * self.scale[_GRANULARITY] + offset
        places = np.sign(nano) * (np.abs(nano) // 100)
        if len(places) and np.abs(places).max() > most * PLACES:
            raise ValueError("a position is out of range")
        return np.asarray(places, np.int32)

    def _check_info(self, start: int, end: int, *, size: int) -> None:
        """Check what is said of the versions of nodes."""
        said = parts(self.raw, start, end, known=_OF_VERSIONS)
        for tag, (first, last) in said.items():
            told = _unpacked(self.buffer, first, last, deltas=tag != _VERSIONS)
            most = len(self.codes) if tag == _USERS else 2**31
            if len(told) not in {0, size}:
                raise ValueError("versions of other nodes")
            if tag != _TIMES and len(told) and not 0 <= told.min() <= told.max() < most:
                raise ValueError("out of range")


def _kind(first: int) -> int:
    if first not in {NODES, WAYS, RELATIONS}:
        raise ValueError(first)
    return first


def _room(size: int, *, related: bool) -> tuple[Array, ...]:
    """Return room for the objects of a group of so many bytes.

    Only what is written to takes memory.
    """
    members = size if related else 0
    return (
        np.empty(size // 2, np.int64),
        np.empty(size // 2, np.int64),
        np.empty((size // 2, 4), np.int64),
        np.empty((size, 2), np.int32),
        np.empty(size, np.int64),
        np.empty(members, np.int32),
        np.empty(members, np.int8),
    )


def _unpacked(buffer: Array, start: int, end: int, *, deltas: bool) -> Ints:
    room = np.empty(end - start, np.int64)
    return room[: compiled.unpack(buffer, start, end, deltas, room)].copy()


def _strings(buffer: Array, start: int, end: int) -> tuple[Array, Ints]:
    """Return where the texts of a string table lie, and their codes."""
    room = (end - start) // 2
    spans, code = np.empty((room, 2), np.int32), np.empty(room, np.int64)
    count = compiled.strings(buffer, start, end, _words(), spans, code)
    return spans[:count].copy(), code[:count].copy()


@cache
def _words() -> tuple[Array, Array, Array]:
    """Return the texts that count, to be found by their hashes."""
    texts = codes().texts
    slots = np.zeros(_SLOTS, np.int64)
    for code, text in enumerate(texts, start=1):
        slot = compiled.hashed(text) % _SLOTS
        while slots[slot]:
            slot = (slot + 1) % _SLOTS
        slots[slot] = code
    begins = np.concatenate([[0, 0], np.cumsum([len(text) for text in texts])])
    return slots, begins, np.frombuffer(b"".join(texts), np.uint8)

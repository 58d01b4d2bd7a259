"""A PBF file sifted for what matters to walkers: in a box, or all of it.

Nothing that lies wholly outside a box is held, so that memory grows with the box
and not with the file: blocks are decoded again for each kind of thing, and kept
only where the whole file is small.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.osm import assembly
from geoplan.osm.blocks import NODES, PLACES, Block, Nodes
from geoplan.osm.extract import Area, Degrees, Extract, Node, Outline, mostly
from geoplan.osm.pbf import PbfFile
from geoplan.osm.relations import Relation, members_of, read_relations
from geoplan.osm.sides import ALL, Sides, sides
from geoplan.osm.spans import found, in_order, rows
from geoplan.osm.wanted import AREA, LINE, NO_AREA, OUTLINE
from geoplan.presets import Tags

Ints = NDArray[np.int64]
Array = NDArray[Any]

_TRIANGLE = 3  # nodes; a closed way has more
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Lines:
    """Ways of a file."""

    ids: Ints
    bits: Ints
    tags: list[Tags]
    sizes: Ints
    refs: Ints


@dataclass(frozen=True, kw_only=True, eq=False)
class _Places:
    """Nodes of a file, by number."""

    ids: Ints
    lonlat: NDArray[np.int32]  #: shape (n, 2), in 1e-7 degrees
    tagged: list[Node]

    def of(self, refs: Ints) -> NDArray[np.float64]:
        """Return positions of some nodes, shape (n, 2), degrees; NaN: missing."""
        at, known = found(refs, among=self.ids)
        lonlat = np.full((len(refs), 2), np.nan)
        lonlat[known] = self.lonlat[at[known]] / PLACES
        return lonlat


def sifted(path: Path, *, box: Degrees | None) -> Extract:
    """Return the content of a PBF file: at least all that touches a box.

    Raises
    ------
    InputError
        The file unpacks to far more than any data do.
    RuntimeError, ValueError
        The file is broken, misses most nodes of its ways, or holds what only
        pyosmium reads.
    """
    with PbfFile(path) as file:
        relations, end = read_relations(file)
        members = members_of(relations)
        outlines = members_of(relations, OUTLINE)
        beside, start = None, 0
        if box is not None:
            beside = sides(file, box=box)
            start = max(len(beside.blocks) - 1, 0)
            relations = _near(file, relations, members, beside, range(start, end))
        lines = _lines(file, range(start, end), members, members_of(relations), beside)
        places = _places(file, in_order(lines.refs), beside)
        if not file.in_order():
            raise ValueError("ways before nodes")
        extract = _extract(lines, relations, places, file.box)
        if _misses_most(extract, file, members, outlines, whole=box is None):
            raise ValueError("ways without nodes")
        return extract


def _near(
    file: PbfFile,
    relations: list[Relation],
    members: Ints,
    beside: Sides,
    blocks: range,
) -> list[Relation]:
    """Return the relations whose ways together may touch the box."""

    def lain(block: Block) -> list[tuple[Ints, NDArray[np.uint8]]]:
        return [
            (some.ids, beside.of_lines(some.refs, begins=some.spans[:, 2]))
            for group in block.ways(members)
            for some in [group.take(found(group.ids, among=members)[1])]
        ]

    side = np.full(len(members), ALL, np.uint8)
    for _, groups in file.each(blocks if len(members) else [], lain):
        for ids, told in groups:
            side[np.searchsorted(members, ids)] = told
    known = dict(zip(members.tolist(), side.tolist(), strict=True))
    near = []
    for one in relations:
        together = ALL
        for ref, _ in one.members:
            together &= known[ref]
        if not together:
            near.append(one)
    return near


def _lines(
    file: PbfFile, blocks: range, members: Ints, near: Ints, beside: Sides | None
) -> _Lines:
    """Return the ways that are wanted and may touch the box, and near members."""

    def lines(block: Block) -> list[tuple[int, int, _Lines]]:
        told = []
        for group in block.ways(members):
            chosen = group.bits & (LINE | AREA) != 0
            if beside is not None:
                begins = group.spans[:, 2]
                chosen &= beside.of_lines(group.refs, begins=begins) == 0
            some = group.take(chosen | found(group.ids, among=near)[1])
            tags: list[Tags] = [*block.tags(some.tags, some.spans)]
            sizes = some.spans[:, 3] - some.spans[:, 2]
            kept = _Lines(
                ids=some.ids, bits=some.bits, tags=tags, sizes=sizes, refs=some.refs
            )
            told.append((group.first, group.last, kept))
        return told

    parts: list[_Lines] = []
    before = -1
    for _, groups in file.each(blocks, lines):
        for first, last, some in groups:
            if first <= before:
                raise ValueError("ways are not in order")
            before = last
            parts.append(some)
    return _Lines(
        ids=np.concatenate([_NONE, *(some.ids for some in parts)]),
        bits=np.concatenate([_NONE, *(some.bits for some in parts)]),
        tags=[tags for some in parts for tags in some.tags],
        sizes=np.concatenate([_NONE, *(some.sizes for some in parts)]),
        refs=np.concatenate([_NONE, *(some.refs for some in parts)]),
    )


def _places(file: PbfFile, needed: Ints, beside: Sides | None) -> _Places:
    """Return the needed nodes, with tags; without a box all nodes with tags."""

    def places(block: Block) -> list[tuple[int, int, Ints, Array, list[Node]]]:
        told = []
        for nodes in block.nodes:
            low, high = np.searchsorted(needed, [nodes.ids[0], nodes.ids[-1] + 1])
            asked = needed[low:high]
            at, there = found(asked, among=nodes.ids)
            at = at[there]
            tagged = _tagged(block, nodes, only=None if beside is None else asked)
            span = int(nodes.ids[0]), int(nodes.ids[-1])
            told.append((*span, nodes.ids[at], nodes.lonlat[at], tagged))
        return told

    ids, lonlat, tagged, before = [_NONE], [np.empty((0, 2), np.int32)], [], -1
    for _, groups in file.each(file.holding(NODES), places):
        for first, last, some, where, meant in groups:
            if first <= before:
                raise ValueError("nodes are not in order")
            before = last
            ids.append(some)
            lonlat.append(where)
            tagged += meant
    return _Places(
        ids=np.concatenate(ids), lonlat=np.concatenate(lonlat), tagged=tagged
    )


def _tagged(block: Block, nodes: Nodes, *, only: Ints | None) -> list[Node]:
    """Return the wanted nodes of a block."""
    chosen = np.ones(len(nodes.tagged), bool)
    if only is not None:
        chosen = found(nodes.ids[nodes.tagged], among=only)[1]
    at = nodes.tagged[chosen]
    told = zip(
        nodes.ids[at].tolist(),
        *(nodes.lonlat[at].T / PLACES).tolist(),
        block.tags(nodes.tags, nodes.spans[chosen]),
        strict=True,
    )
    return [Node(id=n, tags=tags, lon=lon, lat=lat) for n, lon, lat, tags in told]


def _misses_most(
    extract: Extract,
    file: PbfFile,
    members: Ints,
    outlines: Ints,
    *,
    whole: bool,
) -> bool:
    """Return whether most nodes of the ways of a file are not there.

    Nobody looks through a large file for what is far from the box.
    """
    missed = np.isnan(extract.lonlat[:, 0])
    if whole:
        return mostly(missed)
    if not file.small:
        return bool(len(missed)) and bool(missed.all())
    groups = [some for _, told in file.each(range(len(file)), _nodes) for some in told]
    there = np.concatenate([_NONE, *groups])

    def missing(block: Block) -> list[NDArray[np.bool_]]:
        return [
            ~found(some.refs, among=there)[1]
            for group in block.ways(members)
            for some in [group.take(_listed(group.ids, group.bits, outlines))]
        ]

    told = [some for _, told in file.each(range(len(file)), missing) for some in told]
    return mostly(np.concatenate([np.empty(0, bool), *told]))


def _nodes(block: Block) -> list[Ints]:
    return [nodes.ids for nodes in block.nodes]


def _listed(ids: Ints, bits: Ints, outlines: Ints) -> NDArray[np.bool_]:
    """Return which ways count as lines, not only as parts of areas."""
    return np.asarray((bits & LINE != 0) | found(ids, among=outlines)[1], bool)


def _extract(
    lines: _Lines, relations: Sequence[Relation], places: _Places, box: Degrees | None
) -> Extract:
    listed = _listed(lines.ids, lines.bits, members_of(relations, OUTLINE))
    ends = np.cumsum(lines.sizes)
    spans = np.stack([ends - lines.sizes, ends], axis=1)
    refs = lines.refs[rows(spans[listed])]
    return Extract(
        ids=lines.ids[listed].tolist(),
        tags=[tags for tags, kept in zip(lines.tags, listed, strict=True) if kept],
        sizes=lines.sizes[listed],
        refs=refs,
        lonlat=places.of(refs),
        nodes=places.tagged,
        areas=_areas(lines, spans, relations, places),
        outlines={
            one.id: Outline(tags=one.tags, members=frozenset(w for w, _ in one.members))
            for one in relations
            if one.bits & OUTLINE
        },
        box=box,
    )


def _areas(
    lines: _Lines, spans: Ints, relations: Sequence[Relation], places: _Places
) -> list[Area]:
    wanted = (lines.bits & (AREA | NO_AREA) == AREA) & (lines.sizes > _TRIANGLE)
    used = wanted | found(lines.ids, among=members_of(relations, AREA))[1]
    refs = in_order(lines.refs[rows(spans[used])])
    known = refs[~np.isnan(places.of(refs)[:, 0])]
    where = places.lonlat[np.searchsorted(places.ids, known)].T.tolist()
    rings = [
        assembly.Ring(id=number, refs=lines.refs[a:b].tolist(), wanted=alone)
        for number, alone, a, b in zip(
            lines.ids[used].tolist(),
            wanted[used].tolist(),
            *spans[used].T.tolist(),
            strict=True,
        )
    ]
    whole = {one.id: one for one in relations if one.bits & AREA}
    related = [
        assembly.Rings(id=one.id, type=one.tags["type"], members=one.members)
        for one in whole.values()
    ]
    at = dict(zip(lines.ids.tolist(), range(len(lines.ids)), strict=True))
    nodes = zip(known.tolist(), *where, strict=True)
    shaped = []
    for (is_way, number), shape in assembly.areas(nodes, rings, related):
        tags = lines.tags[at[number]] if is_way else whole[number].tags
        if not is_way:
            tags = {key: value for key, value in tags.items() if key != "type"}
        shaped.append(Area(source=(is_way, number), tags=tags, shape=shape))
    return shaped

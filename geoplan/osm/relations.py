"""The relations of a PBF file that put ways together to areas."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.osm.blocks import Block
from geoplan.osm.pbf import PbfFile
from geoplan.osm.spans import in_order
from geoplan.osm.wanted import AREA, OUTLINE
from geoplan.presets import Tags

Ints = NDArray[np.int64]

_WAY = 1  # kind of a member


@dataclass(frozen=True, kw_only=True, eq=False)
class Relation:
    """A relation that is wanted as an outline or as an area."""

    id: int
    bits: int
    tags: Tags
    members: Sequence[tuple[int, str]]  #: ways and their roles


def read_relations(file: PbfFile) -> tuple[list[Relation], int]:
    """Return the relations of ways, and where blocks with ways may end."""
    met: list[Relation] = []
    before, end = 2**63, len(file)
    while end > 0:
        ((_, told),) = file.each([end - 1], _related)
        if not told:
            break
        for first, last, some in reversed(told):
            if last >= before:
                raise ValueError("relations are not in order")
            before = first
            met[:0] = some
        end -= 1
    return met, min(end + 1, len(file))


def _related(block: Block) -> list[tuple[int, int, list[Relation]]]:
    told = []
    for group in block.relations():
        tags = block.tags(group.tags, group.spans)
        roles = block.texts(group.roles)
        refs, kinds = group.refs.tolist(), group.kinds.tolist()
        some = [
            Relation(
                id=number,
                bits=bits,
                tags=meant,
                members=[(refs[i], roles[i]) for i in range(a, b) if kinds[i] == _WAY],
            )
            for number, bits, meant, (a, b) in zip(
                group.ids.tolist(),
                group.bits.tolist(),
                tags,
                group.spans[:, 2:].tolist(),
                strict=True,
            )
        ]
        told.append((group.first, group.last, some))
    return told


def members_of(relations: Iterable[Relation], bit: int = OUTLINE | AREA) -> Ints:
    """Return the ways that are members of relations with a bit, by number."""
    refs = [ref for one in relations if one.bits & bit for ref, _ in one.members]
    return in_order(np.array(refs, np.int64))

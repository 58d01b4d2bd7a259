"""Which tags make an object worth keeping: as a test of tags, and as numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geoplan.presets import (
    Tags,
    Texts,
    barriers,
    crossings,
    landscape,
    matches,
    walking,
)

#: What an object is wanted for, as bits: as a line, for the area it encloses, as a
#: node; a relation as a ring of ways, or as the outline of something walked or in
#: the way. NO_AREA: a closed way that says it is none.
LINE, AREA, NODE, RING, OUTLINE, NO_AREA = 1, 2, 4, 8, 16, 32

_RINGS = frozenset({"multipolygon", "boundary"})


@dataclass(frozen=True, kw_only=True)
class Table:
    """Keys that count with any value, and keys with the values that count."""

    any_value: Texts = frozenset()
    values: Mapping[str, Texts] = field(default_factory=dict)

    @classmethod
    def of(cls, *tables: Mapping[str, Texts], any_value: Iterable[str] = ()) -> Self:
        """Return all of some tables in one."""
        values: dict[str, Texts] = {}
        for table in tables:
            for key, some in table.items():
                values[key] = values.get(key, frozenset()) | some
        return cls(any_value=frozenset(any_value), values=values)

    def meets(self, tags: Tags) -> bool:
        """Return whether tags have one of these."""
        return not self.any_value.isdisjoint(tags) or bool(matches(tags, self.values))


@cache
def tables() -> Mapping[int, Table]:
    """Return what makes an object wanted, by bit."""
    ways, walls, scene = walking(), barriers(), landscape()
    rails = {"railway": scene.rails | scene.rails_anywhere}
    return {
        LINE: Table.of(
            ways.also,
            walls.lines,
            walls.areas,
            scene.water_lines,
            rails,
            any_value=["highway"],
        ),
        AREA: Table.of(walls.areas, scene.water_areas, scene.green),
        NODE: Table.of(crossings().nodes, any_value=["barrier"]),
        RING: Table.of({"type": _RINGS}),
        OUTLINE: Table.of(ways.also, walls.areas, any_value=["highway"]),
        NO_AREA: Table.of({"area": frozenset({"no"})}),
    }


def wanted(tags: Tags, bit: int) -> bool:
    """Return whether tags make an object wanted for something.

    Examples
    --------
    >>> wanted({"highway": "footway"}, LINE)
    True
    """
    return tables()[bit].meets(tags)


@dataclass(frozen=True, kw_only=True, eq=False)
class Codes:
    """Texts that count as numbers from 1, and what pairs of them say, as bits."""

    texts: tuple[bytes, ...]  #: the text of code 1, 2 …
    rules: NDArray[np.uint8]  #: by code of key and of value; 0: any other text


@cache
def codes() -> Codes:
    """Return the texts that count, numbered."""
    texts = sorted(
        {text for table in tables().values() for text in table.any_value}
        | {key for table in tables().values() for key in table.values}
        | {v for table in tables().values() for vs in table.values.values() for v in vs}
    )
    code = {text: number for number, text in enumerate(texts, start=1)}
    rules = np.zeros((len(texts) + 1, len(texts) + 1), np.uint8)
    for bit, table in tables().items():
        for key in table.any_value:
            rules[code[key]] |= bit
        for key, values in table.values.items():
            for value in values:
                rules[code[key], code[value]] |= bit
    return Codes(texts=tuple(text.encode() for text in texts), rules=rules)

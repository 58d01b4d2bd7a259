"""Which of a file's columns are which, by their names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from geoplan.columns.schemas import Column, Schema
from geoplan.columns.tables import normal, tables

Chosen = Mapping[str, str]  #: canonical column → the file's own column
DBF_NAME_BYTES = 10  # a field name's room in a dBASE III header, less its end


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """Which column of a file is which; columns are positions in the file."""

    found: Mapping[str, int]  #: canonical column → position
    clashes: Mapping[str, tuple[int, ...]]  #: canonical column → its claimants
    absent: Mapping[str, str]  #: chosen, but the file has no such column
    personal: tuple[int, ...] = field(default=())  #: name people or their phones
    refused: Mapping[str, int] = field(default_factory=dict)  #: chosen, personal


def recognise(
    names: Sequence[str], *, schema: Schema, chosen: Chosen, cut: str | None = None
) -> Recognition:
    """Return which of a file's columns are which of the schema's.

    ``chosen`` wins over the usual names; a canonical column chosen as "" is
    taken for missing. ``cut`` is the encoding whose field names end after ten
    bytes (shapefiles).

    Examples
    --------
    >>> from geoplan.columns import schema
    >>> recognise(["WGBM", "户数（户）"], schema=schema("grids"), chosen={}).found
    {'code': 0, 'households': 1}
    """
    plain = [normal(name) for name in names]
    wanted = {**schema.columns, **schema.places}
    taken, absent = _chosen(names, plain, chosen=chosen)
    personal = tuple(i for i, name in enumerate(plain) if _names_people(name))
    free = [i for i in range(len(names)) if i not in {*taken.values(), *personal}]
    found, clashes = dict(taken), {}
    for column in (c for name, c in wanted.items() if name not in chosen):
        claims = [i for i in free if plain[i] in column.names]
        claims = claims or _first(column, plain, free)
        if not claims and column.name in schema.places:
            claims = [i for i in free if _bare(plain[i]) in column.names]
        if len(claims) > 1:
            clashes[column.name] = tuple(claims)
        elif claims:
            found[column.name] = claims[0]
    if cut:
        left = [i for i in free if i not in found.values()]
        open_ = [c for n, c in wanted.items() if n not in {*found, *chosen, *clashes}]
        found |= _uncut(names, left, columns=open_, encoding=cut)
    return Recognition(
        found=found,
        clashes=clashes,
        absent=absent,
        personal=tuple(i for i in personal if i not in taken.values()),
        refused={name: i for name, i in taken.items() if i in personal},
    )


def _chosen(
    names: Sequence[str], plain: Sequence[str], *, chosen: Chosen
) -> tuple[dict[str, int], dict[str, str]]:
    """Return the positions of the chosen columns, and those that are not there."""
    taken, absent = {}, {}
    for canonical, wanted in chosen.items():
        if not wanted:
            continue
        exact = [i for i, name in enumerate(names) if name == wanted]
        alike = [i for i, name in enumerate(plain) if name == normal(wanted)]
        if exact or alike:
            taken[canonical] = (exact or alike)[0]
        else:
            absent[canonical] = wanted
    return taken, absent


def _first(column: Column, plain: Sequence[str], free: Sequence[int]) -> list[int]:
    """Return the column with the best of the weaker names, if there is one."""
    for name in column.fallback:
        claims = [i for i in free if plain[i] == name]
        if claims:
            return claims
    return []


def _bare(plain: str) -> str:
    """Return a coordinate's name without what tells of its datum or its form.

    经度(东经), wgs84经度 and 经度_高德 are all 经度.
    """
    text = re.sub(r"[(\[【].*?[)\]】]", "", plain)
    for parts in tables()["words"]["datum"].values():
        for part in parts:
            text = text.replace(part, "")
    return text


def _uncut(
    names: Sequence[str],
    free: Sequence[int],
    *,
    columns: Sequence[Column],
    encoding: str,
) -> dict[str, int]:
    """Return the columns whose usual name was cut at the end of its room.

    Of several the schema's first: 所属社 may have been 所属社区编码 or 所属社区名称.
    """
    found = {}
    for i in free:
        owners = [
            column.name
            for column in columns
            for usual in column.written
            if _cut(usual, encoding=encoding) == normal(names[i])
        ]
        if owners and owners[0] not in found:
            found[owners[0]] = i
    return found


@cache
def _cut(name: str, *, encoding: str) -> str:
    """Return a name as a shapefile cuts it, normalised; "" if it is not cut."""
    whole = name.encode(encoding, errors="replace")
    if len(whole) <= DBF_NAME_BYTES:
        return ""
    return normal(whole[:DBF_NAME_BYTES].decode(encoding, errors="ignore"))


def _names_people(plain: str) -> bool:
    table = tables()["personal"]
    if plain.endswith(tuple(table["numbers"])):
        return False
    return plain in table["whole"] or any(part in plain for part in table["part"])

"""What each layer is made of, and under which names offices have it.

The schemas and the names are the packaged data ``columns.toml``. Nothing here
reads a file or raises: a reader asks :func:`recognise` which of its columns are
which, and says itself what is wrong.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

Kind = Literal["code", "text", "count", "number", "flag", "named", "year", "tier"]
Need = Literal["", "error", "made", "quiet"]
Chosen = Mapping[str, str]  #: canonical column → the file's own column

DBF_NAME_BYTES = 10  # a field name's room in a dBASE III header, less its end


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a layer, as geoplan calls it."""

    name: str
    kind: Kind
    names: frozenset[str]  #: usual names, normalised
    fallback: tuple[str, ...]  #: weaker names, normalised, best first
    written: tuple[str, ...]  #: all names as they are written
    need: Need = ""
    flags: frozenset[str] = frozenset()  #: columns of yes and no, normalised


@dataclass(frozen=True, kw_only=True)
class Schema:
    """One layer: its columns by canonical name, and its geometry."""

    layer: str
    columns: Mapping[str, Column]
    places: Mapping[str, Column]  #: lon, lat, x, y, wkt of tables
    geometry: frozenset[str]  #: of polygon, line, point; empty for a bare table
    valid: bool  #: invalid polygons are an error, not a finding
    required: bool  #: an empty layer is an error


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """Which column of a file is which; columns are positions in the file."""

    found: Mapping[str, int]  #: canonical column → position
    clashes: Mapping[str, tuple[int, ...]]  #: canonical column → its claimants
    absent: Mapping[str, str]  #: chosen, but the file has no such column
    personal: tuple[int, ...] = field(default=())  #: name people or their phones
    refused: Mapping[str, int] = field(default_factory=dict)  #: chosen, personal


def layers() -> tuple[str, ...]:
    """Return the names of all layers that have a schema."""
    return tuple(_tables()["layers"])


def schema(layer: str, *, more: Mapping[str, Any] | None = None) -> Schema:
    """Return the schema of a layer.

    ``more`` is a mapping of the form of ``columns.toml`` whose names count
    beside the packaged ones.

    Examples
    --------
    >>> sorted(schema("gates").columns)
    ['code', 'compound', 'hours', 'kind']
    """
    tables = _tables()
    table = tables["layers"][layer]
    added = (more or {}).get("layers", {}).get(layer, {}).get("columns", {})
    shared = tables["shared"]
    columns = {
        name: _column(name, shared[c] if isinstance(c, str) else c, added.get(name))
        for name, c in table["columns"].items()
    }
    own = (more or {}).get("places", {})
    places = {
        name: _column(name, {"kind": "text", "names": names}, {"names": own.get(name)})
        for name, names in tables["places"].items()
    }
    return Schema(
        layer=layer,
        columns=columns,
        places=places,
        geometry=frozenset(table["geometry"]),
        valid=table.get("valid", False),
        required=table.get("required", False),
    )


def recognise(
    names: Sequence[str], *, schema: Schema, chosen: Chosen, cut: str | None = None
) -> Recognition:
    """Return which of a file's columns are which of the schema's.

    ``chosen`` wins over the usual names; a canonical column chosen as "" is
    taken for missing. ``cut`` is the encoding whose field names end after ten
    bytes (shapefiles).

    Examples
    --------
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


def normal(name: str) -> str:
    """Return a column's name without what does not matter for telling it.

    Examples
    --------
    >>> normal("面积（㎡）"), normal(" Grid_Code "), normal("人口(户籍)")
    ('面积', 'gridcode', '人口(户籍)')
    """
    text = unicodedata.normalize("NFKC", str(name)).casefold()
    text = re.sub(r"[\s_\-.*:'\"\ufeff]+", "", text)
    bracket = re.fullmatch(r"(.+?)[(\[【](.+)[)\]】]", text)
    return bracket[1] if bracket and bracket[2] in units() else text


@cache
def units() -> frozenset[str]:
    """Return what may stand after a number and mean nothing more."""
    return frozenset(plain_value(word) for word in _tables()["words"]["units"])


@cache
def nothing() -> frozenset[str]:
    """Return what people write where there is nothing."""
    return frozenset(plain_value(w) for w in ["", *_tables()["words"]["nothing"]])


@cache
def words(kind: str) -> frozenset[str]:
    """Return the words of a kind: of "totals", or with which "notes" begin."""
    return frozenset(plain_value(word) for word in _tables()["words"][kind])


@cache
def datum_named(name: str) -> str:
    """Return the datum that a column's name tells of its coordinates; "" if none.

    Examples
    --------
    >>> datum_named("百度经度"), datum_named("高德坐标"), datum_named("经度")
    ('bd09', 'gcj02', '')
    """
    plain = normal(name)
    found = [
        datum
        for datum, parts in _tables()["words"]["datum"].items()
        if any(part in plain for part in parts)
    ]
    return found[0] if len(found) == 1 else ""


def capacity_of(name: str) -> str:
    """Return what a column of capacities counts, by the words of its name.

    "households", "places" (beds, seats) or "people".

    Examples
    --------
    >>> capacity_of("可服务户数"), capacity_of("床位数"), capacity_of("服务能力")
    ('households', 'places', 'people')
    """
    plain = normal(name)
    found = (
        what
        for what, parts in _tables()["words"]["capacity"].items()
        if any(part in plain for part in parts)
    )
    return next(found, "people")


def plain_value(text: str) -> str:
    """Return a value without regard to case, width and outer spaces."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


@cache
def values(kind: str) -> dict[str, str]:
    """Return written value → meant value of the kind "tier" or "flag"."""
    table = cast("dict[str, list[str]]", _tables()["values"][kind])
    return {
        plain_value(word): meant for meant, words in table.items() for word in words
    }


@cache
def lived_in(use: str) -> bool | None:
    """Return whether people live in a building of this use; None if unsaid.

    Examples
    --------
    >>> lived_in("住宅"), lived_in("商业"), lived_in("商住"), lived_in("retail")
    (True, False, True, False)
    >>> lived_in("") is None
    True
    """
    table, word = _tables()["values"]["use"], plain_value(use)
    if word in nothing() or word in table["unsaid"]:
        return None
    if word in table["osm_home"] or any(part in word for part in table["home"]):
        return True
    if word in table["osm_elsewhere"] or any(p in word for p in table["elsewhere"]):
        return False
    return None


@cache
def is_residential_land(kind: str) -> bool:
    """Return whether land of this kind is where people live.

    Examples
    --------
    >>> is_residential_land("居住用地"), is_residential_land("R2")
    (True, True)
    >>> is_residential_land("商业用地")
    False
    """
    table, word = _tables()["values"]["land"], plain_value(kind)
    return (
        word in table["whole"]
        or word.startswith(tuple(table["code"]))
        or any(part in word for part in table["part"])
    )


@cache
def passing(kind: str) -> str | None:
    """Return who passes a gate of this kind on foot; None if the kind is not known.

    One of "everyone", "residents" and "nobody".

    Examples
    --------
    >>> passing("人车混行"), passing("人行（仅业主）"), passing("消防通道"), passing("")
    ('everyone', 'residents', 'nobody', 'everyone')
    """
    word = plain_value(kind)
    if word in nothing():
        return "everyone"
    for entry in _tables()["values"]["gate"]:
        if word in entry.get("whole", ()) or any(
            part in word for part in entry["part"]
        ):
            return str(entry["who"])
    return None


@cache
def _tables() -> dict[str, Any]:
    source = files("geoplan") / "columns.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _column(
    name: str, table: Mapping[str, Any], added: Mapping[str, Any] | None
) -> Column:
    added = added or {}
    usual = (name, *table["names"], *(added.get("names") or ()))
    weak = (*table.get("else", ()), *(added.get("else") or ()), *({name} & _WEAK))
    if not table["names"]:  # no column of a file is ever this one
        usual, weak = (), ()
    strong = frozenset(normal(n) for n in usual)
    if name in table.get("else", ()) or name in _WEAK:
        strong -= {normal(name)}
    return Column(
        name=name,
        kind=table["kind"],
        names=strong,
        fallback=tuple(normal(n) for n in weak if normal(n) not in strong),
        written=(*usual, *weak),
        need=table.get("need", ""),
        flags=frozenset(
            normal(n) for n in (*table.get("flags", ()), *(added.get("flags") or ()))
        ),
    )


#: Canonical names too common to be a usual name of their own.
_WEAK = frozenset({"code", "name", "kind", "use"})


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
    for parts in _tables()["words"]["datum"].values():
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
    table = _tables()["personal"]
    if plain.endswith(tuple(table["numbers"])):
        return False
    return plain in table["whole"] or any(part in plain for part in table["part"])

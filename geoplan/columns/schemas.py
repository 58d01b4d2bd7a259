"""What each layer is made of: its columns, by kind and by usual names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from geoplan.columns.tables import normal, tables

Kind = Literal["code", "text", "count", "number", "flag", "named", "year", "tier"]
Need = Literal["", "error", "made", "quiet"]


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


def layers() -> tuple[str, ...]:
    """Return the names of all layers that have a schema."""
    return tuple(tables()["layers"])


@cache
def groups() -> Mapping[str, str]:
    """Return the special groups, and the group or people that each is among.

    Examples
    --------
    >>> groups()["elderly"], groups()["alone"]
    ('people', 'elderly')
    """
    return {
        name: str(table.get("within", "people"))
        for name, table in tables()["groups"].items()
    }


def group_named(text: str) -> str:
    """Return the special group that a text names as its columns are; "" for none.

    Examples
    --------
    >>> group_named("老年人"), group_named("elderly"), group_named("户数")
    ('elderly', 'elderly', '')
    """
    return _named(text, among=groups())


def count_named(text: str) -> str:
    """Return the count of a building that a text names: also a special group.

    Examples
    --------
    >>> count_named("户数"), count_named("残疾人"), count_named("面积")
    ('households', 'disabled', '')
    """
    return _named(text, among=("households", "people", *groups()))


def _named(text: str, *, among: Iterable[str]) -> str:
    known = schema("grids").columns
    for name in among:
        if normal(text) in {*known[name].names, *known[name].fallback}:
            return name
    return ""


def schema(layer: str, *, more: Mapping[str, Any] | None = None) -> Schema:
    """Return the schema of a layer.

    ``more`` is a mapping of the form of ``columns.toml`` whose names count
    beside the packaged ones.

    Examples
    --------
    >>> sorted(schema("gates").columns)
    ['code', 'compound', 'hours', 'kind']
    """
    every = tables()
    table = every["layers"][layer]
    added = (more or {}).get("layers", {}).get(layer, {}).get("columns", {})
    shared = every["shared"]
    wanted = {**table["columns"], **(every["groups"] if table.get("groups") else {})}
    columns = {
        name: _column(name, shared[c] if isinstance(c, str) else c, added.get(name))
        for name, c in wanted.items()
    }
    own = (more or {}).get("places", {})
    places = {
        name: _column(name, {"kind": "text", "names": names}, {"names": own.get(name)})
        for name, names in every["places"].items()
    }
    return Schema(
        layer=layer,
        columns=columns,
        places=places,
        geometry=frozenset(table["geometry"]),
        valid=table.get("valid", False),
        required=table.get("required", False),
    )


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

"""What a walker passes: ways, and the nodes on them.

A node that shuts a way shuts it where the way runs over it: the edges end there,
on both sides, and are not joined. A hurdle at a node counts for the ways of its
kinds alone; the others run on through the same node.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import Series

from geoplan.model import Finding, Walker, Ways
from geoplan.presets import hurdles

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]

NOBODY = Walker(preset="custom", speed=1.0)  #: passes what is open to all


@dataclass(frozen=True, kw_only=True, eq=False)
class Stops:
    """What nodes do to a walker, a vertex of a way each; shapes (n,)."""

    hurdles: Texts  #: names with spaces between, ""
    shut: Flags  #: whether the way is shut there
    waits: Flags  #: whether the walker waits there

    @property
    def any(self) -> Flags:
        """Return where an edge ends, junction or not."""
        return self.shut | self.waits


def passed(frame: GeoDataFrame, *, walker: Walker) -> GeoDataFrame:
    """Return the ways that a walker may use."""
    allowed = frame["access"].isin(["", *walker.access])
    return frame[allowed & ~_meets(frame["hurdles"], walker.shut)]


def stops(ways: Ways, *, walker: Walker, node: Ints, kind: Texts) -> Stops:
    """Return what the nodes do to a walker at vertices of ways.

    Parameters
    ----------
    node : int array, shape (n,)
        Ids in the source; ways without them have no nodes that do anything.
    kind : array of texts, shape (n,)
        Of the way that each vertex belongs to.
    """
    told = Stops(
        hurdles=np.full(len(node), "", object),
        shut=np.zeros(len(node), bool),
        waits=np.zeros(len(node), bool),
    )
    telling = _telling(ways)
    row = _rows(telling["node"].to_numpy(np.int64), node)
    access = telling["access"].to_numpy(object)
    met = telling["hurdles"].to_numpy(object)
    for vertex in np.flatnonzero(row >= 0).tolist():
        here = _counting(met[row[vertex]], kind[vertex])
        told.hurdles[vertex] = " ".join(here)
        told.shut[vertex] = access[row[vertex]] not in {"", *walker.access} or bool(
            walker.shut.intersection(here)
        )
        told.waits[vertex] = any(walker.waits.get(name) for name in here)
    return told


def not_passed(ways: Ways, *, walker: Walker) -> tuple[Finding, ...]:
    """Return the hurdles that keep a walker off ways, and the nodes that shut ways."""
    frame = ways.frame
    allowed = frame[frame["access"].isin(["", *walker.access])]
    findings = []
    for name in sorted(walker.shut):
        off = allowed[_meets(allowed["hurdles"], [name])]
        if len(off):
            km = round(float(off.length.sum()) / 1000, 2)
            findings.append(_told(f"way_shut_{name}", count=len(off), km=km))
    used = passed(frame, walker=walker)
    if len(ways.crossings) and used["nodes"].notna().all():
        findings += _shut_nodes(ways, used, walker=walker)
    return tuple(findings)


def _shut_nodes(ways: Ways, used: GeoDataFrame, *, walker: Walker) -> list[Finding]:
    node = np.concatenate(used["nodes"].tolist()).astype(np.int64)
    kind = np.repeat(used["kind"].to_numpy(object), used["nodes"].map(len))
    told = stops(ways, walker=walker, node=node, kind=kind)
    telling = _telling(ways)
    row = _rows(telling["node"].to_numpy(np.int64), node[told.shut])
    access = telling["access"].to_numpy(object)
    reasons: dict[tuple[str, str], set[int]] = {}
    for at, here in zip(row.tolist(), told.hurdles[told.shut], strict=True):
        if access[at] not in {"", *walker.access}:
            keys = [("nodes_not_passed", access[at])]
        else:
            met = sorted(walker.shut.intersection(here.split()))
            keys = [(f"node_shut_{name}", "") for name in met]
        for key in keys:
            reasons.setdefault(key, set()).add(at)
    return [
        _told(rule, count=len(rows), **({"value": value} if value else {}))
        for (rule, value), rows in sorted(reasons.items())
    ]


def _told(rule: str, **facts: object) -> Finding:
    return Finding(rule=rule, level="info", layer="network", facts=facts)


def _telling(ways: Ways) -> GeoDataFrame:
    """Return the nodes that may do something to some walker."""
    nodes = ways.crossings
    return nodes[(nodes["access"] != "") | (nodes["hurdles"] != "")]


def _meets(hurdles_of: Series, names: Iterable[str]) -> Flags:
    """Return which texts name one of some hurdles."""
    wanted = set(names)
    if not wanted:
        return np.zeros(len(hurdles_of), bool)
    found = {text: bool(wanted.intersection(text.split())) for text in set(hurdles_of)}
    return np.asarray(hurdles_of.map(found), bool)


def _rows(known: Ints, node: Ints) -> Ints:
    """Return where each node stands among the known ones, -1 where it does not."""
    if not len(known):
        return np.full(len(node), -1)
    order = np.argsort(known, kind="stable")
    at = np.minimum(np.searchsorted(known[order], node), len(known) - 1)
    return np.where(known[order][at] == node, order[at], -1)


def _counting(text: str, kind: str) -> list[str]:
    """Return the hurdles of a node that count for ways of a kind."""
    table = hurdles()
    return [h for h in text.split() if not table[h].kinds or kind in table[h].kinds]

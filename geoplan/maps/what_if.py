"""What travels in a page so that stations can be tried elsewhere, and how large it is.

Numbers are whole: milliseconds, micrometres, parts in 2^24 of an edge. What a page
works out of them is what Python works out of the exact ones; where rounding would
tell otherwise the exact time travels too.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan.maps.encoding import Grain, ints
from geoplan.maps.plane import plane
from geoplan.model import Siting, WalkingGraph

MOST = 4_000_000  #: characters; with more a page would open slowly
_BESIDE = frozenset(("own", "capacity"))  # rules that a trial does not keep
_OTHER_AIMS = ("p-median", "p-center")  # models that count more than who is reached
_PARTS = 2**24  # of an edge
_MICRO = 1_000_000  # µm
_LONGEST = 2_000_000_000  # µm between two points of a line that can be told
_CENTI = 100
_AROUND = 500.0  # m beyond the ways that hands may reach

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def carried(siting: Siting, *, grain: Grain) -> dict[str, Any] | None:
    """Return what a page of siting needs to try other places; None without a graph.

    Where that is too much for a page, it only says so.
    """
    if siting.walking is None:
        return None
    found = walks(siting.walking, grain=grain)
    if found is None:
        return {"left_out": True}
    rules = set(siting.limits) - {"close"}
    aims = siting.model in _OTHER_AIMS or bool(rules)
    return {**found, "any_only": not _BESIDE.isdisjoint(rules), "other_aims": aims}


def walks(graph: WalkingGraph, *, grain: Grain) -> dict[str, Any] | None:
    """Return a graph as the page takes it; None if that is too much for a page."""
    order = np.lexsort((graph.edges["v"], graph.edges["u"]))
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    data = {
        "speed": graph.speed,
        "limit": graph.limit_ms,
        "nodes": graph.nodes,
        "edges": _edges(graph.edges.iloc[order]),
        "steps": _steps(graph, number=number),
        "seeds": _columns(graph.seeds, "place", "node", "ms"),
        "direct": _columns(graph.direct, "place", "home", "ms"),
        "at": np.round(graph.at, 2).tolist(),
        "codes": list(graph.codes),
        "asleep": [str(name) for name in graph.asleep["name"]],
        "fingerprint": graph.fingerprint,
        "hours": [[text, is_open] for text, is_open in graph.hours],
        **_ground(graph, number=number, grain=grain),
    }
    return data if size(data) <= MOST else None


def size(data: Any) -> int:  # noqa: ANN401  whatever JSON can hold
    """Return how many characters the texts in some data have."""
    if isinstance(data, dict):
        return sum(size(part) for part in data.values())
    return len(data) if isinstance(data, str) else 0


def _columns(table: DataFrame, first: str, *others: str) -> dict[str, str]:
    """Return columns of whole numbers, of the first one what each row adds."""
    return {
        first: _risen(table[first]),
        **{name: ints(table[name]) for name in others},
    }


def _risen(values: Any) -> str:  # noqa: ANN401  any column
    return ints(np.diff(np.asarray(values, np.int64), prepend=0))


def _edges(edges: DataFrame) -> dict[str, str]:
    return {
        "u": _risen(edges["u"]),
        "v": ints(edges["v"] - edges["u"]),
        "forward": ints(edges["forward_ms"]),
        "backward": ints(edges["backward_ms"] - edges["forward_ms"]),
    }


def _steps(graph: WalkingGraph, *, number: Ints) -> dict[str, Any]:
    """Return the steps of homes, and the times that the page cannot work out."""
    steps = graph.steps
    part = np.rint(steps["share"].to_numpy() * _PARTS).astype(np.int64)
    edges = graph.edges.iloc[steps["edge"].to_numpy()]
    share, leg = part / _PARTS, steps["leg_ms"].to_numpy(np.int64)
    to_u = _told(leg, share, edges["backward_ms"].to_numpy(np.int64))
    to_v = _told(leg, 1 - share, edges["forward_ms"].to_numpy(np.int64))
    odd = (to_u != steps["to_u_ms"]) | (to_v != steps["to_v_ms"])
    told = steps[odd].assign(row=np.flatnonzero(odd))
    return {
        "home": _risen(steps["home"]),
        "edge": _risen(number[steps["edge"].to_numpy()]),
        "leg": ints(leg),
        "part": ints(part),
        "odd": _columns(told, "row", "to_u_ms", "to_v_ms"),
    }


def _told(leg: Ints, share: Floats, edge_ms: Ints) -> Ints:
    """Return the times to a node as the page works them out."""
    part = np.rint(share * edge_ms).astype(np.int64)
    return np.where((share > 0) & (edge_ms < 0), -1, leg + np.where(share > 0, part, 0))


def _ground(graph: WalkingGraph, *, number: Ints, grain: Grain) -> dict[str, Any]:
    """Return the lines that stations may stand on, where, and how to draw them."""
    xy, line = shapely.get_coordinates(graph.lines.to_numpy(), return_index=True)
    if not len(xy):
        return {"lines": None}
    corner = np.floor(xy.min(axis=0))
    micro = np.rint((xy - corner) * _MICRO).astype(np.int64)
    far = np.abs(np.diff(micro, axis=0)).max(axis=1) > _LONGEST
    long = np.unique(line[1:][far & (line[1:] == line[:-1])])
    edge = graph.lines.index.to_numpy(np.int64)
    order = np.argsort(number[np.delete(edge, long)], kind="stable")
    kept = np.delete(np.arange(len(edge)), long)[order]
    start = np.searchsorted(line, np.arange(len(edge) + 1))
    rows = np.concatenate([np.arange(start[k], start[k + 1]) for k in kept])
    first = start[kept]
    inner = np.ones(len(xy), bool)
    inner[first] = False
    steps = np.diff(micro[rows], axis=0, prepend=0)[inner[rows]]
    reach = [*(xy.min(axis=0) - _AROUND), *(xy.max(axis=0) + _AROUND)]
    return {
        "corner": corner.tolist(),
        "lines": {
            "edge": _risen(number[edge[kept]]),
            "points": ints(np.diff(start)[kept]),
            "whole": _risen_pairs(micro[first] // _MICRO),
            "rest": ints(micro[first] % _MICRO),
            "xy": ints(steps),
            **_footing(
                graph.footing,
                edge=edge[kept],
                length=graph.lines.length.to_numpy()[kept],
            ),
        },
        **plane(reach, grain=grain, degree=3, net=24, digits=4),
    }


def _risen_pairs(values: Ints) -> str:
    return ints(np.diff(values, axis=0, prepend=np.zeros((1, 2), np.int64)))


def _footing(footing: DataFrame, *, edge: Ints, length: Floats) -> dict[str, str]:
    """Return how many parts of each line are free, and from where to where, cm.

    A line that is free as a whole has none.
    """
    row = {int(code): k for k, code in enumerate(edge)}
    table = footing[footing["edge"].isin(edge)]
    line = table["edge"].map(row).to_numpy(np.int64)
    whole = (table["from_m"].to_numpy() == 0) & (
        table["to_m"].to_numpy() >= length[line]
    )
    parts, line = table[~whole], line[~whole]
    order = np.lexsort((parts["from_m"], line))
    begin = np.ceil(parts["from_m"].to_numpy() * _CENTI).astype(np.int64)[order]
    end = np.floor(parts["to_m"].to_numpy() * _CENTI).astype(np.int64)[order]
    return {
        "free": ints(np.bincount(line, minlength=len(edge))),
        "from": ints(begin),
        "to": ints(end),
    }

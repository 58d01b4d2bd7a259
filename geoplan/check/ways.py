"""The walking network: in one piece, joined where ways meet, and wide enough."""

from collections.abc import Iterable
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.check.rules import limit
from geoplan.model import Circle, Finding, Layers, Network, Walker

_LONE = 500.0  # m of edges; smaller components are fragments
_ROUGH = 1.0  # m
_DAYS = 365.25  # of a year
_SIDES = ("west", "south", "east", "north")


def check_ways(
    network: Network, *, layers: Layers, circles: Iterable[Circle], walker: Walker
) -> tuple[Finding, ...]:
    """Return what is odd about a network, as seen from where people live."""
    area = shapely.union_all(layers.grids.geometry.to_numpy())
    walks = [circle.seconds(speed=walker.speed) * walker.speed for circle in circles]
    reach = max(walks, default=0.0)
    return (
        *_pieces(network, area=area),
        *_unjoined(network, area=area),
        *_edge(network, area=area, reach=reach),
    )


def check_dates(study: str, *, ways: str) -> tuple[Finding, ...]:
    """Return that data are undated, or ways much older than the rest; ISO dates."""
    if not study:
        return (Finding(rule="study_undated", level="info", layer="study"),)
    if not ways:
        return ()
    years = limit("old_years")
    days = (date.fromisoformat(study) - date.fromisoformat(ways)).days
    if days <= years * _DAYS:
        return ()
    facts = {"date": ways, "study": study, "years": f"{years:g}"}
    return (Finding(rule="network_old", level="warning", layer="network", facts=facts),)


def _pieces(network: Network, *, area: shapely.Geometry) -> tuple[Finding, ...]:
    """Return the components beside the largest that people here might stand on."""
    edges = network.edges
    shapely.prepare(area)
    here = shapely.intersects(area, edges.geometry.to_numpy())
    lone = edges[here & (edges["component"] > 0).to_numpy()]
    if not len(lone):
        return ()
    parts = sorted(set(lone["component"]))
    lengths = network.components["length_m"]
    facts = {
        "count": len(parts),
        "km": round(float(lengths[parts].sum()) / 1000, 1),
        "longest": round(float(lengths[parts].max())),
        "main": round(float(lengths[0]) / 1000, 1),
        "small": int((lengths[parts] < _LONE).sum()),
    }
    lines = edges.geometry[edges["component"].isin(parts)].to_numpy()
    wide = lengths[parts].max() >= _LONE
    return (
        Finding(
            rule="network_in_pieces",
            level="warning" if wide else "info",
            layer="network",
            facts=facts,
            geometry=shapely.simplify(shapely.multilinestrings(list(lines)), _ROUGH),
        ),
    )


def _unjoined(network: Network, *, area: shapely.Geometry) -> tuple[Finding, ...]:
    """Return where two ways on the ground cross without a common junction."""
    edges = network.edges
    ground = ~(edges["bridge"] | edges["tunnel"]).to_numpy(bool)
    near = shapely.intersects(area, edges.geometry.to_numpy())
    at = np.flatnonzero(ground & near)
    lines = edges.geometry.to_numpy()[at]
    one, other = shapely.STRtree(lines).query(lines, predicate="crosses")
    once = one < other
    one, other = one[once], other[once]
    points = _away(
        shapely.intersection(lines[one], lines[other]),
        ends=network.junctions[edges[["u", "v"]].to_numpy()[at]],
        pairs=(one, other),
    )
    if not len(points):
        return ()
    facts = {"count": len(points)}
    return (
        Finding(
            rule="crossings_unjoined",
            level="warning",
            layer="network",
            facts=facts,
            geometry=shapely.multipoints(points),
        ),
    )


def _away(
    meetings: NDArray[np.object_],
    *,
    ends: NDArray[np.float64],
    pairs: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> NDArray[np.object_]:
    """Return the points where edges cross that are an end of neither."""
    points, pair = shapely.get_parts(meetings, return_index=True)
    points = shapely.centroid(points)
    at_end = np.zeros(len(points), bool)
    for side in pairs:
        for end in (0, 1):
            there = shapely.points(ends[side[pair], end])
            at_end |= shapely.distance(points, there) <= _ROUGH
    away: NDArray[np.object_] = points[~at_end]
    return away


def _edge(
    network: Network, *, area: shapely.Geometry, reach: float
) -> tuple[Finding, ...]:
    """Return that ways end nearer round the grids than the longest walk."""
    if not reach or area.is_empty:
        return ()
    beyond = np.array(network.edges.total_bounds) - np.array(area.bounds)
    rim = beyond * (-1, -1, 1, 1)
    short = [side for side, m in zip(_SIDES, rim, strict=True) if m < reach]
    if not short:
        return ()
    least = int(round(float(rim.min()), -1))
    facts = {"metres": abs(least), "reach": int(round(reach, -1)), "sides": len(short)}
    rule = "network_rim_short" if least < 0 else "network_rim_narrow"
    return (Finding(rule=rule, level="info", layer="network", facts=facts),)

"""The walkable ways of an OpenStreetMap file."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from pyproj import CRS

from geoplan.errors import InputError
from geoplan.model import Finding, Ways
from geoplan.osm.extract import Extract
from geoplan.osm.judging import Judged
from geoplan.osm.pieces import Box, Pieces, degrees, pieces, projected
from geoplan.osm.reading import read_extract
from geoplan.osm.surroundings import surroundings
from geoplan.osm.walkable import Passage, hurdles_of, node_access, passage
from geoplan.presets import Tags, crossings, matches, walking

#: Which finding tells of the ways of a verdict.
_TOLD = {
    "restricted": "ways_restricted",
    "closed": "ways_closed",
    "unasked": "ways_unasked",
    "unknown": "ways_unknown",
}


def ways_of_extract(path: Path, *, crs: CRS, bounds: Box | None) -> Ways:
    """Return the walkable ways of an OpenStreetMap file.

    Raises
    ------
    InputError
        The file cannot be read, or has no walkable way within the bounds.
    """
    box = None if bounds is None else degrees(bounds, crs=crs)
    extract = read_extract(path, box=box)
    everything = pieces(extract, crs=crs, bounds=bounds)
    passages = _passages(extract)
    walked = everything.of({way for way, how in passages.items() if how.walked})
    if not len(walked.lines):
        raise InputError.at(
            "no_way_in_file" if bounds is None else "no_way_here", file=path
        )
    around, open_water = surroundings(extract, everything, crs=crs, bounds=bounds)
    return Ways(
        frame=_frame(extract, walked, passages, crs=crs),
        crossings=_crossings(extract, walked, crs=crs),
        surroundings=around,
        findings=(
            *_told(everything, passages),
            *_cut(everything, set(walked.way.tolist())),
            *open_water,
        ),
    )


def way_columns(tags: Sequence[Tags], hows: Sequence[Passage]) -> dict[str, list[Any]]:
    """Return the columns that the tags of ways decide."""
    hurdles = Judged(partial(hurdles_of, on="ways"))
    return {
        "kind": [how.kind for how in hows],
        "name": [one.get("name", "") for one in tags],
        "forward": [how.forward for how in hows],
        "backward": [how.backward for how in hows],
        "access": [how.access for how in hows],
        "hurdles": [hurdles(one) for one in tags],
        "bridge": [one.get("bridge", "no") != "no" for one in tags],
        "tunnel": [one.get("tunnel", "no") != "no" for one in tags],
    }


def _passages(extract: Extract) -> dict[int, Passage]:
    """Return how each way may be walked, by its position in the extract.

    A way that outlines a walked multipolygon is walked as that area is, unless
    it is a way of its own.
    """
    rules = walking()
    outlined = {
        way: outline.tags
        for outline in extract.outlines.values()
        for way in sorted(outline.members)
        if passage(outline.tags, rules)
    }
    judged = Judged(lambda tags: passage(tags, rules))
    found: dict[int, Passage] = {}
    for position, (way, tags) in enumerate(zip(extract.ids, extract.tags, strict=True)):
        how = judged(tags) or judged(outlined.get(way, {}))
        if how is not None:
            found[position] = how
    return found


def _frame(
    extract: Extract, walked: Pieces, passages: Mapping[int, Passage], *, crs: CRS
) -> GeoDataFrame:
    ways = walked.way.tolist()
    columns = way_columns(
        [extract.tags[way] for way in ways], [passages[way] for way in ways]
    )
    table = pd.DataFrame({"way": [f"w{extract.ids[way]}" for way in ways], **columns})
    table["nodes"] = pd.Series(walked.nodes, dtype=object)
    return GeoDataFrame(table, geometry=walked.lines, crs=crs)


def _crossings(extract: Extract, walked: Pieces, *, crs: CRS) -> GeoDataFrame:
    """Return the tagged nodes that walked ways run over."""
    used = set(np.concatenate(walked.nodes).tolist())
    nodes = [node for node in extract.nodes if node.id in used]
    lonlat = np.array([(node.lon, node.lat) for node in nodes], float).reshape(-1, 2)
    kind, hurdles = Judged(_crossing_kind), Judged(partial(hurdles_of, on="nodes"))
    shut = Judged(node_access)
    return GeoDataFrame(
        {
            "node": np.array([node.id for node in nodes], np.int64),
            "kind": [kind(node.tags) for node in nodes],
            "access": [shut(node.tags) for node in nodes],
            "hurdles": [hurdles(node.tags) for node in nodes],
        },
        geometry=shapely.points(projected(lonlat, crs=crs)),
        crs=crs,
    )


def _crossing_kind(tags: Tags) -> str:
    rules = crossings()
    kind = tags.get("barrier") or matches(tags, rules.nodes)
    signalled = kind == "crossing" and matches(tags, rules.signals)
    return "traffic_signals" if signalled else kind


def _told(everything: Pieces, passages: Mapping[int, Passage]) -> tuple[Finding, ...]:
    """Return how much of the ways is kept from some or all walkers, and why."""
    metres: dict[tuple[str, str], float] = defaultdict(float)
    count: dict[tuple[str, str], int] = defaultdict(int)
    length = shapely.length(everything.lines)
    for way, long in zip(everything.way.tolist(), length.tolist(), strict=True):
        how = passages.get(way)
        if how is not None and how.verdict in _TOLD:
            key = (_TOLD[how.verdict], how.access or how.kind)
            metres[key] += long
            count[key] += 1
    return tuple(
        Finding(
            rule=rule,
            level="info",
            layer="network",
            facts={
                "value": value,
                "count": count[rule, value],
                "km": round(metres[rule, value] / 1000, 2),
            },
        )
        for rule, value in sorted(metres)
    )


def _cut(everything: Pieces, walked: set[int]) -> tuple[Finding, ...]:
    """Return how many walked ways are cut because nodes are missing."""
    cut = everything.cut & walked
    if not cut:
        return ()
    facts = {"count": len(cut)}
    return (Finding(rule="ways_cut", level="info", layer="network", facts=facts),)

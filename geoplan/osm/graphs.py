"""The walkable ways of a street graph that OSMnx saved as GraphML."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.errors import InputError
from geoplan.model import Finding, Ways
from geoplan.osm.pieces import Box, Geometries, within
from geoplan.osm.surroundings import nothing
from geoplan.osm.walkable import Passage, access, hurdles_of, node_access, passage
from geoplan.osm.ways import way_columns
from geoplan.presets import Tags, crossings, matches, walking

_TAG_COLUMNS = (
    "highway", "railway", "public_transport", "name", "foot", "access", "motorroad",
    "sidewalk", "bridge", "tunnel", "oneway:foot",
    "conveying", "ramp", "ramp:wheelchair", "ramp:stroller", "wheelchair",
)  # fmt: skip
_NODE_COLUMNS = (
    "barrier", "highway", "railway", "access", "foot", "locked", "crossing",
    "crossing:signals", "kerb", "wheelchair",
)  # fmt: skip


def ways_of_graphml(path: Path, *, crs: CRS, bounds: Box | None) -> Ways:
    """Return the walkable ways of a graph; what lies between them is unknown.

    The two directions of a street are one way; which way vehicles may go is no
    matter. Where no edge of the graph says its kind, all are walked; where some
    do, the others are left out and counted.

    The graph's nodes keep their ids; the vertices between them, which a simplified
    graph does not name, get negative numbers.

    Raises
    ------
    InputError
        It is no graph of OSMnx, or has no walkable way within the bounds.
    """
    nodes, edges = _read(path, crs=crs)
    told = np.array(["highway" in tags[0] for tags in _tags(edges)], bool)
    assumed = {} if told.any() else {"highway": "road"}
    edges = edges[~_doubles(edges, told)]
    edges = edges[within(edges.geometry.to_numpy(), bounds)]
    hows = [_passages(tags, assumed) for tags in _tags(edges)]
    rows = [_row(*both) for both in zip(_tags(edges), hows, strict=True)]
    kindless = edges[np.array([None in how for how in hows], bool)]
    edges = edges[np.array([row is not None for row in rows], bool)]
    if not len(edges):
        raise InputError.at(
            "no_way_in_file" if bounds is None else "no_way_here", file=path
        )
    table = pd.DataFrame([row for row in rows if row is not None])
    table.insert(0, "way", [f"w{_one(value)}" for value in edges["osmid"]])
    table["nodes"] = pd.Series(_numbered(edges), dtype=object)
    return Ways(
        frame=GeoDataFrame(table, geometry=edges.geometry.to_numpy(), crs=crs),
        crossings=_crossings(nodes, edges, crs=crs),
        surroundings=nothing(crs),
        findings=(
            *_left_out(kindless),
            Finding(rule="no_surroundings", level="warning", layer="network"),
        ),
    )


def _read(path: Path, *, crs: CRS) -> tuple[GeoDataFrame, GeoDataFrame]:
    """Return the nodes by id and the edges with u, v, lines in the working CRS."""
    import osmnx  # noqa: PLC0415  takes seconds, and few studies need it

    try:
        graph = osmnx.load_graphml(path)
        nodes, edges = osmnx.graph_to_gdfs(graph)
    except Exception as error:  # any parser's complaint about the file's content
        raise InputError.at("graphml_broken", file=path, problem=error) from error
    return nodes.to_crs(crs), edges.reset_index().to_crs(crs)


def _doubles(edges: GeoDataFrame, told: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which edges repeat another one, as a rule in the other direction.

    Of several the first that says its kind (``told``) is the one to keep.
    """
    ends = np.sort(edges[["u", "v"]].to_numpy(np.int64), axis=1)
    shape = shapely.to_wkb(shapely.normalize(edges.geometry.to_numpy()))
    table = pd.DataFrame({"a": ends[:, 0], "b": ends[:, 1], "shape": shape})
    told_first = table.iloc[np.argsort(~told, kind="stable")]
    return np.asarray(told_first.duplicated().sort_index(), bool)


def _tags(edges: GeoDataFrame) -> Iterable[list[Tags]]:
    """Yield the tags of the ways that were merged into each edge."""
    columns = [column for column in _TAG_COLUMNS if column in edges]
    for _, *values in zip(edges.index, *(edges[c] for c in columns), strict=True):
        lists = [_listed(value) for value in values]
        count = max([len(texts) for texts in lists], default=1)
        yield [
            {
                column: texts[min(i, len(texts) - 1)]
                for column, texts in zip(columns, lists, strict=True)
                if texts
            }
            for i in range(max(count, 1))
        ]


def _row(ways: list[Tags], hows: list[Passage | None]) -> dict[str, Any] | None:
    """Return the columns of an edge; None if any way in it is not walked."""
    rules = walking()
    first = hows[0]
    if first is None or any(how is None or not how.walked for how in hows):
        return None
    columns = way_columns(ways[:1], [first])
    row = {column: values[0] for column, values in columns.items()}
    for part in ("bridge", "tunnel"):
        row[part] = any(tags.get(part, "no") != "no" for tags in ways)
    row["access"] = next((a for tags in ways if (a := access(tags, rules))), "")
    met = {name for tags in ways for name in hurdles_of(tags, on="ways").split()}
    row["hurdles"] = " ".join(sorted(met))
    return row


def _passages(ways: list[Tags], assumed: Tags) -> list[Passage | None]:
    """Return how ways may be walked; ``assumed`` are tags of those that lack them."""
    rules = walking()
    return [passage({**assumed, **tags}, rules) for tags in ways]


def _left_out(kindless: GeoDataFrame) -> tuple[Finding, ...]:
    """Return how many edges are not walked because they do not say their kind."""
    if not len(kindless):
        return ()
    facts = {"count": len(kindless), "km": round(kindless.length.sum() / 1000, 2)}
    return (
        Finding(
            rule="edges_without_kind", level="warning", layer="network", facts=facts
        ),
    )


def _numbered(edges: GeoDataFrame) -> Geometries:
    """Return node ids along each edge: u, new negative numbers, v."""
    size = shapely.get_num_coordinates(edges.geometry.to_numpy())
    numbers = np.empty(len(edges), object)
    used = 0
    ends = zip(edges["u"], edges["v"], size.tolist(), strict=True)
    for i, (u, v, count) in enumerate(ends):
        between = -np.arange(used + 1, used + count - 1, dtype=np.int64)
        numbers[i] = np.concatenate([[u], between, [v]]).astype(np.int64)
        used += count - 2
    return numbers


def _crossings(nodes: GeoDataFrame, edges: GeoDataFrame, *, crs: CRS) -> GeoDataFrame:
    used = nodes[nodes.index.isin(np.unique(edges[["u", "v"]]))]
    rules = crossings()
    columns = [c for c in _NODE_COLUMNS if c in used]
    tags: list[Mapping[str, str]] = [
        {c: str(v) for c, v in zip(columns, values, strict=True) if isinstance(v, str)}
        for values in used[columns].itertuples(index=False)
    ]
    kinds = [tag.get("barrier") or matches(tag, rules.nodes) for tag in tags]
    frame = GeoDataFrame(
        {
            "node": used.index.to_numpy(np.int64),
            "kind": kinds,
            "access": [node_access(tag) for tag in tags],
            "hurdles": [hurdles_of(tag, on="nodes") for tag in tags],
        },
        geometry=used.geometry.to_numpy(),
        crs=crs,
    )
    return frame[frame["kind"] != ""].reset_index(drop=True)


def _listed(value: object) -> list[str]:
    """Return an attribute of an edge as texts: several where ways were merged."""
    if isinstance(value, list):
        return [str(part) for part in value]
    known = isinstance(value, str | bool | int) and str(value).strip()
    return [str(value)] if known else []


def _one(value: object) -> str:
    return (_listed(value) or [""])[0]

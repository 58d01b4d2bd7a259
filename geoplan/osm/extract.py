"""What one OpenStreetMap file holds that matters to walkers, as plain arrays.

The file is read as bytes first: any path that Python can open can be read, and
a file that lists ways before their nodes, or numbers new nodes below 0 as
editors do, can be put in order and read again.
"""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray
from osmium import BaseFilter
from osmium.filter import EmptyTagFilter, KeyFilter
from osmium.osm import AREA, NODE, RELATION, WAY, osm_entity_bits

from geoplan.errors import InputError
from geoplan.presets import (
    Barriers,
    Landscape,
    Tags,
    TagTable,
    Walking,
    barriers,
    crossings,
    landscape,
    matches,
    walking,
)

#: Endings of the files that are read, and what pyosmium calls their formats.
FORMATS = {
    ".osm.pbf": "pbf",
    ".pbf": "pbf",
    ".osm.bz2": "osm.bz2",
    ".osm.gz": "osm.gz",
    ".osm": "osm",
}

_RINGS = ("multipolygon", "boundary")
_NEW_IDS = 2**40  # nodes that an editor has numbered -1, -2 … get ids above this
_NODE_KEYS = ("barrier", "highway", "railway")


@dataclass(frozen=True, kw_only=True)
class Node:
    """A tagged node."""

    id: int
    tags: Tags
    lon: float
    lat: float


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A relation that describes an area by its member ways."""

    tags: Tags
    members: frozenset[int]  #: ids of ways


@dataclass(frozen=True, kw_only=True, eq=False)
class Area:
    """A closed way or a multipolygon."""

    source: tuple[bool, int]  #: is it a way, and its id
    tags: Tags
    shape: Any  #: shapely geometry, degrees


@dataclass(kw_only=True, eq=False)
class Extract:
    """The raw content of a file; positions in degrees."""

    ids: list[int] = field(default_factory=list)  #: of ways
    tags: list[Tags] = field(default_factory=list)  #: of ways
    sizes: list[int] = field(default_factory=list)  #: how many nodes each way has
    refs: list[int] = field(default_factory=list)  #: node ids of all ways
    positions: list[float] = field(default_factory=list)  #: lon, lat, …; NaN: missing
    nodes: list[Node] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    outlines: dict[int, Outline] = field(default_factory=dict)  #: by relation id
    #: west, south, east, north that the file says it covers, if it does
    box: tuple[float, float, float, float] | None = None

    def lonlat(self) -> NDArray[np.float64]:
        """Return the positions of all way nodes, shape (n, 2); NaN where missing."""
        return np.asarray(self.positions, float).reshape(-1, 2)

    def misses_most(self) -> bool:
        """Return whether most of the ways' nodes are not there."""
        missing = np.isnan(self.lonlat()[:, 0])
        return bool(len(missing)) and float(missing.mean()) > 0.5  # noqa: PLR2004  most


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """Which tags make an object worth keeping."""

    walking: Walking
    barriers: Barriers
    landscape: Landscape
    nodes: TagTable

    def line(self, tags: Tags) -> bool:
        return bool(
            "highway" in tags
            or matches(tags, self.walking.also)
            or matches(tags, self.barriers.lines)
            or matches(tags, self.barriers.areas)
            or matches(tags, self.landscape.water_lines)
            or tags.get("railway", "") in self.landscape.rails
            or tags.get("railway", "") in self.landscape.rails_anywhere
        )

    def area(self, tags: Tags) -> bool:
        return bool(
            matches(tags, self.barriers.areas)
            or matches(tags, self.landscape.water_areas)
            or matches(tags, self.landscape.green)
        )

    def node(self, tags: Tags) -> bool:
        return "barrier" in tags or bool(matches(tags, self.nodes))

    def area_keys(self) -> list[str]:
        tables = self.barriers.areas, self.landscape.water_areas, self.landscape.green
        return sorted(set().union(*tables))


def read_extract(path: Path) -> Extract:
    """Return the content of an OpenStreetMap file.

    Raises
    ------
    InputError
        The file cannot be read to its end, or holds ways without their nodes.
    """
    ending = next(e for e in FORMATS if path.name.lower().endswith(e))
    data = path.read_bytes()
    try:
        extract = _scan(data, FORMATS[ending])
        if extract.misses_most() or min(extract.refs, default=0) < 0:
            extract = _scan(_ordered(data, FORMATS[ending]), "pbf")
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise InputError.at("osm_broken", file=path, problem=error) from error
    if extract.misses_most():
        raise InputError.at("osm_without_nodes", file=path)
    return extract


def _scan(data: bytes, kind: str) -> Extract:
    wanted = _Wanted(
        walking=walking(),
        barriers=barriers(),
        landscape=landscape(),
        nodes=crossings().nodes,
    )
    extract = Extract(
        outlines=dict(_outlines(data, kind, wanted)), box=_box(data, kind)
    )
    members = frozenset[int]().union(*(o.members for o in extract.outlines.values()))
    keys = wanted.area_keys()
    processor: Iterable[Any] = (
        osmium.FileProcessor(osmium.io.FileBuffer(data, kind))
        .with_areas(KeyFilter(*keys))
        .with_filter(_only(EmptyTagFilter(), NODE | AREA | RELATION))
        .with_filter(_only(KeyFilter(*_NODE_KEYS), NODE))
        .with_filter(_only(KeyFilter(*keys), AREA))
    )
    shapes = osmium.geom.WKBFactory()
    for thing in processor:
        tags = dict(thing.tags)
        if thing.is_way():
            if thing.id in members or wanted.line(tags):
                _add_way(extract, thing, tags)
        elif thing.is_node():
            if wanted.node(tags) and thing.location.valid():
                lon, lat = thing.location.lon, thing.location.lat
                node = Node(id=thing.id, tags=tags, lon=lon, lat=lat)
                extract.nodes.append(node)
        elif thing.is_area() and thing.num_rings()[0] and wanted.area(tags):
            shape = shapely.from_wkb(shapes.create_multipolygon(thing))
            source = (thing.from_way(), thing.orig_id())
            extract.areas.append(Area(source=source, tags=tags, shape=shape))
    return extract


def _only(chosen: BaseFilter, entities: osm_entity_bits) -> BaseFilter:
    """Return a filter that leaves other kinds of objects alone."""
    chosen.enable_for(entities)
    return chosen


def _outlines(data: bytes, kind: str, wanted: _Wanted) -> Iterator[tuple[int, Outline]]:
    """Yield the relations whose member ways matter: walked or blocking areas."""
    relations: Iterable[Any] = osmium.FileProcessor(
        osmium.io.FileBuffer(data, kind), RELATION
    )
    for thing in relations:
        tags = dict(thing.tags)
        if tags.get("type") in _RINGS and (
            "highway" in tags
            or matches(tags, wanted.walking.also)
            or matches(tags, wanted.barriers.areas)
        ):
            ways = frozenset(m.ref for m in thing.members if m.type == "w")
            yield thing.id, Outline(tags=tags, members=ways)


def _box(data: bytes, kind: str) -> tuple[float, float, float, float] | None:
    with osmium.io.Reader(osmium.io.FileBuffer(data, kind)) as reader:
        box = reader.header().box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return low.lon, low.lat, high.lon, high.lat


def _add_way(extract: Extract, way: Any, tags: Tags) -> None:  # noqa: ANN401  untyped library
    nodes = [(n.ref, n.location) for n in way.nodes]
    extract.ids.append(way.id)
    extract.tags.append(tags)
    extract.sizes.append(len(nodes))
    for ref, place in nodes:
        extract.refs.append(ref)
        known = place.valid()
        extract.positions.append(place.lon if known else np.nan)
        extract.positions.append(place.lat if known else np.nan)


def _ordered(data: bytes, kind: str) -> bytes:
    """Return the same content as PBF: nodes before ways, no node id below 0."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "ordered.osm.pbf"
        with osmium.SimpleWriter(str(target)) as writer:
            for entity in (NODE, WAY, RELATION):
                things: Iterable[Any] = osmium.FileProcessor(
                    osmium.io.FileBuffer(data, kind), entity
                )
                for thing in things:
                    writer.add(_renumbered(thing))
        return target.read_bytes()


def _renumbered(thing: Any) -> Any:  # noqa: ANN401  untyped library
    """Return a node, or a way with its nodes, numbered from 0 up."""
    if thing.is_node() and thing.id < 0:
        return thing.replace(id=_NEW_IDS - thing.id)
    if thing.is_way() and any(node.ref < 0 for node in thing.nodes):
        refs = [n.ref if n.ref >= 0 else _NEW_IDS - n.ref for n in thing.nodes]
        return thing.replace(nodes=refs)
    return thing

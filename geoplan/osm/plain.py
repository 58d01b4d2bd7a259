"""An OpenStreetMap file of any format, read object by object with pyosmium.

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
from osmium import BaseFilter
from osmium.filter import EmptyTagFilter, KeyFilter
from osmium.osm import AREA, NODE, RELATION, WAY, osm_entity_bits

from geoplan.errors import InputError
from geoplan.osm.extract import FORMATS, Area, Extract, Node, Outline
from geoplan.osm.header import box_of
from geoplan.osm.wanted import AREA as ENCLOSED
from geoplan.osm.wanted import LINE, OUTLINE, RING, Table, tables, wanted
from geoplan.osm.wanted import NODE as POINT
from geoplan.presets import Tags

_NEW_IDS = 2**40  # nodes that an editor has numbered -1, -2 … get ids above this


def plain_extract(path: Path) -> Extract:
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


@dataclass(kw_only=True, eq=False)
class _Lines:
    """The ways of a file, as they come."""

    ids: list[int] = field(default_factory=list)
    tags: list[Tags] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    refs: list[int] = field(default_factory=list)
    places: list[float] = field(default_factory=list)  #: lon, lat, …; NaN: missing

    def add(self, way: Any, tags: Tags) -> None:  # noqa: ANN401  untyped library
        nodes = [(n.ref, n.location) for n in way.nodes]
        self.ids.append(way.id)
        self.tags.append(tags)
        self.sizes.append(len(nodes))
        for ref, place in nodes:
            known = place.valid()
            self.refs.append(ref)
            self.places.append(place.lon if known else np.nan)
            self.places.append(place.lat if known else np.nan)


def _scan(data: bytes, kind: str) -> Extract:
    lines, nodes, areas = _Lines(), [], []
    outlines = dict(_outlines(data, kind))
    members = frozenset[int]().union(*(o.members for o in outlines.values()))
    keys, node_keys = _keys(tables()[ENCLOSED]), _keys(tables()[POINT])
    processor: Iterable[Any] = (
        osmium.FileProcessor(osmium.io.FileBuffer(data, kind))
        .with_areas(KeyFilter(*keys))
        .with_filter(_only(EmptyTagFilter(), NODE | AREA | RELATION))
        .with_filter(_only(KeyFilter(*node_keys), NODE))
        .with_filter(_only(KeyFilter(*keys), AREA))
    )
    shapes = osmium.geom.WKBFactory()
    for thing in processor:
        tags = dict(thing.tags)
        if thing.is_way():
            if thing.id in members or wanted(tags, LINE):
                lines.add(thing, tags)
        elif thing.is_node():
            if wanted(tags, POINT) and thing.location.valid():
                lon, lat = thing.location.lon, thing.location.lat
                nodes.append(Node(id=thing.id, tags=tags, lon=lon, lat=lat))
        elif thing.is_area() and thing.num_rings()[0] and wanted(tags, ENCLOSED):
            shape = shapely.from_wkb(shapes.create_multipolygon(thing))
            source = (thing.from_way(), thing.orig_id())
            areas.append(Area(source=source, tags=tags, shape=shape))
    return Extract(
        ids=lines.ids,
        tags=lines.tags,
        sizes=np.array(lines.sizes, np.int64),
        refs=np.array(lines.refs, np.int64),
        lonlat=np.array(lines.places, float).reshape(-1, 2),
        nodes=nodes,
        areas=areas,
        outlines=outlines,
        box=box_of(data, kind),
    )


def _keys(table: Table) -> list[str]:
    return sorted({*table.any_value, *table.values})


def _only(chosen: BaseFilter, entities: osm_entity_bits) -> BaseFilter:
    """Return a filter that leaves other kinds of objects alone."""
    chosen.enable_for(entities)
    return chosen


def _outlines(data: bytes, kind: str) -> Iterator[tuple[int, Outline]]:
    """Yield the relations whose member ways matter: walked or blocking areas."""
    relations: Iterable[Any] = osmium.FileProcessor(
        osmium.io.FileBuffer(data, kind), RELATION
    )
    for thing in relations:
        tags = dict(thing.tags)
        if wanted(tags, RING) and wanted(tags, OUTLINE):
            ways = frozenset(m.ref for m in thing.members if m.type == "w")
            yield thing.id, Outline(tags=tags, members=ways)


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

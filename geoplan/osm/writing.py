"""Elements as a server sends them, written as an OpenStreetMap file."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import osmium

from geoplan import __version__
from geoplan.osm.overpass import Elements
from geoplan.osm.pieces import Box

KINDS = ("node", "way", "relation")  #: of elements, in the order of a file


def encoded(elements: Elements, *, ending: str, box: Box | None) -> bytes:
    """Return elements as an OpenStreetMap file: nodes, ways, relations, by number.

    Parameters
    ----------
    ending : str
        Of the file's name, which says its format: .osm.pbf, .osm …
    box : (west, south, east, north), optional
        That the file holds in full, degrees.
    """
    header = osmium.io.Header()
    header.set("generator", f"geoplan {__version__}")
    if box:
        header.add_box(osmium.osm.Box(*box))
    with TemporaryDirectory() as folder:
        place = Path(folder) / f"download{ending}"
        with osmium.SimpleWriter(str(place), header=header) as writer:
            for kind in KINDS:
                for _, number in sorted(key for key in elements if key[0] == kind):
                    _ADD[kind](writer, elements[kind, number])
        return place.read_bytes()


def _add_node(writer: osmium.SimpleWriter, node: Mapping[str, Any]) -> None:
    place = (node["lon"], node["lat"])
    tags = node.get("tags", {})
    thing = osmium.osm.mutable.Node(id=node["id"], location=place, tags=tags)
    writer.add_node(thing)


def _add_way(writer: osmium.SimpleWriter, way: Mapping[str, Any]) -> None:
    nodes, tags = way.get("nodes", []), way.get("tags", {})
    writer.add_way(osmium.osm.mutable.Way(id=way["id"], nodes=nodes, tags=tags))


def _add_relation(writer: osmium.SimpleWriter, relation: Mapping[str, Any]) -> None:
    members = [
        (member["type"][0], member["ref"], member.get("role", ""))
        for member in relation.get("members", [])
    ]
    tags = relation.get("tags", {})
    thing = osmium.osm.mutable.Relation(id=relation["id"], members=members, tags=tags)
    writer.add_relation(thing)


_ADD: Mapping[str, Callable[[osmium.SimpleWriter, Mapping[str, Any]], None]] = {
    "node": _add_node,
    "way": _add_way,
    "relation": _add_relation,
}

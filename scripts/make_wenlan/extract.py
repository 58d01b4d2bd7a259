"""The town as an OpenStreetMap extract."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
import shapely
from osmium.osm import mutable
from pattern import CRS, ORIGIN
from pyproj import Transformer
from shapely import LineString

GENERATOR = "geoplan make_wenlan"
Place = tuple[float, float]


@dataclass(kw_only=True)
class Extract:
    """Nodes and ways; equal coordinates (to 1 cm) are one node."""

    numbers: dict[Place, int] = field(default_factory=dict)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)
    tags: dict[int, dict[str, str]] = field(default_factory=dict)

    def add_way(self, line: LineString, tags: dict[str, str]) -> None:
        """Add a way; consecutive vertices within 1 cm become one."""
        refs: list[int] = []
        for x, y in line.coords:
            number = self.node((x, y))
            if not refs or refs[-1] != number:
                refs.append(number)
        if len(refs) > 1:
            self.ways.append((refs, {k: v for k, v in tags.items() if v}))

    def add_ways(self, lines: Iterable[LineString], tags: dict[str, str]) -> None:
        """Add several ways with the same tags."""
        for line in lines:
            self.add_way(line, tags)

    def node(self, place: Place, tags: dict[str, str] | None = None) -> int:
        """Return the number of the node at a place, with tags if given."""
        key = (round(place[0], 2), round(place[1], 2))
        number = self.numbers.setdefault(key, len(self.numbers) + 1)
        if tags:
            self.tags.setdefault(number, {}).update(tags)
        return number


def write_extract(extract: Extract, path: Path) -> None:
    """Write the extract as ``.osm.pbf``, nodes and ways by number."""
    places = np.array(list(extract.numbers)) + ORIGIN
    lonlat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    lon, lat = lonlat.transform(places[:, 0], places[:, 1])
    header = osmium.io.Header()
    header.set("generator", GENERATOR)
    header.add_box(_box(lon, lat))
    path.unlink(missing_ok=True)
    writer = osmium.SimpleWriter(str(path), header=header)
    for number in extract.numbers.values():
        writer.add_node(
            mutable.Node(
                id=number,
                version=1,
                location=(round(lon[number - 1], 7), round(lat[number - 1], 7)),
                tags=extract.tags.get(number, {}),
            )
        )
    for number, (refs, tags) in enumerate(extract.ways, 1):
        writer.add_way(mutable.Way(id=number, version=1, nodes=refs, tags=tags))
    writer.close()


def _box(lon: np.ndarray, lat: np.ndarray) -> osmium.osm.Box:
    low = osmium.osm.Location(float(lon.min()), float(lat.min()))
    high = osmium.osm.Location(float(lon.max()), float(lat.max()))
    return osmium.osm.Box(low, high)


def rings(shape: shapely.Polygon) -> list[LineString]:
    """Return the closed lines of a polygon's outline and holes."""
    return [LineString(ring.coords) for ring in (shape.exterior, *shape.interiors)]

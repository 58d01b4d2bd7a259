"""What the extract holds, as features in metres."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

UTM = CRS("EPSG:32632")  # zone 32 north, where Monaco lies
WGS84 = CRS("EPSG:4326")


@dataclass(frozen=True, kw_only=True, eq=False)
class Feature:
    """One object with tags; a line or an area or a point in UTM."""

    code: str  #: n, w or r (node, way, relation) and its id
    tags: dict[str, str]
    shape: BaseGeometry

    def tag(self, key: str) -> str:
        """Return the value of a tag, "" if it is not there."""
        return self.tags.get(key, "")


@dataclass(frozen=True, kw_only=True, eq=False)
class Boundary:
    """A boundary relation, whole or not."""

    tags: dict[str, str]
    members: tuple[int, ...]  #: ids of its ways
    lines: tuple[BaseGeometry, ...]  #: those of them that the extract holds
    area: BaseGeometry | None  #: None if it does not close in the extract


@dataclass(frozen=True, kw_only=True, eq=False)
class Content:
    """The features of an extract."""

    points: tuple[Feature, ...]
    areas: tuple[Feature, ...]
    boundaries: tuple[Boundary, ...]  #: administrative, level 8 and 10

    def boundary(self, name: str, *, level: str) -> Boundary:
        """Return the administrative boundary of a name and level."""
        return next(
            boundary
            for boundary in self.boundaries
            if boundary.tags["name"] == name and boundary.tags["admin_level"] == level
        )


def read(path: Path) -> Content:
    """Return the tagged nodes, areas and boundaries of an extract."""
    points: list[Feature] = []
    areas: list[Feature] = []
    lines: dict[int, BaseGeometry] = {}
    relations: dict[int, Any] = {}
    for thing in osmium.FileProcessor(str(path)).with_areas():
        tags = dict(thing.tags)
        if thing.is_node() and tags:
            place = shapely.Point(thing.location.lon, thing.location.lat)
            shape = projected(place)
            points.append(Feature(code=f"n{thing.id}", tags=tags, shape=shape))
        elif thing.is_way():
            lines[thing.id] = _line(thing)
        elif thing.is_relation() and _is_boundary(tags):
            ways = tuple(m.ref for m in thing.members if m.type == "w")
            relations[thing.id] = tags, ways
        elif thing.is_area() and thing.num_rings()[0]:
            areas.append(_area(thing, tags))
    return Content(
        points=tuple(points),
        areas=tuple(areas),
        boundaries=tuple(_boundaries(relations, lines, areas)),
    )


def projected(shape: BaseGeometry) -> BaseGeometry:
    """Return a WGS84 shape in UTM, to the millimetre."""
    return _moved(shape, _TO_UTM)


def unprojected(shape: BaseGeometry) -> BaseGeometry:
    """Return a UTM shape in WGS84."""
    to_wgs84 = Transformer.from_crs(UTM, WGS84, always_xy=True)
    return shapely.transform(
        shape, lambda xy: np.column_stack(to_wgs84.transform(xy[:, 0], xy[:, 1]))
    )


_TO_UTM = Transformer.from_crs(WGS84, UTM, always_xy=True)


def _moved(shape: BaseGeometry, transformer: Transformer) -> BaseGeometry:
    return shapely.transform(
        shape,
        lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])).round(3),
    )


def _line(way: Any) -> BaseGeometry:  # noqa: ANN401  untyped library
    places = [(n.lon, n.lat) for n in way.nodes if n.location.valid()]
    return projected(shapely.LineString(places if len(places) > 1 else None))


def _area(area: Any, tags: dict[str, str]) -> Feature:  # noqa: ANN401  untyped library
    shape = shapely.from_wkb(osmium.geom.WKBFactory().create_multipolygon(area))
    parts = shapely.get_parts(shape)
    code = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
    return Feature(
        code=code, tags=tags, shape=projected(parts[0] if len(parts) == 1 else shape)
    )


def _is_boundary(tags: dict[str, str]) -> bool:
    levels = tags.get("admin_level") in {"8", "10"}
    return tags.get("boundary") == "administrative" and levels


def _boundaries(
    relations: dict[int, Any], lines: dict[int, BaseGeometry], areas: list[Feature]
) -> Iterator[Boundary]:
    by_code = {area.code: area.shape for area in areas}
    for relation, (tags, ways) in sorted(relations.items()):
        yield Boundary(
            tags=tags,
            members=ways,
            lines=tuple(lines[way] for way in ways if way in lines),
            area=by_code.get(f"r{relation}"),
        )

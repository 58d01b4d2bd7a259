"""What lies between the ways of an extract: barriers, water, green, rails."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass

import numpy as np
import shapely
from geopandas import GeoDataFrame
from pyproj import CRS
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geoplan.model import Finding, Surroundings
from geoplan.osm.extract import Area, Extract
from geoplan.osm.judging import Judged
from geoplan.osm.pieces import Box, Geometries, Pieces, projected, within
from geoplan.presets import Barriers, Landscape, Tags, barriers, landscape, matches

#: What some programs write for "not known": the north-eastern quarter.
_WORLD = (0.0, 0.0, 180.0, 90.0)
_ASIDE = 0.05  # m: a place this far beside the coast is on one side of it

_Row = tuple[str, str, BaseGeometry]  # kind, name, geometry


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What a thing is taken for, by its tags: kinds, "" for not at all."""

    line: str  #: a barrier
    area: str  #: a barrier
    water_line: str
    water_area: str
    green: str
    rail: str
    coast: bool


@dataclass(frozen=True, kw_only=True)
class _Thing:
    look: _Look
    name: str
    shape: BaseGeometry


def surroundings(
    extract: Extract, pieces: Pieces, *, crs: CRS, bounds: Box | None
) -> tuple[Surroundings, tuple[Finding, ...]]:
    """Return what lies between the ways, and which waters do not close."""
    look = Judged(_look)
    looks = [look(tags) for tags in extract.tags]
    lines = [
        _Thing(look=seen, name=extract.tags[way].get("name", ""), shape=shape)
        for way, shape in zip(pieces.way.tolist(), pieces.lines, strict=True)
        if (seen := looks[way])
    ]
    areas = [
        _Thing(look=seen, name=area.tags.get("name", ""), shape=shape)
        for area, shape in _areas(extract.areas, crs=crs, bounds=bounds)
        if (seen := look(area.tags))
    ]
    open_water = _unclosed(extract, looks, pieces)
    frame = _covered(extract, pieces, crs=crs, bounds=bounds)
    coast = [line.shape for line in lines if line.look.coast]
    found = Surroundings(
        barriers=_frame(
            [
                *_rows(lines, lambda look: look.line),
                *_rows(areas, lambda look: look.area),
                *((kind, "", shape) for _, kind, shape in open_water),
            ],
            crs,
        ),
        water=_frame(
            [
                *_rows(areas, lambda look: look.water_area),
                *_rows(lines, lambda look: look.water_line),
                *(("sea", "", shape) for shape in sea(coast, within=frame)),
            ],
            crs,
        ),
        green=_frame(_rows(areas, lambda look: look.green), crs),
        rails=_frame(_rows(lines, lambda look: look.rail), crs),
    )
    return found, _findings({way for way, _, _ in open_water})


def nothing(crs: CRS) -> Surroundings:
    """Return surroundings without anything in them."""
    return Surroundings(
        **{part: _frame([], crs) for part in ("barriers", "water", "green", "rails")}
    )


def hidden(tags: Tags, rules: Barriers) -> bool:
    """Return whether a thing runs under or over the ground, and stops nobody.

    Examples
    --------
    >>> from geoplan.presets import barriers
    >>> hidden({"waterway": "river", "tunnel": "culvert"}, barriers())
    True
    """
    if any(tags.get(key, "no") != "no" for key in rules.hidden_keys):
        return True
    if matches(tags, rules.hidden_values):
        return True
    return any(key in tags for key in rules.below_ground) and _layer(tags) < 0


def sea(coast: Sequence[BaseGeometry], *, within: Polygon) -> list[Polygon]:
    """Return the sea inside a polygon, where the coast says beyond doubt.

    Land lies on the left of a coastline. A face between coast and polygon is sea
    if some coast has it on its right and none on its left. Where a coast breaks
    off inside, nothing is said of what lies beyond its end.
    """
    if not coast or within.is_empty:
        return []
    whole = shapely.line_merge(shapely.union_all(coast))
    known = _known(within, whole)
    lines = shapely.get_parts(shapely.intersection(whole, known))
    noded = shapely.union_all([*lines, known.exterior])
    faces = shapely.get_parts(shapely.polygonize([noded]))
    right, left = _beside(lines)
    tree = shapely.STRtree(faces)
    wet = np.zeros(len(faces), bool)
    dry = np.zeros(len(faces), bool)
    wet[tree.query(right, predicate="within")[1]] = True
    dry[tree.query(left, predicate="within")[1]] = True
    return list(faces[wet & ~dry])


def _known(area: Polygon, coast: BaseGeometry) -> Polygon:
    """Return the largest part of an area, cut straight, where no coast ends."""
    for end in shapely.get_parts(coast.boundary):
        if not area.contains(end):
            continue
        west, south, east, north = area.bounds
        sides = (
            (west, south, end.x, north),
            (end.x, south, east, north),
            (west, south, east, end.y),
            (west, end.y, east, north),
        )
        area = max((_polygon(area & shapely.box(*side)) for side in sides), key=_area)
    return area


def _polygon(shape: BaseGeometry) -> Polygon:
    return shape if isinstance(shape, Polygon) else Polygon()


def _area(shape: BaseGeometry) -> float:
    return float(shape.area)


def _beside(lines: Geometries) -> tuple[Geometries, Geometries]:
    """Return points just right and just left of every segment's middle."""
    places, line = shapely.get_coordinates(lines, return_index=True)
    along = np.diff(places, axis=0)
    length = np.hypot(along[:, 0], along[:, 1])
    real = (np.diff(line) == 0) & (length > 0)
    along, length = along[real], length[real, None]
    middle = places[:-1][real] + along / 2
    aside = np.column_stack([along[:, 1], -along[:, 0]]) / length * _ASIDE
    return shapely.points(middle + aside), shapely.points(middle - aside)


def _covered(
    extract: Extract, pieces: Pieces, *, crs: CRS, bounds: Box | None
) -> Polygon:
    """Return where the extract covers the bounds: as it says, else as it shows."""
    if extract.box is None or extract.box == _WORLD:
        covered = shapely.box(*shapely.total_bounds(pieces.lines))
    else:
        degrees = shapely.segmentize(shapely.box(*extract.box), 0.01)
        covered = shapely.transform(degrees, lambda xy: projected(xy, crs=crs))
    box = shapely.box(*(bounds or covered.bounds))
    return _polygon(covered & box)


def _areas(
    areas: Sequence[Area], *, crs: CRS, bounds: Box | None
) -> list[tuple[Area, BaseGeometry]]:
    """Return the areas within the bounds, with their shapes in the working CRS."""
    shapes = shapely.transform(
        np.asarray([area.shape for area in areas], object),
        lambda lonlat: projected(lonlat, crs=crs),
    )
    inside = within(shapes, bounds).tolist()
    found = zip(areas, shapes, inside, strict=True)
    return [(area, shape) for area, shape, kept in found if kept]


def _unclosed(
    extract: Extract, looks: Sequence[_Look | None], pieces: Pieces
) -> list[tuple[int, str, BaseGeometry]]:
    """Return the pieces that outline a water which does not close, with its kind."""
    rules = barriers()
    closed = {area.source for area in extract.areas}
    ways = {
        way: look.area
        for way, look in zip(extract.ids, looks, strict=True)
        if look and look.area and (True, way) not in closed
    }
    for relation, outline in extract.outlines.items():
        kind = matches(outline.tags, rules.areas)
        if kind and (False, relation) not in closed and not hidden(outline.tags, rules):
            ways.update(dict.fromkeys(outline.members, kind))
    ids = (extract.ids[way] for way in pieces.way.tolist())
    return [
        (way, ways[way], shape)
        for way, shape in zip(ids, pieces.lines, strict=True)
        if way in ways
    ]


def _findings(unclosed: set[int]) -> tuple[Finding, ...]:
    if not unclosed:
        return ()
    ways = sorted(unclosed)
    return (
        Finding(
            rule="water_not_closed",
            level="warning",
            layer="network",
            facts={"count": len(ways), "ways": ", ".join(f"w{w}" for w in ways[:5])},
        ),
    )


def _rows(things: Iterable[_Thing], kind_of: Callable[[_Look], str]) -> list[_Row]:
    """Return kind, name and shape of the things that have a kind."""
    return [
        (kind, thing.name, thing.shape)
        for thing in things
        if (kind := kind_of(thing.look))
    ]


def _look(tags: Tags) -> _Look | None:
    """Return what a thing is taken for; None if for nothing that is shown here."""
    rules, scene = barriers(), landscape()
    seen = not hidden(tags, rules)
    look = _Look(
        line=matches(tags, rules.lines) if seen else "",
        area=matches(tags, rules.areas) if seen else "",
        water_line=matches(tags, scene.water_lines) if seen else "",
        water_area=matches(tags, scene.water_areas) if seen else "",
        green=matches(tags, scene.green),
        rail=_rail(tags, scene),
        coast=tags.get("natural") == "coastline",
    )
    return look if any(astuple(look)) else None


def _rail(tags: Tags, scene: Landscape) -> str:
    """Return the kind of a railway that is drawn, or ""."""
    kind = tags.get("railway", "")
    underground = tags.get("tunnel", "no") != "no" or _layer(tags) < 0
    drawn = kind in scene.rails_anywhere or (kind in scene.rails and not underground)
    return kind if drawn else ""


def _layer(tags: Tags) -> float:
    try:
        return float(tags.get("layer", "0"))
    except ValueError:
        return 0.0


def _frame(rows: Sequence[_Row], crs: CRS) -> GeoDataFrame:
    kinds, names, shapes = zip(*rows, strict=True) if rows else ((), (), ())
    return GeoDataFrame(
        {"kind": list(kinds), "name": list(names)}, geometry=list(shapes), crs=crs
    )

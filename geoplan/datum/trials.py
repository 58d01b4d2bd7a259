"""What can be looked at to tell a layer's datum: things, and where they belong.

A trial takes up to 300 things of one layer (footprints, points on borders, the
places of stations) and asks of each whether it lies where such a thing lies: clear
of the ways, in the area that it names, inside the grids.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import geopandas
import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

Shapes = NDArray[np.object_]
Answers = NDArray[np.float64]  #: 1 right, 0 wrong, NaN nothing to say

NETWORK = "network"  # the ways, as what a layer is held against

_MOST = 300  # things of a trial
_ABOUT = 100.0  # m; what is farther from the boxes of all ways says nothing
_ON_WAY = 8.0  # m; a border that follows a way is drawn this near to its middle
_ON_BORDER = 2.0  # m; borders that two layers share
_AT_HOUSE = 5.0  # m; a station or room is in a building, or at its door
_AT_OWN = 40.0  # m; a door from its building, a gate from its compound
_POINTS = (0, 4)
_AREAS = (3, 6)

#: Columns in which things name the area they lie in: layer, column, layer of areas.
_NAMES = (
    ("grids", "community", "communities"),
    ("buildings", "grid", "grids"),
    ("buildings", "compound", "compounds"),
    ("stations", "belongs_community", "communities"),
    ("stations", "serves_community", "communities"),
    ("stations", "serves_grid", "grids"),
    ("stations", "belongs_grid", "grids"),
)
#: Columns in which things name what they are at: a door its building.
_OWNERS = (("entrances", "building", "buildings"), ("gates", "compound", "compounds"))
_CALLED = ("stations", "candidates")  # may bear a community's name in their own
_INSIDE = ("buildings", "stations", "candidates", "compounds", "communities")
_HOUSED = ("stations", "candidates")
_FOLLOWING = ("grids", "communities")


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """Things of one layer, and how to ask whether they lie right by another."""

    layer: str
    against: str
    kind: str  #: named, called, owned, clear, following, bordering, housed, inside
    shapes: Shapes  #: (n,), as read, working CRS
    codes: NDArray[np.object_]  #: (n,), of the things
    right: Callable[[Shapes], Answers]


def trials(
    layers: Mapping[str, GeoDataFrame], *, ways: GeoDataFrame
) -> tuple[Trial, ...]:
    """Return all trials that layers, as a study has them, allow.

    ``ways`` are the network's lines, with bridge and tunnel.
    """
    there = {name: frame for name, frame in layers.items() if len(frame)}
    lines = _Ways.of(ways)
    found: list[Trial | None] = [_clear(there, lines)]
    found += [_following(there, name, lines) for name in _FOLLOWING]
    found += [_named(there, *names) for names in _NAMES]
    found += [_owned(there, *names) for names in _OWNERS]
    found += [_called(there, name) for name in _CALLED]
    found += [_housed(there, name) for name in _HOUSED]
    found += [_inside(there, name) for name in _INSIDE]
    found += [_bordering(there)]
    return tuple(trial for trial in found if trial is not None and len(trial.shapes))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Ways:
    """Lines on the ground: bridges and tunnels say nothing of what lies there."""

    lines: Shapes
    tree: shapely.STRtree

    @classmethod
    def of(cls, ways: GeoDataFrame) -> "_Ways":
        ground = ~(ways["bridge"] | ways["tunnel"]).to_numpy(bool)
        lines = ways.geometry.to_numpy()[ground]
        return cls(lines=lines, tree=shapely.STRtree(lines))


def _clear(layers: Mapping[str, GeoDataFrame], ways: _Ways) -> Trial | None:
    """Return the trial of buildings: no way crosses one; a point is off the way."""
    frame = layers.get("buildings")
    if frame is None or not len(ways.lines):
        return None
    at = _some(np.arange(len(frame)))
    shapes = frame.geometry.to_numpy()[at]
    points = np.isin(shapely.get_type_id(shapes), _POINTS)

    def right(moved: Shapes) -> Answers:
        solid = np.where(points, shapely.buffer(moved, 3.0, quad_segs=2), moved)
        crossed = _hits(ways.tree, solid, "intersects")
        near = crossed | _about(ways.tree, moved)
        return np.where(near, ~crossed, np.nan)

    return _trial("buildings", NETWORK, "clear", frame, at=at, right=right)


def _following(
    layers: Mapping[str, GeoDataFrame], name: str, ways: _Ways
) -> Trial | None:
    """Return the trial of borders that run along ways."""
    frame = layers.get(name)
    if frame is None or not len(ways.lines):
        return None
    points = _on_borders(frame)

    def right(moved: Shapes) -> Answers:
        on = _hits(ways.tree, moved, "dwithin", _ON_WAY)
        near = on | _about(ways.tree, moved)
        return np.where(near, on, np.nan)

    return Trial(
        layer=name,
        against=NETWORK,
        kind="following",
        shapes=points,
        codes=np.full(len(points), "", object),
        right=right,
    )


def _named(
    layers: Mapping[str, GeoDataFrame], name: str, column: str, of: str
) -> Trial | None:
    """Return the trial of things that name the area in which they lie."""
    frame, areas = layers.get(name), layers.get(of)
    if frame is None or areas is None or column not in frame:
        return None
    return _areas(frame, areas, _owner(frame[column], areas), (name, of, "named"))


def _called(layers: Mapping[str, GeoDataFrame], name: str) -> Trial | None:
    """Return the trial of things whose own name begins with a community's."""
    frame, areas = layers.get(name), layers.get("communities")
    if frame is None or areas is None:
        return None
    known = [str(text) for text in areas["name"]]
    owner = np.array(
        [_longest(str(text), known) for text in frame["name"]], dtype=np.intp
    )
    return _areas(frame, areas, owner, (name, "communities", "called"))


def _longest(text: str, known: Sequence[str]) -> int:
    """Return which of the names a text begins with, the longest; -1 if none."""
    fits = [
        i for i, name in enumerate(known) if len(name) > 1 and text.startswith(name)
    ]
    return max(fits, key=lambda i: len(known[i]), default=-1)


def _areas(
    frame: GeoDataFrame,
    areas: GeoDataFrame,
    owner: NDArray[np.intp],
    about: tuple[str, str, str],
) -> Trial:
    at = _some(np.flatnonzero(owner >= 0))
    own = areas.geometry.to_numpy()[owner[at]]
    shapely.prepare(own)

    def right(moved: Shapes) -> Answers:
        inside = shapely.intersects(own, _middles(moved))
        return np.asarray(inside, float)

    return _trial(*about, frame, at=at, right=right)


def _owned(
    layers: Mapping[str, GeoDataFrame], name: str, column: str, of: str
) -> Trial | None:
    """Return the trial of doors and gates, which are at what they belong to."""
    frame, owners = layers.get(name), layers.get(of)
    if frame is None or owners is None:
        return None
    owner = _owner(frame[column], owners)
    at = _some(np.flatnonzero(owner >= 0))
    own = shapely.boundary(owners.geometry.to_numpy()[owner[at]])
    bare = shapely.is_empty(own)
    own = np.where(bare, owners.geometry.to_numpy()[owner[at]], own)

    def right(moved: Shapes) -> Answers:
        return np.asarray(shapely.distance(own, moved) <= _AT_OWN, float)

    return _trial(name, of, "owned", frame, at=at, right=right)


def _housed(layers: Mapping[str, GeoDataFrame], name: str) -> Trial | None:
    """Return the trial of rooms, which are in buildings."""
    frame, buildings = layers.get(name), layers.get("buildings")
    if frame is None or buildings is None:
        return None
    shapes = buildings.geometry.to_numpy()
    if not np.isin(shapely.get_type_id(shapes), _AREAS).all():
        return None
    tree = shapely.STRtree(shapes)

    def right(moved: Shapes) -> Answers:
        return _hits(tree, moved, "dwithin", _AT_HOUSE).astype(float)

    at = _some(np.arange(len(frame)))
    return _trial(name, "buildings", "housed", frame, at=at, right=right)


def _inside(layers: Mapping[str, GeoDataFrame], name: str) -> Trial | None:
    """Return the trial of what should lie inside the grids."""
    frame, grids = layers.get(name), layers.get("grids")
    if frame is None or grids is None:
        return None
    tree = shapely.STRtree(grids.geometry.to_numpy())

    def right(moved: Shapes) -> Answers:
        return _hits(tree, _middles(moved), "intersects").astype(float)

    at = _some(np.arange(len(frame)))
    return _trial(name, "grids", "inside", frame, at=at, right=right)


def _bordering(layers: Mapping[str, GeoDataFrame]) -> Trial | None:
    """Return the trial of communities' borders, which are borders of grids."""
    frame, grids = layers.get("communities"), layers.get("grids")
    if frame is None or grids is None:
        return None
    points = _on_borders(frame)
    tree = shapely.STRtree(shapely.boundary(grids.geometry.to_numpy()))

    def right(moved: Shapes) -> Answers:
        return _hits(tree, moved, "dwithin", _ON_BORDER).astype(float)

    return Trial(
        layer="communities",
        against="grids",
        kind="bordering",
        shapes=points,
        codes=np.full(len(points), "", object),
        right=right,
    )


def _trial(
    name: str,
    against: str,
    kind: str,
    frame: GeoDataFrame,
    *,
    at: NDArray[np.intp],
    right: Callable[[Shapes], Answers],
) -> Trial:
    return Trial(
        layer=name,
        against=against,
        kind=kind,
        shapes=frame.geometry.to_numpy()[at],
        codes=frame.index.to_numpy(object)[at],
        right=right,
    )


def _owner(named: geopandas.GeoSeries, owners: GeoDataFrame) -> NDArray[np.intp]:
    """Return which owner each thing names, by code or by a single name; -1 if none."""
    names = owners["name"].astype(str)
    known = {name: i for i, name in enumerate(names) if name}
    for name in names[names.duplicated()]:
        known.pop(name, None)
    known |= {str(code): i for i, code in enumerate(owners.index)}
    return np.array([known.get(str(text), -1) for text in named], dtype=np.intp)


def _some(at: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return at most 300 of the positions, evenly spread."""
    if len(at) <= _MOST:
        return at
    return at[np.linspace(0, len(at) - 1, _MOST).astype(np.intp)]


def _on_borders(frame: GeoDataFrame) -> Shapes:
    """Return 300 points, evenly spaced, along the borders of areas."""
    lines = shapely.get_parts(shapely.boundary(frame.geometry.to_numpy()))
    ends = np.cumsum(shapely.length(lines))
    if not len(ends) or not ends[-1] > 0:
        return np.empty(0, object)
    along = (np.arange(_MOST) + 0.5) * ends[-1] / _MOST
    line = np.searchsorted(ends, along)
    starts = np.concatenate([[0.0], ends[:-1]])
    points: Shapes = shapely.line_interpolate_point(lines[line], along - starts[line])
    return points


def _middles(shapes: Shapes) -> Shapes:
    points = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    return np.where(points, shapes, shapely.point_on_surface(shapes))


def _about(tree: shapely.STRtree, shapes: Shapes) -> NDArray[np.bool_]:
    """Return which shapes are near the box of something in a tree."""
    bounds = shapely.bounds(shapes) + np.array([-1, -1, 1, 1]) * _ABOUT
    met = np.zeros(len(shapes), bool)
    met[tree.query(shapely.box(*bounds.T))[0]] = True
    return met


def _hits(
    tree: shapely.STRtree, shapes: Shapes, predicate: str, distance: float | None = None
) -> NDArray[np.bool_]:
    """Return which shapes meet, or come near, something in a tree."""
    met = np.zeros(len(shapes), bool)
    pairs = tree.query(shapes, predicate=predicate, distance=distance)
    met[pairs[0]] = True
    return met

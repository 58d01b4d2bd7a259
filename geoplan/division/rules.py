"""The rules of a division, held against its polygons alone.

Nothing here knows how a division was found. A breach that today's division has
already is *inherited*; it may shrink, never grow.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan.check.rules import limit
from geoplan.division.aims import Aims
from geoplan.division.faces import Shapes
from geoplan.division.given import COUNTS, Ground
from geoplan.model import Level
from geoplan.union import united

Codes = NDArray[np.object_]

_PIECE = 1.0  # m²: specks of rounding are no piece
_NEAR = 0.01  # m


@dataclass(frozen=True, kw_only=True)
class Ruled:
    """What one rule says of a division."""

    id: str
    level: Level
    offenders: tuple[str, ...] = ()  #: codes of grids, or names of compounds
    inherited: tuple[str, ...] = ()  #: the same, of breaches that today has

    @property
    def passed(self) -> bool:
        """Return whether nothing offends that today does not."""
        return not self.offenders

    def entry(self) -> dict[str, Any]:
        """Return the rule as the machines' contract has it."""
        return {
            "id": self.id,
            "level": self.level,
            "passed": self.passed,
            "inherited": list(self.inherited),
            "offenders": list(self.offenders),
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """A division, today's, and the ground that both lie on."""

    after: GeoDataFrame  #: index = code; community; polygons
    ground: Ground
    locked: frozenset[str] = frozenset()
    aims: Aims = field(default_factory=Aims)

    @property
    def before(self) -> GeoDataFrame:
        """Return today's division."""
        return self.ground.grids

    @cached_property
    def was(self) -> Codes:
        """Return the grid of today that holds each building's place."""
        return _holding(self.ground.places, self.before)

    @cached_property
    def now(self) -> Codes:
        """Return the grid that holds each building's place."""
        return _holding(self.ground.places, self.after)


def judged(case: Case) -> tuple[Ruled, ...]:
    """Return what every rule says of a division."""
    checks: tuple[Callable[[Case], Ruled], ...] = (
        *(_valid, _covering, _overlapping, _within, _once, _conserved),
        *(_locked, _whole, _across, _compounds, _coded, _banded),
    )
    return tuple(check(case) for check in checks)


def kept(rules: Collection[Ruled]) -> bool:
    """Return whether every hard rule is kept, what is inherited aside."""
    return all(one.passed for one in rules if one.level == "error")


def apart_already(pieces: Iterable[Iterable[int]]) -> bool:
    """Return whether pieces of a grid were apart today, and one at most has grown.

    ``pieces``: for each of them, the piece of the same grid today that each of its
    members was in; -1 for those from elsewhere.
    """
    members = [set(one) for one in pieces]
    known = [one - {-1} for one in members]
    grown = sum(-1 in one for one in members)
    distinct = len(set().union(*known)) == sum(map(len, known))
    return grown <= 1 and distinct and all(known)


def _valid(case: Case) -> Ruled:
    bad = _codes(case.after, ~shapely.is_valid(case.after.geometry.to_numpy()))
    was = _codes(case.before, ~shapely.is_valid(case.before.geometry.to_numpy()))
    return _of("T1", bad, was=set(was))


def _covering(case: Case) -> Ruled:
    """No ground of today's grids is left out."""
    shapes, now = (one.geometry.to_numpy() for one in (case.before, case.after))
    tree = shapely.STRtree(now)
    left = np.zeros(len(shapes))
    for at, shape in enumerate(shapes):
        bare = shape
        for over in now[tree.query(shape)]:  # GEOS errs on unions that nearly fit
            bare = shapely.difference(bare, over)
        left[at] = bare.area
    return Ruled(
        id="T2-gap",
        level="error",
        offenders=_codes(case.before, left > limit("speck_m2")),
    )


def _overlapping(case: Case) -> Ruled:
    """No ground is in two grids but what is today."""
    now, was = (_overlaps(one) for one in (case.after, case.before))
    most = max(was.values(), default=0.0) + limit("speck_m2")
    bad = sorted({code for pair in now for code in pair})
    grown = sum(now.values()) > sum(was.values()) + limit("speck_m2")
    old = {code for pair in was for code in pair}
    worst = {code for pair, m2 in now.items() for code in pair if m2 > most}
    inherited = set() if grown else (old | {*bad}) - worst
    return _of("T2-overlap", bad, was=inherited)


def _overlaps(grids: GeoDataFrame) -> dict[tuple[str, str], float]:
    shapes = grids.geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    wide = shared > limit("speck_m2")
    names = grids.index.astype(str)
    return {
        (names[a], names[b]): float(m2)
        for a, b, m2 in zip(one[wide], other[wide], shared[wide], strict=True)
    }


def _within(case: Case) -> Ruled:
    """Every grid lies in the ground that its community has today."""
    shapes = case.before.geometry
    ground = {
        community: united(shapes[mine].to_numpy())
        for community, mine in case.before.groupby("community").groups.items()
    }
    none = shapely.MultiPolygon()
    own = [ground.get(community, none) for community in case.after["community"]]
    off = shapely.area(shapely.difference(case.after.geometry.to_numpy(), own))
    return Ruled(
        id="N2",
        level="error",
        offenders=_codes(case.after, off > limit("speck_m2")),
    )


def _once(case: Case) -> Ruled:
    """Every building that a grid holds today is held by a grid."""
    lost = (case.was != "") & (case.now == "")
    names = case.ground.buildings.index.to_numpy(object)[lost]
    return Ruled(id="N3", level="error", offenders=tuple(sorted(map(str, names))))


def _conserved(case: Case) -> Ruled:
    """Totals of communities are today's."""
    was, now = (
        _by_community(case, grids, grid=grid)
        for grids, grid in ((case.before, case.was), (case.after, case.now))
    )
    every = was.index.union(now.index).difference([""])
    change = was.reindex(every, fill_value=0.0) - now.reindex(every, fill_value=0.0)
    off = every[(change.round() != 0).any(axis=1)]
    return Ruled(id="N3-totals", level="error", offenders=tuple(sorted(map(str, off))))


def _by_community(case: Case, grids: GeoDataFrame, *, grid: Codes) -> DataFrame:
    """Return the ``COUNTS`` of each community; "" of what no grid holds.

    ``grid``: of each building.
    """
    owner = grids["community"].astype(str).groupby(level=0).last()
    community = Series(grid).map(owner).fillna("")
    numbers = DataFrame(case.ground.buildings[list(COUNTS)]).astype(float)
    return numbers.groupby(community.to_numpy(object)).sum()


def _locked(case: Case) -> Ruled:
    """Locked grids are as they were."""
    codes = sorted(case.locked & set(case.before.index))
    was = case.before.geometry.reindex(codes).to_numpy()
    now = case.after.geometry.reindex(codes).to_numpy()
    differ = shapely.area(shapely.symmetric_difference(was, now))
    bad = np.isnan(differ) | (differ > limit("speck_m2"))
    return Ruled(
        id="lock",
        level="error",
        offenders=tuple(code for code, off in zip(codes, bad, strict=True) if off),
    )


def _whole(case: Case) -> Ruled:
    """Every grid is one piece; a piece that is apart today may stay apart."""
    offenders: list[str] = []
    inherited: list[str] = []
    for code, shape in case.after.geometry.items():
        now = _parts(shape)
        if len(now) < 2:  # noqa: PLR2004  one piece is whole
            continue
        was = _parts(case.before.geometry.get(code))
        (inherited if _no_more(now, was) else offenders).append(str(code))
    return Ruled(
        id="G1",
        level="error",
        offenders=_sorted(offenders),
        inherited=_sorted(inherited),
    )


def _parts(shape: shapely.Geometry | None) -> Shapes:
    """Return the pieces of a shape that are no specks."""
    parts = shapely.get_parts(shape) if shape is not None else np.empty(0, object)
    found: Shapes = parts[shapely.area(parts) > _PIECE]
    return found


def _no_more(now: Shapes, was: Shapes) -> bool:
    """Return whether pieces are those of today: one may have changed, none is new."""
    if len(now) > len(was):
        return False
    shared = np.array([shapely.area(shapely.intersection(one, was)) for one in now])
    of = shared.argmax(axis=1)
    known = len(set(of.tolist())) == len(now) and bool((shared.max(axis=1) > 0).all())
    wide = shapely.buffer(was[of], _NEAR)
    beyond = shapely.area(shapely.difference(now, wide)) > _PIECE
    return known and int(beyond.sum()) <= 1


def _across(case: Case) -> Ruled:
    """No grid has homes on both sides of a railway, water or motorway."""
    offenders: list[str] = []
    inherited: list[str] = []
    today = dict(_sides(case, case.before))
    for code, sides in _sides(case, case.after):
        was = {int(b): at for at, one in enumerate(today.get(code, [])) for b in one}
        known = apart_already([[was.get(int(b), -1) for b in one] for one in sides])
        (inherited if known else offenders).append(code)
    return Ruled(
        id="G2",
        level="error",
        offenders=_sorted(offenders),
        inherited=_sorted(inherited),
    )


def _sides(
    case: Case, grids: GeoDataFrame
) -> Iterator[tuple[str, list[NDArray[np.intp]]]]:
    """Yield the grids that barriers cut, and the buildings on each side, most first."""
    tree = shapely.STRtree(case.ground.hard)
    places = shapely.STRtree(case.ground.places)
    for code, shape in grids.geometry.items():
        lines = case.ground.hard[tree.query(shape, predicate="intersects")]
        if not len(lines):
            continue
        noded = shapely.union_all([shape.boundary, *lines])
        cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
        inside = shapely.contains_properly(shape, shapely.point_on_surface(cells))
        held = [places.query(one, predicate="contains") for one in cells[inside]]
        lived = sorted((one for one in held if len(one)), key=lambda at: -len(at))
        if len(lived) > 1:
            yield str(code), lived


def _compounds(case: Case) -> Ruled:
    """No compound is parted; what is parted today may stay so, not more."""
    named = case.ground.buildings["compound"].to_numpy(object)
    households = case.ground.buildings["households"].to_numpy(float)
    offenders: list[str] = []
    inherited: list[str] = []
    lived = (named != "") & (case.was != "")
    for name in sorted(set(named[lived])):
        mine = lived & (named == name)
        was, now = (_astray(grid[mine]) for grid in (case.was, case.now))
        if now == 0:
            continue
        large = households[mine].sum() > case.aims.band[1]
        (inherited if now <= was or large else offenders).append(str(name))
    return Ruled(
        id="G3",
        level="error",
        offenders=tuple(offenders),
        inherited=tuple(inherited),
    )


def _astray(grid: Codes) -> int:
    """Return how many buildings are not where most are."""
    counts = np.unique(grid.astype(str), return_counts=True)[1]
    return int(counts.sum() - counts.max())


def _coded(case: Case) -> Ruled:
    """Codes are unique, and begin with the community's where they do today."""
    codes = case.after.index.astype(str)
    twice = set(codes[codes.duplicated()])
    today = case.before
    rule = all(
        str(code).startswith(str(community))
        for code, community in today["community"].items()
    )
    astray = {
        str(code)
        for code, community in case.after["community"].items()
        if rule and not str(code).startswith(str(community))
    }
    return Ruled(id="K1", level="error", offenders=tuple(sorted(twice | astray)))


def _banded(case: Case) -> Ruled:
    """Households of every grid lie in the band."""
    low, high = case.aims.band
    households = case.ground.buildings["households"].to_numpy(float)
    ordinary = [str(c) for c in case.after.index if c not in case.locked]
    now, was = (_sums(grid, households) for grid in (case.now, case.was))
    if not households.any():
        return Ruled(id="H1", level="warning")
    off = {
        code: max(low - now.get(code, 0.0), now.get(code, 0.0) - high)
        for code in ordinary
    }
    before = {code: max(low - size, size - high) for code, size in was.items()}
    bad = sorted(code for code, by in off.items() if by > 0)
    old = {code for code in bad if off[code] <= before.get(code, 0.0)}
    level: Level = "error" if case.aims.hard else "warning"
    return _of("H1", bad, was=old, level=level)


def _sums(grid: Codes, numbers: NDArray[np.float64]) -> dict[str, float]:
    names, at = np.unique(grid.astype(str), return_inverse=True)
    sums = np.bincount(at.reshape(-1), weights=numbers)
    return dict(zip(map(str, names), sums.tolist(), strict=True))


def _of(
    rule: str, bad: Collection[str], *, was: Collection[str], level: Level = "error"
) -> Ruled:
    return Ruled(
        id=rule,
        level=level,
        offenders=tuple(code for code in bad if code not in was),
        inherited=tuple(code for code in bad if code in was),
    )


def _sorted(codes: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes)))


def _codes(frame: GeoDataFrame, which: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(str(code) for code in frame.index[which])


def _holding(points: Shapes, areas: GeoDataFrame) -> Codes:
    """Return the smallest code of the areas that hold each point, "" without."""
    frame = areas.sort_index()
    point, area = shapely.STRtree(frame.geometry.to_numpy()).query(
        points, predicate="intersects"
    )
    found: Codes = np.full(len(points), "", dtype=object)
    order = np.lexsort((-area, point))
    found[point[order]] = frame.index.to_numpy(object)[area[order]]
    return found

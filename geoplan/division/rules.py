"""The rules of a division, held against its polygons alone.

Nothing here knows how a division was found. A breach that today's division has
already is *inherited*; it may shrink, never grow.
"""

from collections.abc import Callable, Collection

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan.check.rules import limit
from geoplan.division.case import Case, Codes, Ruled
from geoplan.division.given import COUNTS
from geoplan.division.whole import across, whole
from geoplan.model import Level
from geoplan.union import united


def judged(case: Case) -> tuple[Ruled, ...]:
    """Return what every rule says of a division.

    Of areas that may lie on both sides of a barrier, that rule says nothing.
    """
    checks: tuple[Callable[[Case], Ruled], ...] = (
        *(_valid, _covering, _overlapping, _within, _once, _conserved),
        *(_locked, whole, *(() if case.ground.crossed else (across,))),
        *(_compounds, _coded, _banded),
    )
    return tuple(check(case) for check in checks)


def kept(rules: Collection[Ruled]) -> bool:
    """Return whether every hard rule is kept, what is inherited aside."""
    return all(one.passed for one in rules if one.level == "error")


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


def _compounds(case: Case) -> Ruled:
    """No compound is parted; what is parted today may stay so, not more.

    One that is larger than a grid may be, may be parted.
    """
    named = case.ground.buildings["compound"].to_numpy(object)
    households = case.ground.buildings["households"].to_numpy(float)
    offenders: list[str] = []
    inherited: list[str] = []
    lived = (named != "") & (case.was != "")
    for name in sorted(set(named[lived])):
        mine = lived & (named == name)
        was, now = (_astray(grid[mine]) for grid in (case.was, case.now))
        large = households[mine].sum() > case.aims.band[1]
        if now == 0 or (large and now > was):
            continue
        (inherited if now <= was else offenders).append(str(name))
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
    sizes = {str(code): was.get(str(code), 0.0) for code in case.before.index}
    before = {code: max(low - size, size - high) for code, size in sizes.items()}
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

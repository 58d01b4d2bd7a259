"""A plan: the grid of every unit, today's or proposed, and what it makes of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame, Series

from geoplan.division import numbering
from geoplan.division.aims import Aims
from geoplan.division.faces import NECK, Ints
from geoplan.division.four_sides import sides
from geoplan.division.given import Ground
from geoplan.division.neighbours import neighbours, pieces
from geoplan.division.problem import Scope, scope
from geoplan.division.search.descent import Effort
from geoplan.division.stations import Near, Stations, beyond, near_today
from geoplan.division.units import Units, units
from geoplan.model import DEDICATED

Codes = NDArray[np.object_]

NOBODYS = ""  # the code of ground that a division drawn by others leaves out


@dataclass(frozen=True, kw_only=True, eq=False)
class Board:
    """What plans are made on."""

    units: Units
    pairs: DataFrame  #: as ``neighbours`` gives them
    aims: Aims
    effort: Effort
    locked: frozenset[str]  #: codes of grids that stay as they are
    template: numbering.Template | None = None  #: of codes; None: as today's
    second: Codes | None = None  #: the second division's area of each unit
    stations: Stations | None = None  #: those of the grids' tier, if there are any

    def open_grids(self, communities: Collection[str] | None = None) -> list[str]:
        """Return the grids that may be redrawn, all or of some communities."""
        grids = self.units.ground.grids
        free = ~grids.index.isin(list(self.locked))
        if communities is not None:
            free &= grids["community"].isin(list(communities)).to_numpy()
        return [str(code) for code in grids.index[free]]

    @cached_property
    def bare(self) -> frozenset[str]:
        """Return today's grids that have no unit: all their ground is of others too."""
        held = self.units.frame["grid"]
        return frozenset(map(str, self.units.ground.grids.index.difference(held)))

    @cached_property
    def near(self) -> Near:
        """Return who is near the own stations of today's grids, if there are any."""
        stations = self.stations or Stations.none(self.units.frame.crs)
        return near_today(stations, units=self.units)

    @cached_property
    def sides_today(self) -> DataFrame:
        """Return what today's grids run to, as :func:`four_sides.sides` does."""
        ground = self.units.ground
        return sides(ground.grids, ground=ground)

    def trying(self, effort: Effort) -> "Board":
        """Return the same board with another effort."""
        return replace(self, effort=effort)


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """A division: a grid for every unit."""

    board: Board
    grid: Codes  #: code of each unit's grid
    seed: int = 0
    share: float | None = None  #: of households that might move, in a Pareto list
    knee: bool = False
    #: communities that stay as they are, as nothing was found that keeps every rule
    stays: tuple[str, ...] = ()

    @property
    def moved(self) -> NDArray[np.bool_]:
        """Return which units change their grid."""
        changed: NDArray[np.bool_] = self.grid != self.today
        return changed

    @property
    def today(self) -> Codes:
        """Return the grid of each unit today."""
        codes: Codes = self.board.units.frame["grid"].to_numpy(object)
        return codes

    @property
    def households_moved(self) -> int:
        """Return how many households change their grid (or people, see measure)."""
        units_ = self.board.units
        counted = units_.frame[units_.ground.measure].to_numpy(float)
        return round(float(counted[self.moved].sum()))

    def sizes(self) -> Series:
        """Return the households of each grid that is redrawn or could be."""
        units_ = self.board.units
        return self.summed(units_.frame[units_.ground.measure].to_numpy(float))

    def summed(self, counts: NDArray[np.float64]) -> Series:
        """Return the sum of what units count, by grid that is redrawn or could be.

        A grid whose ground is all of others too has no unit and stays: 0.
        """
        frame = self.board.units.frame
        free = ~frame["grid"].isin(list(self.board.locked)).to_numpy()
        sums = Series(counts[free]).groupby(self.grid[free]).sum()
        bare = Series(0.0, index=sorted(self.board.bare - self.board.locked))
        return pd.concat([sums.drop(NOBODYS, errors="ignore"), bare])

    @property
    def cv(self) -> float:
        """Return the standard deviation of the grids' households ÷ their mean."""
        return spread(self.sizes())


def spread(sizes: Series) -> float:
    """Return the standard deviation ÷ the mean; 0 where there is nothing."""
    mean = float(sizes.mean()) if len(sizes) else 0.0
    return float(sizes.std(ddof=0)) / mean if mean > 0 else 0.0


def board(
    ground: Ground,
    *,
    aims: Aims | None = None,
    effort: Effort | None = None,
    locked: Collection[str] = (),
    second: GeoDataFrame | None = None,
    areas: Codes | None = None,
) -> Board:
    """Return what plans are made on: units, neighbours, and what is asked.

    ``locked``: codes of grids that stay; 专属 grids stay in any case.
    ``second``: areas of another division (警格), index = code.
    ``areas``: polygons of another division, whose borders no unit crosses.
    """
    aims = aims or Aims()
    made = units(ground, most=aims.band[1], areas=areas)
    kind = ground.grids["kind"].fillna("").astype(str)
    own = ground.grids.index[kind.str.contains(DEDICATED)]
    return Board(
        units=made,
        pairs=neighbours(made),
        aims=aims,
        effort=effort or Effort(),
        locked=frozenset([*locked, *own]),
        second=None if second is None else _second(made, second),
    )


def today(on: Board) -> Plan:
    """Return the division as it is."""
    return Plan(board=on, grid=on.units.frame["grid"].to_numpy(object).copy())


def scope_of(
    on: Board,
    grids: Collection[str],
    *,
    aims: Aims | None = None,
    afresh: bool = False,
) -> Scope:
    """Return the problem of dividing the ground of some grids anew.

    ``aims``: others than the board's; ``afresh``: as for ``problem.scope``.
    """
    space = scope(
        on.units,
        pairs=on.pairs,
        grids=grids,
        aims=aims or on.aims,
        afresh=afresh,
        second=on.second,
    )
    if on.stations is None:
        return space
    codes = np.array(space.problem.today, dtype=object)
    size = on.units.frame[on.units.ground.measure].to_numpy(float)
    by_unit = beyond(on.near, rows=space.rows, grids=codes, size=size)
    far = np.zeros((space.problem.atoms, len(codes)))
    np.add.at(far, space.atom, by_unit)
    return replace(space, problem=replace(space.problem, far=far))


def shifted(on: Board, *, rows: Ints, part: Ints, names: Sequence[str]) -> Codes:
    """Return the grid of every unit after some went to other grids of today.

    ``names``: the code of each part.
    """
    found: Codes = on.units.frame["grid"].to_numpy(object).copy()
    found[rows] = np.array(names, dtype=object)[part]
    return found


def coded(
    on: Board, *, rows: Ints, part: Ints, stuck: NDArray[np.bool_] | None = None
) -> Codes:
    """Return the grid of every unit after some have been parted anew.

    Parameters
    ----------
    rows : int array
        Positions of those units.
    part : int array
        The part of each; numbers of parts need not follow one another.
    stuck : bool array, optional
        Which of them cannot be walked to in their grid: no part without them keeps
        its code.
    """
    frame = on.units.frame.iloc[rows]
    apart = np.zeros(len(rows), bool) if stuck is None else stuck
    found: Codes = on.units.frame["grid"].to_numpy(object).copy()
    owner = frame["community"].to_numpy(object)
    piece = _pieces(on, rows=rows, part=part)
    for community in sorted(set(owner)):
        mine = np.flatnonzero(owner == community)
        found[rows[mine]] = _coded_within(
            on,
            frame=frame.iloc[mine],
            part=part[mine],
            piece=piece[mine],
            stuck=apart[mine],
            community=str(community),
        )
    return found


def _pieces(on: Board, *, rows: Ints, part: Ints) -> Ints:
    """Return the piece of ground of its part that each of some units is in."""
    place = np.full(len(on.units.frame), -1, np.int64)
    place[rows] = np.arange(len(rows))
    wide = on.units.borders[on.units.borders["border_m"] > NECK]
    one, other = (place[wide[name].to_numpy()] for name in ("one", "other"))
    inner = (one >= 0) & (other >= 0)
    inner[inner] = part[one[inner]] == part[other[inner]]
    return pieces(len(rows), one=one[inner], other=other[inner])


def _coded_within(
    on: Board,
    *,
    frame: GeoDataFrame,
    part: Ints,
    piece: Ints,
    stuck: NDArray[np.bool_],
    community: str,
) -> Codes:
    """Return the codes of the parts of one community, by unit.

    ``piece``: of the ground of its part that each unit is in.
    """
    every, number = np.unique(part, return_inverse=True)
    number = number.reshape(-1)
    old, grid = np.unique(frame["grid"].to_numpy(str), return_inverse=True)
    # where nobody lives, the ground decides
    weight = frame[on.units.ground.measure] + 1e-9 * frame["area_m2"]
    overlap, apart = (
        numbering.matched(
            number, grid=grid.reshape(-1), weight=one, shape=(len(every), len(old))
        )
        for one in (weight.to_numpy(float), stuck.astype(float))
    )
    torn = numbering.apart(number, grid=grid.reshape(-1), piece=piece)
    stays = numbering.kept(overlap, bound=apart > 0, apart=torn)
    new = np.flatnonzero(stays < 0)
    area = np.bincount(number, weights=frame["area_m2"], minlength=len(every))
    middle = np.column_stack(
        [
            np.bincount(number, weights=frame["area_m2"] * frame[axis]) / area
            for axis in ("x", "y")
        ]
    )
    codes: dict[int, str] = {}
    if len(new):
        grids = on.units.ground.grids
        own = grids["community"] == community
        mine, others = (list(map(str, grids.index[one])) for one in (own, ~own))
        codes = numbering.numbered(
            new,
            at=middle[new],
            community=numbering.stem(mine, community=community, others=others),
            codes=mine,
            row_m=float(np.sqrt(area.mean())),
            by=on.template,
        )
    names = [str(old[at]) if at >= 0 else codes[i] for i, at in enumerate(stays)]
    return np.array(names, dtype=object)[number]


def _second(made: Units, areas: GeoDataFrame) -> Codes:
    """Return the area of another division that each unit lies in, "" without."""
    points = shapely.point_on_surface(made.frame.geometry.to_numpy())
    unit, area = shapely.STRtree(areas.geometry.to_numpy()).query(
        points, predicate="intersects"
    )
    found: Codes = np.full(len(points), "", dtype=object)
    found[unit[::-1]] = areas.index.to_numpy(object)[area[::-1]]
    return found

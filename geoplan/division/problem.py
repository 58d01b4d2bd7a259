"""A division as arrays: atoms that move whole, borders between them, today's parts."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame, Index

from geoplan.division.aims import Aims
from geoplan.division.atoms import glued, in_pieces
from geoplan.division.faces import Bools, Floats, Ints
from geoplan.division.units import Units


@dataclass(frozen=True, kw_only=True, eq=False)
class Graph:
    """Which atoms touch; rows by atom, both ways."""

    start: Ints  #: shape (n + 1,)
    other: Ints  #: the neighbour, shape (m,)
    border: Floats  #: m, of the border in all
    cost: Floats  #: what it costs that a border lies there, weighted
    walk: Bools  #: whether one can be led across

    @classmethod
    def of(cls, size: int, *, pairs: DataFrame) -> Self:
        """Return the graph of pairs: one, other, border_m, cost, walk."""
        one, other = pairs["one"].to_numpy(np.int64), pairs["other"].to_numpy(np.int64)
        ends = np.concatenate([one, other]), np.concatenate([other, one])
        order = np.lexsort((ends[1], ends[0]))
        counts = np.bincount(ends[0], minlength=size)

        def both(name: str) -> NDArray[np.generic]:
            return np.tile(pairs[name].to_numpy(), 2)[order]

        return cls(
            start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            other=ends[1][order],
            border=both("border_m").astype(float),
            cost=both("cost").astype(float),
            walk=both("walk").astype(bool),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """What a search is about; arrays of shape (n,) by atom."""

    graph: Graph
    load: Floats  #: work
    size: Floats  #: households (or people, or buildings), of the band and of moves
    x: Floats
    y: Floats
    inertia: Floats  #: of the atom in itself: weight × m²
    home: Ints  #: today's part; -1 where every part is another
    fixed: Bools  #: what stays in its part: it cannot be walked to
    today: tuple[str, ...]  #: codes of today's grids, by number
    area_m2: float
    aims: Aims
    banded: bool = True  #: whether the band means anything here
    #: shape (n, parts): households beyond the limit of a part's own stations
    far: Floats | None = None

    @property
    def atoms(self) -> int:
        """Return the number of atoms."""
        return len(self.load)

    @property
    def most(self) -> int:
        """Return how many parts there may be: none without households but today's."""
        return min(self.atoms, max(int((self.size > 0).sum()), len(self.today)))

    @property
    def total(self) -> float:
        """Return the households in all."""
        return float(self.size.sum())

    def at_home(self, home: Ints, *, far: Floats | None = None) -> Self:
        """Return the same problem with other parts as today's."""
        return replace(self, home=home, far=far)


@dataclass(frozen=True, kw_only=True, eq=False)
class Scope:
    """A problem and the units that it is of."""

    problem: Problem
    units: Units
    rows: Ints  #: positions of the units in scope
    atom: Ints  #: the atom of each of them
    stray: tuple[str, ...]  #: units that cannot be walked to in their grid (or scope)
    stuck: Bools  #: shape (rows,): those, and units of compounds that lie in pieces

    def of_units(self, part: Ints) -> Ints:
        """Return the part of every unit of the scope."""
        return part[self.atom]


def scope(
    units: Units,
    *,
    pairs: DataFrame,
    grids: Collection[str],
    aims: Aims,
    afresh: bool = False,
    second: NDArray[np.object_] | None = None,
) -> Scope:
    """Return the problem of dividing the ground of some grids anew.

    Parameters
    ----------
    pairs : DataFrame
        As ``neighbours`` gives them.
    grids : collection of str
        Codes; all others stay as they are.
    afresh : bool
        Whether the borders of today count for nothing: what cannot be walked to
        within its grid, but within its community, then need not stay with it.
    second : array of texts, optional
        The area of the second division that each unit lies in.
    """
    rows = np.flatnonzero(units.frame["grid"].isin(list(grids)).to_numpy())
    frame = units.frame.iloc[rows]
    place = np.full(len(units.frame), -1, np.int64)
    place[rows] = np.arange(len(rows))
    inner = pairs.assign(
        one=place[pairs["one"].to_numpy()], other=place[pairs["other"].to_numpy()]
    )
    inner = inner[(inner["one"] >= 0) & (inner["other"] >= 0)]
    owner = frame["community"].to_numpy(object)
    inner = inner[owner[inner["one"]] == owner[inner["other"]]]
    atom, stray = glued(frame, pairs=inner, within="community" if afresh else "grid")
    costed = _costed(inner, frame=frame, aims=aims, grids=len(grids))
    if second is not None:
        costed = _second(costed, second[rows], aims=aims)
    stuck = stray | in_pieces(frame, pairs=inner)
    lone = stray[inner["one"].to_numpy()] | stray[inner["other"].to_numpy()]
    costed["walk"] = costed["walk"].to_numpy() & ~lone
    return Scope(
        problem=_problem(
            units,
            frame=frame,
            pairs=costed,
            atom=atom,
            aims=aims,
            stays=np.zeros(len(rows), bool) if afresh else stuck,
        ),
        units=units,
        rows=rows,
        atom=atom,
        stray=tuple(frame.index[stray]),
        stuck=stuck,
    )


def _costed(pairs: DataFrame, *, frame: DataFrame, aims: Aims, grids: int) -> DataFrame:
    """Return the pairs with what a border there costs."""
    side = _side(frame, grids=grids)
    off = (pairs["border_m"] - pairs["line_m"]).clip(lower=0)
    cost = aims.weight("borders") * off + aims.weight("compact") * pairs["border_m"]
    return pairs.assign(cost=cost / side)


def _side(frame: DataFrame, *, grids: int) -> float:
    """Return the border that all grids have if they are squares, m."""
    return float(2 * np.sqrt(max(frame["area_m2"].sum(), 1.0) * max(grids, 1)))


def _second(pairs: DataFrame, area: NDArray[np.object_], *, aims: Aims) -> DataFrame:
    """Return the pairs with what it costs to part an area of another division."""
    same = area[pairs["one"]] == area[pairs["other"]]
    known = area[pairs["one"]] != ""
    side = float(pairs["border_m"].sum()) or 1.0
    more = aims.weight("second") * pairs["border_m"] * (same & known) / side
    return pairs.assign(cost=pairs["cost"] + more)


def _problem(
    units: Units,
    *,
    frame: DataFrame,
    pairs: DataFrame,
    atom: Ints,
    aims: Aims,
    stays: Bools,
) -> Problem:
    count = int(atom.max(initial=-1)) + 1
    size = frame[units.ground.measure].to_numpy(float)
    load = aims.load(frame) if aims.workload and frame["households"].any() else size

    def summed(values: Floats) -> Floats:
        return np.bincount(atom, weights=values, minlength=count).astype(float)

    weight, area = summed(size), summed(frame["area_m2"].to_numpy(float))
    x, y = frame["x"].to_numpy(float), frame["y"].to_numpy(float)
    by = np.where(summed(size)[atom] > 0, size, frame["area_m2"].to_numpy(float))
    whole = np.where(weight > 0, weight, np.maximum(area, 1e-9))
    middle = summed(by * x) / whole, summed(by * y) / whole
    off = (x - middle[0][atom]) ** 2 + (y - middle[1][atom]) ** 2
    first = np.unique(atom, return_index=True)[1]
    today = Index(sorted(frame["grid"].unique()))
    return Problem(
        graph=Graph.of(count, pairs=_between(pairs, atom)),
        load=summed(load),
        size=weight,
        x=middle[0] - float(x.mean()),
        y=middle[1] - float(y.mean()),
        inertia=summed(size * off),
        home=today.get_indexer(frame["grid"])[first].astype(np.int64),
        fixed=np.bincount(atom, weights=stays, minlength=count) > 0,
        today=tuple(today),
        area_m2=float(frame["area_m2"].sum()),
        aims=aims,
        banded=units.ground.measure == "households",
    )


def _between(pairs: DataFrame, atom: Ints) -> DataFrame:
    """Return the pairs of atoms that the pairs of their units make."""
    one, other = atom[pairs["one"].to_numpy()], atom[pairs["other"].to_numpy()]
    table = pairs.assign(one=np.minimum(one, other), other=np.maximum(one, other))
    table = table[table["one"] != table["other"]]
    how = {"border_m": "sum", "cost": "sum", "walk": "any"}
    return table.groupby(["one", "other"], as_index=False, sort=True).agg(how)

"""Balanced matching: who goes where, near and even (就近就便、相对均衡).

Each unit goes to one community, each community takes between a minimum and a
maximum, and the total walk is the least that there is: an assignment problem,
solved to its optimum by HiGHS.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geoplan.errors import UsageError

Array = NDArray[Any]

_HALF = 0.5
_NAMES = 10  # codes told in a text; the facts have them all


@dataclass(frozen=True, kw_only=True, eq=False)
class Matching:
    """Which unit goes to which community, and how even that is."""

    #: index = code of the unit: community, minutes, nearest, nearest_minutes,
    #: locked (bool); community "" and minutes NaN where it can walk to none
    units: DataFrame
    #: index = code: before (taken if each unit went to its nearest), after,
    #: minimum, maximum, minutes (total walk of its units)
    communities: DataFrame
    minutes: float  #: total walk, proved to be the least under the limits
    nearest_minutes: float  #: total walk if each unit went to its nearest
    #: least, most, mean, gini of what communities take, before and after
    fairness: DataFrame


def match(units: DataFrame, *, communities: DataFrame, pairs: DataFrame) -> Matching:
    """Return the matching of least total walk.

    Parameters
    ----------
    units : DataFrame
        index = code; optional size (whole number that counts for the limits,
        default 1), locked (code of the community it must go to, or "").
    communities : DataFrame
        index = code; optional minimum (default 0), maximum (default none), name
        (by which a text calls it; default the code).
    pairs : DataFrame
        unit, community (positions), minutes; a pair that is not there cannot be.

    Raises
    ------
    UsageError
        The limits cannot all be kept; which, and how far they must give way, is
        in the text and the facts.
    """
    pairs = pairs.sort_values(["unit", "minutes", "community"], ignore_index=True)
    size = units["size"].to_numpy() if "size" in units else np.ones(len(units))
    low, high = _limits(communities)
    floor = _locked(units, communities=communities, pairs=pairs)
    model = _Model.of(pairs, size=size.astype(float), floor=floor, areas=len(low))
    taken = model.solved(low, high)
    if taken is None:
        raise _refused(model, communities, low=low, high=high)
    return _matching(units, communities, pairs=pairs, taken=taken, limits=(low, high))


def constraint(rows: sparse.csr_array, low: Array, high: Array) -> LinearConstraint:
    """Return rows and their limits as every release of SciPy hands them to HiGHS.

    Those before 1.15 take no wide index.
    """
    columns = rows.tocsc()
    columns.indices = columns.indices.astype(np.int32)
    columns.indptr = columns.indptr.astype(np.int32)
    return LinearConstraint(columns, low, high)


def _limits(communities: DataFrame) -> tuple[Array, Array]:
    """Return the minimum and the maximum of each community."""
    size = len(communities)
    low = (
        communities["minimum"].fillna(0) if "minimum" in communities else np.zeros(size)
    )
    no_limit = np.full(size, np.inf)
    high = (
        communities["maximum"].fillna(np.inf) if "maximum" in communities else no_limit
    )
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    wrong = np.flatnonzero((low > high) | (low < 0))
    if len(wrong):
        code = str(communities.index[wrong[0]])
        raise UsageError.at(
            "match_limits", code=code, low=low[wrong[0]], high=high[wrong[0]]
        )
    return low, high


def _locked(units: DataFrame, *, communities: DataFrame, pairs: DataFrame) -> Array:
    """Return 1 for each pair that is locked, 0 for the others."""
    floor = np.zeros(len(pairs))
    if "locked" not in units:
        return floor
    asked = units["locked"].fillna("").astype(str).to_numpy()
    wanted = asked[pairs["unit"].to_numpy()]
    is_locked = wanted == communities.index.astype(str)[pairs["community"]].to_numpy()
    floor[is_locked] = 1.0
    met = np.zeros(len(units), bool)
    met[pairs["unit"].to_numpy()[is_locked]] = True
    missing = np.flatnonzero((asked != "") & ~met)
    if len(missing):
        unit = missing[0]
        raise UsageError.at(
            "match_locked", unit=str(units.index[unit]), community=asked[unit]
        )
    return floor


@dataclass(frozen=True, kw_only=True, eq=False)
class _Model:
    """The linear program: one variable a pair; totals are whole at its corners."""

    minutes: Array
    floor: Array  #: 1 where a pair is locked
    by_unit: sparse.csr_array
    by_area: sparse.csr_array  #: sizes

    @classmethod
    def of(cls, pairs: DataFrame, *, size: Array, floor: Array, areas: int) -> "_Model":
        unit, area = pairs["unit"].to_numpy(), pairs["community"].to_numpy()
        used, row = np.unique(unit, return_inverse=True)
        at = np.arange(len(unit))
        shape = (len(used), len(unit))
        return cls(
            minutes=pairs["minutes"].to_numpy(dtype=float),
            floor=floor,
            by_unit=sparse.csr_array((np.ones(len(unit)), (row, at)), shape=shape),
            by_area=sparse.csr_array(
                (size[unit], (area, at)), shape=(areas, len(unit))
            ),
        )

    def solved(self, low: Array, high: Array) -> Array | None:
        """Return which pairs are taken; None if the limits cannot be kept."""
        return self._least(self.minutes, self.by_area, limits=(low, high))

    def strained(self, low: Array, high: Array) -> tuple[Array, Array]:
        """Return by how much each minimum and maximum must give way, least in all.

        Of ways that give way by as much in all, one whose largest part is least.
        """
        areas, pairs = len(low), len(self.minutes)
        eye = sparse.identity(areas, format="csr")
        strain = sparse.hstack([self.by_area, eye, -eye], format="csr")
        cost = np.concatenate([np.zeros(pairs), np.ones(2 * areas)])
        best = self._least(cost, strain, limits=(low, high))
        assert best is not None  # noqa: S101  the spare makes room for anything
        small, large = 0, round(best[pairs:].max())
        while large - small > 1:
            middle = (small + large) // 2
            other = self._least(cost, strain, limits=(low, high), most=middle)
            if other is None or cost @ other > cost @ best + _HALF:
                small = middle
            else:
                best, large = other, middle
        short, over = best[pairs:].reshape(2, areas)
        return np.rint(short), np.rint(over)

    def _least(
        self,
        cost: Array,
        rows: sparse.csr_array,
        *,
        limits: tuple[Array, Array],
        most: float = np.inf,
    ) -> Array | None:
        """Return the values of least cost; ``most``: of each beyond the pairs."""
        if not len(cost):
            return None if (limits[0] > 0).any() else np.empty(0)
        pairs, units = len(self.minutes), self.by_unit.shape[0]
        spare = len(cost) - pairs
        beside = sparse.csr_array((units, spare))
        once = sparse.hstack([self.by_unit, beside], format="csr")
        rows = sparse.vstack([once, rows], format="csr")
        low, high = (np.concatenate([np.ones(units), one]) for one in limits)
        told = milp(
            cost,
            integrality=np.ones(len(cost)),
            bounds=Bounds(
                np.concatenate([self.floor, np.zeros(spare)]),
                np.concatenate([np.ones(pairs), np.full(spare, most)]),
            ),
            constraints=constraint(rows, low, high),
            options={"mip_rel_gap": 0.0},
        )
        return None if told.x is None else np.asarray(told.x)


def _refused(
    model: _Model, communities: DataFrame, *, low: Array, high: Array
) -> UsageError:
    """Return the error that tells which limits must give way."""
    short, over = model.strained(low, high)
    codes = communities.index.astype(str)
    names = communities["name"].fillna("") if "name" in communities else codes
    called = [str(name or code) for name, code in zip(names, codes, strict=True)]
    ways = [f"{called[i]} ≥ {low[i] - short[i]:g}" for i in np.flatnonzero(short)]
    ways += [f"{called[i]} ≤ {high[i] + over[i]:g}" for i in np.flatnonzero(over)]
    told = ", ".join(ways[:_NAMES])
    needs = {
        str(codes[i]): (float(low[i] - short[i]), float(high[i] + over[i]))
        for i in np.flatnonzero(short + over)
    }
    return UsageError.at("match_unmet", ways=told, needs=needs)


def _matching(
    units: DataFrame,
    communities: DataFrame,
    *,
    pairs: DataFrame,
    taken: Array,
    limits: tuple[Array, Array],
) -> Matching:
    """Return the record of the pairs taken, its totals counted anew."""
    codes = communities.index.astype(str).to_numpy()
    mine = pairs[taken > _HALF]
    near = pairs.drop_duplicates("unit")
    size = units["size"].to_numpy() if "size" in units else np.ones(len(units))
    table = DataFrame(index=units.index)
    columns = (("community", "minutes", mine), ("nearest", "nearest_minutes", near))
    for name, walk, rows in columns:
        place = np.full(len(units), "", dtype=object)
        place[rows["unit"]] = codes[rows["community"]]
        minutes = np.full(len(units), np.nan)
        minutes[rows["unit"]] = rows["minutes"]
        table[name], table[walk] = place, minutes
    table["locked"] = False
    if "locked" in units:
        table["locked"] = units["locked"].fillna("").astype(str) != ""

    def sums(rows: DataFrame, values: Array) -> Array:
        return np.bincount(rows["community"], weights=values, minlength=len(codes))

    before, after = (sums(rows, size[rows["unit"]]) for rows in (near, mine))
    areas = DataFrame(
        {
            "before": before,
            "after": after,
            "minimum": limits[0],
            "maximum": limits[1],
            "minutes": sums(mine, mine["minutes"].to_numpy()),
        },
        index=communities.index,
    )
    return Matching(
        units=table,
        communities=areas,
        minutes=float(mine["minutes"].sum()),
        nearest_minutes=float(near["minutes"].sum()),
        fairness=DataFrame({"before": _even(before), "after": _even(after)}),
    )


def _even(taken: Array) -> dict[str, float]:
    """Return how even some shares are: least, most, mean, Gini coefficient."""
    if not len(taken):
        return {"least": 0.0, "most": 0.0, "mean": 0.0, "gini": 0.0}
    ordered, size = np.sort(taken), len(taken)
    rank = 2.0 * np.arange(1, size + 1) - size - 1
    total = float(ordered.sum())
    gini = float((rank * ordered).sum()) / (size * total) if total else 0.0
    return {
        "least": float(ordered[0]),
        "most": float(ordered[-1]),
        "mean": total / size,
        "gini": gini,
    }

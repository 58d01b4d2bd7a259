"""One form for all models: the least cost of opening sites and of serving demand.

Each open site costs its ``opening``; each demand costs what its cheapest open
site asks, or its penalty. Covering most: serving is free and the penalty is the
weight. Covering all with fewest: serving is free, opening costs 1, nothing may
stay uncovered. Shortest total walk: serving costs weight × minutes.
"""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geoplan.sites.rules import Rules
from geoplan.sites.task import Task

Array = NDArray[Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Sparse:
    """What belongs to each of a number of things: rows start[i]:start[i + 1]."""

    start: Array
    other: Array
    cost: Array

    @property
    def owner(self) -> Array:
        """Return whose row each row is."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """The least cost of opening sites and of serving demand."""

    by_demand: Sparse  #: sites of each demand, cheapest first, then by number
    by_site: Sparse  #: demands of each site
    penalty: Array  #: of each demand left unserved; inf = none may be
    opening: Array  #: of each site
    rules: Rules
    step: float  #: no two plans' costs differ by less, unless they are equal

    @classmethod
    def of(cls, task: Task) -> Self:
        """Return the problem of a checked task, demand in reach alone.

        The p-centre is not of this form; see ``center``.
        """
        wanted = task.reachable
        rows = task.pairs[wanted[task.pairs["demand"].to_numpy()]]
        site = rows["site"].to_numpy()
        row = (np.cumsum(wanted) - 1)[rows["demand"].to_numpy()]
        weight = task.weight[wanted]
        rules, size = Rules.of(task), (len(weight), len(task.candidates))
        if task.model == "p-median":
            cost = rows["minutes"].to_numpy(dtype=float) * weight[row]
            return cls.from_rows((row, site, cost), size=size, rules=rules)
        row, weight = _merged(row, site, weight)
        row, site = row[row >= 0], site[row >= 0]
        entries, size = (row, site, np.zeros(len(row))), (len(weight), size[1])
        if task.model == "mclp":
            return cls.from_rows(entries, size=size, rules=rules, penalty=weight)
        opening = (~task.kept).astype(float)
        return cls.from_rows(entries, size=size, rules=rules, opening=opening)

    @classmethod
    def from_rows(
        cls,
        rows: tuple[Array, Array, Array],
        *,
        size: tuple[int, int],
        rules: Rules,
        penalty: Array | None = None,
        opening: Array | None = None,
    ) -> Self:
        """Return the problem of rows (demand, site, cost), by demand and cost.

        ``size``: number of demands and of sites. Without a penalty all must be
        served; without an opening cost sites open for nothing.
        """
        demand, site, cost = rows
        by_demand = Sparse(start=_starts(demand, size[0]), other=site, cost=cost)
        order = sparse.csr_array(
            (np.arange(1, len(site) + 1), site, by_demand.start), shape=size
        ).tocsc()
        turn = order.data - 1
        by_site = Sparse(start=order.indptr, other=order.indices, cost=cost[turn])
        penalty = np.full(size[0], np.inf) if penalty is None else penalty
        opening = np.zeros(size[1]) if opening is None else opening
        return cls(
            by_demand=_compact(by_demand),
            by_site=_compact(by_site),
            penalty=penalty,
            opening=opening,
            rules=rules,
            step=_step(cost, penalty, opening),
        )

    @property
    def required(self) -> Array:
        """Return which demands must be served."""
        return np.isinf(self.penalty)

    def but(self, **changed: Any) -> Self:  # noqa: ANN401  any field
        """Return the same problem with some fields changed."""
        return replace(self, **changed)

    def cost(self, chosen: Array) -> float:
        """Return what a choice (bool, one entry a site) costs; inf if it may not be."""
        if self.rules.broken(chosen):
            return np.inf
        rows = self.by_demand
        open_to = chosen[rows.other]
        asked = self.penalty.copy()
        np.minimum.at(asked, rows.owner[open_to], rows.cost[open_to])
        return float(asked.sum() + self.opening[chosen].sum())

    def spared(self, chosen: Array) -> Array:
        """Return a choice without the sites that nobody would miss, dearest first."""
        chosen, least = chosen.copy(), self.cost(chosen)
        free = chosen & ~self.rules.must & (self._missed(chosen) <= self.opening)
        for site in self.rules.dearest(free):
            chosen[site] = False
            chosen[site] = self.cost(chosen) > least
        return chosen

    def _missed(self, chosen: Array) -> Array:
        """Return what closing each open site alone would add to serving demand."""
        rows = self.by_demand
        held = chosen[rows.other]
        owner, site, cost = rows.owner[held], rows.other[held], rows.cost[held]
        alike = owner[1:] == owner[:-1]
        after = self.penalty[owner]
        after[:-1] = np.where(alike, cost[1:], after[:-1])
        first = np.append(True, ~alike)[: len(owner)]
        adds = np.minimum(after, self.penalty[owner]) - cost
        return np.bincount(site[first], adds[first], minlength=len(chosen))


def _compact(rows: Sparse) -> Sparse:
    """Return the rows in the types that the compiled loops take."""
    return Sparse(
        start=rows.start.astype(np.int64),
        other=rows.other.astype(np.int32),
        cost=np.ascontiguousarray(rows.cost, dtype=np.float64),
    )


def _starts(owner: Array, size: int) -> Array:
    """Return where the rows of each owner begin, and where the last end."""
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=size))])


def _merged(demand: Array, site: Array, weight: Array) -> tuple[Array, Array]:
    """Merge demands that the same sites serve.

    Returns the merged demand of each row, -1 where a row is one too many, and
    the weight of each merged demand.
    """
    size, start = len(weight), _starts(demand, len(weight))
    table = sparse.csr_array(
        (np.ones(len(site), np.int8), site.copy(), start),
        shape=(size, int(site.max(initial=0)) + 1),
    )
    table.sort_indices()
    site, count = table.indices, np.diff(start)
    # alike where sums of random marks agree; then compared in full
    rng = np.random.default_rng(20260630)
    mark = rng.integers(0, 2**63, table.shape[1], dtype=np.uint64)
    sums = np.add.reduceat(mark[site], start[:-1]) if size else np.empty(0, np.uint64)
    _, first, group = np.unique(sums, return_index=True, return_inverse=True)
    twin = first[group]
    same = np.arange(len(site)) + (start[twin] - start[:-1])[demand]
    if (count[twin] != count).any() or (site[same] != site).any():
        return demand, weight  # two sums met by chance
    keep = twin == np.arange(size)
    number = np.cumsum(keep) - 1
    merged = np.where(keep, number, -1)[demand]
    return merged, np.bincount(number[twin], weights=weight, minlength=int(keep.sum()))


def _step(cost: Array, penalty: Array, opening: Array) -> float:
    """Return the greatest common divisor of all costs, 0 if they are not whole."""
    parts = [cost, penalty[np.isfinite(penalty)], opening]
    values = np.unique(np.concatenate(parts))
    if (values != np.rint(values)).any() or values.max(initial=0) >= 2.0**53:
        return 0.0
    return float(np.gcd.reduce(values.astype(np.int64), initial=0))

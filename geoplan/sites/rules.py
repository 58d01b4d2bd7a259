"""The rules on the choice of sites, as arrays, and as rows of a linear program."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geoplan.sites.task import Task

Array = NDArray[Any]

_ROUNDING = 1e-9  # of a budget: what adding up costs may add to them
_ANY = np.iinfo(np.int32).max  #: a count that limits nothing


@dataclass(frozen=True, kw_only=True, eq=False)
class Rules:
    """What a plan must keep; one entry a site but where said."""

    must: Array  #: bool
    never: Array  #: bool
    tier: Array  #: whose count it takes; -1: none
    most: Array  #: one entry a tier
    price: Array  #: what it takes of the budget
    budget: float  #: inf without one
    group: Array  #: number of its group, -1 outside all
    groups: int  #: each of which needs an open site
    apart: Array  #: pairs of which one may open; shape (k, 2)
    leans: Array  #: pairs of a site and its supporter; shape (k, 2)

    @classmethod
    def of(cls, task: Task) -> Self:
        """Return the rules of a task."""
        number = {name: i for i, name in enumerate(task.groups)}
        kept = task.kept
        apart = np.asarray(task.apart, dtype=np.int64).reshape(-1, 2)
        apart = apart[~kept[apart].all(axis=1)]
        never = task.never & ~task.must
        for one, other in (apart.T, apart.T[::-1]):
            never[one[task.must[other] & ~task.must[one]]] = True
        most = [_ANY if count is None else count for count in task.counts]
        return cls(
            must=task.must,
            never=never,
            tier=np.where(kept, -1, task.column("tier")).astype(np.int32),
            most=np.array(most, dtype=np.int64),
            price=task.price,
            budget=np.inf if task.budget is None else float(task.budget),
            group=np.array(
                [number.get(str(name), -1) for name in task.column("group")], np.int32
            ),
            groups=len(task.groups),
            apart=apart,
            leans=np.asarray(task.leans, dtype=np.int64).reshape(-1, 2),
        )

    @property
    def counted(self) -> bool:
        """Return whether the counts are all that limits the choice."""
        return (
            not np.isfinite(self.budget)
            and not self.groups
            and not len(self.apart)
            and not len(self.leans)
        )

    def fixed(self, *, must: Array, never: Array) -> Self:
        """Return the rules with more sites locked."""
        return replace(self, must=self.must | must, never=self.never | never)

    def just(self, chosen: Array) -> Self:
        """Return the rule that these sites are open and no others."""
        nothing = self.apart[:0]
        return replace(
            self,
            must=chosen,
            never=~chosen,
            most=np.full(len(self.most), _ANY),
            budget=np.inf,
            groups=0,
            group=np.full(len(chosen), -1, np.int32),
            apart=nothing,
            leans=nothing,
        )

    def dearest(self, some: Array) -> Array:
        """Return some sites (bool, one entry a site) by number, the dearest first."""
        here = np.flatnonzero(some)
        return here[np.argsort(-self.price[here], kind="stable")]

    def rows(self) -> tuple[sparse.csr_array, Array, Array]:
        """Return matrix over all sites, lower and upper limits of its rows."""
        sites = len(self.must)
        blocks: list[tuple[Array, Array, Array]] = []
        for number, most in enumerate(self.most):
            if most < _ANY:
                taken = (self.tier == number).astype(float)
                blocks.append((taken[None], np.array([-np.inf]), np.array([most])))
        if np.isfinite(self.budget):
            top = np.array([self.budget])
            blocks.append((self.price[None], np.array([-np.inf]), top))
        for number in range(self.groups):
            holds = (self.group == number).astype(float)
            blocks.append((holds[None], np.array([1.0]), np.array([np.inf])))
        parts = [(sparse.csr_array(rows), low, high) for rows, low, high in blocks]
        parts += [self._apart(sites), self._leans(sites)]
        matrix = sparse.vstack([part[0] for part in parts], format="csr")
        low, high = (np.concatenate([part[i] for part in parts]) for i in (1, 2))
        return matrix, low.astype(float), high.astype(float)

    def _apart(self, sites: int) -> tuple[sparse.csr_array, Array, Array]:
        """Return a row for each pair that is too near."""
        size = len(self.apart)
        at = np.repeat(np.arange(size), 2)
        entries = (np.ones(2 * size), (at, self.apart.reshape(-1)))
        rows = sparse.csr_array(entries, shape=(size, sites))
        return rows, np.full(size, -np.inf), np.ones(size)

    def _leans(self, sites: int) -> tuple[sparse.csr_array, Array, Array]:
        """Return a row for each site that leans: no more open than its supporters."""
        site, supporter = self.leans.T
        leaning, at = np.unique(site, return_inverse=True)
        size = len(leaning)
        entries = np.concatenate([np.ones(len(site)), -np.ones(size)])
        row = np.concatenate([at, np.arange(size)])
        column = np.concatenate([supporter, leaning])
        rows = sparse.csr_array((entries, (row, column)), shape=(size, sites))
        return rows, np.zeros(size), np.full(size, np.inf)

    def broken(self, chosen: Array) -> list[str]:
        """Return which rules a choice (bool, one entry a site) breaks."""
        broken = []
        if (self.must & ~chosen).any() or (self.never & chosen).any():
            broken.append("lock")
        taken = np.bincount(self.tier[chosen & (self.tier >= 0)], minlength=1)
        taken = np.pad(taken, (0, max(0, len(self.most) - len(taken))))
        if (taken > self.most).any():
            broken.append("count")
        spent = float(self.price[chosen].sum())
        if spent > self.budget * (1 + _ROUNDING):
            broken.append("budget")
        if len(set(self.group[chosen].tolist()) - {-1}) < self.groups:
            broken.append("groups")
        if chosen[self.apart].all(axis=1).any():
            broken.append("apart")
        site, supporter = self.leans.T
        held = np.bincount(site[chosen[supporter]], minlength=len(chosen)) > 0
        leaning = np.zeros(len(chosen), bool)
        leaning[site] = True
        if (chosen & leaning & ~held).any():
            broken.append("support")
        return broken

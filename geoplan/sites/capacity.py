"""Stations that can serve so much and no more: who goes where, in what share."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame
from scipy import sparse

from geoplan.sites.program import UNTRIED, Clock, Program, Solution
from geoplan.sites.rules import Rules
from geoplan.sites.task import Task

Array = NDArray[Any]

_HALF = 0.5
_PATIENCE = 60.0  # s


@dataclass(frozen=True, kw_only=True, eq=False)
class Flow:
    """Sites with capacities, and the walks by which demand may go to them.

    A demand may be shared by stations unless ``whole``; households are.
    """

    site: Array  #: of each walk, position
    demand: Array  #: of each walk, position
    cost: Array  #: of each walk, for the whole demand
    load: Array  #: of each demand
    capacity: Array  #: of each site; inf = no limit
    opening: Array  #: of each site
    required: bool  #: must all demand be served?
    worth: Array  #: of each demand served, where it is not required
    rules: Rules
    whole: bool
    weight: Array  #: of each demand
    least: float  #: weight to serve in all
    served: Array | None = None  #: share of each demand to serve, where it is given

    @classmethod
    def of(cls, task: Task) -> Self:
        """Return the flow of a checked task; of the p-centre, whether it can be."""
        wanted = task.pairs[task.reachable[task.pairs["demand"].to_numpy()]]
        site, demand = wanted["site"].to_numpy(), wanted["demand"].to_numpy()
        walk = wanted["minutes"].to_numpy(dtype=float) * task.weight[demand]
        covers = task.model == "mclp"
        return cls(
            site=site,
            demand=demand,
            cost=walk if task.model == "p-median" else np.zeros(len(walk)),
            load=task.load,
            capacity=task.column("capacity").astype(float),
            opening=(~task.kept).astype(float) * (task.model == "lscp"),
            required=not covers and task.target == 1,
            weight=task.weight,
            least=0.0 if covers or task.target == 1 else _wanted(task),
            worth=task.weight * covers,
            rules=Rules.of(task),
            whole=task.whole,
        )

    def program(self) -> Program:
        """Return the program: first the sites, then the share on each walk."""
        sites, walks = len(self.capacity), len(self.site)
        served, who = np.unique(self.demand, return_inverse=True)
        rules, low, high = self.rules.rows()
        blocks = [
            (
                sparse.hstack([rules, sparse.csr_array((rules.shape[0], walks))]),
                low,
                high,
            ),
            self._shares(who, len(served)),
            self._loads(),
            self._links(),
            self._least(),
        ]
        limits = (self.rules.must, ~self.rules.never | self.rules.must)
        floor, top = (
            np.concatenate([part.astype(float), np.full(walks, other)])
            for part, other in zip(limits, (0.0, 1.0), strict=True)
        )
        gains = self.cost - self.worth[self.demand]
        return Program(
            cost=np.concatenate([self.opening, gains]),
            matrix=sparse.vstack([block[0] for block in blocks], format="csr"),
            low=np.concatenate([block[1] for block in blocks]),
            high=np.concatenate([block[2] for block in blocks]),
            top=top,
            floor=floor,
            integral=np.concatenate(
                [np.ones(sites), np.full(walks, float(self.whole))]
            ),
            base=float(self.worth[served].sum()),
        )

    def _shares(self, who: Array, size: int) -> tuple[Any, Array, Array]:
        """Return a row a demand: the shares are at most, or just, the whole."""
        walks, sites = len(self.site), len(self.capacity)
        place = (who, sites + np.arange(walks))
        rows = sparse.csr_array((np.ones(walks), place), shape=(size, sites + walks))
        if self.served is not None:
            share = self.served[np.unique(self.demand)]
            return rows, share, share
        least = 1.0 if self.required else 0.0
        return rows, np.full(size, least), np.ones(size)

    def _loads(self) -> tuple[Any, Array, Array]:
        """Return a row a limited site: its load is at most its capacity, if open."""
        walks, sites = len(self.site), len(self.capacity)
        limited = np.isfinite(self.capacity)
        number = np.cumsum(limited) - 1
        mine = limited[self.site]
        here = np.flatnonzero(limited)
        value = np.concatenate([self.load[self.demand[mine]], -self.capacity[here]])
        row = np.concatenate([number[self.site[mine]], number[here]])
        column = np.concatenate([sites + np.flatnonzero(mine), here])
        size = len(here)
        rows = sparse.csr_array((value, (row, column)), shape=(size, sites + walks))
        return rows, np.full(size, -np.inf), np.zeros(size)

    def _links(self) -> tuple[Any, Array, Array]:
        """Return a row a walk: nobody walks to a site that is not open."""
        walks, sites = len(self.site), len(self.capacity)
        at = np.arange(walks)
        value = np.concatenate([np.ones(walks), -np.ones(walks)])
        place = (np.concatenate([at, at]), np.concatenate([sites + at, self.site]))
        rows = sparse.csr_array((value, place), shape=(walks, sites + walks))
        return rows, np.full(walks, -np.inf), np.zeros(walks)

    def _least(self) -> tuple[Any, Array, Array]:
        """Return the row of the weight served, if that has a least."""
        walks, sites = len(self.site), len(self.capacity)
        some = self.least > 0
        served = np.concatenate([np.zeros(sites), self.weight[self.demand]])
        rows = sparse.csr_array(served[None] if some else (0, sites + walks))
        return rows, np.full(int(some), self.least), np.full(int(some), np.inf)

    def priced(self, opening: Array) -> "Flow":
        """Return the flow whose sites cost so much to open."""
        return replace(self, opening=opening)

    def without_demand(self) -> "Flow":
        """Return the flow of the sites and their rules alone."""
        nothing = np.empty(0, np.int64)
        empty = np.empty(0)
        return replace(self, site=nothing, demand=nothing, cost=empty, least=0.0)

    def at(self, chosen: Array) -> "Flow":
        """Return the flow to these sites (bool, one entry a site) alone."""
        return replace(self, rules=self.rules.just(chosen))

    def shortest(self, values: Array, *, minutes: DataFrame) -> "Flow":
        """Return the flow of the same sites and shares served, by least walk."""
        sites, size = len(self.capacity), len(self.load)
        share = values[sites:]
        served = np.bincount(self.demand, weights=share, minlength=size)
        near = minutes.set_index(["site", "demand"])["minutes"]
        walk = near.loc[list(zip(self.site, self.demand, strict=True))].to_numpy()
        return replace(
            self.at(values[:sites] > _HALF),
            cost=walk * self.load[self.demand],
            opening=np.zeros(sites),
            worth=np.zeros(size),
            served=np.clip(served, 0.0, 1.0),
            least=0.0,
        )

    def settled(self) -> Solution:
        """Return the best plan of a flow to given sites: who goes where.

        A quick matter, but where demand must stay whole: that gets a minute.
        """
        return self.solved(Clock(_PATIENCE if self.whole else None))

    def solved(self, clock: Clock, *, largest: int | None = None) -> Solution:
        """Return the best plan; the variables are the sites' and the shares'.

        ``largest``: with more walks, it is not tried.
        """
        if largest is not None and len(self.site) > largest:
            return UNTRIED
        return self.program().solved(clock)


def _wanted(task: Task) -> float:
    """Return the weight that a task's target asks for."""
    return float(task.weight[task.reachable].sum()) * task.target

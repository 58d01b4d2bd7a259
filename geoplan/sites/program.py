"""Exact solutions by HiGHS, and what it has proved when a clock stops it.

A demand's sites stand in classes of equal cost. One variable a class says
"nothing open so far" (Cornuejols, Nemhauser and Wolsey 1980; Elloumi 2010): as
strong as a variable for each pair, and far smaller. With capacities there is a
variable a pair: the share of a demand that a site serves.
"""

import time
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, milp

from geoplan.assign import constraint
from geoplan.sites.problem import Problem
from geoplan.sites.rules import Rules

Array = NDArray[Any]
Status = Literal["optimal", "stopped", "untried", "infeasible"]

_OPTIMAL, _STOPPED, _INFEASIBLE = 0, 1, 2  # SciPy's codes
_STATUS: dict[int, Status] = {_OPTIMAL: "optimal", _STOPPED: "stopped"}
_SOON = 0.05  # s; HiGHS takes no time limit of 0


class Clock:
    """What is left of the seconds that a solver may take."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    @property
    def left(self) -> float | None:
        """Return the seconds left; None without a limit."""
        return None if self._end is None else self._end - time.monotonic()

    @property
    def out(self) -> bool:
        """Return whether the time is up."""
        return self.left is not None and self.left <= 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Solution:
    """What HiGHS found."""

    status: Status
    variables: Array | None  #: all of them; None if it found no plan
    bound: float  #: no plan costs less; inf if there is none

    @property
    def stopped(self) -> Literal["time", "effort"]:
        """Return what ended it, if it has proved nothing."""
        return "time" if self.status == "stopped" else "effort"


UNTRIED = Solution(status="untried", variables=None, bound=-np.inf)


@dataclass(frozen=True, kw_only=True, eq=False)
class Program:
    """A mixed-integer linear program: least cost, each row within its limits."""

    cost: Array
    matrix: sparse.csr_array
    low: Array
    high: Array
    top: Array  #: upper limit of each variable; the lower is ``floor``
    floor: Array
    integral: Array  #: 0 or 1 of each variable
    base: float = 0.0  #: cost of what is decided already

    def solved(self, clock: Clock) -> Solution:
        """Return what HiGHS makes of it in the time that is left."""
        options: dict[str, float] = {"mip_rel_gap": 0.0}
        if clock.left is not None:
            options["time_limit"] = max(clock.left, _SOON)
        told = milp(
            self.cost,
            integrality=self.integral,
            bounds=Bounds(self.floor, self.top),
            constraints=constraint(self.matrix, self.low, self.high),
            options=options,
        )
        if told.status == _INFEASIBLE:
            return Solution(status="infeasible", variables=None, bound=np.inf)
        proved = getattr(told, "mip_dual_bound", None)
        if proved is None or not self.integral.any():
            proved = told.fun if told.status == _OPTIMAL else None
        bound = -np.inf if proved is None else float(proved) + self.base
        status = _STATUS.get(told.status, "untried")
        return Solution(status=status, variables=told.x, bound=bound)


def located(problem: Problem, *, clock: Clock, largest: int | None = None) -> Solution:
    """Return the best plan of an uncapacitated problem; the variables are the sites'.

    ``largest``: with more walks, it is not tried.
    """
    if largest is not None and len(problem.by_demand.cost) > largest:
        return UNTRIED
    sites = len(problem.opening)
    classes = _Classes.of(problem)
    if classes.impossible:
        return Solution(status="infeasible", variables=None, bound=np.inf)
    rules, low, high = problem.rules.rows()
    beside = sparse.csr_array((rules.shape[0], classes.count))
    size = sites + classes.count
    rules_wide = sparse.hstack([rules, beside], format="csr")
    matrix = sparse.vstack([classes.matrix(sites), rules_wide], format="csr")
    rows = len(classes.first)
    floor, top = np.zeros(size), np.ones(size)
    floor[:sites], top[:sites] = _limits(problem.rules)
    top[sites:][classes.closed] = 0.0
    program = Program(
        cost=np.concatenate([problem.opening, classes.cost]),
        matrix=matrix,
        low=np.concatenate([classes.first.astype(float), low]),
        high=np.concatenate([np.full(rows, np.inf), high]),
        top=top,
        floor=floor,
        integral=np.concatenate([np.ones(sites), np.zeros(classes.count)]),
        base=classes.base,
    )
    found = program.solved(clock)
    values = None if found.variables is None else found.variables[:sites] > _HALF
    return Solution(status=found.status, variables=values, bound=found.bound)


_HALF = 0.5


def _limits(rules: Rules) -> tuple[Array, Array]:
    """Return the least and the most that each site may be open."""
    return rules.must.astype(float), (~rules.never | rules.must).astype(float)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Classes:
    """The classes of equal cost of all demands, one after the other."""

    of_row: Array  #: class of each row kept
    site: Array  #: of each row kept
    first: Array  #: bool: the demand's first class
    cost: Array  #: what it costs to find nothing open up to this class
    closed: Array  #: bool: something must be open by then
    base: float
    impossible: bool

    @classmethod
    def of(cls, problem: Problem) -> "_Classes":
        """Return the classes, up to the first site that is open in any case."""
        rows, rules = problem.by_demand, problem.rules
        last = problem.penalty.copy()
        locked = rules.must[rows.other]
        np.minimum.at(last, rows.owner[locked], rows.cost[locked])
        keep = ~rules.never[rows.other] & (rows.cost < last[rows.owner])
        owner, site, cost = rows.owner[keep], rows.other[keep], rows.cost[keep]
        served = np.zeros(len(last), bool)
        served[owner] = True
        idle = last[~served]
        new = np.ones(len(owner), bool)
        new[1:] = (owner[1:] != owner[:-1]) | (cost[1:] != cost[:-1])
        of_row = np.cumsum(new) - 1
        whose, asked = owner[new], cost[new]
        first = np.ones(len(whose), bool)
        first[1:] = whose[1:] != whose[:-1]
        ends = np.ones(len(whose), bool)
        ends[:-1] = first[1:]
        after = np.where(ends, last[whose], np.append(asked[1:], 0.0))
        closed = np.isinf(after)
        return cls(
            of_row=of_row,
            site=site,
            first=first,
            cost=np.where(closed, 0.0, after - asked) if len(after) else after,
            closed=closed,
            base=float(asked[first].sum() + idle[np.isfinite(idle)].sum()),
            impossible=bool(np.isinf(idle).any()),
        )

    @property
    def count(self) -> int:
        """Return the number of classes."""
        return len(self.first)

    def matrix(self, sites: int) -> sparse.csr_array:
        """Return a row a class: its sites, and "nothing so far" here less before."""
        size = self.count
        here = np.arange(size)
        later = here[~self.first]
        parts = [
            (np.ones(len(self.site)), self.of_row, self.site),
            (np.ones(size), here, sites + here),
            (-np.ones(len(later)), later, sites + later - 1),
        ]
        value, row, column = (
            np.concatenate([part[i] for part in parts]) for i in range(3)
        )
        return sparse.csr_array((value, (row, column)), shape=(size, sites + size))

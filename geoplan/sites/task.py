"""What is asked: candidates, demand, the walks between them, and the rules.

Frames carry codes as their index; the walks name both ends by position. Columns
that a frame does not have stand for "none": no cost, no capacity, no group.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame, Series
from scipy import sparse
from scipy.spatial import KDTree

from geoplan.errors import UsageError

Array = NDArray[Any]
Model = Literal["lscp", "mclp", "p-median", "p-center"]

MODELS: tuple[Model, ...] = ("lscp", "mclp", "p-median", "p-center")

#: what a frame's missing column stands for
_CANDIDATE = {
    "existing": False,
    "closable": False,
    "lock": "",
    "cost": 0.0,
    "capacity": np.inf,
    "group": "",
    "tier": 0,
}


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How hard to try, and from which seed; counts decide before the clock does."""

    seconds: float | None = 60.0  #: of the exact solver in all; None = until proved
    kicks: int = 40  #: disturbances of the search, each followed by a new descent
    subgradients: int = 400  #: iterations of the Lagrangean bound
    exact: bool = True  #: whether HiGHS follows when the bound proves nothing …
    #: … on tasks of so many walks at most: beyond, it is no help within minutes
    largest: int = 500_000
    seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """A choice of sites that is to be made.

    A *kept* station (existing, not closable) is always open, takes no place in
    the count and costs nothing. All others compete for the count and the budget.
    """

    model: Model
    #: index = code; any of existing, closable (bool), lock ("", "open", "shut"),
    #: cost, capacity (in units of ``load``; NaN = no limit), group (of
    #: ``groups``), tier (0, 1 …: whose count it takes)
    candidates: DataFrame
    #: index = code; weight (≥ 0, what is counted: households, people …), load
    #: (what takes up capacity; default: weight)
    demand: DataFrame
    #: one row a pair within reach: site, demand (positions), minutes
    pairs: DataFrame
    #: stations to open at most, of each tier; None = as many as the rest allows
    count: int | tuple[int | None, ...] | None = None
    budget: float | None = None  #: that the costs of open sites may reach
    target: float = 1.0  #: lscp: share of the reachable weight to cover
    groups: tuple[str, ...] = ()  #: each of these must have an open site
    #: pairs of sites (positions) that are too near for both; shape (k, 2)
    apart: Array = field(default_factory=lambda: np.empty((0, 2), np.int64))
    #: pairs (site, supporter): the site may open beside an open supporter only
    leans: Array = field(default_factory=lambda: np.empty((0, 2), np.int64))
    whole: bool = False  #: with capacities: may no demand be shared by stations?

    def column(self, name: str) -> Array:
        """Return a column of the candidates, or what its absence stands for."""
        if name not in self.candidates:
            return np.full(len(self.candidates), _CANDIDATE[name])
        column: Series = self.candidates[name]
        if name == "capacity":
            column = column.fillna(np.inf)
        elif name == "cost":
            column = column.fillna(0.0)
        return np.asarray(column.to_numpy())

    @cached_property
    def weight(self) -> Array:
        """Return what each demand counts."""
        return np.asarray(self.demand["weight"].to_numpy(), dtype=float)

    @cached_property
    def load(self) -> Array:
        """Return what each demand takes of a capacity."""
        name = "load" if "load" in self.demand else "weight"
        return np.asarray(self.demand[name].to_numpy(), dtype=float)

    @cached_property
    def kept(self) -> Array:
        """Return which sites are existing stations that stay."""
        existing = self.column("existing").astype(bool)
        free = self.column("closable").astype(bool) | (self.column("lock") == "shut")
        return np.asarray(existing & ~free)

    @cached_property
    def must(self) -> Array:
        """Return which sites are open in every plan."""
        return np.asarray(self.kept | (self.column("lock") == "open"))

    @cached_property
    def never(self) -> Array:
        """Return which sites are locked shut."""
        return np.asarray(self.column("lock") == "shut")

    @cached_property
    def price(self) -> Array:
        """Return what each site takes of the budget."""
        return np.where(self.kept, 0.0, self.column("cost").astype(float))

    @property
    def counts(self) -> tuple[int | None, ...]:
        """Return the count of each tier."""
        if isinstance(self.count, tuple):
            return self.count
        return (self.count,) * (int(self.column("tier").max(initial=0)) + 1)

    @property
    def capacitated(self) -> bool:
        """Return whether any station's capacity is limited."""
        return bool(np.isfinite(self.column("capacity").astype(float)).any())

    @cached_property
    def reachable(self) -> Array:
        """Return which demand counts: some weight, and a site that may serve it."""
        usable = ~self.never[self.pairs["site"].to_numpy()]
        sites = np.bincount(
            self.pairs["demand"].to_numpy(), usable, minlength=len(self.demand)
        )
        return (sites > 0) & (self.weight > 0)

    def but(self, **changed: Any) -> Self:  # noqa: ANN401  any field
        """Return the same task with some fields changed."""
        return replace(self, **changed)

    def within(self, minutes: float) -> Self:
        """Return the task with the walks of at most so many minutes alone."""
        near = self.pairs["minutes"].to_numpy() <= minutes
        return self.but(pairs=self.pairs[near])


def own_only(pairs: DataFrame, *, site_area: Series, demand_area: Series) -> DataFrame:
    """Return the walks that stay within one area.

    Parameters
    ----------
    site_area, demand_area : Series of str
        Of each candidate and each demand, by position; "" lies in no area.
    """
    of_site = site_area.to_numpy()[pairs["site"].to_numpy()]
    of_demand = demand_area.to_numpy()[pairs["demand"].to_numpy()]
    return pairs[(of_site == of_demand) & (of_site != "")]


def too_near(places: Array, *, metres: float) -> Array:
    """Return the pairs of places less than a distance apart, as ``apart`` has them.

    Parameters
    ----------
    places : array, shape (n, 2)
        x and y in metres.
    """
    pairs = KDTree(places).query_pairs(metres, output_type="ndarray")
    pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    pairs = pairs[np.lexsort(pairs.T[::-1])]
    gap = np.hypot(*(places[pairs[:, 0]] - places[pairs[:, 1]]).T)
    return np.asarray(pairs[gap < metres])


def checked(task: Task) -> Task:
    """Return the task, its walks sorted by demand, minutes and site.

    Raises
    ------
    UsageError
        A weight, load, cost or capacity is missing or negative, a pair is named
        twice or does not exist, a required limit is absent.
    """
    if task.model not in MODELS:
        raise UsageError.at("sites_model", value=task.model, known=", ".join(MODELS))
    if task.model != "lscp" and task.budget is None and None in task.counts:
        raise UsageError.at("sites_no_limit", model=task.model)
    for name, values in (
        ("weight", task.weight),
        ("load", task.load),
        ("cost", task.column("cost").astype(float)),
        ("capacity", task.column("capacity").astype(float)),
        ("minutes", task.pairs["minutes"].to_numpy(dtype=float)),
    ):
        if not (values >= 0).all():
            raise UsageError.at("sites_negative", name=name)
    if not 0 < task.target <= 1:
        raise UsageError.at("sites_target", value=task.target)
    site, demand, minutes = (
        task.pairs[name].to_numpy() for name in ("site", "demand", "minutes")
    )
    size = (len(task.demand), len(task.candidates))
    for end, places in zip((demand, site), size, strict=True):
        if ((end < 0) | (end >= places)).any():
            raise UsageError.at("sites_pairs")
    order = _sorted(demand, site, minutes, size=size)
    rows = {"site": site[order], "demand": demand[order], "minutes": minutes[order]}
    return task.but(pairs=DataFrame(rows))


def _sorted(
    demand: Array, site: Array, minutes: Array, *, size: tuple[int, int]
) -> Array:
    """Return the order of walks by demand, minutes and site.

    Raises
    ------
    UsageError
        Two walks join the same two ends.
    """
    here = np.arange(len(site))
    by_site = sparse.csr_array((here, (site, demand)), shape=size[::-1])
    if by_site.nnz < len(site):  # it adds up what is named twice
        raise UsageError.at("sites_pairs")
    order = by_site.data
    order = order[np.argsort(minutes[order], kind="stable")]
    place = (demand[order], np.arange(len(order)))
    by_demand = sparse.coo_array((order, place), shape=(size[0], len(order)))
    return np.asarray(by_demand.tocsr().data)

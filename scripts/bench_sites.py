"""Siting against its peers: one function a row of the bench.

    python scripts/bench_sites.py --data DIR

DIR holds ``porto_alegre/poa.osm.pbf`` (see ``bench.py``) and ``pmed/``: instances
of Beasley's OR-Library with their published optima, ``pmed<n>.txt`` and
``optima.json``.
"""

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from bench_course import Bench, at_start
from bench_rows import Row, best, compared
from pandas import DataFrame
from scipy.sparse.csgraph import floyd_warshall

from geoplan import sites, walk
from geoplan.sites.problem import Problem
from geoplan.sites.program import Clock, located
from geoplan.sites.task import checked


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a task is made."""

    demand: int
    candidates: int
    count: int
    metres: float  #: walks that are known

    def __str__(self) -> str:
        return (
            f"{self.demand:,} demand points, {self.candidates:,} candidates, "
            f"p = {self.count}"
        )


LARGE = Size(demand=20_000, candidates=2_000, count=100, metres=500.0)
WITHIN = 0.005  # of the optimum
BOUND = 0.01  # of the value

#: the search alone; and with a bound
SEARCH = sites.Effort(exact=False, kicks=30, subgradients=0)
BOUNDED = sites.Effort(exact=False, kicks=20, subgradients=200)
PROOF = sites.Effort(seconds=600.0)

_FAMILIES = (5.0, 0.8)  # mean and spread of their logarithm
_COVER = f"maximal coverage, {LARGE}"


def task_on(bench: Bench, *, size: Size, model: sites.Model) -> sites.Task:
    """Return a task on a bench's network: the same seed, the same task."""
    rng = np.random.default_rng(20260630)
    homes = rng.permutation(bench.way.nodes)[: size.demand]
    edges = rng.choice(len(bench.way.u), size.candidates, replace=False)
    families = rng.lognormal(*_FAMILIES, size.demand).round().clip(1)
    rooms = at_start(edges, way=bench.way)
    walks = walk.nodes_within(bench.way, stations=rooms, limit=int(size.metres * 1000))
    place = np.full(bench.way.nodes, -1)
    place[homes] = np.arange(size.demand)
    lived_in = place[walks.end] >= 0
    return sites.Task(
        model=model,
        candidates=DataFrame(index=np.arange(size.candidates).astype(str)),
        demand=DataFrame(
            {"weight": families}, index=np.arange(size.demand).astype(str)
        ),
        pairs=DataFrame(
            {
                "site": walks.station[lived_in].astype(np.int64),
                "demand": place[walks.end[lived_in]],
                "minutes": walks.ms[lived_in] / 60_000.0,
            }
        ),
        count=size.count,
    )


def against_highs(bench: Bench) -> list[Row]:
    """Compare with HiGHS run to proof on the same task, alike demand merged."""
    task = task_on(bench, size=LARGE, model="mclp")
    start = time.perf_counter()
    problem = Problem.of(checked(task))
    proof = located(problem, clock=Clock(PROOF.seconds))
    peer_s = time.perf_counter() - start
    most = float(problem.penalty.sum()) - proof.bound
    quick, sure = (sites.solve(task, effort=e) for e in (SEARCH, BOUNDED))
    short, gap = 1.0 - quick.value / most, sure.gap
    rows = [
        compared(
            f"{_COVER}: answer within 0.5 %",
            "HiGHS to proof",
            ours_s=best(lambda: sites.solve(task, effort=SEARCH), times=3),
            peer_s=peer_s,
            target=50,
            note=f"{short:.2%} below the optimum",
        ),
        compared(
            f"{_COVER}: with a bound under 1 %",
            "HiGHS to proof",
            ours_s=best(lambda: sites.solve(task, effort=BOUNDED), times=3),
            peer_s=peer_s,
            target=10,
            note=f"gap {gap:.2%}, {1.0 - sure.value / most:.2%} below the optimum",
        ),
    ]
    kept = (short <= WITHIN, gap < BOUND)
    return [
        Row(**asdict(row) | {"met": bool(row.met and good)})
        for row, good in zip(rows, kept, strict=True)
    ]


def median_task(path: Path) -> sites.Task:
    """Return an instance of the OR-Library; a repeated edge counts by its last row."""
    numbers = np.array(path.read_text().split(), dtype=np.int64)
    size, count = int(numbers[0]), int(numbers[2])
    lengths = np.full((size, size), np.inf)
    for u, v, length in numbers[3:].reshape(-1, 3):
        lengths[u - 1, v - 1] = lengths[v - 1, u - 1] = length
    np.fill_diagonal(lengths, 0.0)
    walks = floyd_warshall(lengths)
    demand, site = np.divmod(np.arange(size * size), size)
    return sites.Task(
        model="p-median",
        candidates=DataFrame(index=np.arange(size).astype(str)),
        demand=DataFrame({"weight": np.ones(size)}, index=np.arange(size).astype(str)),
        pairs=DataFrame({"site": site, "demand": demand, "minutes": walks.ravel()}),
        count=count,
    )


def against_optima(folder: Path) -> Row:
    """Compare with the published optima of the OR-Library, all that are there."""
    optima = json.loads((folder / "optima.json").read_text("utf-8"))["optimum"]
    apart, proved, took = [0.0], 0, 0.0
    for name, optimum in optima.items():
        task = median_task(folder / f"{name}.txt")
        start = time.perf_counter()
        answer = sites.solve(task, effort=PROOF)
        took += time.perf_counter() - start
        apart.append(abs(answer.value / optimum - 1.0))
        proved += answer.proved
    return Row(
        what=f"p-median, OR-Library, {len(optima)} instances: worst distance",
        peer="published optima",
        ours_s=round(took, 3),
        peer_s=None,
        ratio=round(max(apart), 6),
        target=WITHIN,
        better="lower",
        met=max(apart) <= WITHIN,
        note=f"{proved} proved",
    )


def main() -> None:
    """Run the rows of siting and print them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    asked = options.parse_args()
    bench = Bench.of(asked.data / "porto_alegre" / "poa.osm.pbf", crs="EPSG:32722")
    for row in (*against_highs(bench), against_optima(asked.data / "pmed")):
        print(row)


if __name__ == "__main__":
    main()

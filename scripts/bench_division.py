"""Division against its peers: one function a row of the bench.

    python scripts/bench_division.py [--units 20000] [--grids 100]

Units are the cells round random places, with the lengths of their borders and
lognormal households. gerrychain and pymetis come with the extra ``bench``; a row
whose peer is missing says so.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from bench_rows import Row, at_most, compared, missing
from numpy.typing import NDArray
from pandas import DataFrame
from scipy.spatial import Voronoi

from geoplan.division.aims import Aims
from geoplan.division.problem import Graph, Problem
from geoplan.division.search.descent import Effort, improved
from geoplan.division.search.start import afresh

UNITS, GRIDS = 20_000, 100
WITHIN = 0.01  # of the mean, for gerrychain and for the repair
SIDE = 50.0  # m, of a unit
FASTER = 100
#: sweeps of the search: where time counts, and where the length of borders does
QUICK, THOROUGH = 3.0, 60.0

_HOUSEHOLDS = (3.0, 0.8)  # mean and spread of their logarithm
_SOFT = 100.0  # weight of balance while borders are drawn
_FIRM = 30.0  # weight of the band afterwards
_WITHIN = 0.7  # of the tolerance that is aimed at

Parts = NDArray[np.int64]


def task(units: int, *, grids: int) -> tuple[Problem, DataFrame]:
    """Return a ground of cells, and its borders: one, other, border_m."""
    rng = np.random.default_rng(20260630)
    side = float(np.sqrt(units)) * SIDE
    at = rng.random((units, 2)) * side
    cells = Voronoi(at)
    closed = [i for i, ends in enumerate(cells.ridge_vertices) if -1 not in ends]
    corners = np.clip(cells.vertices, 0, side)
    ends = corners[np.array([cells.ridge_vertices[i] for i in closed])]
    length = np.hypot(*(ends[:, 0] - ends[:, 1]).T)
    pairs = DataFrame(np.sort(cells.ridge_points[closed]), columns=["one", "other"])
    pairs = pairs.assign(border_m=length, walk=True)[length > 1.0]
    pairs = pairs.assign(cost=pairs["border_m"] / (2 * side * np.sqrt(grids)))
    households = rng.lognormal(*_HOUSEHOLDS, units).round().clip(1)
    return Problem(
        graph=Graph.of(units, pairs=pairs),
        load=households,
        size=households,
        x=at[:, 0],
        y=at[:, 1],
        inertia=np.zeros(units),
        home=np.full(units, -1),
        fixed=np.zeros(units, bool),
        today=(),
        area_m2=side**2,
        aims=Aims(weights={"balance": _SOFT}),
        banded=False,
    ), pairs


def ours(
    problem: Problem, *, grids: int, sweeps: float = QUICK, seed: int = 0
) -> Parts:
    """Return geoplan's division: borders first, then the band."""
    effort = Effort(sweeps=sweeps, heat=0.3, seed=seed)
    part = afresh(problem, counts=np.array([grids]), effort=effort)
    mean = float(problem.size.sum()) / grids
    off = WITHIN * _WITHIN * mean
    aims = Aims(weights={"band": _FIRM}, band=(mean - off, mean + off))
    firm = replace(problem, aims=aims, banded=True)
    return improved(firm, part, count=grids, effort=replace(effort, sweeps=1.0))


def quality(part: Parts, *, problem: Problem, pairs: DataFrame) -> tuple[float, float]:
    """Return the largest deviation from the mean, and the km of borders."""
    sizes = np.bincount(part, weights=problem.size)
    one, other = pairs["one"].to_numpy(), pairs["other"].to_numpy()
    cut = float(pairs["border_m"].to_numpy()[part[one] != part[other]].sum())
    return float(np.abs(sizes / sizes.mean() - 1).max()), cut / 1000


def gerrychain(problem: Problem, pairs: DataFrame, *, grids: int) -> Parts:
    """Return gerrychain's division by recursive tree cuts."""
    import networkx as nx  # noqa: PLC0415  peers are optional
    from gerrychain import Graph as Chain  # noqa: PLC0415
    from gerrychain.partition import recursive_tree_part  # noqa: PLC0415

    graph = nx.Graph()
    graph.add_nodes_from(
        (unit, {"pop": float(size)}) for unit, size in enumerate(problem.size)
    )
    graph.add_edges_from(pairs[["one", "other"]].itertuples(index=False))
    found = recursive_tree_part(
        Chain.from_networkx(graph),
        list(range(grids)),
        float(problem.size.sum()) / grids,
        "pop",
        WITHIN,
    )
    return np.array([found[unit] for unit in range(problem.atoms)], np.int64)


def metis(problem: Problem, pairs: DataFrame, *, grids: int) -> Parts:
    """Return pymetis' contiguous division, repaired to the tolerance by our moves."""
    import pymetis  # noqa: PLC0415  peers are optional

    del pairs
    graph = problem.graph
    _, found = pymetis.part_graph(
        grids,
        adjacency=pymetis.CSRAdjacency(graph.start, graph.other),
        vweights=problem.size.astype(int),
        eweights=np.maximum((graph.border * 10).astype(int), 1),
        options=pymetis.Options(contig=1, ufactor=5),
        recursive=False,
    )
    mean = float(problem.size.sum()) / grids
    aims = Aims(
        weights={"band": _FIRM}, band=(mean * (1 - WITHIN), mean * (1 + WITHIN))
    )
    firm = replace(problem, aims=aims, banded=True)
    effort = Effort(sweeps=1.0, heat=0.0)
    return improved(firm, np.array(found, np.int64), count=grids, effort=effort)


def against_trees(*, units: int = UNITS, grids: int = GRIDS) -> Row:
    """Compare our time with gerrychain's, and tell border and deviation of both."""
    problem, pairs = task(units, grids=grids)
    what = f"division of {units:,} units into {grids}, within {WITHIN:.0%}"
    ours(task(400, grids=4)[0], grids=4)  # compiled
    mine, ours_s = _timed(partial(ours, problem, grids=grids))
    try:
        theirs, peer_s = _timed(partial(gerrychain, problem, pairs, grids=grids))
    except ImportError as absent:
        return missing(what, "gerrychain", target=FASTER, note=str(absent))
    (off, cut), (peer_off, peer_cut) = (
        quality(part, problem=problem, pairs=pairs) for part in (mine, theirs)
    )
    return compared(
        what,
        "gerrychain recursive_tree_part",
        ours_s=ours_s,
        peer_s=peer_s,
        target=FASTER,
        note=f"border {cut:.0f} km, off {off:.2%}; "
        f"peer {peer_cut:.0f} km, off {peer_off:.2%}",
    )


def against_metis(*, units: int = UNITS, grids: int = GRIDS) -> Row:
    """Compare the length of our borders, km, with those of pymetis and a repair."""
    problem, pairs = task(units, grids=grids)
    what = f"borders of {units:,} units in {grids}, within {WITHIN:.0%}, km for s"
    mine, ours_s = _timed(partial(ours, problem, grids=grids, sweeps=THOROUGH))
    try:
        theirs, peer_s = _timed(partial(metis, problem, pairs, grids=grids))
    except ImportError as absent:
        return missing(what, "pymetis + repair", target=1, note=str(absent))
    (off, cut), (peer_off, peer_cut) = (
        quality(part, problem=problem, pairs=pairs) for part in (mine, theirs)
    )
    return at_most(
        what,
        "pymetis + repair",
        ours_s=cut,
        peer_s=peer_cut,
        target=1,
        note=f"off {off:.2%} in {ours_s:.2f} s; peer {peer_off:.2%} in {peer_s:.2f} s",
    )


def _timed(action: Callable[[], Parts]) -> tuple[Parts, float]:
    start = time.perf_counter()
    found = action()
    return found, time.perf_counter() - start


def main() -> None:
    """Run the rows of division and print them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--units", type=int, default=UNITS)
    options.add_argument("--grids", type=int, default=GRIDS)
    options.add_argument("--no-gerrychain", action="store_true")
    asked = options.parse_args()
    if not asked.no_gerrychain:
        print(against_trees(units=asked.units, grids=asked.grids))
    print(against_metis(units=asked.units, grids=asked.grids))


if __name__ == "__main__":
    main()

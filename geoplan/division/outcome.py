"""What a plan comes to: its grids, who moves, and every aim by itself."""

from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from pandas import DataFrame, Series

from geoplan.check.rules import limit
from geoplan.division.apart import apart_already, forebears
from geoplan.division.case import Case, Ruled
from geoplan.division.faces import Ints
from geoplan.division.given import COUNTS
from geoplan.division.neighbours import pieces
from geoplan.division.plans import NOBODYS, Board, Codes, Plan, spread
from geoplan.division.rules import judged
from geoplan.division.search.compiled import beyond
from geoplan.division.stations import reached

_ROUNDED = 4
_STRAIGHT = 1e-3  # m: a vertex this little off a straight line is none


def grids(plan: Plan, *, drawn: GeoDataFrame | None = None) -> GeoDataFrame:
    """Return the grids of a plan.

    ``drawn``: their polygons (index = code; name, community), if others drew them;
    else they are put together from the units.

    Returns
    -------
    GeoDataFrame
        Index = code: name ("" of a new grid), community, kind, the ``COUNTS``,
        area_m2, compactness (Polsby-Popper, 1 for a disc), new, changed (bool);
        polygons.
    """
    units, today = plan.board.units, plan.board.units.ground.grids
    frame = units.frame.assign(to=plan.grid)
    table = frame.groupby("to")[list(COUNTS)].sum().rename_axis("code")
    first = frame.groupby("to")["community"].first()
    if drawn is not None:
        table = table.reindex(drawn.index).fillna(0.0)
        first, shapes = drawn["community"], drawn.geometry.to_numpy()
    else:
        # a grid whose ground is all of others too has no unit, and stays
        bare = today.loc[today.index.isin(list(plan.board.bare))]
        table = table.reindex(table.index.union(bare.index)).fillna(0.0)
        first = pd.concat([first, bare["community"]]).reindex(table.index)
        shapes = _shapes(plan, codes=table.index.to_numpy(object))
    old = today.reindex(table.index)
    area, outline = shapely.area(shapes), shapely.length(shapes)
    return GeoDataFrame(
        {
            "name": old["name"].fillna("") if drawn is None else drawn["name"],
            "community": first,
            "kind": old["kind"].fillna(""),
            **table,
            "area_m2": area,
            "compactness": 4 * np.pi * area / outline**2,
            "new": ~table.index.isin(today.index),
            "changed": table.index.isin([*plan.grid[plan.moved], *_left(plan)]),
        },
        index=table.index,
        geometry=shapes,
        crs=today.crs,
    )


def moved(plan: Plan) -> GeoDataFrame:
    """Return the buildings that change their grid: from, to and the ``COUNTS``."""
    units = plan.board.units
    buildings = units.ground.buildings
    held = units.of_building >= 0
    table = buildings[held]
    at = units.of_building[held]
    told = table.assign(**{"from": plan.today[at], "to": plan.grid[at]})
    return GeoDataFrame(told[told["from"] != told["to"]])


def flows(plan: Plan) -> DataFrame:
    """Return what each grid has from each grid of today: to, from, the ``COUNTS``.

    Sums by ``from`` are today's grids, sums by ``to`` the plan's.
    """
    frame = plan.board.units.frame
    table = DataFrame(frame[list(COUNTS)]).assign(
        **{"to": plan.grid, "from": plan.today}
    )
    return table.groupby(["to", "from"], as_index=False, sort=True).sum()


def terms(plan: Plan) -> dict[str, float]:
    """Return every aim by itself, without its weight; what they are: ``aims.toml``.

    Only of grids that may be redrawn; ``stations`` and ``second`` where known.
    """
    board = plan.board
    sizes, frame = plan.sizes(), board.units.frame
    low, high = board.aims.band
    out = [beyond(float(size), low, high) for size in sizes]
    counted = frame[board.units.ground.measure].to_numpy(float)
    free = ~frame["grid"].isin(list(board.locked)).to_numpy()
    pairs = board.units.borders
    one, other = pairs["one"].to_numpy(), pairs["other"].to_numpy()
    cut = (plan.grid[one] != plan.grid[other]) & (free[one] | free[other])
    side = 2 * np.sqrt(max(float(frame["area_m2"][free].sum()) * len(sizes), 1.0))
    border, line = (
        float(pairs[name].to_numpy()[cut].sum()) for name in ("border_m", "line_m")
    )
    found = {
        "balance": spread(_work(plan)) ** 2,
        "moved": plan.households_moved / max(float(counted.sum()), 1e-9),
        "borders": max(border - line, 0.0) / side,
        "compact": border / side,
        "spread": _spread(plan, counted=counted),
    }
    if board.units.ground.measure == "households":
        found["band"] = float(np.mean(out) / ((low + high) / 2))
    if board.stations is not None and len(board.stations.frame):
        near = reached(board.stations, grid=plan.grid, units=board.units)
        beyond_all = sizes.sum() - near.reindex(sizes.index).sum()
        found["stations"] = beyond_all / max(float(sizes.sum()), 1e-9)
    if board.second is not None:
        same = cut & (board.second[one] == board.second[other])
        found["second"] = float(pairs["border_m"].to_numpy()[same].sum() / side)
    return {name: round(float(value), 6) for name, value in sorted(found.items())}


def ruled(
    plan: Plan, *, shapes: GeoDataFrame, loose: bool = False
) -> tuple[Ruled, ...]:
    """Return what every rule says of a plan's polygons, and of walks within them.

    ``shapes``: as :func:`grids` gives them; ``loose``: whether units are the overlay
    of borders drawn apart, so that those without a building do not count.
    """
    board = plan.board
    case = Case(
        after=shapes, ground=board.units.ground, locked=board.locked, aims=board.aims
    )
    return (*judged(case), on_foot(plan, lived=loose))


def on_foot(plan: Plan, *, lived: bool = False, among: Ints | None = None) -> Ruled:
    """Return whether each grid's units can be walked between within it.

    What cannot be walked to in its grid today is inherited. ``lived``: pieces
    without a building do not count, as there are between borders drawn apart.
    ``among``: the units whose grids are looked at (positions, whole grids); all.
    """
    board = plan.board
    some = np.arange(len(plan.grid)) if among is None else among
    now = _walked(board, plan.grid, among=some)
    counts = board.units.frame["buildings"].to_numpy()[some] >= float(lived)
    grid = plan.grid[some]
    held = counts & (grid != NOBODYS)
    if len(np.unique(now[held])) == len(set(grid[held])):  # as it is nearly always
        return Ruled(id="G1-walk", level="error")
    was, today = _walked(board, plan.today, among=some), plan.today[some]
    codes, alive = (set(one) for one in (plan.today, plan.grid))
    offenders: list[str] = []
    inherited: list[str] = []
    for code, rows in sorted(Series(grid).groupby(grid).indices.items()):
        members = rows[counts[rows]]
        if code == NOBODYS or len(set(now[members])) < 2:  # noqa: PLR2004  one piece is whole
            continue
        of = Series(zip(today[members], was[members], strict=True))
        parts = [one for _, one in of.groupby(now[members])]
        apart = apart_already(parts, of=forebears(code, today=codes, now=alive))
        (inherited if apart else offenders).append(str(code))
    return Ruled(
        id="G1-walk",
        level="error",
        offenders=tuple(offenders),
        inherited=tuple(inherited),
    )


def _walked(board: Board, grid: Codes, *, among: Ints) -> Ints:
    """Return the piece, by walks within a grid, of each of some units."""
    place = np.full(len(grid), -1, np.int64)
    place[among] = np.arange(len(among))
    walk = board.pairs["walk"].to_numpy()
    one, other = (board.pairs[name].to_numpy()[walk] for name in ("one", "other"))
    inside = (place[one] >= 0) & (place[other] >= 0)
    one, other = one[inside], other[inside]
    same = grid[one] == grid[other]
    return pieces(len(among), one=place[one[same]], other=place[other[same]])


def results(
    plan: Plan, rules: tuple[Ruled, ...], *, option: int = 1, grids: GeoDataFrame
) -> dict[str, Any]:
    """Return a plan as the machines' contract has it: one of ``options``.

    ``grids``: of the plan, as :func:`grids` gives them.
    """
    told, sizes = flows(plan), plan.sizes()
    of = dict.fromkeys(grids.index, told.iloc[:0]) | dict(iter(told.groupby("to")))
    measure = plan.board.units.ground.measure
    mean = float(sizes.mean()) if len(sizes) else 0.0
    before = Plan(board=plan.board, grid=plan.today)
    entry: dict[str, Any] = {
        "option": option,
        "seed": plan.seed,
        "measure": measure,
        "rules": [one.entry() for one in rules],
        "terms": terms(plan),
        "households_moved": plan.households_moved,
        "buildings_moved": len(moved(plan)),
        "balance": {
            "cv_before": round(before.cv, _ROUNDED),
            "cv_after": round(plan.cv, _ROUNDED),
            "max_over_mean_after": round(float(sizes.max()) / mean, _ROUNDED)
            if mean > 0
            else None,
        },
        "grids": [
            {
                "code": str(code),
                "households": round(row["households"]),
                "people": round(row["people"]),
                "area_m2": round(row["area_m2"], 1),
                "compactness": round(row["compactness"], _ROUNDED),
                "from": _from(of[code], measure),
            }
            for code, row in grids.drop(columns="geometry").iterrows()
        ],
    }
    if plan.share is not None:
        entry |= {"share": plan.share, "knee": plan.knee}
    return entry


def _from(rows: DataFrame, measure: str) -> dict[str, int]:
    return {
        str(code): round(count)
        for code, count in zip(rows["from"], rows[measure], strict=True)
    }


def _left(plan: Plan) -> Codes:
    """Return the grids that units leave."""
    return plan.today[plan.moved]


def _shapes(plan: Plan, *, codes: Codes) -> Codes:
    """Return the outline of each grid of a plan, all fitting exactly.

    Where nothing changes they are today's. Vertices that only mark where lines
    within the grids met the outline are left out.
    """
    today = plan.board.units.ground.grids.geometry
    if not plan.moved.any():
        return np.asarray(today.reindex(codes).to_numpy(), dtype=object)
    units = Series(plan.board.units.frame.geometry.to_numpy(), dtype=object)
    by_code = units.groupby(plan.grid)
    held = by_code.groups.keys()
    shapes = np.array(
        [
            shapely.coverage_union_all(by_code.get_group(c).to_numpy())
            if c in held
            else shapely.Polygon()
            for c in codes
        ],
        dtype=object,
    )
    plain: Codes = shapely.coverage_simplify(shapes, _STRAIGHT)
    # a grid of today that overlaps others, and stays, stays as it is
    was = today.reindex(codes).to_numpy()
    plain = np.where(shapely.is_empty(plain), was, plain)
    stays = ~np.isin(codes.astype(str), [*plan.grid[plan.moved], *_left(plan)])
    off = np.zeros(len(codes))
    off[stays] = shapely.area(shapely.symmetric_difference(was[stays], plain[stays]))
    return np.where(off > limit("speck_m2") / 2, was, plain)


def _work(plan: Plan) -> Series:
    """Return the work of each grid that may be redrawn."""
    board = plan.board
    frame = board.units.frame
    measure = board.units.ground.measure
    work = board.aims.load(frame) if frame["households"].any() else frame[measure]
    return plan.summed(np.asarray(work, float))


def _spread(plan: Plan, *, counted: Codes) -> float:
    """Return the mean square distance of homes from their grid's middle, ÷ its area."""
    frame = plan.board.units.frame
    table = DataFrame(
        {"w": counted, "x": counted * frame["x"], "y": counted * frame["y"]}
    )
    square = counted * (frame["x"] ** 2 + frame["y"] ** 2)
    sums = table.assign(square=square).groupby(plan.grid).sum()
    sums = sums[sums["w"] > 0]
    inertia = sums["square"] - (sums["x"] ** 2 + sums["y"] ** 2) / sums["w"]
    area = float(frame["area_m2"].sum()) / max(len(np.unique(plan.grid)), 1)
    return float(inertia.sum()) / (max(float(counted.sum()), 1e-9) * area)

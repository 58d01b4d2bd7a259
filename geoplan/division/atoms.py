"""Atoms: what is moved whole, as units that must stay together are glued.

Units of one compound are, and what cannot be walked to sticks to its own grid.
"""

import numpy as np
from pandas import DataFrame
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order

from geoplan.division.faces import Bools, Ints
from geoplan.division.neighbours import pieces

SHARE = "share"

_BARRED = 1 - 1e-6  # of a border along a barrier, what does not count


def glued(frame: DataFrame, *, pairs: DataFrame, within: str) -> tuple[Ints, Bools]:
    """Return the atom of each unit, and who sticks to what it cannot be walked to.

    Units of one compound in one grid stay together. Within an area (``within``: a
    column) a grid's seat is the piece with most of its homes; what cannot be walked
    to from there sticks to it.
    """
    walked = pairs[pairs["walk"]]
    one, other = walked["one"].to_numpy(), walked["other"].to_numpy()
    area, grid = (frame[name].to_numpy(object) for name in (within, "grid"))
    in_area, in_grid = (
        pieces(len(frame), one=one[inner], other=other[inner])
        for inner in (area[one] == area[other], grid[one] == grid[other])
    )
    glue = [_compounds(frame, one=one, other=other)]
    stray = ~_seated(frame, piece=in_area)
    for name in np.unique(area[stray].astype(str)):
        glue += _stuck(
            np.flatnonzero((area == name) & stray),
            piece=in_grid,
            stands=np.flatnonzero((area == name) & ~stray),
            frame=frame,
            pairs=pairs,
        )
    stuck = np.concatenate(glue)
    atom = pieces(len(frame), one=stuck[:, 0], other=stuck[:, 1])
    return atom, stray


def _seated(frame: DataFrame, *, piece: Ints) -> Bools:
    """Return which units are in the seat of their grid.

    ``piece``: of each unit, by walks within its area.
    """
    table = DataFrame(
        {
            "grid": frame["grid"].to_numpy(object),
            "piece": piece,
            # where nobody lives, the ground decides
            "weight": frame["buildings"].to_numpy(float)
            + 1e-9 * frame["area_m2"].to_numpy(float),
        }
    )
    whole = table.groupby("piece")["weight"].sum().rename("whole")
    held = table.groupby(["grid", "piece"])["weight"].sum().reset_index()
    held = held.assign(homes=held["weight"].round()).join(whole, on="piece")
    order = held.sort_values(
        ["homes", "whole", "weight", "piece"], ascending=[False, False, False, True]
    )
    seat = order.drop_duplicates("grid").set_index("grid")["piece"]
    found: Bools = piece == table["grid"].map(seat).to_numpy()
    return found


def _stuck(
    lesser: Ints, *, piece: Ints, stands: Ints, frame: DataFrame, pairs: DataFrame
) -> list[Ints]:
    """Return what sticks to what: to what borders on it first, in its own grid.

    Open borders come first. A piece that borders on nothing that stands waits for
    those between. Where homes lie apart, their grid's own homes on this side stay
    with them, so that whatever joins them, the grid is cut as it is today, not anew.

    ``piece``: of each unit, by walks within its grid.
    """
    grid = frame["grid"].to_numpy(object)
    lived = frame["buildings"].to_numpy(float) > 0
    homes_apart = set(grid[lesser[lived[lesser]]])
    waiting = [lesser[piece[lesser] == number] for number in np.unique(piece[lesser])]
    glue: list[Ints] = []
    homes: Ints = np.zeros(0, np.int64)  # those that something is glued to
    while waiting:
        tried = [
            _anchor(
                some, stands[grid[stands] == grid[some[0]]], frame=frame, pairs=pairs
            )
            for some in waiting
        ]
        at = int(np.argmax([border for _, border in tried]))
        some, anchor = waiting.pop(at), tried[at][0]
        glue.append(np.column_stack([some, np.full(len(some), anchor)]))
        if grid[anchor] in homes_apart:
            own = stands[grid[stands] == grid[anchor]]
            way = _way_home(anchor, own, homes=homes, frame=frame, pairs=pairs)
            homes = np.append(homes, way[0])
            glue.append(np.column_stack([way[1:], way[:-1]]))
        stands = np.concatenate([stands, some])
    return glue


def _way_home(
    unit: int, held: Ints, *, homes: Ints, frame: DataFrame, pairs: DataFrame
) -> Ints:
    """Return the units from the nearest home to a unit, by walks within some units.

    ``homes``: those that are preferred. Where there is no home, the unit alone.
    """
    inside = np.zeros(len(frame), bool)
    inside[held] = True
    walked = pairs[pairs["walk"]]
    one, other = walked["one"].to_numpy(), walked["other"].to_numpy()
    both = inside[one] & inside[other]
    shape = (len(frame), len(frame))
    ways = coo_array((np.ones(both.sum()), (one[both], other[both])), shape=shape)
    order, before = breadth_first_order(ways.tocsr(), unit, directed=False)
    lived = order[frame["buildings"].to_numpy(float)[order] > 0]
    goals = np.concatenate([lived[np.isin(lived, homes)], lived, [unit]])
    way = [int(goals[0])]
    while way[-1] != unit:
        way.append(int(before[way[-1]]))
    return np.array(way, np.int64)


def _compounds(frame: DataFrame, *, one: Ints, other: Ints) -> Ints:
    """Return the pairs of units that hold parts of one compound in one grid."""
    name = frame["name"].to_numpy(object)
    grid, kind = frame["grid"].to_numpy(object), frame["kind"].to_numpy(object)
    same = (name[one] == name[other]) & (name[one] != "") & (grid[one] == grid[other])
    same &= (kind[one] != SHARE) & (kind[other] != SHARE)
    return np.column_stack([one[same], other[same]]).astype(np.int64)


def in_pieces(frame: DataFrame, *, pairs: DataFrame) -> Bools:
    """Return the units of compounds whose parts in a grid do not hang together.

    They stay where they are: apart they would be parted, and as one they would
    join what cannot be walked between.
    """
    walked = pairs[pairs["walk"]]
    one, other = walked["one"].to_numpy(), walked["other"].to_numpy()
    glued = _compounds(frame, one=one, other=other)
    table = DataFrame(
        {
            "name": frame["name"].to_numpy(object),
            "grid": frame["grid"].to_numpy(object),
            "piece": pieces(len(frame), one=glued[:, 0], other=glued[:, 1]),
        }
    )
    whole = (table["name"] != "") & (frame["kind"] != SHARE).to_numpy()
    many = table[whole].groupby(["name", "grid"])["piece"].transform("nunique") > 1
    found = np.zeros(len(frame), bool)
    found[many.index[many]] = True
    return found


def _anchor(
    some: Ints, main: Ints, *, frame: DataFrame, pairs: DataFrame
) -> tuple[int, float]:
    """Return which unit of those that stand a piece sticks to, and their border.

    Of a border along a barrier hardly anything counts.
    """
    beside = np.zeros(len(frame))
    for near, far in (("one", "other"), ("other", "one")):
        rows = pairs[pairs[near].isin(some) & pairs[far].isin(main)]
        counts = rows["border_m"] - _BARRED * rows["hard_m"]
        np.add.at(beside, rows[far].to_numpy(), counts.to_numpy())
    border = float(beside[main].max(initial=0.0))
    if border > 0:
        return int(main[np.argmax(beside[main])]), border
    x, y = frame["x"].to_numpy(), frame["y"].to_numpy()
    away = np.hypot(x[main] - x[some].mean(), y[main] - y[some].mean())
    return int(main[np.argmin(away)]), 0.0

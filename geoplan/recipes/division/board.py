"""A study's division as what plans are made on, and the plans that are asked for."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geoplan import division
from geoplan.errors import UsageError
from geoplan.recipes.division.asked import Asked
from geoplan.recipes.division.ground import Laid
from geoplan.recipes.division.settings import wished
from geoplan.study.areas import by_code_or_name

_PAIR = 2  # grids that can be made one, or rebalanced


def board_of(
    laid: Laid, *, asked: Asked, areas: NDArray[np.object_] | None = None
) -> division.Board:
    """Return what plans are made on: units, aims, locks, stations.

    ``areas``: polygons of another division, whose borders no unit crosses.
    """
    wish = wished(laid.study, asked=asked)
    made = division.board(
        laid.ground,
        aims=wish.aims,
        effort=division.Effort(seed=asked.seed),
        locked=wish.locked,
        second=laid.study.layers.second,
        areas=areas,
    )
    return replace(
        made,
        template=wish.template,
        stations=laid.stations if len(laid.stations.frame) else None,
    )


def plans_of(
    laid: Laid, *, board: division.Board, asked: Asked
) -> tuple[division.Plan, ...]:
    """Return the plans of what is asked, the best first.

    Raises
    ------
    UsageError
        It cannot be done: a grid is unknown, locked, or not a neighbour.
    """
    if asked.task == "split":
        code = _grids(laid, [asked.split])[0]
        return division.split(board, code, into=asked.into, options=asked.options)
    if asked.task == "merge":
        return (division.merge(board, _several(laid, asked.merge)),)
    if asked.task == "shift":
        return (division.shift(board, _several(laid, asked.shift)),)
    where = _community(laid, asked.community)
    if asked.task == "least_change":
        return division.least_change(board, communities=where)
    return division.redraw(
        board, communities=where, grids=asked.grids, options=asked.options
    )


def _grids(laid: Laid, names: list[str]) -> list[str]:
    """Return the codes of grids, given by code or name."""
    known = by_code_or_name(laid.ground.grids)
    return [known.get(name, name) for name in names]


def _several(laid: Laid, names: tuple[str, ...]) -> list[str]:
    """Return the codes of at least two different grids."""
    codes = list(dict.fromkeys(_grids(laid, list(names))))
    if len(codes) < _PAIR:
        raise UsageError.at("division_one_grid", codes="、".join(codes))
    return codes


def _community(laid: Laid, name: str) -> list[str] | None:
    """Return the code of the community that is named, in a list; None for all."""
    if not name:
        return None
    known = by_code_or_name(laid.study.layers.communities)
    code = known.get(name, name)
    if code not in set(laid.ground.grids["community"]):
        names = "、".join(laid.study.layers.communities["name"][:20])
        raise UsageError.at("division_community_unknown", name=name, known=names)
    return [code]

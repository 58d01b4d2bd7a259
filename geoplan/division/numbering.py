"""Codes of proposed grids: old ones stay where most households stay, new ones follow.

A code that is given up is never given to another grid.
"""

import math
import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from geoplan.division.faces import Bools, Floats, Ints
from geoplan.errors import UsageError

_NUMBERED = re.compile(r"(.*?)(\d+)", re.DOTALL)
_LONG = 4  # digits: more are no number alone, but end with one
_LAST = 3  # digits of the number that they end with


@dataclass(frozen=True, kw_only=True)
class Template:
    """How a grid's code follows from its community's."""

    separator: str
    digits: int  #: of the number, with leading zeros
    open: bool = False  #: whether a number may have more digits

    def code(self, community: str, number: int) -> str:
        """Return the code of a number.

        Raises
        ------
        UsageError
            The number has more digits than the code.

        Examples
        --------
        >>> template("db11").code("420105001002", 7)
        '420105001002007'
        """
        if number >= 10**self.digits and not self.open:
            raise UsageError.at(
                "division_codes_used_up", community=community, digits=self.digits
            )
        return f"{community}{self.separator}{number:0{self.digits}d}"


def template(name: str) -> Template:
    """Return a packaged template; ``db11`` is the usual one."""
    if name not in _tables():
        raise UsageError.at(
            "division_template_unknown", name=name, known="、".join(_tables())
        )
    return Template(**_tables()[name])


def seen(codes: Collection[str], *, community: str) -> Template:
    """Return the template that a community's grids follow today, else the usual one.

    Numbers without leading zeros (1, 2, … 10) grow as they count.

    Examples
    --------
    >>> seen(["MC-CO-01", "MC-CO-02"], community="MC-CO")
    Template(separator='-', digits=2, open=False)
    >>> seen(["K-8", "K-9"], community="K").code("K", 10)
    'K-10'
    """
    tails = [_tail(code, community=community) for code in codes]
    separators = {tail and tail[0] for tail in tails}
    if len(separators) != 1 or None in separators:
        return template("db11")
    numbers = [tail[1] for tail in tails if tail is not None]
    digits = {len(number) for number in numbers}
    counting = 1 in digits and not any(n[0] == "0" for n in numbers if n != "0")
    if len(digits) > 1 and not counting:
        return template("db11")
    return Template(separator=str(separators.pop()), digits=min(digits), open=counting)


def stem(
    codes: Collection[str], *, community: str, others: Collection[str] = ()
) -> str:
    """Return what the codes of a community's grids begin with, before their numbers.

    The community's own code, if they begin so; else what they have in common
    before the number that they end with, if no code of ``others`` begins so; else
    the community's code all the same.

    Examples
    --------
    >>> stem(["420105001002001", "420105001002002"], community="文澜社区")
    '420105001002'
    >>> stem(["WL-1", "WL-2"], community="文澜社区", others=["WL-3"])
    '文澜社区'
    """
    if all(code.startswith(community) for code in codes):
        return community
    found = {_head(code) for code in codes}
    head = found.pop()
    fits = head and not found and not any(one.startswith(head) for one in others)
    return head if fits else community


def _head(code: str) -> str:
    """Return a code without the number that it ends with."""
    number = _NUMBERED.fullmatch(code)
    if number is None:
        return ""
    return code[:-_LAST] if len(number[2]) > _LONG else number[1]


def kept(
    overlap: Floats, *, bound: Bools | None = None, apart: Ints | None = None
) -> Ints:
    """Return today's grid whose code each part keeps, -1 for a new one.

    Parameters
    ----------
    overlap : array, shape (parts, grids)
        What they have in common. The sum of what keeps its code is the largest.
    bound : bool array, same shape, optional
        Whether a part holds what cannot be walked to in a grid: no other part
        keeps that grid's code.
    apart : int array, same shape, optional
        In how many pieces a part lies as a grid does, besides one: rather than
        others it keeps the code of the grid that lay in most.
    """
    if apart is not None:
        overlap = overlap + apart * (1.0 + overlap.sum())
    if bound is not None:
        overlap = np.where(bound.any(axis=0) & ~bound, 0.0, overlap)
    part, grid = linear_sum_assignment(overlap, maximize=True)
    found = np.full(overlap.shape[0], -1, np.int64)
    shared = overlap[part, grid] > 0
    found[part[shared]] = grid[shared]
    return found


def apart(part: Ints, *, grid: Ints, piece: Ints) -> Ints:
    """Return in how many pieces of a part something of a grid lies, besides one.

    Parameters
    ----------
    part, grid : int array
        Of each unit, numbered from 0.
    piece : int array
        The piece of its part that each unit is in.

    Returns
    -------
    int array, shape (parts, grids)
    """
    shape = (int(part.max()) + 1, int(grid.max()) + 1)
    held = np.unique(np.column_stack([part, grid, piece]), axis=0)
    counts: Ints = np.zeros(shape, np.int64)
    np.add.at(counts, (held[:, 0], held[:, 1]), 1)
    return np.maximum(counts - 1, 0)


def numbered(
    new: Ints,
    *,
    at: Floats,
    community: str,
    codes: Collection[str],
    row_m: float,
    by: Template | None = None,
) -> dict[int, str]:
    """Return the codes of new parts: after the last number, by rows.

    Rows run from west to east, the northern first.

    Parameters
    ----------
    new : int array
        Numbers of the parts that keep no code.
    at : array, shape (parts, 2)
        x, y of the middle of each of them.
    community : str
        What its codes begin with.
    codes : collection of str
        All that the community has or had.
    row_m : float
        Height of a row.
    """
    by = by or seen(codes, community=community)
    used = [_number(code, community=community) for code in codes]
    row = np.floor((at[:, 1].max(initial=-math.inf) - at[:, 1]) / max(row_m, 1.0))
    order = np.lexsort((at[:, 0], row)) if len(new) else np.zeros(0, np.int64)
    following = max(used, default=0) + 1
    return {
        int(new[one]): by.code(community, following + place)
        for place, one in enumerate(order)
    }


def matched(
    part: Ints, *, grid: Ints, weight: Floats, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Return what parts and today's grids have in common, shape as given."""
    table = np.bincount(
        part * shape[1] + grid, weights=weight, minlength=shape[0] * shape[1]
    )
    return table.reshape(shape).astype(float)


def _tail(code: str, *, community: str) -> tuple[str, str] | None:
    """Return the separator and number by which a code follows its community's."""
    if not code.startswith(community):
        return None
    found = _NUMBERED.fullmatch(code[len(community) :])
    return None if found is None else (found[1], found[2])


def _number(code: str, *, community: str) -> int:
    tail = _tail(code, community=community)
    return 0 if tail is None else int(tail[1])


@cache
def _tables() -> dict[str, Any]:
    source = files("geoplan") / "division" / "templates.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))

"""Pieces of a grid that lie apart, and whether they did so today."""

from collections import Counter
from collections.abc import Collection, Iterable
from itertools import chain

Held = tuple[str, int]  #: a grid of today, and the number of one of its pieces


def forebears(
    code: str, *, today: Collection[str], now: Collection[str]
) -> frozenset[str]:
    """Return the grids of today that a grid goes on from.

    That of its code, and those that are given up; any if its code is new.

    Parameters
    ----------
    code : str
        Of the grid.
    today, now : collection of str
        Codes of all grids, of today and of the division.

    Examples
    --------
    >>> sorted(forebears("A", today="ABC", now="AB"))
    ['A', 'C']
    """
    return frozenset(today).difference(set(now) - {code} if code in today else ())


def apart_already(pieces: Iterable[Iterable[Held]], *, of: Collection[str]) -> bool:
    """Return whether pieces of a grid lay apart today, and one at most has grown.

    They lay apart if one of the grids that it goes on from (``of``) has something in
    both. What comes from elsewhere, or is the only part of its grid here, may be in
    one piece at most. ``pieces``: for each, what holds each of its members today.

    Examples
    --------
    >>> apart_already([[("A", 0)], [("A", 1)]], of="A")  # a railway cuts A
    True
    >>> apart_already([[("A", 0), ("B", 0)], [("A", 1)]], of="A")  # one side grew
    True
    >>> apart_already([[("A", 0), ("B", 0)], [("A", 1), ("C", 0)]], of="A")  # both
    False
    >>> apart_already([[("A", 0)], [("B", 0)]], of="AB")  # neither was apart
    False
    >>> apart_already([[("A", 0)], [("A", 0)]], of="A")  # torn
    False
    >>> both = [[("A", 0), ("B", 0)], [("A", 1)], [("B", 1)]]
    >>> apart_already(both, of="AB"), apart_already(both, of="A")
    (True, False)
    """
    held = [set(one) for one in pieces]
    torn = len(set().union(*held)) < sum(map(len, held))
    grids = [{grid for grid, _ in one} for one in held]
    own = [one.intersection(of) for one in grids]
    count = Counter(chain.from_iterable(own))
    grown = sum(any(count[grid] <= 1 for grid in one) for one in grids)
    return not torn and grown <= 1 and _linked(own)


def _linked(sets: list[set[str]]) -> bool:
    """Return whether sets hang together by what they have in common."""
    joined, waiting = sets[0], sets[1:]
    while near := [one for one in waiting if one & joined]:
        joined = joined.union(*near)
        waiting = [one for one in waiting if not one & joined]
    return not waiting

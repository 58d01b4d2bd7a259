"""Which column is which by its content, where its name says nothing.

A guess is made only if exactly one column fits, and it is always told.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from geoplan import codes, columns
from geoplan import crs as crs_
from geoplan.columns import Schema
from geoplan.files import degrees, values

_FIRST = 200  # rows that must fit before the whole column is looked at
_CODE_DIGITS = range(9, 21)  # a street office's code has 9, a building's up to 20
_AREA_DIGITS = 6  # codes of one place begin alike: province, city, county
_SPREAD = 3.0  # degrees; a street office is far smaller
_DECIMALS = 3  # of a degree: about 100 m
_SHAPES = ("point", "linestring", "polygon", "multi")


def guessed(
    frame: DataFrame,
    *,
    free: Sequence[int],
    missing: Collection[str],
    schema: Schema,
    places: bool,
) -> dict[str, int]:
    """Return canonical column → position for those told by their content.

    ``free`` are the positions that no name claims, ``missing`` the canonical
    columns that none was found for; ``places``: coordinates are wanted as well.
    """
    found: dict[str, int] = {}
    for name in ("code", "area"):
        if name in missing and schema.columns[name].names:
            found |= _only(frame, free, _are_codes, name=name)
    if "tier" in missing and schema.columns["tier"].names:
        found |= _only(frame, free, _are_tiers, name="tier")
    return found | (_places(frame, free) if places else {})


def _places(frame: DataFrame, free: Sequence[int]) -> dict[str, int]:
    """Return the columns of coordinates, if there is one way to have them."""
    axes: dict[str, int] = {}
    for name, (low, high) in {"lon": crs_.CHINA[::2], "lat": crs_.CHINA[1::2]}.items():
        fits = partial(_are_degrees, low=low, high=high)
        axes |= _only(frame, free, fits, name=name)
    ways: list[Mapping[str, int]] = [
        _only(frame, free, _are_wkt, name="wkt"),
        axes if len(axes) == 2 else {},  # noqa: PLR2004  both or none
        _only(frame, free, _are_pairs, name="lonlat"),
    ]
    there = [way for way in ways if way]
    return dict(there[0]) if len(there) == 1 else {}


def _only(
    frame: DataFrame,
    free: Sequence[int],
    fits: Callable[[Series], bool],
    *,
    name: str,
) -> dict[str, int]:
    """Return the one column whose cells fit; nothing if several do."""
    able = []
    for at in free:
        cells = frame.iloc[:, at]
        if len(cells) and fits(cells.iloc[:_FIRST]) and fits(cells):
            able.append(at)
    return {name: able[0]} if len(able) == 1 else {}


def _are_codes(cells: Series) -> bool:
    written = [codes.clean(cell) for cell in cells]
    if len(written) < 2 or len(set(written)) < len(written):  # noqa: PLR2004  one tells nothing
        return False
    return (
        all(w.isascii() and w.isdigit() and len(w) in _CODE_DIGITS for w in written)
        and len({w[:_AREA_DIGITS] for w in written}) == 1
    )


def _are_tiers(cells: Series) -> bool:
    known = columns.values("tier")
    return all(columns.plain_value(values.text(cell)) in known for cell in cells)


def _are_wkt(cells: Series) -> bool:
    written = [values.text(cell).casefold() for cell in cells]
    return all(w.startswith(_SHAPES) and w.endswith(")") for w in written if w) and any(
        written
    )


def _are_degrees(cells: Series, *, low: float, high: float) -> bool:
    if pd.api.types.is_bool_dtype(cells):
        return False
    read = [values.number(cell) for cell in cells]
    if any(value is None for value in read):
        return False
    numbers = np.array(read, float)
    numbers = numbers[~np.isnan(numbers)]
    if not numbers.size or not ((numbers >= low) & (numbers <= high)).all():
        return False
    fine = numbers.round(_DECIMALS) != numbers
    return bool(np.ptp(numbers) < _SPREAD and 2 * fine.sum() > fine.size)


def _are_pairs(cells: Series) -> bool:
    written = [text for cell in cells if (text := values.text(cell))]
    pairs = [degrees.pair(text) for text in written]
    return bool(pairs) and all(
        two is not None
        and (
            crs_.in_china(two[0].value, two[1].value)
            or crs_.in_china(two[1].value, two[0].value)
        )
        for two in pairs
    )

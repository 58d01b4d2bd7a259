"""Whether two studies stand on one ground: the same homes, doors and gates."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from pandas import Series

from geoplan.model import Layers

_SPECK = 0.5  # m²; less than this of difference is of rounding
_NEAR = 0.01  # m

#: What two studies must have in common, and what is compared of it.
_COMMON = {
    "buildings": ("households", "people", "residential", "compound"),
    "entrances": ("building",),
    "compounds": ("name",),
    "gates": ("compound", "kind", "hours"),
}


@dataclass(frozen=True, kw_only=True)
class Differs:
    """How a layer of one study differs from that of another."""

    layer: str
    added: int = 0
    gone: int = 0
    changed: int = 0
    codes: tuple[str, ...] = ()  #: the first few


def division_differs(before: GeoDataFrame, after: GeoDataFrame) -> bool:
    """Return whether two divisions differ in codes, communities or borders."""
    if set(before.index) != set(after.index):
        return True
    other = after.reindex(before.index)
    if (before["community"] != other["community"]).any():
        return True
    shapes, others = before.geometry.to_numpy(), other.geometry.to_numpy()
    return bool((_apart(shapes, others) > _SPECK).any())


def other_ground(before: Layers, after: Layers) -> Iterator[Differs]:
    """Yield the layers besides grids and stations that differ, and by how much."""
    for layer, columns in _COMMON.items():
        was, now = (getattr(one, layer) for one in (before, after))
        found = _layer(layer, was, now, columns=columns)
        if found is not None:
            yield found


def _layer(
    layer: str,
    was: GeoDataFrame | None,
    now: GeoDataFrame | None,
    *,
    columns: tuple[str, ...],
) -> Differs | None:
    """Return how a layer differs; None if it does not."""
    if was is None or now is None:
        return None if was is now else Differs(layer=layer, changed=1)
    added = now.index.difference(was.index)
    gone = was.index.difference(now.index)
    both = was.index.intersection(now.index)
    changed = both[_changed(was.loc[both], now.loc[both], columns=columns)]
    codes = [str(code) for code in (*added, *gone, *changed)]
    if not codes:
        return None
    return Differs(
        layer=layer,
        added=len(added),
        gone=len(gone),
        changed=len(changed),
        codes=tuple(codes),
    )


def _changed(
    was: GeoDataFrame, now: GeoDataFrame, *, columns: tuple[str, ...]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which things of both are elsewhere or said to be otherwise."""
    shapes, others = was.geometry.to_numpy(), now.geometry.to_numpy()
    points = shapely.get_dimensions(shapes) == 0
    far = shapely.distance(shapes, others) > _NEAR
    differs = np.where(points, far, _apart(shapes, others) > _SPECK)
    for name in (one for one in columns if one in was and one in now):
        differs |= ~_alike(was[name], now[name])
    return np.asarray(differs, dtype=bool)


def _alike(one: Series, other: Series) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    missing = pd.isna(one).to_numpy() & pd.isna(other).to_numpy()
    return np.asarray(missing | (one.to_numpy() == other.to_numpy()), dtype=bool)


def _apart(
    shapes: np.ndarray[tuple[int], np.dtype[np.object_]],
    others: np.ndarray[tuple[int], np.dtype[np.object_]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the area, m², that only one of two shapes has."""
    same = shapely.equals_exact(shapes, others, _NEAR)
    apart = np.zeros(len(shapes))
    one, other = (shapely.make_valid(some[~same]) for some in (shapes, others))
    apart[~same] = shapely.area(shapely.symmetric_difference(one, other))
    return apart

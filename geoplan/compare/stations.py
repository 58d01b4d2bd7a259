"""Which stations are new, closed or elsewhere, and what else is said of them anew."""

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from pandas import Index, Series

STAYED_M = 0.05  # m; nearer than this a station stands where it stood

#: What may change besides the place: the word for it, and the columns.
_SAID = {
    "hours": ("hours",),
    "tier": ("tier",),
    "items": ("items",),
    "serves": (
        "serves_grid",
        "serves_community",
        "belongs_grid",
        "belongs_community",
    ),
}


def station_changes(before: GeoDataFrame, after: GeoDataFrame) -> GeoDataFrame:
    """Return the stations of both, those of ``before`` first, and what changed.

    Returns
    -------
    GeoDataFrame
        Index = code: name, tier (as they are after, of a closed one before), change
        (words of "added", "closed", "moved", "hours", "tier", "items", "serves" with
        spaces between, "" for none), moved_m, hours_before, hours_after, x_before,
        y_before (missing where it does not stand); points.
    """
    new = after.index[~after.index.isin(before.index)]
    index = Index([*before.index, *new], name="code", dtype="str")
    was, now = before.reindex(index), after.reindex(index)
    closed = ~index.isin(after.index)
    latest = now.where(~Series(closed, index=index), was)
    moved = was.geometry.distance(now.geometry, align=False)
    change = Series("", index=index, dtype=object)
    change[index.isin(new)] = "added"
    change[closed] = "closed"
    both = index[index.isin(before.index) & ~closed]
    change[both] = _changes(was.loc[both], now.loc[both], moved=moved[both])
    return GeoDataFrame(
        {
            "name": latest["name"].astype(str),
            "tier": latest["tier"].astype(str),
            "change": change.astype("str"),
            "moved_m": moved.round(2).where(change.str.contains("moved"), np.nan),
            "hours_before": _text(was["hours"]),
            "hours_after": _text(now["hours"]),
            "x_before": was.geometry.x,
            "y_before": was.geometry.y,
        },
        geometry=latest.geometry.to_numpy(),
        index=index,
        crs=after.crs,
    )


def _changes(was: GeoDataFrame, now: GeoDataFrame, *, moved: Series) -> Series:
    """Return what changed of stations that both have, words with spaces between."""
    found = {"moved": (moved > STAYED_M).to_numpy(bool)}
    for word, columns in _SAID.items():
        found[word] = np.logical_or.reduce(
            [(_text(was[c]) != _text(now[c])).to_numpy(bool) for c in columns]
        )
    words = [
        " ".join(word for word, changed in found.items() if changed[i])
        for i in range(len(was))
    ]
    return Series(words, index=was.index, dtype=object)


def _text(column: Series) -> Series:
    """Return a column as texts, what is missing empty."""
    return column.where(pd.notna(column), "").astype(str)

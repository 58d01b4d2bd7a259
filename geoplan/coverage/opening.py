"""Which stations a circle asks for: their tier, their items, their hours."""

from collections.abc import Sequence

import pandas as pd
from pandas import DataFrame, Series

from geoplan.codes import split
from geoplan.coverage.items import offered
from geoplan.hours import open_at
from geoplan.model import Circle, Finding, Layers


def offering(circle: Circle, stations: DataFrame) -> Series:
    """Return which stations are of a circle's tier and offer all its items."""
    offers = stations["items"].map(lambda text: set(circle.items) <= set(split(text)))
    return (stations["tier"] == circle.tier) & offers.astype(bool)


def open_then(circle: Circle, stations: DataFrame) -> Series:
    """Return whether each station is open when the circle asks for it.

    Returns
    -------
    Series of boolean, index of the stations
        True throughout if no hour is asked; missing where the hours do not tell.
    """
    if not circle.hours:
        return Series(pd.array([True] * len(stations)), index=stations.index)
    return open_at(stations["hours"], circle.hours)


def unoffered(circles: Sequence[Circle], *, layers: Layers) -> tuple[Finding, ...]:
    """Return the circles whose items no station of their tier offers."""
    stations = layers.stations
    return tuple(
        Finding(
            rule="circle_items_unoffered",
            level="error",
            layer="stations",
            facts={
                "circle": circle.name,
                "items": "、".join(circle.items),
                "known": "、".join(offered(stations[stations["tier"] == circle.tier])),
            },
        )
        for circle in circles
        if circle.items and not offering(circle, stations).any()
    )


def unsaid(circles: Sequence[Circle], *, layers: Layers) -> tuple[Finding, ...]:
    """Return the stations that circles leave out because their hours do not tell."""
    left_out: dict[str, list[str]] = {}
    for circle in circles:
        silent = open_then(circle, layers.stations).isna()
        unknown = silent & offering(circle, layers.stations)
        for code in unknown.index[unknown]:
            left_out.setdefault(str(code), []).append(circle.name)
    written = layers.stations["hours"].fillna("").astype(str).str.strip()
    return tuple(
        Finding(
            rule="station_hours_unknown",
            level="warning",
            layer="stations",
            code=code,
            facts={"hours": written[code] or "—", "circles": "、".join(names)},
            geometry=layers.stations.geometry[code],
        )
        for code, names in left_out.items()
    )

"""What may be asked of a circle besides: who walks to an item, and at what hour.

The same rules as for a circle of the study that asks for the item or the hour, so
the same figures; building by building, for whoever shows them on a map.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from pandas import DataFrame, Index, Series

from geoplan import walk
from geoplan.codes import split
from geoplan.coverage import answers
from geoplan.coverage.homes import Standing
from geoplan.coverage.items import offered
from geoplan.coverage.opening import offering, open_then
from geoplan.hours import moment_names
from geoplan.model import Circle, Layers, Offer


def offers(
    circle: Circle,
    *,
    way: walk.Graph,
    stand: Standing,
    layers: Layers,
    pairs: DataFrame,
) -> tuple[Offer, ...]:
    """Return what a circle that asks for no item, or no hour, could ask for.

    Parameters
    ----------
    pairs : DataFrame
        Of the circle itself, as :func:`geoplan.coverage.answers.pairs_within`.
    """
    stations, index = layers.stations, layers.buildings.index
    found: list[Offer] = []
    if not circle.items:
        found += _items(circle, stations=stations, pairs=pairs, index=index)
    if not circle.hours:
        found += _hours(
            circle, way=way, stand=stand, stations=stations, pairs=pairs, index=index
        )
    return tuple(found)


def _items(
    circle: Circle, *, stations: DataFrame, pairs: DataFrame, index: Index
) -> Iterator[Offer]:
    wanted = answers.chosen(circle, stations)
    for item in offered(stations[wanted]):
        has = wanted & stations["items"].map(lambda text, i=item: i in split(text))
        yield _offer(circle, "item", item, has=has, pairs=pairs, index=index)


def _hours(
    circle: Circle,
    *,
    way: walk.Graph,
    stand: Standing,
    stations: DataFrame,
    pairs: DataFrame,
    index: Index,
) -> Iterator[Offer]:
    """Yield the named hours at which it is known of some station whether it is open."""
    mine = offering(circle, stations)
    if not _written(stations["hours"][mine]):
        return
    for hours in moment_names():
        is_open = open_then(replace(circle, hours=hours), stations)[mine]
        if not is_open.notna().any():
            continue
        wanted = is_open.fillna(value=False).reindex(stations.index, fill_value=False)
        walked = pairs
        if wanted.any() and _gates_differ(stand, hours=hours):
            walked = answers.pairs_within(
                way,
                access=stand.access(hours),
                wanted=wanted,
                limit=circle.seconds(speed=way.speed),
            )
        yield _offer(circle, "hours", hours, has=wanted, pairs=walked, index=index)


def _gates_differ(stand: Standing, *, hours: str) -> bool:
    """Return whether a gate that is passed at any time is shut at an hour."""
    of = stand.compounds
    return _written(of.gates["hours"]) and any(
        (of.open_to(who, hours=hours) != of.open_to(who)).any()
        for who in ("resident", "visitor")
    )


def _written(hours: Series) -> bool:
    """Return whether any of some hours are told at all."""
    return bool((hours.fillna("").astype(str).str.strip() != "").any())


def _offer(
    circle: Circle,
    about: str,
    name: str,
    *,
    has: Series,
    pairs: DataFrame,
    index: Index,
) -> Offer:
    mask = has.to_numpy(bool)
    thing = pairs["thing"][mask[pairs["station"].to_numpy()]]
    met = np.isin(np.arange(len(index)), thing)
    return Offer(
        circle=circle.name,
        about=about,
        name=name,
        stations=tuple(str(code) for code in has.index[mask]),
        met=Series(met, index=index, name=name),
    )

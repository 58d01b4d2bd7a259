"""What stations offer, to whom, and whether it is enough: tables of all circles."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from pandas import DataFrame, Series

from geoplan.coverage import crowding, estates, groups, items
from geoplan.model import Circle, Layers, Offer


@dataclass(frozen=True, kw_only=True, eq=False)
class Walked:
    """Walks to the stations of one circle."""

    circle: Circle
    answers: DataFrame  #: as :func:`geoplan.coverage.answers.answer`
    limit: float  #: seconds
    pairs: DataFrame  #: within the limit, as :func:`geoplan.walk.reach`
    wanted: Series  #: which stations the circle is drawn round
    #: the same two if the circle asked for no items
    any_pairs: DataFrame
    any_wanted: Series
    offers: tuple[Offer, ...] = ()


def tables(
    walked: Sequence[Walked],
    *,
    layers: Layers,
    homes: DataFrame,
    lived: DataFrame,
) -> Mapping[str, DataFrame]:
    """Return the tables of services by name; those that say nothing are not there.

    Parameters
    ----------
    lived : DataFrame
        As :func:`geoplan.coverage.groups.dealt`.
    """
    town = {"homes": homes, "layers": layers}
    found = {
        "items": _items(walked, **town),
        "groups": _stacked(
            groups.within(one.circle, answers=one.answers, groups=lived, **town)
            for one in walked
        ),
        "loads": _stacked(
            crowding.loads(one.circle, answers=one.answers, wanted=one.wanted, **town)
            for one in walked
        ),
        "accessibility": _stacked(
            crowding.accessibility(
                one.circle,
                pairs=one.pairs,
                limit=one.limit,
                wanted=one.wanted,
                **town,
            )
            for one in walked
        ),
        **_compounds(walked, **town),
    }
    return {name: table for name, table in found.items() if len(table)}


def _items(walked: Sequence[Walked], *, homes: DataFrame, layers: Layers) -> DataFrame:
    """Return the items of every tier, limit and hour once, whatever is asked there."""
    asked: dict[Circle, list[str]] = {}
    first: dict[Circle, Walked] = {}
    for one in sorted(walked, key=lambda one: bool(one.circle.items)):
        same = replace(one.circle, name="", items=(), demand="")
        asked.setdefault(same, []).extend(one.circle.items)
        first.setdefault(same, one)
    return _stacked(
        items.matrix(
            one.circle,
            asked=asked[same],
            pairs=one.any_pairs,
            wanted=one.any_wanted,
            homes=homes,
            layers=layers,
        )
        for same, one in first.items()
    )


def _compounds(
    walked: Sequence[Walked], *, layers: Layers, homes: DataFrame
) -> dict[str, DataFrame]:
    """Return the compounds, and who is served in them by kind; nothing without any."""
    compounds = layers.compounds
    if compounds is None or compounds.empty:
        return {}
    served = {f"{k}": one.answers["any"] for k, one in enumerate(walked, start=1)}
    found = estates.listed(layers, homes=homes, served=served)
    by_kind = [
        estates.classes(one.circle, number=k, estates=found, compounds=compounds)
        for k, one in enumerate(walked, start=1)
    ]
    return {"compounds": found, "compound_kinds": _stacked(by_kind)}


def _stacked(tables: Iterable[DataFrame]) -> DataFrame:
    """Return tables as one, in their order."""
    every = [table for table in tables if len(table)]
    return pd.concat(every, ignore_index=True) if every else DataFrame()

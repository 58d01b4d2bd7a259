"""What a page can be narrowed to: an item, an hour, a kind of compound, a group.

Items, hours and compounds are told building by building, as bits of a mask, and
summed in the page; a special group is told by areas alone, as far as it may be.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame, Index

from geoplan.maps.answer import counted
from geoplan.maps.encoding import ints
from geoplan.model import GROUPS, Coverage, Offer
from geoplan.wording import say

_BITS = 28  # of a number as a page reads it
_CASES = frozenset(("allowance",))  # counted in persons or households, as a file has it


def filters(coverage: Coverage, *, public: bool, lang: str) -> dict[str, Any]:
    """Return what homes and stations may be narrowed to, as far as it says something.

    offers: a circle, the items and hours (about, name, stations by position); met:
    a circle, masks of the buildings, 28 offers each; kinds and kind: kinds of
    compounds, and the mask of them; groups: a circle, by group and level (street,
    community, grid): total and any, None where not told. A public page has the
    offers alone.
    """
    offers = [
        [offer for offer in coverage.offers if offer.circle == circle.name]
        for circle in coverage.circles
    ]
    kinds = {} if public else _kinds(coverage)
    return {
        "offers": [
            [_offer(offer, codes=coverage.stations.index) for offer in of]
            for of in offers
        ],
        "met": [_masks([offer.met.to_numpy(bool) for offer in of]) for of in offers],
        "kinds": list(kinds),
        "kind": _masks(list(kinds.values())),
        "groups": [
            {} if public else _groups(coverage, circle=circle.name, lang=lang)
            for circle in coverage.circles
        ],
    }


def _offer(offer: Offer, *, codes: Index) -> dict[str, Any]:
    at = codes.astype(str).get_indexer(list(offer.stations))
    return {"about": offer.about, "name": offer.name, "stations": at.tolist()}


def _masks(columns: list[NDArray[np.bool_]]) -> list[str]:
    """Return columns of bits as numbers, 28 columns a text."""
    found = []
    for start in range(0, len(columns), _BITS):
        part = np.array(columns[start : start + _BITS], dtype=np.int64)
        found.append(ints(part.T @ (1 << np.arange(len(part), dtype=np.int64))))
    return found


def _kinds(coverage: Coverage) -> dict[str, NDArray[np.bool_]]:
    """Return which buildings stand in compounds of which kind, kinds with homes."""
    table = coverage.services.get("compounds")
    if table is None:
        return {}
    lived = table[counted(coverage)] > 0
    bare, old = lived & (table["managed"] == "no"), lived & table["old"].astype(bool)
    found: dict[str, NDArray[np.bool_]] = {}
    kinds = {"unmanaged": bare, "old": old, "old_unmanaged": bare & old}
    for name, chosen in kinds.items():
        held = coverage.buildings["compound"].isin(table.index[chosen]).to_numpy(bool)
        if held.any() and not any((held == other).all() for other in found.values()):
            found[name] = held
    return found


def _groups(coverage: Coverage, *, circle: str, lang: str) -> dict[str, Any]:
    """Return the groups of which the street's own figures may be told."""
    table = coverage.services.get("groups", DataFrame(columns=["circle", "group"]))
    found = {}
    areas = {
        "street": coverage.street,
        "grid": coverage.grids,
        "community": coverage.communities,
    }
    for group in GROUPS:
        rows = table[(table["circle"] == circle) & (table["group"] == group)]
        told = {
            level: _told(rows[rows["level"] == level], index=frame.index)
            for level, frame in areas.items()
            if len(rows)
        }
        if told and told["street"]["total"][0] and told["street"]["any"][0] is not None:
            label = say(f"services.group_{group}", lang=lang)
            unit = "cases" if group in _CASES else "people"
            found[group] = {"label": label, "unit": unit, **told}
    return found


def _told(rows: DataFrame, *, index: Index) -> dict[str, list[int | None]]:
    """Return the figures of areas in order, None where they are not told."""
    table = rows.set_index("code").reindex(index.astype(str))
    return {
        way: [None if np.isnan(n) else round(n) for n in table[way].astype(float)]
        for way in ("total", "any")
    }

"""The page that says which unit goes to which community, and how even that is."""

from typing import Any

import numpy as np
from pandas import Series

from geoplan.maps import places
from geoplan.maps.answer import Pieces, filled, station_word
from geoplan.maps.encoding import Grain, ints, shapes
from geoplan.maps.front import front, lines, pace
from geoplan.maps.ground import Ground
from geoplan.maps.shell import map_page
from geoplan.model import Imprint, Layers, Matched, Network, Surroundings
from geoplan.wording import say, texts

_DOORS = "社区级"
#: how a unit stands: to the nearest, moved, locked, not matched
_NEAR, _MOVED, _LOCKED, _LOST = 0, 1, 2, 3


def match_page(
    matched: Matched,
    *,
    layers: Layers,
    network: Network,
    surroundings: Surroundings,
    imprint: Imprint,
    lang: str = "zh",
) -> str:
    """Return a matching as one HTML page that needs no network.

    The same records give the same bytes.

    Raises
    ------
    PageError
        If something in the page would be loaded from elsewhere.
    """
    ground = Ground.of(layers, network=network, surroundings=surroundings)
    grain = ground.grain
    state = _states(matched)
    sentence = _sentence(matched, lang=lang)
    data = {
        **_front(matched, imprint=imprint, lang=lang),
        "sentence": sentence,
        "lead": _lead(matched, state=state, lang=lang),
        **ground.told(),
        "grids": places.named(layers.grids, grain=grain),
        "communities": _communities(matched, grain=grain),
        "street": ground.outline(),
        "doors": _doors(matched, grain=grain),
        "units": _units(matched, state=state, grain=grain),
    }
    title = say("match.title", lang=lang, study=imprint.study)
    plain = "".join(piece for piece, _ in sentence)
    return map_page("match", data, title=title, sentence=plain, lang=lang)


def _front(matched: Matched, *, imprint: Imprint, lang: str) -> dict[str, Any]:
    """Return what the page says in words."""
    crs, words = matched.units.crs.name, lines("match", lang=lang)
    return {
        **front(imprint, words=words, crs=crs, counted="units", lang=lang),
        **pace(matched.walker, lang=lang),
        "station": station_word(_DOORS, lang=lang),
        "gini": [round(float(g), 3) for g in matched.fairness.loc["gini"]],
        "proof": say("match.proof", lang=lang),
    }


def _states(matched: Matched) -> np.ndarray[Any, Any]:
    """Return how each unit stands."""
    units = matched.units
    return np.select(
        [
            (units["community"] == "").to_numpy(),
            units["locked"].to_numpy(dtype=bool),
            (units["community"] != units["nearest"]).to_numpy(),
        ],
        [_LOST, _LOCKED, _MOVED],
        _NEAR,
    )


def _sentence(matched: Matched, *, lang: str) -> Pieces:
    """Return the answer in pieces: text and its role."""
    units, even = matched.units, matched.fairness
    gone = int((units["community"] != "").sum())
    mean, near = (
        total / gone if gone else 0.0
        for total in (matched.minutes, matched.nearest_minutes)
    )

    def minutes(value: float) -> str:
        return say("match.minutes", lang=lang, n=f"{value:.1f}")

    figures = {
        "units": say("match.homes", lang=lang, n=gone),
        "areas": str(len(matched.communities)),
        "minutes": minutes(mean),
        "more": minutes(mean - near),
    }
    for side, mark in (("after", ""), ("before", "_before")):
        for name in ("least", "most"):
            figures[f"{name}{mark}"] = f"{even.loc[name, side]:.0f}"
    same = (units["community"] == units["nearest"]).all()
    return filled(texts("match", lang)[f"answer_{'same' if same else 'even'}"], figures)


def _lead(matched: Matched, *, state: np.ndarray[Any, Any], lang: str) -> list[str]:
    """Return under which limits it was matched, and who is moved, locked or lost."""
    told = []
    low, high = (matched.communities[name] for name in ("minimum", "maximum"))
    if (low > 0).any() or np.isfinite(high).any():
        least = f"{low.max():.0f}" if (low > 0).any() else _free("least", lang)
        most = f"{high.min():.0f}" if np.isfinite(high).any() else _free("most", lang)
        told.append(say("match.lead_limits", lang=lang, low=least, high=most))
    for name, role in (("moved", _MOVED), ("locked", _LOCKED), ("lost", _LOST)):
        count = int((state == role).sum())
        if count:
            told.append(say(f"match.lead_{name}", lang=lang, n=count))
    return [*told, say("match.advice", lang=lang)]


def _free(end: str, lang: str) -> str:
    return say(f"match.any_{end}", lang=lang)


def _communities(matched: Matched, *, grain: Grain) -> dict[str, Any]:
    """Return the communities with what each takes, before and after."""
    frame = matched.communities
    return {
        **places.named(frame, grain=grain),
        "before": _whole(frame["before"]),
        "after": _whole(frame["after"]),
        "low": _whole(frame["minimum"]),
        "high": [int(n) if np.isfinite(n) else None for n in frame["maximum"]],
    }


def _doors(matched: Matched, *, grain: Grain) -> dict[str, Any]:
    """Return where communities are walked to."""
    doors = matched.doors
    codes = matched.communities.index
    return {
        "code": [str(code) for code in doors["community"]],
        "name": [str(name) for name in doors["name"]],
        "community": ints(codes.get_indexer(doors["community"])),
        "tier": [_DOORS] * len(doors),
        "shape": shapes(doors.geometry, grain=grain),
    }


def _units(
    matched: Matched, *, state: np.ndarray[Any, Any], grain: Grain
) -> dict[str, Any]:
    """Return the units: where each goes and would have gone."""
    units, codes = matched.units, matched.communities.index
    return {
        **places.named(units, grain=grain),
        "community": ints(codes.get_indexer(units["community"])),
        "nearest": ints(codes.get_indexer(units["nearest"])),
        "door": ints(units["door"]),
        "was": ints(units["nearest_door"]),
        "minutes": _minutes(units["minutes"]),
        "least": _minutes(units["nearest_minutes"]),
        "state": ints(state),
    }


def _whole(column: Series) -> list[int]:
    return [round(float(n)) for n in column]


def _minutes(column: Series) -> list[float | None]:
    return [round(float(n), 1) if np.isfinite(n) else None for n in column]

"""The page that says what other stations change, and for whom."""

from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame
from pandas import Index

from geoplan.maps import places
from geoplan.maps.compare_answer import changed, stations_told
from geoplan.maps.encoding import Grain, ints, numbers, optional, shapes, strings
from geoplan.maps.front import front, lines, pace, ring
from geoplan.maps.ground import Ground
from geoplan.maps.outlines import outlines
from geoplan.maps.shell import map_page
from geoplan.model import (
    Circle,
    Comparison,
    Imprint,
    Layers,
    Network,
    Surroundings,
)
from geoplan.wording import say

#: How a building stands to a circle: 0 is aside, then these.
_STATES = ("in", "gained", "lost", "out")
_ENDS = ("before", "after", "gained", "lost")


def compare_page(  # noqa: PLR0913  the six of every page, and the page beside it
    found: Comparison,
    *,
    layers: Layers,
    network: Network,
    surroundings: Surroundings,
    imprint: Imprint,
    lang: str = "zh",
    beside: str = "",
) -> str:
    """Return compared stations as one HTML page that needs no network.

    ``layers`` are those afterwards; ``beside`` the address of the page of the
    grids that were compared with them. The same records give the same bytes.

    Raises
    ------
    PageError
        If something in the page would be loaded from elsewhere.
    """
    ground = Ground.of(layers, network=network, surroundings=surroundings)
    grain = ground.grain
    homes = found.after.buildings
    near = places.nearest_names(homes, edges=network.edges, names=ground.names)
    data = {
        **_front(found, imprint=imprint, lang=lang),
        "beside": beside,
        **ground.told(),
        "grids": places.named(layers.grids, grain=grain),
        "communities": places.named(layers.communities, grain=grain),
        "street": ground.outline(),
        "stations": _stations(found.stations, grain=grain),
        "buildings": _buildings(found, grain=grain) | {"near": ints(near)},
        "compounds": places.compounds(layers, grain=grain),
        "circles": _circles(found, layers=layers, grain=grain, lang=lang),
    }
    title = say("compare.title", lang=lang, study=imprint.study)
    told = [changed(found, circle, lang=lang).text for circle in found.before.circles]
    return map_page("compare", data, title=title, sentence=" ".join(told), lang=lang)


def _front(found: Comparison, *, imprint: Imprint, lang: str) -> dict[str, Any]:
    """Return what a page says in words."""
    crs, words = found.before.grids.crs.name, lines("compare", lang=lang)
    return {
        **front(imprint, words=words, crs=crs, counted=found.counted, lang=lang),
        **pace(found.before.walker, lang=lang),
        "lead": [stations_told(found, lang=lang)],
    }


def _stations(frame: GeoDataFrame, *, grain: Grain) -> dict[str, Any]:
    """Return the stations of both sides; ``was`` is where one stood before."""
    there = frame["x_before"].notna().to_numpy()
    was = np.full(len(frame), None, dtype=object)
    was[there] = shapely.points(frame[["x_before", "y_before"]].to_numpy(float)[there])
    return {
        "code": strings(frame.index),
        "name": strings(frame["name"]),
        "tier": strings(frame["tier"]),
        "change": [str(change).split() for change in frame["change"]],
        "moved": numbers(frame["moved_m"]),
        "hours": [
            [str(one), str(other)]
            for one, other in zip(
                frame["hours_before"], frame["hours_after"], strict=True
            )
        ],
        "off": strings(frame["off_network"]),
        "shape": shapes(frame.geometry, grain=grain),
        "was": shapes(was, grain=grain),
    }


def _buildings(found: Comparison, *, grain: Grain) -> dict[str, Any]:
    homes, counted = found.after.buildings, found.counted
    count = homes[counted].where(homes["counted"])
    return {
        "code": strings(homes.index),
        "name": strings(homes["name"]),
        "grid": ints(found.after.grids.index.get_indexer(homes["grid"].astype(str))),
        "count": optional(count),
        "shape": shapes(homes.geometry, grain=grain),
    }


def _circles(
    found: Comparison, *, layers: Layers, grain: Grain, lang: str
) -> list[dict[str, Any]]:
    drawn = [
        outlines(side, grain=grain, counted=found.counted)
        for side in (found.before, found.after)
    ]
    return [
        {
            **ring(circle, lang=lang),
            **_answer(found, circle, lang=lang),
            "before_shape": drawn[0][k]["merged"],
            "after_shape": drawn[1][k]["merged"],
            "homes": _homes(found, circle),
            "grids": _figures(found, circle, level="grid", index=layers.grids.index),
            "communities": _figures(
                found, circle, level="community", index=layers.communities.index
            ),
        }
        for k, circle in enumerate(found.before.circles)
    ]


def _answer(found: Comparison, circle: Circle, *, lang: str) -> dict[str, Any]:
    told = changed(found, circle, lang=lang)
    return {
        "sentence": told.sentence,
        "own": told.own,
        "total": told.total,
        **{end: getattr(told, end) for end in _ENDS},
    }


def _homes(found: Comparison, circle: Circle) -> dict[str, Any]:
    """Return how every building stands, its walks and stations on both sides."""
    frame = found.after.buildings
    rows = found.homes[found.homes["circle"] == circle.name]
    rows = rows.set_index("building").reindex(frame.index)
    lived = frame[found.counted].to_numpy(float) > 0
    number = {state: k for k, state in enumerate(_STATES, start=1)}
    state = rows["state"].map(number).fillna(0).to_numpy(int)
    stations = found.stations.index
    return {
        "state": ints(np.where(lived, state, 0)),
        **{
            f"minutes_{end}": optional(rows[f"minutes_{end}"].astype(float), steps=10)
            for end in ("before", "after")
        },
        **{
            f"station_{end}": ints(
                stations.get_indexer(rows[f"station_{end}"].fillna("").astype(str))
            )
            for end in ("before", "after")
        },
    }


def _figures(
    found: Comparison, circle: Circle, *, level: str, index: Index
) -> dict[str, Any]:
    """Return what the areas of a level come to, in the order of the page's."""
    areas = found.areas
    mine = areas[(areas["level"] == level) & (areas["circle"] == circle.name)]
    rows = mine.set_index("code").reindex(index)
    return {
        "total": numbers(rows[f"{found.counted}_total_after"]),
        **{end: numbers(rows[f"{found.counted}_any_{end}"]) for end in _ENDS},
    }

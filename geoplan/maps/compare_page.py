"""The page that says what other stations change, and for whom."""

from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from pandas import Index, Series

from geoplan.maps import places
from geoplan.maps.answer import TIERS, limit, stamp, station_word
from geoplan.maps.basemap import base_layers, way_names, window
from geoplan.maps.compare_answer import changed, stations_told
from geoplan.maps.encoding import Grain, ints, optional, shapes
from geoplan.maps.outlines import outlines
from geoplan.maps.shell import compare_shell
from geoplan.model import (
    Circle,
    Comparison,
    Imprint,
    Layers,
    Network,
    Surroundings,
)
from geoplan.wording import say, texts

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
    street = layers.grids.union_all()
    box = window(street)
    grain = Grain.of(box.bounds, crs=layers.crs)
    names = way_names(network, surroundings)
    homes = found.after.buildings
    near = places.nearest_names(homes, edges=network.edges, names=names)
    data = {
        **_front(found, imprint=imprint, lang=lang),
        "beside": beside,
        "grain": {"west": grain.west, "north": grain.north, "step": grain.step},
        "names": names,
        "base": base_layers(network, surroundings, grain=grain, box=box, names=names),
        "grids": _areas(layers.grids, grain=grain),
        "communities": _areas(layers.communities, grain=grain),
        "street": {"shape": shapes(np.array([street], dtype=object), grain=grain)},
        "stations": _stations(found.stations, grain=grain),
        "buildings": _buildings(found, grain=grain) | {"near": ints(near)},
        "compounds": places.compounds(layers, grain=grain),
        "circles": _circles(found, layers=layers, grain=grain, lang=lang),
    }
    title = say("compare.title", lang=lang, study=imprint.study)
    told = [changed(found, circle, lang=lang).text for circle in found.before.circles]
    return compare_shell(data, title=title, sentence=" ".join(told), lang=lang)


def _front(found: Comparison, *, imprint: Imprint, lang: str) -> dict[str, Any]:
    """Return what a page says in words."""
    walker = found.before.walker
    known = f"walker_{walker.preset}" in texts("page", lang)
    own = {k: v for k, v in texts("compare", lang).items() if isinstance(v, str)}
    return {
        "lang": lang,
        "words": {**texts("page", lang), **own, "stamp": stamp(imprint, lang=lang)},
        "study": imprint.study,
        "date": imprint.date,
        "credits": imprint.credits,
        "notes": imprint.notes,
        "version": imprint.version,
        "tiles": "",
        "crs": found.before.grids.crs.name,
        "counted": found.counted,
        "walker": say(f"page.walker_{walker.preset if known else 'custom'}", lang=lang),
        "speed": walker.speed,
        "lead": [stations_told(found, lang=lang)],
    }


def _areas(frame: GeoDataFrame, *, grain: Grain) -> dict[str, Any]:
    return {
        "code": _texts(frame.index),
        "name": _texts(frame["name"]),
        "shape": shapes(frame.geometry, grain=grain),
    }


def _stations(frame: GeoDataFrame, *, grain: Grain) -> dict[str, Any]:
    """Return the stations of both sides; ``was`` is where one stood before."""
    there = frame["x_before"].notna().to_numpy()
    was = np.full(len(frame), None, dtype=object)
    was[there] = shapely.points(frame[["x_before", "y_before"]].to_numpy(float)[there])
    return {
        "code": _texts(frame.index),
        "name": _texts(frame["name"]),
        "tier": _texts(frame["tier"]),
        "change": [str(change).split() for change in frame["change"]],
        "moved": _numbers(frame["moved_m"]),
        "hours": [
            [str(one), str(other)]
            for one, other in zip(
                frame["hours_before"], frame["hours_after"], strict=True
            )
        ],
        "off": _texts(frame["off_network"]),
        "shape": shapes(frame.geometry, grain=grain),
        "was": shapes(was, grain=grain),
    }


def _buildings(found: Comparison, *, grain: Grain) -> dict[str, Any]:
    homes, counted = found.after.buildings, found.counted
    count = homes[counted].where(homes["counted"])
    return {
        "code": _texts(homes.index),
        "name": _texts(homes["name"]),
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
            **_circle(circle, lang=lang),
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


def _circle(circle: Circle, *, lang: str) -> dict[str, Any]:
    return {
        "name": circle.name,
        "tier": circle.tier,
        "level": TIERS.get(circle.tier, "community"),
        "station": station_word(circle.tier, lang=lang),
        "limit": limit(circle, lang=lang),
        "by": "minutes" if circle.minutes is not None else "metres",
    }


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
        "total": _numbers(rows[f"{found.counted}_total_after"]),
        **{end: _numbers(rows[f"{found.counted}_any_{end}"]) for end in _ENDS},
    }


def _numbers(column: Series) -> list[float | None]:
    """Return numbers as JSON has them, None where there is none."""
    return [
        round(float(v), 2) if np.isfinite(v) else None for v in column.astype(float)
    ]


def _texts(values: Index | Series) -> list[str]:
    return ["" if pd.isna(v) else str(v) for v in values]

"""The page that answers who is really within the circles."""

from typing import Any

import numpy as np

from geoplan.maps import places
from geoplan.maps.answer import (
    TIERS,
    Answer,
    answers,
    counted,
    limit,
    stamp,
    station_count,
    station_word,
)
from geoplan.maps.basemap import base_layers, way_names, window
from geoplan.maps.checks import checks
from geoplan.maps.encoding import Grain, fronts
from geoplan.maps.filters import filters
from geoplan.maps.outlines import outlines
from geoplan.maps.routes import routes
from geoplan.maps.services import services
from geoplan.maps.shell import map_page
from geoplan.model import Circle, Coverage, Imprint, Layers, Network, Surroundings
from geoplan.wording import say, texts


def coverage_page(
    coverage: Coverage,
    *,
    layers: Layers,
    network: Network,
    surroundings: Surroundings,
    imprint: Imprint,
    lang: str = "zh",
) -> str:
    """Return the coverage of a study as one HTML page that needs no network.

    The same records give the same bytes.

    Raises
    ------
    PageError
        If something in the page would be loaded from elsewhere.
    """
    box = window(coverage.grids.union_all())
    grain = Grain.of(box.bounds, crs=layers.crs)
    names = way_names(network, surroundings)
    near = places.nearest_names(coverage.buildings, edges=network.edges, names=names)
    what = counted(coverage)
    data = {
        **_front(coverage, imprint=imprint, lang=lang),
        "grain": {"west": grain.west, "north": grain.north, "step": grain.step},
        "names": names,
        "base": base_layers(network, surroundings, grain=grain, box=box, names=names),
        "grids": _grids(coverage, grain=grain, what=what),
        "communities": places.areas(coverage.communities, grain=grain, counted=what),
        "street": places.areas(coverage.street, grain=grain, counted=what),
        "stations": places.stations(coverage, layers=layers, grain=grain),
        "buildings": places.buildings(coverage, grain=grain, counted=what, near=near),
        "compounds": places.compounds(layers, grain=grain),
        "outlines": outlines(coverage, grain=grain, counted=what),
        "routes": routes(coverage, grain=grain),
        "services": services(coverage, lang=lang),
        "filters": filters(coverage, public=imprint.public, lang=lang),
        "checks": checks(coverage.findings, grain=grain, lang=lang),
    }
    if imprint.public:
        data |= _kept_back(coverage, data, grain=grain, lang=lang)
    title = say("page.title_coverage", lang=lang, study=imprint.study)
    sentence = " ".join(answer.text for answer in answers(coverage, lang=lang))
    return map_page(
        data, title=title, sentence=sentence, lang=lang, tiles=imprint.tiles
    )


def _kept_back(
    coverage: Coverage, data: dict[str, Any], *, grain: Grain, lang: str
) -> dict[str, Any]:
    """Return what a public page says less: no building is named, no check told."""
    nameless = fronts([""] * len(coverage.buildings))
    return {
        "buildings": {**data["buildings"], "name": nameless, "code": nameless},
        "checks": checks((), grain=grain, lang=lang),
        "services": [[] for _ in coverage.circles],
    }


def _front(coverage: Coverage, *, imprint: Imprint, lang: str) -> dict[str, Any]:
    """Return what a page says in words: its answers, its sources, its texts."""
    walker = coverage.walker
    known = f"walker_{walker.preset}" in texts("page", lang)
    return {
        "lang": lang,
        "words": {**texts("page", lang), "stamp": stamp(imprint, lang=lang)},
        "study": imprint.study,
        "date": imprint.date,
        "credits": imprint.credits,
        "notes": imprint.notes,
        "version": imprint.version,
        "tiles": imprint.tiles,
        "crs": coverage.grids.crs.name,
        "counted": counted(coverage),
        "walker": say(f"page.walker_{walker.preset if known else 'custom'}", lang=lang),
        "speed": walker.speed,
        "circles": [
            {
                **_circle(circle, answer=answer, lang=lang),
                "reach_m": circle.seconds(speed=walker.speed) * walker.speed,
                "stations": station_count(coverage, circle=circle, number=number),
            }
            for number, (circle, answer) in enumerate(
                zip(coverage.circles, answers(coverage, lang=lang), strict=True),
                start=1,
            )
        ],
    }


def _circle(circle: Circle, *, answer: Answer, lang: str) -> dict[str, Any]:
    return {
        "name": circle.name,
        "tier": circle.tier,
        "level": TIERS.get(circle.tier, "community"),
        "station": station_word(circle.tier, lang=lang),
        "limit": limit(circle, lang=lang),
        "by": "minutes" if circle.minutes is not None else "metres",
        "total": answer.total,
        "any": answer.any,
        "own": answer.own,
        "straight": answer.straight,
        "sentences": {
            "any": answer.sentence,
            "own": answer.own_sentence,
            "straight": answer.straight_sentence,
        },
        "band": answer.band,
    }


def _grids(coverage: Coverage, *, grain: Grain, what: str) -> dict[str, Any]:
    communities = coverage.communities.index
    owner = communities.get_indexer(coverage.grids["community"].astype(str))
    return {
        **places.areas(coverage.grids, grain=grain, counted=what),
        "community": np.asarray(owner).tolist(),
    }

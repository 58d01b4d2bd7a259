"""The page that answers who is really within the circles."""

from typing import Any

import numpy as np

from geoplan.maps import places
from geoplan.maps.answer import Answer, answers, counted, station_count
from geoplan.maps.checks import checks
from geoplan.maps.encoding import Grain, fronts
from geoplan.maps.filters import filters
from geoplan.maps.front import front, pace, ring
from geoplan.maps.ground import Ground
from geoplan.maps.outlines import outlines
from geoplan.maps.routes import routes
from geoplan.maps.services import services
from geoplan.maps.shell import map_page
from geoplan.model import Circle, Coverage, Imprint, Layers, Network, Surroundings
from geoplan.wording import say


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
    ground = Ground.of(layers, network=network, surroundings=surroundings)
    grain = ground.grain
    near = places.nearest_names(
        coverage.buildings, edges=network.edges, names=ground.names
    )
    what = counted(coverage)
    data = {
        **_front(coverage, imprint=imprint, lang=lang),
        **ground.told(),
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
        "coverage", data, title=title, sentence=sentence, lang=lang, tiles=imprint.tiles
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
    crs, what = coverage.grids.crs.name, counted(coverage)
    return {
        **front(imprint, words={}, crs=crs, counted=what, lang=lang),
        "tiles": imprint.tiles,
        **pace(walker, lang=lang),
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
        **ring(circle, lang=lang),
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

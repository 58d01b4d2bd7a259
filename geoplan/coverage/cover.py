"""The main job in order: who lives where, how they stand, how far they walk.

Each step is a function of its own room; nothing here reads or writes a file.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan import walk
from geoplan.circles import canvas
from geoplan.coverage import answers, band, gaps, groups, results, rollup, service
from geoplan.coverage.homes import Standing, with_walls
from geoplan.coverage.offers import offers
from geoplan.coverage.outlines import Scene, outlines
from geoplan.coverage.premises import premises
from geoplan.coverage.routes import farthest, routes
from geoplan.coverage.services import Walked, tables
from geoplan.model import (
    Circle,
    Coverage,
    Finding,
    Layers,
    Network,
    Surroundings,
    Walker,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Drawn:
    """One circle, answered and drawn."""

    answers: DataFrame
    band: Mapping[str, DataFrame]  #: any and own at the ends of a band of speeds
    outlines: GeoDataFrame
    gaps: GeoDataFrame
    unreached: GeoDataFrame
    routes: GeoDataFrame
    walked: Walked
    findings: tuple[Finding, ...]


def cover(
    layers: Layers,
    *,
    network: Network,
    surroundings: Surroundings,
    circles: Sequence[Circle],
    walker: Walker,
    name: str = "",
) -> Coverage:
    """Return who is within the circles: by any station, by the own, and straight.

    Parameters
    ----------
    layers : Layers
        Checked, in one working CRS in metres, the same as the network's.
    circles : sequence of Circle
        Each with a name of its own.
    name : str
        Of the street, for its row.
    """
    before = premises(
        layers, network=network, surroundings=surroundings, circles=circles
    )
    homes, served, stand = before.homes, before.served, before.stand
    assert stand is not None  # noqa: S101  there is a network
    scene = partial(_scene, layers, network, surroundings, homes=homes, stand=stand)
    drawn = [
        _draw(one, scene=on, layers=layers, homes=homes, served=served, stand=stand)
        for one, on in zip(circles, _scenes(circles, walker, scene), strict=True)
    ]
    offered = tables(
        [one.walked for one in drawn],
        layers=layers,
        homes=homes,
        lived=before.groups,
    )
    told = offered.get("groups", DataFrame())
    coverage = Coverage(
        circles=tuple(circles),
        walker=walker,
        **_areas(layers, homes=homes, drawn=drawn, name=name, told=told),
        stations=stand.station_table(layers),
        buildings=GeoDataFrame(homes, geometry=layers.buildings.geometry),
        minutes=answers.minutes_table(
            {one.name: of.answers for one, of in zip(circles, drawn, strict=True)}
        ),
        outlines=gaps.stacked([one.outlines for one in drawn]),
        gaps=gaps.stacked([one.gaps for one in drawn]),
        unreached=gaps.stacked([one.unreached for one in drawn]),
        routes=gaps.stacked([one.routes for one in drawn]),
        findings=(
            *before.findings,
            *groups.unsaid(told),
            *(finding for one in drawn for finding in one.findings),
        ),
        results={},
        services=offered,
        offers=tuple(offer for one in drawn for offer in one.walked.offers),
    )
    return replace(coverage, results=_results(coverage, layers=layers, drawn=drawn))


def _areas(
    layers: Layers,
    *,
    homes: DataFrame,
    drawn: list[_Drawn],
    name: str,
    told: DataFrame,
) -> dict[str, GeoDataFrame]:
    """Return grids, communities and the street with who is served in them."""
    served = {}
    for number, one in enumerate(drawn, start=1):
        served[f"{number}"] = one.answers
        served.update({f"{number}_{end}": table for end, table in one.band.items()})
    whole = rollup.street(layers.grids, name=name)
    of = homes.assign(street=rollup.of_street(homes))
    levels = {
        "grids": ("grid", layers.grids),
        "communities": ("community", layers.communities),
        "street": ("street", whole),
    }
    return {
        table: rollup.rolled(
            groups.unsmall(areas, level=level, told=told),
            level=level,
            homes=of,
            answers=served,
        )
        for table, (level, areas) in levels.items()
    }


def _scenes(
    circles: Sequence[Circle], walker: Walker, scene: Callable[..., Scene]
) -> Iterator[Scene]:
    """Yield what each circle is drawn on: one in metres counts lengths alone."""
    made: list[tuple[Walker, Scene]] = []
    for circle in circles:
        walks = walker if circle.metres is None else walker.by_length()
        known = next((one for who, one in made if who == walks), None)
        if known is None:
            known = scene(walker=walks)
            made.append((walks, known))
        yield known


def _scene(
    layers: Layers,
    network: Network,
    surroundings: Surroundings,
    *,
    homes: DataFrame,
    stand: Standing,
    walker: Walker,
) -> Scene:
    way = walk.graph(network, walker=walker)
    weight = homes[rollup.counted_by(homes)].where(homes["counted"], 0.0).fillna(0.0)
    water = surroundings.water.geometry
    return Scene(
        canvas=canvas(
            network,
            way=way,
            barriers=with_walls(surroundings, compounds=stand.compounds),
        ),
        way=way,
        band=band.graphs(network, walker=walker),
        network=network,
        footprints=_drawable(layers.buildings.geometry.to_numpy()),
        places=stand.homes_at.to_numpy(),
        stations_at=layers.stations.geometry,
        compounds=stand.compounds,
        weight=weight.to_numpy(),
        water=shapely.STRtree(_drawable(water[water.area > 0].to_numpy())),
    )


def _drawable(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes that can be overlaid; invalid ones were told when read."""
    return np.asarray(
        np.where(shapely.is_valid(shapes), shapes, shapely.make_valid(shapes))
    )


def _draw(
    circle: Circle,
    *,
    scene: Scene,
    layers: Layers,
    homes: DataFrame,
    served: DataFrame,
    stand: Standing,
) -> _Drawn:
    """Return one circle, answered and drawn."""
    limit = circle.seconds(speed=scene.way.speed)
    wanted = answers.chosen(circle, layers.stations)
    access = stand.access(circle.hours)
    people = {"access": access, "wanted": wanted}
    own = partial(service.own, served=served, homes=homes)
    pairs = answers.pairs_within(scene.way, **people, limit=limit)
    metres = answers.straight_m(
        stand.places,
        thing=stand.thing,
        stations=layers.stations.geometry[wanted],
        index=homes.index,
    )
    table = answers.answer(
        pairs,
        own=own(pairs),
        nearest=answers.nearest_of(scene.way, **people),
        nearest_own=answers.nearest_own_of(
            scene.way, **people, owned=service.owned(served, homes=homes)
        ),
        straight=metres <= limit * scene.way.speed,
        codes=layers.stations.index,
    )
    shapes = outlines(scene, circle=circle, **people, pairs=pairs, limit=limit)
    left = homes[homes["counted"] & ~table["any"]]
    ranked = {"circle": circle.name, "places": stand.homes_at}
    ranked["by"] = rollup.counted_by(homes)
    beyond = gaps.unreached(left, answers=table, straight_m=metres, **ranked)
    return _Drawn(
        answers=table,
        band=band.served_between(circle, ways=scene.band, **people, own=own),
        outlines=shapes,
        gaps=gaps.gaps(layers.grids, merged=_merged(shapes), left=left, **ranked),
        unreached=beyond,
        routes=routes(farthest(beyond, by=ranked["by"]), scene=scene, access=access),
        walked=_walked(
            circle, scene=scene, layers=layers, stand=stand, pairs=pairs, answered=table
        ),
        findings=service.without_station(
            layers, served=served, chosen=wanted, circle=circle
        ),
    )


def _walked(
    circle: Circle,
    *,
    scene: Scene,
    layers: Layers,
    stand: Standing,
    pairs: DataFrame,
    answered: DataFrame,
) -> Walked:
    """Return the walks of a circle, and those if it asked for something else."""
    limit = circle.seconds(speed=scene.way.speed)
    wanted = answers.chosen(circle, layers.stations)
    every, any_wanted = pairs, wanted
    if circle.items:
        any_wanted = answers.chosen(replace(circle, items=()), layers.stations)
        every = answers.pairs_within(
            scene.way,
            access=stand.access(circle.hours),
            wanted=any_wanted,
            limit=limit,
        )
    return Walked(
        circle=circle,
        answers=answered,
        limit=limit,
        pairs=pairs,
        wanted=wanted,
        any_pairs=every,
        any_wanted=any_wanted,
        offers=offers(circle, way=scene.way, stand=stand, layers=layers, pairs=pairs),
    )


def _merged(shapes: GeoDataFrame) -> shapely.Geometry:
    return shapes.geometry[shapes["station"] == ""].iloc[0]


def _results(
    coverage: Coverage, *, layers: Layers, drawn: list[_Drawn]
) -> dict[str, object]:
    return {
        "counted": rollup.counted_by(coverage.buildings),
        "circles": [
            results.circle_result(
                number,
                circle,
                coverage=coverage,
                layers=layers,
                stations=int(one.walked.wanted.sum()),
            )
            for number, (circle, one) in enumerate(
                zip(coverage.circles, drawn, strict=True), start=1
            )
        ],
        "areas": list(results.area_results(coverage)),
        **results.service_results(coverage),
    }

"""The main job in order: who lives where, how they stand, how far they walk.

Each step is a function of its own room; nothing here reads or writes a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan import walk
from geoplan.circles import canvas
from geoplan.coverage import answers, gaps, results, rollup, service
from geoplan.coverage.homes import Standing, inhabited, standing
from geoplan.coverage.opening import unoffered, unsaid
from geoplan.coverage.outlines import Scene, outlines
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

    stations: int
    answers: DataFrame
    outlines: GeoDataFrame
    gaps: GeoDataFrame
    unreached: GeoDataFrame
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
    homes, odd_homes = inhabited(layers)
    stand = standing(layers, network=network, surroundings=surroundings)
    served, odd_stations = service.areas_served(layers)
    homes = homes.join(stand.homes.things)
    scene = _scene(
        layers, network, surroundings, homes=homes, stand=stand, walker=walker
    )
    drawn = [
        _draw(one, scene=scene, layers=layers, homes=homes, served=served, stand=stand)
        for one in circles
    ]
    tables = [one.answers for one in drawn]
    whole = rollup.street(layers.grids, name=name)
    streets = homes.assign(street=rollup.of_street(homes))
    coverage = Coverage(
        circles=tuple(circles),
        walker=walker,
        grids=rollup.rolled(layers.grids, level="grid", homes=homes, answers=tables),
        communities=rollup.rolled(
            layers.communities, level="community", homes=homes, answers=tables
        ),
        street=rollup.rolled(whole, level="street", homes=streets, answers=tables),
        stations=stand.station_table(layers),
        buildings=GeoDataFrame(homes, geometry=layers.buildings.geometry),
        minutes=answers.minutes_table(
            {circle.name: table for circle, table in zip(circles, tables, strict=True)}
        ),
        outlines=gaps.stacked([one.outlines for one in drawn]),
        gaps=gaps.stacked([one.gaps for one in drawn]),
        unreached=gaps.stacked([one.unreached for one in drawn]),
        findings=(
            *odd_homes,
            *odd_stations,
            *unoffered(circles, layers=layers),
            *unsaid(circles, layers=layers),
            *stand.findings(layers, homes=homes),
            *(finding for one in drawn for finding in one.findings),
        ),
        results={},
    )
    return replace(coverage, results=_results(coverage, layers=layers, drawn=drawn))


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
        canvas=canvas(network, way=way, barriers=surroundings.barriers.geometry),
        way=way,
        network=network,
        stations=stand.stations,
        homes=stand.homes,
        footprints=_drawable(layers.buildings.geometry.to_numpy()),
        places=stand.homes_at.to_numpy(),
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
    people = {"stations": stand.stations, "homes": stand.homes, "wanted": wanted}
    pairs = answers.pairs_within(scene.way, **people, limit=limit)
    metres = answers.straight_m(
        stand.places,
        thing=stand.thing,
        stations=layers.stations.geometry[wanted],
        index=homes.index,
    )
    table = answers.answer(
        pairs,
        own=service.own(pairs, served=served, homes=homes),
        nearest=answers.nearest_of(scene.way, **people),
        straight=metres <= limit * scene.way.speed,
        codes=layers.stations.index,
    )
    shapes = outlines(scene, circle=circle, wanted=wanted, pairs=pairs, limit=limit)
    left = homes[homes["counted"] & ~table["any"]]
    ranked = {"circle": circle.name, "places": stand.homes_at}
    ranked["by"] = rollup.counted_by(homes)
    return _Drawn(
        stations=int(wanted.sum()),
        answers=table,
        outlines=shapes,
        gaps=gaps.gaps(layers.grids, merged=_merged(shapes), left=left, **ranked),
        unreached=gaps.unreached(left, answers=table, straight_m=metres, **ranked),
        findings=service.without_station(
            layers, served=served, chosen=wanted, circle=circle
        ),
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
                number, circle, coverage=coverage, layers=layers, stations=one.stations
            )
            for number, (circle, one) in enumerate(
                zip(coverage.circles, drawn, strict=True), start=1
            )
        ],
        "areas": list(results.area_results(coverage)),
    }

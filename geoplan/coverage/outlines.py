"""The polygons of one circle, each with its confession.

A polygon is drawn from the count, never the count from it. How far the two
disagree is told as two shares: ``drawn_not_reached`` of the households inside,
``reached_not_drawn`` of the households reached; 0 where there are none.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame, Series
from shapely.geometry.base import BaseGeometry

from geoplan import circles
from geoplan.compounds import Compounds
from geoplan.coverage.answers import pick
from geoplan.coverage.courts import courts, grounds, widest, with_courts
from geoplan.model import Access, Circle, Network
from geoplan.walk import Graph, threads


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """What the polygons of a study are drawn on."""

    canvas: circles.Canvas
    way: Graph
    band: Mapping[str, Graph]  #: the same at the ends of a band of speeds, if any
    network: Network
    footprints: NDArray[np.object_]  #: of all buildings
    places: NDArray[np.object_]  #: points that stand for them
    stations_at: GeoSeries
    compounds: Compounds
    weight: NDArray[np.float64]  #: what is counted of them; 0 where not counted
    water: shapely.STRtree


def outlines(
    scene: Scene,
    *,
    access: Access,
    circle: Circle,
    wanted: Series,
    pairs: DataFrame,
    limit: float,
) -> GeoDataFrame:
    """Return the polygons of a circle: one a station, and the merged one.

    Parameters
    ----------
    wanted : Series of bool
        The circle's stations, on the index of the layer.
    pairs : DataFrame
        Pairs of station and building within the limit (:func:`pairs_within`).
    limit : float
        Seconds.
    """
    positions = np.append(np.flatnonzero(wanted.to_numpy(bool)), -1)
    stations = pick(access.stations, wanted.to_numpy(bool))
    drawn = circles.fields(scene.canvas, way=scene.way, stations=stations, limit=limit)
    ground = shapely.STRtree(grounds(scene.compounds))
    within = courts(
        scene.way,
        compounds=scene.compounds,
        access=access,
        stations=stations,
        places=scene.stations_at[wanted.to_numpy(bool)],
        limit=limit,
    )

    def row(number: int, bare: BaseGeometry) -> dict[str, object]:
        station = positions[number]
        mine = pairs if station < 0 else pairs[pairs["station"] == station]
        mine = mine.sort_values(["thing", "seconds"]).drop_duplicates("thing")
        code = "" if station < 0 else str(wanted.index[station])
        parts = widest(within) if number < 0 else within[within["station"] == number]
        bare = with_courts(bare, parts=parts, grounds=ground)
        return {
            "circle": circle.name,
            "station": code,
            **_drawn(scene, bare, mine, access),
        }

    with ThreadPoolExecutor(threads()) as pool:
        rows = list(pool.map(lambda one: row(*one), drawn))
    return GeoDataFrame(rows, geometry="geometry", crs=scene.network.crs)


def _drawn(
    scene: Scene, bare: BaseGeometry, pairs: DataFrame, access: Access
) -> dict[str, object]:
    """Return a polygon and what it confesses."""
    reached = np.zeros(len(scene.footprints), bool)
    reached[pairs["thing"].to_numpy()] = True
    shape = circles.outline(
        bare,
        reached=scene.footprints[reached],
        legs=_legs(scene, pairs, access),
        unreached=shapely.STRtree(scene.footprints[~reached]),
        water=scene.water,
    )
    told = _confession(shape, reached, scene)
    field = _confession(bare, reached, scene)
    return {
        **told,
        **{f"field_{name}": value for name, value in field.items()},
        "geometry": shape,
    }


def _legs(scene: Scene, pairs: DataFrame, access: Access) -> NDArray[np.object_]:
    """Return the straight lines that reached buildings walk: legs, bent at gates.

    A leg runs to the edge, a walk within a compound to the station.
    """
    out = pairs["inside"].to_numpy() < 0
    steps = access.homes.candidates.iloc[pairs["candidate"].to_numpy()[out]]
    edges = scene.network.edges.geometry.to_numpy()[steps["edge"].to_numpy()]
    feet = shapely.line_interpolate_point(edges, steps["offset_m"].to_numpy())
    begin, gate = steps[["x", "y"]].to_numpy(), steps["gate"].to_numpy()
    bend = np.where(
        (gate < 0)[:, None], begin, np.append(access.gates, [[0.0, 0.0]], axis=0)[gate]
    )
    legs = np.stack([begin, bend, shapely.get_coordinates(feet)], axis=1)
    within = access.inside.iloc[pairs["inside"].to_numpy()[~out]]
    straight = within[["x", "y", "to_x", "to_y"]].to_numpy().reshape(-1, 2, 2)
    return np.concatenate([shapely.linestrings(legs), shapely.linestrings(straight)])


def _confession(
    shape: BaseGeometry, reached: NDArray[np.bool_], scene: Scene
) -> dict[str, float]:
    shapely.prepare(shape)
    inside = shapely.intersects(shape, scene.places)
    return {
        "drawn_not_reached": _share(inside & ~reached, inside, scene.weight),
        "reached_not_drawn": _share(reached & ~inside, reached, scene.weight),
    }


def _share(
    part: NDArray[np.bool_], whole: NDArray[np.bool_], weight: NDArray[np.float64]
) -> float:
    total = weight[whole].sum()
    return round(float(weight[part].sum() / total), 6) if total else 0.0

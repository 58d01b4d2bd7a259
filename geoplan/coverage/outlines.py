"""The polygons of one circle, each with its confession.

A polygon is drawn from the count, never the count from it. How far the two
disagree is told as two shares: ``drawn_not_reached`` of the households inside,
``reached_not_drawn`` of the households reached; 0 where there are none.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame, Series
from shapely.geometry.base import BaseGeometry

from geoplan import circles
from geoplan.coverage.answers import pick
from geoplan.model import Circle, Legs, Network
from geoplan.walk import Graph, threads


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """What the polygons of a study are drawn on."""

    canvas: circles.Canvas
    way: Graph
    network: Network
    stations: Legs
    homes: Legs
    footprints: NDArray[np.object_]  #: of all buildings
    places: NDArray[np.object_]  #: points that stand for them
    weight: NDArray[np.float64]  #: what is counted of them; 0 where not counted
    water: shapely.STRtree


def outlines(
    scene: Scene, *, circle: Circle, wanted: Series, pairs: DataFrame, limit: float
) -> GeoDataFrame:
    """Return the polygons of a circle: one a station, and the merged one.

    Parameters
    ----------
    wanted : Series of bool
        The circle's stations, on the index of the layer.
    pairs : DataFrame
        Pairs of station and building within the limit (:func:`reach`).
    limit : float
        Seconds.
    """
    positions = np.append(np.flatnonzero(wanted.to_numpy(bool)), -1)
    stations = pick(scene.stations, wanted.to_numpy(bool))
    drawn = circles.fields(scene.canvas, way=scene.way, stations=stations, limit=limit)

    def row(number: int, bare: BaseGeometry) -> dict[str, object]:
        station = positions[number]
        mine = pairs if station < 0 else pairs[pairs["station"] == station]
        mine = mine.sort_values(["thing", "seconds"]).drop_duplicates("thing")
        code = "" if station < 0 else str(wanted.index[station])
        return {"circle": circle.name, "station": code, **_drawn(scene, bare, mine)}

    with ThreadPoolExecutor(threads()) as pool:
        rows = list(pool.map(lambda one: row(*one), drawn))
    return GeoDataFrame(rows, geometry="geometry", crs=scene.network.crs)


def _drawn(scene: Scene, bare: BaseGeometry, pairs: DataFrame) -> dict[str, object]:
    """Return a polygon and what it confesses."""
    reached = np.zeros(len(scene.footprints), bool)
    reached[pairs["thing"].to_numpy()] = True
    shape = circles.outline(
        bare,
        reached=scene.footprints[reached],
        legs=_legs(scene, pairs),
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


def _legs(scene: Scene, pairs: DataFrame) -> NDArray[np.object_]:
    """Return the legs that reached buildings walk to their edges."""
    steps = scene.homes.candidates.iloc[pairs["candidate"].to_numpy()]
    edges = scene.network.edges.geometry.to_numpy()[steps["edge"].to_numpy()]
    feet = shapely.line_interpolate_point(edges, steps["offset_m"].to_numpy())
    ends = np.stack(
        [steps[["x", "y"]].to_numpy(), shapely.get_coordinates(feet)], axis=1
    )
    return np.asarray(shapely.linestrings(ends))


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

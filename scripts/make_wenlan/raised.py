"""Ways above the ground: the expressway with its ramps, and footbridges."""

import geopandas as gpd
import numpy as np
import shapely
from shapely import LineString, Point
from terrain import Terrain

#: Where a footbridge crosses the main road, x in the local frame.
FOOTBRIDGES = (-290.0, 300.0)
HALF_SPAN = 27.0  # metres from the middle of the road to the stairs' head
STAIRS = 17.0  # metres


def footbridges(
    terrain: Terrain, ways: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the footbridges with their stairs, and the paths at their feet.

    Returns
    -------
    raised : GeoDataFrame
        kind (steps, footway), structure ("", "bridge"); not noded with the rest.
    feet : GeoDataFrame
        kind, structure; on the ground, from the foot of the stairs to a way.
    """
    axis = shapely.line_merge(terrain.expressway[0])
    tree = shapely.STRtree(ways.geometry.to_numpy())
    raised, feet = [], []
    for x in FOOTBRIDGES:
        at = axis.project(Point(x, 110))
        middle, ahead = (
            shapely.get_coordinates(axis.interpolate(at + d))[0] for d in (0.0, 1.0)
        )
        along = ahead - middle
        across = np.array([-along[1], along[0]])
        heads = [np.round(middle + s * across * HALF_SPAN, 2) for s in (1, -1)]
        raised.append(("footway", "bridge", LineString(heads)))
        for head in heads:
            foot = np.round(head + along * STAIRS, 2)
            raised.append(("steps", "", LineString([head, foot])))
            way = ways.geometry.iloc[int(tree.nearest(Point(foot)))]
            goal = shapely.get_coordinates(way.interpolate(way.project(Point(foot))))[0]
            step = (goal - foot) / np.hypot(*(goal - foot))
            feet.append(("footway", "", LineString([foot, goal + step * 0.05])))
    columns = ["kind", "structure", "geometry"]
    return (
        gpd.GeoDataFrame(raised, columns=columns, geometry="geometry"),
        gpd.GeoDataFrame(feet, columns=columns, geometry="geometry"),
    )


def expressway(
    terrain: Terrain, edges: gpd.GeoDataFrame
) -> tuple[list[LineString], list[LineString]]:
    """Return carriageways and ramps; ramps end in nodes of both roads.

    Parameters
    ----------
    terrain : Terrain
    edges : GeoDataFrame
        The noded ways on the ground.
    """
    roads, ramps = list(terrain.expressway[:2]), terrain.expressway[2:]
    ground = edges.geometry[edges["kind"].eq("primary")]
    corners = shapely.get_coordinates(ground.to_numpy())
    landed = []
    for ramp in ramps:
        coords = np.asarray(ramp.coords)
        k = int(np.argmin([road.distance(Point(coords[0])) for road in roads]))
        at = roads[k].project(Point(coords[0]))
        start = np.round(shapely.get_coordinates(roads[k].interpolate(at))[0], 2)
        roads[k] = _with_vertex(roads[k], start)
        end = corners[np.argmin(np.hypot(*(corners - coords[-1]).T))]
        landed.append(LineString([start, *coords[1:-1], end]))
    return roads, landed


def _with_vertex(line: LineString, point: np.ndarray) -> LineString:
    at = line.project(Point(point))
    coords = np.asarray(line.coords)
    along = np.array([line.project(Point(xy)) for xy in coords])
    return LineString([*coords[along < at], point, *coords[along > at]])

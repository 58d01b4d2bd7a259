"""Where a station could stand: the office's rooms, else places along the ways."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame, Series
from scipy.spatial import KDTree

from geoplan.errors import InputError
from geoplan.membership import holding
from geoplan.model import Layers, Network
from geoplan.wording import say

_MOST = 240  # places along the ways; beyond, they are thinned more
_STEP = 40.0  # m between places along one way, before thinning
_NEAR = 150.0  # m from demand that is to be served
_APART = 60.0  # m between places, at least
_WIDER = 1.25  # times as far apart at each thinning
_SHARE = 0.6  # of the circle: the straight distance that is worth a walk
_DIGITS = 2  # of a metre
_NAMED = 120.0  # m; farther ways do not say where a place is


@dataclass(frozen=True, kw_only=True, eq=False)
class Demand:
    """Homes that a new place should be near to."""

    points: GeoSeries
    weight: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """Stations there are and places for new ones, as one layer of stations."""

    #: index = code, stations first; the columns of stations and existing (bool),
    #: kind, cost, available
    frame: GeoDataFrame
    rooms: bool  #: whether the new ones are real rooms

    def as_stations(self, layers: Layers, *, tier: str) -> Layers:
        """Return the layers with all of these as the stations, of one tier."""
        return replace(layers, stations=self.frame.assign(tier=tier))

    def and_also(self, new: GeoDataFrame, *, layers: Layers) -> Self:
        """Return the same with further candidates, of codes that are not taken."""
        frame = pd.concat([DataFrame(self.frame), _candidates(new, like=self.frame)])
        return replace(self, frame=_placed(frame, layers=layers))


def places_of(
    layers: Layers, *, stations: GeoDataFrame, made: GeoDataFrame | None
) -> Places:
    """Return the stations and the candidates: rooms, or ``made`` if there are any.

    A candidate whose code a station has gets ``c-`` in front.

    Raises
    ------
    InputError
        If there is no candidate at all.
    """
    new = layers.candidates if made is None else made
    if new is None or not len(new):
        raise InputError.at("siting_no_candidates", layer="candidates")
    if set(new.index) & set(stations.index):
        new = new.set_axis([f"c-{code}" for code in new.index])
    old = stations.assign(existing=True, kind="", cost=0.0, available="")
    frame = pd.concat([DataFrame(old), _candidates(new, like=old)])
    return Places(frame=_placed(frame, layers=layers), rooms=made is None)


def as_they_are(layers: Layers, *, stations: GeoDataFrame) -> Places:
    """Return the stations alone, each of which may be chosen or not.

    Raises
    ------
    InputError
        If there is none.
    """
    if not len(stations):
        raise InputError.at("siting_no_stations", layer="stations")
    old = stations.assign(existing=False, kind="", cost=0.0, available="")
    return Places(frame=_placed(DataFrame(old), layers=layers), rooms=True)


def _candidates(new: GeoDataFrame, *, like: GeoDataFrame) -> DataFrame:
    """Return candidates with the columns of stations."""
    columns = [c for c in new.columns if c in like.columns]
    told = DataFrame(new[columns]).assign(existing=False)
    told["name"] = told["name"].mask(told["name"] == "", Series(new.index, new.index))
    return told


def _placed(frame: DataFrame, *, layers: Layers) -> GeoDataFrame:
    """Return stations and candidates with the areas that hold them."""
    frame = frame.copy()
    texts = [c for c in frame if c not in {"geometry", "existing", *_NUMBERS}]
    frame[texts] = frame[texts].fillna("").astype(str)
    frame.index.name = "code"
    whole = GeoDataFrame(frame, geometry="geometry", crs=layers.crs)
    return whole.assign(
        community=holding(whole.geometry, areas=layers.communities),
        grid=holding(whole.geometry, areas=layers.grids),
    )


_NUMBERS = ("area_m2", "capacity", "cost")


def along_ways(
    network: Network,
    *,
    layers: Layers,
    demand: Demand,
    reach_m: float,
    lang: str,
) -> GeoDataFrame:
    """Return places along the ways near demand, to look for rooms at.

    Points every 40 m along the ways of the largest component, inside the grids and
    within 150 m of demand. The one with most demand within six tenths of the
    circle, as the crow flies, is taken first, then the next that is far enough
    from those taken: 60 m, or as much more as leaves at most 240. They stand to the
    centimetre, as pages and files of edits tell them.
    """
    points, edge = _along(network, area=layers.grids.union_all())
    worth = _worth(points, demand=demand, reach_m=reach_m)
    lived = worth > 0
    if not lived.any():
        return _frame([], names=[], crs=layers.crs, lang=lang)
    points, edge, worth = points[lived], edge[lived], worth[lived]
    order = np.lexsort((points[:, 1], points[:, 0], -worth))
    taken = _thinned(points[order])
    chosen = order[taken]
    chosen = chosen[np.lexsort((points[chosen, 1], points[chosen, 0]))]
    names = _way_names(points[chosen], edge=edge[chosen], network=network)
    at = np.round(points[chosen], _DIGITS)
    return _frame(at, names=names, crs=layers.crs, lang=lang)


def _along(
    network: Network, *, area: shapely.Geometry
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return points along the ways of the largest component, and their edges."""
    edges = network.edges
    ground = ~(edges["bridge"].astype(bool) | edges["tunnel"].astype(bool))
    used = np.flatnonzero((edges["component"] == 0) & ground)
    lines = edges.geometry.to_numpy()[used]
    count = np.maximum(1, np.round(shapely.length(lines) / _STEP)).astype(int)
    line = np.repeat(np.arange(len(lines)), count)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    place = (np.arange(len(line)) - first[line] + 0.5) / count[line]
    at = shapely.line_interpolate_point(lines[line], place, normalized=True)
    shapely.prepare(area)
    inside = shapely.contains(area, at)
    return shapely.get_coordinates(at[inside]), used[line[inside]]


def _worth(
    points: NDArray[np.float64], *, demand: Demand, reach_m: float
) -> NDArray[np.float64]:
    """Return the demand about each point; 0 where none is near."""
    homes = shapely.get_coordinates(demand.points.to_numpy())
    if not len(points) or not len(homes):
        return np.zeros(len(points))
    tree = KDTree(homes)
    worth = np.zeros(len(points))
    for k, near in enumerate(tree.query_ball_point(points, reach_m * _SHARE)):
        worth[k] = demand.weight[near].sum()
    worth[tree.query(points)[0] > _NEAR] = 0.0
    return worth


def _thinned(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the positions of points far enough from those before them."""
    apart = _APART
    while True:
        near = KDTree(points).query_ball_point(points, apart)
        free = np.ones(len(points), bool)
        taken = []
        for k in range(len(points)):
            if free[k]:
                taken.append(k)
                free[near[k]] = False
        if len(taken) <= _MOST:
            return np.array(taken, dtype=np.int64)
        apart *= _WIDER


def _way_names(
    points: NDArray[np.float64], *, edge: NDArray[np.int64], network: Network
) -> list[str]:
    """Return the name of the way of each point, else of the nearest one; "" if far."""
    names = network.edges["name"].fillna("").astype(str).to_numpy()
    found = names[edge].astype(object)
    named = np.flatnonzero(names != "")
    bare = np.flatnonzero(found == "")
    if not len(named) or not len(bare):
        return [str(name) for name in found]
    tree = shapely.STRtree(network.edges.geometry.to_numpy()[named])
    point, line = tree.query_nearest(
        shapely.points(points[bare]), max_distance=_NAMED, all_matches=False
    )
    found[bare[point]] = names[named[line]]
    return [str(name) for name in found]


def _frame(
    points: NDArray[np.float64] | list[object],
    *,
    names: list[str],
    crs: object,
    lang: str,
) -> GeoDataFrame:
    """Return places as a layer of candidates; namesakes are numbered."""
    told: dict[str, int] = {}
    called = []
    for name in names:
        told[name] = told.get(name, 0) + 1
        key = "sites.place_beside" if name else "sites.place_nameless"
        called.append((key, name, told[name]))
    count = len(names)
    table = {
        "name": [
            say(key, lang=lang, way=name, n=n if told[name] > 1 else "").strip()
            for key, name, n in called
        ],
        "kind": [say("sites.place_kind", lang=lang)] * count,
        "area_m2": np.full(count, np.nan),
        "cost": np.full(count, np.nan),
        "available": [""] * count,
    }
    codes = [f"P{k + 1:03d}" for k in range(count)]
    index = pd.Index(codes, name="code", dtype="str")
    shape = shapely.points(np.asarray(points, dtype=float).reshape(-1, 2))
    return GeoDataFrame(table, geometry=list(shape), index=index, crs=crs)

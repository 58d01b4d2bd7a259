"""A siting's ways and homes, laid out so that a page can walk them by these rules."""

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pandas import DataFrame

from geoplan import attach, walk
from geoplan.compounds import walks_inside
from geoplan.coverage.answers import chosen
from geoplan.coverage.footing import footing
from geoplan.coverage.homes import with_walls
from geoplan.coverage.opening import offering
from geoplan.hours import open_at
from geoplan.model import Access, Legs, WalkingGraph
from geoplan.recipes.imprint import fingerprint
from geoplan.recipes.sites.asked import Ground
from geoplan.walk import carried
from geoplan.walk.graph import FAR, Times, to_ms
from geoplan.walk.spots import some

_RIM = 20.0  # m beyond the grids that a station may stand; farther off is odd (S2)
_USUAL = ("24/7", "Mo-Fr 08:30-17:30", "Mo-Su 08:30-20:00", "Mo-Su 08:30-21:30")
_MOST = 8  # hours of the study's own that are offered


def walking_graph(ground: Ground) -> WalkingGraph:
    """Return what a page needs to walk a siting's circle: within its limit, for any.

    Only homes that count are in it.
    """
    circle, walker = ground.circle, ground.study.walker
    way = walk.graph(
        ground.network, walker=walker.by_length() if circle.metres else walker
    )
    asleep = _asleep(ground)
    points = [ground.places.frame.geometry, asleep.geometry]
    limit = walk.limit_ms(circle.seconds(speed=way.speed))
    free = _free(ground)
    lines = ground.network.edges.geometry
    return WalkingGraph(
        speed=way.speed,
        limit_ms=limit,
        nodes=way.nodes,
        edges=_edges(way),
        footing=free,
        lines=GeoSeries(lines.loc[free["edge"].unique()], crs=ground.network.crs),
        at=shapely.get_coordinates(np.concatenate([one.to_numpy() for one in points])),
        codes=(*_codes(ground), *map(str, asleep.index)),
        asleep=DataFrame(asleep[["name"]]),
        fingerprint=fingerprint(ground.study),
        hours=_hours(ground),
        **_walks(way, _access(ground, asleep), limit=limit, ground=ground),
    )


def _asleep(ground: Ground) -> GeoDataFrame:
    """Return the stations of the circle that are not open at its hour for certain."""
    stations, circle = ground.study.layers.stations, ground.circle
    return stations[offering(circle, stations) & ~chosen(circle, stations)]


def _access(ground: Ground, asleep: GeoDataFrame) -> Access:
    """Return how places and homes stand then, those asleep after the siting's."""
    stand, circle = ground.stand, ground.circle
    access = stand.access(circle.hours)
    if asleep.empty:
        return access
    layers, compounds = ground.study.layers, stand.compounds
    coming = compounds.open_to("visitor", hours=circle.hours)
    legs = attach.legs(
        asleep.geometry,
        things=asleep.index,
        thing=np.arange(len(asleep)),
        network=ground.network,
        sight=attach.Sight.over(
            footprints=layers.buildings.geometry,
            barriers=with_walls(ground.study.ways.surroundings, compounds=compounds),
        ),
        gateways=stand.gateways,
    )
    legs = attach.by_gates(legs, passable=coming)
    inside = walks_inside(
        compounds,
        stations=asleep.geometry.to_numpy(),
        homes=stand.places.to_numpy(),
        thing=stand.thing,
    )
    first = len(access.stations.things)
    later = legs.candidates.assign(thing=legs.candidates["thing"] + first)
    return replace(
        access,
        stations=Legs(
            candidates=pd.concat([access.stations.candidates, later]),
            things=pd.concat([access.stations.things, legs.things]),
        ),
        inside=pd.concat(
            [access.inside, inside.assign(station=inside["station"] + first)]
        ),
    )


def _walks(
    way: walk.Graph, access: Access, *, limit: int, ground: Ground
) -> dict[str, DataFrame]:
    """Return how homes and places stand on the ways: steps, seeds, direct."""
    wanted = ground.demand["weight"].to_numpy() > 0
    stations = walk.spots(access.stations, way=way)
    homes = some(walk.spots(access.homes, way=way), things=np.flatnonzero(wanted))
    inside = DataFrame(
        {
            "place": access.inside["station"],
            "home": access.inside["thing"],
            "ms": to_ms(access.inside["leg_m"].to_numpy() / way.speed),
        }
    )
    straight = carried.direct(
        way,
        stations=stations,
        homes=homes,
        inside=inside[wanted[inside["home"].to_numpy(int)]],
    )
    seeds = carried.seeds(way, stations=stations)
    steps = DataFrame(
        {
            "home": homes.thing,
            "edge": homes.edge,
            "share": homes.share,
            "leg_ms": homes.leg_ms,
            "to_u_ms": _known(homes.to_u_ms),
            "to_v_ms": _known(homes.to_v_ms),
        }
    )
    return {
        "steps": steps,
        "seeds": seeds[seeds["ms"] <= limit].reset_index(drop=True),
        "direct": straight[straight["ms"] <= limit].reset_index(drop=True),
    }


def _edges(way: walk.Graph) -> DataFrame:
    return DataFrame(
        {
            "u": way.u.astype(np.int64),
            "v": way.v.astype(np.int64),
            "forward_ms": _known(way.forward_ms),
            "backward_ms": _known(way.backward_ms),
        }
    )


def _known(ms: Times) -> Times:
    """Return times with -1 for what cannot be walked."""
    return np.where(ms == FAR, np.int32(-1), ms)


def _free(ground: Ground) -> DataFrame:
    """Return where on the ways a new station may stand."""
    layers, compounds = ground.study.layers, ground.stand.compounds
    around = ground.study.ways.surroundings
    return footing(
        ground.network,
        area=layers.grids.union_all().buffer(_RIM),
        blocks=(
            with_walls(around, compounds=compounds),
            compounds.shapes,
            layers.buildings.geometry.boundary,
        ),
    )


def _codes(ground: Ground) -> tuple[str, ...]:
    """Return the codes of places as the office's files have them.

    A room whose code a station has is called otherwise beside it.
    """
    frame, rooms = ground.places.frame, ground.study.layers.candidates
    own = iter(() if rooms is None or not ground.places.rooms else rooms.index)
    return tuple(
        str(code) if old else str(next(own, code))
        for code, old in zip(frame.index, frame["existing"], strict=True)
    )


def _hours(ground: Ground) -> tuple[tuple[str, bool], ...]:
    """Return hours to choose from: those that the study has most, and usual ones.

    Each with whether it is open at the circle's hour; none that does not tell.
    """
    if not ground.circle.hours:
        return ()
    own = ground.study.layers.stations["hours"].fillna("").astype(str).str.strip()
    often = own[own != ""].value_counts(sort=True)
    texts = list(dict.fromkeys([*often.index[:_MOST], *_USUAL]))
    told = open_at(pd.Series(texts), ground.circle.hours)
    return tuple(
        (text, bool(is_open))
        for text, is_open in zip(texts, told, strict=True)
        if not pd.isna(is_open)
    )

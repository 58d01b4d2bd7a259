"""Walks to stations tried elsewhere, as Python counts them: what a page must equal.

``python tests/what_ifs.py`` writes the vectors that both languages run anew.
"""

import dataclasses
import json
from functools import cache
from pathlib import Path

import numpy as np
import shapely
from geopandas import GeoSeries
from pandas import Series

from geoplan import attach, walk
from geoplan.compounds import walks_inside
from geoplan.coverage import answers
from geoplan.coverage.homes import with_walls
from geoplan.maps import what_if
from geoplan.maps.basemap import window
from geoplan.maps.encoding import Grain
from geoplan.recipes.run import network_of
from geoplan.recipes.sites.asked import Asked, laid_out
from geoplan.recipes.sites.what_if import walking_graph
from geoplan.study.reading import read_study

ROOT = Path(__file__).resolve().parent.parent
VECTORS = Path(__file__).parent / "vectors" / "what_if.json"


CIRCLE = "15分钟服务圈"


@cache
def study_of(name):
    """Return a study of the repository and its network."""
    study = read_study(ROOT / "data" / name)
    return study, network_of(study)


@cache
def ground_of(name="wenlan"):
    """Return a study of the repository laid out for siting."""
    study, network = study_of(name)
    asked = Asked(circle=CIRCLE)
    return laid_out(study, network=network, asked=asked, lang="zh")


@cache
def night():
    """Return the street laid out for a circle that asks who is open at night."""
    study, network = study_of("wenlan")
    hours = study.layers.stations["hours"].copy()
    community = study.layers.stations.index[study.layers.stations["tier"] == "社区级"]
    hours[community[:3]] = "24/7"
    hours[community[3:]] = "Mo-Fr 08:30-17:30"
    circle = dataclasses.replace(study.circles[0], hours="night")
    stations = study.layers.stations.assign(hours=hours)
    study = dataclasses.replace(
        study,
        circles=(circle,),
        layers=dataclasses.replace(study.layers, stations=stations),
    )
    return laid_out(study, network=network, asked=Asked(), lang="zh")


@cache
def graph_of_ground(ground):
    return walking_graph(ground)


def carried(ground):
    """Return what travels in a page of siting."""
    street = ground.study.layers.grids.union_all()
    grain = Grain.of(window(street).bounds, crs=ground.study.crs)
    return what_if.walks(graph_of_ground(ground), grain=grain)


def legs_at(ground, points):
    """Return how points stand on the ways, as stations."""
    places = GeoSeries(list(points), crs=ground.study.crs)
    layers, compounds = ground.study.layers, ground.stand.compounds
    sight = attach.Sight.over(
        footprints=layers.buildings.geometry,
        barriers=with_walls(ground.study.ways.surroundings, compounds=compounds),
    )
    gateways = dataclasses.replace(
        ground.stand.gateways, passable=compounds.open_to("visitor")
    )
    return attach.legs(
        places,
        things=places.index,
        thing=np.arange(len(places)),
        network=ground.network,
        sight=sight,
        gateways=gateways,
    )


def walked_to(ground, points):
    """Return home → ms within the circle's limit, a table for each point."""
    access, compounds = ground.stand.access(ground.circle.hours), ground.stand.compounds
    inside = walks_inside(
        compounds,
        stations=np.asarray(points, dtype=object),
        homes=ground.stand.places.to_numpy(),
        thing=ground.stand.thing,
    )
    coming = compounds.open_to("visitor", hours=ground.circle.hours)
    legs = attach.by_gates(legs_at(ground, points), passable=coming)
    here = dataclasses.replace(access, stations=legs, inside=inside)
    return walked(ground, here, count=len(points))


def walked_to_places(ground):
    """Return the same of the stations and rooms of the study."""
    access = ground.stand.access(ground.circle.hours)
    return walked(ground, access, count=len(ground.places.frame))


def walked(ground, access, *, count):
    walker = ground.study.walker
    way = walk.graph(
        ground.network, walker=walker.by_length() if ground.circle.metres else walker
    )
    pairs = answers.pairs_within(
        way,
        access=access,
        wanted=Series(data=True, index=range(count)),
        limit=ground.circle.seconds(speed=way.speed),
    )
    asked = ground.demand["weight"].to_numpy() > 0
    pairs = pairs[asked[pairs["thing"]]]
    found = [{} for _ in range(count)]
    rows = zip(pairs["station"], pairs["thing"], pairs["seconds"], strict=True)
    for station, thing, seconds in rows:
        found[station][int(thing)] = round(seconds * 1000)
    return found


def packed(table):
    """Return home → ms as one text: homes by what they add, then times."""
    homes = sorted(table)
    steps = np.diff(homes, prepend=0).tolist()
    return what_if.ints(
        [n for h, s in zip(homes, steps, strict=True) for n in (s, table[h])]
    )


def write(*, places=24, seed=7):
    """Write the vectors: places to the centimetre, and all walks to them."""
    rng = np.random.default_rng(seed)
    ground = ground_of()
    free = graph_of_ground(ground).footing
    rows = rng.choice(len(free), places)
    lines = ground.network.edges.geometry.to_numpy()[free["edge"].to_numpy()[rows]]
    at = rng.uniform(free["from_m"].to_numpy()[rows], free["to_m"].to_numpy()[rows])
    points = shapely.line_interpolate_point(lines, at)
    xy = np.round(shapely.get_coordinates(points), 2)
    tables = walked_to(ground, shapely.points(xy))
    found = {
        "study": "wenlan",
        "circle": CIRCLE,
        "places": xy.tolist(),
        "walks": [packed(table) for table in tables],
    }
    text = json.dumps(found, ensure_ascii=False, indent=1)
    VECTORS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()

"""A study laid out for division: ground, stations, and what plans are made on."""

from dataclasses import dataclass, replace

import numpy as np
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan import compounds, division
from geoplan.coverage import answers, estates, groups, service
from geoplan.coverage.homes import inhabited, standing
from geoplan.coverage.pairs import in_circle
from geoplan.division.stations import Stations
from geoplan.membership import places
from geoplan.model import Circle, Finding, Layers, Network
from geoplan.recipes.division.asked import Level
from geoplan.study.reading import Study

TIERS = {"grid": "网格级", "community": "社区级"}  #: of the stations of what is drawn
MINUTES = {"grid": 3.0, "community": 15.0}  #: of their circle, if a study draws none


@dataclass(frozen=True, kw_only=True, eq=False)
class Laid:
    """A study laid out for division."""

    study: Study
    network: Network
    ground: division.Ground
    level: Level  #: what is drawn
    circle: Circle  #: of the tier of what is drawn
    stations: Stations
    findings: tuple[Finding, ...]


def laid_out(study: Study, *, network: Network, level: Level = "grid") -> Laid:
    """Return the ground of a study's division, and the stations on it.

    With ``level`` "community" the communities are what is drawn, out of grids.
    """
    circle = circle_of(study, level=level)
    ground, homes, odd = _ground(study, network=network)
    if level == "community":
        names = study.layers.communities["name"]
        ground = division.grouped(ground, names=names)
    return Laid(
        study=study,
        network=network,
        ground=ground,
        level=level,
        circle=circle,
        stations=_stations(study, network, circle, homes=homes),
        findings=odd,
    )


def _ground(
    study: Study, *, network: Network
) -> tuple[division.Ground, DataFrame, tuple[Finding, ...]]:
    """Return the ground of a study's grids, who lives where, and what is odd."""
    layers = study.layers
    homes, odd = inhabited(layers)
    lived, _ = groups.dealt(layers, homes=homes)
    gated, _ = compounds.settle(layers)
    gates = gated.gates.geometry[gated.open_to("resident")]
    fences = GeoDataFrame(
        {"kind": ["wall"] * len(gated.shapes) + ["gate"] * len(gates)},
        geometry=[*gated.walls, *gates],
        crs=layers.crs,
    )
    counts = homes.join(lived)
    made = division.ground(
        layers,
        homes=counts.assign(old=_in_old_compounds(layers, homes=homes)),
        places=places(layers.buildings),
        network=network,
        surroundings=study.ways.surroundings,
        fences=fences,
    )
    return made, homes, odd


def circle_of(study: Study, *, level: Level = "grid") -> Circle:
    """Return the study's circle round stations of a level, or the usual."""
    tier = TIERS[level]
    usual = Circle(name="", tier=tier, minutes=MINUTES[level])
    return next((one for one in study.circles if one.tier == tier), usual)


def _in_old_compounds(layers: Layers, *, homes: DataFrame) -> NDArray[np.float64]:
    """Return the households of each building that are in an old compound."""
    known = layers.compounds
    if known is None or not len(known):
        return np.zeros(len(homes))
    held = estates.holding(places(layers.buildings), compounds=known)
    old = estates.kinds(known)["old"]
    return np.where(held.map(old).fillna(value=False), homes["households"], 0.0)


def _stations(
    study: Study, network: Network, circle: Circle, *, homes: DataFrame
) -> Stations:
    """Return the stations of the grids' tier, and the homes within their circle."""
    layers = study.layers
    chosen = layers.stations[answers.chosen(circle, layers.stations)]
    if not len(chosen):
        return Stations.none(layers.crs)
    own = replace(layers, stations=GeoDataFrame(chosen))
    stand = standing(
        own,
        network=network,
        surroundings=study.ways.surroundings,
        compounds=compounds.settle(layers)[0],
    )
    pairs = in_circle(stand, network=network, circle=circle, walker=study.walker)
    counted = homes["counted"].to_numpy(bool)
    number = np.cumsum(counted) - 1
    pairs = pairs[counted[pairs["thing"].to_numpy()]]
    return Stations(
        frame=GeoDataFrame(chosen[["name", "geometry"]]),
        named=_named(own, tier=circle.tier),
        walks=DataFrame(
            {
                "station": pairs["station"].to_numpy(),
                "building": number[pairs["thing"].to_numpy()],
            }
        ),
    )


def _named(layers: Layers, *, tier: str) -> DataFrame:
    """Return what stations name as their area: station (position), level, area.

    ``level`` is "grid" for an area of what is drawn.
    """
    served, _ = service.areas_served(layers)
    columns = ["serves_grid", "serves_community", "belongs_community"]
    if tier == TIERS["grid"]:
        columns.append("belongs_grid")
    says = (layers.stations[columns].fillna("") != "").any(axis=1).to_numpy()
    named = served[says[served["station"].to_numpy(int)]].reset_index(drop=True)
    if tier == TIERS["community"]:
        named = named[named["level"] == "community"].assign(level="grid")
    return DataFrame(named)

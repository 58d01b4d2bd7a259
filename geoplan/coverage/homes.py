"""The buildings as homes: who lives there, and how they stand on the network."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame, Index, Series

from geoplan import attach, population
from geoplan.compounds import Compounds, walks_inside
from geoplan.coverage import estates
from geoplan.membership import holding, members, places
from geoplan.model import Access, Finding, Layers, Legs, Network, Surroundings


def inhabited(layers: Layers) -> tuple[DataFrame, tuple[Finding, ...]]:
    """Return where each building is counted and who lives in it.

    Returns
    -------
    DataFrame
        Index of the buildings: name, residential, grid, community, counted,
        households, people (NaN where unknown), households_estimated,
        people_estimated (bool), compound (that holds it, "" for none), buildings
        (1), floor_m2.
    """
    buildings = layers.buildings
    member, findings = members(layers)
    homes = buildings[["name", "residential"]].join(member)
    found = list(findings)
    if not member["counted"].any():
        found.append(
            Finding(rule="no_building_in_grids", level="error", layer="buildings")
        )
    for count in population.COUNTS:
        areas, area = totals(layers, count, homes=homes)
        settled, odd = population.settle(buildings, areas=areas, area=area, count=count)
        dealt = buildings[count].isna() & (settled > 0)
        homes[count] = settled
        homes[f"{count}_estimated"] = dealt
        found += odd
        found += _told(f"{count}_estimated", int(dealt.sum()))
        unknown = settled.isna() & homes["counted"] & homes["residential"]
        if settled.notna().any():
            found += _told(f"{count}_unknown", int(unknown.sum()))
    homes["compound"] = estates.holding(places(buildings), compounds=layers.compounds)
    homes["buildings"] = 1.0
    homes["floor_m2"] = population.floor_m2(buildings)
    return DataFrame(homes), tuple(found)


@dataclass(frozen=True, kw_only=True, eq=False)
class Standing:
    """How stations and homes stand on the network, by whatever gate."""

    stations: Legs
    homes: Legs
    homes_at: GeoSeries  #: the point that stands for each building
    places: GeoSeries  #: entrances, and that point where there are none
    thing: NDArray[np.int64]  #: position of the building of each place
    gateways: attach.Gateways
    inside: DataFrame  #: as :func:`geoplan.compounds.walks_inside`

    @property
    def compounds(self) -> Compounds:
        """Return the gated compounds and their gates."""
        return self.gateways.compounds

    def access(self, hours: str = "") -> Access:
        """Return how they stand by the gates that are open at a moment."""
        gates = self.compounds.gates.geometry
        going, coming = (
            self.compounds.open_to(who, hours=hours) for who in ("resident", "visitor")
        )
        return Access(
            stations=attach.by_gates(self.stations, passable=coming),
            homes=attach.by_gates(self.homes, passable=going),
            gates=shapely.get_coordinates(gates.to_numpy()),
            doors=self.gateways.legs(going),
            inside=self.inside,
        )

    def station_table(self, layers: Layers) -> GeoDataFrame:
        """Return the stations with their legs and the areas that hold them."""
        points = layers.stations.geometry
        columns = ["name", "tier", "items", "hours", "area_m2", "geometry"]
        return layers.stations[columns].assign(
            **self.stations.things,
            grid=holding(points, areas=layers.grids),
            community=holding(points, areas=layers.communities),
        )

    def findings(self, layers: Layers, *, homes: DataFrame) -> tuple[Finding, ...]:
        """Return who does not stand well: off the network, on a fragment."""
        counted = homes.index[homes["counted"]]
        gates = self.gateways.things
        return (
            *_odd_legs(gates, "gates", self.compounds.gates.geometry),
            *_odd_legs(self.stations.things, "stations", layers.stations.geometry),
            *_odd_legs(self.homes.things.loc[counted], "buildings", self.homes_at),
        )


def standing(
    layers: Layers,
    *,
    network: Network,
    surroundings: Surroundings,
    compounds: Compounds,
) -> Standing:
    """Return how stations and homes stand on the network.

    A building with entrances stands by them, one without by the point that
    stands for it; what lies in a gated compound by the compound's gates.
    """
    sight = attach.Sight.over(
        footprints=layers.buildings.geometry,
        barriers=with_walls(surroundings, compounds=compounds),
    )
    gateways = attach.Gateways.of(compounds, network=network, sight=sight)
    stations = layers.stations.geometry
    homes_at = places(layers.buildings)
    at, thing = _doors(layers, homes_at)
    return Standing(
        stations=attach.legs(
            stations,
            things=stations.index,
            thing=np.arange(len(stations)),
            network=network,
            sight=sight,
            gateways=replace(gateways, passable=compounds.open_to("visitor")),
        ),
        homes=attach.legs(
            at,
            things=homes_at.index,
            thing=thing,
            network=network,
            sight=sight,
            gateways=gateways,
        ),
        homes_at=homes_at,
        places=at,
        thing=thing,
        gateways=gateways,
        inside=walks_inside(
            compounds,
            stations=stations.to_numpy(),
            homes=at.to_numpy(),
            thing=thing,
        ),
    )


def with_walls(surroundings: Surroundings, *, compounds: Compounds) -> GeoSeries:
    """Return all that nobody walks across: barriers, and edges of gated compounds."""
    parts = [surroundings.barriers.geometry, compounds.walls]
    return GeoSeries(pd.concat(parts, ignore_index=True), crs=compounds.walls.crs)


def _doors(layers: Layers, homes_at: GeoSeries) -> tuple[GeoSeries, NDArray[np.int64]]:
    """Return the places of all buildings, and whose each is."""
    doors = layers.entrances[layers.entrances["building"].isin(homes_at.index)]
    bare = homes_at[~homes_at.index.isin(doors["building"])]
    owner = Index([*doors["building"], *bare.index])
    at = GeoSeries(
        np.concatenate([doors.geometry.to_numpy(), bare.to_numpy()]), crs=homes_at.crs
    )
    return at, homes_at.index.get_indexer(owner).astype(np.int64)


def totals(layers: Layers, count: str, *, homes: DataFrame) -> tuple[DataFrame, Series]:
    """Return the areas that give totals, and each building's area.

    Grids give them, else communities, else the whole street.
    """
    if layers.grids[count].notna().any():
        return layers.grids, homes["grid"]
    if layers.communities[count].notna().any() or count not in layers.totals:
        return layers.communities, homes["community"]
    whole = DataFrame({count: [layers.totals[count]]}, index=["street"])
    return whole, Series(np.where(homes["counted"], "street", ""), index=homes.index)


def _told(rule: str, number: int) -> list[Finding]:
    if not number:
        return []
    facts = {"count": number}
    return [Finding(rule=rule, level="info", layer="buildings", facts=facts)]


def _odd_legs(things: DataFrame, layer: str, at: GeoSeries) -> list[Finding]:
    reasons = things["off_network"].where(things["off_network"] != "", things["leg"])
    odd = reasons[reasons.isin(["too_far", "blocked", "shut_in", "fragment"])]
    return [
        Finding(
            rule=f"{layer}_{reason}",
            level="warning",
            layer=layer,
            code=str(code),
            geometry=at[code],
        )
        for code, reason in odd.items()
    ]

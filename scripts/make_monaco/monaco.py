"""All layers of the study out of the extract."""

from dataclasses import dataclass
from pathlib import Path

import facilities
import homes
import openstreetmap
import quarters
import shapely
from geopandas import GeoDataFrame
from openstreetmap import UTM
from pandas import DataFrame

from geoplan.osm import read_ways


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """The layers that are written."""

    grids: GeoDataFrame
    communities: GeoDataFrame
    buildings: GeoDataFrame
    stations: DataFrame
    left_out: list[str]  #: quarters whose boundary does not close


def made(streets: Path) -> Study:
    """Return the study's layers."""
    content = openstreetmap.read(streets)
    ways = read_ways(streets, crs=UTM)
    around = ways.surroundings
    monaco = content.boundary("Monaco", level="8")
    buildings = homes.housed(
        homes.buildings(content),
        city=quarters.city(monaco),
        people=int(monaco.tags["population"]),
    )
    whole, left_out = quarters.quarters(content)
    coast = around.barriers[around.barriers["kind"] == "coastline"]
    sea = around.water[around.water["kind"] == "sea"]
    grids = quarters.blocks(
        whole,
        ways=ways.frame,
        coast=shapely.union_all(coast.geometry),
        sea=shapely.union_all(sea.geometry),
        places=buildings.representative_point(),
    )
    return Study(
        grids=grids,
        communities=quarters.dissolved(grids, whole),
        buildings=buildings,
        stations=facilities.stations(content, ways=ways.frame),
        left_out=left_out,
    )

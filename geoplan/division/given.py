"""What a division starts from: today's grids, homes, ways, and what parts them.

Barriers are *hard* (railways, water, motorways, whatever a study names itself) or
walls. Nobody is led across a hard one; a wall, and the edge of a gated compound,
is open where an edge of the network passes it or a gate stands in it.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan.model import Layers, Network, Surroundings

Shapes = NDArray[np.object_]

WALLS = frozenset({"wall", "city_wall", "retaining_wall", "fence"})
COUNTS = ("households", "people", "elderly", "old", "businesses", "buildings")

_POLYGON = 2  # dimensions
_ON = 0.01  # m: what is so near to a line lies on it


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """All that a division goes by, in one metric CRS."""

    #: index = code; name, community, kind; polygons
    grids: GeoDataFrame
    #: index = code; name, compound (name or code, "" without) and the numbers of
    #: ``COUNTS`` (0 where unknown), of the buildings that count; footprints
    buildings: GeoDataFrame
    places: Shapes  #: the point that stands for each building
    compounds: GeoDataFrame  #: index = code; name; polygons
    ways: GeoDataFrame  #: the edges of the network: name; lines
    junctions: Shapes  #: points
    hard: Shapes  #: lines that nobody is led across
    walls: Shapes  #: lines that are open where a way or a gate passes
    gates: Shapes  #: points
    water: GeoDataFrame  #: name; areas
    rails: GeoDataFrame  #: name; lines, to be named by
    #: compounds to be named by, where those above are not
    estates: GeoDataFrame | None = None
    crossed: bool = False  #: whether areas may lie on both sides of a barrier

    @property
    def measure(self) -> str:
        """Return what is balanced: households, or people where only they are known."""
        known = (name for name in COUNTS[:2] if self.buildings[name].sum() > 0)
        return next(known, "buildings")


def ground(
    layers: Layers,
    *,
    homes: DataFrame,
    places: GeoSeries,
    network: Network,
    surroundings: Surroundings,
    fences: GeoDataFrame,
) -> Ground:
    """Return the ground of a division.

    Parameters
    ----------
    homes : DataFrame
        In the order of the buildings: counted (bool), households, people and,
        where known, elderly, old, businesses.
    places : GeoSeries
        The point that stands for each building.
    fences : GeoDataFrame
        What gated compounds are shut by: kind ("wall" or "gate"); their edges,
        and the gates that residents may pass.
    """
    counted = homes["counted"].to_numpy(bool)
    numbers = {
        name: homes[name].fillna(0).to_numpy(float)[counted]
        for name in COUNTS
        if name in homes
    }
    kept = layers.buildings[counted]
    compounds = layers.compounds
    barriers = surroundings.barriers
    is_wall = barriers["kind"].isin(WALLS).to_numpy()
    hard = _lines(barriers.geometry.to_numpy()[~is_wall])
    shut = fences.geometry.to_numpy()[(fences["kind"] == "wall").to_numpy()]
    return Ground(
        grids=layers.grids[["name", "community", "kind", "geometry"]],
        buildings=GeoDataFrame(
            {
                "name": kept["name"].fillna("").astype(str),
                "compound": kept["compound"].fillna("").astype(str),
            }
            | dict.fromkeys(COUNTS, 0.0)
            | numbers
            | {"buildings": 1.0},
            geometry=kept.geometry,
            crs=layers.crs,
        ),
        places=places.to_numpy()[counted],
        compounds=_compounds(layers)
        if compounds is None
        else compounds[["name", "geometry"]],
        ways=network.edges[["name", "geometry"]],
        junctions=shapely.points(network.junctions),
        hard=hard,
        walls=np.concatenate([_lines(barriers.geometry.to_numpy()[is_wall]), shut]),
        gates=fences.geometry.to_numpy()[(fences["kind"] == "gate").to_numpy()],
        water=_waters(surroundings),
        rails=_barring(surroundings.rails, hard=hard),
    )


def _compounds(layers: Layers) -> GeoDataFrame:
    return GeoDataFrame({"name": []}, geometry=[], crs=layers.crs)


def _lines(shapes: Shapes) -> Shapes:
    """Return the lines of shapes, the outlines of areas among them."""
    areal = shapely.get_dimensions(shapes) == _POLYGON
    found: Shapes = np.where(areal, shapely.boundary(shapes), shapes)
    return found


def _barring(rails: GeoDataFrame, *, hard: Shapes) -> GeoDataFrame:
    """Return the railways that are barriers: none below ground, nor on a bridge."""
    middle = shapely.line_interpolate_point(
        rails.geometry.to_numpy(), 0.5, normalized=True
    )
    at, _ = shapely.STRtree(hard).query(middle, predicate="dwithin", distance=_ON)
    return GeoDataFrame(rails.iloc[np.unique(at)][["name", "geometry"]])


def _waters(surroundings: Surroundings) -> GeoDataFrame:
    """Return the areas of water, named where they are."""
    barriers = surroundings.barriers
    shut = barriers[~barriers["kind"].isin(WALLS)]
    frames = [surroundings.water, shut]
    shapes = np.concatenate([frame.geometry.to_numpy() for frame in frames])
    names = np.concatenate([frame["name"].to_numpy(object) for frame in frames])
    areal = shapely.get_dimensions(shapes) == _POLYGON
    return GeoDataFrame(
        {"name": names[areal]}, geometry=shapes[areal], crs=surroundings.water.crs
    )

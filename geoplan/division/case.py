"""What rules are held against: a division, today's, and the ground of both."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from geoplan.division.aims import Aims
from geoplan.division.faces import Shapes
from geoplan.division.given import Ground
from geoplan.model import Level

Codes = NDArray[np.object_]


@dataclass(frozen=True, kw_only=True)
class Ruled:
    """What one rule says of a division."""

    id: str
    level: Level
    offenders: tuple[str, ...] = ()  #: codes of grids, or names of compounds
    inherited: tuple[str, ...] = ()  #: the same, of breaches that today has

    @property
    def passed(self) -> bool:
        """Return whether nothing offends that today does not."""
        return not self.offenders

    def entry(self) -> dict[str, Any]:
        """Return the rule as the machines' contract has it."""
        return {
            "id": self.id,
            "level": self.level,
            "passed": self.passed,
            "inherited": list(self.inherited),
            "offenders": list(self.offenders),
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """A division, today's, and the ground that both lie on."""

    after: GeoDataFrame  #: index = code; community; polygons
    ground: Ground
    locked: frozenset[str] = frozenset()
    aims: Aims = field(default_factory=Aims)

    @property
    def before(self) -> GeoDataFrame:
        """Return today's division."""
        return self.ground.grids

    @cached_property
    def was(self) -> Codes:
        """Return the grid of today that holds each building's place."""
        return _holding(self.ground.places, self.before)

    @cached_property
    def now(self) -> Codes:
        """Return the grid that holds each building's place."""
        return _holding(self.ground.places, self.after)


def _holding(points: Shapes, areas: GeoDataFrame) -> Codes:
    """Return the smallest code of the areas that hold each point, "" without."""
    frame = areas.sort_index()
    point, area = shapely.STRtree(frame.geometry.to_numpy()).query(
        points, predicate="intersects"
    )
    found: Codes = np.full(len(points), "", dtype=object)
    order = np.lexsort((-area, point))
    found[point[order]] = frame.index.to_numpy(object)[area[order]]
    return found

"""What all maps of a study lie on: a window, its lattice and the base map."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from geoplan.maps.basemap import base_layers, way_names, window
from geoplan.maps.encoding import Grain, shapes
from geoplan.model import Layers, Network, Surroundings


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """The ground of a page."""

    area: BaseGeometry  #: what the page is about, in the working CRS
    box: BaseGeometry  #: what the base map fills
    grain: Grain
    names: list[str]  #: of ways, the empty one first
    base: dict[str, Any]

    @classmethod
    def of(
        cls,
        layers: Layers,
        *,
        network: Network | None,
        surroundings: Surroundings | None,
        area: BaseGeometry | None = None,
    ) -> "Ground":
        """Return the ground of an area, else of all grids.

        Without ways there is only its window.
        """
        area = layers.grids.union_all() if area is None else area
        box = window(area)
        grain = Grain.of(box.bounds, crs=layers.crs)
        names, base = [""], dict(_bare(grain))
        if network is not None and surroundings is not None:
            names = way_names(network, surroundings)
            base = base_layers(network, surroundings, grain=grain, box=box, names=names)
        return cls(area=area, box=box, grain=grain, names=names, base=base)

    def told(self) -> dict[str, Any]:
        """Return what a page is told of its ground."""
        grain = self.grain
        return {
            "grain": {"west": grain.west, "north": grain.north, "step": grain.step},
            "names": self.names,
            "base": self.base,
        }

    def outline(self) -> dict[str, Any]:
        """Return the border of the area."""
        area = np.array([self.area], dtype=object)
        return {"shape": shapes(area, grain=self.grain)}


def _bare(grain: Grain) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the layers of a base map that there is not."""
    nothing = shapes(np.array([], dtype=object), grain=grain)
    for name in ("water", "streams", "green", "rails", "walls"):
        yield name, nothing
    yield "ways", {**nothing, "class": "", "name": ""}

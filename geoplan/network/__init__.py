"""From walkable ways to one graph: edges, junctions, components."""

from geoplan.network.building import build, near_misses
from geoplan.network.passing import not_passed
from geoplan.network.slope import sloped, unmeasured

__all__ = ["build", "near_misses", "not_passed", "sloped", "unmeasured"]

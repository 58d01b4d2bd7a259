"""The walk of the farthest home of every grid, as a page draws it."""

from typing import Any

from geoplan.maps.encoding import Grain, ints, shapes
from geoplan.model import Coverage

_TOLERANCE = 0.8  # m


def routes(coverage: Coverage, *, grain: Grain) -> list[dict[str, Any]]:
    """Return, a circle, the farthest unreached home of every grid and its walk.

    ``far``: building of each grid, -1 = none; ``line``: a feature a grid, empty
    where there is no line to be drawn.
    """
    found = []
    for circle in coverage.circles:
        mine = coverage.routes[coverage.routes["circle"] == circle.name]
        far = mine.set_index("grid").reindex(coverage.grids.index)
        found.append(
            {
                "far": ints(coverage.buildings.index.get_indexer(far["building"])),
                "line": shapes(far.geometry, grain=grain, tolerance=_TOLERANCE),
            }
        )
    return found

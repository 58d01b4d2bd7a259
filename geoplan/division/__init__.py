"""Division: how the grids could be drawn, by which rules, and what changes."""

from geoplan.division.aims import Aims, weighted
from geoplan.division.case import Case, Ruled
from geoplan.division.communities import grouped
from geoplan.division.four_sides import sentence, sides
from geoplan.division.given import COUNTS, Ground, ground
from geoplan.division.outcome import (
    flows,
    grids,
    moved,
    on_foot,
    results,
    ruled,
    terms,
)
from geoplan.division.pareto import least_change
from geoplan.division.plans import Board, Plan, board, today
from geoplan.division.redrawn import redraw
from geoplan.division.rules import judged, kept
from geoplan.division.search.descent import Effort
from geoplan.division.stations import Stations
from geoplan.division.strips import strips
from geoplan.division.tasks import merge, shift, split

__all__ = [
    "COUNTS",
    "Aims",
    "Board",
    "Case",
    "Effort",
    "Ground",
    "Plan",
    "Ruled",
    "Stations",
    "board",
    "flows",
    "grids",
    "ground",
    "grouped",
    "judged",
    "kept",
    "least_change",
    "merge",
    "moved",
    "on_foot",
    "redraw",
    "results",
    "ruled",
    "sentence",
    "shift",
    "sides",
    "split",
    "strips",
    "terms",
    "today",
    "weighted",
]

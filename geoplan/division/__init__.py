"""Division: how the grids could be drawn, by which rules, and what changes."""

from geoplan.division.aims import Aims, weighted
from geoplan.division.four_sides import sentence, sides
from geoplan.division.given import Ground, ground
from geoplan.division.outcome import flows, grids, moved, on_foot, results, terms
from geoplan.division.pareto import least_change
from geoplan.division.plans import Board, Plan, board, today
from geoplan.division.rules import Case, Ruled, judged, kept
from geoplan.division.search.descent import Effort
from geoplan.division.tasks import merge, redraw, shift, split

__all__ = [
    "Aims",
    "Board",
    "Case",
    "Effort",
    "Ground",
    "Plan",
    "Ruled",
    "board",
    "flows",
    "grids",
    "ground",
    "judged",
    "kept",
    "least_change",
    "merge",
    "moved",
    "on_foot",
    "redraw",
    "results",
    "sentence",
    "shift",
    "sides",
    "split",
    "terms",
    "today",
    "weighted",
]

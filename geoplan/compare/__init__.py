"""Comparison: what differs between two studies, and what that does for whom."""

from geoplan.compare.coverage import compared
from geoplan.compare.grounds import Differs, division_differs, other_ground
from geoplan.compare.stations import station_changes

__all__ = [
    "Differs",
    "compared",
    "division_differs",
    "other_ground",
    "station_changes",
]

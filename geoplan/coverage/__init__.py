"""Who is served: coverage of grids, communities and the street by circles."""

from geoplan.coverage.cover import cover
from geoplan.coverage.pairs import walking_minutes
from geoplan.coverage.premises import Premises, premises, without_station

__all__ = [
    "Premises",
    "cover",
    "premises",
    "walking_minutes",
    "without_station",
]

"""Who is served: coverage of grids, communities and the street by circles."""

from geoplan.coverage.cover import cover
from geoplan.coverage.pairs import walking_minutes

__all__ = ["cover", "walking_minutes"]

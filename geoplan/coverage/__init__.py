"""Who is served: coverage of grids, communities and the street by circles."""

from geoplan.coverage.cover import cover

__all__ = ["cover"]

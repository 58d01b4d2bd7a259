"""When a station is open: what offices write, and whether it is open at a moment."""

from geoplan.hours.asking import moment, moment_names, moments, open_at
from geoplan.hours.reading import parse
from geoplan.hours.week import Hours, Moment

__all__ = ["Hours", "Moment", "moment", "moment_names", "moments", "open_at", "parse"]

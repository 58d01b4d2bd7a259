"""The compiled stamping, or the plain one.

The plain one stamps where Numba has no wheel, and on a canvas so small that
loading the compiled one would take longer.
"""

from importlib import import_module
from types import ModuleType

from geoplan.circles import plain

SMALL = 500  #: spots of a canvas that is not worth loading Numba for


def stamping(spots: int) -> ModuleType:
    """Return the module with ``stamp``, ``stamp_strips`` and ``shade``."""
    if spots < SMALL:
        return plain
    try:
        return import_module("geoplan.circles.compiled")
    except ImportError:  # Numba has no wheel everywhere
        return plain

"""Numba's compiler for loops that are fine as plain Python where it has no wheel.

Loops that have a plain version of their own use :mod:`geoplan.compiler`.
"""

from collections.abc import Callable
from typing import Any

try:
    from geoplan.compiler import bare, compiled
except ImportError:

    def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is: slow, and to the same answer."""
        return function

    bare = compiled


__all__ = ["bare", "compiled"]

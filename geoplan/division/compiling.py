"""The compiler of the inner loops, or plain Python where Numba has no wheel."""

from collections.abc import Callable
from typing import Any

try:
    from geoplan.compiler import compiled
except ImportError:

    def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is: slow, and to the same answer."""
        return function


__all__ = ["compiled"]

"""Numba's compiler, as geoplan's inner loops use it.

Importing this raises ImportError where Numba has no wheel; whoever imports it
has a plain way to fall back on.
"""

import sys
from collections.abc import Callable
from typing import Any

# While it is imported, Numba looks for the package "coverage". A planner's own
# script of that name, in the folder that Python was started from, is not it.
_HIDDEN = "coverage"
_absent = _HIDDEN not in sys.modules
if _absent:
    sys.modules[_HIDDEN] = None  # type: ignore[assignment]  # means: not there
try:
    from numba import njit
    from numba.core.options import DefaultOptions
finally:
    if _absent:
        del sys.modules[_HIDDEN]


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is compiled at its first call.

    It is kept beside its source, or in the user's own cache; where neither can
    be written, it is compiled in every run. Other threads run meanwhile.
    """
    return _kept(function)


def bare(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function as ``compiled`` does, one that makes no array.

    Numba then need not count who holds the arrays that it is given, which takes
    longer than small loops that pass many of them on.
    """
    # the option has no public name; without it the loops are only slower
    uncounted = {"_nrt": False} if hasattr(DefaultOptions, "_nrt") else {}
    return _kept(function, **uncounted)


def _kept(
    function: Callable[..., Any],
    **options: Any,  # noqa: ANN401  whatever Numba takes
) -> Callable[..., Any]:
    try:
        kept: Callable[..., Any] = njit(cache=True, nogil=True, **options)(function)
    except RuntimeError:  # Numba finds no place for its cache
        kept = njit(nogil=True, **options)(function)
    return kept


__all__ = ["bare", "compiled"]

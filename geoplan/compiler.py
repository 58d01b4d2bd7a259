"""Numba's compiler, as geoplan's inner loops use it.

Importing this raises ImportError where Numba has no wheel; whoever imports it
has a plain way to fall back on.
"""

import sys

# While it is imported, Numba looks for the package "coverage". A planner's own
# script of that name, in the folder that Python was started from, is not it.
_HIDDEN = "coverage"
_absent = _HIDDEN not in sys.modules
if _absent:
    sys.modules[_HIDDEN] = None  # type: ignore[assignment]  # means: not there
try:
    from numba import njit
finally:
    if _absent:
        del sys.modules[_HIDDEN]

#: Compiles a function at its first call, keeps it beside its source, and lets
#: other threads run meanwhile.
compiled = njit(cache=True, nogil=True)

__all__ = ["compiled"]

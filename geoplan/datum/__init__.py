"""GCJ-02 and BD-09, the shifted coordinates of Chinese map services.

How they become WGS84, and how to tell in which of them a layer is.
"""

from geoplan.datum.rows import Odd
from geoplan.datum.shift import (
    DATUMS,
    TO_WGS84,
    from_bd09,
    from_gcj02,
    restated,
    to_bd09,
    to_gcj02,
)
from geoplan.datum.verdict import Evidence, Verdict, judge

__all__ = [
    "DATUMS",
    "TO_WGS84",
    "Evidence",
    "Odd",
    "Verdict",
    "from_bd09",
    "from_gcj02",
    "judge",
    "restated",
    "to_bd09",
    "to_gcj02",
]

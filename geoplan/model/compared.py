"""What is found when two sets of stations are held side by side."""

from dataclasses import dataclass
from typing import Any

from geopandas import GeoDataFrame
from pandas import DataFrame

from geoplan.model.answers import Coverage
from geoplan.model.asked import Finding


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """Who is within the circles before and after, as ``docs/method.md`` defines it.

    Both are answered on the same buildings, people, ways and circles.
    """

    before: Coverage
    after: Coverage
    counted: str  #: what leads: households, people or buildings
    #: one row an area and circle: level, code, name, circle and, per measure m,
    #: m_total_before, m_total_after and, per way w (any, own), m_w_before,
    #: m_w_after, m_w_gained, m_w_lost; before and after differ by gained less lost
    #: unless the area itself is another. Missing where only the other has the area
    areas: DataFrame
    #: one row a counted building and circle: building, circle, state ("in", "gained",
    #: "lost", "out"), own_state (the same of own stations), minutes_before,
    #: minutes_after (to the nearest, however far; NaN where none is), station_before,
    #: station_after (codes, missing where there is none)
    homes: DataFrame
    #: of both; index = code: name, tier, change (words of "added", "closed", "moved",
    #: "hours", "tier", "items", "serves" with spaces between, "" for none), moved_m,
    #: hours_before, hours_after, x_before, y_before, off_network (as it is after, of
    #: a closed one before); points
    stations: GeoDataFrame
    findings: tuple[Finding, ...]
    results: dict[str, Any]  #: the ``results`` of the JSON contract

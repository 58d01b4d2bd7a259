"""Rules on layers and ways: what is wrong with them, where, and how bad."""

from geoplan.check.division import check_division
from geoplan.check.earlier import check_earlier
from geoplan.check.keys import check_keys, padded
from geoplan.check.mending import Mended, mend
from geoplan.check.nesting import check_nesting
from geoplan.check.nets import check_nets
from geoplan.check.once import once
from geoplan.check.outlines import check_outlines
from geoplan.check.rules import Rule, rule
from geoplan.check.stations import check_stations
from geoplan.check.topology import check_topology, thin
from geoplan.check.values import check_values
from geoplan.check.ways import check_dates, check_ways

__all__ = [
    "Mended",
    "Rule",
    "check_dates",
    "check_division",
    "check_earlier",
    "check_keys",
    "check_nesting",
    "check_nets",
    "check_outlines",
    "check_stations",
    "check_topology",
    "check_values",
    "check_ways",
    "mend",
    "once",
    "padded",
    "rule",
    "thin",
]

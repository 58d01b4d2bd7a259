"""The few frozen records that the rooms hand to one another.

Frames inside a record are never written to: a room that adds a column makes a
new frame. Every layer has the thing's own code, a text, as its index named
``code``; geometries are in the study's working CRS, in metres.
"""

from geoplan.model.answers import (
    Access,
    Coverage,
    Division,
    DivisionPlan,
    Legs,
    Offer,
    SitePlan,
    Siting,
    WalkingGraph,
)
from geoplan.model.asked import (
    GROUPS,
    Circle,
    Finding,
    Imprint,
    Level,
    Understood,
    Walker,
)
from geoplan.model.compared import Comparison
from geoplan.model.ground import (
    DEDICATED,
    Cells,
    Elevation,
    Layers,
    Network,
    Surroundings,
    Ways,
)
from geoplan.model.matched import Matched

__all__ = [
    "DEDICATED",
    "GROUPS",
    "Access",
    "Cells",
    "Circle",
    "Comparison",
    "Coverage",
    "Division",
    "DivisionPlan",
    "Elevation",
    "Finding",
    "Imprint",
    "Layers",
    "Legs",
    "Level",
    "Matched",
    "Network",
    "Offer",
    "SitePlan",
    "Siting",
    "Surroundings",
    "Understood",
    "Walker",
    "WalkingGraph",
    "Ways",
]

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
    SitePlan,
    Siting,
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
from geoplan.model.ground import (
    Cells,
    Elevation,
    Layers,
    Network,
    Surroundings,
    Ways,
)

__all__ = [
    "GROUPS",
    "Access",
    "Cells",
    "Circle",
    "Coverage",
    "Division",
    "DivisionPlan",
    "Elevation",
    "Finding",
    "Imprint",
    "Layers",
    "Legs",
    "Level",
    "Network",
    "SitePlan",
    "Siting",
    "Surroundings",
    "Understood",
    "Walker",
    "Ways",
]

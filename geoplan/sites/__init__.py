"""Where the next stations should stand, and how good that is at worst.

The models work on a sparse table of walks. Every answer carries its value, a
bound that nothing is better than, their gap, and why the solving stopped.
"""

from geoplan.sites.answer import Answer
from geoplan.sites.curve import Curve, curve
from geoplan.sites.evaluate import evaluate
from geoplan.sites.first import curve_apart, putting_first, told_apart
from geoplan.sites.hubs import Hubs, hubs
from geoplan.sites.results import results
from geoplan.sites.robust import Robust, closed, closures, robust
from geoplan.sites.solve import solve
from geoplan.sites.task import MODELS, Effort, Model, Task, own_only, too_near
from geoplan.sites.tiers import Tiers, two_tiers

__all__ = [
    "MODELS",
    "Answer",
    "Curve",
    "Effort",
    "Hubs",
    "Model",
    "Robust",
    "Task",
    "Tiers",
    "closed",
    "closures",
    "curve",
    "curve_apart",
    "evaluate",
    "hubs",
    "own_only",
    "putting_first",
    "results",
    "robust",
    "solve",
    "told_apart",
    "too_near",
    "two_tiers",
]

"""What a reader should check: the findings, told beside the map."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from geoplan.maps.encoding import Grain, shapes
from geoplan.model import Finding
from geoplan.wording import say

_WORST_FIRST = ("error", "warning", "info")


def checks(findings: Sequence[Finding], *, grain: Grain, lang: str) -> dict[str, Any]:
    """Return findings by rule, the worst level first, each with its place."""
    ranked = sorted(
        findings, key=lambda f: (_WORST_FIRST.index(f.level), f.rule, f.code)
    )
    places = np.array([_place(finding) for finding in ranked], dtype=object)
    return {
        "level": [finding.level for finding in ranked],
        "rule": [finding.rule for finding in ranked],
        "code": [finding.code for finding in ranked],
        "text": [
            say(f"findings.{finding.rule}", lang=lang, **finding.facts)
            for finding in ranked
        ],
        "shape": shapes(places, grain=grain),
    }


def _place(finding: Finding) -> shapely.Point | None:
    """Return the middle of what a finding is about; it need not be valid."""
    geometry = finding.geometry
    if geometry is None or geometry.is_empty:
        return None
    return shapely.box(*geometry.bounds).centroid

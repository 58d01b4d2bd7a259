"""Whether a way is walked, by whom and which way round, and its hurdles, by tags."""

from dataclasses import dataclass
from typing import Literal

from geoplan.presets import (
    Tags,
    Walking,
    barrier_nodes,
    hurdles,
    matches,
    walking,
)

#: open to all; restricted to some; closed to feet; a road that has to say that
#: feet may and does not; never a way for feet; a kind nobody knows
Verdict = Literal["open", "restricted", "closed", "unasked", "never", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Passage:
    """How a way may be walked."""

    verdict: Verdict
    kind: str
    access: str = ""  #: the value that restricts, "" if the way is open
    forward: bool = True
    backward: bool = True

    @property
    def walked(self) -> bool:
        """Return whether at least some walkers may use the way."""
        return self.verdict in {"open", "restricted"}


def passage(tags: Tags, walking: Walking) -> Passage | None:
    """Return how a way may be walked; None if it is no way at all.

    Examples
    --------
    >>> from geoplan.presets import walking
    >>> passage({"highway": "service", "access": "private"}, walking()).access
    'private'
    """
    kind = tags.get("highway") or matches(tags, walking.also)
    if not kind:
        return None
    verdict, access = _verdict(kind, tags, walking)
    oneway = tags.get(walking.oneway_key, "")
    return Passage(
        verdict=verdict,
        kind=kind,
        access=access,
        forward=oneway not in walking.oneway_backward,
        backward=oneway not in walking.oneway_forward,
    )


def access(tags: Tags, walking: Walking) -> str:
    """Return the value that shuts a way for all or some, else "".

    ``foot`` decides before ``access``; "no" stands for all that shut it for all.
    """
    foot = tags.get("foot", "")
    if foot in walking.foot_closed:
        return "no"
    if foot in walking.restricted:
        return foot
    if foot in walking.foot_open:
        return ""
    if matches(tags, walking.shut) or tags.get("access") in walking.access_closed:
        return "no"
    value = tags.get("access", "")
    return value if value in walking.restricted else ""


def node_access(tags: Tags) -> str:
    """Return the value that shuts a way at a node for all or some, else "".

    Only a barrier shuts a way; one that stops vehicles alone does so only by
    ``foot``. A lock counts as the value "locked".

    Examples
    --------
    >>> node_access({"barrier": "gate", "access": "private"})
    'private'
    >>> node_access({"barrier": "bollard", "access": "private"})
    ''
    """
    table, kind = barrier_nodes(), tags.get("barrier", "")
    if not kind or tags.get("foot") in walking().foot_open:
        return ""
    if kind in table.round:
        return access({"foot": tags.get("foot", "")}, walking())
    value = access(tags, walking())
    if not value and tags.get("locked") in table.locked:
        return "locked"
    return value


def hurdles_of(tags: Tags, *, on: str) -> str:
    """Return the hurdles of a way or a node, spaces between; "" if there is none.

    Examples
    --------
    >>> hurdles_of({"highway": "steps", "wheelchair": "no"}, on="ways")
    'no_wheelchair steps'
    """
    found = [h.name for h in hurdles().values() if on in h.on and h.met(tags)]
    return " ".join(sorted(found))


def _verdict(kind: str, tags: Tags, walking: Walking) -> tuple[Verdict, str]:
    if kind in walking.never_kinds:
        return "never", ""
    may_ask = kind in walking.asked_kinds
    if not may_ask and "highway" in tags and kind not in walking.open_kinds:
        return "unknown", ""
    value = access(tags, walking)
    if value == "no":
        return "closed", ""
    allowed = tags.get("foot") in walking.foot_open or matches(tags, walking.sidewalk)
    if may_ask and not allowed:
        return "unasked", ""
    return ("restricted", value) if value else ("open", "")

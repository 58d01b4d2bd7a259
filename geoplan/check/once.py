"""One finding a trouble: what another finding tells better is not told again."""

from collections.abc import Iterable, Iterator

from geoplan.check.rules import told_by
from geoplan.model import Finding


def once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings without those that follow from another of the same thing.

    A station in the wrong hemisphere is far off; that it lies outside the study,
    outside its area and off the network need not be said.
    """
    every = tuple(findings)
    told = {key for one in every for key in _about(one)}
    return tuple(one for one in every if not _follows(one, told))


def _about(finding: Finding) -> Iterator[tuple[str, str, str]]:
    """Yield what a finding tells: its rule, and the layer and code of each thing."""
    several = finding.facts.get("of")
    codes = several if isinstance(several, tuple) else (finding.code,)
    for code in codes:
        yield finding.rule, finding.layer, code
    if "community" in finding.facts:  # whose totals hang on it
        yield finding.rule, "communities", str(finding.facts["community"])


def _follows(finding: Finding, told: set[tuple[str, str, str]]) -> bool:
    """Return whether another finding says more of the same thing, where it is one.

    A finding on two things, or on a thing's micro-grid, follows from what is wrong
    with either.
    """
    other, micro = (finding.facts.get(name) for name in ("other", "micro"))
    things = [(finding.layer, code) for code in (finding.code, other) if code]
    things += [("micro_grids", micro)] if micro else []
    return any(
        (rule, layer, str(code)) in told
        for rule in told_by(finding.rule)
        for layer, code in things
    )

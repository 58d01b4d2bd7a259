"""What is to be told of the plans of a division: rules that are not kept, and where."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from geoplan import division
from geoplan.division.neighbours import pieces
from geoplan.model import Division, DivisionPlan, Finding, Level
from geoplan.wording import Said, texts

_LISTED = 10
BAND = "H1"


def about(found: Division, *, plans: Sequence[division.Plan]) -> tuple[Finding, ...]:
    """Return the rules that plans break, and those that no plan could keep.

    A hard rule is an error; what today's division has already is none.
    """
    told: list[Finding] = []
    for record, plan in zip(found.plans, plans, strict=True):
        told += [_stays(record, code, level=found.level) for code in plan.stays]
        for rule in record.results["rules"]:
            if rule["id"] == BAND:
                told += _banded(record, plan, rule)
            elif not rule["passed"]:
                told.append(broken(record, rule, level=found.level))
    return (*told, *_unknown_work(plans[0].board))


def _stays(record: DivisionPlan, community: str, *, level: str) -> Finding:
    """Return that a community stays as it is, as no rule was to be broken."""
    grid = level == "grid"
    return Finding(
        rule="division_community_stays",
        level="warning",
        layer="communities" if grid else "grids",
        code=community if grid else "",
        facts={"option": record.option},
    )


def broken(record: DivisionPlan, rule: dict[str, Any], *, level: str) -> Finding:
    """Return that a plan breaks a rule.

    ``level``: what is drawn, grid or community.
    """
    codes = rule["offenders"]
    first = codes[0]
    known = first in record.grids.index
    return Finding(
        rule="division_option_broken",
        level=rule["level"],
        layer="grids",
        code=first if known else "",
        facts={
            "option": record.option,
            "rule": Said(_words(rule["id"], level=level)),
            "count": len(codes),
            "codes": "、".join(codes[:_LISTED]),
        },
        geometry=record.grids.geometry[first].representative_point() if known else None,
    )


def _words(rule: str, *, level: str) -> str:
    """Return the text of a rule, of communities where these are drawn."""
    own = f"rule_{rule}"
    if own in texts("division_page", "en").get(level, {}):
        return f"division_page.{level}.{own}"
    return f"division.rules.{rule}"


def _banded(
    record: DivisionPlan, plan: division.Plan, rule: dict[str, Any]
) -> Iterator[Finding]:
    """Yield the grids of a plan whose households are not within the band.

    One that stands alone on its island says so. Where the band is only an aim, it
    is told of the best plan, at info level; where it is hard, what today's division
    has already is a warning.
    """
    hard = rule["level"] == "error"
    levels: dict[str, Level] = dict.fromkeys(
        rule["offenders"], "error" if hard else "info"
    )
    if hard:
        levels |= dict.fromkeys(rule["inherited"], "warning")
    if not levels or (not hard and record.option > 1):
        return
    low, high = plan.board.aims.band
    alone = _islands(plan)
    for code, level in sorted(levels.items()):
        households = float(record.grids["households"][code])
        island = code in alone and households < low
        yield Finding(
            rule="division_band_island" if island else "division_band_missed",
            level=level,
            layer="grids",
            code=code,
            facts={
                "option": record.option,
                "households": round(households),
                "low": f"{low:g}",
                "high": f"{high:g}",
            },
            geometry=record.grids.geometry[code].representative_point(),
        )


def _islands(plan: division.Plan) -> set[str]:
    """Return the grids from which no other of the community can be walked to."""
    board = plan.board
    community = board.units.frame["community"].to_numpy(object)
    walked = board.pairs[board.pairs["walk"]]
    one, other = walked["one"].to_numpy(), walked["other"].to_numpy()
    inside = community[one] == community[other]
    piece = pieces(len(plan.grid), one=one[inside], other=other[inside])
    held = {number: set(plan.grid[piece == number]) for number in np.unique(piece)}
    return {next(iter(codes)) for codes in held.values() if len(codes) == 1}


def _unknown_work(board: division.Board) -> Iterator[Finding]:
    """Yield the work that is weighed but of which nothing is known."""
    frame = board.units.frame
    for name, weight in sorted(board.aims.workload.items()):
        if weight > 0 and not frame[name].any() and name != "households":
            yield Finding(
                rule="division_work_unknown",
                level="warning",
                layer="grids",
                facts={"name": Said(f"division.counts.{name}")},
            )

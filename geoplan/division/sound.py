"""Sound plans: those that keep every hard rule are proposed, and no others beside them.

Communities do not touch one another's grids, so a plan that breaks a rule in one may
take it from a plan that does not.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from geoplan.division.attempts import alike
from geoplan.division.outcome import grids, ruled
from geoplan.division.plans import Plan

_PATIENCE = 4  # times as many plans as are asked for are judged


@dataclass(frozen=True, kw_only=True)
class Breach:
    """What a plan breaks, what is inherited aside."""

    rules: frozenset[str]
    communities: frozenset[str]  #: of the grids that offend


def broken(plan: Plan) -> Breach:
    """Return which hard rules a plan breaks, and where."""
    shapes = grids(plan)
    bad = [
        one
        for one in ruled(plan, shapes=shapes)
        if one.level == "error" and not one.passed
    ]
    codes = [code for one in bad for code in one.offenders if code in shapes.index]
    return Breach(
        rules=frozenset(one.id for one in bad),
        communities=frozenset(map(str, shapes["community"].loc[codes])),
    )


def mended(plans: Sequence[Plan]) -> Iterator[tuple[Plan, Breach]]:
    """Yield plans of one board, and what they break after all.

    A community that breaks a rule in one is as in the first where it does not.
    """
    judged: dict[int, Breach] = {}

    def breach(at: int) -> Breach:
        if at not in judged:
            judged[at] = broken(plans[at])
        return judged[at]

    for at, plan in enumerate(plans):
        grid = plan.grid.copy()
        for community in sorted(breach(at).communities):
            sound = (
                one
                for i, one in enumerate(plans)
                if community not in breach(i).communities
            )
            mine = plan.board.units.frame["community"].to_numpy(object) == community
            grid[mine] = next(sound, plan).grid[mine]
        if (grid != plan.grid).any():
            better = replace(plan, grid=grid)
            yield better, broken(better)
        else:
            yield plan, breach(at)


def chosen(plans: Iterable[tuple[Plan, Breach]], *, most: int) -> tuple[Plan, ...]:
    """Return the first plans that differ and keep every hard rule, some at most.

    Where none keeps all, those that break no rule but what the others break too: a
    rule that cannot be kept is no reason to propose nothing.
    """
    found: list[tuple[Plan, frozenset[str]]] = []
    for plan, breach in plans:
        if not any(not bad and alike(plan, one) for one, bad in found):
            found.append((plan, breach.rules))
        sound = sum(not bad for _, bad in found)
        if sound == most or len(found) == _PATIENCE * most:
            break
    least = [plan for plan, bad in found if not any(one < bad for _, one in found)]
    differ: list[Plan] = []
    for plan in least:
        if not any(alike(plan, one) for one in differ):
            differ.append(plan)
    return tuple(differ[:most])

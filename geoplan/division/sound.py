"""Sound plans: those that keep every hard rule are proposed, and no others beside them.

Communities do not touch one another's grids, so a plan that breaks a rule in one may
take it from a plan that does not.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from geoplan.division.attempts import alike
from geoplan.division.case import Ruled
from geoplan.division.outcome import grids, ruled
from geoplan.division.plans import Plan, today

_BAND = "H1"
_PATIENCE = 4  # times as many plans as are asked for are judged


@dataclass(frozen=True, kw_only=True)
class Breach:
    """What a plan breaks, what is inherited aside."""

    rules: frozenset[str]
    communities: frozenset[str]  #: of the grids that offend
    firm: frozenset[str] = frozenset()  #: those that offend beyond the band


def broken(plan: Plan) -> Breach:
    """Return which hard rules a plan breaks, and where."""
    shapes = grids(plan)
    bad = [
        one
        for one in ruled(plan, shapes=shapes)
        if one.level == "error" and not one.passed
    ]

    def where(rules: Iterable[Ruled]) -> frozenset[str]:
        codes = {code for one in rules for code in one.offenders} & set(shapes.index)
        return frozenset(map(str, shapes["community"].loc[sorted(codes)]))

    return Breach(
        rules=frozenset(one.id for one in bad),
        communities=where(bad),
        firm=where(one for one in bad if one.id != _BAND),
    )


def mended(plans: Sequence[Plan]) -> Iterator[tuple[Plan, Breach]]:
    """Yield plans of one board, and what they break after all.

    A community that breaks a rule in one is as in the first where it does not; if
    there is none, and more than the band is broken, as in the first where no more
    is, or else as it is today.
    """
    judged: dict[int, Breach] = {}

    def breach(at: int) -> Breach:
        if at not in judged:
            judged[at] = broken(plans[at])
        return judged[at]

    for at, plan in enumerate(plans):
        grid, stays = plan.grid.copy(), []
        for community in sorted(breach(at).communities):
            every = range(len(plans))
            sound = [i for i in every if community not in breach(i).communities]
            if not sound and community in breach(at).firm:
                sound = [i for i in every if community not in breach(i).firm]
                stays += [] if sound else [community]
            source = plans[sound[0]] if sound else plan
            source = today(plan.board) if community in stays else source
            mine = plan.board.units.frame["community"].to_numpy(object) == community
            grid[mine] = source.grid[mine]
        if (grid != plan.grid).any():
            better = replace(plan, grid=grid, stays=tuple(stays))
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

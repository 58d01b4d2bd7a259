"""The recipe of comparison: two studies, or a study and a division, side by side."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from geoplan import compare
from geoplan.errors import UsageError
from geoplan.files import together
from geoplan.model import Comparison, Division, Finding, Network
from geoplan.recipes.comparison.files import Told, write_comparison
from geoplan.recipes.comparison.given_grids import is_study, with_grids_of
from geoplan.recipes.comparison.judging import judged
from geoplan.recipes.comparison.pairs import Pair, pair_of
from geoplan.recipes.coverage import coverage_of
from geoplan.recipes.division.findings import BAND, broken
from geoplan.recipes.run import Done, Run, Tell, checked, network_of
from geoplan.study.reading import read_study


def compare_studies(  # noqa: PLR0913  a recipe's own, and which division
    before: Path | str,
    after: Path | str,
    *,
    out: Path,
    lang: str,
    progress: Tell,
    option: int | None = None,
    force: bool = False,
) -> Done:
    """Compare the grids and stations of two studies; write papers into a folder.

    Writes ``compare.html``, ``.gpkg``, ``.csv`` and ``.json``; where grids differ
    also ``compare_moves.csv``, where stations differ too ``compare_coverage.html``
    and ``compare_coverage.csv``.

    Parameters
    ----------
    after : path
        A study, ``division.gpkg`` of a division, or any file of grids.
    option : int, optional
        Which of the divisions in ``division.gpkg``.

    Raises
    ------
    GeoplanError
        If something cannot be used as it is, or compared; nothing is written then.
    """
    run = Run(progress=progress, lang=lang, seconds={})
    after = Path(after)
    with run.step("read", path=before):
        study = checked(read_study(before, tell=run.tell), force=force, lang=lang)
    with run.step("read_after", path=after):
        if not is_study(after):
            pair = with_grids_of(study, after, option=option)
        elif option is not None:
            raise UsageError.at("compare_option_of_study", file=after, value=option)
        else:
            other = read_study(after, tell=run.tell)
            pair = pair_of(study, checked(other, force=force, lang=lang))
    with run.step("network", path=study.network_path.name):
        network = network_of(study)
    told = held_against(pair, network, run=run)
    told = replace(told, asked={"after": after.name, "option": option})
    with run.step("write", out=out), together(out) as place:
        pages = write_comparison(pair, told, network=network, out=place, run=run)
    return Done(
        findings=told.findings, pages=tuple(out / page for page in pages), entries=()
    )


def held_against(
    pair: Pair, network: Network, *, run: Run, division: Division | None = None
) -> Told:
    """Return what differs between the two of a pair.

    ``division``: of its grids, if it has been judged already.
    """
    begun = None
    if pair.grids and division is None:
        with run.step("division_judge", count=1):
            given, begun = judged(pair, network)
            division = replace(given, findings=(*given.findings, *_broken(given)))
    found: tuple[Finding, ...] = (*pair.before.findings, *pair.findings)
    coverage = None
    if pair.stations:
        with run.step("compare_cover", name=pair.before.name):
            coverage = coverage_compared(pair, network)
        found += coverage.findings
    if division is not None:
        found += division.findings
    return Told(
        command="compare",
        division=division,
        coverage=coverage,
        findings=found,
        begun=begun,
    )


def _broken(given: Division) -> Iterator[Finding]:
    """Yield the rules that a division breaks and today's does not, the band aside."""
    plan = given.plans[0]
    for rule in plan.results["rules"]:
        if not rule["passed"] and rule["id"] != BAND:
            yield broken(plan, rule, level=given.level)


def coverage_compared(pair: Pair, network: Network) -> Comparison:
    """Return who is within the circles of both of a pair."""
    before, after = (coverage_of(study, network) for study in (pair.before, pair.after))
    known = {(one.rule, one.layer, one.code) for one in before.findings}
    new = [
        one for one in after.findings if (one.rule, one.layer, one.code) not in known
    ]
    return compare.compared(
        before,
        after,
        layers=(pair.before.layers, pair.after.layers),
        findings=tuple(new),
    )

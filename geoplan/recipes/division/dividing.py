"""The recipe of division: from a study file to grids that are proposed."""

from dataclasses import replace
from pathlib import Path

from geoplan.files import together, write_text
from geoplan.maps.division_page import division_page
from geoplan.model import Division, Network
from geoplan.recipes.division.asked import Asked
from geoplan.recipes.division.board import board_of, plans_of
from geoplan.recipes.division.files import write_division
from geoplan.recipes.division.ground import laid_out
from geoplan.recipes.division.record import division_record
from geoplan.recipes.imprint import fingerprint, imprint
from geoplan.recipes.run import Done, Run, Tell, begun, network_of
from geoplan.study.reading import Study

_USUAL = Asked()


def divide_study(
    path: Path | str,
    *,
    asked: Asked,
    out: Path,
    lang: str,
    progress: Tell,
    force: bool = False,
) -> Done:
    """Propose divisions of a study's grids; write map and tables into a folder.

    Writes ``division.html``, ``.gpkg``, ``.csv``, ``.json`` and
    ``division_moves.csv``.

    Raises
    ------
    GeoplanError
        If something cannot be used as it is, or the task cannot be met; nothing
        is written then.
    """
    run = Run(progress=progress, lang=lang, seconds={})
    study, network = begun(path, run=run, force=force)
    with run.step("division_units", name=study.name):
        laid = laid_out(study, network=network, level=asked.level)
        board = board_of(laid, asked=asked)
    with run.step("division_search", name=study.name):
        plans = plans_of(laid, board=board, asked=asked)
    with run.step("division_judge", count=len(plans)):
        found = division_record(laid, plans=plans, task=asked.task)
        told = (*study.findings, *found.findings)
        found = replace(found, findings=told)
    with run.step("write", out=out), together(out) as place:
        page = division_page(
            found,
            layers=study.layers,
            network=network,
            surroundings=study.ways.surroundings,
            imprint=imprint(study, lang=lang),
            fingerprint=fingerprint(study),
            lang=lang,
        )
        write_text(place / "division.html", page)
        write_division(study, found, asked=asked, out=place, run=run)
    return Done(findings=found.findings, pages=(out / "division.html",), entries=())


def division_of(
    study: Study, way: Network | None = None, *, asked: Asked = _USUAL
) -> Division:
    """Return the divisions that are proposed for a study.

    ``way`` is the study's network, if it has been built already.

    Raises
    ------
    GeoplanError
        If the task cannot be met.
    """
    laid = laid_out(study, network=way or network_of(study), level=asked.level)
    board = board_of(laid, asked=asked)
    plans = plans_of(laid, board=board, asked=asked)
    return division_record(laid, plans=plans, task=asked.task)

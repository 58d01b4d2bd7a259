"""The recipe of siting: from a study file to the sites that are suggested."""

from dataclasses import replace
from pathlib import Path

from geoplan import maps, sites
from geoplan.files import together, write_text
from geoplan.maps.sites_page import sites_page
from geoplan.model import Network, Siting
from geoplan.recipes.imprint import imprint
from geoplan.recipes.run import Done, Run, Tell, begun, network_of
from geoplan.recipes.sites.asked import (
    Asked,
    Ground,
    agreed,
    counts_of,
    laid_out,
    task_of,
)
from geoplan.recipes.sites.cases import often_chosen
from geoplan.recipes.sites.files import write_sites
from geoplan.recipes.sites.hubs import hubs_of
from geoplan.recipes.sites.plans import siting_from
from geoplan.recipes.sites.tiers import two_tiers_of
from geoplan.recipes.sites.weights import ranked
from geoplan.study.reading import Study

PAGES = ("sites.html", "sites_2.html")
_ENOUGH = 1e-9  # of the total: a station that adds less adds nothing


def site_study(
    path: Path | str,
    *,
    asked: Asked,
    out: Path,
    lang: str,
    progress: Tell,
    force: bool = False,
) -> Done:
    """Suggest station sites for a study and write map and tables into a folder.

    Writes ``sites.html``, ``.gpkg``, ``.csv`` and ``.json``; of two tiers also
    ``sites_2.html``, the page of the lower one.

    Raises
    ------
    GeoplanError
        If something cannot be used as it is, or the task cannot be met; nothing
        is written then.
    """
    agreed(asked)
    run = Run(progress=progress, lang=lang, seconds={})
    study, network = begun(path, run=run, force=force)
    with run.step("sites_walks", name=study.name):
        ground = laid_out(study, network=network, asked=asked, lang=lang)
    with run.step("sites_solve", model=asked.model):
        tiers = _tiers(ground, asked=asked, lang=lang)
    found = (*study.findings, *tiers[0].findings)
    pages = PAGES[: len(tiers)]
    with run.step("write", out=out), together(out) as place:
        for name, siting in zip(pages, tiers, strict=True):
            page = sites_page(
                siting,
                layers=study.layers,
                network=network,
                surroundings=study.ways.surroundings,
                imprint=imprint(study, lang=lang),
                lang=lang,
            )
            write_text(place / name, page)
        told = (replace(tiers[0], findings=found), *tiers[1:])
        inputs = (*study.inputs, *ground.others)
        whole = replace(study, inputs=inputs)
        write_sites(whole, told, asked=asked, out=place, run=run)
    entries: tuple[maps.Entry, ...] = ()
    return Done(
        findings=found, pages=tuple(out / name for name in pages), entries=entries
    )


def sites_of(
    study: Study, way: Network | None = None, *, asked: Asked, lang: str = "zh"
) -> tuple[Siting, ...]:
    """Return the sites that are suggested for a study; of two tiers the upper first.

    ``way`` is the study's network, if it has been built already.

    Raises
    ------
    GeoplanError
        If an option says nothing to the model, or the task cannot be met.
    """
    agreed(asked)
    way = way or network_of(study)
    ground = laid_out(study, network=way, asked=asked, lang=lang)
    return _tiers(ground, asked=asked, lang=lang)


def _tiers(ground: Ground, *, asked: Asked, lang: str) -> tuple[Siting, ...]:
    """Return what is suggested for the circle, and for the one below if asked."""
    if asked.model == "tiers":
        return two_tiers_of(ground, asked=asked, lang=lang)
    return (siting_of(ground, asked=asked),)


def siting_of(ground: Ground, *, asked: Asked) -> Siting:
    """Return the sites that are suggested, or what a given list achieves."""
    if asked.model == "hubs":
        return hubs_of(ground, asked=asked)
    task = task_of(ground, asked=asked, walker=ground.study.walker)
    answers, told = _answers(ground, task, asked=asked)
    count = int((~answers[-1].sites.index.isin(task.candidates.index[task.kept])).sum())
    often = often_chosen(ground, asked=asked, count=count)
    return siting_from(
        ground, task=task, answers=answers, asked=asked, told=told, often=often
    )


def _answers(
    ground: Ground, task: sites.Task, *, asked: Asked
) -> tuple[list[sites.Answer], sites.Curve | None]:
    """Return the answers, one a count, and their curve if it was asked for."""
    solved = ranked(task, first=asked.first)
    answers, told = _solved(ground, solved, asked=asked)
    if not asked.first:
        return answers, told
    apart = [sites.told_apart(a, task=task, measure=asked.first) for a in answers]
    return apart, told and sites.curve_apart(told, task=task)


def _solved(
    ground: Ground, task: sites.Task, *, asked: Asked
) -> tuple[list[sites.Answer], sites.Curve | None]:
    counts, effort = counts_of(ground, asked=asked), asked.effort
    if asked.evaluate is not None:
        one = task.but(count=1)  # the list says how many
        return [sites.evaluate(one, sites=ground.listed, effort=effort)], None
    if counts is None or asked.model == "lscp":
        most = None if counts is None else counts[-1]
        return [sites.solve(task.but(count=most), effort=effort)], None
    told = sites.curve(task, counts=counts, effort=effort)
    answers = list(told.answers)
    return _needed(answers) if len(counts) > 1 else answers, told


def _needed(answers: list[sites.Answer]) -> list[sites.Answer]:
    """Return the answers up to the last station that adds anything."""
    best = answers[-1].value
    for k, answer in enumerate(answers):
        if abs(answer.value - best) <= _ENOUGH * max(1.0, abs(best)):
            return answers[: k + 1]
    return answers

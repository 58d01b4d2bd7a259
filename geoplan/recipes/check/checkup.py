"""The recipe of the check: a page and a record of all that is odd about a study."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from geopandas import GeoSeries

from geoplan import __version__, check, maps
from geoplan.errors import Faults
from geoplan.files import together, write_json, write_text
from geoplan.model import Finding, Imprint, Understood
from geoplan.recipes.check.checking import Looked, look
from geoplan.recipes.check.mending import repaired
from geoplan.recipes.imprint import imprint
from geoplan.recipes.run import Done, Run, Tell, parameters
from geoplan.study import streets
from geoplan.study.seen import understood, ways_understood


def check_study(
    path: Path | str,
    *,
    out: Path,
    lang: str,
    progress: Tell,
    repair: Path | None = None,
) -> Done:
    """Look a study over and write ``check.html`` and ``check.json`` into a folder.

    Parameters
    ----------
    path : path
        A study file, or the folder that holds ``study.toml``.
    out : Path
        Folder to write to; made if it is not there.
    lang : str
        "zh" or "en".
    progress : callable
        Is told each step as one line.
    repair : Path, optional
        Folder for a copy of the study with the safe repairs done.

    Raises
    ------
    GeoplanError
        If the study file itself cannot be read; nothing is written then. If the
        copy cannot be made; page and record are there.
    """
    run = Run(progress=progress, lang=lang, seconds={})
    with run.step("check", path=path):
        looked = look(path, tell=run.tell)
    seen = files_seen(looked, lang=lang)
    mended: tuple[Finding, ...] = ()
    faults = Faults(keep=True)
    if repair is not None:
        mend = partial(repaired, looked, out=repair, lang=lang)
        with run.step("repair", out=repair):
            mended = faults.attempt(mend, otherwise=())
    with run.step("write", out=out), together(out) as place:
        write_text(place / "check.html", page(looked, seen, lang=lang))
        record = _record(looked, seen, mended=mended, run=run)
        write_json(place / "check.json", record)
    for error in faults.kept:  # the copy failed; what was found is written
        raise error
    return Done(
        findings=(*looked.findings, *mended),
        pages=(out / "check.html",),
        entries=(),
    )


def files_seen(looked: Looked, *, lang: str) -> tuple[Understood, ...]:
    """Return how each file was understood, the ways last."""
    study, home = looked.study, looked.settings.path.parent
    ways = None
    told = looked.settings.table("network")
    path = study.network_path if study else home / str(told.get("path", "?"))
    if path != streets.NOWHERE:
        ways = ways_understood(
            path,
            rows=len(study.ways.frame) if study else 0,
            home=home,
            datum=str(told.get("datum", "")),
            unread=study is not None and looked.network is None,
        )
    return understood(
        looked.settings,
        looked.files,
        datums=study.datums if study else (),
        ways=ways,
        lang=lang,
    )


def page(looked: Looked, seen: tuple[Understood, ...], *, lang: str) -> str:
    """Return the page of a check."""
    study = looked.study
    about = looked.settings.table("study")
    return maps.check_page(
        looked.findings,
        seen=seen,
        rules={one.rule: check.rule(one.rule).id for one in looked.findings},
        layers=study.layers if study else None,
        network=looked.network,
        surroundings=study.ways.surroundings if study else None,
        imprint=imprint(study, lang=lang)
        if study
        else Imprint(study=str(about["name"]), version=__version__),
        again=looked.settings.path.name,
        lang=lang,
    )


def _record(
    looked: Looked,
    seen: tuple[Understood, ...],
    *,
    mended: tuple[Finding, ...],
    run: Run,
) -> Mapping[str, Any]:
    """Return the whole of ``check.json``."""
    study = looked.study
    results: dict[str, Any] = {
        "errors": len(looked.errors),
        "layers": [asdict(one) for one in seen],
        "findings": _entries(looked.findings, looked, lang=run.lang),
    }
    if mended:
        results["repairs"] = _entries(mended, looked, lang=run.lang)
    return {
        "study": str(looked.settings.table("study")["name"]),
        "command": "check",
        "version": __version__,
        "inputs": [asdict(item) for item in looked.inputs],
        "parameters": parameters(study) if study else {},
        "seed": None,
        "warnings": [],
        "seconds": run.seconds,
        "results": results,
    }


def _entries(
    findings: tuple[Finding, ...], looked: Looked, *, lang: str
) -> list[dict[str, Any]]:
    """Return findings as the contract has them, with their place in degrees."""
    places = [one.geometry for one in findings]
    points: list[Any] = [None] * len(places)
    if looked.study:
        series = GeoSeries(places, crs=looked.study.crs)
        degrees = series.representative_point().to_crs(4326)
        points = [
            None if p is None or p.is_empty else [round(p.x, 6), round(p.y, 6)]
            for p in degrees
        ]
    return [
        {
            "level": one.level,
            "rule": check.rule(one.rule).id,
            "key": one.rule,
            "layer": one.layer,
            "path": one.path or None,
            "row": one.row,
            "column": one.column or None,
            "code": one.code,
            "place": point,
            "problem": one.problem(lang=lang),
            "cure": one.cure(lang=lang),
        }
        for one, point in zip(findings, points, strict=True)
    ]

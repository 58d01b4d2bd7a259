"""The recipe of coverage: from a study file to its map and tables."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from geoplan import __version__, maps, report
from geoplan.check import once
from geoplan.coverage import cover
from geoplan.errors import UsageError
from geoplan.files import together, write_csv, write_geopackage, write_json, write_text
from geoplan.model import Coverage, Imprint, Layers, Network, Ways
from geoplan.recipes.check.checking import about_ways
from geoplan.recipes.imprint import imprint
from geoplan.recipes.run import Done, Run, Tell, begun, network_of, parameters
from geoplan.study.reading import Study


@dataclass(frozen=True, kw_only=True)
class Papers:
    """What is made besides the usual papers, and for whom."""

    public: bool = False  #: the map for a notice board
    png: bool = False  #: pictures for documents and slides


def cover_study(
    path: Path | str,
    *,
    out: Path,
    lang: str,
    progress: Tell,
    force: bool = False,
    papers: Papers = Papers(),
) -> Done:
    """Work out a study's coverage and write its map and tables into a folder.

    Parameters
    ----------
    path : path
        A study file, or the folder that holds ``study.toml``.
    out : Path
        Folder for ``coverage.html``, ``.gpkg``, ``.csv`` and ``.json``, and for
        ``coverage_1.png`` … (one a circle) where pictures are wanted; made if it
        is not there.
    lang : str
        "zh" or "en".
    progress : callable
        Is told each step as one line.
    force : bool
        Go on in spite of errors that a check finds, and say so in every output.

    Raises
    ------
    GeoplanError
        If something cannot be used as it is, or would make the result wrong;
        nothing is written then.
    """
    run = Run(progress=progress, lang=lang, seconds={})
    draw = _pictures() if papers.png else None
    study, way = begun(path, run=run, force=force)
    with run.step("cover", name=study.name):
        coverage = coverage_of(study, way)
    told = imprint(study, lang=lang, public=papers.public)
    with run.step("write", out=out), together(out) as place:
        save_map(
            coverage,
            place / "coverage.html",
            layers=study.layers,
            network=way,
            ways=study.ways,
            imprint=told,
            lang=lang,
        )
        if draw:
            around = study.ways.surroundings
            pictures = draw(
                coverage, network=way, surroundings=around, imprint=told, lang=lang
            )
            for number, picture in enumerate(pictures, start=1):
                (place / f"coverage_{number}.png").write_bytes(picture)
        _write(study, coverage, out=place, run=run)
    return Done(
        findings=coverage.findings,
        pages=(out / "coverage.html",),
        entries=(
            maps.entry(
                coverage,
                imprint=told,
                href=f"{out.name}/coverage.html",
                lang=lang,
            ),
        ),
    )


def coverage_of(study: Study, way: Network | None = None) -> Coverage:
    """Return the coverage of a study, the findings of its reading included.

    ``way`` is the study's network, if it has been built already.
    """
    way = way or network_of(study)
    coverage = cover(
        study.layers,
        network=way,
        surroundings=study.ways.surroundings,
        circles=study.circles,
        walker=study.walker,
        name=study.name,
    )
    found = (*study.findings, *about_ways(study, way), *coverage.findings)
    return replace(coverage, findings=once(found))


def save_map(  # noqa: PLR0913  a page is made of all that a study is
    coverage: Coverage,
    path: Path | str,
    *,
    layers: Layers,
    network: Network,
    ways: Ways,
    imprint: Imprint,
    lang: str = "zh",
) -> None:
    """Write a coverage as one HTML file that opens without internet."""
    page = maps.coverage_page(
        coverage,
        layers=layers,
        network=network,
        surroundings=ways.surroundings,
        imprint=imprint,
        lang=lang,
    )
    write_text(path, page)


def _pictures() -> Callable[..., list[bytes]]:
    """Return what draws a coverage as pictures.

    Raises
    ------
    UsageError
        If matplotlib, an extra, is not installed.
    """
    try:
        from geoplan.maps.pictures import coverage_pictures  # noqa: PLC0415  an extra
    except ImportError as error:
        raise UsageError.at("png_extra") from error
    return coverage_pictures


def _write(study: Study, coverage: Coverage, *, out: Path, run: Run) -> None:
    layers = report.coverage_layers(coverage, lang=run.lang)
    write_geopackage(out / "coverage.gpkg", layers, date=study.date)
    table = report.coverage_table(coverage, lang=run.lang)
    write_csv(out / "coverage.csv", table)
    items = report.items_table(coverage, lang=run.lang)
    if items is not None:
        write_csv(out / "coverage_items.csv", items)
    record = report.coverage_record(
        coverage,
        study=study.name,
        version=__version__,
        run={
            "inputs": [asdict(item) for item in study.inputs],
            "parameters": parameters(study),
            "seconds": run.seconds,
        },
    )
    write_json(out / "coverage.json", record)

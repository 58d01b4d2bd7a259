"""The recipes: from a study file to maps and tables, one step a line."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path
from time import perf_counter
from typing import Any

from geoplan import __version__, maps, network, report
from geoplan.coverage import cover
from geoplan.files import together, write_csv, write_geopackage, write_json, write_text
from geoplan.hours import moment
from geoplan.model import Coverage, Finding, Imprint, Layers, Network, Ways
from geoplan.study.reading import Study, read_study
from geoplan.wording import say

Tell = Callable[[str], None]

_SHIPPED = ("wenlan", "monaco")


@dataclass(frozen=True, kw_only=True, eq=False)
class Done:
    """What a recipe left behind."""

    findings: tuple[Finding, ...]
    pages: tuple[Path, ...]  #: the page to open first
    entries: tuple[maps.Entry, ...]  #: what an index says of the pages


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """One run of a recipe: what it tells, and how long its steps took."""

    progress: Tell
    lang: str
    seconds: dict[str, float]

    def tell(self, task: str, **facts: object) -> None:
        """Tell of a task by its name in the texts ``progress``."""
        self.progress(say(f"progress.{task}", lang=self.lang, **facts))

    @contextmanager
    def step(self, task: str, **facts: object) -> Iterator[None]:
        """Tell that a step begins; note how long it took."""
        self.tell(task, **facts)
        start = perf_counter()
        yield
        self.seconds[task] = round(perf_counter() - start, 3)


def cover_study(path: Path | str, *, out: Path, lang: str, progress: Tell) -> Done:
    """Work out a study's coverage and write its map and tables into a folder.

    Parameters
    ----------
    path : path
        A study file, or the folder that holds ``study.toml``.
    out : Path
        Folder for ``coverage.html``, ``.gpkg``, ``.csv`` and ``.json``; made if
        it is not there.
    lang : str
        "zh" or "en".
    progress : callable
        Is told each step as one line.

    Raises
    ------
    GeoplanError
        If something cannot be used as it is; nothing is written then.
    """
    run = Run(progress=progress, lang=lang, seconds={})
    with run.step("read", path=path):
        study = read_study(path, tell=run.tell)
    with run.step("network", path=study.network_path.name):
        way = network.build(study.ways, walker=study.walker)
    with run.step("cover", name=study.name):
        coverage = coverage_of(study, way)
    with run.step("write", out=out), together(out) as place:
        save_map(
            coverage,
            place / "coverage.html",
            layers=study.layers,
            network=way,
            ways=study.ways,
            imprint=imprint(study, lang=lang),
            lang=lang,
        )
        _write(study, coverage, out=place, run=run)
    return Done(
        findings=coverage.findings,
        pages=(out / "coverage.html",),
        entries=(
            maps.entry(
                coverage,
                imprint=imprint(study, lang=lang),
                href=f"{out.name}/coverage.html",
                lang=lang,
            ),
        ),
    )


def cover_shipped(*, out: Path, lang: str, progress: Tell) -> Done:
    """Work out the studies that ship, each into its own folder, and an index."""
    done = [
        cover_study(
            shipped() / name / "study.toml",
            out=out / name,
            lang=lang,
            progress=progress,
        )
        for name in _SHIPPED
    ]
    entries = tuple(entry for one in done for entry in one.entries)
    write_text(out / "index.html", maps.index_page(entries, lang=lang))
    return Done(
        findings=tuple(finding for one in done for finding in one.findings),
        pages=(out / "index.html", *(page for one in done for page in one.pages)),
        entries=entries,
    )


def coverage_of(study: Study, way: Network | None = None) -> Coverage:
    """Return the coverage of a study, the findings of its reading included.

    ``way`` is the study's network, if it has been built already.
    """
    way = way or network.build(study.ways, walker=study.walker)
    coverage = cover(
        study.layers,
        network=way,
        surroundings=study.ways.surroundings,
        circles=study.circles,
        walker=study.walker,
        name=study.name,
    )
    found = (*study.findings, *network.near_misses(way), *coverage.findings)
    return replace(coverage, findings=found)


def imprint(study: Study, *, lang: str) -> Imprint:
    """Return what every output of a study says of where it comes from."""
    credit = list(study.credits)
    named = any("OpenStreetMap" in line for line in credit)
    if study.from_openstreetmap and not named:
        credit.append(say("notes.openstreetmap", lang=lang))
    notes = list(study.notes)
    compounds = study.layers.compounds
    if compounds is not None and len(compounds):
        notes.append(say("notes.compounds_not_used", lang=lang))
    return Imprint(
        study=study.name,
        date=study.date,
        credits=tuple(credit),
        notes=tuple(notes),
        version=__version__,
    )


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


def shipped() -> Path:
    """Return the folder of the studies that ship: in the package, or beside it."""
    package = Path(str(files("geoplan")))
    inside = package / "data"
    return inside if inside.is_dir() else package.parent / "data"


def _write(study: Study, coverage: Coverage, *, out: Path, run: Run) -> None:
    layers = report.coverage_layers(coverage, lang=run.lang)
    write_geopackage(out / "coverage.gpkg", layers, date=study.date)
    table = report.coverage_table(coverage, lang=run.lang)
    write_csv(out / "coverage.csv", table)
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


def parameters(study: Study) -> Mapping[str, Any]:
    """Return what a study asked for, as the JSON contract has it."""
    return {
        "date": study.date,
        "crs": study.crs.to_string(),
        "walker": {"preset": study.walker.preset, "speed_m_s": study.walker.speed},
        "circles": [
            {
                "name": circle.name,
                "tier": circle.tier,
                "minutes": circle.minutes,
                "metres": circle.metres,
                "items": list(circle.items),
                "hours": circle.hours or None,
                "hours_at": str(moment(circle.hours)) if circle.hours else None,
            }
            for circle in study.circles
        ],
    }

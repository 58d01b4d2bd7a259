"""A run of a recipe: it reads and checks a study, and tells each step."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from geoplan import maps, network
from geoplan.errors import InputError
from geoplan.hours import moment
from geoplan.model import Finding, Network
from geoplan.recipes.check.checking import check_layers
from geoplan.study import reach
from geoplan.study.reading import Study, read_study
from geoplan.wording import Said, say

Tell = Callable[[str], None]


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


def begun(path: Path | str, *, run: Run, force: bool) -> tuple[Study, Network]:
    """Return a study, read and checked, and its walking network.

    Raises
    ------
    GeoplanError
        If something cannot be used as it is.
    """
    with run.step("read", path=path):
        study = read_study(path, tell=run.tell)
        study = checked(study, force=force, lang=run.lang)
    with run.step("network", path=study.network_path.name):
        return study, network_of(study)


def checked(study: Study, *, force: bool, lang: str) -> Study:
    """Return a study with what a check finds in its layers.

    ``force``: with errors too; then a note says so.

    Raises
    ------
    InputError
        If the check finds errors, and they are not to be passed over.
    """
    found = (*study.findings, *check_layers(study.layers))
    errors = [one for one in found if one.level == "error"]
    if errors and not force:
        first = Said(f"findings.{errors[0].rule}", errors[0].facts)
        raise InputError.at(
            "check_refuses", file=study.path, count=len(errors), first=first
        )
    note = say("notes.forced", lang=lang, count=len(errors))
    notes = (*study.notes, note) if errors else study.notes
    return replace(study, findings=found, notes=notes, forced=bool(errors))


def network_of(study: Study) -> Network:
    """Return the walking network of a study's walker, with slopes if they count."""
    way = network.build(study.ways, walker=study.walker)
    if study.elevation is None:
        return way
    return network.sloped(way, elevation=study.elevation)


def parameters(study: Study) -> Mapping[str, Any]:
    """Return what a study asked for, as the JSON contract has it."""
    return {
        "date": study.date,
        "forced": study.forced,
        "crs": study.crs.to_string(),
        "walker": reach.walker_record(study.walker),
        "circles": [
            {
                "name": circle.name,
                "tier": circle.tier,
                "minutes": circle.minutes,
                "metres": circle.metres,
                "items": list(circle.items),
                "demand": circle.demand or None,
                "hours": circle.hours or None,
                "hours_at": str(moment(circle.hours)) if circle.hours else None,
            }
            for circle in study.circles
        ],
    }

"""The recipe of applying: what was drawn in a page, judged as the study's own."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from geoplan import division
from geoplan.errors import InputError
from geoplan.files import together
from geoplan.maps.division_page import units_hash
from geoplan.model import Division, Finding, Network
from geoplan.recipes.comparison.comparing import held_against
from geoplan.recipes.comparison.files import write_comparison
from geoplan.recipes.comparison.pairs import on_one_ground
from geoplan.recipes.division.asked import Asked
from geoplan.recipes.division.board import board_of
from geoplan.recipes.division.ground import laid_out
from geoplan.recipes.division.record import division_record
from geoplan.recipes.edits.begun import begun
from geoplan.recipes.edits.edited import grids_edited, nearby, stations_edited
from geoplan.recipes.edits.merging import merged
from geoplan.recipes.edits.reading import Comment, Edits, read_edits
from geoplan.recipes.imprint import fingerprint, fingerprint_of
from geoplan.recipes.run import Done, Run, Tell, checked, network_of
from geoplan.study.reading import Study, read_study
from geoplan.study.sources import Input, beside

_CHANGED = 5  # files that an error names


def apply_edits(  # noqa: PLR0913  a recipe's own, the files and their band
    path: Path | str,
    edits: Sequence[Path],
    *,
    out: Path,
    lang: str,
    progress: Tell,
    band: tuple[float, float] | None = None,
    force: bool = False,
) -> Done:
    """Judge what was drawn in a study's pages; write the papers of a comparison.

    Writes what ``compare_studies`` writes, before = the study as it is.

    Parameters
    ----------
    edits : sequence of Path
        Files that pages saved, at least one; several are put together.
    band : tuple of float, optional
        Households of a grid that the page was made with; None = the study's.

    Raises
    ------
    GeoplanError
        If a file is not as a page writes it, was made on other data, or two
        contradict one another; nothing is written then.
    """
    run = Run(progress=progress, lang=lang, seconds={})
    read = [read_edits(Path(file)) for file in edits]
    with run.step("read", path=path):
        study = checked(read_study(path, tell=run.tell), force=force, lang=lang)
    for one in read:
        _same_data(study, one, near=(out, one.path.parent))
    whole = merged(read, grids=study.layers.grids.index)
    comments = _comments(study, whole)
    stations = None
    if whole.stations is not None:
        stations = stations_edited(study, whole.stations, file=whole.path)
    with run.step("network", path=study.network_path.name):
        network = network_of(study)
    asked = Asked(band=band, lock=_locks(study, whole))
    given, told = _judged(study, whole, asked=asked, network=network, run=run)
    pair = on_one_ground(
        study,
        grids=None if given is None else given.plans[0].grids,
        stations=stations,
        findings=told,
        others=tuple(
            Input(path=beside(one.path, study=study.path), sha256=one.sha256, rows=0)
            for one in read
        ),
    )
    pair = replace(pair, grids=given is not None, stations=stations is not None)
    found = held_against(pair, network, run=run, division=given)
    found = replace(
        found,
        command="apply",
        asked={"edits": [one.path.name for one in read]},
        comments=comments,
        begun=begun(whole, files=read),
    )
    with run.step("write", out=out), together(out) as place:
        pages = write_comparison(pair, found, network=network, out=place, run=run)
    return Done(
        findings=found.findings, pages=tuple(out / page for page in pages), entries=()
    )


def _judged(
    study: Study, edits: Edits, *, asked: Asked, network: Network, run: Run
) -> tuple[Division | None, tuple[Finding, ...]]:
    """Return the division that was drawn, judged, and what is told of its codes."""
    if edits.grids is None:
        return None, ()
    with run.step("division_units", name=study.name):
        laid = laid_out(study, network=network)
        board = board_of(laid, asked=asked)
    if units_hash(board.units.frame.index) != edits.grids.units_hash:
        raise InputError.at("edits_units", file=edits.path)
    codes, renamed = grids_edited(board, edits.grids, file=edits.path)
    told = tuple(
        Finding(
            rule="edits_grid_renamed",
            level="info",
            layer="grids",
            code=new,
            facts={"drawn": drawn},
        )
        for drawn, new in renamed.items()
    )
    plan = division.Plan(board=board, grid=codes)
    with run.step("division_judge", count=1):
        return division_record(laid, plans=[plan], task="given"), told


def _locks(study: Study, edits: Edits) -> tuple[str, ...]:
    """Return the locked grids that there are; the others are told with the units."""
    locked = () if edits.grids is None else edits.grids.locked
    known = set(study.layers.grids.index)
    return tuple(code for code in locked if code in known)


def _comments(study: Study, edits: Edits) -> tuple[Comment, ...]:
    """Return the remarks that were pinned to grids or stations."""
    parts = [part for part in (edits.grids, edits.stations) if part is not None]
    found = tuple(one for part in parts for one in part.comments)
    nearby(found, study=study, file=edits.path)
    return found


def _same_data(study: Study, edits: Edits, *, near: Sequence[Path]) -> None:
    """Raise an error if edits were made on other data; name the files if it can be."""
    if edits.data == fingerprint(study):
        return
    for record in _records(near):
        if fingerprint_of(record) == edits.data:
            changed = _changed(record, study.inputs)
            raise InputError.at(
                "edits_data_files",
                file=edits.path,
                count=len(changed),
                files=", ".join(changed[:_CHANGED]),
            )
    raise InputError.at("edits_data", file=edits.path)


def _changed(was: Sequence[Input], now: Sequence[Input]) -> list[str]:
    """Return the paths of files that are not what they were, or came or went."""
    before, after = ({one.path: one.sha256 for one in side} for side in (was, now))
    every = sorted({*before, *after})
    return [path for path in every if before.get(path) != after.get(path)]


def _records(folders: Sequence[Path]) -> Iterator[tuple[Input, ...]]:
    """Yield the inputs of the results that lie in some folders."""
    for file in sorted({f for folder in folders for f in folder.glob("*.json")}):
        with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
            told = json.loads(file.read_text(encoding="utf-8"))["inputs"]
            yield tuple(
                Input(path=str(one["path"]), sha256=str(one["sha256"]), rows=0)
                for one in told
            )

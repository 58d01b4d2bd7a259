"""The recipe: look at a folder, believe, try it out, write it down."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from geoplan.columns import normal
from geoplan.errors import GeoplanError, InputError
from geoplan.files import values as values_
from geoplan.files import write_text
from geoplan.init import evidence
from geoplan.init.choice import Choice, choose
from geoplan.init.draft import Draft, drafted, tried
from geoplan.init.folder import files_of
from geoplan.init.text import About, Writer, missing
from geoplan.init.toml import flat
from geoplan.init.words import day_named, street_named, tables
from geoplan.model import Finding
from geoplan.study.settings import FILE_NAME
from geoplan.wording import say, texts

#: The layers whose rows are the street's own, those that know its name best first.
_OF_THE_STREET = ("grids", "communities", "buildings", "stations", "population")


def init_study(
    folder: Path, *, out: Path | None, lang: str, progress: Callable[[str], None]
) -> tuple[Path, tuple[Finding, ...]]:
    """Write the study file that a folder's files are believed to be.

    Parameters
    ----------
    folder : Path
        Is looked through with its subfolders; nothing in it is changed.
    out : Path, optional
        File to write; ``study.toml`` in the folder by default. Never overwritten.
    lang : str
        "zh" or "en", of the comments.
    progress : callable
        Is told each step as one line.

    Returns
    -------
    Path
        The file written.
    tuple of Finding
        What must be settled before anything can be counted.

    Raises
    ------
    InputError, UsageError
        If the folder cannot be looked at or has nothing to read, or the file is
        there already or cannot be written.
    """
    out = out or folder / FILE_NAME
    if os.path.lexists(out):  # False, too, where that cannot be seen
        raise InputError.at("init_exists", file=out)
    files = files_of(folder, out=out)
    if all(one.kind == "passed" for one in files):
        raise InputError.at("init_nothing", file=folder)

    def tell(near: str) -> None:
        progress(say("progress.init_open", lang=lang, path=flat(near)))

    choice = choose(files, tell=tell)
    progress(say("progress.init_try", lang=lang, path=folder))
    draft = tried(drafted(choice, out=out), home=out.parent)
    about = _about(choice, folder=folder, home=out.parent, files=len(files))
    writer = Writer(choice=choice, draft=draft, about=about, lang=lang)
    write_text(out, writer.text())
    return out, _findings(draft, choice)


def _about(choice: Choice, *, folder: Path, home: Path, files: int) -> About:
    own = folder.resolve().name
    name, title, column = _column(choice)
    name_from = "column"
    near = tuple(named.found.near for named in choice.chosen.values())
    if not name:
        name, name_from = street_named((own, *near)), "file"
    if not name:
        name, name_from = own or "?", "folder"
    date, date_from = day_named((own, *near)), "named"
    if not date:
        date, date_from = _changed(choice), "changed"
    return About(
        place=folder,
        home=home,
        folder=own,
        files=files,
        name=name.encode(errors="replace").decode(),
        name_from=name_from,
        title=title,
        column=column,
        date=date,
        date_from=date_from,
    )


def _column(choice: Choice) -> tuple[str, str, str]:
    """Return the one street office that a column names, the file and the column."""
    wanted = {normal(name) for name in tables()["street"]["columns"]}
    for role in _OF_THE_STREET:
        named = choice.chosen.get(role)
        if named is None or named.part is None:
            continue
        frame = named.part.raw.frame
        for at, column in enumerate(frame.columns):
            if normal(str(column)) not in wanted:
                continue
            said = {values_.text(cell) for cell in frame.iloc[:, at]} - {""}
            if len(said) == 1:
                return said.pop(), named.title, str(column)
    return "", "", ""


def _changed(choice: Choice) -> str:
    """Return the latest day on which a file in use was changed, UTC, ISO."""
    times = [named.found.path.stat().st_mtime for named in choice.chosen.values()]
    if not times:
        return ""
    return datetime.fromtimestamp(max(times), tz=UTC).date().isoformat()


def _findings(draft: Draft, choice: Choice) -> tuple[Finding, ...]:
    """Return what must be settled, as findings at error level."""
    absent = [
        Finding(
            rule="init_missing",
            level="error",
            layer=layer,
            facts={"table": layer, "path": path},
        )
        for layer, path in missing(draft, choice).items()
    ]
    kept = [_kept(one) for one in draft.errors if not _said(one, draft, choice)]
    return (*absent, *kept)


def _said(error: GeoplanError, draft: Draft, choice: Choice) -> bool:
    """Return whether an error only follows from what is told of a layer anyway."""
    if error.key in evidence.NO_CIRCLE:
        return True
    about = evidence.layer_of(error)
    absent = error.key == "file_missing" and about in choice.missing
    return absent or about in draft.idle


def _kept(error: GeoplanError) -> Finding:
    layer, row = evidence.layer_of(error), error.where.get("row")
    known = f"layer_{layer}" in texts("cli", "en")
    return Finding(
        rule=error.key,
        level="error",
        layer=layer if known else "study",
        code=str(error.facts.get("code", "")),
        facts=error.facts,
        row=int(str(row)) if row else None,
        column=str(error.where.get("column", "")),
        topic="errors",
    )

"""Which columns of a file are which: by name, by content, or not to be read."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from geoplan import columns
from geoplan.columns import Column, Recognition, Schema
from geoplan.errors import InputError
from geoplan.files import guesses, personal, values
from geoplan.files.cells import coordinate_columns
from geoplan.files.options import Options
from geoplan.files.raw import Raw
from geoplan.files.shapes import listed
from geoplan.model import Finding

#: Columns of texts that may hold the codes of other things.
REFERENCES = frozenset(
    {
        "serves_grid",
        "serves_community",
        "belongs_grid",
        "belongs_community",
        "compound",
    }
)
_FEW = 3  # numbers that tell codes, which begin alike, from those of phones


@dataclass(frozen=True, kw_only=True)
class Naming:
    """Which column of a file is which; columns are positions in the file."""

    found: Mapping[str, int]  #: canonical column → position
    #: canonical column → further columns that say the same, or yes or no to it
    more: Mapping[str, tuple[int, ...]]
    dropped: tuple[int, ...]  #: tell of persons, never read
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _File:
    """What all steps of the naming look at."""

    raw: Raw
    path: Path
    schema: Schema
    options: Options

    def tell(self, key: str, *, column: str | None = None, **facts: str) -> None:
        where: dict[str, object] = {"file": self.path, "layer": self.schema.layer}
        if column is not None:
            where["column"] = column
        self.options.faults.tell(InputError(key, where, {**facts}))

    @property
    def names(self) -> list[str]:
        return [str(name) for name in self.raw.frame.columns]


def known_names(schema: Schema, options: Options) -> frozenset[str]:
    """Return all names, normalised, by which a header can be told."""
    chosen = {columns.normal(name) for name in options.columns.values() if name}
    every = [*schema.columns.values(), *schema.places.values()]
    usual = {name for column in every for name in (*column.names, *column.fallback)}
    return frozenset(chosen | usual)


def named(raw: Raw, *, path: Path, schema: Schema, options: Options) -> Naming:
    """Return which columns are which, and what is to be told of it.

    Raises
    ------
    InputError
        If a column cannot do without a name: chosen and not there, several for
        one, none for one that must be there, or one that tells of persons.
    """
    file = _File(raw=raw, path=path, schema=schema, options=options)
    by_name = columns.recognise(
        _telling(file), schema=schema, chosen=options.columns, cut=raw.cut
    )
    persons = _persons(file, by_name)
    _tell_chosen(file, by_name, persons)
    found = {
        name: at
        for name, at in by_name.found.items()
        if at not in persons and name not in by_name.refused
    }
    clashes = _clashes(file, by_name)
    guess = guesses.guessed(
        raw.frame,
        free=_free(file, taken={*found.values(), *persons, *_rivals(clashes)}),
        missing=schema.columns.keys() - {*found, *options.columns, *clashes},
        schema=schema,
        places=_lacks_places(file, found, clashes),
    )
    found |= guess
    _tell_missing(file, found, clashes)
    findings = [
        *_about_persons(file, persons),
        *(_about_guess(file, name, at) for name, at in guess.items()),
    ]
    free = _free(file, taken={*found.values(), *persons, *_rivals(clashes)})
    more = {
        name: also
        for name, column in schema.columns.items()
        if column.flags and (also := _also(file, column, free))
    }
    return Naming(found=found, more=more, dropped=persons, findings=tuple(findings))


def _telling(file: _File) -> list[str]:
    """Return the columns' names; "" for one that is empty and has a weak name."""
    every = [*file.schema.columns.values(), *file.schema.places.values()]
    strong = {name for column in every for name in column.names}
    chosen = {columns.normal(name) for name in file.options.columns.values()}
    return [
        ""
        if columns.normal(name) not in strong | chosen
        and not any(values.text(cell) for cell in file.raw.frame.iloc[:, at])
        and len(file.raw.frame)
        else name
        for at, name in enumerate(file.names)
    ]


def _persons(file: _File, by_name: Recognition) -> tuple[int, ...]:
    """Return the columns that tell of persons, by their name or their content."""
    shown = {*by_name.personal, *by_name.refused.values()}
    frame, columns_ = file.raw.frame, file.schema.columns
    coded = {
        at
        for name, at in by_name.found.items()
        if name in REFERENCES or (name in columns_ and columns_[name].kind == "code")
    }
    told = {
        at
        for at in range(frame.shape[1])
        if at not in shown
        and personal.holds_numbers(frame.iloc[:, at], least=_FEW if at in coded else 1)
    }
    return tuple(sorted({*by_name.personal, *told}))


def _tell_chosen(file: _File, by_name: Recognition, persons: tuple[int, ...]) -> None:
    """Tell of columns that the planner chose and that cannot be used."""
    names = ", ".join(name for name in file.names if name)
    for canonical, wanted in by_name.absent.items():
        file.tell("column_absent", column=wanted, canonical=canonical, columns=names)
    found = by_name.found
    chosen = {k: found[k] for k in file.options.columns if found.get(k) in persons}
    for canonical, at in {**by_name.refused, **chosen}.items():
        file.tell("column_personal", column=file.names[at], canonical=canonical)


def _clashes(file: _File, by_name: Recognition) -> Mapping[str, tuple[int, ...]]:
    """Return the clashes that matter: coordinates do not, where there are shapes."""
    places = file.schema.places.keys() if file.raw.geometry is not None else set()
    clashes = {n: at for n, at in by_name.clashes.items() if n not in places}
    for canonical, rivals in clashes.items():
        file.tell(
            "columns_clash",
            canonical=canonical,
            rivals=", ".join(file.names[i] for i in rivals),
            first=file.names[rivals[0]],
        )
    return clashes


def _rivals(clashes: Mapping[str, tuple[int, ...]]) -> set[int]:
    return {at for rivals in clashes.values() for at in rivals}


def _free(file: _File, *, taken: Collection[int]) -> list[int]:
    return [at for at in range(len(file.names)) if at not in taken]


def _lacks_places(
    file: _File, found: Mapping[str, int], clashes: Mapping[str, tuple[int, ...]]
) -> bool:
    """Return whether a table's places are still to be found."""
    if file.raw.geometry is not None or not file.schema.geometry:
        return False
    begun = file.schema.places.keys() & {*found, *clashes, *file.options.columns}
    return not begun and not coordinate_columns(found)


def _also(file: _File, column: Column, free: list[int]) -> tuple[int, ...]:
    """Return the columns of a usual name with a number, and those of yes and no."""
    flags = columns.values("flag").keys() | columns.nothing()
    found = []
    for at in free:
        plain = columns.normal(file.names[at])
        cells = file.raw.frame.iloc[:, at]
        if plain in column.flags:
            if all(columns.plain_value(values.text(cell)) in flags for cell in cells):
                found.append(at)
        elif re.sub(r"[\d一二三四五六七八九十]+$", "", plain) in column.names - {plain}:
            found.append(at)
    return tuple(found)


def _tell_missing(
    file: _File, found: Mapping[str, int], clashes: Mapping[str, tuple[int, ...]]
) -> None:
    for name, column in file.schema.columns.items():
        if column.need == "error" and name not in {*found, *clashes}:
            file.tell(
                "column_missing",
                canonical=name,
                usual=", ".join(column.written[1:5]),
                columns=", ".join(name for name in file.names if name),
            )


def _about_persons(file: _File, persons: tuple[int, ...]) -> list[Finding]:
    if not persons:
        return []
    facts = {
        "columns": listed([file.names[at] for at in persons]),
        "count": len(persons),
    }
    layer = file.schema.layer
    return [Finding(rule="personal_dropped", level="info", layer=layer, facts=facts)]


def _about_guess(file: _File, canonical: str, at: int) -> Finding:
    facts = {"column": file.names[at] or f"{at + 1}", "canonical": canonical}
    layer = file.schema.layer
    return Finding(rule="column_guessed", level="info", layer=layer, facts=facts)

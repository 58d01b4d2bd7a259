"""The rows of a layer: their values read, each under a code of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from pandas import DataFrame, Series

from geoplan import columns
from geoplan.codes import SHEET_DIGITS, lost_digits
from geoplan.columns import Schema
from geoplan.errors import InputError
from geoplan.files import cells, personal, shapes, values
from geoplan.files.naming import REFERENCES, Naming
from geoplan.files.raw import Raw
from geoplan.model import Finding, Level

# What is left of letters that were read in one encoding and saved in another.
_DAMAGED = "\ufffd|锟斤拷"


def without_bad(raw: Raw, naming: Naming, schema: Schema, source: shapes.Source) -> Raw:
    """Return a file without the cells that cannot be used, each of them told.

    Those in columns or rows that are not used do not matter.
    """
    used = {
        *(at for name, at in naming.found.items() if name in schema.columns),
        *(naming.found[name] for name in cells.coordinate_columns(naming.found)),
    }
    rows = {int(row): at for at, row in enumerate(raw.rows)}
    frame = raw.frame.copy() if raw.bad else raw.frame
    for bad in raw.bad:
        if bad.column not in used or bad.row not in rows:
            continue
        error = InputError.at(
            bad.key,
            file=source.file,
            layer=source.layer,
            row=bad.row,
            column=str(frame.columns[bad.column]),
            last=bad.last,
        )
        source.faults.tell(error)
        frame.iloc[rows[bad.row], bad.column] = ""
    return replace(raw, frame=frame)


def values_of(
    raw: Raw, naming: Naming, schema: Schema, source: shapes.Source
) -> tuple[DataFrame, list[Finding]]:
    """Return the schema's columns, read, on the raw rows' index.

    Numbers of persons that stand within texts are taken out, and that is told.
    """
    read: dict[str, Series] = {}
    for name, at in naming.found.items():
        if name in schema.columns:
            place = values.Place(
                file=source.file,
                layer=source.layer,
                column=str(raw.frame.columns[at]),
                rows=raw.rows,
            )
            read[name] = values.read_each(
                raw.frame.iloc[:, at],
                column=schema.columns[name],
                place=place,
                faults=source.faults,
            )
            if name in REFERENCES:
                written = raw.frame.iloc[:, at]
                read[name] = _whole(read[name], written, place=place, source=source)
    for name, also in naming.more.items():
        read[name] = _joined(raw, also, said=read.get(name))
    own, hidden, damaged = own_columns(raw, naming), {}, {}
    for name, said in read.items():
        kind = schema.columns[name].kind
        if kind in {"text", "code"}:
            damaged[own[name]] = int(said.str.contains(_DAMAGED).sum())
        if kind == "text" and name not in REFERENCES:
            read[name], hidden[own[name]] = personal.masked(said)
    data = without_code(schema, read, index=raw.frame.index)
    whole = data.assign(code=read["code"]) if "code" in read else data
    told = [
        *_cells_told("personal_masked", "info", hidden, layer=source.layer),
        *_cells_told("text_damaged", "warning", damaged, layer=source.layer),
    ]
    return whole, told


def _whole(
    said: Series, written: Series, *, place: values.Place, source: shapes.Source
) -> Series:
    """Return what a column says, less codes that a spreadsheet has cut; told each."""
    cut = [at for at, cell in enumerate(written) if lost_digits(cell)]
    for at in cut[: values.TOLD]:
        error = place.error("code_lost_digits", at=at, value=written.iloc[at])
        source.faults.tell(error)
    return said.mask(np.isin(np.arange(len(said)), cut), "")


def own_columns(raw: Raw, naming: Naming) -> dict[str, str]:
    """Return canonical column → the file's own; several are a list."""
    every = {name: (at,) for name, at in naming.found.items()}
    for name, also in naming.more.items():
        every[name] = (*every.get(name, ()), *also)
    return {
        name: ", ".join(str(raw.frame.columns[at]) for at in positions)
        for name, positions in every.items()
    }


def _joined(raw: Raw, also: Sequence[int], *, said: Series | None) -> Series:
    """Return what a column says, and what further columns add to it, as one list.

    A column of yes and no adds its name where it says yes.
    """
    flags = columns.values("flag")
    parts = [["" for _ in raw.rows] if said is None else list(said)]
    for at in also:
        name = str(raw.frame.columns[at]).strip()
        cells = [values.text(cell) for cell in raw.frame.iloc[:, at]]
        plain = [columns.plain_value(cell) for cell in cells]
        if set(plain) <= flags.keys() | columns.nothing():
            parts.append([name if flags.get(p) == "yes" else "" for p in plain])
        else:
            parts.append(cells)
    rows = [
        "、".join(dict.fromkeys(filter(None, row))) for row in zip(*parts, strict=True)
    ]
    return Series(rows, index=raw.frame.index, dtype=str)


def _cells_told(
    rule: str, level: Level, counts: Mapping[str, int], *, layer: str
) -> tuple[Finding, ...]:
    """Return a finding on cells, by column; none if there are none."""
    named = ", ".join(name for name, count in counts.items() if count)
    facts = {"columns": named, "count": sum(counts.values())}
    if not facts["count"]:
        return ()
    return (Finding(rule=rule, level=level, layer=layer, facts=facts),)


def without_code(
    schema: Schema, read: Mapping[str, Series], *, index: pd.Index
) -> DataFrame:
    """Return the schema's columns but the code: those read, and empty ones."""
    return DataFrame(
        {
            name: read.get(name, values.empty(column, index=index))
            for name, column in schema.columns.items()
            if name != "code"
        },
        index=index,
    )


def coded(
    frame: GeoDataFrame | DataFrame, schema: Schema, source: shapes.Source
) -> tuple[GeoDataFrame | DataFrame, Series, tuple[Finding, ...]]:
    """Return a layer with its codes as index, and its row numbers likewise.

    Raises
    ------
    InputError
        If a code is blank or stands twice.
    """
    rows = source.rows.loc[frame.index]
    findings: tuple[Finding, ...] = ()
    if "code" in frame.columns:
        codes = _single_codes(frame["code"], replace(source, rows=rows))
        frame = frame.drop(columns="code")
        findings = _rounded(codes, layer=schema.layer)
    else:
        width = len(str(rows.max())) if len(rows) else 1
        codes = Series([str(r).zfill(width) for r in rows], index=rows.index, dtype=str)
        if schema.columns["code"].need == "made":
            made = Finding(rule="codes_made", level="info", layer=schema.layer)
            findings = (made,)
    index = pd.Index(codes.to_numpy(), name="code")
    numbers = Series(rows.to_numpy(), index=index, name="row")
    return frame.set_axis(index, axis=0), numbers, findings


def _single_codes(codes: Series, source: shapes.Source) -> Series:
    """Return codes of which each stands once, and none is blank.

    Where a check keeps the errors, a row without a code of its own is named by
    its number.
    """
    rows, layer = source.rows, source.layer
    numbered = codes + "#" + rows.astype(str)
    blank = codes == ""
    for at in codes.index[blank]:
        error = InputError.at(
            "code_blank",
            file=source.file,
            layer=layer,
            row=int(rows[at]),
            count=int(blank.sum()),
        )
        source.faults.tell(error)
    twice = codes.duplicated() & ~blank
    first = rows.groupby(codes).first()
    for at in codes.index[twice]:
        error = InputError.at(
            "code_twice",
            file=source.file,
            layer=layer,
            row=int(rows[at]),
            code=codes[at],
            other=int(first[codes[at]]),
            count=int(twice.sum()),
        )
        source.faults.tell(error)
    return codes.mask(blank | twice, numbered)


def _rounded(codes: Series, *, layer: str) -> tuple[Finding, ...]:
    """Return a finding if the long codes all end as a spreadsheet makes them end."""
    long = [c for c in codes if c.isascii() and c.isdigit() and len(c) > SHEET_DIGITS]
    if len(long) < 2 or any(code[SHEET_DIGITS:].strip("0") for code in long):  # noqa: PLR2004  one alone may be so
        return ()
    facts = {"count": len(long)}
    return (Finding(rule="codes_rounded", level="warning", layer=layer, facts=facts),)

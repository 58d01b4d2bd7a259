"""Stations of a study that stand in several files, as one layer."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
from geopandas import GeoDataFrame
from pandas import Series
from pyproj import CRS

from geoplan import columns
from geoplan.errors import Faults, InputError
from geoplan.files import LayerFile
from geoplan.study import reach
from geoplan.study.seen import file_name
from geoplan.study.sources import Reader


def read(reader: Reader, *, nth: int, crs: CRS | None) -> LayerFile | None:
    """Return one file of stations; None if it cannot be read and that is kept.

    All its stations are of the tier that the study names for it, if it does.
    """
    settings, layer = reader.settings, "stations"
    told = settings.files(layer)[nth]
    schema = reader.schema(layer)
    schema = reach.without_tier(schema) if "tier" in told else schema
    file = reader.attempt(layer, told, crs=crs, schema=schema)
    if file is None:
        return None
    if "tier" in told:
        tier = partial(reach.tier, settings, told["tier"], nth=nth)
        named = reader.faults.attempt(tier, otherwise="")
        file = replace(file, frame=file.frame.assign(tier=named))
    if len(settings.files(layer)) < 2:  # noqa: PLR2004  one needs no name
        return file
    called = file_name(settings, layer, nth=nth)
    findings = tuple(replace(one, path=called) for one in file.findings)
    return replace(file, part=nth, called=called, findings=findings)


def distinct(files: Sequence[LayerFile], *, faults: Faults) -> tuple[LayerFile, ...]:
    """Return the files of one layer, every code over all of them once.

    Codes that are made of row numbers have the file's number before them. Where a
    check keeps the errors, a code that an earlier file has gets the file's number
    and its row behind it.

    Raises
    ------
    InputError
        If a code of one file stands in another, or the capacities of two files
        do not count the same.
    """
    if len(files) < 2:  # noqa: PLR2004  one is distinct
        return tuple(files)
    _require_one_measure(files, faults=faults)
    owner: dict[str, LayerFile] = {}
    found = []
    for nth, file in enumerate(files, start=1):
        made = "code" not in file.columns
        codes = {
            str(code): f"{nth}-{code}" if made else str(code)
            for code in file.row_numbers.index
        }
        for code, own in codes.items():
            if own in owner:
                row = int(file.row_numbers[code])
                faults.tell(_twice(code, row=row, file=file, other=owner[own]))
                codes[code] = f"{own}#{nth}-{row}"
            owner[codes[code]] = file
        found.append(_with_codes(file, codes))
    return tuple(found)


def one_layer(files: Sequence[LayerFile], *, blank: GeoDataFrame) -> GeoDataFrame:
    """Return the rows of all files of one layer; ``blank`` if there is none."""
    if len(files) < 2:  # noqa: PLR2004  one is the layer
        return files[0].frame if files else blank
    frames = [file.frame for file in files]
    return GeoDataFrame(pd.concat(frames), geometry="geometry", crs=blank.crs)


def capacity_of(files: Sequence[LayerFile]) -> str:
    """Return what the capacities of stations count, as their columns' names tell."""
    own = (file.columns["capacity"] for file in files if "capacity" in file.columns)
    return columns.capacity_of(next(own, ""))


def _require_one_measure(files: Sequence[LayerFile], *, faults: Faults) -> None:
    """Tell of a file whose capacities count something else than the first's."""
    named = [file for file in files if "capacity" in file.columns]
    for file in named[1:]:
        if capacity_of([file]) == capacity_of(named):
            continue
        first, other = named[0].columns["capacity"], file.columns["capacity"]
        faults.tell(
            InputError.at(
                "capacity_differs",
                file=file.path,
                layer=file.layer,
                column=other,
                first=first,
                other=named[0].path.name,
            )
        )


def _twice(code: str, *, row: int, file: LayerFile, other: LayerFile) -> InputError:
    return InputError.at(
        "code_twice_across",
        file=file.path,
        layer=file.layer,
        row=row,
        code=code,
        other=other.path.name,
    )


def _with_codes(file: LayerFile, codes: dict[str, str]) -> LayerFile:
    """Return a file with other codes as index."""
    frame = file.frame.set_axis(_index(file.frame.index, codes), axis=0)
    rows = Series(
        file.row_numbers.to_numpy(),
        index=_index(file.row_numbers.index, codes),
        name="row",
    )
    return replace(file, frame=frame, row_numbers=rows)


def _index(own: pd.Index, codes: dict[str, str]) -> pd.Index:
    return pd.Index([codes[str(code)] for code in own], name="code")

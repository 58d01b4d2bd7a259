"""The files that a study names: found beside it, read, and put on record."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import Any, Self

from geopandas import GeoDataFrame
from pyproj import CRS

from geoplan import columns
from geoplan.columns import Schema
from geoplan.errors import STRICT, CrsError, Faults, InputError
from geoplan.files import LayerFile, read_layer
from geoplan.study.own_columns import unusable
from geoplan.study.own_grids import own_grid
from geoplan.study.settings import Settings, Table
from geoplan.study.unplaced import suggesting


@dataclass(frozen=True, kw_only=True)
class Input:
    """One file that a study has read."""

    path: str  #: relative to the study file, with "/"
    sha256: str
    rows: int  #: 0 for a file that holds none of its own (.prj …)

    @classmethod
    def of(cls, path: Path, *, study: Path, rows: int) -> Self:
        """Return the record of a file that lies beside a study file or elsewhere."""
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        return cls(path=beside(path, study=study), sha256=digest, rows=rows)


def beside(path: Path, *, study: Path) -> str:
    """Return a path as a study's record has it: relative to the study file."""
    try:
        return Path(os.path.relpath(path, study.parent)).as_posix()
    except ValueError:  # another drive
        return path.name


def inputs_of(file: LayerFile, *, study: Path) -> tuple[Input, ...]:
    """Return the record of all files that a layer was read from."""
    return tuple(
        Input(
            path=beside(part, study=study),
            sha256=digest,
            rows=file.rows if part == file.path else 0,
        )
        for part, digest in file.parts.items()
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Reader:
    """Reads the files that a study names, beside the study file."""

    settings: Settings
    more: Mapping[str, Any]  #: further names of columns
    faults: Faults = STRICT

    @classmethod
    def of(cls, settings: Settings, *, faults: Faults = STRICT) -> Self:
        """Return the reader of a study, with the study's own names of columns."""
        own = settings.table("study").get("columns")
        if not own:
            return cls(settings=settings, more={}, faults=faults)
        path = settings.path.parent / own
        try:
            more = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            raise InputError.at("columns_file", file=path, text=str(error)) from error
        if wrong := unusable(more):
            raise InputError.at("columns_entry", file=path, entry=wrong)
        return cls(settings=settings, more=more, faults=faults)

    def beside(self, path: str) -> Path:
        """Return a path of the study file, from where the study file is."""
        return self.settings.path.parent / path.replace("\\", "/")

    def schema(self, layer: str) -> Schema:
        """Return a layer's schema with the study's own names."""
        return columns.schema(layer, more=self.more)

    def read(
        self,
        layer: str,
        table: Table | str,
        *,
        crs: CRS | None,
        schema: Schema | None = None,
    ) -> LayerFile:
        """Return the layer that a table of the study file describes."""
        file = self.read_as_is(layer, table, crs=crs, schema=schema)
        return _whole(file) if self.faults.keep else file

    def read_as_is(
        self,
        layer: str,
        table: Table | str,
        *,
        crs: CRS | None,
        schema: Schema | None = None,
    ) -> LayerFile:
        """Return the layer as :meth:`read` does, broken polygons as they are."""
        told: Table = {"path": table} if isinstance(table, str) else table
        own = own_grid(told, layer=layer, study=self.settings.path)
        try:
            file = read_layer(
                self.beside(told["path"]),
                schema or self.schema(layer),
                crs=crs,
                source_crs=own.crs.to_json() if own else told.get("crs"),
                datum=told.get("datum"),
                columns=told.get("columns"),
                sheet=told.get("sheet") or told.get("layer"),
                encoding=told.get("encoding"),
                faults=self.faults,
            )
        except CrsError as error:
            raise suggesting(error, self.settings, crs=crs) from error
        return own.joined(file) if own else file

    def attempt(
        self,
        layer: str,
        table: Table | str,
        *,
        crs: CRS | None,
        schema: Schema | None = None,
    ) -> LayerFile | None:
        """Return the layer as :meth:`read` does; None if that fails and is kept."""
        call = partial(self.read, layer, table, crs=crs, schema=schema)
        return self.faults.attempt(call, otherwise=None)

    def inputs(
        self,
        files: list[LayerFile],
        *,
        network: Path,
        rows: int,
        others: tuple[Path, ...] = (),
    ) -> tuple[Input, ...]:
        """Return the record of all files read; ``others`` are not made of rows."""
        study = self.settings.path
        records = [one for file in files for one in inputs_of(file, study=study)]
        records += [Input.of(path, study=study, rows=0) for path in others]
        if network.is_file():
            records.append(Input.of(network, study=study, rows=rows))
        return tuple(records)


def _whole(file: LayerFile) -> LayerFile:
    """Return a layer whose polygons can be reckoned with, for a look at the rest."""
    if not isinstance(file.frame, GeoDataFrame):
        return file
    shapes = file.frame.geometry
    broken = ~shapes.is_valid
    if not broken.any():
        return file
    mended = shapes.mask(broken, shapes[broken].make_valid().buffer(0))
    frame = file.frame.set_geometry(mended)
    return replace(file, frame=frame[frame.area > 0])

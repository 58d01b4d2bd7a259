"""The files that a study names: found beside it, read, and put on record."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from pyproj import CRS

from geoplan import columns
from geoplan.columns import Schema
from geoplan.errors import InputError
from geoplan.files import LayerFile, read_layer
from geoplan.study.settings import Settings, Table


@dataclass(frozen=True, kw_only=True)
class Input:
    """One file that a study has read."""

    path: str  #: relative to the study file, with "/"
    sha256: str
    rows: int  #: 0 for a file that holds none of its own (.prj …)


@dataclass(frozen=True, kw_only=True, eq=False)
class Reader:
    """Reads the files that a study names, beside the study file."""

    settings: Settings
    more: Mapping[str, Any]  #: further names of columns

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the reader of a study, with the study's own names of columns."""
        own = settings.table("study").get("columns")
        if not own:
            return cls(settings=settings, more={})
        path = settings.path.parent / own
        try:
            more = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            raise InputError.at("columns_file", file=path, text=str(error)) from error
        return cls(settings=settings, more=more)

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
        told: Table = {"path": table} if isinstance(table, str) else table
        return read_layer(
            self.beside(told["path"]),
            schema or self.schema(layer),
            crs=crs,
            source_crs=told.get("crs"),
            datum=told.get("datum"),
            columns=told.get("columns"),
            sheet=told.get("sheet") or told.get("layer"),
            encoding=told.get("encoding"),
        )

    def inputs(
        self, files: list[LayerFile], *, network: Path, rows: int
    ) -> tuple[Input, ...]:
        """Return the record of all files read."""
        records = [
            self._input(part, digest, file.rows if part == file.path else 0)
            for file in files
            for part, digest in file.parts.items()
        ]
        digest = sha256(network.read_bytes()).hexdigest()
        return (*records, self._input(network, digest, rows))

    def _input(self, path: Path, digest: str, rows: int) -> Input:
        home = self.settings.path.parent
        try:
            near = Path(os.path.relpath(path, home)).as_posix()
        except ValueError:  # another drive
            near = path.name
        return Input(path=near, sha256=digest, rows=rows)

"""A file as it is, before its columns are understood."""

from dataclasses import dataclass
from pathlib import Path

from geopandas import GeoSeries
from pandas import DataFrame, Series

from geoplan.model import Finding


@dataclass(frozen=True, kw_only=True)
class BadCell:
    """A cell whose value cannot be used, known before it is read."""

    row: int  #: as the office's program shows it
    column: int  #: position
    key: str  #: of the error
    last: int = 0  #: row where it ends, if it is merged


@dataclass(frozen=True, kw_only=True, eq=False)
class Raw:
    """The rows of a file, whatever its format."""

    frame: DataFrame  #: columns as the file has them, values unread
    rows: Series  #: number of each row as the office's program shows it
    parts: tuple[Path, ...]  #: all files read, the named one first
    format: str  #: suffix of what was read, in small letters
    encoding: str = ""  #: of its texts, "" where the format leaves no choice
    geometry: GeoSeries | None = None  #: None for tables
    cut: str | None = None  #: encoding whose field names end after ten bytes
    findings: tuple[Finding, ...] = ()
    bad: tuple[BadCell, ...] = ()  #: by row; in columns of no use they do not matter

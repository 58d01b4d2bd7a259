"""What a planner may say of a file beyond its path."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geoplan.columns import Schema
from geoplan.datum import TO_WGS84
from geoplan.errors import STRICT, Faults, UsageError

DATUMS = ("wgs84", "cgcs2000", *TO_WGS84)


@dataclass(frozen=True, kw_only=True)
class Options:
    """How one file is to be read; None and empty where the file itself says."""

    source_crs: str | None = None  #: of the file's coordinates
    datum: str | None = None  #: wgs84, cgcs2000, gcj02 or bd09
    columns: Mapping[str, str] = field(default_factory=dict)  #: canonical → own
    sheet: str | None = None  #: of a workbook, or table of a GeoPackage
    encoding: str | None = None
    faults: Faults = STRICT  #: raised, or kept by a check

    def check(self, schema: Schema, *, file: Path) -> None:
        """Raise :class:`UsageError` if they name a column or datum not known."""
        known = {*schema.columns, *schema.places}
        unknown = [name for name in self.columns if name not in known]
        if unknown:
            raise UsageError.at(
                "columns_unknown",
                file=file,
                layer=schema.layer,
                name=unknown[0],
                known=", ".join([*schema.columns, *schema.places]),
            )
        if self.datum and self.datum.casefold() not in DATUMS:
            raise UsageError.at(
                "datum_unknown",
                file=file,
                layer=schema.layer,
                datum=self.datum,
                known=", ".join(DATUMS),
            )

"""Whether the parts of a shapefile are whole and of each other.

GDAL reads what is there: records that a cut .dbf lacks come back empty, and an
old .dbf beside a new .shp gives every shape another's name.
"""

import struct
from pathlib import Path

from geoplan.errors import InputError

_SHX_HEADER, _SHX_RECORD = 100, 8  # bytes; ESRI Shapefile Technical Description
_DBF_HEADER = 12  # bytes up to the record's length
_SHP_HEADER = 28  # bytes up to the file's length, in words of two bytes


def require_whole(path: Path, *, shx: Path, dbf: Path, layer: str) -> None:
    """Do nothing if a shapefile's parts are as long as they say and fit.

    Raises
    ------
    InputError
        If one is cut off, or the numbers of shapes and of records differ.
    """
    shapes = (shx.stat().st_size - _SHX_HEADER) // _SHX_RECORD
    header = _first(dbf, _DBF_HEADER)
    records, begin, length = struct.unpack("<xxxxIHH", header.ljust(_DBF_HEADER, b"\0"))
    words = struct.unpack(">24xi", _first(path, _SHP_HEADER).ljust(_SHP_HEADER, b"\0"))
    for part, told in ((dbf, begin + records * length), (path, 2 * words[0])):
        if part.stat().st_size < told:
            raise InputError.at(
                "shapefile_cut",
                file=path,
                layer=layer,
                part=part.name,
                bytes=part.stat().st_size,
                told=told,
            )
    if shapes != records:
        raise InputError.at(
            "shapefile_uneven", file=path, layer=layer, shapes=shapes, records=records
        )


def _first(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        return file.read(count)

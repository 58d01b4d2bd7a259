"""Office formats and layers: reading what an office has, writing what it gets."""

from geoplan.files.layers import LayerFile, empty_layer, read_layer, read_raw
from geoplan.files.writing import (
    together,
    write_csv,
    write_geopackage,
    write_json,
    write_text,
)

__all__ = [
    "LayerFile",
    "empty_layer",
    "read_layer",
    "read_raw",
    "together",
    "write_csv",
    "write_geopackage",
    "write_json",
    "write_text",
]

"""What an OpenStreetMap file says of itself."""

from pathlib import Path

import osmium

from geoplan.osm.extract import Degrees


def box_of(data: bytes, kind: str) -> Degrees | None:
    """Return what a file, or the begin of one, says it covers, if it does."""
    with osmium.io.Reader(osmium.io.FileBuffer(data, kind)) as reader:
        box = reader.header().box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return low.lon, low.lat, high.lon, high.lat


def date_of(path: Path) -> str:
    """Return the day up to which a file's data are complete, ISO; "" if unsaid."""
    try:
        with osmium.io.Reader(str(path)) as reader:
            said = reader.header().get("osmosis_replication_timestamp")
    except RuntimeError:  # not a file of OpenStreetMap
        return ""
    return str(said)[:10]

"""Walkable ways out of what people have: an extract, a graph or a road layer.

``read_ways`` reads OpenStreetMap files (.osm.pbf with a decoder of its own; .osm,
.osm.bz2, .osm.gz, and what the decoder does not know, with pyosmium), GraphML with
OSMnx, and any other vector file as a road layer.
"""

from pathlib import Path

from pyproj import CRS

from geoplan.errors import InputError
from geoplan.model import Ways
from geoplan.osm.extract import FORMATS
from geoplan.osm.graphs import ways_of_graphml
from geoplan.osm.pieces import Box
from geoplan.osm.roads import ways_of_roads
from geoplan.osm.ways import ways_of_extract

__all__ = ["read_ways"]


def read_ways(
    path: Path | str, *, crs: CRS, bounds: Box | None = None, datum: str | None = None
) -> Ways:
    """Return the walkable ways of a file, and what lies between them.

    Parameters
    ----------
    path : Path or str
        .osm.pbf, .osm, .osm.bz2, .osm.gz; .graphml; or a vector file with lines.
    crs : CRS
        The working CRS, in metres.
    bounds : (xmin, ymin, xmax, ymax), optional
        In the working CRS; what lies wholly outside is left out.
    datum : str, optional
        "gcj02" or "bd09" for a road layer in shifted coordinates.

    Raises
    ------
    InputError
        The file is missing, cannot be read, or has no walkable way here.
    CrsError
        A road layer does not say what its coordinates are.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError.at("file_missing", file=path)
    name = path.name.lower()
    if name.endswith(tuple(FORMATS)):
        return ways_of_extract(path, crs=crs, bounds=bounds)
    if name.endswith(".graphml"):
        return ways_of_graphml(path, crs=crs, bounds=bounds)
    return ways_of_roads(path, crs=crs, bounds=bounds, datum=datum)

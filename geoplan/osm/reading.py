"""The content of an OpenStreetMap file, by the faster of two readers."""

from pathlib import Path

from geoplan.errors import InputError
from geoplan.osm.extract import FORMATS, Degrees, Extract
from geoplan.osm.plain import plain_extract

_WORTH = 2**18  # bytes; pyosmium has read a smaller file before the decoder is ready


def read_extract(path: Path, *, box: Degrees | None = None) -> Extract:
    """Return the content of an OpenStreetMap file: at least all that touches a box.

    PBF is decoded by geoplan, where Numba is. What the decoder does not know,
    broken files too, and other formats are left to pyosmium.

    Raises
    ------
    InputError
        The file cannot be read to its end, or holds ways without their nodes.
    """
    ending = next(e for e in FORMATS if path.name.lower().endswith(e))
    if FORMATS[ending] == "pbf" and path.stat().st_size >= _WORTH:
        known = _sifted(path, box=box)
        if known is not None:
            return known
    return plain_extract(path)


def _sifted(path: Path, *, box: Degrees | None) -> Extract | None:
    """Return the content of a PBF file, if the decoder knows it.

    Raises
    ------
    InputError
        The file unpacks to far more than any data do.
    """
    try:
        from geoplan.osm.sieve import sifted  # noqa: PLC0415  brings Numba
    except ImportError:
        return None
    try:
        return sifted(path, box=box)
    except InputError:
        raise
    except (RuntimeError, ValueError):
        return None

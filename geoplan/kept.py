"""Files made once and kept for the next run, in the user's own cache folder.

A kept file is named by all that decides its content and holds a digest of itself.
One that is not exactly as it was written is made anew; where none can be written,
none is.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

OFF = "GEOPLAN_NO_CACHE"  #: in the environment: nothing is kept

DIGEST = 32  #: bytes that a kept file begins with
_MOST = 64  # files in the folder; the oldest go


def kept(kind: str, makers: Iterable[bytes], *, make: Callable[[], bytes]) -> bytes:
    """Return what ``make`` returns, kept from an earlier run if that can be.

    Parameters
    ----------
    kind : str
        What it is: how the file's name ends.
    makers : iterable of bytes
        All that decides what is made.
    """
    place = _folder()
    if place is None:
        return make()
    key = sha256()
    for part in makers:
        key.update(sha256(part).digest())
    file = place / f"{key.hexdigest()}.{kind}"
    known = payload(file)
    if known is not None:
        return known
    made = make()
    write(file, made)
    forget(place, "*.*", most=_MOST)
    return made


def payload(file: Path) -> bytes | None:
    """Return what a kept file holds; None if it is not as it was written."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    held = data[DIGEST:]
    return held if sha256(held).digest() == data[:DIGEST] else None


def write(file: Path, content: bytes | memoryview) -> None:
    """Keep a file where that can be: written beside its place, then moved there."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=file.parent, delete=False) as beside:
            try:
                beside.writelines((sha256(content).digest(), content))
                beside.close()
                Path(beside.name).replace(file)
            except BaseException:
                beside.close()
                Path(beside.name).unlink(missing_ok=True)
                raise


def forget(folder: Path, pattern: str, *, most: int) -> None:
    """Remove the oldest files of a name beyond so many, where that can be."""
    with suppress(OSError):
        last = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime)
        for old in last[:-most]:
            old.unlink(missing_ok=True)


def _folder() -> Path | None:
    """Return the user's cache folder; None if nothing is to be kept."""
    if os.environ.get(OFF):
        return None
    from platformdirs import user_cache_path  # noqa: PLC0415  only where it is asked

    return user_cache_path("geoplan", appauthor=False)

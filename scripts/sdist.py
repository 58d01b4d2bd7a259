"""One file out of a source distribution on the package index.

The studies that ship are built from open data that some packages carry in
their source distributions. pip fetches them, so that its configuration counts
(``PIP_INDEX_URL``, certificates, proxies); a pinned hash says what was meant.
"""

import hashlib
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / "build" / "sdist"


@dataclass(frozen=True, kw_only=True)
class Sdist:
    """A source distribution, pinned."""

    name: str
    version: str
    sha256: str  #: of the archive

    @property
    def stem(self) -> str:
        """Return the name of the archive without its ending."""
        return f"{self.name}-{self.version}"


def fetch(sdist: Sdist, member: str, *, cache: Path = CACHE) -> Path:
    """Return the path of one file of a source distribution, unpacked.

    Parameters
    ----------
    sdist : Sdist
    member : str
        Path of the file below the archive's top folder, with ``/``.
    cache : Path
        Folder that keeps the archive and the file; made if it is missing.

    Raises
    ------
    ValueError
        The index handed out another archive than the pinned one.
    subprocess.CalledProcessError
        pip could not download it.
    """
    target = cache / sdist.stem / member
    archive = cache / f"{sdist.stem}.tar.gz"
    if not archive.exists():
        _download(sdist, cache)
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != sdist.sha256:
        archive.unlink()
        raise ValueError(
            f"{archive.name}: sha256 is {found}, not the pinned {sdist.sha256}. "
            "It was deleted; check the package index and run again."
        )
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as tar:
            source = tar.extractfile(f"{sdist.stem}/{member}")
            assert source is not None  # noqa: S101  extractfile raises if it is missing
            target.write_bytes(source.read())
    return target


def _download(sdist: Sdist, cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    subprocess.run(  # noqa: S603  the arguments are this module's own
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--no-binary", ":all:", "--dest", str(cache)),
            f"{sdist.name}=={sdist.version}",
        ],
        check=True,
    )

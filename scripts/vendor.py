"""Fetch the scripts and styles that pages carry inside them, from npm.

Run it only to move to another version: change ``WANTED`` and run
``python scripts/vendor.py``. Needs npm. Everything it writes is committed, so that
nobody needs npm or the network to make a page.
"""

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class Package:
    """What is taken out of one npm package, and where to."""

    name: str
    version: str
    licence: str  #: SPDX identifier
    integrity: str  #: SHA-512 of the package's archive, as npm publishes it
    files: dict[str, str]  #: path in the package → name here
    folder: Path


_FONT = "files/noto-sans-sc-chinese-simplified-400-normal.woff"

WANTED = (
    Package(
        name="leaflet",
        version="1.9.4",
        licence="BSD-2-Clause",
        integrity="9f14b5ca7cc93a63a51e9fa22f71725aa2bcf46b4d2fc53caef94c3ac41d4d3b"
        "2cc59c025e1f0dd8d07718340e2fe611dd79d6c99031c108b15116fe140ef83c",
        files={
            "LICENSE": "leaflet.LICENSE.txt",
            "dist/leaflet.js": "leaflet.js",
            "dist/leaflet.css": "leaflet.css",
            "dist/images/layers.png": "layers.png",
            "dist/images/layers-2x.png": "layers-2x.png",
            "dist/images/marker-icon.png": "marker-icon.png",
        },
        folder=ROOT / "geoplan" / "maps" / "vendor",
    ),
    Package(
        name="@fontsource/noto-sans-sc",
        version="5.3.0",
        licence="OFL-1.1",
        integrity="1dea889469b4fa884e2b164bb878f5a96eabe9abc71f439674a11101c483234450"
        "f8c5ebb5eb8b280f8cfb978e03cad8cb4305bce479013d1f428dab524c9ed1",
        files={
            "LICENSE": "noto-sans-sc.LICENSE.txt",
            _FONT: "noto-sans-sc.woff",
        },
        folder=ROOT / "geoplan" / "maps" / "vendor",
    ),
    Package(
        name="acorn",
        version="8.19.0",
        licence="MIT",
        integrity="a09940dd78919bb0b293aa850f6267f1a93d07b8d2cb4ab2d340033b7fbc7694"
        "f42d28c58a1418bf80b4d8b142498255dd0dfbc58c30472e66f88a48894cea5b",
        files={"LICENSE": "acorn.LICENSE.txt", "dist/acorn.js": "acorn.js"},
        folder=ROOT / "tests" / "vendor",
    ),
    Package(
        name="axe-core",
        version="4.10.3",
        licence="MPL-2.0",
        integrity="5e6edba515e70d25f6604d9815f064d859c5d1ea7ab661bbc4f87c88779ef0c2"
        "1cae0abbeb636471ef39e9d62d2582e4b88a1866f19f4ecfcf6d986275e4dc12",
        files={"LICENSE": "axe.LICENSE.txt", "axe.min.js": "axe.js"},
        folder=ROOT / "tests" / "vendor",
    ),
)


def fetch(package: Package, *, into: Path) -> Path:
    """Return the archive of a package, fetched by npm and checked."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not installed. Install Node.js, then run this again.")
    wanted = f"{package.name}@{package.version}"
    command = [npm, "pack", wanted, "--silent", "--pack-destination", str(into)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  fixed
    stem = package.name.removeprefix("@").replace("/", "-")
    archive = into / f"{stem}-{package.version}.tgz"
    found = hashlib.sha512(archive.read_bytes()).hexdigest()
    if found != package.integrity:
        raise SystemExit(f"{wanted}: SHA-512 is {found}, not {package.integrity}")
    return archive


def unpack(package: Package, archive: Path) -> dict[str, dict[str, str]]:
    """Write the wanted files of a package and return their manifest entries."""
    package.folder.mkdir(parents=True, exist_ok=True)
    entries = {}
    with tarfile.open(archive) as source:
        for path, name in package.files.items():
            member = source.extractfile(f"package/{path}")
            if member is None:
                raise SystemExit(f"{package.name}: no file {path}")
            content = member.read()
            (package.folder / name).write_bytes(content)
            entries[name] = {
                "npm": package.name,
                "version": package.version,
                "path": path,
                "sha256": hashlib.sha256(content).hexdigest(),
                "licence": package.licence,
                "licence_file": package.files["LICENSE"],
            }
    return entries


def main() -> None:
    """Fetch every package and write the manifests beside their files."""
    manifests: dict[Path, dict[str, dict[str, str]]] = {}
    with tempfile.TemporaryDirectory() as place:
        for package in WANTED:
            entries = unpack(package, fetch(package, into=Path(place)))
            manifests.setdefault(package.folder, {}).update(entries)
            print(f"{package.name} {package.version} -> {package.folder}")
    for folder, entries in manifests.items():
        manifest = json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
        target = folder / "manifest.json"
        target.write_text(manifest, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

"""Make the study data/monaco out of the OpenStreetMap extract of Monaco.

    python scripts/make_monaco

The extract lies in the source distribution of the package quackosm, where its
tests use it. Nothing is made up: every layer is taken from the extract by rules
that are told in the study's README.
"""

import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

import monaco
from sdist import Sdist, fetch

from geoplan.files import write_csv, write_geopackage

STUDY = Path(__file__).resolve().parents[2] / "data" / "monaco"
DATE = "2023-12-26"  # osmosis_replication_timestamp of the extract
EXTRACT = "tests/test_files/monaco.osm.pbf"
QUACKOSM = Sdist(
    name="quackosm",
    version="0.19.0",
    sha256="90b9888963baff37c169fc6f4eec8b07a1d68228426b7a9cabbc7a685a2fd173",
)


def main(folder: Path = STUDY) -> None:
    """Write all files of the study but its README and study.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    streets = folder / "streets.osm.pbf"
    shutil.copyfile(fetch(QUACKOSM, EXTRACT), streets)
    study = monaco.made(streets)
    for name in ("grids", "communities", "buildings"):
        layer = {name: getattr(study, name)}
        write_geopackage(folder / f"{name}.gpkg", layer, date=DATE)
    write_csv(folder / "stations.csv", study.stations)
    print(f"{len(study.grids)} blocks; quarters left out: {study.left_out}")
    print(f"{len(study.buildings)} buildings, {study.buildings['people'].sum()} people")
    print(study.stations["items"].value_counts().to_string())


if __name__ == "__main__":
    main()

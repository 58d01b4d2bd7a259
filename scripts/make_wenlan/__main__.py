"""Build ``data/wenlan``: a made-up street office on a real pattern of ways.

Run ``python scripts/make_wenlan [FOLDER]``. It needs geoplan, and pyarrow to
read the pattern of ways.
"""

import sys
from pathlib import Path

import numpy as np

SCRIPTS = Path(__file__).resolve().parent.parent
sys.path.append(str(SCRIPTS))

import files  # noqa: E402  the folder above must be on the path first
import tables  # noqa: E402
from extract import write_extract  # noqa: E402
from mapping import map_town  # noqa: E402
from town import Town, make_town  # noqa: E402

SEED = 20260630
TARGET = SCRIPTS.parent / "data" / "wenlan"


def write_town(town: Town, folder: Path) -> None:
    """Write all layers of a town into a folder."""
    files.freeze_dates()
    folder.mkdir(parents=True, exist_ok=True)
    grids = tables.theirs(tables.placed(town.grids), "grids")
    files.write_shapefile(grids, folder / "grids.shp")
    communities = tables.theirs(tables.placed(town.communities), "communities")
    files.write_geopackage(folder / "communities.gpkg", communities=communities)
    buildings = tables.buildings_table(town)
    for layer, frame in {
        "buildings": buildings,
        "compounds": tables.compounds_table(town),
    }.items():
        placed = tables.theirs(tables.placed(frame, "EPSG:4490"), layer)
        files.write_geopackage(folder / f"{layer}.gpkg", **{layer: placed})
    land = tables.theirs(tables.placed(tables.land_table(town), "EPSG:4490"), "land")
    homes = land["用地类型"].eq("居住用地")
    files.write_geopackage(
        folder / "land.gpkg", residential=land[homes], other=land[~homes]
    )
    gates = tables.gates_table(town, np.random.default_rng(SEED))
    files.write_csv(tables.theirs(gates, "gates"), folder / "gates.csv")
    stations = tables.theirs(tables.stations_table(town), "stations")
    files.write_workbook(stations, folder / "stations.xlsx", sheet="站点")
    rooms = tables.theirs(tables.rooms_table(town, buildings["name"]), "rooms")
    files.write_workbook(rooms, folder / "rooms.xlsx", sheet="房源")
    write_extract(map_town(town), folder / "streets.osm.pbf")


def main() -> None:
    """Build the town into the folder named on the command line, or data/wenlan."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    write_town(make_town(SEED), folder)
    for path in sorted(folder.iterdir()):
        print(f"{path.stat().st_size / 1000:8.1f} kB  {path.name}")


if __name__ == "__main__":
    main()

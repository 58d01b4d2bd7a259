"""Who is within a walk of a station? A worked script, to copy and change."""

from pathlib import Path

import geoplan

DATA = Path(__file__).resolve().parent.parent / "data" / "wenlan"
MAP = Path("maps") / "my_coverage.html"


def main() -> None:
    """Load, walk, cover, map."""
    # 1. Load the layers. Columns are known by their usual Chinese and English names,
    #    and everything is brought into one CRS in metres.
    grids = geoplan.read_layer(DATA / "grids.shp", "grids").frame
    crs = geoplan.working_crs(grids)
    communities = geoplan.read_layer(DATA / "communities.gpkg", "communities", crs=crs)
    buildings = geoplan.read_layer(DATA / "buildings.gpkg", "buildings", crs=crs)
    stations = geoplan.read_layer(
        DATA / "stations.xlsx", "stations", crs=crs, datum="gcj02"
    )
    compounds = geoplan.read_layer(DATA / "compounds.gpkg", "compounds", crs=crs)
    gates = geoplan.read_layer(DATA / "gates.csv", "gates", crs=crs, datum="wgs84")
    layers = geoplan.layers(
        grids=grids.to_crs(crs),
        communities=communities.frame,
        buildings=buildings.frame,
        stations=stations.frame,
        compounds=compounds.frame,
        gates=gates.frame,
    )

    # 2. Build the walking network.
    ways = geoplan.read_ways(DATA / "streets.osm.pbf", crs=crs)
    network = geoplan.build_network(ways)
    ground = {"network": network, "surroundings": ways.surroundings}

    # 3. Walk: every building to every station within 15 minutes.
    adult = geoplan.Walker(preset="adult", speed=1.2)  # m/s
    minutes = geoplan.walking_minutes(layers, **ground, walker=adult, within=15)
    print(minutes.groupby("station")["building"].count().rename("buildings within 15"))

    # 4. Cover: who is served by any station, by the own one, and on the map's compass.
    circles = [
        geoplan.Circle(name="15分钟服务圈", tier="社区级", minutes=15),
        geoplan.Circle(name="3分钟幸福圈", tier="网格级", minutes=3),
    ]
    coverage = geoplan.cover(layers, **ground, circles=circles, walker=adult)
    for circle in coverage.results["circles"]:
        print(circle["name"], circle["households"])

    # 5. Map: one file that opens without internet.
    imprint = geoplan.Imprint(study="文澜街道（虚构）", credits=("© OpenStreetMap",))
    geoplan.save_map(
        coverage, MAP, layers=layers, network=network, ways=ways, imprint=imprint
    )
    print(MAP.resolve())


if __name__ == "__main__":
    main()

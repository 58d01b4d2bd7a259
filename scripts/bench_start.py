"""geoplan's way from files to a graph, and its start, against their peers."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
from bench_course import Bench
from bench_rows import Heavy, Row, best, compared, peak_mb
from shapely import LineString, Point, box

from geoplan import network as net
from geoplan import osm
from geoplan.model import Network

EAST, NORTH, METRIC = 530_000.0, 4_320_000.0, 4537  # an empty stretch of desert

STUDY = """[study]
name = "示例"
[grids]
path = "grids.geojson"
[buildings]
path = "buildings.geojson"
[stations]
path = "stations.csv"
[network]
path = "ways.geojson"
[[circle]]
name = "15分钟服务圈"
tier = "社区级"
minutes = 15
"""


def against_osmnx(bench: Bench) -> Heavy:
    """Compare an extract's way to a graph with OSMnx's."""
    import osmium  # noqa: PLC0415
    import osmnx as ox  # noqa: PLC0415

    crs = bench.network.crs

    def run() -> Network:
        return net.build(osm.read_ways(bench.extract, crs=crs))

    peak = peak_mb(run)
    xml = Path(tempfile.mkdtemp()) / "ways.osm"
    writer = osmium.BackReferenceWriter(str(xml), str(bench.extract))
    for thing in osmium.FileProcessor(str(bench.extract)):
        if thing.is_way() and "highway" in thing.tags:
            writer.add(thing)
    writer.close()
    start = time.perf_counter()
    graph = ox.graph_from_xml(xml, simplify=True)
    ox.convert.to_undirected(graph)
    theirs = time.perf_counter() - start
    xml.unlink()
    row = compared(
        "ways from .osm.pbf to a graph",
        "OSMnx graph_from_xml + to_undirected",
        ours_s=best(run, times=3),
        peer_s=theirs,
        target=40,
        note="ours reads walls, water and railways too",
    )
    return Heavy(row=row, peak_mb=peak)


def process(*command: str) -> float:
    """Return how long a Python command takes as a process of its own."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

    def run() -> None:
        subprocess.run(  # noqa: S603  its own interpreter
            [sys.executable, *command], check=True, capture_output=True, env=kept
        )

    return best(run, times=3)


def against_import() -> Row:
    """Compare the start of geoplan with an import of OSMnx."""
    return compared(
        "geoplan --help",
        'python -c "import osmnx"',
        ours_s=process("-m", "geoplan", "--help"),
        peer_s=process("-c", "import osmnx"),
        target=1,
    )


def against_import_by_study() -> Row:
    """Compare a whole small study, caches warm, with an import of OSMnx."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_study(folder)
        study = ("coverage", str(folder), "--out", str(folder / "maps"))
        ours = process("-m", "geoplan", *study)
    return compared(
        "geoplan coverage, 2 grids and 3 buildings, caches warm",
        'python -c "import osmnx"',
        ours_s=ours,
        peer_s=process("-c", "import osmnx"),
        target=1,
    )


def write_study(folder: Path) -> None:
    """Write a fictional study of one way, two grids and three buildings."""

    def layer(file: str, shapes: list[object], **columns: object) -> None:
        frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=METRIC)
        frame.to_file(folder / f"{file}.geojson")

    areas = [box(EAST + x, NORTH, EAST + x + 500, NORTH + 500) for x in (0, 500)]
    codes = ["999999001001001", "999999001001002"]
    layer(
        "grids", areas, 网格编码=codes, 所属社区=["甲社区", "乙社区"], 户数=[300, 400]
    )
    homes = [
        box(EAST + x, NORTH + 270, EAST + x + 40, NORTH + 282) for x in (100, 300, 600)
    ]
    layer("buildings", homes, 楼栋编码=["b1", "b2", "b3"], 层数=[6, 6, 3])
    middle = NORTH + 250
    line = LineString([(EAST - 100, middle), (EAST + 1100, middle)])
    layer("ways", [line], name=["示例路"])
    place = gpd.GeoSeries([Point(EAST + 250, middle + 5)], crs=METRIC).to_crs(4326)
    x, y = place.x.iloc[0], place.y.iloc[0]
    table = f"名称,层级,经度,纬度\n示例站,社区级,{x},{y}\n"
    (folder / "stations.csv").write_text(table, "utf-8")
    (folder / "study.toml").write_text(STUDY, "utf-8")

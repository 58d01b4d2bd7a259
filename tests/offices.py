"""Files as offices hand them over, written to a folder of a test."""

import geopandas as gpd
import pandas as pd
from shapely import LineString, Point, box

ZONED = 4516  # CGCS2000, zone 28, eastings with the zone's number
PLAIN = 4537  # the same zone, without
EAST, NORTH = 530_000.0, 4_320_000.0

CODES = ["999999001001001", "999999001001002"]


def grids(*, epsg=ZONED, **columns):
    """Return two grids side by side, 500 m wide, in an empty stretch of desert."""
    x = EAST + (28_000_000 if epsg == ZONED else 0)
    table = {
        "网格编码": CODES,
        "网格名称": ["示例一网", "示例二网"],
        "所属社区": ["甲社区", "乙社区"],
        "户数": [300, 400],
    }
    return gpd.GeoDataFrame(
        {**table, **columns},
        geometry=[
            box(x, NORTH, x + 500, NORTH + 500),
            box(x + 500, NORTH, x + 1000, NORTH + 500),
        ],
        crs=epsg,
    )


def write_shapefile(frame, path, *, encoding="gbk", cpg=None):
    """Write a shapefile without .cpg, or with one that says ``cpg``.

    pyogrio writes the names in UTF-8 bytes for Latin-1 letters, so both names and
    texts are handed over as the bytes they are to be.
    """
    raw = frame.rename(columns={c: as_bytes(c, encoding)[:10] for c in texts(frame)})
    for column in raw.columns:
        if column != "geometry" and not pd.api.types.is_numeric_dtype(raw[column]):
            raw[column] = [as_bytes(v, encoding) for v in raw[column]]
    raw.to_file(path, driver="ESRI Shapefile", encoding="ISO-8859-1")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg)
    return path


def texts(frame):
    return [c for c in frame.columns if c != "geometry"]


def as_bytes(text, encoding):
    return str(text).encode(encoding).decode("ISO-8859-1")


def ways(*, epsg=PLAIN):
    """Return one road through both grids."""
    line = LineString([(EAST - 100, NORTH + 250), (EAST + 1100, NORTH + 250)])
    return gpd.GeoDataFrame({"name": ["示例路"]}, geometry=[line], crs=epsg)


def buildings(*, epsg=PLAIN, **columns):
    """Return four houses by the road, two in each grid."""
    corners = [(100, 270), (300, 270), (600, 270), (800, 200)]
    table = {"楼栋编码": ["b1", "b2", "b3", "b4"], "层数": [6, 6, 0, None]}
    return gpd.GeoDataFrame(
        {**table, "用途": ["住宅", "商业", "", "住宅"], **columns},
        geometry=[
            box(EAST + x, NORTH + y, EAST + x + 40, NORTH + y + 12) for x, y in corners
        ],
        crs=epsg,
    )


def stations(**columns):
    """Return a table of two stations with longitude and latitude."""
    points = gpd.GeoSeries(
        [Point(EAST + 250, NORTH + 255), Point(EAST + 750, NORTH + 255)], crs=PLAIN
    ).to_crs(4326)
    table = {
        "站点编码": ["s1", "s2"],
        "站点名称": ["示例驿站", ""],
        "层级": ["社区级", "网格级"],
        "经度": points.x.round(7),
        "纬度": points.y.round(7),
    }
    return pd.DataFrame({**table, **columns})


STUDY = """
[study]
name = "示例街道（虚构）"
date = 2026-06-30

[grids]
path = "grids.shp"

[buildings]
path = "buildings.gpkg"

[stations]
path = "stations.csv"
datum = "wgs84"

[network]
path = "ways.gpkg"
"""


def write_study(folder, *, text=STUDY):
    """Write a whole small study into a folder and return the study file's path."""
    write_shapefile(grids(), folder / "grids.shp")
    buildings().to_file(folder / "buildings.gpkg", engine="pyogrio")
    stations().to_csv(folder / "stations.csv", index=False, encoding="gbk")
    ways().to_file(folder / "ways.gpkg", engine="pyogrio")
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path

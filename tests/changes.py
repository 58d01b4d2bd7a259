"""A small office and the same with something changed; figures countable on fingers.

    甲 (300 households)  │ 乙 (200 + 200)
    b1        b2 (shops) │ b3          b4
    ─────────s1──────────┼─────────────────  the road, y = 250
    x = 120  250  320    500   620     820

A home within 180 m of the community station s1 is within its circle.
"""

import json

import geopandas as gpd
import pandas as pd
from offices import EAST, NORTH, PLAIN, STUDY, grids, stations, write_study
from shapely import Point, box

MINUTES = 2.5  # 180 m
CIRCLES = f"""
[[circle]]
name = "示例圈"
tier = "社区级"
minutes = {MINUTES}
"""
ROOMS = """
[candidates]
path = "rooms.csv"
datum = "wgs84"
"""
ROOM_AT = 720  # metres east: between both homes of the second grid
ALL = 700


def degrees(x, y=255.0):
    """Return longitude and latitude of a place in metres from the corner."""
    point = gpd.GeoSeries([Point(EAST + x, NORTH + y)], crs=PLAIN).to_crs(4326)[0]
    return round(point.x, 9), round(point.y, 9)


def write_office(folder, *, at=(250.0, 750.0), text="", border=500.0, **columns):
    """Write the office: its stations ``at`` metres east, the grids' common border."""
    folder.mkdir(parents=True, exist_ok=True)
    path = write_study(folder, text=STUDY + ROOMS + CIRCLES + text)
    lon, lat = zip(*(degrees(x) for x in at), strict=True)
    table = stations(经度=lon, 纬度=lat, **columns)
    table.to_csv(folder / "stations.csv", index=False, encoding="gbk")
    lon, lat = degrees(ROOM_AT)
    room = {"房源编号": ["R1"], "名称": ["示例房"], "类型": ["门面"], "面积": [60]}
    pd.DataFrame(room | {"经度": [lon], "纬度": [lat]}).to_csv(
        folder / "rooms.csv", index=False, encoding="gbk"
    )
    if border != 500.0:
        write_grids(folder / "grids.gpkg", border=border)
        told = path.read_text("utf-8").replace("grids.shp", "grids.gpkg")
        path.write_text(told, encoding="utf-8")
    return path


def write_grids(path, *, border, **columns):
    """Write the two grids with another border between them."""
    frame = grids(epsg=PLAIN, **columns)
    frame = frame.drop(columns="户数").set_geometry(
        [
            box(EAST, NORTH, EAST + border, NORTH + 500),
            box(EAST + border, NORTH, EAST + 1000, NORTH + 500),
        ],
        crs=PLAIN,
    )
    frame.to_file(path, engine="pyogrio")
    return path


def results(out, name="compare.json"):
    return json.loads((out / name).read_text("utf-8"))


def quiet(_text):
    pass

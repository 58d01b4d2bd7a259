"""A study made on real streets, with grids as rough as offices draw them.

Grids are the blocks nearest to places by lot: some lie in pieces, some across water
and railways, and their borders cut the houses that stand along the ways.
"""

import geopandas
import numpy as np
import pandas as pd
import shapely

STUDY = """
[study]
name = "示例"
date = 2026-06-30
crs = "{crs}"
[grids]
path = "grids.gpkg"
[buildings]
path = "buildings.gpkg"
[stations]
path = "stations.gpkg"
[network]
path = "{ways}"
"""


def made_study(folder, *, extract, middle, half, crs, seed=0):
    """Write a study round a place (longitude, latitude), ``half`` m each way."""
    rng = np.random.default_rng(seed)
    lines = geopandas.read_file(extract, layer="lines", columns=["highway"]).to_crs(crs)
    at = geopandas.GeoSeries.from_xy(*([one] for one in middle), crs=4326).to_crs(crs)
    window = shapely.box(at.x[0] - half, at.y[0] - half, at.x[0] + half, at.y[0] + half)
    ways = lines.geometry[lines["highway"].notna()].to_numpy()
    ways = ways[shapely.intersects(ways, window)]
    inside = shapely.intersection(ways, window)
    noded = shapely.union_all([window.boundary, *inside])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    houses = along(ways, within=window, rng=rng)
    households = rng.integers(1, 60, len(houses))
    seeds = rng.random((max(len(houses) // 14, 12), 2)) * 2 * half
    seeds = seeds + np.array(window.bounds[:2])
    grid = nearest(shapely.get_coordinates(shapely.centroid(faces)), seeds)
    used = np.unique(grid)
    owner = nearest(seeds, seeds[used[:: max(len(used) // 5, 1)]])
    number = pd.Series(owner[used]).groupby(owner[used]).cumcount() + 1
    communities = [f"999999001{one + 1:03d}" for one in owner[used]]
    geopandas.GeoDataFrame(
        {
            "网格编码": [
                f"{a}{b:03d}" for a, b in zip(communities, number, strict=True)
            ],
            "所属社区编码": communities,
        },
        geometry=[shapely.union_all(faces[grid == one]) for one in used],
        crs=crs,
    ).to_file(folder / "grids.gpkg")
    codes = [f"L{i:04d}" for i in range(len(houses))]
    columns = {"楼栋编码": codes, "户数": households, "人口数": 2 * households}
    geopandas.GeoDataFrame(columns, geometry=houses, crs=crs).to_file(
        folder / "buildings.gpkg"
    )
    columns = {"站点编码": codes[::20], "层级": "网格级"}
    geopandas.GeoDataFrame(
        columns, geometry=shapely.centroid(houses[::20]), crs=crs
    ).to_file(folder / "stations.gpkg")
    (folder / "study.toml").write_text(
        STUDY.format(crs=crs, ways=extract.as_posix()), encoding="utf-8"
    )


def along(ways, *, within, rng):
    """Return houses on both sides of ways, none on another."""
    spots = [
        shapely.line_interpolate_point(way, np.arange(15, way.length, 30))
        for way in ways
    ]
    middles = shapely.get_coordinates(np.concatenate(spots))
    middles = middles + rng.choice([-14, 14], middles.shape)
    houses = shapely.box(*(middles - 8).T, *(middles + 8).T)
    houses = houses[shapely.contains(within, houses)]
    one, other = shapely.STRtree(houses).query(houses, predicate="intersects")
    return np.delete(houses, np.unique(other[other > one]))


def nearest(points, places):
    """Return the number of the place nearest to each point."""
    away = np.hypot(*(points[:, None] - places[None]).transpose(2, 0, 1))
    return away.argmin(axis=1)

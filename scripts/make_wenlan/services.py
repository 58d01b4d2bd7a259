"""Stations of three tiers, and rooms that could become stations."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

HOURS = {
    "街道级": ["周一至周五 9:00-17:00,周六 9:00-12:00"],
    "社区级": [
        *["周一至周五 9:00-17:00"] * 4,
        *["周一至周六 8:30-12:00、14:00-17:30"] * 2,
        *["周一至周日 8:30-17:30", "每天 8:00-20:00"],
    ],
    "网格级": [
        *["7×24"] * 3,
        *["每天 8:00-21:00"] * 3,
        *["周一至周五 9:00-17:00", "周一至周五 14:00-21:00", "周末 9:00-17:00", ""],
    ],
}
ITEMS = {
    "街道级": [
        "社保",
        "医保",
        "民政",
        "退役军人服务",
        "计生",
        "残联",
        "就业",
        "矛盾调解",
    ],
    "社区级": [
        "社保代办",
        "医保代办",
        "养老服务",
        "就业",
        "矛盾调解",
        "托幼",
        "图书阅览",
    ],
    "网格级": ["便民代办", "快递代收", "饮水休息", "自助终端", "棋牌阅览", "助餐"],
}
AREA_M2 = {"街道级": (1400, 1800), "社区级": (420, 1100), "网格级": (28, 190)}
#: Where stations ended up: 0 in the middle of their community, 1 anywhere in it.
ASIDE = 0.9
#: Kinds of candidate rooms: kinds of building they are in, rent in 10,000 yuan
#: a year (None: free), share.
ROOMS = {
    "锅炉房": (("small",), (1, 4), 7),
    "物业用房": (("small",), (0, 3), 8),
    "学校": (("school", "college"), (0, 0), 4),
    "党群用房": (("office", "slabs_old", "small"), (0, 0), 7),
    "闲置门面": (("shops", "market"), (4, 18), 10),
    "厂房": (("works", "depot"), (3, 9), 4),
}


def street_station(
    buildings: gpd.GeoDataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the street office's own station, in an office near the middle."""
    offices = buildings[buildings["kind"].eq("office")]
    chosen = offices.distance(shapely.Point(250, -60)).idxmin()
    row = _station("街道级", "文澜街道党群服务中心", chosen, rng)
    return pd.DataFrame([row])


def community_stations(
    buildings: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame,
    rng: np.random.Generator,
    *,
    without: str,
    outside: str,
) -> pd.DataFrame:
    """Return a station for each community but one; one stands over the border.

    Parameters
    ----------
    buildings, communities : GeoDataFrame
        communities has name.
    rng : Generator
    without : str
        Name of the community that has no station.
    outside : str
        Name of the community whose station stands just outside it.
    """
    kinds = ("shops", "small", "office", "slabs_old", "old")
    fit = buildings[buildings["kind"].isin(kinds)]
    places = fit.representative_point()
    rows = []
    for area in communities.itertuples():
        if area.name == without:
            continue
        inside = shapely.contains(area.geometry, places.to_numpy())
        near = places[inside].distance(_middle(buildings, area.geometry))
        if area.name == outside:
            near = places[~inside].distance(area.geometry)
            near = near[near > 18]  # noqa: PLR2004  metres beyond the road on the border
        near = near.sort_values()
        aside = int(len(near) * rng.random() ** 2 * ASIDE)
        chosen = near.index[0 if area.name == outside else aside]
        row = _station("社区级", f"{area.name}党群服务中心", chosen, rng)
        row["serves_community"] = area.name
        rows.append(row)
    return pd.DataFrame(rows)


def grid_stations(
    buildings: gpd.GeoDataFrame,
    grids: gpd.GeoDataFrame,
    rng: np.random.Generator,
    *,
    count: int,
    skipped: frozenset[str],
) -> pd.DataFrame:
    """Return stations in some of the grids, most with the grid they serve.

    Parameters
    ----------
    buildings, grids : GeoDataFrame
        grids has name, kind, households, community (name).
    rng : Generator
    count : int
        Number of stations.
    skipped : frozenset of str
        Names of communities that have none yet.
    """
    fit = buildings[buildings["kind"].isin(("shops", "small", "slabs_old", "old"))]
    places = fit.representative_point()
    able = grids[grids["kind"].eq("综合") & ~grids["community"].isin(skipped)]
    chosen_grids = np.sort(rng.choice(able.index.to_numpy(), count, replace=False))
    rows = []
    for number, index in enumerate(chosen_grids):
        grid = grids.loc[index]
        inside = places[shapely.contains(grid.geometry, places.to_numpy())]
        near = inside.distance(_middle(buildings, grid.geometry)).sort_values()
        chosen = near.index[int(rng.integers(0, min(6, len(near))))]
        row = _station("网格级", f"{grid['name'][:-2]}网格驿站", chosen, rng)
        if number % 6 != 5:  # noqa: PLR2004  every sixth does not say whom it serves
            row["serves_grid"] = grid["name"]
        row["serves_community"] = grid["community"] if number % 3 else ""
        rows.append(row)
    return pd.DataFrame(rows)


def rooms(buildings: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the candidate rooms: building, kind, area, rent, when free."""
    rows = []
    taken: set[int] = set()
    for kind, (places, rent, count) in ROOMS.items():
        fit = buildings[buildings["kind"].isin(places)]
        order = [i for i in rng.permutation(fit.index.to_numpy()) if i not in taken]
        for index in order[:count]:
            taken.add(int(index))
            floor = float(fit.area[index])
            rows.append(
                {
                    "building": int(index),
                    "kind": kind,
                    "area_m2": int(min(floor * 0.8, rng.uniform(60, 620))),
                    "rent": round(float(rng.uniform(*rent)), 1),
                    "free": str(rng.choice(["现可用", "2026年9月起", "2027年1月起"])),
                }
            )
    return pd.DataFrame(rows)


def _station(
    tier: str, name: str, building: int, rng: np.random.Generator
) -> dict[str, object]:
    low, high = AREA_M2[tier]
    items = ITEMS[tier]
    count = len(items) if tier == "街道级" else int(rng.integers(2, len(items)))
    offered = sorted(rng.choice(len(items), count, replace=False))
    return {
        "name": name,
        "tier": tier,
        "building": building,
        "serves_grid": "",
        "serves_community": "",
        "items": "、".join(items[i] for i in offered),
        "hours": str(rng.choice(HOURS[tier])),
        "area_m2": int(rng.integers(low, high + 1)),
    }


def _middle(buildings: gpd.GeoDataFrame, area: shapely.Polygon) -> shapely.Point:
    """Return where the households of an area have their middle."""
    points = buildings.representative_point()
    inside = points[shapely.contains(area, points.to_numpy())]
    weight = buildings["households"][inside.index]
    return shapely.Point(
        np.average(inside.x, weights=weight), np.average(inside.y, weights=weight)
    )

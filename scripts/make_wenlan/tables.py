"""The layers of the town as a street office keeps them: columns and codes."""

import tomllib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pattern import CRS, to_place
from pyproj import Transformer
from town import STREET_CODE, Town

from geoplan.datum import to_gcj02

COLUMNS = tomllib.loads((Path(__file__).parent / "columns.toml").read_text("utf-8"))
GATE_HOURS = ("全天", "6:00-23:00", "6:30-21:00")


def theirs(frame: pd.DataFrame, layer: str) -> pd.DataFrame:
    """Return the columns that the office has, under its names, in its order."""
    names = COLUMNS[layer]
    kept = [*names, *(["geometry"] if "geometry" in frame else [])]
    return frame[kept].rename(columns=names)


def placed(frame: gpd.GeoDataFrame, crs: str = CRS) -> gpd.GeoDataFrame:
    """Return a layer of the local frame where it lies; degrees to 8 decimals."""
    moved = frame.set_geometry([to_place(g) for g in frame.geometry], crs=CRS)
    if crs == CRS:
        return moved
    moved = moved.to_crs(crs)
    rounded = shapely.transform(moved.geometry.to_numpy(), lambda xy: np.round(xy, 8))
    return moved.set_geometry(rounded, crs=crs)


def buildings_table(town: Town) -> gpd.GeoDataFrame:
    """Return the buildings with code, name and compound."""
    frame = town.buildings
    compound = frame["compound"].map(town.compounds["name"]).fillna("")
    levels = frame["levels"].astype("Int64").where(frame["levels_known"])
    home = frame["use"].eq("住宅")
    return frame.assign(
        code=_building_codes(town),
        name=_building_names(town, compound),
        compound=compound.where(compound.ne(""), None),
        levels=levels,
        households=frame["households"].astype("Int64").where(home),
        people=frame["people"].astype("Int64").where(home),
    )


def compounds_table(town: Town) -> gpd.GeoDataFrame:
    """Return the compounds with code and households."""
    sums = town.buildings.groupby("compound")["households"].sum()
    frame = town.compounds
    return frame.assign(
        code=[f"{STREET_CODE}X{n:03d}" for n in range(1, len(frame) + 1)],
        managed=np.where(frame["managed"], "有", "无"),
        households=sums.reindex(frame.index, fill_value=0),
    )


def gates_table(town: Town, rng: np.random.Generator) -> pd.DataFrame:
    """Return the known gates, longitude and latitude in CGCS2000."""
    rows = []
    for compound in town.compounds.itertuples():
        ground = town.grounds[compound.ground]
        for k, gate in enumerate(ground.gates):
            kind = ("人车混行", "车行", "人行")[min(k, 2)]
            kind = "人行" if k and rng.random() < 0.5 else kind  # noqa: PLR2004  a coin
            hours = "全天" if k == 0 else str(rng.choice(GATE_HOURS))
            rows.append((compound.name, kind, hours, gate.x, gate.y))
    frame = pd.DataFrame(rows, columns=["compound", "kind", "hours", "x", "y"])
    lon, lat = lonlat(frame[["x", "y"]].to_numpy())
    codes = [f"M{n:03d}" for n in range(1, len(frame) + 1)]
    return frame.assign(code=codes, lon=np.round(lon, 7), lat=np.round(lat, 7))


def stations_table(town: Town) -> pd.DataFrame:
    """Return the stations, longitude and latitude in GCJ-02."""
    codes = [f"Z{n:02d}" for n in range(1, len(town.stations) + 1)]
    return _shifted(town, town.stations.assign(code=codes))


def rooms_table(town: Town, names: pd.Series) -> pd.DataFrame:
    """Return the candidate rooms, longitude and latitude in GCJ-02.

    Parameters
    ----------
    town : Town
    names : Series of str, index = row of the building
    """
    frame = town.rooms
    called = names[frame["building"]].to_numpy() + "(" + frame["kind"] + ")"
    codes = [f"F{n:02d}" for n in range(1, len(frame) + 1)]
    return _shifted(town, frame.assign(code=codes, name=called))


def land_table(town: Town) -> gpd.GeoDataFrame:
    """Return land use: parcels, old houses' lots joined to quarters."""
    built = [layout for layout in town.layouts if layout.houses]
    parks = [layout for layout in town.layouts if layout.parcel.use == "park"]
    rest = [layout for layout in town.layouts if layout.parcel.use == "vacant"]
    shapes = [layout.parcel.shape for layout in (*built, *parks, *rest)]
    uses = [layout.parcel.use for layout in (*built, *parks, *rest)]
    frame = gpd.GeoDataFrame({"use": uses}, geometry=shapes)
    lots = frame[frame["use"].eq("old")].buffer(1.5, join_style="mitre")
    quarters = shapely.union_all(lots.to_numpy()).buffer(-1.4, join_style="mitre")
    others = frame[~frame["use"].eq("old")]
    parts = list(shapely.get_parts(quarters))
    old = gpd.GeoDataFrame({"use": ["old"] * len(parts)}, geometry=parts)
    whole = pd.concat([others, old], ignore_index=True)
    whole = whole.set_geometry(whole.simplify(0.2))
    return whole.assign(kind=whole["use"].map(COLUMNS["land_use"]))


def lonlat(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return places of the local frame, shape (n, 2), in degrees (CGCS2000)."""
    at = np.array([to_place(shapely.Point(p)).coords[0] for p in xy])
    to_degrees = Transformer.from_crs(CRS, "EPSG:4490", always_xy=True)
    lon, lat = to_degrees.transform(at[:, 0], at[:, 1])
    return np.asarray(lon), np.asarray(lat)


def _shifted(town: Town, frame: pd.DataFrame) -> pd.DataFrame:
    shapes = town.buildings.geometry[frame["building"]].to_numpy()
    points = shapely.point_on_surface(shapes)
    lon, lat = to_gcj02(*lonlat(shapely.get_coordinates(points)))
    return frame.assign(lon=np.round(lon, 6), lat=np.round(lat, 6))


def _building_codes(town: Town) -> list[str]:
    """Return codes: the community's, then a number from north to south."""
    frame = town.buildings
    community = frame["grid"].map(town.grids["code"]).str[:12]
    y = -frame.representative_point().y
    number = y.groupby(community).rank(method="first").astype(int)
    return [f"{c}{n:04d}" for c, n in zip(community, number, strict=True)]


def _building_names(town: Town, compound: pd.Series) -> pd.Series:
    """Return names: compound and number, parcel, or the nearest named way."""
    frame = town.buildings
    middle = frame.representative_point()
    roads = town.ways[town.ways["name"].ne("")]
    tree = shapely.STRtree(roads.geometry.to_numpy())
    road = roads["name"].to_numpy()[tree.nearest(middle.to_numpy())]
    parcel = frame["layout"].map(lambda i: town.layouts[i].parcel.name)
    small = frame["kind"].eq("small")
    stem = compound.where(compound.ne(""), parcel).where(lambda s: s.ne(""), road)
    within = compound.ne("") | parcel.ne("")
    unit = np.where(within, np.where(small, "配套用房", "栋"), "号")
    order = pd.DataFrame({"stem": stem, "unit": unit, "y": -middle.y, "x": middle.x})
    order = order.sort_values(["stem", "unit", "y", "x"])
    number = (order.groupby(["stem", "unit"]).cumcount() + 1).reindex(frame.index)
    numbered = stem + number.astype(str) + unit
    return numbered.where(unit != "配套用房", stem + unit + number.astype(str))

"""Who lives where: buildings with levels, households and people."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from grounds import Ground
from layouts import HOMES, Layout

#: Square metres of floor to a household, empty flats included.
FLOOR_M2 = {"old": 105.0, "slabs_old": 118.0, "slabs_new": 165.0, "towers": 170.0}
#: People to a household.
SIZE = {"old": 2.25, "slabs_old": 2.5, "slabs_new": 2.95, "towers": 2.85}
#: Share of old people (60 and over).
OLD_SHARE = {"old": 0.34, "slabs_old": 0.31, "slabs_new": 0.17, "towers": 0.12}
#: First and last year of building.
YEARS = {
    "old": (1950, 1978),
    "slabs_old": (1979, 2000),
    "slabs_new": (1999, 2014),
    "towers": (2008, 2023),
    "works": (1965, 2010),
    "shops": (1980, 2018),
}
STOREY = {"住宅": 2.9, "办公": 3.8, "学校": 3.7, "医院": 4.0, "工业": 7.5, "仓储": 7.0}
NO_LEVELS, NO_HEIGHT = 0.10, 0.35  # shares of buildings without the figure


@dataclass(frozen=True, kw_only=True, eq=False)
class Residents:
    """Buildings and compounds; local frame."""

    #: kind, use, levels, height_m, year, households, people, elderly, layout,
    #: compound (number or -1)
    buildings: gpd.GeoDataFrame
    #: kind, name, year, managed, ground
    compounds: gpd.GeoDataFrame


def settle(
    layouts: list[Layout],
    grounds: list[Ground],
    names: dict[str, list[str]],
    rng: np.random.Generator,
) -> Residents:
    """Return the buildings with those who live in them, and the compounds."""
    compounds = _compounds(grounds, names, rng)
    of_layout = {
        id(grounds[g].layout): number for number, g in enumerate(compounds["ground"])
    }
    rows = []
    for number, layout in enumerate(layouts):
        compound = of_layout.get(id(layout), -1)
        year = int(compounds["year"][compound]) if compound >= 0 else 0
        kind = layout.parcel.use
        for house in layout.houses:
            first, last = YEARS.get(house.kind, (1985, 2018))
            rows.append(
                {
                    "kind": house.kind,
                    "use": house.use,
                    "levels": house.levels,
                    "layout": number,
                    "parcel": kind,
                    "compound": compound,
                    "year": year or int(rng.integers(first, last + 1)),
                    "geometry": house.shape,
                }
            )
    frame = gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry")
    return Residents(buildings=_people(frame, rng), compounds=compounds)


def _people(frame: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    home = frame["use"].eq("住宅").to_numpy()
    kind = frame["kind"].where(frame["kind"].isin(FLOOR_M2), "slabs_old")
    floor = (frame.area * frame["levels"]).to_numpy()
    luck = rng.normal(1.0, 0.08, len(frame)).clip(0.7, 1.3)
    households = np.where(
        home, np.maximum(1, np.rint(floor / kind.map(FLOOR_M2) * luck)), 0
    ).astype(int)
    size = kind.map(SIZE).to_numpy() * rng.normal(1.0, 0.06, len(frame))
    people = np.maximum(np.rint(households * size), households).astype(int)
    share = kind.map(OLD_SHARE).to_numpy() * rng.normal(1.0, 0.15, len(frame))
    height = frame["levels"] * frame["use"].map(STOREY).fillna(4.0)
    height = (height + rng.uniform(0.0, 1.2, len(frame))).round(1)
    return frame.assign(
        households=households,
        people=people,
        elderly=np.rint(people * share.clip(0, 1)).astype(int),
        height_m=height.where(rng.random(len(frame)) >= NO_HEIGHT),
        levels_known=rng.random(len(frame)) >= NO_LEVELS,
    )


def _compounds(
    grounds: list[Ground], names: dict[str, list[str]], rng: np.random.Generator
) -> gpd.GeoDataFrame:
    pairs = [a + b for a in names["compound_first"] for b in names["compound_second"]]
    stems = iter(rng.permutation([p for p in pairs if p[0] != p[1]]))
    suffixes = {
        "slabs_old": names["compound_old"],
        "slabs_new": names["compound_new"],
        "towers": names["compound_tower"],
    }
    rows = []
    for number, ground in enumerate(grounds):
        kind = ground.layout.parcel.use
        if ground.compound is None or kind not in HOMES:
            continue
        first, last = YEARS[kind]
        year = int(rng.integers(first, last + 1))
        unmanaged = kind == "slabs_old" and rng.random() < 0.55  # noqa: PLR2004  a share
        name = str(next(stems)) + str(rng.choice(suffixes[kind]))
        rows.append(
            {
                "ground": number,
                "kind": kind,
                "name": name,
                "year": year,
                "managed": not unmanaged,
                "geometry": ground.compound,
            }
        )
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry")

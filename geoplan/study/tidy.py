"""Layers made ready: who lives in a building, whose a door is, what lies far off."""

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from pandas import Series

from geoplan import columns
from geoplan.errors import CrsError, InputError
from geoplan.files import LayerFile
from geoplan.model import Finding, Ways
from geoplan.study.areas import by_code_or_name

# A layer farther off belongs to another place, or its CRS is wrong.
_ELSEWHERE = 100_000.0  # m
_FAR = 5_000.0  # m from the grids' box; a feature beyond is told
_LISTED = 10


def near(file: LayerFile, *, grids: GeoDataFrame) -> tuple[Finding, ...]:
    """Return what lies far from the grids.

    Raises
    ------
    CrsError
        If most of the layer lies more than 100 km off.
    """
    if not isinstance(file.frame, GeoDataFrame):
        return ()
    away = shapely.distance(
        file.frame.geometry.to_numpy(), shapely.box(*grids.total_bounds)
    )
    if np.median(away) > _ELSEWHERE:
        raise CrsError.at(
            "layer_elsewhere",
            file=file.path,
            layer=file.layer,
            km=round(float(np.median(away)) / 1000),
        )
    far = np.flatnonzero(away > _FAR)
    if not far.size:
        return ()
    facts = {
        "count": int(far.size),
        "codes": "、".join(str(code) for code in file.frame.index[far][:_LISTED]),
        "km": round(float(away.max()) / 1000, 1),
    }
    return (Finding(rule="far_off", level="warning", layer=file.layer, facts=facts),)


def homes(buildings: GeoDataFrame) -> tuple[GeoDataFrame, tuple[Finding, ...]]:
    """Return buildings whose column ``residential`` says whether people live there.

    As the file says, else by the use; where neither says, people are taken to
    live there. Levels of 0 are taken for unknown.
    """
    by_use = Series(
        [columns.lived_in(use) for use in buildings["use"]], dtype="boolean"
    )
    by_use.index = buildings.index
    said = buildings["residential"].fillna(by_use)
    unsaid, flat = int(said.isna().sum()), int((buildings["levels"] == 0).sum())
    findings = [
        Finding(rule=rule, level="info", layer="buildings", facts={"count": count})
        for rule, count in (("use_unsaid", unsaid), ("levels_zero", flat))
        if count
    ]
    lived = buildings.assign(
        residential=said.fillna(value=True).astype(bool),
        levels=buildings["levels"].replace(0.0, np.nan),
    )
    return lived, tuple(findings)


def residential(file: LayerFile) -> tuple[GeoDataFrame, tuple[Finding, ...]]:
    """Return the land where people live, out of a layer of land.

    All of it where no kind is given.

    Raises
    ------
    InputError
        If kinds are given, and none is one where people live.
    """
    land = file.frame
    if (land["kind"] == "").all():
        return land, ()
    home = land["kind"].map(columns.is_residential_land).astype(bool)
    if not home.any():
        kinds = "、".join(dict.fromkeys(land["kind"]))[:200]
        raise InputError.at("land_none", file=file.path, layer="land", kinds=kinds)
    if home.all():
        return land, ()
    facts = {"count": int((~home).sum())}
    other = Finding(rule="land_other", level="info", layer="land", facts=facts)
    return land[home], (other,)


def doors(
    entrances: GeoDataFrame, *, buildings: GeoDataFrame
) -> tuple[GeoDataFrame, tuple[Finding, ...]]:
    """Return the entrances with their building's code; those of none left out."""
    known = by_code_or_name(buildings)
    owner = entrances["building"].map(known)
    lost = entrances.index[owner.isna()]
    found = entrances.assign(building=owner)[owner.notna()]
    if not len(lost):
        return found, ()
    named = "、".join(dict.fromkeys(entrances["building"][lost]))
    facts = {"count": len(lost), "names": named[:200]}
    return found, (
        Finding(
            rule="entrance_building_unknown",
            level="warning",
            layer="entrances",
            facts=facts,
        ),
    )


def with_names(layer: GeoDataFrame) -> GeoDataFrame:
    """Return a layer whose things are named by their code where they have no name."""
    codes = Series(layer.index, index=layer.index)
    return layer.assign(name=layer["name"].mask(layer["name"] == "", codes))


def with_barriers(ways: Ways, walls: GeoDataFrame) -> Ways:
    """Return ways with further barriers that no leg may cross."""
    added = walls[["kind", "name", "geometry"]]
    every = pd.concat([ways.surroundings.barriers, added], ignore_index=True)
    frame = GeoDataFrame(every, geometry="geometry", crs=ways.frame.crs)
    return replace(ways, surroundings=replace(ways.surroundings, barriers=frame))

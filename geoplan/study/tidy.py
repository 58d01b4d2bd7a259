"""Layers made ready: who lives in a building, whose a door is, what lies far off."""

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import Series

from geoplan import columns
from geoplan import crs as crs_
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
    here = shapely.box(*grids.total_bounds)
    away = shapely.distance(file.frame.geometry.to_numpy(), here)
    far = np.flatnonzero(away > _FAR)
    if not far.size:
        return ()
    exchanged = far[_by_exchange(file, far, here=here)]
    if np.median(away) > _ELSEWHERE:
        raise _elsewhere(file, away=away, exchanged=exchanged)
    strayed = np.setdiff1d(far, exchanged)
    return tuple(
        _odd(file, at, rule=rule, away=away)
        for rule, at in (("far_off", strayed), ("exchanged", exchanged))
        if at.size
    )


def _odd(
    file: LayerFile, at: NDArray[np.intp], *, rule: str, away: NDArray[np.float64]
) -> Finding:
    codes = tuple(str(code) for code in file.frame.index[at])
    facts = {
        "count": int(at.size),
        "codes": "、".join(codes[:_LISTED]) + (" …" if at.size > _LISTED else ""),
        "of": codes,
        "rows": _rows(file, at),
        "km": round(float(away[at].max()) / 1000, 1),
    }
    return Finding(
        rule=rule,
        level="warning",
        layer=file.layer,
        code=codes[0] if at.size == 1 else "",
        facts=facts,
        path=file.called,
        row=int(file.row_numbers.iloc[at[0]]) if at.size == 1 else None,
    )


def _by_exchange(
    file: LayerFile, at: NDArray[np.intp], *, here: shapely.Polygon
) -> NDArray[np.bool_]:
    """Return which features would lie by the grids with x and y exchanged."""
    there = crs_.exchanged(file.frame.iloc[at], crs=file.crs or file.frame.crs)
    away = np.full(len(there), np.inf)
    found = np.flatnonzero(np.isfinite(there).all(axis=1))
    away[found] = shapely.distance(shapely.points(there[found]), here)
    close: NDArray[np.bool_] = away <= _FAR
    return close


def _elsewhere(
    file: LayerFile, *, away: NDArray[np.float64], exchanged: NDArray[np.intp]
) -> CrsError:
    """Return the error for a layer of which most, or half, lies elsewhere."""
    wrong = np.flatnonzero(away > _ELSEWHERE)
    some = wrong.size < away.size
    first = int(wrong[0])
    # A whole layer is exchanged only if most of it is; a row if it is itself.
    turned = first in exchanged if some else 2 * exchanged.size > away.size
    key = {
        (False, False): "layer_elsewhere",
        (False, True): "layer_exchanged",
        (True, False): "rows_elsewhere",
        (True, True): "rows_exchanged",
    }[some, turned]
    crs = file.crs or file.frame.crs
    x, y = crs_.written(file.frame.iloc[[first]], crs=crs)[0]
    return CrsError.at(
        key,
        file=file.path,
        layer=file.layer,
        row=int(file.row_numbers.iloc[first]) if some or turned else None,
        column=", ".join(file.coordinates) or None if some or turned else None,
        km=round(float(np.median(away[wrong])) / 1000),
        x=crs_.shown(x, crs=crs),
        y=crs_.shown(y, crs=crs),
        count=int(wrong.size),
        rows=_rows(file, wrong),
    )


def _rows(file: LayerFile, at: NDArray[np.intp]) -> str:
    """Return the row numbers of features, the first few of them."""
    rows = [str(row) for row in file.row_numbers.iloc[at]]
    return ", ".join(rows[:_LISTED]) + (" …" if len(rows) > _LISTED else "")


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

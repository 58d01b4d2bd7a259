"""Layers from frames of one's own, for notebooks and scripts."""

import pandas as pd
from geopandas import GeoDataFrame

from geoplan.crs import require_metres
from geoplan.errors import CrsError, InputError
from geoplan.files import empty_layer
from geoplan.model import Layers
from geoplan.study import tidy
from geoplan.study.areas import by_code_or_name
from geoplan.union import united

_NAMED = ("grids", "communities", "stations", "micro_grids", "second", "earlier")


def layers(
    *,
    grids: GeoDataFrame,
    buildings: GeoDataFrame,
    stations: GeoDataFrame,
    **others: GeoDataFrame,
) -> Layers:
    """Return the layers of a study from frames.

    Parameters
    ----------
    grids, buildings, stations : GeoDataFrame
        In one CRS in metres; the index holds the codes. Columns as in
        :class:`geoplan.Layers`; one that is not there counts as unknown, except
        that stations need ``tier``.
    **others : GeoDataFrame
        communities, entrances, land, compounds, gates, candidates, micro_grids,
        second (areas of another division), earlier (grids as they were). Without
        communities they are dissolved from the grids' column ``community``;
        without that, all grids are one.

    Raises
    ------
    InputError
        A code is there twice, stations have no ``tier``, or a grid names a
        community that is not there.
    CrsError
        A layer is not in metres, or not in the CRS of the grids.
    """
    if "tier" not in stations:
        raise InputError.at("frame_without_tier", layer="stations")
    given = {"grids": grids, "buildings": buildings, "stations": stations, **others}
    crs = grids.crs
    frames = {name: _filled(name, frame, grids=grids) for name, frame in given.items()}
    frames["grids"] = _nested(frames["grids"], frames.get("communities"))
    frames.setdefault("communities", _dissolved(frames["grids"]))
    frames["buildings"] = tidy.homes(frames["buildings"])[0]
    entrances = frames.get("entrances", empty_layer("entrances", crs=crs))
    frames["entrances"] = tidy.doors(entrances, buildings=frames["buildings"])[0]
    for name in {*_NAMED} & frames.keys():
        frames[name] = tidy.with_names(frames[name])
    return Layers(**frames)


def _filled(name: str, frame: GeoDataFrame, *, grids: GeoDataFrame) -> GeoDataFrame:
    """Return a frame with every column of its layer, what is missing empty."""
    require_metres(frame, layer=name)
    if frame.crs != grids.crs:
        raise CrsError.at(
            "frame_crs_differs", layer=name, crs=frame.crs.name, grids=grids.crs.name
        )
    index = pd.Index(frame.index.astype(str), name="code", dtype="str")
    if index.has_duplicates:
        twice = index[index.duplicated()][0]
        raise InputError.at("frame_code_twice", layer=name, code=twice)
    blank = empty_layer("grids" if name == "earlier" else name, crs=frame.crs)
    whole = frame.set_axis(index)
    for column in blank.columns.drop("geometry"):
        if column not in whole:
            whole = whole.assign(**{column: _nothing(column, blank)})
    return whole


def _nothing(column: str, blank: GeoDataFrame) -> object:
    """Return what stands for "not known" in a column."""
    return float("nan") if blank[column].dtype.kind == "f" else ""


def _nested(grids: GeoDataFrame, communities: GeoDataFrame | None) -> GeoDataFrame:
    """Return the grids with the code of the community each names."""
    named = grids["community"]
    if communities is None:
        return grids if (named != "").any() else grids.assign(community="1")
    code = named.map(by_code_or_name(communities))
    if code.isna().any():
        grid = str(code.index[code.isna()][0])
        name = named[grid]
        raise InputError.at(
            "frame_community_unknown", layer="grids", code=grid, community=name
        )
    return grids.assign(community=code)


def _dissolved(grids: GeoDataFrame) -> GeoDataFrame:
    """Return the communities that the grids name."""
    parts = grids.groupby("community").geometry
    shapes = {code: united(part.to_numpy()) for code, part in parts}
    index = pd.Index(list(shapes), name="code", dtype="str")
    frame = GeoDataFrame(geometry=list(shapes.values()), index=index, crs=grids.crs)
    return _filled("communities", frame.assign(name=index), grids=grids)

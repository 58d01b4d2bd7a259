"""A study's stations and grids as edits make them; every code and place held up.

What a page knows, it writes as codes; here each must be one of the study's.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import Index, Series
from shapely import Point

from geoplan import division
from geoplan.division import numbering
from geoplan.errors import InputError
from geoplan.hours import parse
from geoplan.model import Circle, Layers
from geoplan.recipes.edits.reading import Comment, GridEdits, Spot, StationEdits
from geoplan.study import tidy
from geoplan.study.reading import NETWORK_RIM, Study

Codes = NDArray[np.object_]


def stations_edited(study: Study, edits: StationEdits, *, file: Path) -> GeoDataFrame:
    """Return a study's stations as edits leave them; what is new stands last.

    Raises
    ------
    InputError
        A circle, station or room is not the study's, a place is far from it, a new
        code is taken, or hours cannot be understood.
    """
    layers = study.layers
    circles = {circle.name: circle for circle in study.circles}
    new = _new(layers, edits, circles=circles, file=file)
    known = {*layers.stations.index, *new.index}
    moved = {spot.code: Point(spot.x, spot.y) for spot in edits.moved}
    _known("stations.moved", moved, among=layers.stations.index, file=file)
    _known("stations.closed", edits.closed, among=layers.stations.index, file=file)
    _known("stations.hours", edits.hours, among=known, file=file)
    _understood(edits.hours, file=file)
    nearby((*edits.added, *edits.moved), study=study, file=file)
    both = [one for one in (layers.stations, new) if len(one)]
    frame = GeoDataFrame(pd.concat(both) if both else new)
    at = Series(moved, dtype=object).reindex(frame.index)
    frame = frame.set_geometry(frame.geometry.where(at.isna(), at), crs=layers.crs)
    hours = Series(dict(edits.hours), dtype=object).reindex(frame.index)
    frame = frame.assign(hours=frame["hours"].where(hours.isna(), hours).astype("str"))
    return GeoDataFrame(frame[~frame.index.isin(edits.closed)])


def _new(
    layers: Layers, edits: StationEdits, *, circles: Mapping[str, Circle], file: Path
) -> GeoDataFrame:
    """Return the stations that are added, and those opened in rooms.

    They are of their circle's tier, and offer the items that it asks for.
    """
    rooms = layers.candidates
    known: Iterable[str] = () if rooms is None else rooms.index
    _known("stations.opened", edits.opened, among=known, file=file)
    named = (*(spot.circle for spot in edits.added), *edits.opened.values())
    _known("stations.circle", (edits.circle, *named), among=circles, file=file)
    of_circle = {
        circle.name: {"tier": circle.tier, "items": "、".join(circle.items)}
        for circle in circles.values()
    }
    taken = set(layers.stations.index)
    rows: dict[str, dict[str, object]] = {}
    for spot in edits.added:
        if spot.code in taken:
            raise InputError.at("edits_code_taken", file=file, code=spot.code)
        at = Point(spot.x, spot.y)
        told = {"name": spot.name, "geometry": at}
        rows[spot.code] = told | of_circle[spot.circle]
    for code, circle in edits.opened.items():
        assert rooms is not None  # noqa: S101  its code is known
        room = rooms.loc[code]
        own = f"c-{code}" if code in taken or code in rows else code
        told = {name: room[name] for name in ("name", "area_m2", "geometry")}
        rows[own] = told | of_circle[circle]
    return tidy.with_names(_filled(rows, like=layers.stations))


def _filled(
    rows: Mapping[str, Mapping[str, object]], *, like: GeoDataFrame
) -> GeoDataFrame:
    """Return rows with every column of a layer; what is not told is empty."""
    numbers = set(like.select_dtypes("number").columns)
    index = Index(list(rows), name="code", dtype="str")
    columns = {
        name: Series(
            [row.get(name, np.nan if name in numbers else "") for row in rows.values()],
            index=index,
            dtype=like[name].dtype,
        )
        for name in like.columns.drop("geometry")
    }
    shapes = [row["geometry"] for row in rows.values()]
    return GeoDataFrame(columns, geometry=shapes, index=index, crs=like.crs)


def grids_edited(
    board: division.Board, edits: GridEdits, *, file: Path
) -> tuple[Codes, dict[str, str]]:
    """Return the grid of every unit, and the codes that new grids get instead.

    A new grid whose code does not follow its community's is numbered as ``divide``
    would number it.

    Raises
    ------
    InputError
        A unit or locked grid is not the study's.
    """
    frame = board.units.frame
    _known("grids.to", edits.to, among=frame.index, file=file)
    _known(
        "grids.locked", edits.locked, among=board.units.ground.grids.index, file=file
    )
    codes: Codes = frame["grid"].to_numpy(object).copy()
    wanted = Series(dict(edits.to), dtype=object)
    codes[frame.index.get_indexer(wanted.index)] = wanted.to_numpy()
    renamed = _renamed(board, codes)
    return np.array([renamed.get(code, code) for code in codes], dtype=object), renamed


def _renamed(board: division.Board, codes: Codes) -> dict[str, str]:
    """Return codes for the new grids that have none of their community's kind."""
    grids, frame = board.units.ground.grids, board.units.frame
    if not _nested(grids):
        return {}
    new = sorted({str(code) for code in codes} - set(grids.index))
    renamed: dict[str, str] = {}
    astray: dict[str, list[str]] = {}
    for code in new:
        owner = frame[codes == code].groupby("community")["area_m2"].sum().idxmax()
        if not code.startswith(str(owner)):
            astray.setdefault(str(owner), []).append(code)
    for community, mine in sorted(astray.items()):
        renamed |= _numbered(board, codes, community=community, new=mine)
    return renamed


def _numbered(
    board: division.Board, codes: Codes, *, community: str, new: list[str]
) -> dict[str, str]:
    """Return the codes of new grids of one community, after all that it has."""
    frame, grids = board.units.frame, board.units.ground.grids
    taken = {str(code) for code in grids.index[grids["community"] == community]}
    taken |= {str(code) for code in codes if str(code).startswith(community)}
    parts = [frame[codes == code] for code in new]
    middle = [
        [np.average(part[axis], weights=part["area_m2"]) for axis in ("x", "y")]
        for part in parts
    ]
    found = numbering.numbered(
        np.arange(len(new)),
        at=np.array(middle),
        community=community,
        codes=sorted(taken),
        row_m=float(np.sqrt(np.mean([part["area_m2"].sum() for part in parts]))),
        by=board.template,
    )
    return {code: found[i] for i, code in enumerate(new)}


def _nested(grids: GeoDataFrame) -> bool:
    """Return whether codes of grids begin with their community's."""
    return all(
        str(code).startswith(str(community))
        for code, community in grids["community"].items()
    )


def nearby(spots: Iterable[Spot | Comment], *, study: Study, file: Path) -> None:
    """Raise an error for a place farther from the grids than ways are read."""
    west, south, east, north = study.layers.grids.total_bounds
    for spot in spots:
        off = max(west - spot.x, spot.x - east, south - spot.y, spot.y - north)
        if off > NETWORK_RIM:
            code = getattr(spot, "code", "")
            raise InputError.at(
                "edits_far", file=file, code=code or "–", km=f"{off / 1000:.1f}"
            )


def _known(
    entry: str, codes: Iterable[str], *, among: Iterable[str], file: Path
) -> None:
    """Raise an error for a code that the study has not."""
    every = set(among)
    unknown = [code for code in codes if code not in every]
    if unknown:
        raise InputError.at(
            "edits_code_unknown",
            file=file,
            entry=entry,
            code=unknown[0],
            count=len(unknown),
        )


def _understood(hours: Mapping[str, str], *, file: Path) -> None:
    for code, text in hours.items():
        if text and parse(text) is None:
            raise InputError.at("edits_hours", file=file, code=code, value=text)

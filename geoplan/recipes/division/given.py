"""A division that others drew, read from any file: judged by every rule."""

from collections.abc import Sequence

import numpy as np
import shapely
from geopandas import GeoDataFrame
from pandas import DataFrame, Series

from geoplan import division
from geoplan.model import Division, Finding
from geoplan.recipes.division.asked import Asked
from geoplan.recipes.division.board import board_of
from geoplan.recipes.division.ground import Laid
from geoplan.recipes.division.record import division_record

GIVEN = "given"
_SHOWN = 5  # codes that a finding names


def given_record(
    laid: Laid,
    drawn: GeoDataFrame,
    *,
    asked: Asked,
    findings: Sequence[Finding] = (),
) -> Division:
    """Return the record of a division that others drew; its one plan is option 1.

    Its units are the overlay of both divisions. Ground in no drawn grid goes to
    the code "", which is no grid. Grids with today's codes are today's grids.

    Parameters
    ----------
    drawn : GeoDataFrame
        Index = code, unique; name and community where known; polygons, in the
        working CRS. A grid that names no community, or none that there is, is of
        the one it has most ground of, which is told.
    """
    own, guessed = _settled(drawn, today=laid.ground.grids)
    shapes = own.geometry.to_numpy()
    board = board_of(laid, asked=asked, areas=shapes)
    codes = np.append(own.index.to_numpy(object), "")
    plan = division.Plan(board=board, grid=codes[board.units.area])
    told = (*findings, *_guessed(guessed))
    return division_record(
        laid, plans=[plan], task=GIVEN, findings=told, drawn=own, loose=True
    )


def _guessed(codes: Sequence[str]) -> tuple[Finding, ...]:
    """Return which grids were taken to be of the community they lie in most."""
    if not codes:
        return ()
    facts = {"count": len(codes), "codes": "、".join(codes[:_SHOWN])}
    rule = "drawn_community_by_ground"
    return (Finding(rule=rule, level="warning", layer="grids", facts=facts),)


def _settled(
    drawn: GeoDataFrame, *, today: GeoDataFrame
) -> tuple[GeoDataFrame, list[str]]:
    """Return drawn grids by code, each with a name ("" without) and a community.

    And the codes of those whose community is told by their ground alone.
    """
    frame = drawn.sort_index().rename_axis("code")
    bare = Series("", index=frame.index)
    name = frame.get("name", bare).fillna("").astype(str)
    told = frame.get("community", bare).fillna("").astype(str)
    known = told.isin(set(today["community"]))
    most = community_by_ground(frame, today=today)
    settled = GeoDataFrame(
        {"name": name, "community": told.where(known, most)},
        geometry=frame.geometry,
        crs=frame.crs,
    )
    return settled, [str(code) for code in frame.index[~known]]


def community_by_ground(frame: GeoDataFrame, *, today: GeoDataFrame) -> Series:
    """Return the community that each grid has most ground of, "" for none."""
    shapes, grids = frame.geometry.to_numpy(), today.geometry.to_numpy()
    one, other = shapely.STRtree(grids).query(shapes, predicate="intersects")
    table = DataFrame(
        {
            "code": frame.index.to_numpy(object)[one],
            "community": today["community"].to_numpy(object)[other],
            "m2": shapely.area(shapely.intersection(shapes[one], grids[other])),
        }
    )
    summed = table.groupby(["code", "community"], as_index=False, sort=True)["m2"].sum()
    best = summed.sort_values("m2", ascending=False, kind="stable")
    first = best.drop_duplicates("code").set_index("code")["community"]
    return first.reindex(frame.index).fillna("")

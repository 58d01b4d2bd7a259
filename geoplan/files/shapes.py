"""Shapes of a layer: which are kept, and what must be so."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas import Series

from geoplan.columns import Schema
from geoplan.errors import STRICT, Faults, InputError
from geoplan.model import Finding

Shapes = NDArray[np.object_]

_TYPES = {
    0: "point",
    1: "line",
    2: "line",
    3: "polygon",
    4: "point",
    5: "line",
    6: "polygon",
}  # by shapely's type id; 7, a collection, is none
_LISTED = 20  # rows that a finding lists


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a layer comes from, for messages."""

    file: Path
    layer: str
    rows: Series  #: row numbers on the frame's index
    faults: Faults = STRICT


def kept(
    shapes: GeoSeries, *, schema: Schema, source: Source
) -> tuple[GeoSeries, tuple[Finding, ...]]:
    """Return the shapes that are there, flat and of the layer's kind.

    Rows without a shape are left out, and a finding lists them.

    Raises
    ------
    InputError
        If a shape is of a kind the layer cannot have.
    """
    bounds = shapely.bounds(shapes.to_numpy())
    there = ~shapes.isna().to_numpy() & np.isfinite(bounds).all(axis=1)
    flat = GeoSeries(
        _single(shapely.force_2d(shapes.to_numpy()[there])),
        index=shapes.index[there],
        crs=shapes.crs,
    )
    kinds = np.array([_TYPES.get(t, "") for t in shapely.get_type_id(flat.to_numpy())])
    wrong = np.flatnonzero(~np.isin(kinds, list(schema.geometry)))
    for at in wrong:
        error = InputError.at(
            "geometry_kind",
            file=source.file,
            layer=source.layer,
            row=int(source.rows.loc[flat.index[at]]),
            kind=flat.iloc[at].geom_type,
            wanted=" / ".join(sorted(schema.geometry)),
            count=int(wrong.size),
        )
        source.faults.tell(error)
    flat = flat.drop(flat.index[wrong])
    rows = source.rows.loc[~there]
    facts = {"count": len(rows), "rows": listed(list(rows))}
    gone = Finding(rule="no_geometry", level="warning", layer=source.layer, facts=facts)
    return flat, (gone,) if len(rows) else ()


def judged(
    frame: GeoDataFrame, *, schema: Schema, source: Source
) -> tuple[Finding, ...]:
    """Return findings on invalid shapes; nothing is repaired.

    Raises
    ------
    InputError
        If the layer's shapes must be valid and one is not.
    """
    shapes = frame.geometry.to_numpy()
    bad = np.flatnonzero(~shapely.is_valid(shapes) | _without_area(shapes))
    if not bad.size:
        return ()
    reasons = [
        shapely.is_valid_reason(shapes[i])
        if not shapely.is_valid(shapes[i])
        else "0 m²"
        for i in bad
    ]
    codes = [str(frame.index[i]) for i in bad]
    if schema.valid:
        for i, code, reason in zip(bad, codes, reasons, strict=True):
            error = InputError.at(
                "geometry_invalid",
                file=source.file,
                layer=source.layer,
                row=int(source.rows.iloc[i]),
                code=code,
                reason=reason,
                count=int(bad.size),
            )
            source.faults.tell(error)
        return ()
    return tuple(
        Finding(
            rule="geometry_invalid",
            level="warning",
            layer=source.layer,
            code=code,
            facts={"reason": reason, "row": int(source.rows.iloc[i])},
            geometry=shapely.point_on_surface(shapely.envelope(shapes[i])),
        )
        for i, code, reason in zip(bad, codes, reasons, strict=True)
    )


def listed(things: Sequence[object]) -> str:
    """Return things as a list of words, cut off after the first twenty."""
    words = ", ".join(str(thing) for thing in things[:_LISTED])
    return f"{words} …" if len(things) > _LISTED else words


def _single(shapes: Shapes) -> Shapes:
    """Return multi-points of one point as that point."""
    multi = shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT
    alone = multi & (shapely.get_num_geometries(shapes) == 1)
    shapes = shapes.copy()
    shapes[alone] = shapely.get_geometry(shapes[alone], 0)
    return shapes


def _without_area(shapes: Shapes) -> NDArray[np.bool_]:
    areal: NDArray[np.bool_] = np.isin(shapely.get_type_id(shapes), [3, 6])
    flat: NDArray[np.bool_] = areal & ~(shapely.area(shapes) > 0)
    return flat

"""Which grid belongs to which community, and the communities themselves."""

from dataclasses import replace

import geopandas
import numpy as np
import shapely
from geopandas import GeoDataFrame
from pandas import DataFrame, Series

from geoplan.check import thin
from geoplan.columns import Schema
from geoplan.errors import STRICT, Faults, InputError
from geoplan.files import LayerFile, empty_layer
from geoplan.model import Finding
from geoplan.union import united

_MOST = 0.5  # share of a grid that should lie in its own community
_WHOLE = 0.99  # share from which it counts as wholly inside
_SLIVER = 1.0  # m²; grids drawn apart overlap by less
_LISTED = 300  # overlaps told one by one, the largest


def settle(
    grids: LayerFile,
    *,
    communities: LayerFile | None,
    street: str,
    faults: Faults = STRICT,
) -> tuple[GeoDataFrame, GeoDataFrame, tuple[Finding, ...]]:
    """Return the grids with their community's code, and the communities.

    A grid names its community by code or by a name that only one community has;
    one that names none belongs to the one that holds its representative point.
    Without a file of communities they are dissolved from the grids; if no grid
    names one, the whole street is one community.

    Raises
    ------
    InputError
        If a grid names a community that is not there, or belongs to none.
    """
    frame = _named(grids.frame)
    overlaps = _overlapping(frame)
    named = frame["community"].mask(frame["community"] == "", frame["community_name"])
    if communities is None:
        _require_all(named, file=grids, faults=faults)
        settled, areas, told = _dissolved(frame, named, street=street)
        return settled, areas, (*told, *overlaps)
    areas = _named(communities.frame)
    known = by_code_or_name(areas)
    code = named.map(lambda written: known.get(written, ""))
    for grid in named.index[(named != "") & (code == "")]:
        error = InputError.at(
            "grid_community_unknown",
            file=grids.path,
            layer="grids",
            row=int(grids.row_numbers[grid]),
            code=grid,
            community=named[grid],
            known=_few(areas["name"].tolist()),
        )
        faults.tell(error)
    code = code.mask(code == "", _holding(frame, areas))
    for grid in code.index[code == ""]:
        error = InputError.at(
            "grid_community_none",
            file=grids.path,
            layer="grids",
            row=int(grids.row_numbers[grid]),
            code=grid,
        )
        faults.tell(error)
    settled = frame.assign(community=code).drop(columns="community_name")
    return settled, areas, (*_astray(settled, areas), *overlaps)


def before(schema: Schema) -> Schema:
    """Return the schema of grids as they were, held by their codes against today's."""
    code = replace(schema.columns["code"], need="error")
    return replace(
        schema,
        layer="earlier",
        columns={**schema.columns, "code": code},
        required=False,
        valid=False,
    )


def by_code_or_name(areas: DataFrame) -> dict[str, str]:
    """Return what may be written for an area → its code; a code beats a name."""
    single = areas.index[~areas["name"].duplicated(keep=False)]
    names = {str(areas["name"][code]): str(code) for code in single}
    return {**names, **{str(code): str(code) for code in areas.index}}


def _named(areas: GeoDataFrame) -> GeoDataFrame:
    """Return areas whose name is their code where they have none."""
    codes = Series(areas.index, index=areas.index)
    return areas.assign(name=areas["name"].mask(areas["name"] == "", codes))


def _require_all(named: Series, *, file: LayerFile, faults: Faults) -> None:
    """Tell of grids without a community, where others have one."""
    for grid in named.index[(named == "") & (named != "").any()]:
        error = InputError.at(
            "grid_community_blank",
            file=file.path,
            layer="grids",
            row=int(file.row_numbers[grid]),
            code=grid,
        )
        faults.tell(error)


def _dissolved(
    frame: GeoDataFrame, named: Series, *, street: str
) -> tuple[GeoDataFrame, GeoDataFrame, tuple[Finding, ...]]:
    if (named == "").all():
        whole = Series("1", index=frame.index, dtype=str)
        names, found = {"1": street}, "communities_none"
    else:
        whole, found = named, "communities_dissolved"
        names = dict(zip(named, frame["community_name"], strict=True))
    codes = sorted(set(whole))
    shapes = [
        united(frame.geometry.to_numpy()[(whole == code).to_numpy()]) for code in codes
    ]
    blank = empty_layer("communities", crs=frame.crs)
    areas = GeoDataFrame(
        {column: blank[column].reindex(codes) for column in blank.columns[:-1]},
        geometry=geopandas.GeoSeries(shapes, index=codes, crs=frame.crs),
    )
    areas.index.name = "code"
    areas["name"] = [names[code] or code for code in codes]
    settled = frame.assign(community=whole).drop(columns="community_name")
    finding = Finding(
        rule=found, level="info", layer="communities", facts={"count": len(codes)}
    )
    return settled, areas, (finding,)


def _holding(grids: GeoDataFrame, areas: GeoDataFrame) -> Series:
    """Return the smallest code of the communities that hold each grid's point."""
    points = shapely.point_on_surface(grids.geometry.to_numpy())
    tree = shapely.STRtree(areas.geometry.to_numpy())
    grid, area = tree.query(points, predicate="intersects")
    found = Series(areas.index.to_numpy()[area], index=grid, dtype=object)
    held = found.groupby(level=0).min()
    codes = held.reindex(np.arange(len(grids))).fillna("").to_numpy()
    return Series(codes, index=grids.index)


def _astray(grids: GeoDataFrame, areas: GeoDataFrame) -> tuple[Finding, ...]:
    """Return the grids that lie in part, or for the most part, outside their own."""
    own = areas.geometry.reindex(grids["community"]).to_numpy()
    shapes = grids.geometry.to_numpy()
    inside = shapely.area(shapely.intersection(shapes, own))
    share = np.where(shapely.is_missing(own), 1.0, inside / shapely.area(shapes))
    return tuple(
        Finding(
            rule="grid_outside_community"
            if share[i] < _MOST
            else "grid_beyond_community",
            level="error" if share[i] < _MOST else "warning",
            layer="grids",
            code=str(grids.index[i]),
            facts={
                "community": areas["name"][grids["community"].iloc[i]],
                "percent": int(100 * float(share[i])),
            },
            geometry=shapely.point_on_surface(shapes[i]),
        )
        for i in np.flatnonzero(share < _WHOLE)
    )


def _overlapping(grids: GeoDataFrame) -> tuple[Finding, ...]:
    """Return the pairs of grids that share ground, at most the 300 largest.

    A wide overlap is an error, since nobody can say whose the homes there are; a
    sliver is a border drawn apart.
    """
    shapes = grids.geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = one < other
    one, other = one[once], other[once]
    shared = shapely.intersection(shapes[one], shapes[other])
    size = shapely.area(shared)
    wide = np.flatnonzero(size > _SLIVER)
    largest = wide[np.argsort(-size[wide], kind="stable")][:_LISTED]
    sliver = thin(shared)
    pairs = tuple(
        Finding(
            rule="grids_overlap_sliver" if sliver[i] else "grids_overlap",
            level="warning" if sliver[i] else "error",
            layer="grids",
            code=str(grids.index[one[i]]),
            facts={"other": str(grids.index[other[i]]), "m2": round(float(size[i]))},
            geometry=shapely.point_on_surface(shared[i]),
        )
        for i in largest
    )
    if wide.size == largest.size:
        return pairs
    facts = {"count": int(wide.size), "listed": _LISTED}
    more = Finding(
        rule="grids_overlap_more", level="warning", layer="grids", facts=facts
    )
    return (*pairs, more)


def _few(names: list[str]) -> str:
    return "、".join(names[:20]) + (" …" if len(names) > 20 else "")  # noqa: PLR2004

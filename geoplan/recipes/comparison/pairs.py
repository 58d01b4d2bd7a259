"""Two studies on one ground: what differs, and what is held the same on both sides.

Whatever else differs, only grids and stations are compared: AFTER's are put on
BEFORE's buildings, people, ways, walker and circles, so that a difference is theirs
alone. What else differs is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely
from geopandas import GeoDataFrame
from pandas import Series

from geoplan.compare import division_differs, other_ground, station_changes
from geoplan.coverage.homes import inhabited
from geoplan.errors import InputError
from geoplan.model import Finding, Layers
from geoplan.recipes.division.asked import Level
from geoplan.study import tidy
from geoplan.study.reading import Study
from geoplan.study.sources import Input, beside
from geoplan.union import united

_COUNTS = ("households", "people")
_CODES = 5  # that a finding names
_SHARED = 0.5  # of the ground of both, at least, for one to be compared with the other


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """A study, and the same with other grids, other stations, or both."""

    before: Study
    after: Study
    grids: bool  #: whether divisions are held against each other
    stations: bool  #: whether sets of stations are
    level: Level = "grid"  #: of the divisions: communities, where grids lie as they did
    option: int | None = None  #: of the divisions in the file that ``after`` is from
    findings: tuple[Finding, ...] = ()
    others: tuple[Input, ...] = ()  #: files read besides those of ``before``


def pair_of(before: Study, other: Study) -> Pair:
    """Return a study and another on the first one's ground.

    Raises
    ------
    InputError
        They have not the same working CRS, or lie in different places.
    """
    if before.crs != other.crs:
        raise InputError.at(
            "compare_crs",
            file=other.path,
            before=before.crs.to_string(),
            after=other.crs.to_string(),
        )
    return on_one_ground(
        before,
        grids=other.layers.grids,
        communities=other.layers.communities,
        stations=other.layers.stations,
        findings=tuple(_told(before, other)),
        others=_files_of(before, other),
    )


def on_one_ground(
    before: Study,
    *,
    grids: GeoDataFrame | None = None,
    communities: GeoDataFrame | None = None,
    stations: GeoDataFrame | None = None,
    findings: tuple[Finding, ...] = (),
    others: tuple[Input, ...] = (),
) -> Pair:
    """Return a study and the same with other grids, communities or stations.

    What alone is given is compared whether it differs or not.

    Raises
    ------
    InputError
        The grids lie in another place.
    """
    layers = before.layers
    after = layers
    redrawn = grids is not None and division_differs(layers.grids, grids)
    level: Level = "grid"
    if redrawn and grids is not None:
        same_place(before, grids)
        level = _level(layers.grids, grids)
        layers = by_place(layers)
        if level == "community":
            communities = _dissolved(grids, like=communities, known=layers.communities)
        after = _regridded(layers, grids=grids, communities=communities)
    moved = stations is not None and _stations_differ(layers.stations, stations)
    if moved and stations is not None:
        after = replace(after, stations=stations)
    return Pair(
        before=replace(before, layers=layers),
        after=replace(before, layers=after),
        grids=redrawn or stations is None,
        stations=moved or (stations is not None and not redrawn),
        level=level,
        findings=findings,
        others=others,
    )


def _level(before: GeoDataFrame, after: GeoDataFrame) -> Level:
    """Return what differs: communities, if every grid of one lies as it did."""
    one, other = (grids.assign(community="") for grids in (before, after))
    told = bool((after["community"] != "").all())
    return "community" if told and not division_differs(one, other) else "grid"


def _dissolved(
    grids: GeoDataFrame, *, like: GeoDataFrame | None, known: GeoDataFrame
) -> GeoDataFrame:
    """Return the communities that grids name, called as ``like``, else ``known``."""
    areas = grids[["community", "geometry"]].dissolve("community").rename_axis("code")
    names = known["name"] if like is None else like["name"]
    return filled(areas.assign(name=names.reindex(areas.index).fillna("")), like=known)


def filled(areas: GeoDataFrame, *, like: GeoDataFrame) -> GeoDataFrame:
    """Return areas by code with the columns of a layer; what is not told is empty."""
    bare = like.iloc[:0].reindex(areas.index)
    return GeoDataFrame(bare.assign(name=areas["name"])).set_geometry(areas.geometry)


def by_place(layers: Layers) -> Layers:
    """Return layers whose buildings carry their people, and name no grid.

    Where borders move, a building is counted in the grid that holds its place.
    """
    homes, _ = inhabited(layers)
    counts = {name: homes[name] for name in _COUNTS}
    return replace(layers, buildings=layers.buildings.assign(**counts, grid=""))


def _regridded(
    layers: Layers, *, grids: GeoDataFrame, communities: GeoDataFrame | None
) -> Layers:
    """Return layers with other grids, whose people are those of their buildings."""
    numbers = set(layers.grids.select_dtypes("number").columns)
    counts = numbers - {"workers"}
    known = layers.grids.reindex(grids.index)
    columns = {}
    for name in layers.grids.columns.drop("geometry"):
        told = grids[name] if name in grids else known[name]
        if name in counts:
            columns[name] = Series(np.nan, index=grids.index)
        else:
            columns[name] = known[name] if name in numbers else told.fillna("")
    frame = GeoDataFrame(
        columns, geometry=grids.geometry.to_numpy(), index=grids.index, crs=layers.crs
    )
    own = communities if communities is not None else layers.communities
    return replace(
        layers,
        grids=tidy.with_names(frame),
        communities=own.assign(**{n: np.nan for n in counts if n in own}),
        totals={},
    )


def _stations_differ(before: GeoDataFrame, after: GeoDataFrame) -> bool:
    return bool((station_changes(before, after)["change"] != "").any())


def same_place(before: Study, grids: GeoDataFrame) -> None:
    """Raise an error if grids share less than half of the ground with a study's."""
    ours, theirs = (
        united(shapely.make_valid(one.geometry.to_numpy()))
        for one in (before.layers.grids, grids)
    )
    shared = shapely.intersection(ours, theirs).area
    if shared < _SHARED * max(ours.area, theirs.area):
        share = shared / max(ours.area, theirs.area, 1e-9)
        raise InputError.at(
            "compare_elsewhere", layer="grids", share=f"{share * 100:.0f}%"
        )


def _files_of(before: Study, other: Study) -> tuple[Input, ...]:
    """Return the files that only the other study has, beside the first one's file."""
    known = {one.sha256 for one in before.inputs}
    return tuple(
        replace(one, path=beside(other.path.parent / one.path, study=before.path))
        for one in other.inputs
        if one.sha256 not in known
    )


def _told(before: Study, other: Study) -> Iterator[Finding]:
    """Yield what else differs than grids and stations: BEFORE's is used for both."""
    for differs in other_ground(before.layers, other.layers):
        yield Finding(
            rule="compare_layer_differs",
            level="warning",
            layer=differs.layer,
            facts={
                "added": differs.added,
                "gone": differs.gone,
                "changed": differs.changed,
                "codes": "、".join(differs.codes[:_CODES]),
            },
        )
    rules = {
        "compare_network_differs": _ways_differ(before, other),
        "compare_walker_differs": before.walker != other.walker,
        "compare_circles_differ": before.circles != other.circles,
    }
    for rule, differs_there in rules.items():
        if differs_there:
            layer = "network" if "network" in rule else "study"
            yield Finding(rule=rule, level="warning", layer=layer)


def _ways_differ(before: Study, other: Study) -> bool:
    """Return whether ways, or the barriers between them, are not the same.

    The same file is the same; of two files, what they hold is compared.
    """
    if _files_of_ways(before) == _files_of_ways(other):
        return False
    sides = [
        (study.ways.frame.geometry, study.ways.surroundings.barriers.geometry)
        for study in (before, other)
    ]
    pairs = zip(*sides, strict=True)
    return not all(np.array_equal(one.to_wkb(), two.to_wkb()) for one, two in pairs)


def _files_of_ways(study: Study) -> frozenset[str]:
    walls = {file.sha256 for file in study.files if file.layer == "barriers"}
    name = study.network_path.name
    ways = {one.sha256 for one in study.inputs if Path(one.path).name == name}
    return frozenset(walls | ways)

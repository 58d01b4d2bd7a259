"""Units: what a division moves whole. Compounds, else blocks, else buildings' shares.

A block is what ways, water, railways and walls cut out of a grid. A compound or a
block is parted between its buildings only if it alone has more households than a
grid may. Land that holds nobody and is water, a strip or a corner goes with the
neighbour in its grid that has the longest border with it.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from pandas import DataFrame
from scipy.spatial import Voronoi, cKDTree

from geoplan.division.cells import Cells, cells
from geoplan.division.faces import (
    NECK,
    ROUNDED,
    Bools,
    Faces,
    Floats,
    Ints,
    Shapes,
)
from geoplan.division.given import COUNTS, Ground
from geoplan.model import Finding

_STEP = 4.0  # m between the points of footprints that shares are drawn by
_SPIKE = 2.0  # m of outline that shapes lose with their spikes, if they have any
_AWAY = 20.0  # breadths off: points so far away close every building's ground


@dataclass(frozen=True, kw_only=True, eq=False)
class Units:
    """The units of a ground, and how they border on one another."""

    ground: Ground  #: with its grids sorted by code
    #: index = unit; grid, community (codes), kind ("compound", "block", "share"),
    #: name (of the compound), block (number), the ``COUNTS``, area_m2,
    #: outline_m, x, y (of a point within); polygons
    frame: GeoDataFrame
    #: shape (buildings,): the position of each building's unit; -1 outside
    of_building: Ints
    #: one row a pair that touches: one < other (positions), border_m, hard_m (of
    #: hard barriers, and of ground that they part from a unit's homes), wall_m
    #: (without what is hard), line_m (along ways, water, railways, walls)
    borders: DataFrame
    area: Ints  #: position of the area of another division, if told; -1 for none
    torn: tuple[str, ...]  #: codes of the buildings that today's borders cut
    findings: tuple[Finding, ...]


def units(
    ground: Ground, *, most: float | None = None, areas: Shapes | None = None
) -> Units:
    """Return the units of a ground.

    ``most``: households a grid may have; ``areas``: of another division, whose
    borders no unit crosses either.
    """
    ground = replace(ground, grids=ground.grids.sort_index())
    nothing: Shapes = np.empty(0, object)
    made = cells(ground, shares=nothing, areas=areas)
    split: list[Finding] = []
    if most is not None and ground.measure == "households":
        shares, split = _shares(made, ground=ground, most=most)
        if len(shares):
            made = cells(ground, shares=shares, areas=areas)
    return _settled(made, ground=ground, split=split)


def _settled(made: Cells, *, ground: Ground, split: list[Finding]) -> Units:
    """Return the cells as units, numbered within their grids."""
    frame = _frame(made, ground)
    order = np.lexsort(
        (-frame["y"].round(3), frame["x"].round(3), frame["grid"].to_numpy())
    )
    frame = frame.iloc[order]
    number = frame.groupby("grid").cumcount() + 1
    frame.index = pd.Index(frame["grid"] + "-" + number.astype(str).str.zfill(3))
    frame.index.name = "unit"
    place = np.empty(len(order) + 1, np.int64)
    place[order] = np.arange(len(order))
    place[-1] = -1
    of_building = place[made.home]
    for name in COUNTS:
        numbers = ground.buildings[name].to_numpy(float)
        held = of_building >= 0
        frame[name] = np.bincount(
            of_building[held], weights=numbers[held], minlength=len(frame)
        )
    borders, outline = _borders(made, place=place, shapes=frame.geometry.to_numpy())
    frame["outline_m"] = outline
    area = frame.pop("area").to_numpy(np.int64)
    torn = tuple(str(code) for code in ground.buildings.index[made.torn])
    return Units(
        ground=ground,
        frame=frame,
        of_building=of_building,
        borders=borders,
        area=area,
        torn=torn,
        findings=(*split, *_torn(torn)),
    )


def _frame(made: Cells, ground: Ground) -> GeoDataFrame:
    """Return one row a cell."""
    known = np.flatnonzero(made.cell >= 0)
    face = known[np.argsort(made.cell[known], kind="stable")]
    cell = made.cell[face]
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    shapes = np.array(
        [
            shapely.coverage_union_all(part)
            for part in np.split(made.faces.shapes[face], starts[1:])
        ],
        dtype=object,
    )
    grid = made.grid[face[starts]]
    kind, name = _kinds(made, ground)
    middle = shapely.centroid(shapes)
    return GeoDataFrame(
        {
            "grid": ground.grids.index.to_numpy(object)[grid],
            "community": ground.grids["community"].to_numpy(object)[grid],
            "kind": kind,
            "name": name,
            "block": _most(made.block, made=made),
            "area": _most(made.area, made=made),
            "area_m2": shapely.area(shapes),
            "x": shapely.get_x(middle),
            "y": shapely.get_y(middle),
        },
        geometry=shapes,
        crs=ground.grids.crs,
    )


def _most(label: Ints, *, made: Cells) -> Ints:
    """Return the label that most of each cell's ground has."""
    table = DataFrame(
        {"cell": made.cell, "label": label, "m2": shapely.area(made.faces.shapes)}
    )
    summed = table[made.cell >= 0].groupby(["cell", "label"], sort=True)["m2"].sum()
    best = summed.groupby("cell").idxmax()
    return np.array([which for _, which in best], np.int64)


def _kinds(made: Cells, ground: Ground) -> tuple[Shapes, Shapes]:
    """Return what each cell is, and the name of its compound."""
    compound, share = (_most(one, made=made) for one in (made.compound, made.share))
    names = np.append(ground.compounds["name"].fillna("").astype(str), "")
    kind = np.where(compound >= 0, "compound", "block").astype(object)
    kind[share >= 0] = "share"
    return kind, names.astype(object)[compound]


def _borders(made: Cells, *, place: Ints, shapes: Shapes) -> tuple[DataFrame, Floats]:
    """Return the borders between units, and the length of each unit's outline."""
    cuts, size = made.faces, len(shapes)
    left = place[made.cell[cuts.left]]
    right = np.where(cuts.right >= 0, place[made.cell[cuts.right]], -1)
    between = left != right
    outline = np.zeros(size)
    for side in (left, right):
        some = between & (side >= 0)
        outline += np.bincount(side[some], weights=cuts.length[some], minlength=size)
    both = between & (left >= 0) & (right >= 0)
    kinds = ("way", "hard", "wall", "water", "compound")
    line: Bools = np.logical_or.reduce([cuts.on[kind] for kind in kinds])
    hard = cuts.on["hard"] | ~(made.core[cuts.left] & made.core[cuts.right])
    hard |= _on_spikes(cuts, left=left, right=right, shapes=shapes)
    wall = cuts.on["wall"] & ~hard
    table = DataFrame(
        {
            "one": np.minimum(left, right)[both],
            "other": np.maximum(left, right)[both],
            "border_m": cuts.length[both],
            "hard_m": (cuts.length * hard)[both],
            "wall_m": (cuts.length * wall)[both],
            "line_m": (cuts.length * line)[both],
        }
    )
    return table.groupby(["one", "other"], as_index=False, sort=True).sum(), outline


def _on_spikes(cuts: Faces, *, left: Ints, right: Ints, shapes: Shapes) -> Bools:
    """Return which cuts lie along ground of a unit that is no wider than a neck."""
    wide, found = _without_spikes(shapes), np.zeros(len(left), bool)
    spiky = shapely.length(shapes) - shapely.length(wide) > _SPIKE
    middle = (cuts.ends[:, :2] + cuts.ends[:, 2:]) / 2
    for side in (left, right):
        at = np.flatnonzero((side >= 0) & (left != right) & spiky[side])
        off = shapely.distance(shapely.points(middle[at]), wide[side[at]])
        found[at[off > NECK]] = True
    return found


def _without_spikes(shapes: Shapes) -> Shapes:
    """Return shapes without what of them is no wider than a neck."""
    narrow = shapely.buffer(shapes, -NECK / 2, join_style="mitre")
    wide: Shapes = shapely.buffer(narrow, NECK / 2, join_style="mitre")
    return wide


def _shares(
    made: Cells, *, ground: Ground, most: float
) -> tuple[Shapes, list[Finding]]:
    """Return the shares of buildings in cells with more households than a grid may."""
    held = np.flatnonzero(made.home >= 0)
    households = ground.buildings["households"].to_numpy(float)
    summed = np.bincount(made.home[held], weights=households[held])
    counts = np.bincount(made.home[held])
    areas, findings = [], []
    kind, name = _kinds(made, ground)
    for cell in np.flatnonzero((summed > most) & (counts > 1)):
        inside = held[made.home[held] == cell]
        shape = shapely.coverage_union_all(made.faces.shapes[made.cell == cell])
        areas.append(_shared_out(ground.buildings.geometry.to_numpy()[inside], shape))
        facts = {
            "name": str(name[cell]),
            "households": int(summed[cell]),
            "buildings": len(inside),
            "most": f"{most:g}",
        }
        of = "compound" if kind[cell] == "compound" else "block"
        findings.append(
            Finding(
                rule=f"division_{of}_parted",
                level="info",
                layer="grids",
                code=str(ground.grids.index[made.grid[made.cell == cell][0]]),
                facts=facts,
                geometry=shapely.point_on_surface(shape),
            )
        )
    nothing: Shapes = np.empty(0, object)
    return (np.concatenate(areas) if areas else nothing), findings


def _shared_out(buildings: Shapes, shape: shapely.Geometry) -> Shapes:
    """Return the part of a shape that lies nearest to each building."""
    dense = shapely.segmentize(buildings, _STEP)
    coords, owner = shapely.get_coordinates(dense, return_index=True)
    coords, first = np.unique(coords.round(2), axis=0, return_index=True)
    owner = owner[first]
    between = _halfway(coords, owner=owner, bounds=shapely.bounds(shape))
    lines = shapely.union_all([shapely.boundary(shape), *between], grid_size=ROUNDED)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    middle = shapely.point_on_surface(faces)
    inside = shapely.contains_properly(shape, middle)
    _, near = cKDTree(coords).query(shapely.get_coordinates(middle[inside]))
    nearest = owner[near]
    return np.array(
        [
            shapely.coverage_union_all(faces[inside][nearest == one])
            for one in range(len(buildings))
        ],
        dtype=object,
    )


def _halfway(coords: Floats, *, owner: Ints, bounds: Floats) -> Shapes:
    """Return the lines as far from points of one owner as from those of another."""
    low, high = bounds[:2], bounds[2:]
    away = _AWAY * float((high - low).max())
    far = np.array(
        [[-1, -1], [-1, 1], [1, -1], [1, 1], [0, 2], [2, 0], [0, -2], [-2, 0]]
    )
    middle = (low + high) / 2  # near 0 distances keep their digits
    cells = Voronoi(np.vstack([coords - middle, away * far]))
    owners = np.append(owner, np.full(len(far), -1))[cells.ridge_points]
    ends = np.array(cells.ridge_vertices)
    parts = (owners[:, 0] != owners[:, 1]) & (owners >= 0).all(axis=1)
    lines: Shapes = shapely.linestrings(cells.vertices[ends[parts]] + middle)
    return lines


def _torn(codes: tuple[str, ...]) -> tuple[Finding, ...]:
    if not codes:
        return ()
    facts = {"count": len(codes), "codes": "、".join(codes[:10])}
    return (
        Finding(
            rule="division_footprints_torn", level="info", layer="grids", facts=facts
        ),
    )

"""Faces put together to cells: compounds, blocks, shares, and no strips."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.check.rules import limit
from geoplan.division.faces import NECK, Bools, Faces, Floats, Ints, Shapes, faces
from geoplan.division.given import Ground

THIN = 8.0  # m: empty strips narrower than this (verges, medians) stand for nothing
SMALL = 2000.0  # m²: nor do empty corners smaller than this
OPEN = 1.0  # m of border without a barrier that land needs to go across it


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """What each face belongs to; arrays of shape (faces,), -1 for "none"."""

    faces: Faces
    grid: Ints  #: position of the grid
    compound: Ints  #: position of the compound
    share: Ints  #: number of the building's share
    area: Ints  #: position of the area of another division
    block: Ints  #: number of the block that ways and barriers cut out
    cell: Ints  #: number of the cell
    home: Ints  #: shape (buildings,): the cell that holds each place
    core: Bools  #: of its cell, what no hard barrier parts from its homes
    torn: Ints  #: positions of the buildings that today's borders cut


def cells(ground: Ground, *, shares: Shapes, areas: Shapes | None = None) -> Cells:
    """Return the cells of a ground.

    ``shares`` part blocks between buildings; ``areas``, of another division, part
    the ground as the grids do.
    """
    areas = np.empty(0, object) if areas is None else areas
    lines = _lines(ground, others={"share": shares, "area": areas})
    made = faces(lines, within=ground.grids.geometry.to_numpy())
    grid = made.under(ground.grids.geometry.to_numpy())
    area = made.under(areas)
    owner = np.where(grid >= 0, grid * (len(areas) + 1) + area + 1, -1)
    compound = _compounds(made, ground)
    share = made.under(shares)
    at = _faces_of(ground.places, made)
    lived = np.zeros(len(grid), bool)
    lived[at[at >= 0]] = True
    wet = (made.under(ground.water.geometry.to_numpy()) >= 0) & ~lived
    parts = made.on["way"] | made.on["wall"] | made.on["hard"]
    block = made.joined(~parts, among=(grid >= 0) & ~wet)
    whole = compound >= 0
    same = (compound[made.left] == compound[made.right]) & (
        share[made.left] == share[made.right]
    )
    border = owner[made.left] != owner[made.right]
    shut = border | made.on["hard"] | (~whole[made.left] & parts)
    first = made.joined(same & ~shut, among=(grid >= 0) & ~wet)
    first = np.where(wet & (grid >= 0), len(grid) + owner, first)
    round_them, torn = _round_footprints(first, made=made, grid=owner, ground=ground)
    inner = (round_them[made.left] == round_them[made.right]) & ~border
    parted = made.joined(inner, among=grid >= 0)
    spare = _spare(parted, made=made, lived=lived, wet=wet)
    cell = _absorbed(parted, made=made, spare=spare, wet=wet, grid=owner)
    if len(areas):
        cell = _without_slivers(cell, made=made, lived=lived, grid=grid)
    return Cells(
        faces=made,
        grid=grid,
        compound=compound,
        share=share,
        area=area,
        block=block,
        cell=cell,
        home=np.where(at >= 0, cell[at], -1),
        core=_core(cell, made=made, at=at[at >= 0]),
        torn=torn,
    )


def _core(label: Ints, *, made: Faces, at: Ints) -> Bools:
    """Return which faces are of the piece of their label where most homes are.

    Pieces are what hard barriers leave of a label; without homes the largest.
    ``at``: the face of each home.
    """
    inside = (label[made.left] == label[made.right]) & ~made.on["hard"]
    piece = made.joined(inside, among=label >= 0)
    known = piece >= 0
    size = int(piece.max(initial=-1)) + 1
    area = _summed(shapely.area(made.shapes)[known], piece[known], size=size)
    homes = np.bincount(piece[at][piece[at] >= 0], minlength=size)
    owner = np.full(size, -1, np.int64)
    owner[piece[known]] = label[known]
    order = np.lexsort((area, homes))  # the best of each label is written last
    best = np.full(int(label.max(initial=-1)) + 1, -1, np.int64)
    best[owner[order]] = order
    found: Bools = known & (piece == np.append(best, -1)[label])
    return found


def _without_slivers(label: Ints, *, made: Faces, lived: Bools, grid: Ints) -> Ints:
    """Return the labels with empty slivers between two divisions' borders gone."""
    dry = np.zeros(len(grid), bool)
    least = limit("sliver_m"), limit("speck_m2")
    spare = _spare(label, made=made, lived=lived, wet=dry, least=least)
    return _absorbed(label, made=made, spare=spare, wet=dry, grid=grid)


def _lines(ground: Ground, *, others: Mapping[str, Shapes]) -> dict[str, Shapes]:
    water = ground.water.geometry.to_numpy()
    kinds = {
        "way": ground.ways.geometry.to_numpy(),
        "hard": ground.hard,
        "wall": ground.walls,
        "compound": shapely.boundary(ground.compounds.geometry.to_numpy()),
        "water": shapely.boundary(water),
        **{kind: shapely.boundary(shapes) for kind, shapes in others.items()},
    }
    borders = shapely.boundary(ground.grids.geometry.to_numpy())
    cutting = np.concatenate([borders, *kinds.values()])
    footprints = _footprints(ground)
    met, _ = shapely.STRtree(footprints).query(cutting, predicate="intersects")[::-1]
    return kinds | {"footprint": shapely.boundary(footprints[np.unique(met)])}


def _footprints(ground: Ground) -> Shapes:
    """Return the footprints; of buildings that are points, nothing."""
    shapes = ground.buildings.geometry.to_numpy()
    flat = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004  an area
    none: Shapes = np.where(flat, shapely.make_valid(shapes), shapely.MultiPolygon())
    return none


def _compounds(made: Faces, ground: Ground) -> Ints:
    """Return the smallest compound that each face lies in."""
    areas = ground.compounds.geometry.to_numpy()
    order = np.lexsort((np.arange(len(areas)), shapely.area(areas)))
    found = made.under(areas[order])
    return np.where(found >= 0, np.append(order, -1)[found], -1)


def _faces_of(points: Shapes, made: Faces) -> Ints:
    """Return the face that holds each point; of several the first; -1 without."""
    point, face = shapely.STRtree(made.shapes).query(points, predicate="intersects")
    found = np.full(len(points), -1, np.int64)
    order = np.lexsort((-face, point))
    found[point[order]] = face[order]
    return found


def _round_footprints(
    label: Ints, *, made: Faces, grid: Ints, ground: Ground
) -> tuple[Ints, Ints]:
    """Return the labels with whole footprints given to the cell of their place.

    Also which footprints reach into another grid: they are cut there, and there
    alone: what lies in the other goes to the cell that has most of it.
    """
    footprints = _footprints(ground)
    owner = made.under(footprints)
    at = _faces_of(ground.places, made)
    under = np.flatnonzero((owner >= 0) & (grid >= 0))
    under = under[at[owner[under]] >= 0]
    home = at[owner[under]]
    here = grid[under] == grid[home]
    found = label.copy()
    found[under[here]] = label[home[here]]
    away, area = under[~here], shapely.area(made.shapes[under[~here]])
    order = np.argsort(-area, kind="stable")
    both = np.column_stack([owner[away], grid[away]])[order]
    _, first, of = np.unique(both, axis=0, return_index=True, return_inverse=True)
    found[away[order]] = found[away[order][first]][of.reshape(-1)]
    beyond = np.bincount(owner[away], weights=area, minlength=len(footprints))
    return found, np.flatnonzero(beyond > limit("speck_m2")).astype(np.int64)


def _spare(
    label: Ints,
    *,
    made: Faces,
    lived: Bools,
    wet: Bools,
    least: tuple[float, float] = (THIN, SMALL),
) -> Bools:
    """Return which labels are empty land that goes with a neighbour.

    ``least``: breadth (m) and area (m²) from which land stands for itself.
    """
    size = int(label.max()) + 1
    known = label >= 0
    area = _summed(shapely.area(made.shapes)[known], label[known], size=size)
    outline = np.zeros(size)
    left, right = label[made.left], np.where(made.right >= 0, label[made.right], -1)
    edge = left != right
    for side in (left, right):
        some = edge & (side >= 0)
        outline += _summed(made.length[some], side[some], size=size)
    empty, water = np.ones(size, bool), np.zeros(size, bool)
    empty[label[lived & known]] = False
    water[label[wet & known]] = True
    breadth = 2 * area / np.maximum(outline, limit("sliver_m"))
    return empty & (water | (breadth < least[0]) | (area < least[1]))


def _summed(values: Floats, label: Ints, *, size: int) -> Floats:
    return np.bincount(label, weights=values, minlength=size).astype(float)


def _absorbed(
    label: Ints, *, made: Faces, spare: Bools, wet: Bools, grid: Ints
) -> Ints:
    """Return the labels after spare land went with its neighbours.

    The smallest goes first, to the neighbour in its grid with the longest border;
    land, where it can, across what is no hard barrier.
    """
    left, right = label[made.left], np.where(made.right >= 0, label[made.right], -1)
    inner = (left != right) & (left >= 0) & (right >= 0)
    inner &= grid[made.left] == grid[made.right]
    beside: list[dict[int, NDArray[np.float64]]] = [{} for _ in spare]
    rows = zip(
        left[inner].tolist(),
        right[inner].tolist(),
        made.length[inner].tolist(),
        made.on["hard"][inner].tolist(),
        strict=True,
    )
    for one, other, metres, hard in rows:
        for a, b in ((one, other), (other, one)):
            border = beside[a].setdefault(b, np.zeros(2))
            border += (0.0 if hard else metres, metres)
    known = label >= 0
    area = _summed(shapely.area(made.shapes)[known], label[known], size=len(spare))
    is_wet = np.zeros(len(spare), bool)
    is_wet[label[wet & known]] = True
    goes = np.arange(len(spare))
    for one, other in _merging(beside, area=area, spare=spare, wet=is_wet):
        goes[one] = other
    while (goes[goes] != goes).any():
        goes = goes[goes]
    _, found = np.unique(np.where(known, goes[label], -1), return_inverse=True)
    return (found - (0 if known.all() else 1)).astype(np.int64)


def _worth(border: Floats, *, wet: bool) -> tuple[float, float]:
    """Return by what a neighbour is chosen: the open border, for land, then all."""
    open_m = border[1] if wet else border[0] * (border[0] >= OPEN)
    return float(open_m), float(border[1])


def _merging(
    beside: list[dict[int, Floats]], *, area: Floats, spare: Bools, wet: Bools
) -> Iterator[tuple[int, int]]:
    """Yield what goes with what; first what lies beside something that stays.

    What has no more than a neck in common with it, as specks have, goes last,
    one by one.
    """
    waiting = [int(i) for i in np.lexsort((np.arange(len(area)), area)) if spare[i]]
    stays, least = ~spare, NECK
    while waiting:
        later = []
        for one in waiting:
            near = [
                other
                for other, border in beside[one].items()
                if stays[other] and border[1] > least
            ]
            if not near:
                later.append(one)
                continue
            best = max(
                near, key=lambda o: (*_worth(beside[one][o], wet=bool(wet[one])), -o)
            )
            yield one, best
            least = NECK
            for other, border in beside[one].items():
                if other != best:
                    beside[best].setdefault(other, np.zeros(2))
                    beside[best][other] = beside[best][other] + border
                    beside[other][best] = beside[best][other]
                beside[other].pop(one, None)
        if len(later) == len(waiting):
            if not least:  # only spare land left here: it stays
                break
            least = 0.0  # for one of them: then others may have more in common
        waiting = later

"""The rules of one piece: a grid hangs together, and no barrier parts its homes."""

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from geoplan.division.apart import Held, apart_already, forebears
from geoplan.division.case import Case, Codes, Ruled
from geoplan.division.faces import NECK, Shapes

_PIECE = 1.0  # m²: specks of rounding are no piece
_NEAR = 0.01  # m


def whole(case: Case) -> Ruled:
    """Every grid is one piece; a piece that is apart today may stay apart."""
    parts, owner = _parts(case.before.geometry.to_numpy())
    held = [(str(case.before.index[at]), part) for part, at in enumerate(owner)]
    tree = shapely.STRtree(parts)
    pieces, of = _parts(case.after.geometry.to_numpy())
    inner = shapely.buffer(pieces, -_NEAR)  # drawn borders may miss one another
    inner = np.where(shapely.is_empty(inner), pieces, inner)
    return _unless_apart(
        "G1",
        (
            (
                str(case.after.index[at]),
                [[held[i] for i in _under(one, tree)] for one in inner[of == at]],
            )
            for at in np.flatnonzero(np.bincount(of) > 1)
        ),
        case=case,
    )


def across(case: Case) -> Ruled:
    """No grid has homes on both sides of a railway, water or motorway.

    Homes that are apart from most of their grid today may be apart from each other.
    """
    side = np.zeros(len(case.was), np.intp)
    for _, parts in _sides(case, case.before, of=case.was):
        for homes in sorted(chain.from_iterable(parts), key=len)[:-1]:
            side[homes] = 1 + homes
    held = list(zip(map(str, case.was), side.tolist(), strict=True))
    cut = (
        (code, [[held[b] for b in homes] for homes in chain.from_iterable(parts)])
        for code, parts in _sides(case, case.after, of=case.now)
        if any(len(sides) > 1 for sides in parts)
    )
    return _unless_apart("G2", cut, case=case)


def _unless_apart(
    rule: str, cut: Iterable[tuple[str, list[list[Held]]]], *, case: Case
) -> Ruled:
    """Return a rule that grids in pieces break, unless they lie so today."""
    today, now = (set(map(str, one.index)) for one in (case.before, case.after))
    known = {
        code: apart_already(pieces, of=forebears(code, today=today, now=now))
        for code, pieces in cut
    }
    return Ruled(
        id=rule,
        level="error",
        offenders=tuple(sorted(code for code in known if not known[code])),
        inherited=tuple(sorted(code for code in known if known[code])),
    )


def _parts(shapes: Shapes) -> tuple[Shapes, NDArray[np.intp]]:
    """Return the pieces of shapes that are no specks, and the shape of each.

    What hangs together by a neck alone is in pieces.
    """
    narrow = shapely.buffer(shapes, -NECK / 2, join_style="mitre")
    parts, owner = shapely.get_parts(narrow, return_index=True)
    wide = shapely.area(parts) > _PIECE
    return parts[wide], owner[wide]


def _under(shape: shapely.Geometry, tree: shapely.STRtree) -> list[int]:
    """Return the fewest of a tree's areas that a shape lies on, but for specks."""
    near = tree.query(shape)
    shared = shapely.area(shapely.intersection(tree.geometries[near], shape))
    found: list[int] = []
    for at in near[np.argsort(-shared, kind="stable")]:  # areas may overlap
        if found and shape.area <= _PIECE:
            break
        left = shapely.difference(shape, tree.geometries[at])
        if not found or shape.area - left.area > _PIECE:
            found.append(int(at))
        shape = left
    return found


def _sides(
    case: Case, grids: GeoDataFrame, *, of: Codes
) -> Iterator[tuple[str, list[list[NDArray[np.intp]]]]]:
    """Yield grids, and of each of their pieces the buildings on each lived side.

    ``of``: the grid of each building. Only grids in pieces or that barriers cut.
    """
    barriers, places = map(shapely.STRtree, (case.ground.hard, case.ground.places))
    for code, shape in grids.geometry.items():
        lines = case.ground.hard[barriers.query(shape, predicate="intersects")]
        parts = shapely.get_parts(shape)
        if len(parts) < 2 and not len(lines):  # noqa: PLR2004  one piece is whole
            continue
        mine = of == code
        held = [
            [places.query(cell, predicate="contains") for cell in _cut(part, lines)]
            for part in parts
        ]
        yield (
            str(code),
            [[at[mine[at]] for at in cells if mine[at].any()] for cells in held],
        )


def _cut(shape: shapely.Geometry, lines: Shapes) -> Shapes:
    """Return the cells that lines cut a shape into."""
    noded = shapely.union_all([shape.boundary, *lines])
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = shapely.contains_properly(shape, shapely.point_on_surface(cells))
    found: Shapes = cells[inside]
    return found

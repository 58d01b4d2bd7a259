"""How today's grids are drawn and numbered: borders along ways, shapes, order.

None of it is a mistake; each is told once for the whole division.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import Series

from geoplan import codes as codes_
from geoplan.check.rules import limit
from geoplan.model import Finding, Layers, Network, Surroundings

_LEAST = 2  # grids of which one can differ from another
_SHOWN = 3  # examples of an order that is not kept
Shapes = NDArray[np.object_]


def check_outlines(
    layers: Layers, *, network: Network | None, surroundings: Surroundings | None
) -> tuple[Finding, ...]:
    """Return how far borders follow ways, how compact grids are, how numbered."""
    found = [*_compactness(layers.grids), *_order(layers.grids)]
    if network is not None and surroundings is not None:
        lines = _to_follow(layers, network=network, surroundings=surroundings)
        found += _along(layers.grids, lines=lines)
    return tuple(found)


def compactness(shapes: Shapes) -> NDArray[np.float64]:
    """Return the share of the circle of equal outline that areas fill (Polsby-Popper).

    1 for a circle, 0.785 for a square. Source: Polsby and Popper (1991), The third
    criterion, Yale Law & Policy Review 9.
    """
    outline = shapely.length(shapes)
    area = 4 * np.pi * shapely.area(shapes)
    filled: NDArray[np.float64] = area / np.where(outline > 0, outline, 1.0) ** 2
    return filled


def _compactness(grids: GeoDataFrame) -> tuple[Finding, ...]:
    if len(grids) < _LEAST:
        return ()
    filled = Series(compactness(grids.geometry.to_numpy()), index=grids.index)
    facts = {
        "least": f"{filled.min():.2f}",
        "most": f"{filled.max():.2f}",
        "median": f"{filled.median():.2f}",
        "lowest": str(grids["name"][filled.idxmin()]),
        "highest": str(grids["name"][filled.idxmax()]),
    }
    return (Finding(rule="grids_compact", level="info", layer="grids", facts=facts),)


def _to_follow(
    layers: Layers, *, network: Network, surroundings: Surroundings
) -> Shapes:
    """Return what a border may follow: ways, water, railways, walls."""
    walls = [layers.compounds] if layers.compounds is not None else []
    around = (surroundings.barriers, surroundings.water, surroundings.rails)
    frames = (network.edges, *around, *walls)
    lines = [frame.geometry.to_numpy() for frame in frames]
    areas = [shapely.get_dimensions(some) == 2 for some in lines]  # noqa: PLR2004  areas
    edged = [
        np.where(area, shapely.boundary(some), some)
        for some, area in zip(lines, areas, strict=True)
    ]
    return np.concatenate(edged)


def _along(grids: GeoDataFrame, *, lines: Shapes) -> tuple[Finding, ...]:
    """Return which share of the borders runs along something (G4).

    Borders are asked every few metres; one that two grids share counts once.
    """
    every = shapely.get_parts(shapely.union_all(shapely.boundary(grids.geometry)))
    if not len(every) or not len(lines):
        return ()
    tree = shapely.STRtree(lines)
    points, _ = _points(every)
    whole = _near(points, tree).mean()
    of_grid, owner = _points(shapely.boundary(grids.geometry.to_numpy()))
    share = Series(_near(of_grid, tree)).groupby(owner).mean()
    worst = int(share.idxmin())
    facts = {
        "percent": round(100 * float(whole)),
        "metres": f"{limit('along_m'):g}",
        "least": round(100 * float(share[worst])),
        "name": str(grids["name"].iloc[worst]),
    }
    return (Finding(rule="borders_along", level="info", layer="grids", facts=facts),)


def _points(lines: Shapes) -> tuple[Shapes, NDArray[np.intp]]:
    """Return points every few metres of lines, and whose each is."""
    length = shapely.length(lines)
    count = np.maximum(1, np.round(length / limit("border_step_m"))).astype(int)
    owner = np.repeat(np.arange(len(lines)), count)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    place = (np.arange(len(owner)) - first[owner] + 0.5) / count[owner]
    return shapely.line_interpolate_point(lines[owner], place * length[owner]), owner


def _near(points: Shapes, tree: shapely.STRtree) -> NDArray[np.bool_]:
    """Return which points lie within the width of a way of something."""
    met, _ = tree.query(points, predicate="dwithin", distance=limit("along_m"))
    near = np.zeros(len(points), bool)
    near[met] = True
    return near


def _order(grids: GeoDataFrame) -> tuple[Finding, ...]:
    """Return the communities whose grids are not numbered from north-west on (K2).

    However "west to east, north to south" is read, no grid lies wholly both north
    and west of one with a smaller number; codes that are no numbers of one length
    tell nothing.
    """
    wrong = [
        (str(owner), pair)
        for owner, group in grids.groupby("community", sort=True)
        if (pair := _against(group)) is not None
    ]
    if not wrong:
        return ()
    facts = {
        "count": len(wrong),
        "all": grids["community"].nunique(),
        "pairs": _listed([pair for _, pair in wrong]),
    }
    return (Finding(rule="numbering_order", level="info", layer="grids", facts=facts),)


def _against(group: GeoDataFrame) -> tuple[str, str] | None:
    """Return a later and an earlier number that stand the wrong way round, if any."""
    every = [str(code) for code in group.index]
    digits = all(code.isascii() and code.isdigit() for code in every)
    if not digits or len({len(code) for code in every}) > 1 or len(every) < _LEAST:
        return None
    if any(codes_.is_made(code) for code in every):
        return None
    ordered = group.sort_index()
    west, _, _, north = shapely.bounds(ordered.geometry.to_numpy()).T
    place = shapely.get_coordinates(shapely.centroid(ordered.geometry.to_numpy()))
    # [i, j]: the middle of the later j lies west and north of all of the earlier i
    beyond = (place[None, :, 0] < west[:, None]) & (place[None, :, 1] > north[:, None])
    pairs = np.argwhere(np.triu(beyond, k=1))
    if not len(pairs):
        return None
    earlier, later = pairs[0]
    names = ordered["name"].astype(str).to_numpy()
    return str(names[later]), str(names[earlier])


def _listed(pairs: Sequence[tuple[str, str]]) -> str:
    shown = "、".join(f"{later} – {earlier}" for later, earlier in pairs[:_SHOWN])
    return shown + (" …" if len(pairs) > _SHOWN else "")

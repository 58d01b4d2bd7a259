"""Towns for divisions: square blocks of 100 m with ways between them.

A town is drawn in letters, a block each; the same letter is the same grid, and a
capital and its small letter are two grids of one community. In the middle of each
block stands a house of 20 m with 100 households.
"""

import numpy as np
import shapely
from geopandas import GeoDataFrame

from geoplan.division.given import COUNTS, Ground

CRS = "EPSG:4547"
SIDE = 100.0


def named_lines(lines, name="路"):
    names = [f"{name}{i + 1}" for i in range(len(lines))]
    return GeoDataFrame({"name": names}, geometry=list(lines), crs=CRS)


def areas(shapes, names=None):
    names = names or [""] * len(shapes)
    return GeoDataFrame({"name": names}, geometry=list(shapes), crs=CRS)


def lines(*coords):
    found = np.empty(len(coords), object)
    found[:] = [shapely.LineString(one) for one in coords]
    return found


def lattice(rows):
    """Return the ways round every block, one a side of a block."""
    high, wide = len(rows), len(rows[0])
    across = [
        shapely.LineString([(SIDE * x, SIDE * y), (SIDE * (x + 1), SIDE * y)])
        for y in range(high + 1)
        for x in range(wide)
    ]
    up = [
        shapely.LineString([(SIDE * x, SIDE * y), (SIDE * x, SIDE * (y + 1))])
        for x in range(wide + 1)
        for y in range(high)
    ]
    return [*across, *up]


def block(x, y):
    return shapely.box(SIDE * x, SIDE * y, SIDE * (x + 1), SIDE * (y + 1))


def house(x, y, half=10.0):
    middle = SIDE * (x + 0.5), SIDE * (y + 0.5)
    return shapely.box(
        middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half
    )


def town(rows, *, households=100, ways=None, buildings=None, kinds=None, **more):
    """Return the ground of a drawn town; the first row is the northernmost.

    ``households``: of every house, or a mapping (x, y) → so many.
    ``buildings``: (shape, households, compound) instead of the houses.
    """
    cells = {
        (x, len(rows) - 1 - y): letter
        for y, row in enumerate(rows)
        for x, letter in enumerate(row)
    }
    letters = sorted(set(cells.values()))
    codes = [code_of(letter) for letter in letters]
    shapes = [
        shapely.union_all([block(*at) for at in cells if cells[at] == letter])
        for letter in letters
    ]
    grids = GeoDataFrame(
        {
            "name": letters,
            "community": [code[:12] for code in codes],
            "kind": [(kinds or {}).get(letter, "综合") for letter in letters],
        },
        index=codes,
        geometry=shapes,
        crs=CRS,
    ).rename_axis("code")
    if buildings is None:
        many = households if isinstance(households, dict) else {}
        usual = 100 if isinstance(households, dict) else households
        buildings = [(house(*at), many.get(at, usual), "") for at in sorted(cells)]
    frame = GeoDataFrame(
        {"name": "", "compound": [one[2] for one in buildings]}
        | dict.fromkeys(COUNTS, 0.0)
        | {
            "households": [float(one[1]) for one in buildings],
            "people": [2.0 * one[1] for one in buildings],
            "buildings": 1.0,
        },
        index=[f"b{i:03d}" for i in range(len(buildings))],
        geometry=[one[0] for one in buildings],
        crs=CRS,
    )
    ways = lattice(rows) if ways is None else ways
    ends = {xy for line in ways for xy in (line.coords[0], line.coords[-1])}
    nothing = np.empty(0, object)
    given = {
        "compounds": areas([]),
        "hard": nothing,
        "walls": nothing,
        "gates": nothing,
        "water": areas([]),
        "rails": named_lines([]),
    } | more
    return Ground(
        grids=grids,
        buildings=frame,
        places=shapely.point_on_surface(frame.geometry.to_numpy()),
        ways=named_lines(ways),
        junctions=shapely.points(sorted(ends)),
        **given,
    )


def code_of(letter):
    """Return a grid's code: its community by the letter, its number by the case."""
    community = f"999999001{ord(letter.upper()) - ord('A') + 1:03d}"
    return community + ("001" if letter.isupper() else "002")

"""Buildings on parcels: rows that face south, towers, sheds, old houses."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from blocks import Parcel, lots
from shapely import LineString, Polygon, affinity
from shapely.geometry.base import BaseGeometry

HALF_CORRIDOR = 5.0  # metres kept free each side of a compound's main path
SETBACK = 5.0  # metres between buildings and the edge of their parcel


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a kind of parcel is built up; metres."""

    use: str  #: of the buildings
    depth: float
    lengths: tuple[float, ...]
    pitch: float  #: from row to row
    gap: float  #: between neighbours in a row
    levels: tuple[int, int]  #: fewest and most
    shape: str = "slab"  #: slab, stepped, cross or winged
    kept: float = 0.94  #: share of the sites in the rows that are built on


STYLES = {
    "slabs_old": Style(
        use="住宅", depth=11, lengths=(22, 32, 44, 56), pitch=29, gap=9, levels=(3, 6)
    ),
    "slabs_new": Style(
        use="住宅",
        depth=13,
        lengths=(24, 36, 50, 66),
        pitch=41,
        gap=13,
        levels=(5, 8),
        shape="stepped",
    ),
    "towers": Style(
        use="住宅",
        depth=19,
        lengths=(29,),
        pitch=58,
        gap=26,
        levels=(11, 22),
        shape="cross",
        kept=0.8,
    ),
    "works": Style(
        use="工业", depth=28, lengths=(48, 72, 96), pitch=44, gap=11, levels=(1, 2)
    ),
    "office": Style(
        use="办公", depth=30, lengths=(34, 44), pitch=58, gap=20, levels=(6, 20)
    ),
    "school": Style(
        use="学校",
        depth=15,
        lengths=(42, 58),
        pitch=37,
        gap=12,
        levels=(3, 5),
        shape="winged",
    ),
    "college": Style(
        use="学校",
        depth=17,
        lengths=(48, 66),
        pitch=48,
        gap=16,
        levels=(4, 7),
        shape="winged",
        kept=0.8,
    ),
    "hospital": Style(
        use="医院", depth=21, lengths=(54, 70), pitch=46, gap=14, levels=(4, 12)
    ),
    "market": Style(
        use="商业", depth=18, lengths=(34, 46), pitch=26, gap=6, levels=(1, 2)
    ),
    "depot": Style(
        use="仓储", depth=20, lengths=(30, 44), pitch=32, gap=10, levels=(1, 1)
    ),
}
HOMES = ("slabs_old", "slabs_new", "towers")
GROUNDS = ("school", "college")  #: parcels with a sports ground in the south


@dataclass(frozen=True, kw_only=True, eq=False)
class House:
    """One building."""

    shape: Polygon
    use: str
    levels: int
    kind: str  #: of its parcel, or "small"


@dataclass(kw_only=True, eq=False)
class Layout:
    """A parcel with its buildings and inner paths."""

    parcel: Parcel
    houses: list[House] = field(default_factory=list)
    spine: LineString | None = None
    rows: list[LineString] = field(default_factory=list)
    pitch: Polygon | None = None  #: a sports ground


def lay_out(parcel: Parcel, rng: np.random.Generator) -> Layout:
    """Return the buildings and inner paths of a parcel."""
    layout = Layout(parcel=parcel)
    if parcel.use in STYLES:
        _rows(layout, STYLES[parcel.use], rng)
    elif parcel.use == "old":
        layout.houses.extend(_old(parcel.shape, rng))
    elif parcel.use == "shops":
        layout.houses.extend(_shops(parcel.shape, rng))
    elif parcel.use == "mall":
        layout.houses.extend(_mall(parcel.shape, rng))
    return layout


def _rows(layout: Layout, style: Style, rng: np.random.Generator) -> None:
    shape = layout.parcel.shape
    angle, origin = _row_angle(shape), shape.centroid
    turned = affinity.rotate(shape, -angle, origin=origin)
    inner = turned.buffer(-SETBACK, join_style="mitre")
    if inner.is_empty:
        return
    west, south, east, north = inner.bounds
    if layout.parcel.use in GROUNDS:
        pitch = _sports_ground(inner)
        south = pitch.bounds[3] + 4 if pitch is not None else south
        layout.pitch = pitch and affinity.rotate(pitch, angle, origin=origin)
    spine_x = west + (east - west) * rng.uniform(0.3, 0.7)
    spine = _longest(inner.intersection(_vertical(spine_x, south, north)))
    houses, rows = [], []
    room = max(north - south - style.depth, 0.0)
    y = south + min(room % style.pitch, style.pitch * 0.4) * rng.uniform(0.3, 1.0)
    while y + style.depth <= north:
        for left, right in _free(inner, y, style.depth, without=spine_x):
            houses.extend(_row(left, right, y, style=style, rng=rng))
        rows.append(_horizontal(y + style.depth + 3.5, west, east).intersection(inner))
        y += style.pitch + rng.uniform(-1.0, 1.5)
    paths = [_through(row, spine_x) for row in rows]

    def back(geometry: BaseGeometry) -> BaseGeometry:
        return affinity.rotate(geometry, angle, origin=origin)

    kept = [
        h for h in houses if inner.buffer(0.1).contains(h) and rng.random() < style.kept
    ]
    for house in kept:
        levels = int(rng.integers(style.levels[0], style.levels[1] + 1))
        layout.houses.append(
            House(
                shape=back(house), use=style.use, levels=levels, kind=layout.parcel.use
            )
        )
    layout.spine = back(spine) if spine is not None else None
    layout.rows = [back(path) for path in paths if path is not None]
    if layout.parcel.use in HOMES:
        _small(layout, back(inner), rng)


def _row_angle(shape: Polygon) -> float:
    """Return the direction of the parcel's sides that is nearest to east."""
    corners = np.asarray(shape.minimum_rotated_rectangle.exterior.coords)
    side = corners[1] - corners[0]
    angle = float(np.degrees(np.arctan2(side[1], side[0])))
    return (angle + 45.0) % 90.0 - 45.0


def _free(
    inner: Polygon, y: float, depth: float, *, without: float
) -> list[tuple[float, float]]:
    """Return the stretches where a row of this depth fits, clear of the spine."""
    west, _, east, _ = inner.bounds
    common: BaseGeometry = LineString([(west, 0), (east, 0)])
    for height in (y, y + depth / 2, y + depth):
        line = _horizontal(height, west, east).intersection(inner)
        parts = [
            LineString([(part.bounds[0], 0), (part.bounds[2], 0)])
            for part in shapely.get_parts(line)
            if part.geom_type == "LineString" and part.length > 1
        ]
        common = common.intersection(shapely.union_all(parts))
    corridor = shapely.box(without - HALF_CORRIDOR, -1, without + HALF_CORRIDOR, 1)
    stretches = shapely.get_parts(common.difference(corridor))
    return [
        (part.bounds[0], part.bounds[2])
        for part in stretches
        if part.geom_type == "LineString" and part.length > 1
    ]


def _row(
    left: float,
    right: float,
    y: float,
    *,
    style: Style,
    rng: np.random.Generator,
) -> list[Polygon]:
    """Return the buildings of one stretch, spread evenly over it."""
    lengths: list[float] = []
    while True:
        length = float(rng.choice(style.lengths))
        if sum(lengths) + length + style.gap * len(lengths) > right - left:
            break
        lengths.append(length)
    shortest = min(style.lengths)
    if sum(lengths) + shortest + style.gap * len(lengths) <= right - left:
        lengths.append(shortest)
    if not lengths:
        return []
    spare = (right - left - sum(lengths) - style.gap * (len(lengths) - 1)) / len(
        lengths
    )
    x = left + spare / 2
    row = []
    for length in lengths:
        shift = rng.uniform(-0.3, 0.3) * min(spare, 6.0)
        row.append(_outline(x + shift, y, length, style=style, rng=rng))
        x += length + style.gap + spare
    return row


def _outline(
    x: float, y: float, length: float, *, style: Style, rng: np.random.Generator
) -> Polygon:
    depth = style.depth
    if style.shape == "cross":
        wide = shapely.box(x, y + depth * 0.3, x + length, y + depth * 0.75)
        deep = shapely.box(x + length * 0.28, y, x + length * 0.72, y + depth)
        return shapely.union(wide, deep)
    slab = shapely.box(x, y, x + length, y + depth)
    if style.shape == "stepped" and rng.random() < 0.6:  # noqa: PLR2004  a share
        count = max(int(length // 16), 2)
        width = length / count
        units = [
            shapely.box(
                x + i * width,
                y + 1.6 * (i % 2),
                x + (i + 1) * width,
                y + depth - 1.6 * ((i + 1) % 2),
            )
            for i in range(count)
        ]
        return shapely.union_all(units).buffer(0.0)
    if style.shape == "winged" and rng.random() < 0.6:  # noqa: PLR2004  a share
        side = x if rng.random() < 0.5 else x + length - 13  # noqa: PLR2004  a coin
        return shapely.union(slab, shapely.box(side, y, side + 13, y + depth + 11))
    return slab


def _small(layout: Layout, inner: BaseGeometry, rng: np.random.Generator) -> None:
    """Add a few small buildings: boiler house, property office, bicycle shed."""
    taken = shapely.union_all([h.shape for h in layout.houses]).buffer(3.5)
    paths = [*layout.rows, *([layout.spine] if layout.spine is not None else [])]
    taken = taken.union(shapely.union_all(paths).buffer(2.2))
    angle = _row_angle(layout.parcel.shape)
    west, south, east, north = inner.bounds
    wanted = int(rng.integers(1, 4))
    for _ in range(24):
        x, y = rng.uniform((west, south), (east, north))
        w, h = rng.choice([(13.0, 9.0), (18.0, 4.5), (9.0, 7.0), (22.0, 11.0)])
        box = affinity.rotate(shapely.box(x, y, x + w, y + h), angle)
        if not inner.contains(box) or taken.intersects(box):
            continue
        levels = int(rng.integers(1, 3))
        layout.houses.append(
            House(shape=box, use="配套设施", levels=levels, kind="small")
        )
        taken = taken.union(box.buffer(3.5))
        wanted -= 1
        if not wanted:
            return


def _old(shape: Polygon, rng: np.random.Generator) -> list[House]:
    """Return one low house on its lot, now and then round a yard, or nothing."""
    if rng.random() < 0.10:  # noqa: PLR2004  share of empty lots
        return []
    body = shape.buffer(-0.45, join_style="mitre")
    if body.geom_type != "Polygon" or body.area < 35:  # noqa: PLR2004  too small
        return []
    if body.area > 90 and rng.random() < 0.45:  # noqa: PLR2004  round a yard
        corners = np.asarray(body.minimum_rotated_rectangle.exterior.coords)[:4]
        i = int(rng.integers(4))
        to_next, to_last = corners[(i + 1) % 4], corners[i - 1]
        share = rng.uniform(0.35, 0.5)
        a = corners[i] + (to_next - corners[i]) * share
        b = corners[i] + (to_last - corners[i]) * share
        yard = Polygon([corners[i], a, a + b - corners[i], b])
        body = body.difference(yard.buffer(0.2, join_style="mitre"))
    if body.geom_type != "Polygon":
        return []
    use = "住宅" if rng.random() < 0.93 else "商业"  # noqa: PLR2004  a share
    levels = int(rng.integers(1, 4))
    return [House(shape=body, use=use, levels=levels, kind="old")]


def _shops(shape: Polygon, rng: np.random.Generator) -> list[House]:
    """Return the houses of a row of shops along a main road."""
    houses = []
    for lot in lots(shape, target=430.0, rng=rng):
        body = lot.buffer(-0.6, join_style="mitre").simplify(0.4)
        if body.geom_type != "Polygon" or body.area < 60:  # noqa: PLR2004  too small
            continue
        box = body.minimum_rotated_rectangle
        crooked = body.area < 0.72 * box.area
        if crooked or box.length**2 > 70 * box.area or rng.random() < 0.08:  # noqa: PLR2004
            continue
        levels = int(rng.integers(1, 5))
        houses.append(House(shape=body, use="商业", levels=levels, kind="shops"))
    return houses


def _mall(shape: Polygon, rng: np.random.Generator) -> list[House]:
    body = shape.buffer(-22, join_style="mitre").buffer(13, join_style="mitre")
    body = body.intersection(shape.buffer(-6, join_style="mitre"))
    parts = [p for p in shapely.get_parts(body) if p.area > 500]  # noqa: PLR2004
    levels = int(rng.integers(4, 7))
    return [House(shape=p, use="商业", levels=levels, kind="mall") for p in parts]


def _sports_ground(inner: Polygon) -> Polygon | None:
    """Return a running track's ground in the south of a school, if it fits."""
    west, south, east, north = inner.bounds
    for length, width in ((150, 75), (110, 60), (80, 42), (56, 32)):
        for x in np.linspace(west, max(east - length, west), 5):
            ground = shapely.box(x, south + 3, x + length, south + 3 + width)
            if inner.contains(ground) and width < (north - south) * 0.42:
                return ground.buffer(-width * 0.3).buffer(width * 0.3, quad_segs=4)
    return None


def _vertical(x: float, south: float, north: float) -> LineString:
    return LineString([(x, south - 1), (x, north + 1)])


def _horizontal(y: float, west: float, east: float) -> LineString:
    return LineString([(west - 1, y), (east + 1, y)])


def _longest(geometry: BaseGeometry) -> LineString | None:
    parts = [p for p in shapely.get_parts(geometry) if p.length > 1]
    return max(parts, key=lambda part: part.length) if parts else None


def _through(row: BaseGeometry, x: float) -> LineString | None:
    """Return the part of a row's path that meets the spine, three metres short."""
    for part in shapely.get_parts(row):
        if part.geom_type != "LineString":
            continue
        left, _, right, _ = part.bounds
        if left + 8 < x < right - 8:
            y = part.bounds[1]
            return LineString([(left + 3, y), (right - 3, y)])
    return None

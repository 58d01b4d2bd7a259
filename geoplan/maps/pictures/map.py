"""The map of a picture: ground, answer, stations, names, scale."""

from collections.abc import Sequence
from typing import Any

import shapely
from geopandas import GeoDataFrame, GeoSeries
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Polygon
from matplotlib.patheffects import withStroke

from geoplan.maps.answer import counted
from geoplan.maps.basemap import WAY_CLASSES, way_classes
from geoplan.maps.outlines import calmed
from geoplan.maps.pictures.sheet import (
    ALARM,
    BLUE,
    CLASSES,
    INK,
    PAPER,
    WORST,
    Sheet,
)
from geoplan.model import Network, Surroundings

#: Where the map lies: left, bottom, width, height, as shares of the sheet.
PLACE = (0.02, 0.115, 0.735, 0.725)
_MARGIN = 0.03  # of the study, left free round it
_NONE = "#F6F4EF"  # a grid in which nobody lives
_BREADTH = dict(zip(WAY_CLASSES, (0.3, 0.5, 0.9, 1.4, 2.2, 2.4), strict=True))
_BAR = 0.16  # share of the map's width that a scale bar may take
_FEW = 20  # stations that may be large


def draw(
    axes: Axes, sheet: Sheet, *, network: Network, surroundings: Surroundings
) -> None:
    """Draw the map of a sheet."""
    _frame(axes, sheet.coverage.grids)
    box = shapely.box(*axes.get_xlim()[:1], *axes.get_ylim()[:1], *_upper(axes))
    _plot(axes, surroundings.green, box, color="#E6EBDD", linewidth=0)
    _shares(axes, sheet)
    _plot(axes, surroundings.water, box, color="#C9DCE8", linewidth=1.2)
    _ways(axes, network, box)
    _plot(axes, surroundings.rails, box, color="#9AA0A8", linewidth=0.8)
    _homes(axes, sheet)
    _answer(axes, sheet)
    _stations(axes, sheet)
    _names(axes, sheet)
    _scale(axes, sheet)
    axes.set(xlabel="", ylabel="")


def _frame(axes: Axes, grids: GeoDataFrame) -> None:
    """Show the study and as much around it as the sheet has room for."""
    west, south, east, north = grids.total_bounds
    room = PLACE[2] * PAPER[0] / (PLACE[3] * PAPER[1])
    high = max(north - south, (east - west) / room) * (1 + 2 * _MARGIN) / 2
    middle = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle[0] - high * room, middle[0] + high * room)
    axes.set_ylim(middle[1] - high, middle[1] + high)
    axes.set_aspect("equal")
    axes.set_facecolor("#FBFAF7")
    axes.tick_params(left=False, bottom=False, labelleft=False, labelbottom=False)
    for spine in axes.spines.values():
        spine.set(color=INK, linewidth=0.6)


def _shares(axes: Axes, sheet: Sheet) -> None:
    """Fill the grids by the share of homes within reach."""
    grids, what = sheet.coverage.grids, counted(sheet.coverage)
    total = grids[what].fillna(0)
    reached = grids[f"{what}_any_{sheet.number}"].fillna(0)
    fill = [_colour(a, t) for a, t in zip(reached, total, strict=True)]
    grids.plot(ax=axes, aspect=None, color=fill, alpha=0.75, linewidth=0)


def _colour(reached: float, total: float) -> str:
    """Return the colour of a share; shares are never rounded up."""
    if total <= 0:
        return _NONE
    return next((c for least, c in CLASSES if reached * 100 >= least * total), WORST)


def _ways(axes: Axes, network: Network, box: shapely.Polygon) -> None:
    """Draw the ways with their casing, the least first."""
    ways = network.edges[["kind", "geometry"]]
    kinds = way_classes(ways["kind"])
    for extra, colour in ((0.7, "#D6D1C6"), (0.0, "#FFFFFF")):
        for name in WAY_CLASSES:
            breadth = _BREADTH[name]
            foot = name == "foot"
            if foot and extra:
                continue
            _plot(
                axes,
                ways[kinds == name],
                box,
                color="#CFC9BC" if foot else colour,
                linewidth=breadth + extra,
                capstyle="round",
            )


def _homes(axes: Axes, sheet: Sheet) -> None:
    buildings = sheet.coverage.buildings
    out = buildings.index.isin(sheet.left()["building"])
    shown = buildings["counted"].to_numpy(bool) & buildings["residential"].to_numpy(
        bool
    )
    for mask, colour in ((shown & ~out, "#BDBDC2"), (~shown, "#D9D4C9"), (out, ALARM)):
        some = buildings[mask]
        if len(some):
            some.plot(ax=axes, aspect=None, color=colour, linewidth=0, markersize=4)


def _answer(axes: Axes, sheet: Sheet) -> None:
    """Draw gaps, borders and the circle."""
    coverage, gaps = sheet.coverage, sheet.gaps()
    if len(gaps):
        gaps.plot(
            ax=axes,
            aspect=None,
            facecolor="none",
            edgecolor=ALARM,
            hatch="////",
            linewidth=0,
            alpha=0.55,
        )
    for frame, colour, breadth in (
        (coverage.grids, "#6B6459", 0.5),
        (coverage.communities, "#3E3A34", 1.0),
        (coverage.street, INK, 1.7),
    ):
        frame.boundary.plot(ax=axes, aspect=None, color=colour, linewidth=breadth)
    shapes = coverage.outlines
    merged = shapes[(shapes["circle"] == sheet.circle.name) & (shapes["station"] == "")]
    left = sheet.left().geometry.to_numpy()
    calm = GeoSeries([calmed(s, around=left) for s in merged.geometry], crs=shapes.crs)
    _circle(axes, calm.boundary, within=coverage.street.union_all())


def _circle(axes: Axes, line: GeoSeries, *, within: shapely.Geometry) -> None:
    """Draw a circle's outline, faintly where it leaves the study."""
    for part, styles in (
        (line.difference(within), ((BLUE, 0.8, 0.3),)),
        (line.intersection(within), (("#FFFFFF", 2.8, 0.85), (BLUE, 1.5, 1.0))),
    ):
        for colour, breadth, alpha in styles if not part.is_empty.all() else ():
            part.plot(
                ax=axes, aspect=None, color=colour, linewidth=breadth, alpha=alpha
            )


def _stations(axes: Axes, sheet: Sheet) -> None:
    asked = sheet.asked()
    axes.scatter(
        asked.geometry.x,
        asked.geometry.y,
        marker="s" if sheet.square else "o",
        s=46 if len(asked) < _FEW else 20,
        c=BLUE,
        edgecolors="white",
        linewidths=1.0,
        zorder=8,
    )


def _plot(
    axes: Axes, frame: GeoDataFrame | GeoSeries, box: shapely.Polygon, **style: object
) -> None:
    """Draw what of a layer lies in the box."""
    seen = frame.geometry[shapely.intersects(frame.geometry.to_numpy(), box)]
    if len(seen):
        seen.plot(ax=axes, aspect=None, **style)


def _upper(axes: Axes) -> tuple[float, float]:
    return axes.get_xlim()[1], axes.get_ylim()[1]


def _names(axes: Axes, sheet: Sheet) -> None:
    """Write shares below 100 % and the stations' names, where there is room."""
    room = _Room(axes)
    for row in sheet.short().itertuples():
        at = row.geometry.representative_point()
        room.write(row.share, (at.x, at.y), size=8, colour=INK, align="center")
    for name, at in zip(sheet.asked()["name"], sheet.asked().geometry, strict=True):
        text = sheet.letters.plain(str(name))
        room.write(text, (at.x, at.y), size=6.5, colour=BLUE, align="left")


class _Room:
    """Where names stand already; none is written over another."""

    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self.taken: list[Any] = []

    def write(
        self,
        text: str,
        at: tuple[float, float],
        *,
        size: float,
        colour: str,
        align: str,
    ) -> None:
        """Write a text at a place, unless something stands there."""
        note = self.axes.annotate(
            text,
            at,
            xytext=(5 if align == "left" else 0, 0),
            textcoords="offset points",
            ha=align,
            va="center",
            size=size,
            color=colour,
            zorder=9,
            path_effects=[
                withStroke(linewidth=2.4, foreground="white"),
                withStroke(linewidth=0.4, foreground=colour),
            ],
            annotation_clip=True,
        )
        canvas = self.axes.figure.canvas
        assert isinstance(canvas, FigureCanvasAgg)  # noqa: S101  so the sheet is made
        renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
        box = note.get_window_extent(renderer)
        frame = self.axes.get_window_extent(renderer)
        inside = frame.x0 < box.x0 and box.x1 < frame.x1
        if not inside or any(box.overlaps(other) for other in self.taken):
            note.remove()
        else:
            self.taken.append(box)


def _scale(axes: Axes, sheet: Sheet) -> None:
    """Draw a scale bar and north in the lower right corner."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    wide = east - west
    metres = max(m for m in _round_metres() if m <= _BAR * wide)
    right, low = east - 0.02 * wide, south + 0.035 * (north - south)
    axes.plot([right - metres, right], [low, low], color=INK, lw=1.8, zorder=10)
    long = metres >= 1000  # noqa: PLR2004  a kilometre
    word = sheet.say(
        "kilometres" if long else "metres", n=f"{metres / (1000 if long else 1):g}"
    )
    axes.annotate(
        word,
        (right - metres / 2, low),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        size=7,
        zorder=10,
        path_effects=[withStroke(linewidth=2.4, foreground="white")],
    )
    x, tall = right - metres - 0.025 * wide, 0.012 * wide
    arrow = [
        (x - tall / 3, low),
        (x, low + tall),
        (x + tall / 3, low),
        (x, low + tall / 4),
    ]
    axes.add_patch(Polygon(arrow, facecolor=INK, zorder=10))
    axes.annotate(
        sheet.say("north"),
        (x, low + tall),
        xytext=(0, 2),
        textcoords="offset points",
        ha="center",
        size=7,
        zorder=10,
    )


def _round_metres() -> Sequence[float]:
    return [digit * 10.0**power for power in range(5) for digit in (1, 2, 5)]

"""The bare field of a circle: stamped on a raster, contoured at the limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from contourpy import FillType, contour_generator
from numpy.typing import NDArray
from shapely import MultiPolygon

from geoplan.circles.canvas import AROUND, CELL, RIM, SPREAD, WIDTH, Canvas
from geoplan.circles.either import stamping
from geoplan.model import Legs
from geoplan.walk import Graph, Spots, limit_ms, spots, things_within
from geoplan.walk.graph import FAR

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_NOTHING = 1e-6  # m


@dataclass(frozen=True, kw_only=True, eq=False)
class Reached:
    """What a walk reaches of a canvas, with the metres left to walk from there."""

    spot: Ints
    left_m: Floats
    foot: Floats  #: where stations step on free edges, x and y; shape (n, 2)
    foot_left_m: Floats
    foot_spot: Ints  #: the spot before each


def fields(
    drawn: Canvas, *, way: Graph, stations: Legs, limit: float
) -> Iterator[tuple[int, MultiPolygon]]:
    """Yield each station (position) with its bare field; last the merged one (-1).

    Parameters
    ----------
    limit : float
        Seconds.
    """
    most = limit_ms(limit)
    seeds = spots(stations, way=way)
    walks = things_within(way, stations=seeds, targets=drawn.spots, limit=most)
    order = np.argsort(walks.station, kind="stable")
    spot, metre = walks.end[order].astype(np.int64), way.speed / 1000.0
    left_m = np.asarray((most - walks.ms[order]) * metre, float)
    ends = np.searchsorted(walks.station[order], np.arange(seeds.things + 1))
    feet = _feet(drawn, seeds, left_m=np.asarray((most - seeds.leg_ms) * metre))
    scratch = np.full(len(drawn.xy), -1.0)
    for station in range(seeds.things):
        mine = slice(ends[station], ends[station + 1])
        own = [column[seeds.thing == station] for column in feet]
        reached = Reached(
            spot=spot[mine],
            left_m=left_m[mine],
            foot=own[0],
            foot_left_m=own[1],
            foot_spot=own[2],
        )
        yield station, field(drawn, reached, way=way, scratch=scratch)
    np.maximum.at(scratch, spot, left_m)
    every = np.flatnonzero(scratch >= 0)
    best = scratch[every]
    scratch[every] = -1.0
    whole = Reached(
        spot=every, left_m=best, foot=feet[0], foot_left_m=feet[1], foot_spot=feet[2]
    )
    yield -1, field(drawn, whole, way=way, scratch=scratch)


def field(
    drawn: Canvas, reached: Reached, *, way: Graph, scratch: Floats
) -> MultiPolygon:
    """Return the field of what is reached.

    Parameters
    ----------
    scratch : float array, shape (n_spots,)
        -1 throughout, and left so.
    """
    if not len(reached.spot):
        return MultiPolygon()
    scratch[reached.spot] = reached.left_m
    strips = _strips(drawn, reached, way=way, left_m=scratch)
    scratch[reached.spot] = -1.0
    alone = (drawn.walled[reached.spot] >= 0) | (reached.left_m < WIDTH)
    alone |= ~_free(drawn)[reached.spot]
    xy = np.concatenate([drawn.xy[reached.spot[alone]], reached.foot])
    left_m = np.concatenate([reached.left_m[alone], reached.foot_left_m])
    walled = np.concatenate(
        [drawn.walled[reached.spot[alone]], np.full(len(reached.foot), -1)]
    )
    kept = left_m >= 0
    xy, left_m, walled = xy[kept], left_m[kept], walled[kept]
    every = np.concatenate([xy, strips.reshape(-1, 2)])
    cell = np.floor(every / CELL).astype(np.int64)
    low, high = cell.min(axis=0) - SPREAD - 1, cell.max(axis=0) + SPREAD + 1
    size = high - low + 1
    height = np.full((size[1], size[0]), RIM)
    kernels, hidden = stamping(len(drawn.xy)), (walled, drawn.hidden)
    kernels.stamp(height, low, xy, left_m, hidden, (AROUND, CELL, WIDTH, RIM))
    kernels.stamp_strips(height, low, strips, (CELL, WIDTH, RIM))
    return contour(height, corner=low)


def _free(drawn: Canvas) -> NDArray[np.bool_]:
    """Return which spots lie on free edges."""
    before = np.concatenate([[False], drawn.strip[:-1]])
    return np.asarray(drawn.strip | before)


def _strips(drawn: Canvas, reached: Reached, *, way: Graph, left_m: Floats) -> Floats:
    """Return the middle lines of the strips 50 m wide, shape (n, 4): x, y, x, y.

    From a place with more than the width left to walk, a strip runs on as long as
    that is so. Beyond, the strip's round end holds all that is left.
    """
    edge, spot = drawn.spots.edge, reached.spot
    ahead = spot[drawn.strip[spot] & (way.backward_ms[edge[spot]] != FAR)]
    back = spot[(spot > 0) & (way.forward_ms[edge[spot]] != FAR)]
    back = back[drawn.strip[back - 1]]
    foot = reached.foot_spot
    begin = np.concatenate(
        [drawn.xy[ahead], drawn.xy[back], reached.foot, reached.foot]
    )
    end = drawn.xy[np.concatenate([ahead + 1, back - 1, foot + 1, foot])]
    foot_left = reached.foot_left_m
    onward = np.where(way.backward_ms[edge[foot]] != FAR, foot_left, -1.0)
    inward = np.where(way.forward_ms[edge[foot]] != FAR, foot_left, -1.0)
    left = np.concatenate([left_m[ahead], left_m[back], onward, inward]) - WIDTH
    length = np.hypot(*(end - begin).T)
    share = np.divide(left, length, out=np.ones(len(left)), where=length > 0)
    stop = begin + (end - begin) * np.clip(share, 0.0, 1.0)[:, None]
    # a strip that the other end covers whole is left to it
    other = np.concatenate(
        [left_m[ahead + 1], np.full(len(back) + 2 * len(foot), -1.0)]
    )
    twice = (share >= 1) & (other - WIDTH >= length)
    return np.asarray(np.concatenate([begin, stop], axis=1)[(left >= 0) & ~twice])


def _feet(
    drawn: Canvas, seeds: Spots, *, left_m: Floats
) -> tuple[Floats, Floats, Ints]:
    """Return where stations step on free edges: place, metres left, spot before.

    A foot on an edge with a barrier near has spots close by, and no metres left.
    """
    edge, share = drawn.spots.edge, drawn.spots.share
    key = edge + np.minimum(share, 1 - 1e-12)
    before = np.searchsorted(
        key, seeds.edge + np.minimum(seeds.share, 1 - 1e-12), "right"
    )
    before = np.clip(before - 1, 0, max(len(edge) - 2, 0))
    before -= ~drawn.strip[before] & (before > 0) & drawn.strip[before - 1]
    step = share[before + 1] - share[before]
    part = np.divide(
        seeds.share - share[before], step, out=np.zeros(len(step)), where=step > 0
    )
    xy = drawn.xy[before] + (drawn.xy[before + 1] - drawn.xy[before]) * part[:, None]
    on_strip = drawn.strip[before] & (edge[before] == seeds.edge)
    return xy, np.where(on_strip, left_m, -1.0), before


def contour(height: Floats, *, corner: Ints) -> MultiPolygon:
    """Return where the height is at most 0; cells are centred on the grid.

    The lines cross the grid between cells, each gap once at most, and never each
    other: were a cell at 0 they could meet there, so it is taken for inside.
    """
    rows, columns = height.shape
    generator = contour_generator(
        x=(corner[0] + np.arange(columns) + 0.5) * CELL,
        y=(corner[1] + np.arange(rows) + 0.5) * CELL,
        z=np.where(np.abs(height) < _NOTHING, -_NOTHING, height),
        fill_type=FillType.ChunkCombinedOffsetOffset,
    )
    chunk: list[Any] = [part[0] for part in generator.filled(-np.inf, 0.0)]
    points, ring_starts, shape_starts = chunk
    if points is None:
        return MultiPolygon()
    rings = shapely.linearrings(points, indices=_owners(ring_starts))
    return MultiPolygon(list(shapely.polygons(rings, indices=_owners(shape_starts))))


def _owners(starts: NDArray[np.uint32]) -> Ints:
    """Return the position of the part that each row belongs to."""
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))

"""Stamping and shading, compiled; :mod:`geoplan.circles.plain` tells what they do."""

import numpy as np

from geoplan.compiler import compiled

_NEXT = np.uint32(1)
_POINT = 1e-18  # m²: a strip that is no longer than a nanometre


@compiled
def stamp(height, low, xy, left_m, seen, grid):
    """Lower a raster to what samples reach."""
    around, size, width, rim = grid
    walled, hidden = seen
    for sample in range(len(xy)):
        x, y = xy[sample, 0], xy[sample, 1]
        column, row = int(np.floor(x / size)), int(np.floor(y / size))
        spread = min(left_m[sample], width)
        wall = walled[sample]
        for number in range(len(around)):
            right, up = column + around[number, 0], row + around[number, 1]
            across, along = (right + 0.5) * size - x, (up + 0.5) * size - y
            square = across * across + along * along
            if square >= (spread + rim) * (spread + rim):
                continue
            if wall >= 0 and hidden[wall, number]:
                continue
            over = np.sqrt(square) - spread
            at = up - low[1], right - low[0]
            height[at] = min(height[at], over)


@compiled
def stamp_strips(height, low, strips, grid):
    """Lower a raster to what strips cover."""
    size, width, rim = grid
    reach = width + rim
    corner_x, corner_y = (low[0] + 0.5) * size, (low[1] + 0.5) * size
    for strip in range(len(strips)):
        x0, y0, x1, y1 = strips[strip]
        along, across = x1 - x0, y1 - y0
        square = along * along + across * across
        one = 1.0 / square if square > _POINT else 0.0
        left = np.uint32(np.floor((min(x0, x1) - reach) / size) - low[0])
        right = np.uint32(np.floor((max(x0, x1) + reach) / size) - low[0])
        bottom = np.uint32(np.floor((min(y0, y1) - reach) / size) - low[1])
        top = np.uint32(np.floor((max(y0, y1) + reach) / size) - low[1])
        for row in range(bottom, top + _NEXT):
            y = row * size + corner_y - y0
            for column in range(left, right + _NEXT):
                x = column * size + corner_x - x0
                part = min(max((x * along + y * across) * one, 0.0), 1.0)
                away = (x - part * along) ** 2 + (y - part * across) ** 2
                known = height[row, column] + width
                if away < known * known:
                    height[row, column] = np.sqrt(away) - width


@compiled
def _side(ax, ay, bx, by, cx, cy):
    """Return on which side of the line a–b the point c lies (sign of the area)."""
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)


@compiled
def shade(hidden, row, xy, walls, grid):
    """Mark the cells around spots to which a straight leg crosses a wall."""
    around, size = grid
    for pair in range(len(row)):
        x, y = xy[pair, 0], xy[pair, 1]
        ax, ay = walls[pair, 0, 0], walls[pair, 0, 1]
        bx, by = walls[pair, 1, 0], walls[pair, 1, 1]
        here = _side(ax, ay, bx, by, x, y)
        column, line = np.floor(x / size), np.floor(y / size)
        for number in range(len(around)):
            right = (column + around[number, 0] + 0.5) * size
            up = (line + around[number, 1] + 0.5) * size
            if here * _side(ax, ay, bx, by, right, up) >= 0:
                continue
            one = _side(x, y, right, up, ax, ay)
            if one * _side(x, y, right, up, bx, by) < 0:
                hidden[row[pair], number] = True

"""Stamping, compiled; what it does is told in :mod:`geoplan.circles.plain`."""

import numpy as np

from geoplan.compiler import compiled


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
            metres = np.hypot((right + 0.5) * size - x, (up + 0.5) * size - y)
            over = metres - spread
            if over >= rim or (wall >= 0 and hidden[wall, number]):
                continue
            height[up - low[1], right - low[0]] = min(
                height[up - low[1], right - low[0]], over
            )

"""Polygons of reach: what a circle looks like on the map.

The *field* of a circle holds the places at most 25 m from a reached part of an
edge, with the time left for that leg, and not across a barrier. Edges are
stamped on a raster of 5 m cells, in strips or, near a barrier, every 5 m, and
the field is the contour at the limit. The *outline* is the field with the
footprints and legs of the reached buildings, without the footprints of the
unreached ones and without water. Minutes decide who is served; the polygon only
shows it.
"""

from geoplan.circles.canvas import CELL, WIDTH, Canvas, canvas
from geoplan.circles.field import field, fields
from geoplan.circles.outline import outline

__all__ = ["CELL", "WIDTH", "Canvas", "canvas", "field", "fields", "outline"]

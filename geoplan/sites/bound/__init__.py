"""A bound of our own, without a solver: Lagrange's relaxation, and what it fixes."""

from geoplan.sites.bound.prices import Bound, bounded

__all__ = ["Bound", "bounded"]

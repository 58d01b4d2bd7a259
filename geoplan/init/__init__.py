"""A folder of files becomes a study file, with its doubts as comments."""

from geoplan.init.recipe import init_study

__all__ = ["init_study"]

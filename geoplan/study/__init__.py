"""A study: one TOML file, and everything else found beside it."""

from geoplan.study.reading import Study, read_study
from geoplan.study.sources import Input

__all__ = ["Input", "Study", "read_study"]

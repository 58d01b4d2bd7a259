"""Results as HTML pages that open without a network."""

from geoplan.maps.check_page import check_page
from geoplan.maps.coverage_page import coverage_page
from geoplan.maps.index_page import Entry, Figure, entry, index_page
from geoplan.maps.seal import PageError

__all__ = [
    "Entry",
    "Figure",
    "PageError",
    "check_page",
    "coverage_page",
    "entry",
    "index_page",
]

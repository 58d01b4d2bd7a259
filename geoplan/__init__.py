"""Walking service circles, station sites and grid division for community grids.

The public functions and records are loaded when they are first asked for, so
that ``import geoplan`` is fast::

    import geoplan

    study = geoplan.read_study("data/wenlan/study.toml")
    coverage = geoplan.coverage_of(study)
    coverage.grids[["name", "households", "households_any_1"]]
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "Asked": "geoplan.recipes.sites.asked",
    "Circle": "geoplan.model",
    "Coverage": "geoplan.model",
    "Division": "geoplan.model",
    "DivisionAsked": "geoplan.recipes.division.asked:Asked",
    "Finding": "geoplan.model",
    "GeoplanError": "geoplan.errors",
    "InputError": "geoplan.errors",
    "Layers": "geoplan.model",
    "Limits": "geoplan.recipes.matching",
    "Matched": "geoplan.model",
    "Network": "geoplan.model",
    "Walker": "geoplan.model",
    "apply_edits": "geoplan.recipes.edits.applying",
    "build_network": "geoplan.network:build",
    "check_study": "geoplan.recipes.check.checkup",
    "compare_studies": "geoplan.recipes.comparison.comparing",
    "cover": "geoplan.coverage",
    "cover_study": "geoplan.recipes.coverage",
    "coverage_of": "geoplan.recipes.coverage",
    "divide_study": "geoplan.recipes.division.dividing",
    "division_of": "geoplan.recipes.division.dividing",
    "download": "geoplan.osm.download",
    "layers": "geoplan.study.assemble",
    "Imprint": "geoplan.model",
    "match_study": "geoplan.recipes.matching",
    "matching_of": "geoplan.recipes.matching",
    "network_of": "geoplan.recipes.run",
    "open_at": "geoplan.hours",
    "read_layer": "geoplan.files",
    "read_study": "geoplan.study",
    "working_crs": "geoplan.crs",
    "read_ways": "geoplan.osm",
    "site_study": "geoplan.recipes.sites.siting",
    "sites_of": "geoplan.recipes.sites.siting",
    "Siting": "geoplan.model",
    "save_map": "geoplan.recipes.coverage",
    "walker_of": "geoplan.study.reach",
    "walking_minutes": "geoplan.coverage",
}

__all__ = sorted([*_HOME, "__version__"])  # noqa: PLE0605  built from the table


def __getattr__(name: str) -> object:
    """Load a public name from the room that owns it."""
    try:
        room, _, original = _HOME[name].partition(":")
    except KeyError:
        message = f"module 'geoplan' has no attribute {name!r}"
        raise AttributeError(message) from None
    return getattr(import_module(room), original or name)


def __dir__() -> list[str]:
    return list(__all__)

"""Grids that a file gives: a division that was proposed, or any layer of grids."""

from pathlib import Path

import pandas as pd
from geopandas import GeoDataFrame
from pandas import Index

from geoplan.codes import clean
from geoplan.crs import to_working
from geoplan.errors import InputError, UsageError
from geoplan.files import read_layer
from geoplan.files.layers import read_raw
from geoplan.files.raw import Raw
from geoplan.files.vectors import shape_tables
from geoplan.recipes.comparison.pairs import Pair, on_one_ground
from geoplan.study.areas import by_code_or_name
from geoplan.study.reading import Study
from geoplan.study.sources import Input

_LAYER, _OPTION, _LEVEL = "grids", "option", "level"  # of division.gpkg
_TEXTS = ("name", "community", "kind")


def is_study(path: Path) -> bool:
    """Return whether a path is meant as a study: a folder, or a file of its kind."""
    return path.is_dir() or path.suffix.lower() == ".toml"


def with_grids_of(study: Study, path: Path, *, option: int | None) -> Pair:
    """Return a study, and the same with the grids of a file.

    ``option``: which of the divisions in the file; None if it has but one.

    Raises
    ------
    InputError, CrsError, UsageError
        If the file cannot be read, or has no such division.
    """
    if not path.is_file():
        raise InputError.at("compare_missing", file=path)
    raw = _division(path)
    if raw is None:
        if option is not None:
            raise UsageError.at("compare_no_option", file=path, value=option, known="–")
        grids = _drawn(study, path)
    else:
        grids = _proposed(raw, path=path, option=option)
        grids = to_working(grids, crs=study.crs, layer=_LAYER, file=path)
    read = Input.of(path, study=study.path, rows=len(grids))
    return on_one_ground(study, grids=grids, others=(read,))


def _division(path: Path) -> Raw | None:
    """Return the grids of a file that ``divide`` wrote; None if it is no such file."""
    if path.suffix.lower() != ".gpkg" or _LAYER not in shape_tables(path, layer=_LAYER):
        return None
    raw = read_raw(path, _LAYER, sheet=_LAYER, encoding=None)
    return raw if _OPTION in raw.frame else None


def _proposed(raw: Raw, *, path: Path, option: int | None) -> GeoDataFrame:
    """Return the grids of one division of a file that ``divide`` wrote."""
    if _LEVEL in raw.frame and (raw.frame[_LEVEL] == "community").any():
        raise UsageError.at("compare_communities", file=path)
    number = pd.to_numeric(raw.frame[_OPTION], errors="coerce")
    options = sorted({int(one) for one in number.dropna()})
    known = ", ".join(map(str, options))
    if option is None and len(options) > 1:
        raise UsageError.at("compare_option", file=path, known=known)
    wanted = options[0] if option is None and options else option
    if wanted not in options:
        raise UsageError.at("compare_no_option", file=path, value=wanted, known=known)
    mine = (number == wanted).to_numpy()
    table, shapes = raw.frame[mine], raw.geometry
    if "code" not in table or shapes is None or shapes.crs is None:
        raise InputError.at("compare_broken", file=path, layer=_LAYER)
    codes = Index([clean(code) for code in table["code"]], name="code", dtype="str")
    bad = codes.has_duplicates or (codes == "").any() or shapes[mine].isna().any()
    if bad or not shapes[mine].is_valid.all():
        raise InputError.at("compare_broken", file=path, layer=_LAYER)
    texts = {
        name: table[name].fillna("").astype(str).to_numpy()
        for name in _TEXTS
        if name in table
    }
    return GeoDataFrame(texts, geometry=shapes[mine].array, index=codes)


def _drawn(study: Study, path: Path) -> GeoDataFrame:
    """Return the grids of any file of grids, with their communities' codes."""
    file = read_layer(path, "grids", crs=study.crs)
    frame = file.frame
    known = by_code_or_name(study.layers.communities)
    named = frame["community"].mask(frame["community"] == "", frame["community_name"])
    return GeoDataFrame(frame.assign(community=named.map(known).fillna("")))

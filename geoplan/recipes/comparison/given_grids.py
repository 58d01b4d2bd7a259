"""Grids that a file gives: a division that was proposed, or any layer of grids."""

from dataclasses import replace
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
from geoplan.recipes.comparison.pairs import (
    Pair,
    filled,
    on_one_ground,
    same_place,
)
from geoplan.recipes.division.given import community_by_ground
from geoplan.study.areas import by_code_or_name
from geoplan.study.reading import Study
from geoplan.study.sources import Input

_LAYER, _OPTION, _LEVEL = "grids", "option", "level"  # of division.gpkg
_TEXTS = ("name", "community", "kind")


def is_study(path: Path) -> bool:
    """Return whether a path is meant as a study: a folder, or a file of its kind."""
    return path.is_dir() or path.suffix.lower() == ".toml"


def with_grids_of(study: Study, path: Path, *, option: int | None) -> Pair:
    """Return a study, and the same with the grids, or the communities, of a file.

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
        option = _wanted(raw, path=path, option=option)
        grids = _proposed(raw, path=path, option=option)
        grids = to_working(grids, crs=study.crs, layer=_LAYER, file=path)
    read = (Input.of(path, study=study.path, rows=len(grids)),)
    if raw is not None and _of_communities(raw):
        pair = _regrouped(study, grids, others=read)
    else:
        pair = on_one_ground(study, grids=grids, others=read)
    return replace(pair, option=option)


def _regrouped(
    study: Study, communities: GeoDataFrame, *, others: tuple[Input, ...]
) -> Pair:
    """Return a study, and the same whose grids belong to other communities.

    A grid is of the community that it has most ground of, "" for none.
    """
    same_place(study, communities)
    grids = study.layers.grids
    areas = communities.assign(community=communities.index)
    owner = community_by_ground(grids, today=areas)
    pair = on_one_ground(study, grids=grids.assign(community=owner), others=others)
    own = filled(communities, like=study.layers.communities)
    layers = replace(pair.after.layers, communities=own)
    return replace(pair, after=replace(pair.after, layers=layers), level="community")


def _division(path: Path) -> Raw | None:
    """Return the grids of a file that ``divide`` wrote; None if it is no such file.

    Communities that ``compare`` held against others are a layer of that name.
    """
    if path.suffix.lower() != ".gpkg":
        return None
    for name in (_LAYER, "communities"):
        if name in shape_tables(path, layer=name):
            raw = read_raw(path, name, sheet=name, encoding=None)
            if _OPTION in raw.frame:
                return raw
    return None


def _of_communities(raw: Raw) -> bool:
    """Return whether communities were drawn, not grids."""
    return _LEVEL in raw.frame and bool((raw.frame[_LEVEL] == "community").any())


def _wanted(raw: Raw, *, path: Path, option: int | None) -> int:
    """Return which division of a file is meant."""
    number = pd.to_numeric(raw.frame[_OPTION], errors="coerce")
    options = sorted({int(one) for one in number.dropna()})
    known = ", ".join(map(str, options))
    if option is None and len(options) > 1:
        raise UsageError.at("compare_option", file=path, known=known)
    wanted = options[0] if option is None and options else option
    if wanted is None or wanted not in options:
        raise UsageError.at("compare_no_option", file=path, value=wanted, known=known)
    return wanted


def _proposed(raw: Raw, *, path: Path, option: int) -> GeoDataFrame:
    """Return the grids of one division of a file that ``divide`` wrote."""
    number = pd.to_numeric(raw.frame[_OPTION], errors="coerce")
    mine = (number == option).to_numpy()
    table, shapes = raw.frame[mine], raw.geometry
    if "code" not in table or shapes is None or shapes.crs is None:
        raise InputError.at("compare_broken", file=path, layer=_LAYER)
    codes = Index([clean(code) for code in table["code"]], name="code", dtype="str")
    bad = codes.has_duplicates or (codes == "").any() or shapes[mine].isna().any()
    if bad or not shapes[mine].is_valid.all():
        raise InputError.at("compare_broken", file=path, layer=_LAYER)
    bare = pd.Series("", index=table.index)
    texts = {
        name: table.get(name, bare).fillna("").astype(str).to_numpy() for name in _TEXTS
    }
    return GeoDataFrame(texts, geometry=shapes[mine].array, index=codes)


def _drawn(study: Study, path: Path) -> GeoDataFrame:
    """Return the grids of any file of grids, with their communities' codes."""
    file = read_layer(path, "grids", crs=study.crs)
    frame = file.frame
    known = by_code_or_name(study.layers.communities)
    named = frame["community"].mask(frame["community"] == "", frame["community_name"])
    return GeoDataFrame(frame.assign(community=named.map(known).fillna("")))

"""The recipe of matching: units of an office to communities, near and even."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from geopandas import GeoDataFrame
from pandas import DataFrame, Index, Series
from shapely import LineString

from geoplan import __version__, assign, report
from geoplan.errors import GeoplanError, UsageError
from geoplan.files import (
    LayerFile,
    read_layer,
    together,
    write_csv,
    write_geopackage,
    write_json,
    write_text,
)
from geoplan.maps.match_page import match_page
from geoplan.model import Finding, Layers, Matched, Network
from geoplan.recipes.between import walks_between
from geoplan.recipes.imprint import imprint
from geoplan.recipes.run import Done, Run, Tell, checked, network_of, parameters
from geoplan.study.reading import Study, read_study
from geoplan.study.sources import inputs_of
from geoplan.wording import say, texts

DOORS = "社区级"  #: the tier whose stations communities are walked to
WITHIN = 120.0  # min; nobody is matched farther off


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many units a community takes at least and at most; None = no limit."""

    least: int | None = None
    most: int | None = None
    datum: str | None = None  #: of the units' coordinates


_FREE = Limits()


def match_study(  # noqa: PLR0913  as the other recipes, and the units
    path: Path | str,
    *,
    units: Path,
    limits: Limits,
    out: Path,
    lang: str,
    progress: Tell,
    force: bool = False,
) -> Done:
    """Match units to the communities of a study; write the papers.

    Writes ``match.html``, ``.csv``, ``.gpkg`` and ``.json``.

    A unit walks to the nearest station of the tier 社区级 in a community; where
    that has none, to a point inside it. The file of units has a code or name and
    coordinates, and may have a column that names the community it must go to.

    Raises
    ------
    GeoplanError
        If something cannot be used as it is, or the limits cannot be kept.
    """
    run = Run(progress=progress, lang=lang, seconds={})
    with run.step("read", path=path):
        study = checked(read_study(path, tell=run.tell), force=force, lang=lang)
        file = units_of(units, study=study, datum=limits.datum)
    with run.step("network", path=study.network_path.name):
        network = network_of(study)
    with run.step("sites_walks", name=study.name):
        matched = matching_of(study, network, file=file, limits=limits)
    findings = (*study.findings, *matched.findings)
    with run.step("write", out=out), together(out) as place:
        page = match_page(
            matched,
            layers=study.layers,
            network=network,
            surroundings=study.ways.surroundings,
            imprint=imprint(study, lang=lang),
            lang=lang,
        )
        write_text(place / "match.html", page)
        write_csv(place / "match.csv", _table(matched, lang=lang))
        write_geopackage(place / "match.gpkg", _layers(matched), date=study.date)
        record = {
            "study": study.name,
            "command": "match",
            "version": __version__,
            "inputs": [
                asdict(item)
                for item in (*study.inputs, *inputs_of(file, study=study.path))
            ],
            "parameters": {**parameters(study), "asked": asdict(limits)},
            "seed": None,
            "warnings": report.grouped(findings),
            "seconds": run.seconds,
            "results": _record(matched),
        }
        write_json(place / "match.json", record)
    return Done(findings=findings, pages=(out / "match.html",), entries=())


def units_of(path: Path, *, study: Study, datum: str | None = None) -> LayerFile:
    """Return a file of units, read as rooms are; what is said of it says units.

    Raises
    ------
    GeoplanError
        If it cannot be used as it is.
    """
    try:
        file = read_layer(path, "candidates", crs=study.crs, datum=datum)
    except GeoplanError as error:
        if "layer" in error.where:
            error.where["layer"] = "units"
        raise
    told = tuple(replace(finding, layer="units") for finding in file.findings)
    return replace(file, findings=told)


def matching_of(
    study: Study,
    way: Network | None = None,
    *,
    file: LayerFile,
    limits: Limits = _FREE,
) -> Matched:
    """Return which unit of a file goes to which community of a study.

    ``file`` is a layer of candidates; ``way`` the study's network, if it has been
    built already.

    Raises
    ------
    UsageError
        If no unit can walk to any community, or the limits cannot be kept.
    """
    units, doors = GeoDataFrame(file.frame), _doors(study.layers)
    way = way or network_of(study)
    walks = walks_between(
        study, way, ends=doors.geometry, stations=units, within=WITHIN
    ).rename(columns={"end": "door", "station": "unit"})
    walks["community"] = doors["position"].to_numpy()[walks["door"]]
    pairs = walks.drop_duplicates(["unit", "community"], ignore_index=True)
    if not len(pairs):
        raise UsageError.at("match_far")
    locked = _locked(study, file)
    found = _matched(study, locked, pairs=pairs, limits=limits)
    areas = study.layers.communities
    door = pairs.set_index(["unit", "community"])["door"]
    at = {
        name: _door(found.units[column], door=door, areas=areas.index)
        for name, column in (("door", "community"), ("nearest_door", "nearest"))
    }
    return Matched(
        walker=study.walker,
        units=GeoDataFrame(
            units[["name"]].join(found.units).assign(**at),
            geometry=units.geometry,
            crs=study.crs,
        ),
        communities=GeoDataFrame(
            areas[["name"]].join(found.communities),
            geometry=areas.geometry,
            crs=study.crs,
        ),
        doors=GeoDataFrame(doors[["community", "name", "geometry"]]),
        minutes=found.minutes,
        nearest_minutes=found.nearest_minutes,
        fairness=found.fairness,
        findings=(*file.findings, *_unlocked(file, locked)),
    )


def _door(communities: Series, *, door: Series, areas: Index) -> list[int]:
    """Return by which door each unit goes into its community, -1 for none."""
    ends = zip(range(len(communities)), areas.get_indexer(communities), strict=True)
    return [int(door.get(end, -1)) for end in ends]


def _doors(layers: Layers) -> GeoDataFrame:
    """Return where communities are walked to: position, community, name."""
    stations = layers.stations[layers.stations["tier"] == DOORS]
    rows = []
    for k, (code, shape) in enumerate(layers.communities.geometry.items()):
        held = stations[stations.within(shape)]
        rows += [
            (k, code, str(name), place)
            for name, place in zip(held["name"], held.geometry, strict=True)
        ] or [(k, code, "", shape.representative_point())]
    frame = DataFrame(rows, columns=["position", "community", "name", "geometry"])
    return GeoDataFrame(frame, geometry="geometry", crs=layers.crs)


def _locked(study: Study, file: LayerFile) -> Series:
    """Return the community that each unit must go to, "" for none."""
    named = file.frame["kind"].fillna("").astype(str)
    known = study.layers.communities["name"]
    codes = {str(name): str(code) for code, name in known.items()}
    locked = [name if name in known.index else codes.get(name, "") for name in named]
    return Series(locked, index=file.frame.index, name="locked")


def _unlocked(file: LayerFile, locked: Series) -> tuple[Finding, ...]:
    """Return what stands where a community could and names none: a kind, or a slip."""
    named = file.frame["kind"].fillna("").astype(str)
    other = named[(named != "") & (locked == "")]
    if not len(other):
        return ()
    facts = {"count": len(other), "known": ", ".join(dict.fromkeys(other))}
    return (
        Finding(rule="units_unlocked", level="warning", layer="units", facts=facts),
    )


def _matched(
    study: Study, locked: Series, *, pairs: DataFrame, limits: Limits
) -> assign.Matching:
    communities = DataFrame(study.layers.communities[["name"]])
    if limits.least is not None:
        communities["minimum"] = limits.least
    if limits.most is not None:
        communities["maximum"] = limits.most
    return assign.match(locked.to_frame(), communities=communities, pairs=pairs)


def _table(found: Matched, *, lang: str) -> DataFrame:
    """Return one row a unit, its columns named in a language."""
    names = texts("match", lang)["csv"]
    called = found.communities["name"]
    table = DataFrame(found.units).reset_index(names="code")
    for column in ("community", "nearest"):
        table[f"{column}_name"] = [called.get(c, "") for c in table[column]]
    for column in ("minutes", "nearest_minutes"):
        table[column] = table[column].round(1)
    table["locked"] = np.where(table["locked"], say("match.yes", lang=lang), "")
    assert isinstance(names, dict)  # noqa: S101  a table of the texts
    return table[list(names)].rename(columns=names)


def _layers(found: Matched) -> dict[str, DataFrame]:
    """Return the layers of ``match.gpkg``: units, communities, doors, lines."""
    gone = found.units[found.units["door"] >= 0]
    to = found.doors.geometry.to_numpy()[gone["door"]]
    lines = [
        LineString([here, there]) for here, there in zip(gone.geometry, to, strict=True)
    ]
    told = gone[["community", "minutes"]].rename_axis("unit")
    communities = found.communities.replace(np.inf, np.nan)
    return {
        "units": GeoDataFrame(found.units.drop(columns=["door", "nearest_door"])),
        "communities": GeoDataFrame(communities),
        "doors": found.doors,
        "lines": GeoDataFrame(told, geometry=lines, crs=found.units.crs),
    }


def _record(found: Matched) -> dict[str, object]:
    units = DataFrame(found.units).drop(columns=["geometry", "door", "nearest_door"])
    communities = DataFrame(found.communities).drop(columns="geometry")
    return {
        "minutes": round(found.minutes, 6),
        "nearest_minutes": round(found.nearest_minutes, 6),
        "fairness": {
            str(name): {str(k): float(v) for k, v in column.items()}
            for name, column in found.fairness.items()
        },
        "units": _rows(units),
        "communities": _rows(communities),
    }


def _rows(frame: DataFrame) -> list[dict[str, object]]:
    """Return the rows of a frame; what is unknown or not limited is null."""
    table = frame.rename_axis("code").reset_index().astype(object)
    known = table.where(table.notna() & (table != np.inf), None)
    return [{str(k): v for k, v in row.items()} for row in known.to_dict("records")]

"""The recipe of matching: units of an office to communities, near and even."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from pandas import DataFrame, Series

from geoplan import __version__, assign, report
from geoplan.coverage import walking_minutes
from geoplan.errors import UsageError
from geoplan.files import LayerFile, read_layer, together, write_csv, write_json
from geoplan.model import Finding, Layers, Network
from geoplan.study.reading import Study, read_study
from geoplan.study.recipe import Done, Run, Tell, checked, network_of, parameters
from geoplan.wording import texts

WITHIN = 120.0  # min; nobody is matched farther off


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many units a community takes at least and at most; None = no limit."""

    least: int | None = None
    most: int | None = None
    datum: str | None = None  #: of the units' coordinates


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
    """Match units to the communities of a study; write ``match.csv`` and ``.json``.

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
        file = read_layer(units, "candidates", crs=study.crs, datum=limits.datum)
    with run.step("network", path=study.network_path.name):
        network = network_of(study)
    with run.step("sites_walks", name=study.name):
        pairs = _pairs(study, network, units=GeoDataFrame(file.frame))
    locked = _locked(study, file)
    found = _matched(study, locked, pairs=pairs, limits=limits)
    findings = (*study.findings, *file.findings, *_unlocked(file, locked))
    with run.step("write", out=out), together(out) as place:
        table = _table(found, study=study, file=file, lang=lang)
        write_csv(place / "match.csv", table)
        record = {
            "study": study.name,
            "command": "match",
            "version": __version__,
            "inputs": [asdict(item) for item in study.inputs],
            "parameters": {**parameters(study), "asked": asdict(limits)},
            "seed": None,
            "warnings": report.grouped(findings),
            "seconds": run.seconds,
            "results": _record(found),
        }
        write_json(place / "match.json", record)
    return Done(
        findings=findings,
        pages=(out / "match.csv",),
        entries=(),
    )


def _pairs(study: Study, network: Network, *, units: GeoDataFrame) -> DataFrame:
    """Return the walks from units to communities: unit, community, minutes.

    Walks are two-way but for a few ways; units stand as stations do, and the
    doors of communities as homes.
    """
    layers = study.layers
    doors = _doors(layers)
    blank = dict.fromkeys(("use", "compound", "grid"), "")
    ends = GeoDataFrame(
        {**{c: np.nan for c in layers.buildings if c != "geometry"}, **blank},
        geometry=list(doors.geometry),
        index=pd.Index([f"to {k}" for k in range(len(doors))], name="code"),
        crs=layers.crs,
    ).assign(residential=True, name="")
    both = pd.concat([layers.buildings, ends[layers.buildings.columns]])
    stations = units.assign(tier="社区级", hours="", items="")
    whole = replace(
        layers,
        buildings=GeoDataFrame(both, geometry="geometry", crs=layers.crs),
        stations=GeoDataFrame(stations),
    )
    walks = walking_minutes(
        whole,
        network=network,
        surroundings=study.ways.surroundings,
        walker=study.walker,
        within=WITHIN,
    )
    at = Series(np.arange(len(ends)), index=ends.index)
    mine = walks[walks["building"].isin(at.index)]
    table = DataFrame(
        {
            "unit": units.index.get_indexer(mine["station"]),
            "community": doors["community"].to_numpy()[at[mine["building"]]],
            "minutes": mine["minutes"].to_numpy(),
        }
    )
    least = table.sort_values("minutes", kind="stable")
    least = least.drop_duplicates(["unit", "community"])
    if not len(least):
        raise UsageError.at("match_far")
    return least.reset_index(drop=True)


def _doors(layers: Layers) -> GeoDataFrame:
    """Return where each community is walked to, and its position."""
    stations = layers.stations[layers.stations["tier"] == "社区级"]
    shapes = layers.communities.geometry
    rows = []
    for k, shape in enumerate(shapes):
        held = stations.geometry[stations.within(shape)]
        places = list(held) or [shape.representative_point()]
        rows += [(k, place) for place in places]
    numbers, points = zip(*rows, strict=True)
    return GeoDataFrame(
        {"community": list(numbers)}, geometry=list(points), crs=layers.crs
    )


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
    communities = DataFrame(index=study.layers.communities.index)
    if limits.least is not None:
        communities["minimum"] = limits.least
    if limits.most is not None:
        communities["maximum"] = limits.most
    return assign.match(locked.to_frame(), communities=communities, pairs=pairs)


def _table(
    found: assign.Matching, *, study: Study, file: LayerFile, lang: str
) -> DataFrame:
    """Return one row a unit, its columns named in a language."""
    names = texts("sites", lang)["match"]
    called = study.layers.communities["name"]
    table = found.units.reset_index(names="code")
    table["name"] = file.frame["name"].to_numpy()
    for column in ("community", "nearest"):
        table[f"{column}_name"] = [called.get(c, "") for c in table[column]]
    for column in ("minutes", "nearest_minutes"):
        table[column] = table[column].round(1)
    assert isinstance(names, dict)  # noqa: S101  a table of the texts
    return table[list(names)].rename(columns=names)


def _record(found: assign.Matching) -> dict[str, object]:
    units = found.units.rename_axis("code").reset_index()
    communities = found.communities.rename_axis("code").reset_index()
    return {
        "minutes": round(found.minutes, 6),
        "nearest_minutes": round(found.nearest_minutes, 6),
        "fairness": {
            str(name): {str(k): float(v) for k, v in column.items()}
            for name, column in found.fairness.items()
        },
        "units": units.to_dict("records"),
        "communities": communities.to_dict("records"),
    }

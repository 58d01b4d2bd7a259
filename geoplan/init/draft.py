"""The study as it is believed in, tried out: read as a check reads it, and mended.

What reading shows (a missing CRS, a shifted datum, two columns for one) is written
into the draft, which is then read again.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from geoplan import columns
from geoplan.datum import Verdict
from geoplan.errors import Faults, GeoplanError
from geoplan.init.choice import (
    ELEVATION,
    RASTER,
    Choice,
    Named,
    layer_of,
    role_at,
    tier_named,
)
from geoplan.init.roles import NETWORK
from geoplan.init.toml import inline, quoted, value
from geoplan.model import Finding
from geoplan.study.reading import Study, read_study
from geoplan.study.settings import FILE_NAME
from geoplan.study.streets import silent

Told = Mapping[str, object]  #: what a study file says of one file

#: Named where no file is found, so that the study file can be read.
PLACEHOLDERS = {
    "grids": "grids.shp",
    "buildings": "buildings.gpkg",
    "stations": "stations.xlsx",
    NETWORK: "streets.osm.pbf",
}
#: Layers that stand as an entry in the table of another.
INNER = {
    "entrances": ("buildings", "entrances"),
    "gates": ("compounds", "gates"),
    "land": ("land", "residential"),
    "second": ("division", "second"),
    RASTER: ("population", "raster"),
}
_ROUNDS = 6  # of reading: a CRS, exchanged axes, a datum, columns, what is left out
#: Errors on coordinates that say a CRS that fits; and that axes are exchanged.
_TURNED = ("crs_lonlat_swapped", "crs_xy_swapped", "crs_zone_in_northings")
_MISPLACED = (
    *("crs_missing", "crs_metres_as_degrees", "crs_degrees_as_metres"),
    *("crs_zone_in_eastings", *_TURNED),
)
_UNTOLD = "EPSG:…"
_COUNTS = ("households", "people", *columns.groups())


@dataclass(frozen=True, kw_only=True, eq=False)
class Draft:
    """What the study file is to say, and what reading it has shown."""

    told: Mapping[str, Told]  #: by role
    idle: Mapping[str, str]  #: role → why it is left commented out
    #: role → a table's columns of coordinates: ours, its own, ours, its own
    axes: Mapping[str, tuple[str, ...]]
    study: Study | None = None
    errors: tuple[GeoplanError, ...] = ()
    findings: tuple[Finding, ...] = ()
    #: role → datum found, before the draft said it
    datums: Mapping[str, Verdict] | None = None
    #: of layers that are left out since they cannot be read
    given_up: tuple[GeoplanError, ...] = ()


def drafted(choice: Choice, *, out: Path) -> Draft:
    """Return the draft of what is chosen, with paths from the study file's folder."""
    told = {
        role: _told(named, role, home=out.parent)
        for role, named in choice.chosen.items()
    }
    for role in choice.missing:
        broken = [one.path for one in choice.passed if one.path and one.role == role]
        path = beside(broken[0], home=out.parent) if broken else PLACEHOLDERS[role]
        told[role] = {"path": path}
    axes = {role: _axes(named) for role, named in choice.chosen.items()}
    return Draft(told=told, idle=_idle(choice), axes=axes)


def tried(draft: Draft, *, home: Path) -> Draft:
    """Return a draft with what reading it shows, and mended by that."""
    with TemporaryDirectory(prefix="geoplan-") as place:
        path = Path(place) / FILE_NAME
        for _ in range(_ROUNDS):
            path.write_text(_trial(draft, home=home), encoding="utf-8")
            draft = _read(draft, path)
            told = _mended(draft)
            unread = _unread(draft) if told == draft.told else {}
            if told == draft.told and not unread:
                break
            draft = replace(
                draft,
                told=told,
                idle={**draft.idle, **unread},
                given_up=(*draft.given_up, *_about(draft, unread)),
            )
    return draft


def header(role: str, told: Mapping[str, Told]) -> str:
    """Return what a role's table begins with: [[stations]] where there are several.

    With spaces before it, by which headers that are alike differ.
    """
    layer = layer_of(role)
    parts = [one for one in told if layer_of(one) == layer]
    if len(parts) < 2:  # noqa: PLR2004  one is a table of its own
        return f"[{layer}]"
    return f"{' ' * parts.index(role)}[[{layer}]]"


def role_of(error: GeoplanError, draft: Draft) -> str:
    """Return the role of the file that an error is about; "" if it names no layer."""
    layer = str(error.where.get("layer", "")).partition(",")[0]
    parts = [role for role in draft.told if layer_of(role) == layer]
    name = Path(str(error.where.get("file", ""))).name
    named = [p for p in parts if Path(str(draft.told[p]["path"])).name == name]
    return (named or parts or [layer])[0]


def role_told(finding: Finding, draft: Draft) -> str:
    """Return the role of the file that a finding is of."""
    files = draft.study.files if draft.study else ()
    parts = {file.called: file.part for file in files if file.layer == finding.layer}
    return role_at(finding.layer, parts.get(finding.path, 0))


def keyed(told: Told, *, under: str) -> str:
    """Return what is said of a file as the value of an entry of another's table."""
    if under == RASTER or set(told) == {"path"}:
        return quoted(str(told["path"]))
    return inline(told)


def _told(named: Named, role: str, *, home: Path) -> Told:
    told: dict[str, object] = {"path": beside(named.found.path, home=home)}
    if named.part and named.part.key and role != NETWORK:
        told[named.part.key] = named.part.name
    if named.fit and named.fit.missing == "tier":
        tier = tier_named(named)
        told |= {"tier": tier} if tier else {}
    return told


def beside(path: Path, *, home: Path) -> str:
    """Return a path from the study file's folder, with "/"."""
    try:
        return Path(os.path.relpath(path, home)).as_posix()
    except ValueError:  # another drive
        return path.absolute().as_posix()


def _idle(choice: Choice) -> Mapping[str, str]:
    """Return the layers that are left out though there is a file, and why."""
    idle = {}
    if "gates" in choice.chosen and "compounds" not in choice.chosen:
        idle["gates"] = "gates_alone"
    table = choice.chosen.get("population")
    if table and table.fit:
        has = {
            name
            for role in ("grids", "buildings")
            if (named := choice.chosen.get(role)) and named.fit
            for name in named.fit.found
        }
        if not {*_COUNTS} & table.fit.found.keys() - has:
            idle["population"] = "counts_there"
    return idle


def _trial(draft: Draft, *, home: Path) -> str:
    """Return a study file of the draft for a trial: nothing but keys, whole paths."""
    lines: dict[str, list[str]] = {"[study]": ['name = "?"']}
    for role, said in draft.told.items():
        if role in draft.idle or role == ELEVATION:
            continue
        told = {**said, "path": str(home.resolve() / str(said["path"]))}
        table, entry = INNER.get(role, (role, ""))
        rows = lines.setdefault(header(table, draft.told), [])
        if entry:
            rows.append(f"{entry} = {keyed(told, under=role)}")
        else:
            rows += [f"{key} = {value(one)}" for key, one in told.items()]
    return "\n".join(
        line for head, rows in lines.items() for line in (head.strip(), *rows)
    )


def _read(draft: Draft, path: Path) -> Draft:
    """Return a draft with what reading it shows."""
    faults = Faults(keep=True)
    study = None
    try:
        study = read_study(path, tell=silent, faults=faults)
    except GeoplanError as error:
        faults.tell(error)
    datums = {**(draft.datums or {})}
    for verdict in study.datums if study else ():
        role = role_at(verdict.layer, verdict.part)
        if role not in datums or not datums[role].likely:
            datums[role] = verdict
    return replace(
        draft,
        study=study,
        errors=tuple(faults.kept),
        findings=study.findings if study else (),
        datums=datums,
    )


def _mended(draft: Draft) -> Mapping[str, Told]:
    """Return what the draft says, with the lines that reading it asks for."""
    told = {role: dict(said) for role, said in draft.told.items()}
    for error in draft.errors:
        layer = role_of(error, draft)
        if layer not in told:
            continue
        if error.key in _MISPLACED:
            told[layer] |= _placed(error, told[layer], axes=draft.axes.get(layer, ()))
        if error.key == "columns_clash":
            own = {str(error.facts["canonical"]): error.facts["first"]}
            told[layer]["columns"] = {**own, **_columns(told[layer])}
    for layer, datum in _datums(draft).items():
        told[layer].setdefault("datum", datum)
    return told


def _placed(error: GeoplanError, said: Told, *, axes: tuple[str, ...]) -> Told:
    """Return the lines that an error on coordinates asks for; each once.

    ``axes`` are a table's columns of coordinates: those are exchanged by name.
    """
    fix = str(error.facts.get("fix", _UNTOLD))
    lines: dict[str, object] = {}
    if fix != _UNTOLD and not ({"lon", "lat"} & {*axes[::2]}):
        lines["crs"] = fix
    if error.key in _TURNED and axes:
        first, own_first, second, own_second = axes
        turned = {first: own_second, second: own_first}
        lines["columns"] = {**turned, **_columns(said)}
    elif error.key in _TURNED and "crs" in {*lines, *said}:
        lines["swapped"] = True
    return {key: one for key, one in lines.items() if key not in said}


def _columns(said: Told) -> dict[str, object]:
    named = said.get("columns")
    return {**named} if isinstance(named, Mapping) else {}


def _axes(named: Named) -> tuple[str, ...]:
    """Return a table's two columns of coordinates: ours, its own, ours, its own."""
    if not named.part or not named.fit or named.part.raw.geometry is not None:
        return ()
    own = named.fit.found
    pairs = (("lon", "lat"), ("x", "y"))
    pair = next((pair for pair in pairs if {*pair} <= own.keys()), ())
    return tuple(word for name in pair for word in (name, own[name]))


def _unread(draft: Draft) -> Mapping[str, str]:
    """Return the layers that a study can do without and that cannot be read."""
    if draft.study is None:
        return {}
    read = {file.layer for file in draft.study.files} - {"population", "land"}
    wrong = {role_of(error, draft) for error in draft.errors}
    unread = {
        role: "unread"
        for role in draft.told
        if role in wrong and role not in {*read, *PLACEHOLDERS, *draft.idle}
    }
    alone = "compounds" in unread and "gates" in draft.told
    return {"gates": "gates_alone"} | unread if alone else unread


def _about(draft: Draft, roles: Mapping[str, str]) -> tuple[GeoplanError, ...]:
    errors = draft.errors
    return tuple(one for one in errors if str(one.where.get("layer", "")) in roles)


def _datums(draft: Draft) -> Mapping[str, str]:
    """Return the datums to write: shifted ones, and those that files do not say."""
    found = {}
    for one in draft.findings:
        if one.rule == "datum_in_name":
            found[role_told(one, draft)] = str(one.facts["datum"])
        elif one.rule == "datum_fits":
            found[role_told(one, draft)] = "wgs84"
    for layer, verdict in (draft.datums or {}).items():
        if verdict.likely:
            found[layer] = verdict.datum
    return {layer: datum for layer, datum in found.items() if layer in draft.told}

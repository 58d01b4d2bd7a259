"""The page of the check: what is wrong with the data, where, and what to do."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame

from geoplan.maps.encoding import Grain, shapes
from geoplan.maps.front import sources
from geoplan.maps.ground import Ground
from geoplan.maps.shell import map_page
from geoplan.model import (
    Finding,
    Imprint,
    Layers,
    Network,
    Surroundings,
    Understood,
)
from geoplan.wording import say, texts

_LEVELS = ("error", "warning", "info")
_LISTED = 300  # cases of one rule that the page lists
_ROWS = 6  # row numbers that stand beside a rule
_TOLERANCE = 0.5  # m
# What can be copied out of a cure: a line of the study file, or a command.
_LINES = re.compile(
    r"geoplan check --repair|\b[a-z_]+ = (?:\"[^\"…]+\"|\{[^}…]+\}|\d{4}-\d\d-\d\d)"
)


def check_page(  # noqa: PLR0913  a page is made of all that a check has seen
    findings: Sequence[Finding],
    *,
    seen: Sequence[Understood],
    rules: Mapping[str, str],
    layers: Layers | None,
    network: Network | None,
    surroundings: Surroundings | None,
    imprint: Imprint,
    again: str,
    lang: str = "zh",
) -> str:
    """Return the findings of a check as one HTML page that needs no network.

    Parameters
    ----------
    findings : sequence of Finding
        Worst first.
    seen : sequence of Understood
        The files of the study.
    rules : mapping
        Key of a finding → name of the published rule it is of.
    layers, network, surroundings
        None where they cannot be read: there is no map, or no ways on it.
    again : str
        What the check was asked to look at.
    """
    groups = _groups(findings, seen=seen, rules=rules, lang=lang)
    verdict = _verdict(groups, lang=lang)
    data: dict[str, Any] = {
        "lang": lang,
        "words": {**texts("page", lang), **texts("check", lang)},
        **sources(imprint),
        "counted": "buildings",
        "speed": 1.2,
        "crs": layers.crs.name if layers is not None else "",
        "verdict": verdict,
        "lead": _lead(seen, again=again, lang=lang),
        "groups": groups,
        "files": [_file(one, findings=findings, lang=lang) for one in seen],
        "map": None,
    }
    if layers is not None:
        data["map"] = _map(
            findings, layers=layers, network=network, surroundings=surroundings
        )
    title = say("check.title", lang=lang, study=imprint.study)
    return map_page("check", data, title=title, sentence=verdict[0], lang=lang)


def _groups(
    findings: Sequence[Finding],
    *,
    seen: Sequence[Understood],
    rules: Mapping[str, str],
    lang: str,
) -> list[dict[str, Any]]:
    """Return findings of one level, rule and layer together, in their order."""
    paths = {one.layer: one.path for one in seen}
    members: dict[tuple[str, ...], list[int]] = {}
    for at, one in enumerate(findings):
        # a title names the group of people that all its cases are of
        group = str(one.facts.get("group", ""))
        key = (one.level, one.rule, one.layer, one.path, group)
        members.setdefault(key, []).append(at)
    return [
        _group([findings[i] for i in at], at=at, paths=paths, rules=rules, lang=lang)
        for at in members.values()
    ]


def _group(
    members: Sequence[Finding],
    *,
    at: Sequence[int],
    paths: Mapping[str, str],
    rules: Mapping[str, str],
    lang: str,
) -> dict[str, Any]:
    first, shown = members[0], members[:_LISTED]
    cure, rule = first.cure(lang=lang), rules.get(first.rule, first.rule)
    basis = texts("check", lang).get(f"basis_{rule}", "")
    return {
        "level": first.level,
        "rule": rule,
        "basis": say("check.rule", lang=lang, rule=rule, basis=basis) if basis else "",
        "title": _title(members, lang=lang),
        "layer": say(f"cli.layer_{first.layer}", lang=lang),
        "file": first.path or paths.get(first.layer, ""),
        "where": _where(members, lang=lang),
        "cure": cure,
        "lines": list(
            dict.fromkeys(_LINES.findall(f"{first.problem(lang=lang)} {cure}"))
        ),
        "count": len(members),
        "cases": [
            {
                "i": i,
                "code": one.code,
                "row": one.row,
                "text": one.problem(lang=lang),
            }
            for i, one in zip(at, shown, strict=False)
        ],
    }


def _title(members: Sequence[Finding], *, lang: str) -> str:
    """Return what a group is about: the one case, or how many there are of what."""
    first = members[0]
    text = first.problem(lang=lang)
    text = text[:1].upper() + text[1:]
    if len(members) == 1:
        return text
    many = f"many_{first.rule}"
    if many in texts("check", lang):
        facts = {**first.facts, "n": len(members)}
        return say(f"check.{many}", lang=lang, **facts)
    return say("check.many", lang=lang, n=len(members), text=text)


def _where(members: Sequence[Finding], *, lang: str) -> str:
    """Return the rows and column of a group, or the code of a single case."""
    rows = sorted({one.row for one in members if one.row is not None})
    parts = []
    if rows:
        few = "、" if lang == "zh" else ", "
        listed = few.join(_ranges(rows)[:_ROWS])
        whole = len(_ranges(rows)) <= _ROWS
        key = "check.rows" if whole else "check.rows_more"
        parts.append(say(key, lang=lang, rows=listed, n=len(rows)))
    column = members[0].column
    if column:
        parts.append(say("check.column", lang=lang, column=column))
    if len(members) == 1 and members[0].code:
        parts.append(say("check.code", lang=lang, code=members[0].code))
    return " · ".join(parts)


def _ranges(rows: Sequence[int]) -> list[str]:
    """Return row numbers, neighbours drawn together: 2–6, 9."""
    found: list[list[int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    return [f"{a}–{b}" if b > a else str(a) for a, b in found]


def _verdict(groups: Sequence[Mapping[str, Any]], *, lang: str) -> tuple[str, str]:
    """Return the sentence on top, and the worst level that it tells of."""
    count = {
        level: sum(group["level"] == level for group in groups) for level in _LEVELS
    }
    errors, warnings = count["error"], count["warning"]
    key = {
        (False, False): "fine",
        (False, True): "look",
        (True, False): "wrong",
        (True, True): "both",
    }[bool(errors), bool(warnings)]
    text = say(f"check.verdict_{key}", lang=lang, errors=errors, warnings=warnings)
    worst = "error" if errors else "warning" if warnings else "info"
    return text, worst


def _lead(seen: Sequence[Understood], *, again: str, lang: str) -> list[str]:
    unread = sum(one.unread for one in seen)
    facts = {"n": len(seen), "read": len(seen) - unread, "unread": unread}
    return [
        say(f"check.files_{'some' if unread else 'all'}", lang=lang, **facts),
        say("check.only_read", lang=lang),
        say("check.again", lang=lang, path=again),
    ]


def _file(one: Understood, *, findings: Sequence[Finding], lang: str) -> dict[str, Any]:
    """Return what the page says of a file: understood how, and how bad it is."""
    levels = {
        finding.level
        for finding in findings
        if finding.layer == one.layer and finding.path in {"", one.path}
    }
    state = next((level for level in _LEVELS[:2] if level in levels), "fine")
    details = {
        "file_encoding": one.encoding.upper(),
        "file_crs": one.crs,
        "file_datum": one.datum,
        "file_evidence": " ".join(one.evidence),
        "file_columns": _columns(one.columns, lang=lang),
        "file_dropped": "、".join(one.dropped),
    }
    return {
        "path": one.path,
        "layer": say(f"cli.layer_{one.layer}", lang=lang),
        "rows": one.rows,
        "crs": _brief(one),
        "state": "unread" if one.unread else state,
        "details": [
            [say(f"check.{key}", lang=lang), text]
            for key, text in details.items()
            if text
        ],
    }


def _brief(one: Understood) -> str:
    """Return the few letters by which people know a CRS or datum."""
    known = {"gcj02": "GCJ-02", "bd09": "BD-09"}
    if one.datum in known:
        return known[one.datum]
    name = one.crs.partition(" ")[2].partition(" / ")[0] or one.crs
    return name.replace("China Geodetic Coordinate System 2000", "CGCS2000")


def _columns(columns: Mapping[str, str], *, lang: str) -> str:
    mark = "、" if lang == "zh" else ", "
    return mark.join(
        own if own == ours else f"{own} → {ours}" for ours, own in columns.items()
    )


def _map(
    findings: Sequence[Finding],
    *,
    layers: Layers,
    network: Network | None,
    surroundings: Surroundings | None,
) -> dict[str, Any]:
    """Return the map: ground, borders, homes, stations, and where findings are."""
    areas = [*layers.grids.geometry, *layers.communities.geometry]
    ground = Ground.of(
        layers,
        network=network,
        surroundings=surroundings,
        area=shapely.union_all(areas),
    )
    grain = ground.grain
    places = np.array([_place(one, box=ground.box) for one in findings], dtype=object)
    return {
        **ground.told(),
        "grids": _areas(layers.grids, grain=grain),
        "communities": _areas(layers.communities, grain=grain),
        "buildings": shapes(
            layers.buildings.geometry, grain=grain, tolerance=_TOLERANCE
        ),
        "stations": shapes(layers.stations.geometry, grain=grain),
        "places": shapes(places, grain=grain, tolerance=_TOLERANCE),
    }


def _areas(frame: GeoDataFrame, *, grain: Grain) -> dict[str, Any]:
    return {
        "name": [str(name) for name in frame["name"]],
        "shape": shapes(frame.geometry, grain=grain),
    }


def _place(finding: Finding, *, box: shapely.Geometry) -> shapely.Geometry | None:
    """Return where a finding is, as far as the map shows it."""
    geometry = finding.geometry
    if geometry is None or geometry.is_empty or not geometry.intersects(box):
        return None
    return geometry

"""Whether each layer is in the datum it was read in, told before anything is counted.

The test is :mod:`geoplan.datum`'s. Whatever it finds is a finding, with the line to
write; a contradiction that is beyond doubt is one at error level.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geopandas import GeoDataFrame

from geoplan.datum import TO_WGS84, Evidence, Odd, Verdict, judge
from geoplan.files import LayerFile
from geoplan.model import Finding, Layers, Ways
from geoplan.study.settings import Settings
from geoplan.study.sources import Reader
from geoplan.wording import Said, say

#: Layers that stand as an entry in the table of another: layer → table, entry.
_INNER = {
    "entrances": ("buildings", "entrances"),
    "gates": ("compounds", "gates"),
}
_LISTED = 20
_NAMES = {"wgs84": "WGS84", "gcj02": "GCJ-02", "bd09": "BD-09"}
#: What is said of a datum before it was tested, and need not be said after.
_BEFORE = ("datum_assumed", "datum_in_name")


@dataclass(frozen=True, kw_only=True, eq=False)
class Datums:
    """What the test found, and what is to be said of it."""

    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]  #: of files and of the test


def tested(
    reader: Reader,
    layers: Layers,
    files: Sequence[LayerFile],
    *,
    ways: Ways,
    trusted: bool,
) -> Datums:
    """Return the datum of every layer that has a file, and the findings of files.

    Where the test is certain, it takes the place of what reading a file had to
    assume. ``trusted``: the ways are OpenStreetMap's.
    """
    settings = reader.settings
    read = {file.layer: file for file in files}
    verdicts = judge(
        {name: frame for name, frame in _frames(layers) if name in read},
        ways=ways.frame,
        told=_told(settings, [*read, *([] if trusted else ["network"])]),
        trusted=trusted,
    )
    known = {v.layer for v in verdicts if v.fits or v.likely}
    before = [
        finding
        for file in files
        for finding in file.findings
        if not (finding.rule in _BEFORE and finding.layer in known)
    ]
    asked = {f.layer for file in files for f in file.findings if f.rule in _BEFORE}
    found = [
        finding
        for verdict in verdicts
        for finding in _findings(verdict, settings, read, asked=verdict.layer in asked)
    ]
    return Datums(verdicts=verdicts, findings=(*before, *found))


def words(verdict: Verdict, *, lang: str) -> tuple[str, ...]:
    """Return what a verdict rests on, a sentence a trial, strongest first."""
    return tuple(
        say(said.key, lang=lang, **said.facts)
        for said in (_said(one, verdict) for one in verdict.evidence)
    )


def _frames(layers: Layers) -> Iterable[tuple[str, GeoDataFrame]]:
    names = ("grids", "communities", "buildings", "stations", "candidates")
    for name in (*names, "entrances", "compounds", "gates"):
        frame = getattr(layers, name)
        if frame is not None:
            yield name, frame


def _told(settings: Settings, layers: Iterable[str]) -> Mapping[str, str]:
    """Return the shifted datums that the study file names, by layer."""
    named = {layer: str(_table(settings, layer).get("datum", "")) for layer in layers}
    plain = {layer: datum.casefold() for layer, datum in named.items()}
    return {layer: datum for layer, datum in plain.items() if datum in TO_WGS84}


def _table(settings: Settings, layer: str) -> Mapping[str, object]:
    """Return what the study file says of a layer's file."""
    table, entry = _INNER.get(layer, (layer, ""))
    told = settings.table(table)
    inner = told.get(entry, {}) if entry else told
    return {"path": inner} if isinstance(inner, str) else inner


def _line(settings: Settings, layer: str, datum: str) -> str:
    """Return the line of the study file that says a layer's datum."""
    _, entry = _INNER.get(layer, (layer, ""))
    if not entry:
        return f'datum = "{datum}"'
    told = {
        key: value
        for key, value in _table(settings, layer).items()
        if isinstance(value, str)
    }
    parts = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in {**told, "datum": datum}.items()
    ]
    return f"{entry} = {{{', '.join(parts)}}}"


def _findings(
    verdict: Verdict,
    settings: Settings,
    read: Mapping[str, LayerFile],
    *,
    asked: bool,
) -> Iterable[Finding]:
    layer = verdict.layer
    facts = _facts(verdict, settings)
    if verdict.sure:
        yield Finding(rule="datum_wrong", level="error", layer=layer, facts=facts)
    elif verdict.likely:
        yield Finding(rule="datum_doubtful", level="warning", layer=layer, facts=facts)
    elif verdict.fits and asked:
        yield Finding(rule="datum_fits", level="info", layer=layer, facts=facts)
    for odd in verdict.odd:
        yield Finding(
            rule="datum_rows",
            level="error" if odd.sure else "warning",
            layer=layer,
            facts=_odd_facts(odd, verdict, read[layer]),
        )


def _facts(verdict: Verdict, settings: Settings) -> dict[str, object]:
    return {
        "told": _NAMES[verdict.told],
        "datum": _NAMES[verdict.datum],
        "percent": int(100 * verdict.confidence),
        "evidence": _said(verdict.evidence[0], verdict),
        "table": _INNER.get(verdict.layer, (verdict.layer,))[0],
        "line": _line(settings, verdict.layer, verdict.datum),
    }


def _odd_facts(odd: Odd, verdict: Verdict, file: LayerFile) -> dict[str, object]:
    rows = [str(row) for row in file.row_numbers.loc[list(odd.codes)]]
    return {
        "datum": _NAMES[odd.datum],
        "own": _NAMES[verdict.datum],
        "count": len(odd.codes),
        "wrong": odd.wrong,
        "all": odd.count,
        "rows": ", ".join(rows[:_LISTED]) + (" …" if len(rows) > _LISTED else ""),
    }


def _said(one: Evidence, verdict: Verdict) -> Said:
    return Said(
        f"datum.{one.kind}",
        {
            "things": Said(f"datum.things_{one.layer}"),
            "against": Said(f"datum.layer_{one.against}"),
            "datum": _NAMES[verdict.datum],
            "count": one.count,
            "right": one.right,
            "wrong": one.wrong,
            "other": _NAMES[one.other],
            "other_right": one.other_right,
            "other_wrong": one.other_wrong,
        },
    )

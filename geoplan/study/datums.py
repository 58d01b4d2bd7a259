"""Whether each layer is in the datum it was read in, told before anything is counted.

The test is :mod:`geoplan.datum`'s. Whatever it finds is a finding, with the line to
write; a contradiction that is beyond doubt is one at error level.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from geopandas import GeoDataFrame

from geoplan.datum import TO_WGS84, Evidence, Odd, Verdict, judge
from geoplan.files import LayerFile
from geoplan.model import Finding, Layers, Level, Ways
from geoplan.study.settings import INNER, Settings
from geoplan.study.sources import Reader
from geoplan.wording import Said, say

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
    read = {(file.layer, file.part): file for file in files}
    there = {layer for layer, _ in read}
    frames = {name: frame for name, frame in _frames(layers) if name in there}
    verdicts = [
        verdict
        for part in sorted({part for _, part in read})
        for verdict in _judged(
            read, frames, part=part, settings=settings, ways=ways, trusted=trusted
        )
    ]
    known = {(v.layer, v.part) for v in verdicts if v.fits or v.likely}
    before = [
        finding
        for at, file in read.items()
        for finding in file.findings
        if not (finding.rule in _BEFORE and at in known)
    ]
    asked = {at for at, f in read.items() if any(o.rule in _BEFORE for o in f.findings)}
    found = [
        finding
        for v in verdicts
        for finding in _findings(
            v,
            settings,
            read[v.layer, v.part],
            asked=(v.layer, v.part) in asked,
        )
    ]
    return Datums(verdicts=tuple(verdicts), findings=(*before, *found))


def _judged(
    read: Mapping[tuple[str, int], LayerFile],
    frames: Mapping[str, GeoDataFrame],
    *,
    part: int,
    settings: Settings,
    ways: Ways,
    trusted: bool,
) -> Iterable[Verdict]:
    """Yield the datum of each layer's file of one number, the other layers whole."""
    several = {layer for layer, nth in read if nth}
    own = {
        layer: frame.loc[frame.index.isin(read[layer, part].frame.index)]
        if layer in several and (layer, part) in read
        else frame
        for layer, frame in frames.items()
    }
    told = {
        layer: _named(settings, layer, part if (layer, part) in read else 0)
        for layer in frames
    }
    if not trusted:
        told["network"] = str(settings.table("network").get("datum", "")).casefold()
    shifted = {layer: datum for layer, datum in told.items() if datum in TO_WGS84}
    for verdict in judge(own, ways=ways.frame, told=shifted, trusted=trusted):
        if (verdict.layer, part) in read:
            yield replace(verdict, part=part)


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


def _named(settings: Settings, layer: str, part: int) -> str:
    """Return the datum that the study file names for a layer's file; "" if none."""
    files = settings.files(layer)
    return str(files[part].get("datum", "")).casefold() if part < len(files) else ""


def _line(settings: Settings, layer: str, datum: str) -> str:
    """Return the line of the study file that says a layer's datum."""
    _, entry = INNER.get(layer, (layer, ""))
    if not entry:
        return f'datum = "{datum}"'
    named = settings.files(layer)[0]
    told = {key: value for key, value in named.items() if isinstance(value, str)}
    parts = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in {**told, "datum": datum}.items()
    ]
    return f"{entry} = {{{', '.join(parts)}}}"


def _findings(
    verdict: Verdict, settings: Settings, file: LayerFile, *, asked: bool
) -> Iterable[Finding]:
    facts = _facts(verdict, settings)

    def finding(rule: str, level: Level, facts: dict[str, object]) -> Finding:
        return Finding(
            rule=rule, level=level, layer=file.layer, facts=facts, path=file.called
        )

    if verdict.sure:
        yield finding("datum_wrong", "error", facts)
    elif verdict.likely:
        yield finding("datum_doubtful", "warning", facts)
    elif verdict.fits and asked:
        yield finding("datum_fits", "info", facts)
    for odd in verdict.odd:
        level: Level = "error" if odd.sure else "warning"
        yield finding("datum_rows", level, _odd_facts(odd, verdict, file))


def _facts(verdict: Verdict, settings: Settings) -> dict[str, object]:
    table = INNER.get(verdict.layer, (verdict.layer,))[0]
    return {
        "told": _NAMES[verdict.told],
        "datum": _NAMES[verdict.datum],
        "percent": int(100 * verdict.confidence),
        "evidence": _said(verdict.evidence[0], verdict),
        # shown in brackets: [stations], or [[stations]] where there are several
        "table": f"[{table}]" if len(settings.files(verdict.layer)) > 1 else table,
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

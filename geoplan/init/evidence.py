"""What is said of one file of the study: why it is there, and the doubts."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

from pyproj import CRS

from geoplan.datum import TO_WGS84, Verdict
from geoplan.errors import GeoplanError
from geoplan.init.choice import ELEVATION, RASTER, Named, role_at
from geoplan.init.draft import Draft, role_of, role_told
from geoplan.init.roles import NETWORK, Shape
from geoplan.init.words import is_old
from geoplan.osm.header import date_of
from geoplan.study.datums import words
from geoplan.wording import say

NAMES = {"wgs84": "WGS84", "gcj02": "GCJ-02", "bd09": "BD-09"}
_MOST_COLUMNS = 12
_SQUARE_KM = 1e5  # m²; from here on an area is told in km²
#: Errors of a trial without circles, which the study file will have.
NO_CIRCLE = ("circles_none", "circle_tier_absent")
_TEMPORARY = re.compile(rf"{re.escape(gettempdir())}[\\/]geoplan-[^\\/]+[\\/]")


def because(named: Named, role: str, *, lang: str) -> Iterator[str]:
    """Yield why a file is taken for a layer."""
    reasons = [*_reasons(named, role, lang=lang)]
    joined = say("init.join", lang=lang).join(reasons)
    yield say("init.because", lang=lang, reasons=joined)
    if named.rescued:
        yield say("init.rescued", lang=lang)
    if is_old(named.found.near):
        yield say("init.chosen_old", lang=lang)
    if named.near_by:
        other = say(f"cli.layer_{named.near_by}", lang=lang)
        yield say("init.near_by", lang=lang, other=other, section=named.near_by)
    if role == NETWORK and named.part:
        yield say("init.road_layer", lang=lang)
        if named.crowded:
            yield say("init.road_layers", lang=lang, name=named.name)
    if role == ELEVATION:
        yield say("init.elevation", lang=lang)


def read_as(role: str, draft: Draft, *, lang: str) -> Iterator[str]:
    """Yield how a file was read, and which of its columns were not."""
    read = draft.study.files if draft.study else ()
    files = {role_at(file.layer, file.part): file for file in read}
    if role not in files:
        return
    file, comma = files[role], say("init.comma", lang=lang)
    facts = []
    if file.encoding:
        facts.append(
            say("init.read_encoding", lang=lang, encoding=file.encoding.upper())
        )
    if file.crs is not None:
        facts.append(say("init.read_crs", lang=lang, crs=_called(file.crs)))
    if facts:
        yield say("init.read", lang=lang, facts=comma.join(facts))
    if file.dropped:
        yield say("init.dropped", lang=lang, columns=comma.join(file.dropped))


def doubts(role: str, draft: Draft, *, folder: Path, lang: str) -> Iterator[str]:
    """Yield what was written for a file that its planner should look at."""
    told = draft.told[role]
    if "crs" in told:
        yield say("init.crs_written", lang=lang, crs=told["crs"])
    if "swapped" in told:
        yield say("init.swapped_written", lang=lang)
    named = told.get("columns")
    for name, first in named.items() if isinstance(named, dict) else ():
        key = "turned" if name in draft.axes[role][::2] else "columns"
        yield say(f"init.{key}_written", lang=lang, name=name, first=first)
    if "tier" in told:
        yield say("init.tier_named", lang=lang, tier=told["tier"])
    yield from _datum(role, draft, lang=lang)
    for error in (*draft.errors, *draft.given_up):
        about = role_of(error, draft) or layer_of(error)
        if about == role and not settled(error):
            yield say(
                "init.error",
                lang=lang,
                problem=problem(error, folder=folder, lang=lang),
            )


def datum_untold(role: str, draft: Draft) -> bool:
    """Return whether nothing tells in which datum a file's degrees are."""
    return any(
        one.rule == "datum_assumed" and role_told(one, draft) == role
        for one in draft.findings
    )


def problem(error: GeoplanError, *, folder: Path, lang: str) -> str:
    """Return what an error says, with its row and column, without places on disk."""
    where = {k: v for k, v in error.where.items() if k in {"row", "column"}}
    text = type(error)(error.key, where, error.facts).say(lang)
    for place in (folder, folder.absolute(), folder.resolve()):
        text = text.replace(f"{place}{os.sep}", "")
    return _TEMPORARY.sub("", text)


def layer_of(error: GeoplanError) -> str:
    """Return the layer that an error is about, or what else of the study."""
    layer = str(error.where.get("layer", "")).partition(",")[0]
    if layer:
        return layer
    if error.key.startswith("raster"):
        return RASTER
    return "study" if "table" in error.facts else NETWORK


def settled(error: GeoplanError) -> bool:
    """Return whether an error says only what the study file says anyway."""
    tierless = error.key == "column_missing" and error.facts.get("canonical") == "tier"
    return tierless or error.key in {"file_missing", *NO_CIRCLE}


def _reasons(named: Named, role: str, *, lang: str) -> Iterator[str]:
    fit, part = named.fit, named.part
    if part is None or fit is None:
        yield say("init.by_osm" if role == NETWORK else "init.by_raster", lang=lang)
        graph = named.found.path.suffix.lower() == ".graphml"
        date = date_of(named.found.path) if role == NETWORK and not graph else ""
        if date:
            yield say("init.by_date", lang=lang, date=date)
        return
    if fit.word:
        yield say("init.by_word", lang=lang, word=fit.word)
    if fit.found:
        pairs = [
            say("init.arrow", lang=lang, own=own, name=name)
            for name, own in fit.found.items()
        ]
        more = " …" if len(pairs) > _MOST_COLUMNS else ""
        listed = say("init.comma", lang=lang).join(pairs[:_MOST_COLUMNS])
        yield say("init.by_columns", lang=lang, columns=listed + more)
    yield _counted(part.shape, len(part.raw.frame), lang=lang)


def _counted(shape: Shape, count: int, *, lang: str) -> str:
    if "polygon" in shape.kinds:
        area = _area(shape.area, lang=lang)
        return say("init.by_polygons", lang=lang, count=count, area=area)
    kind = "rows" if not shape.kinds else f"{min(shape.kinds)}s"
    return say(f"init.by_{kind}", lang=lang, count=count)


def _area(area: float, *, lang: str) -> str:
    if area >= _SQUARE_KM:
        return say("init.km2", lang=lang, value=f"{area / 1e6:.2g}")
    return say("init.m2", lang=lang, value=f"{float(f'{area:.2g}'):.0f}")


def _called(crs: CRS) -> str:
    code = crs.to_authority()
    return f"{code[0]}:{code[1]} {crs.name}" if code else str(crs.name)


def _datum(role: str, draft: Draft, *, lang: str) -> Iterator[str]:
    """Yield what the datum that is written rests on."""
    datum = str(draft.told[role].get("datum", ""))
    verdict: Verdict | None = (draft.datums or {}).get(role)
    if datum and verdict and verdict.datum == datum:
        shifted = datum in TO_WGS84
        key = "sure" if verdict.sure else "likely" if verdict.likely else "fits"
        yield say(
            f"init.datum_{key if shifted else 'fits'}",
            lang=lang,
            datum=NAMES[datum],
            evidence=words(verdict, lang=lang)[0],
            percent=int(100 * verdict.confidence),
        )
    elif datum:
        yield say("init.datum_named", lang=lang, datum=NAMES[datum])

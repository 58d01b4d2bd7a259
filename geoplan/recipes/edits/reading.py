"""What was drawn by hand in a page and saved: read strictly, nothing believed.

A file that is not exactly as a page writes it is refused with the place and the
reason; nothing in it is repaired, dropped or guessed.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

from geoplan.errors import InputError
from geoplan.recipes.edits.shapes import (
    CODE,
    HASH,
    NAME,
    NUMBER,
    REMARK,
    Shape,
    a_list,
    a_record,
    a_table,
    whole,
)
from geoplan.wording import Said

FORMAT = "geoplan-edits"
VERSION = 1
_MOST_BYTES = 32 * 2**20  # a district of 40,000 units takes 2 MB
_MOST = 100_000  # entries of one list

_PLACE = {"x": NUMBER, "y": NUMBER}
_COMMENTS = a_list(a_record({**_PLACE, "text": REMARK}), most=_MOST)
_CODES = a_list(CODE, most=_MOST)
_GRIDS = a_record(
    {
        "units": HASH,
        "option": whole(0, 10_000),
        "to": a_table(CODE, most=_MOST),
        "locked": _CODES,
        "comments": _COMMENTS,
    },
    optional={"locked", "comments"},
)
_STATIONS = a_record(
    {
        "circle": NAME,
        "added": a_list(a_record({"code": CODE, "name": NAME, **_PLACE}), most=_MOST),
        "moved": a_list(a_record({"code": CODE, **_PLACE}), most=_MOST),
        "closed": _CODES,
        "opened": _CODES,
        "hours": a_table(NAME, most=_MOST),
        "comments": _COMMENTS,
    },
    optional={"added", "moved", "closed", "opened", "hours", "comments"},
)
_FILE = a_record(
    {
        "format": NAME,
        "version": whole(VERSION, VERSION),
        "geoplan": NAME,
        "study": NAME,
        "data": HASH,
        "made": NAME,
        "by": NAME,
        "grids": _GRIDS,
        "stations": _STATIONS,
    },
    optional={"geoplan", "study", "made", "by", "grids", "stations"},
)


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A remark pinned to a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where a station is to stand: a new one, or one that is moved."""

    code: str
    x: float
    y: float
    name: str = ""  #: of a new one
    circle: str = ""  #: whose tier a new one gets


@dataclass(frozen=True, kw_only=True)
class GridEdits:
    """Units that go to other grids than today's."""

    units_hash: str  #: of the units they were drawn with
    option: int  #: of the plans that they started from, 0 for today's
    to: Mapping[str, str]  #: unit → code of its grid
    locked: tuple[str, ...]
    comments: tuple[Comment, ...]


@dataclass(frozen=True, kw_only=True)
class StationEdits:
    """Stations that are added, moved, closed, opened in a room, or open otherwise."""

    circle: str
    added: tuple[Spot, ...]
    moved: tuple[Spot, ...]
    closed: tuple[str, ...]
    opened: Mapping[str, str]  #: code of a room → the circle whose tier it gets
    hours: Mapping[str, str]
    comments: tuple[Comment, ...]


@dataclass(frozen=True, kw_only=True)
class Edits:
    """One file of edits."""

    path: Path
    sha256: str
    data: str  #: fingerprint of the data that they were made on
    grids: GridEdits | None
    stations: StationEdits | None


def read_edits(path: Path) -> Edits:
    """Return the edits that a page saved.

    Raises
    ------
    InputError
        If it is not a file of edits, or anything in it is not as a page writes it.
    """
    content = _bytes(path)
    raw = _json(path, content)
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise InputError.at("edits_not_edits", file=path, wanted=FORMAT)
    if raw.get("version") != VERSION:
        told = str(raw.get("version"))[:40]
        raise InputError.at("edits_version", file=path, version=told, known=VERSION)
    found = _shaped(path, raw, _FILE)
    if "grids" not in found and "stations" not in found:
        raise InputError.at("edits_nothing", file=path)
    return Edits(
        path=path,
        sha256=sha256(content).hexdigest(),
        data=found["data"],
        grids=_grids(found["grids"]) if "grids" in found else None,
        stations=_stations(path, found["stations"]) if "stations" in found else None,
    )


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError.at("edits_too_large", file=path)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError.at("edits_missing", file=path) from error
    except OSError as error:
        raise InputError.at("file_locked", file=path) from error


def _json(path: Path, content: bytes) -> object:
    """Return what a file says, every key once and every number finite."""
    try:
        text = content.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_not_json)
    except RecursionError as error:
        raise InputError.at("edits_syntax", file=path, text="nested") from error
    except UnicodeDecodeError as error:
        raise InputError.at("edits_no_text", file=path) from error
    except json.JSONDecodeError as error:
        line, column = error.lineno, error.colno
        raise InputError.at("edits_broken", file=path, line=line, at=column) from error
    except ValueError as error:  # a key twice, a number of too many digits
        told = str(error).splitlines()[0][:120]
        raise InputError.at("edits_syntax", file=path, text=told) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, n in counts.items() if n > 1)
        raise ValueError(f"{_printable(twice)[:40]!r} twice in one object")
    return found


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _printable(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode("ascii")


def _shaped(path: Path, raw: object, shape: Shape) -> Any:  # noqa: ANN401  as the shape has it
    """Return what a file says once it has the shape of edits."""
    wrong = shape(raw, "")
    if wrong is not None:
        raise InputError.at(
            f"edits_{wrong.rule}",
            file=path,
            entry=_printable(wrong.at)[:120] or ".",
            value=_printable(wrong.value)[:80],
            wanted=Said(f"errors.edits_kind_{wrong.wanted}") if wrong.wanted else "",
        )
    return raw


def _grids(raw: Mapping[str, Any]) -> GridEdits:
    return GridEdits(
        units_hash=raw["units"],
        option=raw["option"],
        to=raw["to"],
        locked=tuple(raw.get("locked", ())),
        comments=_comments(raw),
    )


def _stations(path: Path, raw: Mapping[str, Any]) -> StationEdits:
    circle = raw["circle"]
    for name in ("added", "moved", "closed", "opened"):
        codes = [
            one if isinstance(one, str) else one["code"] for one in raw.get(name, ())
        ]
        twice = next((code for code, n in Counter(codes).items() if n > 1), "")
        if twice:
            raise InputError.at(
                "edits_twice", file=path, entry=f"stations.{name}", code=twice
            )
    return StationEdits(
        circle=circle,
        added=tuple(_spot(one, circle=circle) for one in raw.get("added", ())),
        moved=tuple(_spot(one, circle="") for one in raw.get("moved", ())),
        closed=tuple(raw.get("closed", ())),
        opened=dict.fromkeys(raw.get("opened", ()), circle),
        hours=raw.get("hours", {}),
        comments=_comments(raw),
    )


def _spot(one: Mapping[str, Any], *, circle: str) -> Spot:
    return Spot(
        code=one["code"],
        x=float(one["x"]),
        y=float(one["y"]),
        name=one.get("name", ""),
        circle=circle,
    )


def _comments(raw: Mapping[str, Any]) -> tuple[Comment, ...]:
    return tuple(
        Comment(x=float(one["x"]), y=float(one["y"]), text=one["text"])
        for one in raw.get("comments", ())
    )

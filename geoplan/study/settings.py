"""The study file as it is written: its tables and keys checked, nothing opened.

What may stand in it is the packaged data ``keys.toml``.
"""

import datetime as dt
import difflib
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from geoplan.errors import InputError
from geoplan.files.encodings import of_text

Table = Mapping[str, Any]

FILE_NAME = "study.toml"

#: Layers that stand as an entry in the table of another: layer → table, entry.
INNER = {
    "entrances": ("buildings", "entrances"),
    "gates": ("compounds", "gates"),
    "land": ("land", "residential"),
    "earlier": ("grids", "before"),
    "second": ("division", "second"),
}

_PAIR = 2
_LINE = re.compile(r"at line (\d+)")
#: Chinese marks that stand where TOML wants others.
_PLAIN = {
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
    "＝": "=",
    "【": "[",
    "［": "[",
    "】": "]",
    "］": "]",
    "，": ",",
    "、": ",",
}
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'|#.*')
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PYTHON: dict[str, type | tuple[type, ...]] = {
    "text": str,
    "number": (int, float),
    "count": int,
    "date": (dt.date, str),
    "texts": list,
    "pair": list,
    "table": dict,
    "numbers": dict,
    "flag": bool,
    "file": (str, dict),
    "any": object,
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A study file whose every key is known and of its kind."""

    path: Path
    tables: Mapping[str, Table]
    circles: tuple[Table, ...]
    text: str
    #: tables written as several, [[stations]]; ``tables`` holds the first of each
    several: Mapping[str, tuple[Table, ...]] = field(default_factory=dict)

    def table(self, name: str) -> Table:
        """Return a table; empty if the file has none."""
        return self.tables.get(name, {})

    def files(self, layer: str) -> tuple[Table, ...]:
        """Return what is said of each file of a layer; none if it has none."""
        name, entry = INNER.get(layer, (layer, ""))
        told = self.table(name).get(entry) if entry else self.table(name)
        if isinstance(told, str):
            return ({"path": told},)
        if not told or "path" not in told:
            return ()
        return self.several.get(layer, (told,))

    def error(
        self, key: str, *, table: str, entry: str, nth: int = 0, **facts: object
    ) -> InputError:
        """Return the error for an entry, with the line it stands in.

        ``nth`` counts tables of one name, as circles are, from 0.
        """
        place: dict[str, object] = {"file": self.path}
        line = _line(self.text, table=table, entry=entry, nth=nth)
        if line:
            place["row"] = line
        return InputError(key, place, {"table": table, "entry": entry, **facts})


def read_settings(path: Path | str) -> Settings:
    """Return a study file; ``path`` may be the folder that holds study.toml.

    Raises
    ------
    InputError
        If it is missing, is not TOML, or has a table, key or value that a study
        file cannot have.
    """
    path = Path(path)
    path = path / FILE_NAME if path.is_dir() else path
    if not path.is_file():
        raise InputError.at("study_missing", file=path)
    text = _text(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(path, text, told=str(error)) from error
    circles = raw.pop("circle", [])
    several = {
        name: tuple(raw[name])
        for name in _keys()["several"]["tables"]
        if isinstance(raw.get(name), list) and raw[name]
    }
    settings = Settings(
        path=path,
        tables={**raw, **{name: tables[0] for name, tables in several.items()}},
        circles=tuple(circles) if isinstance(circles, list) else (circles,),
        text=text,
        several=several,
    )
    _check(settings)
    return settings


def nearest(word: str, known: list[str]) -> str:
    """Return the known word most like a word.

    Examples
    --------
    >>> nearest("minute", ["metres", "minutes", "name"])
    'minutes'
    """
    return difflib.get_close_matches(word, known, n=1, cutoff=0.0)[0]


def _unreadable(path: Path, text: str, *, told: str) -> InputError:
    """Return the error of a file that is not TOML, by what its line shows."""
    if not _is_study(path):
        return InputError.at("study_not_toml", file=path)
    line = _LINE.search(told)
    row = int(line[1]) if line else None
    written = text.splitlines()[row - 1] if row and row <= text.count("\n") else ""
    wide = [sign for sign in _PLAIN if sign in _QUOTED.sub("", written)]
    if wide:
        plain = " ".join(dict.fromkeys(_PLAIN[sign] for sign in wide))
        facts = {"signs": " ".join(wide), "plain": plain}
        return InputError.at("study_syntax_wide", file=path, row=row, **facts)
    if "twice" in told or "overwrite" in told:
        return InputError.at("study_syntax_twice", file=path, row=row)
    return InputError.at("study_syntax", file=path, row=row, text=told)


def _is_study(path: Path) -> bool:
    return path.suffix.lower() in {".toml", ".txt", ""}


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        text = data.decode(of_text(data) or "utf-8")
    except UnicodeDecodeError as error:
        key = "study_encoding" if _is_study(path) else "study_not_toml"
        raise InputError.at(key, file=path) from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _check(settings: Settings) -> None:
    known = _keys()["tables"]
    for name, table in settings.tables.items():
        if name not in known:
            near = nearest(name, list(known))
            raise settings.error("study_table_unknown", table=name, entry="", near=near)
        for nth, one in enumerate(settings.several.get(name, (table,))):
            _check_table(settings, one, name=name, nth=nth)
    for nth, circle in enumerate(settings.circles):
        _check_table(settings, circle, name="circle", nth=nth)
    for name in _keys()["required"]["tables"]:
        if name not in settings.tables:
            raise settings.error("study_table_missing", table=name, entry="")


def _check_table(settings: Settings, table: object, *, name: str, nth: int = 0) -> None:
    """Raise if a table has an unknown key, a wrong value or lacks a key."""
    if not isinstance(table, dict):
        raise settings.error("study_not_a_table", table=name, entry="", nth=nth)
    kinds = _kinds(name)
    for entry, value in table.items():
        if entry not in kinds:
            near = nearest(entry, list(kinds))
            raise settings.error(
                "study_key_unknown", table=name, entry=entry, nth=nth, near=near
            )
        kind = kinds[entry].rstrip("!")
        _check_value(settings, value, kind=kind, at=(name, entry, nth))
    for entry, kind in kinds.items():
        if kind.endswith("!") and entry not in table:
            raise settings.error("study_key_missing", table=name, entry=entry, nth=nth)


def _check_value(
    settings: Settings, value: object, *, kind: str, at: tuple[str, str, int]
) -> None:
    table, entry, nth = at
    fits = isinstance(value, _PYTHON[kind]) and not (
        isinstance(value, bool) and kind not in {"any", "flag"}
    )
    if not fits or not _inner(value, kind):
        shown = (f'"{value}"' if isinstance(value, str) else str(value))[:40]
        raise settings.error(
            f"study_value_{kind}", table=table, entry=entry, nth=nth, value=shown
        )
    if kind == "file" and isinstance(value, dict):
        _check_table(settings, value, name="file")


def _inner(value: Any, kind: str) -> bool:  # noqa: ANN401  whatever TOML holds
    """Return whether the parts of a value are what its kind asks for."""
    if kind in {"texts", "table"}:
        parts = value.values() if kind == "table" else value
        return all(isinstance(part, str) for part in parts)
    if kind == "pair":
        numbers = [part for part in value if isinstance(part, (int, float))]
        return len(value) == len(numbers) == _PAIR
    if kind == "numbers":
        known = value.keys() <= _keys()["numbers"].keys()
        return known and all(_is_number(part) for part in value.values())
    if kind == "count":
        return bool(value >= 0)
    if kind == "date" and isinstance(value, str):
        return bool(_DATE.fullmatch(value)) and _is_day(value)
    return True


def _is_number(value: object) -> bool:
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
    )


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


@cache
def _keys() -> dict[str, Any]:
    source = files("geoplan") / "study" / "keys.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def _kinds(table: str) -> dict[str, str]:
    """Return key → kind of a table, those of [file] first where it is like one."""
    if table == "file":
        return dict(_keys()["file"])
    kinds = dict(_keys()["tables"][table])
    like = kinds.pop("like", None)
    return {**_keys()[like], **kinds} if like else kinds


def _line(text: str, *, table: str, entry: str, nth: int = 0) -> int | None:
    """Return the number of the line in which an entry, or else its table, stands.

    Of several tables of one name, of the ``nth``, from 0.
    """
    inside, header, seen = False, None, 0
    for number, line in enumerate(text.split("\n"), start=1):
        bracket = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
        if bracket:
            named = bracket[1].strip("\"'") == table
            inside = named and seen == nth
            seen += named
            header = number if inside else header
        elif inside and entry and re.match(rf"\s*[\"']?{re.escape(entry)}\b", line):
            return number
    return header

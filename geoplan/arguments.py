"""What the commands ask on the command line: options as data.

What each means is in ``wording/<language>/help.toml``, under ``said``.
"""

import re
from pathlib import Path
from typing import Any

Argument = dict[str, Any]  # what argparse wants to know of it


def counts(text: str) -> range:
    """Return the counts that N or A..B stands for."""
    first, _, last = text.partition("..")
    found = range(int(first), int(last or first) + 1)
    if not found or found[0] < 0:
        raise ValueError(text)
    return found


def between(text: str) -> tuple[int | None, int | None]:
    """Return the ends of A..B; an open end is no limit."""
    first, mark, last = text.partition("..")
    if not mark:
        raise ValueError(text)
    return (int(first) if first else None, int(last) if last else None)


def speeds(text: str) -> tuple[float, ...]:
    """Return walking speeds, m/s, with commas between."""
    found = tuple(float(one) for one in text.split(","))
    if not all(0 < one <= 3 for one in found):  # noqa: PLR2004  nobody walks faster
        raise ValueError(text)
    return found


def capacity(text: str) -> str:
    """Return a capacity: m2, or a number above 0."""
    if text not in {"", "m2"} and not 0 < float(text) < float("inf"):
        raise ValueError(text)
    return text


def positive(text: str) -> float:
    """Return a finite number of at least 0."""
    if not 0 <= float(text) < float("inf"):
        raise ValueError(text)
    return float(text)


def whole(text: str) -> int:
    """Return a whole number of at least 0."""
    if int(text) < 0:
        raise ValueError(text)
    return int(text)


def codes(text: str) -> tuple[str, ...]:
    """Return codes with commas between."""
    parts = (one.strip() for one in re.split("[,，、]", text))
    return tuple(one for one in parts if one)


#: What ``sites`` asks, by the field of ``geoplan.recipes.sites.asked.Asked``.
SITING: dict[str, Argument] = {
    "circle": {"default": "", "metavar": "NAME"},
    "model": {
        "choices": ("lscp", "mclp", "p-median", "p-center", "hubs", "tiers"),
        "default": "mclp",
    },
    "counts": {"type": counts, "metavar": "N|A..B"},
    "target": {"type": positive, "default": 1.0, "metavar": "SHARE"},
    "weight": {"default": "", "metavar": "WHOM"},
    "first": {"default": "", "choices": ("unmanaged", "elderly")},
    "capacity": {"type": capacity, "default": "", "metavar": "N|m2"},
    "budget": {"type": positive, "metavar": "SUM"},
    "own": {"action": "store_true"},
    "per": {"default": "", "choices": ("community", "grid")},
    "apart_m": {"type": positive, "default": 0.0, "metavar": "M"},
    "close": {"action": "store_true"},
    "evaluate": {"type": Path, "metavar": "FILE"},
    "datum": {"metavar": "NAME"},
    "below": {"type": whole, "metavar": "N"},
    "speeds": {"type": speeds, "default": (), "metavar": "A,B"},
    "without": {"type": codes, "default": (), "metavar": "CODE,…|all"},
    "seconds": {"type": positive, "default": 60.0, "metavar": "S"},
    "seed": {"type": int, "default": 0},
}
#: The options whose name is not that of the field.
_FLAGS = {"counts": "--count", "apart_m": "--min-distance", "seconds": "--time-limit"}


def flag(name: str) -> str:
    """Return the option of a field of ``SITING``."""
    return _FLAGS.get(name, f"--{name}")


SITES: dict[str, Argument] = {
    flag(name): {"dest": name, **how} for name, how in SITING.items()
}

_BETWEEN: Argument = {"type": between, "default": (None, None), "metavar": "A..B"}
_DATUM: Argument = {"metavar": "NAME"}

MATCH: dict[str, Argument] = {
    "units": {"type": Path, "metavar": "UNITS"},
    "--between": _BETWEEN,
    "--datum": _DATUM,
}


def band(text: str) -> tuple[float, float]:
    """Return the two ends of A..B, the first no larger."""
    low, high = (positive(one) for one in text.split(".."))
    if low > high:
        raise ValueError(text)
    return low, high


def several(text: str) -> int:
    """Return a whole number of at least 1."""
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


#: What ``divide`` asks, by the field of ``geoplan.recipes.division.asked.Asked``.
DRAWING: dict[str, Argument] = {
    "split": {"default": "", "metavar": "CODE"},
    "into": {"type": several, "default": 2, "metavar": "N"},
    "merge": {"type": codes, "default": (), "metavar": "A,B"},
    "shift": {"type": codes, "default": (), "metavar": "A,B"},
    "community": {"default": "", "metavar": "CODE"},
    "every": {"action": "store_true"},
    "grids": {"type": several, "metavar": "N"},
    "band": {"type": band, "metavar": "A..B"},
    "hard_band": {"action": "store_true"},
    "min_change": {"action": "store_true"},
    "options": {"type": several, "default": 3, "metavar": "N"},
    "lock": {"type": codes, "default": (), "metavar": "A,B"},
    "level": {"choices": ("grid", "community"), "default": "grid"},
    "seed": {"type": int, "default": 0},
}
#: The options whose name is not that of the field.
_DRAWN = {"every": "--all", "hard_band": "--hard-band", "min_change": "--min-change"}

DIVISION: dict[str, Argument] = {
    _DRAWN.get(name, f"--{name}"): {"dest": name, **how}
    for name, how in DRAWING.items()
}

COMPARE: dict[str, Argument] = {
    "before": {"type": Path, "metavar": "BEFORE"},
    "after": {"type": Path, "metavar": "AFTER"},
    "--option": {"type": whole, "metavar": "N"},
}

APPLY: dict[str, Argument] = {
    "edits": {"type": Path, "nargs": "+", "metavar": "EDITS"},
    "--band": {**DIVISION["--band"]},
}

STUDY: Argument = {"type": Path, "metavar": "STUDY"}
OUT: Argument = {"type": Path, "metavar": "DIR"}
PLACE: Argument = {"nargs": "?", "metavar": "PLACE"}
BBOX: Argument = {"metavar": "W,S,E,N"}
POLYGON: Argument = {"type": Path, "metavar": "FILE"}
FORCE: Argument = {"action": "store_true"}
PUBLIC: Argument = {"action": "store_true"}
PNG: Argument = {"action": "store_true"}
REPAIR: Argument = {"type": Path, "metavar": "OUT"}
FILE: Argument = {"type": Path, "metavar": "FILE"}
FOLDER: Argument = {"type": Path, "metavar": "FOLDER"}
STUDY_FILE: Argument = {"type": Path, "metavar": "FILE"}

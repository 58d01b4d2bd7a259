"""What the commands of siting ask on the command line: options as data."""

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


#: What ``sites`` asks, by the field of ``geoplan.study.asked.Asked``.
SITING: dict[str, Argument] = {
    "circle": {"default": "", "metavar": "NAME", "help": "default: the study's first"},
    "model": {
        "choices": ("lscp", "mclp", "p-median", "p-center"),
        "default": "mclp",
        "help": "cover all with fewest; cover most (default); shortest total walk; "
        "shortest worst walk",
    },
    "counts": {
        "type": counts,
        "metavar": "N|A..B",
        "help": "new stations; A..B gives the curve (default: 1..5)",
    },
    "target": {
        "type": positive,
        "default": 1.0,
        "metavar": "SHARE",
        "help": "lscp: share to cover (default: 1)",
    },
    "weight": {
        "default": "",
        "choices": ("households", "people", "elderly"),
        "help": "whom to count (default: as coverage does)",
    },
    "capacity": {
        "type": capacity,
        "default": "",
        "metavar": "N|m2",
        "help": "so many a station; m2: a household for each 0.3 m² of its rooms",
    },
    "budget": {"type": positive, "metavar": "SUM", "help": "of the rooms' costs"},
    "own": {"action": "store_true", "help": "stations serve their own area alone"},
    "per": {
        "default": "",
        "choices": ("community", "grid"),
        "help": "a station in each of these",
    },
    "apart_m": {
        "type": positive,
        "default": 0.0,
        "metavar": "M",
        "help": "metres between stations, at least",
    },
    "close": {"action": "store_true", "help": "stations there are may close"},
    "evaluate": {
        "type": Path,
        "metavar": "FILE",
        "help": "judge a list of codes instead of choosing",
    },
    "speeds": {
        "type": speeds,
        "default": (),
        "metavar": "A,B",
        "help": "compare the choice at these walking speeds too, m/s",
    },
    "seconds": {
        "type": positive,
        "default": 60.0,
        "metavar": "S",
        "help": "time limit of the solving (default: 60); then the best known and "
        "its gap are told",
    },
    "seed": {"type": int, "default": 0, "help": "of the search (default: 0)"},
}
#: The options whose name is not that of the field.
_FLAGS = {
    "counts": "--count",
    "apart_m": "--min-distance",
    "seconds": "--time-limit",
}

SITES: dict[str, Argument] = {
    _FLAGS.get(name, f"--{name}"): {"dest": name, **how} for name, how in SITING.items()
}

_BETWEEN: Argument = {
    "type": between,
    "default": (None, None),
    "metavar": "A..B",
    "help": "units a community takes at least and at most; either end may be open",
}
_DATUM: Argument = {"metavar": "NAME", "help": "of the units' coordinates: gcj02, bd09"}

MATCH: dict[str, Argument] = {
    "units": {"type": Path, "metavar": "UNITS"},
    "--between": _BETWEEN,
    "--datum": _DATUM,
}

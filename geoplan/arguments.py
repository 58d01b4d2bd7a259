"""What the commands ask on the command line: options as data."""

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


#: What ``sites`` asks, by the field of ``geoplan.recipes.sites.asked.Asked``.
SITING: dict[str, Argument] = {
    "circle": {"default": "", "metavar": "NAME", "help": "default: the study's first"},
    "model": {
        "choices": ("lscp", "mclp", "p-median", "p-center", "hubs", "tiers"),
        "default": "mclp",
        "help": "cover all with fewest; cover most (default); shortest total walk; "
        "shortest worst walk; communities whose station serves its neighbours too; "
        "stations of this tier and of the one below, near them",
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
        "metavar": "WHOM",
        "help": "whom to count: households, people, or a group that the study has "
        "numbers of, as elderly, 老年人, 残疾人 (default: as coverage does)",
    },
    "first": {
        "default": "",
        "choices": ("unmanaged", "elderly"),
        "help": "mclp: as many as can be of these, and then of all: households of "
        "compounds without property management, or elderly",
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
        "help": "judge a list instead of choosing: codes or names, or a table with "
        "coordinates",
    },
    "datum": {"metavar": "NAME", "help": "of the list's coordinates: gcj02, bd09"},
    "below": {
        "type": whole,
        "metavar": "N",
        "help": "tiers: new stations of the tier below (default: 3)",
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


def flag(name: str) -> str:
    """Return the option of a field of ``SITING``."""
    return _FLAGS.get(name, f"--{name}")


SITES: dict[str, Argument] = {
    flag(name): {"dest": name, **how} for name, how in SITING.items()
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


def band(text: str) -> tuple[float, float]:
    """Return the two ends of A..B, the first no larger."""
    low, high = (positive(one) for one in text.split(".."))
    if low > high:
        raise ValueError(text)
    return low, high


def codes(text: str) -> tuple[str, ...]:
    """Return codes with commas between."""
    return tuple(
        one.strip() for one in text.replace("，", ",").split(",") if one.strip()
    )


def several(text: str) -> int:
    """Return a whole number of at least 1."""
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


#: What ``divide`` asks, by the field of ``geoplan.recipes.division.asked.Asked``.
DRAWING: dict[str, Argument] = {
    "split": {"default": "", "metavar": "CODE", "help": "part this grid"},
    "into": {
        "type": several,
        "default": 2,
        "metavar": "N",
        "help": "with --split: in so many (default: 2)",
    },
    "merge": {
        "type": codes,
        "default": (),
        "metavar": "A,B",
        "help": "make these grids one",
    },
    "shift": {
        "type": codes,
        "default": (),
        "metavar": "A,B",
        "help": "rebalance these neighbours",
    },
    "community": {
        "default": "",
        "metavar": "CODE",
        "help": "redraw the grids of one community, by its code or name",
    },
    "every": {
        "action": "store_true",
        "help": "redraw all grids (what is done if nothing is asked)",
    },
    "grids": {
        "type": several,
        "metavar": "N",
        "help": "how many grids there are to be (default: as today where the band "
        "allows)",
    },
    "band": {
        "type": band,
        "metavar": "A..B",
        "help": "households of a grid (default: the study's, else 300..500)",
    },
    "hard_band": {
        "action": "store_true",
        "help": "the band must be kept, not only aimed at",
    },
    "min_change": {
        "action": "store_true",
        "help": "the best balance if 0, 2, 5, 10 %% of households may move",
    },
    "options": {
        "type": several,
        "default": 3,
        "metavar": "N",
        "help": "plans to choose from, at most (default: 3)",
    },
    "lock": {
        "type": codes,
        "default": (),
        "metavar": "A,B",
        "help": "grids that stay as they are, besides the study's",
    },
    "level": {
        "choices": ("grid", "community"),
        "default": "grid",
        "help": "what is drawn (default: grid)",
    },
    "seed": {"type": int, "default": 0, "help": "of the search (default: 0)"},
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
    "--option": {
        "type": whole,
        "metavar": "N",
        "help": "which of the divisions in division.gpkg",
    },
}

APPLY: dict[str, Argument] = {
    "edits": {"type": Path, "nargs": "+", "metavar": "EDITS"},
    "--band": {
        **DIVISION["--band"],
        "help": "that the page was made with (default: the study's)",
    },
}

STUDY: Argument = {"type": Path, "metavar": "STUDY"}
OUT: Argument = {"type": Path, "metavar": "DIR", "help": "folder to write to"}
PLACE: Argument = {"nargs": "?", "metavar": "PLACE"}
BBOX: Argument = {
    "metavar": "W,S,E,N",
    "help": "instead of PLACE: a box in degrees (write --bbox=W,S,E,N)",
}
POLYGON: Argument = {
    "type": Path,
    "metavar": "FILE",
    "help": "instead of PLACE: a file with polygons",
}
FORCE: Argument = {
    "action": "store_true",
    "help": "go on in spite of errors that the check finds; every output says so",
}
PUBLIC: Argument = {
    "action": "store_true",
    "help": "the map for a notice board: no building named, no checks; it carries "
    "the map review number (review in [study]), or says that it has none",
}
PNG: Argument = {
    "action": "store_true",
    "help": "also a picture of each circle for documents and slides "
    '(needs pip install "geoplan[png]")',
}
REPAIR: Argument = {
    "type": Path,
    "metavar": "OUT",
    "help": "folder for a copy of the study with the safe repairs done: slivers "
    "closed, rings made valid, codes padded; nothing else, and never the originals",
}
FILE: Argument = {
    "type": Path,
    "metavar": "FILE",
    "help": "file to write (.osm.pbf), or folder for it (default: the current one)",
}
FOLDER: Argument = {"type": Path, "metavar": "FOLDER"}
STUDY_FILE: Argument = {
    "type": Path,
    "metavar": "FILE",
    "help": "study file to write (default: FOLDER/study.toml)",
}

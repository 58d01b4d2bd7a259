"""What people read, by language: texts are packaged data, never code.

A key names a file and an entry: ``errors.file_missing`` is the entry
``file_missing`` of ``wording/<lang>/errors.toml``, ``division.rules.G1`` the entry
``G1`` of the table ``rules`` of ``division.toml``. Entries are
:meth:`str.format` templates.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from importlib.resources import files
from operator import getitem
from typing import Any

LANGUAGES = ("zh", "en")
#: Facts that are lists, parted by ", ", for which Chinese has a mark of its own.
_LISTS = frozenset({"columns", "formats", "known", "rivals", "rows", "tables", "tiers"})


@dataclass(frozen=True)
class Said:
    """A text as a fact of another text, in whatever language that will be said."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)


@cache
def texts(topic: str, lang: str) -> dict[str, str]:
    """Return all texts of a topic (``errors``, ``findings`` …) in a language."""
    source = files("geoplan") / "wording" / lang / f"{topic}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def say(key: str, *, lang: str = "zh", **facts: object) -> str:
    """Return the text of a key with its facts filled in.

    Examples
    --------
    >>> say("errors.file_missing", lang="en")
    'there is no such file. Check the path; it is read beside the study file.'
    """
    topic, _, entry = key.partition(".")
    for name, fact in facts.items():
        if isinstance(fact, Said):
            facts[name] = say(fact.key, lang=lang, **fact.facts)
        elif lang == "zh" and name in _LISTS and isinstance(fact, str):
            facts[name] = fact.replace(", ", "、")
    whole: Any = texts(topic, lang)
    return str(reduce(getitem, entry.split("."), whole).format(**facts))

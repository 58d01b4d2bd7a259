"""What people read, by language: texts are packaged data, never code.

A key names a file and an entry: ``errors.file_missing`` is the entry
``file_missing`` of ``wording/<lang>/errors.toml``, ``division.rules.G1`` the entry
``G1`` of the table ``rules`` of ``division.toml``. Entries are
:meth:`str.format` templates.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from importlib.resources import files
from operator import getitem
from typing import Any

LANGUAGES = ("zh", "en")
#: A fact; or two words, the first of which goes with one: ``{n} [home|homes]``.
_FORMS = re.compile(r"\{(\w+)[^{}]*\}|\[([^\[\]|]*)\|([^\[\]|]*)\]")
_ONE = re.compile(r"1(?![\d.,])")
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
    >>> say("errors.at_row", lang="en", value=7)
    'row 7'
    """
    topic, _, entry = key.partition(".")
    for name, fact in facts.items():
        if isinstance(fact, Said):
            facts[name] = say(fact.key, lang=lang, **fact.facts)
        elif lang == "zh" and name in _LISTS and isinstance(fact, str):
            facts[name] = fact.replace(", ", "、")
    whole: Any = texts(topic, lang)
    text = str(reduce(getitem, entry.split("."), whole))
    return form(text, **facts).format(**facts)


def form(text: str, /, **facts: object) -> str:
    """Return a text with the words that follow its numbers, facts not filled in.

    Of two words the first is taken if the fact before them is one.

    Examples
    --------
    >>> form("{n} [home|homes] in {all}", n=1, all=9), form("[one|{n}]", n=2)
    ('{n} home in {all}', '{n}')
    """
    last = ""

    def chosen(found: re.Match[str]) -> str:
        nonlocal last
        if found[1] is None:
            return found[2] if _ONE.match(last) else found[3]
        last = str(facts.get(found[1], ""))
        return found[0]

    return _FORMS.sub(chosen, text) if "[" in text else text

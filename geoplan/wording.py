"""What people read, by language: texts are packaged data, never code.

A key names a file and an entry: ``errors.file_missing`` is the entry
``file_missing`` of ``wording/<lang>/errors.toml``. Entries are
:meth:`str.format` templates.
"""

import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh", "en")


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
    return texts(topic, lang)[entry].format(**facts)

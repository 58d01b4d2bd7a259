"""Texts of a study file: names from files are quoted, comments stay comments."""

import unicodedata
from collections.abc import Mapping

_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
#: Unicode's classes of what cannot be seen or turns the direction of a text.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_BMP = 0xFFFF


def quoted(text: str) -> str:
    r"""Return a text as a TOML string.

    Examples
    --------
    >>> print(quoted('a"b\n网格'))
    "a\"b\n网格"
    """
    return f'"{"".join(map(_letter, text))}"'


def inline(told: Mapping[str, object]) -> str:
    """Return a mapping of texts, and of mappings of texts, as an inline table.

    Examples
    --------
    >>> print(inline({"path": "a.csv", "columns": {"code": "编码"}}))
    { path = "a.csv", columns = { code = "编码" } }
    """
    parts = [f"{key} = {value(one)}" for key, one in told.items()]
    return f"{{ {', '.join(parts)} }}"


def value(one: object) -> str:
    """Return a text, a mapping, true or false as TOML."""
    if isinstance(one, bool):
        return str(one).lower()
    return inline(one) if isinstance(one, Mapping) else quoted(str(one))


def comment(text: str) -> str:
    r"""Return a text as a comment of one line.

    Examples
    --------
    >>> print(comment("a\nb = 1"))
    # a b = 1
    """
    return f"# {flat(text)}".rstrip()


def flat(text: str) -> str:
    r"""Return a text as one line in which every letter can be seen.

    Examples
    --------
    >>> print(flat("a\nb\x07"))
    a b\u0007
    """
    line = " ".join(text.split())
    return "".join(_letter(c) if _unseen(c) else c for c in line)


def _letter(letter: str) -> str:
    if letter in _SHORT:
        return _SHORT[letter]
    if not _unseen(letter):
        return letter
    number = ord(letter)
    return f"\\u{number:04X}" if number <= _BMP else f"\\U{number:08X}"


def _unseen(letter: str) -> bool:
    return unicodedata.category(letter) in _UNSEEN

"""The packaged table ``columns.toml``, and how its words are compared."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def tables() -> dict[str, Any]:
    """Return the packaged table."""
    source = files("geoplan") / "columns.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def normal(name: str) -> str:
    """Return a column's name without what does not matter for telling it.

    Examples
    --------
    >>> normal("面积（㎡）"), normal(" Grid_Code "), normal("人口(户籍)")
    ('面积', 'gridcode', '人口(户籍)')
    >>> normal("戶數")
    '户数'
    """
    text = _simplified(unicodedata.normalize("NFKC", str(name)).casefold())
    text = re.sub(r"[\s_\-.*:'\"\ufeff]+", "", text)
    bracket = re.fullmatch(r"(.+?)[(\[【](.+)[)\]】]", text)
    return bracket[1] if bracket and bracket[2] in units() else text


def plain_value(text: str) -> str:
    """Return a value without regard to case, width, writing and outer spaces.

    Examples
    --------
    >>> plain_value(" 社區級 "), plain_value("Ａ")
    ('社区级', 'a')
    """
    return _simplified(unicodedata.normalize("NFKC", text).strip().casefold())


@cache
def units() -> frozenset[str]:
    """Return what may stand after a number and mean nothing more."""
    return frozenset(plain_value(word) for word in tables()["words"]["units"])


@cache
def nothing() -> frozenset[str]:
    """Return what people write where there is nothing."""
    return frozenset(plain_value(w) for w in ["", *tables()["words"]["nothing"]])


@cache
def words(kind: str) -> frozenset[str]:
    """Return the words of a kind: of "totals", or with which "notes" begin."""
    return frozenset(plain_value(word) for word in tables()["words"][kind])


def _simplified(text: str) -> str:
    """Return a text with signs of traditional writing as the tables have them."""
    return text if text.isascii() else text.translate(_signs())


@cache
def _signs() -> Mapping[int, int]:
    table = tables()["traditional"]
    return str.maketrans(table["written"], table["meant"])

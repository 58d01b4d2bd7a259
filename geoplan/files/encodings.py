"""Which encoding a file's bytes are in: decided by strict decoding, never by luck.

UTF-8 is tried first, since text in another encoding hardly ever is valid UTF-8;
then what a .cpg file says; then GB18030, which holds GBK and GB2312, or
Windows-1252 where the letters beyond ASCII stand alone among others.
"""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WIDE = ("utf-16-le", "utf-16-be")  # without their mark
# Signs, ideographs, full-width forms.
_CHINESE = (("\u3000", "\u303f"), ("\u4e00", "\u9fff"), ("\uff00", "\uffef"))
_MOSTLY = 0.95
_LATIN_LETTERS = range(0xC0, 0x250)
_SINGLE_BYTE = frozenset({"iso8859-1", "cp1252", "iso8859-15", "latin-1", "ascii"})
_THREE_BYTES = 0x800  # from here on UTF-8 takes three bytes, as for all Chinese


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """An encoding and whether the bytes would read otherwise without it."""

    name: str  #: as Python knows it
    matters: bool  #: the bytes are not all ASCII


def decide(texts: Iterable[bytes], *, told: str | None = None) -> Encoding | None:
    """Return the encoding of a file's texts; None if none fits.

    ``told`` (a .cpg file's word) counts if the bytes bear it out. A text may end
    in the middle of a character, as a shapefile's cut field does.

    Examples
    --------
    >>> decide(["网格".encode("gbk")]).name, decide(["网格".encode()]).name
    ('gb18030', 'utf-8')
    >>> decide(["网格".encode("gbk")], told="UTF-8").name
    'gb18030'
    >>> decide(["Straße".encode("latin-1")]).name
    'cp1252'
    """
    parts = sorted({part for part in texts if not part.isascii()})
    if not parts:
        return Encoding(name="utf-8", matters=False)
    known = canonical(told)
    western = _western(parts)
    order = ["utf-8", *([known] if known and known not in _SINGLE_BYTE else [])]
    order += ["cp1252", "gb18030"] if western else ["gb18030"]
    for name in order:
        if fits(parts, name) and not _looks_wrong(parts, name, told=known):
            return Encoding(name=name, matters=True)
    return None


def of_text(data: bytes) -> str | None:
    r"""Return the encoding of a text file, by its mark or by its bytes.

    Examples
    --------
    >>> of_text("网格,1\n".encode("utf-16-le")), of_text(b"\0\0\1") is None
    ('utf-16-le', True)
    """
    for bom, name in _BOMS.items():
        if data.startswith(bom):
            return name if fits([data], name) else None
    if b"\0" in data:
        return next((n for n in _WIDE if _reads_well(data, name=n)), None)
    found = decide([data])
    return found.name if found else None


def decode(data: bytes, *, encoding: str) -> str:
    """Return bytes as text; a character that was cut off at the end is dropped."""
    return codecs.getincrementaldecoder(encoding)("strict").decode(data)


def canonical(name: str | None) -> str | None:
    """Return the name of an encoding as Python knows it; None if it does not."""
    if not name:
        return None
    plain = name.strip().casefold()
    plain = {"936": "gb18030", "ansi 936": "gb18030", "65001": "utf-8"}.get(
        plain, plain
    )
    try:
        found = codecs.lookup(plain)
    except (LookupError, ValueError):
        return None
    if not found._is_text_encoding:  # noqa: SLF001  base64, zip …: no other sign
        return None
    return "gb18030" if found.name in {"gbk", "gb2312", "cp936"} else found.name


def fits(parts: Iterable[bytes], name: str) -> bool:
    """Return whether all texts can be read so."""
    try:
        for part in parts:
            decode(part, encoding=name)
    except (UnicodeError, LookupError):
        return False
    return True


def _reads_well(data: bytes, *, name: str) -> bool:
    """Return whether bytes are text in an encoding of two bytes a letter."""
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return False
    plain = sum(c in "\r\n\t" or " " <= c <= "~" or _is_chinese(c) for c in text)
    return plain >= _MOSTLY * len(text)


def _is_chinese(letter: str) -> bool:
    return any(low <= letter <= high for low, high in _CHINESE)


def _western(parts: Iterable[bytes]) -> bool:
    """Return whether most bytes beyond ASCII stand alone, as ä and é do."""
    runs = [run for part in parts for run in re.findall(rb"[\x80-\xff]+", part)]
    return sum(len(run) == 1 for run in runs) * 2 > len(runs)


def _looks_wrong(parts: list[bytes], name: str, *, told: str | None) -> bool:
    """Return whether valid UTF-8 is by its letters more likely something else.

    A few GBK characters happen to be valid UTF-8 of two bytes each. Read so, they
    are a jumble of alphabets, whereas true UTF-8 is Chinese (three bytes) or of
    Latin letters.
    """
    if name != "utf-8" or told == "utf-8":
        return False
    letters = set().union(*(decode(part, encoding=name) for part in parts))
    foreign = {ord(c) for c in letters if not c.isascii()}
    if any(letter >= _THREE_BYTES for letter in foreign):
        return False
    return not all(letter in _LATIN_LETTERS for letter in foreign)

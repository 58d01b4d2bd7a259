"""A Chinese face for PCs that have none: the characters of one page, no more.

The page asks for the PC's own faces first; a browser looks into this one only
for characters that none of them has.
"""

import base64
import io
from functools import cache

from fontTools import subset
from fontTools.ttLib import TTFont

from geoplan.maps.assets import vendored

FACE = "geoplan sans"  #: its name in style sheets
_SOURCE = "noto-sans-sc.woff"
_ASCII = 128
# What only an engine for vertical or contextual setting would read.
_UNUSED = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "prep", "gasp")


def face_rule(text: str) -> str:
    """Return the style rule that carries the face for a text; "" if none is needed.

    Characters that the face does not have are left to the PC.
    """
    wanted = frozenset(ord(sign) for sign in text if ord(sign) >= _ASCII)
    face = cut(wanted, flavor="woff") if wanted else b""
    if not face:
        return ""
    font = base64.b64encode(face).decode("ascii")
    return (
        f'@font-face{{font-family:"{FACE}";'
        f'src:url(data:font/woff;base64,{font}) format("woff")}}'
    )


@cache
def drawn() -> frozenset[int]:
    """Return the code points that the face can draw."""
    return frozenset(_font().getBestCmap())


def cut(signs: frozenset[int], *, flavor: str | None) -> bytes:
    """Return a font file with some code points of the face alone; b"" with none.

    ``flavor`` is "woff", or None for TrueType. The same signs give the same bytes.
    """
    font = _font()
    for table in _UNUSED:
        if table in font:
            del font[table]
    options = subset.Options(
        recalc_timestamp=False, layout_features=[], hinting=True, notdef_outline=True
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=signs)
    cutter.subset(font)
    if not font.getBestCmap():
        return b""
    font.flavor = flavor
    file = io.BytesIO()
    font.save(file, reorderTables=None)
    return file.getvalue()


def _font() -> TTFont:
    return TTFont(io.BytesIO(vendored(_SOURCE)), lazy=True, recalcTimestamp=False)

"""Parts of the Chinese face, cut by fontTools: slow to load, so asked for late."""

import io

from fontTools import subset
from fontTools.ttLib import TTFont

from geoplan.maps.assets import vendored

SOURCE = "noto-sans-sc.woff"
# What only an engine for vertical or contextual setting would read.
_UNUSED = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "prep", "gasp")


def cut(signs: frozenset[int], *, flavor: str | None) -> bytes:
    """Return a font file with some code points of the face alone; b"" with none.

    ``flavor`` is "woff", or None for TrueType. The same signs give the same bytes.
    """
    font = whole()
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


def whole() -> TTFont:
    """Return the face as it came."""
    return TTFont(io.BytesIO(vendored(SOURCE)), lazy=True, recalcTimestamp=False)

"""A Chinese face for PCs that have none: the characters of one page, no more.

The page asks for the PC's own faces first; a browser looks into this one only
for characters that none of them has.
"""

import base64
from functools import cache
from importlib.metadata import version

from geoplan.kept import kept
from geoplan.maps.assets import manifest, read

FACE = "geoplan sans"  #: its name in style sheets
_ASCII = 128


def face_rule(text: str) -> str:
    """Return the style rule that carries the face for a text; "" if none is needed.

    Characters that the face does not have are left to the PC.
    """
    wanted = frozenset(ord(sign) for sign in set(text) if ord(sign) >= _ASCII)
    face = _face(wanted) if wanted else b""
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
    from geoplan.maps.cutting import whole  # noqa: PLC0415  heavy

    return frozenset(whole().getBestCmap())


def cut(signs: frozenset[int], *, flavor: str | None) -> bytes:
    """Return a font file with some code points of the face alone; b"" with none.

    ``flavor`` is "woff", or None for TrueType. The same signs give the same bytes.
    """
    from geoplan.maps import cutting  # noqa: PLC0415  heavy

    return cutting.cut(signs, flavor=flavor)


def _face(signs: frozenset[int]) -> bytes:
    makers = (
        repr(sorted(signs)),
        *(read("cutting.py"), repr(sorted(manifest().items()))),
        version("fonttools"),
    )
    return kept(
        "woff",
        [maker.encode() for maker in makers],
        make=lambda: cut(signs, flavor="woff"),
    )

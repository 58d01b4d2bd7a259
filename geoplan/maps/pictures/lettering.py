"""Letters for pictures: every sign of a text is drawn, or told by its number.

The face that pages carry is used; signs that it lacks come from a face of the PC
that has them. A sign that no face here has is written as ``[U+20BB7]``, never as
an empty box.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self
from unicodedata import category

from fontTools.ttLib import TTFont, TTLibError
from matplotlib import font_manager

from geoplan.maps.fonts import cut, drawn

_STEERING = {"Cc", "Cf", "Zl", "Zp"}  # Unicode's categories
_LATIN = "DejaVu Sans"  # comes with matplotlib


@dataclass(frozen=True, kw_only=True)
class Lettering:
    """The faces that draw some texts, and the signs that none of them has."""

    families: tuple[str, ...]  #: matplotlib's names, the first one that has a sign
    lost: frozenset[str]

    @classmethod
    @contextmanager
    def over(cls, texts: Iterable[str]) -> Iterator[Self]:
        """Give the lettering for texts; matplotlib knows their faces meanwhile."""
        signs = {ord(sign) for text in texts for sign in _one_line(text)}
        carried = frozenset(signs & drawn())
        rest = signs - carried - _of_latin()
        found = []
        for name, has in _found() if rest else ():
            if rest & has:
                found.append(name)
                rest -= has
        lost = frozenset(map(chr, rest))
        with _registered(cut(carried, flavor=None) if carried else b"") as own:
            yield cls(families=(*own, _LATIN, *found), lost=lost)

    def plain(self, text: str) -> str:
        """Return a text as it can be drawn: mathematics off, lost signs as numbers."""
        told = (
            f"[U+{ord(sign):04X}]" if sign in self.lost else sign
            for sign in _one_line(text)
        )
        return "".join(told).replace("$", r"\$")


def _one_line(text: str) -> str:
    """Return a text without breaks and other signs that only steer."""
    return "".join(" " if category(s) in _STEERING else s for s in text)


@contextmanager
def _registered(font: bytes) -> Iterator[tuple[str, ...]]:
    """Make a face known to matplotlib for a while; give its name, none for none."""
    if not font:
        yield ()
        return
    manager = font_manager.fontManager
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "face.ttf"
        path.write_bytes(font)
        known = list(manager.ttflist)
        manager.addfont(path)
        face = manager.ttflist[-1]
        manager.ttflist = [f for f in known if f.name != face.name] + [face]
        try:
            yield (str(face.name),)
        finally:
            manager.ttflist = known


@cache
def _of_latin() -> frozenset[int]:
    return _signs(font_manager.findfont(_LATIN))


@cache
def _found() -> tuple[tuple[str, frozenset[int]], ...]:
    """Return the PC's faces by name, and what each can draw."""
    manager, faces = font_manager.fontManager, []
    for path in sorted(font_manager.findSystemFonts()):
        with suppress(TTLibError, OSError, RuntimeError):
            manager.addfont(path)
            faces.append((manager.ttflist[-1].name, _signs(path)))
    return tuple(faces)


def _signs(path: str) -> frozenset[int]:
    """Return the code points that a font file can draw; of several, its first."""
    with TTFont(path, lazy=True, fontNumber=0) as font:
        return frozenset(font.getBestCmap() or ())

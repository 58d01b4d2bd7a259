"""The shell of a page: folium's map in the page's own markup, then sealed."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from geoplan.kept import kept
from geoplan.maps.assets import inlined, licences, read
from geoplan.maps.fonts import face_rule
from geoplan.maps.seal import images_from, seal

_META = (
    '<meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
)
_HOLE = re.compile(r"<!-- fill (\w+) -->")
_RENDERERS = ("folium", "branca", "jinja2")


@dataclass(frozen=True, kw_only=True)
class _Shell:
    """What a page is made of, by the names of its files."""

    markup: str  #: with blocks of its own in page.html
    script: str
    styles: tuple[str, ...] = ()  #: its own, after page.css

    def rendered(self) -> str:
        """Return the page as folium renders it, without data; kept for next time."""
        parts = (self.markup, "page.html", "figure.py")
        makers = (
            *(repr(self), *map(read, parts)),
            *(version(name) for name in _RENDERERS),
        )
        return kept("html", map(str.encode, makers), make=self._render).decode()

    def _render(self) -> bytes:
        from geoplan.maps.figure import rendered  # noqa: PLC0415  heavy

        page = rendered(markup=self.markup, script=self.script, styles=self.styles)
        return page.encode()


_SHELLS = {
    "coverage": _Shell(markup="coverage.html", script="runtime.js"),
    "check": _Shell(markup="check.html", script="check.js", styles=("check.css",)),
    "sites": _Shell(
        markup="sites.html", script="sites.js", styles=("sites.css", "what_if.css")
    ),
    "division": _Shell(
        markup="division.html",
        script="division.js",
        styles=("division.css", "drawing.css"),
    ),
    "compare": _Shell(
        markup="compare.html", script="compare.js", styles=("compare.css",)
    ),
    "match": _Shell(
        markup="match.html", script="match.js", styles=("sites.css", "match.css")
    ),
}


def map_page(
    name: str,
    data: Mapping[str, Any],
    *,
    title: str,
    sentence: str,
    lang: str,
    tiles: str = "",
) -> str:
    """Return a page with a map, its data and texts, sealed.

    ``name``: which of the pages with a map; ``sentence``: what the page says where no
    script may run; ``tiles``: the one template of URLs that pictures may come from,
    once somebody asks for them.

    Raises
    ------
    UsageError
        The template is not one of ``https`` with {x}, {y} and {z}.
    """
    fill = {
        "lang": lang,
        "meta": _META,
        "title": html.escape(title),
        "sentence": html.escape(sentence),
        "data": _block("data", data) + "\n" + _block("licences", licences()),
    }
    page = inlined(_SHELLS[name].rendered())
    filled = _HOLE.sub(lambda hole: fill[hole[1]], page)
    return _sealed(filled, images=images_from(tiles))


def plain_page(body: str, *, title: str, css: str, lang: str) -> str:
    """Return a page without map or script, sealed; ``body`` is escaped markup."""
    head = f"{_META}<title>{html.escape(title)}</title><style>{css}</style>"
    return _sealed(
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>{head}</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _sealed(page: str, *, images: str = "") -> str:
    """Return a page with the face for its characters, sealed."""
    style = f"<style>{face_rule(page)}</style></head>"
    return seal(page.replace("</head>", style, 1), images=images)


def _block(name: str, content: object) -> str:
    """Return data as a block that no browser runs and no name can leave."""
    text = json.dumps(
        content, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f'<script type="application/json" id="{name}">{text}</script>'

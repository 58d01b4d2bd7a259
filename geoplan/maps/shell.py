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

    markup: str
    script: str
    styles: tuple[str, ...]

    def rendered(self) -> str:
        """Return the page as folium renders it, without data; kept for next time."""
        parts = (self.markup, "place.html", "figure.py")
        makers = (
            *(repr(self), *map(read, parts)),
            *(version(name) for name in _RENDERERS),
        )
        return kept("html", map(str.encode, makers), make=self._render).decode()

    def _render(self) -> bytes:
        from geoplan.maps.figure import rendered  # noqa: PLC0415  heavy

        page = rendered(markup=self.markup, script=self.script, styles=self.styles)
        return page.encode()


def map_page(
    data: Mapping[str, Any], *, title: str, sentence: str, lang: str, tiles: str = ""
) -> str:
    """Return a page with a map, its data and texts, sealed.

    ``sentence`` is what the page says where no script may run; ``tiles`` the one
    template of URLs that pictures may come from, once somebody asks for them.

    Raises
    ------
    UsageError
        The template is not one of ``https`` with {x}, {y} and {z}.
    """
    shell = _Shell(markup="page.html", script="runtime.js", styles=("page.css",))
    page = _filled(shell, data, title=title, sentence=sentence, lang=lang)
    return _sealed(page, images=images_from(tiles))


def check_shell(
    data: Mapping[str, Any], *, title: str, sentence: str, lang: str
) -> str:
    """Return the page of a check, with a map, its data and texts, sealed."""
    styles = ("page.css", "check.css")
    shell = _Shell(markup="check.html", script="check.js", styles=styles)
    return _sealed(_filled(shell, data, title=title, sentence=sentence, lang=lang))


def sites_shell(
    data: Mapping[str, Any], *, title: str, sentence: str, lang: str
) -> str:
    """Return the page of siting, with a map, its data and texts, sealed."""
    styles = ("page.css", "sites.css", "what_if.css")
    shell = _Shell(markup="sites.html", script="sites.js", styles=styles)
    return _sealed(_filled(shell, data, title=title, sentence=sentence, lang=lang))


def division_shell(
    data: Mapping[str, Any], *, title: str, sentence: str, lang: str
) -> str:
    """Return the page of division, with a map, its data and texts, sealed."""
    styles = ("page.css", "division.css", "drawing.css")
    shell = _Shell(markup="division.html", script="division.js", styles=styles)
    return _sealed(_filled(shell, data, title=title, sentence=sentence, lang=lang))


def compare_shell(
    data: Mapping[str, Any], *, title: str, sentence: str, lang: str
) -> str:
    """Return the page of compared stations, with a map, its data and texts, sealed."""
    styles = ("page.css", "compare.css")
    shell = _Shell(markup="compare.html", script="compare.js", styles=styles)
    return _sealed(_filled(shell, data, title=title, sentence=sentence, lang=lang))


def match_shell(
    data: Mapping[str, Any], *, title: str, sentence: str, lang: str
) -> str:
    """Return the page of matching, with a map, its data and texts, sealed."""
    styles = ("page.css", "sites.css", "match.css")
    shell = _Shell(markup="match.html", script="match.js", styles=styles)
    return _sealed(_filled(shell, data, title=title, sentence=sentence, lang=lang))


def _filled(
    shell: _Shell, data: Mapping[str, Any], *, title: str, sentence: str, lang: str
) -> str:
    fill = {
        "lang": lang,
        "meta": _META,
        "title": html.escape(title),
        "sentence": html.escape(sentence),
        "data": _block("data", data) + "\n" + _block("licences", licences()),
    }
    page = inlined(shell.rendered())
    return _HOLE.sub(lambda hole: fill[hole[1]], page)


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

"""The shell of a page: folium's map in the page's own markup, then sealed.

folium renders what its elements say a second time as a template, so whatever
comes from data is put in after folium is done.
"""

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import folium
from branca.element import MacroElement
from jinja2 import Template

from geoplan.maps.assets import inlined, licences, read
from geoplan.maps.fonts import face_rule
from geoplan.maps.seal import images_from, seal

_META = (
    '<meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
)
_HOLE = re.compile(r"<!-- fill (\w+) -->")
_FIGURE = Template(
    '<!DOCTYPE html>\n<html lang="<!-- fill lang -->">\n<head>'
    + _META
    + "<title><!-- fill title --></title>{{ this.header.render(**kwargs) }}"
    '<style id="page-size"></style></head>\n'
    "<body>\n{{ this.html.render(**kwargs) }}\n<!-- fill data -->\n"
    "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n</body>\n</html>\n"
)


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
    styles = ("page.css", "sites.css")
    shell = _Shell(markup="sites.html", script="sites.js", styles=styles)
    return _sealed(_filled(shell, data, title=title, sentence=sentence, lang=lang))


def _filled(
    shell: "_Shell", data: Mapping[str, Any], *, title: str, sentence: str, lang: str
) -> str:
    figure = shell.get_root()
    figure._template = _FIGURE  # noqa: SLF001  folium offers no other way
    fill = {
        "lang": lang,
        "title": html.escape(title),
        "sentence": html.escape(sentence),
        "data": _block("data", data) + "\n" + _block("licences", licences()),
    }
    page = inlined(figure.render())
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


class _Start(MacroElement):
    """Hands the map to the page's own script."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "geoplan.start({{ this._parent.get_name() }});{% endmacro %}"
    )


class _Shell(folium.Map):
    """folium's map in the page's own markup, with vendored Leaflet alone."""

    _template = Template(
        "{%- macro html(this, kwargs) -%}{{ this.markup }}{%- endmacro -%}"
        "{%- macro script(this, kwargs) -%}"
        "var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {"
        "center: [0, 0], zoom: 2, zoomControl: false, fadeAnimation: false, "
        "zoomSnap: 0.25, zoomDelta: 0.5, wheelPxPerZoomLevel: 120, "
        "minZoom: 8, maxZoom: 19});"
        "{%- endmacro -%}"
    )

    def __init__(self, *, markup: str, script: str, styles: Sequence[str]) -> None:
        super().__init__(tiles=None, zoom_control=False)
        self._id = "page"  # folium's own is random
        self.default_js = [("leaflet", "leaflet.js"), ("runtime", script)]
        self.default_css = [(name, name) for name in ("leaflet.css", *styles)]
        place = f'<div class="folium-map" id="{self.get_name()}"></div>'
        whole = read(markup).replace("<!-- place -->\n", read("place.html"))
        self.markup = whole.replace("<!-- map -->", place)
        self.add_child(_Start(), name="start")  # type: ignore[no-untyped-call]


def _block(name: str, content: object) -> str:
    """Return data as a block that no browser runs and no name can leave."""
    text = json.dumps(
        content, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f'<script type="application/json" id="{name}">{text}</script>'

"""folium's map in a page's own markup: slow to load, so asked for late.

Each page's markup is page.html with some blocks of its own. folium renders what its
elements say a second time as a template, so whatever comes from data is put in after
folium is done, where ``<!-- fill … -->`` stands.
"""

from collections.abc import Sequence

import folium
from branca.element import MacroElement
from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from geoplan.maps.assets import read

_MARKUP = Environment(
    loader=FunctionLoader(read),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_FIGURE = Template(
    '<!DOCTYPE html>\n<html lang="<!-- fill lang -->">\n<head>'
    "<!-- fill meta --><title><!-- fill title --></title>"
    "{{ this.header.render(**kwargs) }}"
    '<style id="page-size"></style></head>\n'
    "<body>\n{{ this.html.render(**kwargs) }}\n<!-- fill data -->\n"
    "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n</body>\n</html>\n"
)


def rendered(*, markup: str, script: str, styles: Sequence[str]) -> str:
    """Return a page with folium's map, its scripts and styles still links."""
    figure = _Shell(markup=markup, script=script, styles=styles).get_root()
    figure._template = _FIGURE  # noqa: SLF001  folium offers no other way
    page: str = figure.render()
    return page


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
        self.default_css = [
            (name, name) for name in ("leaflet.css", "page.css", *styles)
        ]
        place = f'<div class="folium-map" id="{self.get_name()}"></div>'
        whole = _MARKUP.get_template(markup).render()
        self.markup = whole.replace("<!-- map -->", place)
        self.add_child(_Start(), name="start")  # type: ignore[no-untyped-call]

"""The scripts, styles and pictures that pages carry inside them."""

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files

from geoplan.maps.seal import PageError

#: The page's own scripts, in the order in which they build on one another.
RUNTIME = (
    *("words", "element", "codec", "frame", "state", "titles", "study", "filters"),
    *("sheet", "overlay", "tiles", "ground", "theme", "names", "marks", "answer"),
    *("views", "picker"),
    *("list", "curve", "card", "dock", "switches", "legend", "search"),
    *("pointer", "tip", "tools", "services", "checks", "notes", "paper", "start"),
)

#: The scripts of the page of the check, of the same parts and a few of its own.
CHECK_RUNTIME = (
    *("words", "element", "codec", "frame", "state", "check/data", "sheet"),
    *("overlay", "ground", "names", "check/drawing", "tools", "check/list"),
    *("check/files", "check/start"),
)

#: The scripts of the page of siting, likewise.
SITES_RUNTIME = (
    *("words", "element", "codec", "frame", "state", "titles", "sites/data", "sheet"),
    *("overlay", "tiles", "ground", "theme", "names", "marks", "sites/drawing"),
    *("sites/answer", "sites/curve", "sites/list", "card", "sites/dock"),
    *("switches", "sites/legend", "search", "pointer", "sites/tip", "tools"),
    *("notes", "paper", "start"),
    *("drawing/save", "whatif/ways", "whatif/footing", "whatif/trial"),
    *("whatif/drawing", "whatif/panel", "whatif/hands", "whatif/files"),
    *("whatif/start", "sites/start"),
)

#: The scripts of the page of division, likewise.
DIVISION_RUNTIME = (
    *("words", "element", "codec", "frame", "state", "titles", "division/topology"),
    *("division/data", "division/figures", "sheet", "overlay", "tiles", "ground"),
    *("theme", "names", "marks", "division/labels", "division/drawing"),
    *("division/swipe", "division/answer", "division/options", "division/moves"),
    *("division/rules", "division/terms", "card", "division/dock"),
    *("switches", "division/legend", "division/beside", "search", "pointer"),
    *("division/tip", "checks", "tools"),
    *("notes", "paper", "start", "drawing/judge", "drawing/codes"),
    *("drawing/history", "drawing/repair"),
    *("drawing/save", "drawing/plane", "drawing/sketch", "drawing/brush"),
    *("drawing/keys", "drawing/tint", "drawing/bench", "drawing/panel"),
    *("drawing/pins", "drawing/keeping", "drawing/hand", "division/start"),
)

#: The scripts of the page of compared stations, likewise.
COMPARE_RUNTIME = (
    *("words", "element", "codec", "frame", "state", "titles", "compare/data"),
    *("sheet", "overlay", "tiles", "ground", "theme", "names", "marks"),
    *("compare/drawing", "compare/answer", "compare/list", "card", "compare/dock"),
    *("switches", "compare/legend", "search", "pointer", "compare/tip", "tools"),
    *("notes", "paper", "start", "compare/start"),
)

#: The scripts of the page of matching, likewise.
MATCH_RUNTIME = (
    *("words", "element", "codec", "frame", "state", "titles", "match/data", "sheet"),
    *("overlay", "tiles", "ground", "theme", "names", "marks", "match/drawing"),
    *("match/list", "card", "match/dock", "switches", "match/legend", "search"),
    *("pointer", "match/tip", "tools", "notes", "paper", "start", "match/start"),
)

_ROOM = files("geoplan") / "maps"
#: The scripts of every page, by the name that the page links.
BUNDLES = {
    "runtime.js": RUNTIME,
    "check.js": CHECK_RUNTIME,
    "sites.js": SITES_RUNTIME,
    "match.js": MATCH_RUNTIME,
    "division.js": DIVISION_RUNTIME,
    "compare.js": COMPARE_RUNTIME,
}
_OWN_STYLES = frozenset(
    (
        "page.css",
        "check.css",
        "sites.css",
        "division.css",
        "drawing.css",
        "compare.css",
        "what_if.css",
        "match.css",
    )
)
_SCRIPT_LINK = re.compile(r'<script src="([^"]*)"></script>')
_STYLE_LINK = re.compile(r'<link rel="stylesheet" href="([^"]*)"/>')
_PICTURE = re.compile(r"url\((images/[^)]*)\)")
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S*")


def inlined(page: str) -> str:
    """Return a page as folium writes it, its scripts and styles put inside.

    Raises
    ------
    PageError
        If a script or style is neither vendored nor the page's own.
    """
    scripts = _SCRIPT_LINK.sub(lambda link: f"<script>{script(link[1])}</script>", page)
    return _STYLE_LINK.sub(lambda link: f"<style>{style(link[1])}</style>", scripts)


def script(name: str) -> str:
    """Return a script by the name of its file."""
    if name in BUNDLES:
        text = "\n".join(read(f"runtime/{part}.js") for part in BUNDLES[name])
    else:
        text = _SOURCE_MAP.sub("", vendored(name).decode("utf-8"))
    return text.replace("</script", r"<\/script").replace("\r\n", "\n")


def style(name: str) -> str:
    """Return a style sheet by the name of its file, its pictures inside."""
    text = read(name) if name in _OWN_STYLES else vendored(name).decode("utf-8")
    return _PICTURE.sub(_picture, text).replace("\r\n", "\n")


def vendored(name: str) -> bytes:
    """Return a vendored file as the manifest names it.

    Raises
    ------
    PageError
        If there is none of this name, or its content has changed.
    """
    entry = manifest().get(name)
    if entry is None:
        raise PageError(f"{name!r} is not among the vendored files")
    content = (_ROOM / "vendor" / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise PageError(f"{name!r} is not the file that the manifest names")
    return content


@cache
def manifest() -> dict[str, dict[str, str]]:
    """Return where each vendored file comes from, by its name here."""
    entries: dict[str, dict[str, str]] = json.loads(read("vendor/manifest.json"))
    return entries


def licences() -> list[str]:
    """Return the licence texts of all vendored files."""
    names = sorted({entry["licence_file"] for entry in manifest().values()})
    return [vendored(name).decode("utf-8") for name in names]


def read(name: str) -> str:
    """Return a text of this room by its path."""
    return _ROOM.joinpath(*name.split("/")).read_text(encoding="utf-8")


def _picture(reference: re.Match[str]) -> str:
    content = vendored(reference[1].rsplit("/", 1)[-1])
    return f"url(data:image/png;base64,{base64.b64encode(content).decode('ascii')})"

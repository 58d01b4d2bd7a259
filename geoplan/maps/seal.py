"""The seal of a page: it loads nothing, and runs only what it came with."""

import base64
import hashlib
import html
import re
from html.parser import HTMLParser

from geoplan.errors import UsageError

_POLICY = (
    "default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
    "img-src data: blob:{images}; font-src data:; base-uri 'none'; form-action 'none'"
)
_URL = re.compile(r"url\(\s*['\"]?([^'\")]*)", re.IGNORECASE)
_TEMPLATE = re.compile(
    r"https://([a-z0-9-]*\{s\}[a-z0-9-]*\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?)/"
    r"[A-Za-z0-9\-._~/?&=%,:{}]*"
)
_KEY = re.compile(r"[?&](tk|key|ak|token|apikey|access_token)=(?!\{key\})[^&]")
_LOADS = frozenset(
    (
        *("src", "srcset", "href", "data", "poster", "background", "action"),
        *("formaction", "xlink:href", "ping", "manifest"),
    )
)
_FORBIDDEN = frozenset(
    ("iframe", "object", "embed", "base", "frame", "applet", "link", "portal")
)
_INERT = frozenset(("application/json", "text/plain"))


class PageError(RuntimeError):
    """A page would load something from elsewhere: a fault of the program."""


def images_from(template: str) -> str:
    """Return the hosts that a template of tile URLs asks, as a policy names them.

    Raises
    ------
    UsageError
        The template is not one of ``https`` with {x}, {y} and {z}, or it holds a
        key.

    Examples
    --------
    >>> images_from("https://t{s}.tiles.example/{z}/{x}/{y}.png?tk={key}")
    'https://*.tiles.example'
    """
    if not template:
        return ""
    found = _TEMPLATE.fullmatch(template)
    if found is None or not all(hole in template for hole in ("{x}", "{y}", "{z}")):
        raise UsageError.at("tiles_template", value=template)
    inside = _KEY.search(template)
    if inside is not None:
        raise UsageError.at("tiles_key_inside", name=inside[1])
    changing, host = found.groups()
    return f"https://*.{host}" if changing else f"https://{host}"


def seal(page: str, *, images: str = "") -> str:
    """Return a page with a policy that names the hash of each of its scripts.

    ``images`` is the one source besides the page itself that pictures may have.

    Raises
    ------
    PageError
        If anything in the page would be loaded, or run from markup.
    """
    warden = _Warden()
    warden.feed(page)
    warden.close()
    hashes = " ".join(f"'sha256-{h}'" for h in warden.hashes) or "'none'"
    sources = f" {images}" if images else ""
    policy = html.escape(_POLICY.format(hashes=hashes, images=sources), quote=False)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    head, found, rest = page.partition("<head>")
    if not found:
        raise PageError("a page without a head has no place for its policy")
    return f"{head}<head>{meta}{rest}"


class _Warden(HTMLParser):
    """Hashes the scripts of a page and refuses all that would be loaded."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.hashes: list[str] = []
        self._inside = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _FORBIDDEN:
            raise PageError(f"<{tag}> in a page that must load nothing")
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            raise PageError("a page that sends its reader elsewhere")
        for name, value in given.items():
            _check_attribute(tag, name=name, value=value)
        inert = tag == "script" and given.get("type", "") in _INERT
        self._inside = tag if tag in {"script", "style"} and not inert else ""
        self._text = []

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = "".join(self._text)
        if self._inside == tag == "style":
            _check_style(text)
        elif self._inside == tag == "script":
            digest = hashlib.sha256(text.encode()).digest()
            self.hashes.append(base64.b64encode(digest).decode("ascii"))
        self._inside = ""


def _check_attribute(tag: str, *, name: str, value: str) -> None:
    if name.startswith("on"):
        raise PageError(f"<{tag} {name}>: a handler in markup")
    if name == "style":
        _check_style(value)
    followed = tag == "a" and name == "href"  # by the reader, if he will
    if name in _LOADS and not followed and not value.startswith(("#", "data:")):
        raise PageError(f"<{tag} {name}={value!r}> would load something")


def _check_style(text: str) -> None:
    if "@import" in text.lower():
        raise PageError("a style sheet that imports another")
    for target in _URL.findall(text):
        if not target.startswith(("#", "data:")):
            raise PageError(f"a style sheet that would load {target!r}")

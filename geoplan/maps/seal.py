"""The seal of a page: it loads nothing, and runs only what it came with."""

import base64
import hashlib
import html
import re
from html.parser import HTMLParser

_POLICY = (
    "default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"
)
_URL = re.compile(r"url\(\s*['\"]?([^'\")]*)", re.IGNORECASE)
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


def seal(page: str) -> str:
    """Return a page with a policy that names the hash of each of its scripts.

    Raises
    ------
    PageError
        If anything in the page would be loaded, or run from markup.
    """
    warden = _Warden()
    warden.feed(page)
    warden.close()
    hashes = " ".join(f"'sha256-{h}'" for h in warden.hashes) or "'none'"
    policy = html.escape(_POLICY.format(hashes=hashes), quote=False)
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

"""Pages in a real browser: what they ask for, what they say, how they are written."""

import re
from pathlib import Path

from playwright.sync_api import Page

VENDOR = Path(__file__).parent / "vendor"

#: Library calls that Chromium 78 has not, though its syntax would pass.
TOO_NEW = (
    *("replaceAll", "matchAll", "at", "flat", "flatMap", "fromEntries", "allSettled"),
    *("hasOwn", "structuredClone", "replaceChildren", "toSorted", "findLast"),
    *("randomUUID", "groupBy", "trimStart", "trimEnd"),
)

#: What style sheets of Chromium 78 have not.
NEWER_STYLE = re.compile(
    r"[^-]\bgap:|\binset:|aspect-ratio|:is\(|:where\(|:has\(|@container|@layer"
    r"|dvh|clamp\(|\n\s*&"
)

_SEEK = """([code, tooNew]) => {
    const found = [];
    const seek = node => {
        if (!node || typeof node.type !== "string") return;
        const called = node.type === "CallExpression" && node.callee;
        if (called && called.type === "MemberExpression" && !called.computed
            && tooNew.includes(called.property.name)) {
            found.push(called.property.name);
        }
        Object.values(node).forEach(child => [].concat(child).forEach(seek));
    };
    try {
        seek(acorn.parse(code, {ecmaVersion: 2018}));
    } catch (error) {
        found.push(error.message);
    }
    return found;
}"""


class Log:
    """What a page asks for and complains of."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def is_clean(self) -> bool:
        return not self.said and len(self.asked) == 1


def text(page: Page, selector: str) -> str:
    """Return what stands there, its white space single."""
    return " ".join(page.inner_text(selector).split())


def newer(page: Page, code: str, *, calls: tuple[str, ...] = TOO_NEW) -> list[str]:
    """Return what a script has that ES2018, or Chromium 78, has not."""
    if page.url != "about:blank" or not page.evaluate("'acorn' in window"):
        page.goto("about:blank")
        page.add_script_tag(path=VENDOR / "acorn.js")
    found: list[str] = page.evaluate(_SEEK, [code, list(calls)])
    return found


def sheets(page: Page) -> int:
    """Return how many sheets of paper a page takes."""
    printed = page.pdf(prefer_css_page_size=True)
    return len(re.findall(rb"/Type /Page\b", printed))

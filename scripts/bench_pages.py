"""How fast a page opens and moves in a real browser, as it is and slowed down.

    python scripts/bench_pages.py PAGE [PAGE ...] [--slow 4]

Prints a row a page and speed: megabytes, seconds until the page is ready (and the
browser's own work of them), seconds of its base map alone, frames a second in
dragging (and the longest frame, ms), seconds of work to switch the circle and to
filter. Work is time of the processor, which hangs less on what else is running.
"""

import argparse
from pathlib import Path

import chromium
from playwright.sync_api import (
    Browser,
    CDPSession,
    Page,
    ViewportSize,
    sync_playwright,
)

SIZE = ViewportSize(width=1366, height=768)
DRAG = 60  # steps of the pointer
FRAMES = (
    "window.frames_ = []; (function next(t) { if (!window.frames_) return;"
    " window.frames_.push(t);"
    " requestAnimationFrame(next); })(performance.now())"
)
GAPS = "window.frames_.slice(1).map((t, i) => t - window.frames_[i]).slice(1)"
WAYS = (
    "(() => { const t = performance.now(); geoplan.ground.use("
    "JSON.parse(document.getElementById('data').textContent));"
    " return (performance.now() - t) / 1000; })()"
)
SETTLED = "new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"
CIRCLE = "document.querySelector('#circles button:last-child').click()"
FILTER = (
    "(() => { const s = document.querySelector('#filter select'); if (!s) return;"
    " s.selectedIndex = 1; s.dispatchEvent(new Event('change')); })()"
)


def main() -> None:
    """Print the rows of the pages named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--slow", type=float, default=4)
    asked = parser.parse_args()
    heads = ("page", "MB", "slowed", "ready (work)", "ways", "frames (worst)")
    print(f"| {' | '.join(heads)} | circle | filter |")
    print("|---" * 8 + "|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        for path in asked.pages:
            for slow in (1.0, asked.slow):
                print(row(browser, path, slow=slow), flush=True)
        browser.close()


def row(browser: Browser, path: Path, *, slow: float) -> str:
    """Return one page's figures as a row of a table."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.goto(path.resolve().as_uri())
    page.wait_for_selector("html[data-ready]")
    ready = page.evaluate(f"{SETTLED}.then(() => performance.now() / 1000)")
    work = _work(session)
    page.wait_for_timeout(500)
    ways = page.evaluate(WAYS)
    rate, worst = _dragged(page)
    circle, chosen = (_settled(page, session, what) for what in (CIRCLE, FILTER))
    context.close()
    return (
        f"| {path.name} | {path.stat().st_size / 1e6:.2f} | {slow:g}× "
        f"| {ready:.2f} ({work:.2f}) | {ways:.2f} | {rate:.0f} ({worst:.0f}) "
        f"| {circle:.2f} | {chosen:.2f} |"
    )


def _work(session: CDPSession) -> float:
    told = session.send("Performance.getMetrics")["metrics"]
    return next(float(m["value"]) for m in told if m["name"] == "TaskDuration")


def _dragged(page: Page) -> tuple[float, float]:
    """Return the frames a second while the map is dragged, and the longest, ms."""
    page.evaluate(FRAMES)
    page.mouse.move(700, 450)
    page.mouse.down()
    for step in range(DRAG):
        page.mouse.move(700 - 6 * step, 450 - 2 * step)
        page.wait_for_timeout(8)
    page.mouse.up()
    gaps = page.evaluate(GAPS)
    page.evaluate("window.frames_ = null")
    page.wait_for_timeout(300)
    return 1000 * len(gaps) / sum(gaps), max(gaps)


def _settled(page: Page, session: CDPSession, action: str) -> float:
    """Return the seconds of work until what an action changes is drawn."""
    before = _work(session)
    page.evaluate(f"{action}; {SETTLED}")
    page.wait_for_timeout(300)
    return _work(session) - before


if __name__ == "__main__":
    main()

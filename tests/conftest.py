"""What many tests share: the demo, the real data, the browser, scripts as modules."""

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page, sync_playwright
from windows import Log

ROOT = Path(__file__).resolve().parent.parent

#: The browser starts nothing of its own and finds no host but this file system.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
]


def load_script(name: str) -> ModuleType:
    """Return ``scripts/<name>.py`` as a module.

    Loaded by its path, under a name of its own: a script named like a package of
    others (``coverage``, ``test``) must not hide that package. What it imports
    from its own folder, it finds.
    """
    alias = f"script_{name}"
    if alias not in sys.modules:
        path = ROOT / "scripts" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(alias, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[alias] = module
        sys.path.append(str(path.parent))
        spec.loader.exec_module(module)
        sys.path.remove(str(path.parent))
    return sys.modules[alias]


@pytest.fixture(scope="session")
def script() -> Callable[[str], ModuleType]:
    """Give the function that loads a script as a module."""
    return load_script


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Give the function that makes a file or folder once for all workers of a run.

    It takes a name and the maker, which is called with the path unless another
    test, or another worker, has made it already; and gives the path, which is for
    reading only.
    """
    base = tmp_path_factory.getbasetemp()
    place = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Callable[[Path], object]) -> Path:
        done = place / f"{name}.done"
        with FileLock(place / f"{name}.lock"):
            if not done.exists():
                make(place / name)
                done.touch()
        return place / name

    return made


@pytest.fixture(scope="session")
def demo(once: Callable[..., Path]) -> Path:
    """Give the folder of a run of the demo, in Chinese."""
    from geoplan.recipes.demo import show_shipped  # noqa: PLC0415  heavy, and for few

    return once("demo", lambda out: show_shipped(out=out, lang="zh", progress=str))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of real extracts that the project does not carry."""
    named = os.environ.get("GEOPLAN_REAL_DATA")
    if not named:
        pytest.skip("GEOPLAN_REAL_DATA names no folder of real data")
    assert Path(named).is_dir(), f"GEOPLAN_REAL_DATA={named} is no folder"
    return Path(named)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give one Chromium for the whole run; without one, skip, or fail in CI."""
    chromium = load_script("chromium").find()
    if chromium is None:
        missing = "NO BROWSER: install Chrome or Edge, or set GEOPLAN_CHROMIUM"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a fresh page the size of an office's screen."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN"
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def log(page: Page) -> Log:
    """Give what the page asks for and complains of."""
    return Log(page)


@pytest.fixture
def opened(page: Page, tmp_path: Path) -> Callable[..., Page]:
    """Give the function that opens a page's text from a file, ready.

    Its second argument is the rest of the address, from its ``#`` on.
    """

    def opener(text: str, rest: str = "") -> Page:
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        page.goto(file.as_uri() + rest)
        page.wait_for_selector("html[data-ready]")
        return page

    return opener


def until(page: Page, expression: str, arg: object = None) -> None:
    """Wait until an expression is true in a page whose policy runs no foreign code."""
    for _ in range(200):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {expression}")

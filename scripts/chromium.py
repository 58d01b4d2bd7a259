"""Find a Chromium, Chrome or Edge for the tests of the pages, or install one."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)

#: Usual places on Windows, below each folder of programs.
WINDOWS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Chromium\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)

#: Usual places on macOS, below ``/Applications`` and ``~/Applications``.
MACOS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)

#: What Playwright calls its own Chromium, below its cache of browsers.
PLAYWRIGHT = (
    "chromium-*/chrome-*/chrome",
    "chromium-*/chrome-*/chrome.exe",
    "chromium-*/chrome-*/*.app/Contents/MacOS/*",
    "chromium_headless_shell-*/chrome-*/headless_shell",
    "chromium_headless_shell-*/chrome-*/chrome-headless-shell",
    "chromium_headless_shell-*/chrome-*/*.exe",
)


def find() -> Path | None:
    """Return a browser that starts, or None.

    ``GEOPLAN_CHROMIUM`` names one and is then the only one looked at.

    Raises
    ------
    FileNotFoundError
        ``GEOPLAN_CHROMIUM`` names something that does not start.
    """
    named = os.environ.get("GEOPLAN_CHROMIUM")
    if named:
        if starts(Path(named)):
            return Path(named)
        raise FileNotFoundError(f"GEOPLAN_CHROMIUM={named} is no browser that starts")
    return next((place for place in places() if starts(place)), None)


def places() -> Iterator[Path]:
    """Yield where a browser may be on this system, the likeliest first."""
    for name in NAMES:
        if found := shutil.which(name):
            yield Path(found)
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if folder := os.environ.get(variable):
            yield from (Path(folder, place) for place in WINDOWS)
    if sys.platform == "darwin":
        for applications in (Path("/Applications"), Path.home() / "Applications"):
            yield from (applications / place for place in MACOS)
    for pattern in PLAYWRIGHT:
        yield from sorted(playwright_cache().glob(pattern), reverse=True)


def playwright_cache() -> Path:
    """Return the folder in which Playwright keeps the browsers it downloads."""
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    if named not in ("", "0"):
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "ms-playwright"
    caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path.home() / caches / "ms-playwright"


def starts(place: Path) -> bool:
    """Return whether the program is there and tells its version.

    On Windows, where asking Chrome for its version opens a window, being there
    is enough.
    """
    if sys.platform == "win32":
        return place.is_file() and place.suffix.lower() == ".exe"
    return place.is_file() and answer(place, "--version") is not None


def answer(*command: str | Path) -> bytes | None:
    """Return what a program prints, or None if it cannot start or fails."""
    try:
        asked = subprocess.run(  # noqa: S603  a browser or tool of this machine
            command, capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if asked.returncode else asked.stdout


def install_packages() -> None:
    """Install a browser and a Chinese typeface where they are missing and apt can.

    This needs no Python of the project, so pip may run meanwhile.
    """
    kin, missing = kin_of_debian(), []
    if kin == "debian" and not os.environ.get("GEOPLAN_CHROMIUM") and not find():
        missing += ["chromium"]
    if kin and not answer("fc-list", ":lang=zh"):
        missing += ["fontconfig", "fonts-noto-cjk"]
    if missing:
        apt(*missing)


def install(python: Path) -> Path | None:
    """Install a browser with Playwright's own installer and return it, or None.

    The interpreter ``python`` runs it.
    """
    system = ["--with-deps"] if kin_of_debian() else []
    attempt([python, "-m", "playwright", "install", *system, "chromium"])
    return find()


def complete(python: Path) -> None:
    """Install, where apt can, the library that Playwright's driver is linked to.

    The interpreter ``python`` runs the driver.
    """
    if kin_of_debian() and answer(python, "-m", "playwright", "--version") is None:
        apt("libatomic1")


def kin_of_debian() -> str:
    """Return ``debian`` or ``ubuntu`` where apt may be used, else nothing.

    Ubuntu's package ``chromium`` only starts a snap, which a container has not.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return ""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    kin = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    return next((name for name in ("ubuntu", "debian") if name in kin), "")


def apt(*packages: str) -> None:
    """Install Debian packages."""
    wait = ["-o", "DPkg::Lock::Timeout=300"]
    attempt(["apt-get", "update"])
    attempt(["apt-get", *wait, "install", "-y", "--no-install-recommends", *packages])


def attempt(command: list[str | Path]) -> None:
    """Run an installer; that it failed shows in what is there afterwards."""
    print("+", *command, file=sys.stderr, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(  # noqa: S603  commands of this module only
            command, env=quiet, timeout=1200, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"  {error}", file=sys.stderr, flush=True)

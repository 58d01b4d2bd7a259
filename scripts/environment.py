"""The project's own Python environment: ``.venv`` beside ``pyproject.toml``.

Only the standard library is used: this runs before anything is installed.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)

#: All that the making of an environment leaves in its folder before it is done.
PARTS = {"bin", "include", "lib", "lib64", "scripts", "pyvenv.cfg", ".gitignore"}


class SetupError(Exception):
    """The environment cannot be made; the text says what to do."""

    def __init__(self, key: str, facts: dict[str, object] | None = None) -> None:
        super().__init__(key, facts or {})
        self.key, self.facts = key, facts or {}

    def say(self, lang: str) -> str:
        """Return what is wrong and what to do."""
        return say(self.key, lang=lang, **self.facts)


def say(key: str, *, lang: str, **facts: object) -> str:
    """Return a text of ``geoplan/wording/<lang>/setup.toml``, filled in."""
    source = ROOT / "geoplan" / "wording" / lang / "setup.toml"
    text: str = tomllib.loads(source.read_text(encoding="utf-8"))[key]
    return text.format(**facts)


def prepare(*, extras: Iterable[str] = (), wheelhouse: Path | None, lang: str) -> Path:
    """Return the interpreter of ``.venv``, with geoplan and ``extras`` installed.

    What is there and fits is left alone.

    Raises
    ------
    SetupError
        The environment could not be made, or pip could not install into it.
    """
    place = ROOT / ".venv"
    if not usable(place):
        clear(place)
        print(say("making", lang=lang, place=place), file=sys.stderr, flush=True)
        make(place)
    python = interpreter(place)
    wanted = {*extras, *stamped(place)}
    if stamp(wanted) != read_stamp(place):
        print(say("installing", lang=lang), file=sys.stderr, flush=True)
        install(python, extras=wanted, wheelhouse=wheelhouse)
        (place / "geoplan.json").write_text(stamp(wanted), encoding="utf-8")
    return python


def interpreter(place: Path) -> Path:
    """Return where an environment keeps its interpreter on this system."""
    if sys.platform == "win32":
        return place / "Scripts" / "python.exe"
    return place / "bin" / "python"


def usable(place: Path) -> bool:
    """Return whether an environment starts, is young enough and has pip."""
    if not (place / "pyvenv.cfg").is_file():
        return False
    probe = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    try:
        return run(interpreter(place), "-c", probe, quiet=True) == 0
    except OSError:
        return False


def clear(place: Path) -> None:
    """Delete a half-made or broken environment.

    Raises
    ------
    SetupError
        The folder holds something else, or a program still uses it.
    """
    if place.is_symlink() or place.is_file():
        raise SetupError("not_an_environment", {"place": place})
    if not place.exists():
        return
    inside = {entry.name.lower() for entry in place.iterdir()}
    if "pyvenv.cfg" not in inside and not inside <= PARTS:
        raise SetupError("not_an_environment", {"place": place})
    try:
        shutil.rmtree(place)
    except OSError as error:
        raise SetupError("in_use", {"place": place, "error": error}) from error


def make(place: Path) -> None:
    """Make an empty environment with pip in it.

    Raises
    ------
    SetupError
        This Python has neither venv with ensurepip nor virtualenv; or the maker
        failed.
    """
    if find_spec("venv") and find_spec("ensurepip"):
        maker = "venv"
    elif find_spec("virtualenv"):
        maker = "virtualenv"
    else:
        version = "{}.{}".format(*sys.version_info)
        raise SetupError("no_venv", {"version": version})
    if run(sys.executable, "-m", maker, place) or not usable(place):
        raise SetupError("not_made", {"place": place, "maker": maker})


def stamp(extras: Iterable[str]) -> str:
    """Return what was installed: by which settings, where, with which extras.

    An environment that moved with its folder finds its packages no more; one
    whose folder has a name beyond ASCII holds a copy of the sources, too.
    """
    sources = [ROOT / "pyproject.toml"]
    if not ROOT.as_posix().isascii():
        for folder in ("geoplan", "data"):
            found = sorted((ROOT / folder).rglob("*"))
            sources += [p for p in found if p.is_file() and p.suffix != ".pyc"]
    sums = hashlib.sha256()
    for source in sources:
        sums.update(hashlib.sha256(source.read_bytes()).digest())
    told = {"extras": sorted(extras), "place": str(ROOT), "sha256": sums.hexdigest()}
    return json.dumps(told)


def read_stamp(place: Path) -> str:
    """Return the stamp that the last installation left; nothing if there is none."""
    path = place / "geoplan.json"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def stamped(place: Path) -> Sequence[str]:
    """Return the extras that the last installation brought."""
    try:
        extras: list[str] = json.loads(read_stamp(place))["extras"]
    except (ValueError, KeyError):
        return ()
    return extras


def install(python: Path, *, extras: Iterable[str], wheelhouse: Path | None) -> None:
    """Install geoplan and what it needs with the environment's pip.

    Raises
    ------
    SetupError
        The wheelhouse is missing, or pip failed.
    """
    if wheelhouse is not None and not wheelhouse.is_dir():
        raise SetupError("no_wheelhouse", {"place": wheelhouse})
    command = pip_arguments(ROOT, extras=extras, wheelhouse=wheelhouse)
    if run(python, "-m", "pip", "install", *command):
        key = "not_installed" if wheelhouse is None else "not_installed_offline"
        raise SetupError(key, {"place": wheelhouse})


def pip_arguments(
    root: Path, *, extras: Iterable[str], wheelhouse: Path | None
) -> list[str]:
    """Return the arguments of ``pip install``.

    The sources are linked, not copied, unless the folder's name goes beyond
    ASCII: the ``.pth`` file that makes the link is UTF-8, and Python before 3.13
    reads it in the encoding of the system.
    """
    wanted = ",".join(sorted(extras))
    target = f"{root}[{wanted}]" if wanted else str(root)
    link = ["--editable"] if root.as_posix().isascii() else []
    offline = ["--no-index", "--find-links", str(wheelhouse)] if wheelhouse else []
    return ["--disable-pip-version-check", "--no-user", *offline, *link, target]


def run(*command: str | Path, quiet: bool = False) -> int:
    """Run a program to its end and return its exit code."""
    sink = subprocess.DEVNULL if quiet else None
    done = subprocess.run(  # noqa: S603  the interpreter of this environment
        command, check=False, stdout=sink, stderr=sink
    )
    return done.returncode

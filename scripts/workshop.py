"""The two commands that a fresh machine starts with: the demo and the tests.

``demo.py`` and ``test.py`` hold nothing but the question whether this Python is
new enough, so that every older one can read them to the end.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import chromium
import environment
from environment import ROOT, SetupError, say

#: pytest-xdist: a file of tests at a time on each core, four at most.
SIDE_BY_SIDE = ("-n", "auto", "--maxprocesses=4", "--dist=loadfile")


def demo(arguments: Sequence[str]) -> int:
    """Make .venv, install geoplan in it, run the demo and say what to open.

    Arguments that are not listed here go to "geoplan demo".
    """
    parser = parser_of(demo)
    parser.add_argument("--out", type=Path, default=ROOT / "maps", metavar="DIR")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    options, rest = parser.parse_known_args(arguments)
    lang = readable(options.lang)

    def work() -> int:
        python = environment.prepare(wheelhouse=options.wheelhouse, lang=lang)
        told = ["--out", str(options.out), "--lang", options.lang, *rest]
        # -P: not the geoplan that may lie in the folder where this was started
        return environment.run(python, "-P", "-m", "geoplan", "demo", *told)

    return guarded(work, lang=lang)


def test(arguments: Sequence[str]) -> int:
    """Make .venv, install geoplan and its tests in it, and run them all.

    Finds a Chromium, Chrome or Edge for the tests of the pages (the environment
    variable GEOPLAN_CHROMIUM names one), or installs one. Arguments that are
    not listed here go to pytest, which runs a file of tests a core at a time.
    """
    parser = parser_of(test)
    options, rest = parser.parse_known_args(arguments)

    def work() -> int:
        with ThreadPoolExecutor() as beside:
            packages = beside.submit(chromium.install_packages)
            python = environment.prepare(
                extras=["test"], wheelhouse=options.wheelhouse, lang="en"
            )
        packages.result()
        provide_browser(python)
        os.chdir(ROOT)
        return environment.run(python, "-m", "pytest", *SIDE_BY_SIDE, *rest)

    return guarded(work, lang="en")


def parser_of(command: Callable[[Sequence[str]], int]) -> argparse.ArgumentParser:
    """Return a parser whose help is the command's docstring."""
    parser = argparse.ArgumentParser(
        prog=f"python scripts/{command.__name__}.py",
        description=command.__doc__,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--wheelhouse",
        type=lambda given: Path(given).resolve(),
        metavar="DIR",
        help="install from the wheels in this folder, without internet",
    )
    return parser


def provide_browser(python: Path) -> None:
    """Put a browser's path into ``GEOPLAN_CHROMIUM``, installing what is missing.

    Raises
    ------
    SetupError
        There is none, and ``CI=true`` does not let the tests skip.
    """
    try:
        found = chromium.find() or chromium.install(python)
    except FileNotFoundError as error:
        raise SetupError("no_browser_named", {"error": error}) from error
    if found:
        chromium.complete(python)
        os.environ["GEOPLAN_CHROMIUM"] = str(found)
        print(say("browser", lang="en", place=found), file=sys.stderr, flush=True)
    elif os.environ.get("CI", "").lower() == "true":
        raise SetupError("no_browser")
    else:
        bar = "!" * 72
        text = say("no_browser", lang="en")
        print(bar, text, bar, sep="\n", file=sys.stderr, flush=True)


def guarded(work: Callable[[], int], *, lang: str) -> int:
    """Do the work; a foreseen error is told in a line, and a Ctrl-C is no error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return work()
    except SetupError as error:
        print(error.say(lang), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def readable(lang: str) -> str:
    """Return the language, or English where the console cannot show Chinese."""
    try:
        say("installing", lang=lang).encode(sys.stderr.encoding)
    except UnicodeEncodeError:
        return "en"
    return lang

"""geoplan's commands: each parses, calls one recipe and tells what came out.

A command exits with 0 (done), 1 (done, with findings at error level), 2 (could
not) or 130 (stopped by Ctrl-C). What is heavy is imported by the command that
needs it, so that help comes at once.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from inspect import cleandoc
from io import TextIOWrapper
from pathlib import Path
from traceback import format_exc
from typing import TYPE_CHECKING, Any, TextIO

from geoplan import __version__
from geoplan.errors import GeoplanError
from geoplan.wording import LANGUAGES, say

if TYPE_CHECKING:
    from geoplan.model import Finding  # takes a second: geopandas

Command = Callable[[argparse.Namespace], int]
Argument = dict[str, Any]  # what argparse wants to know of it

SHOWN = 3  # findings of one rule that the console lists; the files list them all


def demo(options: argparse.Namespace) -> int:
    """Show what geoplan does, on the studies that ship with it.

    Writes the maps and tables of each study into its own folder below DIR
    (default: maps), and DIR/index.html, the page to start from.
    """
    from geoplan.study.recipe import cover_shipped  # noqa: PLC0415  heavy

    done = cover_shipped(
        out=options.out or Path("maps"), lang=options.lang, progress=tell
    )
    return report(done.findings, done.pages, lang=options.lang)


def coverage(options: argparse.Namespace) -> int:
    """Work out who is within the walking circles of a study, and who is not.

    STUDY is a study file or the folder that holds study.toml. Writes
    coverage.html, coverage.gpkg, coverage.csv and coverage.json into DIR
    (default: maps/<folder of the study>).
    """
    from geoplan.study.recipe import cover_study  # noqa: PLC0415  heavy

    done = cover_study(
        options.study,
        out=options.out or default_out(options.study),
        lang=options.lang,
        progress=tell,
    )
    return report(done.findings, done.pages, lang=options.lang)


def download(options: argparse.Namespace) -> int:
    """Download the streets of a place from OpenStreetMap, for [network] path.

    PLACE is a name that OpenStreetMap knows an area by, such as 许昌市魏都区; it
    is widened by 2.5 km, and so are the polygons of FILE (say, the grids). Beside
    the file lies a record of what was asked, and of the data's date.
    """
    from geoplan.osm.download import download  # noqa: PLC0415  heavy

    lang = readable(options.lang, sys.stderr)
    done = download(
        options.place or "",
        bbox=options.bbox or "",
        polygon=options.polygon,
        out=options.out,
        tell=lambda step, **facts: tell(say(f"progress.{step}", lang=lang, **facts)),
    )
    lang = readable(options.lang, sys.stdout)
    print(say("cli.downloaded", lang=lang, path=done.path, name=done.path.name))
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        never_fail(stream)
    options = parser().parse_args(arguments)
    console = readable(options.lang, sys.stderr)
    run: Command = options.run
    try:
        return run(options)
    except GeoplanError as error:
        tell(f"geoplan: {error.say(console)}")
        return 2
    except KeyboardInterrupt:
        tell(say("cli.stopped", lang=console))
        return 130
    except Exception:  # noqa: BLE001  whatever it is, it is not "done"
        tell(format_exc())
        tell(say("cli.unforeseen", lang=console, version=__version__))
        return 2


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; a command's help is its docstring."""
    top = argparse.ArgumentParser(
        prog="geoplan",
        description="Who is really within a walk of a station: offline maps and "
        "tables from the files a street office has.",
        epilog="Exit codes: 0 done; 1 done, with errors found in the data; "
        "2 could not be done.",
    )
    top.add_argument("--version", action="version", version=f"geoplan {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for command, arguments in COMMANDS.items():
        told = cleandoc(command.__doc__ or "")
        one = commands.add_parser(
            command.__name__,
            help=told.partition("\n")[0],
            description=told,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        for name, how in arguments.items():
            one.add_argument(name, **how)
        one.add_argument(
            "--lang",
            choices=LANGUAGES,
            default="zh",
            help="language of maps, tables and messages (default: zh)",
        )
        one.set_defaults(run=command)
    return top


def default_out(study: Path) -> Path:
    """Return ``maps/<folder of the study file>``."""
    place = study.resolve()
    return Path("maps") / (place if place.is_dir() else place.parent).name


def report(findings: Sequence["Finding"], pages: Sequence[Path], *, lang: str) -> int:
    """Tell the findings and which page to open; return the exit code.

    Findings at info level stay in the files.
    """
    console = readable(lang, sys.stderr)
    listed: Counter[str] = Counter()
    for finding in findings:
        if finding.level == "info":
            continue
        listed[finding.rule] += 1
        if listed[finding.rule] <= SHOWN:
            tell(finding_line(finding, lang=console))
    more = sum(max(0, count - SHOWN) for count in listed.values())
    if more:
        tell(say("cli.more", lang=console, count=more))
    if pages:
        print(say("cli.open", lang=readable(lang, sys.stdout), page=pages[0].resolve()))
    return 1 if any(finding.level == "error" for finding in findings) else 0


def finding_line(finding: "Finding", *, lang: str) -> str:
    """Return a finding as one line: its level, what it is about, what it says."""
    place = f"{say(f'cli.layer_{finding.layer}', lang=lang)} {finding.code}".rstrip()
    text = say(f"findings.{finding.rule}", lang=lang, **finding.facts)
    return say(f"cli.{finding.level}", lang=lang, place=place, text=text)


def tell(text: str) -> None:
    """Print to stderr, where progress and findings go."""
    print(text, file=sys.stderr, flush=True)


def never_fail(stream: TextIO | None) -> None:
    """Let a stream escape what its encoding does not hold."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def readable(lang: str, stream: TextIO | None) -> str:
    """Return the language, or English where the stream cannot hold Chinese."""
    try:
        "街道".encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return "en"
    return lang


STUDY: Argument = {"type": Path, "metavar": "STUDY"}
OUT: Argument = {"type": Path, "metavar": "DIR", "help": "folder to write to"}
PLACE: Argument = {"nargs": "?", "metavar": "PLACE"}
BBOX: Argument = {
    "metavar": "W,S,E,N",
    "help": "instead of PLACE: a box in degrees (write --bbox=W,S,E,N)",
}
POLYGON: Argument = {
    "type": Path,
    "metavar": "FILE",
    "help": "instead of PLACE: a file with polygons",
}
FILE: Argument = {
    "type": Path,
    "metavar": "FILE",
    "help": "file to write (.osm.pbf), or folder for it (default: the current one)",
}

#: The commands and what each wants, besides the language.
COMMANDS: dict[Command, dict[str, Argument]] = {
    demo: {"--out": OUT},
    coverage: {"study": STUDY, "--out": OUT},
    download: {"place": PLACE, "--bbox": BBOX, "--polygon": POLYGON, "--out": FILE},
}

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
from typing import TYPE_CHECKING, TextIO

from geoplan import __version__
from geoplan.arguments import (
    APPLY,
    BBOX,
    COMPARE,
    DIVISION,
    DRAWING,
    FILE,
    FOLDER,
    FORCE,
    MATCH,
    OUT,
    PLACE,
    PNG,
    POLYGON,
    PUBLIC,
    REPAIR,
    SITES,
    SITING,
    STUDY,
    STUDY_FILE,
    Argument,
)
from geoplan.errors import GeoplanError
from geoplan.wording import LANGUAGES, say

if TYPE_CHECKING:
    from geoplan.model import Finding  # takes a second: geopandas

Command = Callable[[argparse.Namespace], int]

SHOWN = 3  # findings of one rule that the console lists; the files list them all


def demo(options: argparse.Namespace) -> int:
    """Show what geoplan does, on the studies that ship with it.

    Writes the maps and tables of each study into its own folder below DIR
    (default: maps), and DIR/index.html, the page to start from.
    """
    from geoplan.recipes.demo import show_shipped  # noqa: PLC0415  heavy

    done = show_shipped(
        out=options.out or Path("maps"), lang=options.lang, progress=tell
    )
    return report(done.findings, done.pages, lang=options.lang)


def coverage(options: argparse.Namespace) -> int:
    """Work out who is within the walking circles of a study, and who is not.

    STUDY is a study file or the folder that holds study.toml. Writes
    coverage.html, coverage.gpkg, coverage.csv and coverage.json into DIR
    (default: maps/<folder of the study>). Refuses, with exit code 2, if the check
    finds errors that would make the result wrong.
    """
    from geoplan.recipes.coverage import Papers, cover_study  # noqa: PLC0415  heavy

    done = cover_study(
        options.study,
        out=options.out or default_out(options.study),
        lang=options.lang,
        progress=tell,
        force=options.force,
        papers=Papers(public=options.public, png=options.png),
    )
    return report(done.findings, done.pages, lang=options.lang)


def check(options: argparse.Namespace) -> int:
    """Look a study over: what is wrong with its files, where, and what to do.

    Reads everything and changes nothing. Writes check.html and check.json into
    DIR (default: maps/<folder of the study>). Exits with 1 if something would
    make results wrong.
    """
    from geoplan.recipes.check.checkup import check_study  # noqa: PLC0415  heavy

    done = check_study(
        options.study,
        out=options.out or default_out(options.study),
        lang=options.lang,
        progress=tell,
        repair=options.repair,
    )
    if options.repair:
        lang = readable(options.lang, sys.stdout)
        print(say("cli.repaired", lang=lang, path=options.repair.resolve()))
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


def init(options: argparse.Namespace) -> int:
    """Write the study file that a folder of files seems to be, with its doubts.

    Looks at every file in FOLDER and below it, and changes none. Writes study.toml
    beside them (or FILE), never over an existing one; its comments say what each
    line rests on, what is doubtful and what is not used. Exits with 1 if something
    must be settled before anything can be counted.
    """
    from geoplan.init import init_study  # noqa: PLC0415  heavy

    path, findings = init_study(
        options.folder, out=options.out, lang=options.lang, progress=tell
    )
    lang = readable(options.lang, sys.stdout)
    print(say("cli.inited", lang=lang, path=path))
    return report(findings, (), lang=options.lang)


def sites(options: argparse.Namespace) -> int:
    """Suggest where the next stations should stand, and prove how good that is.

    STUDY is a study file or the folder that holds study.toml. Chooses among the
    rooms of [candidates], or where the study names none among places along the
    ways. Writes sites.html, sites.gpkg, sites.csv and sites.json into DIR
    (default: maps/<folder of the study>), and of two tiers sites_2.html too.
    """
    from geoplan.recipes.sites.asked import Asked  # noqa: PLC0415  heavy
    from geoplan.recipes.sites.siting import site_study  # noqa: PLC0415  heavy

    told = vars(options)
    done = site_study(
        options.study,
        asked=Asked(**{name: told[name] for name in SITING}),
        out=options.out or default_out(options.study),
        lang=options.lang,
        progress=tell,
        force=options.force,
    )
    return report(done.findings, done.pages, lang=options.lang)


def divide(options: argparse.Namespace) -> int:
    """Propose how the grids could be drawn: every rule kept, few families moved.

    STUDY is a study file or the folder that holds study.toml. Splits, merges or
    rebalances the grids that are named, else redraws all. Writes division.html,
    division.gpkg, division.csv, division_moves.csv and division.json into DIR
    (default: maps/<folder of the study>). Exits with 1 if a plan breaks a hard
    rule that today's division keeps.
    """
    from geoplan.recipes.division.asked import Asked  # noqa: PLC0415  heavy
    from geoplan.recipes.division.dividing import divide_study  # noqa: PLC0415  heavy

    told = vars(options)
    done = divide_study(
        options.study,
        asked=Asked(**{name: told[name] for name in DRAWING}),
        out=options.out or default_out(options.study),
        lang=options.lang,
        progress=tell,
        force=options.force,
    )
    return report(done.findings, done.pages, lang=options.lang)


def compare(options: argparse.Namespace) -> int:
    """Set two studies side by side: what their grids and stations change for whom.

    AFTER is a study, a division.gpkg (with --option) or any file of grids. Writes
    compare.html, compare.gpkg, compare.csv and compare.json into DIR (default:
    maps/<folder of BEFORE>). Exits with 1 if grids break a hard rule that those
    of BEFORE keep.
    """
    from geoplan.recipes.comparison.comparing import compare_studies  # noqa: PLC0415  heavy

    done = compare_studies(
        options.before,
        options.after,
        option=options.option,
        out=options.out or default_out(options.before),
        lang=options.lang,
        progress=tell,
        force=options.force,
    )
    return report(done.findings, done.pages, lang=options.lang)


def apply(options: argparse.Namespace) -> int:
    """Take back what was drawn in a page, and judge it by every rule.

    EDITS are files that pages saved for this study; several are put together, and
    what they contradict one another in is named. Writes what compare writes, and
    exits as it does.
    """
    from geoplan.recipes.edits.applying import apply_edits  # noqa: PLC0415  heavy

    done = apply_edits(
        options.study,
        options.edits,
        band=options.band,
        out=options.out or default_out(options.study),
        lang=options.lang,
        progress=tell,
        force=options.force,
    )
    return report(done.findings, done.pages, lang=options.lang)


def match(options: argparse.Namespace) -> int:
    """Match units to communities, near and even: who goes to which, and how far.

    UNITS is a table or layer of units with coordinates; one whose column 类型
    names a community is locked to it. Writes match.html, match.gpkg, match.csv and
    match.json into DIR (default: maps/<folder of the study>). The total walk is
    proved the least.
    """
    from geoplan.recipes.matching import Limits, match_study  # noqa: PLC0415  heavy

    least, most = options.between
    done = match_study(
        options.study,
        units=options.units,
        limits=Limits(least=least, most=most, datum=options.datum),
        out=options.out or default_out(options.study),
        lang=options.lang,
        progress=tell,
        force=options.force,
    )
    return report(done.findings, done.pages, lang=options.lang)


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
    problem, cure = finding.problem(lang=lang), finding.cure(lang=lang)
    text = f"{problem}{cure}" if lang == "zh" else f"{problem} {cure}"
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


#: The commands and what each wants, besides the language.
COMMANDS: dict[Command, dict[str, Argument]] = {
    demo: {"--out": OUT},
    coverage: {
        "study": STUDY,
        "--out": OUT,
        "--force": FORCE,
        "--public": PUBLIC,
        "--png": PNG,
    },
    check: {"study": STUDY, "--out": OUT, "--repair": REPAIR},
    sites: {"study": STUDY, "--out": OUT, "--force": FORCE, **SITES},
    divide: {"study": STUDY, **DIVISION, "--out": OUT, "--force": FORCE},
    compare: {**COMPARE, "--out": OUT, "--force": FORCE},
    apply: {"study": STUDY, **APPLY, "--out": OUT, "--force": FORCE},
    match: {"study": STUDY, **MATCH, "--out": OUT, "--force": FORCE},
    init: {"folder": FOLDER, "--out": STUDY_FILE},
    download: {"place": PLACE, "--bbox": BBOX, "--polygon": POLYGON, "--out": FILE},
}

"""geoplan's commands: each parses, calls one recipe and tells what came out.

A command exits with 0 (done), 1 (done, with findings at error level), 2 (could
not) or 130 (stopped by Ctrl-C). What is heavy is imported by the command that
needs it, so that help comes at once.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from traceback import format_exc
from typing import TYPE_CHECKING, Any, TextIO

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
from geoplan.manual import LANG, Parser
from geoplan.wording import say, texts

if TYPE_CHECKING:
    from geoplan.model import Finding  # takes a second: geopandas

Command = Callable[[argparse.Namespace], int]

_HELP = ("short", "long")
SHOWN = 3  # findings of one rule that the console lists; the files list them all


def demo(options: argparse.Namespace) -> int:
    """Show what geoplan does, on the studies that ship with it."""
    from geoplan.recipes.demo import show_shipped  # noqa: PLC0415  heavy

    done = show_shipped(
        out=options.out or Path("maps"), lang=options.lang, progress=tell
    )
    return report(done.findings, done.pages, lang=options.lang)


def coverage(options: argparse.Namespace) -> int:
    """Work out who is within the walking circles of a study, and who is not."""
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
    """Look a study over: what is wrong with its files, where, and what to do."""
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
    """Download the streets of a place from OpenStreetMap, for [network] path."""
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
    """Write the study file that a folder of files seems to be, with its doubts."""
    from geoplan.init import init_study  # noqa: PLC0415  heavy

    path, findings = init_study(
        options.folder, out=options.out, lang=options.lang, progress=tell
    )
    lang = readable(options.lang, sys.stdout)
    print(say("cli.inited", lang=lang, path=path))
    return report(findings, (), lang=options.lang)


def sites(options: argparse.Namespace) -> int:
    """Suggest where the next stations should stand, and prove how good that is."""
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
    """Propose how the grids could be drawn: every rule kept, few families moved."""
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
    """Set two studies side by side: what their grids and stations change for whom."""
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
    """Take back what was drawn in a page, and judge it by every rule."""
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
    """Match units to communities, near and even: who goes to which, and how far."""
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
    given = list(sys.argv[1:] if arguments is None else arguments)
    top = parser(readable(language(given), sys.stdout))
    if not given:
        tell(top.format_help())
        return 2
    options, unknown = top.parse_known_args(given)
    if unknown:
        options.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
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


def language(given: Sequence[str]) -> str:
    """Return the language that a command line asks for, right or not."""
    only = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    only.add_argument("--lang", **LANG)
    try:
        return str(only.parse_known_args(given)[0].lang)
    except argparse.ArgumentError:
        return str(LANG["default"])


def parser(lang: str) -> Parser:
    """Return the parser of all commands, which speaks a language."""
    top = Parser(
        prog="geoplan",
        lang=lang,
        description=say("help.top", lang=lang),
        end=say("help.end", lang=lang),
    )
    version = {"action": "version", "version": f"geoplan {__version__}"}
    top.ask("--version", version, told=say("help.version", lang=lang))
    commands = top.add_subparsers(
        title=say("help.commands", lang=lang), required=True, metavar="COMMAND"
    )
    for command, arguments in COMMANDS.items():
        name = command.__name__
        short, long = (say(f"help.{name}.{key}", lang=lang) for key in _HELP)
        whole = say("help.whole", lang=lang, short=short, long=long)
        one = commands.add_parser(name, lang=lang, help=short, description=whole)
        for option, how in {**arguments, "--lang": LANG}.items():
            one.ask(option, how, told=meaning(option, of=name, lang=lang))
        one.set_defaults(run=command, parser=one)
    return top


def meaning(option: str, *, of: str, lang: str) -> str:
    """Return what an option of a command means; some mean another thing in each."""
    name = option.lstrip("-").replace("-", "_")
    own = f"{of}_{name}"
    known: Any = texts("help", lang)["said"]
    return say(f"help.said.{own if own in known else name}", lang=lang)


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
    """Return a finding as one line: its level, what it is about, what it says.

    What has no code is told by its row, and by its column where it has one.
    """
    place = say(f"cli.layer_{finding.layer}", lang=lang)
    if finding.row and (finding.column or not finding.code):
        key = "cell" if finding.column else "row"
        facts = {"place": place, "row": finding.row, "column": finding.column}
        place = say(f"cli.at_{key}", lang=lang, **facts)
    else:
        place = f"{place} {finding.code}".rstrip()
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
    init: {"folder": FOLDER, "--out": STUDY_FILE},
    check: {"study": STUDY, "--out": OUT, "--repair": REPAIR},
    coverage: {
        "study": STUDY,
        "--out": OUT,
        "--force": FORCE,
        "--public": PUBLIC,
        "--png": PNG,
    },
    sites: {"study": STUDY, "--out": OUT, "--force": FORCE, **SITES},
    divide: {"study": STUDY, **DIVISION, "--out": OUT, "--force": FORCE},
    compare: {**COMPARE, "--out": OUT, "--force": FORCE},
    apply: {"study": STUDY, **APPLY, "--out": OUT, "--force": FORCE},
    match: {"study": STUDY, **MATCH, "--out": OUT, "--force": FORCE},
    download: {"place": PLACE, "--bbox": BBOX, "--polygon": POLYGON, "--out": FILE},
}

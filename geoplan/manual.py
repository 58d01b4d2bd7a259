"""The help of the commands, and what is said of a wrong one, in two languages.

Standard argparse speaks English alone, and breaks lines at spaces, of which Chinese
has none. Texts are those of ``wording/<language>/help.toml``.
"""

import argparse
import re
from collections.abc import Iterable
from shutil import get_terminal_size
from typing import Any, NoReturn
from unicodedata import east_asian_width

from geoplan.arguments import Argument
from geoplan.wording import LANGUAGES, say

#: The option that every command has.
LANG: Argument = {"choices": LANGUAGES, "default": "zh"}

_WIDE = "WF"  # East Asian widths of two cells
_NOT_FIRST = frozenset("，。、；：）”！？,.;:)")  # begin no line

_CHOICE = r"invalid choice: (?P<what>.*) \(choose from (?P<known>.*)\)"
#: What argparse says of a wrong command, and our text; what it says else stays its own.
_WRONG = (
    (r"the following arguments are required: (?P<what>.*)", "required"),
    (r"unrecognized arguments: (?P<what>.*)", "unknown"),
    (rf"argument COMMAND: {_CHOICE}", "no_command"),
    (rf"argument (?P<option>.+?): {_CHOICE}", "choice"),
    (r"argument (?P<option>.+?): invalid .*? value: (?P<what>.*)", "value"),
    (r"argument (?P<option>.+?): expected one argument", "one_value"),
    (r"argument (?P<option>.+?): expected at least one argument", "some_values"),
    (r"argument (?P<option>.+?): ignored explicit argument .*", "no_value"),
    (r"ambiguous option: (?P<what>.*) could match (?P<known>.*)", "ambiguous"),
)


class Parser(argparse.ArgumentParser):
    """Parses one command and speaks ``lang`` of it."""

    def __init__(
        self,
        *,
        lang: str,
        end: str = "",
        **how: Any,  # noqa: ANN401  argparse's own
    ) -> None:
        super().__init__(
            **how, epilog=end, add_help=False, formatter_class=_FORMATTERS[lang]
        )
        self.lang = lang
        self._told: dict[str, str] = {}
        self._given = self.add_argument_group(self.say("arguments"))
        self._options = self.add_argument_group(self.say("options"))
        self.ask("-h", {"action": "help"}, told=self.say("help"), also="--help")

    def say(self, key: str, **facts: object) -> str:
        """Return a text of the help."""
        return say(f"help.{key}", lang=self.lang, **facts)

    def ask(self, name: str, how: Argument, *, told: str, also: str = "") -> None:
        """Add an argument, or an option where ``name`` begins with a dash."""
        group = self._options if name.startswith("-") else self._given
        names = (name, also) if also else (name,)
        group.add_argument(*names, **how, help=told.replace("%", "%%"))
        self._told[name] = told.rstrip("。.")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with a command, and what would be right; exit with 2."""
        problem, option = self._problem(message)
        lines = [self.say("wrong.line", command=self.prog, problem=problem)]
        if option in self._told:
            told = self._told[option]
            name = option if option.startswith("-") else option.upper()
            lines.append(self.say("wrong.about", option=name, told=told))
        lines.append(self.say("wrong.hint", command=self.prog))
        self.exit(2, "\n".join(lines) + "\n")

    def _problem(self, message: str) -> tuple[str, str]:
        """Return argparse's message in our words, and the option that it is about."""
        for pattern, key in _WRONG:
            if found := re.fullmatch(pattern, message, re.DOTALL):
                facts = found.groupdict()
                about = facts.get("option") or facts.get("what", "").lower()
                return self.say(f"wrong.{key}", **facts), about
        return message, ""


class _Formatter(argparse.HelpFormatter):
    """Lays help out by the cells that signs take, in one language."""

    lang = "en"

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Any,  # noqa: ANN401  argparse keeps their type to itself
        prefix: str | None = None,
    ) -> None:
        if prefix is None:
            prefix = say("help.usage", lang=self.lang)
        super().add_usage(usage, actions, groups, prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return [line for part in text.splitlines() for line in wrapped(part, width)]

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = self._split_lines(text, width - len(indent))
        return "\n".join(f"{indent}{line}" for line in lines)


class _Chinese(_Formatter):
    lang = "zh"

    def __init__(self, prog: str, **how: Any) -> None:  # noqa: ANN401  argparse's own
        # argparse counts the signs before the usage, which take two cells each here
        how.setdefault("width", get_terminal_size().columns - 5)
        super().__init__(prog, **how)


_FORMATTERS: dict[str, type[_Formatter]] = {"en": _Formatter, "zh": _Chinese}


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text, each at most so many cells wide.

    Lines break at spaces and between Chinese signs; a longer word overhangs.

    Examples
    --------
    >>> wrapped("写出 study.toml，不覆盖", 12)
    ['写出', 'study.toml，', '不覆盖']
    """
    lines, line = [], ""
    for piece in re.findall(r"\s+|[（“]?(?:[^\s\u2e80-\uffef]+|[\u2e80-\uffef])", text):
        if cells(line + piece.rstrip()) > width and piece[0] not in _NOT_FIRST:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]


def cells(text: str) -> int:
    """Return how many cells of a console a text takes."""
    return sum(2 if east_asian_width(sign) in _WIDE else 1 for sign in text)

"""What can go wrong, said so that a planner can mend it.

GeoplanError
├── InputError (ValueError)      a file, a row or a value cannot be used
├── CrsError (ValueError)        a layer's coordinates cannot be used
└── UsageError (ValueError)      a call or command asks for what cannot be
"""

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

from geoplan.wording import Said, say, texts

#: Why the system could not do a thing, by its number for it: a text of ``errors``.
_WHY = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "why_denied"),
    **dict.fromkeys((errno.EEXIST, errno.ENOTDIR, errno.EISDIR), "why_taken"),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "why_full"),
    errno.ENAMETOOLONG: "why_long",
    errno.ENOENT: "why_nowhere",
}

Result = TypeVar("Result")
Other = TypeVar("Other")


class GeoplanError(Exception):
    """Any error that geoplan foresees; its text says where, what and what to do.

    ``key`` names an entry of the packaged ``errors`` texts, ``where`` the place
    (file, layer, row, column, in this order), ``facts`` what fills the text.
    """

    def __init__(
        self,
        key: str,
        where: dict[str, object] | None = None,
        facts: dict[str, object] | None = None,
    ) -> None:
        super().__init__(key, where or {}, facts or {})
        self.key, self.where, self.facts = key, where or {}, facts or {}

    @classmethod
    def at(
        cls,
        key: str,
        *,
        file: Path | str | None = None,
        layer: str | None = None,
        row: int | None = None,
        column: str | None = None,
        **facts: object,
    ) -> Self:
        """Return the error ``key`` for a place in the input.

        ``row`` counts as the office's program shows it: the header is row 1.
        """
        place = {"file": file, "layer": layer, "row": row, "column": column}
        return cls(key, {k: v for k, v in place.items() if v is not None}, facts)

    def say(self, lang: str) -> str:
        """Return the whole message: the place, what is wrong, what to do."""
        where = dict(self.where)
        if "layer" in where:
            name = f"of_{where['layer']}"
            where["layer"] = texts("errors", lang).get(name, where["layer"])
        if "file" in where and "layer" in where:
            where = {"file_layer": where.pop("file"), **where}
        parts = [
            say(f"errors.at_{part}", lang=lang, value=value, layer=where.get("layer"))
            for part, value in where.items()
            if part != "layer" or "file_layer" not in where
        ]
        text = say(f"errors.{self.key}", lang=lang, **self.facts)
        place = texts("errors", lang)["at_join"].join(parts)
        return f"{place}{texts('errors', lang)['at_end']}{text}" if place else text

    def __str__(self) -> str:
        return self.say("en")


class InputError(GeoplanError, ValueError):
    """A file, a row or a value cannot be used as it is."""


class CrsError(GeoplanError, ValueError):
    """A layer's coordinates cannot be used as they are."""


class UsageError(GeoplanError, ValueError):
    """A call or a command asks for something that cannot be done."""


def why(error: OSError) -> Said | str:
    """Return why the system could not do a thing, in words of either language."""
    key = _WHY.get(error.errno or 0)
    return Said(f"errors.{key}") if key else error.strerror or str(error)


class Faults:
    """What becomes of an error that spoils a cell, a row or one file of many.

    It is raised, unless they are kept: a check keeps them, and goes on with what
    is left.
    """

    def __init__(self, *, keep: bool = False) -> None:
        self.keep = keep
        self.kept: list[GeoplanError] = []

    def tell(self, error: GeoplanError) -> None:
        """Raise an error, or keep it."""
        if not self.keep:
            raise error
        self.kept.append(error)

    def attempt(
        self, call: Callable[[], Result], *, otherwise: Other
    ) -> Result | Other:
        """Return what a call returns; ``otherwise`` if it raised and that is kept."""
        try:
            return call()
        except GeoplanError as error:
            self.tell(error)
            return otherwise


STRICT = Faults()

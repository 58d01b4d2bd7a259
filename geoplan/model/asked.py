"""What a study asks, and what is told of its files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

from shapely.geometry.base import BaseGeometry

from geoplan import columns
from geoplan.wording import say, texts

Level = Literal["error", "warning", "info"]

#: special groups of people: columns of grids and communities, never of buildings
GROUPS = tuple(columns.groups())

# A sentence ends with its stop; an English one also with what follows it.
_FIRST_SENTENCE = {"zh": r"[^。]*。?", "en": r".*?(?:\.\s+|$)"}


@dataclass(frozen=True, kw_only=True)
class Walker:
    """A kind of person who walks."""

    preset: str  #: name of the preset, or "custom"
    speed: float  #: walking speed on the flat, m/s
    access: frozenset[str] = frozenset()  #: extra access values the walker may pass
    shut: frozenset[str] = frozenset()  #: hurdles the walker cannot pass
    #: how many times as long a way with a hurdle takes; 1 where not named
    times: Mapping[str, float] = field(default_factory=dict)
    #: seconds that a hurdle makes wait; 0 where not named
    waits: Mapping[str, float] = field(default_factory=dict)
    slope: bool = False  #: whether slopes count, where they are known
    #: speeds between which the answer is wanted too, m/s: low, high
    band: tuple[float, float] | None = None

    def at(self, speed: float) -> Self:
        """Return the same walker at another speed."""
        return replace(self, speed=speed)

    def by_length(self) -> Self:
        """Return the same walker, to whom a way costs its length, at one speed."""
        return replace(self, times={}, waits={}, slope=False, band=None)


@dataclass(frozen=True, kw_only=True)
class Circle:
    """A limit of walking for the stations of one tier."""

    name: str
    tier: str  #: 街道级, 社区级 or 网格级
    minutes: float | None = None  #: limit in minutes, or …
    metres: float | None = None  #: … in metres; exactly one of the two is given
    items: tuple[str, ...] = ()  #: only stations that offer all these services
    #: only stations open then: a named moment or "周三 18:00"; "" for any time
    hours: str = ""
    demand: str = ""  #: the special group that it is asked for; "" for all people

    def seconds(self, *, speed: float) -> float:
        """Return the limit as seconds of somebody who walks so many m/s."""
        if self.minutes is not None:
            return self.minutes * 60.0
        assert self.metres is not None  # noqa: S101  the study reader sees to it
        return self.metres / speed


@dataclass(frozen=True, kw_only=True, eq=False)
class Finding:
    """One thing that is wrong or odd in the input or the result, and where."""

    rule: str  #: key of its text among the packaged ``findings`` texts
    level: Level
    layer: str  #: grids, buildings, stations …
    code: str = ""  #: of the thing, where there is one
    facts: dict[str, Any] = field(default_factory=dict)  #: what fills the text
    geometry: BaseGeometry | None = None
    row: int | None = None  #: of the file, as the office's program shows it
    column: str = ""  #: of the file, where one is meant
    path: str = ""  #: of the file, where the layer has several
    topic: str = "findings"  #: of its text: findings, or errors for what a check kept

    def problem(self, *, lang: str) -> str:
        """Return what is wrong, without what to do."""
        text = say(f"{self.topic}.{self.rule}", lang=lang, **self.facts)
        return text.removesuffix(self.cure(lang=lang)).rstrip() or text

    def cure(self, *, lang: str) -> str:
        """Return what to do: an error's text says it after its first sentence."""
        usual = texts("cures", lang)[f"any_{self.level}"]
        if self.topic != "errors":
            own = self.rule in texts("cures", lang)
            return say(f"cures.{self.rule}", lang=lang, **self.facts) if own else usual
        text = say(f"errors.{self.rule}", lang=lang, **self.facts)
        return re.sub(_FIRST_SENTENCE[lang], "", text, count=1) or usual


@dataclass(frozen=True, kw_only=True)
class Understood:
    """How one file of a study was understood."""

    layer: str
    path: str  #: relative to the study file, with "/"
    rows: int
    encoding: str = ""
    crs: str = ""  #: of its coordinates; "" where it has none or cannot be read
    datum: str = ""  #: wgs84, gcj02 …; "" where nothing says so
    evidence: tuple[str, ...] = ()  #: what the datum was told by
    columns: Mapping[str, str] = field(default_factory=dict)  #: ours → the file's
    dropped: tuple[str, ...] = ()  #: columns not read: they name people
    unread: bool = False  #: the file cannot be used at all


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """What every output says of where it comes from."""

    study: str  #: name of the study
    date: str = ""  #: of the data, ISO; "" if not known
    credits: tuple[str, ...] = ()  #: sources and licences
    notes: tuple[str, ...] = ()  #: what to know (fictional, estimated …)
    version: str = ""  #: of geoplan
    public: bool = False  #: for a notice board: names and notes of the office left out
    review: str = ""  #: number of the map review (审图号), if there is one
    tiles: str = ""  #: template of an online base map, offered but off; "" for none

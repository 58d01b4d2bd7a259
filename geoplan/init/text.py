"""The study file as text: sections in the order in which a planner thinks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from geoplan.errors import GeoplanError
from geoplan.init import evidence
from geoplan.init.choice import ELEVATION, RASTER, Choice, Named, layer_of
from geoplan.init.draft import INNER, PLACEHOLDERS, Draft, beside, keyed
from geoplan.init.roles import NETWORK
from geoplan.init.toml import comment, quoted, value
from geoplan.init.words import is_old
from geoplan.study.reach import DEFAULT_CIRCLES, DEFAULT_WALKER
from geoplan.wording import say

#: The tables of files, in order: each with the roles that stand in it.
_TABLES: Mapping[str, tuple[str, ...]] = {
    "grids": ("grids",),
    "micro_grids": ("micro_grids",),
    "communities": ("communities",),
    "buildings": ("buildings", "entrances"),
    "compounds": ("compounds", "gates"),
    "stations": ("stations",),
    "candidates": ("candidates",),
    NETWORK: (NETWORK,),
    "land": ("land",),
    "barriers": ("barriers",),
    "population": ("population", RASTER),
    ELEVATION: (ELEVATION,),
    "division": ("second",),
}
#: What may be added where there is no file: table or role → lines.
_OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "communities": ("[communities]", 'path = "communities.gpkg"'),
    "entrances": ('entrances = "doors.csv"',),
    "compounds": ("[compounds]", 'path = "compounds.gpkg"', 'gates = "gates.csv"'),
    "candidates": ("[candidates]", 'path = "rooms.xlsx"'),
    "land": ("[land]", 'residential = "land.gpkg"'),
    "barriers": ("[barriers]", 'path = "walls.gpkg"'),
    "population": ("[population]", 'path = "population.xlsx"'),
}


@dataclass(frozen=True, kw_only=True)
class About:
    """What the study as a whole is called, and of when it is."""

    place: Path  #: the folder
    home: Path  #: where the study file will be
    folder: str  #: its name
    files: int
    name: str
    name_from: str  #: a key of the texts ``init.name_…``
    title: str = ""  #: file and column of the name, where they tell it
    column: str = ""
    date: str = ""  #: ISO; "" if nothing tells it
    date_from: str = ""  #: a key of the texts ``init.date_…``


@dataclass(frozen=True, kw_only=True, eq=False)
class Writer:
    """Writes what was found out, in one language."""

    choice: Choice
    draft: Draft
    about: About
    lang: str

    def text(self) -> str:
        """Return the whole study file."""
        lines = [*self._head(), "", *self._study()]
        for table in _TABLES:
            section = [*self._table(table)]
            lines += ["", *section] if section else []
        lines += ["", *self._rest(), "", *self._unused()]
        return "\n".join(lines).rstrip() + "\n"

    def todo(self) -> int:
        """Return how many things must be settled before anything can be counted."""
        open_ = [
            one
            for one in self.draft.errors
            if not evidence.settled(one)
            and evidence.layer_of(one) not in self.draft.idle
        ]
        return len(open_) + len(self.choice.missing) + self._tierless()

    def _say(self, key: str, **facts: object) -> str:
        return comment(say(f"init.{key}", lang=self.lang, **facts))

    def _problem(self, error: GeoplanError) -> str:
        return evidence.problem(error, folder=self.about.place, lang=self.lang)

    def _tierless(self) -> bool:
        return any(self._lacks_tier(role) for role in self.choice.chosen)

    def _lacks_tier(self, role: str) -> bool:
        fit = self.choice.chosen[role].fit if role in self.choice.chosen else None
        lacks = fit is not None and fit.missing == "tier"
        return lacks and "tier" not in self.draft.told[role]

    def _head(self) -> Iterator[str]:
        about, todo = self.about, self.todo()
        yield self._say("head", folder=about.folder, count=about.files)
        if todo:
            yield self._say("head_errors", count=todo)
        yield self._say("head_next")

    def _study(self) -> Iterator[str]:
        about = self.about
        yield "[study]"
        facts = {"title": about.title, "column": about.column}
        yield self._say(f"name_{about.name_from}", **facts)
        yield f"name = {quoted(about.name)}"
        yield self._say("date")
        if about.date:
            yield self._say(f"date_{about.date_from}")
        yield f"# date = {about.date or '2026-06-30'}"
        if self.draft.study:
            yield self._say("crs")
            yield f"# crs = {quoted(self.draft.study.crs.to_string())}"
        yield self._say("credits")
        yield '# credits = ["…"]'
        yield self._say("notes")
        yield '# notes = ["…"]'
        for error in self.draft.errors:
            if evidence.layer_of(error) == "study" and not evidence.settled(error):
                problem = self._problem(error)
                yield self._say("error", problem=problem)

    def _table(self, table: str) -> Iterator[str]:
        """Yield the section of one table; its optional lines if it has no file."""
        wanted, told = _TABLES[table], self.draft.told
        roles = [r for layer in wanted for r in told if layer_of(r) == layer]
        live = [role for role in roles if role not in self.draft.idle]
        if not roles and table in _OPTIONAL:
            yield self._say(f"optional_{table}")
            yield from (f"# {line}" for line in _OPTIONAL[table])
        several = len(roles) > 1 and all(layer_of(role) == table for role in roles)
        name = f"[[{table}]]" if several else f"[{table}]"
        for nth, role in enumerate(roles):
            if several and nth:
                yield ""
            if several or not nth:
                yield name if live else f"# {name}"
            yield from self._file(role)
        if table == "buildings" and "entrances" not in roles:
            yield self._say("optional_entrances")
            yield from (f"# {line}" for line in _OPTIONAL["entrances"])

    def _file(self, role: str) -> Iterator[str]:
        """Yield the lines of one file: evidence, doubts, keys, what else could be."""
        named, lang = self.choice.chosen.get(role), self.lang
        if named is None:
            yield self._say(f"missing_{role}", place=self.about.name)
        else:
            for text in evidence.because(named, role, lang=lang):
                yield comment(text)
        for text in (
            *evidence.read_as(role, self.draft, lang=lang),
            *evidence.doubts(role, self.draft, folder=self.about.place, lang=lang),
        ):
            yield comment(text)
        if role in self.draft.idle:
            yield self._say(f"idle_{self.draft.idle[role]}")
        yield from self._keys(role)
        yield from self._others(role)

    def _keys(self, role: str) -> Iterator[str]:
        told, mark = self.draft.told[role], "# " if role in self.draft.idle else ""
        untold = evidence.datum_untold(role, self.draft) and "datum" not in told
        _, entry = INNER.get(role, (role, ""))
        if entry:
            yield f"{mark}{entry} = {keyed(told, under=role)}"
            if untold:
                yield self._say("datum_untold_inner")
                yield f"# {entry} = {keyed({**told, 'datum': 'gcj02'}, under=role)}"
            return
        for key, one in told.items():
            yield f"{mark}{key} = {value(one)}"
        if untold:
            yield self._say("datum_untold")
            yield '# datum = "gcj02"'
        if self._lacks_tier(role):
            yield self._say("tier_untold")
            yield '# tier = "社区级"'

    def _others(self, role: str) -> Iterator[str]:
        others = self.choice.others.get(role, ())
        if not others:
            return
        yield self._say("others")
        for other in others:
            part, path = other.part, beside(other.found.path, home=self.about.home)
            inside = f", {part.key} = {quoted(part.name)}" if part and part.key else ""
            why = say(f"init.{self._why(other, role)}", lang=self.lang)
            line = f"path = {quoted(path)}{inside}"
            if role == "grids" and is_old(other.found.near):
                line = f"before = {{{line}}}" if inside else f"before = {quoted(path)}"
            yield f"#   {line}  {comment(why)}"

    @staticmethod
    def _why(other: Named, role: str) -> str:
        if is_old(other.found.near):
            return "other_before" if role == "grids" else "other_old"
        if role == NETWORK:
            return "other_osm"
        return "other_merge" if role == "stations" else "other_same"

    def _rest(self) -> Iterator[str]:
        """Yield what no file tells: the walker and the circles."""
        if "second" not in self.draft.told:
            yield self._say("optional_division")
            yield from ("# [division]", "# band = [300, 500]", "")
        yield "[walker]"
        yield self._say("walker")
        yield f"preset = {quoted(DEFAULT_WALKER)}"
        for circle in self._circles():
            yield ""
            yield from circle

    def _circles(self) -> Iterator[list[str]]:
        """Yield the circles, those of no use commented out.

        Where no station has a usual tier, the first circle is of the one there is.
        """
        study = self.draft.study
        tiers = set(study.layers.stations["tier"]) - {""} if study else set()
        usual = {str(circle["tier"]) for circle in DEFAULT_CIRCLES}
        other = min(tiers) if tiers and not tiers & usual else ""
        for nth, circle in enumerate(DEFAULT_CIRCLES):
            tier = other if other and not nth else str(circle["tier"])
            live = not tiers or tier in tiers
            key = "circle_none" if not live else "circle" if tiers else "circle_unread"
            mark = "" if live else "# "
            yield [
                f"{mark}[[circle]]",
                self._say("circle_other" if tier == other else key, tier=tier),
                f"{mark}name = {quoted(str(circle['name']))}",
                f"{mark}tier = {quoted(tier)}",
                f"{mark}minutes = {circle['minutes']}",
            ]

    def _unused(self) -> Iterator[str]:
        if not self.choice.passed:
            return
        yield self._say("unused", count=len(self.choice.passed))
        for one in self.choice.passed:
            reason = (
                self._problem(one.error)
                if one.error
                else say(f"init.passed_{one.reason}", lang=self.lang)
            )
            yield "#  " + self._say("unused_line", title=one.title, reason=reason)[1:]


def missing(draft: Draft, choice: Choice) -> Mapping[str, str]:
    """Return the path that stands for each needed layer that no file is."""
    return {
        role: str(draft.told[role].get("path", PLACEHOLDERS[role]))
        for role in choice.missing
    }

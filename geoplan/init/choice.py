"""Which file is which layer of the study, what else could be, what is not used."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geoplan import columns
from geoplan.errors import GeoplanError
from geoplan.files.contents import contents
from geoplan.init import rasters
from geoplan.init.folder import Found
from geoplan.init.roles import LEAST, NETWORK, Fit, Part, every_name, fits, part, shaped
from geoplan.init.words import is_old, newest, role_named

#: The layers without which nothing can be counted.
NEEDED = ("grids", "buildings", "stations", NETWORK)
ELEVATION, RASTER = "elevation", "raster"
_RESCUED = {"grids": "polygon", "buildings": "polygon", NETWORK: "line"}
_SHORTEST = 2  # letters of a word that tells a tier
_CLOSE = 1.0  # points by which a second role is close


@dataclass(frozen=True, kw_only=True, eq=False)
class Named:
    """A file, or a part of one, that can be a layer of the study."""

    found: Found
    part: Part | None = None  #: None for OpenStreetMap files and rasters
    fit: Fit | None = None
    near_by: str = ""  #: another role that it fits nearly as well
    rescued: bool = False  #: taken only because nothing fits better
    crowded: bool = False  #: one of several line layers of its file

    @property
    def name(self) -> str:
        """Return the name of the sheet or table; "" for a file's only one."""
        return self.part.name if self.part else ""

    @property
    def title(self) -> str:
        """Return what to call it."""
        return self.part.title if self.part else self.found.near


@dataclass(frozen=True, kw_only=True, eq=False)
class Passed:
    """A file, or a part of one, that is not used, and why."""

    title: str
    reason: str  #: among the texts ``init.passed_…``; "" if an error says it
    error: GeoplanError | None = None
    role: str = ""  #: that it would have had, by its name …
    path: Path | None = None  #: … and where it is


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice:
    """What a folder's files are taken for."""

    chosen: Mapping[str, Named]  #: by role
    others: Mapping[str, tuple[Named, ...]]  #: by role, best first
    passed: tuple[Passed, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the needed layers that no file is."""
        return tuple(role for role in NEEDED if role not in self.chosen)


def choose(files: Sequence[Found], *, tell: Callable[[str], None]) -> Choice:
    """Return what each file is; ``tell`` is told of each that is opened."""
    parts: list[Part] = []
    passed: list[Passed] = []
    able: dict[str, list[Named]] = {}
    for found in files:
        if found.kind == "layers":
            tell(found.near)
            read, broken = _parts(found)
            parts += read
            passed += broken
            continue
        role, why = _whole(found)
        if role:
            able.setdefault(role, []).append(Named(found=found))
        else:
            passed.append(Passed(title=found.near, reason=why))
    left = []
    for one in parts:
        its = fits(one)
        if its and its[0].points >= LEAST:
            able.setdefault(its[0].role, []).append(_named(one, its, among=parts))
        else:
            left.append((one, its))
    ranked = {role: sorted(named, key=_rank) for role, named in able.items()}
    chosen = {role: named[0] for role, named in ranked.items()}
    chosen |= _tiers_apart(ranked.get("stations", []))
    _rescue(chosen, left)
    taken = [named.part for named in chosen.values()]
    passed += [
        Passed(title=one.title, reason=_why(one, its))
        for one, its in left
        if one not in taken
    ]
    return Choice(
        chosen=chosen,
        others={
            role: tuple(one for one in named if one not in chosen.values())
            for role, named in ranked.items()
        },
        passed=tuple(passed),
    )


def role_at(layer: str, part: int) -> str:
    """Return the role of a layer's file of one number, from 0.

    Examples
    --------
    >>> role_at("stations", 0), role_at("stations", 1), layer_of("stations 2")
    ('stations', 'stations 2', 'stations')
    """
    return f"{layer} {part + 1}" if part else layer


def layer_of(role: str) -> str:
    """Return the layer that a role is a file of."""
    return role.partition(" ")[0]


def tier_named(named: Named) -> str:
    """Return the tier that a file's and a sheet's name tell; "" if they tell none."""
    plain, known = columns.normal(f"{named.found.path.stem}{named.name}"), _tiers()
    words = [word for word in known if len(word) >= _SHORTEST and word in plain]
    tiers = {known[word] for word in words}
    return tiers.pop() if len(tiers) == 1 else ""


def _tiers() -> Mapping[str, str]:
    return columns.values("tier")


def _tiers_apart(ranked: Sequence[Named]) -> dict[str, Named]:
    """Return further files of stations, each of a tier that its name alone tells."""
    tiers = [tier_named(named) for named in ranked]
    if not tiers or not tiers[0]:
        return {}
    first: dict[str, Named] = {}
    for tier, named in zip(tiers, ranked, strict=True):
        if tier and not is_old(named.found.near):
            first.setdefault(tier, named)
    more = [named for named in first.values() if named is not ranked[0]]
    return {role_at("stations", nth): one for nth, one in enumerate(more, start=1)}


def _whole(found: Found) -> tuple[str, str]:
    """Return the role of a file that is no layers, or why it has none."""
    if found.kind == "passed":
        return "", found.reason
    if not found.path.stat().st_size:
        return "", "empty"
    return (NETWORK, "") if found.kind == "ways" else rasters.role(found)


def _parts(one: Found) -> tuple[list[Part], list[Passed]]:
    """Return the parts of a file, and those that cannot be read."""
    try:
        held = contents(one.path, known=every_name())
    except GeoplanError as error:
        return [], [_broken(one.near, one, error)]
    read, broken = [], []
    for each in held:
        title = f"{one.near} [{each.name}]" if each.name else one.near
        if isinstance(each.held, GeoplanError):
            broken.append(_broken(title, one, each.held))
        elif each.held.frame.empty:
            broken.append(Passed(title=title, reason="empty"))
        else:
            read.append(part(one, each.name, each.held))
    return read, broken


def _broken(title: str, one: Found, error: GeoplanError) -> Passed:
    role = role_named(one.path.stem)[0]
    return Passed(title=title, reason="", error=error, role=role, path=one.path)


def _named(one: Part, its: Sequence[Fit], *, among: Sequence[Part]) -> Named:
    best = its[0]
    close = its[1] if len(its) > 1 else None
    near_by = (
        close.role
        if close and close.points >= LEAST and best.points - close.points < _CLOSE
        else ""
    )
    lines = [p for p in among if p.found is one.found and "line" in p.shape.kinds]
    return Named(
        found=one.found,
        part=one,
        fit=best,
        near_by=near_by,
        crowded=best.role == NETWORK and len(lines) > 1,
    )


def _rank(named: Named) -> tuple[object, ...]:
    """Return what is sorted by: the best, the newest, the largest, by name."""
    fresh, final, number = newest(named.found.near)
    points = named.fit.points if named.fit else 0.0
    rows = len(named.part.raw.frame) if named.part else named.found.path.stat().st_size
    return (
        named.part is not None,  # OpenStreetMap before a road layer …
        # … and a file's only one before one of several, which no study can name
        named.crowded,
        not fresh,
        -points,
        not final,
        -number,
        -rows,
        named.title,
    )


def _rescue(
    chosen: dict[str, Named], left: Sequence[tuple[Part, tuple[Fit, ...]]]
) -> None:
    """Give needed layers that no file is the best of the files that are nothing."""
    free = list(left)
    for role, kind in _RESCUED.items():
        if role in chosen:
            continue
        able = [
            (one, fit)
            for one, its in free
            if kind in one.shape.kinds and shaped(one, role) >= 0
            for fit in its
            if fit.role == role
        ]
        if not able:
            continue
        one, fit = max(able, key=lambda pair: (pair[1].points, _reverse(pair[0])))
        chosen[role] = Named(found=one.found, part=one, fit=fit, rescued=True)
        free = [pair for pair in free if pair[0] is not one]


def _reverse(one: Part) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in one.title)


def _why(one: Part, its: Iterable[Fit]) -> str:
    """Return why a part is nothing that a study has."""
    if one.raw.geometry is None and not any(fit.role != "population" for fit in its):
        return "no_places"
    return "unknown"

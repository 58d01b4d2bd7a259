"""Edits of one study by several people: put together, or their conflicts named."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from geoplan.errors import InputError
from geoplan.recipes.edits.reading import Edits, GridEdits, Spot, StationEdits
from geoplan.wording import Said

_TOLD = 20  # conflicts that are listed; the rest are counted
_CLOSED = "×"  # no place and no hours: neither is written so


@dataclass(frozen=True, kw_only=True)
class _Claim:
    """What one file wants of one thing."""

    kind: str  #: unit, place, hours, room
    code: str
    wish: str
    at: str = ""  #: place of a new station: two with one code are not the same


def merged(files: Sequence[Edits], *, grids: Collection[str]) -> Edits:
    """Return the edits of several files as one, under the name of the first.

    ``grids``: the codes of today's grids. Two new stations with one code get two.

    Raises
    ------
    InputError
        The files are of different data or units, or contradict one another; the
        contradictions are listed.
    """
    first, *others = files
    for other in others:
        if other.data != first.data:
            raise InputError.at("edits_of_two", file=other.path, first=first.path.name)
    _agree(files, grids=grids)
    whole = first
    for other in others:
        whole = replace(
            whole,
            grids=_grids(whole.grids, other.grids, file=other),
            stations=_stations(whole.stations, other.stations),
        )
    return whole


def _agree(files: Sequence[Edits], *, grids: Collection[str]) -> None:
    """Raise an error that lists what the files contradict one another in."""
    told: dict[tuple[str, str, str], tuple[str, str]] = {}
    found: list[Said] = []
    for file in files:
        for claim in _claims(file):
            key = (claim.kind, claim.code, claim.at)
            wish, who = told.setdefault(key, (claim.wish, file.path.name))
            if wish != claim.wish:
                found.append(_said(claim, file=file, wish=wish, who=who))
    found += _new_alike(files, grids=grids)
    if found:
        raise InputError.at(
            "edits_conflict",
            file=files[0].path,
            count=len(found),
            conflicts=_listed(found[:_TOLD]),
        )


def _claims(file: Edits) -> Iterator[_Claim]:
    if file.grids is not None:
        for unit, grid in file.grids.to.items():
            yield _Claim(kind="unit", code=unit, wish=grid)
    if file.stations is not None:
        yield from _station_claims(file.stations)


def _station_claims(edits: StationEdits) -> Iterator[_Claim]:
    """Yield what is wanted of stations; one that is closed has no place, no hours."""
    shut = frozenset(edits.closed)
    new = {spot.code: _at(spot) for spot in edits.added}
    for code in edits.closed:
        yield _Claim(kind="place", code=code, wish=_CLOSED)
        yield _Claim(kind="hours", code=code, wish=_CLOSED)
    for spot in (one for one in edits.moved if one.code not in shut):
        yield _Claim(kind="place", code=spot.code, wish=_at(spot))
    for code in (one for one in edits.hours if one not in shut):
        wish, at = edits.hours[code], new.get(code, "")
        yield _Claim(kind="hours", code=code, wish=wish, at=at)
    for room, circle in edits.opened.items():
        yield _Claim(kind="room", code=room, wish=circle)


def _at(spot: Spot) -> str:
    return f"{spot.x:.2f}, {spot.y:.2f}"


def _said(claim: _Claim, *, file: Edits, wish: str, who: str) -> Said:
    facts: dict[str, object] = {"code": claim.code, "first": who}
    facts |= {"second": file.path.name, "one": _wish(wish), "other": _wish(claim.wish)}
    return Said(f"errors.conflict_{claim.kind}", facts)


def _wish(wish: str) -> str | Said:
    return Said("errors.conflict_closed") if wish == _CLOSED else wish


def _new_alike(files: Sequence[Edits], *, grids: Collection[str]) -> Iterator[Said]:
    """Yield the new grids of one code that two files make of different units."""
    known = frozenset(grids)
    seen: dict[str, tuple[frozenset[str], str]] = {}
    for file in (one for one in files if one.grids is not None):
        made: dict[str, set[str]] = {}
        assert file.grids is not None  # noqa: S101  chosen so
        for unit, grid in file.grids.to.items():
            if grid not in known:
                made.setdefault(grid, set()).add(unit)
        for grid, units in sorted(made.items()):
            before, who = seen.setdefault(grid, (frozenset(units), file.path.name))
            if before != units:
                facts = {"code": grid, "first": who, "second": file.path.name}
                yield Said("errors.conflict_grid", facts)


def _listed(found: Sequence[Said]) -> Said:
    """Return texts as one, a line each."""
    whole = found[-1]
    for one in reversed(found[:-1]):
        whole = Said("errors.conflict_more", {"one": one, "rest": whole})
    return whole


def _grids(
    one: GridEdits | None, other: GridEdits | None, *, file: Edits
) -> GridEdits | None:
    if one is None or other is None:
        return one or other
    if one.units_hash != other.units_hash:
        raise InputError.at("edits_units", file=file.path)
    return replace(
        one,
        to={**one.to, **other.to},
        locked=tuple(dict.fromkeys((*one.locked, *other.locked))),
        comments=tuple(dict.fromkeys((*one.comments, *other.comments))),
    )


def _stations(
    one: StationEdits | None, other: StationEdits | None
) -> StationEdits | None:
    if one is None or other is None:
        return one or other
    new, renamed = _added(one.added, other.added)
    shut = tuple(dict.fromkeys((*one.closed, *other.closed)))
    hours = {renamed.get(code, code): text for code, text in other.hours.items()}
    return replace(
        one,
        added=(*one.added, *new),
        moved=tuple({spot.code: spot for spot in (*one.moved, *other.moved)}.values()),
        closed=shut,
        opened={**one.opened, **other.opened},
        hours={**one.hours, **hours},
        comments=tuple(dict.fromkeys((*one.comments, *other.comments))),
    )


def _added(
    known: Sequence[Spot], more: Sequence[Spot]
) -> tuple[tuple[Spot, ...], Mapping[str, str]]:
    """Return the new stations that are not known yet, and codes they get instead."""
    taken = {spot.code for spot in (*known, *more)}
    mine = {spot.code: spot for spot in known}
    found, renamed = [], {}
    for spot in more:
        if mine.get(spot.code) == spot:
            continue
        code = spot.code
        if code in mine:
            code = _free(code, taken=taken)
            renamed[spot.code] = code
            taken.add(code)
        found.append(replace(spot, code=code))
    return tuple(found), renamed


def _free(code: str, *, taken: Collection[str]) -> str:
    """Return a code with a number after it that nobody has."""
    number = 2
    while f"{code}-{number}" in taken:
        number += 1
    return f"{code}-{number}"

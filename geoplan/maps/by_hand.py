"""What the page of division needs beside its units for drawing in it by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from geoplan.maps.encoding import Grain, ints
from geoplan.maps.plane import plane
from geoplan.model import DEDICATED, Division


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What drawing on a given division goes on from, as files of edits say it."""

    option: int  #: of the plans that it was drawn from, 0 for today's
    mark: str  #: tells it from others on the same data
    locked: Sequence[str] = ()  #: codes of grids locked by hand
    comments: Sequence[Mapping[str, Any]] = ()  #: x, y (m) and text
    stations: Mapping[str, Any] | None = None  #: edits of stations, handed on


def by_hand(division: Division, *, begun: Begun | None, grain: Grain) -> dict[str, Any]:
    """Return what tells whose own stations are, and where places lie.

    ``offered``: whether the page offers it; not where geoplan apply has other units
    or draws other areas; ``begun``: what it goes on from, None where it begins;
    ``dedicated``: what is in the kind of grids that stay;
    ``hard``: whether the band must be kept; ``group``: of each row of ``reach``, which
    homes of the unit are meant; ``unit``, ``serves``: of each station, the unit that
    holds it (-1 for none) and the codes of the areas that it names; ``plane``: see
    :func:`plane`.
    """
    stations, reach = division.stations, division.reach
    units = division.units.index
    known = len(reach) > 0
    return {
        "group": ints(reach["group"] if known else []),
        "unit": ints(units.get_indexer(stations["unit"]) if len(stations) else []),
        "serves": [
            [code for code in str(codes).split("、") if code]
            for codes in (stations["serves"] if len(stations) else [])
        ],
        "offered": division.level == "grid"
        and (division.task != "given" or begun is not None),
        "begun": None if begun is None else asdict(begun),
        "dedicated": DEDICATED,
        "hard": any(
            rule["id"] == "H1" and rule["level"] == "error"
            for rule in division.today["rules"]
        ),
        "plane": plane(division.units.total_bounds.tolist(), grain=grain),
    }

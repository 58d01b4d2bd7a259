"""What the hours of gates do to the circles that ask for an hour."""

from collections.abc import Iterator, Sequence

import numpy as np
from pandas import DataFrame

from geoplan.compounds import Compounds
from geoplan.coverage.homes import Standing
from geoplan.model import Circle, Finding, Layers, Legs


def gates_unsaid(
    circles: Sequence[Circle], *, compounds: Compounds
) -> tuple[Finding, ...]:
    """Return the gates whose hours say nothing, or nothing clear, about circles."""
    asked = [circle for circle in circles if circle.hours]
    names = "、".join(circle.name for circle in asked)
    left_out: dict[str, list[str]] = {}
    silent = 0
    for circle in asked:
        silent, unclear = compounds.hours_found(circle.hours)
        for code in unclear.index:
            left_out.setdefault(str(code), []).append(circle.name)
    told = [
        Finding(
            rule="gate_hours_unknown",
            level="warning",
            layer="gates",
            code=code,
            facts={
                "hours": str(compounds.gates["hours"][code]),
                "circles": "、".join(circles_of),
            },
            geometry=compounds.gates.geometry[code],
        )
        for code, circles_of in left_out.items()
    ]
    if silent:
        facts = {"count": silent, "circles": names}
        told.append(
            Finding(rule="gates_hours_unsaid", level="info", layer="gates", facts=facts)
        )
    return tuple(told)


def shut_then(
    circles: Sequence[Circle], *, standing: Standing, layers: Layers, homes: DataFrame
) -> tuple[Finding, ...]:
    """Return who is shut in or out at the hour that a circle asks for.

    Compounds that no resident can leave then, and stations of the circle's tier
    that no visitor can get to, though both can be at other times.
    """
    return tuple(
        finding
        for circle in circles
        if circle.hours
        for finding in _shut(circle, standing=standing, layers=layers, homes=homes)
    )


def _shut(
    circle: Circle, *, standing: Standing, layers: Layers, homes: DataFrame
) -> Iterator[Finding]:
    then, ever = standing.access(circle.hours), standing.access()
    compounds = standing.compounds
    shut = homes["counted"].to_numpy(bool) & _lost(ever.homes, then.homes)
    steps = ever.homes.candidates[["thing", "gate"]]
    steps = steps[shut[steps["thing"].to_numpy()]].drop_duplicates()
    held = compounds.gates["compound"].to_numpy()[steps["gate"]]
    for position, things in steps["thing"].groupby(held):
        code = compounds.shapes.index[position]
        yield Finding(
            rule="compound_shut",
            level="warning",
            layer="compounds",
            code=str(code),
            facts={
                "name": _name(layers, str(code)),
                "circle": circle.name,
                "count": int(things.nunique()),
            },
            geometry=compounds.shapes.iloc[position].representative_point(),
        )
    tier = (layers.stations["tier"] == circle.tier).to_numpy()
    for position in np.flatnonzero(tier & _lost(ever.stations, then.stations)):
        yield Finding(
            rule="station_shut",
            level="warning",
            layer="stations",
            code=str(layers.stations.index[position]),
            facts={"circle": circle.name},
            geometry=layers.stations.geometry.iloc[position],
        )


def _lost(ever: Legs, then: Legs) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which things have legs at some time, but none then."""
    lost = np.zeros(len(ever.things), bool)
    lost[ever.candidates["thing"].to_numpy()] = True
    lost[then.candidates["thing"].to_numpy()] = False
    return lost


def _name(layers: Layers, code: str) -> str:
    assert layers.compounds is not None  # noqa: S101  the code is of one of them
    return str(layers.compounds["name"][code] or code)

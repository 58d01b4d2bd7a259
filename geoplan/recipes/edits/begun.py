"""What drawing goes on from in the page of edits that were applied.

A file saved there holds all that differs from today's: it is applied to the study
again, in place of the files before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from geoplan.maps.by_hand import Begun
from geoplan.recipes.edits.reading import Edits, Spot, StationEdits


def begun(edits: Edits, *, files: Iterable[Edits]) -> Begun | None:
    """Return what drawing goes on from; None if one file cannot say it.

    Parameters
    ----------
    edits : Edits
        All files as one.
    files : iterable of Edits
        The files.
    """
    grids, stations = edits.grids, edits.stations
    if grids is None or (stations is not None and not _of_one_circle(stations)):
        return None
    return Begun(
        option=grids.option,
        mark=sha256("\n".join(one.sha256 for one in files).encode()).hexdigest(),
        locked=grids.locked,
        comments=[asdict(one) for one in grids.comments],
        stations=None if stations is None else _record(stations),
    )


def _of_one_circle(stations: StationEdits) -> bool:
    """Return whether all that is new is of the circle that a file can name."""
    circles = {spot.circle for spot in stations.added} | {*stations.opened.values()}
    return circles <= {stations.circle}


def _record(stations: StationEdits) -> Mapping[str, Any]:
    """Return edits of stations as a file has them."""
    return {
        "circle": stations.circle,
        "added": [_place(spot) | {"name": spot.name} for spot in stations.added],
        "moved": [_place(spot) for spot in stations.moved],
        "closed": list(stations.closed),
        "opened": list(stations.opened),
        "hours": dict(stations.hours),
        "comments": [asdict(one) for one in stations.comments],
    }


def _place(spot: Spot) -> dict[str, Any]:
    return {"code": spot.code, "x": spot.x, "y": spot.y}

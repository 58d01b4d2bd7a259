"""The rows of the bench: one comparison each, and how its ratio reads."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

_LEAST = 1e-9  # s


@dataclass(frozen=True, kw_only=True)
class Row:
    """One comparison, as the JSON file has it."""

    what: str
    peer: str
    ours_s: float | None
    peer_s: float | None
    ratio: float | None
    target: float | None
    better: str  #: "higher" or "lower": which ratio is better
    met: bool | None
    note: str = ""


def compared(
    what: str,
    peer: str,
    *,
    ours_s: float,
    peer_s: float,
    target: float,
    note: str = "",
) -> Row:
    """Return a row whose ratio says how many times faster geoplan is."""
    ratio = peer_s / max(ours_s, _LEAST)
    return Row(
        what=what,
        peer=peer,
        ours_s=round(ours_s, 6),
        peer_s=round(peer_s, 6),
        ratio=round(ratio, 3),
        target=target,
        better="higher",
        met=ratio >= target,
        note=note,
    )


def at_most(
    what: str, peer: str, *, ours_s: float, peer_s: float, target: float, note: str = ""
) -> Row:
    """Return a row whose ratio says how many times slower geoplan is."""
    ratio = ours_s / max(peer_s, _LEAST)
    row = compared(what, peer, ours_s=ours_s, peer_s=peer_s, target=target, note=note)
    fields_ = asdict(row) | {"ratio": round(ratio, 3), "better": "lower"}
    return Row(**fields_ | {"met": ratio <= target})


def missing(what: str, peer: str, *, target: float | None, note: str) -> Row:
    """Return the row of a comparison that was not made."""
    return Row(
        what=what,
        peer=peer,
        ours_s=None,
        peer_s=None,
        ratio=None,
        target=target,
        better="higher",
        met=None,
        note=note,
    )


def best(action: Callable[[], object], *, times: int) -> float:
    """Return the shortest of several runs, seconds, after one that warms up."""
    action()
    took = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        took.append(time.perf_counter() - start)
    return min(took)

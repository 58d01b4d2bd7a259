"""The rows of the bench: one comparison each, and how its ratio reads."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

_LEAST = 1e-9  # s
_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


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


@dataclass(frozen=True, kw_only=True)
class Heavy:
    """A row, and the most memory that the process held while geoplan ran."""

    row: Row
    peak_mb: float | None  #: before the peer ran; None where the system does not tell


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


def peak_mb(action: Callable[[], object]) -> float | None:
    """Return the most memory that the process holds during a run, all else included."""
    try:
        _RESET.write_text("5", "ascii")  # forget the most so far
    except OSError:  # only Linux has it
        return None
    action()
    most = next(
        line for line in _STATUS.read_text("ascii").splitlines() if "VmHWM" in line
    )
    return round(int(most.split()[1]) / 1024)

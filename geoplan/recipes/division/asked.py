"""What a command asks of a division, with what the study file says of it."""

from dataclasses import dataclass
from typing import Any, Literal

from geoplan.errors import UsageError

Level = Literal["grid", "community"]

_PARTS = 2  # of a grid that is split, the fewest


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a study's division; all grids are redrawn if nothing is."""

    split: str = ""  #: code of a grid to be parted …
    into: int = _PARTS  #: … in so many
    merge: tuple[str, ...] = ()  #: codes of grids to become one
    shift: tuple[str, ...] = ()  #: codes of neighbours to be rebalanced
    community: str = ""  #: code or name: its grids alone
    every: bool = False  #: all grids, as they are if nothing else is asked
    grids: int | None = None  #: how many in all; None = what the band asks
    band: tuple[float, float] | None = None  #: households of a grid; None = the study's
    hard_band: bool = False
    min_change: bool = False
    options: int = 3
    seed: int = 0
    lock: tuple[str, ...] = ()  #: codes of grids that stay, besides the study's
    level: Level = "grid"  #: what is drawn

    def __post_init__(self) -> None:
        given = {
            "--split": bool(self.split),
            "--merge": bool(self.merge),
            "--shift": bool(self.shift),
            "--community": bool(self.community),
            "--all": self.every,
        }
        if self.level == "community" and self.community:
            raise UsageError.at("division_one_task", named="--level、--community")
        named = [name for name, is_given in given.items() if is_given]
        if len(named) > 1:
            raise UsageError.at("division_one_task", named="、".join(named))
        alone = (
            named[:1] if named[:1] in (["--split"], ["--merge"], ["--shift"]) else []
        )
        if alone and (self.min_change or self.grids):
            other = "--min-change" if self.min_change else "--grids"
            raise UsageError.at("division_one_task", named="、".join([*alone, other]))
        if self.min_change and self.grids:
            raise UsageError.at("division_one_task", named="--min-change、--grids")
        if self.into < _PARTS:
            raise UsageError.at("division_into", into=self.into)
        if self.into != _PARTS and not self.split:
            raise UsageError.at("division_into_alone", into=self.into)

    @property
    def task(self) -> str:
        """Return the name of the task."""
        if self.split:
            return "split"
        if self.merge:
            return "merge"
        if self.shift:
            return "shift"
        return "least_change" if self.min_change else "redraw"

    def record(self) -> dict[str, Any]:
        """Return what was asked, as the JSON contract has it."""
        return {
            "task": self.task,
            "split": self.split or None,
            "into": self.into if self.split else None,
            "merge": list(self.merge),
            "shift": list(self.shift),
            "community": self.community or None,
            "grids": self.grids,
            "band": list(self.band) if self.band else None,
            "hard_band": self.hard_band,
            "options": self.options,
            "lock": list(self.lock),
            "level": self.level,
        }

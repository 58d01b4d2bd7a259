"""What a study file says of divisions: [division], read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from geoplan import division
from geoplan.division.aims import band as usual_band
from geoplan.division.numbering import Template, template
from geoplan.errors import UsageError
from geoplan.recipes.division.asked import Asked
from geoplan.study.areas import by_code_or_name
from geoplan.study.reading import Study
from geoplan.study.settings import Settings, read_settings

_TABLE = "division"


@dataclass(frozen=True, kw_only=True)
class Wished:
    """What the study file and the command together want of a division."""

    aims: division.Aims
    locked: frozenset[str]
    template: Template | None


def wished(study: Study, *, asked: Asked) -> Wished:
    """Return what is wanted; the command before the study file.

    Raises
    ------
    InputError, UsageError
        A weight, a lock or a template is not one.
    """
    settings = read_settings(study.path)
    told = settings.table(_TABLE)
    band = asked.band or (
        tuple(map(float, told["band"]))
        if "band" in told and asked.level == "grid"
        else usual_band(asked.level)
    )
    aims = division.Aims(
        weights=division.weighted(_numbers(settings, "weights")),
        workload=_numbers(settings, "workload") or division.Aims().workload,
        band=(band[0], band[1]),
        hard=asked.hard_band or bool(told.get("hard", False)),
    )
    return Wished(
        aims=aims,
        locked=_locked(study, settings, asked=asked),
        template=_template(settings),
    )


def _numbers(settings: Settings, entry: str) -> dict[str, float]:
    """Return a table of weights: numbers of at least 0."""
    told = settings.table(_TABLE).get(entry, {})
    if isinstance(told, Mapping) and all(map(_is_weight, told.values())):
        return {str(name): float(value) for name, value in told.items()}
    raise settings.error(
        "division_numbers", table=_TABLE, entry=entry, value=str(told)[:40]
    )


def _is_weight(value: Any) -> bool:  # noqa: ANN401  whatever TOML holds
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and 0 <= value < float("inf")


def _locked(study: Study, settings: Settings, *, asked: Asked) -> frozenset[str]:
    """Return the codes of the grids that stay, named by code or name."""
    of = {"grid": study.layers.grids, "community": study.layers.communities}
    known = by_code_or_name(of[asked.level])
    if asked.level != "grid":  # the study file locks grids
        settings = replace(settings, tables={})
    for name in settings.table(_TABLE).get("lock", []):
        if name not in known:
            raise settings.error(
                "division_lock_unknown", table=_TABLE, entry="lock", value=name
            )
    for name in asked.lock:
        if name not in known:
            raise UsageError.at("division_grid_unknown", code=name)
    named = [*settings.table(_TABLE).get("lock", []), *asked.lock]
    return frozenset(known.get(name, name) for name in named)


def _template(settings: Settings) -> Template | None:
    """Return how new codes are put together; None as today's are."""
    told = settings.table(_TABLE).get("template")
    if told is None:
        return None
    if isinstance(told, str):
        return template(told)
    fits = isinstance(told, Mapping) and set(told) == {"separator", "digits"}
    if fits and isinstance(told["separator"], str) and _is_count(told["digits"]):
        return Template(separator=told["separator"], digits=told["digits"])
    raise settings.error(
        "division_template", table=_TABLE, entry="template", value=str(told)[:40]
    )


def _is_count(value: Any) -> bool:  # noqa: ANN401  whatever TOML holds
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10  # noqa: PLR2004  digits

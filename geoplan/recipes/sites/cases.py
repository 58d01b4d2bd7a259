"""What a choice of sites hangs on: how fast people walk, a station that closes."""

from collections.abc import Iterator

from geoplan import sites
from geoplan.errors import UsageError
from geoplan.recipes.sites.asked import Asked, Ground, task_of
from geoplan.recipes.sites.plans import Often
from geoplan.recipes.sites.weights import ranked

ALL = "all"  #: each existing station in turn


def often_chosen(ground: Ground, *, asked: Asked, count: int) -> Often | None:
    """Return how often each site is chosen in other cases, if these are asked.

    ``count``: stations to open in each case; those of ``lscp`` are as many as needed.
    """
    if not asked.speeds and not asked.without:
        return None
    speed = ground.study.walker.speed
    speeds = [speed, *(one for one in asked.speeds if one != speed)]
    shut = _shut(ground, asked=asked)
    most = None if asked.model == "lscp" else count
    cases = {
        name: ranked(task, first=asked.first).but(count=most)
        for name, task in _cases(ground, asked=asked, speeds=speeds, shut=shut)
    }
    found = sites.robust(cases, effort=asked.effort)
    record: dict[str, object] = {
        "speeds_m_s": speeds,
        "without": shut,
        "chosen": found.chosen,
        "often": {str(k): round(float(v), 4) for k, v in found.often.items()},
        "worth": {str(k): v for k, v in found.worth.to_dict("index").items()},
        "regret": {str(k): float(v) for k, v in found.regret.items()},
    }
    return Often(shares=found.often, record=record)


def _cases(
    ground: Ground, *, asked: Asked, speeds: list[float], shut: list[str]
) -> Iterator[tuple[str, sites.Task]]:
    """Yield the task of each case by its name; the first is the one expected."""
    walker = ground.study.walker
    usual = task_of(ground, asked=asked, walker=walker)
    yield f"{speeds[0]:g}", usual
    for speed in speeds[1:]:
        yield f"{speed:g}", task_of(ground, asked=asked, walker=walker.at(speed))
    for code in shut:
        yield f"without {code}", sites.closed(usual, site=code)


def _shut(ground: Ground, *, asked: Asked) -> list[str]:
    """Return the codes of the stations that may have to close, in the study's order.

    Raises
    ------
    UsageError
        If one is no existing station of the circle.
    """
    frame = ground.places.frame
    known = [str(code) for code in frame.index[frame["existing"]]]
    if asked.without == (ALL,):
        return known
    if odd := [code for code in asked.without if code not in known]:
        raise UsageError.at("siting_without", codes="、".join(odd))
    return [code for code in known if code in asked.without]

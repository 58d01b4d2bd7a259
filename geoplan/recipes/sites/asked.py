"""What a command asks of siting, and the study's task that it stands for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal, cast

import numpy as np
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame

from geoplan import compounds, sites
from geoplan.arguments import flag
from geoplan.coverage import answers, service
from geoplan.coverage.homes import Standing, inhabited, standing
from geoplan.coverage.pairs import in_circle
from geoplan.errors import InputError, UsageError
from geoplan.model import Circle, Finding, Layers, Network, Walker
from geoplan.recipes.sites.lists import Idea, Known, idea
from geoplan.recipes.sites.places import (
    Demand,
    Places,
    along_ways,
    as_they_are,
    places_of,
)
from geoplan.recipes.sites.weights import weighed
from geoplan.study.reading import Study
from geoplan.study.sources import Input

FAR = 60.0  # min; the shortest walk is sought beyond the circle, so far at least
ROOM_M2 = (
    0.3  # m² a household; MEM: from memory of 国办发〔2021〕56号, not a checked norm
)
BY_AREA = "m2"  #: as a capacity: of each station by its rooms
_CURVE = 5
WIDE = ("p-median", "p-center", "hubs")  #: models whose walks may leave the circle

Model = Literal["lscp", "mclp", "p-median", "p-center", "hubs", "tiers"]
#: what two of them are to the solver
_TASK: Mapping[str, sites.Model] = {"hubs": "p-median", "tiers": "mclp"}

#: Options by the models that they say something to; others go with all.
_GOES_WITH: Mapping[str, tuple[str, ...]] = {
    "target": ("lscp",),
    "first": ("mclp",),
    "below": ("tiers",),
    "budget": ("lscp", "mclp", "p-median", "p-center", "tiers"),
    "own": ("lscp", "mclp", "p-median", "p-center", "tiers"),
    "apart_m": ("lscp", "mclp", "p-median", "p-center", "tiers"),
    "per": sites.MODELS,
    "close": sites.MODELS,
    "speeds": sites.MODELS,
    "without": sites.MODELS,
    "evaluate": (*sites.MODELS, "hubs"),
}
#: Options that a list to be judged answers itself.
_NOT_OF_A_LIST = ("counts", "speeds", "without")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a study's next stations."""

    circle: str = ""  #: by name; "" is the study's first
    model: Model = "mclp"
    counts: range | None = None  #: of new stations; None = what one would expect
    target: float = 1.0
    weight: str = ""  #: households, people or a group; "" = what the study counts
    first: str = ""  #: unmanaged or elderly: as many of these as can be, then of all
    capacity: str = ""  #: number a station, or m2
    budget: float | None = None
    own: bool = False
    per: str = ""  #: community or grid: each must have a station
    apart_m: float = 0.0
    close: bool = False  #: may existing stations close?
    evaluate: Path | None = None  #: a list of codes, or of places, to judge
    datum: str | None = None  #: of the coordinates in that list
    speeds: tuple[float, ...] = ()
    without: tuple[str, ...] = ()  #: stations that may have to close, or "all"
    below: int | None = None  #: tiers: new stations of the tier below
    seconds: float = 60.0
    seed: int = 0

    @property
    def effort(self) -> sites.Effort:
        """Return how hard to try."""
        return sites.Effort(seconds=self.seconds, seed=self.seed)


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """A study laid out for siting: who is to walk where."""

    study: Study
    network: Network
    circle: Circle
    places: Places
    stand: Standing
    homes: DataFrame  #: as ``inhabited`` gives them
    demand: DataFrame  #: index = building: weight, elderly where known
    counted: str
    served: DataFrame  #: as ``service.areas_served`` gives them
    listed: tuple[str, ...] = ()  #: codes of the list that is to be judged
    others: tuple[Input, ...] = ()  #: files read besides those of the study
    findings: tuple[Finding, ...] = field(default=())

    def pairs(self, minutes: float | None, *, walker: Walker) -> DataFrame:
        """Return the walks within the circle, or within some minutes.

        site, demand (positions), minutes.
        """
        found = in_circle(
            self.stand,
            network=self.network,
            circle=self.circle,
            walker=walker,
            seconds=(minutes or 0.0) * 60.0,
        )
        found = found[self.demand["weight"].to_numpy()[found["thing"]] > 0]
        return DataFrame(
            {
                "site": found["station"].to_numpy(),
                "demand": found["thing"].to_numpy(),
                "minutes": (found["seconds"] / 60.0).to_numpy(),
            }
        )

    def limit(self, walker: Walker) -> float:
        """Return the circle in minutes of a walker."""
        return self.circle.seconds(speed=walker.speed) / 60.0


def agreed(asked: Asked) -> None:
    """Raise if an option says nothing to the model that is asked.

    Raises
    ------
    UsageError
        Nothing that is asked is passed over in silence.
    """
    usual = Asked()
    told = [f.name for f in fields(Asked) if vars(asked)[f.name] != vars(usual)[f.name]]
    for name in told:
        models = _GOES_WITH.get(name, (asked.model,))
        if asked.model not in models:
            raise UsageError.at(
                "siting_option",
                option=flag(name),
                model=asked.model,
                known=", ".join(models),
            )
        if asked.evaluate is not None and name in _NOT_OF_A_LIST:
            raise UsageError.at("siting_listed_option", option=flag(name))
    if asked.model == "tiers" and asked.counts and len(asked.counts) > 1:
        raise UsageError.at("siting_one_count")


def laid_out(study: Study, *, network: Network, asked: Asked, lang: str) -> Ground:
    """Return a study's stations, candidates and demand, all on the ways."""
    circle = _circle(study, asked.circle)
    layers = study.layers
    homes, odd = inhabited(layers)
    demand, counted = weighed(
        layers, homes=homes, weight=asked.weight, first=asked.first
    )
    stations = layers.stations[answers.chosen(circle, layers.stations)]
    if asked.model == "hubs":
        places = as_they_are(layers, stations=GeoDataFrame(stations))
    else:
        made = None
        if layers.candidates is None or not len(layers.candidates):
            made = _made(study, network, circle, demand=demand, asked=asked, lang=lang)
        places = places_of(layers, stations=GeoDataFrame(stations), made=made)
    places, thought = _thought_of(places, study=study, asked=asked, lang=lang)
    whole = places.as_stations(layers, tier=circle.tier)
    stand = _standing(whole, network=network, study=study)
    served, unclear = service.areas_served(whole)
    return Ground(
        study=study,
        network=network,
        circle=circle,
        places=places,
        stand=stand,
        homes=homes,
        demand=demand,
        counted=counted,
        served=served,
        listed=thought.codes,
        others=_files_of(asked, rows=thought.rows, study=study),
        findings=(
            *(*odd, *unclear, *thought.findings),
            *(*_off(places, stand), *_about(places)),
        ),
    )


def _thought_of(
    places: Places, *, study: Study, asked: Asked, lang: str
) -> tuple[Places, Idea]:
    """Return the list that is to be judged, and the places with those it adds."""
    if asked.evaluate is None:
        return places, Idea(codes=())
    known = Known(
        places=places.frame, street=study.layers.grids.union_all(), crs=study.crs
    )
    found = idea(asked.evaluate, known=known, datum=asked.datum, lang=lang)
    if found.own is None:
        return places, found
    return places.and_also(found.own, layers=study.layers), found


def _files_of(asked: Asked, *, rows: int, study: Study) -> tuple[Input, ...]:
    """Return the record of the list that is to be judged."""
    if asked.evaluate is None:
        return ()
    return (Input.of(asked.evaluate, study=study.path, rows=rows),)


def task_of(ground: Ground, *, asked: Asked, walker: Walker) -> sites.Task:
    """Return the task of siting that is asked, for one walker."""
    frame = ground.places.frame
    pairs = ground.pairs(FAR if asked.model in WIDE else None, walker=walker)
    if asked.own:
        here = pairs.rename(columns={"site": "station", "demand": "thing"})
        mine = service.own(here, served=ground.served, homes=ground.homes)
        pairs = pairs[mine.to_numpy()]
    near = np.empty((0, 2), np.int64)
    if asked.apart_m > 0:
        points = np.column_stack([frame.geometry.x, frame.geometry.y])
        near = sites.too_near(points, metres=asked.apart_m)
    return sites.Task(
        model=_TASK.get(asked.model) or cast("sites.Model", asked.model),
        candidates=_candidates(ground, asked=asked),
        demand=ground.demand,
        pairs=pairs,
        budget=asked.budget,
        target=asked.target,
        groups=_groups(ground, asked=asked),
        apart=near,
    )


def counts_of(ground: Ground, *, asked: Asked) -> range | None:
    """Return the counts of stations to try; None if the budget alone decides."""
    free = int((~ground.places.frame["existing"]).sum())
    old = len(ground.places.frame) - free
    most = free + (old if asked.close else 0)
    if asked.counts is not None:
        first = min(asked.counts[0], most)
        return range(first, min(asked.counts[-1], most) + 1)
    if asked.budget is not None or asked.model == "lscp":
        return None
    start = max(1, old) if asked.close else 1
    return range(min(start, most), min(start + _CURVE - 1, most) + 1)


def _circle(study: Study, name: str) -> Circle:
    known = {circle.name: circle for circle in study.circles}
    if name and name not in known:
        names = "、".join(known)
        raise UsageError.at("siting_circle", value=name, known=names)
    return known[name] if name else study.circles[0]


def _made(
    study: Study,
    network: Network,
    circle: Circle,
    *,
    demand: DataFrame,
    asked: Asked,
    lang: str,
) -> GeoDataFrame:
    """Return places along the ways near those whom no station serves yet."""
    layers = study.layers
    stations = layers.stations[answers.chosen(circle, layers.stations)]
    stand = _standing(
        Layers(**{**vars(layers), "stations": stations}), network=network, study=study
    )
    left = demand["weight"].to_numpy(dtype=float)
    if len(stations) and asked.model not in WIDE and not asked.close:
        served = in_circle(stand, network=network, circle=circle, walker=study.walker)
        left = np.where(np.isin(np.arange(len(left)), served["thing"]), 0.0, left)
    if not left.any():
        left = demand["weight"].to_numpy(dtype=float)
    some = left > 0
    return along_ways(
        network,
        layers=layers,
        demand=Demand(points=stand.homes_at[some], weight=left[some]),
        reach_m=circle.seconds(speed=study.walker.speed) * study.walker.speed,
        lang=lang,
    )


def _standing(layers: Layers, *, network: Network, study: Study) -> Standing:
    return standing(
        layers,
        network=network,
        surroundings=study.ways.surroundings,
        compounds=compounds.settle(layers)[0],
    )


def _candidates(ground: Ground, *, asked: Asked) -> DataFrame:
    """Return the sites as a task has them."""
    frame = ground.places.frame
    table = DataFrame(frame[["name", "kind", "existing"]])
    table["closable"] = frame["existing"] & asked.close
    if asked.budget is not None and not ground.places.rooms:
        raise UsageError.at("siting_budget_ways")
    if asked.budget is not None:
        bare = frame.index[frame["cost"].isna() & ~frame["existing"]]
        if len(bare):
            raise InputError.at(
                "siting_cost", layer="candidates", codes=_told(list(bare))
            )
        table["cost"] = frame["cost"].fillna(0.0)
    if asked.per:
        table["group"] = frame[asked.per]
    return capacities(table, ground=ground, asked=asked)


def capacities(table: DataFrame, *, ground: Ground, asked: Asked) -> DataFrame:
    """Return candidates with what each can serve, if that is limited."""
    if asked.capacity == BY_AREA:
        return table.assign(capacity=_by_area(ground))
    if asked.capacity:
        return table.assign(capacity=float(asked.capacity))
    return table


def _by_area(ground: Ground) -> NDArray[np.float64]:
    """Return how many households the rooms are for."""
    frame = ground.places.frame
    if ground.counted != "households":
        raise UsageError.at("siting_capacity_m2", counted=ground.counted)
    bare = frame.index[frame["area_m2"].isna()]
    if len(bare):
        raise InputError.at("siting_area", layer="stations", codes=_told(list(bare)))
    return np.asarray(np.floor(frame["area_m2"].to_numpy(float) / ROOM_M2))


def _groups(ground: Ground, *, asked: Asked) -> tuple[str, ...]:
    """Return the areas that must each have a station: those where somebody lives."""
    if not asked.per:
        return ()
    lived = ground.demand["weight"] > 0
    return tuple(sorted(set(ground.homes[asked.per][lived]) - {""}))


def _off(places: Places, stand: Standing) -> tuple[Finding, ...]:
    """Return the candidates that no way leads to."""
    reasons: Mapping[object, str] = stand.stations.things["off_network"].to_dict()
    new = places.frame.index[~places.frame["existing"]]
    return tuple(
        Finding(
            rule="candidate_off_network",
            level="warning",
            layer="candidates",
            code=str(code),
            geometry=places.frame.geometry[code],
        )
        for code in new
        if reasons[code]
    )


def _about(places: Places) -> tuple[Finding, ...]:
    if places.rooms:
        return ()
    facts = {"count": int((~places.frame["existing"]).sum())}
    rule = "candidates_along_ways"
    return (Finding(rule=rule, level="info", layer="candidates", facts=facts),)


def _told(codes: list[str], *, most: int = 8) -> str:
    more = len(codes) - most
    listed = "、".join(codes[:most])
    return f"{listed} … (+{more})" if more > 0 else listed

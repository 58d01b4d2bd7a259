"""All walks within a limit or a circle: stations × buildings as one table."""

from pandas import DataFrame, Series

from geoplan import compounds, walk
from geoplan.coverage.answers import pairs_within
from geoplan.coverage.homes import Standing, standing
from geoplan.model import Circle, Layers, Network, Surroundings, Walker


def in_circle(
    stand: Standing,
    *,
    network: Network,
    circle: Circle,
    walker: Walker,
    seconds: float = 0.0,
) -> DataFrame:
    """Return the walks within a circle, or within some seconds if that is more.

    Of all stations that stand there, at the circle's hours; as
    :func:`geoplan.coverage.answers.pairs_within`.
    """
    way = walk.graph(network, walker=walker.by_length() if circle.metres else walker)
    access = stand.access(circle.hours)
    return pairs_within(
        way,
        access=access,
        wanted=Series(data=True, index=access.stations.things.index),
        limit=max(circle.seconds(speed=way.speed), seconds),
    )


def walking_minutes(
    layers: Layers,
    *,
    network: Network,
    surroundings: Surroundings,
    walker: Walker,
    within: float,
) -> DataFrame:
    """Return the walks from every building to every station within a limit.

    Parameters
    ----------
    within : float
        Minutes, legs included.

    Returns
    -------
    DataFrame
        building, station (codes), minutes; sorted by building, then minutes. A
        pair that is not there is farther, or cannot be walked.
    """
    stand = standing(
        layers,
        network=network,
        surroundings=surroundings,
        compounds=compounds.settle(layers)[0],
    )
    pairs = pairs_within(
        walk.graph(network, walker=walker),
        access=stand.access(),
        wanted=Series(data=True, index=layers.stations.index),
        limit=within * 60.0,
    )
    pairs = pairs.sort_values(["thing", "seconds", "station"])
    return DataFrame(
        {
            "building": layers.buildings.index[pairs["thing"]],
            "station": layers.stations.index[pairs["station"]],
            "minutes": (pairs["seconds"] / 60.0).to_numpy(),
        }
    )

"""What coverage goes by before anybody walks, and what is odd about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from pandas import DataFrame

from geoplan import compounds
from geoplan.coverage import groups, service
from geoplan.coverage.answers import chosen
from geoplan.coverage.gates import gates_unsaid, shut_then
from geoplan.coverage.homes import Standing, inhabited, standing
from geoplan.coverage.opening import unoffered, unsaid
from geoplan.model import Circle, Finding, Layers, Network, Surroundings


@dataclass(frozen=True, kw_only=True, eq=False)
class Premises:
    """Who lives where, whom stations serve, how both stand on the network."""

    homes: DataFrame  #: as :func:`inhabited` gives them, and their legs
    served: DataFrame  #: as :func:`service.areas_served` gives them
    groups: DataFrame  #: as :func:`groups.dealt` gives them
    stand: Standing | None  #: None without a network
    findings: tuple[Finding, ...]


def premises(
    layers: Layers,
    *,
    network: Network | None,
    surroundings: Surroundings,
    circles: Sequence[Circle],
) -> Premises:
    """Return what coverage goes by; without a network, all but the legs."""
    homes, odd_homes = inhabited(layers)
    ground, odd_gates = compounds.settle(layers)
    served, odd_stations = service.areas_served(layers)
    lived, odd_groups = groups.dealt(layers, homes=homes)
    findings = [
        *odd_homes,
        *odd_stations,
        *odd_gates,
        *odd_groups,
        *groups.undemanded(circles, groups=lived),
        *unoffered(circles, layers=layers),
        *unsaid(circles, layers=layers),
    ]
    if network is None:
        return Premises(
            homes=homes,
            served=served,
            groups=lived,
            stand=None,
            findings=tuple(findings),
        )
    stand = standing(
        layers, network=network, surroundings=surroundings, compounds=ground
    )
    findings += [
        *gates_unsaid(circles, compounds=ground),
        *shut_then(circles, standing=stand, layers=layers, homes=homes),
        *stand.findings(layers, homes=homes),
    ]
    return Premises(
        homes=homes.join(stand.homes.things),
        served=served,
        groups=lived,
        stand=stand,
        findings=tuple(findings),
    )


def without_station(
    layers: Layers, *, served: DataFrame, circles: Sequence[Circle]
) -> tuple[Finding, ...]:
    """Return the areas that no station of a circle serves, circle by circle."""
    return tuple(
        finding
        for circle in circles
        for finding in service.without_station(
            layers,
            served=served,
            chosen=chosen(circle, layers.stations),
            circle=circle,
        )
    )

"""Public places as stations: the only ones used are on the map, by their kind."""

from dataclasses import dataclass

import pandas as pd
import shapely
from geopandas import GeoDataFrame
from openstreetmap import Content, Feature, unprojected


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of place that stands for a service station."""

    tier: str
    title: str  #: what the place is called where the map has no name to use


KINDS = {
    "townhall": Kind(tier="社区级", title="Mairie"),
    "library": Kind(tier="社区级", title="Bibliothèque"),
    "post_office": Kind(tier="社区级", title="Poste"),
    "school": Kind(tier="网格级", title="École"),
    "kindergarten": Kind(tier="网格级", title="Crèche"),
    "childcare": Kind(tier="网格级", title="Crèche"),
    "pharmacy": Kind(tier="网格级", title="Pharmacie"),
}
#: Kinds whose names are as a rule their owners': called by their street instead.
OWNERS = frozenset({"pharmacy"})
#: Schools that are not for the children of the quarter.
SPECIAL_SCHOOLS = frozenset({"art", "dance", "music", "driving", "language"})
SAME_PLACE = 60.0  # m: this close, one without a name is the other mapped again
STREET = 80.0  # m: how far the street that names a place may be


def stations(content: Content, *, ways: GeoDataFrame) -> pd.DataFrame:
    """Return the stations: code, name, tier, items, hours, lon, lat."""
    named = ways[ways["name"] != ""]
    streets = named.dissolve("name").geometry
    rows = []
    for place in _places(content):
        kind = KINDS[place.tag("amenity")]
        point = place.shape.point_on_surface()
        degrees = unprojected(point)
        rows.append(
            {
                "code": place.code,
                "name": _name(place) or _by_street(kind, point, streets),
                "tier": kind.tier,
                "items": place.tag("amenity"),
                "hours": place.tag("opening_hours"),
                "lon": round(degrees.x, 7),
                "lat": round(degrees.y, 7),
            }
        )
    frame = pd.DataFrame(rows)
    return frame.assign(name=_distinct(frame["name"])).sort_values(
        ["tier", "items", "name"], ascending=[False, True, True], ignore_index=True
    )


def _places(content: Content) -> list[Feature]:
    """Return the places of the kinds wanted, each once.

    Places of one kind are mapped as a node, as an area or as both: one without a
    name of its own that is close to another is that other one.
    """
    wanted = [
        place
        for place in (*content.points, *content.areas)
        if place.tag("amenity") in KINDS and place.tag("school") not in SPECIAL_SCHOOLS
    ]
    wanted.sort(key=lambda p: (not p.tag("name"), p.code[0] != "n", p.code))
    kept: list[Feature] = []
    for place in wanted:
        kind = place.tag("amenity")
        twins = (k for k in kept if k.tag("amenity") == kind)
        names = {
            k.tag("name")
            for k in twins
            if shapely.dwithin(k.shape, place.shape, SAME_PLACE)
        }
        if not names or (place.tag("name") and place.tag("name") not in names):
            kept.append(place)
    return kept


def _name(place: Feature) -> str:
    """Return the name on the map, unless it is an owner's."""
    return "" if place.tag("amenity") in OWNERS else place.tag("name")


def _by_street(kind: Kind, point: shapely.Point, streets: GeoDataFrame) -> str:
    metres = streets.distance(point)
    near = metres.min() <= STREET
    return f"{kind.title}, {metres.idxmin()}" if near else kind.title


def _distinct(names: pd.Series) -> pd.Series:
    """Return the names with a number where several would be the same."""
    nth = names.groupby(names).cumcount() + 1
    several = names.duplicated(keep=False)
    return names.where(~several, names + " (" + nth.astype(str) + ")")

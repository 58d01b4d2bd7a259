"""Buildings with their levels and use, and the city's people dealt to homes."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from openstreetmap import UTM, Content, Feature
from shapely.geometry.base import BaseGeometry

from geoplan.population import deal

#: Values of building that are homes.
HOMES = frozenset(
    {"apartments", "residential", "house", "terrace", "detached", "dormitory"}
)
#: Keys that say what a building=yes is for, and that nobody lives there.
USES = (
    "amenity", "tourism", "office", "healthcare", "military", "historic", "leisure",
    "man_made", "power", "railway", "public_transport", "club", "government",
)  # fmt: skip
#: Areas that say what the buildings=yes in them are for.
GROUNDS = {
    "amenity": {"school", "college", "university", "hospital", "place_of_worship"},
    "landuse": {"commercial", "industrial", "retail", "railway", "cemetery"},
    "leisure": {"stadium", "sports_centre", "marina"},
}
#: Tagged building=yes and nothing else, though a congress centre: Grimaldi Forum.
NO_HOMES = frozenset({"w94452775"})
SHELTER = "roof"  # one walks under it: no building to geoplan
FAMILY_HOUSE = "Maison "
SMALLEST_HOME = 30.0  # m²: under this a building=yes is no home


def buildings(content: Content) -> GeoDataFrame:
    """Return the buildings: code, name, levels, height, use, residential, geometry.

    Outlines that lie within a larger building's are parts of it and left out.
    """
    found = [
        area
        for area in content.areas
        if area.tag("building") not in {"", "no", SHELTER}
    ]
    grounds = [area for area in content.areas if _ground(area)]
    uses = [_use(area, grounds) for area in found]
    frame = GeoDataFrame(
        {
            "code": [area.code for area in found],
            "name": [_name(area) for area in found],
            "levels": [_number(area.tag("building:levels")) for area in found],
            "height": [_number(area.tag("height")) for area in found],
            "use": uses,
            "residential": [
                int(_is_home(area, use)) for area, use in zip(found, uses, strict=True)
            ],
        },
        geometry=[area.shape for area in found],
        crs=UTM,
    )
    return frame[~_parts(frame)].sort_values("code", ignore_index=True)


def housed(frame: GeoDataFrame, *, city: BaseGeometry, people: int) -> GeoDataFrame:
    """Return the buildings with people dealt to the city's homes, an estimate.

    By footprint × levels (unknown: height / 3 m, else 1), largest remainder. Homes
    elsewhere have none given; what is no home has 0.
    """
    inside = shapely.contains(city, frame.representative_point())
    home = frame["residential"].eq(1).to_numpy()
    levels = frame["levels"].fillna((frame["height"] / 3).round().clip(lower=1))
    weight = (frame.area * levels.fillna(1)).to_numpy()
    dealt = home & inside
    count = pd.array([0] * len(frame), dtype="Int64")
    count[home & ~inside] = pd.NA
    count[dealt] = deal(people, weight[dealt], frame["code"].to_numpy()[dealt])
    return frame.assign(people=count, people_estimated=dealt.astype(int))


def _ground(area: Feature) -> bool:
    return any(area.tag(key) in values for key, values in GROUNDS.items())


def _use(area: Feature, grounds: Iterable[Feature]) -> str:
    """Return what a building is for: its own tags first, then the ground's."""
    kind = area.tag("building")
    if kind != "yes":
        return kind
    own = next((area.tag(key) for key in USES if area.tag(key) not in {"", "yes"}), "")
    if own:
        return own
    place = area.shape.point_on_surface()
    over = (g for g in grounds if g.shape.contains(place))
    ground = next(over, None)
    if ground is None:
        return kind
    return next(ground.tag(k) for k, v in GROUNDS.items() if ground.tag(k) in v)


def _is_home(area: Feature, use: str) -> bool:
    if use in HOMES:
        return True
    used = any(area.tag(key) for key in USES)
    known = used or area.code in NO_HOMES
    return use == "yes" and not known and area.shape.area >= SMALLEST_HOME


def _name(area: Feature) -> str:
    """Return a building's own name.

    That of a shop or an office in it is not one, and that of a family's house
    stays out of the study.
    """
    name = area.tag("name")
    used = any(area.tag(key) for key in ("shop", "office", "amenity", "healthcare"))
    return "" if used or name.startswith(FAMILY_HOUSE) else name


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _parts(frame: GeoDataFrame) -> np.ndarray:
    """Return which outlines lie to nine tenths within a larger one."""
    shapes = frame.geometry.to_numpy()
    part, whole = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    area = shapely.area(shapes)
    smaller = (area[part] < area[whole]) | (
        (area[part] == area[whole]) & (part > whole)
    )
    part, whole = part[smaller], whole[smaller]
    covered = shapely.area(shapely.intersection(shapes[part], shapes[whole]))
    found = np.zeros(len(frame), bool)
    found[part[covered >= 0.9 * area[part]]] = True
    return found

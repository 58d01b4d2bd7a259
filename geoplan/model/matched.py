"""Which unit goes to which community."""

from dataclasses import dataclass

from geopandas import GeoDataFrame
from pandas import DataFrame

from geoplan.model.asked import Finding, Walker


@dataclass(frozen=True, kw_only=True, eq=False)
class Matched:
    """Units matched to communities, near and even; as ``docs/method.md`` has it."""

    walker: Walker
    #: index = code: name, community, minutes, nearest, nearest_minutes, door,
    #: nearest_door (positions in ``doors``, -1 for none), locked (bool); points.
    #: Community "" and minutes NaN where it can walk to none
    units: GeoDataFrame
    #: index = code: name, before (if each unit went to its nearest), after, minimum,
    #: maximum (inf for none), minutes (total walk of its units); polygons
    communities: GeoDataFrame
    #: where communities are walked to: community (code), name (of the station, ""
    #: where it is a point inside); points
    doors: GeoDataFrame
    minutes: float  #: total walk, the least under the limits
    nearest_minutes: float  #: total walk if each unit went to its nearest
    fairness: DataFrame  #: least, most, mean, gini; before, after
    findings: tuple[Finding, ...]

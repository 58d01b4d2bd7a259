"""The numbers of a coverage as the JSON contract has them."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geoplan.coverage.rollup import MEASURES, WAYS
from geoplan.model import Circle, Coverage, Layers

_CHECKS = (
    "drawn_not_reached",
    "reached_not_drawn",
    "field_drawn_not_reached",
    "field_reached_not_drawn",
)


def circle_result(
    number: int, circle: Circle, *, coverage: Coverage, layers: Layers, stations: int
) -> dict[str, Any]:
    """Return the figures of one circle for the whole street.

    Parameters
    ----------
    number : int
        The circle's place in the study, from 1.
    stations : int
        How many stations it is drawn round.
    """
    total = coverage.street.iloc[0]
    merged = coverage.outlines[
        (coverage.outlines["circle"] == circle.name)
        & (coverage.outlines["station"] == "")
    ].iloc[0]
    homes = coverage.buildings[coverage.buildings["counted"]]
    tier = coverage.stations[coverage.stations["tier"] == circle.tier]
    return {
        "name": circle.name,
        "tier": circle.tier,
        "minutes": circle.minutes,
        "metres": circle.metres,
        "hours": circle.hours or None,
        "stations": stations,
        **{
            measure: {
                "total": _number(total[measure]),
                **{way: _number(total[f"{measure}_{way}_{number}"]) for way in WAYS},
            }
            for measure in MEASURES
        },
        "residential_m2": _land(merged.geometry, layers, coverage.street),
        "off_network": {
            "stations": int((tier["off_network"] != "").sum()),
            "buildings": int((homes["off_network"] != "").sum()),
        },
        "polygon_check": {check: float(merged[check]) for check in _CHECKS},
    }


def area_results(coverage: Coverage) -> Iterator[dict[str, Any]]:
    """Yield one row an area and circle: street, communities, grids."""
    levels = {
        "street": coverage.street,
        "community": coverage.communities,
        "grid": coverage.grids,
    }
    for level, areas in levels.items():
        for code, area in areas.iterrows():
            for number, circle in enumerate(coverage.circles, start=1):
                row = {"level": level, "code": str(code), "name": area["name"]}
                row["circle"] = circle.name
                for measure in MEASURES:
                    row[f"{measure}_total"] = _number(area[measure])
                    for way in WAYS:
                        served = area[f"{measure}_{way}_{number}"]
                        row[f"{measure}_{way}"] = _number(served)
                yield row


def _land(
    merged: shapely.Geometry, layers: Layers, street: GeoDataFrame
) -> dict[str, float] | None:
    """Return residential land within the street and the circle, m²."""
    if layers.land is None:
        return None
    homes = shapely.union_all(layers.land.geometry.to_numpy())
    land = shapely.intersection(homes, street.geometry.iloc[0])
    return {
        "total": round(float(land.area), 1),
        "any": round(float(shapely.intersection(land, merged).area), 1),
    }


def _number(value: float) -> float | int | None:
    """Return a count as a whole number where it is one, None where unknown."""
    if pd.isna(value):
        return None
    return int(value) if float(value).is_integer() else round(float(value), 1)

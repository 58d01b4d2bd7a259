"""The numbers of a coverage as the JSON contract has them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from pandas import DataFrame, Series

from geoplan.coverage.band import ENDS
from geoplan.coverage.rollup import MEASURES, WAYS
from geoplan.model import Circle, Coverage, Layers, Walker
from geoplan.union import united

BETWEEN = ("any", "own")  #: what a band of speeds tells

#: the tables of services in the order in which they are told
SERVICES = (
    *("items", "groups", "compound_kinds", "compounds", "loads", "accessibility"),
)

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
        "items": list(circle.items),
        "demand": circle.demand or None,
        "stations": stations,
        **{
            measure: {
                "total": _number(total[measure]),
                **{way: _number(total[f"{measure}_{way}_{number}"]) for way in WAYS},
            }
            for measure in MEASURES
        },
        "second": _second(circle, homes=homes, minutes=coverage.minutes),
        **_demand(circle, coverage=coverage),
        "band": _band(total, number=number, walker=coverage.walker),
        "residential_m2": _land(merged.geometry, layers, coverage.street),
        "off_network": {
            "stations": int((tier["off_network"] != "").sum()),
            "buildings": int((homes["off_network"] != "").sum()),
        },
        "polygon_check": {check: float(merged[check]) for check in _CHECKS},
    }


def _second(
    circle: Circle, *, homes: GeoDataFrame, minutes: DataFrame
) -> dict[str, float | int | None]:
    """Return who has a second station within the limit, should the nearest close."""
    walks = minutes[minutes["circle"] == circle.name].set_index("building")
    second = homes[walks["second_station"].notna().reindex(homes.index)]
    return {
        measure: _number(second[measure].sum())
        if homes[measure].notna().any()
        else None
        for measure in MEASURES
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
                row |= _between(area, number=number)
                row |= _of_group(circle, level=level, code=str(code), coverage=coverage)
                yield row


def service_results(coverage: Coverage) -> dict[str, list[dict[str, Any]]]:
    """Return the tables of services as rows; of one that says nothing, none."""
    return {name: list(_rows(coverage.services.get(name))) for name in SERVICES}


def _rows(table: DataFrame | None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table without its shapes; what is missing is None."""
    if table is None:
        return
    plain = DataFrame(table.drop(columns="geometry", errors="ignore"))
    if plain.index.name:
        plain = plain.reset_index()
    for row in plain.itertuples(index=False):
        yield {
            name: None if pd.isna(value) else _plain(value)
            for name, value in zip(plain.columns, row, strict=True)
        }


def _plain(value: object) -> object:
    """Return a cell as JSON has it, whole numbers without decimals."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return int(value)
    return value


def _demand(circle: Circle, *, coverage: Coverage) -> dict[str, Any]:
    """Return the figures of the group that a circle is asked for, if any."""
    told = _of_group(circle, level="street", code="street", coverage=coverage)
    if not told:
        return {}
    ways = ("total", *WAYS)
    return {circle.demand: {way: told[f"{circle.demand}_{way}"] for way in ways}}


def _of_group(
    circle: Circle, *, level: str, code: str, coverage: Coverage
) -> dict[str, float | int | None]:
    """Return how the group that a circle is asked for stands in an area."""
    table = coverage.services.get("groups")
    if not circle.demand or table is None:
        return {}
    row = table[
        (table["circle"] == circle.name)
        & (table["group"] == circle.demand)
        & (table["level"] == level)
        & (table["code"] == code)
    ]
    return {
        f"{circle.demand}_{way}": _number(row[way].iloc[0]) if len(row) else None
        for way in ("total", *WAYS)
    }


def _band(total: Series, *, number: int, walker: Walker) -> dict[str, Any] | None:
    """Return the figures at both ends of a band of speeds; None where there is none."""
    told = _between(total, number=number)
    if walker.band is None or not told:
        return None
    return {
        end: {
            "speed_m_s": speed,
            **{
                measure: {way: told[f"{measure}_{way}_{end}"] for way in BETWEEN}
                for measure in MEASURES
            },
        }
        for end, speed in zip(ENDS, walker.band, strict=True)
    }


def _between(area: Series, *, number: int) -> dict[str, float | int | None]:
    """Return what of an area is served at the ends of a band, if it has one."""
    return {
        f"{measure}_{way}_{end}": _number(area[f"{measure}_{way}_{number}_{end}"])
        for measure in MEASURES
        for way in BETWEEN
        for end in ENDS
        if f"{measure}_{way}_{number}_{end}" in area
    }


def _land(
    merged: shapely.Geometry, layers: Layers, street: GeoDataFrame
) -> dict[str, float] | None:
    """Return residential land within the street and the circle, m²."""
    if layers.land is None:
        return None
    homes = united(layers.land.geometry.to_numpy())
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

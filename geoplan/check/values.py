"""Numbers that cannot be, hardly can be, or do not agree with one another."""

import numpy as np
import shapely
from geopandas import GeoDataFrame
from pandas import DataFrame, Series

from geoplan import columns
from geoplan.check.rules import band, limit
from geoplan.model import GROUPS, Finding, Layers, Level
from geoplan.presets import figure
from geoplan.wording import Said

_COUNTS = ("households", "people")


def check_values(layers: Layers) -> tuple[Finding, ...]:
    """Return the values that are wrong by themselves or by others."""
    return (
        *_areas(layers.grids, layer="grids"),
        *_areas(layers.communities, layer="communities"),
        *_small(layers.grids),
        *_buildings(layers.buildings),
        *_twice(layers.buildings),
        *_repeated(layers.grids, layer="grids"),
        *_disagreeing(layers),
    )


def _areas(frame: GeoDataFrame, *, layer: str) -> tuple[Finding, ...]:
    """Return areas with more of a group than there can be, or odd sizes of households.

    More than people is an error; more than another group that holds the group all,
    a warning, as the two may have been counted on different days.
    """
    low, high = band("people_per_household")
    people, homes = (frame[name].astype(float) for name in ("people", "households"))
    mean = people / homes.where(homes > 0)
    odd = (mean < low) | (mean > high)
    found = []
    for group, whole in columns.groups().items():
        known = group in frame and whole in frame
        above = frame[group].astype(float) > frame[whole].astype(float) if known else []
        for code in frame.index[above]:
            facts = {
                "group": Said(f"services.group_{group}"),
                "within": Said(f"services.group_{whole}"),
                "count": _told(group, frame[group][code]),
                "whole": _told(whole, frame[whole][code]),
            }
            found.append(
                Finding(
                    rule="group_above_whole",
                    level="error" if whole == "people" else "warning",
                    layer=layer,
                    code=str(code),
                    facts=facts,
                    geometry=frame.geometry[code].representative_point(),
                )
            )
    return (
        *found,
        *_each(frame, odd, rule="household_size_odd", level="warning", layer=layer),
    )


def _each(
    frame: GeoDataFrame, where: Series, *, rule: str, level: Level, layer: str
) -> list[Finding]:
    """Return a finding a row, its own numbers as facts."""
    named = [name for name in (*_COUNTS, "levels", "height_m") if name in frame]
    return [
        Finding(
            rule=rule,
            level=level,
            layer=layer,
            code=str(code),
            facts={name: _told(name, frame[name][code]) for name in named},
            geometry=frame.geometry[code].representative_point(),
        )
        for code in frame.index[where.to_numpy(bool)]
    ]


def _plain(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.12g}"


def _told(count: str, value: float) -> str:
    """Return a number as it may be told: few of a special group are not counted out."""
    least = figure("small")
    if count in GROUPS and 0 < value < least:
        return f"<{least:g}"
    return _plain(value)


def _small(grids: GeoDataFrame) -> tuple[Finding, ...]:
    area = grids.area
    return tuple(
        Finding(
            rule="grid_tiny",
            level="warning",
            layer="grids",
            code=str(code),
            facts={"m2": round(float(area[code]))},
            geometry=grids.geometry[code].representative_point(),
        )
        for code in grids.index[area < limit("grid_m2")]
    )


def _buildings(frame: GeoDataFrame) -> tuple[Finding, ...]:
    """Return buildings too high to be, or with more in them than they hold."""
    homes, people = (frame[name].astype(float) for name in _COUNTS)
    levels, height = frame["levels"].astype(float), frame["height_m"].astype(float)
    high = (levels > limit("levels")) | (height > limit("height_m"))
    floor = frame.area * levels.fillna(height / 3).fillna(1.0)
    known = (frame.area > 0) & (levels.notna() | height.notna())
    full = known & (homes * limit("household_m2") > floor)
    many = (people > limit("people_per_home") * homes) & (homes > 0)
    return (
        *_each(
            frame, high, rule="building_too_high", level="warning", layer="buildings"
        ),
        *_each(
            frame, full, rule="building_too_full", level="warning", layer="buildings"
        ),
        *_each(
            frame, many, rule="household_size_odd", level="warning", layer="buildings"
        ),
    )


def _twice(frame: GeoDataFrame) -> tuple[Finding, ...]:
    """Return buildings drawn twice in one place, to a decimetre."""
    key = DataFrame(shapely.bounds(frame.geometry.to_numpy())).round(1)
    key.index = frame.index
    again = key.duplicated(keep="first")
    first = Series(frame.index.astype(str), index=frame.index)
    first = first.groupby([key[column] for column in key]).transform("first")
    return tuple(
        Finding(
            rule="buildings_twice",
            level="warning",
            layer="buildings",
            code=str(code),
            facts={"other": first[code]},
            geometry=frame.geometry[code].representative_point(),
        )
        for code in frame.index[again.to_numpy()]
    )


def _repeated(frame: GeoDataFrame, *, layer: str) -> tuple[Finding, ...]:
    """Return areas in several rows that each carry the numbers of the whole.

    Rows of one community with one name, or one code before the row's number,
    and the same households and people.
    """
    counts = frame[list(_COUNTS)].astype(float)
    base = frame.index.astype(str).str.split("#").str[0]
    name = frame["name"].astype(str).where(frame["name"] != frame.index, "")
    said = counts.fillna(0).gt(0).any(axis=1)
    found: list[list[str]] = []
    for label in (Series(base, index=frame.index), name):
        rows = frame[said & (label != "")]
        keys = [
            label[rows.index],
            rows["community"],
            *(counts.loc[rows.index, c].fillna(-1) for c in _COUNTS),
        ]
        for _, group in rows.groupby(keys, sort=True):
            if len(group) > 1 and not any(
                set(group.index) <= set(one) for one in found
            ):
                found.append(list(group.index))
    return tuple(_repeat(frame.loc[codes], layer=layer) for codes in found)


def _repeat(group: GeoDataFrame, *, layer: str) -> Finding:
    first = group.iloc[0]
    facts = {
        "name": first["name"],
        "count": len(group),
        "community": str(first["community"]),
        **{name: _plain(float(first[name])) for name in _COUNTS},
    }
    return Finding(
        rule="values_repeated",
        level="error",
        layer=layer,
        code=str(group.index[1]),
        facts=facts,
        geometry=shapely.union_all(group.geometry.to_numpy()[1:]),
    )


def _disagreeing(layers: Layers) -> tuple[Finding, ...]:
    """Return the communities, and the street, whose total is not that of its grids."""
    found = []
    levels = (layers.grids, layers.communities)
    known = [group for group in GROUPS if all(group in areas for areas in levels)]
    for count in (*_COUNTS, *known):
        parts = layers.grids[count].astype(float)
        whole = parts.notna().groupby(layers.grids["community"]).all()
        sums = parts.groupby(layers.grids["community"]).sum()
        wholes = layers.communities[count].astype(float)
        for code in wholes.index[wholes.notna()]:
            if whole.get(code, default=False) and sums[code] != wholes[code]:
                place = layers.communities.geometry[code].representative_point()
                found.append(_differ(count, wholes[code], sums[code], code, place))
        street = layers.totals.get(count)
        if street is not None and parts.notna().all() and parts.sum() != street:
            found.append(_differ(count, street, parts.sum(), "", None))
    return tuple(found)


def _differ(
    count: str, whole: float, parts: float, code: str, place: shapely.Point | None
) -> Finding:
    told = {"whole": whole, "parts": parts, "by": abs(parts - whole)}
    facts: dict[str, object] = {n: _told(count, value) for n, value in told.items()}
    group = count in GROUPS
    if group:
        facts["group"] = Said(f"services.group_{count}")
    return Finding(
        rule=f"totals_disagree_{'group' if group else count}",
        level="warning",
        layer="communities" if code else "population",
        code=str(code),
        facts=facts,
        geometry=place,
    )

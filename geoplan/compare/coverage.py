"""Who is within the circles before and after, home by home and area by area."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from pandas import DataFrame, Series

from geoplan.compare.stations import station_changes
from geoplan.coverage.rollup import MEASURES, counted_by
from geoplan.model import Circle, Comparison, Coverage, Finding, Layers

WAYS = ("any", "own")
_ENDS = ("before", "after", "gained", "lost")
_LEVELS = {"street": "street", "community": "communities", "grid": "grids"}


def compared(
    before: Coverage,
    after: Coverage,
    *,
    layers: tuple[Layers, Layers],
    findings: tuple[Finding, ...] = (),
) -> Comparison:
    """Return what two coverages of the same buildings, ways and circles differ in.

    Parameters
    ----------
    layers : pair of Layers
        What the coverages were worked out of.
    findings : tuple of Finding
        What else is to be told of the two.
    """
    homes = _homes(before, after)
    found = Comparison(
        before=before,
        after=after,
        counted=counted_by(before.buildings),
        areas=_areas(before, after, homes=homes),
        homes=homes,
        stations=_stations(before, after, layers=layers),
        findings=findings,
        results={},
    )
    return replace(found, results=_results(found))


def _homes(before: Coverage, after: Coverage) -> DataFrame:
    """Return how every counted building stands to every circle on both sides."""
    every = [
        _of_circle(circle.name, before=before, after=after) for circle in before.circles
    ]
    return pd.concat(every, ignore_index=True)


def _of_circle(circle: str, *, before: Coverage, after: Coverage) -> DataFrame:
    index = before.buildings.index[before.buildings["counted"]]
    sides = [_reach(one, circle=circle).reindex(index) for one in (before, after)]
    table = DataFrame({"building": index, "circle": circle})
    for name, column in (("state", "any"), ("own_state", "own")):
        was, now = (side[column].to_numpy(bool) for side in sides)
        table[name] = np.select(
            [was & now, now, was], ["in", "gained", "lost"], default="out"
        )
    for column in ("minutes", "station"):
        for end, side in zip(_ENDS, sides, strict=False):
            table[f"{column}_{end}"] = side[column].to_numpy()
    return table


def _reach(coverage: Coverage, *, circle: str) -> DataFrame:
    """Return who is within a circle: any, own; minutes and station however far."""
    inside, beyond = (
        rows[rows["circle"] == circle].set_index("building")
        for rows in (coverage.minutes, coverage.unreached)
    )
    within = inside["minutes"].notna()
    beyond = beyond.reindex(inside.index)
    return DataFrame(
        {
            "any": within,
            "own": inside["own_minutes"].notna(),
            "minutes": inside["minutes"].where(within, beyond["minutes"]).astype(float),
            "station": inside["station"].where(within, beyond["station"]),
        }
    )


def _areas(before: Coverage, after: Coverage, *, homes: DataFrame) -> DataFrame:
    """Return the areas of both with their figures, the street first."""
    rows = [
        row
        for level, layer in _LEVELS.items()
        for row in _level(level, (getattr(before, layer), getattr(after, layer)))
    ]
    table = DataFrame(rows)
    for number, circle in enumerate(before.circles, start=1):
        mine = table["circle"] == number
        table.loc[mine, _gain_columns()] = _gains(
            table[mine], before=before, after=after, homes=_one(homes, circle)
        ).to_numpy()
    names = {k: circle.name for k, circle in enumerate(before.circles, start=1)}
    return table.assign(circle=table["circle"].map(names))


def _level(
    level: str, sides: tuple[GeoDataFrame, GeoDataFrame]
) -> Iterator[dict[str, Any]]:
    """Yield one row an area and circle (by its number) of the areas of both."""
    was, now = sides
    codes = [*now.index, *was.index[~was.index.isin(now.index)]]
    circles = sum(str(c).startswith("buildings_any_") for c in now if _whole(c))
    for code in codes:
        name = (now if code in now.index else was)["name"][code]
        for number in range(1, circles + 1):
            row = {"level": level, "code": str(code), "name": name, "circle": number}
            for end, side in zip(_ENDS, sides, strict=False):
                area = side.loc[code] if code in side.index else None
                for measure in MEASURES:
                    of = {"total": measure}
                    of |= {way: f"{measure}_{way}_{number}" for way in WAYS}
                    for way, column in of.items():
                        value = np.nan if area is None else float(area[column])
                        row[f"{measure}_{way}_{end}"] = value
            yield row


def _whole(column: object) -> bool:
    """Return whether a column is of a circle itself, not of a band of speeds."""
    return str(column).rpartition("_")[2].isdigit()


def _gain_columns() -> list[str]:
    return [
        f"{measure}_{way}_{end}"
        for measure in MEASURES
        for way in WAYS
        for end in ("gained", "lost")
    ]


def _gains(
    areas: DataFrame, *, before: Coverage, after: Coverage, homes: DataFrame
) -> DataFrame:
    """Return who is newly within and who falls out, by the areas they lie in after.

    An area that is no more has those who lay in it before.
    """
    found = DataFrame(np.nan, index=areas.index, columns=_gain_columns())
    for level, rows in areas.groupby("level"):
        now, was = (
            _sums(one, level=str(level), homes=homes) for one in (after, before)
        )
        gone = ~rows["code"].isin(getattr(after, _LEVELS[str(level)]).index)
        sums = now.reindex(rows["code"]).fillna(0.0)
        old = was.reindex(rows["code"]).fillna(0.0)
        sums[gone.to_numpy()] = old[gone.to_numpy()]
        found.loc[rows.index] = sums.to_numpy()
    unknown = [m for m in MEASURES if not before.buildings[m].notna().any()]
    lost = [c for c in found if str(c).startswith(tuple(unknown))] if unknown else []
    return found.assign(**dict.fromkeys(lost, np.nan))


def _sums(coverage: Coverage, *, level: str, homes: DataFrame) -> DataFrame:
    frame = coverage.buildings.loc[homes["building"]]
    area = Series("street", index=frame.index) if level == "street" else frame[level]
    columns = {}
    for way, state in (("any", "state"), ("own", "own_state")):
        stands = homes[state].to_numpy()
        for measure in MEASURES:
            for end in ("gained", "lost"):
                counts = frame[measure].fillna(0.0).where(stands == end, 0.0)
                columns[f"{measure}_{way}_{end}"] = counts
    return DataFrame(columns)[_gain_columns()].groupby(area.astype(str)).sum().round(3)


def _stations(
    before: Coverage, after: Coverage, *, layers: tuple[Layers, Layers]
) -> GeoDataFrame:
    """Return the stations of both, what changed, and whether they stand on ways."""
    changes = station_changes(layers[0].stations, layers[1].stations)
    was, now = (one.stations["off_network"] for one in (before, after))
    off = now.reindex(changes.index).fillna(was.reindex(changes.index))
    return changes.assign(off_network=off.astype(str))


def _results(found: Comparison) -> dict[str, Any]:
    """Return the ``results`` of the JSON contract."""
    changed = found.stations[found.stations["change"] != ""]
    street = found.areas[found.areas["level"] == "street"].set_index("circle")
    return {
        "counted": found.counted,
        "circles": [
            _circle(circle, of=street.loc[circle.name], found=found)
            for circle in found.before.circles
        ],
        "areas": [
            {name: _plain(value) for name, value in row.items()}
            for row in found.areas.to_dict("records")
        ],
        "stations": [
            {
                "code": str(code),
                "name": row["name"],
                "tier": row["tier"],
                "change": row["change"].split(),
                "moved_m": _plain(row["moved_m"]),
                "hours": [row["hours_before"], row["hours_after"]],
            }
            for code, row in changed.drop(columns="geometry").iterrows()
        ],
    }


def _circle(circle: Circle, *, of: Series, found: Comparison) -> dict[str, Any]:
    """Return what a circle comes to in the whole street, and who changes by name."""
    homes = _one(found.homes, circle)
    return {
        "name": circle.name,
        "tier": circle.tier,
        "minutes": circle.minutes,
        "metres": circle.metres,
        **{
            measure: {
                "total": _plain(of[f"{measure}_total_after"]),
                **{
                    way: {end: _plain(of[f"{measure}_{way}_{end}"]) for end in _ENDS}
                    for way in WAYS
                },
            }
            for measure in MEASURES
        },
        **{
            state: list(_named(homes[homes["state"] == state], found=found))
            for state in ("gained", "lost")
        },
    }


def _named(homes: DataFrame, *, found: Comparison) -> Iterator[dict[str, Any]]:
    """Yield homes by code and name, those with most people first."""
    frame = found.after.buildings.loc[homes["building"]]
    lived = (frame[found.counted] > 0).to_numpy(bool)
    homes, frame = homes[lived], frame[lived]
    order = np.lexsort((homes["building"].astype(str), -frame[found.counted]))
    for i in order:
        home, building = homes.iloc[i], frame.iloc[i]
        yield {
            "code": str(home["building"]),
            "name": building["name"],
            "grid": building["grid"],
            "households": _plain(building["households"]),
            "people": _plain(building["people"]),
            **{
                f"{what}_{end}": _plain(home[f"{what}_{end}"])
                for end in ("before", "after")
                for what in ("station", "minutes")
            },
        }


def _one(homes: DataFrame, circle: Circle) -> DataFrame:
    return homes[homes["circle"] == circle.name]


def _plain(value: object) -> object:
    """Return a cell as JSON has it: whole numbers whole, None where unknown."""
    if isinstance(value, (float, np.floating)):
        whole = float(value)
        if np.isnan(whole):
            return None
        return int(whole) if whole.is_integer() else round(whole, 3)
    return None if value is pd.NA or value is None else value

"""Special groups (elderly …): within the circles, and how far behind the rest.

A group's totals are known by grid (or community). They are dealt to buildings in
proportion to people, in whole persons, to be walked from there; what comes out is
told by grid, community and street alone, and small counts are held back.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from pandas import DataFrame, Series

from geoplan import population
from geoplan.coverage.homes import totals
from geoplan.coverage.rollup import WAYS
from geoplan.model import GROUPS, Circle, Finding, Layers
from geoplan.presets import figure
from geoplan.wording import Said

_TENTHS = 9  # of ten: all but the worst tenth
_LEAST_HELD = 2  # one value alone could be worked out from the sum


def dealt(layers: Layers, *, homes: DataFrame) -> tuple[DataFrame, tuple[Finding, ...]]:
    """Return how many of each known group live in each building, for walking only.

    Returns
    -------
    DataFrame
        Index of the buildings, one column a group of which something is known;
        whole numbers, NaN in areas that do not tell and in buildings not counted.
    """
    table, findings = DataFrame(index=homes.index), []
    weight = inhabitants(homes)
    for group in (one for one in GROUPS if one in layers.grids):
        areas, area = totals(layers, group, homes=homes)
        told = areas[group].dropna()
        if told.empty:
            continue
        share, at = Series(np.nan, index=homes.index), area.groupby(area).indices
        for code, total in told.items():
            members = homes.index[at.get(code, [])]
            if weight[members].sum() > 0:
                share[members] = population.deal(
                    max(int(total), 0), weight[members], members
                )
            elif total > 0:
                findings.append(_homeless(group, str(code), layers))
        if share.notna().any():
            table[group] = share
    return table, tuple(findings)


def inhabitants(homes: DataFrame) -> Series:
    """Return how many live in each building: people, else households, else one.

    0 where that is not known; where nothing is, one in each residential building.
    """
    for measure in ("people", "households"):
        if homes[measure].notna().any():
            return homes[measure].fillna(0.0)
    return homes["residential"].astype(float)


def undemanded(circles: Sequence[Circle], *, groups: DataFrame) -> tuple[Finding, ...]:
    """Return the circles that ask for a group of which nothing is known."""
    return tuple(
        Finding(
            rule="circle_demand_unknown",
            level="error",
            layer="grids",
            facts={"circle": circle.name, "group": _named(circle.demand)},
        )
        for circle in circles
        if circle.demand and circle.demand not in groups
    )


def within(
    circle: Circle,
    *,
    answers: DataFrame,
    groups: DataFrame,
    homes: DataFrame,
    layers: Layers,
) -> DataFrame:
    """Return how each group stands in a circle, by street, community and grid.

    Returns
    -------
    DataFrame
        circle, group, level, code, name; total, any, own, straight (persons); of
        the street and communities also share (of the group, any), share_all (of
        all who live where the group is known), gap (share less share_all),
        minutes, minutes_all (within which nine in ten get to a station of the
        circle). What is held back is NaN, and all that hangs on it.
    """
    tables = [
        _of_group(group, answers=answers, lived=lived, homes=homes, layers=layers)
        for group, lived in groups.items()
    ]
    if not tables:
        return DataFrame()
    table = pd.concat(tables, ignore_index=True)
    table.insert(0, "circle", circle.name)
    return table


def worst_tenth(minutes: Series, *, weight: Series) -> float:
    """Return the minutes within which nine in ten get there.

    Parameters
    ----------
    minutes : Series of float
        NaN where there is no walk: farther than any.
    weight : Series of float
        Persons, on the same index.

    Returns
    -------
    float
        NaN if more than a tenth have no walk, or there is nobody.

    Examples
    --------
    >>> worst_tenth(Series([1.0, 2, 9]), weight=Series([5.0, 4, 1]))
    2.0
    """
    lived = weight > 0
    told = DataFrame({"minutes": minutes[lived], "weight": weight[lived]})
    told = told.sort_values("minutes", kind="stable")
    enough = told["weight"].cumsum() * 10 >= told["weight"].sum() * _TENTHS
    return float(told["minutes"][enough].iloc[0]) if len(told) else np.nan


def held_back(
    counts: Series, *, within: Series, unsaid: Collection[str] = ()
) -> Series:
    """Return which counts must not be told.

    Those from 1 to 4; and where the sum over what they lie within would give them
    away (one alone is held back there, or those held back make less than 5), the
    next larger ones too. Equal ones by code.

    Parameters
    ----------
    counts : Series, index = codes
        Persons.
    within : Series on the same index
        The code of the larger area.
    unsaid : collection of codes
        Larger areas that are held back themselves: not all their parts are told.
    """
    small = figure("small")
    hidden = (counts > 0) & (counts < small)
    for code, part in counts.groupby(within):
        if not hidden[part.index].any() and code not in unsaid:
            continue
        alone = 1 if code in unsaid else _LEAST_HELD
        least = 0 if code in unsaid else small
        rest = part[~hidden[part.index] & (part > 0)].rename_axis("code")
        rest = rest.reset_index(name="count").sort_values(["count", "code"])
        for next_ in rest["code"]:
            chosen = part[hidden[part.index]]
            if len(chosen) >= alone and chosen.sum() >= least:
                break
            hidden[next_] = True
    return hidden


def unsaid(told: DataFrame) -> tuple[Finding, ...]:
    """Return that counts are held back, and in how many rows of :func:`within`."""
    if told.empty:
        return ()
    count = int(told[["total", *WAYS]].isna().any(axis=1).sum())
    if not count:
        return ()
    facts = {"count": count, "small": int(figure("small"))}
    return (Finding(rule="groups_held_back", level="info", layer="grids", facts=facts),)


def unsmall(areas: GeoDataFrame, *, level: str, told: DataFrame) -> GeoDataFrame:
    """Return areas with what may be told of their groups, as :func:`within` has it."""
    silent = [group for group in GROUPS if group in areas and areas[group].isna().all()]
    said = [group for group in GROUPS if group in areas and group not in silent]
    known = dict.fromkeys(said, Series(np.nan, index=areas.index))
    if len(told):
        first = told["circle"] == told["circle"].iloc[0]
        for group, part in told[first & (told["level"] == level)].groupby("group"):
            known[str(group)] = part.set_index("code")["total"].reindex(areas.index)
    return areas.drop(columns=silent).assign(**known)


def _of_group(
    group: object,
    *,
    answers: DataFrame,
    lived: Series,
    homes: DataFrame,
    layers: Layers,
) -> DataFrame:
    """Return how one group stands, by street, community and grid."""
    known = homes.index[homes["counted"] & lived.notna()]
    home, lived, answer = homes.loc[known], lived[known], answers.loc[known]
    people = inhabitants(homes)[known]
    counts = DataFrame({"total": lived})
    for way in WAYS:
        counts[way] = lived.where(answer[way], 0.0)
    parts, hidden = [], {column: frozenset[str]() for column in counts}
    for level, area, above, names in _levels(home, layers):
        sums = counts.groupby(area).sum().sort_index()
        inside = Series(sums.index.map(above), index=sums.index)
        told = _told(sums, within=inside, unsaid=hidden)
        hidden = {c: frozenset(told.index[told[c].isna()]) for c in counts}
        if level != "grid":
            told = told.join(_equity(answer, lived=lived, people=people, area=area))
            told.loc[told["any"].isna(), ["share", "gap"]] = np.nan
            told.loc[told["total"].isna(), "minutes"] = np.nan
        told.insert(0, "name", [names.get(code, "") for code in told.index])
        told.insert(0, "level", level)
        parts.append(told.rename_axis("code").reset_index())
    columns = ["group", "level", "code", "name", "total", *WAYS]
    columns += ["share", "share_all", "gap", "minutes", "minutes_all"]
    return pd.concat(parts, ignore_index=True).assign(group=group)[columns]


def _levels(
    home: DataFrame, layers: Layers
) -> tuple[tuple[str, Series, dict[str, str], dict[str, str]], ...]:
    """Return per level the area of each home, the larger areas, and the names."""
    communities, grids = layers.communities["name"], layers.grids["name"]
    street = Series("street", index=home.index)
    inside = dict(zip(home["grid"], home["community"], strict=True))
    return (
        ("street", street, {"street": ""}, {}),
        (
            "community",
            home["community"],
            dict.fromkeys(home["community"], "street"),
            communities.to_dict(),
        ),
        ("grid", home["grid"], inside, grids.to_dict()),
    )


def _told(
    sums: DataFrame, *, within: Series, unsaid: Mapping[str, Collection[str]]
) -> DataFrame:
    """Return counts with those missing that must not be told."""
    told = sums.astype(float)
    no_total = held_back(sums["total"], within=within, unsaid=unsaid["total"])
    for way in WAYS:
        hidden = no_total.copy()
        for count in (sums[way], sums["total"] - sums[way]):
            hidden |= held_back(count, within=within, unsaid=unsaid[way])
        told[way] = told[way].mask(hidden)
    told["total"] = told["total"].mask(no_total)
    return told


def _equity(
    answer: DataFrame, *, lived: Series, people: Series, area: Series
) -> DataFrame:
    """Return by area how a group and all people get to the nearest station."""
    rows = {}
    for code, members in area.groupby(area).groups.items():
        minutes, reached = (answer.loc[members, c] for c in ("nearest_minutes", "any"))
        of = {"": lived[members], "_all": people[members]}
        row: dict[str, float] = {}
        for end, weight in of.items():
            whole = weight.sum()
            met = weight[reached].sum()
            row[f"share{end}"] = round(met / whole, 4) if whole > 0 else np.nan
            row[f"minutes{end}"] = worst_tenth(minutes, weight=weight)
        row["gap"] = round(row["share"] - row["share_all"], 4)
        rows[code] = row
    return DataFrame.from_dict(rows, orient="index")


def _named(group: str) -> Said:
    return Said(f"services.group_{group}")


def _homeless(group: str, code: str, layers: Layers) -> Finding:
    areas = layers.grids if code in layers.grids.index else layers.communities
    return Finding(
        rule="group_without_homes",
        level="warning",
        layer="grids",
        code=code,
        facts={"group": _named(group)},
        geometry=areas.geometry[code].representative_point(),
    )

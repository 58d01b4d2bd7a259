"""Who belongs to whom below the grid: micro-grids and buildings.

A thing can say so thrice: by a column, by the first signs of its code, and by where
it lies. What they say differently is told.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import shapely
from geopandas import GeoDataFrame
from pandas import DataFrame, Series

from geoplan import codes as codes_
from geoplan.check.rules import band, limit
from geoplan.membership import holding, places
from geoplan.model import Finding, Layers

_LEAST = 2  # signs of a code that means anything


def check_nesting(layers: Layers, *, homes: DataFrame) -> tuple[Finding, ...]:
    """Return micro-grids and buildings of which one says what another does not.

    Parameters
    ----------
    homes : DataFrame
        In the order of the buildings: grid (code, "" where not counted),
        residential, households.
    """
    micro = layers.micro_grids
    findings = [*_building_codes(layers, homes=homes)]
    if micro is None or not len(micro):
        return (*findings, *_spread(layers, homes=homes))
    owner = _owner(micro, layers.grids)
    belongs, astray = _settled(layers, homes=homes, owner=owner)
    return (
        *findings,
        *_unknown(micro, layers.grids),
        *_micro_codes(micro, owner=owner, grids=layers.grids),
        *_beyond(micro, owner=owner, grids=layers.grids),
        *astray,
        *_sizes(micro, homes=homes, belongs=belongs),
    )


def _owner(micro: GeoDataFrame, grids: GeoDataFrame) -> Series:
    """Return each micro-grid's grid: as it says, else the one that holds it."""
    named = _by_code_or_name(micro["grid"], grids)
    inside = holding(places(micro), areas=grids)
    return named.mask(named == "", inside).astype(str)


def _by_code_or_name(written: Series, areas: GeoDataFrame) -> Series:
    """Return the code of the area that is written, by a code or a single name."""
    single = areas["name"][~areas["name"].duplicated(keep=False)]
    known = {str(name): str(code) for code, name in single.items() if name}
    known |= {str(code): str(code) for code in areas.index}
    return written.astype(str).map(known).fillna("")


def _unknown(micro: GeoDataFrame, grids: GeoDataFrame) -> Iterator[Finding]:
    """Yield the micro-grids that name a grid that is not there."""
    lost = (micro["grid"] != "") & (_by_code_or_name(micro["grid"], grids) == "")
    for code in micro.index[lost]:
        facts = {"grid": str(micro["grid"][code])}
        yield _of_micro("micro_grid_unknown", micro, code=code, facts=facts)


def _micro_codes(
    micro: GeoDataFrame, *, owner: Series, grids: GeoDataFrame
) -> Iterator[Finding]:
    """Yield the micro-grids whose code begins with another grid's."""
    for code, other in _of_another(owner, known=grids.index).items():
        facts = {"grid": owner[code], "other": other}
        facts["owner"] = str(grids["name"][other])
        yield _of_micro("micro_code_of_another", micro, code=code, facts=facts)


def _of_another(owner: Series, *, known: Series) -> Mapping[str, str]:
    """Return code → the other parent's code that it begins with, where codes do so."""
    parents = [str(code) for code in known]
    if not parents or min(map(len, parents)) < _LEAST:
        return {}
    named = {str(code): str(of) for code, of in owner.items() if of}
    found = codes_.hierarchy(named, known=parents)
    return {c: o for c, o in found.astray.items() if o} if found.is_rule else {}


def _beyond(
    micro: GeoDataFrame, *, owner: Series, grids: GeoDataFrame
) -> Iterator[Finding]:
    """Yield the micro-grids that lie in part outside their grid."""
    shapes = micro.geometry.to_numpy()
    own = grids.geometry.reindex(owner).to_numpy()
    inside = shapely.area(shapely.intersection(shapes, own))
    share = np.where(shapely.is_missing(own), 1.0, inside / shapely.area(shapes))
    for at in np.flatnonzero(share < limit("whole_share")):
        code = str(micro.index[at])
        facts = {
            "grid": str(grids["name"][owner[code]]),
            "percent": int(100 * float(share[at])),
        }
        yield _of_micro("micro_beyond_grid", micro, code=code, facts=facts)


def _settled(
    layers: Layers, *, homes: DataFrame, owner: Series
) -> tuple[Series, list[Finding]]:
    """Return each building's micro-grid ("" for none), and what disagrees.

    As the file says, else the one that holds the building.
    """
    micro, buildings = layers.micro_grids, layers.buildings
    assert micro is not None  # noqa: S101  the caller has looked
    points = places(buildings)
    inside = holding(points, areas=micro).astype(str)
    named = _by_code_or_name(_micro_named(buildings), micro)
    lost = (_micro_named(buildings) != "") & (named == "")
    belongs = named.mask(named == "", inside)
    found = []
    for code in buildings.index[lost]:
        facts = {"micro": str(buildings["micro_grid"][code])}
        found.append(_of_building("building_micro_unknown", points, code, facts))
    apart = (named != "") & (inside != "") & (named != inside)
    for code in buildings.index[apart]:
        facts = {"named": named[code], "inside": inside[code]}
        found.append(_of_building("building_micro_disagrees", points, code, facts))
    above = belongs.map(owner).fillna("")
    grid = homes["grid"].astype(str)
    astray = ~apart & (above != "") & (grid != "") & (above != grid)
    for code in buildings.index[astray]:
        facts = {"micro": belongs[code], "above": above[code], "grid": grid[code]}
        found.append(_of_building("building_micro_elsewhere", points, code, facts))
    return belongs, found


def _spread(layers: Layers, *, homes: DataFrame) -> Iterator[Finding]:
    """Yield the micro-grids, known from buildings alone, in several grids."""
    table = DataFrame(
        {"micro": _micro_named(layers.buildings), "grid": homes["grid"].astype(str)}
    )
    table = table[(table["micro"] != "") & (table["grid"] != "")]
    spread = table.groupby("micro")["grid"].nunique()
    # 第一微网格 may be in every grid: names say nothing, whole codes do
    if not len(spread) or (spread > 1).mean() > limit("names_share"):
        return
    for micro in spread.index[spread > 1]:
        mine = table[table["micro"] == micro]
        usual = mine["grid"].mode().iloc[0]
        astray = mine.index[mine["grid"] != usual]
        names = [
            str(layers.grids["name"].get(g, g)) for g in dict.fromkeys(mine["grid"])
        ]
        yield Finding(
            rule="micro_in_grids",
            level="warning",
            layer="buildings",
            code=str(astray[0]),
            facts={"micro": str(micro), "grids": "、".join(names[:6])},
            geometry=shapely.multipoints(
                places(layers.buildings.loc[astray]).to_numpy()
            ),
        )


def _building_codes(layers: Layers, *, homes: DataFrame) -> Iterator[Finding]:
    """Yield the buildings whose code begins with another grid's than they are in."""
    owner = homes["grid"].astype(str)
    points = places(layers.buildings)
    for code, other in _of_another(owner, known=layers.grids.index).items():
        facts = {"grid": owner[code], "other": other}
        yield _of_building("building_code_of_another", points, code, facts)


def _sizes(
    micro: GeoDataFrame, *, homes: DataFrame, belongs: Series
) -> Iterator[Finding]:
    """Yield the micro-grids outside the usual band of households (H5)."""
    summed = homes["households"].groupby(belongs).sum(min_count=1)
    sizes = micro["households"].astype(float).fillna(summed.reindex(micro.index))
    low, high = band("micro_households")
    for code in sizes.index[sizes.gt(0) & ~sizes.between(low, high)]:
        facts = {
            "households": int(sizes[code]),
            "low": f"{low:g}",
            "high": f"{high:g}",
        }
        yield _of_micro("micro_households", micro, code=code, facts=facts)


def _micro_named(buildings: GeoDataFrame) -> Series:
    """Return the micro-grids that buildings name; "" throughout without a column."""
    if "micro_grid" not in buildings:
        return Series("", index=buildings.index)
    return buildings["micro_grid"].fillna("").astype(str)


def _of_micro(
    rule: str, micro: GeoDataFrame, *, code: str, facts: Mapping[str, object]
) -> Finding:
    return Finding(
        rule=rule,
        level="warning",
        layer="micro_grids",
        code=str(code),
        facts={"name": str(micro["name"][code]), **facts},
        geometry=micro.geometry[code].representative_point(),
    )


def _of_building(
    rule: str, points: Series, code: str, facts: Mapping[str, object]
) -> Finding:
    return Finding(
        rule=rule,
        level="warning",
        layer="buildings",
        code=str(code),
        facts=dict(facts),
        geometry=points[code],
    )

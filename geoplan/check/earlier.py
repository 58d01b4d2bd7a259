"""Today's grids against those before: codes keep to their ground (K4)."""

from collections.abc import Mapping

import shapely
from geopandas import GeoDataFrame
from pandas import DataFrame, Series

from geoplan.check.rules import limit
from geoplan.model import Finding, Layers

_MANY = 4  # codes that are told one by one, however few there are


def check_earlier(layers: Layers) -> tuple[Finding, ...]:
    """Return codes that name other ground than before, and ground with a new code.

    Nothing where the grids before are not known.
    """
    before = layers.earlier
    if before is None or not len(before):
        return ()
    now = layers.grids
    was = before.assign(geometry=shapely.make_valid(before.geometry.to_numpy()))
    shared = _shared(was, now)
    return (*_reused(was, now, shared), *_renamed(was, now, shared))


def _shared(was: GeoDataFrame, now: GeoDataFrame) -> DataFrame:
    """Return the ground that grids before and of today share: was, now, m2."""
    old, new = was.geometry.to_numpy(), now.geometry.to_numpy()
    one, other = shapely.STRtree(new).query(old, predicate="intersects")
    area = shapely.area(shapely.intersection(old[one], new[other]))
    table = {"was": was.index[one], "now": now.index[other], "m2": area}
    return DataFrame(table).set_index(["was", "now"])


def _reused(
    was: GeoDataFrame, now: GeoDataFrame, shared: DataFrame
) -> tuple[Finding, ...]:
    """Return the codes that keep less than half of their ground, old or new.

    Where most do, the two layers do not go together, and that is told at once.
    """
    found, both = [], now.index[now.index.isin(was.index)]
    for code in both:
        kept = float(shared["m2"].get((code, code), 0.0))
        least = min(was.geometry[code].area, now.geometry[code].area)
        # a grid that was split or grew keeps its code, and half of the smaller
        if kept < limit("kept_share") * least:
            facts = {
                "name": str(now["name"][code]),
                "there": _holder(code, shared, names=now["name"]),
                "percent": round(100 * kept / least) if least else 0,
            }
            found.append(_finding("code_reused", now, code=str(code), facts=facts))
    if len(found) < _MANY or 2 * len(found) < len(both):
        return tuple(found)
    facts = {"count": len(found), "all": len(both)}
    return (
        Finding(
            rule="codes_reused_most", level="warning", layer="earlier", facts=facts
        ),
    )


def _holder(code: str, shared: DataFrame, *, names: Series) -> str:
    """Return the name of the grid that has most of a former grid's ground today."""
    parts = shared["m2"].xs(code, level="was") if code in shared.index else Series()
    return str(names[parts.idxmax()]) if len(parts) else "–"


def _renamed(
    was: GeoDataFrame, now: GeoDataFrame, shared: DataFrame
) -> tuple[Finding, ...]:
    """Return the grids that are the same as before but for their code."""
    found = []
    for old, new in shared.index:
        if old == new or new in was.index or old in now.index:
            continue
        whole = shapely.union(was.geometry[old], now.geometry[new]).area
        if shared["m2"][old, new] >= limit("same_share") * whole:
            facts = {"name": str(now["name"][new]), "was": str(old)}
            found.append(_finding("code_changed", now, code=str(new), facts=facts))
    return tuple(found)


def _finding(
    rule: str, grids: GeoDataFrame, *, code: str, facts: Mapping[str, object]
) -> Finding:
    return Finding(
        rule=rule,
        level="warning",
        layer="grids",
        code=code,
        facts=dict(facts),
        geometry=grids.geometry[code].representative_point(),
    )

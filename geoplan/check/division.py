"""The rules of a valid division, held against today's grids."""

from collections.abc import Iterator, Mapping

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pandas import DataFrame, Series
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geoplan.check.rules import band, limit
from geoplan.model import DEDICATED, Finding, Layers, Network

_MICRO = "微网格"
_NAMED = 10
_LONE = 500.0  # m of edges; smaller components lead nowhere


def check_division(
    layers: Layers,
    *,
    homes: DataFrame,
    network: Network | None,
    wanted: tuple[float, float] | None = None,
) -> tuple[Finding, ...]:
    """Return the rules of a valid division that today's grids do not keep.

    Parameters
    ----------
    homes : DataFrame
        In the order of the buildings: grid (code), residential, households.
    wanted : (low, high), optional
        Households of a grid; else what practice names.
    """
    sizes = _sizes(layers.grids, homes=homes)
    findings = [
        *_grids(layers, sizes=sizes, wanted=wanted),
        *_communities(layers, sizes=sizes),
        *_split(layers, homes=homes),
        *_staff(layers.grids),
    ]
    if network is not None:
        findings += _straddling(layers, homes=homes, network=network)
    return tuple(findings)


def _sizes(grids: GeoDataFrame, *, homes: DataFrame) -> Series:
    """Return each grid's households: its own number, else that of its buildings."""
    summed = homes.groupby("grid")["households"].sum(min_count=1)
    return grids["households"].astype(float).fillna(summed.reindex(grids.index))


def _grids(
    layers: Layers, *, sizes: Series, wanted: tuple[float, float] | None
) -> Iterator[Finding]:
    """Yield the grids outside the band of households, and how far they differ."""
    grids = layers.grids
    kind = grids["kind"].fillna("").astype(str)
    micro = kind.str.contains(_MICRO)
    ordinary = sizes.gt(0) & ~kind.str.contains(DEDICATED)
    for rule, which, (low, high) in (
        ("grid_households", ordinary & ~micro, wanted or band("grid_households")),
        ("micro_households", ordinary & micro, band("micro_households")),
    ):
        for code in sizes.index[which & ~sizes.between(low, high)]:
            facts = {
                "households": int(sizes[code]),
                "low": f"{low:g}",
                "high": f"{high:g}",
            }
            yield _of(rule, grids, code=code, layer="grids", facts=facts)
    lived = sizes[ordinary & ~micro]
    if len(lived) > 1:
        facts = {
            "most": int(lived.max()),
            "least": int(lived.min()),
            "largest": str(grids["name"][lived.idxmax()]),
            "smallest": str(grids["name"][lived.idxmin()]),
            "cv": f"{float(lived.std(ddof=0) / lived.mean()):.2f}",
        }
        yield Finding(
            rule="households_balance", level="info", layer="grids", facts=facts
        )


def _communities(layers: Layers, *, sizes: Series) -> Iterator[Finding]:
    """Yield the communities outside the law's usual size, where it is known."""
    areas, owner = layers.communities, layers.grids["community"]
    known = sizes.notna().groupby(owner).all()
    summed = sizes.groupby(owner).sum()
    own = areas["households"].astype(float)
    whole = own.fillna(summed.where(known).reindex(areas.index))
    low, high = band("community_households")
    for code in whole.index[whole.notna() & whole.gt(0) & ~whole.between(low, high)]:
        facts = {"households": int(whole[code]), "low": f"{low:g}", "high": f"{high:g}"}
        yield _of(
            "community_households", areas, code=code, layer="communities", facts=facts
        )


def _split(layers: Layers, *, homes: DataFrame) -> Iterator[Finding]:
    """Yield the compounds whose homes lie in several grids (G3)."""
    named = layers.buildings["compound"].fillna("").astype(str)
    lived = (named != "") & homes["residential"].to_numpy(bool) & (homes["grid"] != "")
    table = DataFrame({"compound": named, "grid": homes["grid"]})[lived]
    for compound, group in table.groupby("compound", sort=True):
        counts = group["grid"].value_counts()
        if len(counts) < 2:  # noqa: PLR2004  one grid is whole
            continue
        astray = group.index[group["grid"] != counts.index[0]]
        names = [str(layers.grids["name"].get(code, code)) for code in counts.index]
        yield Finding(
            rule="compound_split",
            level="warning",
            layer="compounds",
            code=str(compound),
            facts={"count": len(counts), "grids": "、".join(names[:6])},
            geometry=shapely.multipoints(
                layers.buildings.geometry[astray].representative_point().to_numpy()
            ),
        )


def _staff(grids: GeoDataFrame) -> Iterator[Finding]:
    """Yield the grids without a worker (S1); nothing where no grid says."""
    if "workers" not in grids or grids["workers"].isna().all():
        return
    workers = grids["workers"].astype(float)
    for code in grids.index[workers == 0]:
        yield _of("grid_without_worker", grids, code=code, layer="grids", facts={})
    names = [str(name) for name in grids["name"][workers.isna()]]
    if names:
        listed = "、".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
        facts = {"count": len(names), "names": listed}
        yield Finding(rule="workers_untold", level="info", layer="grids", facts=facts)


def _straddling(
    layers: Layers, *, homes: DataFrame, network: Network
) -> Iterator[Finding]:
    """Yield the grids of which some homes can be reached only from far outside (G2).

    The ways within a grid and a rim round it fall into pieces; its homes lie
    nearest to several of them.
    """
    edges = network.edges
    lone = network.components["length_m"].reindex(edges["component"]) < _LONE
    lines = edges.geometry.to_numpy()[~lone.to_numpy()]
    ends = edges.loc[~lone.to_numpy(), ["u", "v"]].to_numpy()
    tree = shapely.STRtree(lines)
    lived = homes["residential"].to_numpy(bool)
    places = layers.buildings.geometry.representative_point()
    for code, shape in layers.grids.geometry.items():
        mine = places[lived & (homes["grid"] == code).to_numpy()].to_numpy()
        if len(mine) < 2 * limit("straddle_homes"):
            continue
        here = tree.query(shape.buffer(limit("rim_m")), predicate="intersects")
        piece = _pieces_of_homes(mine, lines=lines[here], ends=ends[here])
        counts = np.bincount(piece) if len(piece) else np.zeros(1, int)
        apart = int(counts.sum() - counts.max())
        if apart < limit("straddle_homes") or apart < limit("straddle_share") * len(
            mine
        ):
            continue
        cut = mine[piece != counts.argmax()]
        facts = {"homes": len(mine), "apart": apart}
        yield _of(
            "grid_straddles",
            layers.grids,
            code=str(code),
            layer="grids",
            place=shapely.multipoints(cut),
            facts=facts,
        )


def _pieces_of_homes(
    homes: NDArray[np.object_],
    *,
    lines: NDArray[np.object_],
    ends: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the piece of the ways here that each home lies nearest to."""
    if not len(lines):
        return np.array([], dtype=np.int64)
    nodes, local = np.unique(ends.ravel(), return_inverse=True)
    u, v = local.reshape(ends.shape).T
    ones = np.ones(len(u), bool)
    graph = coo_array((ones, (u, v)), shape=(len(nodes), len(nodes)))
    _, label = connected_components(graph, directed=False)
    home, line = shapely.STRtree(lines).query_nearest(homes, all_matches=False)
    found = np.zeros(len(homes), dtype=np.int64)
    found[home] = label[u[line]]
    return found


def _of(
    rule: str,
    frame: GeoDataFrame,
    *,
    code: str,
    layer: str,
    facts: Mapping[str, object],
    place: shapely.Geometry | None = None,
) -> Finding:
    return Finding(
        rule=rule,
        level="warning",
        layer=layer,
        code=str(code),
        facts={"name": str(frame["name"][code]), **facts},
        geometry=place or frame.geometry[code].representative_point(),
    )

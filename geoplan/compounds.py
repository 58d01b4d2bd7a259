"""Gated compounds: whose edge stops a walker, and who may pass which gate.

A compound with a known gate is *gated*: nobody crosses its edge but at a gate. A
compound without one is walked into and out of anywhere, and listed. Of several
gated compounds that hold or touch a place the smallest is the place's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame, Series
from pyproj import CRS

from geoplan import columns
from geoplan.hours import open_at
from geoplan.model import Finding, Layers

AT_WALL = 10.0  # m: a gate farther from a compound's edge is none of it
ON_WALL = 1.0  # m: a gate that is moved farther on to the edge is told

Who = Literal["resident", "visitor"]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Geometries = NDArray[np.object_]

_MAY = {"resident": ("everyone", "residents"), "visitor": ("everyone",)}
_POLYGON = 2  # dimensions


@dataclass(frozen=True, kw_only=True, eq=False)
class Compounds:
    """The gated compounds of a study, and all its gates."""

    shapes: GeoSeries  #: of the gated compounds, index = code
    #: all gates, in the order of the layer and with its index: compound
    #: (position in ``shapes``, -1 where the gate is not used), passes
    #: ("everyone", "residents", "nobody"), hours; points on the edges
    gates: GeoDataFrame
    ungated: int  #: how many compounds have no known gate

    @property
    def walls(self) -> GeoSeries:
        """Return the edges of the gated compounds, which nobody crosses."""
        return self.shapes.boundary

    @property
    def used(self) -> Bools:
        """Return which gates belong to a compound."""
        return np.asarray(self.gates["compound"] >= 0)

    def holding(self, points: Geometries) -> Ints:
        """Return the position of the compound that each point stands in, or -1.

        Of several that hold or touch it the smallest, of equal ones the first.
        """
        shapes = self.shapes.to_numpy()
        point, compound = shapely.STRtree(shapes).query(points, predicate="intersects")
        order = np.lexsort((compound, shapely.area(shapes)[compound], point))
        found, first = np.unique(point[order], return_index=True)
        held = np.full(len(points), -1, np.int64)
        held[found] = compound[order][first]
        return held

    def open_to(self, who: Who, *, hours: str = "") -> Bools:
        """Return which gates somebody may pass, at a moment or ("") at any time.

        A gate without hours is always open; one whose hours do not tell is shut
        at any moment that is asked for.
        """
        may = self.used & self.gates["passes"].isin(_MAY[who]).to_numpy()
        if not hours:
            return np.asarray(may)
        is_open = open_at(self.gates["hours"], hours).fillna(value=False)
        return np.asarray(may & (self._silent | is_open.to_numpy(bool)))

    def hours_found(self, hours: str) -> tuple[int, Series]:
        """Return how many gates say no hours, and whose hours do not tell.

        Of those that anybody may pass. The second are texts by the gate's code.
        """
        may = self.open_to("resident")
        unclear = open_at(self.gates["hours"], hours).isna().to_numpy()
        told = self.gates["hours"][may & ~self._silent & unclear]
        return int((may & self._silent).sum()), told

    @property
    def _silent(self) -> Bools:
        return np.asarray(self.gates["hours"].fillna("").astype(str).str.strip() == "")


def settle(layers: Layers) -> tuple[Compounds, tuple[Finding, ...]]:
    """Return the gated compounds of a study, and what is odd about its gates."""
    compounds = _layer(layers.compounds, "name", crs=layers.crs)
    gates = _layer(layers.gates, "compound", "kind", "hours", crs=layers.crs)
    shapes = _areas(compounds.geometry.to_numpy())
    edges = shapely.boundary(shapes)
    owner, odd = _owners(gates, compounds=compounds, edges=edges)
    gated = np.unique(owner[owner >= 0])
    number = np.full(len(shapes) + 1, -1)
    number[gated] = np.arange(len(gated))
    passes = gates["kind"].map(columns.passing).astype(object)
    strange = gates["kind"][passes.isna().to_numpy() & (owner >= 0)]
    places, moved = _placed(gates, owner=owner, edges=edges)
    return Compounds(
        shapes=GeoSeries(shapes, index=compounds.index, crs=layers.crs).iloc[gated],
        gates=GeoDataFrame(
            {
                "compound": number[owner],
                "passes": passes.fillna("everyone"),
                "hours": gates["hours"],
            },
            geometry=places,
            index=gates.index,
            crs=layers.crs,
        ),
        ungated=len(shapes) - len(gated),
    ), (*odd, *moved, *_strange(strange), *_open(compounds, gated=gated))


def walks_inside(
    compounds: Compounds, *, stations: Geometries, homes: Geometries, thing: Ints
) -> DataFrame:
    """Return the straight walks from homes to stations in their own compound.

    Parameters
    ----------
    homes : array of points, shape (n_places,)
    thing : int array, shape (n_places,)
        Position of the building of each of them.

    Returns
    -------
    DataFrame
        One row a pair, the shortest: station, thing (positions), leg_m, x, y (of
        the home), to_x, to_y. Sorted by station, then thing.
    """
    one = DataFrame({"held": compounds.holding(stations)}).rename_axis("station")
    other = DataFrame({"held": compounds.holding(homes)}).rename_axis("place")
    pairs = one[one["held"] >= 0].reset_index().merge(other.reset_index(), on="held")
    begin, end = homes[pairs["place"]], stations[pairs["station"]]
    table = DataFrame(
        {
            "station": pairs["station"].to_numpy(np.int64),
            "thing": thing[pairs["place"]],
            "leg_m": shapely.distance(begin, end),
            "x": shapely.get_x(begin),
            "y": shapely.get_y(begin),
            "to_x": shapely.get_x(end),
            "to_y": shapely.get_y(end),
        }
    )
    table = table.sort_values(["station", "thing", "leg_m"], kind="stable")
    return table.drop_duplicates(["station", "thing"]).reset_index(drop=True)


def _layer(layer: GeoDataFrame | None, *texts: str, crs: CRS) -> GeoDataFrame:
    """Return a layer that a study need not have; empty if it has not."""
    if layer is not None:
        return layer
    return GeoDataFrame({text: [] for text in texts}, geometry=[], crs=crs)


def _areas(shapes: Geometries) -> Geometries:
    """Return the areas of shapes; invalid ones were told when read."""
    valid = np.where(shapely.is_valid(shapes), shapes, shapely.make_valid(shapes))
    parts, owner = shapely.get_parts(valid, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    flat = shapely.get_dimensions(parts) == _POLYGON
    whole = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    shapely.multipolygons(parts[flat], indices=owner[inner][flat], out=whole)
    return whole


def _owners(
    gates: GeoDataFrame, *, compounds: GeoDataFrame, edges: Geometries
) -> tuple[Ints, list[Finding]]:
    """Return the position of each gate's compound, -1 without, and what is odd.

    A gate is of the compound that it names by code or name, if it lies within 10 m
    of its edge; one that names none is of the only compound so near.
    """
    tree = shapely.STRtree(edges)
    gate, compound = tree.query(
        gates.geometry.to_numpy(), predicate="dwithin", distance=AT_WALL
    )
    near: list[list[int]] = [[] for _ in range(len(gates))]
    for one, other in zip(gate.tolist(), compound.tolist(), strict=True):
        near[one].append(other)
    called: dict[str, list[int]] = {}
    for position, name in enumerate(compounds["name"]):
        called.setdefault(str(name), []).append(position)
    called |= {str(code): [at] for at, code in enumerate(compounds.index)}
    owner, odd = np.full(len(gates), -1), []
    for at, (name, close) in enumerate(zip(gates["compound"], near, strict=True)):
        meant = called.get(name, []) if name else close
        fitting = sorted(set(meant) & set(close))
        if len(fitting) == 1:
            owner[at] = fitting[0]
        if not name or len(fitting) != 1:
            odd.append(
                _odd_gate(gates, at, meant=meant, fitting=fitting, own=compounds)
            )
    return owner, odd


def _odd_gate(
    gates: GeoDataFrame,
    at: int,
    *,
    meant: list[int],
    fitting: list[int],
    own: GeoDataFrame,
) -> Finding:
    """Return what is odd about a gate: it names no compound, or none that fits."""
    name, point = str(gates["compound"].iloc[at]), gates.geometry.iloc[at]
    facts: dict[str, object] = {"name": name}
    if not name and len(fitting) == 1:
        rule = "gate_compound_taken"
        facts = {"name": _called(own, fitting[0])}
    elif not name:
        rule, facts = "gate_compound_unsaid", {}
    elif not meant:
        rule = "gate_compound_unknown"
    elif fitting:
        rule = "gate_compound_ambiguous"
    else:
        rule = "gate_off_wall"
        edges = shapely.boundary(own.geometry.to_numpy()[meant])
        facts["metres"] = round(float(shapely.distance(edges, point).min()), 1)
    return Finding(
        rule=rule,
        level="info" if rule == "gate_compound_taken" else "warning",
        layer="gates",
        code=str(gates.index[at]),
        facts=facts,
        geometry=point,
    )


def _placed(
    gates: GeoDataFrame, *, owner: Ints, edges: Geometries
) -> tuple[Geometries, Iterator[Finding]]:
    """Return the gates' places on their compounds' edges, and who was moved far."""
    places = gates.geometry.to_numpy().copy()
    used = np.flatnonzero(owner >= 0)
    lines = shapely.shortest_line(edges[owner[used]], places[used])
    away = shapely.length(lines)
    places[used] = shapely.get_point(lines, 0)
    return places, (
        Finding(
            rule="gate_moved",
            level="warning",
            layer="gates",
            code=str(gates.index[at]),
            facts={"metres": round(float(metres), 1)},
            geometry=places[at],
        )
        for at, metres in zip(used, away, strict=True)
        if metres > ON_WALL
    )


def _strange(kinds: Series) -> Iterator[Finding]:
    if len(kinds):
        facts = {"count": len(kinds), "kinds": "、".join(dict.fromkeys(kinds))[:200]}
        yield Finding(
            rule="gate_kind_unknown", level="info", layer="gates", facts=facts
        )


def _open(compounds: GeoDataFrame, *, gated: Ints) -> Iterator[Finding]:
    """Yield the compounds without a known gate."""
    for at in np.setdiff1d(np.arange(len(compounds)), gated):
        yield Finding(
            rule="compound_without_gate",
            level="warning",
            layer="compounds",
            code=str(compounds.index[at]),
            facts={"name": _called(compounds, at)},
            geometry=compounds.geometry.iloc[at].representative_point(),
        )


def _called(compounds: GeoDataFrame, at: int) -> str:
    return str(compounds["name"].iloc[at] or compounds.index[at])

"""How a point stands on the walking network: by the edges it can see.

The straight leg from a place to the nearest point of an edge is *open* if it is
at most 150 m long and crosses no other edge, no other building and no barrier.
Every edge with an open leg is a candidate. With none, the shortest leg that
crosses no other edge and no barrier is taken (``through_building``). Otherwise
the place is off the network. Edges of components under 500 m serve and block
only where nothing else can be reached (``fragment``).

A place in a gated compound stands by its gates alone: straight to a gate, and on
by that gate's own legs.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoSeries
from numpy.typing import NDArray
from pandas import DataFrame, Index, Series

from geoplan.compounds import Compounds
from geoplan.model import Legs, Network

LEG_LIMIT = 150.0  # m
FRAGMENT = 500.0  # m of edges: a component under this is a fragment
ON_EDGE = 0.5  # m: a place this close to a candidate edge stands on it alone
TOUCH = 0.001  # m: nearer than this is touching, which is not crossing
_CHUNK = 2000  # places handled at once, to bound memory

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Sight:
    """What ends a straight leg besides the edges, indexed once."""

    footprints: shapely.STRtree  #: buildings
    barriers: shapely.STRtree  #: lines and areas that nobody walks across

    @classmethod
    def over(cls, *, footprints: GeoSeries, barriers: GeoSeries) -> Self:
        """Return the sight over buildings and barriers, in the working CRS."""
        return cls(
            footprints=shapely.STRtree(footprints.to_numpy()),
            barriers=shapely.STRtree(barriers.to_numpy()),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Gateways:
    """The gates of compounds, and how one steps from them on to the network."""

    compounds: Compounds
    passable: NDArray[np.bool_]  #: which of the gates stand for what is inside
    steps: DataFrame  #: gate (position), edge, offset_m, leg_m, leg
    reasons: Series  #: why gates have no step, by their position

    @classmethod
    def of(cls, compounds: Compounds, *, network: Network, sight: Sight) -> Self:
        """Return the gateways of compounds, open to the residents at any time."""
        used = np.flatnonzero(compounds.used)
        points = compounds.gates.geometry.to_numpy()
        steps, reasons = _seen(points, used, network=network, sight=sight)
        return cls(
            compounds=compounds,
            passable=compounds.open_to("resident"),
            steps=steps.rename(columns={"place": "gate"}),
            reasons=reasons,
        )

    @property
    def things(self) -> DataFrame:
        """Return how the gates that are used stand themselves: leg, off_network."""
        used = np.flatnonzero(self.compounds.used)
        leg = self.steps.drop_duplicates("gate").set_index("gate")["leg"]
        off = self.reasons.reindex(used).fillna("")
        return DataFrame(
            {"leg": leg.reindex(used).fillna("").to_numpy(), "off_network": off.array},
            index=self.compounds.gates.index[used],
        )

    def legs(self, passable: NDArray[np.bool_]) -> Legs:
        """Return the own legs of some gates; the others have none."""
        gates = self.compounds.gates
        open_ = self.steps[passable[self.steps["gate"].to_numpy()]]
        points = gates.geometry.to_numpy()
        candidates = _candidates(
            open_.rename(columns={"gate": "place"}).assign(gate=-1),
            points=points,
            thing=np.arange(len(points)),
        )
        return Legs(candidates=candidates, things=DataFrame(index=gates.index))

    def steps_from(self, points: Geometries, *, held: Ints) -> DataFrame:
        """Return the steps of the points that compounds hold, by way of every gate.

        ``held`` is the position of each point's compound, -1 without. Columns of
        the steps, and gate; leg_m is the straight way to the gate and the gate's leg.
        """
        gates = self.compounds.gates
        doors = DataFrame(
            {"held": gates["compound"].to_numpy(), "gate": np.arange(len(gates))}
        )
        inside = DataFrame({"held": held, "place": np.arange(len(points))})
        pairs = inside[held >= 0].merge(doors, on="held")
        at = gates.geometry.to_numpy()[pairs["gate"]]
        pairs["inside_m"] = shapely.distance(points[pairs["place"]], at)
        steps = pairs.merge(self.steps, on="gate")
        steps["leg_m"] += steps["inside_m"]
        return steps.drop(columns=["held", "inside_m"])

    def reasons_of(self, held: Ints) -> Series:
        """Return why held points are off the network, by point.

        ``shut_in`` if their compound has no gate that may be passed, else why none
        of these has a step.
        """
        gates = self.compounds.gates["compound"].to_numpy()[self.passable]
        why = self.reasons.reindex(np.flatnonzero(self.passable)).fillna("")
        best = Series(why.to_numpy(), index=gates).groupby(level=0).min()
        inside = np.flatnonzero(held >= 0)
        reasons = best.reindex(held[inside]).fillna("shut_in").set_axis(inside)
        return reasons[reasons != ""]


def legs(
    places: GeoSeries,
    *,
    things: Index,
    thing: Ints,
    network: Network,
    sight: Sight,
    gateways: Gateways | None = None,
) -> Legs:
    """Return how things stand on the network by their places.

    Parameters
    ----------
    places : GeoSeries of points, shape (n_places,), working CRS
        Stations, entrances, or a point on each building's footprint.
    things : Index
        Codes of the layer; everyone has a place.
    thing : int array, shape (n_places,)
        Position in ``things`` of the thing that a place belongs to.
    gateways : Gateways, optional
        Places within these compounds stand by their gates alone. All gates give
        candidates; those that may be passed say how things stand.
    """
    points = places.to_numpy()
    held = np.full(len(points), -1)
    if gateways is not None:
        held = gateways.compounds.holding(points)
    outside = np.flatnonzero(held < 0)
    steps, reasons = _seen(points, outside, network=network, sight=sight)
    steps["gate"] = -1
    passable = np.ones(1, bool)
    if gateways is not None:
        passable = np.append(gateways.passable, passable)
        steps = pd.concat([steps, gateways.steps_from(points, held=held)])
        reasons = pd.concat([reasons, gateways.reasons_of(held)])
    candidates = _candidates(steps, points=points, thing=thing)
    mine = steps[passable[steps["gate"].to_numpy()]]
    return Legs(
        candidates=candidates,
        things=_things(mine, things=things, thing=thing, reasons=reasons),
    )


def by_gates(legs: Legs, *, passable: NDArray[np.bool_]) -> Legs:
    """Return the legs by some of the gates alone; ``things`` stay as they are."""
    gate = legs.candidates["gate"].to_numpy()
    kept = np.append(passable, True)[gate]
    if kept.all():
        return legs
    return Legs(
        candidates=legs.candidates[kept].reset_index(drop=True), things=legs.things
    )


def _seen(
    points: Geometries, chosen: Ints, *, network: Network, sight: Sight
) -> tuple[DataFrame, Series]:
    """Return the candidates of the chosen points, and why the others have none.

    Fragments take part only for a point that finds nothing without them.
    """
    edges = network.edges.geometry.to_numpy()
    component_m = network.components["length_m"].to_numpy()
    large = component_m[network.edges["component"].to_numpy()] >= FRAGMENT
    steps = _steps(points, chosen, edges=edges, use=np.flatnonzero(large), sight=sight)
    rest = np.setdiff1d(chosen, steps["place"])
    last = _steps(points, rest, edges=edges, use=np.arange(len(edges)), sight=sight)
    last["leg"] = "fragment"
    lost = np.setdiff1d(rest, last["place"])
    every = pd.concat([steps, last]).sort_values(["place", "edge"])
    return every, _reasons(points, lost, edges=edges)


def _steps(
    points: Geometries, chosen: Ints, *, edges: Geometries, use: Ints, sight: Sight
) -> DataFrame:
    """Return the candidates of the chosen points among the edges in use.

    Columns place, edge, offset_m, leg_m, leg ("" or "through_building").
    """
    tree = shapely.STRtree(edges[use])
    parts = [
        _chunk_steps(
            points, chosen[i : i + _CHUNK], edges=edges[use], tree=tree, sight=sight
        )
        for i in range(0, max(len(chosen), 1), _CHUNK)
    ]
    steps = pd.concat(parts, ignore_index=True)
    steps["edge"] = use[steps["edge"].to_numpy()]
    return steps


def _chunk_steps(
    points: Geometries,
    chosen: Ints,
    *,
    edges: Geometries,
    tree: shapely.STRtree,
    sight: Sight,
) -> DataFrame:
    place, edge = tree.query(points[chosen], predicate="dwithin", distance=LEG_LIMIT)
    place = chosen[place]
    lines = shapely.shortest_line(points[place], edges[edge])
    inner = _inner(lines)
    kept = np.flatnonzero(~_meets(inner, tree))
    kept = kept[~_meets(inner[kept], sight.barriers)]
    place, edge, lines, inner = place[kept], edge[kept], lines[kept], inner[kept]
    through = _meets_footprint(inner, points[place], sight.footprints)
    steps = DataFrame(
        {
            "place": place,
            "edge": edge,
            "offset_m": shapely.line_locate_point(edges[edge], points[place]),
            "leg_m": shapely.length(lines),
            "leg": np.where(through, "through_building", ""),
        }
    )
    return _chosen(steps)


def _chosen(steps: DataFrame) -> DataFrame:
    """Return the steps that count: all open ones, else the shortest one.

    A place within 0.5 m of an edge with an open leg stands on the nearest alone.
    """
    nearest_first = steps.sort_values(["place", "leg", "leg_m", "edge"])
    rank = nearest_first.groupby("place").cumcount()
    best = nearest_first.groupby("place")[["leg", "leg_m"]].transform("first")
    alone = (best["leg"] != "") | (best["leg_m"] <= ON_EDGE)
    return nearest_first[
        (rank == 0) | (~alone & (nearest_first["leg"] == ""))
    ].reset_index(drop=True)


def _inner(lines: Geometries) -> Geometries:
    """Return the legs without their ends, where touching is allowed.

    A leg too short to have an inside is returned empty: it crosses nothing.
    """
    ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    length = shapely.length(lines)
    long = length > 2 * TOUCH
    step = np.zeros_like(ends[:, 0])
    step[long] = (ends[long, 1] - ends[long, 0]) * (TOUCH / length[long])[:, None]
    inner = shapely.linestrings(
        np.stack([ends[:, 0] + step, ends[:, 1] - step], axis=1)
    )
    return np.asarray(np.where(long, inner, shapely.from_wkt("LINESTRING EMPTY")))


def _meets(inner: Geometries, tree: shapely.STRtree) -> NDArray[np.bool_]:
    """Return which legs meet anything of the tree on their way."""
    met = np.zeros(len(inner), bool)
    met[tree.query(inner, predicate="intersects")[0]] = True
    return met


def _meets_footprint(
    inner: Geometries, points: Geometries, footprints: shapely.STRtree
) -> NDArray[np.bool_]:
    """Return which legs meet a footprint that does not hold or touch the place."""
    leg, footprint = footprints.query(inner, predicate="intersects")
    shapes = footprints.geometries[footprint]
    foreign = ~shapely.dwithin(points[leg], shapes, TOUCH)
    met = np.zeros(len(inner), bool)
    met[leg[foreign]] = True
    return met


def _reasons(points: Geometries, lost: Ints, *, edges: Geometries) -> Series:
    """Return why each lost place is off the network, by place."""
    near = shapely.STRtree(edges).query(
        points[lost], predicate="dwithin", distance=LEG_LIMIT
    )[0]
    reasons = Series("too_far", index=lost, dtype=object)
    reasons.iloc[np.unique(near)] = "blocked"
    return reasons


def _candidates(steps: DataFrame, *, points: Geometries, thing: Ints) -> DataFrame:
    """Return the places' steps by the things they belong to."""
    place = steps["place"].to_numpy()
    candidates = DataFrame(
        {
            "thing": thing[place],
            "x": shapely.get_x(points)[place],
            "y": shapely.get_y(points)[place],
            "gate": steps["gate"].to_numpy(),
            "edge": steps["edge"].to_numpy(),
            "offset_m": steps["offset_m"].to_numpy(),
            "leg_m": steps["leg_m"].to_numpy(),
        }
    )
    return candidates.sort_values(
        ["thing", "edge", "leg_m"], kind="stable", ignore_index=True
    )


def _things(
    steps: DataFrame, *, things: Index, thing: Ints, reasons: Series
) -> DataFrame:
    """Return how each thing stands by the steps of its places.

    The best place speaks for a thing: "" before "through_building" before
    "fragment"; a thing is off the network if all its places are.
    """
    owner = thing[steps["place"].to_numpy()]
    worst = {"": 0, "through_building": 1, "fragment": 2}
    best = Series(steps["leg"].map(worst).to_numpy()).groupby(owner).min()
    access = Series(steps["leg_m"].to_numpy()).groupby(owner).min()
    reason = reasons.groupby(thing[reasons.index.to_numpy(int)]).min()
    where = np.arange(len(things))
    table = DataFrame({"access_m": access.reindex(where).to_numpy()}, index=things)
    names = dict(enumerate(worst))
    table["leg"] = best.reindex(where).map(names).fillna("").to_numpy()
    off = reason.reindex(where).fillna("").to_numpy()
    table["off_network"] = np.where(table["access_m"].isna(), off, "")
    return table

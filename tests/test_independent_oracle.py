# ruff: noqa: C901, PLR0911, PLR0912  plain loops, on purpose
"""docs/method.md done over again, slowly: sections 2 to 4, nothing of geoplan in it.

Written from the page and the two tables alone, one leg and one walk at a time, and
held against what ``geoplan coverage`` writes by ``test_independent.py``.
"""

import math
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import networkx as nx
import osmium
import shapely
from shapely import LineString, Point, Polygon
from shapely.ops import polygonize_full, substring, unary_union

PRESETS = Path(__file__).resolve().parent.parent / "geoplan" / "presets"
CAP, ON_IT, SKIN, FRAGMENT = 150.0, 0.5, 0.001, 500.0


# --- 2 ways, edges, junctions -------------------------------------------------


def is_walked(tags, table):
    """Tell whether a thing with these OpenStreetMap tags is walked by an adult."""
    kind = tags.get("highway")
    also = any(tags.get(key) in table["also"][key] for key in table["also"])
    if kind not in table["highway"]["open"] + table["highway"]["asked"] and not (
        kind is None and also
    ):
        return False
    foot = tags.get("foot")
    if foot in table["foot"]["closed"] or foot in table["access"]["restricted"]:
        return False
    if foot in table["foot"]["open"]:
        return True
    access = tags.get("access")
    if access in table["access"]["closed"] + table["access"]["restricted"]:
        return False
    if any(tags.get(key) in values for key, values in table["shut"].items()):
        return False
    if kind in table["highway"]["asked"]:
        beside = table["sidewalk"]
        return any(tags.get(key) in beside["open"] for key in beside["keys"])
    return True


def is_shut(tags, table):
    """Tell whether a node with these tags shuts the ways over it to an adult."""
    foot, nodes = tags.get("foot"), table["barrier_nodes"]
    if "barrier" not in tags or foot in table["foot"]["open"]:
        return False
    if foot in table["foot"]["closed"] + table["access"]["restricted"]:
        return True
    if tags["barrier"] in nodes["round"]:
        return False
    access = tags.get("access")
    return (
        access in table["access"]["closed"] + table["access"]["restricted"]
        or tags.get("locked") in nodes["locked"]
    )


def parted(refs, shut, place):
    """Return the pieces of a way between the nodes that shut it, ends apart."""
    pieces = [[]]
    for number, ref in enumerate(refs):
        if ref not in shut:
            pieces[-1].append(ref)
            continue
        for side in range(2):
            end = (ref, tuple(refs), number, side)
            place[end] = place[ref]
            pieces[-1].append(end)
            if side == 0:
                pieces.append([])
    return [piece for piece in pieces if len(piece) > 1]


def is_hidden(tags, table):
    """Tell whether a barrier runs under or over the ground."""
    hidden = table["hidden"]
    if any(tags.get(key, "no") != "no" for key in hidden["keys"]):
        return True
    if any(tags.get(key) in values for key, values in hidden["values"].items()):
        return True
    layer = tags.get("layer", "0")
    below = layer.lstrip("-").isdigit() and int(layer) < 0
    return below and any(key in tags for key in hidden["below_ground"])


def read_osm(path, to_crs):
    """Return (ways, barriers): node lists with direction, and geometries."""
    walking = tomllib.loads((PRESETS / "walking.toml").read_text("utf-8"))
    stopping = tomllib.loads((PRESETS / "barriers.toml").read_text("utf-8"))
    place, ways, relations, shut = {}, {}, [], set()
    for thing in osmium.FileProcessor(str(path)):
        tags = dict(thing.tags)
        if thing.is_node():
            place[thing.id] = to_crs(thing.location.lon, thing.location.lat)
            if is_shut(tags, walking):
                shut.add(thing.id)
        elif thing.is_way():
            ways[thing.id] = ([node.ref for node in thing.nodes], tags)
        elif tags.get("type") == "multipolygon":
            members = [m.ref for m in thing.members if m.type == "w"]
            relations.append((tags, members))

    def nodes_of(way):  # those the extract holds; a node after itself is one node
        refs = [ref for ref in ways[way][0] if ref in place]
        return [r for i, r in enumerate(refs) if i == 0 or refs[i - 1] != r]

    walked = {way: tags for way, (_, tags) in ways.items() if is_walked(tags, walking)}
    for tags, members in relations:
        if is_walked(tags, walking):
            walked |= {m: tags for m in members if m in ways and m not in walked}
    one_way = walking["oneway"]
    routes = []
    for way, tags in walked.items():
        value = tags.get(one_way["key"])
        sense = (value in one_way["forward"]) - (value in one_way["backward"])
        routes += [(piece, sense) for piece in parted(nodes_of(way), shut, place)]

    barriers = []
    for way, (_, tags) in ways.items():
        points = [place[ref] for ref in nodes_of(way)]
        if len(points) < 2 or is_hidden(tags, stopping):
            continue
        if any(tags.get(k) in v for k, v in stopping["areas"].items()):
            closed = points[0] == points[-1] and len(points) > 3
            barriers.append(Polygon(points) if closed else LineString(points))
        if any(tags.get(k) in v for k, v in stopping["lines"].items()):
            barriers.append(LineString(points))
    for tags, members in relations:
        if is_hidden(tags, stopping):
            continue
        if any(tags.get(k) in v for k, v in stopping["areas"].items()):
            lines = [[place[r] for r in nodes_of(m)] for m in members if m in ways]
            barriers += area([LineString(p) for p in lines if len(p) > 1])
        elif any(tags.get(k) in v for k, v in stopping["lines"].items()):
            lines = [[place[r] for r in nodes_of(m)] for m in members if m in ways]
            barriers += [LineString(p) for p in lines if len(p) > 1]
    return routes, place, barriers


def area(lines):
    """Return the area that rings enclose (even-odd) and the pieces left open."""
    faces, cuts, dangles, _ = polygonize_full(unary_union(lines))
    rings = [Polygon(face.exterior) for face in faces.geoms]
    whole = Polygon()
    for ring in sorted(rings, key=lambda r: -r.area):
        whole = whole.symmetric_difference(ring)
    rest = [*cuts.geoms, *dangles.geoms]
    return ([] if whole.is_empty else [whole]) + rest


class Network:
    """Edges between junctions, and the graph of the walk."""

    def __init__(self, routes, place):
        seen = Counter(ref for refs, _ in routes for ref in refs)
        ends = {ref for refs, _ in routes for ref in (refs[0], refs[-1])}
        junction = ends | {ref for ref, times in seen.items() if times > 1}
        self.edges = []  # (from, to, line, sense)
        for refs, sense in routes:
            start = 0
            for stop in range(1, len(refs)):
                if refs[stop] in junction:
                    line = LineString([place[r] for r in refs[start : stop + 1]])
                    self.edges.append((refs[start], refs[stop], line, sense))
                    start = stop
        self.lines = [line for _, _, line, _ in self.edges]
        self.graph = nx.MultiDiGraph()
        for number, (start, stop, line, sense) in enumerate(self.edges):
            self.graph.add_nodes_from([start, stop])
            if sense >= 0:
                self.graph.add_edge(start, stop, metres=line.length, edge=number)
            if sense <= 0:
                self.graph.add_edge(stop, start, metres=line.length, edge=number)
        self.fragment = [False] * len(self.edges)
        component = {}
        for k, nodes in enumerate(nx.weakly_connected_components(self.graph)):
            component |= dict.fromkeys(nodes, k)
        metres = defaultdict(float)
        for start, _, line, _ in self.edges:
            metres[component[start]] += line.length
        self.fragment = [metres[component[e[0]]] < FRAGMENT for e in self.edges]
        self.reverse = self.graph.reverse(copy=True)


# --- 3 places and legs --------------------------------------------------------


class Sight:
    """What stands where, and which legs a place has."""

    def __init__(self, network, footprints, barriers):
        self.network = network
        self.footprints, self.barriers = list(footprints), list(barriers)
        self.edge_tree = shapely.STRtree(network.lines)
        self.house_tree = shapely.STRtree(self.footprints)
        self.wall_tree = shapely.STRtree(self.barriers)

    def legs(self, place):
        """Return (candidates, flag, reason); a candidate is (edge, leg, along)."""
        for fragments in (False, True):
            found, flag, reason = self._once(place, fragments=fragments)
            if found:
                return found, "fragment" if fragments else flag, ""
        return [], "", reason

    def _once(self, place, *, fragments):
        lines, fragment = self.network.lines, self.network.fragment
        in_play = {
            int(e)
            for e in self.edge_tree.query(place.buffer(CAP + 1))
            if fragments or not fragment[e]
        }
        legs = []
        for edge in sorted(in_play):
            along = lines[edge].project(place)
            foot = lines[edge].interpolate(along)
            if place.distance(foot) <= CAP:
                legs.append((place.distance(foot), edge, along, foot))
        if not legs:
            return [], "", "too_far"
        legs.sort(key=lambda leg: leg[:2])
        free, seen = [], []
        for length, edge, along, foot in legs:
            inner = self._between(place, foot)
            if inner is not None and (
                self._meets_edge(inner, edge, in_play) or self._meets_wall(inner)
            ):
                continue
            free.append((edge, length, along))
            if inner is None or not self._meets_house(inner, place):
                seen.append((edge, length, along))
        if seen:
            return (seen[:1] if seen[0][1] <= ON_IT else seen), "", ""
        if free:
            return free[:1], "through_building", ""
        return [], "", "blocked"

    @staticmethod
    def _between(place, foot):
        leg = LineString([place, foot])
        if leg.length <= 2 * SKIN:
            return None
        return substring(leg, SKIN, leg.length - SKIN)

    def _meets_edge(self, inner, own, in_play):
        return any(
            int(e) != own
            and int(e) in in_play
            and self.network.lines[e].intersects(inner)
            for e in self.edge_tree.query(inner)
        )

    def _meets_wall(self, inner):
        near = self.wall_tree.query(inner)
        return any(self.barriers[w].intersects(inner) for w in near)

    def _meets_house(self, inner, place):
        return any(
            self.footprints[h].intersects(inner)
            for h in self.house_tree.query(inner)
            if self.footprints[h].distance(place) > SKIN
        )


class Compounds:
    """Gated compounds: who stands in which, and by which gates it is left."""

    def __init__(self, areas, gates):
        """Take areas as (code, name, shape) and gates as (compound, kind, point)."""
        self.shapes = [shape for _, _, shape in areas]
        self.gates = [[] for _ in areas]  # (place, who may pass)
        for named, kind, point in gates:
            near = [
                k for k, s in enumerate(self.shapes) if s.boundary.distance(point) <= 10
            ]
            meant = [k for k in near if areas[k][0] == named]
            meant = meant or [k for k in near if areas[k][1] == named or not named]
            if len(meant) == 1:
                edge = self.shapes[meant[0]].boundary
                place = edge.interpolate(edge.project(point))
                self.gates[meant[0]].append((place, who_passes(kind)))

    def walls(self):
        return [s.boundary for s, g in zip(self.shapes, self.gates, strict=True) if g]

    def around(self, place):
        """Return the gated compound that a place stands in, or None."""
        held = [
            k for k, shape in enumerate(self.shapes)
            if self.gates[k] and shape.intersects(place)
        ]  # fmt: skip
        return min(held, key=lambda k: (self.shapes[k].area, k), default=None)

    def legs(self, place, sight, *, passes):
        """Return (candidates, flag, reason) of a place, by the gates it may pass."""
        at = self.around(place)
        if at is None:
            return sight.legs(place)
        open_gates = [gate for gate, who in self.gates[at] if who in passes]
        if not open_gates:
            return [], "", "shut_in"
        found, flags, reasons = [], [], []
        for gate in open_gates:
            steps, flag, reason = sight.legs(gate)
            found += [(e, leg + place.distance(gate), on) for e, leg, on in steps]
            flags += [flag] if steps else []
            reasons += [] if steps else [reason]
        if not found:
            return [], "", min(reasons)
        return found, min(flags, key=["", "through_building", "fragment"].index), ""


def who_passes(kind):
    """Tell who passes a gate of a kind: everyone, residents or nobody."""
    columns = PRESETS.parent / "columns.toml"
    for entry in tomllib.loads(columns.read_text("utf-8"))["values"]["gate"]:
        if kind in entry.get("whole", []) or any(
            word in kind for word in entry["part"]
        ):
            return entry["who"] if kind else "everyone"
    return "everyone"


# --- 4 minutes ----------------------------------------------------------------


class Walks:
    """The least walk from any place to one station."""

    def __init__(self, network, candidates):
        self.edges, self.at = network.edges, candidates
        graph, start = network.reverse, object()
        graph.add_node(start)
        for edge, leg, along in candidates:
            for junction, way in self._ways(edge, along, arriving=True):
                graph.add_edge(start, junction, metres=leg + way)
        self.metres = nx.single_source_dijkstra_path_length(
            graph, start, weight="metres"
        )
        graph.remove_node(start)

    def _ways(self, edge, along, *, arriving):
        """Yield the ends of an edge one may come from, or go to, and how far."""
        a, b, line, sense = self.edges[edge]
        sense = -sense if arriving else sense
        rest = line.length - along
        if sense <= 0 or along == 0:  # who stands on a junction is on it
            yield a, along
        if sense >= 0 or rest == 0:
            yield b, rest

    def from_place(self, candidates):
        """Return the metres walked from these candidates to the station."""
        best = math.inf
        for edge, leg, along in candidates:
            for junction, way in self._ways(edge, along, arriving=False):
                best = min(best, leg + way + self.metres.get(junction, math.inf))
            sense = self.edges[edge][3]
            for other, far, there in self.at:
                if other == edge and (there - along) * sense >= 0:
                    best = min(best, leg + abs(there - along) + far)
        return best


def centre(shape):
    """Return the place of a point or a footprint."""
    return shape if isinstance(shape, Point) else shapely.point_on_surface(shape)

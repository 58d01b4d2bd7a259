"""The compiled search: trees that grow from the stations as far as the limit.

A tree is Dijkstra's over the forks, with a queue of buckets (Dial 1969): a
bucket lists the forks due within some seconds. A fork that becomes due earlier
is listed again, and its older entry is passed over. The search counts the time
*left* of the limit and a millisecond: 0 is out of reach, so that fresh scratch
is blank memory, and one comparison asks both "sooner?" and "in time?".

Inside the loops nothing is allocated and no array is bound anew; every thread
brings its own scratch. Node numbers are unsigned, which spares an index check.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoplan.compiler import compiled
from geoplan.walk.graph import FAR
from geoplan.walk.stretches import Stretches
from geoplan.walk.stretches.compiled import NONE

Array = NDArray[Any]

BUCKET = 14  #: a bucket is 2^14 ms wide, some twenty metres of walking
DONE, NO_ROWS, NO_ENTRIES = 0, 1, 2  #: how a span ended: done, or room ran out
_NEXT = np.uint32(1)
_FORKS, _ENTRIES, _BUCKETS, _NEAR, _OWN, _MET = range(6)  # what a tally counts


class Scratch(NamedTuple):
    """What one thread needs to search; blank between stations."""

    tally: Array  #: how much is in use of each of the lists below
    left: Array  #: time left at each fork
    touched: Array  #: forks reached
    bucket: Array  #: entry on top of each bucket
    entry: Array  #: listed forks, shape (n, 4): fork, time left, entry below, –
    #: time left at each node on a stretch where the tree begins; 0, then by node
    near_left: Array
    near: Array  #: those nodes
    own: Array  #: whether the tree begins on a stretch
    beside: Array  #: whether it does on one that begins at a fork: 1, else 0
    owned: Array  #: the stretches that it begins on
    node: Array  #: nodes still to look at, with their time left; later those reached
    node_ms: Array
    best: Array  #: most time left of each thing
    by: Array  #: spot that it leaves by
    met: Array  #: things reached


def scratch(net: Stretches, *, entries: int) -> Scratch:
    """Return what one thread needs for the trees of a network, blank."""
    nodes, forks, stretches = len(net.fork), len(net.at) - 1, len(net.ends)
    most = len(net.head) + nodes + 1
    return Scratch(
        tally=np.zeros(6, np.uint32),
        left=np.zeros(forks, np.int32),
        touched=np.empty(forks, np.uint32),
        bucket=np.empty(0, np.uint32),
        entry=np.empty((entries, 4), np.uint32),
        near_left=np.zeros(nodes + 1, np.int32),
        near=np.empty(nodes, np.uint32),
        own=np.zeros(stretches, np.bool_),
        beside=np.zeros(forks, np.int8),
        owned=np.empty(stretches, np.uint32),
        node=np.empty(most, np.uint32),
        node_ms=np.empty(most, np.int32),
        best=np.empty(0, np.int32),
        by=np.empty(0, np.uint32),
        met=np.empty(0, np.uint32),
    )


def fitted(room: Scratch, *, things: int, limit: int) -> Scratch:
    """Return scratch with what the limit and the things need."""
    return room._replace(
        bucket=np.full(((limit + 1) >> BUCKET) + 1, NONE, np.uint32),
        best=np.zeros(things, np.int32),
        by=np.empty(things, np.uint32),
        met=np.empty(things, np.uint32),
    )


@compiled
def _begin(net, seeds, station, limit, room):
    """Walk from a station to the first forks; return whether there is room."""
    seed_start, seed_node, seed_ms = seeds
    start, head, cost, fork_of, stretch_of, ends = net[:6]
    tally, left, touched, bucket, entry = room[:5]
    near_left, near, own, beside, owned, node, rest = room[5:12]
    count = row = used = nears = owns = np.uint32(0)
    # on a stretch there is one way from anywhere to each end
    if 2 * (seed_start[station + 1] - seed_start[station]) > len(entry):
        return False
    for seed in range(seed_start[station], seed_start[station + 1]):
        node[0], rest[0] = seed_node[seed], max(limit + 1 - seed_ms[seed], 0)
        top = np.uint32(1)
        while top > 0:
            top -= _NEXT
            v, more = node[top], rest[top]
            fork = fork_of[v]
            if fork != NONE:
                if more > left[fork]:
                    if left[fork] == 0:
                        touched[count] = fork
                        count += _NEXT
                    left[fork] = more
                    at = np.uint32(more >> BUCKET)
                    entry[row, 0], entry[row, 1], entry[row, 2] = fork, more, bucket[at]
                    bucket[at] = row
                    row += _NEXT
                    used = max(used, np.uint32(len(bucket) - at))
            elif more > near_left[v + _NEXT]:
                if near_left[v + _NEXT] == 0:
                    near[nears] = v
                    nears += _NEXT
                    stretch = stretch_of[v]
                    if not own[stretch]:
                        own[stretch] = True
                        beside[ends[stretch, 0]] = 1
                        owned[owns] = stretch
                        owns += _NEXT
                near_left[v + _NEXT] = more
                for arc in range(start[v], start[v + _NEXT]):
                    node[top], rest[top] = head[arc], more - cost[arc]
                    top += _NEXT
    tally[_FORKS], tally[_ENTRIES], tally[_BUCKETS] = count, row, used
    tally[_NEAR], tally[_OWN] = nears, owns
    return True


@compiled
def _grow(net, seeds, station, limit, room):
    """Grow the tree of a station over the forks; return whether there is room."""
    if not _begin(net, seeds, station, limit, room):
        return False
    begins, arc = net.at, net.arc
    left, touched, bucket, entry = room.left, room.touched, room.bucket, room.entry
    count, row = room.tally[_FORKS], room.tally[_ENTRIES]
    space, buckets, used = len(entry), len(bucket), np.int64(room.tally[_BUCKETS])
    back = 0
    while back < used:
        back += 1
        now = np.uint32(buckets - back)
        while bucket[now] != NONE:
            first = bucket[now]
            u, mine = entry[first, 0], np.int32(entry[first, 1])
            bucket[now] = entry[first, 2]
            if mine != left[u]:
                continue
            begin, end = begins[u, 1], begins[u + _NEXT, 1]
            if row + (end - begin) > space:
                bucket[:] = NONE
                room.tally[_FORKS] = count
                return False
            for i in range(begin, end):
                v = arc[i, 0]
                more = mine - np.int32(arc[i, 1])
                known = left[v]
                if more > known:
                    if known == 0:
                        touched[count] = v
                        count += _NEXT
                    left[v] = more
                    at = np.uint32(more >> BUCKET)
                    entry[row, 0], entry[row, 1] = v, more
                    entry[row, 2] = bucket[at]
                    bucket[at] = row
                    row += _NEXT
                    used = max(used, buckets - np.int64(at))
    room.tally[_FORKS] = count
    return True


@compiled
def _spread(net, room, limit, node, ms, at):
    """Write the nodes that a grown tree reaches, from row ``at``; return the next.

    A member is written by the fork at its first end, else by that at its last,
    else, near the station and with neither in reach, by itself.
    """
    ends, begins, _, last_start, last, member_start, member = net[5:]
    _, left, touched, _, _, near_left, _, _, beside, owned = room[:10]
    for i in range(room.tally[_FORKS]):
        fork = touched[i]
        here, near = left[fork], -np.int64(beside[fork])
        node[at], ms[at] = begins[fork, 0], limit + 1 - here
        at += 1
        for m in range(begins[fork, 2], begins[fork + _NEXT, 2]):
            v = member[m, 0]
            more = max(here - member[m, 1], left[member[m, 2]] - member[m, 3])
            more = max(more, near_left[np.uint64((v + 1) & near)])
            node[at], ms[at] = v, limit + 1 - more
            at += more > 0
        if here > begins[fork, 3]:
            continue
        for row in range(last_start[fork], last_start[fork + _NEXT]):
            stretch = last[row]
            if left[ends[stretch, 0]] > 0:
                continue
            for m in range(member_start[stretch], member_start[stretch + _NEXT]):
                v = member[m, 0]
                more = max(here - member[m, 3], near_left[v + 1])
                node[at], ms[at] = v, limit + 1 - more
                at += more > 0
    for i in range(room.tally[_OWN]):
        stretch = owned[i]
        if left[ends[stretch, 0]] > 0 or left[ends[stretch, 1]] > 0:
            continue
        for m in range(member_start[stretch], member_start[stretch + _NEXT]):
            more = near_left[member[m, 0] + 1]
            node[at], ms[at] = member[m, 0], limit + 1 - more
            at += more > 0
    return at


@compiled
def _clear(net, room):
    """Make the scratch blank again."""
    tally = room.tally
    for i in range(tally[_FORKS]):
        room.left[room.touched[i]] = 0
    for i in range(tally[_NEAR]):
        room.near_left[room.near[i] + _NEXT] = 0
    for i in range(tally[_OWN]):
        room.own[room.owned[i]] = False
        room.beside[net.ends[room.owned[i], 0]] = 0
    tally[:] = 0


@compiled
def reach_nodes(net, seeds, span, limit, room, rows, out, at):
    """Write the nodes within the limit of each station of a span, from row ``at``.

    A span is an order of the stations, and a piece of it. ``rows`` gets each
    station's number of rows. Returns the place in the order that it stopped at,
    the next free row, and how it ended.
    """
    node, ms = out
    order, first, last = span
    for turn in range(first, last):
        station = order[turn]
        if at + len(net.fork) > len(node):
            return turn, at, NO_ROWS
        whole = _grow(net, seeds, station, limit, room)
        if whole:
            end = _spread(net, room, limit, node, ms, at)
            rows[station], at = end - at, end
        _clear(net, room)
        if not whole:
            return turn, at, NO_ENTRIES
    return last, at, DONE


@compiled
def _arrive(thing, spot, left, room):
    """Note that a thing leaves by a spot with so much time left."""
    if left < room.best[thing] or left <= 0:
        return
    if room.best[thing] == 0:
        room.met[room.tally[_MET]] = thing
        room.tally[_MET] += _NEXT
    elif left == room.best[thing] and spot >= room.by[thing]:
        return
    room.best[thing], room.by[thing] = left, spot


@compiled
def _meet(targets, nodes, limit, room):
    """Find the things that step on some nodes."""
    spot_start, spots, spot_ms, owner = targets
    for i in range(nodes):
        v, left = room.node[i], limit + 1 - room.node_ms[i]
        for row in range(spot_start[v], spot_start[v + _NEXT]):
            spot = spots[row]
            _arrive(owner[spot], spot, left - spot_ms[row], room)


@compiled
def _meet_on_edges(seeds_on, beside, rates, station, limit, room):
    """Find the things that step on the same edges as a station."""
    seed_start, seed_edge, seed_share, seed_leg = seeds_on
    edge_start, edge_spot, owner, share, leg = beside
    for seed in range(seed_start[station], seed_start[station + 1]):
        edge = seed_edge[seed]
        for row in range(edge_start[edge], edge_start[edge + _NEXT]):
            spot = edge_spot[row]
            ahead = seed_share[seed] - share[spot]
            rate = rates[0][edge] if ahead > 0 else rates[1][edge]
            if ahead != 0 and rate == FAR:
                continue
            along = np.int64(np.rint(abs(ahead) * rate))
            left = limit + 1 - (along + seed_leg[seed] + leg[spot])
            _arrive(owner[spot], spot, left, room)


@compiled
def reach_things(net, seeds, targets, nearby, span, limit, room, rows, out, at):
    """Write the things within the limit of each station of a span, from row ``at``.

    As :func:`reach_nodes`; ``net`` holds the nodes alone that things step on,
    ``nearby`` what is looked up by edge: of the stations, of the things, rates.
    """
    thing_of, ms, by = out
    seeds_on, beside, rates = nearby
    best, spot_of, met = room[12:]
    order, first, last = span
    for turn in range(first, last):
        station = order[turn]
        if at + len(room.best) > len(ms):
            return turn, at, NO_ROWS
        whole = _grow(net, seeds, station, limit, room)
        if whole:
            nodes = _spread(net, room, limit, room.node, room.node_ms, 0)
            _meet(targets, nodes, limit, room)
            _meet_on_edges(seeds_on, beside, rates, station, limit, room)
            count = room.tally[_MET]
            for i in range(count):
                thing = met[i]
                thing_of[at], ms[at] = thing, limit + 1 - best[thing]
                by[at] = spot_of[thing]
                best[thing] = 0
                at += 1
            rows[station] = count
        _clear(net, room)
        if not whole:
            return turn, at, NO_ENTRIES
    return last, at, DONE


@compiled
def put(order, span, start, part, whole):
    """Copy the rows of the stations of a span to their places in the whole answer."""
    at = 0
    for turn in range(span[0], span[1]):
        first, end = start[order[turn]], start[order[turn] + 1]
        for row in range(first, end):
            whole[row] = part[at + row - first]
        at += end - first

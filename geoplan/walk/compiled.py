"""The compiled search: trees that grow from the stations as far as the limit.

A tree is Dijkstra's, with a queue of buckets (Dial 1969): a bucket lists the
nodes due within some seconds. A node that becomes due earlier is listed again,
and its older entry is passed over. Inside the loops nothing is allocated and no
array is bound anew; every thread brings its own scratch. Node numbers are
unsigned, which spares an index check.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.compiler import compiled
from geoplan.walk.graph import FAR

Array = NDArray[Any]

BUCKET = 13  #: a bucket is 2^13 ms wide, some ten metres of walking
DONE, NO_ROWS, NO_ENTRIES = 0, 1, 2  #: how a span ended: done, or room ran out
_NONE = np.uint32(2**32 - 1)  # the end of a list
_NEXT = np.uint32(1)


def scratch(nodes: int, things: int, *, limit: int, entries: int) -> tuple[Array, ...]:
    """Return what one thread needs to search, clean."""
    return (
        np.full(nodes, FAR, np.int32),  # time of each node
        np.empty(nodes, np.uint32),  # nodes touched
        np.full((limit >> BUCKET) + 1, _NONE, np.uint32),  # first entry of a bucket
        np.empty(entries, np.uint32),  # next entry in the bucket
        np.empty(entries, np.uint32),  # node of an entry
        np.empty(entries, np.int32),  # its time when it was listed
        np.full(things, FAR, np.int32),  # time of each thing
        np.empty(things, np.uint32),  # spot that each thing leaves by
        np.empty(things, np.uint32),  # things touched
    )


@compiled
def _list(v, due, at, bucket, after, node, time, entry):
    """List a node in a bucket; return the next free entry."""
    node[entry], time[entry] = v, due
    after[entry] = bucket[at]
    bucket[at] = entry
    return entry + _NEXT


@compiled
def _grow(arcs, seeds, station, limit, scratch):
    """Grow the tree of a station.

    Returns how many nodes it touches, and whether there were entries enough.
    """
    start, head, cost = arcs
    seed_start, seed_node, seed_ms = seeds
    dist, touched, bucket, after, node, time = scratch
    room = len(node) - 1
    count, entry = np.uint32(0), np.uint32(0)
    for seed in range(seed_start[station], seed_start[station + 1]):
        v, due = seed_node[seed], seed_ms[seed]
        if due <= limit and due < dist[v] and entry < room:
            if dist[v] == FAR:
                touched[count] = v
                count += _NEXT
            dist[v] = due
            entry = _list(v, due, due >> BUCKET, bucket, after, node, time, entry)
    for now in range(len(bucket)):
        while bucket[now] != _NONE:
            first = bucket[now]
            bucket[now] = after[first]
            u, gone = node[first], time[first]
            if gone != dist[u]:
                continue
            for arc in range(start[u], start[u + _NEXT]):
                due = gone + cost[arc]
                v = head[arc]
                if due < dist[v] and due <= limit:
                    if dist[v] == FAR:
                        touched[count] = v
                        count += _NEXT
                    dist[v] = due
                    at = due >> BUCKET
                    entry = _list(v, due, at, bucket, after, node, time, entry)
                    if entry >= room:
                        bucket[:] = _NONE
                        return count, False
    return count, True


@compiled
def reach_nodes(arcs, seeds, span, limit, scratch, out, at):
    """Write the nodes within the limit of each station of a span, from row ``at``.

    Returns the station it stopped at, the next free row, and how it ended.
    """
    dist, touched = scratch[0], scratch[1]
    out_station, out_node, out_ms = out
    for station in range(span[0], span[1]):
        count, whole = _grow(arcs, seeds, station, limit, scratch[:6])
        fits = whole and at + count <= len(out_ms)
        for i in range(count):
            v = touched[i]
            if fits:
                out_station[at], out_node[at], out_ms[at] = station, v, dist[v]
                at += 1
            dist[v] = FAR
        if not fits:
            return station, at, NO_ROWS if whole else NO_ENTRIES
    return span[1], at, DONE


@compiled
def _arrive(due, spot, thing, count, limit, best, by, met):
    """Note that a thing can leave by a spot; return how many things are met."""
    if due > limit or due > best[thing]:
        return count
    if due == best[thing] and spot >= by[thing]:
        return count
    if best[thing] == FAR:
        met[count] = thing
        count += _NEXT
    best[thing], by[thing] = due, spot
    return count


@compiled
def _meet(seeds_on, targets, rates, station, limit, scratch, touched_nodes):
    """Find the things of a tree that has grown; return how many are met."""
    node_start, node_spot, node_ms, edge_start, edge_spot, owner, share, leg = targets
    dist, touched, best, by, met = scratch
    count = np.uint32(0)
    for i in range(touched_nodes):
        v = touched[i]
        gone = dist[v]
        for row in range(node_start[v], node_start[v + _NEXT]):
            more = node_ms[row]
            if more <= limit - gone:
                spot = node_spot[row]
                count = _arrive(
                    gone + more, spot, owner[spot], count, limit, best, by, met
                )
    seed_start, seed_edge, seed_share, seed_leg = seeds_on
    for seed in range(seed_start[station], seed_start[station + 1]):
        edge = seed_edge[seed]
        for row in range(edge_start[edge], edge_start[edge + _NEXT]):
            spot = edge_spot[row]
            ahead = seed_share[seed] - share[spot]
            rate = rates[0][edge] if ahead > 0 else rates[1][edge]
            if ahead != 0 and rate == FAR:
                continue
            along = np.int64(np.rint(abs(ahead) * rate))
            due = along + seed_leg[seed] + leg[spot]
            if due <= limit:
                count = _arrive(
                    np.int32(due), spot, owner[spot], count, limit, best, by, met
                )
    return count


@compiled
def reach_things(arcs, rates, seeds, seeds_on, targets, span, limit, scratch, out, at):
    """Write the things within the limit of each station of a span, from row ``at``.

    Returns the station it stopped at, the next free row, and how it ended.
    """
    dist, touched = scratch[0], scratch[1]
    best, by, met = scratch[6], scratch[7], scratch[8]
    out_station, out_thing, out_ms, out_spot = out
    for station in range(span[0], span[1]):
        nodes, whole = _grow(arcs, seeds, station, limit, scratch[:6])
        count = np.uint32(0)
        if whole:
            found = (dist, touched, best, by, met)
            count = _meet(seeds_on, targets, rates, station, limit, found, nodes)
        fits = whole and at + count <= len(out_ms)
        for i in range(count):
            thing = met[i]
            if fits:
                out_station[at], out_thing[at] = station, thing
                out_ms[at], out_spot[at] = best[thing], by[thing]
                at += 1
            best[thing] = FAR
        for i in range(nodes):
            dist[touched[i]] = FAR
        if not fits:
            return station, at, NO_ROWS if whole else NO_ENTRIES
    return span[1], at, DONE


@compiled
def nearest_nodes(arcs, seeds, dist, who, bucket, entries):
    """Label every node with its nearest station; equal times, the earlier one.

    The buckets follow one another in a ring that is longer than any arc and any
    seed. A node whose time stays but whose station changes is listed again, so
    that the change spreads. Returns whether there were entries enough.
    """
    start, head, cost = arcs
    seed_start, seed_node, seed_ms = seeds
    after, node, time, free = entries
    ring, room = len(bucket), len(node)
    spare = room
    for i in range(room):
        free[i] = room - 1 - i
    for station in range(len(seed_start) - 1):
        for seed in range(seed_start[station], seed_start[station + 1]):
            v, due = seed_node[seed], seed_ms[seed]
            if due < dist[v]:
                dist[v], who[v] = due, station
                spare -= 1
                at = (due >> BUCKET) % ring
                _list(v, due, at, bucket, after, node, time, free[spare])
    now = empty = 0
    while empty < ring:
        first = bucket[now]
        if first == _NONE:
            now = now + 1 if now + 1 < ring else 0
            empty += 1
            continue
        empty = 0
        bucket[now] = after[first]
        free[spare] = first
        spare += 1
        u, gone = node[first], time[first]
        if gone != dist[u]:
            continue
        mine = who[u]
        for arc in range(start[u], start[u + _NEXT]):
            v = head[arc]
            due = gone + cost[arc]
            if due < dist[v] or (due == dist[v] and mine < who[v]):
                if spare == 0:
                    return False
                dist[v], who[v] = due, mine
                spare -= 1
                at = (due >> BUCKET) % ring
                _list(v, due, at, bucket, after, node, time, free[spare])
    return True


def ring(longest: int, entries: int) -> tuple[Array, tuple[Array, ...]]:
    """Return a ring of buckets for arcs up to a length, and entries to list."""
    kinds = (np.uint32, np.uint32, np.int32, np.uint32)
    buckets = np.full((longest >> BUCKET) + 2, _NONE, np.uint32)
    return buckets, tuple(np.empty(entries, kind) for kind in kinds)

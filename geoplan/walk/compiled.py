"""The compiled search: trees that grow from the stations as far as the limit.

A tree is Dijkstra's, with a queue of buckets (Dial 1969): a bucket holds the
nodes due within some seconds, as a list linked through the nodes themselves, so
that a node that becomes due earlier changes its bucket and none is queued twice.
Inside the loops nothing is allocated and no array is bound anew; every thread
brings its own scratch. Node numbers are unsigned, which spares an index check.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.compiler import compiled
from geoplan.walk.graph import FAR

Array = NDArray[Any]

BUCKET = 13  #: a bucket is 2^13 ms wide, some ten metres of walking
_NONE = np.uint32(2**32 - 1)  # the end of a list
_OUT = np.uint32(2**32 - 2)  # of a node that is in no bucket
_NEXT = np.uint32(1)


def scratch(nodes: int, things: int, *, limit: int) -> tuple[Array, ...]:
    """Return what one thread needs to search, clean."""
    return (
        np.full(nodes, FAR, np.int32),  # time of each node
        np.full(nodes, _OUT, np.uint32),  # next in its bucket
        np.full(nodes, _OUT, np.uint32),  # previous in its bucket
        np.full((limit >> BUCKET) + 1, _NONE, np.uint32),  # first of each bucket
        np.empty(nodes, np.uint32),  # nodes touched
        np.full(things, FAR, np.int32),  # time of each thing
        np.empty(things, np.uint32),  # spot that each thing leaves by
        np.empty(things, np.uint32),  # things touched
    )


@compiled
def _unqueue(v, place, after, before, bucket):
    """Take a node out of the bucket it is in, if it is in one."""
    if after[v] == _OUT:
        return
    left, right = before[v], after[v]
    if left == _NONE:
        bucket[place] = right
    else:
        after[left] = right
    if right != _NONE:
        before[right] = left


@compiled
def _queue(v, place, after, before, bucket):
    """Put a node that is in no bucket at the head of one."""
    right = bucket[place]
    after[v], before[v] = right, _NONE
    if right != _NONE:
        before[right] = v
    bucket[place] = v


@compiled
def _grow(arcs, seeds, station, limit, scratch):
    """Grow the tree of a station; return how many nodes it touches."""
    start, head, cost = arcs
    seed_start, seed_node, seed_ms = seeds
    dist, after, before, bucket, touched = scratch
    count = np.uint32(0)
    queued = 0
    for seed in range(seed_start[station], seed_start[station + 1]):
        v, due = seed_node[seed], seed_ms[seed]
        if due <= limit and due < dist[v]:
            if dist[v] == FAR:
                touched[count] = v
                count += _NEXT
                queued += 1
            _unqueue(v, dist[v] >> BUCKET, after, before, bucket)
            dist[v] = due
            _queue(v, due >> BUCKET, after, before, bucket)
    now = 0
    while queued > 0:
        u = bucket[now]
        if u == _NONE:
            now += 1
            continue
        right = after[u]
        bucket[now] = right
        if right != _NONE:
            before[right] = _NONE
        after[u] = _OUT
        queued -= 1
        gone = dist[u]
        for arc in range(start[u], start[u + _NEXT]):
            due = gone + cost[arc]
            if due <= limit:
                v = head[arc]
                if due < dist[v]:
                    if dist[v] == FAR:
                        touched[count] = v
                        count += _NEXT
                        queued += 1
                    elif after[v] == _OUT:
                        queued += 1
                    else:
                        _unqueue(v, dist[v] >> BUCKET, after, before, bucket)
                    dist[v] = due
                    _queue(v, due >> BUCKET, after, before, bucket)
    return count


@compiled
def reach_nodes(arcs, seeds, span, limit, scratch, out):
    """Write the nodes within the limit of each station of a span.

    Returns the first station that did not fit, and how many rows are written.
    """
    dist, touched = scratch[0], scratch[4]
    out_station, out_node, out_ms = out
    at = 0
    for station in range(span[0], span[1]):
        count = _grow(arcs, seeds, station, limit, scratch[:5])
        fits = at + count <= len(out_ms)
        for i in range(count):
            v = touched[i]
            if fits:
                out_station[at], out_node[at], out_ms[at] = station, v, dist[v]
                at += 1
            dist[v] = FAR
        if not fits:
            return station, at
    return span[1], at


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
def reach_things(arcs, rates, seeds, seeds_on, targets, span, limit, scratch, out):
    """Write the things within the limit of each station of a span.

    Returns the first station that did not fit, and how many rows are written.
    """
    dist, touched, best, by, met = (
        scratch[0],
        scratch[4],
        scratch[5],
        scratch[6],
        scratch[7],
    )
    out_station, out_thing, out_ms, out_spot = out
    at = 0
    for station in range(span[0], span[1]):
        nodes = _grow(arcs, seeds, station, limit, scratch[:5])
        found = (dist, touched, best, by, met)
        count = _meet(seeds_on, targets, rates, station, limit, found, nodes)
        fits = at + count <= len(out_ms)
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
            return station, at
    return span[1], at


@compiled
def nearest_nodes(arcs, seeds, ring, dist, who, after, bucket):
    """Label every node with its nearest station; equal times, the earlier one.

    ``ring`` buckets follow one another in a circle that is longer than any arc
    and any seed. A node whose time stays but whose station changes is queued
    again, so that the change spreads.
    """
    start, head, cost = arcs
    seed_start, seed_node, seed_ms = seeds
    before = np.full(len(dist), _OUT, np.uint32)
    queued = 0
    for station in range(len(seed_start) - 1):
        for seed in range(seed_start[station], seed_start[station + 1]):
            v, due = seed_node[seed], seed_ms[seed]
            if due != FAR and due < dist[v]:
                queued += after[v] == _OUT
                _unqueue(v, (dist[v] >> BUCKET) % ring, after, before, bucket)
                dist[v] = due
                _queue(v, (due >> BUCKET) % ring, after, before, bucket)
                who[v] = station
    now = 0
    while queued > 0:
        u = bucket[now % ring]
        if u == _NONE:
            now += 1
            continue
        right = after[u]
        bucket[now % ring] = right
        if right != _NONE:
            before[right] = _NONE
        after[u] = _OUT
        queued -= 1
        for arc in range(start[u], start[u + _NEXT]):
            v = head[arc]
            due = dist[u] + cost[arc]
            if due < dist[v] or (due == dist[v] and who[u] < who[v]):
                queued += after[v] == _OUT
                _unqueue(v, (dist[v] >> BUCKET) % ring, after, before, bucket)
                dist[v] = due
                _queue(v, (due >> BUCKET) % ring, after, before, bucket)
                who[v] = who[u]


def rings(nodes: int, ring: int) -> tuple[Array, Array]:
    """Return clean links of nodes, and a ring of buckets."""
    return np.full(nodes, _OUT, np.uint32), np.full(ring, _NONE, np.uint32)

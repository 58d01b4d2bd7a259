"""The compiled labels: the nearest station of every node, or the nearest few.

A label is a time and a station in one number, so that the smaller label is the
sooner one and, of equal times, that of the earlier station. Queues are buckets as
in :mod:`geoplan.walk.compiled`, one after another in a ring that is longer than
any arc. A node that gets a smaller label is listed again, so that the change
spreads; an entry whose label is no longer there is passed over.
"""

import numpy as np

from geoplan.compiler import compiled
from geoplan.walk.compiled import BUCKET
from geoplan.walk.graph import FAR
from geoplan.walk.stretches.compiled import NONE

TIME = np.uint64(32)  #: a label's time stands above its station, so many bits
NEVER = np.uint64(FAR) << TIME  #: no station
_DUE = np.uint64(32 + BUCKET)  # … and its bucket
_NEXT = np.uint32(1)


@compiled
def first_labels(net, seeds, labels, fork_labels, stack):
    """Label the stretches that stations stand on, and the forks at their ends.

    Returns the largest time of a fork, ms.
    """
    start, head, cost, fork_of = net[:4]
    seed_start, seed_node, seed_ms = seeds
    node, label = stack
    for station in range(len(seed_start) - 1):
        for seed in range(seed_start[station], seed_start[station + 1]):
            node[0] = seed_node[seed]
            label[0] = (np.uint64(seed_ms[seed]) << TIME) + np.uint64(station)
            top = np.uint32(1)
            while top > 0:
                top -= _NEXT
                v, mine = node[top], label[top]
                fork = fork_of[v]
                if fork != NONE:
                    fork_labels[fork] = min(fork_labels[fork], mine)
                elif mine < labels[v]:
                    labels[v] = mine
                    for arc in range(start[v], start[v + _NEXT]):
                        node[top] = head[arc]
                        label[top] = mine + (np.uint64(cost[arc]) << TIME)
                        top += _NEXT
    longest = np.uint64(0)
    for fork in range(len(fork_labels)):
        if fork_labels[fork] < NEVER:
            longest = max(longest, fork_labels[fork])
    return np.int64(longest >> TIME)


@compiled
def nearest_forks(net, labels, bucket, entry):
    """Spread the labels over the forks; return whether there were entries enough."""
    begins, arc = net.at, net.arc
    ring, room = np.uint64(len(bucket)), len(entry)
    row = np.uint32(0)
    for fork in range(len(labels)):
        if labels[fork] < NEVER:
            at = labels[fork] >> _DUE
            entry[row, 0], entry[row, 1], entry[row, 2] = labels[fork], fork, bucket[at]
            bucket[at] = row
            row += _NEXT
    now = empty = np.uint64(0)
    while empty < ring:
        first = bucket[now]
        if first == NONE:
            now = now + _NEXT if now + _NEXT < ring else np.uint64(0)
            empty += _NEXT
            continue
        empty = np.uint64(0)
        mine, u = entry[first, 0], entry[first, 1]
        bucket[now] = entry[first, 2]
        if mine != labels[u]:
            continue
        begin, end = begins[u, 1], begins[u + _NEXT, 1]
        if row + (end - begin) > room:
            return False
        for i in range(begin, end):
            v = arc[i, 0]
            due = mine + (np.uint64(arc[i, 1]) << TIME)
            if due < labels[v]:
                labels[v] = due
                at = (due >> _DUE) % ring
                entry[row, 0], entry[row, 1], entry[row, 2] = due, v, bucket[at]
                bucket[at] = row
                row += _NEXT
    return True


@compiled
def spread(net, labels, fork_labels):
    """Carry the labels of the forks to the nodes."""
    begins, member = net.at, net.member
    for fork in range(len(fork_labels)):
        here = fork_labels[fork]
        labels[begins[fork, 0]] = here
        for m in range(begins[fork, 2], begins[fork + 1, 2]):
            v = member[m, 0]
            there = fork_labels[member[m, 2]] + (np.uint64(member[m, 3]) << TIME)
            best = min(here + (np.uint64(member[m, 1]) << TIME), there)
            labels[v] = min(labels[v], best, NEVER)


@compiled
def _place(labels, due):
    """Put a label among those of a node, one a station; return whether it is new."""
    at = len(labels) - 1
    if due >= labels[at]:
        return False
    for i in range(at):
        if np.uint32(labels[i]) == np.uint32(due) and labels[i] < NEVER:
            at = i
    if labels[at] <= due:
        return False
    while at > 0 and due < labels[at - 1]:
        labels[at] = labels[at - 1]
        at -= 1
    labels[at] = due
    return True


@compiled
def nearest_few(arcs, seeds, labels, bucket, entry):
    """Label every node with its nearest stations, shape (n_nodes, count).

    Returns whether there were entries enough.
    """
    start, head, cost = arcs
    seed_start, seed_node, seed_ms = seeds
    ring, room = np.uint64(len(bucket)), len(entry)
    row = np.uint32(0)
    for station in range(len(seed_start) - 1):
        for seed in range(seed_start[station], seed_start[station + 1]):
            v = seed_node[seed]
            due = (np.uint64(seed_ms[seed]) << TIME) + np.uint64(station)
            if due < NEVER and _place(labels[v], due):
                at = due >> _DUE
                entry[row, 0], entry[row, 1], entry[row, 2] = due, v, bucket[at]
                bucket[at] = row
                row += _NEXT
    now = empty = np.uint64(0)
    while empty < ring:
        first = bucket[now]
        if first == NONE:
            now = now + _NEXT if now + _NEXT < ring else np.uint64(0)
            empty += _NEXT
            continue
        empty = np.uint64(0)
        mine, u = entry[first, 0], entry[first, 1]
        bucket[now] = entry[first, 2]
        known = False
        for i in range(labels.shape[1]):
            known |= labels[u, i] == mine
        if not known:
            continue
        if row + (start[u + _NEXT] - start[u]) > room:
            return False
        for arc in range(start[u], start[u + _NEXT]):
            v, due = head[arc], mine + (np.uint64(cost[arc]) << TIME)
            if due < NEVER and _place(labels[v], due):
                at = (due >> _DUE) % ring
                entry[row, 0], entry[row, 1], entry[row, 2] = due, v, bucket[at]
                bucket[at] = row
                row += _NEXT
    return True

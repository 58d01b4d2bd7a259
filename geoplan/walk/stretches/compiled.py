"""The compiled contraction: dead ends are peeled off, chains walked from fork to fork.

A cost that is FAR says that an arc cannot be walked that way. The network is
looked at without regard to direction, so that one-way arcs make no other forks.
"""

import numpy as np

from geoplan.compiler import compiled
from geoplan.walk.graph import FAR

NONE = np.uint32(2**32 - 1)  #: no fork, no stretch, the end of a list
_NEXT = np.uint32(1)


@compiled
def both_ways(start, head, cost):
    """Return the arcs with the cost back, and one more where there is no way back."""
    nodes = len(start) - 1
    back = np.full(len(head), FAR, np.int32)
    more = np.zeros(nodes + 1, np.uint32)
    for u in range(nodes):
        for arc in range(start[u], start[u + 1]):
            v = head[arc]
            for other in range(start[v], start[v + _NEXT]):
                if head[other] == u:
                    back[arc] = cost[other]
            if back[arc] == FAR:
                more[v + _NEXT] += _NEXT
    first = np.empty(nodes + 1, np.uint32)
    free = np.empty(nodes + 1, np.uint32)
    added = np.uint32(0)
    for u in range(nodes + 1):
        added += more[u]
        first[u] = free[u] = start[u] + added
    arcs = np.empty((first[nodes], 3), np.uint32)
    for u in range(nodes):
        for arc in range(start[u], start[u + 1]):
            v, row = head[arc], free[u]
            arcs[row, 0], arcs[row, 1], arcs[row, 2] = v, cost[arc], back[arc]
            free[u] += _NEXT
            if back[arc] == FAR:
                row = free[v]
                arcs[row, 0], arcs[row, 1], arcs[row, 2] = u, FAR, cost[arc]
                free[v] += _NEXT
    return first, arcs


@compiled
def peel(start, arcs):
    """Return the nodes of dead ends, outermost first, and each one's ways that stay.

    Of a part of the network that is all dead ends, one node stays.
    """
    nodes = len(start) - 1
    ways = np.empty(nodes, np.int32)
    peeled = np.zeros(nodes, np.bool_)
    queue = np.empty(nodes, np.uint32)
    order = np.empty(nodes, np.uint32)
    queued = done = count = 0
    for u in range(nodes):
        ways[u] = start[u + 1] - start[u]
        if ways[u] == 1:
            queue[queued] = u
            queued += 1
    while done < queued:
        x = queue[done]
        done += 1
        if ways[x] != 1:
            continue
        peeled[x] = True
        order[count] = x
        count += 1
        for arc in range(start[x], start[x + _NEXT]):
            y = arcs[arc, 0]
            if not peeled[y]:
                ways[y] -= 1
                if ways[y] == 1:
                    queue[queued] = y
                    queued += 1
    return order[:count], peeled, ways


@compiled
def _flood(start, arcs, peeled, seen, stack, top):
    """Mark what hangs together with the nodes on a stack."""
    while top > 0:
        top -= 1
        x = stack[top]
        for arc in range(start[x], start[x + _NEXT]):
            y = arcs[arc, 0]
            if not seen[y] and not peeled[y]:
                seen[y] = True
                stack[top] = y
                top += 1


@compiled
def forks(start, arcs, peeled, ways):
    """Return whether ways fork at each node; of a ring without forks, at its first."""
    nodes = len(start) - 1
    fork = np.zeros(nodes, np.bool_)
    seen = np.zeros(nodes, np.bool_)
    stack = np.empty(nodes, np.uint32)
    top = 0
    for u in range(nodes):
        if not peeled[u] and ways[u] != 2:  # noqa: PLR2004  a chain's node has two
            fork[u] = seen[u] = True
            stack[top] = u
            top += 1
    _flood(start, arcs, peeled, seen, stack, top)
    for u in range(nodes):
        if not seen[u] and not peeled[u]:
            fork[u] = seen[u] = True
            stack[0] = u
            _flood(start, arcs, peeled, seen, stack, 1)
    return fork


@compiled
def _plus(one, other):
    """Return the sum of two costs, FAR where it is more."""
    whole = np.int64(one) + np.int64(other)
    return np.uint32(min(whole, np.int64(FAR)))


@compiled
def _chain(start, arcs, peeled, number, origin, step, path):
    """Write the nodes of a chain from a fork on, with the arcs that lead to them.

    The last node is the fork at the other end. Returns how many there are.
    """
    before, x, count = origin, arcs[step, 0], 1
    path[0, 0], path[0, 1] = x, step
    while number[x] == NONE:
        for arc in range(start[x], start[x + _NEXT]):
            y = arcs[arc, 0]
            if y != before and not peeled[y]:
                path[count, 0], path[count, 1] = y, arc
                before, x = x, y
                count += 1
                break
    return count


@compiled
def stretches(start, arcs, peeled, fork):
    """Return the arcs between forks, and the stretch and place of every node.

    The arcs are rows of fork, fork and cost. A place is the cost from the fork
    at one end, and from the fork at the other. Ends are the forks at the two
    ends of each stretch, with the cost back from the last to the first.
    """
    nodes = len(start) - 1
    number = np.full(nodes, NONE, np.uint32)
    stretch = np.full(nodes, NONE, np.uint32)
    place = np.full((nodes, 2), np.uint32(FAR), np.uint32)
    ends = np.empty((nodes, 2), np.uint32)
    whole = np.empty(nodes, np.uint32)
    between = np.empty((len(arcs), 3), np.uint32)
    path = np.empty((nodes + 1, 2), np.uint32)
    rows = count = 0
    for a in range(len(fork)):
        number[fork[a]] = a
    for a in range(len(fork)):
        u, hung = fork[a], False
        for step in range(start[u], start[u + _NEXT]):
            x = arcs[step, 0]
            if peeled[x]:
                hung = True
                continue
            if number[x] == NONE and stretch[x] != NONE:  # from its other end
                continue
            inner = _chain(start, arcs, peeled, number, u, step, path) - 1
            b = number[path[inner, 0]]
            there, here = np.uint32(0), np.uint32(0)
            for i in range(inner):
                there = _plus(there, arcs[path[i, 1], 1])
                stretch[path[i, 0]], place[path[i, 0], 0] = count, there
            there = _plus(there, arcs[path[inner, 1], 1])
            for i in range(inner, 0, -1):
                here = _plus(here, arcs[path[i, 1], 2])
                place[path[i - 1, 0], 1] = here
            here = _plus(here, arcs[path[0, 1], 2])
            if a != b:
                between[rows, 0], between[rows, 1], between[rows, 2] = a, b, there
                rows += 1
            if a != b and inner > 0:
                between[rows, 0], between[rows, 1], between[rows, 2] = b, a, here
                rows += 1
            if inner > 0:
                ends[count, 0], ends[count, 1], whole[count] = a, b, here
                count += 1
        if hung:
            stretch[u], place[u, 0] = count, 0
            ends[count, 0], ends[count, 1] = a, a
            count += 1
    return number, stretch, place, ends[:count], whole[:count], between[:rows]


@compiled
def hang(start, arcs, order, stretch, place):
    """Hang the dead ends on the stretches of the nodes that they part from."""
    for i in range(len(order) - 1, -1, -1):
        x = order[i]
        for arc in range(start[x], start[x + _NEXT]):
            y = arcs[arc, 0]
            if stretch[y] != NONE and stretch[x] == NONE:
                stretch[x] = stretch[y]
                place[x, 0] = _plus(place[y, 0], arcs[arc, 2])
                place[x, 1] = _plus(place[y, 1], arcs[arc, 2])

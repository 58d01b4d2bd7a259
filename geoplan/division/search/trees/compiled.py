"""The loops of a start, compiled where Numba is there: trees cut, atoms matched."""

import numpy as np

from geoplan.loops import compiled

_NONE = np.int64(-1)


@compiled
def match(start, other, border, walk, load, order, most):
    """Return with whom each atom goes together: a walkable neighbour, or itself.

    The longest border for its loads decides; ``most``: load of two together.
    """
    mate = np.full(len(load), _NONE)
    for u in order:
        if mate[u] >= 0:
            continue
        best, to = 0.0, u
        for at in range(start[u], start[u + 1]):
            v = other[at]
            if not walk[at] or mate[v] >= 0 or load[u] + load[v] > most:
                continue
            if border[at] > best:
                best, to = border[at], v
        mate[u] = to
        mate[to] = u
    return mate


@compiled
def grow(start, other, walk, part, p, root, draws, tree):
    """Grow a tree over a part, by lot; return how many atoms it has.

    ``tree``: order, parent, place (-1 outside), each of shape (n,).
    """
    order, parent, place = tree
    order[0] = root
    parent[root] = _NONE
    place[root] = 0
    done, size = 0, 1
    while done < size:
        pick = done + int(draws[done] * (size - done))
        u = order[pick]
        order[pick] = order[done]
        order[done] = u
        place[u] = done
        done += 1
        for at in range(start[u], start[u + 1]):
            v = other[at]
            if walk[at] and part[v] == p and place[v] < 0:
                place[v] = size
                parent[v] = u
                order[size] = v
                size += 1
    return size


@compiled
def cut_tree(load, tree, size, target, below):
    """Return the atom whose branch comes nearest to a target, and how near."""
    order, parent, _ = tree
    for i in range(size):
        below[order[i]] = load[order[i]]
    for i in range(size - 1, 0, -1):
        below[parent[order[i]]] += below[order[i]]
    whole = below[order[0]]
    best, off, inside = _NONE, np.inf, True
    for i in range(1, size):
        u = order[i]
        miss = abs(below[u] - target)
        if miss < off:
            best, off, inside = u, miss, True
        miss = abs(whole - below[u] - target)
        if miss < off:
            best, off, inside = u, miss, False
    return best, off, inside


@compiled
def halve(graph, load, part, job, draws, tree):
    """Part a part in two by the best of several trees.

    ``job``: part, new part, and the load wanted in the new one. Returns whether
    it could be cut.
    """
    start, other, cost, walk = graph
    order, parent, place, below, marked, best_side = tree
    p, new, target = int(job[0]), int(job[1]), job[2]
    members = np.flatnonzero(part == p)
    if len(members) < 2:  # noqa: PLR2004  nothing to cut
        return False
    best = np.inf
    for trial in range(draws.shape[0]):
        place[members] = _NONE
        root = members[int(draws[trial, -1] * len(members))]
        inner = (order, parent, place)
        size = grow(start, other, walk, part, p, root, draws[trial], inner)
        at, off, inside = cut_tree(load, inner, size, target, below)
        if at < 0:
            continue
        for i in range(size):
            u = order[i]
            marked[u] = u == at or (i > 0 and marked[parent[u]])
        cut = 0.0
        for i in range(size):
            u = order[i]
            for row in range(start[u], start[u + 1]):
                v = other[row]
                if marked[u] and part[v] == p and not marked[v]:
                    cut += cost[row]
        score = cut * (1.0 + 20.0 * off / max(target, 1e-9)) + 1e-6 * off
        if score < best:
            best = score
            for u in members:
                best_side[u] = marked[u] == inside
    if best == np.inf:
        return False
    for u in members:
        if best_side[u]:
            part[u] = new
    return True

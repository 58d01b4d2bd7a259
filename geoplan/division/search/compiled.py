"""The loops of the search, compiled where Numba is there.

A problem is the tuple of ``descent.arrays``: the graph, what atoms weigh, and the
numbers that the terms go by. A state holds the part of each atom and the sums of
each part, kept up with every move. Without Numba the same loops run as plain
Python, slowly, to the same answer.
"""

import numpy as np

from geoplan.loops import bare

# what the numbers of a problem are, in order
_BALANCE, _MEAN, _BAND, _LOW, _HIGH = 0, 1, 2, 3, 4
_MOVED, _SPREAD, _FAR, _BUDGET, _HARD = 5, 6, 7, 8, 9
# the sums of a part, in order
_LOAD, _SIZE, _ATOMS, _X, _Y, _SQUARE = 0, 1, 2, 3, 4, 5

_NONE = np.int64(-1)


@bare
def beyond(size, low, high):
    """Return the households that a part has too few or too many."""
    return max(low - size, 0.0) + max(size - high, 0.0)


@bare
def _worth(numbers, load, size, x, y, square):
    """Return what a part with such sums costs."""
    off = load - numbers[_MEAN]
    out = beyond(size, numbers[_LOW], numbers[_HIGH])
    cost = numbers[_BALANCE] * off * off + numbers[_BAND] * out
    if numbers[_SPREAD] > 0.0 and size > 0.0:
        cost += numbers[_SPREAD] * (square - (x * x + y * y) / size)
    return cost


@bare
def part_cost(numbers, sums, p):
    """Return what a part costs by its sums."""
    return _worth(
        numbers,
        sums[p, _LOAD],
        sums[p, _SIZE],
        sums[p, _X],
        sums[p, _Y],
        sums[p, _SQUARE],
    )


@bare
def _changed(problem, sums, u, p, sign):
    """Return what a part costs with an atom more (1) or less (-1)."""
    load, size, x, y, inertia = problem[4:9]
    numbers = problem[11]
    w = sign * size[u]
    return _worth(
        numbers,
        sums[p, _LOAD] + sign * load[u],
        sums[p, _SIZE] + w,
        sums[p, _X] + w * x[u],
        sums[p, _Y] + w * y[u],
        sums[p, _SQUARE] + sign * inertia[u] + w * (x[u] * x[u] + y[u] * y[u]),
    )


@bare
def shift_sums(problem, sums, u, p, sign):
    """Add an atom to the sums of a part, or take it away."""
    load, size, x, y, inertia = problem[4:9]
    w = sign * size[u]
    sums[p, _LOAD] += sign * load[u]
    sums[p, _SIZE] += w
    sums[p, _ATOMS] += sign
    sums[p, _X] += w * x[u]
    sums[p, _Y] += w * y[u]
    sums[p, _SQUARE] += sign * inertia[u] + w * (x[u] * x[u] + y[u] * y[u])


@bare
def gain(problem, part, sums, u, b):
    """Return by how much the cost changes if an atom goes to another part."""
    start, other, cost = problem[0], problem[1], problem[2]
    size, home, far, numbers = problem[5], problem[9], problem[10], problem[11]
    a = part[u]
    delta = 0.0
    for at in range(start[u], start[u + 1]):
        if part[other[at]] == a:
            delta += cost[at]
        elif part[other[at]] == b:
            delta -= cost[at]
    if home[u] == a:
        delta += numbers[_MOVED] * size[u]
    elif home[u] == b:
        delta -= numbers[_MOVED] * size[u]
    if far.shape[0] > 0:
        delta += numbers[_FAR] * (far[u, b] - far[u, a])
    delta += _changed(problem, sums, u, a, -1.0) - part_cost(numbers, sums, a)
    return delta + _changed(problem, sums, u, b, 1.0) - part_cost(numbers, sums, b)


@bare
def lawful(problem, sums, moved, u, a, b):
    """Return whether a move keeps the budget, and the band where that is hard."""
    size, home, numbers = problem[5], problem[9], problem[11]
    if home[u] == a and moved[0] + size[u] > numbers[_BUDGET]:
        return False
    if numbers[_HARD] > 0.0:
        low, high = numbers[_LOW], numbers[_HIGH]
        now = beyond(sums[a, _SIZE], low, high) + beyond(sums[b, _SIZE], low, high)
        then = beyond(sums[a, _SIZE] - size[u], low, high)
        if then + beyond(sums[b, _SIZE] + size[u], low, high) > now:
            return False
    return True


@bare
def touches(problem, part, u, b):
    """Return whether an atom has a walkable neighbour in a part."""
    start, other, walk = problem[0], problem[1], problem[3]
    for at in range(start[u], start[u + 1]):
        if walk[at] and part[other[at]] == b:
            return True
    return False


@bare
def stays_whole(problem, part, u, scratch):
    """Return whether an atom's part is one piece without it, and not empty.

    Its neighbours in the part must still be walked between: a search from one of
    them that stops when it has met the others.
    """
    start, other, walk = problem[0], problem[1], problem[3]
    stamp, queue, tick = scratch
    a = part[u]
    tick[0] += 2
    wanted, seen = tick[0], tick[0] + 1
    first, left = _NONE, 0
    for at in range(start[u], start[u + 1]):
        v = other[at]
        if walk[at] and part[v] == a and stamp[v] != wanted:
            stamp[v] = wanted
            left += 1
            first = v
    if left <= 1:
        return left == 1
    stamp[u] = seen
    stamp[first] = seen
    queue[0] = first
    head, tail = 0, 1
    left -= 1
    while head < tail:
        v = queue[head]
        head += 1
        for at in range(start[v], start[v + 1]):
            w = other[at]
            if not walk[at] or part[w] != a or stamp[w] == seen:
                continue
            if stamp[w] == wanted:
                left -= 1
                if left == 0:
                    return True
            stamp[w] = seen
            queue[tail] = w
            tail += 1
    return False


@bare
def move(problem, part, sums, moved, u, b):
    """Give an atom to a part."""
    size, home = problem[5], problem[9]
    a = part[u]
    shift_sums(problem, sums, u, a, -1.0)
    shift_sums(problem, sums, u, b, 1.0)
    if home[u] == a:
        moved[0] += size[u]
    elif home[u] == b:
        moved[0] -= size[u]
    part[u] = b


@bare
def fits(problem, part, sums, moved, scratch, u, b):
    """Return whether an atom may go to a part: all rules kept."""
    a = part[u]
    return (
        sums[a, _ATOMS] > 1.0
        and not problem[12][u]
        and touches(problem, part, u, b)
        and stays_whole(problem, part, u, scratch)
        and lawful(problem, sums, moved, u, a, b)
    )


@bare
def _swapped(problem, part, sums, moved, scratch, three, least):
    """Try to send u to v's part and w back; return the change, 0 if none was made.

    ``three``: u, its neighbour v, and w: v or a neighbour of v in its part.
    """
    numbers = problem[11]
    u, v, w = three
    a, b = part[u], part[v]
    first = gain(problem, part, sums, u, b)
    if problem[12][u] or problem[12][w] or sums[a, _ATOMS] <= 1.0:
        return 0.0
    if not touches(problem, part, u, b):
        return 0.0
    if not stays_whole(problem, part, u, scratch):
        return 0.0
    held = beyond(sums[a, _SIZE], numbers[_LOW], numbers[_HIGH])
    held += beyond(sums[b, _SIZE], numbers[_LOW], numbers[_HIGH])
    move(problem, part, sums, moved, u, b)
    change = first + gain(problem, part, sums, w, a)
    if (
        change < least
        and touches(problem, part, w, a)
        and stays_whole(problem, part, w, scratch)
    ):
        move(problem, part, sums, moved, w, a)
        now = beyond(sums[a, _SIZE], numbers[_LOW], numbers[_HIGH])
        now += beyond(sums[b, _SIZE], numbers[_LOW], numbers[_HIGH])
        kept = numbers[_HARD] <= 0.0 or now <= held
        if kept and moved[0] <= numbers[_BUDGET] + 1e-9:
            return change
        move(problem, part, sums, moved, w, b)
    move(problem, part, sums, moved, u, a)
    return 0.0


@bare
def anneal(problem, part, sums, moved, scratch, draws, owner, heat):
    """Try as many moves and swaps as there are draws; return the change of cost.

    ``draws``: shape (3, n), in 0..1: which row of the graph, how bold, which swap.
    ``owner``: the atom of each row. ``heat``: at the first and last draw.
    """
    start, other = problem[0], problem[1]
    rows, count = len(other), draws.shape[1]
    total = 0.0
    for i in range(count):
        at = int(draws[0, i] * rows)
        u, v = owner[at], other[at]
        a, b = part[u], part[v]
        if a == b:
            continue
        warm = heat[0] + (heat[1] - heat[0]) * i / count
        least = -warm * np.log(1.0 - draws[1, i]) if warm > 0.0 else -1e-12
        if draws[2, i] < 0.5:  # noqa: PLR2004  moves and swaps, half and half
            delta = gain(problem, part, sums, u, b)
            if delta < least and fits(problem, part, sums, moved, scratch, u, b):
                move(problem, part, sums, moved, u, b)
                total += delta
            continue
        size = start[v + 1] - start[v]
        row = int((draws[2, i] - 0.5) * 2.0 * (size + 1))
        w = v if row == size else other[start[v] + row]
        if part[w] == b:
            total += _swapped(problem, part, sums, moved, scratch, (u, v, w), least)
    return total


@bare
def descend(problem, part, sums, moved, scratch, rounds):
    """Make every single move that helps, atom by atom, until none does."""
    start, other = problem[0], problem[1]
    for _ in range(rounds):
        changed = False
        for u in range(len(part)):
            best, to = -1e-12, _NONE
            for at in range(start[u], start[u + 1]):
                b = part[other[at]]
                if b == part[u] or b == to:
                    continue
                delta = gain(problem, part, sums, u, b)
                if delta < best and fits(problem, part, sums, moved, scratch, u, b):
                    best, to = delta, b
            if to >= 0:
                move(problem, part, sums, moved, u, to)
                changed = True
        if not changed:
            return

"""The loops of the bound, compiled where Numba is there.

Problems and rules are the tuples of ``search.exchange``.
"""

import numpy as np

from geoplan.loops import compiled

_STILL = 20  # iterations without a better bound, after which steps shorten …
_SHORTER = 0.6  # … by so much …
_SHORTEST = 1e-4  # … as far as this
_PROGRESS = 1e-4  # of the gap: less is no better bound
_MEMORY = 0.95  # of the way before, that each way keeps


@compiled
def reduced(problem, prices, saved):
    """Write what each site costs at the demands' prices; below 0 it pays to open."""
    start, site, cost, opening = problem[3], problem[4], problem[5], problem[7]
    saved[:] = opening
    for i in range(len(prices)):
        for at in range(start[i], start[i + 1]):
            less = cost[at] - prices[i]
            if less >= 0.0:  # the dearer ones follow
                break
            saved[site[at]] += less


@compiled
def _sort(order, count, key):
    """Sort the first places of a list by their keys (Williams 1964)."""
    for first in range(count // 2 - 1, -1, -1):
        _sink(order, first, count, key)
    for end in range(count - 1, 0, -1):
        order[0], order[end] = order[end], order[0]
        _sink(order, np.int64(0), end, key)


@compiled
def _sink(order, at, end, key):
    """Let a place of a heap sink until nothing below it is larger."""
    moved = order[at]
    while 2 * at + 1 < end:
        below = 2 * at + 1
        if below + 1 < end and key[order[below + 1]] > key[order[below]]:
            below += 1
        if key[order[below]] <= key[moved]:
            break
        order[at] = order[below]
        at = below
    order[at] = moved


@compiled
def _cheapest(rules, saved, order, share):
    """Choose what costs least under the locks and the counts; return its cost."""
    must, never, tier, most = rules[0], rules[1], rules[2], rules[3]
    left = most.copy()
    total, count = 0.0, np.int64(0)
    for j in range(len(must)):
        share[j] = 0.0
        if must[j]:
            share[j] = 1.0
            total += saved[j]
            if tier[j] >= 0:
                left[tier[j]] -= 1
        elif saved[j] < 0.0 and not never[j]:
            order[count] = j
            count += 1
    _sort(order, count, saved)
    for k in range(count):
        j = order[k]
        if tier[j] >= 0:
            if left[tier[j]] <= 0:
                continue
            left[tier[j]] -= 1
        share[j] = 1.0
        total += saved[j]
    return total


@compiled
def _affordable(rules, saved, order, ratio, share):
    """Choose what costs least under the locks and the budget, the last one in part."""
    must, never, price, budget = rules[0], rules[1], rules[4], rules[5]
    left, total, count = budget, 0.0, np.int64(0)
    for j in range(len(must)):
        share[j] = 0.0
        if must[j]:
            share[j] = 1.0
            total += saved[j]
            left -= price[j]
        elif saved[j] < 0.0 and not never[j]:
            ratio[j] = saved[j] / (price[j] + 1e-12)
            order[count] = j
            count += 1
    _sort(order, count, ratio)
    for k in range(count):
        j = order[k]
        part = 1.0 if price[j] <= left else max(left, 0.0) / price[j]
        share[j] = part
        left -= part * price[j]
        total += part * saved[j]
        if part < 1.0:
            break
    return total


@compiled
def _slopes(problem, prices, share, slope, way):
    """Write the way that the prices should go; return its length squared."""
    start, site, cost, penalty = problem[3], problem[4], problem[5], problem[6]
    length = 0.0
    for i in range(len(slope)):
        slope[i] = 1.0
        for at in range(start[i], start[i + 1]):
            if cost[at] >= prices[i]:
                break
            slope[i] -= share[site[at]]
        if (prices[i] >= penalty[i] and slope[i] > 0.0) or (
            prices[i] <= 0.0 and slope[i] < 0.0
        ):
            slope[i] = 0.0
        way[i] = slope[i] + _MEMORY * way[i]
        length += way[i] * way[i]
    return length


@compiled
def subgradient(problem, rules, prices, best_prices, picked, upper, iterations, close):
    """Raise a lower bound by prices for the demands (Held, Wolfe and Crowder 1974).

    Returns the bound. ``prices`` is where to start; ``best_prices`` receives
    those of the bound, ``picked`` the sites that pay at them. Ends after the
    iterations, or within ``close`` of upper.
    """
    penalty, opening = problem[6], problem[7]
    sites, size = len(opening), len(penalty)
    saved, share, ratio = np.empty(sites), np.empty(sites), np.empty(sites)
    other, way, slope = np.empty(sites), np.zeros(size), np.empty(size)
    order = np.empty(sites, np.int64)
    bound, pace, still = -np.inf, 1.0, 0
    for _ in range(iterations):
        reduced(problem, prices, saved)
        value = _cheapest(rules, saved, order, share)
        if np.isfinite(rules[5]):
            afforded = _affordable(rules, saved, order, ratio, other)
            if afforded > value:
                value = afforded
                share[:] = other
        for i in range(size):
            value += prices[i]
        still += 1
        if value > bound:
            if value > bound + _PROGRESS * (upper - bound):
                still = 0
            bound = value
            best_prices[:] = prices
        for j in range(sites):
            picked[j] += (share[j] - picked[j]) * (1.0 - _MEMORY)
        if still >= _STILL:
            still = 0
            pace *= _SHORTER
        if upper - bound < close or pace < _SHORTEST:
            return bound
        length = _slopes(problem, prices, share, slope, way)
        if length == 0.0:
            return bound
        step = pace * (upper - value) / length
        for i in range(size):
            prices[i] = min(max(prices[i] + step * way[i], 0.0), penalty[i])
    return bound

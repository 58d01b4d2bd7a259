"""The loops of the search, compiled where Numba is there.

A problem is the tuple of ``exchange.arrays``: rows by site, rows by demand,
penalties, opening costs. A state holds, for each demand, what its cheapest open
site and the next ask; for each open site, what closing it would cost. Without
Numba the same loops run as plain Python, slowly, to the same answer.
"""

import numpy as np

from geoplan.loops import compiled

# of one type: plain numbers would have each loop compiled for each of them
_NOBODY = np.int64(-1)
_NOT = np.int64(-2)
_IN, _OUT = np.int64(1), np.int64(-1)


@compiled
def _mark(problem, stale, i):
    """Mark the sites of a demand: what they would save has changed."""
    d_start, d_site = problem[3], problem[4]
    for at in range(d_start[i], d_start[i + 1]):
        stale[d_site[at]] = True


@compiled
def _add(problem, state, j):
    """Open a site."""
    start, demand, cost = problem[0], problem[1], problem[2]
    is_open, best, second, who, loss, stale, _ = state
    is_open[j] = True
    for row in range(start[j], start[j + 1]):
        i, c = demand[row], cost[row]
        if c < best[i]:
            if who[i] >= 0:
                loss[who[i]] -= second[i] - best[i]
            loss[j] += best[i] - c
            second[i], best[i], who[i] = best[i], c, j
            _mark(problem, stale, i)
        elif c < second[i]:
            loss[who[i]] -= second[i] - c
            second[i] = c
            _mark(problem, stale, i)


@compiled
def _drop(problem, state, r):
    """Close a site."""
    start, demand, cost, d_start, d_site, d_cost, penalty, _ = problem
    is_open, best, second, who, loss, stale, _ = state
    is_open[r] = False
    for row in range(start[r], start[r + 1]):
        i, c = demand[row], cost[row]
        if who[i] != r and c > second[i]:
            continue
        _mark(problem, stale, i)
        loss[who[i]] -= second[i] - best[i]
        best[i] = second[i] = penalty[i]
        who[i] = -1
        for at in range(d_start[i], d_start[i + 1]):
            j = d_site[at]
            if is_open[j]:
                if who[i] < 0:
                    best[i], who[i] = d_cost[at], j
                else:
                    second[i] = d_cost[at]
                    break
        if who[i] >= 0:
            loss[who[i]] += second[i] - best[i]
    loss[r] = 0.0


@compiled
def _note(rules, tally, j, sign):
    """Book a site as opened (+1) or closed (-1)."""
    tier, price, group = rules[2], rules[4], rules[6]
    clash_start, clash, lean_start, leaning = rules[7], rules[8], rules[9], rules[10]
    used, spent, held, near, near_sum, props, props_sum = tally
    if tier[j] >= 0:
        used[tier[j]] += sign
    spent[0] += sign * price[j]
    if group[j] >= 0:
        held[group[j]] += sign
    for row in range(clash_start[j], clash_start[j + 1]):
        near[clash[row]] += sign
        near_sum[clash[row]] += sign * j
    for row in range(lean_start[j], lean_start[j + 1]):
        props[leaning[row]] += sign
        props_sum[leaning[row]] += sign * j


@compiled
def _open(problem, rules, state, tally, j):
    """Open a site and book it."""
    _add(problem, state, j)
    _note(rules, tally, j, _IN)


@compiled
def _close(problem, rules, state, tally, r):
    """Close a site and book it."""
    _drop(problem, state, r)
    _note(rules, tally, r, _OUT)


@compiled
def _may_leave(rules, tally, is_open, r, instead):
    """Return whether an open site may close, as another opens (-1: none)."""
    must, group = rules[0], rules[6]
    lean_start, leaning, needs = rules[9], rules[10], rules[11]
    held, props = tally[2], tally[5]
    if must[r]:
        return False
    last = group[r] >= 0 and held[group[r]] == 1
    if last and (instead < 0 or group[instead] != group[r]):
        return False
    for row in range(lean_start[r], lean_start[r + 1]):
        k = leaning[row]
        if is_open[k] and needs[k] and props[k] == 1:
            return False
    return True


@compiled
def _may_enter(rules, tally, j, leaves):
    """Return whether a closed site may open, as another closes (-1: none)."""
    _, never, tier, most, price, budget, _, _, _, _, _, needs = rules
    used, spent, _, near, near_sum, props, props_sum = tally
    if never[j]:
        return False
    if tier[j] >= 0:
        taken = used[tier[j]] + 1
        if leaves >= 0 and tier[leaves] == tier[j]:
            taken -= 1
        if taken > most[tier[j]]:
            return False
    after = spent[0] + price[j]
    if leaves >= 0:
        after -= price[leaves]
    if after > budget:
        return False
    if near[j] > 1 or (near[j] == 1 and near_sum[j] != leaves):
        return False
    held = props[j] > 1 or (props[j] == 1 and props_sum[j] != leaves)
    return held or not needs[j]


@compiled
def _leaves_room(rules, tally, j, missing):
    """Return whether enough of the count stays for the groups that have no site."""
    tier, most, group = rules[2], rules[3], rules[6]
    used, held = tally[0], tally[2]
    if group[j] >= 0 and held[group[j]] == 0:
        missing -= 1
    left = 0
    for t in range(len(most)):
        left += most[t] - used[t]
    if tier[j] >= 0:
        left -= 1
    return left >= missing


@compiled
def open_all(problem, rules, state, tally, sites):
    """Open some sites: those that must, and the others while the rules let them."""
    for at in range(len(sites)):
        j = sites[at]
        if rules[0][j] or _may_enter(rules, tally, j, _NOBODY):
            _open(problem, rules, state, tally, j)


@compiled
def greedy(problem, rules, state, tally, gain, by_price, groups_first):
    """Open, again and again, the site that saves the most, while one saves.

    ``gain`` holds what each site would save, and is kept up to date. By price:
    the most for its cost. Groups first: only sites of groups that lack one,
    cheapest first, until none does.
    """
    start, demand, cost, d_start, d_site, d_cost, _, opening = problem
    price, group, held = rules[4], rules[6], tally[2]
    is_open, best = state[0], state[1]
    missing = np.int64(0)
    for g in range(len(held)):
        missing += held[g] == 0
    while True:
        chosen, most = _NOBODY, 0.0
        for j in range(len(opening)):
            if is_open[j]:
                continue
            lacks = group[j] >= 0 and held[group[j]] == 0
            if groups_first and missing > 0:
                if not lacks:
                    continue
                worth = 1.0 / (1.0 + price[j])
            else:
                worth = gain[j] - opening[j]
                if by_price and worth > 0.0:
                    worth /= 1e-9 + price[j]
            if worth <= most or not _may_enter(rules, tally, j, _NOBODY):
                continue
            if missing > 0 and not _leaves_room(rules, tally, j, missing):
                continue
            chosen, most = np.int64(j), worth
        if chosen < 0:
            return
        if group[chosen] >= 0 and held[group[chosen]] == 0:
            missing -= 1
        for row in range(start[chosen], start[chosen + 1]):
            i, c = demand[row], cost[row]
            if c >= best[i]:
                continue
            for at in range(d_start[i], d_start[i + 1]):
                if d_cost[at] >= best[i]:
                    break
                gain[d_site[at]] -= best[i] - max(d_cost[at], c)
        _open(problem, rules, state, tally, chosen)


@compiled
def _weigh(problem, state, j, spared, touched):
    """Return what opening a site saves, and how many open sites it relieves.

    Those are written to ``touched``, and to ``spared`` by how much less their
    closing would then cost (Whitaker 1983).
    """
    start, demand, cost, opening = problem[0], problem[1], problem[2], problem[7]
    best, second, who = state[1], state[2], state[3]
    gain, met = -opening[j], np.int64(0)
    for row in range(start[j], start[j + 1]):
        i, c = demand[row], cost[row]
        b, s, w = best[i], second[i], np.int64(who[i])
        if c < b:
            gain += b - c
            c = b
        if w >= 0 and c < s:
            if spared[w] == 0.0:
                touched[met] = w
                met += np.int64(1)
            spared[w] += s - c
    return gain, met


@compiled
def _leaver(problem, rules, state, tally, scratch, j, count, least):
    """Return who best closes as a site opens: -1 for nobody, -2 if nothing helps."""
    opening, is_open, loss = problem[7], state[0], state[4]
    stale, worth = state[5], state[6]
    spared, touched, opened, mildest = scratch
    gain, met = _weigh(problem, state, j, spared, touched)
    worth[j], stale[j] = gain, False
    leaver, most = _NOT, least
    if gain > most and _may_enter(rules, tally, j, _NOBODY):
        leaver, most = _NOBODY, gain
    # who is not touched saves no more than the least loss leaves of the gain
    whole = gain - mildest[0] > most
    for k in range(count if whole else met):
        r = opened[k] if whole else touched[k]
        saves = gain - loss[r] + spared[r] + opening[r]
        if (
            saves > most
            and _may_leave(rules, tally, is_open, r, j)
            and _may_enter(rules, tally, j, r)
        ):
            leaver, most = r, saves
    for k in range(met):
        spared[touched[k]] = 0.0
    return leaver


@compiled
def descend(problem, rules, state, tally, scratch, least):
    """Open, close and exchange sites while that saves more than ``least``."""
    opening, opened, mildest = problem[7], scratch[2], scratch[3]
    is_open, loss, stale, worth = state[0], state[4], state[5], state[6]
    sites = len(opening)
    count = np.int64(0)
    for site in range(sites):
        if is_open[site]:
            opened[count] = site
            count += np.int64(1)
    mildest[0] = _mildest(rules[0], opening, loss, opened, count)
    full = _full(rules, tally)
    at = quiet = np.int64(0)
    while quiet < sites:
        j = at
        at = at + 1 if at + 1 < sites else np.int64(0)
        quiet += 1
        moved = False
        if is_open[j]:
            stale[j] = True  # unknown what it saves once it is closed
            saves = opening[j] - loss[j] > least
            if saves and _may_leave(rules, tally, is_open, j, _NOBODY):
                _close(problem, rules, state, tally, j)
                count = _forget(opened, count, j)
                moved = True
        elif not rules[1][j]:
            idle = worth[j] - mildest[0] <= least and (worth[j] <= least or full)
            if not stale[j] and idle:
                continue
            leaver = _leaver(problem, rules, state, tally, scratch, j, count, least)
            moved = leaver != _NOT
            if leaver >= 0:
                _close(problem, rules, state, tally, leaver)
                count = _forget(opened, count, leaver)
            if moved:
                _open(problem, rules, state, tally, j)
                opened[count] = j
                count += np.int64(1)
        if moved:
            quiet = np.int64(0)
            mildest[0] = _mildest(rules[0], opening, loss, opened, count)
            full = _full(rules, tally)


@compiled
def _mildest(must, opening, loss, opened, count):
    """Return the least that closing one open site costs."""
    least = np.inf
    for k in range(count):
        r = opened[k]
        if not must[r]:
            least = min(least, loss[r] - opening[r])
    return least


@compiled
def _forget(opened, count, r):
    """Take a site off the list of open ones; return its new length."""
    for k in range(count):
        if opened[k] == r:
            opened[k] = opened[count - 1]
            return count - np.int64(1)
    return count


@compiled
def _full(rules, tally):
    """Return whether no count leaves room for one more."""
    most, used = rules[3], tally[0]
    left = 0
    for t in range(len(most)):
        left += most[t] > used[t]
    return left == 0


@compiled
def disturb(problem, rules, state, tally, draws):
    """Exchange some open sites for closed ones by lot; each pair of draws is one."""
    is_open = state[0]
    sites = len(is_open)
    for at in range(0, len(draws) - 1, 2):
        r = _next(is_open, 1, int(draws[at] * sites))
        j = _next(is_open, 0, int(draws[at + 1] * sites))
        if r < 0 or j < 0:
            return
        if _may_leave(rules, tally, is_open, r, j) and _may_enter(rules, tally, j, r):
            _close(problem, rules, state, tally, r)
            _open(problem, rules, state, tally, j)


@compiled
def _next(is_open, wanted, first):
    """Return the first site from a place on that is open, or is not; -1: none."""
    sites = len(is_open)
    for step in range(sites):
        j = (first + step) % sites
        if is_open[j] == wanted:
            return j
    return -1

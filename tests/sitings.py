"""Small tasks of siting, and what is best in them found by trying everything."""

import itertools

import networkx as nx
import numpy as np
from hypothesis import strategies as st
from pandas import DataFrame

from geoplan.sites import Task

MODELS = ("lscp", "mclp", "p-median", "p-center")


def task_of(reach, *, weights=None, model="mclp", columns=None, **rules):
    """Return a task from rows of minutes, one row a demand, 0 for out of reach."""
    minutes = np.asarray(reach, dtype=float)
    demand, site = np.nonzero(minutes)
    homes, rooms = minutes.shape
    weight = np.ones(homes) if weights is None else np.asarray(weights, dtype=float)
    columns = {} if columns is None else columns
    return Task(
        model=model,
        candidates=DataFrame(columns, index=[f"r{j}" for j in range(rooms)]),
        demand=DataFrame({"weight": weight}, index=[f"h{i}" for i in range(homes)]),
        pairs=DataFrame(
            {"site": site, "demand": demand, "minutes": minutes[demand, site]}
        ),
        **rules,
    )


@st.composite
def tasks(draw, *, capacities=False, models=MODELS):
    """Return any small task, with any of the options."""
    rooms, homes = draw(st.integers(1, 6)), draw(st.integers(1, 7))
    cell = st.sampled_from([0, 0, 1, 2, 3, 5, 8])
    reach = draw(
        st.lists(
            st.lists(cell, min_size=rooms, max_size=rooms),
            min_size=homes,
            max_size=homes,
        )
    )

    def each(values):
        return draw(st.lists(values, min_size=rooms, max_size=rooms))

    columns = {
        "existing": each(st.sampled_from([False, False, True])),
        "closable": each(st.booleans()),
        "lock": each(st.sampled_from(["", "", "", "open", "shut"])),
        "cost": each(st.integers(0, 5)),
        "group": each(st.sampled_from(["", "a", "b"])),
    }
    if capacities:
        columns["capacity"] = each(st.sampled_from([2.0, 5.0, 9.0, np.inf]))
    pair = st.tuples(st.integers(0, rooms - 1), st.integers(0, rooms - 1))
    apart = draw(st.lists(pair, max_size=2))
    model = draw(st.sampled_from(models))
    count = draw(st.none() | st.integers(0, 4))
    budget = draw(st.none() | st.integers(0, 9))
    if model != "lscp" and count is None and budget is None:
        count = 2
    return task_of(
        reach,
        weights=draw(st.lists(st.integers(0, 4), min_size=homes, max_size=homes)),
        model=model,
        columns=columns,
        count=count,
        budget=budget,
        groups=tuple(draw(st.sampled_from([(), (), ("a",), ("a", "b")]))),
        apart=np.array([p for p in apart if p[0] != p[1]], dtype=int).reshape(-1, 2),
        target=draw(st.sampled_from([1.0, 0.6])) if model == "lscp" else 1.0,
    )


def brute(task):
    """Return the best value over all choices of sites; None if there is none."""
    size = len(task.candidates)
    better = max if task.model == "mclp" else min
    values = [
        value_of(task, chosen)
        for chosen in itertools.product([False, True], repeat=size)
        if lawful(task, chosen)
    ]
    values = [value for value in values if value is not None]
    return better(values) if values else None


def lawful(task, chosen):
    """Return whether a choice keeps every rule, told one by one."""
    rows = list(zip(task.candidates.to_dict("records"), chosen, strict=True))
    stays = [kept(row) for row, _ in rows]
    for (row, is_open), stay in zip(rows, stays, strict=True):
        lock = row.get("lock", "")
        if (is_open and lock == "shut") or (not is_open and (stay or lock == "open")):
            return False
    added = [
        row for (row, is_open), stay in zip(rows, stays, strict=True) if is_open > stay
    ]
    for a, b in task.apart.tolist():
        if chosen[a] and chosen[b] and not (stays[a] and stays[b]):
            return False
    return (
        (task.count is None or len(added) <= task.count)
        and (task.budget is None or sum(r.get("cost", 0) for r in added) <= task.budget)
        and set(task.groups) <= {row.get("group") for row, is_open in rows if is_open}
    )


def kept(row):
    """Return whether a candidate is a station that stays."""
    free = row.get("closable", False) or row.get("lock", "") == "shut"
    return row.get("existing", False) and not free


def value_of(task, chosen):
    """Return what a choice is worth; None if it leaves out who must be served."""
    weight = task.demand["weight"].to_numpy()
    usable = [row.get("lock") != "shut" for row in task.candidates.to_dict("records")]
    walks = [w for w in task.pairs.itertuples(index=False) if weight[w.demand] > 0]
    total = sum(weight[i] for i in {w.demand for w in walks if usable[w.site]})
    reach = {}
    for walk in walks:
        if chosen[walk.site]:
            reach.setdefault(walk.demand, []).append((walk.minutes, walk.site))
    capacity = task.candidates.get("capacity", np.full(len(chosen), np.inf))
    if np.isfinite(capacity).any():
        return flow_value(task, chosen, total=total, reach=reach)
    covered = sum(weight[i] for i in reach)
    nearest = {i: min(row)[0] for i, row in reach.items()}
    return worth(task, chosen, covered=covered, total=total, nearest=nearest)


def worth(task, chosen, *, covered, total, nearest):
    """Return the model's value of who is covered, and by which walk."""
    weight = task.demand["weight"].to_numpy()
    if task.model == "mclp":
        return covered
    if covered < task.target * total - 1e-9:
        return None
    if task.model == "lscp":
        rows = task.candidates.to_dict("records")
        return sum(o > kept(row) for o, row in zip(chosen, rows, strict=True))
    if task.model == "p-median":
        return sum(weight[i] * minutes for i, minutes in nearest.items())
    return max(nearest.values(), default=0.0)


def flow_value(task, chosen, *, total, reach):
    """Return the same where stations serve so much and no more: a flow."""
    limits = sorted({minutes for row in reach.values() for minutes, _ in row}) or [0]
    for limit in limits if task.model == "p-center" else limits[-1:]:
        graph = flow_graph(task, reach=reach, limit=limit)
        flow = nx.max_flow_min_cost(graph, "from", "to")
        served, walked = sum(flow["from"].values()), nx.cost_of_flow(graph, flow)
        if task.model == "p-median":
            return None if served < total else walked
        value = worth(
            task,
            chosen,
            covered=served,
            total=total,
            nearest={0: limit if total else 0},
        )
        if value is not None:
            return value
    return None


def flow_graph(task, *, reach, limit):
    """Return the network from demand over walks within a limit to stations."""
    graph = nx.DiGraph()
    graph.add_nodes_from(["from", "to"])
    weight = task.demand["weight"].to_numpy().astype(int)
    for i, row in reach.items():
        graph.add_edge("from", ("h", i), capacity=int(weight[i]), weight=0)
        for minutes, j in row:
            if minutes <= limit:
                graph.add_edge(("h", i), ("r", j), weight=int(minutes))
    for j, capacity in enumerate(task.candidates["capacity"]):
        if ("r", j) in graph:
            room = {"capacity": int(capacity)} if np.isfinite(capacity) else {}
            graph.add_edge(("r", j), "to", weight=0, **room)
    return graph

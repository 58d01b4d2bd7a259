"""The written papers of a division, read back and judged by shapely alone.

Nothing of the division's own code is used: what is judged is what lies in the files.
"""

import csv
import json

import geopandas
import numpy as np
import shapely

M2 = 1.0  # ground that rounding may leave out or share
COUNTS = ("households", "people", "buildings")


def judge(folder, *, layers):
    """Judge every plan in a folder of papers; ``layers``: of the study."""
    papers = {
        name: geopandas.read_file(folder / "division.gpkg", layer=name)
        for name in ("grids", "before", "units", "moved", "strips", "flows")
    }
    before = papers["before"].set_index("code")
    record = json.loads((folder / "division.json").read_text(encoding="utf-8"))
    options = record["results"]["options"]
    assert [one["option"] for one in options] == sorted(set(papers["grids"]["option"]))
    for told in options:
        mine = {
            name: frame[frame["option"] == told["option"]]
            for name, frame in papers.items()
            if name != "before"
        }
        grids = mine["grids"].set_index("code")
        assert grids.index.is_unique
        shapes_are_whole(grids, before=before)
        ground_is_kept(grids, before=before)
        units_make_grids(mine["units"], grids=grids)
        homes_are_counted(grids, before=before, layers=layers)
        compounds_are_whole(grids, before=before, layers=layers)
        locks_are_kept(grids, before=before, locked=record["results"]["locked"])
        totals_close(mine, before=before, grids=grids)
        footprints_are_gone_round(grids, before=before, layers=layers)
        sizes_agree(told, grids=grids, results=record["results"])
        json_agrees(told, grids=grids, moved=mine["moved"])
    tables_close(folder)
    return record


def shapes_are_whole(grids, *, before):
    assert shapely.is_valid(grids.geometry.to_numpy()).all()
    for code, shape in grids.geometry.items():
        pieces = parts(shape)
        today = parts(before.geometry[code]) if code in before.index else 1
        assert pieces <= max(today, 1), code


def parts(shape):
    return int((shapely.area(shapely.get_parts(shape)) > M2).sum())


def ground_is_kept(grids, *, before):
    now, was = grids.geometry.to_numpy(), before.geometry.to_numpy()
    assert overlap(now) <= overlap(was) + M2
    for community, rows in before.groupby("community"):
        whole = shapely.union_all(rows.geometry.to_numpy())
        own = grids.geometry[grids["community"] == community].to_numpy()
        assert (
            shapely.area(shapely.symmetric_difference(whole, shapely.union_all(own)))
            < M2
        )


def overlap(shapes):
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    apart = one < other
    shared = shapely.intersection(shapes[one[apart]], shapes[other[apart]])
    return float(shapely.area(shared).sum())


def units_make_grids(units, *, grids):
    for code, rows in units.groupby("to"):
        whole = shapely.union_all(rows.geometry.to_numpy())
        off = shapely.symmetric_difference(whole, grids.geometry[code])
        assert shapely.area(off) < M2, code


def places(layers):
    """Return the point of every building that counts, and its row."""
    points = shapely.point_on_surface(layers.buildings.geometry.to_numpy())
    return np.asarray(points)


def holder(points, *, areas):
    """Return the code of the area that holds each point, the smallest of several."""
    frame = areas.sort_index()
    point, area = shapely.STRtree(frame.geometry.to_numpy()).query(
        points, predicate="intersects"
    )
    found = np.full(len(points), "", dtype=object)
    found[point[::-1]] = frame.index.to_numpy(object)[area[::-1]]
    order = np.lexsort((-area, point))
    found[point[order]] = frame.index.to_numpy(object)[area[order]]
    return found


def homes_are_counted(grids, *, before, layers):
    points = places(layers)
    was, now = holder(points, areas=before), holder(points, areas=grids)
    assert ((was == "") == (now == "")).all()
    counts = np.unique(now[now != ""], return_counts=True)
    assert dict(zip(*counts, strict=True)) == {
        code: n for code, n in grids["buildings"].astype(int).items() if n
    }
    owner = dict(before["community"])
    for count in COUNTS:
        by_now = grids.groupby("community")[count].sum()
        by_was = before.groupby("community")[count].sum()
        assert by_now.round(6).equals(by_was.round(6))
    held = was != ""
    own = [grids["community"][code] for code in now[held]]
    assert own == [owner[code] for code in was[held]]


def compounds_are_whole(grids, *, before, layers):
    named = layers.buildings["compound"].fillna("").to_numpy(object)
    points = places(layers)
    was, now = holder(points, areas=before), holder(points, areas=grids)
    for name in sorted(set(named) - {""}):
        mine = (named == name) & (was != "")
        assert astray(now[mine]) <= astray(was[mine]), name


def astray(codes):
    counts = np.unique(codes.astype(str), return_counts=True)[1]
    return int(counts.sum() - counts.max()) if len(counts) else 0


def locks_are_kept(grids, *, before, locked):
    for code in locked:
        off = shapely.symmetric_difference(before.geometry[code], grids.geometry[code])
        assert shapely.area(off) < M2


def totals_close(papers, *, before, grids):
    flows, moved = papers["flows"], papers["moved"]
    gone = flows[flows["from"] != flows["to"]]
    for count in COUNTS:
        out = gone.groupby("from")[count].sum()
        into = gone.groupby("to")[count].sum()
        codes = sorted({*before.index, *grids.index})
        after = (
            before[count].reindex(codes).fillna(0)
            - out.reindex(codes).fillna(0)
            + into.reindex(codes).fillna(0)
        )
        assert np.allclose(after, grids[count].reindex(codes).fillna(0))
        assert np.isclose(papers["strips"][count].sum(), gone[count].sum())
        if count != "buildings":
            assert np.isclose(moved[count].sum(), gone[count].sum())


def footprints_are_gone_round(grids, *, before, layers):
    """Check that no footprint is cut that is whole today, but in another's ground."""
    shapes = layers.buildings.geometry.to_numpy()
    shapes = shapes[shapely.get_dimensions(shapes) == 2]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    alone = np.setdiff1d(np.arange(len(shapes)), one[(one != other) & (shared > M2)])
    left = [outside_most(shapes[alone], areas=one) for one in (grids, before)]
    assert (left[0] <= left[1] + M2).all()


def outside_most(shapes, *, areas):
    """Return the area of each shape outside the area that holds most of it."""
    at, area = shapely.STRtree(areas.geometry.to_numpy()).query(shapes)
    shared = shapely.area(
        shapely.intersection(shapes[at], areas.geometry.to_numpy()[area])
    )
    most = np.zeros(len(shapes))
    np.maximum.at(most, at, shared)
    return shapely.area(shapes) - most


def sizes_agree(told, *, grids, results):
    """Check balance and band against the households of the grids that are open."""
    low, high = results["band"]
    sizes = grids["households"][~grids.index.isin(results["locked"])]
    balance = told["balance"]
    assert np.isclose(sizes.std(ddof=0) / sizes.mean(), balance["cv_after"], atol=1e-4)
    most = sizes.max() / sizes.mean()
    assert np.isclose(most, balance["max_over_mean_after"], atol=1e-4)
    band = next(one for one in told["rules"] if one["id"] == "H1")
    off = sizes[(sizes < low) | (sizes > high)]
    if results["measure"] == "households":
        assert sorted(band["offenders"] + band["inherited"]) == sorted(off.index)


def homes_astray(grids, *, points, barriers):
    """Return the homes that barriers or other grids part from most of their grid."""
    tree = shapely.STRtree(barriers)
    places_ = shapely.STRtree(points)
    astray = 0
    for shape in grids.geometry:
        lines = barriers[tree.query(shape, predicate="intersects")]
        noded = shapely.union_all([shape.boundary, *lines], grid_size=1e-5)
        cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
        cells = cells[shapely.contains(shape, shapely.point_on_surface(cells))]
        held = [len(places_.query(one, predicate="contains")) for one in cells]
        astray += sum(held) - max(held, default=0)
    return astray


def json_agrees(told, *, grids, moved):
    by_code = {one["code"]: one for one in told["grids"]}
    assert sorted(by_code) == sorted(grids.index)
    for code, row in grids.iterrows():
        one = by_code[code]
        assert one["households"] == round(row["households"])
        assert one["area_m2"] == round(row["geometry"].area, 1)
        assert sum(one["from"].values()) >= 0
    assert told["buildings_moved"] == len(moved)
    assert all(rule["passed"] for rule in told["rules"] if rule["level"] == "error")


def tables_close(folder):
    """Check in the tables for people that before - out + in = after."""
    whole = rows(folder / "division.csv")
    for row in whole:
        for count in ("户数", "人口", "楼栋"):
            if f"调整前{count}" not in row:
                continue
            was, out, into, now = (
                float(row[f"{how}{count}"] or 0)
                for how in ("调整前", "划出", "划入", "调整后")
            )
            assert np.isclose(was - out + into, now)
    for row in rows(folder / "division_moves.csv"):
        assert row["划出网格编码" if "划出网格编码" in row else "划出社区编码"]
    strips = rows(folder / "division_moves.csv")
    for option in {row["方案"] for row in whole}:
        out = sum(float(r["划出户数"] or 0) for r in whole if r["方案"] == option)
        into = sum(float(r["划入户数"] or 0) for r in whole if r["方案"] == option)
        pieces = sum(float(r["户数"]) for r in strips if r["方案"] == option)
        assert np.isclose(out, into)
        assert np.isclose(out, pieces)


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))

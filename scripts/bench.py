"""How fast geoplan is, side by side with what a planner could use instead.

Every row runs geoplan and a named peer on the same network and the same
facilities in one process, one after the other, and tells their ratio. A peer
that is not installed gives an empty row: ``pip install .[bench]`` installs them.

    python scripts/bench.py --data DIR [--only NAME] [--json PATH] [--markdown PATH]

DIR holds ``porto_alegre/poa.osm.pbf`` (Porto Alegre, the test extract of r5r;
© OpenStreetMap contributors, ODbL) or any other extract named with --extract.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import bench_peers as peers
from bench_course import Bench, reach
from bench_rows import Row, best, missing

PEERS = ("networkx", "scipy", "pandana", "osmnx", "shapely", "numba", "geopandas")

LATER = (
    ("maximal coverage, 20,000 demand points", "HiGHS"),
    ("p-median, OR-Library 1–20", "published optima"),
    ("division of 20,000 blocks into 100", "gerrychain recursive_tree_part"),
    ("division of 20,000 blocks into 100", "pymetis with repair"),
)


def rows(bench: Bench, only: str) -> list[Row]:
    """Return all rows whose name holds a text."""
    reach_s = best(lambda: reach(bench.way, bench.stations), times=9)
    actions: dict[str, Callable[[], Row]] = {
        "reach-networkx": lambda: peers.against_networkx(bench, reach_s),
        "reach-scipy": lambda: peers.against_scipy(bench, reach_s),
        "reach-pandana": lambda: peers.against_pandana(bench, reach_s),
        "reach-floor": lambda: peers.against_floor(bench),
        "nearest-scipy": lambda: peers.against_min_only(bench),
        "copies-24": lambda: peers.against_copies(bench, reach_s, count=24, target=1.3),
        "copies-134": lambda: peers.against_copies(
            bench, reach_s, count=134, target=1.8
        ),
        "fields-shapely": lambda: peers.against_buffers(bench),
        "loading-osmnx": lambda: peers.against_osmnx(bench),
        "start-osmnx": peers.against_import,
    }
    done = []
    for name, action in actions.items():
        if only in name:
            done.append(action())
            told = done[-1]
            print(f"{name}: {told.ratio} (target {told.target}, {told.better})")
    later = [
        missing(what, peer, target=None, note="comes later") for what, peer in LATER
    ]
    return done if only else [*done, *later]


def machine() -> dict[str, Any]:
    """Return what the numbers were measured with."""
    versions = {}
    for name in ("geoplan", *PEERS):
        if importlib.util.find_spec(name):
            versions[name] = importlib.metadata.version(name)
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "versions": versions,
    }


def markdown(told: list[Row]) -> str:
    """Return the rows as a table."""
    head = "| what | against | ours, s | peer, s | ratio | target | met |\n"
    lines = [head, "|---|---|---|---|---|---|---|\n"]
    for row in told:
        sign = "≥" if row.better == "higher" else "≤"
        target = "" if row.target is None else f"{sign} {row.target:g}"
        met = {True: "yes", False: "no", None: "–"}[row.met]
        figures = (
            "" if v is None else f"{v:,.4g}"
            for v in (row.ours_s, row.peer_s, row.ratio)
        )
        note = f" ({row.note})" if row.note else ""
        cells = [f"{row.what}{note}", row.peer, *figures, target, met]
        lines.append(f"| {' | '.join(cells)} |\n")
    return "".join(lines)


def main() -> None:
    """Run the rows and write them down."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--extract", default="porto_alegre/poa.osm.pbf")
    options.add_argument("--crs", default="EPSG:32722")
    options.add_argument("--only", default="")
    options.add_argument("--json", type=Path)
    options.add_argument("--markdown", type=Path)
    asked = options.parse_args()
    told = rows(Bench.of(asked.data / asked.extract, crs=asked.crs), asked.only)
    if asked.json:
        record = {"machine": machine(), "rows": [asdict(row) for row in told]}
        asked.json.write_text(json.dumps(record, indent=2, ensure_ascii=False), "utf-8")
    if asked.markdown:
        asked.markdown.write_text(markdown(told), "utf-8")
    print(markdown(told))


if __name__ == "__main__":
    main()

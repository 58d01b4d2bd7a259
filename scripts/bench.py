"""How fast geoplan is, side by side with what a planner could use instead.

Every row runs geoplan and a named peer on the same network and the same
facilities in one process, one after the other, and tells their ratio. A peer
that is not installed gives an empty row: ``pip install .[bench]`` installs them.

    python scripts/bench.py --data DIR [--only NAME] [--json PATH] [--markdown PATH]

DIR holds ``porto_alegre/poa.osm.pbf`` (Porto Alegre, the test extract of r5r) and
``heidelberg/heidelberg.osm.pbf`` (that of openrouteservice), © OpenStreetMap
contributors, ODbL; and ``pmed/``: instances of Beasley's OR-Library with their
published optima (see ``bench_sites.py``). Without the second or the third, their
rows are left out. --extract names another extract for the first, --crs its
projected coordinate system.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import bench_division as division
import bench_peers as peers
import bench_sites as siting
import bench_sites_peers as rivals
import bench_start as start
from bench_course import Bench
from bench_rows import Heavy, Row

OPTIMA = "pmed"
HEIDELBERG = "heidelberg/heidelberg.osm.pbf"
PEERS = ("networkx", "scipy", "pandana", "osmnx", "shapely", "numba", "geopandas")


def rows(bench: Bench, *, data: Path, only: str) -> list[Row | Heavy]:
    """Return all rows whose name holds a text."""
    actions: dict[str, Callable[[], Row | Heavy | list[Row]]] = {
        "reach-networkx": lambda: peers.against_networkx(bench),
        "reach-scipy": lambda: peers.against_scipy(bench),
        "reach-pandana": lambda: peers.against_pandana(bench),
        "reach-floor": lambda: peers.against_floor(bench),
        "nearest-scipy": lambda: peers.against_min_only(bench),
        "copies-24": lambda: peers.against_copies(bench, count=24, target=1.3),
        "copies-134": lambda: peers.against_copies(bench, count=134, target=1.8),
        "heidelberg-networkx": lambda: peers.against_networkx(heidelberg(data)),
        "heidelberg-scipy": lambda: peers.against_scipy(heidelberg(data)),
        "fields-shapely": lambda: peers.against_buffers(bench),
        "loading-osmnx": lambda: start.against_osmnx(bench),
        "start-osmnx": start.against_import,
        "study-osmnx": start.against_import_by_study,
        "sites-highs": lambda: siting.against_highs(bench),
        "sites-spopt": lambda: rivals.against_spopt(bench),
        "sites-cp-sat": lambda: rivals.against_cp_sat(bench),
        "sites-median": lambda: rivals.against_median(bench),
        "heidelberg-sites-spopt": lambda: rivals.against_spopt(heidelberg(data)),
        "heidelberg-sites-median": lambda: rivals.against_median(heidelberg(data)),
        "sites-optima": lambda: siting.against_optima(data / OPTIMA),
        "division-gerrychain": division.against_trees,
        "division-metis": division.against_metis,
    }
    for name, file in (("heidelberg", HEIDELBERG), ("optima", OPTIMA)):
        if not (data / file).exists():
            actions = {k: v for k, v in actions.items() if name not in k}
    done: list[Row | Heavy] = []
    for name, action in actions.items():
        if only in name:
            done += found if isinstance(found := action(), list) else [found]
            told = plain(done[-1])
            print(f"{name}: {told.ratio} (target {told.target}, {told.better})")
    return done


@cache
def heidelberg(data: Path) -> Bench:
    """Return the bench of Heidelberg: steep, with footways and stairs."""
    return Bench.of(data / HEIDELBERG, crs="EPSG:32632", place="Heidelberg")


def plain(told: Row | Heavy) -> Row:
    """Return a row without its memory."""
    return told.row if isinstance(told, Heavy) else told


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


def markdown(told: list[Row | Heavy]) -> str:
    """Return the rows as a table."""
    head = "| what | against | ours, s | peer, s | ratio | target | met | peak, MB |\n"
    lines = [head, "|---|---|---|---|---|---|---|---|\n"]
    for one in told:
        row = plain(one)
        sign = "≥" if row.better == "higher" else "≤"
        target = "" if row.target is None else f"{sign} {row.target:g}"
        met = {True: "yes", False: "no", None: "–"}[row.met]
        figures = (
            "" if v is None else f"{v:,.4g}"
            for v in (row.ours_s, row.peer_s, row.ratio)
        )
        note = f" ({row.note})" if row.note else ""
        peak = f"{one.peak_mb:,}" if isinstance(one, Heavy) and one.peak_mb else ""
        cells = [f"{row.what}{note}", row.peer, *figures, target, met, peak]
        lines.append(f"| {' | '.join(cells)} |\n")
    return "".join(lines)


def record(told: list[Row | Heavy]) -> dict[str, Any]:
    """Return the rows, their memory and the machine, as the JSON file has them."""
    return {
        "machine": machine(),
        "rows": [asdict(plain(row)) for row in told],
        "peak_mb": [
            {"what": one.row.what, "peer": one.row.peer, "peak_mb": one.peak_mb}
            for one in told
            if isinstance(one, Heavy)
        ],
    }


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
    bench = Bench.of(asked.data / asked.extract, crs=asked.crs)
    told = rows(bench, data=asked.data, only=asked.only)
    if asked.json:
        text = json.dumps(record(told), indent=2, ensure_ascii=False)
        asked.json.write_text(text, "utf-8")
    if asked.markdown:
        asked.markdown.write_text(markdown(told), "utf-8")
    print(markdown(told))


if __name__ == "__main__":
    main()

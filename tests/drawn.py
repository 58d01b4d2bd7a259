"""A small town with all that a page draws, and names that mean harm.

y=400 ┌────────┬────────┐     ways at x = 0, 200 … 800 and y = 0, 200, 400
      │ A  K1  │ C  K2  │     homes in two rows in every block
y=200 ├────────┼────────┤     a river at x = 600, one bridge at y = 200
      │ B  K1  │ D  K2  │     community stations at (50, 210) and, K2, (450, 210)
y=0   └────────┴────────┘     grid station in A
     x=0      400      800
"""

import base64
import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
from shapely import LineString, Point, box
from towns import areas, buildings, frame, layers, stations, ways

from geoplan import network as net
from geoplan.coverage import cover
from geoplan.maps import coverage_page
from geoplan.model import Circle, Imprint, Surroundings, Walker
from geoplan.study.reading import Study
from geoplan.study.streets import no_ways

WALKER = Walker(preset="adult", speed=1.2)
CIRCLES = (
    Circle(name="4分钟圈", tier="社区级", minutes=4),
    Circle(name="1分钟圈", tier="网格级", minutes=1),
)
HOSTILE = (
    "</script><script>window.broken=1</script>",
    "`${window.broken=1}`",
    "<img src=x onerror=window.broken=1>",
    "{{ 7 * 7 }}{% include 'x' %}",
    '=cmd()|" onmouseover="window.broken=1',
    "\u2028-->]]><!--<script>",
)
IMPRINT = Imprint(
    study="示例街道（虚构）",
    date="2026-06-30",
    credits=("© OpenStreetMap contributors，ODbL 1.0",),
    notes=("示例数据",),
    version="0.1.0",
)


def town(*, names=("虚构",), people_only=False):
    """Return layers, network and surroundings; ``names`` are given to everything."""
    called = [names[i % len(names)] for i in range(40)]
    grids = areas(
        [box(x, y, x + 400, y + 200) for x in (0, 400) for y in (200, 0)],
        code=list("ABCD"),
        community=["K1", "K1", "K2", "K2"],
        name=[f"{called[i]}{code}网格" for i, code in enumerate("ABCD")],
    )
    homes = [
        box(x, y, x + 30, y + 12)
        for x in range(20, 780, 60)
        for y in (20, 170, 220, 370)
        if not (570 < x + 15 < 630)
    ]
    counts = np.arange(len(homes), dtype=float) % 7 + 4
    known = {"people": counts * 3}
    if not people_only:
        known["households"] = counts
    town_layers = layers(
        grids=grids,
        buildings=buildings(
            homes,
            name=[f"{called[i % 40]}{i}栋" if i % 3 else "" for i in range(len(homes))],
            **known,
        ),
        stations=stations(
            [(50, 210), (450, 210), (50, 290)],
            name=[f"{called[0]}东站", f"{called[1]}西站", f"{called[2]}驿站"],
            tier=["社区级", "社区级", "网格级"],
            serves_community=["K1", "K2", ""],
            hours=["7×24", "", ""],
        ),
    )
    walled = frame(
        [box(205, 5, 395, 60)],
        name=[f"{called[3]}苑"],
        managed=[True],
        built_year=[float("nan")],
    )
    gates = frame([Point(300, 60)], compound=["000"], kind=["人行"], hours=[""])
    town_layers = dataclasses.replace(town_layers, compounds=walled, gates=gates)
    return town_layers, *_walks(called)


def _walks(called):
    upright = [[(x, y) for y in (0, 200, 400)] for x in (0, 200, 400, 800)]
    level = [[(x, y) for x in (0, 200, 400)] for y in (0, 400)]
    bridge = [[(x, 200) for x in (0, 200, 400, 800)], [(640, 0), (800, 0)]]
    walked = ways([*upright, *level, *bridge])
    table = walked.frame.assign(
        kind=[
            "secondary",
            "residential",
            "tertiary",
            "primary",
            "residential",
            "footway",
            "secondary",
            "steps",
        ],
        name=[f"{called[i]}路" for i in range(8)],
    )
    river = box(590, -200, 610, 600)
    around = Surroundings(
        barriers=frame(
            [LineString([(0, 420), (800, 420)])], kind=["motorway"], name=["高架"]
        ),
        water=frame([river], kind=["water"], name=["示例河"]),
        green=frame([box(640, 60, 760, 140)], kind=["park"], name=["公园"]),
        rails=frame([LineString([(-100, -50), (900, -50)])], kind=["rail"], name=[""]),
    )
    return net.build(dataclasses.replace(walked, frame=table)), around


@cache
def covered(**changes):
    """Return coverage, layers, network and surroundings of the town."""
    town_layers, network, around = town(**changes)
    coverage = cover(
        town_layers,
        network=network,
        surroundings=around,
        circles=CIRCLES,
        walker=WALKER,
        name="示例街道",
    )
    return coverage, town_layers, network, around


@cache
def page_of(*, lang="zh", imprint=IMPRINT, **changes):
    """Return the page of the town."""
    coverage, town_layers, network, around = covered(**changes)
    return coverage_page(
        coverage,
        layers=town_layers,
        network=network,
        surroundings=around,
        imprint=imprint,
        lang=lang,
    )


def block(page, name):
    """Return the text of one of a page's data blocks."""
    opening = f'<script type="application/json" id="{name}">'
    return page.partition(opening)[2].partition("</script>")[0]


def decoded(text):
    """Return the whole numbers of a column, read byte by byte."""
    numbers, value, shift = [], 0, 0
    for byte in base64.b64decode(text):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append((value >> 1) ^ -(value & 1))
            value, shift = 0, 0
    return numbers


def read_shapes(layer):
    """Return a layer's parts as arrays of points, one list a feature."""
    xy = np.array(decoded(layer["xy"])).reshape(-1, 2).cumsum(axis=0)
    points = np.split(xy, np.cumsum(decoded(layer["points"]))[:-1]) if len(xy) else []
    found, taken = [], 0
    for size in decoded(layer["parts"]):
        found.append(points[taken : taken + size])
        taken += size
    return found


def study_of(layers, *, around):
    """Return layers and what lies between the ways as a study that was read."""
    return Study(
        name="示例街道（虚构）",
        date="2026-06-30",
        path=Path("study.toml"),
        crs=layers.crs,
        layers=layers,
        circles=CIRCLES,
        walker=WALKER,
        network_path=Path("ways.gpkg"),
        ways=dataclasses.replace(no_ways(layers.crs), surroundings=around),
        elevation=None,
        review="",
        tiles="",
        inputs=(),
        credits=(),
        notes=(),
        findings=(),
    )

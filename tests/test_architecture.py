"""The plan of the house: who may know whom, and how large a room may grow."""

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "geoplan"

#: The rooms by level; a room knows the levels below its own …
LEVELS = (
    {"wording", "compiler", "arguments", "kept", "union"},
    {"loops"},
    {"errors", "columns", "manual"},
    {"crs", "datum", "codes", "model", "presets"},
    {
        *("network", "attach", "compounds", "walk", "population", "membership"),
        *("circles", "coverage"),
        *("hours", "check", "assign", "sites", "division", "compare"),
    },
    {"files", "osm", "maps", "report"},
    {"study"},
    {"recipes", "init"},
    {"cli"},
    {"__main__"},
)

#: … and, sideways, these. Records, codes and presets are there for all to hold.
SIDEWAYS = {
    "columns": {"errors"},
    "crs": {"datum"},
    "check": {"membership"},
    "presets": {"model"},
    "circles": {"walk"},
    "compounds": {"hours"},
    "attach": {"compounds"},
    "coverage": {
        *("walk", "circles", "membership", "attach", "compounds", "population"),
        "hours",
    },
    "sites": {"walk", "assign"},
    "division": {"check"},
    "compare": {"coverage"},
}

#: The edges know the records, not the core that computes them; the command line
#: knows the recipes, not what they are made of.
CORE = next(rooms for rooms in LEVELS if "coverage" in rooms)
EDGES = next(rooms for rooms in LEVELS if "files" in rooms)
NEVER = {
    **dict.fromkeys(EDGES, CORE),
    "cli": {*CORE, "files", "maps", "report", "columns", "crs", "datum", "codes"},
    "__main__": set().union(*LEVELS) - {"cli"},
}

MODULES = sorted(PACKAGE.rglob("*.py"))
SCRIPTS = sorted((ROOT / "scripts").rglob("*.py"))
JUNK = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "shared"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room(path: Path) -> str:
    """Return the room a module belongs to; the package itself is ``__init__``."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def may_import(one: str) -> set[str]:
    at = next(i for i, rooms in enumerate(LEVELS) if one in rooms)
    below = set(itertools.chain.from_iterable(LEVELS[:at]))
    return (below | SIDEWAYS.get(one, set()) | {one}) - NEVER.get(one, set())


def imported_rooms(path: Path) -> Iterator[str]:
    """Yield the rooms that a module imports, wherever in it, at run time or not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            within = f"{node.module}." if node.module == "geoplan" else ""
            names = [f"{within or node.module}{alias.name}" for alias in node.names]
            names = names if within else [node.module or ""]
        else:
            continue
        for whole in names:
            top, _, rest = whole.partition(".")
            inside = rest.partition(".")[0]
            # "from geoplan import __version__" takes a value, not a room
            if top == "geoplan" and not inside.startswith("__"):
                yield inside or "geoplan"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_point_down(path):
    if path == PACKAGE / "__init__.py":
        return
    known = set().union(*LEVELS)
    assert room(path) in known, "a new room: give it a level in this test's table"
    assert set(imported_rooms(path)) <= may_import(room(path))


@pytest.mark.parametrize("path", MODULES + SCRIPTS, ids=name)
def test_imports_are_absolute(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert all(node.level == 0 for node in froms)


@pytest.mark.parametrize("path", MODULES + SCRIPTS, ids=name)
def test_modules_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400


@pytest.mark.parametrize("path", MODULES + SCRIPTS, ids=name)
def test_functions_are_short(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert length(node) <= 50, node.name


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return a function's number of lines, its docstring aside."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    told = function.body[0]
    return lines - ((told.end_lineno or 0) - told.lineno + 1)


@pytest.mark.parametrize("path", MODULES + SCRIPTS, ids=name)
def test_no_junk_drawers(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    words = {word for part in parts for word in part.split("_")}
    assert not words & JUNK


def test_every_room_has_one_level():
    rooms = list(itertools.chain.from_iterable(LEVELS))
    assert len(rooms) == len(set(rooms))


def test_the_table_refuses_the_way_back():
    assert "study" not in may_import("coverage")
    assert "coverage" not in may_import("maps")
    assert "maps" not in may_import("coverage")
    assert "coverage" in may_import("study")

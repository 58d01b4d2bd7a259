"""What the wheel and the repository carry."""

import shutil
import subprocess
import sys
import tomllib
import zipfile

import pytest
from packaging.requirements import Requirement


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    """Give the names of all files in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
    subprocess.run(  # noqa: S603  the project's own build backend
        [sys.executable, *build], cwd=root, check=True, capture_output=True
    )
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("folder", ["geoplan", "data"])
def test_the_wheel_carries_every_source_and_every_study(root, wheel, folder):
    tracked = [
        path.relative_to(root).as_posix()
        for path in (root / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    inside = "" if folder == "geoplan" else "geoplan/"
    assert {f"{inside}{path}" for path in tracked} <= wheel


def test_the_wheel_carries_nothing_else(wheel):
    tops = {name.partition("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"geoplan"}


def test_git_ignores_no_source(root):
    if not (root / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a clone: there is no git to ask")
    asked = subprocess.run(
        ["git", "ls-files", "-oi", "--exclude-standard", "geoplan", "data", "docs"],  # noqa: S607  wherever git is
        cwd=root,
        capture_output=True,
        check=True,
    )
    ignored = asked.stdout.decode().splitlines()
    assert not [path for path in ignored if "__pycache__" not in path]


@pytest.mark.parametrize(
    ("system", "machine", "python", "taken"),
    [
        ("linux", "x86_64", "3.11", "0.68.1"),
        ("win32", "AMD64", "3.14", "0.68.1"),
        ("darwin", "arm64", "3.13", "0.68.1"),
        ("darwin", "x86_64", "3.13", "0.62.1"),
        ("darwin", "x86_64", "3.14", None),
        ("linux", "x86_64", "3.15", None),
    ],
)
def test_numba_is_asked_for_only_where_it_has_a_wheel(
    root, system, machine, python, taken
):
    told = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    here = {
        "sys_platform": system,
        "platform_machine": machine,
        "python_version": python,
    }
    asked = [
        one
        for one in map(Requirement, told["project"]["dependencies"])
        if one.name == "numba" and one.marker.evaluate(here)
    ]
    fit = [v for v in ("0.62.1", "0.68.1") if asked and asked[0].specifier.contains(v)]
    assert len(asked) <= 1
    assert (fit[-1] if fit else None) == taken

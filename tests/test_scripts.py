"""The commands of a fresh machine: everything but the internet is real here."""

import ast
import os
import shutil
import stat
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

SETUP = ("environment.py", "workshop.py", "chromium.py", "demo.py", "test.py")

#: A project as small as can be: its build backend is its own and needs nothing.
TOY = {
    "pyproject.toml": """
        [build-system]
        requires = []
        build-backend = "backend"
        backend-path = ["."]
        [project]
        name = "geoplan"
        version = "0"
        """,
    "backend.py": """
        import zipfile
        from pathlib import Path

        def build_wheel(folder, config_settings=None, metadata_directory=None):
            name, info = "geoplan-0-py3-none-any.whl", "geoplan-0.dist-info/"
            kind = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
            about = "Metadata-Version: 2.1\\nName: geoplan\\nVersion: 0\\n"
            with zipfile.ZipFile(Path(folder) / name, "w") as wheel:
                wheel.writestr("geoplan.pth", str(Path.cwd()))
                wheel.writestr(info + "WHEEL", kind)
                wheel.writestr(info + "METADATA", about)
                wheel.writestr(info + "RECORD", "")
            return name

        build_editable = build_wheel
        """,
    "geoplan/__init__.py": "",
    "geoplan/__main__.py": "import sys; print(*sys.argv[1:], sep='|'); sys.exit(1)",
}


@pytest.fixture
def toy(root, tmp_path):
    """Give a copy of the scripts, and of what they need, round a toy project."""
    place = tmp_path / "a b"
    (place / "scripts").mkdir(parents=True)
    for name in SETUP:
        shutil.copy(root / "scripts" / name, place / "scripts")
    shutil.copytree(root / "geoplan" / "wording", place / "geoplan" / "wording")
    for name, text in TOY.items():
        (place / name).write_text(textwrap.dedent(text), encoding="utf-8")
    return place


def start(toy, *arguments, before="", **variables):
    """Run the toy's demo.py from elsewhere, after some lines of Python."""
    script = str(toy / "scripts" / "demo.py")
    code = textwrap.dedent(before) + (
        f"\nimport runpy, sys; sys.argv = {[script, *arguments]!r}\n"
        f"sys.path.insert(0, {str(toy / 'scripts')!r})\n"
        f"runpy.run_path({script!r}, run_name='__main__')"
    )
    return subprocess.run(  # noqa: S603  the tested script
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd=toy.parent,
        env={**os.environ, "PYTHONPATH": "", "PYTHONIOENCODING": "utf-8"} | variables,
        check=False,
        timeout=300,
    )


@pytest.mark.slow
def test_demo_from_nothing(toy):
    rival = toy.parent / "geoplan"  # where it is started lies another geoplan
    rival.mkdir()
    (rival / "__init__.py").touch()
    first = start(toy, "--circle", "x y")
    assert first.returncode == 1, first.stderr  # the command's own exit code
    out = toy / "maps"
    assert first.stdout.splitlines()[-1] == (
        f"demo|--out|{out}|--lang|zh|--circle|x y"  # from another folder all the same
    )
    assert "正在安装" in first.stderr

    again = start(toy, "--lang", "en", "--out", "here")
    assert again.stdout == "demo|--out|here|--lang|en\n"  # nothing was installed

    changed = (toy / "pyproject.toml").read_text(encoding="utf-8") + "\n"
    (toy / "pyproject.toml").write_text(changed, encoding="utf-8")
    python = toy / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    python.unlink()  # its Python was uninstalled
    mended = start(toy, "--lang", "en")
    assert "Making an environment" in mended.stderr
    assert "Installing" in mended.stderr
    assert mended.returncode == 1


def test_no_venv_says_what_to_install(toy):
    blocked = "import sys; sys.modules.update(ensurepip=None, virtualenv=None)"
    told = start(toy, before=blocked)
    assert told.returncode == 2
    assert "sudo apt install python3-venv" in told.stderr
    assert "不能建立运行环境" in told.stderr
    assert not (toy / ".venv").exists()


def test_a_console_without_chinese_is_told_in_english(toy):
    blocked = "import sys; sys.modules.update(ensurepip=None, virtualenv=None)"
    told = start(toy, before=blocked, PYTHONIOENCODING="cp1252")
    assert "cannot make environments" in told.stderr


def test_a_folder_of_other_things_is_left_alone(toy):
    (toy / ".venv").mkdir()
    (toy / ".venv" / "thesis.docx").write_bytes(b"")
    told = start(toy, "--lang", "en")
    assert told.returncode == 2
    assert "is no Python environment" in told.stderr
    assert (toy / ".venv" / "thesis.docx").exists()


def test_a_missing_wheelhouse_is_named(toy, script):
    environment = script("environment")
    with pytest.raises(environment.SetupError) as told:
        environment.install(Path(sys.executable), extras=[], wheelhouse=toy / "nowhere")
    assert str(toy / "nowhere") in told.value.say("zh")


@pytest.mark.parametrize("name", ["demo", "test"])
def test_an_old_python_is_told_in_one_line(root, name):
    path = root / "scripts" / f"{name}.py"
    old = "import sys, runpy; sys.version_info = (3, 6, 15, 'final', 0); "
    told = subprocess.run(  # noqa: S603  the tested script
        [sys.executable, "-S", "-c", f"{old}runpy.run_path({str(path)!r})"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert told.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer, and this is Python 3.6" in told.stderr


@pytest.mark.parametrize("name", ["demo", "test"])
def test_an_old_python_can_read_the_script(root, name):
    source = (root / "scripts" / f"{name}.py").read_bytes()
    assert source.isascii()
    tree = ast.parse(source, feature_version=(3, 7))
    newer = ast.JoinedStr | ast.AnnAssign | ast.FunctionDef | ast.NamedExpr
    assert not [node for node in ast.walk(tree) if isinstance(node, newer)]


@pytest.mark.parametrize("name", ["workshop", "environment", "chromium"])
def test_the_setup_needs_the_standard_library_only(root, name):
    subprocess.run(  # noqa: S603  the tested script
        [sys.executable, "-S", "-c", f"import {name}"],
        cwd=root / "scripts",
        check=True,
    )


def test_pip_arguments(script, tmp_path):
    arguments = script("environment").pip_arguments
    root = Path("/srv/geoplan")
    online = arguments(root, extras=["test"], wheelhouse=None)
    assert online[-2:] == ["--editable", f"{root}[test]"]
    assert "--no-index" not in online
    offline = arguments(root, extras=[], wheelhouse=tmp_path)
    assert offline[-2:] == ["--editable", str(root)]
    assert offline[-5:-2] == ["--no-index", "--find-links", str(tmp_path)]
    # beyond ASCII the sources are copied: see the function
    chinese = arguments(Path("/用户/geoplan"), extras=[], wheelhouse=None)
    assert "--editable" not in chinese


def test_both_languages_say_the_same(root):
    zh, en = (
        tomllib.loads(
            (root / f"geoplan/wording/{lang}/setup.toml").read_text(encoding="utf-8")
        )
        for lang in ("zh", "en")
    )
    assert zh.keys() == en.keys()


@pytest.mark.skipif(os.name == "nt", reason="fakes a browser by a shell script")
def test_the_browser_that_starts_is_found(script, tmp_path, monkeypatch):
    chromium = script("chromium")
    monkeypatch.delenv("GEOPLAN_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "cache"))
    if sys.platform != "darwin":
        assert chromium.find() is None

    stub = executable(tmp_path / "chromium", "exit 1")  # as Ubuntu's without snap
    good = executable(tmp_path / "cache" / "chromium-9" / "chrome-linux64" / "chrome")
    assert good in chromium.places()
    assert not chromium.starts(stub)
    assert chromium.starts(good)

    monkeypatch.setenv("GEOPLAN_CHROMIUM", str(good))
    assert chromium.find() == good
    monkeypatch.setenv("GEOPLAN_CHROMIUM", str(stub))
    with pytest.raises(FileNotFoundError, match="GEOPLAN_CHROMIUM"):
        chromium.find()


def test_apt_is_asked_once_and_only_for_what_is_missing(script, tmp_path, monkeypatch):
    chromium = script("chromium")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "cache"))
    monkeypatch.delenv("GEOPLAN_CHROMIUM", raising=False)
    asked = tmp_path / "asked"
    executable(tmp_path / "apt-get", f'echo "$@" >> {asked}')
    if chromium.kin_of_debian() != "debian":
        pytest.skip("only root on Debian has apt")
    chromium.install_packages()
    update, install = asked.read_text().splitlines()
    assert update == "update"
    assert install.endswith(" chromium fontconfig fonts-noto-cjk")

    asked.unlink()
    executable(tmp_path / "chromium")
    executable(tmp_path / "fc-list", "echo Noto")
    chromium.install_packages()
    assert not asked.exists()


def executable(path, does="exit 0"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path

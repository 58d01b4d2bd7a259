"""The command line: thin, quick to start, and never at a loss for words."""

import os
import re
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from geoplan import __version__, cli, columns
from geoplan.model import Finding
from geoplan.wording import say, texts


def geoplan(*arguments, cwd, encoding="utf-8"):
    return subprocess.run(  # noqa: S603  the tested command
        [sys.executable, "-m", "geoplan", *arguments],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        check=False,
        timeout=300,
    )


def test_every_command_has_help_and_stands_in_both_readmes(root, tmp_path):
    readmes = [
        (root / name).read_text(encoding="utf-8")
        for name in ("README.md", "README.zh-CN.md")
    ]
    for command in cli.COMMANDS:
        assert command.__doc__
        told = geoplan(command.__name__, "--help", cwd=tmp_path)
        assert told.returncode == 0
        first = command.__doc__.partition("\n")[0]
        assert first in told.stdout.decode()
        assert all(f"`geoplan {command.__name__}" in readme for readme in readmes)


def test_version(tmp_path):
    told = geoplan("--version", cwd=tmp_path).stdout.decode().strip()
    assert told == f"geoplan {__version__}"


def test_help_is_quick():
    heavy = "{'numpy', 'pandas', 'shapely', 'geopandas', 'folium', 'osmnx'}"
    code = f"import sys, geoplan.cli; print(sorted({heavy} & set(sys.modules)))"
    told = subprocess.run(  # noqa: S603  the tested import
        [sys.executable, "-c", code], capture_output=True, check=True
    )
    assert told.stdout.decode().strip() == "[]"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_missing_study_is_one_line_that_names_it(tmp_path, lang):
    told = geoplan("coverage", "nowhere.toml", "--lang", lang, cwd=tmp_path)
    assert told.returncode == 2
    lines = told.stderr.decode().splitlines()
    assert "nowhere.toml" in lines[-1]
    assert lines[-1].startswith("geoplan: ")
    assert "Traceback" not in told.stderr.decode()
    assert not (tmp_path / "maps").exists()  # nothing half-written


@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "ascii"])
def test_no_console_is_too_poor(tmp_path, encoding):
    told = geoplan("coverage", "文澜🏠.toml", cwd=tmp_path, encoding=encoding)
    assert told.returncode == 2
    text = told.stderr.decode(encoding)
    assert "Traceback" not in text
    assert "\\U0001f3e0" in text
    if encoding != "gbk":
        assert "there is no study file" in text  # English where Chinese cannot be shown


@pytest.mark.parametrize("wrong", [[], ["fly"], ["demo", "--lang", "fr"]])
def test_wrong_usage_exits_with_2(tmp_path, wrong):
    assert geoplan(*wrong, cwd=tmp_path).returncode == 2


def test_out_defaults_to_the_folder_of_the_study(tmp_path, monkeypatch):
    folder = tmp_path / "文澜"
    folder.mkdir()
    study = folder / "study.toml"
    study.touch()
    assert cli.default_out(study) == Path("maps/文澜")
    assert cli.default_out(folder) == Path("maps/文澜")
    monkeypatch.chdir(folder)
    assert cli.default_out(Path("study.toml")) == Path("maps/文澜")


def finding(level, code="7", rule="buildings_too_far"):
    return Finding(rule=rule, level=level, layer="buildings", code=code)


def test_the_exit_code_tells_of_errors_only(capsys):
    page = Path("coverage.html")
    assert cli.report([], [page], lang="zh") == 0
    assert cli.report([finding("warning"), finding("info")], [page], lang="zh") == 0
    assert cli.report([finding("error")], [page], lang="zh") == 1
    assert str(page.resolve()) in capsys.readouterr().out


def test_findings_of_one_rule_are_cut_short(capsys):
    cli.report([finding("warning", str(k)) for k in range(9)], [], lang="en")
    told = capsys.readouterr().err.splitlines()
    assert len(told) == cli.SHOWN + 1
    assert told[0].startswith("Note, building 0: The building has no way within")
    assert "6 more" in told[-1]
    assert not any("info" in line for line in told)


def test_whatever_findings_are_about_has_a_name(root):
    sources = (root / "geoplan").rglob("*.py")
    layers = {
        layer
        for source in sources
        for layer in re.findall(
            r'Finding\([^)]*?layer="(\w+)"', source.read_text(encoding="utf-8")
        )
    }
    for lang in ("zh", "en"):
        named = {key for key in texts("cli", lang) if key.startswith("layer_")}
        assert {f"layer_{layer}" for layer in layers} <= named


def test_streams_escape_what_they_cannot_hold():
    stream = TextIOWrapper(BytesIO(), encoding="gbk")
    cli.never_fail(stream)
    stream.write("街🏠")
    stream.flush()
    assert stream.buffer.getvalue() == "街\\U0001f3e0".encode("gbk")
    assert cli.readable("zh", stream) == "zh"
    assert cli.readable("zh", TextIOWrapper(BytesIO(), encoding="ascii")) == "en"
    assert cli.readable("zh", None) == "zh"  # no console at all (pythonw)


def test_every_layer_has_a_word_for_the_console():
    for lang in ("zh", "en"):
        for layer in (*columns.layers(), "network", "study"):
            assert say(f"cli.layer_{layer}", lang=lang)

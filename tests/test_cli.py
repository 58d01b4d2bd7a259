"""The command line: thin, quick to start, and never at a loss for words."""

import os
import re
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from geoplan import __version__, cli, columns
from geoplan.manual import cells
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


def options_of(command):
    return [*cli.COMMANDS[command], "--lang"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_command_has_help_and_stands_in_the_readme(root, capsys, lang):
    readme = "README.zh-CN.md" if lang == "zh" else "README.md"
    readme = (root / readme).read_text(encoding="utf-8")
    for command in cli.COMMANDS:
        name = command.__name__
        with pytest.raises(SystemExit) as left:
            cli.main([name, "--help", "--lang", lang])
        told = capsys.readouterr().out
        assert left.value.code == 0
        assert say(f"help.{name}.short", lang=lang) in told
        assert f"`geoplan {name}" in readme
        for option in options_of(command):
            meant = cli.meaning(option, of=name, lang=lang)
            assert "".join(meant.split()) in "".join(told.split())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_help_is_of_an_option_that_no_command_has(lang):
    known = texts("help", lang)["said"]
    names = {
        (command.__name__, option.lstrip("-").replace("-", "_"))
        for command in cli.COMMANDS
        for option in options_of(command)
    }
    used = {own if own in known else name for own, name in
            ((f"{command}_{name}", name) for command, name in names)}  # fmt: skip
    assert set(known) == used


def test_a_wrong_command_is_told_what_would_be_right(capsys):
    wrong = {
        ("fly",): ("没有 'fly' 这个命令", "coverage"),
        ("coverage",): ("还缺 STUDY", "study.toml 所在的文件夹"),
        ("coverage", "x", "--bogus"): ("geoplan coverage：不认识 --bogus",),
        ("sites", "x", "--count", "a"): ("--count 不能是 'a'", "A..B"),
        ("sites", "x", "--model", "b"): ("--model 不能是 'b'", "mclp 走得到的人最多"),
        ("sites", "x", "--weight"): ("--weight 后面要写一个值",),
        ("apply", "x"): ("还缺 EDITS",),
        ("sites", "x", "--s"): ("--s 可能是 --speeds、--seed",),
        ("check", "x", "--lang", "fr"): ("--lang 不能是 'fr'", "en 英文"),
        ("check", "--lang"): ("--lang 后面要写一个值",),
        ("divide", "x", "--all=1"): ("--all 后面不用写值",),
        ("check", "--lang=en"): ("STUDY is missing", "folder that holds study.toml"),
    }
    for arguments, said in wrong.items():
        with pytest.raises(SystemExit) as left:
            cli.main(arguments)
        assert left.value.code == 2
        told = capsys.readouterr().err
        assert all(part in told for part in said), told
        assert told.count("\n") <= 3
    assert cli.main([]) == 2
    assert "coverage" in capsys.readouterr().err


def test_help_fits_a_console_of_80_cells(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for command in cli.COMMANDS:
        with pytest.raises(SystemExit):
            cli.main([command.__name__, "--help"])
        lines = capsys.readouterr().out.splitlines()
        assert max(map(cells, lines)) <= 80
        assert not any(
            line.lstrip()[:1] in set("，。；：、）") for line in lines if line
        )


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


@pytest.mark.parametrize(
    ("where", "zh", "en"),
    [
        ({"code": "K7"}, "楼栋 K7：", "building K7:"),
        ({"row": 5}, "楼栋第 5 行：", "building, row 5:"),
        (
            {"row": 5, "column": "户数", "code": "K7"},
            "楼栋第 5 行“户数”列：",
            'building, row 5, column "户数":',
        ),
        ({"row": 5, "code": "K7"}, "楼栋 K7：", "building K7:"),
        ({}, "楼栋：", "building:"),
    ],
)
def test_a_finding_says_where(where, zh, en):
    found = Finding(rule="buildings_too_far", level="error", layer="buildings", **where)
    assert cli.finding_line(found, lang="zh").startswith(f"错误，{zh}")
    assert cli.finding_line(found, lang="en").startswith(f"ERROR, {en}")


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

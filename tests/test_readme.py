"""Docs cannot lie: what the READMEs show is so."""

import re
import shutil
import tomllib

import pytest

import geoplan

READMES = ("README.md", "README.zh-CN.md")


def blocks_of(readme, language):
    """Return the fenced blocks in a language; "" is what the reader types."""
    blocks = re.findall(
        r"^```(.*?)\n(.*?)^```$", readme, flags=re.DOTALL | re.MULTILINE
    )
    return [block for tag, block in blocks if tag == language]


def test_both_readmes_show_the_same_study_and_commands(root):
    english = (root / "README.md").read_text(encoding="utf-8")
    chinese = (root / "README.zh-CN.md").read_text(encoding="utf-8")
    (ours,), (theirs,) = blocks_of(english, "toml"), blocks_of(chinese, "toml")
    assert tomllib.loads(ours) == tomllib.loads(theirs)
    assert blocks_of(english, "") == blocks_of(chinese, "")
    first, second, *_ = blocks_of(english, "")
    assert first == "python scripts/demo.py\n"
    assert second == "python scripts/test.py\n"


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(root, name):
    text = (root / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert not [target for target in targets if not (root / target).exists()]


@pytest.mark.parametrize("name", READMES)
def test_the_study_shown_can_be_read(root, tmp_path, name):
    folder = tmp_path / "my-street"
    shutil.copytree(root / "data" / "wenlan", folder)
    (shown,) = blocks_of((root / name).read_text(encoding="utf-8"), "toml")
    (folder / "study.toml").write_text(shown, encoding="utf-8")
    study = geoplan.read_study(folder / "study.toml")
    assert [circle.minutes for circle in study.circles] == [15, 3]
    assert len(study.layers.grids) > 0

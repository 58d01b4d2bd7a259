"""Texts: both languages say the same, and everything that is said has a text."""

import ast
import string
from pathlib import Path

import pytest

from geoplan.wording import LANGUAGES, say, texts

PACKAGE = Path(__file__).resolve().parent.parent / "geoplan"
TOPICS = sorted(path.stem for path in (PACKAGE / "wording" / "zh").glob("*.toml"))


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def said(tree, function, keyword):
    """Yield the first argument, or a keyword, of calls, where it is a plain text."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name not in function:
            continue
        values = [k.value for k in node.keywords if k.arg == keyword] or node.args[:1]
        for value in values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def trees():
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def flat(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_have_the_same_entries(topic):
    zh, en = (dict(flat(texts(topic, lang))) for lang in LANGUAGES)
    assert sorted(zh) == sorted(en)


@pytest.mark.parametrize("topic", sorted({*TOPICS} - {"page"}))
def test_both_languages_use_the_same_facts(topic):
    # A page's sentences take of the same facts what each language's grammar needs;
    # what is counted ("measure") need not be named by both.
    zh, en = (dict(flat(texts(topic, lang))) for lang in LANGUAGES)
    differ = {
        key
        for key in zh.keys() & en.keys()
        if isinstance(zh[key], str)
        and (placeholders(zh[key]) ^ placeholders(en[key])) - {"measure"}
    }
    assert differ == set()


def test_languages_have_the_same_topics():
    folders = [PACKAGE / "wording" / lang for lang in LANGUAGES]
    names = [sorted(path.name for path in folder.glob("*.toml")) for folder in folders]
    assert names[0] == names[1]


def test_every_error_raised_has_a_text():
    known = set(texts("errors", "zh"))
    missing = {
        (path.name, key)
        for path, tree in trees()
        for key in said(tree, {"at"}, "key")
        if key not in known
    }
    assert missing == set()


def test_every_finding_has_a_text():
    known = set(texts("findings", "zh"))
    missing = {
        (path.name, key)
        for path, tree in trees()
        for key in said(tree, {"Finding"}, "rule")
        if key not in known
    }
    assert missing == set()


def test_words_follow_the_number_before_them():
    told = {n: say("page.unit_buildings", lang="en", n=n) for n in ("1", "21", "1,001")}
    assert told == {"1": "1 building", "21": "21 buildings", "1,001": "1,001 buildings"}
    assert say("match.lead_moved", lang="en", n=1).startswith("1 goes")


def test_a_text_is_filled_with_its_facts():
    assert say("errors.at_row", lang="zh", value=7) == "第 7 行"
    assert say("errors.at_row", lang="en", value=7) == "row 7"

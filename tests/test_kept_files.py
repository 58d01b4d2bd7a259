"""Files kept in the user's cache folder."""

import sys

import pytest

from geoplan.kept import OFF, kept

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the cache folder is moved by XDG_CACHE_HOME"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv(OFF, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "geoplan"


def made(content=b"made", makers=(b"a", b"b")):
    """Return what is kept, and whether it was made for it."""
    calls = []

    def make():
        calls.append(content)
        return content

    return kept("bin", makers, make=make), bool(calls)


def test_it_is_made_once(folder):
    assert made() == (b"made", True)
    assert made(b"other") == (b"made", False)
    assert len(list(folder.iterdir())) == 1


@pytest.mark.usefixtures("folder")
def test_what_decides_it_cannot_run_together():
    assert made(b"1", makers=(b"ab", b"c")) == (b"1", True)
    assert made(b"2", makers=(b"a", b"bc")) == (b"2", True)
    assert made(b"3", makers=(b"abc",)) == (b"3", True)


@pytest.mark.parametrize("spoil", [lambda d: d[:-1], lambda d: d + b"x", lambda _: b""])
def test_what_is_not_as_it_was_written_is_made_anew(folder, spoil):
    made()
    (file,) = folder.iterdir()
    file.write_bytes(spoil(file.read_bytes()))
    assert made(b"anew") == (b"anew", True)
    assert made(b"other") == (b"anew", False)


def test_nothing_is_kept_where_that_is_not_wanted(folder, monkeypatch):
    monkeypatch.setenv(OFF, "1")
    assert made() == (b"made", True)
    assert made() == (b"made", True)
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_no_error(folder):
    folder.parent.joinpath("geoplan").write_text("in the way", encoding="utf-8")
    assert made() == (b"made", True)
    assert made() == (b"made", True)


def test_the_oldest_go(folder):
    for number in range(70):
        made(makers=(b"%d" % number,))
    assert len(list(folder.iterdir())) == 64

"""What the names of files say: the packaged data ``words.toml``."""

import re
import tomllib
from calendar import monthrange
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

from geoplan.columns import normal

_DAY = re.compile(
    r"(?<!\d)(20\d\d)[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])(?!\d)"
)


@cache
def tables() -> dict[str, Any]:
    """Return the packaged words."""
    source = files("geoplan") / "init" / "words.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def role_named(name: str) -> tuple[str, str]:
    """Return the role that a name tells, and the word that does; "" if none.

    Of several words the last one decides; of those that end alike the longest.

    Examples
    --------
    >>> role_named("社区服务站点"), role_named("网格最终版2"), role_named("新建图层")
    (('stations', '站点'), ('grids', '网格'), ('', ''))
    """
    plain = normal(name)
    bare = re.sub(r"[\d()（）]+", "", plain)
    best = (-1, 0, "", "")
    for role, words in tables()["names"].items():
        if role == "first":
            continue
        if bare in words["whole"]:
            return role, bare
        for word in words["part"]:
            at = plain.rfind(word)
            if at >= 0:
                best = max(best, (at + len(word), len(word), role, word))
    return best[2], best[3]


def newest(near: str) -> tuple[bool, bool, int]:
    """Return how new a path says a file is, for sorting: the newest is greatest.

    Not an old copy; called final; its last number (a version or a day).

    Examples
    --------
    >>> newest("网格最终版2.shp") > newest("网格.shp") > newest("旧/网格3.shp")
    True
    >>> newest("老旧小区.shp") == newest("小区.shp")
    True
    """
    words = tables()["version"]
    plain = "/".join(normal(part) for part in _parts(near))
    for word in words["except"]:
        plain = plain.replace(word, "")
    name = plain.rpartition("/")[2]
    numbers = re.findall(r"\d{1,9}", name)
    return (
        not any(word in plain for word in words["old"]),
        any(word in plain for word in words["final"]),
        int(numbers[-1]) if numbers else 0,
    )


def is_old(near: str) -> bool:
    """Return whether a path says that a file is an old copy."""
    return not newest(near)[0]


def street_named(texts: tuple[str, ...]) -> str:
    """Return the first name of a street office that texts hold; "" if none does.

    Examples
    --------
    >>> street_named(("2026资料", "文澜街道网格.shp"))
    '文澜街道'
    """
    ending = "|".join(map(re.escape, tables()["street"]["endings"]))
    for text in texts:
        match = re.search(rf"([\u4e00-\u9fff]{{2,8}}?)(?:{ending})", text)
        if match:
            return match[0].removesuffix("办事处").removesuffix("办")
    return ""


def day_named(texts: tuple[str, ...]) -> str:
    """Return the latest day that texts hold, ISO; "" if none does.

    Examples
    --------
    >>> day_named(("网格20260630.shp", "站点2025-12-01.xlsx"))
    '2026-06-30'
    """
    days = {
        f"{year}-{month}-{day}"
        for text in texts
        for year, month, day in _DAY.findall(text)
        if int(day) <= monthrange(int(year), int(month))[1]
    }
    return max(days, default="")


def _parts(near: str) -> tuple[str, ...]:
    path = PurePosixPath(near)
    return (*path.parent.parts, path.stem)

"""What names and values mean: tiers, yes and no, uses, land, gates, datums."""

from functools import cache
from typing import cast

from geoplan.columns.tables import normal, nothing, plain_value, tables


@cache
def datum_named(name: str) -> str:
    """Return the datum that a column's name tells of its coordinates; "" if none.

    Examples
    --------
    >>> datum_named("百度经度"), datum_named("高德坐标"), datum_named("经度")
    ('bd09', 'gcj02', '')
    """
    plain = normal(name)
    found = [
        datum
        for datum, parts in tables()["words"]["datum"].items()
        if any(part in plain for part in parts)
    ]
    return found[0] if len(found) == 1 else ""


def capacity_of(name: str) -> str:
    """Return what a column of capacities counts, by the words of its name.

    "households", "places" (beds, seats) or "people".

    Examples
    --------
    >>> capacity_of("可服务户数"), capacity_of("床位数"), capacity_of("服务能力")
    ('households', 'places', 'people')
    """
    plain = normal(name)
    found = (
        what
        for what, parts in tables()["words"]["capacity"].items()
        if any(part in plain for part in parts)
    )
    return next(found, "people")


@cache
def values(kind: str) -> dict[str, str]:
    """Return written value → meant value of the kind "tier" or "flag"."""
    table = cast("dict[str, list[str]]", tables()["values"][kind])
    return {
        plain_value(word): meant for meant, words in table.items() for word in words
    }


@cache
def lived_in(use: str) -> bool | None:
    """Return whether people live in a building of this use; None if unsaid.

    Examples
    --------
    >>> lived_in("住宅"), lived_in("商业"), lived_in("商住"), lived_in("retail")
    (True, False, True, False)
    >>> lived_in("") is None
    True
    """
    table, word = tables()["values"]["use"], plain_value(use)
    if word in nothing() or word in table["unsaid"]:
        return None
    if word in table["osm_home"] or any(part in word for part in table["home"]):
        return True
    if word in table["osm_elsewhere"] or any(p in word for p in table["elsewhere"]):
        return False
    return None


@cache
def is_residential_land(kind: str) -> bool:
    """Return whether land of this kind is where people live.

    Examples
    --------
    >>> is_residential_land("居住用地"), is_residential_land("R2")
    (True, True)
    >>> is_residential_land("商业用地")
    False
    """
    table, word = tables()["values"]["land"], plain_value(kind)
    return (
        word in table["whole"]
        or word.startswith(tuple(table["code"]))
        or any(part in word for part in table["part"])
    )


@cache
def passing(kind: str) -> str | None:
    """Return who passes a gate of this kind on foot; None if the kind is not known.

    One of "everyone", "residents" and "nobody".

    Examples
    --------
    >>> passing("人车混行"), passing("人行（仅业主）"), passing("消防通道"), passing("")
    ('everyone', 'residents', 'nobody', 'everyone')
    """
    word = plain_value(kind)
    if word in nothing():
        return "everyone"
    for entry in tables()["values"]["gate"]:
        if word in entry.get("whole", ()) or any(
            part in word for part in entry["part"]
        ):
            return str(entry["who"])
    return None

"""Codes and names: that each names one thing, and the right parent."""

from collections import Counter

from geopandas import GeoDataFrame

from geoplan import codes as codes_
from geoplan.model import Finding, Layers

_LEAST = 2  # signs of a code of a community that means anything


def check_keys(layers: Layers) -> tuple[Finding, ...]:
    """Return codes that name another parent, and names that are blank or twice."""
    return (
        *_prefixes(layers),
        *_cut(layers.grids, layer="grids"),
        *_cut(layers.communities, layer="communities"),
        *_unnamed(layers.grids, layer="grids"),
        *_unnamed(layers.communities, layer="communities"),
        *_unnamed(layers.stations, layer="stations"),
        *_same_names(layers.grids),
    )


def _prefixes(layers: Layers) -> tuple[Finding, ...]:
    """Return the grids whose code begins with no, or another, community's code.

    Where most codes do not, they follow another scheme, and nothing is told; nor
    of codes that have lost zeros, which is told by itself, or that stand for none.
    """
    grids, names = layers.grids, layers.communities["name"]
    if not len(names) or min(map(len, names.index)) < _LEAST:
        return ()
    found = codes_.hierarchy(
        {str(code): str(owner) for code, owner in grids["community"].items()},
        known=[str(code) for code in names.index],
    )
    if not found.is_rule:
        return ()
    told_elsewhere = _short([str(code) for code in grids.index])
    return tuple(
        _astray(grids, code=code, other=other, name=str(names.get(other, "")))
        for code, other in found.astray.items()
        if code not in told_elsewhere and not codes_.is_made(code)
    )


def _astray(grids: GeoDataFrame, *, code: str, other: str, name: str) -> Finding:
    """Return that a grid's code begins with another's code, or with nobody's."""
    owner = str(grids["community"][code])
    facts = {"community": owner, "other": other or code[: len(owner)]}
    return Finding(
        rule="code_of_another" if other else "code_astray",
        level="error" if other else "warning",
        layer="grids",
        code=code,
        facts={**facts, "name": name} if other else facts,
        geometry=grids.geometry[code].representative_point(),
    )


def padded(
    frame: GeoDataFrame, *, layer: str
) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """Return codes with the leading zeros they have lost, and each that had.

    A code of digits has lost some if most codes of the layer are longer, one of
    those begins with 0, and the code with zeros is nobody else's.
    """
    codes = {str(code): str(code) for code in frame.index}
    short = _short(list(codes))
    found = tuple(
        Finding(
            rule="mended_code",
            level="info",
            layer=layer,
            code=was,
            facts={"was": was},
            geometry=frame.geometry[was].representative_point(),
        )
        for was in short
    )
    return {**codes, **short}, found


def _short(codes: list[str]) -> dict[str, str]:
    """Return the codes that have lost zeros, and what they should be."""
    digits = [code for code in codes if code.isascii() and code.isdigit()]
    if not digits:
        return {}
    usual = max(Counter(map(len, digits)).items(), key=lambda pair: pair[::-1])[0]
    if not any(code.startswith("0") and len(code) == usual for code in digits):
        return {}
    longer = {code: code.zfill(usual) for code in digits if len(code) < usual}
    return {code: whole for code, whole in longer.items() if whole not in codes}


def _cut(frame: GeoDataFrame, *, layer: str) -> tuple[Finding, ...]:
    """Return the codes that have lost their leading zeros."""
    return tuple(
        Finding(
            rule="code_short",
            level="warning",
            layer=layer,
            code=code,
            facts={"digits": len(code), "usual": len(whole), "padded": whole},
            geometry=frame.geometry[code].representative_point(),
        )
        for code, whole in _short([str(c) for c in frame.index]).items()
    )


def _unnamed(frame: GeoDataFrame, *, layer: str) -> tuple[Finding, ...]:
    """Return that some things have no name of their own, where others have one."""
    bare = frame["name"].astype(str) == frame.index.astype(str)
    bare |= frame["name"] == ""
    if not bare.any() or bare.all():
        return ()
    codes = [str(code) for code in frame.index[bare]]
    facts = {"count": len(codes), "codes": _few(codes)}
    return (Finding(rule="unnamed", level="info", layer=layer, facts=facts),)


def _same_names(grids: GeoDataFrame) -> tuple[Finding, ...]:
    """Return the names that several grids of one community share."""
    groups = grids.groupby(["community", "name"], sort=True)
    return tuple(
        Finding(
            rule="names_twice",
            level="warning",
            layer="grids",
            code=str(group.index[1]),
            facts={"name": name, "codes": _few([str(code) for code in group.index])},
            geometry=group.geometry.iloc[1].representative_point(),
        )
        for (_, name), group in groups
        if len(group) > 1 and name and not _one_thing(group)
    )


def _one_thing(group: GeoDataFrame) -> bool:
    """Return whether rows are parts of one thing: their numbers are the same."""
    counts = group[["households", "people"]].astype(float)
    return bool(
        counts.notna().any(axis=None) and not counts.diff().iloc[1:].any(axis=None)
    )


def _few(codes: list[str]) -> str:
    return "、".join(codes[:10]) + (" …" if len(codes) > 10 else "")  # noqa: PLR2004

"""What counts in siting: whom each building holds, and who of them goes first."""

from pandas import DataFrame, Series

from geoplan import columns, sites
from geoplan.coverage import estates, groups, rollup
from geoplan.errors import UsageError
from geoplan.membership import places
from geoplan.model import GROUPS, Layers

UNMANAGED = "unmanaged"  #: households of compounds known to have no management


def weighed(
    layers: Layers, *, homes: DataFrame, weight: str, first: str
) -> tuple[DataFrame, str]:
    """Return what each building counts, and the name of that."""
    lived, _ = groups.dealt(layers, homes=homes)
    usual = rollup.counted_by(homes)
    counted = columns.count_named(weight) if weight else usual
    numbers = lived if counted in GROUPS else homes
    if counted not in numbers or not numbers[counted].notna().any():
        has = [n for n in ("households", "people") if homes[n].notna().any()]
        raise UsageError.at(
            "siting_weight",
            value=weight or counted,
            known=", ".join([*has, *lived.columns]),
        )
    table = DataFrame(index=homes.index)
    table["weight"] = numbers[counted].where(homes["counted"], 0.0).fillna(0.0)
    for group in lived:
        if group != counted:
            table[group] = lived[group].where(homes["counted"], 0.0).fillna(0.0)
    if first:
        table[first] = _first(layers, table, first=first, counted=counted)
    return table, counted


def ranked(task: sites.Task, *, first: str) -> sites.Task:
    """Return the task that is solved: some before all, where that is asked."""
    return sites.putting_first(task, first) if first else task


def _first(layers: Layers, demand: DataFrame, *, first: str, counted: str) -> Series:
    """Return how much of each building goes first: in whole numbers."""
    if first in demand:
        return demand[first]
    held = layers.compounds is not None and first == UNMANAGED
    kind = estates.kinds(layers.compounds)[UNMANAGED] if held else Series(dtype=bool)
    if counted == first or not kind.any():
        raise UsageError.at("siting_first", value=first)
    compound = estates.holding(places(layers.buildings), compounds=layers.compounds)
    return demand["weight"].where(compound.isin(kind.index[kind]), 0.0)

"""Totals of areas, as a table gives them, brought to the areas of a study."""

from geopandas import GeoDataFrame
from pandas import DataFrame, Series

from geoplan.errors import InputError
from geoplan.files import LayerFile
from geoplan.model import GROUPS, Finding
from geoplan.presets import figure
from geoplan.study.areas import by_code_or_name
from geoplan.wording import Said

COUNTS = ("households", "people", *GROUPS)
TOTALS = ("households", "people")  #: that a study file may name for the street

_SUMS = frozenset({"合计", "总计", "小计", "总数", "全街道", "total", "sum"})


def bring(
    table: LayerFile, *, grids: GeoDataFrame, communities: GeoDataFrame
) -> tuple[GeoDataFrame, GeoDataFrame, tuple[Finding, ...]]:
    """Return grids and communities with the totals that a table gives them.

    A row names a grid or a community by code or name; all rows name the same
    level. A total the layer has already stays; where the two differ, a finding
    says so. Rows that sum the others up are passed over.

    Raises
    ------
    InputError
        If a row names no area of the study, or one named before.
    """
    frame = table.frame
    written = frame["area"].mask(frame["area"] == "", frame["name"])
    rows = written[~written.str.casefold().isin(_SUMS)]
    for level, areas in (("grids", grids), ("communities", communities)):
        known = by_code_or_name(areas)
        if rows.map(known).notna().all() and len(rows):
            given = _given(frame, rows.map(known), table=table)
            filled, findings = _filled(areas, given, level=level)
            if level == "grids":
                return filled, communities, findings
            return grids, filled, findings
    every = {**by_code_or_name(grids), **by_code_or_name(communities)}
    stray = rows[rows.map(every).isna()]
    stray = next(part for part in (stray, rows, written) if len(part))
    blank = stray.iloc[0] == ""
    raise InputError.at(
        "population_area_blank" if blank else "population_area_unknown",
        file=table.path,
        layer="population",
        row=int(table.row_numbers[stray.index[0]]),
        area=stray.iloc[0],
    )


def _given(frame: DataFrame, areas: Series, *, table: LayerFile) -> DataFrame:
    """Return the totals by the code of the study's area."""
    twice = areas.duplicated()
    if twice.any():
        at = areas.index[twice][0]
        raise InputError.at(
            "population_area_twice",
            file=table.path,
            layer="population",
            row=int(table.row_numbers[at]),
            area=areas[at],
        )
    told = [count for count in COUNTS if count in frame]
    return frame.loc[areas.index, told].set_axis(areas.to_numpy(), axis=0)


def _filled(
    areas: GeoDataFrame, given: DataFrame, *, level: str
) -> tuple[GeoDataFrame, tuple[Finding, ...]]:
    filled, findings = areas.copy(), []
    for count in given.columns:
        told = given[count].reindex(areas.index)
        differ = areas[count].notna() & told.notna() & (areas[count] != told)
        filled[count] = areas[count].fillna(told)
        findings += [
            Finding(
                rule="group_differ" if count in GROUPS else f"{count}_differ",
                level="warning",
                layer=level,
                code=str(code),
                facts={
                    "group": Said(f"services.group_{count}"),
                    "own": _shown(areas[count][code], count=count),
                    "told": _shown(told[code], count=count),
                },
                geometry=areas.geometry[code].representative_point(),
            )
            for code in areas.index[differ]
        ]
    return filled, tuple(findings)


def _shown(number: float, *, count: str) -> int | str:
    """Return a count as a finding may tell it: small ones of groups are not told."""
    least = figure("small")
    return f"<{least:g}" if count in GROUPS and 0 < number < least else int(number)

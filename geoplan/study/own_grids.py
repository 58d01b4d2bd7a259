"""A layer in a city's own grid: four numbers, or points known in both systems."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas import Series
from pyproj import CRS

from geoplan import columns
from geoplan import crs as crs_
from geoplan.columns import Column, Schema
from geoplan.crs import Fitted, Similarity
from geoplan.errors import CrsError, InputError
from geoplan.files import LayerFile, read_layer
from geoplan.model import Finding
from geoplan.study.settings import Table

_FEWEST = 2  # points that a grid can be told by; of two nothing is left over
_LOOSE = 0.5  # m; residuals beyond are told
_ABSURD = 10.0  # m; beyond, one of the two systems is not what it is said to be
_SCALE = 0.005  # share by which a grid's metre may differ from a metre
_DEGREES = CRS.from_epsg(4326)


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnGrid:
    """The CRS of a layer that is in a grid of its own, and where it comes from."""

    crs: CRS
    files: tuple[LayerFile, ...] = ()  #: the points read
    findings: tuple[Finding, ...] = ()

    def joined(self, file: LayerFile) -> LayerFile:
        """Return a layer with what was read and found for its grid."""
        parts = {part: digest for f in self.files for part, digest in f.parts.items()}
        return replace(
            file,
            findings=(*self.findings, *file.findings),
            parts={**file.parts, **parts},
        )


def own_grid(table: Table, *, layer: str, study: Path) -> OwnGrid | None:
    """Return the own grid that the table of a layer's file describes; None if none.

    ``study`` is the study file, beside which the control points are.

    Raises
    ------
    CrsError
        If the CRS to which the grid leads is not named, or cannot be that.
    InputError
        If the control points cannot be used, or do not agree.
    """
    exchanged = bool(table.get("swapped", False))
    if "control_points" in table:
        return _by_points(table, layer=layer, folder=study.parent)
    told = {key: float(value) for key, value in table.get("local", {}).items()}
    if not told and not exchanged:
        return None
    if "crs" not in table:
        raise CrsError.at("crs_own_base", file=study, layer=layer)
    base = crs_.parse(table["crs"], layer=layer, file=study)
    similarity = Similarity(**told, swapped=exchanged)
    if not (base.is_projected or (base.is_geographic and not told)):
        raise CrsError.at("crs_own_base", file=study, layer=layer)
    if abs(similarity.scale - 1) > _SCALE:
        raise CrsError.at(
            "crs_own_scale", file=study, layer=layer, scale=similarity.scale
        )
    return OwnGrid(crs=crs_.own_crs(base, similarity))


def rough(files: Iterable[LayerFile], *, crs: CRS) -> tuple[Finding, ...]:
    """Return the layers whose CRS is known against the working one but roughly."""
    return tuple(
        Finding(
            rule="crs_rough",
            level="warning",
            layer=file.layer,
            facts={"crs": crs_.label(file.crs), "to": crs_.label(crs)},
        )
        for file in files
        if file.crs is not None and crs_.rough(file.crs, to=crs)
    )


def _by_points(table: Table, *, layer: str, folder: Path) -> OwnGrid:
    named = table["control_points"]
    told: Mapping[str, Any] = {"path": named} if isinstance(named, str) else named
    file = read_layer(
        folder / told["path"].replace("\\", "/"),
        _schema(),
        columns=told.get("columns"),
        sheet=told.get("sheet") or told.get("layer"),
        encoding=told.get("encoding"),
    )
    own = _numbers(file, "from_x", "from_y")
    target, base = _targets(file, told.get("crs") or table.get("crs"), layer=layer)
    if len(own) < _FEWEST or not np.ptp(own, axis=0).any():
        raise InputError.at(
            "control_points_few", file=file.path, layer=layer, count=len(own)
        )
    fitted = crs_.fit(own, target)
    _require_agreement(fitted, file, layer=layer)
    similarity = replace(fitted.similarity, swapped=bool(table.get("swapped")))
    return OwnGrid(
        crs=crs_.own_crs(base, similarity),
        files=(file,),
        findings=(_told(fitted, file, layer=layer),),
    )


def _numbers(file: LayerFile, *names: str) -> NDArray[np.float64]:
    """Return columns as numbers, (n, len(names)).

    Raises
    ------
    InputError
        If a cell is blank or holds no number.
    """
    found = []
    for name in names:
        if name not in file.columns:
            raise InputError.at(
                "control_points_columns",
                file=file.path,
                layer="control_points",
                name=name,
                usual=", ".join(_names()[name][:4]),
            )
        found.append([_number(file, code, name) for code in file.frame.index])
    return np.array(found, float).T


def _number(file: LayerFile, code: str, name: str) -> float:
    text = str(file.frame[name][code]).strip()
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise InputError.at(
            "value_not_coordinate",
            file=file.path,
            layer="control_points",
            row=int(file.row_numbers[code]),
            column=file.columns[name],
            value=text,
        )
    return value


def _targets(
    file: LayerFile, crs: str | None, *, layer: str
) -> tuple[NDArray[np.float64], CRS]:
    """Return where the points are in a metric CRS, east first, and that CRS."""
    degrees = {"to_lon", "to_lat"} <= file.columns.keys()
    names = ("to_lon", "to_lat") if degrees else ("to_x", "to_y")
    points = _numbers(file, *names)
    if degrees:
        return _projected(points, crs_.parse(crs, layer=layer) if crs else _DEGREES)
    for turned in (points, points[:, ::-1]):
        named = crs or crs_.likely(_frame(turned, None))
        if named == "EPSG:…":
            raise CrsError.at("control_points_crs", file=file.path, layer=layer)
        base = crs_.parse(named, layer=layer, file=file.path)
        try:
            crs_.require_plausible(_frame(turned, base), layer=layer, file=file.path)
        except CrsError as problem:
            error = problem
            continue
        return _projected(turned, base)
    raise error


def _projected(
    points: NDArray[np.float64], crs: CRS
) -> tuple[NDArray[np.float64], CRS]:
    if not crs.is_geographic:
        return points, crs
    frame = _frame(points, crs)
    metric = crs_.working_crs(frame)
    moved = crs_.to_working(frame, crs=metric, layer="control_points").geometry
    return np.column_stack([moved.x, moved.y]), metric


def _frame(points: NDArray[np.float64], crs: CRS | None) -> GeoDataFrame:
    return GeoDataFrame(geometry=GeoSeries.from_xy(points[:, 0], points[:, 1], crs=crs))


def _require_agreement(fitted: Fitted, file: LayerFile, *, layer: str) -> None:
    scale = fitted.similarity.scale
    if np.isnan(fitted.rms) or fitted.rms <= _ABSURD:
        if abs(scale - 1) <= _SCALE:
            return
        raise InputError.at(
            "control_points_scale", file=file.path, layer=layer, scale=scale
        )
    at = fitted.suspect
    worst = int(np.argmax(fitted.residuals)) if at is None else at
    raise InputError.at(
        "control_points_disagree" if at is None else "control_point_wrong",
        file=file.path,
        layer=layer,
        row=int(file.row_numbers.iloc[worst]),
        name=_name(file, worst),
        rms=fitted.rms,
        most=float(fitted.residuals[worst]),
        count=len(fitted.residuals),
    )


def _told(fitted: Fitted, file: LayerFile, *, layer: str) -> Finding:
    """Return what the points ask for, and how well they agree."""
    similarity, count = fitted.similarity, len(fitted.residuals)
    worst = int(np.argmax(fitted.residuals))
    at = worst if fitted.suspect is None else fitted.suspect
    facts: dict[str, object] = {
        "count": count,
        "dx": similarity.dx,
        "dy": similarity.dy,
        "rotation": similarity.rotation,
        "scale": similarity.scale,
    }
    if np.isnan(fitted.rms):
        return Finding(
            rule="control_points_two", level="warning", layer=layer, facts=facts
        )
    facts |= {"rms": fitted.rms, "most": float(fitted.residuals[at])}
    facts |= {"name": _name(file, at), "row": int(file.row_numbers.iloc[at])}
    loose = fitted.rms > _LOOSE
    return Finding(
        rule="control_points_loose" if loose else "control_points",
        level="warning" if loose else "info",
        layer=layer,
        facts=facts,
    )


def _name(file: LayerFile, at: int) -> str:
    names: Series = file.frame["name"]
    return str(names.iloc[at]) or str(file.row_numbers.iloc[at])


@cache
def _names() -> dict[str, list[str]]:
    source = files("geoplan") / "study" / "points.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def _schema() -> Schema:
    """Return the schema of a list of control points: a bare table of texts."""
    found = {
        name: Column(
            name=name,
            kind="text" if name == "name" else "code",  # codes keep all digits
            names=frozenset(columns.normal(n) for n in (name, *names)),
            fallback=(),
            written=(name, *names),
        )
        for name, names in _names().items()
    }
    code = Column(
        name="code",
        kind="code",
        names=frozenset(),
        fallback=(),
        written=(),
        need="quiet",
    )
    return Schema(
        layer="control_points",
        columns={"code": code, **found},
        places={},
        geometry=frozenset(),
        valid=False,
        required=True,
    )

"""The town's files, the same bytes each time."""

import zipfile
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from openpyxl import Workbook
from openpyxl.styles import Font

DATE = "2026-06-30"
ZIP_DATE = (2026, 6, 30, 0, 0, 0)
LANGUAGE_BYTE = 29  # of a DBF header; 0 = not said


def freeze_dates() -> None:
    """Make GDAL write :data:`DATE` where it would write the clock's."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{DATE}T00:00:00.000Z"})


def write_shapefile(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a Shapefile in GBK that does not say so, as older programs do."""
    frame.to_file(path, encoding="GBK", DBF_DATE_LAST_UPDATE=DATE)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    table = path.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    content[LANGUAGE_BYTE] = 0
    table.write_bytes(bytes(content))


def write_geopackage(path: Path, **layers: gpd.GeoDataFrame) -> None:
    """Write a GeoPackage with these layers, in this order."""
    path.unlink(missing_ok=True)
    for name, frame in layers.items():
        frame.to_file(path, driver="GPKG", layer=name)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a CSV in GBK, as a spreadsheet saves it in China."""
    frame.to_csv(path, index=False, encoding="gbk", lineterminator="\r\n")


def write_workbook(frame: pd.DataFrame, path: Path, *, sheet: str) -> None:
    """Write a workbook with one sheet; the header in bold."""
    book = Workbook()
    page = book.active
    assert page is not None  # noqa: S101  a new workbook has a sheet
    page.title = sheet
    page.append(list(frame.columns))
    for row in frame.itertuples(index=False):
        page.append([None if value == "" else value for value in row])
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.freeze_panes = "A2"
    for column, name in zip(page.columns, frame.columns, strict=True):
        widest = max(len(str(value)) for value in [name, *frame[name]])
        page.column_dimensions[column[0].column_letter].width = min(
            widest * 1.6 + 2, 48
        )
    book.properties.creator = "示例数据"
    book.properties.created = datetime(*ZIP_DATE)  # noqa: DTZ001  the file's own clock
    book.save(path)
    _still(path)


def _still(path: Path) -> None:
    """Rewrite a workbook without the clock: its parts' dates and its own."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            if name == "docProps/core.xml":
                content = _dated(content)  # noqa: PLW2901  the one part with a clock
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, content)


def _dated(core: bytes) -> bytes:
    start = core.index(b"<dcterms:modified")
    open_end = core.index(b">", start) + 1
    close = core.index(b"</dcterms:modified>")
    return core[:open_end] + f"{DATE}T00:00:00Z".encode() + core[close:]

"""A list of sites that an office has in mind, as it comes: text, CSV or workbook."""

from pathlib import Path

import pandas as pd
from pandas import DataFrame

from geoplan.errors import InputError

_HEADS = ("code", "编码", "编号", "代码", "房源编号", "房源编码", "站点编码")


def listed(path: Path, *, places: DataFrame) -> list[str]:
    """Return the codes of a list: one a line, the first column of a CSV or workbook.

    A name stands for its code. Stations that stay are no part of the choice.

    Raises
    ------
    InputError
        If the file cannot be read, or a row names no station and no candidate.
    """
    rows = _rows(path)
    by_name = {str(name): str(code) for code, name in places["name"].items()}
    found = []
    for row, text in rows:
        code = text if text in places.index else by_name.get(text)
        if code is None:
            raise InputError.at("siting_listed", file=path, row=row, value=text[:40])
        found.append(code)
    return list(dict.fromkeys(found))


def _rows(path: Path) -> list[tuple[int, str]]:
    """Return the rows of a list and their numbers, without its heading."""
    try:
        if path.suffix.lower() in {".xlsx", ".xls"}:
            cells = pd.read_excel(path, header=None, dtype=str).iloc[:, 0].fillna("")
            lines = [str(cell) for cell in cells]
        else:
            raw = path.read_bytes()
            text = _decoded(raw)
            lines = [line.split(",")[0].split("\t")[0] for line in text.splitlines()]
    except (OSError, ValueError, IndexError) as error:
        raise InputError.at("siting_list", file=path, text=str(error)) from error
    told = [(k, line.strip().strip('"')) for k, line in enumerate(lines, start=1)]
    return [(k, line) for k, line in told if line and line.lower() not in _HEADS]


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")

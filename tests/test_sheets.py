"""Tables as offices make them: titles, two-row headers, merged cells, notes."""

import datetime as dt

import openpyxl
import pytest
import xlwt
from offices import stations

from geoplan.errors import InputError
from geoplan.files import read_layer

TITLE = ["示例街道站点一览表", None, None, None, None]
ROWS = [
    ["甲站", "社区级", 83.61, 39.02, "甲社区"],
    ["乙站", "网格级", 83.62, 39.03, None],
    ["丙站", "网格级", 83.63, 39.03, None],
]


def xlsx(path, rows, *, merged=()):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    book.save(path)
    return path


def xls(path, rows, *, merged=()):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    held = set()
    for area in merged:
        left, top, right, bottom = openpyxl.utils.range_boundaries(area)
        value = rows[top - 1][left - 1]
        sheet.write_merge(top - 1, bottom - 1, left - 1, right - 1, value)
        held |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
    for at, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is not None and (at, column) not in held:
                sheet.write(at - 1, column - 1, value)
    book.save(str(path))
    return path


WRITERS = [pytest.param(xlsx, id="xlsx"), pytest.param(xls, id="xls")]


def told(file):
    return {finding.rule: finding.facts for finding in file.findings}


def refused(path, layer="population", **told_):
    with pytest.raises(InputError) as caught:
        read_layer(path, layer, **told_)
    assert caught.value.say("zh") != caught.value.say("en")
    return caught.value


@pytest.mark.parametrize("write", WRITERS)
def test_a_sheet_as_a_street_office_prints_it(tmp_path, write):
    rows = [
        TITLE,
        ["站点名称", "层级", "位置", None, "所属社区"],
        [None, None, "经度", "纬度", None],
        *ROWS,
        ["合 计", 3, None, None, None],
        ["注：本表由各社区填报。", None, None, None, None],
        ["填表人：某某", None, None, "2026年6月", None],
    ]
    merged = ["A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "E4:E6", "A8:E8"]
    path = write(tmp_path / f"s.{write.__name__}", rows, merged=merged)
    file = read_layer(path, "stations", datum="wgs84")
    assert list(file.frame["name"]) == ["甲站", "乙站", "丙站"]
    assert list(file.frame["belongs_community"]) == ["甲社区"] * 3
    assert list(file.frame.geometry.x) == [83.61, 83.62, 83.63]
    assert list(file.row_numbers) == [4, 5, 6]
    assert told(file)["rows_left_out"] == {"count": 3, "rows": "7, 8, 9"}


@pytest.mark.parametrize("write", WRITERS)
def test_one_number_for_several_rows_is_named(tmp_path, write):
    rows = [["网格编码", "人口数", "序号"], ["a", 300, 1], ["b", None, None]]
    name = f"p.{write.__name__}"
    path = write(tmp_path / name, rows, merged=["B2:B3", "C2:C3"])
    error = refused(path)
    assert (error.key, error.where["row"], error.where["column"]) == (
        "number_merged",
        2,
        "人口数",
    )
    assert error.facts["last"] == 3


def test_a_merged_number_in_a_column_of_no_use_does_not_matter(tmp_path):
    rows = [["网格编码", "人口数", "序号"], ["a", 300, 1], ["b", 400, None]]
    path = xlsx(tmp_path / "p.xlsx", rows, merged=["C2:C3"])
    assert list(read_layer(path, "population").frame["people"]) == [300, 400]


def test_a_merged_code_stands_in_each_of_its_rows(tmp_path):
    rows = [
        ["所属社区编码", "网格编码", "人口数"],
        [999999001001, "a", 3],
        [None, "b", 4],
    ]
    path = xlsx(tmp_path / "p.xlsx", rows, merged=["A2:A3"])
    columns = {"area": "所属社区编码"}
    frame = read_layer(path, "population", columns=columns).frame
    assert list(frame["area"]) == ["999999001001"] * 2


def test_formulas_that_were_never_computed_are_named(tmp_path):
    rows = [["网格编码", "人口数"], ["a", 3], ["b", "=B2+1"]]
    error = refused(xlsx(tmp_path / "p.xlsx", rows))
    assert (error.key, error.where["row"]) == ("formula_empty", 3)
    rows = [["网格编码", "人口数", "备考"], ["a", 3, "=1"], ["b", 4, "=1"]]
    file = read_layer(xlsx(tmp_path / "p.xlsx", rows), "population")
    assert list(file.frame["people"]) == [3, 4]


def test_a_row_of_formulas_alone_is_not_passed_over(tmp_path):
    rows = [["网格编码", "人口数"], ["a", 3], ["=A2", "=B2"]]
    assert refused(xlsx(tmp_path / "p.xlsx", rows)).where["row"] == 3


def test_a_sum_that_was_never_computed_does_not_matter(tmp_path):
    rows = [["网格编码", "人口数"], ["a", 3], ["总计", "=SUM(B2:B2)"]]
    file = read_layer(xlsx(tmp_path / "p.xlsx", rows), "population")
    assert list(file.frame["area"]) == ["a"]


def test_of_several_sheets_the_only_one_that_fits(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["填写说明"])
    fitting = book.create_sheet("站点")
    for row in [list(stations()), *stations().to_numpy().tolist()]:
        fitting.append(row)
    book.create_sheet("字典").append(["层级"])
    path = tmp_path / "s.xlsx"
    book.save(path)
    file = read_layer(path, "stations", datum="wgs84")
    assert list(file.frame.index) == ["s1", "s2"]
    assert told(file)["sheet_chosen"] == {"sheet": "站点", "others": "Sheet, 字典"}
    book.create_sheet("站点2").append(["站点名称", "层级", "经度", "纬度"])
    book.save(path)
    assert refused(path, "stations").key == "table_unnamed"
    assert len(read_layer(path, "stations", sheet="站点", datum="wgs84").frame) == 2


def test_a_code_that_became_a_date_is_named(tmp_path):
    date = dt.datetime(2026, 3, 2)  # noqa: DTZ001  a cell has no time zone
    path = xlsx(tmp_path / "p.xlsx", [["网格编码", "人口数"], [date, 3]])
    assert refused(path).key == "value_is_date"


@pytest.mark.parametrize("far", ["XFC2", "C50000"])
def test_a_cell_far_out_is_no_row(tmp_path, far):
    book = openpyxl.Workbook()
    for row in [["网格编码", "人口数"], ["a", 3]]:
        book.active.append(row)
    book.active[far] = " x"
    book.save(tmp_path / "p.xlsx")
    file = read_layer(tmp_path / "p.xlsx", "population")
    assert list(file.frame["people"]) == [3]


def test_a_sheet_wider_than_memory_is_refused(tmp_path):
    book = openpyxl.Workbook()
    for row in range(1, 1300):
        book.active.cell(row=row, column=1, value="a")
    book.active["XFC1"] = "x"
    book.save(tmp_path / "p.xlsx")
    assert refused(tmp_path / "p.xlsx").key == "sheet_too_wide"


@pytest.mark.parametrize(
    ("head", "area"),
    [
        (["网格编码", "人口数"], "a"),
        (["示例街道", ""], "网格编码"),
        (["基本情况", "人口情况"], "网格编码"),
    ],
)
def test_titles_above_a_header(tmp_path, head, area):
    rows = [head, ["网格编码", "人口数"], ["a", 3]]
    rows = rows if area != "a" else rows[1:]
    file = read_layer(xlsx(tmp_path / "p.xlsx", rows), "population")
    assert list(file.frame["area"]) == ["a"]


def test_a_table_without_a_header_is_refused(tmp_path):
    path = tmp_path / "s.csv"
    stations().to_csv(path, index=False, header=False)
    assert refused(path, "stations").key == "header_missing"


def test_a_header_that_is_printed_again_is_no_row(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("网格编码,人口数\na,3\n网格编码,人口数\nb,4\n", encoding="utf-8")
    file = read_layer(path, "population")
    assert list(file.frame["people"]) == [3, 4]
    assert told(file)["rows_left_out"]["rows"] == "3"


def test_things_that_merely_sound_like_notes_stay(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("网格编码,人口数\n合计里网格,3\n说明,4\nb,5\n", encoding="utf-8")
    file = read_layer(path, "population")
    assert list(file.frame["area"]) == ["合计里网格", "说明", "b"]


def test_a_last_line_without_an_end_is_told(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("网格编码,人口数\na,3\nb,4", encoding="utf-8")
    assert told(read_layer(path, "population"))["last_line_open"] == {"row": 3}


def test_long_codes_that_end_in_zeros_are_told(tmp_path):
    path = tmp_path / "p.csv"
    codes = ["999999001001001000", "999999001001002000"]
    lines = "".join(f"{code},3\n" for code in codes)
    path.write_text(f"区域编码,人口数\n{lines}", encoding="utf-8")
    assert list(read_layer(path, "population").frame["area"]) == codes
    path.write_text(
        f"站点编码,层级,经度,纬度\n{lines}".replace(",3", ",社区级,83.6,39")
    )
    assert told(read_layer(path, "stations"))["codes_rounded"] == {"count": 2}


def test_hidden_rows_are_read_and_told(tmp_path):
    path = xlsx(tmp_path / "p.xlsx", [["网格编码", "人口数"], ["a", 3], ["b", 4]])
    book = openpyxl.load_workbook(path)
    book.active.row_dimensions[3].hidden = True
    book.save(path)
    file = read_layer(path, "population")
    assert list(file.frame["people"]) == [3, 4]
    assert told(file)["rows_hidden"] == {"count": 1, "rows": "3"}


def test_codes_kept_as_text_by_a_formula(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text('网格编码,人口数\n="007",3\n', encoding="utf-8")
    assert list(read_layer(path, "population").frame["area"]) == ["007"]


def test_a_workbook_under_the_name_of_a_text_is_told(tmp_path):
    path = xlsx(tmp_path / "p.xlsx", [["网格编码", "人口数"], ["a", 3]])
    assert refused(path.rename(tmp_path / "p.csv")).key == "table_is_workbook"


def test_a_row_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "p.csv"
    lines = [
        "网格编码,人口数".encode(),
        "甲网,3".encode(),
        "乙网格,4".encode("gbk"),
        b"",
    ]
    path.write_bytes(b"\n".join(lines))
    error = refused(path)
    assert (error.key, error.where["row"]) == ("encoding_unknown", 3)


def test_a_row_of_units_is_no_row(tmp_path):
    rows = [["网格编码", "人口数", "户数"], [None, "（人）", "（户）"], ["a", 3, 1]]
    file = read_layer(xlsx(tmp_path / "p.xlsx", rows), "population")
    assert list(file.frame["people"]) == [3]
    assert told(file)["rows_left_out"]["rows"] == "2"
